"""Until when the record of a report is kept."""

from datetime import date
from functools import cache

from harness.codec import packaged
from harness.codec.documents import from_toml
from harness.model.archive import Retention, RetentionRule
from harness.model.lab_report import LabReport
from harness.model.policy import CLOCKS


@cache
def retention_rule() -> RetentionRule:
    """Return the rule that comes with the harness."""
    return from_toml(RetentionRule, packaged.RETENTION.read_bytes(), packaged.RETENTION.name)


def retention_of(report: LabReport) -> Retention:
    """Return how long the record of a report is to be kept: from the latest day that it states, whatever its event."""
    rule = retention_rule()
    stated = {clock: getattr(report.dates, clock) for clock in CLOCKS} if report.dates else {}
    known = {clock: day for clock, day in stated.items() if day is not None}
    # Of two on one day the export is named: the period begins with it.
    event = max(known, key=lambda clock: (known[clock], clock == "export"), default=None)
    day = known[event] if event else None
    return Retention(
        years=rule.years,
        cite=rule.cite,
        says=rule.says,
        source=rule.source,
        reviewed_through=rule.reviewed_through,
        event=event,
        day=day,
        keep_at_least_until=years_after(day, rule.years) if day else None,
        note=_note(exported="export" in known, stated=day is not None),
    )


def _note(*, exported: bool, stated: bool) -> str:
    if not stated:
        return "the report states no day; the period begins with the export"
    later = "a later reexport, transfer, diversion or end of the transaction begins the period anew"
    return later if exported else f"the report states no export, with which the period begins; {later}"


def years_after(day: date, years: int) -> date:
    """Return the same day some years later, that after it where there is none, and no day after the last."""
    if day.year + years > date.max.year:
        return date.max
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)

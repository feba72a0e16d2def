"""Is the report of its day: the driver, the challenge, and the time from test to report to export?"""

from collections.abc import Iterator
from datetime import date, datetime

from harness.checks.custody import day_beside
from harness.model.case import Case
from harness.model.finding import Finding

# A day is a local one, so an instant may lie a day beside it.


def report_is_of_its_day(case: Case) -> Iterator[Finding]:
    """Did the report follow the last test soon, and the export the report?"""
    rules, report = case.method.forensics, case.report
    last, issued = _last_test(case), report.session.report_issued_at if report.session else None
    if rules is None:
        return
    steps = (
        ("session.report_issued_at", last, issued.date() if issued else None, "the last test"),
        (
            "dates.export",
            issued.date() if issued else last,
            report.dates.export if report.dates else None,
            "the report",
        ),
    )
    for where, before, after, what in steps:
        if before is not None and after is not None:
            age = (after - before).days
            if age > rules.largest_report_age_days:
                need = f"at most {rules.largest_report_age_days} days"
                got = f"{after}, {age} days after {what if issued or what != 'the report' else 'the last test'}"
                yield Finding(code="report-stale", where=where, got=got, need=need, measurements=_every(case))


def driver_was_released(case: Case) -> Iterator[Finding]:
    """Was the driver released before the test?"""
    rules, configuration = case.method.forensics, case.report.configuration
    released, last = configuration.driver_released_on if configuration else None, _last_test(case)
    if rules is None or released is None or last is None:
        return
    where, got = "configuration.driver_released_on", f"{released}, and a test of {last}"
    if released > day_beside(last, 1):
        need = "a driver that was released before the test"
        yield Finding(code="driver-unreleased", where=where, got=got, need=need, measurements=_every(case))


def challenge_came_first(case: Case) -> Iterator[Finding]:
    """Was the challenge issued before anything was measured? Where the session's start is known, that one is told."""
    report = case.report
    issued = report.challenge.issued_at if report.challenge else None
    if case.method.forensics is None or issued is None or (report.session and report.session.started_at):
        return
    for n, measurement in enumerate(report.measurements):
        if measurement.started_at is not None and measurement.started_at < issued:
            where, need = f"measurements[{n}].started_at", f"{issued.isoformat()}, the challenge, or later"
            yield Finding(code="time-out-of-order", where=where, got=measurement.started_at.isoformat(), need=need)


def _last_test(case: Case) -> date | None:
    """Return the day of the last measurement; where none is timed, of the session, or the day of the test."""
    report = case.report
    times: list[datetime | None] = [one.ended_at or one.started_at for one in report.measurements]
    if not any(times) and report.session:
        times = [report.session.ended_at or report.session.started_at]
    known = [time for time in times if time is not None]
    if known:
        return max(known).date()
    return report.dates.test if report.dates else None


def _every(case: Case) -> tuple[int, ...]:
    return tuple(range(len(case.report.measurements)))

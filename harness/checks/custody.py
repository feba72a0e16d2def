"""Chain of custody, and the order of times."""

import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from harness.model.case import Case
from harness.model.finding import Finding


def custody_is_unbroken(case: Case) -> Iterator[Finding]:
    """Does each hand-over start where the last one ended, and no earlier?"""
    # A log that the parties signed says more than a statement of the laboratory.
    if not case.report.custody and case.report.custody_log is None:
        yield Finding(code="custody-absent", where="custody", got="no hand-over", need="every hand-over of the lot")
    for n, event in enumerate(case.report.custody):
        if event.at is None:
            yield _unclear(f"custody[{n}].at", "nothing", "the time of the hand-over")
    for n, (before, after) in enumerate(pairwise(case.report.custody), start=1):
        if after.from_party is None or before.to_party is None:
            where = f"custody[{n}].from_party" if after.from_party is None else f"custody[{n - 1}].to_party"
            yield _unclear(where, "nothing", "the party")
        if after.from_party and before.to_party and not same_name(after.from_party, before.to_party):
            where = f"custody[{n}].from_party"
            yield Finding(code="custody-gap", where=where, got=after.from_party, need=before.to_party)
        if before.at is not None and after.at is not None and after.at < before.at:
            got, need = after.at.isoformat(), f"{before.at.isoformat()} or later"
            yield Finding(code="custody-out-of-order", where=f"custody[{n}].at", got=got, need=need)


def _unclear(where: str, got: str, need: str) -> Finding:
    return Finding(code="custody-unclear", where=where, got=got, need=need)


def same_name(one: str | None, other: str | None) -> bool:
    """Return whether two names differ by no more than case, spaces and punctuation."""
    if one is None or other is None:
        return False
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    # Most names are ASCII, and those need no table of other letters.
    wide = name if name.isascii() else unicodedata.normalize("NFKC", name)
    return "".join(filter(str.isalnum, wide.casefold()))


def measurements_lie_within_custody(case: Case) -> Iterator[Finding]:
    """Was every measurement made while the laboratory held the lot?"""
    name = case.report.laboratory.name if case.report.laboratory else None
    times = [event.at for event in case.report.custody]
    known = [at for at in times if at is not None]
    # Without a time, or out of order, hand-overs hold no span; that is a finding already.
    if name is None or not times or len(known) < len(times) or known != sorted(known):
        return
    held = _held_by(case, name)
    if not held:
        yield _unclear("custody", f"no hand-over to {name}", "the hand-over to the laboratory")
        return
    for n, measurement in enumerate(case.report.measurements):
        start, end = measurement.started_at, measurement.ended_at or measurement.started_at
        if start is not None and end is not None and not any(a <= start and end <= b for a, b in held):
            got = f"{start.isoformat()} to {end.isoformat()}"
            need = " or ".join(f"{a.isoformat()} to {b.isoformat()}" for a, b in held)
            yield Finding(code="measured-outside-custody", where=f"measurements[{n}].started_at", got=got, need=need)


def _held_by(case: Case, name: str) -> list[tuple[datetime, datetime]]:
    """Return the spans in which this party held the lot, as the hand-overs state them."""
    spans = []
    since: datetime | None = None
    for event in case.report.custody:
        if event.at is None:
            return []
        if same_name(event.from_party, name):
            spans.append((since or datetime.min.replace(tzinfo=UTC), event.at))
            since = None
        if same_name(event.to_party, name):
            since = event.at
    if since is not None:
        spans.append((since, datetime.max.replace(tzinfo=UTC)))
    return spans


def times_are_in_order(case: Case) -> Iterator[Finding]:
    """Does every end lie after its start, every measurement in its session, and the report after what it reports?"""
    report = case.report
    session = report.session
    start, end = (session.started_at, session.ended_at) if session else (None, None)
    issued = session.report_issued_at if session else None
    yield from _later("session.ended_at", end, start)
    ends = [one.ended_at for one in report.measurements if one.ended_at is not None]
    yield from _later("session.report_issued_at", issued, max([*ends, *filter(None, [end or start])], default=None))
    for n, measurement in enumerate(report.measurements):
        where = f"measurements[{n}]"
        yield from _later(f"{where}.ended_at", measurement.ended_at, measurement.started_at)
        yield from _later(f"{where}.started_at", measurement.started_at, start)
        if end is not None and measurement.ended_at is not None and measurement.ended_at > end:
            got, need = measurement.ended_at.isoformat(), f"{end.isoformat()}, the end of the session, or earlier"
            yield Finding(code="time-out-of-order", where=f"{where}.ended_at", got=got, need=need)
    challenge = report.challenge
    yield from _later("session.started_at", start, challenge.issued_at if challenge else None)
    yield from _days_out_of_order(case)


def day_beside(day: date, days: int) -> date:
    """Return a day so many days later; at the ends of the calendar, the last one that there is."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min


def _days_out_of_order(case: Case) -> Iterator[Finding]:
    """Compare days with instants: a day is a local one, so an instant may lie a day beside it; a test may take many."""
    dates, laboratory = case.report.dates, case.report.laboratory
    if dates is None:
        return
    session = case.report.session
    measured = [one for one in case.report.measurements if one.started_at is not None]
    times = [one.started_at for one in measured] + [one.ended_at for one in measured]
    times += [session.started_at, session.ended_at] if session else []
    known = [time for time in times if time is not None]
    if dates.test is not None and known:
        first, last = day_beside(min(known).date(), -1), day_beside(max(known).date(), 1)
        if not first <= dates.test <= last:
            need = f"a day of the test, {min(known).date()} to {max(known).date()}"
            yield Finding(code="time-out-of-order", where="dates.test", got=str(dates.test), need=need)
    if dates.application is not None and dates.export is not None and dates.application > dates.export:
        need = f"{dates.export}, the export, or earlier"
        yield Finding(code="time-out-of-order", where="dates.application", got=str(dates.application), need=need)
    name = laboratory.name if laboratory else None
    for n, event in enumerate(case.report.custody):
        if event.at is None or not same_name(event.from_party, name) or dates.export is None:
            continue
        if event.at.date() > day_beside(dates.export, 1):
            need = f"{dates.export}, the export, or earlier"
            yield Finding(code="time-out-of-order", where=f"custody[{n}].at", got=event.at.isoformat(), need=need)


def _later(where: str, after: datetime | None, before: datetime | None) -> Iterator[Finding]:
    if after is not None and before is not None and after < before:
        need = f"{before.isoformat()} or later"
        yield Finding(code="time-out-of-order", where=where, got=after.isoformat(), need=need)

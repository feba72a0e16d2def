"""Chain of custody, and the order of times."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise

from harness.model.case import Case
from harness.model.finding import Finding


def custody_is_unbroken(case: Case) -> Iterator[Finding]:
    """Does each hand-over start where the last one ended, and no earlier?"""
    if not case.report.custody:
        yield Finding(code="custody-absent", where="custody", got="no hand-over", need="every hand-over of the lot")
    for n, (before, after) in enumerate(pairwise(case.report.custody), start=1):
        if after.from_party != before.to_party:
            where = f"custody[{n}].from_party"
            got, need = after.from_party or "nothing", before.to_party or "a party"
            yield Finding(code="custody-gap", where=where, got=got, need=need)
        if before.at is not None and after.at is not None and after.at < before.at:
            got, need = after.at.isoformat(), f"{before.at.isoformat()} or later"
            yield Finding(code="custody-out-of-order", where=f"custody[{n}].at", got=got, need=need)


def measurements_lie_within_custody(case: Case) -> Iterator[Finding]:
    """Was every measurement made while the laboratory held the lot?"""
    name = case.report.laboratory.name if case.report.laboratory else None
    held = _held_by(case, name) if name else None
    if not held:
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
        if event.from_party == name:
            spans.append((since or datetime.min.replace(tzinfo=UTC), event.at))
            since = None
        if event.to_party == name:
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
    yield from _later("session.report_issued_at", issued, end or start)
    for n, measurement in enumerate(report.measurements):
        where = f"measurements[{n}]"
        yield from _later(f"{where}.ended_at", measurement.ended_at, measurement.started_at)
        yield from _later(f"{where}.started_at", measurement.started_at, start)
        yield from _later(f"{where}, the session's end", end, measurement.ended_at)
        yield from _later(f"{where}, the report's issue", issued, measurement.ended_at)
    challenge = report.challenge
    yield from _later("session.started_at", start, challenge.issued_at if challenge else None)
    test = report.dates.test if report.dates else None
    if test is not None and start is not None and end is not None and not start.date() <= test <= end.date():
        need = f"{start.date()} to {end.date()}, the session"
        yield Finding(code="time-out-of-order", where="dates.test", got=str(test), need=need)


def _later(where: str, after: datetime | None, before: datetime | None) -> Iterator[Finding]:
    if after is not None and before is not None and after < before:
        need = f"{before.isoformat()} or later"
        yield Finding(code="time-out-of-order", where=where, got=after.isoformat(), need=need)

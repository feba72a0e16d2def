"""Did what was measured take the time that it takes?"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from harness.checks.raw import samples_in_base_unit
from harness.checks.values import INVENTORY
from harness.metrics.plausibility import method_named
from harness.model.case import Case
from harness.model.finding import Finding
from harness.model.measurement import Measurement
from harness.model.quantity import as_text

# The printed duration of a sample, and a rate, are rounded; so much and no more is forgiven them.
_ROUNDING = Fraction(101, 100)


def samples_fit_their_times(case: Case) -> Iterator[Finding]:
    """Do the samples of every measurement fit between its start and its end, and is each long enough to be timed?"""
    rules = case.method.forensics
    for n, measurement in enumerate(case.report.measurements):
        if rules is None or measurement.raw is None:
            continue
        yield from _overlong(n, measurement)
        yield from _moved_too_little(case, n, measurement)
        short = [one for one in measurement.raw.durations_s or () if one <= rules.timer_resolution_s]
        if short:
            where, got = f"measurements[{n}].raw.durations_s", f"a sample of {as_text(min(short))} s"
            need = f"more than {as_text(rules.timer_resolution_s)} s, which timers resolve"
            yield Finding(code="duration-too-short", where=where, got=got, need=need, measurements=(n,))


def longest_span_s(start: datetime | None, end: datetime | None) -> Fraction | None:
    """Return the longest time in seconds that two printed instants can span; None where one is unknown.

    Instants without a fraction are cut or rounded to the second.
    """
    if start is None or end is None:
        return None
    step = Fraction(1, 1000) if start.microsecond or end.microsecond else Fraction(1)
    span = end - start
    return Fraction(span.days * 86_400 + span.seconds) + Fraction(span.microseconds, 10**6) + step


def _overlong(n: int, measurement: Measurement) -> Iterator[Finding]:
    """Tell samples that take longer together than the measurement did: one device takes them one after another."""
    durations = measurement.raw.durations_s if measurement.raw else None
    span = longest_span_s(measurement.started_at, measurement.ended_at)
    if not durations or span is None:
        return
    total = sum((Fraction(one) for one in durations), Fraction(0))
    if total > span * _ROUNDING:
        got = f"{len(durations)} samples of {float(total):g} s together"
        need = f"at most {float(span):g} s, from started_at to ended_at"
        yield Finding(code="duration-impossible", where=f"measurements[{n}].raw.durations_s", got=got, need=need)


def _moved_too_little(case: Case, n: int, measurement: Measurement) -> Iterator[Finding]:
    """Tell a sample whose bandwidth times its duration is less than the bytes that it touched."""
    touched = measurement.method.footprint_bytes if measurement.method else None
    durations = measurement.raw.durations_s if measurement.raw else None
    samples = samples_in_base_unit(case, measurement)
    if not touched or not durations or samples is None or measurement.measurand != "total_dram_bandwidth":
        return
    # A copy of which one way alone is counted touches twice what its rate moves.
    ways = 2 if _is_copy_counted_one_way(case, measurement) else 1
    for rate, duration in zip(samples, durations, strict=False):
        moved = ways * Fraction(rate) * Fraction(duration) * 10**9
        if moved * _ROUNDING < touched:
            got = f"{float(moved):.4g} bytes, {as_text(rate)} GB/s for {as_text(duration)} s"
            need = f"at least the {touched} bytes that it touched"
            yield Finding(code="duration-impossible", where=f"measurements[{n}].raw.durations_s", got=got, need=need)
            return


def _is_copy_counted_one_way(case: Case, measurement: Measurement) -> bool:
    method, rules = measurement.method, case.method.plausibility
    if method is None or rules is None or method.bytes_counted not in ("read", "write"):
        return False
    return method_named(rules.methods, "dram", f"{method.name} {method.description or ''}") == "stream-copy"


def sessions_are_long_enough(case: Case) -> Iterator[Finding]:
    """Did the session, and every measurement of a rate in it, last long enough to be one?"""
    rules, session = case.method.forensics, case.report.session
    if rules is None:
        return
    rates = tuple(n for n, one in enumerate(case.report.measurements) if one.measurand not in INVENTORY)
    if session is not None and rates:
        span = longest_span_s(session.started_at, session.ended_at)
        yield from _too_short("session.ended_at", span, rules.shortest_session_s, rates)
    for n in rates:
        one = case.report.measurements[n]
        span = longest_span_s(one.started_at, one.ended_at)
        timed = sum((Fraction(took) for took in (one.raw.durations_s if one.raw else None) or ()), Fraction(0))
        # Where the durations of its samples are stated, a short measurement is what they say.
        if not timed:
            yield from _too_short(f"measurements[{n}].ended_at", span, rules.shortest_measurement_s, (n,))


def _too_short(
    where: str, span: Fraction | None, shortest: Decimal, measurements: tuple[int, ...]
) -> Iterator[Finding]:
    # An end before its start is told as such.
    if span is not None and 0 < span < Fraction(shortest):
        need = f"at least {as_text(shortest)} s"
        yield Finding(
            code="duration-too-short", where=where, got=f"{float(span):g} s", need=need, measurements=measurements
        )

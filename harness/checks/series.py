"""Does a rate last, or does it fall, or step, with time or work?"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from harness.checks.limiters import limited_by
from harness.checks.raw import samples_in_base_unit
from harness.checks.runs import Run, rates_by_unit, runs_of, seconds_of, states_of
from harness.metrics.windows import Change, fall_of, finest_means, step_of, window_means
from harness.model.case import Case
from harness.model.finding import Finding
from harness.model.measurement import Measurement
from harness.model.method_device import DeviceMethod
from harness.model.quantity import base_unit

_RATES = ("compute_rate", "total_dram_bandwidth")


def rates_last(case: Case) -> Iterator[Finding]:
    """Are the windows of every series alike, without a fall and without a step to another level?"""
    rules = case.method.device
    if rules is None:
        return
    rates = {measurand: rates_by_unit(case, measurand) for measurand in _RATES}
    capped = _capped_units(case, rules)
    for n, measurement in enumerate(case.report.measurements):
        series = _series(case, measurement) if measurement.measurand in _RATES else None
        if series is None:
            continue
        # A product of matrices soon meets the power limit and slows; a copy of memory does not.
        excused = measurement.measurand == "compute_rate" and measurement.unit_id in capped
        told = _told(*series, rules, excused=excused)
        if told is not None:
            code, change = told
            unit = base_unit(measurement.unit)
            levels = f"{_shown(change.before)}, then {_shown(change.after)} {unit}"
            got = f"{levels}, after {float(change.at):.0%} of the series"
            need = "one level throughout" + (", but for what the power limit takes" if excused else "")
            yield Finding(
                code=code,
                where=f"measurements[{n}].raw.samples",
                got=got,
                need=need,
                measurements=rates[measurement.measurand][measurement.unit_id],
            )


def _capped_units(case: Case, rules: DeviceMethod) -> set[str]:
    return {unit_id for _, unit_id, state in states_of(case) if limited_by(state, rules, "software-power-cap")}


def _series(case: Case, measurement: Measurement) -> tuple[list[Decimal], tuple[Decimal, ...]] | None:
    """Return the samples and their durations; only a series that says how long each took is one over time."""
    raw, samples = measurement.raw, samples_in_base_unit(case, measurement)
    if raw is None or samples is None or seconds_of(case, measurement) is None or raw.durations_s is None:
        return None
    if len(samples) != len(raw.durations_s) or not all(raw.durations_s):
        return None
    return samples, raw.durations_s


def _told(
    rates: list[Decimal], seconds: tuple[Decimal, ...], rules: DeviceMethod, *, excused: bool
) -> tuple[str, Change] | None:
    if len(rates) < rules.windows:
        return None
    noise, allowed = Fraction(rules.noise), Fraction(rules.sustained_below) if excused else Fraction(0)
    means, whole = finest_means(rates, seconds)
    step = step_of(means, noise, whole=whole)
    if step is not None:
        least = Fraction(rules.step_share)
        # A rate that rises was held down before; nothing excuses that.
        if step.fall > max(least, allowed) or -step.fall > least:
            return "rate-steps", step
        return None
    fall = fall_of(window_means(rates, seconds, rules.windows), noise)
    if fall is not None and fall.fall > max(Fraction(rules.fall_share), allowed):
        return "rate-falls", fall
    return None


def _shown(value: Fraction) -> str:
    return f"{float(value):.5g}"


def long_runs_keep_the_rate(case: Case) -> Iterator[Finding]:
    """Does the same work reach in a long run about what it reaches in a short one?"""
    rules = case.method.device
    if rules is None:
        return
    rates = rates_by_unit(case)
    groups: dict[tuple[object, ...], list[Run]] = {}
    for run in runs_of(case):
        if run.seconds is not None:
            key = (run.unit_id, run.number_format, run.path, run.challenged, run.driver, run.pattern)
            groups.setdefault(key, []).append(run)
    for runs in groups.values():
        brief = min(runs, key=lambda run: run.seconds or 0)
        longest = max(run.seconds or Fraction(0) for run in runs)
        if longest < Fraction(rules.longer_by) * (brief.seconds or 0):
            continue
        long = max((run for run in runs if run.seconds == longest), key=lambda run: run.rate)
        ratio = long.rate / brief.rate
        if ratio < 1 - Fraction(rules.sustained_below) or ratio > 1 + Fraction(rules.sustained_above):
            yield Finding(
                code="sustained-unlike-burst",
                where=f"measurements[{long.n}].value",
                got=f"{_shown(long.rate)} TFLOP/s over {_shown(longest)} s, {float(ratio):.3f} times the rate of a run "
                f"of {_shown(brief.seconds or Fraction(0))} s (measurements[{brief.n}])",
                need=f"{1 - rules.sustained_below} to {1 + rules.sustained_above} times that rate",
                measurements=rates[long.unit_id],
            )

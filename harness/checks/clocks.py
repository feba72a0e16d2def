"""Did the clocks run as high as the device can, and are they what the driver says?"""

from collections.abc import Iterator
from fractions import Fraction

from harness.checks.device import measurements_by_unit
from harness.checks.limiters import held_by, limited_by
from harness.checks.runs import clock_of, rates_by_unit, seen_clocks, states_of
from harness.model.case import Case
from harness.model.device_state import UnitState
from harness.model.finding import Finding
from harness.model.measurement import Measurement
from harness.model.method_device import DeviceMethod
from harness.model.quantity import as_text

# Clocks that somebody set explain nothing: they are what is looked for.
_EXPLAIN = (
    *("software-power-cap", "hardware-slowdown", "sync-boost", "software-thermal", "hardware-thermal"),
    *("power-brake", "board-limit", "reliability"),
)


def clocks_were_not_locked(case: Case) -> Iterator[Finding]:
    """Did the clock come near its maximum, or does a limiter that is recorded say why it did not?"""
    rules, of_unit = case.method.device, measurements_by_unit(case)
    if rules is None:
        return
    for place, unit_id, state in states_of(case):
        indices = of_unit.get(unit_id, ())
        rates = [n for n in indices if case.report.measurements[n].measurand == "compute_rate"]
        clocks = {n: clock for n in rates if (clock := clock_of(case.report.measurements[n])) is not None}
        highest = max(clocks.values(), default=None)
        near = _near(highest, Fraction(state.max_sm_clock_mhz or 0), rules)
        for n, limiter in enumerate(state.limiters):
            held = held_by(limiter, rules) if limiter.name == "application-clocks" else None
            if held is not None and near is not True:
                seen = "no clock was sampled" if highest is None else f"at most {as_text(highest)} MHz were seen"
                got, need = f"application-clocks, {held}; {seen}", "no clocks set below the maximum"
                yield _finding("clock-set", f"{place}.limiters[{n}]", got, need, rates)
        if near is False and highest is not None and _unexplained(case, state, rates, rules):
            first = next(n for n, clock in clocks.items() if clock == highest)
            got = f"{as_text(highest)} MHz at most, and no limiter that is recorded explains it"
            need = f"near {state.max_sm_clock_mhz} MHz, the maximum"
            yield _finding("clock-below-maximum", f"measurements[{first}]", got, need, rates)
        yield from _memory_clock(case, list(indices), state, rules)


def _finding(code: str, where: str, got: str, need: str, measurements: list[int]) -> Finding:
    return Finding(code=code, where=where, got=got, need=need, measurements=tuple(measurements))


def _near(clock: Fraction | None, maximum: Fraction, rules: DeviceMethod) -> bool | None:
    """Return whether a clock came near its maximum; None where one of them is not known."""
    return None if clock is None or not maximum else clock >= maximum * Fraction(rules.clock_share)


def _unexplained(case: Case, state: UnitState, rates: list[int], rules: DeviceMethod) -> bool:
    """Where limiters are recorded, none may explain it; where none are, only a clock that never moved is telling."""
    if limited_by(state, rules, *_EXPLAIN) is not None:
        return False
    series = (seen_clocks(case.report.measurements[n]) for n in rates)
    return bool(state.limiters) or any(_constant(clocks, rules) for clocks in series)


def _constant(clocks: list[Fraction], rules: DeviceMethod) -> bool:
    enough = len(clocks) >= rules.clock_samples
    return enough and max(clocks) - min(clocks) <= Fraction(rules.clock_step_mhz)


def _memory_clock(case: Case, indices: list[int], state: UnitState, rules: DeviceMethod) -> Iterator[Finding]:
    for n in indices:
        clock = case.report.measurements[n].sampled_memory_clock_mhz
        if clock and _near(Fraction(clock), Fraction(state.max_memory_clock_mhz or 0), rules) is False:
            where = f"measurements[{n}].sampled_memory_clock_mhz"
            need = f"near {state.max_memory_clock_mhz} MHz, the maximum"
            yield _finding("clock-below-maximum", where, f"{clock} MHz", need, [n])


def clocks_are_true(case: Case) -> Iterator[Finding]:
    """Is the clock that the driver shows the one that a kernel counted on the device?"""
    rules, of_unit = case.method.device, rates_by_unit(case)
    for n, measurement in enumerate(case.report.measurements if rules else ()):
        counted, shown = measurement.in_kernel_sm_clock_mhz, _shown(measurement)
        if rules is None or measurement.measurand != "compute_rate" or not counted or shown is None:
            continue
        ratio = Fraction(counted) / shown
        if abs(ratio - 1) > Fraction(rules.clock_tolerance):
            got = f"{counted} MHz counted in a kernel, {float(ratio):.3f} times the clock shown"
            need = f"about {as_text(shown)} MHz, as the driver shows"
            where = f"measurements[{n}].in_kernel_sm_clock_mhz"
            yield _finding("clock-false", where, got, need, list(of_unit[measurement.unit_id]))


def _shown(measurement: Measurement) -> Fraction | None:
    """The clock that the driver showed: as it is stated for the run, else the mean of the samples."""
    if measurement.sampled_sm_clock_mhz:
        return Fraction(measurement.sampled_sm_clock_mhz)
    seen = seen_clocks(measurement)
    return sum(seen, Fraction(0)) / len(seen) if seen else None

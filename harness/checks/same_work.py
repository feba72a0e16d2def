"""Does the same work run at the same rate on every path, shape, driver and kind of data?"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from harness.checks.limiters import limited_by
from harness.checks.runs import Run, rates_by_unit, runs_of, states_of
from harness.model.case import Case
from harness.model.finding import Finding
from harness.model.method_device import DeviceMethod

_STANDARD = "a standard shape"


def same_work_runs_alike(case: Case) -> Iterator[Finding]:
    """Do library and other kernels, standard and challenged shapes, and two drivers reach the same rate?"""
    rules = case.method.device
    if rules is None:
        return
    runs = [run for run in runs_of(case) if run.path != "register-loop"]
    # What is made to be fast, a library and a standard shape, may be the faster one by more than the other way round.
    compared = (
        _Compared("rate-depends-on-path", lambda run: run.path, {"path": None}, "library", rules.other_kernel_least),
        _Compared("rate-depends-on-shape", _shape, {"challenged": False}, _STANDARD, rules.other_shape_least),
        _Compared("rate-depends-on-driver", lambda run: run.driver, {"driver": None}, None, Decimal(1)),
    )
    for one in compared:
        yield from _unlike(case, one, runs, Fraction(rules.same_work))


class _Compared(NamedTuple):
    """What two runs differ in: how it is told, what of it is usually the faster, and what share the others reach."""

    code: str
    value: Callable[[Run], str | None]
    without: dict[str, Any]
    usual: str | None
    least: Decimal


def _shape(run: Run) -> str:
    return "a shape of the challenge" if run.challenged else _STANDARD


def _unlike(case: Case, asked: _Compared, runs: list[Run], tolerance: Fraction) -> Iterator[Finding]:
    """Compare the best runs that differ in one thing alone."""
    rates, value = rates_by_unit(case), asked.value
    groups: dict[object, dict[str, Run]] = {}
    for run in runs:
        kind = value(run)
        if kind is not None:
            best = groups.setdefault(_alike(replace(run, **asked.without)), {})
            best[kind] = max(best.get(kind, run), run, key=lambda one: one.rate)
    for best in groups.values():
        fast, slow = max(best.values(), key=lambda one: one.rate), min(best.values(), key=lambda one: one.rate)
        least = Fraction(asked.least) if value(fast) == asked.usual else 1 / (1 + tolerance)
        if slow.rate < fast.rate * least:
            yield Finding(
                code=asked.code,
                where=f"measurements[{slow.n}].value",
                got=f"{_tflops(slow)}, {value(slow)}; {float(fast.rate / slow.rate):.3f} times that, {value(fast)} "
                f"(measurements[{fast.n}])",
                need=f"at least {float(least):.0%} of the other",
                measurements=rates[slow.unit_id],
            )


def _alike(run: Run) -> tuple[object, ...]:
    return (run.unit_id, run.number_format, run.path, run.challenged, run.driver, run.pattern)


def _tflops(run: Run) -> str:
    return f"{float(run.rate):.5g} TFLOP/s in {run.number_format}"


def libraries_do_what_the_units_can(case: Case) -> Iterator[Finding]:
    """Does a library come near a loop that needs no memory, and does it not exceed it?"""
    rules = case.method.device
    if rules is None:
        return
    groups: dict[object, list[Run]] = {}
    for run in runs_of(case):
        # A loop in registers has no shape.
        groups.setdefault(_alike(replace(run, path=None, challenged=False)), []).append(run)
    rates = rates_by_unit(case)
    for runs in groups.values():
        loops = [run for run in runs if run.path == "register-loop"]
        libraries = [run for run in runs if run.path == "library"]
        if not loops or not libraries:
            continue
        loop, library = (max(several, key=lambda run: run.rate) for several in (loops, libraries))
        ratio = loop.rate / library.rate
        if ratio > 1 + Fraction(rules.register_loop_above):
            # The loop shows what the units do; what the library shows is too little.
            yield _against(loop, library, "library-below-register-loop", tuple(run.n for run in libraries), rules)
        elif ratio < 1 / (1 + Fraction(rules.same_work)):
            yield _against(loop, library, "rate-depends-on-path", rates[library.unit_id], rules)


def _against(loop: Run, library: Run, code: str, measurements: tuple[int, ...], rules: DeviceMethod) -> Finding:
    return Finding(
        code=code,
        where=f"measurements[{library.n}].value",
        got=f"{_tflops(library)}, library; {float(loop.rate / library.rate):.3f} times that, register loop "
        f"(measurements[{loop.n}])",
        need=f"a loop at 1 to {float(1 + rules.register_loop_above):.2f} times the rate of the library",
        measurements=measurements,
    )


def data_make_a_difference_at_the_power_cap(case: Case) -> Iterator[Finding]:
    """At its power cap, does a device gain where data toggle little, as one does that power alone limits?"""
    rules = case.method.device
    if rules is None:
        return
    # At its highest clock, as in the first products after a rest, nothing held a device down: there is nothing to gain.
    capped = {
        unit_id: Fraction(state.max_sm_clock_mhz or 0) * Fraction(rules.clock_share)
        for _, unit_id, state in states_of(case)
        if limited_by(state, rules, "software-power-cap")
    }
    groups: dict[object, dict[bool, Run]] = {}
    for run in runs_of(case):
        if run.unit_id in capped and run.pattern is not None:
            best = groups.setdefault(_alike(replace(run, pattern=None)), {})
            little = run.pattern == "low-toggle"
            best[little] = max(best.get(little, run), run, key=lambda one: one.rate)
    for best in groups.values():
        if len(best) == 2 and best[True].rate < best[False].rate * (1 + Fraction(rules.data_gain)):
            low, usual = best[True], best[False]
            if usual.clock_mhz is not None and 0 < capped[usual.unit_id] <= usual.clock_mhz:
                continue
            times = f"{float(low.rate / usual.rate):.3f} times the rate on other data"
            got = f"{_tflops(low)} on data of few toggles, {times}"
            need = f"{float(1 + rules.data_gain):.2f} times or more, where power is the limit"
            where = f"measurements[{low.n}].value"
            yield Finding(
                code="data-makes-no-difference", where=where, got=got, need=need, measurements=(low.n, usual.n)
            )


def driver_is_of_its_day(case: Case) -> Iterator[Finding]:
    """Was the driver about as new as there was on the day of the test?"""
    rules, configuration, dates = case.method.device, case.report.configuration, case.report.dates
    released = configuration.driver_released_on if configuration else None
    tested = dates.test if dates else None
    if rules is None or released is None or tested is None:
        return
    age = (tested - released).days
    if age > rules.driver_age_days:
        got = f"released on {released}, {age} days before the test"
        need = f"at most {rules.driver_age_days} days"
        yield Finding(code="driver-outdated", where="configuration.driver_released_on", got=got, need=need)

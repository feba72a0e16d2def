"""What held a device down: limiters with their counters, power, energy, profiles and other work."""

from collections.abc import Iterator
from fractions import Fraction

from harness.checks.device import measurements_by_unit
from harness.checks.runs import runs_of, states_of
from harness.model.case import Case
from harness.model.device_state import Limiter, UnitState
from harness.model.finding import Finding
from harness.model.method_device import DeviceMethod
from harness.model.quantity import as_text

_Told = tuple[str, str, str, str]


def nothing_limited_the_device(case: Case) -> Iterator[Finding]:
    """Did no limiter, no power limit, no profile and no other work hold the device down during the tests?"""
    rules, rates = case.method.device, measurements_by_unit(case, rates_only=True)
    if rules is None:
        return
    # What little toggles draws little power: such a run shows what a device at its power cap does without it.
    runs = runs_of(case)
    held = {run.unit_id for run in runs} - {run.unit_id for run in runs if run.pattern == "low-toggle"}
    for place, unit_id, state in states_of(case):
        told = [*_limiters(state, rules), *_power(state, rules), *_settings(state, rules)]
        if unit_id in held:
            told += _capped(state, rules)
        for code, field, got, need in told:
            measurements = rates.get(unit_id, ())
            yield Finding(code=code, where=f"{place}.{field}", got=got, need=need, measurements=measurements)


def _limiters(state: UnitState, rules: DeviceMethod) -> Iterator[_Told]:
    meanings = {one.name: one for one in rules.limiters}
    for n, limiter in enumerate(state.limiters):
        meaning, held = meanings.get(limiter.name), held_by(limiter, rules)
        # Clocks that were set are judged by the clocks that were seen, and a power cap by the power.
        if held is None or meaning is None or meaning.kind in ("setting", "power"):
            continue
        code = "thermal-slowdown" if meaning.kind == "heat" else "limiter-active"
        yield code, f"limiters[{n}]", f"{limiter.name}, {held}: {meaning.says}", "no time under this limiter"


def held_by(limiter: Limiter, rules: DeviceMethod) -> str | None:
    """Return for how long a limiter held the device, in words; None where it did not, as far as it is known."""
    before, after = limiter.before_us, limiter.after_us
    if before is not None and after is not None:
        if after < before:
            return "its counter set back during the tests"
        seconds = Fraction(after - before, 10**6)
        if seconds >= Fraction(rules.limiter_seconds):
            return f"{as_text(seconds)} s of the tests"
    return "active during the tests" if limiter.active else None


def limited_by(state: UnitState, rules: DeviceMethod, *names: str) -> str | None:
    """Return what of these limiters, or of mean power at the limit, held the device, in words; None if nothing."""
    for limiter in state.limiters:
        held = held_by(limiter, rules) if limiter.name in names else None
        if held is not None:
            return f"{limiter.name}, {held}"
    limit = _limit_w(state)
    if "software-power-cap" in names and limit and state.mean_power_w:
        share = Fraction(state.mean_power_w) / limit
        if share >= Fraction(rules.power_at_cap):
            return f"a mean power of {state.mean_power_w} W at a limit of {as_text(limit)} W"
    return None


def _limit_w(state: UnitState) -> Fraction | None:
    limits = [one for one in (state.enforced_power_limit_w, state.power_limit_w) if one]
    return Fraction(min(limits)) if limits else None


def _power(state: UnitState, rules: DeviceMethod) -> Iterator[_Told]:
    enforced, default = state.enforced_power_limit_w, state.default_power_limit_w
    if enforced and default and enforced < default:
        what = "something beside the limit of the user" if state.power_limit_w == default else "the device"
        need = f"{default} W, the default"
        yield "enforced-power-limit-lowered", "enforced_power_limit_w", f"{enforced} W, held by {what}", need
    energy, time, power = state.energy_counted_j, state.energy_time_s, state.mean_power_w
    if energy and time and power:
        expected, counted = Fraction(power) * Fraction(time), Fraction(energy)
        if abs(counted - expected) > Fraction(rules.energy_tolerance) * max(counted, expected):
            got = f"{energy} J counted, {float(counted / expected):.2f} times mean power x time"
            need = f"about {as_text(expected)} J = {power} W x {time} s"
            yield "energy-contradicts-power", "energy_counted_j", got, need
    yield from _cap_without_power(state, rules)


def _cap_without_power(state: UnitState, rules: DeviceMethod) -> Iterator[_Told]:
    """While a device is held by its power cap it draws about that power; less, and the cap was another one."""
    limit, time, power = _limit_w(state), state.energy_time_s, state.mean_power_w
    if not limit or not time or not power:
        return
    for n, limiter in enumerate(state.limiters):
        held_us = _held_us(limiter) if limiter.name == "software-power-cap" else 0
        if not held_us:
            continue
        share = min(Fraction(held_us, 10**6) / Fraction(time), Fraction(1))
        least = share * limit * (1 - Fraction(rules.power_tolerance))
        if Fraction(power) < least:
            got = f"{float(share):.0%} of the time under the power cap, and a mean power of {power} W"
            need = f"at least about {round(least)} W, for the limit is {as_text(limit)} W"
            yield "power-cap-contradicts-power", f"limiters[{n}]", got, need


def _held_us(limiter: Limiter) -> int:
    """Return the microseconds under a limiter within the time of the energy; 0 where they are not known."""
    if limiter.within_energy_time_us is not None:
        return limiter.within_energy_time_us
    before, after = limiter.before_us, limiter.after_us
    return 0 if before is None or after is None else max(0, after - before)


def _capped(state: UnitState, rules: DeviceMethod) -> Iterator[_Told]:
    held = limited_by(state, rules, "software-power-cap")
    if held is not None:
        need = "a run on data of few toggles, such as zeros, beside it"
        yield "power-capped", "limiters" if state.limiters else "mean_power_w", held, need


def _settings(state: UnitState, rules: DeviceMethod) -> Iterator[_Told]:
    profile = state.power_profile
    if profile is not None and profile.strip().casefold() not in rules.default_power_profiles:
        yield "power-profile-set", "power_profile", profile, "the default profile"
    if state.other_processes:
        yield "other-processes", "other_processes", str(state.other_processes), "0"

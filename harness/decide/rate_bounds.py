"""The highest TPP that a measured rate leaves, where a clock was sampled and only one rate per clock is possible."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from harness.decide.figures import bit_length, units_and_highest_clock
from harness.metrics.assurance import Measured, printed_step
from harness.metrics.peak import peak_rate_tops
from harness.metrics.quantised_rate import identified_rate, per_unit_and_clock
from harness.model.case import Case
from harness.model.measurement import Measurement

DeviceAndFormat = tuple[str, str | None]


def device_and_format(measurement: Measurement) -> DeviceAndFormat:
    """Return what has one rate per clock: a device, in a number format."""
    return measurement.unit_id, measurement.number_format


def highest_by_rate(case: Case, found: Iterable[tuple[Measurement, Measured]]) -> dict[DeviceAndFormat, Fraction]:
    """Return the TPP, at the highest clock, of the one rate that the fastest measurement of its kind leaves."""
    best: dict[DeviceAndFormat, tuple[Measurement, Measured]] = {}
    for measurement, measured in found:
        key = device_and_format(measurement)
        if key not in best or measured.value > best[key][1].value:
            best[key] = (measurement, measured)
    bounds = {key: _highest(case, measurement, measured) for key, (measurement, measured) in best.items()}
    return {key: bound for key, bound in bounds.items() if bound is not None}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Clock:
    """A sampled clock in MHz, with all that its samples and their last digit leave open."""

    seen: Fraction
    low: Fraction
    high: Fraction


def _highest(case: Case, measurement: Measurement, measured: Measured) -> Fraction | None:
    architecture, rules = case.spec.architecture if case.spec else None, case.method.assurance
    if architecture is None or architecture.capped or rules is None or not measured.shows_at_most:
        return None
    own: dict[str, int] = {entry.format: entry.operations for entry in architecture.ops_per_clock}
    units, highest_clock = units_and_highest_clock(case, architecture)
    name, bits = measurement.number_format, bit_length(measurement)
    clock = None if highest_clock is None else _clock(case, measurement, highest_clock)
    if name is None or name not in own or clock is None or highest_clock is None or measured.lower <= 0:
        return None
    enabled = _enabled(case, measurement.unit_id) or units
    rate = identified_rate(
        per_unit_and_clock(measured.value / bits, enabled, clock.seen),
        per_unit_and_clock(measured.lower / bits, enabled, clock.high),
        per_unit_and_clock((measured.value + measured.expanded_uncertainty) / bits, enabled, clock.low),
        [own[name] * Fraction(multiple) for multiple in rules.rate_multiples],
        Fraction(rules.least_kernel_efficiency),
    )
    return None if rate is None else Fraction(peak_rate_tops(units, 1, highest_clock)) * rate * bits


def _clock(case: Case, measurement: Measurement, highest: Decimal) -> _Clock | None:
    """Return the clock that was seen; one above the highest that there is would only make the rate look slower."""
    most, margin = Fraction(highest), 1 + Fraction(case.method.contradiction_margin)
    stated = [measurement.in_kernel_sm_clock_mhz, measurement.sampled_sm_clock_mhz]
    series = (measurement.raw.clocks_mhz if measurement.raw else None) or ()
    clocks = [clock for clock in (*stated, *series) if clock]
    if not clocks:
        return None
    low = min(Fraction(clock) - Fraction(printed_step(clock)) / 2 for clock in clocks)
    high = max(Fraction(clock) + Fraction(printed_step(clock)) / 2 for clock in clocks)
    if low <= 0 or high > most * margin:
        return None
    # The counter on the device itself is nearest to what the units ran at.
    return _Clock(seen=min(Fraction(clocks[0]), most), low=min(low, most), high=min(high, most))


def _enabled(case: Case, unit_id: str) -> int | None:
    states = (unit.state for unit in (case.report.lot.units if case.report.lot else ()) if unit.unit_id == unit_id)
    return next((state.processing_units_enabled for state in states if state is not None), None)

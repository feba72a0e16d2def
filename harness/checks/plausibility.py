"""Is a value possible, and does it show enough?"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from harness.checks.values import BASE_UNIT_OF
from harness.metrics.dram_bandwidth import dram_bandwidth_gb_s
from harness.metrics.interconnect import interconnect_bandwidth_gb_s
from harness.metrics.peak import peak_rate_tops
from harness.metrics.tpp import tpp
from harness.model.case import Case
from harness.model.finding import Finding
from harness.model.lab_report import Declared, Measurement, UnitState
from harness.model.quantity import as_text, base_unit, in_base_unit

_SLIPS = (
    (Fraction(1000), "a factor of 1000: a prefix slip"),
    (Fraction(8), "a factor of 8: bits given as bytes"),
    (Fraction(2), "a factor of 2: a sparse rate given as dense, or both directions as one"),
)


def values_are_physically_possible(case: Case) -> Iterator[Finding]:
    """Does every value lie below what units, clocks, buses and links can carry?"""
    for n, measurement in enumerate(case.report.measurements):
        limit = _physical_limit(case, measurement)
        value = _in_base(measurement)
        if limit is None or value is None:
            continue
        excess = Fraction(1) if measurement.measurand == "interconnect_bandwidth" else Fraction(case.method.peak_excess)
        if Fraction(value) > Fraction(limit[0]) * excess:
            unit = base_unit(measurement.unit)
            got = f"{as_text(value)} {unit}{_likeliest_slip(Fraction(value) / Fraction(limit[0]))}"
            need = f"at most about {as_text(limit[0])} {unit}, {limit[1]}"
            yield Finding(code="above-physical-peak", where=f"measurements[{n}].value", got=got, need=need)


def _in_base(measurement: Measurement) -> Decimal | None:
    if measurement.value is None or base_unit(measurement.unit) != BASE_UNIT_OF[measurement.measurand]:
        return None
    return in_base_unit(measurement.value, measurement.unit)


def _state(case: Case, unit_id: str) -> UnitState | None:
    units = case.report.lot.units if case.report.lot else ()
    return next((unit.state for unit in units if unit.unit_id == unit_id), None)


def _physical_limit(case: Case, measurement: Measurement) -> tuple[Decimal, str] | None:
    state = _state(case, measurement.unit_id) or UnitState()
    match measurement.measurand:
        case "compute_rate":
            return _compute_limit(case, measurement, state)
        case "total_dram_bandwidth":
            return _dram_limit(case, state)
        case "interconnect_bandwidth":
            limit = interconnect_bandwidth_gb_s(state.links) if state.links else None
            return None if limit is None else (limit, "the sum of the links counted")
        case "copackaged_dram_capacity":
            if state.memory_total is None or state.memory_total_unit is None:
                return None
            return in_base_unit(state.memory_total, state.memory_total_unit), "the memory that the device reports"
    return None


def _compute_limit(case: Case, measurement: Measurement, state: UnitState) -> tuple[Decimal, str] | None:
    architecture = case.spec.architecture if case.spec else None
    if architecture is None or measurement.sparsity != "dense":
        return None
    clocks = [clock for clock in (architecture.maximum_clock_mhz, state.max_sm_clock_mhz) if clock is not None]
    rates = {entry.format: entry.operations for entry in architecture.ops_per_clock}
    if not clocks or measurement.number_format not in rates:
        return None
    units = max(architecture.processing_units, state.processing_units_enabled or 0)
    limit = peak_rate_tops(units, rates[measurement.number_format], max(clocks))
    return limit, f"{units} units x {rates[measurement.number_format]} x {as_text(max(clocks))} MHz"


def _dram_limit(case: Case, state: UnitState) -> tuple[Decimal, str] | None:
    memory = case.spec.memory if case.spec else None
    if memory is None or memory.transfers_per_clock is None:
        return None
    width = max(memory.bus_width_bits or 0, state.memory_bus_width_bits or 0)
    clocks = [clock for clock in (memory.reported_clock_mhz, state.max_memory_clock_mhz) if clock is not None]
    if not width or not clocks:
        return None
    limit = dram_bandwidth_gb_s(width, max(clocks), memory.transfers_per_clock)
    return limit, f"{width} bit x {as_text(max(clocks))} MHz x {memory.transfers_per_clock} / 8"


def _likeliest_slip(ratio: Fraction) -> str:
    """Name the slip that brings a value back under the peak: at least half of it, as an honest rate would be."""
    for factor, name in reversed(_SLIPS):
        if Fraction(3, 10) <= ratio / factor <= Fraction(105, 100):
            return f", {float(ratio):.2f} times the limit; perhaps {name}"
    return f", {float(ratio):.2f} times the limit"


def values_are_credible(case: Case) -> Iterator[Finding]:
    """Does a value show enough of what is declared to say anything about the most that the device can do?"""
    lowest = Fraction(case.method.lowest_credible_share_of_peak)
    for n, measurement in enumerate(case.report.measurements):
        declared, value = _declared(case.report.declared, measurement), _in_base(measurement)
        if declared is None or value is None or declared == 0:
            continue
        if measurement.measurand == "compute_rate":
            if measurement.number_format is None:
                continue
            value = tpp(value, measurement.number_format)
        share = Fraction(value) / Fraction(declared)
        if share < lowest:
            got, need = f"{float(share):.2%} of the declaration", f"at least {float(lowest):.0%}"
            where = f"measurements[{n}].value"
            yield Finding(code="implausibly-low", where=where, got=got, need=need, measurements=(n,))


def _declared(declared: Declared | None, measurement: Measurement) -> Decimal | None:
    name = "tpp" if measurement.measurand == "compute_rate" else measurement.measurand
    stated = getattr(declared, name) if declared is not None else None
    return None if stated is None or stated.value is None else in_base_unit(stated.value, stated.unit)

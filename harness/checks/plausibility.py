"""Is a value possible, and does it show enough?"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from harness.checks.raw import highest_shown
from harness.checks.values import BASE_UNIT_OF, INVENTORY
from harness.metrics.dram_bandwidth import dram_bandwidth_gb_s
from harness.metrics.interconnect import interconnect_bandwidth_gb_s
from harness.metrics.peak import peak_rate_tops
from harness.metrics.tpp import BIT_LENGTH
from harness.model.case import Case
from harness.model.device_state import UnitState
from harness.model.finding import Finding
from harness.model.lab_report import Declared
from harness.model.measurement import Measurement
from harness.model.quantity import as_text, base_unit, in_base_unit

_SLIPS = (
    (Fraction(1000), "a factor of 1000: a prefix slip"),
    (Fraction(8), "a factor of 8: bits given as bytes"),
    (Fraction(2), "a factor of 2: a sparse rate given as dense, or both directions as one"),
)


def values_are_physically_possible(case: Case) -> Iterator[Finding]:
    """Does every value and sample lie below what units, clocks and buses carry, and within what was counted?"""
    states = {unit.unit_id: unit.state or UnitState() for unit in (case.report.lot.units if case.report.lot else ())}
    for n, measurement in enumerate(case.report.measurements):
        value = _highest(case, measurement)
        limit = _limit(case, measurement, states.get(measurement.unit_id, UnitState()))
        if value is None or limit is None or limit[0] == 0:
            continue
        counted = measurement.measurand in INVENTORY
        excess = 1 + Fraction(case.method.inventory_tolerance) if counted else Fraction(case.method.peak_excess)
        if value > Fraction(limit[0]) * excess:
            unit = base_unit(measurement.unit)
            ratio = value / Fraction(limit[0])
            slip = "; perhaps a link or a part is not counted" if counted else _likeliest_slip(ratio)
            yield Finding(
                code="inventory-contradicts" if counted else "above-physical-peak",
                where=f"measurements[{n}].value",
                got=f"{as_text(value)} {unit}, {float(ratio):.2f} times the limit{slip}",
                need=f"at most about {as_text(limit[0])} {unit}, {limit[1]}",
                measurements=(n,),
            )


def _highest(case: Case, measurement: Measurement) -> Fraction | None:
    if base_unit(measurement.unit) != BASE_UNIT_OF[measurement.measurand]:
        return None
    return highest_shown(case, measurement)


def _limit(case: Case, measurement: Measurement, state: UnitState) -> tuple[Decimal, str] | None:
    match measurement.measurand:
        case "compute_rate":
            return _compute_limit(case, measurement, state)
        case "total_dram_bandwidth":
            return _dram_limit(case, state)
        case "interconnect_bandwidth":
            limit = interconnect_bandwidth_gb_s(state.links)
            return None if limit is None else (limit, "the sum of the links counted")
        case "copackaged_dram_capacity":
            if state.memory_total is None:
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
    """Name the slip that brings a value back to where an honest rate would lie: not far below the peak."""
    for factor, name in reversed(_SLIPS):
        if Fraction(3, 10) <= ratio / factor <= Fraction(105, 100):
            return f"; perhaps {name}"
    return ""


def values_are_credible(case: Case) -> Iterator[Finding]:
    """Does a value show enough of what is declared to say anything about the most that the device can do?"""
    lowest = Fraction(case.method.lowest_credible_share_of_peak)
    for n, measurement in enumerate(case.report.measurements):
        declared, value = _declared(case.report.declared, measurement), _highest(case, measurement)
        if declared is None or value is None or declared == 0:
            continue
        if measurement.measurand == "compute_rate":
            if measurement.number_format is None:
                continue
            value *= BIT_LENGTH[measurement.number_format]
        share = value / Fraction(declared)
        if share < lowest:
            got, need = f"{float(share):.2%} of the declaration", f"at least {float(lowest):.0%}"
            where = f"measurements[{n}].value"
            yield Finding(code="implausibly-low", where=where, got=got, need=need, measurements=(n,))


def _declared(declared: Declared | None, measurement: Measurement) -> Decimal | None:
    name = "tpp" if measurement.measurand == "compute_rate" else measurement.measurand
    stated = getattr(declared, name) if declared is not None else None
    return None if stated is None or stated.value is None else in_base_unit(stated.value, stated.unit)

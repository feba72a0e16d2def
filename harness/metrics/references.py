"""What a measured figure is drawn against: what is declared, claimed and derived, and where published ones lie."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from harness.metrics.claims import claimed, claimed_interconnect_gb_s
from harness.metrics.dram_bandwidth import dram_bandwidth_gb_s
from harness.metrics.peak import peak_rate_tops
from harness.metrics.tpp import BIT_LENGTH
from harness.model.chip_spec import ChipSpec
from harness.model.device_state import UnitState
from harness.model.lab_report import Declared
from harness.model.quantity import as_text, in_base_unit

_STATED = {
    "total_dram_bandwidth": "total_dram_bandwidth",
    "interconnect_bandwidth": "interconnect_bandwidth",
    "copackaged_dram_capacity": "copackaged_dram_capacity",
    "peak_power_at_max_tpp": "board_power",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """A figure that measured ones are drawn against; `value` in the base unit of its kind."""

    # Which kind it is: declared, claimed, nominal, maximum or bus.
    kind: str
    value: Fraction
    says: str


def rate_references(declared: Declared | None, spec: ChipSpec | None, number_format: str) -> Iterator[Reference]:
    """Yield what a dense rate in a format is drawn against, in TFLOP/s or TOP/s.

    Args:
        declared: What the application declares; its TPP is divided by the bits of the format.
        spec: The spec file of the chip.
        number_format: The format of the inputs.

    Source:
        ECCN 3A090, technical note 1: TPP is the rate times the bit length; units x operations per clock x clock.
    """
    bits = BIT_LENGTH[number_format]
    if declared is not None and declared.tpp is not None and declared.tpp.value is not None:
        says = f"declared: {as_text(declared.tpp.value)} TPP over {bits} bits"
        yield Reference(kind="declared", value=Fraction(declared.tpp.value) / bits, says=says)
    if spec is None:
        return
    for rate in spec.rates:
        if rate.format == number_format and rate.grade != "estimate":
            on = f" on {rate.units} units" if rate.units else ""
            value = Fraction(in_base_unit(rate.value, rate.unit))
            yield Reference(kind="claimed", value=value, says=f"claimed: {spec.name}{on}, {rate.grade}")
    yield from _derived(spec, number_format)


def _derived(spec: ChipSpec, number_format: str) -> Iterator[Reference]:
    built = spec.architecture
    operations = (
        next((one.operations for one in built.ops_per_clock if one.format == number_format), None) if built else None
    )
    if built is None or operations is None:
        return
    capped = ", which the maker caps" if built.capped else ""
    for kind, clock in (("nominal", built.nominal_clock_mhz), ("maximum", built.maximum_clock_mhz)):
        if clock is not None:
            value = Fraction(peak_rate_tops(built.processing_units, operations, clock))
            says = f"derived, {kind} clock: {built.processing_units} x {operations} x {as_text(clock)} MHz{capped}"
            yield Reference(kind=kind, value=value, says=says)


def other_references(
    declared: Declared | None, spec: ChipSpec | None, state: UnitState | None, measurand: str
) -> Iterator[Reference]:
    """Yield what a bandwidth, a capacity or a power is drawn against, in the base unit of its kind.

    Args:
        declared: What the application declares.
        spec: The spec file of the chip.
        state: What the unit showed of itself.
        measurand: What was measured; a rate has references of its own.
    """
    stated = getattr(declared, measurand, None)
    if stated is not None and stated.value is not None:
        value = Fraction(in_base_unit(stated.value, stated.unit))
        says = "declared" if value == stated.value else f"declared as {as_text(stated.value)} {stated.unit}"
        yield Reference(kind="declared", value=value, says=says)
    if spec is not None:
        links = measurand == "interconnect_bandwidth"
        known = claimed_interconnect_gb_s(spec) if links else claimed(getattr(spec, _STATED[measurand]))
        if known is not None:
            what = ", links and bus together" if links else ""
            yield Reference(kind="claimed", value=Fraction(known), says=f"claimed: {spec.name}{what}")
    if measurand == "total_dram_bandwidth":
        yield from _bus(spec, state)
    if measurand == "copackaged_dram_capacity" and state is not None and state.memory_total is not None:
        total = Fraction(in_base_unit(state.memory_total, state.memory_total_unit))
        yield Reference(kind="bus", value=total, says="memory that the device reports")


def _bus(spec: ChipSpec | None, state: UnitState | None) -> Iterator[Reference]:
    """Bus width x clock as the driver reports both; transfers per clock are known only from the spec file."""
    memory = spec.memory if spec else None
    if memory is None or memory.transfers_per_clock is None:
        return
    width = (state.memory_bus_width_bits if state else None) or memory.bus_width_bits
    clock = (state.max_memory_clock_mhz if state else None) or memory.reported_clock_mhz
    if width and clock:
        value = Fraction(dram_bandwidth_gb_s(width, clock, memory.transfers_per_clock))
        says = f"derived, bus x rate: {width} bit x {as_text(clock)} MHz x {memory.transfers_per_clock} / 8"
        yield Reference(kind="bus", value=value, says=says)

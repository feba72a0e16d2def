"""Did the device show all that it can do, and is it the device that the report names?"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from harness.checks.values import INVENTORY
from harness.model.case import Case
from harness.model.chip_spec import ChipSpec
from harness.model.device_state import NOTHING_SHOWN, UnitState
from harness.model.finding import Finding
from harness.model.quantity import in_base_unit

_RECORDED = (
    "power_limit_w",
    "default_power_limit_w",
    "application_sm_clock_mhz",
    "max_sm_clock_mhz",
    "thermal_slowdown",
    "partitioned",
    "virtualized",
)


def device_was_not_held_down(case: Case) -> Iterator[Finding]:
    """Were power limit, clocks, temperature and partitioning such that a rate shows what the device can do?"""
    rates = measurements_by_unit(case, rates_only=True)
    for n, unit in enumerate(case.report.lot.units if case.report.lot else ()):
        measurements = rates.get(unit.unit_id, ())
        for code, field, got, need in _limits(unit.state or NOTHING_SHOWN):
            where = f"lot.units[{n}].state.{field}"
            yield Finding(code=code, where=where, got=got, need=need, measurements=measurements)


def _limits(state: UnitState) -> Iterator[tuple[str, str, str, str]]:
    limit, default = state.power_limit_w, state.default_power_limit_w
    if limit is not None and default is not None and limit < default:
        yield "power-limit-lowered", "power_limit_w", f"{limit} W", f"{default} W, the default"
    clock, highest = state.application_sm_clock_mhz, state.max_sm_clock_mhz
    if clock is not None and highest is not None and clock < highest:
        yield "clock-held-down", "application_sm_clock_mhz", f"{clock} MHz", f"{highest} MHz, the maximum"
    for code, field in (
        ("thermal-slowdown", "thermal_slowdown"),
        ("device-partitioned", "partitioned"),
        ("device-virtualized", "virtualized"),
    ):
        if getattr(state, field):
            yield code, field, "yes", "no"
    # What could have held the device down and is not recorded may have done so.
    missing = [field for field in _RECORDED if _unread(getattr(state, field))]
    if missing:
        yield "device-state-absent", missing[0], f"nothing for {', '.join(missing)}", "the state during the test"


def _unread(value: Decimal | bool | None) -> bool:
    """A call that is not there, or a limit or clock of zero: nothing was read. A plain "no" was."""
    return value is None or (isinstance(value, Decimal) and value == 0)


def device_is_what_the_report_calls_it(case: Case) -> Iterator[Finding]:
    """Do maker, unit count and bus width fit the chip that the report names?"""
    product, spec = case.report.product, case.spec
    if spec is None:
        got = (product.chip if product else None) or "no chip named"
        yield Finding(code="chip-unknown", where="product.chip", got=got, need="a chip with a spec file")
        return
    everything = tuple(range(len(case.report.measurements)))
    maker = (product.manufacturer if product else None) or spec.manufacturer
    if not same_maker(maker, spec.manufacturer):
        yield Finding(
            code="product-contradicts-spec",
            where="product.manufacturer",
            got=maker,
            need=spec.manufacturer,
            measurements=everything,
        )
    of_unit = measurements_by_unit(case)
    for n, unit in enumerate(case.report.lot.units if case.report.lot else ()):
        if unit.state is not None:
            for field, got, need in _contradictions(case, unit.state, spec):
                yield Finding(
                    code="product-contradicts-spec",
                    where=f"lot.units[{n}].state.{field}",
                    got=got,
                    need=need,
                    measurements=of_unit.get(unit.unit_id, ()),
                )


def same_maker(one: str, other: str) -> bool:
    """A company form behind the name makes no other maker."""
    first, second = sorted((one.casefold(), other.casefold()), key=len)
    return second == first or second.startswith((first + " ", first + ","))


def _contradictions(case: Case, state: UnitState, spec: ChipSpec) -> Iterator[tuple[str, str, str]]:
    architecture, memory = spec.architecture, spec.memory
    units = architecture.processing_units if architecture else None
    if units is not None and state.processing_units_enabled not in (None, units):
        yield "processing_units_enabled", str(state.processing_units_enabled), f"{units}, as {spec.name} has"
    width = memory.bus_width_bits if memory else None
    if width is not None and state.memory_bus_width_bits not in (None, width):
        yield "memory_bus_width_bits", str(state.memory_bus_width_bits), f"{width}, as {spec.name} has"
    for field, known in (
        ("max_sm_clock_mhz", architecture.maximum_clock_mhz if architecture else None),
        ("max_memory_clock_mhz", memory.reported_clock_mhz if memory else None),
    ):
        shown = getattr(state, field)
        if known is not None and shown and not _alike(case, shown, known):
            yield field, f"{shown} MHz", f"about {known} MHz, as {spec.name} has"
    board, default = spec.board_power, state.default_power_limit_w
    watts = in_base_unit(board.value, board.unit) if board is not None else None
    if watts is not None and default and default < watts and not _alike(case, default, watts):
        yield "default_power_limit_w", f"{default} W", f"about {watts} W, as {spec.name} has"


def _alike(case: Case, one: Decimal, other: Decimal) -> bool:
    """Whether two figures of a device differ by no more than the method allows, either way."""
    excess = Fraction(case.method.peak_excess)
    return Fraction(one) <= Fraction(other) * excess and Fraction(other) <= Fraction(one) * excess


def measurements_by_unit(case: Case, *, rates_only: bool = False) -> dict[str, tuple[int, ...]]:
    """Return the measurements of each unit by index; of rates alone, which a held-down device understates."""
    found: dict[str, list[int]] = {}
    for n, measurement in enumerate(case.report.measurements):
        if not (rates_only and measurement.measurand in INVENTORY):
            found.setdefault(measurement.unit_id, []).append(n)
    return {unit_id: tuple(numbers) for unit_id, numbers in found.items()}

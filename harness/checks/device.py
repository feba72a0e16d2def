"""Did the device show all that it can do, and is it the device that the report names?"""

from collections.abc import Iterator

from harness.model.case import Case
from harness.model.chip_spec import ChipSpec
from harness.model.finding import Finding
from harness.model.lab_report import UnitState


def device_was_not_held_down(case: Case) -> Iterator[Finding]:
    """Were power limit, clocks, temperature and partitioning such that a rate shows what the device can do?"""
    for n, unit in enumerate(case.report.lot.units if case.report.lot else ()):
        if unit.state is None:
            continue
        measurements = _of_unit(case, unit.unit_id)
        for code, field, got, need in _limits(unit.state):
            where = f"lot.units[{n}].state.{field}"
            yield Finding(code=code, where=where, got=got, need=need, measurements=measurements)


def _limits(state: UnitState) -> Iterator[tuple[str, str, str, str]]:
    limit, default = state.power_limit_w, state.default_power_limit_w
    if limit is not None and default is not None and limit < default:
        yield "power-limit-lowered", "power_limit_w", f"{limit} W", f"{default} W, the default"
    clock, highest = state.application_sm_clock_mhz, state.max_sm_clock_mhz
    if clock is not None and highest is not None and clock < highest:
        yield "clock-held-down", "application_sm_clock_mhz", f"{clock} MHz", f"{highest} MHz, the maximum"
    if state.thermal_slowdown:
        yield "thermal-slowdown", "thermal_slowdown", "yes", "no"
    if state.partitioned:
        yield "device-partitioned", "partitioned", "yes", "no"
    if state.virtualized:
        yield "device-virtualized", "virtualized", "yes", "no"


def device_is_what_the_report_calls_it(case: Case) -> Iterator[Finding]:
    """Do maker, unit count and bus width fit the chip that the report names?"""
    product, spec = case.report.product, case.spec
    if spec is None:
        got = (product.chip if product else None) or "no chip named"
        yield Finding(code="chip-unknown", where="product.chip", got=got, need="a chip with a spec file")
        return
    everything = tuple(range(len(case.report.measurements)))
    maker = product.manufacturer if product else None
    if maker is not None and maker.casefold() != spec.manufacturer.casefold():
        yield Finding(
            code="product-contradicts-spec",
            where="product.manufacturer",
            got=maker,
            need=spec.manufacturer,
            measurements=everything,
        )
    for n, unit in enumerate(case.report.lot.units if case.report.lot else ()):
        if unit.state is not None:
            for field, got, need in _contradictions(unit.state, spec):
                yield Finding(
                    code="product-contradicts-spec",
                    where=f"lot.units[{n}].state.{field}",
                    got=got,
                    need=need,
                    measurements=_of_unit(case, unit.unit_id),
                )


def _contradictions(state: UnitState, spec: ChipSpec) -> Iterator[tuple[str, str, str]]:
    units = spec.architecture.processing_units if spec.architecture else None
    if units is not None and state.processing_units_enabled not in (None, units):
        yield "processing_units_enabled", str(state.processing_units_enabled), f"{units}, as {spec.name} has"
    width = spec.memory.bus_width_bits if spec.memory else None
    if width is not None and state.memory_bus_width_bits not in (None, width):
        yield "memory_bus_width_bits", str(state.memory_bus_width_bits), f"{width}, as {spec.name} has"


def _of_unit(case: Case, unit_id: str) -> tuple[int, ...]:
    return tuple(n for n, measurement in enumerate(case.report.measurements) if measurement.unit_id == unit_id)

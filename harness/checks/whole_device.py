"""Is it the whole device: all its units, memory and links, and under its own name?"""

from collections.abc import Iterator
from fractions import Fraction

from harness.checks.device import measurements_by_unit
from harness.checks.raw import highest_shown
from harness.checks.runs import states_of
from harness.metrics.claims import claimed
from harness.metrics.dram_bandwidth import dram_bandwidth_gb_s
from harness.model.case import Case
from harness.model.chip_spec import ChipSpec
from harness.model.device_state import UnitState
from harness.model.finding import Finding
from harness.model.method_device import DeviceMethod
from harness.model.quantity import as_text, base_unit, in_base_unit

_GIB = Fraction(2**30, 10**9)
# Error correction within the memory takes one bit in sixteen of it.
_WITH_INLINE_ECC = Fraction(15, 16)
_Told = tuple[str, str, str, str, str]


def the_whole_device_was_there(case: Case) -> Iterator[Finding]:
    """Do units, memory, bus and links that the device shows make the whole of the chip that is named?"""
    rules = case.method.device
    if rules is None:
        return
    of_unit = measurements_by_unit(case)
    for place, unit_id, state in states_of(case):
        indices = of_unit.get(unit_id, ())
        for code, field, measurand, got, need in _told(case, state, indices, rules):
            kinds = {n: case.report.measurements[n].measurand for n in indices}
            measurements = tuple(n for n in indices if measurand in ("", kinds[n]))
            yield Finding(code=code, where=f"{place}.{field}", got=got, need=need, measurements=measurements)


def _told(case: Case, state: UnitState, indices: tuple[int, ...], rules: DeviceMethod) -> Iterator[_Told]:
    yield from _links(state, rules)
    yield from _retired(state)
    if case.spec is None:
        return
    part = list(_part(case.spec, state, rules))
    yield from part or _memory(case.spec, state, rules)
    yield from _bandwidth(case, case.spec, state, indices, rules)


def _links(state: UnitState, rules: DeviceMethod) -> Iterator[_Told]:
    for n, link in enumerate(state.links):
        found = []
        if link.count is not None and link.physical_count is not None and link.count < link.physical_count:
            found.append(("count", f"{link.count} of {link.name}", f"{link.physical_count}, as many as there are"))
        if link.rate is not None and link.maximum_rate:
            share = Fraction(link.rate) / Fraction(link.maximum_rate)
            if share < 1 - Fraction(rules.link_tolerance):
                highest = f"{link.maximum_rate} {link.unit}, to which it can train"
                found.append(("rate", f"{link.rate} {link.unit} of {link.name}", highest))
        for field, got, need in found:
            yield "links-trained-down", f"links[{n}].{field}", "interconnect_bandwidth", got, need


def _retired(state: UnitState) -> Iterator[_Told]:
    for field, what in (("retired_memory_pages", "pages"), ("remapped_memory_rows", "rows")):
        count = getattr(state, field)
        if count:
            yield "memory-retired", field, "copackaged_dram_capacity", f"{count} {what}", "0, or a count that explains"


def _part(spec: ChipSpec, state: UnitState, rules: DeviceMethod) -> Iterator[_Told]:
    """A part of a device that does not call itself one; where it does, that is told already."""
    if state.partitioned or state.virtualized:
        return
    units = spec.architecture.processing_units if spec.architecture else None
    if units and state.processing_units_enabled:
        share = Fraction(state.processing_units_enabled, units)
        if share <= Fraction(rules.part_of_device):
            got = f"{state.processing_units_enabled} of {units} units{_perhaps(spec, share)}"
            yield "part-of-the-device", "processing_units_enabled", "", got, "all the units of the chip"
            return
    capacity = _capacity_gb(spec)
    if capacity and state.memory_total:
        found = Fraction(in_base_unit(state.memory_total, state.memory_total_unit))
        if found / capacity <= Fraction(rules.part_of_device):
            got = f"{as_text(found)} GB of {as_text(capacity)} GB{_perhaps(spec, found / capacity)}"
            yield "part-of-the-device", "memory_total", "", got, "all the memory of the chip"


def _perhaps(spec: ChipSpec, share: Fraction) -> str:
    devices = spec.visible_devices or 1
    if devices > 1 and share * devices <= 1 + Fraction(1, 10):
        return f": one of the {devices} devices of the package"
    return f": about one part in {max(round(1 / share), 2)}, as a partition shows it"


def _capacity_gb(spec: ChipSpec) -> Fraction | None:
    parts = (claimed(spec.copackaged_dram_capacity), claimed(spec.board_dram_capacity))
    total = sum((Fraction(part) for part in parts if part), Fraction(0))
    return total / spec.integrated_circuits or None


def _memory(spec: ChipSpec, state: UnitState, rules: DeviceMethod) -> Iterator[_Told]:
    """Devices count in GiB what makers print as GB; a device that counts fewer keeps some of it to itself."""
    if not state.memory_total or state.partitioned or state.virtualized:
        return
    found = Fraction(in_base_unit(state.memory_total, state.memory_total_unit)) / _GIB
    stacks, printed = _stacks_gib(spec, state, found, rules), _capacity_gb(spec)
    whole = printed or stacks
    if whole is None:
        return
    kind = spec.memory.kind if spec.memory else ""
    if kind in rules.inline_ecc_kinds and state.ecc_enabled:
        whole *= _WITH_INLINE_ECC
    if found < whole * (1 - Fraction(rules.stack_below)):
        got = f"{float(found):.5g} GiB"
        need = f"about {float(whole):.5g} GiB, as {spec.name} has"
        if stacks:
            need += f"; the stacks on its bus hold {float(stacks):.5g} GiB"
        yield "memory-hidden", "memory_total", "copackaged_dram_capacity", got, need


def _stacks_gib(spec: ChipSpec, state: UnitState, found: Fraction, rules: DeviceMethod) -> Fraction | None:
    """Return what the stacks hold that the bus is wide for, of the smallest size that holds what was found."""
    kind = next((one for one in rules.stacks if spec.memory and one.kind == spec.memory.kind), None)
    width = state.memory_bus_width_bits or (spec.memory.bus_width_bits if spec.memory else None)
    if kind is None or not width or width % kind.width_bits:
        return None
    stacks = width // kind.width_bits
    return next((Fraction(stacks * size) for size in sorted(kind.sizes_gib) if stacks * size >= found), None)


def _bandwidth(
    case: Case, spec: ChipSpec, state: UnitState, indices: tuple[int, ...], rules: DeviceMethod
) -> Iterator[_Told]:
    """Does the best measurement come near bus x the clock that was seen meanwhile?"""
    memory = spec.memory
    width = state.memory_bus_width_bits or (memory.bus_width_bits if memory else None)
    if memory is None or not memory.transfers_per_clock or not width:
        return
    shares = []
    for n in indices:
        measurement = case.report.measurements[n]
        clock, value = measurement.sampled_memory_clock_mhz, highest_shown(case, measurement)
        fits = measurement.measurand == "total_dram_bandwidth" and base_unit(measurement.unit) == "GB/s"
        if fits and clock and value:
            shares.append(value / Fraction(dram_bandwidth_gb_s(width, clock, memory.transfers_per_clock)))
    if shares and max(shares) < Fraction(rules.bandwidth_floor):
        got = f"{float(max(shares)):.1%} of bus x clock{_cause(state, spec, rules)}"
        need = f"{float(rules.bandwidth_floor):.0%} or more, as honest kernels reach"
        yield "bandwidth-below-bus", "memory_bus_width_bits", "total_dram_bandwidth", got, need


def _cause(state: UnitState, spec: ChipSpec, rules: DeviceMethod) -> str:
    if state.ecc_enabled and spec.memory and spec.memory.kind in rules.inline_ecc_kinds:
        return "; error correction within the memory takes some of it"
    if state.retired_memory_pages or state.remapped_memory_rows:
        return "; memory was retired"
    return ""

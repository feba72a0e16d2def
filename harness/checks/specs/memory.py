"""Do bandwidth, capacity and bus of a chip fit each other and their kind?"""

from collections.abc import Iterator
from fractions import Fraction

from harness.checks.specs.figures import StatedFigure, likeliest_slip, rounded, slip_from_sizes, stated_figures, times
from harness.metrics.dram_bandwidth import dram_bandwidth_gb_s
from harness.model.chip_spec import ChipSpec
from harness.model.quantity import as_text, in_base_unit
from harness.model.spec_finding import SpecCase, SpecFinding
from harness.model.spec_limits import MemoryKind


def bandwidth_follows_from_the_bus(case: SpecCase[ChipSpec]) -> Iterator[SpecFinding]:
    """Is the bandwidth bus width x data rate, a little less as makers print it, and no more?"""
    expected, figure = bus_bandwidth_gb_s(case.spec), _figure(case.spec, "total_dram_bandwidth")
    if expected is None or figure is None or not figure.value:
        return
    ratio, limits = figure.value / expected, case.limits
    if 1 - Fraction(limits.bandwidth_below) <= ratio <= 1 + Fraction(limits.bandwidth_above):
        return
    slip = likeliest_slip(limits, "bandwidth", ratio, 1 + Fraction(limits.naming_tolerance))
    yield SpecFinding(
        code="spec-bandwidth-not-bus",
        where=figure.place,
        got=f"{figure}, {times(ratio)} the bus",
        need=f"about {rounded(expected)} = {_bus(case.spec)} / 8",
        slip=slip,
    )


def bus_bandwidth_gb_s(spec: ChipSpec) -> Fraction | None:
    """Return bus width x reported clock x transfers / 8, in GB/s; None where one of them is not stated."""
    memory = spec.memory
    if memory is None or not memory.bus_width_bits or not memory.reported_clock_mhz or not memory.transfers_per_clock:
        return None
    return Fraction(dram_bandwidth_gb_s(memory.bus_width_bits, memory.reported_clock_mhz, memory.transfers_per_clock))


def _bus(spec: ChipSpec) -> str:
    memory = spec.memory
    assert memory is not None
    assert memory.reported_clock_mhz is not None
    return f"{memory.bus_width_bits} bit x {as_text(memory.reported_clock_mhz)} MHz x {memory.transfers_per_clock}"


def _figure(spec: ChipSpec, key: str) -> StatedFigure | None:
    return next((one for one in stated_figures(spec) if one.key == key), None)


def _kind(case: SpecCase[ChipSpec]) -> MemoryKind | None:
    memory = case.spec.memory
    return next((one for one in case.limits.memories if memory is not None and one.kind == memory.kind), None)


def bandwidth_fits_the_capacity(case: SpecCase[ChipSpec]) -> Iterator[SpecFinding]:
    """Where the bus is not stated, is the bandwidth of each GB one that this kind of memory has?"""
    kind, figure, capacity = _kind(case), _figure(case.spec, "total_dram_bandwidth"), _capacity(case.spec)
    if kind is None or figure is None or capacity is None or not figure.value or bus_bandwidth_gb_s(case.spec):
        return
    lowest = kind.width_bits * Fraction(kind.lowest_gbit_per_pin) / 8 / Fraction(max(kind.sizes_gb))
    highest = kind.width_bits * Fraction(kind.highest_gbit_per_pin) / 8 / Fraction(min(kind.sizes_gb))
    per_gb = figure.value / capacity.value
    less, more = 1 - Fraction(case.limits.bandwidth_below), 1 + Fraction(case.limits.bandwidth_above)
    if not lowest * less <= per_gb <= highest * more:
        yield SpecFinding(
            code="spec-bandwidth-not-capacity",
            where=figure.place,
            got=f"{figure} on {capacity}, {rounded(per_gb)} GB/s of each GB",
            need=f"{rounded(lowest)} to {rounded(highest)} GB/s of each GB, as {kind.kind} is built",
        )


def pins_run_at_a_rate_of_their_kind(case: SpecCase[ChipSpec]) -> Iterator[SpecFinding]:
    """Is the data rate of one pin one that this kind of memory runs at?"""
    memory, kind = case.spec.memory, _kind(case)
    if memory is None or kind is None or not memory.reported_clock_mhz or not memory.transfers_per_clock:
        return
    rate = Fraction(memory.reported_clock_mhz) * memory.transfers_per_clock / 1000
    # A clock that a driver reports is rounded up to a whole MHz, once for each transfer.
    most = Fraction(kind.highest_gbit_per_pin) + Fraction(memory.transfers_per_clock, 1000)
    if not Fraction(kind.lowest_gbit_per_pin) <= rate <= most:
        need = (
            f"{as_text(kind.lowest_gbit_per_pin)} to {as_text(kind.highest_gbit_per_pin)} Gbit/s per pin of {kind.kind}"
        )
        got = f"{as_text(rate)} Gbit/s = {as_text(memory.reported_clock_mhz)} MHz x {memory.transfers_per_clock}"
        yield SpecFinding(code="spec-pin-rate", where="memory.reported_clock_mhz", got=got, need=need)


def capacity_is_whole_stacks(case: SpecCase[ChipSpec]) -> Iterator[SpecFinding]:
    """Is the capacity a number of stacks, or chips, of a size that is built, as many as the bus is wide?"""
    kind, figure, stacks = _kind(case), _capacity(case.spec), stack_count(case)
    if kind is None or figure is None or stacks is None:
        return
    size = figure.value / stacks
    sizes = [Fraction(one) for one in kind.sizes_gb]
    less, more = 1 - Fraction(case.limits.stack_below), 1 + Fraction(case.limits.stack_above)
    if any(less * one <= size <= more * one for one in sizes):
        return
    slip = slip_from_sizes(case.limits, "capacity", size, sizes, _naming(case))
    count = f"{rounded(stacks)} x {kind.width_bits} bit"
    yield SpecFinding(
        code="spec-capacity-not-of-stacks",
        where=figure.place,
        got=f"{figure} on {count}, {rounded(size)} GB each",
        need=f"{', '.join(as_text(one) for one in kind.sizes_gb)} GB each, as {kind.kind} is built",
        slip=slip,
    )


def stack_count(case: SpecCase[ChipSpec]) -> Fraction | None:
    """Return how many stacks or chips wide the bus is; a fraction where a part of one is switched off."""
    memory, kind = case.spec.memory, _kind(case)
    if memory is None or kind is None or memory.bus_width_bits is None:
        return None
    return Fraction(memory.bus_width_bits, kind.width_bits)


def _capacity(spec: ChipSpec) -> StatedFigure | None:
    found = [one for one in stated_figures(spec) if one.kind == "capacity" and one.value]
    return found[0] if len(found) == 1 else None


def _naming(case: SpecCase[ChipSpec]) -> Fraction:
    return 1 + Fraction(case.limits.naming_tolerance)


def bus_has_lanes_that_are_built(case: SpecCase[ChipSpec]) -> Iterator[SpecFinding]:
    """Is the system bus as wide as one is built?"""
    bus, built = case.spec.system_bus, case.limits.bus_lanes
    if bus is not None and bus.lanes not in built:
        need = f"one of {', '.join(map(str, built))}"
        yield SpecFinding(code="spec-bus-lanes", where="system_bus.lanes", got=str(bus.lanes), need=need)


def bus_runs_at_its_line_rate(case: SpecCase[ChipSpec]) -> Iterator[SpecFinding]:
    """Does each lane of the system bus run at the line rate of its generation?"""
    bus = case.spec.system_bus
    known = next((one for one in case.limits.buses if bus is not None and one.name == bus.name), None)
    if bus is None or known is None or not bus.rate_per_lane:
        return
    ratio = Fraction(in_base_unit(bus.rate_per_lane, bus.unit)) / Fraction(in_base_unit(known.gbit_per_lane, "Gbit/s"))
    if ratio != 1:
        got, need = f"{as_text(bus.rate_per_lane)} {bus.unit}", f"{as_text(known.gbit_per_lane)} Gbit/s for {bus.name}"
        slip = likeliest_slip(case.limits, "link", ratio, _naming(case))
        yield SpecFinding(code="spec-bus-rate", where="system_bus.rate_per_lane", got=got, need=need, slip=slip)

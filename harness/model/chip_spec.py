"""A chip spec file: one chip, every figure with its unit, source and grade. What a maker or another source claims."""

from typing import Annotated, Literal

from pydantic import Field

from harness.model.document import Day, Document, Figure, Name, Slug, Text
from harness.model.measurement import NumberFormat
from harness.model.quantity import AreaUnit, BandwidthUnit, CapacityUnit, PowerUnit, RateUnit

CHIP_SPEC_FORMAT = "chip-spec/1"

Grade = Literal["datasheet", "secondary", "estimate"]


class Sourced(Document):
    """What every figure of a spec carries beside its value."""

    value: Figure
    source: Slug
    grade: Grade
    note: Text | None = None


class SpecRate(Sourced):
    """A dense peak rate in one number format."""

    format: NumberFormat
    unit: RateUnit
    # On which units: the same format may run on both, at different rates.
    units: Literal["matrix", "vector"] | None = None


class SpecBandwidth(Sourced):
    """A bandwidth."""

    unit: BandwidthUnit


class SpecCapacity(Sourced):
    """A capacity."""

    unit: CapacityUnit


class SpecPower(Sourced):
    """A power."""

    unit: PowerUnit


class SpecArea(Sourced):
    """An area."""

    unit: AreaUnit


class SystemBus(Document):
    """The bus to the host; it counts towards the interconnect like any link."""

    name: Name
    lanes: Annotated[int, Field(gt=0)]
    # Raw line rate of one lane in one direction.
    rate_per_lane: Figure
    unit: BandwidthUnit
    source: Slug
    grade: Grade


class Die(Document):
    """One kind of die in the package, or several of a kind. Memory and interposers are no logic dies."""

    name: Name
    count: Annotated[int, Field(gt=0)]
    # Of one die; null where nobody states it.
    area_mm2: Figure | None = None
    logic: bool
    # Whether its process makes non-planar transistors; null where that is not known.
    non_planar: bool | None = None
    source: Slug
    grade: Grade
    note: Text | None = None


class OpsPerClock(Document):
    """Operations per clock of one processing unit in one number format; a multiply and an add count as two."""

    format: NumberFormat
    operations: Annotated[int, Field(gt=0)]


class Architecture(Document):
    """Facts from which a peak rate follows: units x operations per clock x clock."""

    processing_units: Annotated[int, Field(gt=0)]
    # Units that the dies of the package have, enabled or not, where a source says it.
    die_units: Annotated[int, Field(gt=0)] | None = None
    ops_per_clock: tuple[OpsPerClock, ...] = ()
    nominal_clock_mhz: Figure | None = None
    maximum_clock_mhz: Figure | None = None
    # A maker's cap that the architecture does not show; a peak from the architecture then proves nothing.
    capped: bool = False
    source: Slug
    # Of units and clocks together; files of before the grade was asked for have none.
    grade: Grade | None = None
    note: Text | None = None


class Memory(Document):
    """The memory interface as a driver reports it."""

    kind: Name
    bus_width_bits: Annotated[int, Field(gt=0)] | None = None
    reported_clock_mhz: Figure | None = None
    transfers_per_clock: Annotated[int, Field(gt=0)] | None = None
    source: Slug
    grade: Grade | None = None
    note: Text | None = None


class SpecSource(Document):
    """A source, and the day on which it was read; null where it was carried over and not opened again."""

    id: Slug
    reference: Text
    read_on: Day | None = None


class ChipSpec(Document):
    """A chip spec file, `chip-spec/1`: one chip as it is sold."""

    format: Literal["chip-spec/1"] = Field(alias="schema")
    id: Slug
    manufacturer: Name
    name: Name
    generation: Name
    form_factor: Name | None = None
    availability: Literal["shipped", "announced", "roadmap", "reported", "internal"] | None = None
    aliases: tuple[Name, ...] = ()
    designed_or_marketed_for_data_centers: bool | None = None
    has_non_planar_logic_die: bool | None = None
    # Integrated circuits of which every figure here is the total; the law looks at each of them.
    integrated_circuits: Annotated[int, Field(gt=0)] = 1
    # Devices as which software sees the whole; a tool that tests one of several shows its share of every figure.
    visible_devices: Annotated[int, Field(gt=0)] | None = None
    # Whether the rates include the one that sets TPP: partial makes TPP a lower bound, none leaves it unknown.
    tpp_completeness: Literal["complete", "partial", "none"]
    rates: tuple[SpecRate, ...] = ()
    # Summed area of the non-planar logic dies, or the dies from which it follows; never both.
    applicable_die_area: SpecArea | None = None
    dies: tuple[Die, ...] = ()
    total_dram_bandwidth: SpecBandwidth | None = None
    # DRAM in the package, and DRAM beside it on the board.
    copackaged_dram_capacity: SpecCapacity | None = None
    board_dram_capacity: SpecCapacity | None = None
    # Chip-to-chip links alone, both directions together, without the system bus.
    link_bandwidth_bidirectional: SpecBandwidth | None = None
    system_bus: SystemBus | None = None
    # A link to the host beside the bus, both directions, such as a coherent one within a superchip.
    host_link_bandwidth_bidirectional: SpecBandwidth | None = None
    # Whether links and bus are all inputs and outputs there are; otherwise their sum is a lower bound.
    links_complete: bool = False
    board_power: SpecPower | None = None
    architecture: Architecture | None = None
    memory: Memory | None = None
    sources: tuple[SpecSource, ...]
    notes: tuple[Text, ...] = ()

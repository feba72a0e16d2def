"""A chip spec file: one chip, every figure with its unit, source and grade. What a maker or another source claims."""

from typing import Annotated, Literal

from pydantic import Field

from harness.model.document import Day, Document, Figure, Name, Slug, Text
from harness.model.lab_report import NumberFormat
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


class OpsPerClock(Document):
    """Operations per clock of one processing unit in one number format; a multiply and an add count as two."""

    format: NumberFormat
    operations: Annotated[int, Field(gt=0)]


class Architecture(Document):
    """Facts from which a peak rate follows: units x operations per clock x clock."""

    processing_units: Annotated[int, Field(gt=0)]
    ops_per_clock: tuple[OpsPerClock, ...] = ()
    nominal_clock_mhz: Figure | None = None
    maximum_clock_mhz: Figure | None = None
    # A maker's cap that the architecture does not show; a peak from the architecture then proves nothing.
    capped: bool = False
    source: Slug
    note: Text | None = None


class Memory(Document):
    """The memory interface as a driver reports it."""

    kind: Name
    bus_width_bits: Annotated[int, Field(gt=0)] | None = None
    reported_clock_mhz: Figure | None = None
    transfers_per_clock: Annotated[int, Field(gt=0)] | None = None
    source: Slug
    note: Text | None = None


class SpecSource(Document):
    """A source, and the day on which it was read; null where it was carried over and not opened again."""

    id: Slug
    reference: Text
    read_on: Day | None = None


class ChipSpec(Document):
    """A chip spec file, `chip-spec/1`."""

    format: Literal["chip-spec/1"] = Field(alias="schema")
    id: Slug
    manufacturer: Name
    name: Name
    generation: Name
    aliases: tuple[Name, ...] = ()
    designed_or_marketed_for_data_centers: bool | None = None
    has_non_planar_logic_die: bool | None = None
    tpp_completeness: Literal["complete", "partial", "none"]
    rates: tuple[SpecRate, ...] = ()
    applicable_die_area: SpecArea | None = None
    total_dram_bandwidth: SpecBandwidth | None = None
    copackaged_dram_capacity: SpecCapacity | None = None
    link_bandwidth_bidirectional: SpecBandwidth | None = None
    board_power: SpecPower | None = None
    architecture: Architecture | None = None
    memory: Memory | None = None
    sources: tuple[SpecSource, ...]
    notes: tuple[Text, ...] = ()

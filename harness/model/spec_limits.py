"""The limits that a chip spec file is linted against: tolerances, sizes and likeliest slips. Data, dated."""

from typing import Annotated, Literal

from pydantic import Field

from harness.model.document import Day, Document, Figure, Name, Text
from harness.model.measurement import NumberFormat

FigureKind = Literal["rate", "bandwidth", "link", "capacity", "power", "area"]


class Range(Document):
    """The widest limits of what is built, for one kind of figure."""

    figure: FigureKind
    lowest: Figure
    highest: Figure
    unit: Name


class WideOperations(Document):
    """How many operations per clock one unit makes in a wide format, in the chips that are built."""

    format: NumberFormat
    operations: tuple[Annotated[int, Field(gt=0)], ...]


class MemoryKind(Document):
    """One kind of memory: width and sizes of one stack or chip, and the data rate of one pin."""

    kind: Name
    width_bits: Annotated[int, Field(gt=0)]
    sizes_gb: tuple[Figure, ...]
    lowest_gbit_per_pin: Figure
    highest_gbit_per_pin: Figure


class BusKind(Document):
    """One generation of a system bus."""

    name: Name
    gbit_per_lane: Figure


class SlipText(Document):
    """A factor by which figures slip, and its likeliest cause in each direction."""

    factor: Figure
    figures: tuple[FigureKind, ...]
    above: Text
    below: Text


class SpecLimits(Document):
    """A file of limits, `spec-limits/1`."""

    format: Literal["spec-limits/1"] = Field(alias="schema")
    day: Day
    rate_tolerance: Figure
    wide_tolerance: Figure
    fewest_units: Annotated[int, Field(gt=0)]
    bus_lanes: tuple[int, ...]
    clock_above: Figure
    bandwidth_above: Figure
    bandwidth_below: Figure
    naming_tolerance: Figure
    sibling_agreement: Figure
    loose_agreement: Figure
    sibling_share: Figure
    fewest_siblings: Annotated[int, Field(gt=0)]
    gross_factor: Figure
    same_die_tolerance: Figure
    product_tolerance: Figure
    plain_tolerance: Figure
    plain_ratios: tuple[Figure, ...]
    reticle_mm2: Figure
    largest_logic_area_mm2: Figure
    smallest_logic_area_mm2: Figure
    stack_below: Figure
    stack_above: Figure
    memory_density_lowest: Figure
    memory_density_highest: Figure
    compilations: tuple[Name, ...]
    ranges: tuple[Range, ...]
    wide_operations: tuple[WideOperations, ...]
    memories: tuple[MemoryKind, ...]
    buses: tuple[BusKind, ...]
    slips: tuple[SlipText, ...]

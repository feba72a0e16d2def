"""One measurand on one unit: its value and uncertainty, how it was obtained, and what was checked meanwhile."""

from typing import Annotated, Literal

from pydantic import Field

from harness.model.document import Count, Document, Figure, FileName, Instant, LargeCount, Name, Slug, Text
from harness.model.quantity import BandwidthUnit, Unit

NumberFormat = Literal["fp64", "fp32", "tf32", "bf16", "fp16", "fp8_e4m3", "fp8_e5m2", "fp6", "fp4", "int8", "int4"]
Quantity = Literal[
    "tpp", "total_dram_bandwidth", "interconnect_bandwidth", "copackaged_dram_capacity", "peak_power_at_max_tpp"
]
Measurand = Literal[
    "compute_rate",
    "total_dram_bandwidth",
    "interconnect_bandwidth",
    "copackaged_dram_capacity",
    "peak_power_at_max_tpp",
]
Sparsity = Literal["dense", "2:4"]
Statistic = Literal["mean", "median", "max", "min", "count"]


class Method(Document):
    """How a value was obtained."""

    name: Name
    description: Text | None = None
    data_pattern: Name | None = None
    bytes_counted: Literal["read", "write", "read+write"] | None = None
    # On which path the work reached the units: a maker's library may be recognised, another path is not.
    path: Literal["library", "other-kernel", "register-loop"] | None = None
    # Whether the shape came from the verifier's challenge.
    challenged: bool | None = None
    driver: Name | None = None
    # Bytes touched in all by one sample of a bandwidth.
    footprint_bytes: LargeCount | None = None


class Proof(Document):
    """What was checked of a result, so that the rate is of work that was done in the format that it names."""

    # The largest relative error (Frobenius) of the result against the same product in double precision.
    relative_error: Figure | None = None
    output_format: Literal["fp64", "fp32", "bf16", "fp16", "int32"] | None = None
    # Whether every sample's result agreed with Freivalds' check.
    result_checked: bool | None = None
    result_wrong: LargeCount | None = None


class CapacityProof(Document):
    """How a capacity was verified by a pattern: all of it written before any of it was read."""

    bytes_verified: LargeCount | None = None
    bytes_wrong: LargeCount | None = None
    # None: the pattern repeats nowhere.
    pattern_period_bytes: LargeCount | None = None
    written_before_read: bool | None = None
    seeds: Count | None = None
    slowest_chunk: Figure | None = None
    median_chunk: Figure | None = None
    chunk_unit: BandwidthUnit = "GB/s"


class RawSamples(Document):
    """The raw series behind a value: inline when small, in an attached file when not."""

    unit: Unit
    samples: Annotated[tuple[Figure, ...], Field(max_length=10_000)] | None = None
    attachment: FileName | None = None
    # How many of the samples, in order, belong to each session; the device was left alone between two.
    sessions: Annotated[tuple[Count, ...], Field(max_length=10_000)] | None = None
    # The step in which a single sample is printed or counted.
    resolution: Figure | None = None
    count: Count | None = None
    # Of each sample, in order: how long it took, and the clock that was seen meanwhile.
    durations_s: Annotated[tuple[Figure, ...], Field(max_length=10_000)] | None = None
    clocks_mhz: Annotated[tuple[Figure, ...], Field(max_length=10_000)] | None = None


class ValueSource(Document):
    """Where a value comes from, when it was not measured for this report."""

    kind: Literal["measured", "published", "inventory", "fictional"]
    reference: Text | None = None


class Measurement(Document):
    """One measurand on one unit, as the laboratory states it; `value` and `expanded_uncertainty` in `unit`."""

    unit_id: Slug
    measurand: Measurand
    number_format: NumberFormat | None = None
    sparsity: Sparsity | None = None
    method: Method | None = None
    value: Figure | None = None
    unit: Unit
    statistic: Statistic | None = None
    expanded_uncertainty: Figure | None = None
    coverage_factor: Figure | None = None
    degrees_of_freedom: Count | None = None
    uncertainty_basis: Text | None = None
    sampled_sm_clock_mhz: Figure | None = None
    # The clock as a kernel counted it on the device itself, against a timer; where that was at another moment than the
    # samples, the sampled clock times the ratio of what was counted and shown then.
    in_kernel_sm_clock_mhz: Figure | None = None
    sampled_memory_clock_mhz: Figure | None = None
    proof: Proof | None = None
    capacity_proof: CapacityProof | None = None
    started_at: Instant | None = None
    ended_at: Instant | None = None
    raw: RawSamples | None = None
    source: ValueSource | None = None


class Observation(Document):
    """A figure that is none of the measurands, such as a latency or the rate of the host's bus: kept, and looked at."""

    unit_id: Slug | None = None
    name: Slug
    value: Figure | None = None
    unit: Name
    number_format: NumberFormat | None = None
    description: Text | None = None
    source: ValueSource | None = None

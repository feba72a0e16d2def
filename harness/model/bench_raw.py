"""What a bench run keeps of itself, `bench-raw/1`: JSON Lines, one document a line, appended as the run goes.

The file is the evidence (every sample), the checkpoint (what is done) and the source of the report (every summary is
derived from it), so that a run that was cut off anywhere leaves all that it measured.
"""

from typing import Annotated, Literal

from pydantic import Field

from harness.model.device_state import LimiterName, UnitState
from harness.model.document import Count, Document, Figure, Instant, LargeCount, Name, Sha256, SignedFigure, Slug, Text
from harness.model.measurement import CapacityProof, Measurand, NumberFormat, Proof
from harness.model.quantity import Unit

BENCH_RAW_FORMAT = "bench-raw/1"
PlanName = Literal["quick", "standard", "soak"]
DataPattern = Literal["random", "zeros", "low-toggle"]
Path = Literal["library", "other-kernel", "register-loop"]
_MOST_SAMPLES = 100_000


class BenchIdentity(Document):
    """Which device this is, by every identity that it shows, and the software through which it was reached."""

    unit_id: Slug
    kind: Slug  # The source that drives it: cpu, cuda, rocm.
    name: Name
    manufacturer: Name | None = None
    serial: Name | None = None
    device_uuid: Name | None = None
    part_number: Name | None = None
    driver: Name | None = None
    firmware: Name | None = None
    compute_library: Name | None = None


class BenchCounters(Document):
    """What a device counts by itself, at one moment. A counter that cannot be read is null, never 0."""

    energy_j: Figure | None = None
    limiters_us: dict[LimiterName, LargeCount] = Field(default_factory=dict)
    memory_errors: LargeCount | None = None
    bus_replays: LargeCount | None = None
    # Of the host: time that the hypervisor gave to others, and the load of one minute.
    stolen_s: Figure | None = None
    load: Figure | None = None


class BenchReading(Document):
    """One telemetry sample; `at_s` since the start of the run."""

    at_s: Figure
    sm_clock_mhz: Figure | None = None
    memory_clock_mhz: Figure | None = None
    power_w: Figure | None = None
    temperature_celsius: SignedFigure | None = None
    memory_temperature_celsius: SignedFigure | None = None
    utilization: Figure | None = None
    active_limiters: tuple[LimiterName, ...] | None = None


class RawHeader(Document):
    """The first line: what was asked for, of which devices, by which bench."""

    format: Literal["bench-raw/1"] = Field(alias="schema")
    kind: Literal["header"] = "header"
    run_id: Name
    plan: PlanName
    limit_s: Figure
    bench: Name
    bench_sha256: Sha256
    # From the verifier's challenge where there was one; what data, order and shapes follow from.
    seed: Sha256
    nonce_sha256: Sha256 | None = None
    started_at: Instant
    timer_resolution_s: Figure
    # The chip by its spec file, where somebody named it when the run began.
    chip: Slug | None = None
    units: Annotated[tuple[BenchIdentity, ...], Field(min_length=1, max_length=64)]


class RawState(Document):
    """What a device showed of itself before, between or after the tests."""

    kind: Literal["state"] = "state"
    unit_id: Slug
    when: Literal["before", "after"]
    at_s: Figure
    state: UnitState
    counters: BenchCounters


class RawSeries(Document):
    """The samples of one test in one session: how long each took, of work that is known exactly."""

    kind: Literal["series"] = "series"
    unit_id: Slug
    # One name for what is the same measurement in every session.
    series: Name
    session: Count
    role: Literal["measurement", "observation", "again"]
    measurand: Measurand | None = None
    observation: Slug | None = None
    number_format: NumberFormat | None = None
    method: Name
    description: Text
    way: Name
    path: Path | None = None
    data_pattern: DataPattern = "random"
    challenged: bool = False
    sustained: bool = False
    bytes_counted: Literal["read", "write", "read+write"] | None = None
    footprint_bytes: LargeCount | None = None
    unit: Unit
    # Operations or bytes of one sample; a sample's rate is this over its duration.
    work: LargeCount
    started_at: Instant
    ended_at: Instant
    starts_s: Annotated[tuple[Figure, ...], Field(max_length=_MOST_SAMPLES)]
    durations_s: Annotated[tuple[Figure, ...], Field(max_length=_MOST_SAMPLES)]
    clocks_mhz: Annotated[tuple[Figure | None, ...], Field(max_length=_MOST_SAMPLES)]
    # Counted in a kernel beside the work, and what the driver showed in that very time.
    in_kernel_clock_mhz: Figure | None = None
    in_kernel_shown_mhz: Figure | None = None
    memory_clock_mhz: Figure | None = None
    proof: Proof | None = None
    results_checked: LargeCount = 0
    # Why no more samples were taken, and which condition of the stopping rule was not met.
    stopped: Text


class RawCapacity(Document):
    """One pass of the pattern over all the memory that could be had."""

    kind: Literal["capacity"] = "capacity"
    unit_id: Slug
    # Whether it was all of the memory, or a share so small that the machine keeps its own.
    whole: bool
    total_bytes: LargeCount | None = None
    proof: CapacityProof
    chunks_bytes: Annotated[tuple[LargeCount, ...], Field(max_length=_MOST_SAMPLES)]
    first_wrong_bytes: LargeCount | None = None
    description: Text
    started_at: Instant
    ended_at: Instant


class RawAbsorption(Document):
    """From which k on products of 2^-k are lost beside a 1; None where none is, down to 2^-`tried_to`."""

    kind: Literal["absorption"] = "absorption"
    unit_id: Slug
    number_format: NumberFormat
    way: Name
    lost_from: Count | None = None
    tried_to: Count
    started_at: Instant
    ended_at: Instant


class RawTelemetry(Document):
    """Telemetry during one step."""

    kind: Literal["telemetry"] = "telemetry"
    unit_id: Slug
    step: Name
    readings: Annotated[tuple[BenchReading, ...], Field(max_length=_MOST_SAMPLES)]


class RawCounted(Document):
    """What a device counted over one test: its counters at both ends, which no sampling can miss."""

    kind: Literal["counted"] = "counted"
    unit_id: Slug
    step: Name
    began_s: Figure
    ended_s: Figure
    before: BenchCounters
    after: BenchCounters


class RawRemark(Document):
    """Something that a reader must know: what was not measured and why, what is only a lower bound."""

    kind: Literal["remark"] = "remark"
    unit_id: Slug | None = None
    text: Text


class RawStep(Document):
    """A step that is done, and need not be done again when the run is taken up."""

    kind: Literal["step"] = "step"
    step: Name
    seconds: Figure


class RawEnd(Document):
    """How a sitting ended; a run that is taken up again goes on after it."""

    kind: Literal["end"] = "end"
    why: Literal["complete", "interrupted", "device-lost"]
    text: Text
    at: Instant


RawLine = Annotated[
    RawHeader
    | RawState
    | RawSeries
    | RawCapacity
    | RawAbsorption
    | RawTelemetry
    | RawCounted
    | RawRemark
    | RawStep
    | RawEnd,
    Field(discriminator="kind"),
]

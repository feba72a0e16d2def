"""What the bench asks of a device. A source (CPU, PyTorch with NVML, AMD SMI) answers; the runner knows no other.

Three sides, so that each can come from its own library: what the device shows of itself, its arithmetic, its memory.
Every call may raise `DeviceLost`; what a device or a library cannot do is `NotApplicable`, which is a result.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from harness.errors import HarnessError
from harness.model.bench_raw import BenchCounters, BenchIdentity, BenchReading, DataPattern, Path
from harness.model.device_state import Link, UnitState
from harness.model.measurement import NumberFormat, Sparsity

StreamKernel = Literal["read", "write", "copy", "triad"]
OutputFormat = Literal["fp64", "fp32", "bf16", "fp16", "int32"]


class DeviceLost(HarnessError):
    """The device does not answer any more. What was measured before stays."""


class NotApplicable(HarnessError):
    """The device or its library has no such thing; the text says why, in words for the report."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Timing:
    """One sample as the device or the host timed it; `clock_mhz` where the source saw the clock of just this sample."""

    duration_s: float
    clock_mhz: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """One way on which work reaches the units: a library, another kernel, a loop in registers.

    `name` is short and stays the same between runs, such as cublas or triton; `description` is for the report.
    """

    name: str
    path: Path
    description: str
    # A sparse rate is kept as an observation and is never merged with a dense one.
    sparsity: Sparsity = "dense"
    # It may reach only a part of what the units do: where a library does more, its rate is an observation, and says
    # nothing against the device.
    partial: bool = False


@dataclass(frozen=True, order=True, slots=True)
class Shape:
    """The shape of C (m x n) = A (m x k) B (k x n), in elements."""

    m: int
    n: int
    k: int

    @property
    def operations(self) -> int:
        """Operations of one product: a multiplication and an addition each."""
        return 2 * self.m * self.n * self.k

    def __str__(self) -> str:
        return f"{self.m}x{self.n}x{self.k}"


@dataclass(frozen=True, kw_only=True, slots=True)
class FormatSupport:
    """A number format: the ways in which the device multiplies in it, the best first; none, and `why_not` says why."""

    number_format: NumberFormat
    ways: tuple[Way, ...] = ()
    why_not: str | None = None
    # Integer formats count operations, not floating-point operations.
    integer: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductTask:
    """One matrix product to time. `seed` gives the data where the pattern is random."""

    number_format: NumberFormat
    way: Way
    shape: Shape
    pattern: DataPattern
    seed: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """A result held against the same product in double precision (Freivalds): relative error (Frobenius)."""

    relative_error: float
    output_format: OutputFormat
    # Not the product at all: an error no rounding of any format makes, or not the exact result where there is one.
    wrong: bool
    # How many results of the burst it speaks for: more than the last one where all are shown to be the same.
    results: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockCount:
    """A clock in MHz as a kernel counted it, and the one that the driver showed in that very time.

    Under load a clock is never the same twice: only what was read meanwhile can be held against the count.
    """

    counted_mhz: float
    shown_mhz: float | None = None


class Product(Protocol):
    """A matrix product with its operands in place."""

    # How many are best run back to back with one synchronisation; each is timed by itself.
    iterations: int

    def burst(self, count: int) -> tuple[Timing, ...]:
        """Run `count` products back to back, caches flushed and the result rewritten before each, and time each."""

    def steady(self, count: int) -> Timing:
        """Run `count` products with nothing between them, and time them together."""

    def check(self, seed: int) -> Check:
        """Check the last result; random vectors follow from the seed."""

    def close(self) -> None:
        """Give the memory back."""


class Arithmetic(Protocol):
    """The arithmetic of a device."""

    def formats(self) -> tuple[FormatSupport, ...]:
        """Return every number format there is, with what the device does in it."""

    def shapes(self, number_format: NumberFormat, way: Way) -> tuple[Shape, ...]:
        """Return the shapes to try, the quickest first."""

    def product(self, task: ProductTask) -> Product:
        """Put the operands in place and warm up.

        Raises:
            NotApplicable: No memory for it, or the library refuses.
            DeviceLost: The device does not answer.
        """

    def sum_beside_one(self, number_format: NumberFormat, way: Way, k: int) -> float:
        """Return what one product of 1 and 2^k - 1 products of 2^-k come to: exactly, 2 - 2^-k.

        Raises:
            NotApplicable: The format cannot hold such numbers, or the way has operands of its own.
        """

    def clock_in_kernel(self) -> ClockCount | None:
        """Count the clock in a kernel, against a timer of the device and under load; None where nothing can."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamSupport:
    """A kernel that moves memory, and the ways to run it, the best first."""

    kernel: StreamKernel
    ways: tuple[Way, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamTask:
    """One kernel over arrays of random contents that together have this footprint."""

    kernel: StreamKernel
    way: Way
    footprint_bytes: int
    seed: int


class Stream(Protocol):
    """Arrays in place, touched, and warm."""

    # Bytes that one run moves by the rule of STREAM: each array once, no write-allocate.
    bytes_moved: int
    # What the arrays take together, as it came out.
    footprint_bytes: int
    # How many runs are best put back to back.
    iterations: int

    def burst(self, count: int) -> tuple[Timing, ...]:
        """Run the kernel `count` times and time each."""

    def agrees(self) -> bool | None:
        """Return whether the arrays hold what they must after the runs; None where the kernel leaves nothing to see."""

    def close(self) -> None:
        """Give the memory back."""


class Chunks(Protocol):
    """Memory that was had for the pattern, chunk by chunk; addresses run over all of them without a gap."""

    # Whether it is all that there is to be had.
    whole: bool
    total_bytes: int | None
    # How it was had and where it ends, for the report.
    description: str

    def sizes(self) -> tuple[int, ...]:
        """Return the bytes of each chunk."""

    def write(self, chunk: int, seed: int) -> float:
        """Write the pattern to every word of a chunk; return the seconds."""

    def verify(self, chunk: int, seed: int) -> tuple[int, int | None, float]:
        """Return how many bytes are wrong, the address of the first over all chunks, and the seconds."""

    def close(self) -> None:
        """Give the memory back."""


class PeerCopy(Protocol):
    """A copy from one device's memory to another's, in place and warm."""

    bytes_moved: int

    def burst(self, count: int) -> tuple[Timing, ...]:
        """Copy `count` times and time each."""

    def agrees(self) -> bool:
        """Return whether the pattern arrived."""

    def close(self) -> None:
        """Give the memory back."""


class Memory(Protocol):
    """The memory of a device, and its way to others."""

    def kernels(self) -> tuple[StreamSupport, ...]:
        """Return the kernels and the ways to run them."""

    def cache_bytes(self) -> int | None:
        """Return the size of the last-level cache; None where it cannot be read."""

    def smallest_stream_bytes(self) -> int:
        """Return the smallest footprint worth timing: below it, only the launch is timed."""

    def most_stream_bytes(self) -> int:
        """Return the largest footprint that can be had without harm to the machine."""

    def stream(self, task: StreamTask) -> Stream:
        """Put the arrays in place and warm up.

        Raises:
            NotApplicable: No memory for it.
            DeviceLost: The device does not answer.
        """

    def chunks(self, longest_s: float) -> Chunks:
        """Take memory for the pattern: all there is, or what can be written and verified twice in about that time.

        Raises:
            NotApplicable: No memory to be had.
        """

    def peer_copy(self, other: "Memory", *, both_ways: bool, seed: int) -> PeerCopy:
        """Prepare a copy to another device of the same source.

        Raises:
            NotApplicable: There is no path, or the other is of another kind.
        """

    def sum_over_all(self, others: Sequence["Memory"], *, seed: int) -> PeerCopy:
        """Prepare an all-reduce: the sum of one array of this device and of each other one, kept by all of them.

        `bytes_moved` are those over the bus, 2 (n - 1) / n of one array, as nccl-tests counts them (PERFORMANCE.md).

        Raises:
            NotApplicable: There is no library for it, or another is of another kind.
        """


class Shown(Protocol):
    """What a device shows of itself. It is read and never set; a call that is not there gives null."""

    def state(self) -> UnitState:
        """Return settings and limits, with `limiters` (name and whether active) as far as they can be read."""

    def counters(self) -> BenchCounters:
        """Return the counters of this moment."""

    def reading(self, at_s: float) -> BenchReading:
        """Return one telemetry sample; called from another thread while work runs."""

    def links(self) -> tuple[Link, ...] | None:
        """Return the inventory of links; None where it cannot be read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Device:
    """One device, ready to be measured."""

    identity: BenchIdentity
    shown: Shown
    arithmetic: Arithmetic
    memory: Memory
    # What a reader must know of every figure of it, such as a host timer in place of the device's own.
    remarks: tuple[str, ...] = ()
    # The step of the timer of its samples, where that is not the host's.
    timer_resolution_s: float = 0.0

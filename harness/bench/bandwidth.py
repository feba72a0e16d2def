"""DRAM tests: four kernels beyond the caches, each on every way, and one kernel over footprints from cache to DRAM."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from harness.bench.device import Device, NotApplicable, Stream, StreamKernel, StreamTask, Way
from harness.bench.events import Event
from harness.bench.workbench import Samples, Workbench
from harness.model.bench_raw import RawSeries
from harness.model.measurement import Proof

_COUNTED: dict[StreamKernel, Literal["read", "write", "read+write"]] = {
    "read": "read",
    "write": "write",
    "copy": "read+write",
    "triad": "read+write",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamTest:
    """One kernel on one way in one session; over footprints where `sweep`."""

    device: Device
    kernel: StreamKernel
    way: Way
    session: int
    sweep: bool = False

    @property
    def key(self) -> str:
        """A name that is the same in every session."""
        return f"dram/{self.kernel}/{self.way.name}" + ("/footprints" if self.sweep else "")


def beyond_caches(bench: Workbench, device: Device) -> int:
    """Return the footprint of the DRAM tests: beyond the caches as far as there is room."""
    cache = device.memory.cache_bytes() or 0
    wanted = max(bench.plan.least_footprint_bytes, bench.plan.least_caches * cache)
    return min(device.memory.most_stream_bytes(), wanted)


def told_of_footprint(bench: Workbench, device: Device) -> Iterator[Event]:
    """Say where there is no room for a footprint beyond the caches."""
    size, cache = beyond_caches(bench, device), device.memory.cache_bytes() or 0
    wanted = max(bench.plan.least_footprint_bytes, bench.plan.least_caches * cache)
    if size < wanted:
        yield bench.remark(
            device, f"DRAM over {size:,} bytes, for want of memory or time to fill it; {wanted:,} wanted"
        )


def footprints(bench: Workbench, device: Device) -> tuple[int, ...]:
    """Return the footprints of the sweep, ascending, each a power of two times the smallest, spread evenly."""
    smallest, largest = device.memory.smallest_stream_bytes(), beyond_caches(bench, device)
    every = [smallest << n for n in range(64) if smallest << n <= largest]
    points = min(bench.plan.most_sweep_points, len(every))
    if points < 2:
        return tuple(every[:1])
    return tuple(every[round(n * (len(every) - 1) / (points - 1))] for n in range(points))


def streamed(bench: Workbench, test: StreamTest, longest_s: float) -> Iterator[Event]:
    """Time one kernel beyond the caches, or over every footprint."""
    if not test.sweep:
        yield from _timed(bench, test, beyond_caches(bench, test.device), longest_s)
        return
    sizes = footprints(bench, test.device)
    for size in sizes:
        yield from _timed(bench, test, size, min(bench.plan.sweep_step_s, longest_s / len(sizes)))


def _timed(bench: Workbench, test: StreamTest, footprint_bytes: int, longest_s: float) -> Iterator[Event]:
    seed = bench.seed.number(f"{test.device.identity.unit_id}/{test.key}/{test.session}")
    task = StreamTask(kernel=test.kernel, way=test.way, footprint_bytes=footprint_bytes, seed=seed)
    started = bench.clock.utc()
    try:
        stream = test.device.memory.stream(task)
    except NotApplicable as error:
        yield bench.remark(test.device, f"{test.key} over {footprint_bytes:,} bytes: {error}")
        return
    bench.watch.start(test.device.shown, bench.origin)
    try:
        samples = yield from bench.sampled(
            stream,
            stream.iterations,
            longest_s,
            said=lambda seen: f"{stream.bytes_moved / seen.fastest_s / 1e9:,.1f} GB/s",
        )
        agrees = stream.agrees() if samples.broken is None else None
    finally:
        watched = bench.watch.stop()
        stream.close()
    yield from bench.seen(test.device, f"{test.session}/{test.key}", watched)
    if samples.durations_s:
        line = _series(bench, test, stream, samples, agrees)
        memory_clocks = [one.memory_clock_mhz for one in watched.readings if one.memory_clock_mhz is not None]
        fresh = {
            "started_at": started,
            "clocks_mhz": bench.certified(samples, watched.readings),
            "memory_clock_mhz": min(memory_clocks, default=None),
        }
        yield bench.keep(line.model_copy(update=fresh))
    if agrees is False:
        yield bench.remark(test.device, f"{test.key}: the arrays do not hold what the kernel must have written")
    if samples.broken is not None:
        raise samples.broken


def _series(bench: Workbench, test: StreamTest, stream: Stream, samples: Samples, agrees: bool | None) -> RawSeries:
    now = bench.clock.utc()
    size = stream.footprint_bytes
    return RawSeries(
        unit_id=test.device.identity.unit_id,
        series=f"{test.key}/{size}" if test.sweep else test.key,
        session=test.session,
        role="observation" if test.sweep else "measurement",
        measurand="total_dram_bandwidth",
        observation=f"{test.kernel}-bandwidth-{test.way.name}-at-{size}-bytes" if test.sweep else None,
        method=f"stream {test.kernel} by {test.way.name}",
        description=f"{test.way.description}; each array counted once, as STREAM does: no write-allocate",
        way=test.way.name,
        path=test.way.path,
        bytes_counted=_COUNTED[test.kernel],
        footprint_bytes=size,
        unit="GB/s",
        work=stream.bytes_moved,
        started_at=now,
        ended_at=now,
        clocks_mhz=(),
        starts_s=samples.starts,
        durations_s=samples.durations,
        proof=None if agrees is None else Proof(result_checked=agrees),
        stopped=samples.stopped,
    )

"""Capacity by a pattern without a period: all of it written before any of it is read, with two seeds, then held.

Source: what simpler checks let through: a pattern that repeats every 2 MiB passes memory that aliases at any multiple
of it; a check of each buffer by itself passes a device that keeps the last one only.
"""

import statistics
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from harness.bench.device import Chunks, Device, NotApplicable
from harness.bench.events import Event, Recorded, Seen
from harness.bench.figures import rate, seconds
from harness.bench.workbench import Workbench
from harness.model.bench_raw import RawCapacity
from harness.model.measurement import CapacityProof


@dataclass(slots=True)
class _Found:
    """What the passes found."""

    seeds: int = 0
    wrong_bytes: int = 0
    first_wrong: int | None = None
    # Seconds of the fastest pass over each chunk.
    fastest_s: dict[int, float] = field(default_factory=dict)

    def take(self, chunk: int, first: int | None, took_s: float) -> None:
        if first is not None:
            self.first_wrong = first if self.first_wrong is None else min(self.first_wrong, first)
        self.fastest_s[chunk] = min(took_s, self.fastest_s.get(chunk, took_s))


def verified(bench: Workbench, device: Device, longest_s: float) -> Iterator[Event]:
    """Verify as much memory as the device gives and the time allows; `longest_s` ends it between two seeds."""
    started, began = bench.clock.utc(), bench.clock.now()
    try:
        chunks = device.memory.chunks(longest_s)
    except NotApplicable as error:
        yield bench.remark(device, f"capacity: {error}")
        return
    bench.watch.start(device.shown, bench.origin)
    try:
        try:
            found = yield from _passes(bench, device, chunks, began + longest_s)
        finally:
            watched = bench.watch.stop()
        yield from bench.seen(device, "1/capacity", watched)
        if not found.seeds:
            yield bench.remark(device, "capacity: no time was left for one pass of the pattern")
            return
        line = RawCapacity(
            unit_id=device.identity.unit_id,
            whole=chunks.whole,
            total_bytes=chunks.total_bytes,
            proof=_proof(chunks, found),
            chunks_bytes=chunks.sizes(),
            first_wrong_bytes=found.first_wrong,
            description=chunks.description,
            started_at=started,
            ended_at=bench.clock.utc(),
        )
        yield Recorded(line=line)
    finally:
        chunks.close()


def _passes(bench: Workbench, device: Device, chunks: Chunks, until: float) -> Generator[Event, None, _Found]:
    found, count, took = _Found(), len(chunks.sizes()), 0.0
    for number in range(bench.plan.capacity_seeds):
        began = bench.clock.now()
        if number and began + took > until:
            break
        seed = bench.seed.number(f"{device.identity.unit_id}/capacity/{number}")
        for chunk in range(count):
            bench.check()
            chunks.write(chunk, seed)
            yield Seen(text=f"seed {number + 1}: {chunk + 1} of {count} chunks written")
        yield from _pass(bench, chunks, seed, found, f"capacity/{number}")
        found.seeds += 1
        took = bench.clock.now() - began
    if bench.plan.retention_s:
        # A short soak is not spent on holding, nor the time of many devices.
        bench.rest(min(bench.plan.retention_s, bench.plan.limit_s / 10 / bench.devices))
        yield from _pass(bench, chunks, seed, found, "capacity/held")
    return found


def _pass(bench: Workbench, chunks: Chunks, seed: int, found: _Found, order: str) -> Iterator[Event]:
    """Verify every chunk, in an order of its own; of several passes the worst one counts."""
    wrong, count = 0, len(chunks.sizes())
    for done, chunk in enumerate(bench.seed.shuffled(list(range(count)), order), start=1):
        bench.check()
        wrong_here, first, took_s = chunks.verify(chunk, seed)
        wrong += wrong_here
        found.take(chunk, first, took_s)
        yield Seen(text=f"{done} of {count} chunks verified, {wrong} bytes wrong")
    found.wrong_bytes = max(found.wrong_bytes, wrong)


def _proof(chunks: Chunks, found: _Found) -> CapacityProof:
    sizes = chunks.sizes()
    speeds: list[Decimal] = [rate(size, seconds(found.fastest_s[n]), "GB/s") for n, size in enumerate(sizes)]
    return CapacityProof(
        bytes_verified=max(0, sum(sizes) - found.wrong_bytes),
        bytes_wrong=found.wrong_bytes,
        pattern_period_bytes=None,
        written_before_read=True,
        seeds=found.seeds,
        slowest_chunk=min(speeds),
        median_chunk=statistics.median(speeds),
    )

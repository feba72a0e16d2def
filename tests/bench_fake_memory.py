"""The memory of a scripted device, and its ways to others. For tests alone."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from harness.bench.device import NotApplicable, StreamSupport, StreamTask, Timing, Way
from harness.bench.pattern import words

if TYPE_CHECKING:
    from bench_fake import FakeDevice

MIB = 2**20
_LIBRARY = Way(name="library", path="library", description="the maker's library")


class FakeMemory:
    """Memory that may be less than it seems: every write and read goes through the script's address map."""

    def __init__(self, fake: "FakeDevice") -> None:
        self.fake = fake

    def kernels(self) -> tuple[StreamSupport, ...]:
        return tuple(StreamSupport(kernel=name, ways=(_LIBRARY,)) for name in ("read", "write", "copy", "triad"))  # type: ignore[arg-type]

    def cache_bytes(self) -> int | None:
        return self.fake.script.cache_bytes

    def smallest_stream_bytes(self) -> int:
        return 8 * MIB

    def most_stream_bytes(self) -> int:
        return 16 * 2**30

    def stream(self, task: StreamTask) -> "FakeStream":
        return FakeStream(self.fake, task)

    def chunks(self, longest_s: float) -> "FakeChunks":
        if not self.fake.script.memory_bytes:
            raise NotApplicable("nothing could be had")
        return FakeChunks(self.fake)

    def peer_copy(self, other: object, *, both_ways: bool, seed: int) -> "FakeCopy":
        if not isinstance(other, FakeMemory) or other.fake.script.kind != self.fake.script.kind:
            raise NotApplicable("another kind of device")
        if self.fake.script.peer_rate is None:
            raise NotApplicable("no path between them")
        return FakeCopy(self.fake, both_ways)

    def sum_over_all(self, others, *, seed: int) -> "FakeCopy":
        if any(not isinstance(one, FakeMemory) or one.fake.script.kind != self.fake.script.kind for one in others):
            raise NotApplicable("another kind of device")
        return FakeCopy(self.fake, False)


class FakeStream:
    iterations = 4

    def __init__(self, fake: "FakeDevice", task: StreamTask) -> None:
        self.fake, self.bytes_moved, self.footprint_bytes = fake, task.footprint_bytes, task.footprint_bytes
        script = fake.script
        self.rate = script.cache_bandwidth if task.footprint_bytes <= script.cache_bytes else script.bandwidth

    def burst(self, count: int) -> tuple[Timing, ...]:
        return tuple(self.fake.work(self.bytes_moved / self.rate) for _ in range(count))

    def agrees(self) -> bool | None:
        return True

    def close(self) -> None:
        pass


class FakeCopy:
    bytes_moved = 10**9

    def __init__(self, fake: "FakeDevice", both_ways: bool) -> None:
        self.fake = fake
        if both_ways:
            self.bytes_moved = 2 * 10**9

    def burst(self, count: int) -> tuple[Timing, ...]:
        return tuple(self.fake.work(10**9 / (self.fake.script.peer_rate or 1)) for _ in range(count))

    def agrees(self) -> bool:
        return True

    def close(self) -> None:
        pass


class FakeChunks:
    """A few hundred words stand for all, so that 32 GiB cost nothing; aliasing acts on their addresses."""

    whole = True
    description = "all that could be had"

    def __init__(self, fake: "FakeDevice") -> None:
        self.fake, self.store = fake, {}
        self.step = max(MIB, fake.script.memory_bytes // 512)
        self.total_bytes: int | None = fake.script.memory_bytes

    def sizes(self) -> tuple[int, ...]:
        return (self.fake.script.chunk_bytes,) * (self.fake.script.memory_bytes // self.fake.script.chunk_bytes)

    def _addresses(self, chunk: int) -> Iterator[int]:
        size = self.fake.script.chunk_bytes
        return iter(range(chunk * size, (chunk + 1) * size, self.step))

    def _spent(self, chunk: int) -> float:
        slow = 50 if chunk in self.fake.script.slow_chunks else 1
        return self.fake.work(slow * self.fake.script.chunk_bytes / self.fake.script.bandwidth).duration_s

    def write(self, chunk: int, seed: int) -> float:
        for address in self._addresses(chunk):
            self.store[self.fake.script.aliased(address)] = int(words(seed, address // 8, 1)[0])
        return self._spent(chunk)

    def verify(self, chunk: int, seed: int) -> tuple[int, int | None, float]:
        bad = [
            address
            for address in self._addresses(chunk)
            if self.store[self.fake.script.aliased(address)] != int(words(seed, address // 8, 1)[0])
        ]
        return len(bad) * self.step, bad[0] if bad else None, self._spent(chunk)

    def close(self) -> None:
        self.store = {}

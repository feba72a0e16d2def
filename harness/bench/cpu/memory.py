"""Streams and pattern in the host's memory: by numpy, a lower bound, and by the C kernels where they were built."""

import ctypes
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from harness.bench.cpu import host
from harness.bench.cpu.compiled import Compiled
from harness.bench.device import Memory, NotApplicable, PeerCopy, StreamKernel, StreamSupport, StreamTask, Timing, Way
from harness.bench.pattern import words

Array = np.ndarray[Any, Any]

_ARRAYS: dict[StreamKernel, int] = {"read": 1, "write": 1, "copy": 2, "triad": 3}
_SCALE = 0.5
# Blocks of this many words stay in the nearest caches between the two passes of numpy's triad.
_BLOCK = 32 * 1024
_CHUNK_BYTES = 64 * 2**20
_LARGEST_SHARE = 4
_PROBE_BYTES, _LONGEST_FILL_S = 64 * 2**20, 6
# What a slow processor writes and verifies twice in a second.
_PATTERN_BYTES_PER_S, _LARGEST_PATTERN_BYTES = 2**27, 2**30


class CpuMemory:
    """The host's memory. Never more than a quarter of what is available is taken: no machine is made to swap."""

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        # What kernels read, of random contents, and what they write: no kernel reads what another one left.
        self.sources: Array | None = None
        self.targets: Array | None = None
        self.most_bytes: int | None = None

    def kernels(self) -> tuple[StreamSupport, ...]:
        plain = Way(name="numpy", path="library", description="numpy on one thread: a lower bound")
        dot = Way(
            name="numpy", path="library", description="numpy.dot of an array with itself by the BLAS: a lower bound"
        )
        built = Way(name="c", path="other-kernel", description=f"C kernel, {self.compiled.said}")
        kernels: tuple[StreamKernel, ...] = ("read", "write", "copy", "triad")
        more = (built,) if self.compiled.library is not None else ()
        return tuple(
            StreamSupport(kernel=kernel, ways=(*more, dot if kernel == "read" else plain)) for kernel in kernels
        )

    def cache_bytes(self) -> int | None:
        return host.last_level_cache_bytes()

    def smallest_stream_bytes(self) -> int:
        return 32 * 1024

    def most_stream_bytes(self) -> int:
        """Return half of the share for each of two pools, or less where filling one would take long, on a busy host."""
        if self.most_bytes is None:
            share = (host.memory_bytes("MemAvailable") or 2**30) // _LARGEST_SHARE // 2
            probe, start = np.empty(_PROBE_BYTES // 8), time.perf_counter()
            self._fill(probe, 1, 0)
            filled_bytes = _LONGEST_FILL_S * _PROBE_BYTES / (time.perf_counter() - start)
            self.most_bytes = min(share, max(_PROBE_BYTES, round(filled_bytes)))
        return self.most_bytes

    def _fill(self, array: Array, seed: int, first: int) -> None:
        """Give every word a random content between 1 and 2: subnormal numbers would be slow, like pages shared."""
        if self.compiled.library is not None:
            self.compiled.library.bench_random(array.ctypes.data, seed, first, len(array))
            return
        np.random.default_rng((seed, first)).random(out=array)
        array += 1

    def stream(self, task: StreamTask) -> "CpuStream":
        count = _ARRAYS[task.kernel]
        words_each = -(-task.footprint_bytes // (8 * count))
        if task.footprint_bytes > self.most_stream_bytes():
            raise NotApplicable("not enough memory is available")
        arrays = self._arrays(task.kernel, words_each, task.seed)
        library = self.compiled.library if task.way.name == "c" else None
        return CpuStream(task.kernel, arrays, library)

    def _arrays(self, kernel: StreamKernel, words_each: int, seed: int) -> list[Array]:
        """Return the array that a kernel writes, where it writes one, and then those that it reads.

        Each pool is filled once: the first touch of memory is slow, and so is it to draw so many numbers.
        """
        written = 0 if kernel == "read" else 1
        read = _ARRAYS[kernel] - written
        try:
            if read and (self.sources is None or len(self.sources) < words_each * read):
                self.sources = None
                self.sources = np.empty(words_each * read)
                self._fill(self.sources, seed, 0)
            if written and (self.targets is None or len(self.targets) < words_each):
                self.targets = None
                self.targets = np.full(words_each, np.nan)
        except MemoryError:
            raise NotApplicable("not enough memory is available") from None
        pools = (self.targets, written), (self.sources, read)
        return [
            pool[n * words_each : (n + 1) * words_each]
            for pool, number in pools
            if pool is not None
            for n in range(number)
        ]

    def chunks(self, longest_s: float) -> "CpuChunks":
        self.sources = self.targets = None
        available = host.memory_bytes("MemAvailable")
        share = (available or 2**30) // _LARGEST_SHARE
        size = min(share, _LARGEST_PATTERN_BYTES, round(longest_s * _PATTERN_BYTES_PER_S))
        count = size // _CHUNK_BYTES
        if not count:
            raise NotApplicable(f"{size:,} bytes, by time and by what is available: too little for one chunk")
        return CpuChunks(count, self.compiled.library)

    def peer_copy(self, other: Memory, *, both_ways: bool, seed: int) -> PeerCopy:  # noqa: ARG002 - it has none.
        raise NotApplicable("the host's processor has no link to another device here")

    def sum_over_all(self, others: Sequence[Memory], *, seed: int) -> PeerCopy:  # noqa: ARG002 - it has none.
        raise NotApplicable("the host's processor has no link to another device here")


class CpuStream:
    """One kernel over its arrays."""

    iterations = 1

    def __init__(self, kernel: StreamKernel, arrays: list[Array], library: ctypes.CDLL | None) -> None:
        self.kernel, self.arrays = kernel, arrays
        self.bytes_moved = self.footprint_bytes = sum(array.nbytes for array in arrays)
        self.run = _compiled_call(kernel, arrays, library) if library is not None else _numpy_call(kernel, arrays)
        # Small footprints are run many times per sample, or the call itself would be timed.
        self.repeats = max(1, 2**20 // max(1, self.footprint_bytes))
        self.bytes_moved *= self.repeats
        # Of so many words those are looked at that stand this far apart.
        self._step = max(1, len(arrays[0]) // 10_000)
        if self.repeats > 1:
            self.run()

    def burst(self, count: int) -> tuple[Timing, ...]:
        timings = []
        if self.kernel != "read":
            # What is there already would pass for what was written now.
            self.arrays[0][:: self._step] = np.nan
        for _ in range(count):
            start = time.perf_counter()
            for _ in range(self.repeats):
                self.run()
            timings.append(Timing(duration_s=time.perf_counter() - start))
        return tuple(timings)

    def agrees(self) -> bool | None:
        """Compare what the kernel wrote with what it must have written, at a sample of words."""
        first, *others = self.arrays
        step = self._step
        if self.kernel == "write":
            return bool((first[::step] == _SCALE).all())
        if self.kernel == "copy":
            return bool((first[::step] == others[0][::step]).all())
        if self.kernel == "triad":
            need = others[0][::step] + _SCALE * others[1][::step]
            return bool(np.allclose(first[::step], need, rtol=1e-14))
        return None

    def close(self) -> None:
        self.arrays = []


def _compiled_call(kernel: StreamKernel, arrays: list[Array], library: ctypes.CDLL) -> Callable[[], object]:
    places, size = [array.ctypes.data for array in arrays], len(arrays[0])
    if kernel == "read":
        return lambda: library.bench_read(places[0], size)
    if kernel == "write":
        return lambda: library.bench_write(places[0], _SCALE, size)
    if kernel == "copy":
        return lambda: library.bench_copy(places[0], places[1], size)
    return lambda: library.bench_triad(places[0], places[1], places[2], _SCALE, size)


def _numpy_call(kernel: StreamKernel, arrays: list[Array]) -> Callable[[], object]:
    first, *others = arrays
    if kernel == "read":
        return lambda: np.dot(first, first)
    if kernel == "write":
        return lambda: first.fill(_SCALE)
    if kernel == "copy":
        return lambda: np.copyto(first, others[0])
    return lambda: _blocked_triad(first, others[0], others[1])


def _blocked_triad(a: Array, b: Array, c: Array) -> None:
    """a = b + s c without a hidden temporary array: block by block, so that the second pass finds the first cached."""
    for n in range(0, len(a), _BLOCK):
        part = slice(n, n + _BLOCK)
        np.multiply(c[part], _SCALE, out=a[part])
        np.add(a[part], b[part], out=a[part])


class CpuChunks:
    """A share of the host's memory."""

    whole = False

    def __init__(self, count: int, library: ctypes.CDLL | None) -> None:
        self.library = library
        self.arrays = [np.empty(_CHUNK_BYTES // 8, dtype=np.uint64) for _ in range(count)]
        self.total_bytes = host.memory_bytes("MemTotal")
        self.description = f"{count} chunks of {_CHUNK_BYTES // 2**20} MiB, at most a quarter of what was available"

    def sizes(self) -> tuple[int, ...]:
        return tuple(array.nbytes for array in self.arrays)

    def write(self, chunk: int, seed: int) -> float:
        array, first, start = self.arrays[chunk], chunk * (_CHUNK_BYTES // 8), time.perf_counter()
        if self.library is not None:
            self.library.bench_pattern_write(array.ctypes.data, seed, first, len(array))
        else:
            for n in range(0, len(array), _BLOCK):
                array[n : n + _BLOCK] = words(seed, first + n, len(array[n : n + _BLOCK]))
        return time.perf_counter() - start

    def verify(self, chunk: int, seed: int) -> tuple[int, int | None, float]:
        array, first, start = self.arrays[chunk], chunk * (_CHUNK_BYTES // 8), time.perf_counter()
        compared = self._compiled if self.library is not None else _compared
        wrong, where = compared(array, seed, first)
        took_s = time.perf_counter() - start
        return 8 * wrong, None if where is None else 8 * (first + where), took_s

    def _compiled(self, array: Array, seed: int, first: int) -> tuple[int, int | None]:
        assert self.library is not None
        where = ctypes.c_uint64()
        place = ctypes.byref(where)
        wrong = self.library.bench_pattern_verify(array.ctypes.data, seed, first, len(array), place)
        return wrong, where.value if wrong else None

    def close(self) -> None:
        self.arrays = []


def _compared(array: Array, seed: int, first: int) -> tuple[int, int | None]:
    wrong, where = 0, None
    for n in range(0, len(array), _BLOCK):
        part = array[n : n + _BLOCK]
        (bad,) = np.nonzero(part != words(seed, first + n, len(part)))
        wrong += len(bad)
        where = n + int(bad[0]) if where is None and len(bad) else where
    return wrong, where

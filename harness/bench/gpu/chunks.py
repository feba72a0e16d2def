"""All the memory of a device, chunk by chunk, under the pattern: by the compiled kernel, or in PyTorch's integers."""

import time
from typing import Any

from harness.bench.device import NotApplicable
from harness.bench.gpu import pattern
from harness.bench.gpu.answers import told
from harness.bench.gpu.cuda_source import CudaKernels

_LARGEST, _SMALLEST = 2**30, 64 * 2**20
_WORD = 8
# What PyTorch's integers need beside the chunks: a few arrays of one block.
_ROOM = 8 * pattern.BLOCK_WORDS * _WORD


class DeviceChunks:
    """Memory of the device's own, taken until it has no more; the host's is never used."""

    def __init__(self, torch: Any, device: Any, kernels: CudaKernels | None, units: int, longest_s: float) -> None:
        self.torch, self.device, self.kernels, self.blocks = torch, device, kernels, 8 * units
        with told(torch, "capacity"):
            torch.cuda.empty_cache()
            free, self.total_bytes = torch.cuda.mem_get_info(device)
            # Taken first and given back after the chunks: what the check itself needs must be left.
            room = torch.empty(_ROOM, dtype=torch.uint8, device=device)
        self.arrays: list[Any] = []
        self.found = torch.zeros(2, dtype=torch.int64, device=device)
        self.whole = self._take(longest_s)
        del room
        if not self.arrays:
            raise NotApplicable(f"no chunk of {_SMALLEST // 2**20} MiB is to be had")
        had = sum(self.sizes())
        self.description = (
            f"{len(self.arrays)} chunks of {_LARGEST // 2**20} MiB down to {_SMALLEST // 2**20} MiB, {had:,} bytes of "
            f"{self.total_bytes:,}; {free:,} were free before, and {_ROOM:,} stay for the check; "
            f"{'until the device had no more' if self.whole else 'as many as the plan has time for'}; "
            f"{'compiled kernels' if kernels else 'integers of PyTorch'}"
        )

    def _take(self, longest_s: float) -> bool:
        """Take chunks, smaller ones when the large ones end; return whether the device had no more."""
        size, left = _LARGEST, None
        while size >= _SMALLEST:
            try:
                with told(self.torch, "a chunk"):
                    self.arrays.append(self.torch.empty(size // _WORD, dtype=self.torch.int64, device=self.device))
            except NotApplicable:
                size //= 2
                continue
            if left is None:
                left = longest_s / self._seconds_per_chunk()
            left -= 1
            if left < 1:
                return False
        return True

    def _seconds_per_chunk(self) -> float:
        """How long two seeds take on the chunk that was taken first; the very first pass builds what it needs."""
        for _ in range(2):
            took_s = self.write(0, 0) + self.verify(0, 0)[2]
        return 2 * took_s + 1e-9

    def sizes(self) -> tuple[int, ...]:
        return tuple(array.numel() * _WORD for array in self.arrays)

    def _first(self, chunk: int) -> int:
        """The address of a chunk's first word, over all chunks."""
        return sum(array.numel() for array in self.arrays[:chunk])

    def write(self, chunk: int, seed: int) -> float:
        array, first, kernels = self.arrays[chunk], self._first(chunk), self.kernels
        start = self._now()
        with told(self.torch, "writing the pattern"):
            if kernels is None:
                pattern.write(self.torch, array, seed, first)
            else:
                place = array.data_ptr()
                kernels.call("bench_pattern_write", place, seed, first, array.numel(), self.blocks)
        return self._now() - start

    def verify(self, chunk: int, seed: int) -> tuple[int, int | None, float]:
        array, first, kernels = self.arrays[chunk], self._first(chunk), self.kernels
        start = self._now()
        with told(self.torch, "verifying the pattern"):
            if kernels is None:
                wrong, lowest = pattern.compared(self.torch, array, seed, first)
            else:
                wrong, lowest = self._by_kernel(kernels, array, seed, first)
        took_s = self._now() - start
        return _WORD * wrong, None if lowest is None else _WORD * (first + lowest), took_s

    def _by_kernel(self, kernels: CudaKernels, array: Any, seed: int, first: int) -> tuple[int, int | None]:
        self.found[0], self.found[1] = 0, -1
        place, words = array.data_ptr(), array.numel()
        kernels.call("bench_pattern_verify", place, seed, first, words, self.blocks, self.found.data_ptr())
        wrong, lowest = (int(one) for one in self.found.tolist())
        return wrong, lowest if wrong else None

    def _now(self) -> float:
        """The host's time when the device has done all that it was given."""
        with told(self.torch, "waiting for the device"):
            self.torch.cuda.synchronize(self.device)
        return time.perf_counter()

    def close(self) -> None:
        self.arrays = []
        with told(self.torch, "close"):
            self.torch.cuda.empty_cache()

"""Streams in the memory of a device: PyTorch's own operations, and compiled kernels of wide loads."""

from collections.abc import Callable
from itertools import product
from typing import Any

from harness.bench.device import NotApplicable, StreamKernel, Timing
from harness.bench.gpu.answers import told
from harness.bench.gpu.cuda_source import CudaKernels
from harness.bench.gpu.products import Clock, event_pair, timed

ARRAYS: dict[StreamKernel, int] = {"read": 1, "write": 1, "copy": 2, "triad": 3}
_NUMBER: dict[StreamKernel, int] = {"read": 0, "write": 1, "copy": 2, "triad": 3}
_SCALE = 0.5
_LOOKED_AT = 4096
# A launch takes some microseconds: a small footprint is passed over so often that this much is moved.
_LEAST_MOVED = 256 * 2**20
# Threads of a block, loads of 16 bytes on their way in each thread, blocks per unit.
_FORMS = tuple(product((256, 512, 1024), (4, 8, 16), (2, 8, 32)))
_TRIED = 3


class DeviceStream:
    """One kernel over arrays of random contents."""

    iterations = 10

    def __init__(
        self, torch: Any, kernel: StreamKernel, arrays: list[Any], clock: Clock, built: tuple[CudaKernels, int] | None
    ) -> None:
        self.torch, self.kernel, self.arrays, self.clock = torch, kernel, arrays, clock
        self.device = arrays[0].device
        self.footprint_bytes = sum(array.numel() * array.element_size() for array in arrays)
        self.passes = max(1, _LEAST_MOVED // self.footprint_bytes)
        self.bytes_moved = self.footprint_bytes * self.passes
        # Of so many numbers those are looked at that stand this far apart.
        self.step = max(1, arrays[0].numel() // _LOOKED_AT)
        with told(torch, f"{kernel} over {self.footprint_bytes:,} bytes"):
            self.sink = torch.zeros(1, device=self.device)
            self.run = self._plain() if built is None else self._quickest(*built)
            self.run()
            torch.cuda.synchronize(self.device)

    def _plain(self) -> Callable[[], object]:
        call = _torch_call(self.torch, self.kernel, self.arrays, self.sink)

        def run() -> None:
            for _ in range(self.passes):
                call()

        return run

    def _quickest(self, kernels: CudaKernels, units: int) -> Callable[[], object]:
        """Try every form of the kernel and keep the quickest.

        Raises:
            NotApplicable: The device refuses every form, in the words of the last one.
        """
        found: list[tuple[float, int, Callable[[], object]]] = []
        why = ""
        for threads, loads, blocks in _FORMS:
            call = self._form(kernels, threads, loads, units * blocks)
            try:
                found.append((min(timing.duration_s for timing in self._timed(call, _TRIED)), len(found), call))
            except NotApplicable as error:
                # Many threads of many loads may need more registers than a unit has.
                why = str(error)
        if not found:
            raise NotApplicable(why)
        return min(found)[-1]

    def _form(self, kernels: CudaKernels, threads: int, loads: int, blocks: int) -> Callable[[], object]:
        places = [array.data_ptr() for array in self.arrays] + [0, 0]
        size = self.arrays[0].numel() * self.arrays[0].element_size()

        def run() -> None:
            kernels.call(
                "bench_stream",
                _NUMBER[self.kernel],
                *places[:3],
                _SCALE,
                size,
                threads,
                loads,
                blocks,
                self.passes,
                self.sink.data_ptr(),
            )

        return run

    def _timed(self, call: Callable[[], object], count: int, clock: Clock = lambda: None) -> tuple[Timing, ...]:
        self.torch.cuda.set_device(self.device)
        events = [event_pair(self.torch) for _ in range(count)]
        for start, end in events:
            start.record()
            call()
            end.record()
        return timed(events, clock)

    def burst(self, count: int) -> tuple[Timing, ...]:
        with told(self.torch, "burst"):
            if self.kernel != "read":
                # What is there already would pass for what was written now.
                self.arrays[0][:: self.step].fill_(float("nan"))
            return self._timed(self.run, count, self.clock)

    def agrees(self) -> bool | None:
        """Compare what the kernel wrote with what it must have written, at a sample of numbers."""
        first, *others = self.arrays
        step = self.step
        with told(self.torch, "comparing the arrays"):
            got = first[::step]
            if self.kernel == "write":
                return bool((got == _SCALE).all())
            if self.kernel == "copy":
                return bool((got == others[0][::step]).all())
            if self.kernel == "triad":
                return bool(self.torch.allclose(got, others[0][::step] + _SCALE * others[1][::step], rtol=1e-6))
        return None

    def close(self) -> None:
        # What runs the kernel holds the arrays too, and is held by this.
        self.arrays, self.run = [], lambda: None


def _torch_call(torch: Any, kernel: StreamKernel, arrays: list[Any], sink: Any) -> Callable[[], object]:
    first, *others = arrays
    if kernel == "read":
        return lambda: torch.sum(first, dim=0, keepdim=True, out=sink)
    if kernel == "write":
        return lambda: first.fill_(_SCALE)
    if kernel == "copy":
        return lambda: first.copy_(others[0])
    return lambda: torch.add(others[0], others[1], alpha=_SCALE, out=first)

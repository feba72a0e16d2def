"""The memory of an accelerator: streams, the pattern, and copies to other devices."""

from collections.abc import Sequence
from typing import Any

from harness.bench.device import Memory, NotApplicable, StreamKernel, StreamSupport, StreamTask, Way
from harness.bench.gpu.answers import told
from harness.bench.gpu.chunks import DeviceChunks
from harness.bench.gpu.cuda_source import CudaKernels
from harness.bench.gpu.peers import DevicePeerCopy
from harness.bench.gpu.products import Clock
from harness.bench.gpu.streams import ARRAYS, DeviceStream
from harness.bench.gpu.sums import DeviceSum

_KERNELS: dict[StreamKernel, str] = {
    "read": "torch.sum of fp32",
    "write": "Tensor.fill_",
    "copy": "Tensor.copy_, each byte read and written",
    "triad": "torch.add(out=) with a factor, two arrays read and one written",
}
_ALIGNED = 4096
_SMALLEST = 2**20
# Without a kernel that passes several times in one launch, the launch itself would be timed.
_SMALLEST_PLAIN = 16 * 2**20
# Of what is free, the share that streams may take: the rest is for libraries.
_SHARE = 0.8


class DeviceMemory:
    """The memory of one device."""

    def __init__(
        self,
        torch: Any,
        device: Any,
        *,
        units: int,
        cache: int | None,
        clock: Clock,
        kernels: CudaKernels | None,
    ) -> None:
        self.torch, self.device, self.units, self.cache = torch, device, units, cache
        self.clock, self.built = clock, kernels
        self.pool: Any = None

    def kernels(self) -> tuple[StreamSupport, ...]:
        built = Way(
            name="cuda",
            path="other-kernel",
            description="kernel of 16-byte loads, several on their way per thread, past the nearest cache; "
            "the quickest of a sweep over threads, loads and blocks",
        )
        more = (built,) if self.built is not None else ()
        return tuple(
            StreamSupport(kernel=kernel, ways=(*more, Way(name="torch", path="library", description=description)))
            for kernel, description in _KERNELS.items()
        )

    def cache_bytes(self) -> int | None:
        return self.cache

    def smallest_stream_bytes(self) -> int:
        return _SMALLEST if self.built is not None else _SMALLEST_PLAIN

    def most_stream_bytes(self) -> int:
        with told(self.torch, "free memory"):
            free, _ = self.torch.cuda.mem_get_info(self.device)
        had = 0 if self.pool is None else self.pool.numel() * self.pool.element_size()
        return int((free + had) * _SHARE)

    def stream(self, task: StreamTask) -> DeviceStream:
        count = ARRAYS[task.kernel]
        each = task.footprint_bytes // count // _ALIGNED * _ALIGNED // 4
        if not each:
            raise NotApplicable(f"{task.footprint_bytes} bytes are too few for {count} arrays")
        pool = self._filled(each * count, task.seed)
        arrays = [pool[n * each : (n + 1) * each] for n in range(count)]
        built = (self.built, self.units) if self.built is not None and task.way.name == "cuda" else None
        return DeviceStream(self.torch, task.kernel, arrays, self.clock, built)

    def _filled(self, numbers: int, seed: int) -> Any:
        """Random numbers between 0.5 and 1.5: constant ones would be compressed, and small ones be slow to add.

        They are drawn anew for each kernel: the one before may have left the same number everywhere.
        """
        with told(self.torch, f"{4 * numbers:,} bytes for streams"):
            if self.pool is None or self.pool.numel() < numbers:
                self.release()
                self.pool = self.torch.empty(numbers, dtype=self.torch.float32, device=self.device)
            drawn, generator = self.pool[:numbers], self.torch.Generator(device=self.device)
            drawn.uniform_(0.5, 1.5, generator=generator.manual_seed(seed))
            return drawn

    def release(self) -> None:
        """Give the arrays back, so that there is room for something else."""
        self.pool = None
        with told(self.torch, "release"):
            self.torch.cuda.empty_cache()

    def chunks(self, longest_s: float) -> DeviceChunks:
        self.release()
        return DeviceChunks(self.torch, self.device, self.built, self.units, longest_s)

    def peer_copy(self, other: Memory, *, both_ways: bool, seed: int) -> DevicePeerCopy:
        if not isinstance(other, DeviceMemory):
            raise NotApplicable("the other device is not one that PyTorch drives")
        return DevicePeerCopy(self.torch, self.device, other.device, both_ways=both_ways, seed=seed)

    def sum_over_all(self, others: Sequence[Memory], *, seed: int) -> DeviceSum:
        devices = [other.device for other in others if isinstance(other, DeviceMemory)]
        if len(devices) < len(others):
            raise NotApplicable("not every device is one that PyTorch drives")
        return DeviceSum(self.torch, [self.device, *devices], seed)

"""The sum of one array over several devices, kept by all of them: what links and switches do together."""

from collections.abc import Sequence
from typing import Any

from harness.bench.device import NotApplicable, Timing
from harness.bench.gpu import pattern
from harness.bench.gpu.answers import told

_NUMBERS = 64 * 2**20
# Whole numbers below this have exact sums in fp32, over any number of devices in one machine.
_BELOW = 2**12


class DeviceSum:
    """An all-reduce, warm, by NCCL or RCCL through PyTorch; arrays of fp32, and others for their sums."""

    def __init__(self, torch: Any, devices: Sequence[Any], seed: int) -> None:
        self.torch, self.devices = torch, tuple(devices)
        # Each array is reduced in shares that pass every device on the way out and on the way back.
        count = len(self.devices)
        self.bytes_moved = 4 * _NUMBERS * 2 * (count - 1) // count
        with told(torch, f"a sum over {count} devices"):
            self.terms = [self._term(device, seed + n) for n, device in enumerate(self.devices)]
            self.sums = [torch.zeros(_NUMBERS, dtype=torch.float32, device=device) for device in self.devices]
            if not torch.cuda.nccl.is_available(self.terms):
                raise NotApplicable("this PyTorch has no NCCL for these devices")
            self.burst(1)

    def _term(self, device: Any, seed: int) -> Any:
        numbers = pattern.words(self.torch, seed, 0, _NUMBERS, device)
        return numbers.bitwise_and_(_BELOW - 1).to(self.torch.float32)

    def burst(self, count: int) -> tuple[Timing, ...]:
        with told(self.torch, "a sum over all devices"):
            for one in self.sums:
                # A sum that is there already would pass for one that was made now.
                one.fill_(float("nan"))
            return tuple(self._once() for _ in range(count))

    def _once(self) -> Timing:
        """Between two events on each device's queue; all together take as long as the slowest."""
        torch, events = self.torch, []
        for device in self.devices:
            torch.cuda.synchronize(device)
        for device in self.devices:
            pair = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
            pair[0].record(torch.cuda.current_stream(device))
            events.append(pair)
        torch.cuda.nccl.all_reduce(self.terms, outputs=self.sums)
        for device, (_, end) in zip(self.devices, events, strict=True):
            end.record(torch.cuda.current_stream(device))
        for device in self.devices:
            torch.cuda.synchronize(device)
        return Timing(duration_s=max(start.elapsed_time(end) for start, end in events) / 1e3)

    def agrees(self) -> bool:
        with told(self.torch, "comparing the sums"):
            first = self.devices[0]
            need = sum(term.to(first) for term in self.terms)
            return all(bool((got.to(first) == need).all()) for got in self.sums)

    def close(self) -> None:
        self.terms, self.sums = [], []
        with told(self.torch, "close"):
            self.torch.cuda.empty_cache()

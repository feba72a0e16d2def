"""Copies from the memory of one device to that of another, one way and both ways at once."""

from typing import Any

from harness.bench.device import NotApplicable, Timing
from harness.bench.gpu import pattern
from harness.bench.gpu.answers import told

_BYTES = 256 * 2**20
_WORDS = _BYTES // 8
# Copies of one sample: so many that a launch is nothing beside them.
_COPIES = 16


class DevicePeerCopy:
    """A copy in place and warm; where both ways are asked for, a second one runs at the same time."""

    def __init__(self, torch: Any, one: Any, other: Any, *, both_ways: bool, seed: int) -> None:
        self.torch, self.ends, self.seed = torch, (one, other), seed
        if one == other:
            raise NotApplicable("it is the same device")
        pairs = [(one, other), (other, one)] if both_ways else [(one, other)]
        self.bytes_moved = _BYTES * _COPIES * len(pairs)
        with told(torch, f"copy from {one} to {other}"):
            self.copies = [self._pair(source, target, n) for n, (source, target) in enumerate(pairs)]
            self.burst(1)

    def _pair(self, source: Any, target: Any, number: int) -> tuple[Any, Any, Any]:
        sent = self.torch.empty(_WORDS, dtype=self.torch.int64, device=source)
        pattern.write(self.torch, sent, self.seed + number, 0)
        kept = self.torch.zeros(_WORDS, dtype=self.torch.int64, device=target)
        return sent, kept, self.torch.cuda.Stream(source)

    def burst(self, count: int) -> tuple[Timing, ...]:
        with told(self.torch, "peer copy"):
            for _, kept, _ in self.copies:
                # What is there already would pass for what arrived now.
                kept.zero_()
            return tuple(self._once() for _ in range(count))

    def _once(self) -> Timing:
        """Between two events of each direction's own queue; both together take as long as the slower one."""
        torch, ended = self.torch, []
        for end in self.ends:
            torch.cuda.synchronize(end)
        for sent, kept, queue in self.copies:
            with torch.cuda.stream(queue):
                events = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
                events[0].record()
                for _ in range(_COPIES):
                    kept.copy_(sent, non_blocking=True)
                events[1].record()
                ended.append(events)
        for end in self.ends:
            torch.cuda.synchronize(end)
        return Timing(duration_s=max(start.elapsed_time(end) for start, end in ended) / 1e3)

    def agrees(self) -> bool:
        with told(self.torch, "comparing what arrived"):
            return all(
                pattern.compared(self.torch, kept, self.seed + n, 0)[0] == 0
                for n, (_, kept, _) in enumerate(self.copies)
            )

    def close(self) -> None:
        self.copies = []
        with told(self.torch, "close"):
            self.torch.cuda.empty_cache()

"""The clock as a kernel counts it against a timer of the device: what a driver that shows a false one cannot hide."""

import statistics
from collections.abc import Callable
from typing import Any, Protocol

from harness.bench.device import ClockCount
from harness.bench.gpu.answers import told
from harness.bench.gpu.cuda_source import CudaKernels
from harness.bench.gpu.products import Clock, clocks_until

# Long enough that a launch of some microseconds is nothing beside it; short enough to stay within a load.
_CYCLES = 40_000_000
# Before that the load runs alone, so that the clock has come to rest and a driver that shows it late shows the same.
_SETTLE_S = 0.15
_LONGEST_LOAD = 1024


class Load(Protocol):
    """Work that can be queued without being timed."""

    def queue(self, count: int) -> None:
        """Put so much of it on the queue."""

    def burst(self, count: int) -> Any:
        """Run it and time it."""


class ClockCounter(Protocol):
    """Counts cycles while a load runs."""

    def counted(self, load: Load, clock: Clock) -> ClockCount | None:
        """Return the clock as it is counted, with what `clock` shows meanwhile; None where it cannot be counted."""


class SpinCounter:
    """One thread that spins for a number of cycles of its unit beside the load, timed by the device's events.

    Source: torch.cuda._sleep, a kernel that returns when clock64() has advanced by what it is given.
    """

    def __init__(self, torch: Any, device: Any) -> None:
        self.torch, self.device = torch, device

    def counted(self, load: Load, clock: Clock) -> ClockCount | None:
        spin = getattr(self.torch.cuda, "_sleep", None)
        if spin is None:
            return None
        took_s, shown = self._beside(load, lambda: spin(_CYCLES), clock)
        return ClockCount(counted_mhz=_CYCLES / took_s / 1e6, shown_mhz=shown) if took_s > 0 else None

    def _beside(self, load: Load, spin: Callable[[], object], clock: Clock) -> tuple[float, float | None]:
        """Spin in a queue of its own while the load runs.

        Returns:
            The seconds between the events around it, and the mean of the clocks shown in that time.
        """
        duration_s = max(load.burst(1)[0].duration_s, 1e-6)
        torch = self.torch
        with told(torch, "a kernel that counts its clock"):
            # It goes before whatever else waits for a place on a unit.
            beside = torch.cuda.Stream(self.device, priority=-1)
            settled, start, end = (torch.cuda.Event(enable_timing=True) for _ in range(3))
            torch.cuda.synchronize(self.device)
            load.queue(_lasting(_SETTLE_S, duration_s))
            settled.record()
            with torch.cuda.stream(beside):
                beside.wait_event(settled)
                start.record()
                spin()
                end.record()
            # At 1 GHz or more it spins for at most 40 ms; the load lasts as long.
            load.queue(_lasting(_CYCLES / 1e9, duration_s))
            start.synchronize()
            shown = [clock_mhz for _, clock_mhz in clocks_until(end, clock)]
            torch.cuda.synchronize(self.device)
            return float(start.elapsed_time(end)) / 1e3, statistics.fmean(shown) if shown else None


def _lasting(length_s: float, each_s: float) -> int:
    """Return how many products last so long; no more than a queue holds."""
    return max(1, min(_LONGEST_LOAD, round(length_s / each_s)))


class BuiltCounter(SpinCounter):
    """The same with the compiled kernel, which reads cycles and the device's timer itself: no event is between."""

    def __init__(self, torch: Any, device: Any, kernels: CudaKernels) -> None:
        super().__init__(torch, device)
        self.kernels = kernels
        self.told = torch.zeros(2, dtype=torch.int64, device=device)

    def tried(self) -> None:
        """Run it once, for a moment.

        Raises:
            NotApplicable: What was compiled does not run with this driver.
        """
        self._spin(1)
        with told(self.torch, "the compiled kernels"):
            self.torch.cuda.synchronize(self.device)

    def _spin(self, cycles: int) -> None:
        self.kernels.call("bench_clock", cycles, self.told.data_ptr())

    def counted(self, load: Load, clock: Clock) -> ClockCount | None:
        _, shown = self._beside(load, lambda: self._spin(_CYCLES), clock)
        cycles, nanoseconds = self.told.tolist()
        return ClockCount(counted_mhz=cycles / nanoseconds * 1e3, shown_mhz=shown) if nanoseconds > 0 else None

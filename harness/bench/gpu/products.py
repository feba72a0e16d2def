"""Matrix products through PyTorch: in bursts, timed on the device, each with its clock and its proof."""

import statistics
import time
from collections.abc import Callable
from typing import Any

from harness.bench.device import Check, ProductTask, Timing
from harness.bench.gpu.answers import told
from harness.bench.gpu.freivalds import relative_error
from harness.bench.gpu.operands import drawn
from harness.bench.gpu.recipes import Recipe, as_set, output_type
from harness.bench.proofs import is_no_product

# Between two readings of the clock; the library itself takes about as long for one.
_PAUSE_S = 0.0003
# A reading outside an iteration's own time counts for it when it is no farther away than this.
_NEAR_S = 0.002
_WARM = 2
_MOST_ONES = 2**15

Clock = Callable[[], float | None]


class TorchProduct:
    """One product with its operands in place."""

    iterations = 20

    def __init__(self, torch: Any, device: Any, recipe: Recipe, task: ProductTask, flush: Any, clock: Clock):
        self.torch, self.device, self.recipe, self.flush, self.clock = torch, device, recipe, flush, clock
        with told(torch, f"{task.number_format} {task.shape} by {task.way.name}"):
            torch.cuda.set_device(device)
            generator = torch.Generator(device=device).manual_seed(task.seed)
            shape, kind = task.shape, output_type(torch, recipe.output)
            # The largest number of fp16 is 65504: a sum of more ones than that would be none.
            one = 0.5 if recipe.output == "fp16" and shape.k > _MOST_ONES else 1.0
            # B lies by columns: the layout that every format has, and the quickest one.
            self.a = recipe.a(torch, drawn(torch, (shape.m, shape.k), task.pattern, generator))
            self.b = recipe.b(torch, drawn(torch, (shape.n, shape.k), task.pattern, generator, one))
            self.c = torch.zeros((shape.m, shape.n), dtype=kind, device=device)
            # A result that is there already would pass for one that was computed now.
            self.unset = torch.iinfo(kind).max if recipe.output == "int32" else float("nan")
            self.summed = torch.int64 if recipe.output == "int32" else torch.float64
            self.results = 0
            with as_set(torch, recipe):
                for _ in range(_WARM):
                    self._once()
            torch.cuda.synchronize(device)

    def _once(self) -> None:
        if self.recipe.makes_c:
            self.c = None
        self.c = self.recipe.call(self.torch, self.a, self.b, self.c)

    def queue(self, count: int) -> None:
        """Put products on the queue without timing any, to keep the device under load."""
        with told(self.torch, "load"), as_set(self.torch, self.recipe):
            self.torch.cuda.set_device(self.device)
            for _ in range(count):
                self._once()

    def burst(self, count: int) -> tuple[Timing, ...]:
        """Launch back to back, synchronise once; between the two events of each is the product and nothing else."""
        with told(self.torch, "burst"), as_set(self.torch, self.recipe):
            # Events are recorded, and kernels of Triton launched, on the device that PyTorch is set to.
            self.torch.cuda.set_device(self.device)
            events, sums = [event_pair(self.torch) for _ in range(count)], []
            for start, end in events:
                self.flush.zero_()
                self.c.fill_(self.unset)
                start.record()
                self._once()
                end.record()
                sums.append(self.c.sum(dtype=self.summed))
            timings = timed(events, self.clock)
            # Results that have the same sum as the last one, which is checked in full, are the same.
            self.results = count if len({one.item() for one in sums}) == 1 else 1
            return timings

    def steady(self, count: int) -> Timing:
        """Queue products with nothing between them, so that the device has no rest; only the last result is there."""
        with told(self.torch, "products without rest"), as_set(self.torch, self.recipe):
            self.torch.cuda.set_device(self.device)
            start, end = event_pair(self.torch)
            self.c.fill_(self.unset)
            start.record()
            for _ in range(count):
                self._once()
            end.record()
            self.results = 1
            return timed([(start, end)], self.clock)[0]

    def check(self, seed: int) -> Check:
        with told(self.torch, "check"):
            error = relative_error(self.torch, self.a, self.b, self.c, seed)
        # Whole numbers have no rounding: any error is one.
        wrong = error > 0 if self.recipe.output == "int32" else is_no_product(error)
        return Check(
            relative_error=min(error, 10.0**6),
            output_format=self.recipe.output,
            wrong=wrong,
            results=self.results,
        )

    def close(self) -> None:
        del self.a, self.b, self.c
        with told(self.torch, "close"):
            self.torch.cuda.empty_cache()


def event_pair(torch: Any) -> tuple[Any, Any]:
    """Return two events of the device's own clock."""
    return torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)


def timed(events: list[tuple[Any, Any]], clock: Clock) -> tuple[Timing, ...]:
    """Wait for the last event, read the clock meanwhile, and return the time and the clock of each pair."""
    last = events[-1][1]
    seen = clocks_until(last, clock)
    last.synchronize()
    ended = time.perf_counter()
    timings = []
    for start, end in events:
        # The host does not know when an event happened, but how long before the last one it did.
        began_s, ended_s = (ended - one.elapsed_time(last) / 1e3 for one in (start, end))
        duration_s = start.elapsed_time(end) / 1e3
        timings.append(Timing(duration_s=duration_s, clock_mhz=clock_between(seen, began_s, ended_s)))
    return tuple(timings)


def clocks_until(last: Any, clock: Clock) -> list[tuple[float, float]]:
    """Return when the clock was read and what it showed, about twice a millisecond, until an event has happened."""
    seen = []
    while not last.query():
        reading = clock()
        if reading is None:
            break
        seen.append((time.perf_counter(), reading))
        time.sleep(_PAUSE_S)
    return seen


def clock_between(seen: list[tuple[float, float]], began_s: float, ended_s: float) -> float | None:
    """Return the mean of the clocks that were read in this time, or the nearest one to it; None where none is near.

    >>> clock_between([(1.0, 1980.0), (1.001, 1760.0), (1.9, 1200.0)], 0.9995, 1.0015)
    1870.0
    """
    during = [clock for at_s, clock in seen if began_s <= at_s <= ended_s]
    if during:
        return statistics.fmean(during)
    away = [(max(began_s - at_s, at_s - ended_s), clock) for at_s, clock in seen]
    distance, nearest = min(away, default=(_NEAR_S + 1, 0.0))
    return nearest if distance <= _NEAR_S else None

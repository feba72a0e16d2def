"""When enough samples were taken: the rule of NVBench, and steadiness of a sustained rate. Both say why.

Source: NVBench's stdrel criterion (at least 10 samples, relative standard deviation below 0.5 % after 0.5 s of device
time, or a noise estimate that is itself stable within 5 % over a window of 64), and mamf-finder's steady window (the
last four of eight windows at most 1 % slower than the first four, spread at most 10 %). Throttled samples are kept.
"""

import math
import statistics
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

FEWEST_SAMPLES = 10
LARGEST_NOISE = 0.005
SHORTEST_S = 0.5
NOISE_WINDOW = 64
NOISE_DRIFT = 0.05
WINDOWS = 8
LARGEST_SLOWING = 0.01
LARGEST_SPREAD = 0.10


@dataclass(slots=True)
class Stopping:
    """Takes durations one by one, and says when they are enough, or what is still wanting."""

    longest_s: float
    count: int = 0
    total_s: float = 0.0
    # Mean and sum of squared differences from it, carried on from sample to sample (Welford's way).
    mean_s: float = 0.0
    squares: float = 0.0
    noises: deque[float] = field(default_factory=lambda: deque(maxlen=NOISE_WINDOW))

    def take(self, duration_s: float) -> None:
        """Take one sample."""
        self.count += 1
        self.total_s += duration_s
        before = duration_s - self.mean_s
        self.mean_s += before / self.count
        self.squares += before * (duration_s - self.mean_s)
        if self.count >= 2:
            self.noises.append(self.noise())

    def noise(self) -> float:
        """Return the relative standard deviation of the samples, of which there are at least two."""
        return math.sqrt(self.squares / (self.count - 1)) / self.mean_s

    def reason(self, elapsed_s: float) -> str | None:
        """Return why to stop, with what was not met; None to go on. `elapsed_s` counts against the limit."""
        wanting = self.wanting()
        if not wanting:
            return f"relative standard deviation {self.noise():.2%} after {self.count} samples"
        if self.count >= FEWEST_SAMPLES and self.total_s >= SHORTEST_S and self._noise_is_stable():
            return f"the noise itself is stable: {self.noise():.2%} over {self.count} samples"
        if self.count and elapsed_s >= self.longest_s:
            return f"time limit of {self.longest_s:.3g} s; not met: {'; '.join(wanting)}"
        return None

    def wanting(self) -> tuple[str, ...]:
        """Return the conditions that are not met."""
        found = []
        if self.count < FEWEST_SAMPLES:
            found.append(f"{self.count} samples of at least {FEWEST_SAMPLES}")
        if (took := self.total_s) < SHORTEST_S:
            found.append(f"{took:.3g} s of at least {SHORTEST_S} s of work")
        if self.count >= 2 and self.noise() >= LARGEST_NOISE:
            found.append(f"relative standard deviation {self.noise():.2%}, not below {LARGEST_NOISE:.1%}")
        return tuple(found)

    def _noise_is_stable(self) -> bool:
        if len(self.noises) < NOISE_WINDOW:
            return False
        middle = statistics.fmean(self.noises)
        return middle > 0 and max(abs(one - middle) for one in self.noises) <= NOISE_DRIFT * middle


def steadiness(durations: Sequence[float]) -> str:
    """Return whether equal windows of work were steady, in words; of eight, the last four against the first four.

    >>> steadiness([1.0] * 8)
    'steady: the last half 0.00 % slower than the first, spread 0.00 %'
    """
    if len(durations) < WINDOWS:
        return f"not shown to be steady: {len(durations)} windows of {WINDOWS}"
    half = len(durations) // 2
    slowing = statistics.fmean(durations[half:]) / statistics.fmean(durations[:half]) - 1
    spread = (max(durations) - min(durations)) / statistics.fmean(durations)
    said = f"the last half {100 * slowing:.2f} % slower than the first, spread {100 * spread:.2f} %"
    steady = slowing <= LARGEST_SLOWING and spread <= LARGEST_SPREAD
    return f"{'steady' if steady else 'not steady'}: {said}"

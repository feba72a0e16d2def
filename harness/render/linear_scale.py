"""A linear axis: places in pixels for figures, and the round figures that are written along it."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, log10

_STEPS = (1, 2, 5, 10)


@dataclass(frozen=True, kw_only=True, slots=True)
class LinearScale:
    """From figures between two ends, the first below the second, to pixels between two places."""

    lo: float
    hi: float
    begin: float
    end: float

    def at(self, value: Fraction | float) -> float:
        """Return the place of a figure, no nearer than a hundredth of a pixel; beyond the ends, the end."""
        share = (min(max(float(value), self.lo), self.hi) - self.lo) / (self.hi - self.lo)
        return round(self.begin + share * (self.end - self.begin), 2)

    def holds(self, value: Fraction | float) -> bool:
        """Return whether a figure lies on the axis."""
        return self.lo <= float(value) <= self.hi

    def ticks(self, most: int) -> list[Fraction]:
        """Return round figures on the axis, at most so many: steps of 1, 2 or 5 of some decade.

        >>> [int(one) for one in LinearScale(lo=0, hi=1000, begin=0, end=1).ticks(6)]
        [0, 200, 400, 600, 800, 1000]
        """
        least = (self.hi - self.lo) / max(most - 1, 1)
        decade = Fraction(10) ** floor(log10(least))
        step = next(step * decade for step in _STEPS if float(step * decade) >= least * (1 - 1e-9))
        first, last = ceil(self.lo / float(step) - 1e-9), floor(self.hi / float(step) + 1e-9)
        return [n * step for n in range(first, last + 1)]

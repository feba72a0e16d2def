"""A logarithmic axis: places in pixels for figures, and the figures that are written along it."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, log10

_STEPS = (1, 2, 5)


@dataclass(frozen=True, kw_only=True, slots=True)
class LogScale:
    """From figures between two ends, above 0, to pixels between two places."""

    lo: float
    hi: float
    begin: float
    end: float

    def at(self, value: Fraction | float) -> float:
        """Return the place of a figure, no nearer than a hundredth of a pixel."""
        share = log10(float(value) / self.lo) / log10(self.hi / self.lo)
        return round(self.begin + share * (self.end - self.begin), 2)

    def clipped(self, value: Fraction | float | None, *, upper: bool = True) -> float:
        """Return the place of a figure, or of the end of the axis where it lies beyond; None is without end."""
        if value is None:
            return self.end if upper else self.begin
        return self.at(min(max(float(value), self.lo), self.hi))

    def holds(self, value: Fraction | float) -> bool:
        """Return whether a figure lies on the axis."""
        return self.lo <= float(value) <= self.hi

    def ticks(self) -> list[Fraction]:
        """Return the round figures on the axis: 1, 2 and 5 in every decade."""
        decades = range(floor(log10(self.lo)), ceil(log10(self.hi)) + 1)
        return [one for n in decades for step in _STEPS if self.holds(one := step * Fraction(10) ** n)]


def ends_of(
    thresholds: Iterable[Fraction], figures: Iterable[Fraction], named: Iterable[Fraction]
) -> tuple[float, float]:
    """Return the ends of an axis.

    Args:
        thresholds: What must stand well inside.
        figures: What makes the axis longer upward.
        named: What makes it longer either way.
    """
    marks, listed, wanted = list(thresholds), list(figures), list(named)
    low = [one / 2 for one in marks] + [one / Fraction(5, 4) for one in wanted] or [
        min(listed, default=Fraction(1)) / 2
    ]
    high = [one * 2 for one in marks] + [one * Fraction(13, 10) for one in (*listed, *wanted)] or [Fraction(10)]
    return float(min(low)), float(max(high))


def figure(value: Fraction) -> str:
    """Return a figure as it is written along an axis, with commas between thousands.

    >>> figure(Fraction(21000)), figure(Fraction(148, 25)), figure(Fraction(1, 5))
    ('21,000', '5.92', '0.2')
    """
    return f"{value.numerator:,}" if value.denominator == 1 else f"{float(value):,.6g}"

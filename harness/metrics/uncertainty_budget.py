"""The uncertainty budget of a measured rate: its parts, their effective degrees of freedom, and the expanded value.

Variances stay exact fractions; only a square root and the coverage factor are rounded, and both upward.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import isqrt

from harness.errors import UndefinedMetric
from harness.metrics.student_t import coverage_factor

_ROOT_DIGITS = 10**24


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One source of uncertainty: its variance, in the square of the quantity's unit, and its degrees of freedom."""

    name: str
    variance: Fraction
    degrees: Fraction | None  # None: known as well as one likes, as the width of a digit is.


@dataclass(frozen=True, kw_only=True, slots=True)
class Budget:
    """Independent parts together."""

    parts: tuple[Part, ...]

    @property
    def standard_uncertainty(self) -> Fraction:
        """The combined standard uncertainty u, in the quantity's unit, rounded up."""
        return root_up(self._variance)

    @property
    def degrees(self) -> Fraction | None:
        """The effective degrees of freedom by Welch and Satterthwaite, JCGM 100:2008, G.4.1; None without limit."""
        weights = sum((part.variance**2 / part.degrees for part in self.parts if part.degrees), Fraction(0))
        return self._variance**2 / weights if weights else None

    @property
    def _variance(self) -> Fraction:
        return sum((part.variance for part in self.parts), Fraction(0))

    def coverage_factor(self, risk: Decimal | Fraction) -> Fraction:
        """Return k = t(1 − risk) for the whole part of the effective degrees of freedom."""
        return coverage_factor(risk, self.degrees)

    def expanded_uncertainty(self, risk: Decimal | Fraction) -> Fraction:
        """Return U = k u, in the quantity's unit."""
        return self.coverage_factor(risk) * self.standard_uncertainty


def between_sessions(sessions: Sequence[Sequence[Decimal | Fraction]]) -> Part:
    """Return the type A part: s of the session means over the root of their number.

    Repeats within a session share its state, so they are not pooled: they would shrink what they do not know.

    Args:
        sessions: The samples of each session, in one unit; at least two sessions, none empty.

    Raises:
        UndefinedMetric: There are fewer than two sessions, or an empty one.

    Source:
        JCGM 100:2008, 4.2 and H.5; Kalibera & Jones (2013).

    >>> made = [(1448, 1452, 1450, 1451), (1441, 1443, 1444, 1440), (1456, 1455, 1457, 1454)]
    >>> part = between_sessions([[Decimal(sample) for sample in one] for one in made])
    >>> round(float(root_up(part.variance)), 4), part.degrees
    (3.9291, Fraction(2, 1))
    """
    if len(sessions) < 2 or not all(sessions):
        raise UndefinedMetric("the spread between sessions", f"{len(sessions)} sessions; need two or more, none empty")
    means = [sum((Fraction(sample) for sample in one), Fraction(0)) / len(one) for one in sessions]
    middle = sum(means, Fraction(0)) / len(means)
    squares = sum(((mean - middle) ** 2 for mean in means), Fraction(0))
    degrees = Fraction(len(means) - 1)
    return Part(name="between sessions", variance=squares / degrees / len(means), degrees=degrees)


def timer_resolution(step: Decimal | Fraction) -> Part:
    """Return the part of a start and a stop that are each read to a whole step: step / √6.

    Source:
        JCGM 100:2008, F.2.2.1, twice: each reading has step / √12.

    >>> timer_resolution(Decimal(6)).variance
    Fraction(6, 1)
    """
    return Part(name="timer resolution", variance=Fraction(step) ** 2 / 6, degrees=None)


def reading_step(step: Decimal | Fraction) -> Part:
    """Return the part of one reading that is rounded to a whole step, such as that of a clock: step / √12.

    >>> reading_step(Decimal(6)).variance
    Fraction(3, 1)
    """
    return Part(name="clock reading", variance=Fraction(step) ** 2 / 12, degrees=None)


def root_up(value: Fraction) -> Fraction:
    """Return the square root of a fraction >= 0, rounded up at 24 significant digits or more; exact where it ends.

    >>> root_up(Fraction(9, 4)), root_up(Fraction(2)) ** 2 > 2
    (Fraction(3, 2), True)
    """
    if value < 0:
        raise UndefinedMetric("a square root", f"of {value}")
    # √(p/q) = √(p q) / q, and the root of a whole number is known to be exact or not.
    whole = value.numerator * value.denominator
    exact = isqrt(whole)
    if exact * exact == whole:
        return Fraction(exact, value.denominator)
    return Fraction(isqrt(whole * _ROOT_DIGITS**2) + 1, value.denominator * _ROOT_DIGITS)

"""The factor by which a figure has probably slipped."""

from collections.abc import Iterable
from fractions import Fraction


def distance(one: Fraction, other: Fraction) -> Fraction:
    """Return how many times the larger of two positive values is the smaller, at least 1.

    >>> distance(Fraction(2), Fraction(6)), distance(Fraction(6), Fraction(2))
    (Fraction(3, 1), Fraction(3, 1))
    """
    return max(one / other, other / one)


def nearest_factor(ratio: Fraction, factors: Iterable[Fraction], tolerance: Fraction) -> Fraction | None:
    """Return the factor by which a figure is probably too high or too low; None where none is near.

    Args:
        ratio: The figure over what was expected, > 0.
        factors: Known slips, each > 1; a slip may go either way.
        tolerance: How many times an honest figure may be what was expected, or the reverse; at least 1.

    Returns:
        The factor at the least distance from the ratio or its inverse, where that is no further than the tolerance; of
        two at the same distance the smaller. A factor within the square of the tolerance is never named: an honest
        figure and a slipped one could not be told apart.

    Source:
        Arithmetic; the logarithms of ratio and factor differ least where their quotient is nearest to 1.

    >>> from fractions import Fraction as F
    >>> nearest_factor(F("11.47"), [F(8), F(10), F(1000)], F("1.3"))
    Fraction(10, 1)
    >>> nearest_factor(F(1, 975), [F(8), F(10), F(1000)], F("1.03"))
    Fraction(1000, 1)
    >>> nearest_factor(F("1.6"), [F("1.6")], F("1.3")) is None
    True
    """
    size = max(ratio, 1 / ratio)
    near = min(
        (factor for factor in factors if factor > tolerance * tolerance),
        key=lambda factor: (distance(size, factor), factor),
        default=None,
    )
    return near if near is not None and distance(size, near) <= tolerance else None

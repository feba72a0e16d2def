"""Which means whole-numbered samples can have: a printed mean that none of them has was not computed from them."""

from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from harness.errors import UndefinedMetric

_MOST_DIGITS = 1_000


def possible_mean(mean_text: str, n: int, step: Decimal | Fraction | int = 1) -> bool:
    """Return whether some `n` samples, each a multiple of `step`, have a mean that is printed like this.

    A mean that lies in the middle between two printed ones may have been rounded either way.

    Args:
        mean_text: The mean as it is printed; its digits say to which step it was rounded.
        n: How many samples there are, >= 1.
        step: The grid of a single sample: 1 for counts, the tick for readings of a timer.

    Raises:
        UndefinedMetric: The text is no finite number, there is no sample, or the step is not above 0.

    Source:
        Brown & Heathers (2017), The GRIM test, Social Psychological and Personality Science 8(4).

    >>> possible_mean("5.19", 28), possible_mean("5.18", 28), possible_mean("5.21", 28)
    (False, True, True)
    """
    lowest, highest = _sums(mean_text, n, step)
    return lowest <= highest


def nearest_means(mean_text: str, n: int, step: Decimal | Fraction | int = 1) -> tuple[Fraction, Fraction]:
    """Return the possible means next to a printed one, below and above; where some are printed like it, the outer ones.

    >>> [round(float(mean), 2) for mean in nearest_means("5.19", 28)]
    [5.18, 5.21]
    """
    lowest, highest = _sums(mean_text, n, step)
    grid = Fraction(step) / n
    # Where no sum is printed like it, the two cross: the one below comes last.
    return min(lowest, highest) * grid, max(lowest, highest) * grid


def _sums(mean_text: str, n: int, step: Decimal | Fraction | int) -> tuple[int, int]:
    """Return the least and the largest sum, in steps, that is printed as this mean; crossed where there is none."""
    mean, grid = _number(mean_text), Fraction(step)
    if n < 1 or grid <= 0:
        raise UndefinedMetric("a mean on a grid", f"of {n} samples in steps of {step}")
    exponent = mean.as_tuple().exponent
    half = Fraction(10) ** int(exponent) / 2
    return ceil((Fraction(mean) - half) * n / grid), floor((Fraction(mean) + half) * n / grid)


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except ArithmeticError:
        number = Decimal("NaN")
    # Whole numbers of a million digits would take minutes; no reading needs them.
    if not number.is_finite() or abs(int(number.as_tuple().exponent)) > _MOST_DIGITS:
        raise UndefinedMetric("a mean on a grid", f"{text[:40]!r} is no number that a reading has")
    return number

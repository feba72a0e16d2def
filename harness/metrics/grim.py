"""Whether a printed mean can be the mean of counted or coarsely printed samples."""

from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from harness.errors import UndefinedMetric


def possible_mean(mean: str, n: int, resolution: Decimal = Decimal(1)) -> bool:
    """Return whether n samples, each a multiple of the resolution, can have a mean that prints like this.

    Args:
        mean: The mean as it is printed; its last digit may be rounded either way.
        n: How many samples there are, > 0.
        resolution: The step of a single sample, in the unit of the mean, > 0.

    Raises:
        UndefinedMetric: There are no samples, or the step is 0.

    Source:
        Brown and Heathers, "The GRIM Test", 2017: the sum of the samples is a multiple of the step.

    >>> possible_mean("5.19", 28), possible_mean("5.18", 28), possible_mean("5.21", 28)
    (False, True, True)
    """
    if n <= 0 or resolution <= 0:
        raise UndefinedMetric("mean", "there are no samples, or their step is 0")
    printed = Decimal(mean)
    exponent = printed.as_tuple().exponent
    assert isinstance(exponent, int)
    half = Fraction(Decimal(1).scaleb(exponent)) / 2
    step = Fraction(resolution) / n
    return ceil((Fraction(printed) - half) / step) <= floor((Fraction(printed) + half) / step)

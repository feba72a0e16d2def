"""Summary values recomputed from raw samples."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from harness.errors import UndefinedMetric


def summary(samples: Sequence[Decimal], statistic: str) -> Fraction:
    """Return the named summary of the samples, exactly.

    Args:
        samples: Raw samples, all in one unit.
        statistic: mean, median, max, min, or count (the samples are parts that are counted up: their sum).

    Raises:
        UndefinedMetric: There are no samples, or the statistic has no name here.

    >>> summary([Decimal(1), Decimal(2), Decimal(4)], "mean"), summary([Decimal(1), Decimal(2)], "median")
    (Fraction(7, 3), Fraction(3, 2))
    """
    if not samples:
        raise UndefinedMetric(statistic, "there are no samples")
    exact = [Fraction(sample) for sample in sorted(samples)]
    middle = len(exact) // 2
    match statistic:
        case "mean":
            return sum(exact, Fraction(0)) / len(exact)
        case "median":
            return exact[middle] if len(exact) % 2 else (exact[middle - 1] + exact[middle]) / 2
        case "max":
            return exact[-1]
        case "min":
            return exact[0]
        case "count":
            return sum(exact, Fraction(0))
    raise UndefinedMetric(statistic, "no such statistic")

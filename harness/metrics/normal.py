"""The normal distribution, with small tails that keep their digits."""

from functools import cache
from math import erfc, exp, pi, sqrt

from harness.errors import UndefinedMetric
from harness.metrics.solving import root


def cumulative(z: float) -> float:
    """Return Φ(z).

    >>> round(cumulative(1.40), 4), cumulative(-9) > 1e-19
    (0.9192, True)
    """
    return erfc(-z / sqrt(2)) / 2


def density(z: float) -> float:
    """Return φ(z).

    >>> round(density(0), 6)
    0.398942
    """
    return exp(-z * z / 2) / sqrt(2 * pi)


@cache
def quantile(probability: float) -> float:
    """Return z with Φ(z) = probability.

    Source:
        JCGM 106:2012, table 1, rounded to two decimals.

    >>> [round(quantile(p), 2) for p in (0.80, 0.90, 0.95, 0.99, 0.999)]
    [0.84, 1.28, 1.64, 2.33, 3.09]
    """
    if not 0 < probability < 1:
        raise UndefinedMetric("a quantile of the normal distribution", f"probability {probability}")
    if probability >= 0.5:
        return 0.0 if probability == 0.5 else -quantile(1 - probability)
    return root(lambda z: cumulative(z) - probability, -40.0, 0.0)


def upper_quantile(probability: float) -> float:
    """Return z that is exceeded with this probability.

    >>> round(upper_quantile(0.025), 4)
    1.96
    """
    return -quantile(probability)

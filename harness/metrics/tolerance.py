"""Tolerance factors: how many standard deviations below a mean a given share of a normal population lies above."""

from decimal import Decimal
from fractions import Fraction
from functools import cache
from math import ceil, erfc, exp, lgamma, log, pi, sqrt

from harness.errors import UndefinedMetric
from harness.metrics import normal
from harness.metrics.incomplete import chi_squared_quantile, log_gamma_rest, upper_gamma
from harness.metrics.solving import above, integral, root

_SPREADS = 9.5  # A normal variable lies farther out with a probability below 1E-20.
_DIGIT = Fraction(1, 10**9)


@cache
def one_sided(n: int, content: float, confidence: float) -> float:
    """Return k1 with which mean − k1 s lies below a share `content` of the population, with confidence.

    Args:
        n: How many were measured, >= 2.
        content: P, in (0, 1).
        confidence: γ, in (0, 1).

    Returns:
        t'(n − 1; γ; z_P √n) / √n, with the noncentral t as it is, no approximation.

    Source:
        NIST/SEMATECH e-Handbook, 7.2.6.3; tables of Odeh & Owen (1980).

    >>> [round(one_sided(n, 0.95, 0.95), 3) for n in (3, 5, 10, 50, 100)]
    [7.656, 4.203, 2.911, 2.065, 1.927]
    """
    _check(n, content, confidence)
    shift = normal.quantile(content) * sqrt(n)

    def excess(t: float) -> float:
        return noncentral_t(t, n - 1, shift) - confidence

    top = above(excess, max(1.0, 2 * shift))
    low = -above(lambda t: -excess(-t), 1.0) if excess(0.0) > 0 else 0.0
    return root(excess, low, top) / sqrt(n)


def one_sided_limit_factor(n: int, content: Decimal, confidence: Decimal) -> Fraction:
    """Return k1 as the rule uses it, rounded up in the ninth decimal: a floor is never too high.

    >>> float(one_sided_limit_factor(10, Decimal("0.99"), Decimal("0.95")))
    3.981117846
    """
    found = one_sided(n, float(content), float(confidence))
    return Fraction(ceil(Fraction(found) / _DIGIT)) * _DIGIT


def one_sided_approximate(n: int, content: float, confidence: float) -> float:
    """Return k1 by Natrella's formula, for comparison with printed work; it errs by a few per cent for small n.

    Source:
        NIST/SEMATECH e-Handbook, 7.2.6.3, with its constants a and b.

    >>> round(one_sided_approximate(43, 0.90, 0.99), 4)
    1.8752
    """
    _check(n, content, confidence)
    z_content, z_confidence = normal.quantile(content), normal.quantile(confidence)
    a = 1 - z_confidence**2 / (2 * (n - 1))
    b = z_content**2 - z_confidence**2 / n
    if a <= 0 or z_content**2 - a * b < 0:
        raise UndefinedMetric("the approximate tolerance factor", f"{n} are too few for this confidence")
    return (z_content + sqrt(z_content**2 - a * b)) / a


def two_sided(n: int, content: float, confidence: float) -> float:
    """Return k2 with which mean ± k2 s hold a share `content`, by Howe's formula.

    Source:
        NIST/SEMATECH e-Handbook, 7.2.6.3; Howe (1969).

    >>> round(two_sided(43, 0.90, 0.99), 4)
    2.2173
    """
    _check(n, content, confidence)
    z = normal.quantile((1 + content) / 2)
    return z * sqrt((n - 1) * (1 + 1 / n) / chi_squared_quantile(1 - confidence, n - 1))


@cache
def two_sided_exact(n: int, content: float, confidence: float) -> float:
    """Return k2 by its defining integral.

    Source:
        Krishnamoorthy & Mathew (2009), Statistical Tolerance Regions, equation 2.3.4.

    >>> round(two_sided_exact(10, 0.95, 0.95), 3)
    3.393
    """
    _check(n, content, confidence)

    def held(k: float) -> float:
        # Given the error z of the mean, in its own standard deviations, s must be wide enough for the share.
        def given(z: float) -> float:
            return normal.density(z) * _spread_above(_half_width(z / sqrt(n), content) / k, n - 1)

        return 2 * integral(given, [0.0, 1.0, 3.0, _SPREADS], 2) - confidence

    return root(held, 1e-9, above(held, 1.0))


def _half_width(off: float, content: float) -> float:
    """Return r with a normal share `content` between off − r and off + r."""

    def excess(r: float) -> float:
        return normal.cumulative(off + r) - normal.cumulative(off - r) - content

    return root(excess, 0.0, above(excess, 1.0))


def _spread_above(w: float, degrees: int) -> float:
    """Return the probability that s / σ is above w."""
    return upper_gamma(degrees / 2, degrees * w * w / 2)


def noncentral_t(t: float, degrees: int, shift: float) -> float:
    """Return the probability that (Z + shift) / √(χ²/degrees) is at most t, Z standard normal.

    Source:
        Its definition, P(Z <= t W − shift), integrated over W = √(χ²/degrees).

    >>> round(noncentral_t(2.262157163, 9, 0.0), 6)
    0.975
    """
    wide = _SPREADS / sqrt(degrees)
    low, high = max(0.0, 1 - wide), 1 + wide
    # Φ rises from 0 to 1 around shift / t within a few 1 / t.
    ends = [(shift + spread) / t for spread in (-_SPREADS, -3, 0, 3, _SPREADS)] if t else []
    breaks = [low, *sorted(end for end in ends if low < end < high), high]
    return integral(lambda w: _spread_density(w, degrees) * erfc((shift - t * w) / sqrt(2)) / 2, breaks, 6)


def _spread_density(w: float, degrees: int) -> float:
    """Return the density of √(χ²/degrees)."""
    if w <= 0:
        return 0.0
    half = degrees / 2
    if half < 10:
        return exp(log(2) + half * log(half) - lgamma(half) + (degrees - 1) * log(w) - half * w * w)
    # The same around w = 1, by Stirling's series.
    rest = log(2) + log(half / (2 * pi)) / 2 - log_gamma_rest(half)
    return exp(rest + (degrees - 1) * log(w) - half * (w * w - 1))


def _check(n: int, content: float, confidence: float) -> None:
    if n < 2 or not 0 < content < 1 or not 0 < confidence < 1:
        raise UndefinedMetric("a tolerance factor", f"n = {n}, content {content}, confidence {confidence}")

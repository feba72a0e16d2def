"""Counts of bad units among independent ones: exact probabilities, and the bounds that a count puts on a share."""

from decimal import Decimal
from fractions import Fraction
from math import comb

from harness.errors import UndefinedMetric
from harness.metrics.incomplete import beta_quantile, upper_gamma
from harness.metrics.solving import above, least, root

Share = Decimal | Fraction | str


def at_most(c: int, n: int, share: Share) -> Fraction:
    """Return the exact probability of at most `c` bad among `n`, each bad with probability `share`.

    Source:
        NIST/SEMATECH e-Handbook, 6.2.3.2.

    >>> round(float(at_most(3, 52, "0.05")), 3), round(float(at_most(3, 10, "0.10")), 7)
    (0.738, 0.9872048)
    """
    p = Fraction(share)
    if n < 0 or not 0 <= p <= 1:
        raise UndefinedMetric("a binomial probability", f"n = {n}, share {share}")
    return Fraction(_ways(c, n, p), p.denominator**n)


def _ways(c: int, n: int, p: Fraction) -> int:
    """Return that probability times the n-th power of the share's denominator."""
    bad, good = p.numerator, p.denominator - p.numerator
    c = min(c, n)
    # One large power, and beside it only small ones.
    scale: int = good ** (n - c)
    small: int = sum(comb(n, x) * bad**x * good ** (c - x) for x in range(c + 1))
    return scale * small


def upper_bound(x: int, n: int, confidence: float) -> float:
    """Return the largest share that `x` bad of `n` leave possible, one-sided.

    Source:
        Clopper & Pearson (1934), Biometrika 26, by the quantile of the beta distribution.

    >>> round(upper_bound(0, 10, 0.95), 4), round(upper_bound(0, 300, 0.95), 5)
    (0.2589, 0.00994)
    """
    _check(x, n, confidence)
    return 1.0 if x == n else beta_quantile(confidence, x + 1, n - x)


def lower_bound(x: int, n: int, confidence: float) -> float:
    """Return the smallest share that `x` bad of `n` leave possible, one-sided.

    >>> round(lower_bound(10, 10, 0.95), 4), lower_bound(0, 10, 0.95)
    (0.7411, 0.0)
    """
    _check(x, n, confidence)
    return 0.0 if x == 0 else beta_quantile(1 - confidence, x, n - x + 1)


def wilks(content: Share, confidence: Share, order: int = 1) -> int:
    """Return how many must be measured for the order-th largest to lie above a share `content`, with confidence.

    Returns:
        The smallest n with P(at least `order` of n lie above the share's quantile) >= confidence, exactly.

    Source:
        Wilks (1941), Annals of Mathematical Statistics 12.

    >>> [wilks("0.95", "0.95", order) for order in (1, 2, 3)], wilks("0.99", "0.95")
    ([59, 93, 124], 299)
    """
    above_it, risk = 1 - Fraction(content), 1 - Fraction(confidence)
    if not (0 < above_it < 1 and 0 < risk < 1 and order >= 1):
        raise UndefinedMetric("a Wilks sample", f"content {content}, confidence {confidence}, order {order}")

    def enough(n: int) -> bool:
        # Compared without reducing a fraction of many thousand digits.
        whole: int = above_it.denominator**n
        return _ways(order - 1, n, above_it) * risk.denominator <= risk.numerator * whole

    return least(enough, order)


def poisson_at_most(c: int, mean: float) -> float:
    """Return the probability of at most `c` bad where `mean` are expected.

    >>> round(poisson_at_most(0, 3), 6)
    0.049787
    """
    if c < 0 or mean < 0:
        raise UndefinedMetric("a Poisson probability", f"c = {c}, mean {mean}")
    return 1.0 if mean == 0 else upper_gamma(c + 1, mean)


def poisson_mean(c: int, probability: float) -> float:
    """Return the mean at which at most `c` bad have this probability.

    Source:
        MIL-STD-105E, table X-K: for 125 units and Ac = 2, 0.654 % and 4.26 % bad are accepted at 95 % and 10 %.

    >>> [round(poisson_mean(2, p) / 125 * 100, 3) for p in (0.95, 0.10)]
    [0.654, 4.258]
    """
    if not 0 < probability < 1 or c < 0:
        raise UndefinedMetric("a Poisson mean", f"c = {c}, probability {probability}")

    def short(mean: float) -> float:
        return probability - poisson_at_most(c, mean)

    return root(short, 0.0, above(short, c + 1.0))


def _check(x: int, n: int, confidence: float) -> None:
    if not (0 <= x <= n and n >= 1 and 0 < confidence < 1):
        raise UndefinedMetric("a bound on a share", f"{x} of {n}, confidence {confidence}")

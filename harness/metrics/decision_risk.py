"""How often a test decides wrongly over all that it will be shown: told for comparison, never used to pass."""

from collections.abc import Sequence
from math import exp, log, sqrt

from harness.errors import UndefinedMetric
from harness.metrics import normal
from harness.metrics.solving import integral

_SPREADS = 9.5


def upper_limit_risks(
    mean: float, spread: float, uncertainty: float, limit: float, guard: float = 0.0
) -> tuple[float, float]:
    """Return consumer's and producer's global risk for "below `limit`", accepted below limit − guard.

    Args:
        mean: Mean of what is tested, before it is tested.
        spread: Its standard deviation, > 0.
        uncertainty: Standard uncertainty of the test, > 0.
        limit: The limit.
        guard: Width of the guard band.

    Returns:
        P(at or above the limit, and accepted), and P(below it, and not accepted).

    Source:
        JCGM 106:2012, 9.5: the bivariate normal distribution, integrated over the true value.

    >>> consumer, producer = upper_limit_risks(19.5, 1, 0.16, 21)
    >>> f"{consumer:.3e}", f"{producer:.3e}"
    ('7.116e-03', '9.591e-03')
    """
    _check(spread, uncertainty)

    def prior(value: float) -> float:
        return normal.density((value - mean) / spread) / spread

    def accepted(value: float) -> float:
        return prior(value) * normal.cumulative((limit - guard - value) / uncertainty)

    def refused(value: float) -> float:
        return prior(value) * normal.cumulative((value - limit + guard) / uncertainty)

    reach = [mean + n * spread for n in (-_SPREADS, -4, -2, 0, 2, 4, _SPREADS)]
    near = [limit - guard + n * uncertainty for n in (-_SPREADS, -3, 0, 3, _SPREADS)]
    return (
        integral(accepted, _between([limit, *reach, *near], limit, max(limit, reach[-1]))),
        integral(refused, _between([limit, *reach, *near], min(limit, reach[0]), limit)),
    )


def two_limit_risks(sigma: float, limit: float, uncertainty: float, acceptance: float) -> tuple[float, float]:
    """Return global false accepts and rejects of ±limit around the mean, accepted within ±acceptance.

    Source:
        Deaver (1993): limits of 2 and 2.5 σ, and a test 4 times and as precise as the process.

    >>> [round(two_limit_risks(1, limit, 1 / ratio, limit)[0], 4) for limit, ratio in ((2, 4), (2.5, 1))]
    [0.008, 0.0047]
    """
    _check(sigma, uncertainty)

    def within(value: float) -> float:
        inside = normal.cumulative((acceptance - value) / uncertainty)
        return inside - normal.cumulative((-acceptance - value) / uncertainty)

    near = [acceptance + n * uncertainty for n in (-_SPREADS, -3, 0, 3, _SPREADS)]
    outside = _between([limit, *near, *(n * sigma for n in (1, 2, 4, _SPREADS))], limit, max(limit, _SPREADS * sigma))
    inside = _between([0, *near, *(n * sigma for n in (1, 2, 4))], 0, limit)
    return (
        2 * integral(lambda v: normal.density(v / sigma) / sigma * within(v), outside),
        2 * integral(lambda v: normal.density(v / sigma) / sigma * (1 - within(v)), inside),
    )


def in_tolerance_sigma(share: float, limit: float = 1.0) -> float:
    """Return the standard deviation with which this share lies within ±limit.

    >>> round(in_tolerance_sigma(0.95), 6)
    0.510213
    """
    return limit / normal.quantile((1 + share) / 2)


def managed_guard_factor(tur: float) -> float:
    """Return the acceptance limit over the tolerance that keeps false accepts at or below 2 % for any process.

    Args:
        tur: Tolerance over the expanded uncertainty of the test; below about 0.6 nothing can be accepted.

    Returns:
        A share in (0, 1]; 1 from a TUR of about 4.6 on, where no guard band is needed.

    Raises:
        UndefinedMetric: The test is too coarse for the tolerance.

    Source:
        Dobbert (2008), method 6 of the ANSI/NCSL Z540.3 handbook: 1 − (1.04 − e^(0.38 ln TUR − 0.54)) / TUR.

    >>> [round(managed_guard_factor(tur), 4) for tur in (2, 3, 4)]
    [0.8592, 0.9482, 0.9867]
    """
    factor = 1 - (1.04 - exp(0.38 * log(tur) - 0.54)) / tur if tur > 0 else 0
    if not factor > 0:
        raise UndefinedMetric("a managed guard band", f"TUR {tur}")
    return min(1.0, factor)


def worst_false_accept(tur: float) -> float:
    """Return the largest share of false accepts over all processes, with the managed guard band.

    >>> [round(100 * worst_false_accept(tur), 2) for tur in (2, 3, 4)]
    [1.92, 1.94, 1.96]
    """
    acceptance, uncertainty = managed_guard_factor(tur), 1 / (2 * tur)

    def risk(sigma: float) -> float:
        return two_limit_risks(sigma, 1.0, uncertainty, acceptance)[0]

    low, high = 0.05, 5.0
    golden = (sqrt(5) - 1) / 2
    while high - low > 1e-7:
        left, right = high - golden * (high - low), low + golden * (high - low)
        low, high = (low, right) if risk(left) > risk(right) else (left, high)
    return risk((low + high) / 2)


def process_capability(mean: float, sigma: float, low: float, high: float) -> tuple[float, float]:
    """Return Cpk, and the share outside of the limits.

    >>> [tuple(round(x, 5) for x in process_capability(mean, 0.4, 9, 11)) for mean in (10, 10.5)]
    [(0.83333, 0.01242), (0.41667, 0.10574)]
    """
    _check(sigma, high - low)
    share = normal.cumulative((low - mean) / sigma) + normal.cumulative((mean - high) / sigma)
    return min(high - mean, mean - low) / (3 * sigma), share


def largest_of(n: int) -> float:
    """Return the expected largest of n standard normal values: what picking the best of n runs adds to a mean.

    >>> round(largest_of(10), 4)
    1.5388
    """
    if n < 1:
        raise UndefinedMetric("the largest of some values", f"n = {n}")

    def weighted(z: float) -> float:
        return z * n * normal.cumulative(z) ** (n - 1) * normal.density(z)

    return integral(weighted, [-_SPREADS, -4, -2, 0, 2, 4, 6, _SPREADS])


def _between(points: Sequence[float], low: float, high: float) -> list[float]:
    return [low, *sorted({point for point in points if low < point < high}), high]


def _check(*spreads: float) -> None:
    if not all(spread > 0 for spread in spreads):
        raise UndefinedMetric("a decision's risk", "a spread is not above 0")

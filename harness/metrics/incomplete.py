"""The incomplete beta and gamma functions, from which binomial, Poisson, t and chi-squared probabilities follow."""

from math import exp, inf, lgamma, log, log1p, pi, sqrt

from harness.errors import UndefinedMetric
from harness.metrics.solving import root

_MOST_TERMS = 200_000
_TINY = 1e-300
_EPSILON = 1e-16
# From here on Stirling's series has the last digit of a float; the difference of two large logarithms would not.
_STIRLING_FROM = 10


def log_gamma_rest(x: float) -> float:
    """Return ln Γ(x) − [(x − ½) ln x − x + ½ ln 2π], x >= 10: Abramowitz & Stegun, 6.1.41.

    >>> round(log_gamma_rest(10), 12)
    0.008330563433
    """
    return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / x**2) / x**2) / x**2) / x**2) / x


def log_beta(a: float, b: float) -> float:
    """Return ln B(a, b), a and b > 0.

    >>> round(exp(log_beta(2, 3)) * 12, 12), round(exp(log_beta(0.5, 0.5)) - pi, 12)
    (1.0, 0.0)
    """
    a, b = min(a, b), max(a, b)
    if b < _STIRLING_FROM:
        return lgamma(a) + lgamma(b) - lgamma(a + b)
    rest = log_gamma_rest(b) - log_gamma_rest(a + b)
    if a < _STIRLING_FROM:
        return lgamma(a) + rest + a - a * log(a + b) + (b - 0.5) * log1p(-a / (a + b))
    rest += log_gamma_rest(a)
    return 0.5 * log(2 * pi / b) + rest + (a - 0.5) * log(a / (a + b)) + b * log1p(-a / (a + b))


def incomplete_beta(a: float, b: float, x: float, y: float | None = None) -> float:
    """Return the regularised incomplete beta function I_x(a, b).

    Args:
        a: First shape, > 0.
        b: Second shape, > 0.
        x: From 0 to 1.
        y: 1 − x, where it is known better than by subtraction.

    Raises:
        UndefinedMetric: A shape is not above 0, or x lies outside of 0 to 1.

    Source:
        Abramowitz & Stegun, 26.5.8, the continued fraction, by Lentz's method.

    >>> round(incomplete_beta(1, 3, 0.5), 12), round(incomplete_beta(2, 2, 0.25), 12)
    (0.875, 0.15625)
    """
    y = 1 - x if y is None else y
    if not (0 < a < inf and 0 < b < inf and 0 <= x <= 1):
        raise UndefinedMetric("the incomplete beta function", f"a = {a}, b = {b}, x = {x}")
    if x == 0 or y == 0:
        return float(y == 0)
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta_tail(b, a, y, x)
    return _beta_tail(a, b, x, y)


def _beta_tail(a: float, b: float, x: float, y: float) -> float:
    front = exp(a * _log_of(x, y) + b * _log_of(y, x) - log_beta(a, b)) / a
    c, d = 1.0, 1 / _kept_from_0(1 - (a + b) * x / (a + 1))
    found = d
    for m in range(1, _MOST_TERMS):
        change = 1.0
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _kept_from_0(1 + term * d)
            c = _kept_from_0(1 + term / c)
            change = c * d
            found *= change
        if abs(change - 1) < _EPSILON * 2:
            break
    return front * found


def _log_of(x: float, rest: float) -> float:
    return log(x) if x < 0.5 else log1p(-rest)


def _kept_from_0(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


def beta_quantile(probability: float, a: float, b: float) -> float:
    """Return x with I_x(a, b) = probability.

    >>> round(beta_quantile(0.95, 1, 10), 6)
    0.258866
    """
    if probability <= 0 or probability >= 1:
        return float(probability >= 1)
    if probability > 0.5:
        # 1 − probability is exact, and the small tail keeps its digits.
        return 1 - beta_quantile(1 - probability, b, a)
    return root(lambda x: incomplete_beta(a, b, x) - probability, 0.0, 1.0)


def incomplete_gamma(a: float, x: float) -> float:
    """Return the regularised lower incomplete gamma function P(a, x), a > 0, x >= 0.

    Source:
        Abramowitz & Stegun, 6.5.29 (series, below a + 1) and 6.5.31 (continued fraction, above).

    >>> round(incomplete_gamma(1, 1) + exp(-1), 12), round(incomplete_gamma(0.5, 2), 6)
    (1.0, 0.9545)
    """
    return 1 - upper_gamma(a, x) if x > a + 1 else _gamma_series(a, x)


def upper_gamma(a: float, x: float) -> float:
    """Return Q(a, x) = 1 − P(a, x), without loss where it is small.

    >>> round(upper_gamma(1, 30) * exp(30), 9)
    1.0
    """
    if not (0 < a < inf and x >= 0):
        raise UndefinedMetric("the incomplete gamma function", f"a = {a}, x = {x}")
    if x <= a + 1:
        return 1 - _gamma_series(a, x)
    b = x + 1 - a
    c, d = 1 / _TINY, 1 / b
    found = d
    for n in range(1, _MOST_TERMS):
        term = -n * (n - a)
        b += 2
        d = 1 / _kept_from_0(term * d + b)
        c = _kept_from_0(b + term / c)
        found *= c * d
        if abs(c * d - 1) < _EPSILON * 2:
            break
    return _gamma_front(a, x) * found


def _gamma_series(a: float, x: float) -> float:
    if not (0 < a < inf and x >= 0):
        raise UndefinedMetric("the incomplete gamma function", f"a = {a}, x = {x}")
    if x == 0:
        return 0.0
    term = total = 1 / a
    for n in range(1, _MOST_TERMS):
        term *= x / (a + n)
        total += term
        if term < total * _EPSILON:
            break
    return min(1.0, _gamma_front(a, x) * total)


def _gamma_front(a: float, x: float) -> float:
    """Return x^a e^-x / Γ(a)."""
    if a < _STIRLING_FROM:
        return exp(a * log(x) - x - lgamma(a))
    # Written around x = a, so that large logarithms do not cancel.
    apart = (x - a) / a
    core = a * (log1p(apart) - apart) if abs(apart) > 0.01 else -a * _log1p_rest(apart)
    return sqrt(a / (2 * pi)) * exp(core - log_gamma_rest(a))


def _log1p_rest(x: float) -> float:
    """Return x − ln(1 + x) for a small x, by its series."""
    return sum((-x) ** n / n for n in range(10, 1, -1))


def chi_squared_quantile(probability: float, degrees: float) -> float:
    """Return the quantile of chi-squared.

    >>> round(chi_squared_quantile(0.01, 42), 3)
    23.65
    """
    a = degrees / 2
    if not 0 < probability < 1:
        raise UndefinedMetric("a quantile of chi-squared", f"probability {probability}")
    top = a + 40 * sqrt(a) + 800
    if probability > 0.5:
        return 2 * root(lambda x: 1 - probability - upper_gamma(a, x), 0.0, top)
    return 2 * root(lambda x: incomplete_gamma(a, x) - probability, 0.0, top)

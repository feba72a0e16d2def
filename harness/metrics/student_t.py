"""Student's t: how wide an expanded uncertainty must be for the degrees of freedom behind it."""

from decimal import Decimal
from fractions import Fraction
from functools import cache
from math import ceil, floor, inf

from harness.errors import UndefinedMetric
from harness.metrics import normal
from harness.metrics.incomplete import incomplete_beta
from harness.metrics.solving import above, root

# Rounded up here: libraries of mathematics differ in the sixteenth digit, and the factor is never too small.
_DIGIT = Fraction(1, 10**9)
_NEARLY_NORMAL = 1e5
# More degrees of freedom move no digit that is kept, and a fraction of them may be too long for a float.
_MOST_DEGREES = 10**15
# The square of a factor for a smaller risk does not fit a float.
_LEAST_RISK = Decimal("1E-100")


def upper_tail(t: float, degrees: float) -> float:
    """Return the probability that t with so many degrees of freedom exceeds `t`.

    >>> round(upper_tail(1, 1), 12), round(upper_tail(-1, 1), 12), round(upper_tail(2.2622, 9), 5)
    (0.25, 0.75, 0.025)
    """
    if not degrees > 0:
        raise UndefinedMetric("Student's t", f"{degrees} degrees of freedom")
    if degrees == inf:
        return normal.cumulative(-t)
    if t < 0:
        return 1 - upper_tail(-t, degrees)
    square = t * t
    if degrees > _NEARLY_NORMAL and square * square < degrees / 10:
        return _nearly_normal_tail(t, degrees)
    return incomplete_beta(degrees / 2, 0.5, degrees / (degrees + square), square / (degrees + square)) / 2


@cache
def upper_quantile(probability: float, degrees: float) -> float:
    """Return what t with so many degrees of freedom exceeds with this probability; infinite degrees are normal.

    Source:
        JCGM 100:2008, table G.2, and its defining integral.

    >>> [round(upper_quantile(0.025, nu), 4) for nu in (2, 4, 9, 19, 29, 99, inf)]
    [4.3027, 2.7764, 2.2622, 2.093, 2.0452, 1.9842, 1.96]
    """
    if not (0 < probability < 1 and degrees > 0):
        raise UndefinedMetric("a quantile of t", f"probability {probability}, {degrees} degrees of freedom")
    if degrees == inf:
        return normal.upper_quantile(probability)
    if probability == 0.5:
        return 0.0
    if probability > 0.5:
        return -upper_quantile(1 - probability, degrees)
    if degrees > _NEARLY_NORMAL:
        return _nearly_normal(normal.upper_quantile(probability), degrees)

    def short(t: float) -> float:
        return probability - upper_tail(t, degrees)

    # A tail at double the point is no more than a half for one degree of freedom, so doubling ends.
    return root(short, 0.0, above(short, 1.0))


def _nearly_normal_tail(t: float, degrees: float) -> float:
    """Return the tail by Fisher's expansion (1925), three terms; the beta function loses digits with such shapes."""
    first = t * (t**2 + 1) / 4
    second = t * (3 * t**6 - 7 * t**4 - 5 * t**2 - 3) / 96
    third = t * (t**10 - 11 * t**8 + 14 * t**6 + 6 * t**4 - 3 * t**2 - 15) / 384
    return normal.cumulative(-t) + normal.density(t) * (first + (second + third / degrees) / degrees) / degrees


def _nearly_normal(z: float, degrees: float) -> float:
    """Return the quantile of t that belongs to z: Abramowitz & Stegun, 26.7.5, three terms."""
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + (first + (second + third / degrees) / degrees) / degrees


def coverage_factor(risk: Decimal | Fraction, degrees: Fraction | int | None) -> Fraction:
    """Return k = t with the whole part of the effective degrees of freedom, exceeded with probability `risk`.

    Args:
        risk: One-sided risk, from 1E-100 to below a half.
        degrees: Effective degrees of freedom, >= 1; their fraction is dropped. None: as many as one likes.

    Returns:
        The factor, rounded up in the ninth decimal.

    Raises:
        UndefinedMetric: The risk is none of these, or there is less than one degree of freedom.

    Source:
        JCGM 100:2008, G.4.1 and G.6.4.

    >>> float(coverage_factor(Decimal("0.025"), 9)), float(coverage_factor(Decimal("0.005"), Fraction(167, 10)))
    (2.262157163, 2.920781623)
    """
    if not _LEAST_RISK <= risk < Fraction(1, 2) or (degrees is not None and degrees < 1):
        raise UndefinedMetric("a coverage factor", f"risk {risk}, {degrees} degrees of freedom")
    found = upper_quantile(float(risk), inf if degrees is None else float(min(floor(degrees), _MOST_DEGREES)))
    return Fraction(ceil(Fraction(found) / _DIGIT)) * _DIGIT


def specific_risk(limit: float, value: float, standard_uncertainty: float, degrees: float = inf) -> float:
    """Return the probability that the quantity lies below `limit`, from a measured value alone.

    Source:
        JCGM 106:2012, 7.2.2: Φ((limit − value) / u), and Student's t where u has few degrees of freedom.

    >>> round(specific_risk(-5.40, -5.47, 0.05), 2), round(specific_risk(21000, 20700, 160, 9), 5)
    (0.92, 0.95323)
    """
    if not standard_uncertainty > 0:
        raise UndefinedMetric("a conformance probability", f"standard uncertainty {standard_uncertainty}")
    return 1 - upper_tail((limit - value) / standard_uncertainty, degrees)

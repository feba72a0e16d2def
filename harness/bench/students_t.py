"""The coverage factor k = t_{0.975}(ν): how wide an interval is that covers 95 %, for so many degrees of freedom.

Source: M. Abramowitz and I. Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4 (the distribution of t for
whole ν is a finite sum), inverted by bisection; JCGM 100:2008, G.4 for the effective degrees of freedom.
"""

import math

COVERAGE = 0.95
# From here on t and the normal distribution agree to five digits.
MOST_DEGREES = 10**6


def coverage_factor(degrees_of_freedom: int) -> float:
    """Return k for a coverage of 95 %.

    Args:
        degrees_of_freedom: ν >= 1; more than a million counts as a million.

    >>> [round(coverage_factor(n), 3) for n in (1, 2, 10, 10**6)]
    [12.706, 4.303, 2.228, 1.96]
    """
    degrees = min(degrees_of_freedom, MOST_DEGREES)
    low, high = 1.9, 13.0
    while high - low > 1e-9:
        middle = (low + high) / 2
        low, high = (middle, high) if _inside(middle, degrees) < COVERAGE else (low, middle)
    return high


def _inside(t: float, degrees: int) -> float:
    """Return the probability that |T| <= t."""
    theta = math.atan(t / math.sqrt(degrees))
    cosine, sine = math.cos(theta), math.sin(theta)
    if degrees > 2_000:
        # The sum has one term for two degrees; the expansion of 26.7.8 is exact to 1e-9 from here on.
        z = t * (1 - 1 / (4 * degrees)) / math.sqrt(1 + t * t / (2 * degrees))
        return math.erf(z / math.sqrt(2))
    term, total = (cosine, 0.0) if degrees % 2 else (1.0, 0.0)
    for n in range(2 if degrees % 2 == 0 else 3, degrees + 1, 2):
        total += term
        term *= cosine * cosine * (n - 1) / n
    return sine * total if degrees % 2 == 0 else 2 / math.pi * (theta + sine * total)


def effective_degrees(contributions: tuple[tuple[float, int | None], ...]) -> int:
    """Return ν_eff, rounded down, of standard uncertainties with their degrees of freedom (None: without limit).

    >>> effective_degrees(((1.0, 2), (0.0, None))), effective_degrees(((1.0, 2), (1.0, None)))
    (2, 8)
    """
    whole = sum(u * u for u, _ in contributions)
    below = sum(u**4 / degrees for u, degrees in contributions if degrees is not None)
    return MOST_DEGREES if below == 0 else max(1, min(MOST_DEGREES, math.floor(whole * whole / below + 1e-9)))

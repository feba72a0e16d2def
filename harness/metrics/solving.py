"""Where a function crosses zero, and its integral: what quantiles and risks need, without a library."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import isfinite

from harness.errors import UndefinedMetric

_MOST_STEPS = 400
# Abscissas and weights of the Gauss-Legendre rule with 16 points, positive half: Abramowitz & Stegun, table 25.4.
_GAUSS = (
    (0.0950125098376374, 0.1894506104550685),
    (0.2816035507792589, 0.1826034150449236),
    (0.4580167776572274, 0.1691565193950025),
    (0.6178762444026438, 0.1495959888165767),
    (0.7554044083550030, 0.1246289712555339),
    (0.8656312023878318, 0.0951585116824928),
    (0.9445750230732326, 0.0622535239386479),
    (0.9894009349916499, 0.0271524594117541),
)


def root(function: Callable[[float], float], low: float, high: float) -> float:
    """Return where a function that changes sign between `low` and `high` is zero, to the last digits of a float.

    Source:
        Chandrupatla (1997), A new hybrid quadratic/bisection algorithm, Advances in Engineering Software 28.

    >>> round(root(lambda x: x * x - 2, 0, 2), 12)
    1.414213562373
    """
    a, b, at_a, at_b = high, low, function(high), function(low)
    if at_a * at_b > 0 or not (isfinite(at_a) and isfinite(at_b)):
        raise UndefinedMetric("a crossing", f"the function does not change sign between {low} and {high}")
    step, c, at_c = 0.5, a, at_a
    for _ in range(_MOST_STEPS):
        x = a + step * (b - a)
        at_x = function(x)
        if (at_x > 0) == (at_a > 0):
            c, at_c = a, at_a
        else:
            c, b, at_c, at_b = b, a, at_b, at_a
        a, at_a = x, at_x
        best = a if abs(at_a) < abs(at_b) else b
        near = 2.0**-52 * abs(best) + 1e-300
        if near > 0.5 * abs(b - a) or at_a == 0:
            return best
        step = min(max(_guess(a, b, c, at_a, at_b, at_c), near / abs(b - a)), 1 - near / abs(b - a))
    return best


def _guess(a: float, b: float, c: float, at_a: float, at_b: float, at_c: float) -> float:
    """Return how far to step from a to b: by inverse quadratic interpolation where it is safe, else half."""
    xi, phi = (a - b) / (c - b), (at_a - at_b) / (at_c - at_b)
    if not (phi**2 < xi and (1 - phi) ** 2 < 1 - xi):
        return 0.5
    first = at_a / (at_b - at_a) * at_c / (at_b - at_c)
    return first + (c - a) / (b - a) * at_a / (at_c - at_a) * at_b / (at_c - at_b)


def above(function: Callable[[float], float], start: float) -> float:
    """Return a point, `start` or some doubling of it, at which a growing function is no longer below zero."""
    while function(start) < 0:
        start *= 2
        if start > 1e300:
            raise UndefinedMetric("a crossing", "the function stays below zero")
    return start


def least(holds: Callable[[int], bool], start: int) -> int:
    """Return the smallest whole number from `start` on from which on `holds` is true; it must be true somewhere.

    >>> least(lambda n: n * n > 50, 1)
    8
    """
    few, many = start - 1, start
    while not holds(many):
        few, many = many, 2 * many + 1
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if holds(middle) else (middle, many)
    return many


def integral(function: Callable[[float], float], breaks: Sequence[float], panels: int = 4) -> float:
    """Return the integral from the first break to the last, by Gauss-Legendre in so many panels between two breaks.

    >>> round(integral(lambda x: x**3, [0, 2], 1), 12)
    4.0
    """
    total = 0.0
    for low, high in pairwise(breaks):
        half = (high - low) / panels / 2
        for panel in range(panels):
            middle = low + (2 * panel + 1) * half
            total += half * sum(w * (function(middle - half * x) + function(middle + half * x)) for x, w in _GAUSS)
    return total

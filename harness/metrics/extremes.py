"""What the largest values that were seen say of the largest that there can be: diagnostics, never a reason to pass."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil, exp, expm1, floor, inf, log, sqrt

from harness.errors import UndefinedMetric


def end_point(largest: float, second: float, confidence: float, shape: float = 1) -> float:
    """Return an upper confidence bound on the end of a distribution, from its two largest values.

    Args:
        largest: The largest value seen.
        second: The second largest.
        confidence: One-sided, in (0, 1).
        shape: κ of the density at its end: 1 is uniform; with too small a κ the bound is too low.

    Source:
        Robson & Whitlock (1964), Biometrika 51, and its generalisation to other shapes.

    >>> round(end_point(1450.0, 1447.5, 0.95), 1), round(end_point(1450.0, 1447.5, 0.90), 1)
    (1497.5, 1472.5)
    """
    if not (0 < confidence < 1 and shape > 0 and largest >= second):
        raise UndefinedMetric("an end point", f"{largest}, {second}, confidence {confidence}, shape {shape}")
    return largest + (largest - second) / expm1(-log(confidence) / shape)


def german_tank(largest: int, seen: int) -> Fraction:
    """Return the unbiased estimate of how many there are, from the largest serial number of those seen.

    >>> german_tank(60, 4)
    Fraction(74, 1)
    """
    if not 1 <= seen <= largest:
        raise UndefinedMetric("a count from serial numbers", f"{seen} seen, the largest {largest}")
    return largest + Fraction(largest, seen) - 1


def largest_factor(seen: int, risk: float) -> float:
    """Return by what factor the end of a uniform range can lie above the largest of those seen.

    >>> [round(largest_factor(k, 0.05), 2) for k in (2, 5, 10, 20)]
    [4.47, 1.82, 1.35, 1.16]
    """
    if seen < 1 or not 0 < risk < 1:
        raise UndefinedMetric("a bound on a range", f"{seen} seen, risk {risk}")
    return exp(-log(risk) / seen)


def median_ranks(n: int, z: float) -> tuple[int, int]:
    """Return the ranks, from 1, between which the median lies with the confidence of z.

    Source:
        Hoefler & Belli (2015), rule 6; Le Boudec (2010).

    >>> median_ranks(100, 1.96)
    (40, 61)
    """
    if n < 1 or z < 0:
        raise UndefinedMetric("an interval of the median", f"n = {n}, z = {z}")
    return max(1, floor((n - z * sqrt(n)) / 2)), min(n, ceil(1 + (n + z * sqrt(n)) / 2))


def harmonic_mean(rates: Sequence[Decimal | Fraction | int]) -> Fraction:
    """Return the rate of all the work together, where each rate did the same amount of it.

    Source:
        Hoefler & Belli (2015), rule 3: 100 Gflop in 10, 100 and 40 s are 2 Gflop/s.

    >>> harmonic_mean([Decimal(10), Decimal(1), Decimal("2.5")])
    Fraction(2, 1)
    """
    if not rates or min(rates) <= 0:
        raise UndefinedMetric("a harmonic mean", "a rate is not above 0, or there is none")
    return len(rates) / sum((1 / Fraction(rate) for rate in rates), Fraction(0))


def normalised_error(value: float, uncertainty: float, other: float, other_uncertainty: float) -> float:
    """Return E_n of two results with their expanded uncertainties; at most 1 they agree.

    Source:
        ISO/IEC 17043:2023, annex B.

    >>> round(normalised_error(15832, 60, 15790, 45), 2), round(normalised_error(15832, 60, 15600, 45), 2)
    (0.56, 3.09)
    """
    together = sqrt(uncertainty**2 + other_uncertainty**2)
    if not 0 < together < inf:
        raise UndefinedMetric("E_n", f"expanded uncertainties {uncertainty} and {other_uncertainty}")
    return abs(value - other) / together

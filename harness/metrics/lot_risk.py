"""A lot of N units with D bad ones, n drawn: exact risks, sample sizes, and what an accepted lot may still hold.

Everything is counted in whole numbers: a float errs by one unit where a risk meets its limit exactly.
"""

from decimal import Decimal, localcontext
from fractions import Fraction
from math import ceil, comb, expm1, log

from harness.errors import UndefinedMetric
from harness.metrics.lot_bounds import accepts_between
from harness.metrics.solving import least

Share = Decimal | Fraction | str
_DIGITS, _CLOSE = 100, Decimal("1E-40")


def accepts(lot: int, bad: int, drawn: int, most: int = 0, detection: Share = "1") -> Fraction:
    """Return the exact probability that a draw shows at most `most` bad units.

    Args:
        lot: N, units in the lot, >= 1.
        bad: D, bad units in it, from 0 to N.
        drawn: n, units drawn without putting back, from 0 to N.
        most: c, how many bad units are accepted, >= 0.
        detection: Probability that a bad unit that was drawn is called bad.

    Source:
        The hypergeometric distribution; with imperfect detection, its mixture with the binomial.

    >>> accepts(50, 1, 40), round(float(accepts(10000, 100, 295)), 6)
    (Fraction(1, 5), 0.049315)
    """
    seen = _checked(lot, bad, drawn, most, detection)
    found, missed = seen.numerator, seen.denominator - seen.numerator
    # Bad units fall among the drawn as drawn units fall among the bad; choosing the fewer keeps the numbers short.
    few, many = sorted((bad, drawn))
    ways = 0
    for x in range(few + 1):
        here = comb(many, x) * comb(lot - many, few - x)
        if found == 0 or x <= most:
            ways += here * seen.denominator**few
        elif missed == 0:
            break
        elif here:
            called = sum(comb(x, called) * found**called * missed ** (x - called) for called in range(most + 1))
            ways += here * called * seen.denominator ** (few - x)
    return Fraction(ways, comb(lot, few) * seen.denominator**few)


def _checked(lot: int, bad: int, drawn: int, most: int, detection: Share) -> Fraction:
    seen = Fraction(detection)
    if not (lot >= 1 and 0 <= bad <= lot and 0 <= drawn <= lot and most >= 0 and 0 <= seen <= 1):
        raise UndefinedMetric("a lot's risk", f"N = {lot}, D = {bad}, n = {drawn}, c = {most}, detection {detection}")
    return seen


def accepts_at_most(lot: int, bad: int, drawn: int, risk: Share, most: int = 0, detection: Share = "1") -> bool:
    """Return whether `accepts` is at most a risk, exactly, and within seconds for a lot of any size.

    Bounds of 60 digits decide all but what lies that near to the risk; only that is counted out in whole numbers.

    >>> accepts_at_most(50, 1, 40, "0.2"), accepts_at_most(10**9, 10**7, 298, "0.05")
    (True, False)
    """
    limit = Fraction(risk)
    between = accepts_between(lot, bad, drawn, most, _checked(lot, bad, drawn, most, detection))
    if Fraction(between.high) <= limit or Fraction(between.low) > limit:
        return Fraction(between.high) <= limit
    return accepts(lot, bad, drawn, most, detection) <= limit


def least_sample(lot: int, share: Share, risk: Share, most: int = 0, detection: Share = "1") -> int | None:
    """Return the smallest n that accepts a lot with a share of bad units with at most `risk`; None: no n does.

    Args:
        lot: N, units in the lot, >= 1.
        share: p; the lot has ⌈p N⌉ bad units.
        risk: β, the consumer's.
        most: c, how many bad units are accepted.
        detection: Probability that a bad unit that was drawn is called bad.

    >>> [least_sample(n, "0.01", "0.05") for n in (50, 100, 200, 500, 10000)], least_sample(50, "0.02", "0.2")
    ([48, 95, 155, 225, 294], 40)
    """
    p, limit = Fraction(share), Fraction(risk)
    if not (0 < p <= 1 and 0 < limit < 1 and most >= 0):
        raise UndefinedMetric("a sample size", f"share {share}, risk {risk}, c = {most}")
    bad = ceil(p * lot)
    if not accepts_at_most(lot, bad, lot, limit, most, detection):
        return None
    # Above the lot itself nothing can be drawn; that all of it is enough was just seen.
    return least(lambda n: n >= lot or accepts_at_most(lot, bad, n, limit, most, detection), 0)


def sample_for_large_lot(share: Share, risk: Share, detection: Share = "1") -> int:
    """Return the sample for a lot without end, none bad accepted: ⌈ln β / ln(1 − p s)⌉, exactly.

    >>> sample_for_large_lot("0.01", "0.05"), sample_for_large_lot("0.05", "0.10")
    (299, 45)
    """
    missed, limit = 1 - Fraction(share) * Fraction(detection), Fraction(risk)
    if not (0 <= missed < 1 and 0 < limit < 1):
        raise UndefinedMetric("a sample size", f"share {share}, risk {risk}, detection {detection}")
    if missed == 0:
        return 1
    with localcontext(prec=_DIGITS):
        exact = _logarithm(limit) / _logarithm(missed)
    nearest = int(exact.to_integral_value())
    # A whole number is either far from this, or so small that its power can be written out.
    if abs(exact - nearest) > _CLOSE:
        return ceil(exact)
    return nearest if missed**nearest <= limit else nearest + 1


def _logarithm(share: Fraction) -> Decimal:
    return (Decimal(share.numerator) / share.denominator).ln()


def most_bad_left(lot: int, drawn: int, found: int, risk: Share = "0.05", detection: Share = "1") -> int:
    """Return the largest number of bad units with which a draw shows at most `found` with more than `risk`.

    Args:
        lot: N, units in the lot.
        drawn: n, units drawn.
        found: How many of them were called bad.
        risk: With how much probability a lot with more bad units would have shown no more.
        detection: Probability that a bad unit that was drawn is called bad.

    >>> most_bad_left(10000, 294, 0), most_bad_left(1000, 80, 1), most_bad_left(100, 95, 0)
    (99, 56, 0)
    """
    limit = Fraction(risk)
    if not 0 <= found <= drawn <= lot or not 0 < limit < 1:
        raise UndefinedMetric("what a lot may hold", f"N = {lot}, n = {drawn}, found {found}, risk {risk}")
    # Found units are bad, so at least as many are; beyond lot − drawn + found a draw must show more.
    low, high = found, lot + 1
    while high - low > 1:
        middle = (low + high) // 2
        enough = accepts_at_most(lot, middle, drawn, limit, found, detection)
        low, high = (low, middle) if enough else (middle, high)
    return low


def iaea_sample(lot: int, bad: int, risk: float) -> int:
    """Return n by the approximation of safeguards practice, at most a few units above the exact one.

    Source:
        ⌈(1 − β^(1/r)) (N − (r − 1)/2)⌉, IAEA Safeguards Technical Manual, part F.

    >>> iaea_sample(100, 10, 0.05), iaea_sample(300, 5, 0.1)
    (25, 110)
    """
    if not (1 <= bad <= lot and 0 < risk < 1):
        raise UndefinedMetric("a sample size", f"N = {lot}, r = {bad}, risk {risk}")
    return ceil(-expm1(log(risk) / bad) * (lot - (bad - 1) / 2))

"""Bounds on the risk of lots of any size: 60 digits, rounded down and up, where whole numbers get too long."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import MAX_EMAX, MIN_EMIN, ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction

_DIGITS = 60
_DOWN = Context(prec=_DIGITS, rounding=ROUND_FLOOR, Emin=MIN_EMIN, Emax=MAX_EMAX)
_UP = Context(prec=_DIGITS, rounding=ROUND_CEILING, Emin=MIN_EMIN, Emax=MAX_EMAX)
# Terms are left out, and counted in the upper bound, once all that follow together weigh less than this of the largest.
_NEGLIGIBLE = Decimal("1E-55")
_ZERO, _ONE = Decimal(0), Decimal(1)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Two numbers between which an exact one lies; neither is below 0."""

    low: Decimal
    high: Decimal

    def plus(self, other: "Bounds") -> "Bounds":
        return Bounds(_DOWN.add(self.low, other.low), _UP.add(self.high, other.high))

    def times(self, other: "Bounds") -> "Bounds":
        return Bounds(_DOWN.multiply(self.low, other.low), _UP.multiply(self.high, other.high))

    def scaled(self, numerator: int, denominator: int) -> "Bounds":
        """Return this times a ratio of whole numbers, the denominator not 0."""
        top, bottom = Decimal(numerator), Decimal(denominator)
        return Bounds(
            _DOWN.divide(_DOWN.multiply(self.low, top), bottom), _UP.divide(_UP.multiply(self.high, top), bottom)
        )

    def over(self, other: "Bounds") -> "Bounds":
        """Return the quotient, at most 1; the divisor is above 0."""
        return Bounds(_DOWN.divide(self.low, other.high), min(_ONE, _UP.divide(self.high, other.low)))


# Of a number of bad units, its weight over that of its neighbour, as two whole numbers.
Ratio = Callable[[int], tuple[int, int]]
_NOTHING, _WHOLE = Bounds(_ZERO, _ZERO), Bounds(_ONE, _ONE)


def bounds_of(share: Fraction) -> Bounds:
    """Return a fraction as bounds."""
    return _WHOLE.scaled(share.numerator, share.denominator)


def power(base: Bounds, exponent: int) -> Bounds:
    """Return base**exponent, by squaring."""
    result = _WHOLE
    for bit in f"{exponent:b}":
        result = result.times(result)
        if bit == "1":
            result = result.times(base)
    return result


def few_called(units: int, most: int, detection: Fraction) -> Iterator[Bounds]:
    """Yield the probability that of `units`, `units` + 1, ... bad ones at most `most` are called bad.

    Source:
        The binomial distribution: one unit more is missed, or is one more that is called.
    """
    found, missed = bounds_of(detection), bounds_of(1 - detection)
    called = [_NOTHING] * (most + 1)
    for k in range(min(units, most) + 1):
        ways = called[k - 1].scaled(units - k + 1, k) if k else _WHOLE
        called[k] = ways
    for k in range(min(units, most) + 1):
        called[k] = called[k].times(power(found, k)).times(power(missed, units - k))
    while True:
        total = _NOTHING
        for one in called:
            total = total.plus(one)
        yield total
        called = [
            called[k].times(missed).plus(called[k - 1].times(found)) if k else called[k].times(missed)
            for k in range(most + 1)
        ]


def accepts_between(lot: int, bad: int, drawn: int, most: int = 0, detection: Fraction = Fraction(1)) -> Bounds:
    """Return bounds on the probability that a draw shows at most `most` bad units, for any lot within seconds.

    Each number of bad units among the drawn has a weight relative to the likeliest; neighbours differ by a ratio of
    whole numbers, so only those are written out that weigh anything, and their sum is the whole.

    Args:
        lot: N, units in the lot.
        bad: D, bad units in it.
        drawn: n, units drawn.
        most: c, how many bad units are accepted.
        detection: Probability that a bad unit that was drawn is called bad.

    Source:
        The hypergeometric distribution, whose ratios of neighbours fall: what is left out is less than a geometric
        series from there on.

    >>> found = accepts_between(10_000, 100, 294)
    >>> str(found.low)[:12], found.high - found.low < Decimal("1E-50")
    ('0.0498279226', True)
    """
    first, last = max(0, drawn + bad - lot), min(drawn, bad)
    likeliest = min(last, max(first, (drawn + 1) * (bad + 1) // (lot + 2)))

    def upward(x: int) -> tuple[int, int]:
        return (bad - x) * (drawn - x), (x + 1) * (lot - bad - drawn + x + 1)

    below, low_rest = _walk(likeliest, first, -1, lambda x: upward(x - 1)[::-1])
    above, high_rest = _walk(likeliest, last, 1, upward)
    weights = [*reversed(below), _WHOLE, *above]
    rest = Bounds(_ZERO, _UP.add(low_rest, high_rest))
    start = likeliest - len(below)
    passing = few_called(start, most, detection) if 0 < detection < 1 else _certainly(start, most, detection)
    shown, whole = _NOTHING, rest
    for weight, passes in zip(weights, passing, strict=False):
        whole = whole.plus(weight)
        shown = shown.plus(weight.times(passes))
    return shown.plus(rest).over(whole)


def _certainly(start: int, most: int, detection: Fraction) -> Iterator[Bounds]:
    """Yield whether so many bad units pass, where each or none is called bad."""
    x = start
    while True:
        yield _WHOLE if x <= most or detection == 0 else _NOTHING
        x += 1


def _walk(start: int, end: int, step: int, ratio: Ratio) -> tuple[list[Bounds], Decimal]:
    """Return the weights from beside the likeliest on, and what all that were left out weigh at most."""
    weights: list[Bounds] = []
    weight, x = _WHOLE, start
    while x != end:
        numerator, denominator = ratio(x)
        # Ratios fall from here on, so all the rest is less than a geometric series with this one.
        if denominator > numerator:
            rest = _UP.divide(_UP.multiply(weight.high, Decimal(numerator)), Decimal(denominator - numerator))
            if rest < _NEGLIGIBLE:
                return weights, rest
        weight = weight.scaled(numerator, denominator)
        weights.append(weight)
        x += step
    return weights, _ZERO

"""Number formats told by the error of a product: the operands are rounded to the format that the units work in."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from harness.metrics.slip import distance
from harness.model.method_forensics import ErrorSignature


def next_coarser(signatures: Sequence[ErrorSignature], allowed: Decimal) -> ErrorSignature | None:
    """Return the signature next above an error that is allowed; None where there is none."""
    above = [one for one in signatures if one.lowest > allowed]
    return min(above, key=lambda one: one.lowest, default=None)


def apart(error: Decimal, allowed: Decimal, coarser: Decimal) -> bool:
    """Return whether an error lies nearer to the coarser signature than to the one allowed, in the logarithm.

    >>> apart(Decimal("0.5"), Decimal("0.1"), Decimal("2")), apart(Decimal("0.4"), Decimal("0.1"), Decimal("2"))
    (True, False)
    """
    return Fraction(error) ** 2 > Fraction(allowed) * Fraction(coarser)


def nearest(signatures: Sequence[ErrorSignature], error: Decimal) -> ErrorSignature:
    """Return the signature to which an error above 0 is nearest, in the logarithm."""

    def away(one: ErrorSignature) -> Fraction:
        if one.lowest <= error <= one.highest:
            return Fraction(1)
        ends = [Fraction(end) for end in (one.lowest, one.highest) if end]
        return min(distance(Fraction(error), end) for end in ends)

    return min(signatures, key=away)

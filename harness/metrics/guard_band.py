"""The decision rule for "at or below", with measurement uncertainty."""

from decimal import Decimal
from fractions import Fraction
from typing import Literal


def at_or_below(
    value: Decimal | Fraction, expanded_uncertainty: Decimal | Fraction, declared: Decimal | Fraction
) -> Literal["holds", "fails", "undecided"]:
    """Return whether a measured value lies at or below a declared one, beyond its uncertainty.

    Args:
        value: Measured value m, in the unit of `declared`.
        expanded_uncertainty: U = k u, same unit, >= 0.
        declared: The declared value.

    Returns:
        fails if m - U > declared; holds if m + U <= declared; else undecided.

    Source:
        15 CFR 748 Supp. 2, paragraph (dd)(3)(i)(C), "at or below"; the text states no tolerance, so none is given.

    >>> [at_or_below(Decimal(m), Decimal(60), Decimal(1000)) for m in (940, 941, 1060, 1061)]
    ['holds', 'undecided', 'undecided', 'fails']
    """
    found, wide, limit = Fraction(value), Fraction(expanded_uncertainty), Fraction(declared)
    if found - wide > limit:
        return "fails"
    return "holds" if found + wide <= limit else "undecided"

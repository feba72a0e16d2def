"""Figures that follow from two others: ratios such as performance density, and sums of bandwidths."""

from fractions import Fraction

from harness.model.quantity import ABSENT, FigureState, Interval, quotient
from harness.policy.box import Piece, ratio
from harness.policy.vocabulary import SUMS

_NOTHING = Piece(Fraction(0), Fraction(0))


def derived_piece(metric: str, one: Piece | None, other: Piece | None) -> Piece | None:
    """Return the values that a derived metric can take over its two sources; None where it is absent.

    A ratio needs both of its sources. To a sum, a source that does not exist adds nothing.
    """
    if metric in SUMS:
        return None if one is None and other is None else _total(one or _NOTHING, other or _NOTHING)
    return None if one is None or other is None else ratio(one, other)


def derived_state(metric: str, one: FigureState, other: FigureState) -> FigureState:
    """Return what a derived figure can be over what its two sources can be."""
    if metric not in SUMS:
        return quotient(one, other)
    terms = [state for state in (one, other) if isinstance(state, Interval)]
    if not terms:
        return ABSENT
    ends = [state.hi for state in terms if state.hi is not None]
    hi = sum(ends, Fraction(0)) if len(ends) == len(terms) else None
    return Interval(lo=sum((state.lo for state in terms), Fraction(0)), hi=hi)


def _total(one: Piece, other: Piece) -> Piece:
    hi = None if one.hi is None or other.hi is None else one.hi + other.hi
    return Piece(one.lo + other.lo, hi, one.lo_closed and other.lo_closed, one.hi_closed and other.hi_closed)

"""One concrete chip in a box: round figures, a die area that gives the density asked for, one value per fact."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from harness.model.quantity import ABSENT, Absent, exactly
from harness.policy.box import Box, Fact, Piece, ratio
from harness.policy.truth import OTHER
from harness.policy.vocabulary import DERIVED, SUMS

NOT_ZERO = Piece(Fraction(0), None, lo_closed=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Witness:
    """A point: exact figures in base units, facts, and the readings followed.

    A fact whose list is open, such as a country, may be OTHER: any value that neither law names.
    """

    figures: Mapping[str, Fraction | Absent]
    facts: Mapping[str, str]
    readings: Mapping[str, bool]

    def box(self) -> Box:
        """Return the witness as evidence."""
        return Box(
            figures={name: at if isinstance(at, Absent) else exactly(at) for name, at in self.figures.items()},
            facts={name: Fact(values=frozenset({value}), got=value) for name, value in self.facts.items()},
        )


def witness_in(
    pieces: Mapping[str, Piece | None], facts: Mapping[str, frozenset[str]], readings: Mapping[str, bool]
) -> Witness:
    """Return a witness in a box that holds a point; a derived metric is met through its sources."""
    figures: dict[str, Fraction | Absent] = {}
    for metric, asked in pieces.items():
        if metric in DERIVED and asked is not None:
            one, other = DERIVED[metric]
            tied = _added if metric in SUMS else _tied
            figures[one], figures[other] = tied(pieces[one], pieces[other], asked)
    for metric, piece in pieces.items():
        if metric not in DERIVED and metric not in figures:
            figures[metric] = ABSENT if piece is None else roundest(piece)
    return Witness(
        figures={name: figures[name] for name in sorted(figures)},
        facts={name: min(values - {OTHER}, default=OTHER) for name, values in facts.items()},
        readings=dict(readings),
    )


def _tied(top: Piece | None, bottom: Piece | None, asked: Piece) -> tuple[Fraction, Fraction]:
    """Return numerator and denominator in their pieces whose ratio lies in the piece asked for."""
    assert top is not None
    assert bottom is not None
    bottom = _met(bottom, NOT_ZERO)
    asked = _met(asked, ratio(top, bottom))
    if asked.lo == asked.hi == 0:
        return Fraction(0), roundest(bottom)
    if asked.lo == asked.hi and top.lo != top.hi:
        # The denominator first: the numerator is then a product, and a decimal that ends.
        divisor = roundest(_met(bottom, ratio(top, asked)))
        return asked.lo * divisor, divisor
    dividend = roundest(_met(top, _product(asked, bottom)))
    return dividend, roundest(_met(bottom, _quotient(dividend, asked)))


def _added(one: Piece | None, other: Piece | None, asked: Piece) -> tuple[Fraction | Absent, Fraction | Absent]:
    """Return two terms in their pieces whose sum lies in the piece asked for; one that does not exist adds nothing."""
    if one is None or other is None:
        present = other if one is None else one
        assert present is not None
        found = roundest(_met(present, asked))
        return (ABSENT, found) if one is None else (found, ABSENT)
    term = roundest(_met(one, _rest(asked, other)))
    return term, roundest(_met(other, _rest(asked, Piece(term, term))))


def _rest(asked: Piece, term: Piece) -> Piece:
    """Return what is left of a sum for the other term, which is never below zero."""
    hi = None if asked.hi is None else asked.hi - term.lo
    lo = Fraction(0) if term.hi is None or term.hi > asked.lo else asked.lo - term.hi
    closed = term.hi is None or term.hi > asked.lo or (asked.lo_closed and term.hi_closed)
    return Piece(lo, hi, closed, asked.hi is None or (asked.hi_closed and term.lo_closed))


def _met(one: Piece, other: Piece) -> Piece:
    found = one.meet(other)
    assert found is not None, "the splitter hands on only what can be reached"
    return found


def _product(one: Piece, other: Piece) -> Piece:
    hi = None if one.hi is None or other.hi is None else one.hi * other.hi
    return Piece(one.lo * other.lo, hi, one.lo_closed and other.lo_closed, one.hi_closed and other.hi_closed)


def _quotient(dividend: Fraction, asked: Piece) -> Piece:
    """Return the divisors that bring a dividend above zero into the piece asked for."""
    lo = Fraction(0) if asked.hi is None else dividend / asked.hi
    hi = None if asked.lo == 0 else dividend / asked.lo
    return Piece(lo, hi, asked.hi is not None and asked.hi_closed, asked.lo_closed)


def roundest(piece: Piece) -> Fraction:
    """Return a value of the piece with as few digits as there is; above zero where the piece holds more than zero.

    >>> roundest(Piece(Fraction(4800), Fraction(21000), True, False)), roundest(Piece(Fraction(1), Fraction(2), False))
    (Fraction(10000, 1), Fraction(2, 1))
    """
    if piece.lo == piece.hi:
        return piece.lo
    inside = _met(piece, NOT_ZERO)
    step = Fraction(10 ** len(str(int(inside.lo if inside.hi is None else inside.hi))))
    while True:
        at = -(-inside.lo // step) * step
        at += step if at == inside.lo and not inside.lo_closed else 0
        if inside.hi is None or at < inside.hi or (at == inside.hi and inside.hi_closed):
            return at
        step /= 10

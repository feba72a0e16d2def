"""The evidence as the engine reads it: a box of figures and facts, each known, partly known, absent or unknown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from harness.model.quantity import UNKNOWN, FigureState, Interval


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """What the evidence leaves open about one fact. `values` None: anything."""

    values: frozenset[str] | None
    got: str = "not stated"
    need: str | None = None
    unit: str | None = None
    margin: str | None = None
    note: str | None = None


NOT_STATED = Fact(values=None)


def stated(value: str | None, **words: str | None) -> Fact:
    """Return the fact that one value states; None states nothing."""
    if value is None:
        return NOT_STATED
    return Fact(values=frozenset({value}), **{"got": value, **words})  # type: ignore[arg-type]


def truth(value: bool | None, **words: str | None) -> Fact:
    """Return the fact that a yes or no states."""
    return stated(None if value is None else "yes" if value else "no", **words)


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """Figures in base units, and facts. What is not there is unknown."""

    figures: Mapping[str, FigureState] = field(default_factory=dict)
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def figure(self, metric: str) -> FigureState:
        """Return the state of a figure."""
        return self.figures.get(metric, UNKNOWN)

    def fact(self, name: str) -> Fact:
        """Return the state of a fact."""
        return self.facts.get(name, NOT_STATED)

    def piece(self, metric: str) -> "Piece | None":
        """Return what is open for a figure; None where it is absent."""
        state = self.figure(metric)
        return Piece(state.lo, state.hi) if isinstance(state, Interval) else None


@dataclass(frozen=True, slots=True)
class Piece:
    """An interval whose ends may be open; `hi` None is without limit."""

    lo: Fraction
    hi: Fraction | None
    lo_closed: bool = True
    hi_closed: bool = True

    def against(self, threshold: Fraction) -> int | None:
        """Return -1, 0 or 1 where the whole piece lies below, at or above the threshold; None where it straddles."""
        lo = _apart(self.lo, threshold)
        if lo >= 0:
            at_lo = self.lo_closed and lo == 0
            return 1 if not at_lo else 0 if self.hi == threshold else None
        hi = 1 if self.hi is None else _apart(self.hi, threshold)
        if hi > 0:
            return None
        return None if self.hi_closed and hi == 0 else -1

    def cut(self, threshold: Fraction) -> list["Piece"]:
        """Return the parts below, at and above the threshold, in that order; only those that hold something."""
        if self.against(threshold) is not None:
            return [self]
        parts = []
        if self.lo < threshold:
            parts.append(Piece(self.lo, threshold, self.lo_closed, False))
        parts.append(Piece(threshold, threshold))
        if self.hi is None or self.hi > threshold:
            parts.append(Piece(threshold, self.hi, False, self.hi_closed))
        return parts

    def meet(self, other: "Piece") -> "Piece | None":
        """Return what both pieces hold; None where that is nothing."""
        lo, lo_open = max((self.lo, not self.lo_closed), (other.lo, not other.lo_closed))
        ends = [(piece.hi, piece.hi_closed) for piece in (self, other) if piece.hi is not None]
        hi, hi_closed = min(ends) if ends else (None, True)
        if hi is not None and (lo > hi or (lo == hi and (lo_open or not hi_closed))):
            return None
        return Piece(lo, hi, not lo_open, hi_closed)


def _apart(one: Fraction, other: Fraction) -> int:
    """Return a number below, at or above 0 as one fraction is; the operators would look at kinds of numbers first."""
    return one.numerator * other.denominator - other.numerator * one.denominator


def ratio(numerator: Piece, denominator: Piece) -> Piece:
    """Return the values that numerator / denominator can take; the denominator is above zero."""
    if denominator.hi is None:
        lo, lo_closed = Fraction(0), numerator.lo == 0 and numerator.lo_closed
    elif denominator.hi == 0:
        lo, lo_closed = Fraction(0), False
    else:
        lo = numerator.lo / denominator.hi
        lo_closed = numerator.lo_closed and (denominator.hi_closed or numerator.lo == 0)
    if numerator.hi is None or (denominator.lo == 0 and numerator.hi > 0):
        return Piece(lo, None, lo_closed, True)
    if numerator.hi == 0:
        return Piece(Fraction(0), Fraction(0))
    hi = numerator.hi / denominator.lo
    return Piece(lo, hi, lo_closed, numerator.hi_closed and denominator.lo_closed)

"""Parts of the space of all cases: as words for people, and as expressions of the language."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from harness.model.policy import LensText
from harness.model.quantity import Absent, as_text
from harness.policy.box import Piece
from harness.policy.difference import Change
from harness.policy.language import AllOf, AnyOf, Atom, Compare, Expression, Is, Member, Not, Param
from harness.policy.law import Law, Text
from harness.policy.lint import atoms_of
from harness.policy.truth import OTHER
from harness.policy.vocabulary import METRICS, values_of

_MOST_VALUES = 6


def order_of(lens: LensText) -> tuple[str, ...]:
    """Return the answers of a lens, from the least to the most strict."""
    return tuple(answer.id for answer in lens.answers)


def referred_on(law: Law, texts: Iterable[Text], day: date) -> dict[str, Text | None]:
    """Return the texts that these refer to, as they stand on a day."""
    names = {atom.provision for text in texts for atom in atoms_of(text) if isinstance(atom, Is)}
    return {name: law.provisions[name].on(day) if name in law.provisions else None for name in sorted(names)}


def mapped(text: Text, change: Callable[[Atom], Expression]) -> Text:
    """Return a text with every atom of its conditions changed."""
    rows = tuple(replace(row, when=_mapped(row.when, change)) for row in text.rows)
    return replace(text, scope=_mapped(text.scope, change), rows=rows)


def _mapped(expression: Expression, change: Callable[[Atom], Expression]) -> Expression:
    match expression:
        case Not():
            return Not(_mapped(expression.part, change))
        case AllOf() | AnyOf():
            return type(expression)(tuple(_mapped(part, change) for part in expression.parts))
    return change(expression)


# --- In words -----------------------------------------------------------------------------------------------------


def described(change: Change) -> str:
    """Return a box in words, and the witness that lies in it."""
    parts = [f"{name} {_span(piece)}" for name, piece in change.pieces.items() if piece != Piece(Fraction(0), None)]
    parts += [f"{name} {_values(values)}" for name, values in change.facts.items() if _tells(name, values)]
    parts += [f"{name} {'followed' if followed else 'not followed'}" for name, followed in change.readings.items()]
    figures = [
        f"{name} {'absent' if isinstance(at, Absent) else as_text(at)}" for name, at in change.witness.figures.items()
    ]
    facts = [f"{name} {value}" for name, value in change.witness.facts.items() if value != OTHER]
    return f"{'; '.join(parts) or 'every case'}; for example {', '.join([*figures, *facts]) or 'any case'}"


def _span(piece: Piece | None) -> str:
    if piece is None:
        return "absent"
    if piece.lo == piece.hi:
        return f"at {as_text(piece.lo)}"
    low = f"{'from' if piece.lo_closed else 'above'} {as_text(piece.lo)}" if piece.lo or not piece.lo_closed else ""
    high = "" if piece.hi is None else f"{'to' if piece.hi_closed else 'below'} {as_text(piece.hi)}"
    return f"{low} {high}".strip()


def _tells(fact: str, values: frozenset[str]) -> bool:
    listed = values_of(fact)
    return OTHER not in values and values != frozenset(listed) if listed else OTHER not in values


def _values(values: frozenset[str]) -> str:
    named = sorted(values - {OTHER})
    more = f" and {len(named) - _MOST_VALUES} more" if len(named) > _MOST_VALUES else ""
    return " or ".join(named[:_MOST_VALUES]) + more


# --- As expressions -----------------------------------------------------------------------------------------------


def expression_of(change: Change, named: Mapping[str, frozenset[str]]) -> Expression:
    """Return the condition that holds in a box and nowhere else.

    Args:
        change: The box.
        named: Per fact, every value that either law names; OTHER stands for all that are not among them.
    """
    parts: list[Expression] = []
    for metric, piece in change.pieces.items():
        parts += _within(metric, piece) if metric in METRICS else []
    for fact, values in change.facts.items():
        inside = Member(fact, values - {OTHER}, (), "the region")
        outside = Not(Member(fact, named[fact] - values, (), "the region"))
        parts.append(outside if OTHER in values else inside)
    for reading, followed in change.readings.items():
        # A value that belongs by a reading alone tells whether that reading is followed, whatever the fact is.
        fact, values = next(iter((fact, named[fact]) for fact in change.facts))
        by_reading = Member(fact, frozenset(), tuple((value, reading) for value in sorted(values | {OTHER})), reading)
        parts.append(by_reading if followed else Not(by_reading))
    return AllOf(tuple(parts))


def _within(metric: str, piece: Piece | None) -> list[Expression]:
    """Return the comparisons that keep a figure in a piece; one that is absent meets none, not even at least 0."""
    least = _compare(metric, ">=", Fraction(0))
    if piece is None:
        return [Not(least)]
    parts: list[Expression] = [least]
    if piece.lo or not piece.lo_closed:
        parts.append(_compare(metric, ">=" if piece.lo_closed else ">", piece.lo))
    if piece.hi is not None:
        parts.append(_compare(metric, "<=" if piece.hi_closed else "<", piece.hi))
    return parts


def _compare(metric: str, operator: str, at: Fraction) -> Compare:
    value = Decimal(at.numerator) / Decimal(at.denominator)
    return Compare(metric, operator, Param(id="region", metric=metric, value=value, unit=None, pin="", says=""))

"""The readable trace: every criterion that a text reads, with both sides, the margin and the citation.

It walks the expression tree by itself, slowly and obviously, and knows nothing of the engine in `cells`; the tests
hold the two against each other.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from harness.model.quantity import ABSENT, FigureState, Interval, as_text
from harness.policy.box import Box
from harness.policy.language import AllOf, AnyOf, Compare, Expression, Is, Member, Not
from harness.policy.law import Row, Text
from harness.policy.vocabulary import DERIVED, METRICS, SUMS

Outcome = Literal["holds", "fails", "undecided"]
_NEGATED: Mapping[Outcome, Outcome] = {"holds": "fails", "fails": "holds", "undecided": "undecided"}
_WORDS = {"<": "below", "<=": "at most", ">": "above", ">=": "at least"}
_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Criterion:
    """One criterion of a text, judged against the evidence."""

    id: str
    outcome: Outcome
    got: str
    need: str
    unit: str | None
    margin: str | None
    cite: str
    note: str | None = None
    # The provision that asks it, and the clause.
    provision: str | None = None
    says: str | None = None
    # The clock and the day that the text was read for.
    clock: str | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """A row that answers for some evidence, or its text's `else`, and whether it certainly does."""

    answers: tuple[str, ...]
    certain: bool
    pin: str
    says: str


def trace(text: Text, box: Box, referred: Mapping[str, Text | None], order: Sequence[str]) -> list[Criterion]:
    """Return the criteria that a text reads for this evidence, row by row up to the first row that certainly holds.

    Of the more favourable rows passed over before it, those criteria that failed: they are why those did not answer.

    Args:
        text: The text in force.
        box: The evidence.
        referred: The texts of the provisions that it refers to.
        order: The answers of its lens, from the least to the most strict.
    """
    walker = _Walker(box, referred)
    walker.provision = text.provision
    criteria = list(walker.criteria(text.scope, text.pin, text.says))
    if walker.outcome(text.scope) != "fails":
        passed_over, read = _rows_read(text, walker)
        for row in passed_over:
            if _strictness(row, order) < _strictness(read[-1], order):
                passed = walker.criteria(row.when, row.pin, row.says or text.says)
                criteria += (one for one in passed if one.outcome == "fails")
        for row in read:
            if not _wider_row_fails(row, read, walker, order):
                criteria += walker.criteria(row.when, row.pin, row.says or text.says)
    return _once_each(criteria)


def answered(text: Text, box: Box, referred: Mapping[str, Text | None]) -> list[Answered]:
    """Return the rows of a text that answer for this evidence, or may, in order; none where it does not apply."""
    walker = _Walker(box, referred)
    scope = walker.outcome(text.scope)
    found: list[Answered] = []
    for row in text.rows if scope != "fails" else ():
        outcome = walker.outcome(row.when)
        if outcome != "fails":
            sure = scope == outcome == "holds" and not found
            found.append(Answered(row.then, sure, row.pin, row.says or text.says))
        if outcome == "holds":
            return found
    if scope != "fails" and text.otherwise:
        found.append(Answered(text.otherwise, scope == "holds" and not found, text.pin, text.says))
    return found


def _wider_row_fails(row: Row, rows: Sequence[Row], walker: "_Walker", order: Sequence[str]) -> bool:
    """Return whether a row asks what another asks, and more, for an answer no better, and both fail.

    What it asks beyond the other would not have changed the answer.
    """
    asked = _conjuncts(row.when)
    return walker.outcome(row.when) == "fails" and any(
        _conjuncts(other.when) < asked
        and walker.outcome(other.when) == "fails"
        and _strictness(other, order) <= _strictness(row, order)
        for other in rows
    )


def _conjuncts(expression: Expression) -> frozenset[Expression]:
    """Return the conditions that must all hold."""
    if not isinstance(expression, AllOf):
        return frozenset({expression})
    return frozenset(part for whole in expression.parts for part in _conjuncts(whole))


def rows_of_several_readings(text: Text, box: Box, referred: Mapping[str, Text | None]) -> list[Row]:
    """Return the rows that may answer for this evidence and bear several readings."""
    return [row for row in rows_reached(text, box, referred) or () if len(row.then) > 1]


def row_criteria(
    text: Text, n: int, box: Box, referred: Mapping[str, Text | None]
) -> tuple[bool, list[Criterion], tuple[str, ...]]:
    """Return whether a text may apply, the criteria that keep a row from answering, and what an earlier row answers.

    Args:
        text: The text in force.
        n: The number of the row; one past the last stands for `else`.
        box: The evidence.
        referred: The texts of the provisions that it refers to.
    """
    walker = _Walker(box, referred)
    walker.provision = text.provision
    scope = walker.outcome(text.scope)
    asked = list(walker.criteria(text.scope, text.pin, text.says)) if scope != "holds" else []
    if n < len(text.rows) and walker.outcome(text.rows[n].when) != "holds":
        row = text.rows[n]
        asked += walker.criteria(row.when, row.pin, row.says or text.says)
    before = [row for row in text.rows[:n] if walker.outcome(row.when) == "holds"]
    needs = _once_each([one for one in asked if one.outcome != "holds"])
    return scope != "fails", needs, before[0].then if before else ()


def judged(expression: Expression, box: Box, pin: str, says: str) -> tuple[Outcome, list[Criterion]]:
    """Return whether an expression by itself, such as a definition, holds for this evidence, and its criteria."""
    walker = _Walker(box, {})
    return walker.outcome(expression), list(walker.criteria(expression, pin, says))


def rows_reached(text: Text, box: Box, referred: Mapping[str, Text | None]) -> list[Row] | None:
    """Return the rows that may answer for this evidence; None where the text does not apply."""
    walker = _Walker(box, referred)
    if walker.outcome(text.scope) == "fails":
        return None
    found = []
    for row in text.rows:
        outcome = walker.outcome(row.when)
        if outcome != "fails":
            found.append(row)
        if outcome == "holds":
            break
    return found


def scope_outcome(text: Text, box: Box, referred: Mapping[str, Text | None]) -> Outcome:
    """Return whether the provision applies to this evidence at all."""
    return _Walker(box, referred).outcome(text.scope)


def expression_outcome(expression: Expression, box: Box, referred: Mapping[str, Text | None]) -> Outcome:
    """Return whether an expression of the law holds for this evidence."""
    return _Walker(box, referred).outcome(expression)


def _rows_read(text: Text, walker: "_Walker") -> tuple[Sequence[Row], Sequence[Row]]:
    """Return the rows passed over and the rows that explain the answer.

    A row that certainly holds explains the answer alone; otherwise every row up to it does.
    """
    outcomes = [walker.outcome(row.when) for row in text.rows]
    for n, outcome in enumerate(outcomes):
        if outcome == "holds" and "undecided" not in outcomes[:n] and walker.explains(text.rows[n].when):
            return text.rows[:n], text.rows[n : n + 1]
        if outcome == "holds":
            return (), text.rows[: n + 1]
    return (), text.rows


def _strictness(row: Row, order: Sequence[str]) -> int:
    """Return how strict the most favourable answer of a row is."""
    return min(order.index(answer) for answer in row.then)


def _once_each(criteria: list[Criterion]) -> list[Criterion]:
    seen: dict[tuple[str, str], Criterion] = {}
    for criterion in criteria:
        seen.setdefault((criterion.id, criterion.need), criterion)
    return list(seen.values())


class _Walker:
    def __init__(self, box: Box, referred: Mapping[str, Text | None]) -> None:
        self.box, self.referred = box, referred
        self._given: dict[str, tuple[str, ...] | None] = {}
        self.provision: str | None = None

    def outcome(self, expression: Expression) -> Outcome:
        match expression:
            case Compare():
                return self._compared(expression)
            case Member():
                return self._member(expression)
            case Is():
                return self._is(expression)
            case Not():
                return _NEGATED[self.outcome(expression.part)]
            case AllOf():
                return _worst([self.outcome(part) for part in expression.parts], absorbing="fails", neutral="holds")
            case AnyOf():
                return _worst([self.outcome(part) for part in expression.parts], absorbing="holds", neutral="fails")

    def explains(self, expression: Expression) -> bool:
        """Whether the expression itself reads anything beyond another provision's answer."""
        return any(True for _ in self.criteria(expression, "", ""))

    def criteria(self, expression: Expression, pin: str, says: str, *, negated: bool = False) -> Iterator[Criterion]:
        match expression:
            case Not():
                yield from self.criteria(expression.part, pin, says, negated=not negated)
            case AllOf() | AnyOf():
                for part in expression.parts:
                    yield from self.criteria(part, pin, says, negated=negated)
            case Compare():
                yield self._compare_criterion(expression, negated=negated)
            case Member():
                yield self._member_criterion(expression, pin, says, negated=negated)
            case Is():
                yield self._is_criterion(expression, pin, says, negated=negated)

    def _state(self, metric: str) -> FigureState:
        if metric not in DERIVED:
            return self.box.figure(metric)
        one, other = (self.box.figure(source) for source in DERIVED[metric])
        if metric in SUMS:
            return _sum([state for state in (one, other) if isinstance(state, Interval)])
        if not isinstance(one, Interval) or not isinstance(other, Interval):
            return one if not isinstance(one, Interval) else other
        lo = one.lo / other.hi if other.hi else Fraction(0)
        hi = None if one.hi is None or other.lo == 0 else one.hi / other.lo
        return Interval(lo=lo, hi=hi)

    def _compared(self, atom: Compare) -> Outcome:
        state, threshold = self._state(atom.metric), Fraction(atom.param.value)
        if not isinstance(state, Interval):
            return "fails"
        low = _relation(state.lo, atom.operator, threshold)
        # Without an upper end, ">" and ">=" hold everywhere where they hold at the lower end; "<" cannot.
        high = atom.operator.startswith(">") if state.hi is None else _relation(state.hi, atom.operator, threshold)
        return "undecided" if low != high else "holds" if low else "fails"

    def _member(self, atom: Member) -> Outcome:
        values = self.box.fact(atom.fact).values
        if values is None:
            return "undecided"
        if any(value in dict(atom.uncertain) for value in values):
            return "undecided"
        inside = {value in atom.members for value in values}
        return "undecided" if len(inside) > 1 else "holds" if inside == {True} else "fails"

    def _is(self, atom: Is) -> Outcome:
        answers = self._answers_of(atom.provision)
        if answers is None:
            return "undecided"
        return "holds" if atom.answer in answers else "fails"

    def _answers_of(self, provision: str) -> tuple[str, ...] | None:
        if provision not in self._given:
            self._given[provision] = self.answers(self.referred.get(provision))
        return self._given[provision]

    def answers(self, text: Text | None) -> tuple[str, ...] | None:
        """Return what a text answers, or None where that is open."""
        if text is None:
            return ()
        applies = self.outcome(text.scope)
        if applies != "holds":
            return None if applies == "undecided" else ()
        for row in text.rows:
            outcome = self.outcome(row.when)
            if outcome != "fails":
                return None if outcome == "undecided" else row.then
        return text.otherwise

    def _compare_criterion(self, atom: Compare, *, negated: bool) -> Criterion:
        state, param = self._state(atom.metric), atom.param
        operator = _OPPOSITE[atom.operator] if negated else atom.operator
        outcome = self._compared(atom)
        return Criterion(
            id=param.id,
            outcome=_NEGATED[outcome] if negated else outcome,
            got=_got_beside(state, Fraction(param.value)),
            need=f"{_WORDS[operator]} {as_text(param.value)}",
            unit=METRICS[atom.metric],
            margin=_margin(state, operator, Fraction(param.value)),
            cite=param.pin,
            provision=self.provision,
            says=param.says,
        )

    def _member_criterion(self, atom: Member, pin: str, says: str, *, negated: bool) -> Criterion:
        fact = self.box.fact(atom.fact)
        outcome = _NEGATED[self._member(atom)] if negated else self._member(atom)
        need = fact.need or (f"{atom.need}: {atom.says}" if atom.says else atom.need)
        return Criterion(
            id=atom.fact,
            outcome=outcome,
            got=fact.got,
            need=f"not: {need}" if negated else need,
            unit=fact.unit,
            margin=fact.margin,
            cite=_cite(pin, atom.pin),
            note=fact.note,
            provision=self.provision,
            says=atom.says or says,
        )

    def _is_criterion(self, atom: Is, pin: str, says: str, *, negated: bool) -> Criterion:
        answers = self._answers_of(atom.provision)
        outcome = _NEGATED[self._is(atom)] if negated else self._is(atom)
        return Criterion(
            id=atom.provision,
            outcome=outcome,
            got="undecided" if answers is None else " or ".join(answers) or "nothing",
            need=f"not {atom.answer}" if negated else atom.answer,
            unit=None,
            margin=None,
            cite=pin,
            provision=self.provision,
            says=says,
        )


def _cite(pin: str, own: str | None) -> str:
    """Cite the condition, and where the list or the criterion stands if that is elsewhere."""
    return pin if own is None or own in pin else own if pin in own else f"{pin}; {own}"


def _sum(terms: list[Interval]) -> FigureState:
    """Add what there is; where there is nothing to add, there is no sum."""
    if not terms:
        return ABSENT
    ends = [term.hi for term in terms]
    total = None if None in ends else sum((end for end in ends if end is not None), Fraction(0))
    return Interval(lo=sum((term.lo for term in terms), Fraction(0)), hi=total)


def _relation(value: Fraction, operator: str, threshold: Fraction) -> bool:
    match operator:
        case "<":
            return value < threshold
        case "<=":
            return value <= threshold
        case ">":
            return value > threshold
    return value >= threshold


def _worst(outcomes: list[Outcome], *, absorbing: Outcome, neutral: Outcome) -> Outcome:
    if absorbing in outcomes:
        return absorbing
    return "undecided" if "undecided" in outcomes else neutral


def _got(state: FigureState) -> str:
    if not isinstance(state, Interval):
        return "no such figure"
    return "not stated" if state.hi is None and state.lo == 0 else str(state)


def _got_beside(state: FigureState, threshold: Fraction) -> str:
    """A figure that would be printed like the threshold, and is another, is said to lie beside it."""
    said = _got(state)
    if isinstance(state, Interval) and state.exact and state.lo != threshold and said == as_text(threshold):
        return f"just {'below' if state.lo < threshold else 'above'} {said}"
    return said


def _margin(state: FigureState, operator: str, threshold: Fraction) -> str | None:
    """Headroom of the end that lies nearest to breaking the condition."""
    if not isinstance(state, Interval):
        return None
    if operator.startswith("<"):
        return None if state.hi is None else as_text(threshold - state.hi)
    return None if state.hi is None and state.lo == 0 else as_text(state.lo - threshold)

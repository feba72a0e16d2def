"""Three-valued truth over a domain: what an expression says while part of the evidence is still open."""

from collections.abc import Mapping
from dataclasses import dataclass

from harness.policy.box import Piece
from harness.policy.derived import derived_piece
from harness.policy.language import AllOf, AnyOf, Atom, Compare, Expression, Is, Member
from harness.policy.law import Text
from harness.policy.vocabulary import DERIVED

# A value that no list of the law names.
OTHER = "\x00other"


@dataclass(frozen=True, kw_only=True, slots=True)
class Domain:
    """What is still open: a piece per metric (None: absent), values per fact, and readings of uncertain members."""

    metrics: Mapping[str, Piece | None]
    facts: Mapping[str, frozenset[str]]
    readings: Mapping[str, bool]
    texts: Mapping[str, Text | None]

    def piece(self, metric: str) -> Piece | None:
        """Return what is open for a metric; a derived one follows from its sources until it was narrowed itself."""
        if metric in self.metrics or metric not in DERIVED:
            return self.metrics[metric]
        one, other = (self.metrics[source] for source in DERIVED[metric])
        return derived_piece(metric, one, other)

    def with_metric(self, metric: str, piece: Piece) -> "Domain":
        """Return the domain with one metric narrowed."""
        metrics = {**self.metrics, metric: piece}
        return Domain(metrics=metrics, facts=self.facts, readings=self.readings, texts=self.texts)

    def with_fact(self, fact: str, values: frozenset[str]) -> "Domain":
        """Return the domain with one fact narrowed."""
        facts = {**self.facts, fact: values}
        return Domain(metrics=self.metrics, facts=facts, readings=self.readings, texts=self.texts)

    def with_reading(self, reading: str, followed: bool) -> "Domain":
        """Return the domain with one reading chosen."""
        readings = {**self.readings, reading: followed}
        return Domain(metrics=self.metrics, facts=self.facts, readings=readings, texts=self.texts)


Truth = tuple[bool | None, Atom | None]  # The truth, and the atom that leaves it open.


def truth_of(expression: Expression, domain: Domain) -> Truth:
    """Return whether the expression holds over the whole domain, and what leaves it open."""
    # Asked more often than anything else; a class pattern would look at each kind in turn.
    kind = type(expression)
    if kind is Member:
        return _member(expression, domain)  # type: ignore[arg-type]
    if kind is AllOf:
        return _joined(expression.parts, domain, absorbing=False)  # type: ignore[union-attr]
    if kind is AnyOf:
        return _joined(expression.parts, domain, absorbing=True)  # type: ignore[union-attr]
    if kind is Is:
        return _is(expression, domain)  # type: ignore[arg-type]
    if kind is Compare:
        return _compare(expression, domain)  # type: ignore[arg-type]
    value, atom = truth_of(expression.part, domain)  # type: ignore[union-attr]
    return (None if value is None else not value), atom


def _joined(parts: tuple[Expression, ...], domain: Domain, *, absorbing: bool) -> Truth:
    open_atom: Atom | None = None
    undecided = False
    for part in parts:
        value, atom = truth_of(part, domain)
        if value is absorbing:
            return absorbing, None
        if value is None and not undecided:
            undecided, open_atom = True, atom
    return (None, open_atom) if undecided else (not absorbing, None)


def _compare(atom: Compare, domain: Domain) -> Truth:
    piece = domain.piece(atom.metric)
    if piece is None:
        return False, None  # A figure that does not exist meets no condition.
    side = piece.against(atom.param.exact)
    if side is None:
        at_the_end = _one_sided(atom, piece)
        return at_the_end, atom if at_the_end is None else None
    return {"<": side < 0, "<=": side <= 0, ">": side > 0, ">=": side >= 0}[atom.operator], None


def _one_sided(atom: Compare, piece: Piece) -> bool | None:
    """A piece that touches the threshold at its end may still lie wholly on one side of it."""
    threshold = atom.param.exact
    if piece.lo == threshold:
        return {">=": True, "<": False}.get(atom.operator)
    if piece.hi == threshold:
        return {"<=": True, ">": False}.get(atom.operator)
    return None


def _member(atom: Member, domain: Domain) -> Truth:
    values = domain.facts[atom.fact]
    if not atom.uncertain:
        if values <= atom.members:
            return True, None
        return (None, atom) if values & atom.members else (False, None)
    seen = {membership(atom, value, domain) for value in values}
    return (seen.pop(), None) if len(seen) == 1 and None not in seen else (None, atom)


def membership(atom: Member, value: str, domain: Domain) -> bool | None:
    """Return whether a value is a member; None where that is a reading not yet chosen."""
    if value in atom.members:
        return True
    reading = dict(atom.uncertain).get(value)
    return False if reading is None else domain.readings.get(reading)


def _is(atom: Is, domain: Domain) -> Truth:
    answers, blocking = answers_of(domain.texts[atom.provision], domain)
    if blocking is not None:
        return None, blocking
    return atom.answer in answers, None


def answers_of(text: Text | None, domain: Domain) -> tuple[tuple[str, ...], Atom | None]:
    """Return what a provision's text answers over the whole domain: no answer where it does not apply.

    The second value is the atom that leaves the answer open, or None.
    """
    if text is None:
        return (), None
    applies, atom = truth_of(text.scope, domain)
    if not applies:
        return (), atom
    for row in text.rows:
        holds, atom = truth_of(row.when, domain)
        if holds is None:
            return (), atom
        if holds:
            return row.then, None
    return text.otherwise, None

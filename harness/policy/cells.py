"""The engine: the exact set of answers that the evidence leaves possible.

On one day the law is piecewise constant over the figures and facts it reads. The engine splits the evidence at the
thresholds it touches, and nowhere else, until every part has one answer. No part that the evidence cannot reach is
looked at: a density follows from its TPP and area until TPP is cut no further.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import product

from harness.model.quantity import Interval
from harness.policy.box import Box, Fact, Piece
from harness.policy.language import Atom, Compare, Is, Member
from harness.policy.law import Text
from harness.policy.lint import atoms_of
from harness.policy.truth import OTHER, Domain, answers_of
from harness.policy.vocabulary import DERIVED

Answers = frozenset[str]
NOTHING = ""  # No provision of the group applies.


class Question:
    """Some texts in force together, and the order in which their answers grow stricter."""

    def __init__(self, texts: Iterable[Text], referred: Mapping[str, Text | None], order: tuple[str, ...]) -> None:
        self.texts = tuple(texts)
        self.referred = referred
        self.rank = {answer: n for n, answer in enumerate((NOTHING, *order))}

    def possible(self, box: Box) -> Answers:
        """Return every answer that some point of the box gives; NOTHING stands for "no provision applies"."""
        found: Answers = frozenset({NOTHING})
        for group in self._independent():
            part = _Splitter(group, self.referred, self.rank).possible(box)
            found = frozenset(max(pair, key=self.rank.__getitem__) for pair in product(found, part))
        return found

    def strictest_of(self, text: Text, box: Box) -> int:
        """Return the rank of the strictest answer that one of the texts can give by itself."""
        return max(self.rank[answer] for answer in _Splitter([text], self.referred, self.rank).possible(box))

    def what_matters(self, box: Box) -> tuple[str, ...]:
        """Return the open figures and facts of which closer knowledge could leave fewer answers, in order of name."""
        now = self.possible(box)
        atoms = [atom for text in self.texts for atom in _flat_atoms(text, self.referred)]
        closer = {**_closer_figures(atoms, box), **_closer_facts(atoms, box)}
        return tuple(name for name in sorted(closer) if any(self.possible(nearer) < now for nearer in closer[name]))

    def facts(self) -> frozenset[str]:
        """Return the name of every fact that the texts read, also through other provisions."""
        atoms = (atom for text in self.texts for atom in _flat_atoms(text, self.referred))
        return frozenset(atom.fact for atom in atoms if isinstance(atom, Member))

    def seen_as(self, fact: str, values: frozenset[str] | None) -> object:
        """Return what the texts see of some values of a fact: equal for values that no text tells apart."""
        about = self._about(fact)
        return None if values is None else frozenset(_signature(about, value) for value in values)

    def _about(self, fact: str) -> list[Member]:
        atoms = (atom for text in self.texts for atom in _flat_atoms(text, self.referred))
        return [atom for atom in atoms if isinstance(atom, Member) and atom.fact == fact]

    def what_is_open(self, box: Box) -> tuple[str, ...]:
        """Return every open figure and fact that the texts read, in order of name."""
        atoms = [atom for text in self.texts for atom in _flat_atoms(text, self.referred)]
        return tuple(sorted({**_closer_figures(atoms, box), **_closer_facts(atoms, box)}))

    def _independent(self) -> list[list[Text]]:
        """Group texts that share an axis: only these must be split together."""
        groups: list[tuple[set[str], list[Text]]] = []
        for text in self.texts:
            axes = set(_axes(text, self.referred))
            members = [text]
            apart = []
            for other_axes, other in groups:
                if other_axes & axes:
                    axes |= other_axes
                    members = other + members
                else:
                    apart.append((other_axes, other))
            groups = [*apart, (axes, members)]
        return [members for _, members in groups]


def _axes(text: Text, referred: Mapping[str, Text | None]) -> Iterator[str]:
    for atom in _flat_atoms(text, referred):
        if isinstance(atom, Compare):
            yield atom.metric
            yield from DERIVED.get(atom.metric, ())
        else:
            yield atom.fact
            yield from (reading for _, reading in atom.uncertain)


def _flat_atoms(text: Text, referred: Mapping[str, Text | None]) -> Iterator[Compare | Member]:
    for atom in atoms_of(text):
        if isinstance(atom, Is):
            other = referred.get(atom.provision)
            yield from _flat_atoms(other, referred) if other is not None else ()
        else:
            yield atom


class _Splitter:
    def __init__(self, texts: list[Text], referred: Mapping[str, Text | None], rank: Mapping[str, int]) -> None:
        self.texts, self.referred, self.rank = texts, referred, rank
        self.atoms = [atom for text in texts for atom in _flat_atoms(text, referred)]
        self.found: set[str] = set()

    def possible(self, box: Box) -> Answers:
        self._split(self._domain(box))
        return frozenset(self.found)

    def _domain(self, box: Box) -> Domain:
        compared = {atom.metric for atom in self.atoms if isinstance(atom, Compare)}
        sources = {source for metric in compared for source in DERIVED.get(metric, ())}
        return Domain(
            metrics={metric: _piece(box, metric) for metric in sorted((compared - set(DERIVED)) | sources)},
            facts={atom.fact: self._values(box, atom.fact) for atom in self.atoms if isinstance(atom, Member)},
            readings={},
            texts=self.referred,
        )

    def _values(self, box: Box, fact: str) -> frozenset[str]:
        """Return the values that are open; of those that no atom tells apart, one stands for all."""
        about = [atom for atom in self.atoms if isinstance(atom, Member) and atom.fact == fact]
        values = box.fact(fact).values
        if values is None:
            named = {value for atom in about for value in (*atom.members, *(member for member, _ in atom.uncertain))}
            values = frozenset(named | {OTHER})
        return frozenset({_signature(about, value): value for value in sorted(values)}.values())

    def _split(self, domain: Domain) -> None:
        combined: set[str] = {NOTHING}
        for text in self.texts:
            answers, blocking = answers_of(text, domain)
            if blocking is not None:
                for part in self._parts(domain, blocking):
                    self._split(part)
                return
            options = answers or (NOTHING,)
            combined = {max(pair, key=self.rank.__getitem__) for pair in product(combined, options)}
        self.found |= combined

    def _parts(self, domain: Domain, atom: Atom) -> list[Domain]:
        assert not isinstance(atom, Is)
        if isinstance(atom, Compare):
            return self._metric_parts(domain, atom)
        for _, reading in atom.uncertain:
            if reading not in domain.readings and any(
                dict(atom.uncertain).get(value) == reading for value in domain.facts[atom.fact]
            ):
                return [domain.with_reading(reading, followed) for followed in (True, False)]
        return [domain.with_fact(atom.fact, frozenset({value})) for value in sorted(domain.facts[atom.fact])]

    def _metric_parts(self, domain: Domain, atom: Compare) -> list[Domain]:
        """Cut a metric; a derived one only once its numerator is cut no further: then all pairs are reachable."""
        if atom.metric in DERIVED:
            source = DERIVED[atom.metric][0]
            for other in self.atoms:
                if isinstance(other, Compare) and other.metric == source:
                    parts = _cut(domain, source, Fraction(other.param.value))
                    if len(parts) > 1:
                        return parts
        return _cut(domain, atom.metric, Fraction(atom.param.value))


def _signature(about: list[Member], value: str) -> tuple[tuple[bool, str | None], ...]:
    """Return how every atom about a fact takes one value of it."""
    return tuple((value in atom.members, dict(atom.uncertain).get(value)) for atom in about)


def _cut(domain: Domain, metric: str, threshold: Fraction) -> list[Domain]:
    piece = domain.piece(metric)
    return [] if piece is None else [domain.with_metric(metric, part) for part in piece.cut(threshold)]


def _piece(box: Box, metric: str) -> Piece | None:
    state = box.figure(metric)
    return Piece(state.lo, state.hi) if isinstance(state, Interval) else None


def _closer_figures(atoms: list[Compare | Member], box: Box) -> dict[str, list[Box]]:
    thresholds: dict[str, set[Fraction]] = {}
    for atom in atoms:
        if isinstance(atom, Compare):
            if atom.metric in DERIVED:
                numerator, denominator = DERIVED[atom.metric]
                thresholds.setdefault(numerator, set())
                marks = thresholds.setdefault(denominator, set())
                top = box.figure(numerator)
                if isinstance(top, Interval):
                    marks.add(top.lo / Fraction(atom.param.value))
            else:
                thresholds.setdefault(atom.metric, set()).add(Fraction(atom.param.value))
    closer = {}
    for metric, marks in thresholds.items():
        state = box.figure(metric)
        if isinstance(state, Interval) and not state.exact:
            points = _points(Piece(state.lo, state.hi), marks)
            closer[metric] = [replace(box, figures={**box.figures, metric: Interval(lo=at, hi=at)}) for at in points]
    return closer


def _points(piece: Piece, thresholds: set[Fraction]) -> list[Fraction]:
    """Return one point of every part into which the thresholds cut the piece."""
    parts = [piece]
    for threshold in sorted(thresholds):
        parts = [smaller for part in parts for smaller in part.cut(threshold)]
    return [part.lo + 1 if part.hi is None else (part.lo + part.hi) / 2 for part in parts]


def _closer_facts(atoms: list[Compare | Member], box: Box) -> dict[str, list[Box]]:
    closer: dict[str, list[Box]] = {}
    for fact in {atom.fact for atom in atoms if isinstance(atom, Member)}:
        values = box.fact(fact).values
        if values is None:
            about = [atom for atom in atoms if isinstance(atom, Member) and atom.fact == fact]
            values = frozenset({value for atom in about for value in atom.members} | {OTHER})
        if len(values) > 1:
            closer[fact] = [
                replace(box, facts={**box.facts, fact: Fact(values=frozenset({value}))}) for value in sorted(values)
            ]
    return closer

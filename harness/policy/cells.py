"""The engine: the exact set of answers that the evidence leaves possible.

On one day the law is piecewise constant over the figures and facts it reads. The engine splits the evidence at the
thresholds it touches, and nowhere else, until every part has one answer. No part that the evidence cannot reach is
looked at: a density follows from its TPP and area until TPP is cut no further.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from itertools import product

from harness.model.quantity import FigureState, Interval
from harness.policy.box import Box, Fact, Piece
from harness.policy.language import AllOf, Compare, Member
from harness.policy.law import Text
from harness.policy.narrowing import narrowed
from harness.policy.splitting import (
    Flat,
    alike,
    axes,
    base_metrics,
    by_fact,
    domain_of,
    flat_atoms,
    parts_of,
    signature,
)
from harness.policy.truth import Domain, answers_of, truth_of
from harness.policy.vocabulary import DERIVED, SUMS

Answers = frozenset[str]
NOTHING = ""  # No provision of the group applies.


class Question:
    """Some texts in force together, and the order in which their answers grow stricter."""

    def __init__(self, texts: Iterable[Text], referred: Mapping[str, Text | None], order: tuple[str, ...]) -> None:
        self.texts = tuple(texts)
        self.referred = referred
        self.rank = {answer: n for n, answer in enumerate((NOTHING, *order))}
        self._atoms = list(dict.fromkeys(flat_atoms(self.texts, referred)))
        self._by_fact = by_fact(self._atoms)
        self._bases = base_metrics(self._atoms)
        self._alone: dict[str, Question] = {}

    def possible(self, box: Box) -> Answers:
        """Return every answer that some point of the box gives; NOTHING stands for "no provision applies"."""
        here = self.within(box)
        return here.over(here._pieces(box), box.facts)

    def within(self, box: Box) -> "Question":
        """Return the question as far as the box leaves it open; in it and in its parts the answers are the same.

        Texts that hung together by what the box decides fall apart, and are split one by one.
        """
        domain = domain_of(self._atoms, self._pieces(box), box.facts, self.referred)
        texts, referred = narrowed(list(self.texts), domain)
        return Question(texts, referred, tuple(self.rank)[1:])

    def _pieces(self, box: Box) -> dict[str, Piece | None]:
        return {metric: box.piece(metric) for metric in self._bases}

    def over(self, pieces: Mapping[str, Piece | None], facts: Mapping[str, Fact]) -> Answers:
        """Return every answer that some point of these pieces and facts gives.

        Args:
            pieces: What is open for each figure that the texts read, None where it is absent; of a derived metric
                either its own piece, or those of its sources.
            facts: What is open for each fact; one that is not there is open in full.
        """
        return self._together(self._by_group(pieces, facts))

    def _by_group(
        self, pieces: Mapping[str, Piece | None], facts: Mapping[str, Fact], most: list[Answers] | None = None
    ) -> list[Answers]:
        """Return the answers of every group of texts; `most` are those that each can have at most."""
        found = []
        for n, (texts, atoms) in enumerate(self._groups):
            domain = domain_of(atoms, pieces, facts, self.referred)
            # What certainly applies says most, and first.
            ordered = sorted(texts, key=lambda text: truth_of(text.scope, domain)[0] is not True)
            splitter = _Splitter(ordered, atoms, self.rank, None if most is None else most[n])
            splitter.split(domain)
            found.append(frozenset(splitter.found))
        return found

    def _together(self, groups: Iterable[Answers]) -> Answers:
        found: Answers = frozenset({NOTHING})
        for answers in groups:
            found = strictest(found, answers, self.rank)
        return found

    def under(self, facts: Mapping[str, Fact]) -> "Question":
        """Return the question without the texts that do not apply under these facts, whatever the figures."""
        anything = {metric: Piece(Fraction(0), None) for metric in self._bases}
        domain = domain_of(self.atoms(), anything, facts, self.referred)
        kept = [text for text in self.texts if truth_of(text.scope, domain)[0] is not False]
        return Question(kept, self.referred, tuple(self.rank)[1:])

    def strictest_of(self, text: Text, box: Box) -> int:
        """Return the rank of the strictest answer that one of the texts can give by itself."""
        if text.provision not in self._alone:
            self._alone[text.provision] = Question([text], self.referred, tuple(self.rank)[1:])
        return max(self.rank[answer] for answer in self._alone[text.provision].possible(box))

    def atoms(self) -> list[Flat]:
        """Return every comparison and membership that the texts read, also through other provisions."""
        return self._atoms

    def what_matters(self, box: Box) -> tuple[str, ...]:
        """Return the open figures and facts of which closer knowledge could leave fewer answers, in order of name."""
        here = self.within(box)
        now = here._by_group(here._pieces(box), box.facts)
        closer = {**_closer_figures(here.atoms(), box), **_closer_facts(here.atoms(), box)}

        def narrows(nearer: Box) -> bool:
            found = here._by_group(here._pieces(nearer), nearer.facts, now)
            return here._together(found) < here._together(now)

        return tuple(name for name in sorted(closer) if any(map(narrows, closer[name])))

    def facts(self) -> frozenset[str]:
        """Return the name of every fact that the texts read, also through other provisions."""
        return frozenset(self._by_fact)

    def seen_as(self, fact: str, values: frozenset[str] | None) -> object:
        """Return what the texts see of some values of a fact: equal for values that no text tells apart."""
        about = self._by_fact.get(fact, [])
        return None if values is None else frozenset(signature(about, value) for value in values)

    def what_is_open(self, box: Box) -> tuple[str, ...]:
        """Return every open figure and fact that the texts read, in order of name."""
        atoms = self.atoms()
        return tuple(sorted({**_closer_figures(atoms, box), **_closer_facts(atoms, box)}))

    @cached_property
    def _groups(self) -> list[tuple[list[Text], list[Flat]]]:
        """The texts in groups that share an axis, with their atoms: only these must be split together."""
        groups: list[tuple[set[str], list[Text], list[Flat]]] = []
        for text in self.texts:
            # A definition that is used twice brings its atoms twice.
            atoms = list(dict.fromkeys(flat_atoms([text], self.referred)))
            shared, members, apart = set(axes(atoms)), [text], []
            for other in groups:
                if other[0] & shared:
                    shared, members, atoms = shared | other[0], other[1] + members, other[2] + atoms
                else:
                    apart.append(other)
            groups = [*apart, (shared, members, atoms)]
        return [(members, atoms) for _, members, atoms in groups]


def strictest(one: Iterable[str], other: Iterable[str], rank: Mapping[str, int]) -> Answers:
    """Return the answers of two questions that are asked together: of every pair, the stricter one."""
    return frozenset(max(pair, key=rank.__getitem__) for pair in product(one, other))


class _Splitter:
    def __init__(
        self, texts: list[Text], atoms: list[Flat], rank: Mapping[str, int], most: Answers | None = None
    ) -> None:
        self.texts, self.atoms, self.rank, self.most = texts, atoms, rank, most
        self.found: set[str] = set()
        # All that each text could ever answer.
        self.options = [frozenset({NOTHING, *text.otherwise}.union(*(row.then for row in text.rows))) for text in texts]
        self.strictest = [max(map(rank.__getitem__, options)) for options in self.options]

    def split(self, domain: Domain, first: int = 0, combined: Answers = frozenset({NOTHING})) -> None:
        """Follow the texts from `first` on; `combined` is what those before them answer over the whole domain."""
        if self.most is not None and self.found >= self.most:
            return
        for n in range(first, len(self.texts)):
            least = min(map(self.rank.__getitem__, combined))
            if self.strictest[n] <= least:
                continue  # What it answers cannot show.
            answers, blocking = answers_of(self.texts[n], domain)
            if blocking is not None:
                if not self._found_already(combined, n, domain):
                    for part in parts_of(domain, blocking, self.atoms):
                        self.split(part, n, combined)
                return
            combined = strictest(combined, answers or (NOTHING,), self.rank)
        self.found |= combined

    def _found_already(self, combined: Answers, open_from: int, domain: Domain) -> bool:
        """Return whether nothing new can come of this part, whatever the texts from this one on answer."""
        text, options = self.texts[open_from], self.options[open_from]
        if _always_answers(text) and truth_of(text.scope, domain)[0]:
            options -= {NOTHING}
        combined = strictest(combined, options, self.rank)
        for options in self.options[open_from + 1 :]:
            if not combined <= self.found:
                return False
            combined = strictest(combined, options, self.rank)
        return combined <= self.found


def _always_answers(text: Text) -> bool:
    """Return whether a text answers wherever it applies."""
    return bool(text.otherwise) or any(row.when == AllOf(()) for row in text.rows)


def _closer_figures(atoms: list[Flat], box: Box) -> dict[str, list[Box]]:
    thresholds: dict[str, set[Fraction]] = {}
    for atom in atoms:
        if isinstance(atom, Compare):
            if atom.metric in SUMS:
                one, other = DERIVED[atom.metric]
                for source, beside in ((one, other), (other, one)):
                    marks = thresholds.setdefault(source, set())
                    term = box.figure(beside)
                    marks |= {atom.param.exact - end for end in _ends(term) if end <= atom.param.exact}
            elif atom.metric in DERIVED:
                numerator, denominator = DERIVED[atom.metric]
                thresholds.setdefault(numerator, set())
                marks = thresholds.setdefault(denominator, set())
                top = box.figure(numerator)
                if isinstance(top, Interval):
                    marks.add(top.lo / atom.param.exact)
            else:
                thresholds.setdefault(atom.metric, set()).add(atom.param.exact)
    closer = {}
    for metric, marks in thresholds.items():
        state = box.figure(metric)
        if isinstance(state, Interval) and not state.exact:
            points = _points(Piece(state.lo, state.hi), marks)
            closer[metric] = [replace(box, figures={**box.figures, metric: Interval(lo=at, hi=at)}) for at in points]
    return closer


def _ends(state: FigureState) -> list[Fraction]:
    """Return the ends of what a term can be; one that does not exist adds nothing."""
    if not isinstance(state, Interval):
        return [Fraction(0)]
    return [end for end in (state.lo, state.hi) if end is not None]


def _points(piece: Piece, thresholds: set[Fraction]) -> list[Fraction]:
    """Return one point of every part into which the thresholds cut the piece."""
    parts = [piece]
    for threshold in sorted(thresholds):
        parts = [smaller for part in parts for smaller in part.cut(threshold)]
    return [part.lo + 1 if part.hi is None else (part.lo + part.hi) / 2 for part in parts]


def _closer_facts(atoms: list[Flat], box: Box) -> dict[str, list[Box]]:
    closer: dict[str, list[Box]] = {}
    for fact in {atom.fact for atom in atoms if isinstance(atom, Member)}:
        about = [atom for atom in atoms if isinstance(atom, Member) and atom.fact == fact]
        # One value of each class that no text tells apart.
        values = alike(about, box.fact(fact).values)
        if len(values) > 1:
            closer[fact] = [
                replace(box, facts={**box.facts, fact: Fact(values=frozenset({value}))}) for value in sorted(values)
            ]
    return closer

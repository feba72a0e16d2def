"""What a change of the law changes: every part of the evidence for which old and new answers differ, and no other.

Both laws are split together, at the atom that leaves open whether they differ. Where what is left of the two texts
is the same, nothing differs and nothing more is cut: a conjunction of n facts makes n + 1 parts and not 2^n.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from harness.policy.box import Box, Fact, Piece
from harness.policy.cells import NOTHING, Answers, Question, strictest
from harness.policy.derived import derived_piece
from harness.policy.language import Compare, Member
from harness.policy.law import Text
from harness.policy.merging import Extents, merged
from harness.policy.narrowing import within
from harness.policy.residual import Residual, residual
from harness.policy.splitting import alike, base_metrics, by_fact, domain_of, parts_of
from harness.policy.telling import telling_parts
from harness.policy.truth import OTHER, Domain, answers_of
from harness.policy.vocabulary import DERIVED, values_of
from harness.policy.witness import Witness, witness_in

# Readings share the names of axes with metrics and facts; no fact has this prefix.
_READING = "reading:"
_WAYS = {True: "followed", False: "not followed"}
_EITHER_WAY = frozenset(_WAYS.values())
_WHOLE = Piece(Fraction(0), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A box in which the old law gives one set of answers at every point, and the new law another.

    Args:
        pieces: What each metric lies in, None where it is absent; a derived metric where the box narrows it, and then
            together with its sources: the box holds the points whose ratio lies in its piece.
        facts: The values of each fact that either law reads; OTHER stands for all that neither law names.
        readings: The readings under which the answers differ, followed (True) or not; the others do not matter here.
        old: The old law's answers; NOTHING stands for "no provision applies".
        new: The new law's answers.
        witness: One point of the box.
    """

    pieces: Mapping[str, Piece | None]
    facts: Mapping[str, frozenset[str]]
    readings: Mapping[str, bool]
    old: Answers
    new: Answers
    witness: Witness


def difference(old: Question, new: Question, box: Box) -> tuple[Change, ...]:
    """Return everything that differs between two laws, as disjoint boxes.

    A reading counts as the same wherever it has the same name: answers are compared under the same readings.

    Args:
        old: The old law.
        new: The new law, with the same answers in the same order.
        box: What is assumed; every other figure and fact is open.

    Raises:
        ValueError: The two laws order their answers differently.
    """
    found = _compared(old, new, box)
    return tuple(found.change(extents, *label) for extents, label in merged(found.boxes()))


def first_change(old: Question, new: Question, box: Box) -> Change | None:
    """Return one change, or None where two laws do not differ; for arguments and errors see `difference`."""
    found = _compared(old, new, box)
    return next((found.change(extents, *label) for extents, label in found.boxes()), None)


def kinds_of_change(old: Question, new: Question, box: Box) -> tuple[Change, ...]:
    """Return one change for each pair of answers that turns into another, without the room that it takes.

    For arguments and errors see `difference`; this holds few boxes at a time, however many there are.
    """
    return tuple(each_kind(old, new, box))


def each_kind(old: Question, new: Question, box: Box) -> Iterator[Change]:
    """Yield what `kinds_of_change` returns, each as soon as it is met."""
    found = _compared(old, new, box)
    first: dict[Label, Extents] = {}
    found.told = first.keys()
    for extents, label in found.boxes():
        if label not in first:
            first[label] = extents
            yield found.change(extents, *label)


def _compared(old: Question, new: Question, box: Box) -> "_Comparison":
    if old.rank != new.rank:
        raise ValueError("two laws are compared answer by answer; their answers stand in different orders")
    return _Comparison(old, new, box)


Label = tuple[Answers, Answers]
Pair = tuple[Text | None, Text | None]  # The old and the new text of one provision.


class _Comparison:
    def __init__(self, old: Question, new: Question, box: Box) -> None:
        self.old, self.new, self.rank = old, new, old.rank
        self.atoms = list(dict.fromkeys([*old.atoms(), *new.atoms()]))
        pieces = {metric: box.piece(metric) for metric in base_metrics(self.atoms)}
        self.start = domain_of(self.atoms, pieces, box.facts, old.referred)
        self.classes = {fact: _classes(about, fact, box.fact(fact)) for fact, about in by_fact(self.atoms).items()}
        members = [atom for atom in self.atoms if isinstance(atom, Member)]
        self.readings = sorted({reading for atom in members for _, reading in atom.uncertain})
        # Changes that nobody needs to see again; parts that hold no others are left out.
        self.told: Collection[Label] = ()
        # The same few answers are put together again and again.
        self.known: dict[tuple[Answers, Answers], Answers] = {}
        self.ratios = sorted({atom.metric for atom in self.atoms if isinstance(atom, Compare)} & set(DERIVED))

    def boxes(self) -> Iterator[tuple[Extents, Label]]:
        """Yield the parts that differ as the splitting finds them."""
        before = {text.provision: text for text in self.old.texts}
        after = {text.provision: text for text in self.new.texts}
        pairs = [(before.get(name), after.get(name)) for name in dict.fromkeys([*before, *after])]
        silent = frozenset({NOTHING})
        for domain, label in self._differing(self.start, pairs, [], (silent, silent)):
            yield self._extents(domain), label

    def _differing(
        self, domain: Domain, pairs: list[Pair], same: list[Text], label: Label
    ) -> Iterator[tuple[Domain, Label]]:
        """Split until every text is decided under both laws, or cannot show.

        Args:
            domain: What is open.
            pairs: The texts of which what is left may differ.
            same: The texts that are the same law in all of the domain; they count only as they hide or shift a change.
            label: What the texts that are decided answer together, under the old law and under the new one.
        """
        differ: list[tuple[Pair, Residual, Residual]] = []
        alike = [(text, residual(text, domain, NOTHING)) for text in same]
        for (text, other), old, new in self._residuals(pairs, domain):
            if old == new:
                alike += [] if text is None else [(text, old)]
            elif old.ladder or new.ladder:
                differ.append(((text, other), old, new))
            else:
                label = self._stricter(label[0], old.otherwise), self._stricter(label[1], new.otherwise)
        for _, rest in alike:
            if not rest.ladder:
                label = self._with(label, rest.otherwise)
        least, lowest = (min(map(self.rank.__getitem__, answers)) for answers in label)
        differ = [one for one in differ if self._most(one[1]) > least or self._most(one[2]) > lowest]
        if not differ and label[0] == label[1]:
            return
        alike = [one for one in alike if one[1].ladder and self._most(one[1]) > min(least, lowest)]
        if self.told and self._nothing_new(self._labels(label, differ), [rest for _, rest in alike]):
            return
        if not differ and not alike:
            yield domain, label
        for part in self._cut(domain, differ, alike) if differ or alike else ():
            there = self._by_the_new(part)
            still = [(old and within(old, part), new and within(new, there)) for (old, new), _, _ in differ]
            yield from self._differing(part, still, [within(text, part) for text, _ in alike], label)

    def _cut(self, domain: Domain, differ: list[tuple[Pair, Residual, Residual]],
             alike: list[tuple[Text, Residual]]) -> list[Domain]:  # fmt: skip
        for _, old, new in differ:
            parts = telling_parts(old, new, domain)
            if parts:
                return parts
        for (text, other), old, _ in differ:
            asked = (text, domain) if old.ladder else (other, self._by_the_new(domain))
            return self._parts(domain, *asked)
        return self._parts(domain, alike[0][0], domain)

    def _most(self, rest: Residual) -> int:
        """Return the rank of the strictest answer that may still come."""
        return max(map(self.rank.__getitem__, rest.options()))

    def _nothing_new(self, possible: set[Label], rests: Iterable[Residual]) -> bool:
        """Return whether every change that may come of labels here has been told."""
        for rest in rests:
            if not self._all_told(possible):
                return False
            possible = {self._with(one, more) for one in possible for more in rest.outcomes()}
        return self._all_told(possible)

    def _all_told(self, labels: set[Label]) -> bool:
        return all(old == new or (old, new) in self.told for old, new in labels)

    def _labels(self, label: Label, differ: list[tuple[Pair, Residual, Residual]]) -> set[Label]:
        """Return no fewer labels than texts that differ may come to together."""
        found = {label}
        for _, old, new in differ:
            found = {
                (self._stricter(one, before), self._stricter(other, after))
                for one, other in found for before in old.outcomes() for after in new.outcomes()
            }  # fmt: skip
        return found

    def _stricter(self, one: Answers, other: Answers) -> Answers:
        found = self.known.get((one, other))
        if found is None:
            found = self.known[one, other] = strictest(one, other, self.rank)
        return found

    def _with(self, label: Label, answers: Answers) -> Label:
        old, new = label
        return self._stricter(old, answers), self._stricter(new, answers)

    def _residuals(self, pairs: list[Pair], domain: Domain) -> list[tuple[Pair, Residual, Residual]]:
        there = self._by_the_new(domain)
        return [((old, new), residual(old, domain, NOTHING), residual(new, there, NOTHING)) for old, new in pairs]

    def _by_the_new(self, domain: Domain) -> Domain:
        """Return the domain with what the new law refers to; every domain here has what the old law refers to."""
        return replace(domain, texts=self.new.referred)

    def _parts(self, domain: Domain, text: Text | None, read_in: Domain) -> list[Domain]:
        _, blocking = answers_of(text, read_in)
        assert blocking is not None
        return parts_of(domain, blocking, self.atoms)

    def _extents(self, domain: Domain) -> Extents:
        """Return the part as a box over all axes, in the same order for every part."""
        pieces = {name: domain.metrics[name] for name in self.start.metrics}
        ratios = {name: _as_cut(name, domain) for name in self.ratios}
        facts = {name: self._values(name, values) for name, values in domain.facts.items()}
        readings = {
            _READING + name: frozenset({_WAYS[domain.readings[name]]}) if name in domain.readings else _EITHER_WAY
            for name in self.readings
        }
        return {**pieces, **ratios, **facts, **readings}

    def _values(self, fact: str, values: frozenset[str]) -> frozenset[str]:
        return frozenset().union(*(self.classes[fact][value] for value in values))

    def change(self, extents: Extents, old: Answers, new: Answers) -> Change:
        """Return a merged box with its witness."""
        cut = [*self.start.metrics, *(name for name in self.ratios if extents[name] != _WHOLE)]
        pieces = {name: extent for name in cut if not isinstance(extent := extents[name], frozenset)}
        facts = {name: values for name in self.start.facts if isinstance(values := extents[name], frozenset)}
        readings = {name: extents[_READING + name] == frozenset({_WAYS[True]}) for name in self.readings
                    if extents[_READING + name] != _EITHER_WAY}  # fmt: skip
        witness = witness_in(pieces, facts, readings)
        return Change(pieces=pieces, facts=facts, readings=readings, old=old, new=new, witness=witness)


def _classes(about: list[Member], fact: str, known: Fact) -> dict[str, frozenset[str]]:
    """Return what each value stands for; where the fact's list is closed, also its members that neither law names."""
    classes = alike(about, known.values)
    named = frozenset().union(*classes.values())
    unnamed = frozenset(values_of(fact)) - named
    return {one: found | unnamed if OTHER in found else found for one, found in classes.items()}


def _as_cut(metric: str, domain: Domain) -> Piece:
    """Return the piece of a derived metric as thresholds cut it: an end that its sources make anyway is left out."""
    one, other = (domain.metrics[source] for source in DERIVED[metric])
    piece, whole = domain.metrics.get(metric), derived_piece(metric, one, other)
    if piece is None or whole is None:
        return _WHOLE
    free_below = (piece.lo, piece.lo_closed) == (whole.lo, whole.lo_closed)
    free_above = (piece.hi, piece.hi_closed) == (whole.hi, whole.hi_closed)
    return Piece(
        _WHOLE.lo if free_below else piece.lo,
        _WHOLE.hi if free_above else piece.hi,
        free_below or piece.lo_closed,
        free_above or piece.hi_closed,
    )

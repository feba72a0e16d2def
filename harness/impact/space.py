"""Every case that there could be under two laws: the regions in which the answers differ, each with one chip in it."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations

from harness.decide.assumed import facts_given
from harness.decide.clocks import ClockReading, clock_readings
from harness.decide.lenses import question_of
from harness.impact.buildable import EVERY_CHIP, WHOLE, KnownChip, Limits, nearest
from harness.impact.flips import Comparison
from harness.impact.kinds import kind_of
from harness.impact.moments import ONE_DAY, Moment
from harness.impact.points import ANY_OTHER, answers_at, named
from harness.model.impact import Region, Span
from harness.model.policy import CLOCKS, LensText
from harness.model.quantity import ABSENT, Absent, FigureState, as_text
from harness.model.subject import ProductKind
from harness.policy.box import Box, Fact, Piece
from harness.policy.cells import Answers, Question
from harness.policy.difference import Change, difference, kinds_of_change
from harness.policy.language import Member
from harness.policy.law import Law
from harness.policy.region import order_of
from harness.policy.splitting import base_metrics
from harness.policy.truth import OTHER
from harness.policy.vocabulary import DERIVED
from harness.policy.witness import Witness

Differ = Callable[[Question, Question, Box], tuple[Change, ...]]


# A chip first: what is the same for other kinds of items is told once.
ITEM_KINDS: tuple[ProductKind, ...] = ("integrated-circuit", "memory-stack", "system")


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of chips: those that there are, and within which limits chips are built."""

    chips: Sequence[KnownChip] = ()
    limits: Limits


def regions(asked: Comparison, all_moments: Iterable[Moment], known: Known) -> Iterator[Region]:
    """Yield every region of the figures, and of the facts left open, in which answers differ.

    Args:
        asked: The two laws, and what is assumed of a chip, a memory stack or a system.
        all_moments: The moments of the comparison.
        known: The chips that a region may hold.
    """
    law = asked.both()
    for moment in all_moments:
        for given in asked.places:
            seen: set[object] = set()
            for kind in ITEM_KINDS:
                facts = facts_given(kind, law, asked.assumptions, given)
                asks = moment.asked_under(facts)
                if asks[0] == asks[1] or asks in seen:
                    continue  # Nothing differs under these facts, or the same as of another kind.
                seen.add(asks)
                touched = _touched(moment, facts)
                for figures in _with_absences(moment, facts, kind, touched):
                    box = Box(figures=figures, facts=facts)
                    for region in _regions_at(moment, box, known, difference, seen, touched):
                        yield region if kind == ITEM_KINDS[0] else _of_kind(region, kind)


def _touched(moment: Moment, facts: Mapping[str, Fact]) -> frozenset[str]:
    """Return the provisions that differ and may apply under these facts; what another lens answers always may."""
    found: set[str] = set()
    for texts in (moment.old_texts, moment.new_texts):
        own = [texts[name] for name in moment.differing if name in texts]
        found |= {text.provision for text in own if text.lens != moment.lens}
        found |= {text.provision for text in Question(own, texts, ()).under(facts).texts}
    return frozenset(found)


def _of_kind(region: Region, kind: str) -> Region:
    """Return a region of another kind of item than a chip; what known chips it holds, it holds as no such item."""
    facts = {"product_kind": (kind,), **region.facts}
    return region.model_copy(update={"facts": facts, "witness_facts": {**region.witness_facts, "product_kind": kind},
                                     "chips": ()})  # fmt: skip


def _with_absences(
    moment: Moment, facts: Mapping[str, Fact], kind: str, touched: Collection[str]
) -> Iterator[Mapping[str, FigureState]]:
    """Yield no figures, then one or two that may not exist, of those that the texts that differ read.

    A chip has a TPP; a memory stack has none.
    """
    if not touched and moment.differing:
        return
    read: set[str] = set()
    for texts in (moment.old_texts, moment.new_texts):
        own = [texts[name] for name in touched if name in texts]
        read.update(base_metrics(Question(own, texts, ()).under(facts).atoms()))
    fixed: dict[str, FigureState] = {"tpp": ABSENT} if kind == "memory-stack" else {}
    names = sorted(read - {"tpp"})
    yield fixed
    for absent in (*((name,) for name in names), *combinations(names, 2)):
        yield {**fixed, **dict.fromkeys(absent, ABSENT)}


def regions_everywhere(all_moments: Iterable[Moment], known: Known) -> Iterator[Region]:
    """Yield, for every change of answers that there is under any facts, one region that shows it."""
    for moment in all_moments:
        yield from _regions_at(moment, Box(), known, kinds_of_change, set())


def merged_days(found: Iterable[Region]) -> list[Region]:
    """Return regions with those that go on from one run of days to the next told once."""
    open_ones: dict[object, Region] = {}
    done: list[Region] = []
    for one in found:
        key = (
            one.lens,
            one.to,
            one.before,
            one.after,
            str(one.figures),
            str(one.facts),
            str(one.but),
            str(one.readings),
        )
        last = open_ones.get(key)
        if last is not None and last.last is not None and one.first == last.last + ONE_DAY:
            open_ones[key] = last.model_copy(update={"last": one.last})
            continue
        if last is not None:
            done.append(last)
        open_ones[key] = one
    return sorted([*done, *open_ones.values()], key=lambda one: (one.lens, one.first or date.min))


def _regions_at(
    moment: Moment,
    box: Box,
    known: Known,
    differ: Differ,
    seen: set[object],
    touched: Collection[str] | None = None,
) -> Iterator[Region]:
    """Yield the regions in a box, but for those that were met already and do not ask for what is absent here."""
    lens = moment.old.lenses[moment.lens]
    pairs = list(sides_of(moment, lens))
    for n, (before, after) in enumerate(pairs):
        others = pairs[:n] + pairs[n + 1 :]
        values = _values(before.question, after.question)
        # What the box decides is taken out of the texts once, and not again for every part of it.
        for found in differ(before.question.within(box), after.question.within(box), box):
            change = _with_what_is_absent(found, box)
            old = _joined(lens, before.named(change.old), (_over(one, change, box) for one, _ in others))
            new = _joined(lens, after.named(change.new), (_over(other, change, box) for _, other in others))
            asked = {name: piece for name, piece in change.pieces.items() if piece != WHOLE and name not in box.figures}
            key = (*sorted(asked.items()), *sorted(change.facts.items()), *sorted(change.readings.items()), old, new)
            if old == new or key in seen:
                continue
            if set(box.figures) <= {"tpp"}:
                seen.add(key)
            yield _region(moment, lens, box, change, (old, new), values, known, touched)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a law of a day asks of one lens, and what it answers where it has no text."""

    lens: LensText
    question: Question
    reading: ClockReading | None

    def named(self, answers: Answers) -> tuple[str, ...]:
        """Return answers by their names, in order."""
        return named(self.lens, answers, self.reading)


def sides_of(moment: Moment, lens: LensText) -> Iterator[tuple[Asked, Asked]]:
    """Yield the two laws by each clock that a text follows; where one clock serves, once."""
    old, new = (_by_clock(law, lens, day) for law, day in ((moment.old, moment.old_day), (moment.new, moment.new_day)))
    seen: set[tuple[int, int]] = set()
    for clock in dict.fromkeys([*old, *new]):
        pair = old.get(clock, next(iter(old.values()))), new.get(clock, next(iter(new.values())))
        key = (id(pair[0].question), id(pair[1].question))
        if key not in seen:
            seen.add(key)
            yield pair


def _by_clock(law: Law, lens: LensText, day: date) -> "dict[str, Asked]":
    """Return what a law asks on a day, by clock; where it has no text, that once."""
    readings = clock_readings(law, lens.id, dict.fromkeys(CLOCKS, day))
    if not any(one.texts for one in readings):
        nothing = Question((), {}, order_of(lens))
        return {"": Asked(lens=lens, question=nothing, reading=readings[0] if readings else None)}
    return {one.clock: Asked(lens=lens, question=question_of(law, lens, one), reading=one) for one in readings}


def _with_what_is_absent(change: Change, box: Box) -> Change:
    """Return a region with the figures that do not exist in the box; its texts may ask for them no more."""
    if not box.figures:
        return change
    witness = replace(change.witness, figures={**change.witness.figures, **dict.fromkeys(box.figures, ABSENT)})
    return replace(change, pieces={**change.pieces, **dict.fromkeys(box.figures)}, witness=witness)


def _joined(lens: LensText, answers: Iterable[str], others: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """Return the answers by every clock together, in order: where the law is silent on the clock, each counts."""
    found = {*answers, *(answer for one in others for answer in one)}
    return tuple(answer for answer in order_of(lens) if answer in found)


def _over(side: Asked, change: Change, box: Box) -> tuple[str, ...]:
    """Return what a side answers by another clock, somewhere in a region that was cut by the first."""
    facts = {**box.facts, **{name: Fact(values=values) for name, values in change.facts.items() if OTHER not in values}}
    pieces = {name: change.pieces.get(name, WHOLE) for name in base_metrics(side.question.atoms())}
    return side.named(side.question.over(pieces, facts))


def _region(
    moment: Moment,
    lens: LensText,
    box: Box,
    change: Change,
    answers: tuple[tuple[str, ...], ...],
    values: Mapping[str, frozenset[str]],
    known: Known,
    touched: Collection[str] | None,
) -> Region:
    old, new = answers
    witness, unlike, inside = nearest(change, values, known.chips, known.limits)
    return Region.model_construct(
        kind=kind_of(old, new, order_of(lens)),
        lens=lens.id,
        to=_only(box.fact("end_user_country")),
        first=moment.first,
        last=moment.last,
        before=old,
        after=new,
        figures={name: _span(piece) for name, piece in change.pieces.items() if piece != WHOLE},
        facts={name: tuple(sorted(found)) for name, found in change.facts.items() if _narrows(name, found, box)},
        but={
            name: tuple(sorted(left))
            for name, found in change.facts.items()
            if OTHER in found and (left := values.get(name, frozenset()) - found)
        },
        readings=dict(change.readings),
        witness={
            name: None if isinstance(at, Absent) else as_text(at)
            for name, at in witness.figures.items()
            if _tells(name, change)
        },
        witness_facts={name: ANY_OTHER if at == OTHER else at for name, at in witness.facts.items()},
        unlike=unlike,
        chips=inside,
        causes=moment.causes(_answers_at(lens, box, witness), touched),
    )


def _values(*questions: Question) -> dict[str, frozenset[str]]:
    """Return every value that the texts name, per fact."""
    found: dict[str, set[str]] = {}
    for question in questions:
        for atom in question.atoms():
            if isinstance(atom, Member):
                found.setdefault(atom.fact, set()).update(atom.members, dict(atom.uncertain))
    return {fact: frozenset(values) for fact, values in found.items()}


def _answers_at(lens: LensText, box: Box, witness: Witness) -> Callable[[Law, date], tuple[str, ...]]:
    """Return what tells the answers of a law at a witness."""
    at = witness.box()
    here = Box(figures=at.figures, facts={**box.facts, **at.facts})
    return lambda law, day: answers_at(law, lens, day, here)


def _only(fact: Fact) -> str | None:
    return next(iter(fact.values)) if fact.values is not None and len(fact.values) == 1 else None


def _span(piece: Piece | None) -> Span | None:
    if piece is None:
        return None
    return Span.model_construct(
        lo=as_text(piece.lo),
        lo_closed=piece.lo_closed,
        hi=None if piece.hi is None else as_text(piece.hi),
        hi_closed=piece.hi_closed,
    )


def _tells(figure: str, change: Change) -> bool:
    """Return whether a figure of a witness is worth telling: what the region asks for, and what every chip has."""
    asked = {name for name, piece in change.pieces.items() if piece != WHOLE}
    sources = {source for name in asked for source in DERIVED.get(name, ())}
    return figure in asked | sources | EVERY_CHIP


def _narrows(fact: str, values: frozenset[str], box: Box) -> bool:
    """Return whether a region says more of a fact than what was given of it."""
    given = box.fact(fact).values
    return OTHER not in values and (given is None or values < given)

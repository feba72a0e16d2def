"""Known chips under two laws: each one whose answers change, on which days, by which provision, and by how much."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from harness.decide.assumed import facts_given
from harness.decide.classification import Item, item_under, possible_on
from harness.impact.kinds import kind_of
from harness.impact.moments import ONE_DAY, Asks, LawSide, Moment, moments
from harness.model.assumption import AssumedFact
from harness.model.impact import Cause, Flip, Headroom
from harness.model.subject import ProductKind, Subject
from harness.model.verdict import Assumption
from harness.policy.box import Box
from harness.policy.law import Law, Text
from harness.policy.region import order_of, referred_on
from harness.policy.trace import Criterion, trace

ItemOf = Callable[[Law], Item]
# Moments, each with the provisions that differ for an item then.
Touched = Sequence[tuple[Moment, frozenset[str]]]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two laws, and what is asked of both.

    Args:
        old: The law before.
        new: The law after; both have a day, or neither has.
        lenses: The lenses to ask; each is one of both laws.
        assumptions: What is assumed of a chip where nothing is given.
        places: What is given instead, once for each place that is asked about.
    """

    old: LawSide
    new: LawSide
    lenses: tuple[str, ...]
    assumptions: tuple[AssumedFact, ...]
    places: tuple[Mapping[str, str], ...] = ({},)
    _made: dict[object, Touched] = field(default_factory=dict, compare=False, repr=False)

    def moments(self) -> list[Moment]:
        """Return every moment at which some lens may answer otherwise."""
        return [moment for lens in self.lenses for moment in moments(self.old, self.new, lens)]

    def moments_of_law(self) -> list[Moment]:
        """Return those of every lens that reads law, as a report is judged by them all."""
        both = (lens for lens in self.old.law.lenses.values() if lens.id in self.new.law.lenses)
        return [one for lens in both if lens.basis == "law" for one in moments(self.old, self.new, lens.id)]

    def item_of(self, subject: Subject, given: Mapping[str, str]) -> tuple[ItemOf, list[Assumption]]:
        """Return an item with every fact that either law reads, and the record of what is assumed of it."""
        return item_under(subject, self.assumptions, given, self.both())

    def that_may_differ(self, found: Sequence[Moment], kind: ProductKind, given: Mapping[str, str]) -> Touched:
        """Return the moments that can matter to an item of this kind in a place, each with the provisions that do.

        A list may change for other places only.
        """
        key = (kind, tuple(sorted(given.items())), len(found))
        if key not in self._made:
            facts = facts_given(kind, self.both(), self.assumptions, given)
            known = {name: fact for name, fact in facts.items() if fact.values is not None}
            under = [(one, one.asked_under(known)) for one in found]
            self._made[key] = [(one, _unlike(*both)) for one, both in under if both[0] != both[1]]
        return self._made[key]

    def both(self) -> Law:
        """Return the old law with the facts of both."""
        return replace(self.old.law, facts=tuple(dict.fromkeys([*self.old.law.facts, *self.new.law.facts])))


def _unlike(old: Asks, new: Asks) -> frozenset[str]:
    """Return the provisions of which the two laws ask something else."""
    before, after = dict(old[1]), dict(new[1])
    return frozenset(name for name in {**before, **after} if before.get(name) != after.get(name))


def flips_of_chips(
    asked: Comparison, subjects: Iterable[Subject], found: Sequence[Moment] | None = None
) -> Iterator[Flip]:
    """Yield every change of the answers for known chips.

    Args:
        asked: The two laws.
        subjects: The chips.
        found: The moments of the comparison, where they are known already.
    """
    all_moments = asked.moments() if found is None else found
    for subject in subjects if all_moments else ():
        for given in asked.places:
            may = asked.that_may_differ(all_moments, subject.kind, given)
            yield from _flips_of(asked, subject, given, may)


def _flips_of(asked: Comparison, subject: Subject, given: Mapping[str, str], may: Touched) -> Iterator[Flip]:
    item_of, records = asked.item_of(subject, given)
    to = next((one.value for one in records if one.fact == "to"), None)
    last: Flip | None = None
    for moment, among in may:
        flip = _flip_at(moment, among, item_of, subject.id, to)
        if flip is not None and last is not None and _goes_on(last, flip):
            last = last.model_copy(update={"last": flip.last})
            continue
        if last is not None:
            yield last
        last = flip
    if last is not None:
        yield last


def _goes_on(one: Flip, other: Flip) -> bool:
    """Return whether one flip is what another was, on the days that follow."""
    after = one.first is not None and one.last is not None and one.last + ONE_DAY == other.first
    return after and (one.lens, one.before, one.after) == (other.lens, other.before, other.after)


def _flip_at(moment: Moment, among: frozenset[str], item_of: ItemOf, subject: str, to: str | None) -> Flip | None:
    lens = moment.old.lenses[moment.lens]

    def answers(law: Law, day: date) -> tuple[str, ...]:
        return possible_on(law, lens, day, item_of(law))

    before, after = answers(moment.old, moment.old_day), answers(moment.new, moment.new_day)
    if before == after:
        return None
    causes = moment.causes(answers, among)
    item = item_of(moment.old)
    boxes = [item.box(reading, one) for one in item.every() for reading in one.declared.readings]
    old, new = headroom(moment, causes, boxes)
    return Flip.model_construct(
        kind=kind_of(before, after, order_of(lens)),
        subject="chip",
        id=subject,
        to=to,
        lens=lens.id,
        first=moment.first,
        last=moment.last,
        before=before,
        after=after,
        causes=causes,
        headroom_before=old,
        headroom_after=new,
    )


# --- By how much --------------------------------------------------------------------------------------------------


def headroom(
    moment: Moment, causes: Iterable[Cause], boxes: Sequence[Box]
) -> tuple[tuple[Headroom, ...], tuple[Headroom, ...]]:
    """Return the comparisons that the causing texts make, before and after; what both make alike is left out."""
    names = [one.provision for one in causes]
    old = _compared(moment.old, moment.old_day, moment.old_texts, names, boxes)
    new = _compared(moment.new, moment.new_day, moment.new_texts, names, boxes)
    told_by_both = {_said(one) for one in old} & {_said(one) for one in new}
    if len(told_by_both) == len({*map(_said, old), *map(_said, new)}):
        return old, new
    return tuple(one for one in old if _said(one) not in told_by_both), tuple(
        one for one in new if _said(one) not in told_by_both
    )


def _said(one: Headroom) -> tuple[str, str]:
    return one.got, one.need


def _compared(
    law: Law, day: date, texts: Mapping[str, Text], names: Iterable[str], boxes: Sequence[Box]
) -> tuple[Headroom, ...]:
    found: dict[tuple[str, str], Headroom] = {}
    for text in (texts[name] for name in names if name in texts):
        referred, order = referred_on(law, [text], day), order_of(law.lenses[text.lens])
        for box in boxes:
            for one in trace(text, box, referred, order):
                if one.unit is not None:
                    found.setdefault((one.got, one.need), _headroom(one))
    return tuple(found.values())


def _headroom(one: Criterion) -> Headroom:
    return Headroom.model_construct(
        constant=one.id, got=one.got, need=one.need, unit=one.unit, margin=one.margin, cite=one.cite
    )

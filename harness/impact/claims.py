"""What a change allows that nobody claimed: answers that grow laxer, or stricter, outside what instruments claim."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from harness.impact.flips import Comparison
from harness.impact.kinds import grows_laxer, grows_stricter
from harness.impact.moments import LawSide, Moment
from harness.impact.space import Known, regions, regions_everywhere
from harness.model.impact import Region
from harness.model.policy import InstrumentText
from harness.policy.law import Law
from harness.policy.region import order_of
from harness.policy.timeline import compile_law

Grows = Callable[[Sequence[str], Sequence[str], Sequence[str]], bool]
Claim = tuple[str, date, tuple[str, str]]
FORBIDS: Mapping[str, Grows] = {
    "laxer": grows_laxer,
    "stricter": grows_stricter,
    "any": lambda _before, _after, _order: True,
}


def unclaimed(asked: Comparison, known: Known, forbid: str) -> Iterator[Region]:
    """Yield the forbidden changes of answers that no instrument claims, whatever the facts.

    What a new instrument claims is held against the law with that instrument and nothing else changed; whatever
    differs beyond that is claimed by nobody. Of two days of one law, the instruments that act between them claim.

    Args:
        asked: The two laws.
        known: The chips that a region may hold.
        forbid: A key of FORBIDS.
    """
    old, new = asked.old, asked.new
    claims = list(_claims(old, new))
    between = replace(asked, new=LawSide(name=new.name, law=_with_new(old.law, new.law), day=new.day))
    yield from _found(between, known, FORBIDS[forbid], claims)
    if between.new.law is not new.law:
        beyond = replace(asked, old=LawSide(name=new.name, law=between.new.law, day=new.day))
        yield from _found(beyond, known, FORBIDS[forbid], ())


def _found(asked: Comparison, known: Known, grows: Grows, claims: Sequence[Claim]) -> Iterator[Region]:
    """Yield what grows so under the facts that are assumed, and one example of all else that does."""
    for moment in asked.moments():
        order = order_of(moment.old.lenses[moment.lens])
        allowed = _reached([change for lens, on, change in claims if lens == moment.lens and on <= moment.new_day])
        seen: set[tuple[str, str]] = set()
        for region in _regions(asked, moment, known):
            change = (" or ".join(region.before), " or ".join(region.after))
            example = not region.to
            if grows(region.before, region.after, order) and change not in allowed and not (example and change in seen):
                seen.add(change)
                yield region


def _regions(asked: Comparison, moment: Moment, known: Known) -> Iterator[Region]:
    yield from regions(asked, [moment], known)
    yield from (one.model_copy(update={"to": None}) for one in regions_everywhere([moment], known))


def _with_new(old: Law, new: Law) -> Law:
    """Return the old law with the instruments that only the new one has; the new one where that is all there is."""
    added = [text for text in new.source.instruments if text.instrument not in old.instruments]
    same = {text.instrument: text for text in old.source.instruments}
    if all(same.get(text.instrument) in (None, text) for text in new.source.instruments) and len(
        new.source.instruments
    ) == len(same) + len(added):
        return new
    files = replace(old.source, instruments=(*old.source.instruments, *added), checked=True, facts=None)
    return replace(compile_law(files, new.selection), names=new.names)


def _claims(old: LawSide, new: LawSide) -> Iterator[Claim]:
    """Yield the changes that instruments claim which the new law has and the old one has not: lens, day, and change."""
    for text in new.law.instruments.values():
        for effect in text.effects if text.instrument in new.law.selected else ():
            if effect.provision is None and _is_new(text, effect.on, old, new):
                for said in effect.changes:
                    before, _, after = said.partition(" -> ")
                    yield effect.lens, effect.on, (before, after)


def _is_new(text: InstrumentText, on: date, old: LawSide, new: LawSide) -> bool:
    """Return whether an act of this day separates the two laws; an edited instrument claims nothing of its edit."""
    if text.instrument in old.law.selected:
        return old.day is not None and new.day is not None and old.day < on <= new.day
    return True


def _reached(claims: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return every change that claims make one after the other."""
    found = set(claims)
    while True:
        more = {(one, last) for one, middle in found for other, last in found if middle == other} - found
        if not more:
            return found
        found |= more

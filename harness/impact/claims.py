"""What a change allows that nobody claimed: answers that grow laxer, or stricter, outside what instruments claim."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date

from harness.impact.flips import Comparison
from harness.impact.kinds import grows_laxer, grows_stricter
from harness.impact.moments import LawSide, Moment
from harness.impact.space import Known, regions_everywhere
from harness.model.impact import Region
from harness.model.policy import InstrumentText
from harness.policy.region import order_of

Grows = Callable[[Sequence[str], Sequence[str], Sequence[str]], bool]
FORBIDS: Mapping[str, Grows] = {
    "laxer": grows_laxer,
    "stricter": grows_stricter,
    "any": lambda _before, _after, _order: True,
}


def unclaimed(asked: Comparison, all_moments: Iterable[Moment], known: Known, forbid: str) -> Iterator[Region]:
    """Yield one region for each forbidden change of answers that no instrument claims, whatever the facts.

    Args:
        asked: The two laws.
        all_moments: The moments of the comparison.
        known: The chips that a region may hold.
        forbid: A key of FORBIDS.
    """
    claims = list(_claims(asked.old, asked.new))
    for moment in all_moments:
        order = order_of(moment.old.lenses[moment.lens])
        allowed = _reached([one for lens, one in claims if lens == moment.lens])
        for region in regions_everywhere([moment], known):
            if FORBIDS[forbid](region.before, region.after, order) and not _claimed(region, allowed):
                yield region


def _claims(old: LawSide, new: LawSide) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield the changes that instruments claim which the new law has and the old one has not, by lens."""
    for text in new.law.instruments.values():
        for effect in text.effects if text.instrument in new.law.selected else ():
            if effect.provision is None and _is_new(text, effect.on, old, new):
                for said in effect.changes:
                    before, _, after = said.partition(" -> ")
                    yield effect.lens, (before, after)


def _is_new(text: InstrumentText, on: date, old: LawSide, new: LawSide) -> bool:
    """Return whether an act of this day separates the two laws; an edited instrument claims nothing of its edit."""
    if text.instrument in old.law.selected:
        return old.day is not None and new.day is not None and old.day < on <= new.day
    return new.day is None or on <= new.day


def _reached(claims: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return every change that claims make one after the other."""
    found = set(claims)
    while True:
        more = {(one, last) for one, middle in found for other, last in found if middle == other} - found
        if not more:
            return found
        found |= more


def _claimed(region: Region, allowed: set[tuple[str, str]]) -> bool:
    return (" or ".join(region.before), " or ".join(region.after)) in allowed

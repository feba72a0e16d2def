"""The volume caps that the law files hold, as values."""

from datetime import date

from harness.errors import WrongUsage
from harness.model.policy import CapText, InstrumentText, SetText
from harness.model.volume_cap import Cap
from harness.policy.law import Law


def caps(law: Law) -> tuple[Cap, ...]:
    """Return every cap of the law, the earliest first."""
    found = [_cap(law, law.instruments[name], text) for name in law.selected for text in law.instruments[name].caps]
    return tuple(sorted(found, key=lambda cap: (cap.since, cap.id)))


def cap_on(every: tuple[Cap, ...], day: date) -> Cap | None:
    """Return the cap in force on a day; None before there was one."""
    return next((cap for cap in reversed(every) if cap.since <= day), None)


def cap_at_hand(every: tuple[Cap, ...]) -> Cap:
    """Return the latest cap.

    Raises:
        WrongUsage: The law that is read has none.
    """
    if not every:
        raise WrongUsage("the law that is read has no volume cap")
    return every[-1]


def _cap(law: Law, text: InstrumentText, cap: CapText) -> Cap:
    sets = {listed.id: listed for listed in text.sets}
    places, unsettled = _members(law, sets[cap.to])
    return Cap(
        id=cap.id,
        share=cap.share,
        inclusive=cap.bound == "at-most",
        places=places,
        unsettled=unsettled,
        home=_members(law, sets[cap.against])[0],
        since=cap.from_day,
        pin=cap.pin,
        says=cap.says,
        readings=cap.readings,
        known_places=law.names.places,
    )


def _members(law: Law, listed: SetText) -> tuple[frozenset[str], dict[str, str]]:
    """Return the members of a list, and those of which it depends on a reading that is followed every way."""
    chosen = {place: law.option(reading) for place, reading in listed.uncertain.items()}
    # By the first option such a member belongs to the list.
    settled = {
        place
        for place, reading in listed.uncertain.items()
        if chosen[place] is not None and law.readings[reading].options[0].id == chosen[place]
    }
    unsettled = {place: reading for place, reading in listed.uncertain.items() if chosen[place] is None}
    return frozenset(listed.members) | settled, unsettled

"""The texts of a lens that are in force, by each clock that its provisions follow."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from harness.model.policy import CLOCKS
from harness.policy.language import Is
from harness.policy.law import Law, Text
from harness.policy.lint import atoms_of

DateMap = Mapping[str, date | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockReading:
    """The texts of a lens by one clock: those in force on its day, and what they refer to."""

    clock: str
    day: date | None
    texts: tuple[Text, ...]
    referred: Mapping[str, Text | None]
    # The latest day of a clock by which the texts are the same.
    latest: date | None = None


def clock_readings(law: Law, lens: str, dates: DateMap) -> list[ClockReading]:
    """Return the texts of a lens by each clock that its provisions follow; days with the same texts count once."""
    clocks = sorted({clock for provision in law.of_lens(lens) for act in provision.acts for clock in act.clock})
    readings: list[ClockReading] = []
    if not clocks and law.lenses[lens].begins is not None:
        # No provision is left, and yet there was nothing to ask before the lens begins.
        clocks = [CLOCKS[-1]]
    for clock in clocks:
        found = _reading(law, lens, clock, dates[clock])
        same = [n for n, one in enumerate(readings) if found.texts and _says_the_same(one, found)]
        for n in same:
            days = [day for day in (readings[n].latest, found.day) if day is not None]
            readings[n] = replace(readings[n], latest=max(days, default=None))
        readings += [] if same else [found]
    return readings


def _says_the_same(one: ClockReading, other: ClockReading) -> bool:
    return one.texts == other.texts and one.referred == other.referred


def _reading(law: Law, lens: str, clock: str, day: date | None) -> ClockReading:
    """Return the texts by one clock; those of a day are looked for once."""
    key = ("texts", lens, clock, day)
    if key not in law.prepared:
        texts = _in_force(law, lens, clock, day)
        referred = referred_by(law, texts, day)
        law.prepared[key] = ClockReading(clock=clock, day=day, texts=texts, referred=referred, latest=day)
    found: ClockReading = law.prepared[key]
    return found


def _in_force(law: Law, lens: str, clock: str, day: date | None) -> tuple[Text, ...]:
    if day is None:
        return ()
    found = (provision.on(day) for provision in law.of_lens(lens))
    return tuple(text for text in found if text is not None and clock in text.clock and not text.aside)


def referred_by(law: Law, texts: tuple[Text, ...], day: date | None) -> dict[str, Text | None]:
    """Return the provisions that texts refer to, each with its text of the day."""
    names = {atom.provision for text in texts for atom in atoms_of(text) if isinstance(atom, Is)}
    known = {name: law.provisions.get(name) for name in sorted(names)}
    return {name: None if day is None or found is None else found.on(day) for name, found in known.items()}

"""The law as the engine holds it: instruments read, names resolved, provisions on a time line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from harness.model.policy import InstrumentText, LensText, ReadingText
from harness.policy.language import Atom, Expression, atoms

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A condition and the answers where it holds; more than one where the text bears several readings."""

    when: Expression
    then: tuple[str, ...]
    pin: str
    reading: str | None
    says: str | None


@dataclass(frozen=True, kw_only=True)
class Text:
    """The text of a provision as one instrument left it."""

    provision: str
    lens: str
    instrument: InstrumentText
    clock: tuple[str, ...]
    scope: Expression
    rows: tuple[Row, ...]
    otherwise: tuple[str, ...]
    pin: str
    says: str
    # The first day of this wording.
    since: date = date.min
    shape: Mapping[str, str] = field(default_factory=dict)
    beside: tuple[str, ...] = ()
    silent: str | None = None
    # Told beside the answer, and no part of it.
    aside: bool = False

    @cached_property
    def atoms(self) -> tuple[Atom, ...]:
        """Every atom of the text, in order."""
        return tuple(atom for part in (self.scope, *(row.when for row in self.rows)) for atom in atoms(part))


@dataclass(frozen=True, kw_only=True)
class Act:
    """One act upon a provision: of an instrument that names it, or of one that changes a list that its text reads."""

    op: str
    day: date
    by: InstrumentText
    clock: tuple[str, ...]
    make: "Callable[[], Text] | None" = field(compare=False, repr=False)

    @cached_property
    def text(self) -> Text | None:
        """The text from this day on; None where the act has none. Made when it is first asked for."""
        return None if self.make is None else self.make()


@dataclass(frozen=True, kw_only=True, slots=True)
class Provision:
    """A provision and all acts upon it, in order of their days."""

    id: str
    lens: str
    acts: tuple[Act, ...]

    def on(self, day: date) -> Text | None:
        """Return the text in force on this day, inclusive; None before its start, while suspended, after its end."""
        act = self.act_on(day)
        return None if act is None else act.text

    def act_on(self, day: date) -> Act | None:
        """Return the act whose text is in force on this day."""
        last: Act | None = None
        in_force = False
        for act in self.acts:
            if act.day > day:
                break
            if act.make is not None:
                last = act
            if act.op in ("enact", "revive"):
                in_force = True
            elif act.op in ("suspend", "repeal"):
                in_force = False
        return last if in_force else None


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownNames:
    """Names that facts may carry; any other leaves open what asks for it."""

    places: frozenset[str]
    # Name, case folded -> the id that rules use.
    makers: Mapping[str, str]
    # Place -> the place that it counts as.
    wholes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """Which law is read: as known on a day, with which proposals, and by which readings where a text bears several."""

    known_at: date | None = None
    proposed: tuple[str, ...] = ()
    readings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Law:
    """Every lens, provision and constant, and the digest of the files that they came from."""

    lenses: Mapping[str, LensText]
    provisions: Mapping[str, Provision]
    # Every instrument that was read, also those that the selection leaves out.
    instruments: Mapping[str, InstrumentText]
    # Those that have a say.
    selected: frozenset[str]
    readings: Mapping[str, ReadingText]
    gaps: Mapping[str, str]
    sha256: str
    selection: Selection = field(default_factory=Selection)
    # Every fact that some text reads, in the order in which the texts do.
    facts: tuple[str, ...] = ()
    names: KnownNames = field(default=KnownNames(places=frozenset(), makers={}), compare=False, repr=False)
    # The files that it was made from.
    source: Any = field(default=None, compare=False, repr=False)
    # What was prepared from these texts already, kept for the next report; it changes no answer.
    prepared: dict[tuple[object, ...], Any] = field(default_factory=dict, compare=False, repr=False)

    def of_lens(self, lens: str) -> tuple[Provision, ...]:
        """Return the provisions that answer this lens."""
        return tuple(provision for provision in self.provisions.values() if provision.lens == lens)

    def option(self, reading: str) -> str | None:
        """Return the option of a reading that is followed; None where every one is."""
        text = self.readings.get(reading)
        chosen = self.selection.readings.get(reading, text.default if text else "both")
        return None if chosen == "both" else chosen

    @cached_property
    def given(self) -> Mapping[str, str]:
        """The facts that the readings followed settle; of a reading followed every way, none."""
        chosen = ((reading, self.option(reading.id)) for reading in self.readings.values())
        found = [one for reading, option in chosen for one in reading.options if one.id == option]
        return {fact: value for one in found for fact, value in one.facts.items()}

    @cached_property
    def figure_readings(self) -> tuple[str, ...]:
        """The ways of counting figures that are followed."""
        followed = ((self.option(reading.id), one) for reading in self.readings.values() for one in reading.options)
        return tuple(one.figures for option, one in followed if one.figures and option in (None, one.id))

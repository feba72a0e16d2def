"""The law as the engine holds it: instruments read, names resolved, provisions on a time line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from harness.model.policy import InstrumentText, LensText
from harness.policy.language import Expression, FactSet, Param


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A condition and the answers where it holds; more than one where the text bears several readings."""

    when: Expression
    then: tuple[str, ...]
    pin: str
    reading: str | None
    says: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """One act of an instrument upon a provision."""

    op: str
    day: date
    text: Text | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Provision:
    """A provision and all acts upon it, in order of their days."""

    id: str
    lens: str
    acts: tuple[Act, ...]

    def on(self, day: date) -> Text | None:
        """Return the text in force on this day, inclusive; None before its start, while suspended, after its end."""
        text: Text | None = None
        in_force = False
        for act in self.acts:
            if act.day > day:
                break
            if act.op in ("enact", "amend"):
                text, in_force = act.text, act.op == "enact" or in_force
            else:
                in_force = act.op == "revive"
        return text if in_force else None


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownNames:
    """Names that facts may carry; any other leaves open what asks for it."""

    places: frozenset[str]
    # Name, case folded -> the id that rules use.
    makers: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Law:
    """Every lens, provision and constant, and the digest of the files that they came from."""

    lenses: Mapping[str, LensText]
    provisions: Mapping[str, Provision]
    params: Mapping[str, Param]
    sets: Mapping[str, FactSet]
    instruments: Mapping[str, InstrumentText]
    sha256: str
    names: KnownNames = field(default=KnownNames(places=frozenset(), makers={}), compare=False, repr=False)
    # What was prepared from these texts already, kept for the next report; it changes no answer.
    prepared: dict[tuple[object, ...], Any] = field(default_factory=dict, compare=False, repr=False)

    def of_lens(self, lens: str) -> tuple[Provision, ...]:
        """Return the provisions that answer this lens."""
        return tuple(provision for provision in self.provisions.values() if provision.lens == lens)

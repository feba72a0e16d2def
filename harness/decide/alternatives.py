"""What an answer depends on besides the evidence: readings of the text, each with the answers that it would give."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

from harness.model.policy import ReadingText
from harness.model.verdict import ReadingUse
from harness.policy.box import Box
from harness.policy.language import Expression, Is, Member, atoms
from harness.policy.law import Law, Text
from harness.policy.timeline import by_reading
from harness.policy.trace import rows_reached

LAYER = "layer"
Possible = Callable[[Law], "list[str]"]


class Read(Protocol):
    """The texts of a lens by one clock, and what they refer to."""

    @property
    def texts(self) -> tuple[Text, ...]:
        """The texts in force."""

    @property
    def referred(self) -> Mapping[str, Text | None]:
        """The texts that they refer to."""


def readings_used(law: Law, touched: Iterable[str], possible: Possible, now: Iterable[str]) -> tuple[ReadingUse, ...]:
    """Return the readings that make a difference to a lens, with what each option gives.

    Args:
        law: The law, by the readings that are followed.
        touched: The readings that texts or figures of the case meet.
        possible: The answers that a law leaves possible for the case.
        now: Those of this law.
    """
    uses = (_use(law, law.readings[name], possible, tuple(now)) for name in dict.fromkeys(touched))
    return tuple(use for use in uses if len(set(use.gives.values())) > 1)


def _use(law: Law, reading: ReadingText, possible: Possible, now: tuple[str, ...]) -> ReadingUse:
    gives = {
        option.id: now
        if law.option(reading.id) == option.id
        else tuple(possible(by_reading(law, reading.id, option.id)))
        for option in reading.options
    }
    return ReadingUse.model_construct(
        id=reading.id,
        question=reading.question,
        pin=reading.pin,
        followed=law.option(reading.id) or "both",
        says={option.id: option.says for option in reading.options},
        gives=gives,
    )


def layers_of(law: Law, uses: Iterable[ReadingUse]) -> dict[str, tuple[str, ...]]:
    """Return what the codified text and the enforced one each give, where they differ."""
    for use in uses:
        layers = {option.facts.get(LAYER): use.gives[option.id] for option in law.readings[use.id].options}
        if None not in layers:
            return {str(layer): answers for layer, answers in sorted(layers.items())}
    return {}


def is_of_layers(law: Law, reading: str) -> bool:
    """Return whether a reading chooses between what is codified and what is enforced."""
    return any(LAYER in option.facts for option in law.readings[reading].options)


def touched_by_texts(law: Law, readings: Iterable[Read], boxes: Iterable[Box]) -> Iterator[str]:
    """Yield the readings on which a row that may answer depends, or the place of a value on a list."""
    for reading in readings:
        for text in reading.texts:
            for box in boxes:
                reached = rows_reached(text, box, reading.referred)
                if reached is None:
                    continue
                yield from (row.reading for row in reached if row.reading and row.reading in law.readings)
                for expression in (text.scope, *(row.when for row in reached)):
                    yield from _touched_by_atoms(law, expression, box, reading.referred)


def _touched_by_atoms(law: Law, expression: Expression, box: Box, referred: Mapping[str, Text | None]) -> Iterator[str]:
    """Yield the readings that settle a fact, or the place of a stated value on a list, that an expression reads."""
    by_fact = {fact: reading.id for reading in law.readings.values() for one in reading.options for fact in one.facts}
    for atom in atoms(expression):
        if isinstance(atom, Is):
            other = referred.get(atom.provision)
            for inner in () if other is None else (other.scope, *(row.when for row in other.rows)):
                yield from _touched_by_atoms(law, inner, box, referred)
        elif isinstance(atom, Member):
            values = box.fact(atom.fact).values or frozenset()
            yield from (name for value, name in (*atom.uncertain, *atom.settled) if value in values)
            if atom.fact in by_fact:
                yield by_fact[atom.fact]

"""The answers of a law at one point, or over one box, on one day by every clock."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from harness.decide.clocks import ClockReading, clock_readings
from harness.decide.lenses import question_of, without_text
from harness.model.policy import CLOCKS, LensText
from harness.model.quantity import ABSENT, FigureState, exactly
from harness.policy.box import Box, Fact
from harness.policy.cells import NOTHING, Answers
from harness.policy.law import Law
from harness.policy.region import order_of

# A value that no text names.
ANY_OTHER = "any-other"


def answers_at(law: Law, lens: LensText, day: date, box: Box) -> tuple[str, ...]:
    """Return every answer that the texts of a day leave possible, in order; without a text, those that stay open."""
    readings = clock_readings(law, lens.id, dict.fromkeys(CLOCKS, day))
    if not any(one.texts for one in readings):
        return named(lens, frozenset(), readings[0] if readings else None)
    found: set[str] = set()
    for one in readings:
        found.update(named(lens, question_of(law, lens, one).possible(box), one))
    return tuple(answer for answer in order_of(lens) if answer in found)


def named(lens: LensText, answers: Answers, reading: ClockReading | None) -> tuple[str, ...]:
    """Return the answers of the texts of a reading by their names, in order."""
    if reading is None or not reading.texts:
        return without_text(lens, reading).possible
    found = {lens.default if answer == NOTHING else answer for answer in answers}
    return tuple(answer for answer in order_of(lens) if answer in found)


def point(figures: Mapping[str, str], facts: Mapping[str, str]) -> Box:
    """Return a point as evidence: figures in base units as text, "absent" for one that does not exist."""
    states: dict[str, FigureState] = {
        name: ABSENT if at == "absent" else exactly(Fraction(at)) for name, at in figures.items()
    }
    return Box(
        figures=states,
        facts={name: Fact(values=frozenset({value}), got=value) for name, value in facts.items()},
    )

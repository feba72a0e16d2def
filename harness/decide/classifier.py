"""Many chips under the same facts: the answers of every lens for exact figures, and the trace only where asked for."""

from collections.abc import Iterable, Mapping
from datetime import date

from harness.decide.assumed import facts_given
from harness.decide.classification import LENSES
from harness.decide.lenses import ClockReading, clock_readings, question_of
from harness.model.assumption import AssumedFact
from harness.model.policy import LensText
from harness.model.quantity import Absent, exactly
from harness.model.subject import ProductKind
from harness.policy.box import Box, stated
from harness.policy.cells import NOTHING, Answers, Question
from harness.policy.law import Law
from harness.policy.table import Figure, Table
from harness.policy.trace import Criterion, scope_outcome, trace

_CLOCKS = ("test", "application", "export", "entry")


class Classifier:
    """The law of one day under given facts, as a table over exact figures.

    Args:
        law: The law to read.
        day: The day of every clock.
        assumptions: What is assumed where nothing is given.
        given: Values by flag, as for `classify`; `marketing` is unknown where it is not given.
        kind: What the items are.
        manufacturer: Their maker, in lower case; None leaves it open.
        product: Their id; None leaves it open.

    Raises:
        WrongUsage: A flag that does not exist.
    """

    def __init__(
        self,
        law: Law,
        day: date,
        assumptions: Iterable[AssumedFact],
        given: Mapping[str, str] | None = None,
        *,
        kind: ProductKind = "integrated-circuit",
        manufacturer: str | None = None,
        product: str | None = None,
    ) -> None:
        self.law = law
        facts = facts_given(kind, law, tuple(assumptions), given or {})
        self.facts = {**facts, "manufacturer": stated(manufacturer), "product": stated(product)}
        self.lenses = {name: law.lenses[name] for name in LENSES if name in law.lenses}
        self.readings = {
            name: [one for one in clock_readings(law, name, dict.fromkeys(_CLOCKS, day)) if one.texts]
            for name in self.lenses
        }
        self._table = Table(
            {f"{name} {n}": question for name in self.lenses for n, question in enumerate(self._questions(name))},
            self.facts,
        )
        self._without_text = {name: _before(lens, day) for name, lens in self.lenses.items() if not self.readings[name]}
        self._named: dict[int, Mapping[str, Answers]] = {}

    def answers(self, figures: Mapping[str, Figure]) -> Mapping[str, Answers]:
        """Return the possible answers of every lens for exact figures of one item, in base units.

        Raises:
            KeyError: A figure that the texts read is not given; ABSENT stands for one that does not exist.
            UndefinedMetric: An area is zero.
        """
        found = self._table.at(figures)
        # A cell keeps its answers for ever, so its identity tells it.
        named = self._named.get(id(found))
        return self._named.setdefault(id(found), self._by_lens(found)) if named is None else named

    def reasons(self, figures: Mapping[str, Figure]) -> dict[str, list[Criterion]]:
        """Return the criteria behind the answers, lens by lens, as a verdict would list them."""
        states = {name: at if isinstance(at, Absent) else exactly(at) for name, at in figures.items()}
        box = Box(figures=states, facts=self.facts)
        return {name: self._criteria(name, box) for name in self.lenses}

    def _questions(self, name: str) -> list[Question]:
        return [question_of(self.law, self.lenses[name], reading) for reading in self.readings[name]]

    def _by_lens(self, found: Mapping[str, Answers]) -> Mapping[str, Answers]:
        named = dict(self._without_text)
        for name, lens in self.lenses.items():
            for n in range(len(self.readings[name])):
                here = (lens.default if answer == NOTHING else answer for answer in found[f"{name} {n}"])
                named[name] = named.get(name, frozenset()) | frozenset(here)
        return named

    def _criteria(self, name: str, box: Box) -> list[Criterion]:
        order = [answer.id for answer in self.lenses[name].answers]
        readings: list[ClockReading] = self.readings[name][:1]
        return [
            criterion
            for reading in readings
            for text in reading.texts
            if scope_outcome(text, box, reading.referred) != "fails"
            for criterion in trace(text, box, reading.referred, order)
        ]


def _before(lens: LensText, day: date) -> Answers:
    """What a lens answers on a day without a text: every answer, unless what it asks about did not exist yet."""
    if lens.begins and lens.before and day < lens.begins:
        return frozenset({lens.before.answer})
    return frozenset(answer.id for answer in lens.answers)

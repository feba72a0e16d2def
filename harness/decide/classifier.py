"""Many chips under the same facts: the answers of every lens for exact figures, and the trace only where asked for."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from harness.decide.assumed import facts_given
from harness.decide.classification import LENSES
from harness.decide.clocks import ClockReading, clock_readings
from harness.decide.facts import with_known_names
from harness.decide.lenses import question_of
from harness.errors import WrongUsage
from harness.model.assumption import AssumedFact
from harness.model.policy import CLOCKS, LensText
from harness.model.quantity import ABSENT, Absent, exactly
from harness.model.subject import ProductKind
from harness.policy.box import Box, stated
from harness.policy.cells import NOTHING, Answers, Question
from harness.policy.law import Law
from harness.policy.table import Figure, Table
from harness.policy.trace import Criterion, scope_outcome, trace
from harness.policy.vocabulary import DERIVED, METRICS

_FIGURES = frozenset(METRICS) - set(DERIVED) | {source for sources in DERIVED.values() for source in sources}
# A float would stand for its exact binary value, and true for 1: neither is what anybody means here.
_EXACT = frozenset({Decimal, Fraction, int, Absent})


class Classifier:
    """The law of one day under given facts, as a table over exact figures.

    Args:
        law: The law to read.
        day: The day of every clock.
        assumptions: What is assumed where nothing is given.
        given: Values by flag, as for `classify`; `marketing` is unknown where it is not given.
        kind: What the items are.
        manufacturer: Their maker; None, or a name that nobody knows, leaves it open.
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
        named = {"manufacturer": stated(manufacturer), "product": stated(product)}
        self.facts = {**facts, **with_known_names(named, law.names)}
        self.lenses = {name: law.lenses[name] for name in LENSES if name in law.lenses}
        self.readings = {
            name: [one for one in clock_readings(law, name, dict.fromkeys(CLOCKS, day)) if one.texts]
            for name in self.lenses
        }
        self._table = Table(
            {f"{name} {n}": question for name in self.lenses for n, question in enumerate(self._questions(name))},
            self.facts,
        )
        self._read = {source for axis in self._table.axes for source in DERIVED.get(axis.metric, (axis.metric,))}
        self._without_text = {name: _before(lens, day) for name, lens in self.lenses.items() if not self.readings[name]}
        self._named: dict[int, Mapping[str, Answers]] = {}

    def answers(self, figures: Mapping[str, Figure]) -> Mapping[str, Answers]:
        """Return the possible answers of every lens for exact figures of one item, in base units.

        Args:
            figures: By name; ABSENT stands for one that does not exist, and one that is not given is unknown.

        Raises:
            WrongUsage: A figure is no exact number of at least zero, or no text could read one of that name.
            UndefinedMetric: An area is zero.
        """
        strange = sorted(set(figures) - _FIGURES)
        if strange:
            raise WrongUsage(f"no figure {', '.join(strange)}; there are {', '.join(sorted(_FIGURES))}")
        for name, at in figures.items():
            finite = at.is_finite() if type(at) is Decimal else type(at) in _EXACT
            if not finite or (at is not ABSENT and at < 0):  # type: ignore[operator]
                raise WrongUsage(f"{name}: got {at!r}; need a Decimal, Fraction or int of at least 0, or ABSENT")
        if not self._read <= figures.keys():
            states = {name: at if isinstance(at, Absent) else exactly(at) for name, at in figures.items()}
            return self._by_lens(self._open(Box(figures=states, facts=self.facts)))
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

    def _open(self, box: Box) -> dict[str, Answers]:
        """Return the answers where figures are unknown: they reach more cells than are worth looking up."""
        return {
            f"{name} {n}": question.possible(box)
            for name in self.lenses
            for n, question in enumerate(self._questions(name))
        }

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
    return frozenset(answer.id for answer in lens.answers if not answer.by_text_only)

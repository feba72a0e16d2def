"""Every decision that a lock holds, made anew under a law: known chips, boundary probes, stored reports."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from harness.decide import decide
from harness.decide.assumed import facts_given
from harness.decide.classification import LENSES, Item, item_under, possible_on
from harness.decide.clocks import clock_readings
from harness.decide.lenses import decisions_of
from harness.decide.timeline import break_days
from harness.impact.moments import ONE_DAY
from harness.impact.texts import meaning, standing_texts, texts_on
from harness.model.assumption import AssumedFact
from harness.model.case import Case
from harness.model.decisions import ChipRow, ReportRow
from harness.model.policy import CLOCKS, LensText
from harness.model.subject import ProductKind, Subject
from harness.policy.box import Box, Fact
from harness.policy.cells import Question
from harness.policy.law import Law
from harness.policy.region import order_of

Counted = Callable[[], object]


def _nothing() -> None:
    return None


@dataclass(frozen=True, kw_only=True)
class ChipSurvey:
    """The law as it answers for chips: the same days are looked for once.

    Args:
        law: The law to ask.
        assumptions: What is assumed of a chip where nothing is given.
    """

    law: Law
    assumptions: tuple[AssumedFact, ...]
    _laws: dict[tuple[str, str, str], list[tuple[date, Law]]] = field(default_factory=dict, compare=False, repr=False)

    def rows(
        self, subjects: Iterable[Subject], places: Sequence[str], counted: Counted = _nothing
    ) -> Iterator[ChipRow]:
        """Yield every run of days of every chip, place and lens, in that order.

        Args:
            subjects: The chips and systems.
            places: Where they go.
            counted: Called once for each chip that is done.
        """
        for subject in subjects:
            for to in places:
                item_of, _ = item_under(subject, self.assumptions, {"to": to}, self.law)
                item = item_of(self.law)
                for lens in LENSES:
                    yield from self._runs(subject, to, self.law.lenses[lens], item)
            counted()

    def _runs(self, subject: Subject, to: str, lens: LensText, item: Item) -> Iterator[ChipRow]:
        said = [(day, _answer(law, lens, day, item)) for day, law in self._laws_of(subject.kind, to, lens)]
        runs = [(answer, next(found)[0]) for answer, found in groupby(said, key=lambda one: one[1])]
        ends = [*(first - ONE_DAY for _, first in runs[1:]), None]
        for ((answers, by), first), last in zip(runs, ends, strict=True):
            yield ChipRow(chip=subject.id, to=to, lens=lens.id, first=first, last=last, answers=answers, by=by)

    def _laws_of(self, kind: ProductKind, to: str, lens: LensText) -> list[tuple[date, Law]]:
        """Return the days on which what still can concern such a chip in such a place changes, and what it then is.

        A list of places that changes for other places only, or a text that cannot apply here, makes no new day.
        """
        key = (kind, to, lens.id)
        if key not in self._laws:
            facts = facts_given(kind, self.law, self.assumptions, {"to": to})
            known = {name: fact for name, fact in facts.items() if fact.values is not None}
            # Every lens is followed from the first day of any, so that an earlier text shows as what it changes.
            start = min(day for name in LENSES for day in break_days(self.law, self.law.lenses[name]))
            days = sorted({start, *break_days(self.law, lens)})
            seen = [self._law_on(lens, day, known) for day in days]
            runs = (next(found) for _, found in groupby(seen, key=lambda one: one[0]))
            self._laws[key] = [(day, law) for _, day, law in runs]
        return self._laws[key]

    def _law_on(self, lens: LensText, day: date, facts: Mapping[str, Fact]) -> tuple[object, date, Law]:
        """Return what the texts of a day still ask where these facts are known, and the law of just that."""
        texts = texts_on(self.law, lens.id, day)
        own = [text for text in texts.values() if text.lens == lens.id]
        here = Question(own, texts, order_of(lens)).within(Box(facts=facts))
        asked = {**here.referred, **{text.provision: text for text in here.texts}}
        begun = lens.begins is None or day >= lens.begins
        said = begun, bool(own), tuple((name, meaning(text)) for name, text in sorted(asked.items()))
        # Where texts stand of which none applies, the lens has its default; where none stands, every answer is open.
        left = asked if any(text is not None and text.lens == lens.id for text in asked.values()) else texts
        return said, day, standing_texts(self.law, left)


def _answer(law: Law, lens: LensText, day: date, item: Item) -> tuple[tuple[str, ...], tuple[str, ...]]:
    possible = possible_on(law, lens, day, item)
    boxes = [item.box(reading, one) for one in item.every() for reading in one.declared.readings]
    return possible, provisions_on(law, lens, day, boxes, possible)


def provisions_on(law: Law, lens: LensText, day: date, boxes: list[Box], possible: Iterable[str]) -> tuple[str, ...]:
    """Return the provisions that give these answers on a day, in order of name; of answers that nobody gives, none."""
    readings = clock_readings(law, lens.id, dict.fromkeys(CLOCKS, day))
    return tuple(sorted({one.provision for one in decisions_of(readings, boxes, possible)}))


def meanings(law: Law) -> Iterator[tuple[str, date, object]]:
    """Yield what each act makes of each provision: its day, and what the text asks and answers, or that none stands."""
    for provision in law.provisions.values():
        days = dict.fromkeys(act.day for act in provision.acts)
        yield from ((provision.id, day, meaning(provision.on(day)) or ("nothing",)) for day in days)


def report_rows(law: Law, cases: Iterable[tuple[str, Case]]) -> Iterator[ReportRow]:
    """Yield what the law answers to each report, on its own days: outcome, findings, and every lens."""
    for name, case in cases:
        verdict = decide(case, law)
        yield ReportRow(report=name, lens="outcome", answers=(verdict.outcome,))
        codes = tuple(sorted({one.code for one in verdict.findings}))
        yield ReportRow(report=name, lens="findings", answers=codes or ("none",))
        for lens, answer in verdict.lenses.items():
            yield ReportRow(report=name, lens=lens, answers=answer.possible)

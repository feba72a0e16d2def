"""Two laws beside each other, day by day: the runs of days on which what a lens reads is not the same."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from harness.decide.timeline import break_days
from harness.impact.texts import differing, meaning, standing, texts_on, with_texts
from harness.model.impact import Cause
from harness.model.policy import InstrumentText
from harness.policy.box import Box, Fact
from harness.policy.cells import Question
from harness.policy.law import Law, Text

ONE_DAY = timedelta(days=1)
# The day that answers where no text does, and what each provision still asks.
Asks = tuple[date | None, tuple[tuple[str, object], ...]]
Answered = Callable[[Law, date], tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class LawSide:
    """A law as one side of a comparison, and the day on which it is asked; None asks it on every day."""

    name: str
    law: Law
    day: date | None = None


@dataclass(frozen=True, kw_only=True)
class Moment:
    """Days on which neither law changes what a lens reads; of two laws with a day each, that one pair of days."""

    lens: str
    first: date | None
    last: date | None
    old: Law
    old_day: date
    new: Law
    new_day: date
    _made: dict[str, Law] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def old_texts(self) -> dict[str, Text]:
        """The texts that the lens reads under the old law, by provision."""
        return texts_on(self.old, self.lens, self.old_day)

    @cached_property
    def new_texts(self) -> dict[str, Text]:
        """The texts that the lens reads under the new law, by provision."""
        return texts_on(self.new, self.lens, self.new_day)

    @cached_property
    def differing(self) -> tuple[str, ...]:
        """The provisions that do not say the same."""
        return differing(self.old_texts, self.new_texts)

    @property
    def may_differ(self) -> bool:
        """Whether any answer can differ; without any text, that depends on the day alone."""
        return bool(self.differing) or (not self.old_texts and self.old_day != self.new_day)

    def asked_under(self, facts: Mapping[str, Fact]) -> tuple[Asks, Asks]:
        """Return what the texts of either law still ask where these facts are known: equal where nothing differs."""
        old, new = (self._asked(texts, facts) for texts in (self.old_texts, self.new_texts))
        return old, new

    def _asked(self, texts: Mapping[str, Text], facts: Mapping[str, Fact]) -> Asks:
        own = [text for text in texts.values() if text.lens == self.lens]
        here = Question(own, texts, ()).within(Box(facts=facts))
        asked = {**here.referred, **{text.provision: text for text in here.texts}}
        # Without a text of its own, a lens answers by the day.
        day = None if own else (self.old_day if texts is self.old_texts else self.new_day)
        return day, tuple((name, meaning(text)) for name, text in sorted(asked.items()))

    def causes(self, answers: Answered, among: Collection[str] | None = None) -> tuple[Cause, ...]:
        """Return the provisions whose new text alone changes the answers of the old law; where none does, all.

        Args:
            answers: What a law answers on a day.
            among: The provisions that can apply at all, where that is known.
        """
        before = answers(self.old, self.old_day)
        names = [name for name in self.differing if among is None or name in among]
        alone = [name for name in names if answers(self._with(name), self.old_day) != before]
        return tuple(self.cause(name) for name in alone or names or self.differing)

    def _with(self, name: str) -> Law:
        """Return the old law of the day with one provision as the new law has it; the same is made once."""
        if name not in self._made:
            self._made[name] = with_texts(*self._standing, {name})
        return self._made[name]

    @cached_property
    def _standing(self) -> tuple[Law, Law]:
        return standing(self.old, self.old_day), standing(self.new, self.new_day)

    def cause(self, name: str) -> Cause:
        """Return how a provision that differs does, and by which instrument."""
        before, after = self.old_texts.get(name), self.new_texts.get(name)
        text = after if after is not None else before
        assert text is not None
        # A provision ends by an act without a text, and the act says by which instrument.
        act = None if after is not None or name not in self.new.provisions else _last(self.new, name, self.new_day)
        by = text.instrument if act is None else act
        return Cause.model_construct(
            provision=name,
            what="begins" if before is None else "ends" if after is None else "changes",
            instrument=by.instrument,
            cite=by.cite,
            status=by.status,
            pin=text.pin,
            says=text.says,
        )


def _last(law: Law, name: str, day: date) -> InstrumentText | None:
    """Return the instrument of the last act upon a provision up to a day."""
    acts = [act for act in law.provisions[name].acts if act.day <= day]
    return acts[-1].by if acts else None


def moments(old: LawSide, new: LawSide, lens: str) -> Iterator[Moment]:
    """Yield the moments at which a lens may answer otherwise under the new law than under the old one.

    Args:
        old: The law before.
        new: The law after; both have a day, or neither has.
        lens: The lens.
    """
    if old.day is not None and new.day is not None:
        runs: list[tuple[date | None, date | None, date, date]] = [(None, None, old.day, new.day)]
    else:
        days = sorted({*break_days(old.law, old.law.lenses[lens]), *break_days(new.law, new.law.lenses[lens])})
        ends = [*(day - ONE_DAY for day in days[1:]), None]
        runs = [(day, end, day, day) for day, end in zip(days, ends, strict=True)]
    for first, last, old_day, new_day in runs:
        found = Moment(lens=lens, first=first, last=last, old=old.law, old_day=old_day, new=new.law, new_day=new_day)
        if found.may_differ:
            yield found

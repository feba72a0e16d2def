"""Stored lab reports under two laws: each one of which an answer, or the outcome, changes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from harness.decide import decide
from harness.decide.lenses import possible_answers
from harness.decide.verdict import case_box, dates_of, known_recipients
from harness.impact.flips import Comparison
from harness.impact.kinds import kind_of
from harness.impact.moments import Moment
from harness.impact.texts import standing, with_texts
from harness.model.case import Case
from harness.model.impact import Cause, Flip, Headroom, Kind
from harness.model.verdict import Lens, Verdict
from harness.policy.law import Law
from harness.policy.region import order_of

OUTCOME = "outcome"
_GRAVITY = ("pass", "undecided", "fail")


def flips_of_reports(
    asked: Comparison, cases: Iterable[tuple[str, Case]], all_moments: Sequence[Moment]
) -> Iterator[Flip]:
    """Yield every change of the answers to lab reports; each keeps its own dates, unless two days are compared.

    Args:
        asked: The two laws; every lens of the law is asked, for they make the outcome together.
        cases: The reports, by name.
        all_moments: The moments of the comparison by every lens of law; where there is none, nothing is asked.
    """
    pair = _Pair(asked, all_moments)
    for name, case in cases if all_moments else ():
        before, after = pair.verdicts(case)
        causes: list[Cause] = []
        for lens in before.lenses:
            old, new = before.lenses[lens], after.lenses[lens]
            if old.possible != new.possible:
                found = pair.causes(case, lens)
                # A lens that informs moves no outcome.
                causes += [one for one in found if not before.lenses[lens].informs and one not in causes]
                yield _flip(asked, name, lens, old, new, found)
        if before.outcome != after.outcome:
            yield _of_outcome(name, before, after, tuple(causes))


class _Pair:
    """Two laws as a report meets them: on its own dates, or each on the one day that is asked about."""

    def __init__(self, asked: Comparison, all_moments: Sequence[Moment]) -> None:
        self.old_day, self.new_day = asked.old.day, asked.new.day
        self.old, self.new = asked.old.law, asked.new.law
        self.differing = {name: moment for moment in reversed(all_moments) for name in moment.differing}
        self._made: dict[str, Law] = {}

    def verdicts(self, case: Case) -> tuple[Verdict, Verdict]:
        old_day, new_day = self.old_day or case.as_of, self.new_day or case.as_of
        return decide(replace(case, as_of=old_day), self.old), decide(replace(case, as_of=new_day), self.new)

    def causes(self, case: Case, lens: str) -> tuple[Cause, ...]:
        """Return the provisions whose new text alone changes the old answers; where none does, those of the lens."""
        here = replace(case, as_of=self.old_day or case.as_of)
        box, parties, dates = case_box(here, self.old)[0], known_recipients(here, self.old), dates_of(here)

        def answers(law: Law) -> frozenset[str]:
            return possible_answers(law, law.lenses[lens], dates, box, parties)

        names = [name for name in self.differing if self._is_read(name, lens)]
        before = answers(self.old)
        alone = [name for name in names if answers(self._with(name)) != before]
        return tuple(self.differing[name].cause(name) for name in alone or names)

    def _is_read(self, name: str, lens: str) -> bool:
        moment = self.differing[name]
        return moment.lens == lens or any(
            one.lens == lens for law in (moment.old, moment.new) if (one := law.provisions.get(name)) is not None
        )

    def _with(self, name: str) -> Law:
        if name not in self._made:
            old, new = self.old, self.new
            if self.old_day is not None and self.new_day is not None:
                old, new = standing(old, self.old_day), standing(new, self.new_day)
            self._made[name] = with_texts(old, new, {name})
        return self._made[name]


def _flip(asked: Comparison, name: str, lens: str, old: Lens, new: Lens, causes: tuple[Cause, ...]) -> Flip:
    moved = {one.provision for one in causes}
    return Flip.model_construct(
        kind=kind_of(old.possible, new.possible, order_of(asked.old.law.lenses[lens])),
        subject="report",
        id=name,
        to=None,
        lens=lens,
        first=None,
        last=None,
        before=old.possible,
        after=new.possible,
        causes=causes,
        headroom_before=tuple(_headrooms(old, moved)),
        headroom_after=tuple(_headrooms(new, moved)),
    )


def _of_outcome(name: str, before: Verdict, after: Verdict, causes: tuple[Cause, ...]) -> Flip:
    return Flip.model_construct(
        kind=_kind_of_outcome(before.outcome, after.outcome),
        subject="report",
        id=name,
        to=None,
        lens=OUTCOME,
        first=None,
        last=None,
        before=(before.outcome,),
        after=(after.outcome,),
        causes=causes,
        headroom_before=(),
        headroom_after=(),
    )


def _kind_of_outcome(before: str, after: str) -> Kind:
    if "undecided" in (before, after):
        return "opened" if after == "undecided" else "closed"
    return kind_of((before,), (after,), _GRAVITY)


def _headrooms(lens: Lens, provisions: set[str]) -> Iterator[Headroom]:
    for one in lens.reasons:
        if one.unit is not None and one.provision in provisions:
            yield Headroom.model_construct(
                constant=one.criterion, got=one.got, need=one.need, unit=one.unit, margin=one.margin, cite=one.cite
            )

"""Everything that a change of the law changes, put together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from harness.decide.assumed import facts_given
from harness.impact.buildable import Limits, known_chips
from harness.impact.claims import unclaimed
from harness.impact.flips import Comparison, flips_of_chips
from harness.impact.kinds import KINDS
from harness.impact.moments import LawSide, Moment
from harness.impact.reports import flips_of_reports
from harness.impact.space import ITEM_KINDS, Known, merged_days, regions, regions_everywhere
from harness.impact.texts import texts_on
from harness.model.case import Case
from harness.model.impact import Counts, Flip, Impact, Region, Side
from harness.model.subject import Subject
from harness.model.verdict import Assumption
from harness.policy.cells import Question
from harness.policy.law import Law


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """What is known and asked about: chips and systems, and lab reports by name."""

    subjects: Sequence[Subject]
    cases: Sequence[tuple[str, Case]] = ()


def impact(
    asked: Comparison,
    corpus: Corpus,
    limits: Limits,
    *,
    space: bool = False,
    everywhere: bool = False,
    forbid: str | None = None,
) -> Impact:
    """Return what a change of the law changes.

    Args:
        asked: The two laws.
        corpus: The chips and reports to ask about.
        limits: Within which limits chips are built.
        space: Whether the whole space of figures is compared, under what is assumed of a chip.
        everywhere: Whether it is compared under any facts, with one example for each change of answers.
        forbid: What is looked for outside what instruments claim, a key of FORBIDS; None looks for nothing.
    """
    found = asked.moments()
    known = Known(chips=known_chips(corpus.subjects, asked.old.law.names), limits=limits)
    flips = [*flips_of_chips(asked, corpus.subjects, found)]
    flips += flips_of_reports(asked, corpus.cases, asked.moments_of_law()) if corpus.cases else ()
    boxes: list[Region] = list(regions(asked, found, known)) if space else []
    boxes += regions_everywhere(found, known) if everywhere else ()
    forbidden = list(unclaimed(asked, known, forbid)) if forbid else []
    return Impact.model_construct(
        format="impact/1",
        old=_side(asked.old),
        new=_side(asked.new),
        asked=Counts.model_construct(
            chips=len(corpus.subjects),
            places=len(asked.places),
            lenses=len(asked.lenses),
            reports=len(corpus.cases),
        ),
        flips=tuple(sorted(flips, key=_order)),
        space=tuple(merged_days(boxes)) if space or everywhere else None,
        forbidden=tuple(merged_days(forbidden)),
        notes=tuple(_notes(asked, found, flips)),
        assumed=_assumed(asked, corpus),
    )


def _side(side: LawSide) -> Side:
    return Side.model_construct(name=side.name, law_sha256=side.law.sha256, day=side.day)


def _order(one: Flip) -> tuple[object, ...]:
    return KINDS.index(one.kind), one.lens, one.before, one.after, str(one.first or ""), one.to or "", one.id


def _assumed(asked: Comparison, corpus: Corpus) -> tuple[Assumption, ...]:
    if not corpus.subjects:
        return ()
    # Where the goods go is told by each flip; the rest is the same for every place.
    _, records = asked.item_of(corpus.subjects[0], asked.places[0])
    return tuple(one for one in records if one.origin != "spec")


def _notes(asked: Comparison, found: Sequence[Moment], flips: Sequence[Flip]) -> Iterator[str]:
    """Say of provisions that differ and move nothing here: for other places, facts or figures they may."""
    for side in (asked.old, asked.new):
        silent = [name for name in asked.lenses if side.day is not None and _is_silent(side.law, name, side.day)]
        if silent:
            yield f"{side.name}: no text of {', '.join(silent)} is encoded for that day"
    differing = list(dict.fromkeys(name for moment in found for name in moment.differing))
    moved = {cause.provision for flip in flips for cause in flip.causes}
    touched = {name for moment in found for name in _touched(asked, moment)}
    elsewhere = [name for name in differing if name not in touched | moved]
    unmoved = [name for name in differing if name in touched - moved]
    if unmoved:
        yield f"{_listed(unmoved)} too, and no chip that was asked about is moved by it; --space looks at all figures"
    if elsewhere:
        yield f"{_listed(elsewhere)} too, for other places or facts than these; --everywhere looks at all"
    clocks = dict.fromkeys(said for moment in found for said in _other_clocks(moment))
    for said in clocks:
        yield f"{said}: the same where all days are one, as they are for a chip; not where they differ"


def _is_silent(law: Law, lens: str, day: date) -> bool:
    begins = law.lenses[lens].begins
    return not texts_on(law, lens, day) and (begins is None or day >= begins)


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names)} {'differs' if len(names) == 1 else 'differ'}"


def _touched(asked: Comparison, moment: Moment) -> set[str]:
    """Return the provisions that differ and may apply to an item of some kind in one of the places."""
    found: set[str] = set()
    law = asked.both()
    for kind in ITEM_KINDS:
        for given in asked.places:
            facts = facts_given(kind, law, asked.assumptions, given)
            for texts in (moment.old_texts, moment.new_texts):
                own = [texts[name] for name in moment.differing if name in texts]
                found |= {text.provision for text in Question(own, texts, ()).under(facts).texts}
    return found


def _other_clocks(moment: Moment) -> Iterator[str]:
    for name in moment.differing:
        old, new = moment.old_texts.get(name), moment.new_texts.get(name)
        if old is not None and new is not None and set(old.clock) != set(new.clock):
            yield f"{name} follows {' and '.join(new.clock)} in place of {' and '.join(old.clock)}"

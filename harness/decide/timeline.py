"""One item through every day: where its answers change, and which acts of which instruments change them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby

from harness.decide.classification import LENSES, Item, item_under, layers_on, paragraphs_on, possible_on
from harness.model.assumption import AssumedFact
from harness.model.policy import LensText
from harness.model.subject import Subject
from harness.model.timeline import Mover, Span, Timeline
from harness.policy.language import Is
from harness.policy.law import Act, Law, Provision
from harness.policy.lint import atoms_of

ONE_DAY = timedelta(days=1)


def timeline(
    subject: Subject,
    law: Law,
    assumptions: Iterable[AssumedFact],
    given: Mapping[str, str] | None = None,
    *,
    since: date,
    until: date,
    lenses: Iterable[str] = LENSES,
) -> Timeline:
    """Return the answers for an item on every day between two, both included.

    Args:
        subject: The chip, memory stack or system.
        law: The law to read.
        assumptions: What is assumed where nothing is given.
        given: Values by the flag of the assumption that they replace.
        since: The first day.
        until: The last day.
        lenses: The lenses to follow.

    Raises:
        WrongUsage: A flag that does not exist.
    """
    item_of, assumed = item_under(subject, tuple(assumptions), given or {}, law)
    spans = [
        span for name in lenses if name in law.lenses for span in _spans(law, law.lenses[name], item_of, since, until)
    ]
    return Timeline.model_construct(
        format="timeline/1",
        item=subject.id,
        name=f"{subject.manufacturer} {subject.name}",
        since=since,
        until=until,
        spans=tuple(spans),
        assumed=tuple(assumed),
        law_sha256=law.sha256,
    )


def break_days(law: Law, lens: LensText) -> list[date]:
    """Return the days on which what a lens reads may change: its own texts, those they refer to, and its beginning."""
    days = {act.day for provision in _read(law, lens) for act in provision.acts}
    return sorted(days | ({lens.begins} if lens.begins else set()))


def _read(law: Law, lens: LensText) -> list[Provision]:
    own = law.of_lens(lens.id)
    names = {atom.provision for provision in own for act in provision.acts if act.text is not None
             for atom in atoms_of(act.text) if isinstance(atom, Is)}  # fmt: skip
    others = (law.provisions[name] for name in sorted(names) if name in law.provisions)
    return [*own, *(provision for provision in others if provision.lens != lens.id)]


Answer = tuple[tuple[str, ...], dict[str, tuple[str, ...]], tuple[str, ...]]
ItemOf = Callable[[Law], Item]


def _answer(law: Law, lens: LensText, day: date, item_of: ItemOf) -> Answer:
    """Return the answers of a day, those of each layer where they differ, and the paragraphs that give them."""
    item = item_of(law)
    possible = possible_on(law, lens, day, item)
    return possible, layers_on(law, lens, day, item_of), paragraphs_on(law, lens, day, item, possible)


def _spans(law: Law, lens: LensText, item_of: ItemOf, since: date, until: date) -> Iterator[Span]:
    days = [since, *(day for day in break_days(law, lens) if since < day <= until)]
    answered = [(day, _answer(law, lens, day, item_of)) for day in days]
    runs = [(answer, [day for day, _ in found]) for answer, found in groupby(answered, key=lambda one: one[1])]
    starts = [found[0] for _, found in runs]
    for (answer, found), after in zip(runs, [*starts[1:], None], strict=True):
        possible, layers, paragraphs = answer
        yield Span.model_construct(
            lens=lens.id,
            first=found[0],
            last=until if after is None else after - ONE_DAY,
            possible=possible,
            layers=layers,
            paragraphs=paragraphs,
            moved_by=() if found[0] == since else tuple(_movers(law, lens, found[0], item_of, answer)),
        )


def _movers(law: Law, lens: LensText, day: date, item_of: ItemOf, answer: Answer) -> Iterator[Mover]:
    """Yield the acts of a day without which the answer would be another; where no single one is, all of them."""
    acts = [(provision, act) for provision in _read(law, lens) for act in provision.acts if act.day == day]
    alone = [(provision, act) for provision, act in acts if _answer(_without(law, act), lens, day, item_of) != answer]
    for provision, act in alone or acts:
        text = act.text
        yield Mover.model_construct(
            instrument=act.by.instrument,
            cite=act.by.cite,
            status=act.by.status,
            provision=provision.id,
            op=act.op,
            pin=text.pin if text is not None else act.by.cite,
            says=text.says if text is not None else f"{provision.id} no longer stands",
        )


def _without(law: Law, gone: Act) -> Law:
    """Return the law as if one act had not been."""
    left = {
        name: replace(provision, acts=tuple(act for act in provision.acts if act is not gone))
        for name, provision in law.provisions.items()
    }
    return replace(law, provisions=left, prepared={})

"""Boundary cases: for every small change of the law one point that turns by it, and both sides of every threshold."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import chain, combinations, islice

from harness.impact.golden import provisions_on
from harness.impact.moments import LawSide, Moment, moments
from harness.impact.mutants import Mutant
from harness.impact.points import ANY_OTHER, answers_at, point
from harness.impact.space import sides_of
from harness.model.decisions import ProbeRow
from harness.model.quantity import ABSENT, Absent, as_text
from harness.policy.box import Box
from harness.policy.cells import Question
from harness.policy.difference import Change, each_kind
from harness.policy.language import Is
from harness.policy.law import Law
from harness.policy.lint import atoms_of
from harness.policy.splitting import base_metrics
from harness.policy.timeline import by_readings
from harness.policy.truth import OTHER

_MOST_KINDS = 24


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What became of one mutant: the point at which it answers otherwise; None where there is none at all."""

    mutant: Mutant
    row: ProbeRow | None
    # How much was looked at without finding a point: whether no point differs, or none that a row can hold.
    equivalent: bool = False


def settled(law: Law) -> Law:
    """Return a law in which every reading that is followed both ways is followed the first way.

    A probe is there to be certain; which way a text is read is another question than where its lines lie.
    """
    both = {one.id: one.options[0].id for one in law.readings.values() if law.option(one.id) is None}
    return by_readings(law, both) if both else law


def probe_for(law: Law, mutant: Mutant, lenses: Mapping[str, Sequence[str]]) -> Found:
    """Return a point at which a mutant answers otherwise than the law, if there is one.

    A point at which the two have no answer in common is better than one at which they leave others open.

    Args:
        law: The law.
        mutant: The law with one small change.
        lenses: For each provision, the lenses that read it.
    """
    second: ProbeRow | None = None
    equivalent = True
    for lens in dict.fromkeys(one for name in mutant.provisions for one in lenses.get(name, ())):
        for moment in moments(LawSide(name="", law=law), LawSide(name="", law=mutant.law), lens):
            for change in islice(_changes(moment), _MOST_KINDS):
                equivalent = False
                before, after = _both(moment, *_witness(change))
                if not before & after:
                    return Found(mutant=mutant, row=_row(moment, change))
                if second is None and before != after:
                    second = _row(moment, change)
    return Found(mutant=mutant, row=second, equivalent=equivalent)


def readers(law: Law) -> dict[str, tuple[str, ...]]:
    """Return the lenses that read each provision: its own, and those whose texts refer to it."""
    found: dict[str, dict[str, None]] = {one.id: {one.lens: None} for one in law.provisions.values()}
    for provision in law.provisions.values():
        for act in provision.acts:
            for atom in atoms_of(act.text) if act.text is not None else ():
                if isinstance(atom, Is) and atom.provision in found:
                    found[atom.provision][provision.lens] = None
    return {name: tuple(lenses) for name, lenses in found.items()}


def _changes(moment: Moment) -> Iterator[Change]:
    """Yield a change of each kind, with every figure there; and where there is none, with figures that do not exist."""
    lens = moment.old.lenses[moment.lens]
    met = False
    for box in _boxes(moment):
        if met:
            return
        for before, after in sides_of(moment, lens):
            for change in each_kind(before.question, after.question, box):
                # A lens without a text may answer as one does whose texts do not apply.
                if before.named(change.old) != after.named(change.new):
                    met = True
                    yield change


def _boxes(moment: Moment) -> Iterator[Box]:
    """Yield boxes in which every figure exists, and then in which some of those that the texts compare do not."""
    yield Box()
    read: set[str] = set()
    for texts in (moment.old_texts, moment.new_texts):
        own = [texts[name] for name in moment.differing if name in texts]
        read.update(base_metrics(Question(own, texts, ()).atoms()))
    names = sorted(read)
    for absent in chain.from_iterable(combinations(names, n) for n in range(1, len(names) + 1)):
        yield Box(figures=dict.fromkeys(absent, ABSENT))


def _row(moment: Moment, change: Change) -> ProbeRow:
    """Return a change as a row, with no more facts and figures than it needs."""
    figures, facts = _witness(change)
    whole = _both(moment, figures, facts)
    for name in list(facts):
        fewer = {one: value for one, value in facts.items() if one != name}
        facts = fewer if _both(moment, figures, fewer) == whole else facts
    for name in list(figures):
        less = {one: value for one, value in figures.items() if one != name}
        figures = less if _both(moment, less, facts) == whole else figures
    return row_at(moment.old, moment.lens, moment.old_day, figures, facts)


def _witness(change: Change) -> tuple[dict[str, str], dict[str, str]]:
    facts = {name: ANY_OTHER if value == OTHER else value for name, value in change.witness.facts.items()}
    return {name: _text(at) for name, at in change.witness.figures.items()}, facts


def _text(at: Fraction | Absent) -> str:
    if isinstance(at, Absent):
        return "absent"
    return as_text(at) if Fraction(as_text(at)) == at else str(at)


def _both(
    moment: Moment, figures: Mapping[str, str], facts: Mapping[str, str]
) -> tuple[frozenset[str], frozenset[str]]:
    box, lens = point(figures, facts), moment.old.lenses[moment.lens]
    before = answers_at(moment.old, lens, moment.old_day, box)
    return frozenset(before), frozenset(answers_at(moment.new, lens, moment.new_day, box))


def row_at(law: Law, lens: str, day: date, figures: Mapping[str, str], facts: Mapping[str, str]) -> ProbeRow:
    """Return what a law answers at a point on a day."""
    text, box = law.lenses[lens], point(figures, facts)
    answers = answers_at(law, text, day, box)
    return ProbeRow(
        lens=lens,
        day=day,
        figures=tuple(sorted(figures.items())),
        facts=tuple(sorted(facts.items())),
        answers=answers,
        by=provisions_on(law, text, day, [box], answers),
    )


def again(law: Law, row: ProbeRow) -> ProbeRow:
    """Return a row as a law answers it now."""
    return row_at(law, row.lens, row.day, dict(row.figures), dict(row.facts))

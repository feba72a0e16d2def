"""Checks of law files before any decision: transcription, names, answers, and the order of acts."""

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from harness.errors import Fault
from harness.model.policy import InstrumentText, ParamText
from harness.policy.language import Compare, Is, Member
from harness.policy.law import Law, Provision, Text
from harness.policy.vocabulary import METRICS

_NUMBER = re.compile(r"(?<![\w.])[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|(?<![\w.,])[0-9]+(?:\.[0-9]+)?")


def faults_of_text(text: InstrumentText, law: Law) -> Iterator[Fault]:
    """Name what is wrong in one file by itself, and against the list of readings."""
    for param in text.params:
        yield from _param_faults(text, param)
    yield from _cap_faults(text)
    yield from _half_conditions(text)
    yield from _reading_faults(text, law)
    for kind, ids in (
        ("constant", [param.id for param in text.params]),
        ("set", [listed.id for listed in text.sets]),
        ("definition", [definition.id for definition in text.definitions]),
    ):
        for name in sorted({name for name in ids if ids.count(name) > 1}):
            yield Fault(where=f"{text.instrument}, {kind} {name}", got="two of that name", need="one")


def _cap_faults(text: InstrumentText) -> Iterator[Fault]:
    lists = {listed.id for listed in text.sets}
    for cap in text.caps:
        where = f"{text.instrument}, cap {cap.id}"
        if [Decimal(number.replace(",", "")) for number in _NUMBER.findall(cap.says)] != [cap.share]:
            got = f"{cap.share} beside the words {cap.says!r}"
            yield Fault(where=where, got=got, need="the same one number in both")
        for name in sorted({cap.to, cap.against} - lists):
            yield Fault(where=where, got=f"the list {name}", need=f"one of {', '.join(sorted(lists))}")


def _half_conditions(text: InstrumentText) -> Iterator[Fault]:
    for provision in text.provisions:
        if (provision.when is None) != (provision.then is None):
            where = f"{text.instrument}, {provision.id}"
            yield Fault(where=where, got="one of when and then", need="both, or neither")


def _reading_faults(text: InstrumentText, law: Law) -> Iterator[Fault]:
    """A question that several answers depend on must be a reading, with an option for each answer, or a gap."""
    for provision in text.provisions:
        for row in provision.rows:
            where = f"{text.instrument}, {provision.id}"
            if row.reading is None or isinstance(row.then, str):
                continue
            if row.reading not in law.readings and row.reading not in law.gaps:
                yield Fault(where=where, got=f"the reading {row.reading}", need=f"one of {_known(law)}")
            options = law.readings[row.reading].options if row.reading in law.readings else row.then
            if len(options) != len(row.then):
                got = f"{len(row.then)} answers by the reading {row.reading}"
                yield Fault(where=where, got=got, need=f"one for each of its {len(options)} options")
    for listed in text.sets:
        for member, reading in listed.uncertain.items():
            if reading not in law.readings:
                where = f"{text.instrument}, set {listed.id}, {member}"
                yield Fault(where=where, got=f"the reading {reading}", need=f"one of {_known(law)}")


def _known(law: Law) -> str:
    return ", ".join([*law.readings, *law.gaps])


def _param_faults(text: InstrumentText, param: ParamText) -> Iterator[Fault]:
    where = f"{text.instrument}, constant {param.id}"
    numbers = [Decimal(number.replace(",", "")) for number in _NUMBER.findall(param.says)]
    if numbers != [param.value]:
        yield Fault(
            where=where, got=f"{param.value} beside the words {param.says!r}", need="the same one number in both"
        )
    if param.metric not in METRICS:
        yield Fault(where=where, got=f"the metric {param.metric}", need=f"one of {', '.join(METRICS)}")
    elif (param.unit or "TPP") != METRICS[param.metric]:
        yield Fault(where=where, got=f"the unit {param.unit}", need=METRICS[param.metric])


def faults_of_law(law: Law) -> Iterator[Fault]:
    """Name what is wrong between the files: answers, references, and days with two texts or none."""
    for provision in law.provisions.values():
        if provision.lens not in law.lenses:
            need = f"one of {', '.join(law.lenses)}"
            yield Fault(where=provision.id, got=f"the lens {provision.lens}", need=need)
            continue
        yield from _life_faults(provision)
        for act in provision.acts:
            if act.text is not None:
                yield from _text_faults(law, act.text)
    for lens in law.lenses.values():
        if (lens.begins is None) != (lens.before is None):
            yield Fault(where=f"lens {lens.id}", got="one of begins and before", need="both, or neither")
        if lens.before and lens.before.answer not in {answer.id for answer in lens.answers}:
            yield Fault(where=f"lens {lens.id}", got=f"the answer {lens.before.answer}", need="one of its answers")
        if lens.default not in {answer.id for answer in lens.answers}:
            yield Fault(where=f"lens {lens.id}", got=f"the default {lens.default}", need="one of its answers")


# What may follow upon what: a text stands, is suspended, or has ended.
_LIFE = {"stands": {"amend": "stands", "suspend": "suspended", "repeal": "ended"},
         "suspended": {"amend": "suspended", "revive": "stands", "repeal": "ended"},
         "ended": {"enact": "stands"}}  # fmt: skip


def _life_faults(provision: Provision) -> Iterator[Fault]:
    """Name days with two texts, with two acts, and acts upon a text that is not there."""
    own = [act for act in provision.acts if act.op != "follow"]
    if own[0].op != "enact":
        yield Fault(where=provision.id, got=f"{own[0].op} as its first act", need="enact")
        return
    state = "ended"
    for act in own:
        if act.op not in _LIFE[state]:
            need = f"one of {', '.join(_LIFE[state])}, for the text {state}"
            got = f"two texts from {act.day} on" if act.op == "enact" else f"{act.op} on {act.day}"
            yield Fault(where=provision.id, got=got, need=need)
        state = _LIFE[state].get(act.op, state)
    for before, after in pairwise(own):
        if before.day == after.day:
            yield Fault(where=provision.id, got=f"two acts on {after.day}", need="one act a day")


def _text_faults(law: Law, text: Text) -> Iterator[Fault]:
    where = f"{text.instrument.instrument}, {text.provision}"
    answers = {answer.id for answer in law.lenses[text.lens].answers}
    given = {answer for row in text.rows for answer in row.then} | set(text.otherwise)
    for answer in sorted(given - answers):
        yield Fault(where=where, got=f"the answer {answer}", need=f"one of {', '.join(sorted(answers))}")
    if not text.clock:
        yield Fault(where=where, got="no clock", need="the dates that select its text")
    for row in text.rows:
        if len(row.then) > 1 and row.reading is None:
            yield Fault(where=where, got="several answers in one row", need="the reading that they depend on")
    for atom in atoms_of(text):
        if isinstance(atom, Is):
            yield from _reference_faults(law, where, atom)


def _reference_faults(law: Law, where: str, atom: Is) -> Iterator[Fault]:
    referred = law.provisions.get(atom.provision)
    if referred is None:
        yield Fault(where=where, got=f"the provision {atom.provision}", need="a provision of the law")
        return
    if any(isinstance(inner, Is) for act in referred.acts if act.text for inner in atoms_of(act.text)):
        yield Fault(where=where, got=f"a reference to {atom.provision}", need="a provision that refers to no other")
    lens = law.lenses.get(referred.lens)
    answers = {answer.id for answer in lens.answers} if lens else set()
    if atom.answer not in answers:
        yield Fault(where=where, got=f"the answer {atom.answer}", need=f"one of {', '.join(sorted(answers))}")


def atoms_of(text: Text) -> Iterator[Compare | Member | Is]:
    """Return every atom of a provision's text, in order."""
    return iter(text.atoms)


def facts_read(text: Text) -> Iterator[str]:
    """Return the name of every fact that a provision's text reads."""
    for atom in atoms_of(text):
        if isinstance(atom, Member):
            yield atom.fact

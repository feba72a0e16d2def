"""What each instrument claims to change, held against what it changes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from harness.errors import Fault
from harness.model.policy import EffectText, InstrumentText, LensText
from harness.policy.box import Box
from harness.policy.cells import NOTHING, Question
from harness.policy.difference import Change, difference, first_change, kinds_of_change
from harness.policy.language import AllOf, AnyOf, BadExpression, Expression, Is, Member, parse
from harness.policy.law import Law, Provision, Row, Text
from harness.policy.lint import atoms_of
from harness.policy.region import described, expression_of, order_of, referred_on
from harness.policy.splitting import by_fact
from harness.policy.timeline import names_on
from harness.policy.truth import OTHER

ANYTHING = Box()
KINDS = ("stricter", "laxer", "mixed")
NEVER = "never"
# The answers of the question whether a case lies in a region.
_OUT, _IN = "outside", "inside"


def faults_of_effects(law: Law) -> Iterator[Fault]:
    """Name every claim of an instrument that is not what it changes, and every change that it does not claim."""
    for text in law.instruments.values():
        if text.instrument not in law.selected:
            continue
        claimed = {(one.lens, one.on): set(one.changes) for one in text.effects if one.provision is None}
        for lens, day in sorted(acted(law, text) | claimed.keys()):
            where = f"{text.instrument}, effect on {lens} on {day}"
            found = transitions(law, text, law.lenses[lens], day)
            yield from _unequal(where, claimed.get((lens, day), set()), found)
        for effect in text.effects:
            if effect.provision is not None:
                yield from _region_faults(law, text, effect)


def _unequal(where: str, claimed: set[str], found: Mapping[str, Change]) -> Iterator[Fault]:
    for said in sorted(claimed - found.keys()):
        yield Fault(where=where, got=f"{said} claimed, and nowhere so", need="the changes that there are")
    for said in sorted(found.keys() - claimed):
        yield Fault(where=where, got=f"{said} not claimed, at {described(found[said])}", need="a claim of it")


def acted(law: Law, text: InstrumentText) -> set[tuple[str, date]]:
    """Return the lenses and days on which an instrument acts, by itself or through a list that others read.

    A provision that another lens refers to acts on that lens too.
    """
    own = {(provision.id, provision.lens, act.day) for provision in law.provisions.values()
           for act in provision.acts if act.by.instrument == text.instrument}  # fmt: skip
    referring = {name: {one.lens for one in law.provisions.values() if name in _refers(one)} for name, *_ in own}
    return {(lens, day) for name, home, day in own for lens in {home, *referring[name]}}


def _refers(provision: Provision) -> set[str]:
    return {atom.provision for act in provision.acts if act.text is not None
            for atom in atoms_of(act.text) if isinstance(atom, Is)}  # fmt: skip


def transitions(law: Law, text: InstrumentText, lens: LensText, day: date) -> dict[str, Change]:
    """Return every change of answers that an instrument makes on a day, as words, each with a box that shows it."""
    before, after = (_question(one, lens, day) for one in (without(law, text, day), law))
    found: dict[str, Change] = {}
    for change in kinds_of_change(before, after, ANYTHING):
        old, new = (_named_answers(answers, lens) for answers in (change.old, change.new))
        if old != new:
            found.setdefault(f"{old} -> {new}", change)
    return found


def _named_answers(answers: Iterable[str], lens: LensText) -> str:
    named = {lens.default if answer == NOTHING else answer for answer in answers}
    return " or ".join(answer for answer in order_of(lens) if answer in named)


def changes_of(law: Law, text: InstrumentText, provision: str, day: date) -> dict[str, list[Change]]:
    """Return what an instrument changes of one provision on a day, by the way in which its answers change."""
    lens = law.lenses[law.provisions[provision].lens]
    before, after = (_question_of_one(one, provision, day, lens) for one in (without(law, text, day), law))
    rank = {answer: n for n, answer in enumerate((NOTHING, *order_of(lens)))}
    # Where nothing applies the lens has its default.
    rank[NOTHING] = rank[lens.default]
    found: dict[str, list[Change]] = {}
    for change in difference(before, after, ANYTHING):
        kind = _kind(change, rank)
        if kind is not None:
            found.setdefault(kind, []).append(change)
    return found


def _question_of_one(law: Law, provision: str, day: date, lens: LensText) -> Question:
    text = law.provisions[provision].on(day)
    texts = [] if text is None else [text]
    return Question(texts, referred_on(law, texts, day), order_of(lens))


def _kind(change: Change, rank: Mapping[str, int]) -> str | None:
    old, new = (sorted({rank[answer] for answer in answers}) for answers in (change.old, change.new))
    if old == new:
        return None
    low, high = new[0] - old[0], new[-1] - old[-1]
    if low >= 0 and high >= 0 and (low or high):
        return "stricter"
    return "laxer" if low <= 0 and high <= 0 and (low or high) else "mixed"


def without(law: Law, text: InstrumentText, day: date) -> Law:
    """Return the law as if the instrument had not acted on this day."""
    left: dict[str, Provision] = {}
    for name, provision in law.provisions.items():
        acts = tuple(act for act in provision.acts if act.by.instrument != text.instrument or act.day != day)
        left[name] = replace(provision, acts=acts)
    return replace(law, provisions=left, prepared={})


def _question(law: Law, lens: LensText, day: date) -> Question:
    texts = [text for one in law.of_lens(lens.id) if (text := one.on(day)) is not None and not text.aside]
    return Question(texts, referred_on(law, texts, day), order_of(lens))


def _region_faults(law: Law, text: InstrumentText, effect: EffectText) -> Iterator[Fault]:
    name = effect.provision or ""
    where = f"{text.instrument}, effect on {name} on {effect.on}"
    if name not in law.provisions:
        yield Fault(where=where, got=f"the provision {name}", need="a provision of the law")
        return
    found = changes_of(law, text, name, effect.on)
    names = names_on(law, text, effect.on)
    for kind in KINDS:
        said = getattr(effect, kind)
        try:
            region = AnyOf(()) if said == NEVER else parse(said, names)
        except BadExpression as error:
            yield Fault(where=where, got=str(error), need="the grammar of law files")
            continue
        yield from _differs(law, where, kind, region, found.get(kind, []), effect.on)


def _differs(law: Law, where: str, kind: str, region: Expression, changes: list[Change], day: date) -> Iterator[Fault]:
    """Name a point that a claim has and the difference does not, or the other way round."""
    referred = referred_on(law, [_in_or_out(region)], day)
    claim = Question([_in_or_out(region)], referred, (_OUT, _IN))
    named = _named(changes, claim)
    actual = Question([_in_or_out(AnyOf(tuple(expression_of(one, named) for one in changes)))], {}, (_OUT, _IN))
    change = first_change(claim, actual, ANYTHING)
    if change is not None:
        over = change.old == frozenset({_IN})
        said = "claimed, and nothing changes so" if over else "not claimed, and so it is"
        got = f"{kind} {said} at {described(change)}"
        yield Fault(where=where, got=got, need="a claim that is what the instrument changes")


def _in_or_out(region: Expression) -> Text:
    rows = (Row(when=region, then=(_IN,), pin="", reading=None, says=None),)
    return Text(
        provision="region",
        lens="region",
        instrument=_NOBODY,
        clock=(),
        scope=AllOf(()),
        rows=rows,
        otherwise=(_OUT,),
        pin="",
        says="",
    )


_NOBODY = InstrumentText.model_construct(instrument="region")  # type: ignore[call-arg]


def _named(changes: Iterable[Change], claim: Question) -> dict[str, frozenset[str]]:
    """Return every value that boxes or claim name, per fact."""
    found: dict[str, set[str]] = {}
    for change in changes:
        for fact, values in change.facts.items():
            found.setdefault(fact, set()).update(values - {OTHER})
    for fact, about in by_fact(claim.atoms()).items():
        for atom in about:
            found.setdefault(fact, set()).update(_values(atom))
    return {fact: frozenset(values) for fact, values in found.items()}


def _values(atom: Member) -> set[str]:
    return set(atom.members) | {value for value, _ in atom.uncertain}

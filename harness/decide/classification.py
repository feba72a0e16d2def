"""Where a chip or a system stands under the law of a day, by its declared figures and by facts that are assumed."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from harness.decide.alternatives import is_of_layers, layers_of, readings_used, touched_by_texts
from harness.decide.assumed import assumed_facts, given_figures
from harness.decide.clocks import ClockReading, clock_readings
from harness.decide.declared import Declared, Reading, declared_chip, declared_memory, declared_sum
from harness.decide.facts import with_known_names
from harness.decide.lenses import (
    criteria_of,
    decisions_of,
    lens_of,
    notices_of,
    question_of,
    readings_followed,
    strictest_of_each,
    told_beside,
    without_text,
)
from harness.decide.verdict import figure_reading, overall, score, selected
from harness.model.assumption import AssumedFact
from harness.model.chip_spec import ChipSpec
from harness.model.policy import CLOCKS, LensText
from harness.model.quantity import FigureState, Interval, as_text
from harness.model.subject import Part, Subject
from harness.model.verdict import (
    Assumption,
    Dates,
    FigureReading,
    Inputs,
    Lens,
    Receipt,
    ReportIdentity,
    Verdict,
)
from harness.policy.box import Box, Fact, stated
from harness.policy.cells import NOTHING, Question
from harness.policy.derived import derived_state
from harness.policy.law import KnownNames, Law
from harness.policy.trace import Criterion
from harness.policy.vocabulary import DERIVED, METRICS, SUMS
from harness.version import VERSION

# The lenses that need no evidence: those on what an item is and where it goes.
_WHERE_IT_STANDS = "classification"
LENSES = (_WHERE_IT_STANDS, "licence-requirement", "review-policy", "tariff")
RESTS_ON = "rests on declared figures, and on assumed facts where they are marked so; nothing was measured or examined"


def classify(
    subject: Subject,
    law: Law,
    day: date,
    assumptions: Iterable[AssumedFact],
    given: Mapping[str, str] | None = None,
) -> Verdict:
    """Return the verdict on an item by its declared figures alone.

    Args:
        subject: The chip, memory stack or system.
        law: The law to read, by the readings that are followed.
        day: The day of every clock.
        assumptions: What is assumed where nothing is given.
        given: Values by the flag of the assumption that they replace, "unknown" to leave it open; `marketing` and
            `other-eccn` may be given too, and replace what the spec file says.

    Raises:
        WrongUsage: A flag that does not exist.
    """
    item_of, assumed = item_under(subject, tuple(assumptions), given or {}, law)
    item = item_of(law)
    answered = {name: _answer(law, law.lenses[name], day, item_of) for name in LENSES if name in law.lenses}
    answered = _exception_first(answered)
    dates = Dates.model_construct(test=day, application=day, export=day, entry=day, as_of=day)
    return Verdict.model_construct(
        format="verdict/1",
        report=ReportIdentity.model_construct(
            report_id=subject.id, laboratory=None, chip=subject.id, product=f"{subject.manufacturer} {subject.name}"
        ),
        outcome=overall(answered),
        score=score(answered),
        dates=dates,
        lenses=answered,
        figures=dict(_figures(item)),
        findings=(),
        assurance=(),
        assumed=tuple(assumed),
        receipt=_receipt(subject, law, dates, tuple(answered)),
    )


def item_under(
    subject: Subject, assumptions: tuple[AssumedFact, ...], given: Mapping[str, str], law: Law
) -> tuple[Callable[[Law], "Item"], list[Assumption]]:
    """Return how an item is under the readings that a law follows, and the record of what is assumed of it."""
    facts, assumed = assumed_facts(subject, law, assumptions, given)
    figures = given_figures(assumptions, given)
    made: dict[object, Item] = {}

    def item_of(other: Law) -> Item:
        key = (other.figure_readings, *sorted(other.given.items()))
        if key not in made:
            settled = {
                fact: stated(value, note="by the reading that is followed") for fact, value in other.given.items()
            }
            made[key] = Item(subject, _ways(subject, other.figure_readings, figures), {**facts, **settled}, other.names)
        return made[key]

    return item_of, assumed


def _exception_first(lenses: dict[str, Lens]) -> dict[str, Lens]:
    """Where a licence exception may be used, say that the review policy is for those who apply all the same."""
    required, review = lenses.get("licence-requirement"), lenses.get("review-policy")
    exceptions = [answer for answer in required.possible if answer.startswith("exception-")] if required else []
    if review is None or not exceptions:
        return lenses
    said = f"{' or '.join(exceptions)} may make an application unnecessary; this is the policy if one is filed"
    return {**lenses, "review-policy": review.model_copy(update={"notices": (*review.notices, said)})}


@dataclass(frozen=True, slots=True)
class _Held:
    part: Part
    declared: Declared


@dataclass(frozen=True, slots=True)
class Item:
    """An item with what it holds, counted in every way that is followed, and the facts about it."""

    subject: Subject
    # What the item holds; more than one list where its circuits are counted in more than one way.
    ways: list[list[_Held]]
    facts: Mapping[str, Fact]
    names: KnownNames

    @property
    def held(self) -> list[_Held]:
        """What the item holds, counted in the first way that is followed."""
        return self.ways[0]

    def every(self) -> Iterator[_Held]:
        """Yield what the item holds, counted in every way that is followed."""
        for held in self.ways:
            yield from held

    def named(self, one: _Held) -> str | None:
        """Name a part where there is more than one kind."""
        return f"{one.declared.id} x {one.part.count}" if len(self.held) > 1 else None

    def box(self, reading: Reading, one: _Held) -> Box:
        of_part = {"manufacturer": stated(one.part.spec.manufacturer), "product": stated(one.declared.id)}
        return Box(figures=reading.figures, facts={**self.facts, **with_known_names(of_part, self.names)})


# AMB-08: each circuit of an item by itself, or their sum.
PER_CIRCUIT, PER_ITEM = "per-circuit", "per-item"


def _ways(subject: Subject, counted: tuple[str, ...], figures: Mapping[str, Interval]) -> list[list[_Held]]:
    each = [_Held(part, _declared(part, counted, figures)) for part in subject.parts]
    if PER_ITEM not in counted or sum(part.count for part in subject.parts) == 1:
        return [each]
    whole = declared_sum(subject.id, [(one.declared, one.part.count) for one in each])
    summed = [_Held(one.part, whole) for one in each]
    return [each, summed] if PER_CIRCUIT in counted else [summed]


def _declared(part: Part, counted: tuple[str, ...], figures: Mapping[str, Interval]) -> Declared:
    found = declared_chip(part.spec, counted) if isinstance(part.spec, ChipSpec) else declared_memory(part.spec)
    readings = (Reading(names=one.names, figures={**one.figures, **figures}) for one in found.readings)
    return replace(found, readings=tuple(readings)) if figures else found


def _answer(law: Law, lens: LensText, day: date, item_of: Callable[[Law], Item]) -> Lens:
    """Return what the law answers: under each reading, for each circuit by itself, the strictest of them."""
    item = item_of(law)
    readings = clock_readings(law, lens.id, dict.fromkeys(CLOCKS, day))
    possible: set[str] = set()
    missing: list[str] = []
    notices = [RESTS_ON] if not lens.informs else []
    for reading in readings:
        if not reading.texts:
            return without_text(lens, reading)
        question = question_of(law, lens, reading)
        found = {
            answer
            for held in item.ways
            for answer in strictest_of_each([_of_part(question, item, one, notices, missing) for one in held], question)
        }
        possible |= {lens.default if answer == NOTHING else answer for answer in found}
        if NOTHING in found:
            notices.append(f"no provision that is encoded applies to this: {lens.default}")
    if not readings:
        return without_text(lens, None)
    notices += [
        f"{answer.id}: {answer.means}" for answer in lens.answers if answer.id in possible and answer.id != answer.means
    ]
    if lens.id == _WHERE_IT_STANDS:
        notices += [*_sum_warning(item), *_about_the_item(item)]
    answered = possible if lens.informs else ()
    reasons = list(_criteria(question_of(law, lens, readings[0]), readings[0], item, answered))
    boxes = [item.box(reading, one) for one in item.every() for reading in one.declared.readings]
    if len(possible) > 1:
        notices += readings_followed(readings, boxes)
    notices += told_beside(law, lens, readings, boxes)
    order = [answer.id for answer in lens.answers]
    touched = [*touched_by_texts(law, readings, boxes), *_counted(law, item)]
    now = sorted(possible, key=order.index)
    uses = readings_used(law, touched, lambda other: list(possible_on(other, lens, day, item_of(other))), now)
    return lens_of(
        lens,
        possible,
        reasons=reasons,
        missing=missing,
        notices=[*notices, *notices_of(readings, boxes)],
        decisions=decisions_of(readings, boxes, possible),
        readings=uses,
        layers=layers_of(law, uses),
    )


def possible_on(law: Law, lens: LensText, day: date, item: Item) -> tuple[str, ...]:
    """Return the answers that the law of a day leaves possible for the item, and nothing besides."""
    found: set[str] = set()
    readings = clock_readings(law, lens.id, dict.fromkeys(CLOCKS, day))
    if not readings or any(not reading.texts for reading in readings):
        return without_text(lens, readings[0] if readings else None).possible
    for reading in readings:
        question = question_of(law, lens, reading)
        for held in item.ways:
            parts = [
                frozenset().union(*(question.possible(item.box(one_way, one)) for one_way in one.declared.readings))
                for one in held
            ]
            found |= strictest_of_each(parts, question)
    named = {lens.default if answer == NOTHING else answer for answer in found}
    return tuple(answer.id for answer in lens.answers if answer.id in named)


def layers_on(law: Law, lens: LensText, day: date, item_of: Callable[[Law], Item]) -> dict[str, tuple[str, ...]]:
    """Return what is codified and what is enforced on a day, where the item meets both and they differ."""
    readings = clock_readings(law, lens.id, dict.fromkeys(CLOCKS, day))
    item = item_of(law)
    boxes = [item.box(reading, one) for one in item.every() for reading in one.declared.readings]
    touched = [name for name in touched_by_texts(law, readings, boxes) if is_of_layers(law, name)]
    now = possible_on(law, lens, day, item)
    uses = readings_used(law, touched, lambda other: list(possible_on(other, lens, day, item_of(other))), now)
    return layers_of(law, uses)


def paragraphs_on(law: Law, lens: LensText, day: date, item: Item, possible: Iterable[str]) -> tuple[str, ...]:
    """Return the paragraphs that give these answers on a day; of answers that nobody gives, none."""
    readings = clock_readings(law, lens.id, dict.fromkeys(CLOCKS, day))
    boxes = [item.box(reading, one) for one in item.every() for reading in one.declared.readings]
    return tuple(dict.fromkeys(one.pin for one in decisions_of(readings, boxes, possible)))


def _counted(law: Law, item: Item) -> Iterator[str]:
    """Yield the readings by which the circuits of the item have another TPP."""
    for reading in law.readings.values():
        ways = [(one.figures,) for one in reading.options if one.figures]
        tpps = {
            tuple(
                state
                for held in _ways(item.subject, way, {})
                for one in held
                for alternative in one.declared.readings
                if isinstance(state := alternative.figures["tpp"], Interval)
            )
            for way in ways
        }
        if len(tpps) > 1:
            yield reading.id


def _of_part(question: Question, item: Item, one: _Held, notices: list[str], missing: list[str]) -> frozenset[str]:
    """Return the answers for one kind of circuit; say where they turn on a reading, and what is missing."""
    boxes = {reading.names: item.box(reading, one) for reading in one.declared.readings}
    answers = {names: question.possible(box) for names, box in boxes.items()}
    if len(set(answers.values())) > 1:
        said = (f"{' and '.join(names)}: {' or '.join(sorted(found)) or 'nothing'}" for names, found in answers.items())
        notices.append(f"the answer turns on a reading (AMB-11 and kin): {'; '.join(said)}")
        missing += [f"--reading {name}" for names in answers for name in names]
    for names, box in boxes.items():
        if len(answers[names]) > 1:
            # Where nothing helps alone, the text itself is open, and a notice says so.
            missing += [_wanted(name, one) for name in question.what_matters(box)]
    return frozenset().union(*answers.values())


_FLAGS = {
    "end_user_country": "--to",
    "end_user_headquarters": "--headquarters",
    "end_user_parent": "--parent",
    "from_country": "--from",
    "data_center": "--marketing",
}


def _wanted(name: str, one: _Held) -> str:
    """Return what would decide: a flag, or a source for a figure of the spec file."""
    if name in METRICS or name in {source for sources in DERIVED.values() for source in sources}:
        return f"a source for {name} of {one.declared.id}"
    if name.startswith(("declared:", "certified:")):
        return "--dd-support"
    return _FLAGS.get(name, "--" + name.replace("_", "-"))


def _sum_warning(item: Item) -> Iterator[str]:
    count = sum(one.part.count for one in item.held)
    if item.subject.kind != "system" or count == 1:
        return
    totals = [reading.figures.get("tpp") for one in item.held for reading in one.declared.readings[:1]]
    exact = [state.lo for state in totals if isinstance(state, Interval) and state.exact]
    said = ""
    if len(exact) == len(item.held):
        total = sum((value * one.part.count for value, one in zip(exact, item.held, strict=True)), Fraction(0))
        said = f"; their sum, {as_text(total)} TPP, is no figure of the law"
    yield f"each of the {count} integrated circuits is looked at by itself{said}, unless AMB-08=b is followed"


def _about_the_item(item: Item) -> Iterator[str]:
    """Say what the figures leave aside."""
    if any(isinstance(one.part.spec, ChipSpec) and len(one.part.spec.rates) > 1 for one in item.held):
        yield "rates of different kinds of processing units are not summed, unless the reading AMB-12=b is followed"
    if item.facts["item_kind"].values != frozenset({"commodity"}):
        yield "software and technology have paragraphs of their own, which are not encoded; this is the commodity's"


def _criteria(question: Question, reading: ClockReading, item: Item, answered: Iterable[str]) -> Iterator[Criterion]:
    seen: set[tuple[str, str, str, str | None]] = set()
    for one in item.held:
        boxes = [item.box(alternative, one) for alternative in one.declared.readings]
        for criterion in criteria_of(reading, boxes, question, answered):
            name = item.named(one) if criterion.unit is not None else None
            key = (criterion.id, criterion.need, criterion.got, name)
            if key not in seen:
                seen.add(key)
                yield replace(criterion, note=name) if name else criterion


def _figures(item: Item) -> Iterator[tuple[str, FigureReading]]:
    for one in item.held:
        prefix = f"{one.declared.id}: " if len(item.held) > 1 else ""
        for metric, unit in METRICS.items():
            if metric in SUMS:
                continue  # Its terms stand there.
            states = [_state(metric, reading.figures) for reading in one.declared.readings]
            known = [state for state in states if state is not None]
            if known and _is_of(metric, one):
                note = one.declared.notes.get(metric)
                yield prefix + metric, figure_reading(unit, known, note)


def _is_of(metric: str, one: _Held) -> bool:
    """Whether a figure says anything of this kind of part: what a memory stack does not have is not listed."""
    of_memory = set(DERIVED.get(metric, ())) & {"stack_bandwidth"}
    return bool(of_memory) != isinstance(one.part.spec, ChipSpec)


def _state(metric: str, figures: Mapping[str, FigureState]) -> FigureState | None:
    """Return a figure; a derived one from what it follows from; None where the item has no such figure."""
    if metric not in DERIVED:
        return figures.get(metric)
    top, bottom = (figures.get(source) for source in DERIVED[metric])
    if top is None or bottom is None:
        return None
    return derived_state(metric, top, bottom)


def _receipt(subject: Subject, law: Law, dates: Dates, asked: tuple[str, ...]) -> Receipt:
    contained: dict[str, str | None] = {
        f"specs/{part.spec.id}": part.sha256 for part in subject.parts if part.sha256 != subject.sha256
    }
    return Receipt.model_construct(
        law_sha256=law.sha256,
        engine_version=VERSION,
        dates=dates,
        lenses_asked=asked,
        **selected(law),
        inputs=Inputs.model_construct(
            report_sha256=None, spec_sha256=subject.sha256, method_sha256=None, attachments_sha256=contained
        ),
    )

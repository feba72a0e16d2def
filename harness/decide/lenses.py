"""One lens at a time: the answers that the law leaves possible, the criteria behind them, and what is missing."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from itertools import product

from harness.decide.alternatives import layers_of, readings_used, touched_by_texts
from harness.decide.clocks import ClockReading, DateMap, clock_readings, referred_by
from harness.decide.facts import PARTY_FACTS, Recipient, place_of
from harness.model.policy import LensText
from harness.model.verdict import Decision, Lens, Outcome, ReadingUse, Reason
from harness.policy.box import NOT_STATED, Box
from harness.policy.cells import NOTHING, Question
from harness.policy.language import Is
from harness.policy.law import Law, Text
from harness.policy.lint import atoms_of, facts_read
from harness.policy.splitting import base_metrics
from harness.policy.trace import Answered, Criterion, answered, rows_of_several_readings, scope_outcome, trace

BoxOf = Callable[[Law], Box]


def judge_lens(
    law: Law,
    lens: LensText,
    dates: DateMap,
    box_of: BoxOf,
    recipients: Iterable[Recipient],
    unread: Iterable[str],
    counted: Iterable[str] = (),
) -> Lens:
    """Return what the law answers to one lens for this evidence.

    Where the law is silent on the clock, the text of each clock's day is followed; where the goods reach several
    parties, the strictest answer counts; where the report states something adverse that no text in force reads, the
    matter is open.

    Args:
        law: The law to read.
        lens: The lens.
        dates: The day of each clock.
        box_of: The evidence as a law has it counted.
        recipients: The parties that the goods reach.
        unread: Adverse facts that no text reads.
        counted: Readings that count a figure of the case otherwise.
    """
    box = box_of(law)
    readings = clock_readings(law, lens.id, dates)
    parties = list(recipients)
    possible: set[str] = set()
    missing: list[str] = []
    explained: list[Box] = []
    for reading in readings:
        if not reading.texts:
            return without_text(lens, reading)
        question = question_of(law, lens, reading)
        asked = _apart(question, box, parties)
        answers = [(one, question.possible(one), decides) for one, decides in asked]
        counted_for = [_counted(lens, *answer) for answer in answers]
        found = strictest_of_each(counted_for, question)
        possible |= {lens.default if answer == NOTHING else answer for answer in found}
        # A party that the law says nothing of explains nothing.
        explained = explained or [
            one for (one, _, decides), said in zip(answers, counted_for, strict=True) if decides or said != {NOTHING}
        ]
        if len(found) > 1 and not missing:
            still_open = [one for one, options, _ in answers if len(options) > 1]
            missing += [name for one in still_open[:_MOST_EXPLAINED] for name in what_is_missing(question, one)]
    if not readings:
        return without_text(lens, None)
    notices = notices_of(readings, explained[:_MOST_EXPLAINED])
    notices += told_beside(law, lens, readings, explained[:_MOST_EXPLAINED])
    for fact in _unread_here(readings, unread):
        possible.add(lens.default)
        notices.append(f"{fact} is adverse, and no text in force reads it")
    if len(possible) > 1:
        notices += readings_followed(readings, explained[:_MOST_EXPLAINED])
    first = readings[0]
    answered = possible if lens.informs else ()
    boxes = explained[:_MOST_EXPLAINED]

    order = [answer.id for answer in lens.answers]

    def under(other: Law) -> list[str]:
        return sorted(possible_answers(other, lens, dates, box_of(other), parties), key=order.index)

    reads_figures = any(base_metrics(question_of(law, lens, one).atoms()) for one in readings)
    touched = [*touched_by_texts(law, readings, boxes), *(counted if reads_figures else ())]
    uses = readings_used(law, touched, under, sorted(possible, key=order.index))
    return lens_of(
        lens,
        possible,
        reasons=criteria_of(first, boxes, question_of(law, lens, first), answered),
        missing=[place_of(name) for name in missing],
        notices=notices,
        decisions=decisions_of(readings, boxes, possible),
        readings=uses,
        layers=layers_of(law, uses),
    )


def possible_answers(
    law: Law, lens: LensText, dates: DateMap, box: Box, recipients: Iterable[Recipient]
) -> frozenset[str]:
    """Return the answers that the law leaves possible for this evidence, and nothing besides."""
    readings, parties = clock_readings(law, lens.id, dates), list(recipients)
    if not readings or any(not reading.texts for reading in readings):
        return frozenset(without_text(lens, readings[0] if readings else None).possible)
    found: set[str] = set()
    for reading in readings:
        question = question_of(law, lens, reading)
        asked = _apart(question, box, parties)
        answers = [_counted(lens, one, question.possible(one), decides) for one, decides in asked]
        found |= strictest_of_each(answers, question)
    return frozenset(lens.default if answer == NOTHING else answer for answer in found)


def decisions_of(readings: list[ClockReading], boxes: list[Box], possible: Iterable[str]) -> tuple[Decision, ...]:
    """Return the rows that give one of the possible answers, or may, each once by each clock."""
    wanted = frozenset(possible)
    found: dict[tuple[str, str, str, tuple[str, ...]], Decision] = {}
    for reading in readings:
        for text in reading.texts:
            for box in boxes:
                for row in answered(text, box, reading.referred):
                    key = (reading.clock, text.provision, row.pin, row.answers)
                    if wanted & set(row.answers) and (key not in found or not row.certain):
                        found[key] = _decision(text, row, reading)
    return tuple(found.values())


def _decision(text: Text, row: Answered, reading: ClockReading) -> Decision:
    return Decision.model_construct(
        provision=text.provision,
        answers=row.answers,
        certain=row.certain,
        pin=row.pin,
        says=row.says,
        cite=text.instrument.cite,
        instrument=text.instrument.instrument,
        status=text.instrument.status,
        since=text.since,
        clock=reading.clock,
        day=reading.day,
    )


def question_of(law: Law, lens: LensText, reading: ClockReading) -> Question:
    """Return what the texts of a reading ask; the same texts are prepared once."""
    # The law holds its texts, so their identities tell them for as long as it lives.
    key = (lens.id, tuple(map(id, reading.texts)), tuple(map(id, reading.referred.values())))
    if key not in law.prepared:
        order = tuple(answer.id for answer in lens.answers)
        law.prepared[key] = Question(reading.texts, reading.referred, order)
    question: Question = law.prepared[key]
    return question


def _apart(question: Question, box: Box, parties: list[Recipient]) -> list[tuple[Box, bool]]:
    """Return one box for all parties that the texts cannot tell apart, and whether it decides."""
    read = question.facts() & PARTY_FACTS
    if not read:
        return [(box, True)]
    seen: dict[tuple[object, ...], tuple[Box, bool]] = {}
    for party in parties:
        alike = (question.seen_as(name, party.facts.get(name, NOT_STATED).values) for name in sorted(read))
        one = Box(figures=box.figures, facts={**box.facts, **party.facts})
        seen.setdefault((party.decides, *alike), (one, party.decides))
    return list(seen.values())


# Explaining many parties of many places costs more than it tells.
_MOST_EXPLAINED = 4


def _counted(lens: LensText, _: Box, found: frozenset[str], decides: bool) -> frozenset[str]:
    """A party that does not decide can leave an answer open, never make one: where all that it could be told fails."""
    if decides:
        return found
    fails = {answer.id for answer in lens.answers if answer.outcome == "fail"}
    return found | {NOTHING} if found and found <= fails else frozenset({NOTHING})


def what_is_missing(question: Question, box: Box) -> tuple[str, ...]:
    """Name what would narrow the answers; where nothing does so alone, everything that is open."""
    return question.what_matters(box) or question.what_is_open(box)


def _unread_here(readings: list[ClockReading], unread: Iterable[str]) -> list[str]:
    """Return the adverse facts of the families that this lens reads, but for which it has no text."""
    read = {axis for reading in readings for text in reading.texts for axis in facts_read(text)}
    families = {axis.partition(":")[0] for axis in read if ":" in axis}
    return [fact for fact in unread if fact not in read and fact.partition(":")[0] in families]


def told_beside(law: Law, lens: LensText, readings: Iterable[ClockReading], boxes: Iterable[Box]) -> list[str]:
    """Return what provisions say that are told beside the answer, where they say more than the lens's default."""
    said = []
    for reading in readings:
        for provision in law.of_lens(lens.id) if reading.day is not None else ():
            text = provision.on(reading.day)  # type: ignore[arg-type]
            if text is None or not text.aside or reading.clock not in text.clock:
                continue
            question = Question(
                [text], referred_by(law, (text,), reading.day), tuple(answer.id for answer in lens.answers)
            )
            found = frozenset().union(*(question.possible(box) for box in boxes)) - {NOTHING}
            if found - {lens.default}:
                answers = " or ".join(answer.id for answer in lens.answers if answer.id in found)
                said.append(f"beside it, {answers}: {text.says} [{text.pin}]")
    return said


def strictest_of_each(found: list[frozenset[str]], question: Question) -> set[str]:
    """Return the strictest answer of every choice of one answer each."""
    combined = {NOTHING}
    for answers in found:
        combined = {max(pair, key=question.rank.__getitem__) for pair in product(combined, answers)}
    return combined


def outcome_of(lens: LensText, possible: Iterable[str]) -> Outcome:
    """Return pass or fail where every possible answer says so and, for pass, there is only one; else undecided."""
    outcomes = {answer.id: answer.outcome for answer in lens.answers}
    found = list(possible)
    if all(outcomes[answer] == "fail" for answer in found):
        return "fail"
    return outcomes[found[0]] if len(found) == 1 else "undecided"


def lens_of(
    lens: LensText,
    possible: Iterable[str],
    *,
    reasons: Iterable[Criterion] = (),
    missing: Iterable[str] = (),
    notices: Iterable[str] = (),
    decisions: tuple[Decision, ...] = (),
    readings: tuple[ReadingUse, ...] = (),
    layers: Mapping[str, tuple[str, ...]] | None = None,
) -> Lens:
    """Return the answer to a lens as it goes out."""
    order = [answer.id for answer in lens.answers]
    ordered = sorted(possible, key=order.index)
    return Lens.model_construct(
        basis=lens.basis,
        informs=lens.informs,
        question=lens.question,
        outcome=outcome_of(lens, ordered),
        answer=ordered[-1],
        certain=len(ordered) == 1,
        possible=tuple(ordered),
        reasons=tuple(
            Reason.model_construct(
                criterion=reason.id,
                outcome=reason.outcome,
                got=reason.got,
                need=reason.need,
                unit=reason.unit,
                margin=reason.margin,
                cite=reason.cite,
                note=reason.note,
                provision=reason.provision,
                says=reason.says,
                clock=reason.clock,
                day=reason.day,
            )
            for reason in reasons
        ),
        missing=tuple(dict.fromkeys(missing)),
        notices=tuple(dict.fromkeys(notices)),
        decisions=decisions,
        readings=readings,
        layers=dict(layers or {}),
    )


def without_text(lens: LensText, reading: ClockReading | None) -> Lens:
    """No text is no answer: every answer stays possible, unless what is asked about did not exist yet."""
    missing: str | None
    if reading and reading.day and lens.begins and lens.before and reading.day < lens.begins:
        said = f"{lens.before.says}, {lens.begins} ({lens.before.pin})"
        return lens_of(lens, {lens.before.answer}, notices=[said])
    if reading is None:
        missing, notice = None, "no law file answers this"
    elif reading.day is None:
        missing, notice = f"dates.{reading.clock}", f"the day of {reading.clock} is not stated; give it, or --as-of DAY"
    else:
        missing, notice = None, f"no text of the law is encoded for {reading.day}"
    every = {answer.id for answer in lens.answers if not answer.by_text_only}
    return lens_of(lens, every, missing=[missing] if missing else [], notices=[notice])


def readings_followed(readings: list[ClockReading], boxes: list[Box]) -> list[str]:
    """Say which question of the text keeps an answer open; closer evidence would not decide it."""
    return [
        f"the text bears several readings, {' or '.join(row.then)} ({row.reading}): {row.says or row.pin}"
        for reading in readings
        for text in reading.texts
        for box in boxes
        for row in rows_of_several_readings(text, box, reading.referred)
    ]


def criteria_of(reading: ClockReading, boxes: list[Box], question: Question, answers: Iterable[str]) -> list[Criterion]:
    """Return the criteria behind the answers, each once.

    A provision that certainly does not apply explains nothing, nor does one that can only answer less strictly than
    all that is answered, unless another refers to it.
    """
    least = min((question.rank.get(answer, 0) for answer in answers), default=0)
    seen: dict[tuple[str, str, str], Criterion] = {}
    for text in reading.texts:
        for box in boxes:
            if scope_outcome(text, box, reading.referred) == "fails":
                continue
            if least and text.provision not in reading.referred and question.strictest_of(text, box) < least:
                continue
            for criterion in trace(text, box, reading.referred, list(question.rank)):
                read = replace(criterion, clock=reading.clock, day=reading.day)
                seen.setdefault((criterion.id, criterion.need, criterion.got), read)
    return _telling(list(seen.values()), reading)


def _telling(criteria: list[Criterion], reading: ClockReading) -> list[Criterion]:
    """Where another provision's answer is compared with several, the one that it is says it all."""
    settled = {one.id for one in criteria if one.id in reading.referred and one.outcome == "holds"}
    return [one for one in criteria if one.id not in settled or one.outcome != "fails"]


def notices_of(readings: list[ClockReading], boxes: list[Box]) -> list[str]:
    """Return what is to be said of the law files that could have a say."""
    notices: list[str] = []
    stale: dict[date, list[str]] = {}
    for reading in readings:
        applying = [text for text in reading.texts if _may_apply(text, boxes, reading)]
        names = dict.fromkeys(atom.provision for text in applying for atom in atoms_of(text) if isinstance(atom, Is))
        for text in (*applying, *(text for name in names if (text := reading.referred[name]))):
            file = text.instrument
            if reading.latest is not None and reading.latest > file.reviewed_through:
                stale.setdefault(file.reviewed_through, []).append(file.instrument)
            if file.status in ("reported", "proposed"):
                notices.append(f"{file.instrument} is {file.status}, not law")
    for day, files in sorted(stale.items()):
        notices.append(f"last read against the source as of {day}: {', '.join(dict.fromkeys(files))}")
    return notices


def _may_apply(text: Text, boxes: list[Box], reading: ClockReading) -> bool:
    return not boxes or any(scope_outcome(text, box, reading.referred) != "fails" for box in boxes)

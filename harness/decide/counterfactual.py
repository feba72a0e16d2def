"""What a verdict would be if: under other facts, why an answer does not come, and the nearest figure that flips one."""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from harness.decide.clocks import ClockReading
from harness.decide.lenses import question_of
from harness.decide.standing import FIGURES, Standing, known
from harness.errors import WrongUsage
from harness.model.explanation import Direction, Flip, LensChange, Stands, Way, WhatIf, WhyNot
from harness.model.quantity import as_text
from harness.model.verdict import Reason
from harness.policy.box import Box
from harness.policy.language import Compare, Param
from harness.policy.law import Text
from harness.policy.trace import Criterion, row_criteria
from harness.policy.vocabulary import DERIVED, METRICS, SUMS

OUTCOMES = ("pass", "fail", "undecided")
DIRECTIONS: tuple[Direction, ...] = ("down", "up")


def what_if(standing: Standing, words: Iterable[str]) -> WhatIf:
    """Return what changes if the figures, facts or days were as the words say.

    Raises:
        WrongUsage: A name or a value that the law could not read.
    """
    words = tuple(words)
    before, after = standing.all_answers(), standing.changed(words).all_answers()
    return WhatIf.model_construct(
        given={name.strip(): value.strip() for name, _, value in (word.partition("=") for word in words)},
        changes=tuple(
            LensChange.model_construct(lens=lens, before=before[lens], after=after[lens])
            for lens in before
            if before[lens] != after[lens]
        ),
        same=tuple(lens for lens in before if before[lens] == after[lens]),
        outcome_before=standing.outcome(before),
        outcome_after=standing.outcome(after),
    )


# --- Why not another answer ---------------------------------------------------------------------------------------


def why_not(standing: Standing, word: str) -> tuple[WhyNot, ...]:
    """Return why an answer does not come, for every lens that has it; of an outcome, for every lens in its way.

    Raises:
        WrongUsage: No lens that was asked has such an answer.
    """
    lens, _, answer = word.rpartition("=")
    law, asked = standing.law, standing.verdict.lenses
    if answer in OUTCOMES and not lens:
        return tuple(_of_outcome(standing, answer))
    found = tuple(
        _why_not(standing, name, answer)
        for name in asked
        if lens in ("", name) and answer in {one.id for one in law.lenses[name].answers}
    )
    if not found:
        answers = sorted({one.id for name in asked for one in law.lenses[name].answers})
        raise WrongUsage(f"no answer {word!r}; need pass, fail, undecided, or one of {', '.join(answers)}")
    return found


def _of_outcome(standing: Standing, outcome: str) -> Iterator[WhyNot]:
    """Of "pass", every lens that keeps it away, with each of its answers that would let it pass."""
    for name, lens in standing.verdict.lenses.items():
        text = standing.law.lenses[name]
        if not text.informs and lens.outcome != outcome:
            yield from (
                _why_not(standing, name, answer.id)
                for answer in text.answers
                if answer.outcome == outcome and not answer.by_text_only
            )


def _why_not(standing: Standing, name: str, answer: str) -> WhyNot:
    possible = standing.answers(name)
    stands: Stands = (
        "is the answer" if possible == (answer,) else "is possible" if answer in possible else "is not possible"
    )
    readings, notes = standing.readings(name), []
    ways = [way for reading in readings for way in _ways(standing, answer, reading, possible)]
    if standing.law.lenses[name].basis == "method":
        notes.append("this lens reads the evidence and no text of law; its findings say why")
    elif not ways and stands != "is the answer":
        days = ", ".join(f"{reading.clock} {reading.day or 'not stated'}" for reading in readings)
        notes.append(f"no text in force gives this answer ({days or 'no text at all'})")
    return WhyNot.model_construct(lens=name, answer=answer, stands=stands, ways=tuple(_once(ways)), notes=tuple(notes))


def _once(ways: Iterable[Way]) -> list[Way]:
    """The same row by two clocks is told once; what comes nearest stands first."""
    seen: dict[object, Way] = {}
    for way in ways:
        seen.setdefault((way.provision, way.pin, way.says, tuple(one.criterion for one in way.needs), way.earlier), way)
    return sorted(seen.values(), key=lambda way: (not way.applies, bool(way.earlier), len(way.needs)))


def _ways(standing: Standing, answer: str, reading: ClockReading, possible: tuple[str, ...]) -> Iterator[Way]:
    box = _first_box(standing)
    for text in reading.texts:
        for n, row in enumerate(text.rows):
            if answer in row.then:
                yield _way(text, row.pin, row.says or text.says, reading, box, n, possible)
        if answer in text.otherwise:
            says = f"none of this holds: {text.says}" if text.rows else text.says
            yield _way(text, text.pin, says, reading, box, len(text.rows), possible)


def _first_box(standing: Standing) -> Box:
    """Return the evidence for the first party that decides."""
    party = next((one for one in standing.recipients if one.decides), None)
    facts = {} if party is None else party.facts
    return Box(figures=standing.box.figures, facts={**standing.box.facts, **facts})


def _way(
    text: Text,
    pin: str,
    says: str,
    reading: ClockReading,
    box: Box,
    n: int,
    possible: tuple[str, ...],
) -> Way:
    applies, needs, earlier = row_criteria(text, n, box, reading.referred)
    return Way.model_construct(
        provision=text.provision,
        pin=pin,
        says=says,
        cite=text.instrument.cite,
        clock=reading.clock,
        applies=applies,
        needs=tuple(_reason(one, reading) for one in needs),
        earlier=earlier,
        stricter=() if needs or earlier else possible,
    )


def _reason(one: Criterion, reading: ClockReading) -> Reason:
    return Reason.model_construct(
        criterion=one.id,
        outcome=one.outcome,
        got=one.got,
        need=one.need,
        unit=one.unit,
        margin=one.margin,
        cite=one.cite,
        note=one.note,
        provision=one.provision,
        says=one.says,
        clock=reading.clock,
        day=reading.day,
    )


# --- What would flip it -------------------------------------------------------------------------------------------


def flips(standing: Standing) -> tuple[Flip, ...]:
    """Return, for every figure, the nearest change up and down that changes the answer to a lens."""
    before = standing.all_answers()
    return tuple(
        flip for metric in FIGURES for direction in DIRECTIONS for flip in _nearest(standing, metric, direction, before)
    )


def _nearest(
    standing: Standing, metric: str, direction: Direction, before: Mapping[str, tuple[str, ...]]
) -> Iterator[Flip]:
    """Yield the first change of each lens on the way out from where the figure is."""
    now = known(standing.box.figure(metric))
    if now is None or now.hi is None:
        return
    start = now.hi if direction == "up" else now.lo
    marks = _marks(standing, metric)
    beyond = sorted((mark for mark in marks if (mark >= start if direction == "up" else mark <= start)),
                    reverse=direction == "down")  # fmt: skip
    waiting = {lens for lens in before if standing.law.lenses[lens].basis == "law"}
    for threshold, at_it, point in _points(start, beyond, direction):
        supposed = standing.with_figure(metric, point)
        after = {lens: supposed.answers(lens) if lens in waiting else before[lens] for lens in before}
        flipped = sorted(lens for lens in waiting if after[lens] != before[lens])
        whole = supposed.all_answers() if flipped else before
        for lens in flipped:
            waiting.discard(lens)
            change = threshold - start
            yield Flip.model_construct(
                figure=metric,
                unit=METRICS.get(metric, "mm2"),
                now=str(now),
                direction=direction,
                threshold=as_text(threshold),
                at_it=at_it,
                change=as_text(change),
                percent=f"{float(100 * change / start):+.2f}" if start else None,
                lens=lens,
                before=before[lens],
                after=after[lens],
                outcome_before=standing.outcome(before),
                outcome_after=standing.outcome(whole),
                cites=marks[threshold],
            )


def _points(start: Fraction, marks: list[Fraction], direction: Direction) -> Iterator[tuple[Fraction, bool, Fraction]]:
    """Yield a point at every threshold and one beyond it, before the next; each with its threshold."""
    for n, mark in enumerate(marks):
        if mark != start:
            yield mark, True, mark
        after = marks[n + 1] if n + 1 < len(marks) else (mark + 1 if direction == "up" else mark / 2)
        between = (mark + after) / 2
        if between != mark:
            yield mark, False, between


def _marks(standing: Standing, metric: str) -> dict[Fraction, tuple[str, ...]]:
    """Return the values of a figure at which some condition may change, with the paragraphs that set them."""
    found: dict[Fraction, list[str]] = {}
    for lens in standing.verdict.lenses:
        if standing.law.lenses[lens].basis != "law":
            continue
        for reading in standing.readings(lens):
            for atom in question_of(standing.law, standing.law.lenses[lens], reading).atoms():
                if isinstance(atom, Compare):
                    for mark in _marks_of(atom, metric, standing.box):
                        found.setdefault(mark, []).append(_cite(atom.param))
    for mark, where in _found_values(standing, metric):
        found.setdefault(mark, []).append(where)
    return {mark: tuple(dict.fromkeys(cites)) for mark, cites in found.items()}


def _found_values(standing: Standing, metric: str) -> Iterator[tuple[Fraction, str]]:
    """Yield where a declaration meets what was found of the quantity, at both ends of its expanded uncertainty."""
    found = standing.evidence.get(metric)
    for one in found.readings if found is not None and found.declared is not None else ():
        for end in {one.value - one.expanded_uncertainty, one.value + one.expanded_uncertainty}:
            yield end, f"{as_text(one.value)} ± {as_text(one.expanded_uncertainty)} [{one.where}]"


def _cite(param: Param) -> str:
    return f"{param.says} [{param.pin}]"


def _marks_of(atom: Compare, metric: str, box: Box) -> Iterator[Fraction]:
    """Yield where a figure meets a threshold: its own, or that of a ratio or a sum through the other figure."""
    limit = atom.param.exact
    if atom.metric == metric:
        yield limit
    if metric not in DERIVED.get(atom.metric, ()):
        return
    one, other = DERIVED[atom.metric]
    beside = known(box.figure(other if metric == one else one))
    ends = [] if beside is None else sorted({beside.lo, beside.hi or beside.lo})
    for end in ends:
        if atom.metric in SUMS:
            yield from [limit - end] if end <= limit else []
        elif metric == one:
            yield limit * end
        elif limit:
            yield end / limit

"""An explanation for people: each answer with its text and its criteria, what else was asked, and what it rests on."""

from collections.abc import Callable, Iterator

from harness.model.explanation import Explanation, Flip, Way, WhatIf, WhyNot
from harness.model.verdict import Decision, Lens, Reason, Verdict
from harness.render import words

_MARK = {"holds": "+", "fails": "-", "undecided": "?"}


def as_text(found: Explanation, *, why: bool, colour: bool = False, shown: Callable[[str], str] = str) -> str:
    """Return an explanation as text.

    Args:
        found: What to print.
        why: Whether every answer is explained.
        colour: Whether outcomes are coloured.
        shown: How a text that came from a report is written.
    """
    verdict = found.verdict
    lines = [words.painted(shown(words.closing_line(verdict)), verdict.outcome, colour=colour)]
    lines.append(f"  law read for: {words.dates(verdict)}{_selection(verdict)}")
    if why:
        for name, lens in verdict.lenses.items():
            lines += ["", *(shown(line) for line in _lens(name, lens))]
    for one in found.why_not:
        lines += ["", *(shown(line) for line in _why_not(one))]
    if found.what_if is not None:
        lines += ["", *(shown(line) for line in _what_if(found.what_if))]
    if found.flips:
        lines += ["", "Nearest changes of one figure that change an answer, all else being the same"]
        lines += [shown(line) for flip in found.flips for line in _flip(flip)]
    if why:
        receipt = verdict.receipt
        lines += ["", f"receipt: law {receipt.law_sha256[:16]}, engine {receipt.engine_version}, "
                      f"report {(receipt.inputs.report_sha256 or '')[:16]}"]  # fmt: skip
    return "\n".join(lines) + "\n"


def _selection(verdict: Verdict) -> str:
    receipt = verdict.receipt
    said = [f"as known on {receipt.known_at}"] if receipt.known_at else []
    said += [f"with {', '.join(receipt.proposed)}"] if receipt.proposed else []
    said += [", ".join(f"{name}={option}" for name, option in receipt.readings.items())] if receipt.readings else []
    return "; " + "; ".join(said) if said else ""


def _lens(name: str, lens: Lens) -> Iterator[str]:
    decides = ", informs" if lens.informs else ""
    yield f"{name}: {words.answer(lens)} ({lens.outcome}{decides})"
    yield f"  {lens.question}"
    same: dict[tuple[object, ...], list[Decision]] = {}
    for one in lens.decisions:
        same.setdefault((one.provision, one.pin, one.answers, one.certain, one.cite), []).append(one)
    for found in same.values():
        yield from _decision(found)
    for layer, answers in lens.layers.items():
        yield f"  {layer}: {' or '.join(answers)}"
    for reason in lens.reasons:
        yield from _reason(reason, "  ")
    yield from (f"  {words.reading_line(use)}" for use in lens.readings)
    yield from (f"  notice: {notice}" for notice in lens.notices)
    following = words.next_steps(lens)
    if following:
        yield f"  {following}"


def _decision(found: list[Decision]) -> Iterator[str]:
    """Say what answers; the same row by several clocks once."""
    one = found[0]
    verb = "answers" if one.certain else "may answer"
    yield f"  {one.provision} {verb} {' or '.join(one.answers)} [{one.pin}]"
    yield f"      {one.says}"
    clocks = ", ".join(f"{each.clock} {each.day or ''}".strip() for each in found)
    yield f"      {one.cite}, {one.status}; this text since {one.since}; read for: {clocks}"


def _reason(one: Reason, indent: str) -> Iterator[str]:
    headroom = f"; margin {words.margin(one)}" if one.margin is not None else ""
    need = words.with_unit(one.need, one.unit)
    yield f"{indent}{_MARK[one.outcome]} {one.criterion} {one.outcome}: got {words.got(one)}; need {need}{headroom}"
    clause = f"{one.says} " if one.says and one.says not in one.need else ""
    clock = f"; {one.clock} {one.day}" if one.clock and one.day else ""
    yield f"{indent}    {clause}[{one.cite}]{f' ({one.provision}{clock})' if one.provision else ''}"


def _why_not(one: WhyNot) -> Iterator[str]:
    yield f"why not {one.answer}? ({one.lens}: it {one.stands})"
    ways = [way for way in one.ways if way.applies]
    if one.stands != "is the answer":
        # What holds already keeps nothing away: what does not stands first.
        ways.sort(key=lambda way: bool(way.stricter))
    for way in ways:
        yield from _way(way)
    elsewhere = list(dict.fromkeys(way.provision for way in one.ways if not way.applies))
    if elsewhere:
        yield f"  for other items, places or parties: {', '.join(elsewhere)}"
    yield from (f"  {note}" for note in one.notes)


def _way(way: Way) -> Iterator[str]:
    yield f"  {way.provision} gives it where: {way.says} [{way.pin}]"
    if way.earlier:
        yield f"    - an earlier row of the text answers first: {' or '.join(way.earlier)}"
    elif way.stricter:
        yield f"    + that holds; what counts is the strictest answer, {' or '.join(way.stricter)}"
    # Behind an earlier row nothing that is missing here would help alone.
    for need in () if way.earlier else way.needs:
        yield from _reason(need, "    ")


def _what_if(one: WhatIf) -> Iterator[str]:
    given = ", ".join(f"{name} = {value}" for name, value in one.given.items())
    yield f"what if {given}?"
    if not one.changes:
        yield "  no answer changes"
    for change in one.changes:
        yield f"  {change.lens}: {' or '.join(change.before)} -> {' or '.join(change.after)}"
    yield f"  outcome: {one.outcome_before} -> {one.outcome_after}"


def _flip(one: Flip) -> Iterator[str]:
    way = "at" if one.at_it else "above" if one.direction == "up" else "below"
    sign = "" if one.change.startswith("-") else "+"
    share = f", {one.percent} %" if one.percent is not None else ""
    outcome = (
        "" if one.outcome_before == one.outcome_after else f"; outcome {one.outcome_before} -> {one.outcome_after}"
    )
    yield (
        f"  {one.figure} {one.now} -> {way} {one.threshold} {one.unit} ({sign}{one.change}{share}): "
        f"{one.lens} {_short(one.before)} -> {_short(one.after)}{outcome}"
    )
    yield from (f"      {cite}" for cite in one.cites)


def _short(answers: tuple[str, ...]) -> str:
    return " or ".join(answers)

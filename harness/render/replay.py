"""What comes of old verdicts, for people: one verdict after another, then how many of each."""

from collections import Counter
from collections.abc import Callable, Iterator

from harness.model.replay import LensDifference, Needed, Replay, Replayed, Rerun
from harness.model.verdict import Decision
from harness.render.words import painted

_COLOURS = {
    "reproduced": "pass",
    "unchanged": "pass",
    "differs": "fail",
    "not-reproduced": "fail",
    "cannot-say": "undecided",
}
_WORDS = {
    "reproduced": "reproduced",
    "unchanged": "unchanged",
    "differs": "differs",
    "not-reproduced": "NOT REPRODUCED",
    "cannot-say": "cannot say",
}
_LAWS = {"archived": "under the archived law", "today": "today"}
_MOST_ANSWERS = 4
_MOST_DECISIONS = 3

Shown = Callable[[str], str]


def as_text(found: Replay, *, colour: bool = False, shown: Shown = str) -> str:
    """Return what came of every verdict as text.

    Args:
        found: What to print.
        colour: Whether what came of a verdict is coloured.
        shown: How a text that came from a file is written.
    """
    lines = [line for one in found.replayed for line in replayed_lines(one, colour=colour, shown=shown)]
    return "".join(f"{line}\n" for line in (*lines, _count(found)))


def replayed_lines(one: Replayed, *, colour: bool = False, shown: Shown = str) -> Iterator[str]:
    """Yield what came of one verdict."""
    yield f"{shown(one.report_id or 'no verdict')}  [{shown(one.source)}]"
    if not one.reruns:
        yield f"  {_painted('cannot-say', colour=colour)}: {'; '.join(one.notes)}"
    for rerun in one.reruns:
        yield from (f"  {shown(line)}" if n else f"  {line}" for n, line in enumerate(_rerun(one, rerun, colour)))
    yield from (f"  need {shown(_needed(need))}" for need in one.needed)


def _painted(status: str, *, colour: bool) -> str:
    return painted(_WORDS[status], _COLOURS[status], colour=colour)


def _rerun(one: Replayed, rerun: Rerun, colour: bool) -> Iterator[str]:
    yield f"{_LAWS[rerun.law]}: {_painted(rerun.status, colour=colour)}: {_what(one, rerun)}"
    for lens in rerun.lenses:
        yield f"  {lens.lens}: {_answers(lens.then)} -> {_answers(lens.now)} ({_way(lens)})"
        yield from (f"    decided by {_decision(decision)}" for decision in lens.decisions[:_MOST_DECISIONS])
        if len(lens.decisions) > _MOST_DECISIONS:
            yield f"    and by {len(lens.decisions) - _MOST_DECISIONS} more"
    if rerun.status == "not-reproduced":
        yield f"  other than it was: {', '.join(rerun.places)}"
    yield from (f"  {note}" for note in rerun.notes)


def _what(one: Replayed, rerun: Rerun) -> str:
    then = one.receipt.engine_version if one.receipt else "unknown"
    same_engine = then == rerun.engine_version
    engines = f"engine {then} then, {rerun.engine_version} now"
    outcome = f"{rerun.outcome_then} -> {rerun.outcome_now}"
    if rerun.outcome_then == rerun.outcome_now:
        outcome = f"{rerun.outcome_then}, as then"
    return {
        "reproduced": "byte for byte" if same_engine else f"byte for byte but for the version; {engines}",
        "unchanged": f"{outcome}, and every answer as then, by another {' and '.join(rerun.changed)}",
        "differs": f"{outcome}, by another {' and '.join(rerun.changed)}",
        "not-reproduced": f"the same inputs and the same law give another verdict; {engines}; {outcome}"
        + ("; the verdict was altered, or the engine under the same version" if same_engine else ""),
        "cannot-say": "it cannot be made",
    }[rerun.status]


def _answers(answers: tuple[str, ...]) -> str:
    if not answers:
        return "not asked"
    return " or ".join(answers) if len(answers) <= _MOST_ANSWERS else f"one of {len(answers)}"


def _way(lens: LensDifference) -> str:
    way = lens.direction.replace("-", " ")
    if lens.outcome_then and lens.outcome_now and lens.outcome_then != lens.outcome_now:
        way += f"; {lens.outcome_then} -> {lens.outcome_now}"
    return f"{way}; informs" if lens.informs else way


def _decision(one: Decision) -> str:
    status = "" if one.status == "codified" else f" ({one.status})"
    return f"{one.provision}: {one.says} [{one.pin}], {one.cite}{status}"


def _needed(need: Needed) -> str:
    return f"the {need.what} {need.name} with SHA-256 {need.sha256}; next: --reports FOLDER"


def _count(found: Replay) -> str:
    statuses: Counter[str] = Counter(one.status for one in found.replayed)
    parts = [f"{statuses[status]:,} {word.lower()}" for status, word in _WORDS.items() if statuses[status]]
    others = {"forged": len(found.forged), "unreadable": len(found.unreadable)}
    parts += [f"{count:,} {word}" for word, count in others.items() if count]
    total = len(found.replayed) + sum(others.values())
    return f"{total:,} {'verdict' if total == 1 else 'verdicts'}: {', '.join(parts) or 'none'}"

"""A classification for people: the verdict with the facts that it assumed."""

from collections.abc import Callable

from harness.model.verdict import Reason, Verdict
from harness.render import words
from harness.render.text import WIDEST_CELL, sections, text_table


def as_text(
    verdict: Verdict, *, colour: bool = False, shown: Callable[[str], str] = str, widest: int = WIDEST_CELL
) -> str:
    """Return a classification as text.

    Args:
        verdict: What to print.
        colour: Whether outcomes are coloured.
        shown: How a text that came from a spec file is written.
        widest: Characters of a cell before it wraps.
    """

    def table(rows: list[list[str]], headings: list[str]) -> str:
        return text_table(rows, headings, shown, widest)

    lenses = {name: lens.model_copy(update={"reasons": folded(lens.reasons)}) for name, lens in verdict.lenses.items()}
    folded_verdict = verdict.model_copy(update={"lenses": lenses})
    rows = [[one.fact, one.value, one.origin, one.says] for one in verdict.assumed]
    parts = [
        f"{shown(verdict.report.product or '')} ({shown(verdict.report.report_id)})",
        f"  by its declared figures, as of {verdict.dates.as_of}; nothing was measured",
        "",
        *sections(folded_verdict, table, str, colour=colour),
        "Facts that no report states",
        table(rows, ["fact", "value", "from", "which is"]),
        "",
        as_line(verdict, colour=colour),
    ]
    return "\n".join(parts) + "\n"


def as_line(verdict: Verdict, *, colour: bool) -> str:
    """Return the answers in one line."""
    answers = ", ".join(f"{name} {words.answer(lens)}" for name, lens in verdict.lenses.items())
    line = f"{verdict.outcome.upper()}  {verdict.report.report_id}: {answers}"
    return words.painted(line, verdict.outcome, colour=colour)


def folded(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """Return the reasons with criteria of one family, which rest on one assumption, in one row."""
    rows: dict[object, list[Reason]] = {}
    for reason in reasons:
        family = reason.criterion.partition(":")[0]
        same = (family, reason.outcome, reason.got, reason.note) if ":" in reason.criterion else reason.criterion
        rows.setdefault((same, reason.need if same == reason.criterion else None, reason.got), []).append(reason)
    return tuple(_one_row(found) for found in rows.values())


def _one_row(reasons: list[Reason]) -> Reason:
    if len(reasons) == 1:
        return reasons[0]
    first, last = reasons[0], reasons[-1]
    name = f"{first.criterion} to {last.criterion.partition(':')[2]}"
    need = f"each of {len(reasons)}"
    return first.model_copy(update={"criterion": name, "need": need, "cite": _shared(first.cite, last.cite)})


def _shared(first: str, last: str) -> str:
    """Cite both ends; what they share once."""
    same = next((n for n, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    return (
        first
        if first == last
        else f"{first} to {last[first.rindex('(', 0, same + 1) :] if '(' in first[: same + 1] else last}"
    )

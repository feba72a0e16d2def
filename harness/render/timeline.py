"""A timeline for people: for each lens its spans of days, their answers, and what moved them."""

from collections.abc import Callable

from harness.model.timeline import Mover, Span, Timeline
from harness.render.text import text_table

_HEADINGS = ["from", "to", "answer", "paragraph", "moved by"]
_MOST_ANSWERS = 4


def as_text(found: Timeline, *, shown: Callable[[str], str] = str, widest: int = 40) -> str:
    """Return a timeline as text.

    Args:
        found: What to print.
        shown: How a text that came from a spec file is written.
        widest: Characters of a cell before it wraps.
    """
    parts = [
        f"{shown(found.name)} ({shown(found.item)}), {found.since} to {found.until}",
        "  by its declared figures and by the facts below; nothing was measured",
        "",
    ]
    for lens in dict.fromkeys(span.lens for span in found.spans):
        rows = [_row(span) for span in found.spans if span.lens == lens]
        parts += [lens, text_table(rows, _HEADINGS, shown, widest), ""]
    facts = [[one.fact, one.value, one.origin, one.says] for one in found.assumed]
    parts += ["Facts that no report states", text_table(facts, ["fact", "value", "from", "which is"], shown, widest)]
    return "\n".join(parts) + "\n"


def _row(span: Span) -> list[str]:
    movers = dict.fromkeys(map(_mover, span.moved_by))
    return [str(span.first), str(span.last), _answer(span), "; ".join(span.paragraphs), "; ".join(movers)]


def _answer(span: Span) -> str:
    if span.layers:
        return "; ".join(f"{layer}: {_several(answers)}" for layer, answers in span.layers.items())
    return _several(span.possible)


def _several(answers: tuple[str, ...]) -> str:
    if len(answers) == 1:
        return answers[0]
    return "one of " + ", ".join(answers) if len(answers) <= _MOST_ANSWERS else "open"


def _mover(mover: Mover) -> str:
    """Say the instrument; what is no law says what it is."""
    return mover.cite if mover.status == "codified" else f"{mover.cite} ({mover.status})"

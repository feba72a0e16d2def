"""What a change of the law changes, for people: one content, as text for a terminal, as Markdown, and as a page."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from harness.model.impact import Cause, Flip, Headroom, Impact, Region, Span
from harness.render.text import escaped, markdown_table, text_table

Rows = tuple[tuple[str, ...], ...]
_MOST_HEADROOMS = 2
_MOST_CHIPS = 4
_MOST_REGIONS = 12
_TITLES = {
    "laxer": "Laxer",
    "stricter": "Stricter",
    "opened": "Opened: certain before, no longer",
    "closed": "Closed: open before, certain now",
    "mixed": "Otherwise",
}


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, lines of words, and a table; each may be missing."""

    level: int
    heading: str
    lines: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def as_text(found: Impact, *, shown: Callable[[str], str] = str, widest: int = 60) -> str:
    """Return it as text.

    Args:
        found: What to print.
        shown: How a text that came from a file is written.
        widest: Characters of a cell before it wraps.
    """
    parts = []
    for section in sections(found):
        indent = "  " if section.level > 1 else ""
        parts.append(f"{indent}{shown(section.heading)}")
        parts += [f"{indent}  {shown(line)}" for line in section.lines]
        if section.rows:
            table = text_table([list(row) for row in section.rows], list(section.headings), shown, widest)
            parts += [f"{indent}  {line}" for line in table.splitlines()]
        parts.append("")
    return "\n".join(parts)


def as_markdown(found: Impact) -> str:
    """Return it as Markdown, for a pull request."""
    parts = []
    for section in sections(found):
        parts += [f"{'#' * (section.level + 1)} {escaped(section.heading)}", ""]
        parts += [f"- {escaped(line)}" for line in section.lines]
        parts += [""] if section.lines else []
        if section.rows:
            parts += [markdown_table([list(row) for row in section.rows], list(section.headings)), ""]
    return "\n".join(parts)


_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 15px/1.5 system-ui, sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1rem; }}
table {{ border-collapse: collapse; margin: .5rem 0 1.5rem; display: block; overflow-x: auto; }}
th, td {{ text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #8886; }}
h2 {{ margin-top: 2.5rem; }}
ul {{ padding-left: 1.2rem; }}
</style>
{body}
</html>
"""


def as_html(found: Impact) -> str:
    """Return it as one page that needs nothing else."""
    parts = []
    for section in sections(found):
        parts.append(f"<h{section.level}>{escape(section.heading)}</h{section.level}>")
        if section.lines:
            parts.append("<ul>" + "".join(f"<li>{escape(line)}</li>" for line in section.lines) + "</ul>")
        if section.rows:
            head = "".join(f'<th scope="col">{escape(word)}</th>' for word in section.headings)
            rows = "".join(
                "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in section.rows
            )
            parts.append(f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>")
    title = f"{found.old.name} against {found.new.name}"
    return _PAGE.format(title=escape(title), body="\n".join(parts))


# --- The content --------------------------------------------------------------------------------------------------


def sections(found: Impact) -> Iterator[Section]:
    """Yield what there is to say, in order."""
    yield Section(1, "What changes", tuple(_opening(found)))
    if found.forbidden:
        yield Section(2, "Forbidden, and claimed by no instrument", (), _REGION_HEADINGS, _rows(found.forbidden))
    for kind, of_kind in groupby(found.flips, key=lambda one: one.kind):
        flips = list(of_kind)
        yield Section(2, f"{_TITLES[kind]}: {_counted(flips)}")
        for _, alike in groupby(sorted(flips, key=_group), key=_group):
            yield _flip_section(list(alike))
    if found.space is not None:
        yield from _space(found.space)
    facts = tuple((one.fact, one.value, one.origin, one.says) for one in found.assumed)
    if facts:
        yield Section(2, "Facts that no report states", (), ("fact", "value", "from", "which is"), facts)


def _opening(found: Impact) -> Iterator[str]:
    yield f"old: {found.old.name}"
    yield f"new: {found.new.name}"
    asked, flips = found.asked, found.flips
    places = f" to {asked.places} places" if asked.places > 1 else ""
    of_reports = f", and {counted(asked.reports, 'lab report')}" if asked.reports else ""
    items = counted(asked.chips, "item", "items")
    yield f"asked: {items}{places} by {counted(asked.lenses, 'lens', 'lenses')}{of_reports}"
    changed = len({(one.subject, one.id) for one in flips})
    if flips:
        answers = counted(len(flips), "answer")
        yield f"changed: {changed} of {asked.chips + asked.reports}, with {answers}; all others are the same"
    else:
        yield "changed: none of them"
    yield from found.notes


def _counted(flips: Sequence[Flip]) -> str:
    chips, reports = (len({one.id for one in flips if one.subject == kind}) for kind in ("chip", "report"))
    words = [counted(chips, "item", "items")] * bool(chips)
    words += [counted(reports, "lab report")] * bool(reports)
    return f"{counted(len(flips), 'answer')} of {' and '.join(words)}"


def counted(number: int, one: str, several_of_it: str | None = None) -> str:
    """Return how many there are of something, in words."""
    return f"{number} {one if number == 1 else several_of_it or one + 's'}"


def _group(one: Flip) -> tuple[object, ...]:
    causes = tuple((cause.provision, cause.what) for cause in one.causes)
    return one.subject, one.lens, one.before, one.after, one.to or "", str(one.first), str(one.last), causes


def _flip_section(alike: Sequence[Flip]) -> Section:
    one = alike[0]
    words = [f"{one.lens}: {several(one.before)} -> {several(one.after)}"]
    words += [f"to {one.to}"] if one.to else []
    words += [days(one.first, one.last)] if one.first else []
    rows: dict[tuple[str, str], list[str]] = {}
    for flip in alike:
        rows.setdefault((_headrooms(flip.headroom_before), _headrooms(flip.headroom_after)), []).append(flip.id)
    cells: Rows = tuple((", ".join(ids), before, after) for (before, after), ids in rows.items())
    headings, cells = _filled((one.subject, "headroom before", "headroom after"), cells)
    return Section(3, ", ".join(words), tuple(map(cause_line, one.causes)), headings, cells)


def _filled(headings: tuple[str, ...], rows: Rows) -> tuple[tuple[str, ...], Rows]:
    """Return headings and rows without the columns that hold nothing."""
    kept = [n for n in range(len(headings)) if any(row[n] for row in rows)]
    return tuple(headings[n] for n in kept), tuple(tuple(row[n] for n in kept) for row in rows)


def cause_line(one: Cause) -> str:
    """Say which provision moved, by which instrument, and where it stands."""
    kind = "" if one.status == "codified" else f", {one.status}"
    return f"{one.provision} {one.what}, by {one.instrument} ({one.cite}{kind}) [{one.pin}]: {one.says}"


def _headrooms(found: Sequence[Headroom]) -> str:
    known = [one for one in found if one.margin is not None]
    first = sorted(known, key=lambda one: (not one.margin.startswith("-"), _share(one)))  # type: ignore[union-attr]
    shown = [_headroom(one) for one in [*first, *(one for one in found if one.margin is None)][:_MOST_HEADROOMS]]
    more = len(found) - len(shown)
    return "; ".join(shown) + (f"; {more} more" if more else "")


def _headroom(one: Headroom) -> str:
    unit = f" {one.unit}" if one.unit else ""
    said = f"{one.got}{unit}, {one.need}"
    sign = "" if one.margin is None or one.margin.startswith("-") else "+"
    return said if one.margin is None else f"{said} ({sign}{one.margin})"


def _share(one: Headroom) -> float:
    """Order by the part of the threshold that the margin is; this decides nothing."""
    need = float(one.need.split()[-1])
    return abs(float(one.margin or 0)) / need if need else 0.0


def several(answers: Sequence[str]) -> str:
    """Return answers as words."""
    return " or ".join(answers)


def days(first: object, last: object) -> str:
    """Return a run of days as words."""
    return f"{first} to {last}" if last else f"from {first}"


# --- Regions ------------------------------------------------------------------------------------------------------

_REGION_HEADINGS = ("change", "region", "for example", "known chips in it", "by")


def _space(found: Sequence[Region]) -> Iterator[Section]:
    yield Section(2, f"The whole space: {counted(len(found), 'region')}")
    for (lens, kind, before, after), alike in groupby(sorted(found, key=_turn), key=_turn):
        regions = sorted(alike, key=lambda one: (-len(one.chips), str(one.first)))
        lines = [f"{counted(len(regions) - _MOST_REGIONS, 'more region')} of this kind: --format json lists them"]
        yield Section(
            3,
            f"{kind}, {lens}: {several(before)} -> {several(after)}: {counted(len(regions), 'region')}",
            tuple(lines) if len(regions) > _MOST_REGIONS else (),
            _REGION_HEADINGS[1:],
            tuple(row[1:] for row in _rows(regions[:_MOST_REGIONS])),
        )


def _turn(one: Region) -> tuple[str, str, tuple[str, ...], tuple[str, ...]]:
    return one.lens, one.kind, one.before, one.after


def _rows(found: Sequence[Region]) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (
            f"{one.lens}: {several(one.before)} -> {several(one.after)}",
            region_words(one),
            witness_words(one),
            _chips(one.chips),
            "; ".join(dict.fromkeys(f"{cause.provision} {cause.what}" for cause in one.causes)),
        )
        for one in found
    )


def region_words(one: Region) -> str:
    """Return what a region asks of figures, facts and readings."""
    parts = [f"{name} {_span(span)}" for name, span in one.figures.items()]
    parts += [f"{name} {_values(values)}" for name, values in one.facts.items()]
    parts += [f"{name} not {_values(values)}" for name, values in one.but.items()]
    parts += [f"{name} {'followed' if followed else 'not followed'}" for name, followed in one.readings.items()]
    parts += [f"to {one.to}"] if one.to else []
    parts += [days(one.first, one.last)] if one.first else []
    return "; ".join(parts) or "every case"


def witness_words(one: Region) -> str:
    """Return the example of a region, with its die area."""
    figures = [f"{name} {'absent' if at is None else at}" for name, at in one.witness.items()]
    facts = [f"{name} {value}" for name, value in one.witness_facts.items() if name in {*one.facts, *one.but}]
    return "; ".join([*figures, *facts, *one.unlike])


def _span(span: Span | None) -> str:
    if span is None:
        return "absent"
    if span.lo == span.hi:
        return f"at {span.lo}"
    low = f"{'from' if span.lo_closed else 'above'} {span.lo}" if span.lo != "0" or not span.lo_closed else ""
    high = "" if span.hi is None else f"{'to' if span.hi_closed else 'below'} {span.hi}"
    return f"{low} {high}".strip()


def _values(values: Sequence[str]) -> str:
    more = f" and {len(values) - _MOST_CHIPS} more" if len(values) > _MOST_CHIPS else ""
    return " or ".join(values[:_MOST_CHIPS]) + more


def _chips(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - _MOST_CHIPS} more" if len(ids) > _MOST_CHIPS else ""
    return ", ".join(ids[:_MOST_CHIPS]) + more

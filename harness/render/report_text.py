"""The picture of a lab report as text: bars of characters beside figures, as wide as the place is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Any

from harness.model.illustrated import Illustrated
from harness.render.figure_text import byte_count, few_digits, prefixed
from harness.render.report_bars import lettered, summary
from harness.render.report_drawing import report_title
from harness.render.report_figures import Comparison, Row, comparisons
from harness.render.report_identity import identity, observations, partial_marks
from harness.render.report_strips import OverTime, Strip, over_time, parts_of
from harness.render.report_sweep import Series, Sweep, sweep_of
from harness.render.report_time import seconds
from harness.render.text_bars import Cells

_BOLD, _ALARM, _FAINT = "1", "1;31", "2"
_MOST_SERIES, _LEAST_BAR = 8, 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Where the text is shown.

    Args:
        width: Characters of a line.
        blocks: Whether characters beyond ASCII can be shown.
        colour: Whether headings are coloured.
        shown: How a text that came from a report is written.
    """

    width: int
    blocks: bool
    colour: bool
    shown: Callable[[str], str]

    def said(self, text: str) -> str:
        """Return a text as this place can show it: what is ours in plain letters, what is the report's as escapes."""
        text = self.shown(text)
        if self.blocks:
            return text
        for sign, plain in (("±", "+-"), ("×", "x"), ("°", "deg "), ("…", "...")):
            text = text.replace(sign, plain)
        return text.encode("ascii", "backslashreplace").decode()

    def cut(self, text: str, width: int) -> str:
        """Return a text in no more than so many characters."""
        text = self.said(text)
        dots = "…" if self.blocks else "..."
        return text if len(text) <= width else text[: max(width - len(dots), 0)] + dots[:width]

    def painted(self, text: str, paint: str) -> str:
        """Return a text in a colour, where colour is shown."""
        return f"\x1b[{paint}m{text}\x1b[0m" if self.colour and text else text

    def lines(self, text: str, indent: str = "  ") -> list[str]:
        """Return a text in as many lines as it takes."""
        import textwrap

        return textwrap.wrap(self.said(text), self.width, initial_indent=indent, subsequent_indent=indent + "  ") or [
            indent
        ]


def as_text(of: Illustrated, page: Page) -> Iterator[str]:
    """Yield the picture line by line."""
    yield from (page.painted(line, _BOLD) for line in page.lines(report_title(of), ""))
    for note in partial_marks(of.report):
        yield from (page.painted(line, _ALARM) for line in page.lines(note, ""))
    for facts in identity(of):
        yield from _heading(facts.heading, page)
        for line in facts.lines:
            yield from page.lines(line)
    for one in comparisons(of):
        yield from _heading(f"{one.title}, {one.unit[0]}", page)
        yield from _comparison(one, page)
    sweep = sweep_of(of)
    if sweep is not None:
        yield from _heading("DRAM and cache bandwidth by footprint", page)
        yield from _sweep(sweep, page)
    for read in of.telemetry:
        for shown in over_time(read, page.width):
            yield from _over_time(shown, page)
    table = observations(of.report)
    if table is not None:
        yield from _heading(table.caption, page)
        yield from _rows(table.rows, page)


def _heading(text: str, page: Page) -> Iterator[str]:
    yield ""
    yield page.painted(page.cut(text, page.width), _BOLD)


def _comparison(of: Comparison, page: Page) -> Iterator[str]:
    told = [page.said(summary(of, row)) for row in of.rows]
    wide = max(map(len, told), default=0)
    label = min(max((len(page.said(row.label)) for row in of.rows), default=0), page.width // 3)
    room = page.width - label - wide - 6
    shared = room >= _LEAST_BAR
    cells = Cells(count=min(room if shared else page.width - 4, 60), blocks=page.blocks)
    indent = " " * (label + wide + 6) if shared else "    "
    above = cells.letters((float(one.value / of.most), letter) for letter, one in lettered(of.references))
    if above.strip():
        yield (indent + above).rstrip()
    for row, figures in zip(of.rows, told, strict=True):
        lines = _wrapped(page, row.label, label if shared else page.width - 2)
        if shared:
            yield f"  {lines[0].ljust(label)}  {figures.rjust(wide)}  {_bar(of, row, cells)}".rstrip()
            yield from (f"  {line}" for line in lines[1:])
        else:
            yield from (f"  {line}" for line in (*lines, *page.lines(figures, "  ")))
            yield f"    {_bar(of, row, cells)}".rstrip()
    for letter, one in lettered(of.references):
        yield from page.lines(f"{letter}  {one.says}: {of.said(one.value)}")
    for says in dict.fromkeys(row.span.says for row in of.rows if row.span):
        yield from page.lines(says)
    for note in of.notes:
        yield from page.lines(f"not drawn: {note}")


def _wrapped(page: Page, text: str, width: int) -> list[str]:
    import textwrap

    lines = textwrap.wrap(page.said(text), width) or [""]
    return [*lines[:2], page.cut(" ".join(lines[2:]), width)] if len(lines) > 3 else lines


def _bar(of: Comparison, row: Row, cells: Cells) -> str:
    values = [mark.value for mark in row.marks]
    least, most = float(min(values) / of.most), float(max(values) / of.most)
    return cells.bar(least, most if most > least else None)


def _sweep(of: Sweep, page: Page) -> Iterator[str]:
    unit, times = prefixed("GB/s", of.most)
    for one in of.curves[:_MOST_SERIES]:
        yield from page.lines(f"{one.unit_id}, {one.name}, {unit}")
        figures = [(byte_count(point.size), few_digits(point.value * times), point) for point in one.points]
        size, wide = max(len(text) for text, _, _ in figures), max(len(text) for _, text, _ in figures)
        cells = Cells(count=min(page.width - size - wide - 8, 60), blocks=page.blocks)
        yield from _points(of, one, figures, cells, (size, wide))
        for plateau in of.plateaus(one):
            yield from page.lines(plateau.says, "    ")
    if len(of.curves) > _MOST_SERIES:
        yield f"  {len(of.curves) - _MOST_SERIES:,} more series; the page has them"
    for reference in of.references:
        yield from page.lines(f"{reference.says}: {of.said(reference.value)}")


def _points(
    of: Sweep, one: Series, figures: list[tuple[str, str, Any]], cells: Cells, wide: tuple[int, int]
) -> Iterator[str]:
    cache = next((size for size, units in of.caches.items() if one.unit_id in units), None)
    for size, value, point in figures:
        if cache is not None and point.size > cache:
            yield f"    -- last-level cache, {byte_count(cache)} --"
            cache = None
        bar = cells.bar(float(point.value / of.most))
        yield f"    {size.rjust(wide[0])}  {value.rjust(wide[1])}  {bar}".rstrip()
    if cache is not None:
        yield f"    -- last-level cache, {byte_count(cache)}, is larger than all of these --"


def _over_time(of: OverTime, page: Page) -> Iterator[str]:
    yield from _heading(f"Over time: {of.whose}", page)
    name = max((len(strip.name) for strip in of.strips), default=0)
    cells = Cells(count=max(min(page.width - name - 4, 100), 10), blocks=page.blocks)
    indent = " " * (name + 4)
    for strip in of.strips:
        least, most = strip.ends
        above, below = _levels(of, strip, cells.count)
        yield f"  {strip.name.ljust(name)}  {cells.line(above, least, most)}".rstrip()
        if below != above:
            yield f"  {'least'.rjust(name)}  {cells.line(below, least, most)}".rstrip()
        ends = few_digits(least) if least == most else f"{few_digits(least)} to {few_digits(most)}"
        yield from page.lines(f"{ends} {strip.unit}".rstrip() + f", {strip.count:,} readings", indent)
    span = (of.last_s - of.first_s) or 1.0
    for limiter, found in of.limiters.items():
        yield from page.lines(f"limiter {limiter}, {few_digits(seconds(of, limiter))} s")
        yield indent + cells.active(((s.first_s - of.first_s) / span, (s.last_s - of.first_s) / span) for s in found)
    if not of.limiters:
        yield f"  {'no limiter was seen active' if of.limiters_known else 'which limiters were active is not known'}"
    yield from _parts(of, cells, indent, page)


def _parts(of: OverTime, cells: Cells, indent: str, page: Page) -> Iterator[str]:
    """Yield the parts of the run: a letter for each below the lines, and what it stands for."""
    parts, span = parts_of(of.steps), (of.last_s - of.first_s) or 1.0
    named = list(zip(ascii_lowercase, parts, strict=False))
    yield (indent + cells.letters(((part.first_s - of.first_s) / span, letter) for letter, part in named)).rstrip()
    for letter, part in named:
        steps = sum(part.first_s <= step.first_s <= part.last_s for step in of.steps)
        times = f"{few_digits(part.first_s)} s to {few_digits(part.last_s)} s"
        yield from page.lines(f"{letter}  {times}: {part.name}, {steps} step{'s' if steps != 1 else ''}")
    if len(parts) > len(named):
        yield f"  and {len(parts) - len(named):,} more parts; the page has every step"


def _levels(of: OverTime, strip: Strip, count: int) -> tuple[list[float | None], list[float | None]]:
    """Return the most and the least reading of each cell."""
    found: list[list[float]] = [[] for _ in range(count)]
    span = (of.last_s - of.first_s) or 1.0
    for at, value in (reading for run in strip.runs for reading in run):
        found[min(int((at - of.first_s) / span * count), count - 1)].append(value)
    return [max(one, default=None) for one in found], [min(one, default=None) for one in found]


def _rows(rows: tuple[tuple[str, ...], ...], page: Page) -> Iterator[str]:
    """Yield rows in columns; the last one is never cut, for it is the figure."""
    told = [tuple(map(page.said, row)) for row in rows]
    wide = [min(max(len(row[n]) for row in told), page.width // 2) for n in range(len(told[0]))]
    for row in told:
        cells = (page.cut(cell, width).ljust(width) for cell, width in zip(row[:-1], wide[:-1], strict=True))
        yield f"  {'  '.join(cells)}  {row[-1]}".rstrip()

"""One panel of the picture of a report: its drawing at a width, and the same as words and as tables."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from harness.render.canvas import FAINT, INK, Area, Shape, Stroke, Symbol, Words, text_width, wrapped

TEXT, LINE = 11.0, 14.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """Figures as the report states them."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """Shapes from the top at 0 down to `height`, under a title, with what they show in words."""

    key: str
    title: str
    description: str
    shapes: tuple[Shape, ...] = ()
    height: float = 0.0
    tables: tuple[Table, ...] = field(default=())


def cut(text: str, width: float, size: float) -> str:
    """Return as much of a text as a width holds, with a sign where it was cut."""
    if text_width(text, size) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if text_width(text[:middle] + "…", size) <= width else (low, middle - 1)
    return text[:low].rstrip() + "…"


def lines_of(text: str, width: float, size: float = TEXT, most: int = 3) -> list[str]:
    """Return a text in lines that are no wider; what does not fit is cut."""
    lines = wrapped(text, width, size) or [""]
    if len(lines) > most:
        lines = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    return [cut(line, width, size) for line in lines]


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A line of a key: a sample of the line or the mark, a letter, and what it means."""

    text: str
    colour: str = INK
    letter: str = ""
    dash: tuple[float, ...] | None = None
    form: str = ""
    fill: str = ""


def key_shapes(entries: Iterable[Entry], left: float, top: float, width: float) -> Iterator[Shape]:
    """Yield the lines of a key from the top down."""
    y = top
    for one in entries:
        middle = round(y + LINE / 2 - 1, 2)
        if one.dash is not None:
            yield Stroke(points=((left + 16, middle), (left + 40, middle)), colour=one.colour, width=2, dash=one.dash)
        if one.fill:
            corners = (
                (left + 16, middle - 4),
                (left + 40, middle - 4),
                (left + 40, middle + 4),
                (left + 16, middle + 4),
            )
            yield Area(polygons=(corners,), fill=one.fill)
        if one.form:
            yield Symbol(at=(left + 28, middle), form=one.form, size=4.2, fill=one.colour)
        if one.letter:
            yield Words(at=(left, round(y + 10.5, 2)), text=one.letter, size=TEXT, bold=True, colour=one.colour)
        for line in _entry_lines(one, width):
            yield Words(at=(left + _indent(one), round(y + 10.5, 2)), text=line, size=TEXT)
            y = round(y + LINE, 2)


def key_height(entries: Iterable[Entry], width: float) -> float:
    """Return how high the lines of a key are together."""
    return round(LINE * sum(len(_entry_lines(one, width)) for one in entries), 2)


def _entry_lines(one: Entry, width: float) -> list[str]:
    return lines_of(one.text, width - _indent(one), most=6)


def _indent(one: Entry) -> float:
    return 46.0 if one.dash is not None or one.form or one.fill else 0.0


def plain(text: str) -> Entry:
    """Return a line of a key that is only said."""
    return Entry(text=text, colour=FAINT)


def lowered(shape: Shape, by: float) -> Shape:
    """Return a shape further down."""
    if isinstance(shape, Area):
        return replace(shape, polygons=tuple(tuple((x, round(y + by, 2)) for x, y in one) for one in shape.polygons))
    if isinstance(shape, Stroke):
        return replace(shape, points=tuple((x, round(y + by, 2)) for x, y in shape.points))
    return replace(shape, at=(shape.at[0], round(shape.at[1] + by, 2)))

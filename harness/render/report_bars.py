"""A comparison as a drawing: a track for every way of measuring, marks on it, and what they are compared with."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from string import ascii_uppercase

from harness.metrics.references import Reference
from harness.render.canvas import FAINT, INK, Area, Shape, Stroke, Symbol, Words, text_width
from harness.render.figure_text import few_digits
from harness.render.linear_scale import LinearScale
from harness.render.report_figures import Comparison, Mark, Row
from harness.render.report_paint import BAND, REFERENCES, RULE, series_paint
from harness.render.report_panel import LINE, TEXT, Entry, Panel, Table, key_height, key_shapes, lines_of, plain

_SIDE, _LANE, _TRACK, _AXIS = 14.0, 16.0, 18.0, 34.0
_SHARED_LINE = 520.0
# As many units have a colour of their own; of more, the axis shows where they lie, and the table which is which.
TOLD_APART = 4
_NOTES = 12


def bars_panel(of: Comparison, key: str, width: float) -> Panel:
    """Return a comparison as a panel of this width."""
    scale = LinearScale(lo=0.0, hi=float(of.most), begin=_SIDE, end=width - _SIDE)
    units = units_of(of)
    shapes: list[Shape] = list(_letters(of.references, scale))
    y = _LANE if of.references else 4.0
    for row in of.rows:
        label = _label(of, row, width)
        shapes += (word for n, line in enumerate(label) for word in _words(line, y + LINE * n, width))
        y = round(y + LINE * len(label), 2)
        shapes += _track(of, row, scale, y, units)
        y = round(y + _TRACK + 6, 2)
    if of.rows:
        shapes += _axis(of, scale, y)
        y += _AXIS
    entries = list(_entries(of, units))
    shapes += key_shapes(entries, _SIDE, y, width - 2 * _SIDE)
    return Panel(
        key=key,
        title=f"{of.title}, {of.unit[0]}",
        description=description(of),
        shapes=tuple(shapes),
        height=round(y + key_height(entries, width - 2 * _SIDE) + 6, 2),
        tables=(_table(of),),
    )


def units_of(of: Comparison) -> list[str]:
    """Return the units that have a mark, in their order."""
    return list(dict.fromkeys(mark.unit_id for row in of.rows for mark in row.marks))


def lettered(references: Sequence[Reference]) -> list[tuple[str, Reference]]:
    """Return each reference with its letter; after the last one, none."""
    return [(ascii_uppercase[n] if n < len(ascii_uppercase) else "", one) for n, one in enumerate(references)]


def summary(of: Comparison, row: Row) -> str:
    """Return the figures of a row in short: all of one or two, else how many and where they lie."""
    if len(row.marks) <= 2:
        return "; ".join(map(of.told, row.marks))
    values = sorted(mark.value for mark in row.marks)
    middle = values[len(values) // 2]
    unit, times = of.unit
    least, median, most = (few_digits(one * times) for one in (values[0], middle, values[-1]))
    return f"{len(values):,} figures: {least} to {most} {unit}, the middle one {median}"


def description(of: Comparison) -> str:
    """Return a comparison in words."""
    parts = [f"{row.label}: {summary(of, row)}." for row in of.rows]
    parts += [f"{one.says}: {of.said(one.value)}." for one in of.references]
    parts += [f"{says}." for says in dict.fromkeys(row.span.says for row in of.rows if row.span)]
    return " ".join([f"{of.title}.", *parts, *(f"Not drawn: {note}." for note in of.notes[:_NOTES])])


def _letters(references: Sequence[Reference], scale: LinearScale) -> Iterator[Words]:
    """Yield the letters above their lines; where lines lie close, their letters stand together."""
    groups: list[tuple[float, float, str]] = []
    for letter, one in sorted(lettered(references), key=lambda pair: pair[1].value):
        x, room = scale.at(one.value), text_width(letter, TEXT, bold=True)
        if groups and x - groups[-1][1] < room:
            groups[-1] = groups[-1][0], groups[-1][1] + room, groups[-1][2] + letter
        else:
            groups.append((x, x + room / 2 + 2, letter))
    for x, _, letters in groups:
        half = text_width(letters, TEXT, bold=True) / 2
        at = min(max(x, half), scale.end + _SIDE - half)
        yield Words(at=(round(at, 2), 11.0), text=letters, size=TEXT, bold=True, anchor="middle")


def _label(of: Comparison, row: Row, width: float) -> list[tuple[str, str]]:
    """Return the lines above a track: how, and how much, on the same line where there is room."""
    told = summary(of, row)
    room = width - 2 * _SIDE
    if width >= _SHARED_LINE:
        first, *more = lines_of(row.label, room - text_width(told, TEXT, bold=True) - 16)
        return [(first, told), *((line, "") for line in more)]
    return [*((line, "") for line in lines_of(row.label, room)), *(("", line) for line in lines_of(told, room / 1.2))]


def _words(line: tuple[str, str], top: float, width: float) -> Iterator[Words]:
    how, much = line
    y = round(top + 11, 2)
    if how:
        yield Words(at=(_SIDE, y), text=how, size=TEXT)
    if much:
        yield Words(at=(width - _SIDE, y), text=much, size=TEXT, bold=True, anchor="end")


def _track(of: Comparison, row: Row, scale: LinearScale, top: float, units: list[str]) -> Iterator[Shape]:
    bottom, middle = round(top + _TRACK, 2), round(top + _TRACK / 2, 2)
    if row.span:
        left, right = scale.at(row.span.lo), scale.at(row.span.hi)
        yield Area(polygons=(((left, top), (right, top), (right, bottom), (left, bottom)),), fill=BAND)
    yield Stroke(points=((scale.begin, middle), (scale.end, middle)), colour=RULE)
    for one in of.references:
        colour, dash = REFERENCES[one.kind]
        x = scale.at(one.value)
        yield Stroke(points=((x, top), (x, bottom)), colour=colour, width=2, dash=dash)
    yield from _marks(row, scale, middle, units)


def _marks(row: Row, scale: LinearScale, y: float, units: list[str]) -> Iterator[Shape]:
    """Yield the marks; where many share a pixel, one of them stands for all."""
    shared: dict[tuple[int, str], list[Mark]] = {}
    for mark in row.marks:
        colour, _ = paint_of(mark.unit_id, units)
        shared.setdefault((round(scale.at(mark.value)), colour), []).append(mark)
    for (_, colour), marks in shared.items():
        widest = max((mark for mark in marks if mark.uncertainty is not None), key=_width, default=None)
        if widest is not None and widest.uncertainty:
            yield from _whisker(widest.value, widest.uncertainty, scale, y + _beside(widest, units), colour)
    for (_, colour), marks in shared.items():
        says = f"{marks[0].unit_id}: {marks[0].stated}" + (f", and {len(marks) - 1} more here" if marks[1:] else "")
        form, at = paint_of(marks[0].unit_id, units)[1], round(y + _beside(marks[0], units), 2)
        size = 4.6 if len(units) == 1 else 3.8
        yield Symbol(at=(scale.at(marks[0].value), at), form=form, size=size, fill=colour, says=f"{row.label}; {says}")


def _beside(mark: Mark, units: list[str]) -> float:
    """Return how far from the middle of its track a unit stands, so that equal figures do not hide each other."""
    count = len(units)
    return (
        round((units.index(mark.unit_id) - (count - 1) / 2) * 10 / (count - 1), 2) if 1 < count <= TOLD_APART else 0.0
    )


def _width(mark: Mark) -> Fraction:
    return mark.uncertainty or Fraction(0)


def paint_of(unit: str, units: list[str]) -> tuple[str, str]:
    """Return the colour and form of a unit; of many units, one for all."""
    return series_paint(units.index(unit) if len(units) <= TOLD_APART else 0)


def _whisker(value: Fraction, wide: Fraction, scale: LinearScale, y: float, colour: str) -> Iterator[Stroke]:
    """Yield the expanded uncertainty; an end beyond the axis has no cap."""
    left, right = scale.at(value - wide), scale.at(value + wide)
    yield Stroke(points=((left, y), (right, y)), colour=colour, width=1.5)
    for x, end in ((left, value - wide), (right, value + wide)):
        if scale.holds(end):
            yield Stroke(points=((x, y - 5), (x, y + 5)), colour=colour, width=1.5)


def _axis(of: Comparison, scale: LinearScale, y: float) -> Iterator[Shape]:
    unit, times = of.unit
    yield Stroke(points=((scale.begin, y), (scale.end, y)), colour=INK)
    shown = LinearScale(lo=0.0, hi=float(of.most * times), begin=scale.begin, end=scale.end)
    room = text_width(few_digits(shown.hi), 10) + 24
    ticks = shown.ticks(max(2, int((scale.end - scale.begin) / room)))
    for tick in ticks:
        x = shown.at(tick)
        yield Stroke(points=((x, y), (x, y + 5)))
        text = f"{few_digits(tick)} {unit}" if tick == ticks[0] else few_digits(tick)
        half = text_width(text, 10) / 2
        at = min(max(x, half + 2), scale.end + _SIDE - half - 2)
        yield Words(at=(round(at, 2), round(y + 17, 2)), text=text, size=10, anchor="middle", colour=FAINT)


def _entries(of: Comparison, units: list[str]) -> Iterator[Entry]:
    for letter, one in lettered(of.references):
        colour, dash = REFERENCES[one.kind]
        yield Entry(text=f"{one.says}: {of.said(one.value)}", colour=colour, letter=letter, dash=dash)
    for says in dict.fromkeys(row.span.says for row in of.rows if row.span):
        yield Entry(text=says, fill=BAND)
    if 1 < len(units) <= TOLD_APART:
        for unit in units:
            colour, form = paint_of(unit, units)
            yield Entry(text=unit, colour=colour, form=form)
    yield from (plain(f"not drawn: {note}") for note in of.notes[:_NOTES])
    if len(of.notes) > _NOTES:
        yield plain(f"not drawn: {len(of.notes) - _NOTES:,} more; the table has them")


def _table(of: Comparison) -> Table:
    rows = [(row.label, mark.unit_id, mark.stated) for row in of.rows for mark in row.marks]
    rows += [(one.says, "", of.said(one.value)) for one in of.references]
    rows += [(f"not drawn: {note}", "", "") for note in of.notes]
    return Table(caption=of.title, headings=("what", "unit", "figure as stated"), rows=tuple(rows))

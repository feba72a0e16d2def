"""Bandwidth by footprint as a drawing: sizes across, logarithmic, and bandwidth upward from 0."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from harness.render.canvas import FAINT, INK, Area, Box, Point, Shape, Stroke, Symbol, Words, text_width
from harness.render.figure_text import byte_count, few_digits, prefixed
from harness.render.labels import Wanted, placed
from harness.render.linear_scale import LinearScale
from harness.render.log_scale import LogScale
from harness.render.report_paint import REFERENCES, RULE, SHADE, series_paint
from harness.render.report_panel import TEXT, Entry, Panel, Table, cut, key_height, key_shapes
from harness.render.report_sweep import Series, Sweep

_RIGHT, _TOP, _HEIGHT, _AXIS = 14.0, 20.0, 230.0, 40.0
TITLE = "DRAM and cache bandwidth by footprint"
# As many series are named; of more, each looks like the last one.
_NAMED = 6
_SINGLE = FAINT, "wedge"


def curve_panel(of: Sweep, key: str, width: float) -> Panel:
    """Return a sweep over footprints as a panel of this width."""
    unit, times = prefixed("GB/s", of.most)
    up = LinearScale(lo=0.0, hi=float(of.most * times) * 1.04, begin=_TOP + _HEIGHT, end=_TOP)
    ticks = up.ticks(6)
    left = max(text_width(few_digits(tick), 10) for tick in ticks) + 20
    low, high = of.ends
    across = LogScale(lo=low / 1.5, hi=high * 1.5, begin=left, end=width - _RIGHT)
    shapes = [*_caches(of, across, width), *_axes(across, up, ticks, unit)]
    for one in of.references:
        colour, dash = REFERENCES[one.kind]
        y = up.at(one.value * times)
        shapes.append(Stroke(points=((left, y), (width - _RIGHT, y)), colour=colour, width=1.5, dash=dash))
    for number, series in enumerate(of.curves):
        shapes += _series(series, series_paint(number), across, up, times)
    for series in of.single:
        shapes += _series(series, _SINGLE, across, up, times)
    shapes += _plateau_names(of, across, up, times)
    entries, top = list(_entries(of)), _TOP + _HEIGHT + _AXIS
    shapes += key_shapes(entries, 14, top, width - 28)
    return Panel(
        key=key,
        title=f"{TITLE}, {unit}",
        description=description(of),
        shapes=tuple(shapes),
        height=round(top + key_height(entries, width - 28) + 6, 2),
        tables=(_table(of),),
    )


def description(of: Sweep) -> str:
    """Return a sweep in words: how it runs, its plateaus, the caches."""
    parts = [f"{TITLE}."]
    for one in of.curves[:_NAMED]:
        first, last = one.points[0], one.points[-1]
        ends = (f"{of.said(point.value)} at {byte_count(point.size)}" for point in dict.fromkeys((first, last)))
        parts.append(f"{one.unit_id}, {one.name}: {', '.join(ends)}.")
        parts += [f"{plateau.says[0].upper()}{plateau.says[1:]}." for plateau in of.plateaus(one)]
    parts += [f"{words}." for words in _cache_words(of)]
    parts += [f"{one.says}: {of.said(one.value)}." for one in of.references]
    return " ".join(parts)


def _cache_words(of: Sweep) -> Iterator[str]:
    for size, units in sorted(of.caches.items()):
        whose = ", ".join(units) if len(units) <= _NAMED else f"{len(units):,} units"
        yield f"last-level cache of {whose}: {byte_count(size)}"


def _caches(of: Sweep, across: LogScale, width: float) -> Iterator[Shape]:
    """Yield the ground of what fits in the smallest last-level cache, and a line with a name at every cache."""
    for n, size in enumerate(sorted(of.caches)):
        x = across.at(size)
        if n == 0:
            box = ((across.begin, _TOP), (x, _TOP), (x, _TOP + _HEIGHT), (across.begin, _TOP + _HEIGHT))
            yield Area(polygons=(box,), fill=SHADE)
        yield Stroke(points=((x, _TOP), (x, _TOP + _HEIGHT)), colour=FAINT, width=1.4, dash=(4, 3))
    if of.caches:
        size = min(of.caches)
        text = cut(f"last-level cache, {byte_count(size)}", width - 4, TEXT)
        half = text_width(text, TEXT) / 2
        at = min(max(across.at(size), half + 2), width - half - 2)
        yield Words(at=(round(at, 2), _TOP - 6), text=text, size=TEXT, anchor="middle", colour=FAINT)


def _axes(across: LogScale, up: LinearScale, ticks: list[Fraction], unit: str) -> Iterator[Shape]:
    for tick in ticks:
        y = up.at(tick)
        yield Stroke(points=((across.begin, y), (across.end, y)), colour=RULE, width=0.7)
        text = few_digits(tick)
        yield Words(at=(across.begin - 6, round(y + 3.6, 2)), text=text, size=10, anchor="end", colour=FAINT)
    yield Stroke(points=((across.begin, up.end), (across.begin, up.begin), (across.end, up.begin)), colour=INK)
    free = 0.0
    for power in range(64):
        size = 1 << power
        x, half = (across.at(size), text_width(byte_count(size), 10) / 2) if across.holds(size) else (0.0, 0.0)
        if half and x + half <= across.end + _RIGHT:
            yield Stroke(points=((x, up.begin), (x, up.begin + 4)))
            if x - half > free:
                y = up.begin + 17
                yield Words(at=(x, y), text=byte_count(size), size=10, anchor="middle", colour=FAINT)
                free = x + half + 14
    y = up.begin + 32
    middle = round((across.begin + across.end) / 2, 2)
    yield Words(at=(middle, y), text=f"bytes touched; {unit} upward", size=10, anchor="middle", colour=FAINT)


def _series(one: Series, paint: tuple[str, str], across: LogScale, up: LinearScale, times: Fraction) -> Iterator[Shape]:
    colour, form = paint
    points = tuple((across.at(max(point.size, 1)), up.at(point.value * times)) for point in one.points)
    if len(points) > 1:
        yield Stroke(points=points, colour=colour, width=1.8)
    for at, point in zip(points, one.points, strict=True):
        says = f"{one.unit_id}, {one.name}: {point.stated} at {byte_count(point.size)}"
        yield Symbol(at=at, form=form, size=4.2, fill=colour, says=says)


def _plateau_names(of: Sweep, across: LogScale, up: LinearScale, times: Fraction) -> Iterator[Shape]:
    """Yield the names of plateaus beside the middle of each, where there is room for one; the key has them all."""
    curves = of.curves[:_NAMED]
    lines = [[(across.at(max(p.size, 1)), up.at(p.value * times)) for p in one.points] for one in curves]
    taken = [box for line in lines for pair in pairwise(line) for box in _along(*pair)]
    taken += [Box(*place, *place).grown(5) for line in lines for place in line]
    taken += [Box(across.begin, y, across.end, y).grown(1) for y in (up.at(one.value * times) for one in of.references)]
    taken += [Box(across.at(size), up.end, across.at(size), up.begin).grown(1) for size in of.caches]
    wanted: list[Wanted] = []
    named: dict[str, tuple[str, str]] = {}
    for one in curves:
        for plateau in of.plateaus(one):
            key = str(len(wanted))
            named[key] = plateau.where, plateau.height
            x = (across.at(max(plateau.first, 1)) + across.at(plateau.last)) / 2
            # The room is that of the wider of two lines.
            room = max(text_width(text, 10) for text in named[key]) + 4, 26.0
            at = round(x, 2), up.at(plateau.value * times)
            wanted.append(Wanted(key=key, at=at, size=1.0, forms=(room,)))
    for key, place in placed(wanted, Box(across.begin, up.end, across.end, up.begin), taken).items():
        for n, text in enumerate(named[key]):
            at = round(place.box.left + 2, 2), round(place.box.top + 10 + 12 * n, 2)
            yield Words(at=at, text=text, size=10, italic=True)


def _along(one: Point, other: Point) -> Iterator[Box]:
    """Yield small boxes along a line."""
    steps = max(1, int(max(abs(one[0] - other[0]), abs(one[1] - other[1])) / 6))
    for n in range(steps + 1):
        x, y = (a + (b - a) * n / steps for a, b in zip(one, other, strict=True))
        yield Box(x, y, x, y).grown(3)


def _entries(of: Sweep) -> Iterator[Entry]:
    for number, one in enumerate(of.curves[:_NAMED]):
        colour, form = series_paint(number)
        plateaus = "; ".join(plateau.says for plateau in of.plateaus(one))
        yield Entry(text=f"{one.unit_id}, {one.name}" + (f"; {plateaus}" if plateaus else ""), colour=colour, form=form)
    if len(of.curves) > _NAMED:
        yield Entry(text=f"{len(of.curves) - _NAMED:,} more series, drawn alike; the table has them")
    if of.single:
        text = f"{len(of.single):,} kernels measured at one size each; the panel by kernel names them"
        yield Entry(text=text, colour=_SINGLE[0], form=_SINGLE[1])
    for words in _cache_words(of):
        yield Entry(text=words, colour=FAINT, dash=(4, 3))
    for reference in of.references:
        colour, dash = REFERENCES[reference.kind]
        yield Entry(text=f"{reference.says}: {of.said(reference.value)}", colour=colour, dash=dash)


def _table(of: Sweep) -> Table:
    rows = tuple((one.unit_id, one.name, f"{point.size:,}", point.stated) for one in of.series for point in one.points)
    return Table(caption=TITLE, headings=("unit", "what", "bytes touched", "figure as stated"), rows=rows)

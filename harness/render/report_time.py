"""Clocks, power, temperatures and limiters over time as a drawing, with the steps of the run below."""

from collections.abc import Iterator

from harness.render.canvas import FAINT, INK, Area, Box, Shape, Stroke, Symbol, Words, text_width
from harness.render.figure_text import few_digits
from harness.render.linear_scale import LinearScale
from harness.render.report_paint import ALARM, RULE, SERIES, SHADE
from harness.render.report_panel import LINE, TEXT, Panel, Table, cut, key_height, key_shapes, plain
from harness.render.report_strips import OverTime, Strip, joined, parts_of

_LEFT, _RIGHT, _STRIP, _LIMITER, _BAND = 14.0, 14.0, 54.0, 9.0, 15.0
_MOST_STEPS = 1000
_MOST_NUMBERED, _COLUMN, _SMALL_LINE = 60, 230.0, 12.0


def time_panel(of: OverTime, key: str, width: float) -> Panel:
    """Return what telemetry shows as a panel of this width."""
    across = LinearScale(
        lo=of.first_s, hi=of.last_s if of.last_s > of.first_s else of.first_s + 1, begin=_LEFT, end=width - _RIGHT
    )
    shapes: list[Shape] = []
    y = 0.0
    for strip in of.strips:
        shapes += _strip(strip, across, y)
        y += LINE + _STRIP + 8
    for name, found in of.limiters.items():
        shapes.append(Words(at=(_LEFT, y + 11), text=cut(f"active: {name}", width - 28, TEXT), size=TEXT, colour=ALARM))
        shapes += _limiter([(one.first_s, one.last_s) for one in joined(found, _pixel(across))], across, y + LINE)
        y += LINE + _LIMITER + 5
    shapes += _steps(of, across, y)
    y += 2 * _BAND
    shapes += _axis(across, y)
    y += 38
    key_of_steps, y = _numbered(of, y, width)
    shapes += key_of_steps
    entries = [plain(line) for line in _notes(of)]
    shapes += key_shapes(entries, _LEFT, y, width - 28)
    return Panel(
        key=key,
        title=f"Over time: {of.whose}",
        description=description(of),
        shapes=tuple(shapes),
        height=round(y + key_height(entries, width - 28) + 6, 2),
        tables=tuple(_tables(of)),
    )


def description(of: OverTime) -> str:
    """Return what was seen over time in words."""
    parts = [f"{of.whose}, {of.readings:,} readings from {few_digits(of.first_s)} s to {few_digits(of.last_s)} s."]
    for strip in of.strips:
        parts.append(f"{told(strip)}.")
    parts += [f"Limiter {name} active for {few_digits(seconds(of, name))} s." for name in of.limiters]
    names = list(dict.fromkeys(part.name for part in parts_of(of.steps)))
    return " ".join(
        [*parts, *(f"{line[0].upper()}{line[1:]}." for line in _notes(of)), f"Parts: {', '.join(names[:20])}."]
    )


def told(strip: Strip) -> str:
    """Return a strip in words: its name, its ends, and how many readings it has."""
    least, most = strip.ends
    return (
        f"{strip.name}: {few_digits(least)} to {few_digits(most)} {strip.unit}".rstrip() + f", {strip.count:,} readings"
    )


def seconds(of: OverTime, name: str) -> float:
    """Return how long a limiter was seen active."""
    return sum(one.last_s - one.first_s for one in of.limiters[name])


def _notes(of: OverTime) -> Iterator[str]:
    if not of.strips:
        yield "no reading of clock, power or temperature is known"
    if not of.limiters:
        yield "no limiter was seen active" if of.limiters_known else "which limiters were active is not known"
    yield f"from {of.source}"


def _pixel(across: LinearScale) -> float:
    return (across.hi - across.lo) / (across.end - across.begin)


def _strip(strip: Strip, across: LinearScale, top: float) -> Iterator[Shape]:
    """Yield one kind of reading; its axis reaches from its least to its most, which are written beside its name."""
    least, most = strip.ends
    around = (most - least) * 0.06 or abs(most) * 0.05 or 1.0
    up = LinearScale(lo=least - around, hi=most + around, begin=top + LINE + _STRIP, end=top + LINE)
    unit = f" {strip.unit}" if strip.unit else ""
    ends = few_digits(least) if least == most else f"{few_digits(least)} to {few_digits(most)}"
    name, y = f"{strip.name[0].upper()}{strip.name[1:]}", round(top + 11, 2)
    yield Words(at=(_LEFT, y), text=name, size=TEXT)
    yield Words(at=(across.end, y), text=f"{ends}{unit}", size=TEXT, bold=True, anchor="end")
    box = Box(across.begin, top + LINE, across.end, top + LINE + _STRIP)
    yield Area(polygons=(box.corners,), fill=SHADE)
    for value in dict.fromkeys((least, most)):
        yield Stroke(points=((box.left, up.at(value)), (box.right, up.at(value))), colour=RULE, width=0.7)
    for run in strip.runs:
        points = tuple((across.at(at), up.at(value)) for at, value in run)
        if len(points) == 1:
            yield Symbol(at=points[0], form="circle", size=1.5, fill=SERIES[0], edge=SERIES[0])
        else:
            yield Stroke(points=points, colour=SERIES[0], width=1.2)


def _limiter(spans: list[tuple[float, float]], across: LinearScale, top: float) -> Iterator[Shape]:
    """Yield when a limiter was active; a moment is as wide as it takes to be seen."""
    yield Stroke(points=((across.begin, top + _LIMITER), (across.end, top + _LIMITER)), colour=RULE, width=0.7)
    boxes = []
    for first, last in spans:
        left = min(across.at(first), across.end - 1.5)
        right = max(across.at(last), round(left + 1.5, 2))
        boxes.append(Box(left, top, right, top + _LIMITER).corners)
    yield Area(polygons=tuple(boxes), fill=ALARM)


def _steps(of: OverTime, across: LinearScale, top: float) -> Iterator[Shape]:
    """Yield the parts of the run, named where they have room, and the steps in them by their numbers."""
    for n, part in enumerate(parts_of(of.steps)[:_MOST_STEPS]):
        left, right = across.at(part.first_s), across.at(part.last_s)
        box = Box(left, top, max(right, left + 1), top + _BAND)
        if n % 2 == 0:
            yield Area(polygons=(box.corners,), fill=SHADE)
        if text_width(part.name, 10) + 4 <= right - left:
            middle = round((left + right) / 2, 2)
            yield Words(at=(middle, round(top + 11, 2)), text=part.name, size=10, anchor="middle")
    y, free = round(top + _BAND + 11, 2), 0.0
    for number, step in enumerate(of.steps, start=1):
        left, right = across.at(step.first_s), across.at(step.last_s)
        if number <= _MOST_STEPS:
            yield Stroke(points=((left, top + _BAND), (left, top + 2 * _BAND)), colour=RULE, width=0.7)
        middle, half = round((left + right) / 2, 2), text_width(str(number), 9) / 2
        if middle - half > free and middle + half <= across.end + _RIGHT and 2 * half <= right - left + 4:
            yield Words(at=(middle, y), text=str(number), size=9, anchor="middle", colour=FAINT)
            free = middle + half + 2


def _axis(across: LinearScale, top: float) -> Iterator[Shape]:
    yield Stroke(points=((across.begin, top), (across.end, top)), colour=INK)
    room = text_width(few_digits(across.hi), 10) + 40
    for tick in across.ticks(max(2, int((across.end - across.begin) / room))):
        x = across.at(tick)
        text = few_digits(tick)
        half = text_width(text, 10) / 2
        at = min(max(x, half + 1), across.end + _RIGHT - half - 1)
        yield Stroke(points=((x, top), (x, top + 4)))
        yield Words(at=(round(at, 2), top + 15), text=text, size=10, anchor="middle", colour=FAINT)
    middle = round((across.begin + across.end) / 2, 2)
    yield Words(
        at=(middle, top + 30), text="seconds of the run; steps by number", size=10, anchor="middle", colour=FAINT
    )


def _numbered(of: OverTime, top: float, width: float) -> tuple[list[Shape], float]:
    """Return the key of the steps in columns, and where it ends."""
    columns = max(1, int((width - 28) // _COLUMN))
    room = (width - 28) / columns
    told = [f"{n}  {one.name or 'no step named'}" for n, one in enumerate(of.steps, start=1)][:_MOST_NUMBERED]
    if len(of.steps) > len(told):
        told.append(f"and {len(of.steps) - len(told):,} more; the page has a table")
    deep = -(-len(told) // columns)
    shapes: list[Shape] = []
    for n, text in enumerate(told):
        at = round(_LEFT + n // deep * room, 2), round(top + 10 + n % deep * _SMALL_LINE, 2)
        shapes.append(Words(at=at, text=cut(text, room - 10, 9), size=9, colour=FAINT))
    return shapes, round(top + deep * _SMALL_LINE + 4, 2)


def _tables(of: OverTime) -> Iterator[Table]:
    rows = []
    for strip in of.strips:
        least, most = (f"{few_digits(end)} {strip.unit}".rstrip() for end in strip.ends)
        rows.append((strip.name, least, most, f"{strip.count:,}"))
    yield Table(caption=f"Readings, {of.whose}", headings=("what", "least", "most", "readings"), rows=tuple(rows))
    if of.limiters:
        times = tuple((name, few_digits(seconds(of, name))) for name in of.limiters)
        yield Table(caption=f"Active limiters, {of.whose}", headings=("limiter", "seconds"), rows=times)
    steps = tuple(
        (str(n), one.name or "no step named", few_digits(one.first_s), few_digits(one.last_s))
        for n, one in enumerate(of.steps, start=1)
    )
    shown = steps[:_MOST_STEPS]
    more = f", the first {len(shown):,} of {len(steps):,}" if len(steps) > len(shown) else ""
    yield Table(caption=f"Steps, {of.whose}{more}", headings=("number", "step", "from s", "to s"), rows=shown)

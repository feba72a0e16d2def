"""One panel without its chips: regions, boundaries, windows and axes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from harness.impact.frontier import Panel
from harness.impact.plane import UP
from harness.impact.regions import Boundary, Region, Threshold
from harness.render.canvas import FAINT, INK, Box, Shape, Stroke, Words, text_width
from harness.render.frontier_paint import BEFORE, WINDOW, Palette, hatched, outline
from harness.render.labels import Placed, Wanted, placed
from harness.render.log_scale import LogScale, figure

AXIS_TITLES = {
    "tpp": "TPP",
    "total_dram_bandwidth": "total DRAM bandwidth, GB/s",
    "performance_density": "performance density, TPP/mm²",
}
_SIGNS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥"}
_CAPTION, _EDGE = 10.0, 10.0
_OLD_DASH = (7.0, 4.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """Where a plane lies on the sheet."""

    metric: str
    across: LogScale
    up: LogScale

    @property
    def box(self) -> Box:
        """The rectangle of the plane."""
        return Box(self.across.begin, self.up.end, self.across.end, self.up.begin)

    def seen(self, region: Region) -> Box | None:
        """Return the part of a region that lies on the sheet; None where it has no room there."""
        left, right = self.across.clipped(region.across.lo or None, upper=False), self.across.clipped(region.across.hi)
        bottom, top = self.up.clipped(region.up.lo or None, upper=False), self.up.clipped(region.up.hi)
        return Box(left, top, right, bottom) if left < right and top < bottom else None


def ground(panel: Panel, frame: Frame, palette: Palette) -> Iterator[Shape]:
    """Yield the regions, what moved in them, and every line."""
    for region in panel.regions:
        box = frame.seen(region)
        if box is not None:
            yield from palette.ground(box, region.label)
    for region in panel.moved:
        box = frame.seen(region)
        if box is not None:
            yield from hatched(box, region.label[0])
    yield from _grid(frame)
    yield from (_line(one, frame, INK, 1.3) for one in panel.boundaries if _shown(one, frame))
    yield from (_line(one, frame, BEFORE, 1.8, _OLD_DASH) for one in panel.before if _shown(one, frame))
    for region in panel.windows:
        box = frame.seen(region)
        if box is not None:
            yield outline(box, WINDOW)


def _grid(frame: Frame) -> Iterator[Stroke]:
    box = frame.box
    for tick in frame.across.ticks():
        x = frame.across.at(tick)
        yield Stroke(points=((x, box.top), (x, box.bottom)), colour="#ffffff", width=0.6)
    for tick in frame.up.ticks():
        y = frame.up.at(tick)
        yield Stroke(points=((box.left, y), (box.right, y)), colour="#ffffff", width=0.6)


def _shown(one: Boundary, frame: Frame) -> bool:
    return (frame.up if one.metric == UP else frame.across).holds(one.at)


def _line(one: Boundary, frame: Frame, colour: str, width: float, dash: tuple[float, ...] = ()) -> Stroke:
    if one.metric == UP:
        y = frame.up.at(one.at)
        ends = [(frame.across.clipped(end, upper=upper), y) for end, upper in ((one.lo or None, False), (one.hi, True))]
    else:
        x = frame.across.at(one.at)
        ends = [(x, frame.up.clipped(end, upper=upper)) for end, upper in ((one.lo or None, False), (one.hi, True))]
    return Stroke(points=tuple(ends), colour=colour, width=width, dash=dash)


def lines_room(panels: Iterable[Panel], frame: Frame) -> list[Box]:
    """Return the room of every boundary that some panel of this plane shows, so that no name is struck through."""
    lines = {_line(one, frame, INK, 1.0).points for panel in panels for one in panel.boundaries if _shown(one, frame)}
    return [Box(*min(points), *max(points)).grown(0.7) for points in (sorted(line) for line in sorted(lines))]


def axes(frame: Frame) -> Iterator[Shape]:
    """Yield the frame of the plane with its figures and titles."""
    box = frame.box
    yield outline(box, INK, width=1.0)
    for tick in frame.across.ticks():
        x = frame.across.at(tick)
        yield Stroke(points=((x, box.bottom), (x, box.bottom + 5)))
        yield Words(at=(x, box.bottom + 18), text=figure(tick), size=11, anchor="middle")
    for tick in frame.up.ticks():
        y = frame.up.at(tick)
        yield Stroke(points=((box.left - 5, y), (box.left, y)))
        yield Words(at=(box.left - 9, round(y + 4, 2)), text=figure(tick), size=11, anchor="end")
    middle = round((box.left + box.right) / 2, 2), round((box.top + box.bottom) / 2, 2)
    yield Words(at=(middle[0], box.bottom + 38), text=AXIS_TITLES[frame.metric], size=12.5, anchor="middle", bold=True)
    yield Words(
        at=(box.left - 62, middle[1]), text=AXIS_TITLES[UP], size=12.5, anchor="middle", bold=True, upward=True
    )  # fmt: skip


def edge_labels(thresholds: Iterable[Threshold], frame: Frame) -> Iterator[Shape]:
    """Yield the thresholds along the upper and the right edge, each with the sign by which the texts compare."""
    listed = list(thresholds)
    rows = [(frame.up.at(one.at), said(one)) for one in listed if one.metric == UP and frame.up.holds(one.at)]
    right, top = frame.box.right, frame.box.top
    for (y, text), place in zip(rows, _apart([y for y, _ in rows], [13.0] * len(rows)), strict=True):
        yield Stroke(points=((right, y), (right + 8, place), (right + 12, place)), colour=FAINT, width=0.8)
        yield Words(at=(right + 15, round(place + 3.6, 2)), text=text, size=_EDGE, bold=True)
    columns = [
        (frame.across.at(one.at), said(one)) for one in listed if one.metric != UP and frame.across.holds(one.at)
    ]
    widths = [text_width(text, _EDGE, bold=True) + 8 for _, text in columns]
    for (x, text), place in zip(columns, _apart([x for x, _ in columns], widths), strict=True):
        yield Stroke(points=((x, top), (place, top - 8), (place, top - 11)), colour=FAINT, width=0.8)
        yield Words(at=(place, top - 15), text=text, size=_EDGE, anchor="middle", bold=True)


def said(one: Threshold) -> str:
    """Return a threshold with its sign; of two texts that part it alike, the sign that holds at the threshold."""
    inclusive = [sign for sign in one.operators if "=" in sign]
    signs = inclusive if len(one.operators) > 1 and inclusive else list(one.operators)
    return f"{'/'.join(_SIGNS[sign] for sign in signs)} {figure(one.at)}".strip()


def _apart(places: list[float], rooms: list[float]) -> list[float]:
    """Return places near these, in the same order, that leave each its room."""
    order = sorted(range(len(places)), key=lambda n: places[n])
    moved = list(places)
    for _ in range(60):
        for one, other in pairwise(order):
            short = (rooms[one] + rooms[other]) / 2 - (moved[other] - moved[one])
            if short > 0:
                moved[one], moved[other] = moved[one] - short / 2, moved[other] + short / 2
    return [round(place, 2) for place in moved]


def windows_of(panels: Iterable[Panel], frame: Frame) -> list[Box]:
    """Return every window that some panel of this plane shows."""
    return list(dict.fromkeys(box for panel in panels for one in panel.windows if (box := frame.seen(one))))


def window_names(boxes: list[Box], frame: Frame, name: str, marks: list[Box]) -> list[Placed]:
    """Return where the name of each window stands: on every day the same."""
    room = text_width(name, _CAPTION, bold=True) + 4, 13.0
    wanted = [
        Wanted(key=f"window {n}", at=(round((box.left + box.right) / 2, 2), box.top), size=3.0, forms=(room,))
        for n, box in enumerate(boxes)
    ]
    return list(placed(wanted, frame.box.grown(-2), [*boxes, *marks]).values())


def window_shapes(panel: Panel, names: Iterable[Placed], name: str) -> Iterator[Shape]:
    """Yield the names of the windows, where the panel has any."""
    for one in names if panel.windows else ():
        if one.leader:
            yield Stroke(points=one.leader, colour=WINDOW, width=0.8)
        yield _caption(one.box, name, WINDOW)


def captions(panel: Panel, frame: Frame, taken: list[Box]) -> Iterator[Words]:
    """Yield what is answered in each region, written in the largest part of it where nothing else stands."""
    largest: dict[tuple[str, ...], Box] = {}
    for region in panel.regions:
        box = frame.seen(region)
        if box is not None and _size(box) > _size(largest.get(region.label, Box(0, 0, 0, 0))):
            largest[region.label] = box
    for label, box in largest.items():
        text = " or ".join(label) if len(label) < 4 else f"one of {len(label)} answers"
        free = (place for place in _inside(box, text) if not any(place.overlaps(other) for other in taken))
        place = next(free, None)
        if place is not None:
            yield _caption(place, text, INK)


def _caption(place: Box, text: str, colour: str) -> Words:
    at = round(place.left + 2, 2), round(place.bottom - 3.5, 2)
    return Words(at=at, text=text, size=_CAPTION, colour=colour, bold=True, italic=True, rim=True)


def _inside(box: Box, text: str) -> Iterator[Box]:
    width, height = text_width(text, _CAPTION, bold=True) + 4, 15.0
    for row in range(int((box.bottom - box.top) // height)):
        top = box.top + 3 + row * height
        left = box.left + 5
        while left + width < box.right:
            if top + height < box.bottom:
                yield Box(left, top, left + width, top + height - 2)
            left += 20


def _size(box: Box) -> float:
    return (box.right - box.left) * (box.bottom - box.top)


def shown_figure(value: Fraction) -> str:
    """Return a figure of a chip, to six digits."""
    return f"{float(value):,.6g}"

"""The chips of one panel: marks, error bars, and names or numbers that stand clear of each other."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from harness.impact.frontier import Chip, Span
from harness.impact.plane import UP
from harness.render.canvas import FAINT, INK, Box, Point, Shape, Stroke, Words, text_width
from harness.render.frontier_ground import AXIS_TITLES, Frame, shown_figure
from harness.render.frontier_paint import Label, Palette
from harness.render.labels import Placed, Wanted, placed
from harness.render.log_scale import LogScale

SIZE, FAINT_SIZE = 4.4, 2.9
_NAME, _LINE = 9.5, 11.5
_MOST_LINES = 3
_ARROW, _CAP, _NEAR = 20.0, 3.0, 3.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Chips that share a place."""

    at: Point
    chips: tuple[Chip, ...]
    named: bool

    @property
    def key(self) -> str:
        """What tells the group from others."""
        return self.chips[0].id

    @property
    def lines(self) -> tuple[str, ...]:
        """The names as they are written at the mark."""
        names = [chip.name for chip in self.chips]
        if len(names) <= _MOST_LINES:
            return tuple(names)
        return (*names[: _MOST_LINES - 1], f"and {len(names) - _MOST_LINES + 1} more")


def groups_of(chips: Iterable[Chip], named: frozenset[str], frame: Frame) -> list[Group]:
    """Return the chips that lie on a plane, by place; named ones are never put together with others."""
    found: dict[tuple[Point, bool], list[Chip]] = {}
    for chip in chips:
        across, up = chip.spans.get(frame.metric), chip.spans.get(UP)
        if across and up and frame.across.holds(across.at) and frame.up.holds(up.at):
            at = frame.across.at(across.at), frame.up.at(up.at)
            found.setdefault((at, chip.id in named), []).append(chip)
    return [Group(at=at, chips=tuple(listed), named=named) for (at, named), listed in sorted(found.items(), key=_order)]


def _order(item: tuple[tuple[Point, bool], list[Chip]]) -> tuple[Point, bool]:
    return item[0]


def names_of(groups: list[Group], frame: Frame, windows: list[Box], taken: list[Box]) -> dict[str, Placed]:
    """Return where the names of groups stand; in its second form a name is a number.

    Args:
        groups: The marks.
        frame: Where the plane lies.
        windows: Windows; chips in them are named first, for the picture is about them more than about others.
        taken: What no name may cover, besides marks and error bars.
    """
    wanted = []
    for group in groups:
        if group.named:
            room = max(text_width(line, _NAME) for line in group.lines) + 3, _LINE * len(group.lines) + 1
            number = text_width("00", _NAME) + 1, _LINE - 2
            size = SIZE + 1 + 2.5 * (len(group.chips) > 1)
            inside = any(Box(*group.at, *group.at).within(one.grown(_NEAR)) for one in windows)
            wanted.append(Wanted(key=group.key, at=group.at, size=size, forms=(room, number), first=inside))
    return placed(wanted, frame.box.grown(-2), taken, uncrossed=obstacles_of(groups, frame))


def room_of(names: Iterable[Placed]) -> list[Box]:
    """Return the room that names take up with their lines."""
    found = []
    for one in names:
        found.append(one.box)
        if one.leader:
            (x, y), (to_x, to_y) = one.leader
            found.append(Box(min(x, to_x), min(y, to_y), max(x, to_x), max(y, to_y)).grown(1))
    return found


def marks_room(groups: list[Group]) -> list[Box]:
    """Return the room that marks take up."""
    return [Box(*group.at, *group.at).grown(SIZE + 2) for group in groups]


def obstacles_of(groups: list[Group], frame: Frame) -> list[Box]:
    """Return what no name may cover: error bars, and marks without a name."""
    bars = [Box(*_ends(stroke)).grown(1.5) for group in groups for stroke in bars_of(group, frame)]
    faint = [Box(*group.at, *group.at).grown(FAINT_SIZE) for group in groups if not group.named]
    return [*bars, *faint]


def _ends(stroke: Stroke) -> tuple[float, float, float, float]:
    xs, ys = zip(*stroke.points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def numbers_of(names: Mapping[str, Placed], groups: list[Group]) -> dict[str, int]:
    """Return the numbers of groups whose name had no room, in reading order; they stand in the key."""
    without = [group for group in groups if group.named and (group.key not in names or names[group.key].form)]
    without.sort(key=lambda group: (group.at[1], group.at[0]))
    return {group.key: n for n, group in enumerate(without, start=1)}


def name_shapes(groups: list[Group], names: Mapping[str, Placed], numbers: Mapping[str, int]) -> Iterator[Shape]:
    """Yield the names and numbers with the lines to their marks."""
    for group in groups:
        place = names.get(group.key)
        if place is None:
            continue
        if place.leader:
            yield Stroke(points=place.leader, colour=FAINT, width=0.7)
        lines = group.lines if place.form == 0 else (str(numbers[group.key]),)
        middle = round((place.box.left + place.box.right) / 2, 2)
        # A name stands toward its mark: at the left end of its room where the mark is on the left.
        anchor, x = "middle", middle
        if place.form == 0 and group.at[0] < place.box.left:
            anchor, x = "start", round(place.box.left + 1.5, 2)
        elif place.form == 0 and group.at[0] > place.box.right:
            anchor, x = "end", round(place.box.right - 1.5, 2)
        for n, line in enumerate(lines):
            y = round(place.box.top + _LINE * (n + 1) - 2.4, 2)
            yield Words(at=(x, y), text=line, size=_NAME, anchor=anchor, bold=place.form > 0, rim=True)


def mark_shapes(groups: list[Group], frame: Frame, answers: Mapping[str, Label], palette: Palette) -> Iterator[Shape]:
    """Yield error bars, and a mark for each different answer at a place; those that are not named first."""
    for group in sorted(groups, key=lambda one: one.named):
        yield from bars_of(group, frame) if group.named else ()
        labels = list(dict.fromkeys(answers[chip.id] for chip in group.chips))
        size = SIZE if group.named else FAINT_SIZE
        for n, label in enumerate(labels):
            x = round(group.at[0] + (n - (len(labels) - 1) / 2) * 1.7 * size, 2)
            says = "\n".join(told(chip, label) for chip in group.chips if answers[chip.id] == label)
            yield palette.symbol((x, group.at[1]), label, size=size, says=says)


def told(chip: Chip, label: Label) -> str:
    """Return a chip in a line: its name, its figures and its answer."""
    figures = [f"{AXIS_TITLES[metric]} {told_figure(span)}" for metric, span in chip.spans.items()]
    return f"{chip.manufacturer} {chip.name}: {'; '.join(figures)}: {' or '.join(label)}"


def told_figure(span: Span) -> str:
    """Return a figure in words, with what is open of it."""
    if span.exact:
        return shown_figure(span.at)
    if span.hi is None:
        return f"at least {shown_figure(span.lo)}"
    return f"{shown_figure(span.lo)} to {shown_figure(span.hi)}" if span.lo else f"at most {shown_figure(span.hi)}"


def bars_of(group: Group, frame: Frame) -> Iterator[Stroke]:
    """Yield the error bars of a place: from end to end of what is open, with an arrow where that has no end."""
    for chip in group.chips:
        x, y = group.at
        for scale, metric, along in ((frame.across, frame.metric, True), (frame.up, UP, False)):
            span = chip.spans[metric]
            if not span.exact:
                for end, arrow in _reaches(span, scale):
                    yield from _bar((x, y), end, along=along, arrow=arrow)


def _reaches(span: Span, scale: LogScale) -> Iterator[tuple[float, bool]]:
    """Yield how far a bar reaches to either side, and whether it goes on from there."""
    forward = 1 if scale.end > scale.begin else -1
    here = scale.at(span.at)
    if span.hi is None:
        yield round(here + forward * _ARROW, 2), True
    elif span.hi > span.at:
        yield scale.clipped(span.hi), not scale.holds(span.hi)
    if span.lo == 0:
        yield round(here - forward * _ARROW, 2), True
    elif span.lo < span.at:
        yield scale.clipped(span.lo), not scale.holds(span.lo)


def _bar(at: Point, end: float, *, along: bool, arrow: bool) -> Iterator[Stroke]:
    tip = (end, at[1]) if along else (at[0], end)
    yield Stroke(points=(at, tip), colour=INK, width=1.0)
    back = end if not arrow else end + (4.0 if end < at[0 if along else 1] else -4.0)
    sides = [(back, tip[1] + side) if along else (tip[0] + side, back) for side in (-_CAP, _CAP)]
    points = (sides[0], tip, sides[1])
    yield Stroke(points=tuple((round(x, 2), round(y, 2)) for x, y in points), colour=INK, width=1.0)

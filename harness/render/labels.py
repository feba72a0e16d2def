"""Names beside marks: none upon another, none upon a mark, each with a line to its mark where it stands apart."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import tee
from math import cos, hypot, pi, sin

from harness.render.canvas import Box, Point

_DISTANCES = (4.0, 11.0, 19.0, 28.0, 38.0, 50.0, 64.0, 80.0, 100.0, 125.0)
_DIRECTIONS = 20
_CROWD = 70.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A mark that is to be named: its place, its size, and how much room each form of its name takes, best first."""

    key: str
    at: Point
    size: float
    forms: tuple[tuple[float, float], ...]
    # Whether it takes its place before the others.
    first: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """The room for a name, which form of it stands there, and the line to its mark; no line where it stands close."""

    key: str
    box: Box
    form: int
    leader: tuple[Point, Point] | None


def placed(
    wanted: Iterable[Wanted], room: Box, obstacles: Iterable[Box], uncrossed: Iterable[Box] = ()
) -> dict[str, Placed]:
    """Return a place for as many names as have one; the same for the same marks.

    Args:
        wanted: What is to be named.
        room: Where names may stand.
        obstacles: What no name may cover, besides the marks.
        uncrossed: What no line may cross either, besides the marks.
    """
    listed = list(wanted)
    places = _OpenPlaces(listed, room, list(obstacles), list(uncrossed))
    ordered = (sorted(listed, key=lambda one, order=order: (not one.first, order(one))) for order in _orders(listed))  # type: ignore[misc]
    tries = (_in_order(order, places) for order in ordered)
    return max(tries, key=lambda found: (sum(one.form == 0 for one in found.values()), len(found)))


def _orders(listed: list[Wanted]) -> Iterator[Callable[[Wanted], tuple[object, ...]]]:
    """Yield the orders in which names may take their places; whoever comes first has more room."""
    crowds = {one.key: -sum(hypot(one.at[0] - x, one.at[1] - y) < _CROWD for x, y in (other.at for other in listed))
              for one in listed}  # fmt: skip
    yield lambda one: (crowds[one.key], one.at, one.key)
    for axis, way in ((0, 1), (0, -1), (1, 1), (1, -1)):
        yield lambda one, axis=axis, way=way: (way * one.at[axis], one.at, one.key)  # type: ignore[misc]
    yield lambda one: (-one.forms[0][0], one.at, one.key)


class _OpenPlaces:
    """The places of names that are clear of what stands fixed: looked for once, and no further than is asked for."""

    def __init__(self, listed: list[Wanted], room: Box, obstacles: list[Box], uncrossed: list[Box]) -> None:
        self.room, self.uncrossed = room, uncrossed
        self.marks = {one.key: _around(one) for one in listed}
        self.fixed = [*obstacles, *uncrossed, *self.marks.values()]
        self.found: dict[tuple[str, int, bool], Iterator[Placed]] = {}

    def of(self, one: Wanted, form: int, *, across_marks: bool) -> Iterator[Placed]:
        """Yield the places of a name, nearest first."""
        key = (one.key, form, across_marks)
        kept = self.found[key] if key in self.found else self._clear(one, form, across_marks=across_marks)
        self.found[key], places = tee(kept)
        return places

    def _clear(self, one: Wanted, form: int, *, across_marks: bool) -> Iterator[Placed]:
        # The line of a name starts in its own mark, and in what lies upon that.
        own = self.marks[one.key]
        others = [box for key, box in self.marks.items() if key != one.key]
        others += [box for box in self.uncrossed if not box.overlaps(own)]
        for place in _places(one, form):
            if place.box.within(self.room) and not any(map(place.box.overlaps, self.fixed)):
                line = None if across_marks else place.leader
                if line is None or not any(_crosses(line, box) for box in others):
                    yield place


def _in_order(order: list[Wanted], places: _OpenPlaces) -> dict[str, Placed]:
    found: dict[str, Placed] = {}
    last = max((len(one.forms) for one in order), default=1) - 1
    # What finds no room in any form may at last have a line across marks, though never across a name.
    for form, across_marks in (*((form, False) for form in range(last + 1)), (last, True)):
        for one in order:
            if one.key not in found and form < len(one.forms):
                names = [other.box for other in found.values()]
                lines = [other.leader for other in found.values() if other.leader]
                tried = places.of(one, form, across_marks=across_marks)
                place = next((place for place in tried if _free(place, names, lines)), None)
                if place is not None:
                    found[one.key] = place
    return found


def _around(one: Wanted) -> Box:
    x, y = one.at
    return Box(x, y, x, y).grown(one.size)


def _free(place: Placed, names: list[Box], lines: list[tuple[Point, Point]]) -> bool:
    """Return whether a name and its line are clear of the names and lines that have their places."""
    if any(map(place.box.overlaps, names)):
        return False
    # A line may touch the edge of a name.
    if any(_crosses(line, place.box.grown(-1)) for line in lines):
        return False
    mine = place.leader
    if mine is None:
        return True
    return not any(_crosses(mine, box) for box in names) and not any(_meet(mine, line) for line in lines)


def _places(one: Wanted, form: int) -> Iterator[Placed]:
    """Yield the places for a name, nearest first, to the right first."""
    width, height = one.forms[form]
    x, y = one.at
    for distance in _DISTANCES:
        for n in range(_DIRECTIONS):
            # 0, 1, -1, 2, -2 ... steps of a turn from the right.
            turn = (n + 1) // 2 * (-1) ** n * 2 * pi / _DIRECTIONS
            reach = one.size + distance
            edge = round(x + reach * cos(turn), 2), round(y + reach * sin(turn), 2)
            left = edge[0] - width * (1 - cos(turn)) / 2
            top = edge[1] - height * (1 - sin(turn)) / 2
            box = Box(*(round(value, 2) for value in (left, top, left + width, top + height)))
            start = round(x + one.size * cos(turn), 2), round(y + one.size * sin(turn), 2)
            yield Placed(key=one.key, box=box, form=form, leader=(start, edge) if distance > _DISTANCES[1] else None)


def _crosses(line: tuple[Point, Point], box: Box) -> bool:
    """Return whether a line passes through the inside of a rectangle."""
    (x, y), (to_x, to_y) = line
    first, last = 0.0, 1.0
    for start, step, low, high in ((x, to_x - x, box.left, box.right), (y, to_y - y, box.top, box.bottom)):
        if step == 0:
            if not low < start < high:
                return False
            continue
        enter, leave = sorted(((low - start) / step, (high - start) / step))
        first, last = max(first, enter), min(last, leave)
    return first < last


def _meet(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    """Return whether two lines cross."""
    return _side(one, other[0]) * _side(one, other[1]) < 0 and _side(other, one[0]) * _side(other, one[1]) < 0


def _side(line: tuple[Point, Point], point: Point) -> float:
    (x, y), (to_x, to_y) = line
    return (to_x - x) * (point[1] - y) - (to_y - y) * (point[0] - x)

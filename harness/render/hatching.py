"""Stripes in a rectangle, as polygons: what every kind of file can draw in the same way."""

from math import ceil, floor

from harness.render.canvas import Box, Point


def stripes(
    box: Box, *, apart: float, width: float, offset: float = 0.0, falling: bool = False
) -> list[tuple[Point, ...]]:
    """Return slanting stripes, cut at the edges of a rectangle; those of two rectangles side by side meet.

    Args:
        box: The rectangle.
        apart: From one stripe to the next, along the horizontal.
        width: Of a stripe, along the horizontal.
        offset: By how much all are moved to the right.
        falling: Whether they fall to the right; else they rise.
    """
    lean = -1 if falling else 1
    places = [x + lean * y for x, y in box.corners]
    first, last = floor((min(places) - offset - width) / apart), ceil((max(places) - offset) / apart)
    found = (_between(box, n * apart + offset, n * apart + offset + width, lean) for n in range(first, last + 1))
    return [polygon for polygon in found if len(polygon) > 2]


def _between(box: Box, low: float, high: float, lean: int) -> tuple[Point, ...]:
    """Return the part of a rectangle in which x ± y lies between two values."""
    return _cut(_cut(box.corners, low, lean, 1), high, lean, -1)


def _cut(polygon: tuple[Point, ...], at: float, lean: int, side: int) -> tuple[Point, ...]:
    """Return the part of a convex polygon on one side of a slanting line."""
    kept: list[Point] = []
    for one, other in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        here, there = (side * (x + lean * y - at) for x, y in (one, other))
        if here >= 0:
            kept.append(one)
        if here * there < 0:
            share = here / (here - there)
            kept.append(tuple(round(a + share * (b - a), 2) for a, b in zip(one, other, strict=True)))  # type: ignore[arg-type]
    return tuple(dict.fromkeys(kept))

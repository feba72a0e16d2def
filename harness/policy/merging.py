"""Boxes that lie side by side and carry the same label, made into one."""

from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

from harness.policy.box import Piece

Extent = Piece | None | frozenset[str]
Extents = Mapping[str, Extent]
L = TypeVar("L", bound=Hashable)


def merged(boxes: Iterable[tuple[Extents, L]]) -> list[tuple[Extents, L]]:
    """Return fewer disjoint boxes that cover the same: two that differ along one axis, and touch there, become one.

    Args:
        boxes: Disjoint boxes over the same axes, each with its label; a piece, None for an absent figure, or a set of
            values per axis.
    """
    listed = list(boxes)
    names = list(listed[0][0]) if listed else []
    # Extents by number: thousands of boxes share a few, and numbers are compared quickly.
    numbers: dict[Extent, int] = {}
    rows = [(label, tuple(_number(extents[name], numbers) for name in names)) for extents, label in listed]
    before = len(rows) + 1
    while len(rows) < before:
        before = len(rows)
        for axis in range(len(names)):
            rows = _along(axis, rows, numbers)
    extents_of = list(numbers)
    return [(dict(zip(names, (extents_of[number] for number in row), strict=True)), label) for label, row in rows]


def _number(extent: Extent, numbers: dict[Extent, int]) -> int:
    return numbers.setdefault(extent, len(numbers))


def _along(
    axis: int, rows: list[tuple[L, tuple[int, ...]]], numbers: dict[Extent, int]
) -> list[tuple[L, tuple[int, ...]]]:
    beside: dict[tuple[L, tuple[int, ...], tuple[int, ...]], list[int]] = {}
    for label, row in rows:
        beside.setdefault((label, row[:axis], row[axis + 1 :]), []).append(row[axis])
    extents_of = list(numbers)
    return [
        (label, (*left, _number(extent, numbers), *right))
        for (label, left, right), found in beside.items()
        for extent in _joined([extents_of[number] for number in found])
    ]


def _joined(extents: list[Extent]) -> list[Extent]:
    if len(extents) == 1:
        return extents
    sets = [extent for extent in extents if isinstance(extent, frozenset)]
    if sets:
        return [frozenset().union(*sets)]
    pieces = sorted(
        (extent for extent in extents if isinstance(extent, Piece)), key=lambda piece: (piece.lo, not piece.lo_closed)
    )
    joined: list[Extent] = [extent for extent in extents if extent is None]
    for piece in pieces:
        last = joined[-1] if joined else None
        if last is not None and isinstance(last, Piece) and last.hi == piece.lo and last.hi_closed != piece.lo_closed:
            joined[-1] = Piece(last.lo, piece.hi, last.lo_closed, piece.hi_closed)
        else:
            joined.append(piece)
    return joined

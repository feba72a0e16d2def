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
    found = list(boxes)
    names = sorted(found[0][0]) if found else []
    before = len(found) + 1
    while len(found) < before:
        before = len(found)
        for name in names:
            found = _along(name, found)
    return found


def _along(name: str, boxes: list[tuple[Extents, L]]) -> list[tuple[Extents, L]]:
    beside: dict[tuple[object, ...], list[tuple[Extents, L]]] = {}
    for extents, label in boxes:
        rest = tuple(extent for other, extent in extents.items() if other != name)
        beside.setdefault((label, *rest), []).append((extents, label))
    return [
        ({**group[0][0], name: extent}, group[0][1]) if len(group) > 1 else group[0]
        for group in beside.values()
        for extent in _joined([extents[name] for extents, _ in group])
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

"""The regions of a plane in which a lens gives the same answers: exact, from the cells of the law.

Between two neighbouring thresholds of either axis lies a cell, and every threshold is a cell by itself. In a cell the
set of possible answers is the same everywhere; cells side by side that have the same set make a region.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product

from harness.impact.plane import UP, Plane, marks_of, metrics_read
from harness.model.policy import LensText
from harness.policy.box import Piece
from harness.policy.cells import NOTHING, Question
from harness.policy.language import Compare, Param
from harness.policy.merging import Extents, merged
from harness.policy.splitting import Flat
from harness.policy.table import Axis

Label = tuple[str, ...]  # Answers, from the least to the most strict.


@dataclass(frozen=True, kw_only=True, slots=True)
class Region:
    """A rectangle of the plane, with its edges or without, and what is said of it."""

    across: Piece
    up: Piece
    label: Label

    def holds(self, across: Fraction, up: Fraction) -> bool:
        """Return whether a point lies in the region."""
        return self.across.meet(Piece(across, across)) is not None and self.up.meet(Piece(up, up)) is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class Boundary:
    """A stretch of a threshold on whose two sides the answers differ."""

    # The axis that the threshold stands on.
    metric: str
    at: Fraction
    # The stretch, on the other axis; `hi` None is without end.
    lo: Fraction
    hi: Fraction | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Threshold:
    """A value at which answers change, as the texts compare with it."""

    metric: str
    at: Fraction
    # The operators by which texts compare a figure with it, and what they say.
    operators: tuple[str, ...]
    params: tuple[Param, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Cells:
    """What is said of every cell of a plane: a label for each pair of ranks."""

    across: Axis
    up: Axis
    labels: Mapping[tuple[int, int], Label]

    def regions(self) -> list[Region]:
        """Return the cells, merged where they lie side by side and carry the same label, in order of place."""
        boxes: list[tuple[Extents, Label]] = [
            ({"across": piece_of(self.across, one), UP: piece_of(self.up, other)}, label)
            for (one, other), label in self.labels.items()
        ]
        found = [Region(across=_piece(box["across"]), up=_piece(box[UP]), label=label) for box, label in merged(boxes)]
        return sorted(found, key=lambda one: (one.up.lo, not one.up.lo_closed, one.across.lo, not one.across.lo_closed))

    def boundaries(self) -> list[Boundary]:
        """Return the stretches of thresholds on whose two sides the labels differ."""
        return [*self._boundaries(self.across, self.up, turned=False), *self._boundaries(self.up, self.across)]

    def _boundaries(self, axis: Axis, other: Axis, *, turned: bool = True) -> Iterator[Boundary]:
        for n, mark in enumerate(axis.marks):
            differs = []
            for side in range(0, other.absent, 2):
                ranks = [(side, rank) if turned else (rank, side) for rank in (2 * n, 2 * n + 2)]
                differs.append(self.labels[ranks[0]] != self.labels[ranks[1]])
            for lo, hi in _stretches(differs, other):
                yield Boundary(metric=axis.metric, at=mark, lo=lo, hi=hi)


def _stretches(wanted: list[bool], axis: Axis) -> Iterator[tuple[Fraction, Fraction | None]]:
    """Yield the ends of every run of open cells that are wanted."""
    ends = [Fraction(0), *axis.marks]
    for n, one in enumerate(wanted):
        if one and (n == 0 or not wanted[n - 1]):
            last = next((m for m in range(n, len(wanted)) if not wanted[m]), len(wanted))
            yield ends[n], ends[last] if last < len(ends) else None


def cells_of(questions: list[Question], lens: LensText, plane: Plane) -> Cells:
    """Return what a lens answers in every cell of a plane: by every clock, every answer that is possible there."""
    atoms = [atom for question in questions for atom in question.atoms()]
    across, up = axes_of(atoms, plane)
    metrics = metrics_read(questions)
    labels = {}
    for one, other in product(range(across.absent), range(up.absent)):
        pieces = plane.pieces(piece_of(across, one), piece_of(up, other), metrics)
        found = (answer for question in questions for answer in question.over(pieces, plane.facts))
        labels[one, other] = label_of(lens, found)
    return Cells(across=across, up=up, labels=labels)


def axes_of(atoms: list[Flat], plane: Plane) -> tuple[Axis, Axis]:
    """Return both axes of a plane with every value at which answers may change."""
    across, up = (Axis(metric, marks_of(atoms, metric, plane)) for metric in (plane.across, UP))
    return across, up


def label_of(lens: LensText, answers: Iterable[str]) -> Label:
    """Return answers in the order of their lens; where no provision applies, the lens answers by default."""
    found = {lens.default if answer == NOTHING else answer for answer in answers}
    return tuple(answer.id for answer in lens.answers if answer.id in found)


def thresholds_named(questions: Iterable[Question], cells: Cells) -> list[Threshold]:
    """Return every threshold on which a boundary lies, with the texts that compare with it."""
    compares = {atom for question in questions for atom in question.atoms() if isinstance(atom, Compare)}
    found = {(one.metric, one.at) for one in cells.boundaries()}
    return [_threshold(metric, at, compares) for metric, at in sorted(found)]


def _threshold(metric: str, at: Fraction, compares: set[Compare]) -> Threshold:
    about = [one for one in compares if one.metric == metric and one.param.exact == at]
    params = {(one.param.pin, one.param.says): one.param for one in about}
    return Threshold(
        metric=metric,
        at=at,
        operators=tuple(sorted({one.operator for one in about})),
        params=tuple(params[key] for key in sorted(params)),
    )


def piece_of(axis: Axis, rank: int) -> Piece:
    """Return the figures that a cell of a plane holds; a plane has only what lies above 0."""
    piece = _piece(axis.piece(rank))
    return replace(piece, lo_closed=False) if rank == 0 else piece


def _piece(extent: object) -> Piece:
    assert isinstance(extent, Piece)
    return extent

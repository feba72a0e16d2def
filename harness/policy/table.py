"""The law of one day as a table over the figures: the facts are given once, and each look-up answers every lens.

Each threshold and each open interval between two of them is a cell of its metric's axis. What a cell holds is asked
of the splitter when a figure first falls into it, and kept: there is one semantics, and no cell that no chip reaches
is looked at. A derived metric is an axis of its own; its cell is found by comparing the numerator with threshold ×
denominator, exactly, never by a rounded quotient.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, Inexact
from fractions import Fraction
from itertools import product

from harness.errors import UndefinedMetric
from harness.model.quantity import EXACT, Absent, FigureState
from harness.policy.box import Box, Fact, Piece
from harness.policy.cells import Answers, Question
from harness.policy.derived import derived_piece
from harness.policy.splitting import Flat, thresholds
from harness.policy.vocabulary import DERIVED, SUMS

Figure = Decimal | Fraction | int | Absent


class Axis:
    """The cells of one metric: 2·n below, 2·n + 1 at the n-th threshold; the last one is for an absent figure."""

    def __init__(self, metric: str, marks: Sequence[Fraction]) -> None:
        self.metric, self.marks = metric, tuple(marks)
        self.absent = 2 * len(marks) + 1
        # Constants of law are decimals that end; comparing decimals is several times faster than comparing fractions.
        self._decimals = [EXACT.divide(Decimal(mark.numerator), Decimal(mark.denominator)) for mark in marks]

    def rank(self, figures: Mapping[str, Figure]) -> int:
        """Return the cell of an exact figure."""
        value = figures[self.metric]
        if isinstance(value, Absent):
            return self.absent
        above = bisect_right(self._decimals, value)
        # Where no threshold lies at or below the figure this looks at the last one, which is then no equal of it.
        return 2 * above - (self._decimals[above - 1] == value)

    def piece(self, rank: int) -> Piece | None:
        """Return the figures that a cell holds; None for the cell of the absent figure."""
        if rank == self.absent:
            return None
        if rank % 2:
            return Piece(self.marks[rank // 2], self.marks[rank // 2])
        lo = self.marks[rank // 2 - 1] if rank else Fraction(0)
        hi = self.marks[rank // 2] if rank + 1 < self.absent else None
        return Piece(lo, hi, rank == 0, False)

    def reached(self, piece: Piece | None) -> Iterator[tuple[int, Piece | None]]:
        """Return every cell that a piece reaches, with the part of the piece that lies in it."""
        if piece is None:
            yield self.absent, None
            return
        for mark in self.marks:
            *below, rest = piece.cut(mark)
            for part in below:
                yield self.rank_of(part), part
            piece = rest
        yield self.rank_of(piece), piece

    def rank_of(self, part: Piece | None) -> int:
        """Return the cell in which a piece lies as a whole."""
        if part is None:
            return self.absent
        sides = [part.against(mark) for mark in self.marks]
        return 2 * sides.count(1) + sides.count(0)


class RatioAxis(Axis):
    """The cells of a derived metric, numerator / denominator."""

    def rank(self, figures: Mapping[str, Figure]) -> int:
        """Return the cell of an exact ratio.

        Raises:
            UndefinedMetric: The denominator is zero.
        """
        top, bottom = (figures[source] for source in DERIVED[self.metric])
        if isinstance(top, Absent) or isinstance(bottom, Absent):
            return self.absent
        if not bottom:
            raise UndefinedMetric(self.metric, "its denominator is 0")
        low, high = 0, len(self.marks)
        while low < high:
            middle = (low + high) // 2
            least = self._numerator(middle, bottom)
            if top == least:
                return 2 * middle + 1
            low, high = (middle + 1, high) if top > least else (low, middle)
        return 2 * low

    def _numerator(self, n: int, bottom: Decimal | Fraction | int) -> Decimal | Fraction:
        """Return the numerator at which the ratio meets the n-th threshold."""
        if isinstance(bottom, Decimal):
            try:
                return EXACT.multiply(self._decimals[n], bottom)
            except Inexact:  # Hundreds of digits, as the exact value of a very small float has them.
                pass
        return self.marks[n] * Fraction(bottom)


class SumAxis(Axis):
    """The cells of a derived metric that is a sum."""

    def rank(self, figures: Mapping[str, Figure]) -> int:
        """Return the cell of an exact sum; a term that does not exist adds nothing."""
        terms = [term for source in DERIVED[self.metric] if not isinstance(term := figures[source], Absent)]
        if not terms:
            return self.absent
        total = sum((Fraction(term) for term in terms), Fraction(0))
        above = bisect_right(self.marks, total)
        return 2 * above - (above > 0 and self.marks[above - 1] == total)


class Table:
    """Several lenses under given facts: exact figures or intervals in, the possible answers of every lens out.

    Args:
        questions: The question of each lens, by its name.
        facts: What is known of the facts; one that is not there is open in full, and its answers are all given.
    """

    def __init__(self, questions: Mapping[str, Question], facts: Mapping[str, Fact]) -> None:
        # What does not apply under these facts asks for no figure.
        asked = {name: question.under(facts) for name, question in questions.items()}
        self.axes = _axes(atom for question in asked.values() for atom in question.atoms())
        self._lenses = {name: _LensTable(question, facts) for name, question in asked.items()}
        self._cells: dict[tuple[int, ...], Mapping[str, Answers]] = {}

    def at(self, figures: Mapping[str, Figure]) -> Mapping[str, Answers]:
        """Return the possible answers of every lens for exact figures, in base units; ABSENT for one not there.

        Raises:
            KeyError: A figure that the texts read is not given; ask `over` where something is unknown.
            UndefinedMetric: A ratio's denominator is zero.
        """
        cell = tuple([axis.rank(figures) for axis in self.axes])
        found = self._cells.get(cell)
        return self.inside(cell) if found is None else found

    def inside(self, cell: tuple[int, ...]) -> Mapping[str, Answers]:
        """Return the possible answers of every lens in a cell: a rank per axis, in the order of the axes."""
        pieces = {axis.metric: axis.piece(rank) for axis, rank in zip(self.axes, cell, strict=True)}
        found = {name: lens.inside(pieces) for name, lens in self._lenses.items()}
        return self._cells.setdefault(cell, found)

    def over(self, figures: Mapping[str, FigureState]) -> Mapping[str, Answers]:
        """Return every answer of every lens that some point of these figures gives; one not there is unknown."""
        box = Box(figures=figures)
        return {name: lens.over(box) for name, lens in self._lenses.items()}


def _axes(atoms: Iterable[Flat]) -> tuple[Axis, ...]:
    """Return the axes of the metrics that the atoms compare; derived ones last, for they follow from the others."""
    marks = thresholds(atoms)
    first = [Axis(metric, found) for metric, found in marks.items() if metric not in DERIVED]
    derived = ((metric, SumAxis if metric in SUMS else RatioAxis) for metric in marks if metric in DERIVED)
    return (*first, *(kind(metric, marks[metric]) for metric, kind in derived))


class _LensTable:
    """One lens on the axes that it reads itself, which are fewer and coarser than those of all lenses."""

    def __init__(self, question: Question, facts: Mapping[str, Fact]) -> None:
        self.question, self.facts = question, facts
        self.axes = _axes(question.atoms())
        self.cells: dict[tuple[int, ...], Answers] = {}

    def inside(self, pieces: Mapping[str, Piece | None]) -> Answers:
        """Return the answers for pieces that lie in one cell."""
        return self._answers(tuple(axis.rank_of(pieces[axis.metric]) for axis in self.axes))

    def over(self, box: Box) -> Answers:
        """Return the answers of all cells that the box reaches."""
        return frozenset().union(*(self._answers(cell) for cell in set(self._reached(box))))

    def _answers(self, cell: tuple[int, ...]) -> Answers:
        if cell not in self.cells:
            pieces = {axis.metric: axis.piece(rank) for axis, rank in zip(self.axes, cell, strict=True)}
            self.cells[cell] = self.question.over(pieces, self.facts)
        return self.cells[cell]

    def _reached(self, box: Box) -> Iterator[tuple[int, ...]]:
        """Of a derived figure, only the cells that it reaches with each part of its sources."""
        derived = [axis for axis in self.axes if axis.metric in DERIVED]
        bases = [axis for axis in self.axes if axis.metric not in DERIVED]
        for parts in product(*(list(axis.reached(box.piece(axis.metric))) for axis in bases)):
            narrowed = {axis.metric: part for axis, (_, part) in zip(bases, parts, strict=True)}
            for others in product(*(list(axis.reached(_derived(axis.metric, narrowed, box))) for axis in derived)):
                yield tuple(rank for rank, _ in (*parts, *others))


def _derived(metric: str, narrowed: Mapping[str, Piece | None], box: Box) -> Piece | None:
    one, other = (narrowed[source] if source in narrowed else box.piece(source) for source in DERIVED[metric])
    return derived_piece(metric, one, other)

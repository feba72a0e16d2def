"""The table over columns: millions of chips in one pass, with the very answers that each would get by itself.

Rounding to a float is monotone, so a float that differs from a threshold's own float lies on the same side of it as
the exact figure does. Only the others are looked at exactly, once per distinct value.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache

import numpy as np
from numpy.typing import NDArray

from harness.errors import UndefinedMetric
from harness.model.quantity import Absent
from harness.policy.cells import Answers
from harness.policy.table import Axis, Figure, RatioAxis, SumAxis, Table
from harness.policy.vocabulary import DERIVED

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

# A block and its ranks stay in the processor's nearest cache.
_BLOCK = 1 << 14
# Four roundings lie between the exact comparison of a ratio and that in floats, each of at most 2^-53; and some room.
_DOUBTFUL = 2.0**-49


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One figure of every row: its float, and its exact value where that is not the float's own."""

    floats: Floats
    exact: Sequence[Decimal | Absent] | None = None

    def at(self, row: int) -> Figure:
        """Return the exact figure of a row."""
        return Fraction(float(self.floats[row])) if self.exact is None else self.exact[row]


def column(values: Floats | Sequence[Decimal | Absent]) -> Column:
    """Return a column of floats, which mean their exact binary values, or of decimals, of which some may be absent.

    Raises:
        ValueError: A figure is no number, or larger than any float.
    """
    if isinstance(values, np.ndarray):
        found = Column(floats=values.astype(np.float64))
        stated = found.floats
    else:
        # Not a number compares with nothing, as an absent figure does.
        floats = (np.nan if isinstance(value, Absent) else float(value) for value in values)
        found = Column(floats=np.fromiter(floats, np.float64, len(values)), exact=values)
        stated = found.floats[[not isinstance(value, Absent) for value in values]]
    if not np.isfinite(stated).all():
        raise ValueError("a column of figures holds something that is no number, or one beyond any float")
    return found


def over_columns(
    table: Table, columns: Mapping[str, Floats | Sequence[Decimal | Absent]]
) -> tuple[Numbers, list[Mapping[str, Answers]]]:
    """Return the answers of every row as a number, and what each number stands for.

    Args:
        table: The law of a day under given facts.
        columns: Every figure that the table reads, in base units, all of one length.

    Raises:
        KeyError: A figure that the texts read is not given.
        ValueError: A figure is no number, or the columns are not of one length.
        UndefinedMetric: A ratio's denominator is zero.
    """
    sources = {source for axis in table.axes for source in DERIVED.get(axis.metric, (axis.metric,))}
    given = {name: column(columns[name]) for name in sources}
    sizes = tuple(axis.absent + 1 for axis in table.axes)
    lengths = {len(values) for values in columns.values()}
    if len(lengths) != 1:
        raise ValueError(f"columns need one length, and have {sorted(lengths)}")
    cells = np.zeros(lengths.pop(), np.int64)
    for axis, size in zip(table.axes, sizes, strict=True):
        cells = cells * size + _ranks(axis, given)
    met = np.flatnonzero(np.bincount(cells, minlength=int(np.prod(sizes))))
    numbers = np.zeros(int(np.prod(sizes)), np.int64)
    numbers[met] = np.arange(len(met))
    held = [table.inside(tuple(int(rank) for rank in np.unravel_index(cell, sizes))) for cell in met]
    return numbers[cells], held


def _ranks(axis: Axis, given: Mapping[str, Column]) -> Numbers:
    """Return the cell of every row on one axis."""
    if isinstance(axis, SumAxis):
        return _ranks_of_sums(axis, given)
    names = DERIVED[axis.metric] if isinstance(axis, RatioAxis) else (axis.metric,)
    used = [given[name].floats for name in names]
    if len(used) > 1 and (used[1] == 0).any():
        raise UndefinedMetric(axis.metric, "its denominator is 0")
    ranks = np.zeros(len(used[0]), np.int64)
    doubtful = np.zeros(len(used[0]), np.bool_)
    with np.errstate(over="ignore"):  # A product beyond any float leaves its row in doubt, and is then made exactly.
        for start in range(0, len(ranks), _BLOCK):
            block = slice(start, start + _BLOCK)
            for mark in axis.marks:
                limit = float(mark) * (used[1][block] if len(used) > 1 else 1.0)
                near = np.abs(limit) * (_DOUBTFUL if len(used) > 1 else 0.0) + np.finfo(np.float64).tiny
                ranks[block] += 2 * (used[0][block] > limit)
                doubtful[block] |= np.abs(used[0][block] - limit) <= near
    ranks[np.isnan(used[0]) | np.isnan(used[-1])] = axis.absent
    rows = np.flatnonzero(doubtful)
    if len(rows):
        ranks[rows] = _exactly(axis, rows, {name: given[name] for name in names})
    return ranks


def _ranks_of_sums(axis: Axis, given: Mapping[str, Column]) -> Numbers:
    """Return the cell of every row on the axis of a sum, to which a term that does not exist adds nothing."""
    terms = {name: given[name] for name in DERIVED[axis.metric]}
    one, other = (np.nan_to_num(column.floats, nan=0.0) for column in terms.values())
    absent = np.logical_and.reduce([np.isnan(column.floats) for column in terms.values()])
    with np.errstate(over="ignore"):
        total = one + other
    ranks = np.zeros(len(total), np.int64)
    doubtful = np.zeros(len(total), np.bool_)
    for mark in axis.marks:
        limit = float(mark)
        ranks += 2 * (total > limit)
        doubtful |= np.abs(total - limit) <= limit * _DOUBTFUL + np.finfo(np.float64).tiny
    ranks[absent] = axis.absent
    rows = np.flatnonzero(doubtful & ~absent)
    if len(rows):
        ranks[rows] = _exactly(axis, rows, terms)
    return ranks


def _exactly(axis: Axis, rows: Numbers, given: Mapping[str, Column]) -> Numbers:
    """Rank the rows that floats leave in doubt, each distinct figure once."""
    columns = list(given.values())
    if any(one.exact is not None for one in columns):
        rank = cache(lambda *figures: axis.rank(dict(zip(given, figures, strict=True))))
        return np.array([rank(*(one.at(row) for one in columns)) for row in rows], np.int64)
    # Two floats as one complex number: that is how numpy finds distinct pairs quickly.
    pairs = columns[0].floats[rows] + (1j * columns[1].floats[rows] if len(columns) > 1 else 0)
    _, first, inverse = np.unique(pairs, return_index=True, return_inverse=True)
    ranks = [axis.rank({name: one.at(row) for name, one in given.items()}) for row in rows[first]]
    return np.array(ranks, np.int64)[inverse]

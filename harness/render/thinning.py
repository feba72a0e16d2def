"""A series of readings with fewer points: the least and the most of every pixel column stay, at their own time."""

from collections.abc import Iterable, Sequence
from math import isnan

Reading = tuple[float, float]


def thinned(
    at: Sequence[float], values: Sequence[float], first: float, last: float, columns: int
) -> list[list[Reading]]:
    """Return the readings in unbroken runs, at most four in each column; what is not known breaks a run.

    Args:
        at: Times, never falling.
        values: A figure for each; NaN where it is not known.
        first: The time at which the first column begins.
        last: The time at which the last column ends.
        columns: Columns of the picture.
    """
    runs: list[list[Reading]] = []
    for run in _known(at, values):
        kept: list[Reading] = []
        column: list[Reading] = []
        place = -1
        for reading in run:
            here = int((reading[0] - first) / ((last - first) or 1) * columns)
            if here != place:
                kept += _extremes(column)
                column, place = [], here
            column.append(reading)
        runs.append(kept + _extremes(column))
    return runs


def _known(at: Sequence[float], values: Sequence[float]) -> Iterable[list[Reading]]:
    run: list[Reading] = []
    for reading in zip(at, values, strict=True):
        if not isnan(reading[1]):
            run.append(reading)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _extremes(column: list[Reading]) -> list[Reading]:
    """Return the first, the least, the most and the last reading of a column, each once, in order of time."""
    if len(column) <= 2:
        return column
    places = range(len(column))
    least, most = min(places, key=lambda n: column[n][1]), max(places, key=lambda n: column[n][1])
    return [column[n] for n in sorted({0, least, most, len(column) - 1})]

"""A series of readings with fewer points: the least and the most of every pixel column stay, at their own time."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
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
    wide = (last - first) / columns
    edges = [bisect_left(at, first + n * wide) for n in range(1, columns)]
    runs: list[list[Reading]] = [[]]
    for begin, end in pairwise((0, *edges, len(at))):
        column = values[begin:end]
        # A sum is known only where all of its parts are; so whole columns are looked at in one go.
        if not isnan(sum(column)):
            runs[-1] += _extremes(at, values, begin, end)
            continue
        for n, (start, stop) in enumerate(_known(values, begin, end)):
            # The run from before goes on only where the column begins with a reading.
            if runs[-1] and (n > 0 or start > begin):
                runs.append([])
            runs[-1] += _extremes(at, values, start, stop)
        if runs[-1] and isnan(values[end - 1]):
            runs.append([])
    return [run for run in runs if run]


def _known(values: Sequence[float], begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the stretches of a column in which every reading is known."""
    start: int | None = None
    for n in range(begin, end):
        if isnan(values[n]):
            if start is not None:
                yield start, n
            start = None
        elif start is None:
            start = n
    if start is not None:
        yield start, end


def _extremes(at: Sequence[float], values: Sequence[float], begin: int, end: int) -> list[Reading]:
    """Return the first, the least, the most and the last reading of a stretch, each once, in order of time."""
    if begin == end:
        return []
    part = values[begin:end]
    places = {0, part.index(min(part)), part.index(max(part)), end - begin - 1}
    return [(at[begin + n], part[n]) for n in sorted(places)]

"""How many edits lie between two words: letters put in, left out or exchanged, and neighbours swapped.

With `rapidfuzz` installed it counts; without, the count below does, more slowly and with the same result.
"""

from collections.abc import Callable
from functools import lru_cache


def edits_between(one: str, other: str, most: int) -> int:
    """Return the edits from one word to the other, or `most` + 1 where there are more.

    Args:
        one: A word.
        other: Another.
        most: Up to how many edits matter, >= 0.

    Source:
        Optimal string alignment: Damerau (1964) and Levenshtein (1966), no part edited twice.

    >>> edits_between("huawei", "hauwei", 2)
    1
    """
    return counter()(one, other, most)


def counter() -> Callable[[str, str, int], int]:
    """Return what counts edits here: the extra where it is installed."""
    global _counter  # noqa: PLW0603 - the extra is looked for once, at its first use.
    if _counter is None:
        _counter = _of_the_extra() or count_edits
    return _counter


_counter: Callable[[str, str, int], int] | None = None


def _of_the_extra() -> Callable[[str, str, int], int] | None:
    try:
        from rapidfuzz.distance import OSA
    except ImportError:
        return None
    distance = OSA.distance

    def count(one: str, other: str, most: int) -> int:
        return int(distance(one, other, score_cutoff=most))

    return count


def count_edits(one: str, other: str, most: int) -> int:
    """Return the edits from one word to the other, or `most` + 1 where there are more; in Python alone.

    A column of the table of edits is two whole numbers, of which each bit says whether the edits rise or fall from one
    row to the next, so that a letter costs some operations and not a row.

    Source:
        Hyyrö (2003), a bit-vector algorithm for computing Levenshtein and Damerau edit distances.
    """
    if one == other:
        return 0
    if not one or not other or abs(len(one) - len(other)) > most:
        return min(most + 1, max(len(one), len(other)))
    places, every, last = _places(one), (1 << len(one)) - 1, 1 << (len(one) - 1)
    rises, falls, level, before, edits = every, 0, 0, 0, len(one)
    for letter in other:
        here = places.get(letter, 0)
        swapped = ((~level & here) << 1) & before
        level = ((((here & rises) + rises) ^ rises) | here | falls | swapped) & every
        up, down = falls | (~(level | rises) & every), level & rises
        edits += ((up & last) != 0) - ((down & last) != 0)
        up, down = (up << 1) | 1, down << 1
        rises, falls, before = (down | ~(level | up)) & every, up & level, here
    return min(edits, most + 1)


@lru_cache(maxsize=64)
def _places(word: str) -> dict[str, int]:
    """Return where each letter of a word stands, as bits; one word is compared with many."""
    places: dict[str, int] = {}
    for n, letter in enumerate(word):
        places[letter] = places.get(letter, 0) | 1 << n
    return places

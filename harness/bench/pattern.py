"""The pattern by which memory is told apart from its copies: a word of 64 bits from seed and address, no period."""

from typing import Any

import numpy as np

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def words(seed: int, first: int, count: int) -> np.ndarray[Any, np.dtype[np.uint64]]:
    """Return the words of addresses `first` to `first + count - 1`, in words.

    Args:
        seed: 64 bits.
        first: Index of the first word over all chunks.
        count: How many.

    Source:
        splitmix64: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.

    >>> [hex(int(word)) for word in words(0, 0, 2)]
    ['0xe220a8397b1dcdaf', '0x6e789e6aa1b965f4']
    """
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + (np.arange(first + 1, first + count + 1, dtype=np.uint64)) * _STEP
        z = (z ^ (z >> np.uint64(30))) * _FIRST
        z = (z ^ (z >> np.uint64(27))) * _SECOND
        return z ^ (z >> np.uint64(31))

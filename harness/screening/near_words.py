"""Words of a vocabulary that lie few edits from a given one: all of them, without a count for each."""

from collections.abc import Callable, Iterable, Iterator

import numpy as np

_SHORTEST = 3
_CLASSES = 32


class NearWords:
    """A vocabulary in order of length, with a mask of 64 bits for each word: which letters it has, and which twice.

    An edit adds a letter or takes one away, or does both, so it changes at most two bits; a word whose mask differs in
    more is more edits away. What remains, few of ten thousand, is counted.
    """

    def __init__(self, words: Iterable[str]) -> None:
        kept = (word for word in words if len(word) >= _SHORTEST and not word.isdecimal())
        self._words = sorted(kept, key=lambda word: (len(word), word))
        self._masks = np.array([_mask(word) for word in self._words], dtype=np.uint64)
        lengths = np.array([len(word) for word in self._words], dtype=np.int64)
        longest = int(lengths[-1]) if len(lengths) else 0
        self._starts = np.searchsorted(lengths, np.arange(longest + 2)).tolist()

    def of(
        self, word: str, allowed: Callable[[int], int], count: Callable[[str, str, int], int]
    ) -> Iterator[tuple[str, int]]:
        """Return the words so few edits from this one, each with its edits, in order of length and alphabet.

        Args:
            word: Any word.
            allowed: How many edits are few, by the letters of the longer of two words; not less for more letters.
            count: What counts edits; see `harness.screening.edits`.
        """
        mask = np.uint64(_mask(word))
        for length in range(1, len(self._starts) - 1):
            most = allowed(max(length, len(word)))
            if abs(length - len(word)) > most:
                continue
            first, last = self._starts[length], self._starts[length + 1]
            differing = np.bitwise_count(self._masks[first:last] ^ mask)
            for place in np.flatnonzero(differing <= 2 * most).tolist():
                other = self._words[first + place]
                edits = count(word, other, most)
                if edits <= most:
                    yield other, edits


def _mask(word: str) -> int:
    once = twice = 0
    for letter in word:
        bit = 1 << ord(letter) % _CLASSES
        twice |= once & bit
        once |= bit
    return once | twice << _CLASSES

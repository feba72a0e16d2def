"""Which names of a list a name is like: an index over the list's words, and the likeness of what it finds."""

import gc
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

from harness.codec.name_files import read_bands, read_points
from harness.screening.edits import counter
from harness.screening.likeness import FULL, Feature, Likeness, allowed_edits, likeness
from harness.screening.names import Name, Word, kind_weights, read_name
from harness.screening.near_words import NearWords
from harness.screening.phrases import known_phrases
from harness.screening.slips import readings_of

# A word that more names have than this is looked at only beside a rarer one: it tells little, and its names are many.
_MANY = 2_000
# Of a word that more names have than this, the set of them is kept.
_SOME = 32
# So many of the most promising names are compared in full.
_COMPARED = 1_000
# What initials, abbreviations and other spaces may add to the estimate.
_MARGIN = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list: its names, and what the list says of it."""

    key: str
    names: tuple[str, ...]
    country: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry that a name is like: the score, the two strings compared, and what the score is made of."""

    entry: Entry
    score: int
    matched: str
    given: str
    features: tuple[Feature, ...]


@dataclass(frozen=True, slots=True)
class _Listed:
    """One name of one entry."""

    entry: Entry
    name: Name


class Index:
    """A list, ready to be asked. It is built once and does not change."""

    def __init__(self, listed: list[tuple[Entry, Name]]) -> None:
        self._names = len(listed)
        self._weights: dict[tuple[str, str], int] = {}
        by_word, by_spacing, by_initials = (defaultdict[str, list[int]](list) for _ in range(3))
        written: dict[str, set[str]] = defaultdict(set)
        for number, (_, name) in enumerate(listed):
            for word in dict.fromkeys(name.words):
                by_word[word.text].append(number)
                written[word.written].add(word.text)
            for collected, keys in ((by_spacing, _spacings(name)), (by_initials, name.initials)):
                for key in keys:
                    collected[key].append(number)
        self._by_word, self._by_spacing, self._by_initials = dict(by_word), dict(by_spacing), dict(by_initials)
        self._frequent = {text: frozenset(found) for text, found in by_word.items() if len(found) > _SOME}
        self._texts = {spelling: tuple(sorted(texts)) for spelling, texts in written.items()}
        self._near = NearWords(written)
        self._listed = [_Listed(entry, name) for entry, name in listed]
        # Only the names that a party shares a word with are weighed, and those once.
        self._weighed_names = [0] * len(listed)

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Index":
        """Return the index over some entries; a name without letters or digits is no name."""
        with _without_collector():
            pairs = ((entry, read_name(text)) for entry in entries for text in dict.fromkeys(entry.names))
            return cls([(entry, name) for entry, name in pairs if name.words])

    def __len__(self) -> int:
        return self._names

    def hits(self, name: str, *, least: int | None = None) -> list[Hit]:
        """Return the entries that a name is like, the most alike first.

        Args:
            name: The name of a party, as it is written.
            least: From which score an entry counts; the review band's where none is given.

        Returns:
            At most one hit for each entry, by its most alike name. Of equal scores the one spelled most alike is first.
        """
        least = read_bands().review if least is None else least
        best: dict[str, tuple[Likeness, _Listed]] = {}
        for given, guess in readings_of(name):
            for listed in self._promising(given, least):
                found = likeness(given, listed.name, self.weight)
                found = guess.off(found) if guess else found
                before = best.get(listed.entry.key)
                if found.score >= least and found.score and (before is None or found.score > before[0].score):
                    best[listed.entry.key] = (found, listed)
        ranked = sorted(best.values(), key=lambda one: (-one[0].score, _apart(name, one[1]), one[1].entry.key))
        return [Hit(one.entry, found.score, one.name.given, name, found.features) for found, one in ranked]

    def weight(self, word: Word) -> int:
        """Return what a word weighs in this list: by its kind, and less where many names have it."""
        key = (word.text, word.kind)
        if (known := self._weights.get(key)) is None:
            known = self._weights[key] = self._weighed(word)
        return known

    def _name_weight(self, number: int) -> int:
        weight = self._weighed_names[number] = sum(map(self.weight, self._listed[number].name.words))
        return weight

    def _weighed(self, word: Word) -> int:
        weight, rarity = kind_weights()[word.kind], read_points().rarity
        if self._names >= rarity.least_names:
            having = len(self._by_word.get(word.text, ()))
            for step in rarity.steps:
                if having * step.one_in >= self._names:
                    return min(weight, step.weight)
        return weight

    def _promising(self, given: Name, least: int) -> list[_Listed]:
        """Return the names worth a full comparison, by an estimate from the words that they share with this one."""
        if not given.words:
            return []
        votes, frequent = self._votes(given)
        sure = self._sure(given)
        total, more = sum(map(self.weight, given.words)), sum(points for points, _ in frequent)
        estimates = []
        for number, vote in votes.items():
            weight = self._weighed_names[number] or self._name_weight(number)
            most = vote + more
            if (most // total + most // weight) // 2 + _MARGIN < least or number in sure:
                continue
            shared = vote + sum([points for points, numbers in frequent if number in numbers])
            estimate = (min(FULL, shared // total) + min(FULL, shared // weight)) // 2
            if estimate + _MARGIN >= least:
                estimates.append((-estimate, number))
        chosen = [number for _, number in sorted(estimates)[:_COMPARED]]
        return [self._listed[number] for number in [*sorted(sure), *chosen]]

    def _votes(self, given: Name) -> tuple[dict[int, int], list[tuple[int, frozenset[int]]]]:
        """Return what rare words speak for which names, and of each frequent word what it would and for which.

        What speaks for a name is the sum of weight times likeness.
        """
        votes: dict[int, int] = defaultdict(int)
        frequent: list[tuple[int, frozenset[int]]] = []
        # Where no rare word is as it stands in the list, a frequent one may be what is misspelled.
        telling = [word for word in given.words if word.kind == "telling"]
        alone = not telling
        for word in dict.fromkeys(given.words):
            best: dict[int, int] = {}
            for text, alike in self._alike(word):
                numbers, points = self._by_word[text], alike * self.weight(word)
                if len(numbers) > _MANY or word.kind in ("common", "place"):
                    frequent.append((points, self._sets(text)))
                    alone = alone or word.kind == "telling"
                    continue
                for number in numbers:
                    if best.get(number, 0) < points:
                        best[number] = points
            for number, points in best.items():
                votes[number] += points
        if alone and not any(word.text in self._by_word for word in telling):
            return votes | self._votes_of_frequent(frequent, votes), frequent
        return votes, frequent

    def _votes_of_frequent(self, frequent: list[tuple[int, frozenset[int]]], votes: dict[int, int]) -> dict[int, int]:
        """Where every word is frequent, a name has to share several; of one word alone only the whole name counts."""
        rarest = sorted((numbers for _, numbers in frequent), key=len)[:4]
        pairs = [one & other for n, one in enumerate(rarest) for other in rarest[n + 1 :]]
        return {number: votes.get(number, 0) for number in set().union(*pairs)}

    def _sets(self, text: str) -> frozenset[int]:
        return self._frequent.get(text) or frozenset(self._by_word[text])

    def _alike(self, word: Word) -> Iterator[tuple[str, int]]:
        """Return the words of the list that this one may stand for, each with how alike it is."""
        if word.text in self._by_word:
            yield word.text, FULL
        if word.kind != "telling":
            return
        points = read_points()
        for text in known_phrases().abbreviated.get(word.text, ()):
            if text in self._by_word:
                yield text, points.relations.abbreviation
        for written, edits in self._near.of(word.written, allowed_edits, counter()):
            longer = max(len(written), len(word.written))
            alike = FULL - edits * points.spelling.edit_cost // longer
            if alike > 0:
                yield from ((text, alike) for text in self._texts[written] if text != word.text)

    def _sure(self, given: Name) -> set[int]:
        """Return the names that are this one with other spaces, or its initials, or have it for initials."""
        found: set[int] = set()
        for key in _spacings(given) | {word.written for word in given.words if word.kind == "telling"}:
            found.update(self._by_spacing.get(key, ()))
        for spacing in _spacings(given):
            found.update(self._by_word.get(spacing, ()))
        if len(given.words) == 1:
            found.update(self._by_initials.get(given.words[0].text, ()))
        for short in given.initials:
            found.update(n for n in self._by_word.get(short, ()) if len(self._listed[n].name.words) == 1)
        return found


@contextmanager
def _without_collector() -> Iterator[None]:
    """An index is some hundred thousand objects and no cycle: looking for cycles would take a third of its time."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _spacings(name: Name) -> set[str]:
    """Return a name as one word, and each two neighbours as one."""
    pairs = pairwise(name.words)
    joined = {one.written + other.written for one, other in pairs if "telling" in (one.kind, other.kind)}
    return joined | {name.as_one_word}


def _apart(name: str, listed: _Listed) -> int:
    """Return the edits between two names as they are written, which orders equal scores."""
    most = 60
    return counter()(name[:most].casefold(), listed.name.given[:most].casefold(), most)

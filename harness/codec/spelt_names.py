"""Names found within texts, however spelt: without case, width, accents, spaces, punctuation and legal form."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from harness.codec.name_files import read_forms

# Shorter ones are found only as words of their own: within longer words they mean something else.
_LONG = 8
_SHORTEST = 3
_SHORTEST_STEM = 4
# A name that is written in other letters says more with fewer of them.
_SHORTEST_OF_OTHERS = 2
_MOST_WORDS_OF_A_FORM = 8
_WORD = re.compile(r"[^\W_]+")
_BRACKETS = re.compile(r"\([^()]*\)")


def folded(text: str) -> tuple[str, list[int]]:
    """Return the letters and digits of a text as they are compared, and where in the text each stands.

    >>> folded("Ａcmé-1")
    ('acme1', [0, 1, 2, 3, 5])
    """
    if text.isascii():
        kept = [(one, at) for at, one in enumerate(text.casefold()) if one.isalnum()]
    else:
        kept = [(one, at) for at, letter in enumerate(text) for one in _folded_letter(letter)]
    return "".join(one for one, _ in kept), [at for _, at in kept]


@cache
def _folded_letter(letter: str) -> str:
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", letter).casefold())
    return "".join(filter(str.isalnum, parts))


@cache
def _forms() -> tuple[frozenset[str], frozenset[str]]:
    """Return the legal forms that stand at the end of a name, and those at its beginning."""
    forms = read_forms()

    def of(*tables: dict[str, str]) -> frozenset[str]:
        variants = (one for table in tables for text in table.values() for one in text.split("|"))
        return frozenset(folded(one)[0] for one in variants)

    return of(forms.anywhere, forms.end), of(forms.anywhere, forms.start)


def stems(name: str) -> Iterator[str]:
    """Yield what is left of a name without its legal form, and without what stands in brackets, as it is compared."""
    wide = unicodedata.normalize("NFKC", name)
    whole = folded(name)[0]
    for text in (wide, _BRACKETS.sub(" ", wide)):
        stem = _without_forms([folded(word)[0] for word in _WORD.findall(_without_marks(text))])
        if stem != whole and len(stem) >= _least(stem, _SHORTEST_STEM):
            yield stem


def _without_marks(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text)
    return "".join(one for one in parts if unicodedata.category(one) not in ("Mn", "Cf"))


def _without_forms(words: list[str]) -> str:
    at_end, at_start = _forms()
    last = first = 1
    while last or first:
        most = min(_MOST_WORDS_OF_A_FORM, len(words) - 1)
        last = next((n for n in range(most, 0, -1) if "".join(words[-n:]) in at_end), 0)
        words = words[: len(words) - last]
        most = min(_MOST_WORDS_OF_A_FORM, len(words) - 1)
        first = next((n for n in range(most, 0, -1) if "".join(words[:n]) in at_start), 0)
        words = words[first:]
    stem = "".join(words)
    # Where no spaces are written, a form ends the word.
    glued = [form for form in at_end if not form.isascii() and stem.endswith(form)]
    return stem[: -max(map(len, glued))] if glued else stem


def _least(text: str, least: int) -> int:
    return least if text.isascii() else _SHORTEST_OF_OTHERS


@dataclass(frozen=True, slots=True)
class Spellings:
    """Names as they are compared, each with what stands in its place; None for one that stays."""

    instead: dict[str, str | None] = field(default_factory=dict)
    # How long the names are that begin with the same letters.
    _lengths: dict[str, set[int]] = field(default_factory=dict)
    _seen: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, instead: str | None) -> None:
        """Take a name as it is written; the first of those that are compared alike counts."""
        text = folded(name)[0]
        if len(text) >= _least(text, _SHORTEST) and text not in self.instead:
            self.instead[text] = instead
            self._lengths.setdefault(text[:_SHORTEST_OF_OTHERS], set()).add(len(text))

    def taken_out(self, text: str) -> str:
        """Return a text with something else in place of every name in it."""
        if text not in self._seen:
            self._seen[text] = "".join(self._parts(text))
        return self._seen[text]

    def is_one(self, text: str) -> bool:
        """Return whether the whole of a text is one of the names that go."""
        return self.instead.get(folded(text)[0]) is not None

    def _parts(self, text: str) -> Iterator[str]:
        at = 0
        for start, end, instead in self._found(text):
            yield text[at:start] + (text[start:end] if instead is None else instead)
            at = end
        yield text[at:]

    def _found(self, text: str) -> Iterator[tuple[int, int, str | None]]:
        letters, places = folded(text)
        at = 0
        while at < len(letters):
            name = next((one for one in self._at(letters, at) if _stands(one, letters, places, at)), None)
            if name is None:
                at += 1
                continue
            start, at = at, at + len(name)
            end = places[at - 1] + 1
            while end < len(text) and unicodedata.combining(text[end]):
                end += 1
            # A letter of several may begin in one name and end in the next.
            while at < len(places) and places[at] < end:
                at += 1
            yield places[start], end, self.instead[name]

    def _at(self, letters: str, at: int) -> list[str]:
        """Return the names that begin there, the longest first."""
        lengths = self._lengths.get(letters[at : at + _SHORTEST_OF_OTHERS], ())
        # Short of letters, a longer length gives a shorter name again: each once.
        parts = dict.fromkeys(letters[at : at + length] for length in sorted(lengths, reverse=True))
        return [name for name in parts if name in self.instead]

    def left_in(self, text: str) -> bool:
        """Return whether a text still holds one of the names that go, also within a longer word."""
        letters = folded(text)[0]
        return any(
            self.instead[name] is not None and len(name) >= _least(name, _SHORTEST_STEM)
            for at in range(len(letters))
            for name in self._at(letters, at)
        )


def _stands(name: str, letters: str, places: list[int], start: int) -> bool:
    """Return whether a name stands there as a word of its own, or is long enough to be meant within one."""
    end = start + len(name)
    return len(name) >= _LONG or not (_goes_on(letters, places, start) or _goes_on(letters, places, end))


def _goes_on(letters: str, places: list[int], at: int) -> bool:
    """Return whether no gap is between a letter and the one before it, both of those that make words with spaces."""
    if not 0 < at < len(letters):
        return False
    return letters[at].isascii() and letters[at - 1].isascii() and places[at] - places[at - 1] <= 1

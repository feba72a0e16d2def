"""Which words of a name are a legal form, a place, or a word that many names share."""

from dataclasses import dataclass
from functools import cache

from harness.codec.name_files import read_forms, read_points, read_words
from harness.screening.edits import edits_between
from harness.screening.letters import is_han, latin
from harness.screening.tokens import tokens_of

# City, province and district, as Chinese puts them behind a place.
_ENDS = ("市", "省", "区")
_LONG_FORM = 7


@dataclass(frozen=True, slots=True)
class Phrase:
    """What one or several written words stand for."""

    text: str
    kind: str  # form | place | common | number | dropped


@dataclass(frozen=True, slots=True)
class Phrases:
    """Every phrase of the tables, to be looked up."""

    spoken: dict[tuple[str, ...], Phrase]
    longest_spoken: dict[str, int]  # by the first word
    han: dict[str, Phrase]
    longest_written: dict[str, int]  # by the first character
    ends: dict[str, str]
    starts: dict[str, str]
    abbreviated: dict[str, frozenset[str]]
    long_forms: dict[str, str]

    def longest(self, tokens: list[str], at: int) -> tuple[int, Phrase | None]:
        """Return how many tokens from here the longest phrase takes, and what it is; one and None without any."""
        for length in range(self.longest_spoken.get(tokens[at], 0), 0, -1):
            found = self.spoken.get(tuple(tokens[at : at + length]))
            if found is not None:
                return length, found
        return 1, None

    def longest_han(self, run: str, at: int) -> tuple[int, Phrase | None]:
        """Return how many characters from here the longest phrase takes, and what it is."""
        for length in range(self.longest_written.get(run[at], 0), 0, -1):
            found = self.han.get(run[at : at + length])
            if found is not None:
                return length, found
        return 1, None

    def misspelled_form(self, token: str) -> str | None:
        """Return the legal form that a long word is one edit away from: "corporaton" tells no two companies apart."""
        if len(token) < _LONG_FORM - 1:
            return None
        near = (key for form, key in self.long_forms.items() if _is_near(token, form))
        return next(near, None)


@cache
def known_phrases() -> Phrases:
    """Return the phrases that come with the harness."""
    forms, words = read_forms(), read_words()
    listed = [(variant, Phrase(key, "form")) for key, text in forms.anywhere.items() for variant in _variants(text)]
    for kind in ("common", "place", "number"):
        table: dict[str, str] = getattr(words, kind)
        listed += [(variant, Phrase(key, kind)) for key, text in table.items() for variant in _variants(text)]
    listed += [(variant, Phrase(variant, "dropped")) for variant in _variants(words.dropped)]
    listed += [
        (text + end, phrase) for text, phrase in listed if phrase.kind == "place" and is_han(text) for end in _ENDS
    ]
    spoken = {tuple(tokens_of(text)): phrase for text, phrase in reversed(listed) if not is_han(text)}
    han = {text: phrase for text, phrase in reversed(listed) if is_han(text)}
    return Phrases(
        spoken=spoken,
        longest_spoken=_longest([(key[0], len(key)) for key in spoken]),
        han=han,
        longest_written=_longest([(key[0], len(key)) for key in han]),
        ends=_by_token(forms.end),
        starts=_by_token(forms.start),
        long_forms={key[0]: phrase.text for key, phrase in spoken.items() if _is_long_form(key, phrase)},
        abbreviated=_abbreviations(words.common),
    )


def _is_near(token: str, form: str) -> bool:
    return -2 < len(token) - len(form) < 2 and edits_between(token, form, 1) <= 1


def _is_long_form(key: tuple[str, ...], phrase: Phrase) -> bool:
    return phrase.kind == "form" and len(key) == 1 and len(key[0]) >= _LONG_FORM


def _variants(text: str) -> list[str]:
    return [variant.strip() for variant in text.split("|")]


def _by_token(table: dict[str, str]) -> dict[str, str]:
    return {latin(variant).replace(" ", ""): key for key, text in table.items() for variant in _variants(text)}


def _longest(lengths: list[tuple[str, int]]) -> dict[str, int]:
    longest: dict[str, int] = {}
    for first, length in lengths:
        longest[first] = max(length, longest.get(first, 0))
    return longest


def _abbreviations(common: dict[str, str]) -> dict[str, frozenset[str]]:
    """Return each beginning of a shared word with the words that begin so."""
    least = read_points().relations.least_abbreviation
    found: dict[str, set[str]] = {}
    for word in (word for word in common if "+" not in word):
        for length in range(least, len(word)):
            found.setdefault(word[:length], set()).add(word)
    return {short: frozenset(words) for short, words in found.items()}

"""A name as it is compared: its words with their kinds, without its legal form."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from harness.codec.name_files import read_points
from harness.screening.letters import is_han, ordinals, pinyin
from harness.screening.phrases import Phrase, Phrases, known_phrases
from harness.screening.tokens import tokens_of

_ORDINAL = re.compile(r"^(\d+)(?:st|nd|rd|th)$")


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """One word: as it is compared, of which kind, and as it was written (in Latin letters).

    Equal words are one object as long as it is remembered, so identity is compared.
    """

    text: str
    kind: str  # telling | number | place | common
    written: str


@dataclass(frozen=True, slots=True)
class Name:
    """A name, read."""

    given: str
    words: tuple[Word, ...]
    forms: frozenset[str]
    initials: frozenset[str]
    as_one_word: str


def read_name(text: str) -> Name:
    """Return a name with its words told apart; a name without letters and digits has none.

    >>> [word.text for word in read_name("Huawei Tech. Co., Ltd.").words]
    ['huawei', 'technology']
    """
    phrases = known_phrases()
    found = list(_words(text, phrases))[: read_points().limits.words]
    kept = [word for word in found if word.kind not in ("form", "dropped")]
    forms = {word.text for word in found if word.kind == "form"}
    kept = _without_ends(kept, phrases, forms)
    if not kept:
        kept = [_word(word.written, "common", word.written) for word in found]
        forms = set()
    return Name(
        given=text,
        words=tuple(kept),
        forms=frozenset(forms),
        initials=_initials(kept, found),
        as_one_word="".join(w.written for w in found if w in kept or w.kind == "dropped").replace(" ", ""),
    )


def _words(text: str, phrases: Phrases) -> Iterator[Word]:
    tokens = tokens_of(text)
    at = 0
    while at < len(tokens):
        if is_han(tokens[at]):
            yield from _han_words(tokens[at], phrases)
            at += 1
            continue
        length, phrase = phrases.longest(tokens, at)
        written = " ".join(tokens[at : at + length])
        yield from _phrase_words(phrase, written) if phrase else (_plain_word(written),)
        at += length


def _han_words(run: str, phrases: Phrases) -> Iterator[Word]:
    """Chinese has no spaces: the longest known phrases are words, and what stands between two of them is one."""
    start = at = 0
    while at < len(run):
        length, phrase = phrases.longest_han(run, at)
        if phrase is None:
            at += 1
            continue
        yield from _unknown_han(run[start:at])
        yield from _phrase_words(phrase, phrase.text)
        at += length
        start = at
    yield from _unknown_han(run[start:])


def _phrase_words(phrase: Phrase, written: str) -> Iterator[Word]:
    """One phrase may stand for several words."""
    parts = phrase.text.split("+")
    for part in parts:
        yield _word(part, phrase.kind, written if len(parts) == 1 else part)


def _unknown_han(run: str) -> Iterator[Word]:
    for part, number in ordinals(run):
        yield _plain_word(pinyin(part) or part) if number is None else _word(str(number), "number", str(number))


@lru_cache(maxsize=200_000)
def _plain_word(written: str) -> Word:
    form = known_phrases().misspelled_form(written)
    if form:
        return _word(form, "form", written)
    ordinal = _ORDINAL.match(written)
    text = ordinal.group(1) if ordinal else written
    if text.isdecimal():
        return _word(str(int(text)), "number", written)
    return _word(text, "telling", written)


@lru_cache(maxsize=200_000)
def _word(text: str, kind: str, written: str) -> Word:
    """One object for each word, so that tens of thousands of names share theirs."""
    return Word(text, kind, written)


def _without_ends(words: list[Word], phrases: Phrases, forms: set[str]) -> list[Word]:
    """Take off forms that are forms at an end only, as long as something remains."""
    while len(words) > 1 and (form := phrases.ends.get(words[-1].written)):
        forms.add(form)
        words = words[:-1]
    if len(words) > 1 and (form := phrases.starts.get(words[0].written)):
        forms.add(form)
        words = words[1:]
    return words


def _initials(kept: list[Word], found: list[Word]) -> frozenset[str]:
    """Return what a name may be shortened to: with and without its form, with and without "of"."""
    if len(kept) < 2:
        return frozenset()
    letters = [(word, "".join([part[0] for part in word.written.split()])) for word in found]
    ways = {"".join([short for word, short in letters if word in kept])}
    if len(kept) < len(found):
        ways.add("".join([short for _, short in letters]))
        ways.add("".join([short for word, short in letters if word.kind != "form"]))
        ways.add("".join([short for word, short in letters if word.kind != "dropped"]))
    return frozenset(short for short in ways if len(short) > 2)


@cache
def kind_weights() -> dict[str, int]:
    """Return what a word of each kind weighs."""
    return read_points().weights.model_dump()

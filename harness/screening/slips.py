"""Other readings of a name: lost spaces put in, and a slip in a legal form or a small word put right.

A guess costs points. One that puts a slip right is for review and never a hit, for the word may be meant as it stands.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from harness.codec.name_files import read_forms, read_points
from harness.screening.edits import edits_between
from harness.screening.likeness import Likeness
from harness.screening.name_field import without_abbreviations
from harness.screening.names import Name, read_name
from harness.screening.phrases import known_phrases
from harness.screening.tokens import tokens_of

_HUMP = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])")
# Below so many letters an exchanged or a missing letter makes another word.
_LEAST = 3
_LEAST_OF_PHRASE = 4
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Guess:
    """What was read otherwise than it is written, and what that costs."""

    feature: str
    cost: int
    said: str

    def off(self, found: Likeness) -> Likeness:
        """Return a likeness less what the guess costs."""
        taken = min(self.cost, found.score)
        return Likeness(found.score - taken, (*found.features, (self.feature, -taken, self.said)))


def readings_of(text: str) -> tuple[tuple[Name, Guess | None], ...]:
    """Return a name as it is written, and as it may be meant where its spaces or its small words have a slip.

    >>> [" ".join(word.text for word in name.words) for name, _ in readings_of("TengdaRadarCo.,Ltd.")]
    ['tengdaradarco', 'tengda radar']
    """
    costs = read_points().costs
    found: list[tuple[Name, Guess | None]] = [(read_name(text), None)]
    tokens = tokens_of(text)[: read_points().limits.words]
    short = without_abbreviations(text)
    if short != text and any(map(str.isalnum, short)):
        found.append((read_name(short), Guess("without-abbreviation", costs.other_spaces, short)))
    spaced = tokens_of(_with_spaces(text))[: read_points().limits.words]
    if spaced != tokens:
        found.append((read_name(" ".join(spaced)), Guess("other-spaces", costs.other_spaces, " ".join(spaced))))
    mended = _mended(spaced)
    if mended != spaced:
        said = f"{' '.join(spaced)} read as {' '.join(mended)}"
        found.append((read_name(" ".join(mended)), Guess("guessed", costs.guessed, said)))
    return tuple(found)


@cache
def _onto() -> re.Pattern[str]:
    """A form that is written onto the word before it."""
    ends = "|".join(map(re.escape, read_forms().slips.onto))
    return re.compile(rf"\b([a-z]{{6,}}?)({ends})\b(?=(?: (?:{ends}))*$)")


def _with_spaces(text: str) -> str:
    apart = _HUMP.sub(" ", unicodedata.normalize("NFKC", text))
    tokens = " ".join(tokens_of(apart))
    while (further := _onto().sub(r"\1 \2", tokens)) != tokens:
        tokens = further
    return re.sub(r" coltd\b", " co ltd", tokens)


def _mended(tokens: list[str]) -> list[str]:
    """Return the words with each slip put right that a legal form or a small word may have."""
    return _with_small_words(_with_short_form(_with_phrases(tokens)))


def _with_phrases(tokens: list[str]) -> list[str]:
    """A form of several words of which one has a slip: "jont stock company"."""
    for at in range(len(tokens) - 1):
        # With one slip at most, one of the first two words is as the form has it.
        for form in _forms_at(tokens[at], tokens[at + 1]):
            part = tuple(tokens[at : at + len(form)])
            if len(part) == len(form) and part != form and _is_one_slip(part, form):
                return [*tokens[:at], *form, *tokens[at + len(form) :]]
    return tokens


def _is_one_slip(part: tuple[str, ...], form: tuple[str, ...]) -> bool:
    wrong = [(one, other) for one, other in zip(part, form, strict=True) if one != other]
    ((one, other), *more) = wrong
    return not more and len(other) >= _LEAST_OF_PHRASE and edits_between(one, other, 1) == 1


@cache
def _long_forms() -> tuple[tuple[str, ...], ...]:
    """Return the forms of several words of which one is long enough to be known with a slip, the longest first."""
    forms = (key for key, phrase in known_phrases().spoken.items() if phrase.kind == "form" and len(key) > 1)
    return tuple(
        sorted((one for one in forms if max(map(len, one)) >= _LEAST_OF_PHRASE), key=lambda one: (-len(one), one))
    )


def _forms_at(first: str, second: str) -> list[tuple[str, ...]]:
    return (
        [form for form in _long_forms() if form[0] == first or form[1] == second] if {first, second} & _starts() else []
    )


@cache
def _starts() -> frozenset[str]:
    return frozenset(word for form in _long_forms() for word in form[:2])


def _with_short_form(tokens: list[str]) -> list[str]:
    """The last word, or the last two without their space, as a form: "ldt", "lt d"."""
    if len(tokens) <= _FEWEST - 1 or _is_known(tokens[-1]):
        return tokens
    if len(tokens) > _FEWEST and "".join(tokens[-2:]) in read_forms().slips.short:
        return [*tokens[:-2], "".join(tokens[-2:])]
    near = next((form for form in read_forms().slips.short if _is_slip_of(tokens[-1], form)), None)
    return [*tokens[:-1], near] if near else tokens


def _with_small_words(tokens: list[str]) -> list[str]:
    """A small word with a slip, where words stand on both sides of it."""
    if len(tokens) <= _FEWEST:
        return tokens
    # Beside known words only, what is one letter away tells nothing else.
    alone = sum(not _is_known(token) for token in tokens) == 1
    return [*tokens[:1], *(_small(token, any_edit=alone) for token in tokens[1:-1]), *tokens[-1:]]


@lru_cache(maxsize=50_000)
def _small(token: str, *, any_edit: bool) -> str:
    if _is_known(token):
        return token
    for word in read_forms().slips.small:
        if _is_slip_of(token, word) or (any_edit and edits_between(token, word, 1) == 1):
            return word
    return token


def _is_known(token: str) -> bool:
    phrases = known_phrases()
    return (token,) in phrases.spoken or token in phrases.ends or token.isdecimal()


def _is_slip_of(token: str, word: str) -> bool:
    """Return whether a token is a word with a letter put in, or two swapped; of a longer one also any other edit."""
    if token == word or edits_between(token, word, 1) != 1:
        return False
    return len(token) > len(word) or sorted(token) == sorted(word) or min(len(word), len(token)) >= _LEAST

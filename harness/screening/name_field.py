"""What names a name field of a list holds: one row can hold a parent, its affiliates, other names and asides."""

import re
from collections.abc import Iterator

from harness.screening.names import read_name
from harness.screening.phrases import known_phrases

# What is said of successors and places is no part of a name.
_ASIDES = re.compile(
    r"\b(?:and\s+)?any\s+(?:of\s+its\s+)?successors?\b.*"
    r"|\b(?:all|any|with)\s+(?:known\s+)?(?:addresses|locations|offices|branches)\b.*"
    r"|\b(?:located|with an address)\s+(?:in|at)\b.*",
    re.IGNORECASE | re.DOTALL,
)
# What stands between two names.
_MARKS = re.compile(
    r"(?:"
    r"\b(?:and\s+)?(?:its\s+)?(?:affiliated|subordinate|related)\s+(?:entit(?:y|ies)|institut(?:e|es|ion|ions)|companies)\s*:"
    r"|\b(?:also|formerly|now|previously)\s+known\s+as\b|\bdoing\s+business\s+as\b"
    r"|\b[afn]\s?\.\s?k\s?\.\s?a\b\.?|\bd\s?\.\s?b\s?\.\s?a\b\.?|\bd/b/a\b|\b[afn]/k/a\b|(?<=[;,(\[]\s)[afn]ka\b|(?<=[(\[])[afn]ka\b"
    r")[\s:,.]*(?:the\s+following\s+(?:\w+\s+)?(?:alias(?:es)?|entit(?:y|ies)|names?)\s*[:,]?\s*)?",
    re.IGNORECASE,
)
# Without one of these a text holds no mark and no aside; most names are told so at once.
_HINTS = (
    ":",
    "known",
    "business",
    "k.",
    "k .",
    "b.",
    "b .",
    "/a",
    "aka",
    "fka",
    "nka",
    "any ",
    "all ",
    "with ",
    "located",
)
_PARTS = re.compile(r";\s+(?:and\s+)?|\n")
_NO_NAME = re.compile(r"(?:and\s+)?addresse?s?(?:\s+[0-9]+)?[:.]?", re.IGNORECASE)
_SHORT_FORM = re.compile(r"(.*\S)\s*\(\s*[\"“”']?([^()\"“”]{2,40}?)[\"“”']?\s*\)\s*\.?")
_ABBREVIATION = re.compile(r"[^\Wa-z_](?:[^\Wa-z_]|[0-9 &./-])*")
_IN_BRACKETS = re.compile(r"\(([^()]{3,44})\)")
# A legal form, after which a place may stand.
_FORM = re.compile(
    r"\b(?:Ltd|Limited|L\.?L\.?C|Inc|Incorporated|Corp|Corporation|Company|GmbH)\b\.?,\s+"
    r"(?!(?:Ltd|Limited|L\.?L\.?C|Inc|Incorporated|Corp|Corporation|Co)\b)",
    re.IGNORECASE,
)
# Two letters in the middle of a name are mostly a place.
_SHORTEST_WITHIN = 3
_EDGES = " \t\n;:,-–—•\"“”'[]"


def names_in(field: str) -> tuple[str, ...]:
    """Return the names that a name field holds, the first one first, and the whole field last where it says more.

    >>> names_in("Acme Co., Ltd. (Acme). Affiliated Entity: Acme Hangzhou, a.k.a. AHZ; all addresses located in Cuba")
    ('Acme Co., Ltd.', 'Acme', 'Acme Hangzhou', 'AHZ', \
'Acme Co., Ltd. (Acme). Affiliated Entity: Acme Hangzhou, a.k.a. AHZ; all addresses located in Cuba')
    """
    if _NO_NAME.fullmatch(field):
        return ()
    found: dict[str, None] = {}
    hinted = _is_hinted(field)
    for piece in _MARKS.split(field) if hinted else (field,):
        for part in _PARTS.split(_ASIDES.sub("", piece) if hinted else piece):
            found.update(dict.fromkeys(_with_short_form(part)))
    # Whatever was cut, who writes the name as the list does finds it.
    return tuple(dict.fromkeys([*found, field])) if found else (field,)


def other_names_in(field: str) -> tuple[str, ...]:
    """Return the names in a field of other names, which stand between semicolons.

    >>> other_names_in("HSRI; Hebei Semiconductor; and CETC Research Institute 13")
    ('HSRI', 'Hebei Semiconductor', 'CETC Research Institute 13')
    """
    found: dict[str, None] = {}
    for piece in _PARTS.split(field):
        parts = _MARKS.split(piece) if _is_hinted(piece) else (piece,)
        found.update(dict.fromkeys(name for part in parts for name in _with_short_form(part)))
    return tuple(found)


def _is_hinted(text: str) -> bool:
    text = text.casefold()
    return any(hint in text for hint in _HINTS)


def _with_short_form(text: str) -> tuple[str, ...]:
    """Return a name; of one that holds its own abbreviation in brackets, at its end or before it, both."""
    name = _trimmed(text)
    if "(" in name and (inside := _abbreviation_within(name)) is not None:
        return (name, *inside)
    shortened = _SHORT_FORM.fullmatch(name) if "(" in name else None
    if shortened is None:
        return _without_place(name) if _is_a_name(name) else ()
    long, short = _trimmed(shortened[1]), _trimmed(shortened[2])
    # Another word in brackets, as of a place, is part of the name and would be everybody's alone.
    if _ABBREVIATION.fullmatch(short) or short.casefold() in long.casefold().split():
        return (long, short)
    return (name,)


def _abbreviation_within(name: str) -> tuple[str, ...] | None:
    """Return a name without the abbreviations that stand in it before its end, and these; None where it has none."""
    last = next((n for n in range(len(name) - 1, -1, -1) if name[n].isalnum()), -1)
    brackets = [found for found in _abbreviations(name) if found.end() <= last]
    if not brackets:
        return None
    shorts = [_trimmed(found[1]) for found in brackets]
    return tuple(dict.fromkeys([*_with_short_form(_cut(name, brackets)), *shorts]))


def without_abbreviations(name: str) -> str:
    """Return a name without the abbreviations that stand in it in brackets.

    >>> without_abbreviations("Tengda Radar Institute (TRI) Branch 7")
    'Tengda Radar Institute Branch 7'
    """
    return _cut(name, list(_abbreviations(name))) if "(" in name else name


def _abbreviations(name: str) -> Iterator[re.Match[str]]:
    return (found for found in _IN_BRACKETS.finditer(name) if _abbreviates(_trimmed(found[1])))


def _cut(name: str, brackets: list[re.Match[str]]) -> str:
    starts = [0, *(found.end() for found in brackets)]
    ends = [*(found.start() for found in brackets), len(name)]
    return "".join(name[start:end].rstrip() for start, end in zip(starts, ends, strict=True))


def _abbreviates(short: str) -> bool:
    """Return whether what stands in brackets is an abbreviation; places and legal forms are part of a name."""
    if _ABBREVIATION.fullmatch(short) is None or short != short.upper() or len(short) < _SHORTEST_WITHIN:
        return False
    forms = known_phrases()
    if short.casefold() in forms.ends or short.casefold() in forms.starts:
        return False
    return any(word.kind == "telling" for word in read_name(short).words)


def _without_place(name: str) -> tuple[str, ...]:
    """Return a name; of one with more after its legal form, mostly a place, also the part up to there."""
    ends = [found.end() for found in _FORM.finditer(name)]
    return (name, _trimmed(name[: ends[-1]])) if ends else (name,)


def _trimmed(text: str) -> str:
    trimmed = text.strip(_EDGES)
    # A bracket that was left open by what was cut.
    return trimmed[:-1].rstrip(_EDGES) if trimmed.endswith("(") else _unclosed(trimmed)


def _unclosed(text: str) -> str:
    return text[:-1].rstrip() if text.endswith(")") and text.count(")") > text.count("(") else text


def _is_a_name(text: str) -> bool:
    return any(character.isalnum() for character in text) and _NO_NAME.fullmatch(text) is None

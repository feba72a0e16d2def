"""What names a name field of a list holds: one row can hold a parent, its affiliates, other names and asides."""

import re

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
# A legal form, after which a place may stand.
_FORM = re.compile(
    r"\b(?:Ltd|Limited|L\.?L\.?C|Inc|Incorporated|Corp|Corporation|Company|GmbH)\b\.?,\s+"
    r"(?!(?:Ltd|Limited|L\.?L\.?C|Inc|Incorporated|Corp|Corporation|Co)\b)",
    re.IGNORECASE,
)
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
    """Return a name; of one that ends in its own abbreviation in brackets, both."""
    name = _trimmed(text)
    shortened = _SHORT_FORM.fullmatch(name) if "(" in name else None
    if shortened is None:
        return _without_place(name) if _is_a_name(name) else ()
    long, short = _trimmed(shortened[1]), _trimmed(shortened[2])
    # Another word in brackets, as of a place, is part of the name and would be everybody's alone.
    if _ABBREVIATION.fullmatch(short) or short.casefold() in long.casefold().split():
        return (long, short)
    return (name,)


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

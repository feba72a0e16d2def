"""Letters as Latin ones in lower case: marks and invisible characters gone, other scripts transliterated."""

import re
import unicodedata
from functools import cache

from harness.codec.name_files import read_letters, read_pinyin

_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]+")
_KEPT = re.compile("([\u3400-\u9fff\uf900-\ufaff]+)")
# A sign of omission joins what it stands between; it is no end of a word.
_OMISSIONS = dict.fromkeys(map(ord, "'\u2018\u2019\u201b\u02bc\u02b9\u02bb\u0060\u00b4\u2032\u05f3"))
_FIGURES = "零一二三四五六七八九"
_UNITS = {"十": 10, "百": 100}
_ORDINAL = re.compile(f"(第[{_FIGURES}十百]{{1,8}})")
_FIRST_ROW, _LAST_ROW = 0xB0, 0xD7


def latin(text: str) -> str:
    """Return a text in lower-case Latin letters, as far as its letters have any; Chinese characters stay.

    >>> latin("Хуавей Ко.")
    'khuavey ko.'
    """
    if text.isascii():
        return text.lower().translate(_OMISSIONS)
    text = unicodedata.normalize("NFKC", text).casefold().translate(_OMISSIONS)
    text = "".join(" " if _is_space(c) else c for c in text if unicodedata.category(c) != "Cf")
    return _words_without_lookalikes(text)


def is_han(text: str) -> bool:
    """Return whether a text is of Chinese characters."""
    return not text.isascii() and _HAN.fullmatch(text) is not None


def split_han(text: str) -> list[str]:
    """Return the runs of Chinese characters and what stands between them, in order."""
    return [part for part in _KEPT.split(text) if part]


def pinyin(characters: str) -> str | None:
    """Return Chinese characters in pinyin without tones, as one word; None where none of them has a reading here.

    A character without a reading stands for itself, and the others keep theirs.
    """
    table = readings()
    if not any(character in table for character in characters):
        return None
    found, at = list[str](), 0
    while at < len(characters):
        length = next(n for n in (2, 1) if n == 1 or characters[at : at + n] in table)
        part = characters[at : at + length]
        found.append(table.get(part, part))
        at += length
    return "".join(found)


def ordinals(characters: str) -> list[tuple[str, int | None]]:
    """Return a run of Chinese characters in parts; of a part that is an ordinal also its number.

    >>> ordinals("第五十五")
    [('第五十五', 55)]
    """
    parts = (part for part in _ORDINAL.split(characters) if part)
    return [(part, _number(part[1:]) if _ORDINAL.fullmatch(part) else None) for part in parts]


def _number(numerals: str) -> int:
    """Return a number below a thousand: hundreds, tens and ones, or figures one after another."""
    total, figure = 0, 0
    if not any(unit in numerals for unit in _UNITS):
        return int("".join(str(_FIGURES.index(numeral)) for numeral in numerals))
    for numeral in numerals:
        if numeral in _UNITS:
            total, figure = total + (figure or 1) * _UNITS[numeral], 0
        else:
            figure = _FIGURES.index(numeral)
    return total + figure


@cache
def readings() -> dict[str, str]:
    """Return the reading of each Chinese character that has one here, and of pairs that are read otherwise.

    Source:
        GB 2312-1980: the characters of level 1 stand in the order of their readings.
    """
    text = read_pinyin()
    firsts = {part[-1]: part[:-1] for part in text.first.split()}
    table = {}
    reading = ""
    for character in _level_one():
        reading = firsts.get(character, reading)
        table[character] = reading
    for part in text.others.split():
        sound = part.rstrip("".join(c for c in part if not c.isascii()))
        table |= dict.fromkeys(part[len(sound) :], sound)
    for part in text.pairs.split():
        table[part[-2:]] = part[:-2]
    return table


def _level_one() -> str:
    cells = (bytes((row, cell)) for row in range(_FIRST_ROW, _LAST_ROW + 1) for cell in range(0xA1, 0xFF))
    return b"".join(cells).decode("gb2312", errors="ignore")


def _is_space(character: str) -> bool:
    return unicodedata.category(character)[0] in "ZC"


def _words_without_lookalikes(text: str) -> str:
    """Transliterate word by word; what only looks Latin in a Latin word, or in a Latin name, is read as it looks."""
    looks, table = _lookalikes(), _alphabet()
    parts = re.split(r"(\s+)", text)
    latin_name = any(c.isascii() and c.isalpha() for c in text)
    return "".join(_transliterated(_as_it_looks(part, looks, latin_name=latin_name), table) for part in parts)


def _as_it_looks(word: str, looks: dict[str, str], *, latin_name: bool) -> str:
    foreign = [c for c in word if c.isalpha() and not c.isascii()]
    if not foreign or not all(c in looks for c in foreign):
        return word
    mixed = any(c.isascii() and c.isalpha() for c in word)
    return "".join(looks.get(c, c) for c in word) if mixed or latin_name else word


def _transliterated(word: str, table: dict[str, str]) -> str:
    if word.isascii():
        return word
    letters = []
    for character in word:
        if character in table or _HAN.match(character):
            letters.append(table.get(character, character))
            continue
        for part in unicodedata.normalize("NFKD", character):
            if unicodedata.category(part) not in ("Mn", "Me"):
                letters.append(table.get(part, part))
    return "".join(letters)


@cache
def _alphabet() -> dict[str, str]:
    text = read_letters()
    scripts = (text.cyrillic, text.greek, text.arabic, text.hangul)
    return text.latin | {key: value for script in scripts for key, value in _pairs(script.letters)}


@cache
def _lookalikes() -> dict[str, str]:
    return dict(_pairs(read_letters().lookalikes.letters))


def _pairs(letters: str) -> list[tuple[str, str]]:
    return [(pair[0], pair[2:]) for pair in letters.split()]

"""The tables that names are read and compared by, read and handed on as values."""

from functools import cache
from typing import TypeVar

from harness.codec import packaged
from harness.codec.documents import from_toml
from harness.model.document import Document
from harness.model.name_tables import CompanyForms, Letters, MatchBands, MatchPoints, NameWords, Pinyin

D = TypeVar("D", bound=Document)


@cache
def read_forms() -> CompanyForms:
    """Return the legal forms of companies."""
    return _read(CompanyForms, "company_forms.toml")


@cache
def read_words() -> NameWords:
    """Return the words that many names share."""
    return _read(NameWords, "name_words.toml")


@cache
def read_letters() -> Letters:
    """Return the letters of other scripts as Latin ones."""
    return _read(Letters, "letters.toml")


@cache
def read_pinyin() -> Pinyin:
    """Return the readings of Chinese characters."""
    return _read(Pinyin, "pinyin.toml")


@cache
def read_points() -> MatchPoints:
    """Return every figure that a score is made of."""
    return _read(MatchPoints, "match_points.toml")


@cache
def read_bands() -> MatchBands:
    """Return from which score a name is a hit, and from which a person has to look."""
    return _read(MatchBands, "match_bands.toml")


def _read(model: type[D], name: str) -> D:
    return from_toml(model, (packaged.SCREENING / name).read_bytes(), name)

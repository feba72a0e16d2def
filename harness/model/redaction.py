"""Names of parties taken out of a document, and the key by which their owner puts them back, `redaction-key/1`."""

import re
import unicodedata
from typing import Annotated, Literal

from pydantic import Field

from harness.model.document import Document, Name, Sha256, Text

# 32 of the 64 digits of a keyed digest: long enough that no two names meet, short enough to be read beside each other.
_DIGITS = 32
_MARK = "redacted:"
_REDACTED = re.compile(f"{_MARK}[0-9a-f]{{{_DIGITS}}}")


def redacted_name(digest: str) -> str:
    """Return what stands in place of a name with this keyed digest, in hexadecimal digits."""
    return f"{_MARK}{digest[:_DIGITS]}"


def is_redacted(name: str | None) -> bool:
    """Return whether this stands in place of a name."""
    return name is not None and _REDACTED.fullmatch(name) is not None


def plain(name: str) -> str:
    """Return a name without case, width, spaces and punctuation: names that differ by no more are of one party."""
    wide = name if name.isascii() else unicodedata.normalize("NFKC", name)
    return "".join(filter(str.isalnum, wide.casefold())) or name


def _absent(value: object) -> bool:
    return value is None


class RedactedPlace(Document):
    """One place of one document whose text was replaced, by the steps that lead to it, and what stood there."""

    at: Annotated[tuple[str | int, ...], Field(max_length=64)]
    stood: Text
    # What stood in the file, where it was written with other escapes than need be.
    literal: Annotated[str, Field(max_length=60_000)] | None = Field(None, exclude_if=_absent)


class RedactedDocument(Document):
    """One document that was redacted with the key: the canonical digests of it before and after, and every place."""

    before_sha256: Sha256
    after_sha256: Sha256
    places: Annotated[tuple[RedactedPlace, ...], Field(max_length=200_000)]


class RedactionKey(Document):
    """The salt of the digests and what they stand for, `redaction-key/1`. Whoever has it can read every name."""

    format: Literal["redaction-key/1"] = Field(alias="schema")
    # 32 bytes in hexadecimal digits.
    salt: Sha256
    notes: tuple[Name, ...] = ()
    documents: Annotated[tuple[RedactedDocument, ...], Field(max_length=1_000)] = ()

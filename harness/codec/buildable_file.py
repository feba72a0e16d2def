"""The limits of what is built, read and handed on as values."""

from functools import cache

from harness.codec import packaged
from harness.codec.documents import from_toml
from harness.model.buildable import BuildableText


@cache
def read_limits() -> BuildableText:
    """Return within which limits chips are built."""
    return from_toml(BuildableText, packaged.BUILDABLE.read_bytes(), packaged.BUILDABLE.name)

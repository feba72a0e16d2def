"""Digests of bytes and of sets of files."""

import hashlib
from collections.abc import Iterable


def sha256(data: bytes) -> str:
    """Return the SHA-256 digest in lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def of_files(files: Iterable[tuple[str, bytes]]) -> str:
    """Return one digest over named files, whatever order they come in.

    The digest is that of lines "<sha256>  <name>\\n" sorted by name, as `sha256sum` prints them.
    """
    lines = sorted(f"{sha256(data)}  {name}\n" for name, data in files)
    return sha256("".join(sorted(lines, key=lambda line: line[66:])).encode())


def of_meaning(value: object) -> str:
    """Return a digest of nested tuples and sets, whatever order the sets are in: the first 16 digits."""
    return sha256(_canonical(value).encode())[:16]


def _canonical(value: object) -> str:
    if isinstance(value, frozenset):
        return "{" + ",".join(sorted(map(_canonical, value))) + "}"
    if isinstance(value, tuple):
        return "(" + ",".join(map(_canonical, value)) + ")"
    return f"{type(value).__name__}:{value}"

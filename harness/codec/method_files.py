"""The method file in force."""

from functools import cache

from harness.codec import packaged
from harness.codec.digest import sha256
from harness.codec.documents import from_toml
from harness.codec.method_lock import read_lock
from harness.model.method import MethodParameters


@cache
def read_method() -> tuple[MethodParameters, str]:
    """Return the newest method file that comes with the harness, and its digest."""
    name, data = method_bytes()
    return method_from(data, name)


def method_bytes() -> tuple[str, bytes]:
    """Return the name and the bytes of the newest method file that comes with the harness."""
    return list(packaged.toml_files(packaged.METHODS))[-1]


def method_from(data: bytes, source: str) -> tuple[MethodParameters, str]:
    """Return the method in these bytes, and their digest; from the lock, where it was made from these very bytes.

    Raises:
        UnreadableInput: The bytes are no method file.
    """
    digest = sha256(data)
    found = read_lock(digest)
    return (found, digest) if found is not None else parsed(data, source)


def parsed(data: bytes, source: str) -> tuple[MethodParameters, str]:
    """Return the method in these bytes without the lock, and their digest.

    Raises:
        UnreadableInput: The bytes are no method file.
    """
    return from_toml(MethodParameters, data, source), sha256(data)

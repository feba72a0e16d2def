"""The method file in force."""

from functools import cache

from harness.codec import packaged
from harness.codec.digest import sha256
from harness.codec.documents import from_toml
from harness.model.method import MethodParameters


@cache
def read_method() -> tuple[MethodParameters, str]:
    """Return the newest method file that comes with the harness, and its digest."""
    name, data = list(packaged.toml_files(packaged.METHODS))[-1]
    return from_toml(MethodParameters, data, name), sha256(data)

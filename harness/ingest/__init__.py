"""Readers of other tools' output: one module per tool; each recognises its files and says what they hold.

A module with a constant `TOOL` is a reader; adding a format is adding a module. Besides it has `ABOUT` (one line),
`BASIS` ("sample": written from a real output; "source": from the tool's own source or documentation), `recognises` and
`read`. Nothing here is loaded before a file is to be read.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, cast

from harness.errors import Fault, UnreadableInput
from harness.model.foreign import ForeignFile, Ingested


class Reader(Protocol):
    """What a module of this room offers."""

    TOOL: str
    ABOUT: str
    BASIS: str

    def recognises(self, file: ForeignFile) -> bool:
        """Whether a file looks like what the tool writes."""

    def read(self, file: ForeignFile) -> Ingested:
        """Return what the file holds."""


@cache
def readers() -> Mapping[str, Reader]:
    """Return every reader by the name of its tool, in order."""
    modules = (import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__))
    found = {module.TOOL: cast(Reader, module) for module in modules if hasattr(module, "TOOL")}
    return dict(sorted(found.items()))


def reader_of(file: ForeignFile) -> Reader:
    """Return the reader that recognises a file.

    Raises:
        UnreadableInput: None does, or more than one; names the tools.
    """
    found = [reader for reader in readers().values() if reader.recognises(file)]
    if len(found) == 1:
        return found[0]
    got = "the output of no tool that is known" if not found else " or ".join(one.TOOL for one in found)
    need = "a file of one of " + ", ".join(readers())
    advice = "name the tool: harness ingest TOOL FILE"
    raise UnreadableInput(file.name, (Fault(where="the file", got=got, need=need, next=advice),))

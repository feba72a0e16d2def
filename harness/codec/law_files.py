"""Law files read and handed on as values."""

import tomllib
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from harness.codec import packaged
from harness.codec.digest import of_files
from harness.codec.documents import from_toml
from harness.codec.law_lock import read_lock
from harness.errors import Fault, LawFault
from harness.model.policy import InstrumentText, LensesText, ReadingsText
from harness.policy.law import KnownNames, Law, Selection
from harness.policy.timeline import LawFiles, compile_law

if TYPE_CHECKING:
    from harness.model.assumption import AssumedFact


def read_law(folder: Path | None = None, selection: Selection | None = None) -> Law:
    """Return the law in a folder of instrument files; without one, the law that comes with the harness.

    Args:
        folder: Where the instrument files lie.
        selection: What of it has a say: as known on a day, with proposals, by chosen readings.

    Raises:
        UnreadableInput: A file does not read.
        LawFault: The files do not fit together, or there are none.
    """
    if selection is None and folder is None:
        return _shipped_law()
    files = _law_files(folder) if folder is not None else _shipped_files()
    # What the lock says of all texts holds for a part of them only where that part was looked at.
    files = files if selection is None else replace(files, facts=None)
    return replace(compile_law(files, selection or Selection()), names=known_names())


@cache
def read_assumptions() -> "tuple[AssumedFact, ...]":
    """Return what a classification assumes where nothing is said."""
    # A report needs none of this, and start-up is short.
    from harness.model.assumption import AssumptionsText

    data = packaged.ASSUMPTIONS.read_bytes()
    return from_toml(AssumptionsText, data, packaged.ASSUMPTIONS.name).assumptions


@cache
def _shipped_law() -> Law:
    return replace(compile_law(_shipped_files()), names=known_names())


@cache
def _shipped_files() -> LawFiles:
    return _law_files(packaged.INSTRUMENTS)


def _law_files(folder: Path) -> LawFiles:
    files, lists, digest = _files(folder)
    # The lock holds the same documents, and is read in a fraction of the time.
    return read_lock(digest) or _documents(files, lists, digest)


@cache
def known_names() -> KnownNames:
    """Return the places and makers that facts may name."""
    listed = tomllib.loads(packaged.NAMES.read_text(encoding="utf-8"))
    makers = {name.casefold(): maker["id"] for maker in listed["maker"] for name in maker["names"]}
    wholes = {part: whole for whole, parts in listed["parts"].items() for part in parts}
    return KnownNames(places=frozenset(listed["places"]), makers=makers, wholes=wholes)


def parsed(folder: Path) -> LawFiles:
    """Return the law files in a folder, the lists of lenses and of readings, and the digest of their bytes.

    Raises:
        UnreadableInput: A file does not read.
        LawFault: There are none.
    """
    return _documents(*_files(folder))


def _files(folder: Path) -> tuple[list[tuple[str, bytes]], dict[str, bytes], str]:
    files = list(packaged.toml_files(folder))
    if not files:
        raise LawFault(str(folder), (Fault(where=str(folder), got="no law files", need="instrument files, *.toml"),))
    lists = {path.name: path.read_bytes() for path in (packaged.LENSES, packaged.READINGS, packaged.NAMES)}
    return files, lists, of_files([*files, *((f"../{name}", data) for name, data in lists.items())])


def _documents(files: list[tuple[str, bytes]], lists: dict[str, bytes], digest: str) -> LawFiles:
    lenses, readings = packaged.LENSES.name, packaged.READINGS.name
    return LawFiles(
        instruments=tuple(from_toml(InstrumentText, data, name) for name, data in files),
        lenses=from_toml(LensesText, lists[lenses], lenses),
        readings=from_toml(ReadingsText, lists[readings], readings),
        sha256=digest,
    )

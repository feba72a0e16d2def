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
from harness.model.policy import InstrumentText, LensesText
from harness.policy.law import KnownNames, Law
from harness.policy.timeline import compile_law

if TYPE_CHECKING:
    from harness.model.assumption import AssumedFact


def read_law(folder: Path | None = None) -> Law:
    """Return the law in a folder of instrument files; without one, the law that comes with the harness.

    Raises:
        UnreadableInput: A file does not read.
        LawFault: The files do not fit together, or there are none.
    """
    return _read_law(folder or packaged.INSTRUMENTS)


@cache
def read_assumptions() -> "tuple[AssumedFact, ...]":
    """Return what a classification assumes where nothing is said."""
    # A report needs none of this, and start-up is short.
    from harness.model.assumption import AssumptionsText

    data = packaged.ASSUMPTIONS.read_bytes()
    return from_toml(AssumptionsText, data, packaged.ASSUMPTIONS.name).assumptions


@cache
def _read_law(folder: Path) -> Law:
    files, lenses, digest = _files(folder)
    # The lock holds the same documents, and is read in a fraction of the time.
    law = compile_law(*(read_lock(digest) or _documents(files, lenses)), digest)
    return replace(law, names=known_names())


def known_names() -> KnownNames:
    """Return the places and makers that facts may name."""
    listed = tomllib.loads(packaged.NAMES.read_text(encoding="utf-8"))
    makers = {name.casefold(): maker["id"] for maker in listed["maker"] for name in maker["names"]}
    return KnownNames(places=frozenset(listed["places"]), makers=makers)


def parsed(folder: Path) -> tuple[list[InstrumentText], LensesText, str]:
    """Return the law files in a folder and the list of lenses as documents, and the digest of their bytes.

    Raises:
        UnreadableInput: A file does not read.
        LawFault: There are none.
    """
    files, lenses, digest = _files(folder)
    return *_documents(files, lenses), digest


def _files(folder: Path) -> tuple[list[tuple[str, bytes]], bytes, str]:
    files = list(packaged.toml_files(folder))
    if not files:
        raise LawFault(str(folder), (Fault(where=str(folder), got="no law files", need="instrument files, *.toml"),))
    lenses = packaged.LENSES.read_bytes()
    return files, lenses, of_files([*files, ("../lenses.toml", lenses), ("../names.toml", packaged.NAMES.read_bytes())])


def _documents(files: list[tuple[str, bytes]], lenses: bytes) -> tuple[list[InstrumentText], LensesText]:
    texts = [from_toml(InstrumentText, data, name) for name, data in files]
    return texts, from_toml(LensesText, lenses, "lenses.toml")

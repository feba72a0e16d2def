"""Law files read and handed on as values."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from harness.codec import packaged
from harness.codec.digest import of_files
from harness.codec.documents import from_toml
from harness.codec.law_lock import read_lock
from harness.errors import Fault, LawFault, UnreadableInput
from harness.model.policy import InstrumentText, LensesText, ReadingsText
from harness.policy.law import KnownNames, Law, Selection
from harness.policy.timeline import LawFiles, compile_law

if TYPE_CHECKING:
    from harness.model.assumption import AssumedFact

_LISTS = (packaged.LENSES, packaged.READINGS, packaged.NAMES)
_FOLDER = packaged.INSTRUMENTS.name + "/"


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
    return _compiled(files, known_names(), selection)


def law_of_files(files: Mapping[str, bytes], selection: Selection | None = None) -> Law:
    """Return the law in these bytes: of an archive, or of a revision.

    Args:
        files: By their name below the policy folder: "instruments/NAME.toml", "lenses.toml", "readings.toml" and
            "names.toml"; the list that comes with the harness stands in for one that is not there.
        selection: What of it has a say: as known on a day, with proposals, by chosen readings.

    Raises:
        UnreadableInput: A file does not read.
        LawFault: The files do not fit together, there are none, or a name is no law file's.
    """
    instruments, lists = _parts(files)
    strange = [name for name in files if name not in lists and not _is_instrument(name)]
    faults = [Fault(where=name, got="no name of a law file", need=f"{_FOLDER}NAME.toml or a list") for name in strange]
    if not instruments:
        faults.append(Fault(where=_FOLDER, got="no law files", need="instrument files, *.toml"))
    if faults:
        raise LawFault("the law", tuple(faults))
    return _compiled(_read(instruments, lists), _names_of(lists[packaged.NAMES.name]), selection)


def law_digest(files: Mapping[str, bytes]) -> str:
    """Return the digest that the law in these bytes has; `files` as for `law_of_files`."""
    return _digest(*_parts(files))


def _parts(files: Mapping[str, bytes]) -> tuple[list[tuple[str, bytes]], dict[str, bytes]]:
    lists = {path.name: files[path.name] if path.name in files else path.read_bytes() for path in _LISTS}
    return [(name.removeprefix(_FOLDER), files[name]) for name in sorted(files) if _is_instrument(name)], lists


def law_bytes() -> dict[str, bytes]:
    """Return the files of the law that comes with the harness, by their names below the policy folder."""
    instruments = {_FOLDER + name: data for name, data in packaged.toml_files(packaged.INSTRUMENTS)}
    return {**instruments, **{path.name: path.read_bytes() for path in _LISTS}}


def _is_instrument(name: str) -> bool:
    own = name.removeprefix(_FOLDER)
    return name.startswith(_FOLDER) and own.endswith(".toml") and "/" not in own


def _compiled(files: LawFiles, names: KnownNames, selection: Selection | None) -> Law:
    # What the lock says of all texts holds for a part of them only where that part was looked at.
    files = files if selection is None else replace(files, facts=None)
    return replace(compile_law(files, selection or Selection()), names=names)


@cache
def read_assumptions() -> "tuple[AssumedFact, ...]":
    """Return what a classification assumes where nothing is said."""
    return assumptions_from(packaged.ASSUMPTIONS.read_bytes(), packaged.ASSUMPTIONS.name)


def assumptions_from(data: bytes, source: str) -> "tuple[AssumedFact, ...]":
    """Return the assumptions in these bytes.

    Raises:
        UnreadableInput: The bytes are no list of assumptions.
    """
    # A report needs none of this, and start-up is short.
    from harness.model.assumption import AssumptionsText

    return from_toml(AssumptionsText, data, source).assumptions


@cache
def _shipped_law() -> Law:
    return replace(compile_law(_shipped_files()), names=known_names())


@cache
def _shipped_files() -> LawFiles:
    return _law_files(packaged.INSTRUMENTS)


def _law_files(folder: Path) -> LawFiles:
    return _read(*_files(folder))


def _read(files: list[tuple[str, bytes]], lists: Mapping[str, bytes]) -> LawFiles:
    digest = _digest(files, lists)
    # The lock holds the same documents, and is read in a fraction of the time.
    return read_lock(digest) or _documents(files, lists, digest)


@cache
def known_names() -> KnownNames:
    """Return the places and makers that facts may name."""
    return _names_of(packaged.NAMES.read_bytes())


def _names_of(data: bytes) -> KnownNames:
    try:
        listed = tomllib.loads(data.decode("utf-8"))
        makers = {name.casefold(): maker["id"] for maker in listed["maker"] for name in maker["names"]}
        wholes = {part: whole for whole, parts in listed["parts"].items() for part in parts}
        return KnownNames(places=frozenset(listed["places"]), makers=makers, wholes=wholes)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        fault = Fault(where="the file", got=repr(error), need="TOML with places, maker and parts")
        raise UnreadableInput(packaged.NAMES.name, (fault,)) from None


def parsed(folder: Path) -> LawFiles:
    """Return the law files in a folder, the lists of lenses and of readings, and the digest of their bytes.

    Raises:
        UnreadableInput: A file does not read.
        LawFault: There are none.
    """
    files, lists = _files(folder)
    return _documents(files, lists, _digest(files, lists))


def _files(folder: Path) -> tuple[list[tuple[str, bytes]], dict[str, bytes]]:
    files = list(packaged.toml_files(folder))
    if not files:
        raise LawFault(str(folder), (Fault(where=str(folder), got="no law files", need="instrument files, *.toml"),))
    return files, {path.name: path.read_bytes() for path in _LISTS}


def _digest(files: list[tuple[str, bytes]], lists: Mapping[str, bytes]) -> str:
    return of_files([*files, *((f"../{name}", data) for name, data in lists.items())])


def _documents(files: list[tuple[str, bytes]], lists: Mapping[str, bytes], digest: str) -> LawFiles:
    lenses, readings = packaged.LENSES.name, packaged.READINGS.name
    return LawFiles(
        instruments=tuple(from_toml(InstrumentText, data, name) for name, data in files),
        lenses=from_toml(LensesText, lists[lenses], lenses),
        readings=from_toml(ReadingsText, lists[readings], readings),
        sha256=digest,
    )

"""Spec files of chips, memory stacks and systems, found by id or alias, or named by their path."""

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from harness.codec import packaged
from harness.codec.digest import sha256
from harness.codec.documents import from_toml
from harness.errors import Fault, UnreadableInput
from harness.model.chip_spec import ChipSpec

# Folder of each kind of spec file below the folder of chips.
_FOLDERS = {"chip": ".", "memory": "memory", "system": "systems"}


@cache
def read_spec(chip: str, folder: Path | None = None) -> tuple[ChipSpec, str] | None:
    """Return the spec of the chip with this id or alias, with its digest; None where there is none.

    Raises:
        UnreadableInput: The spec file does not read, or names another chip than its file name.
    """
    file = find("chip", chip, folder)
    return None if file is None else chip_from(file.read_bytes(), file.name, file.stem)


def spec_bytes(chip: str) -> tuple[str, bytes] | None:
    """Return the id and the bytes of the spec file of a chip that comes with the harness; None where there is none."""
    file = find("chip", chip)
    return None if file is None else (file.stem, file.read_bytes())


def chip_from(data: bytes, source: str, expected_id: str | None = None) -> tuple[ChipSpec, str]:
    """Return the chip spec in these bytes, with its digest.

    Raises:
        UnreadableInput: The bytes are no chip spec file, or its id is not the expected one.
    """
    spec = from_toml(ChipSpec, data, source)
    same_id(spec.id, expected_id, source)
    return spec, sha256(data)


def same_id(found: str, expected: str | None, source: str) -> None:
    """Refuse a spec file that is named for another item than the one it describes.

    Raises:
        UnreadableInput: The ids differ.
    """
    if expected is not None and found != expected:
        raise UnreadableInput(source, (Fault(where="id", got=found, need=f"{expected}, as the file is named"),))


def chip_ids(folder: Path | None = None) -> list[str]:
    """Return the id of every chip with a spec, in order."""
    return sorted(file.stem for file in _files("chip", folder))


def spec_files(kind: str, folder: Path | None = None) -> list[Path]:
    """Return the spec files of a kind (chip, memory, system), in order of id."""
    return sorted(_files(kind, folder), key=lambda file: file.stem)


def find(kind: str, word: str, folder: Path | None = None) -> Path | None:
    """Return the spec file of a kind whose id, name or alias this is; None where there is none, or more than one."""
    files = {file.stem: file for file in _files(kind, folder)}
    if word in files:
        return files[word]
    called = [file for file in files.values() if _may_say(file, word) and word.casefold() in _names(file)]
    return called[0] if len(called) == 1 else None


def near_names(word: str, kinds: tuple[str, ...] = ("chip",)) -> list[str]:
    """Return the ids of the items of these kinds whose id or alias looks like this name, nearest first."""
    from difflib import get_close_matches

    files = [file for kind in kinds for file in _files(kind, None)]
    ids = {name: file.stem for file in files for name in _names(file)}
    inside = [name for name in ids if word and word.casefold() in name]
    inside.sort(key=lambda name: (not name.startswith(word.casefold()), len(name), name))
    near = inside or get_close_matches(word.casefold(), ids, n=6, cutoff=0.6)
    return list(dict.fromkeys(ids[name] for name in near))[:3]


def _files(kind: str, folder: Path | None) -> Iterator[Path]:
    return ((folder or packaged.specs_folder()) / _FOLDERS[kind]).glob("*.toml")


@cache
def _may_say(file: Path, word: str) -> bool:
    """Whether it is worth parsing a file to look for a name in it: a name stands there as it is, or escaped."""
    text = file.read_text(encoding="utf-8", errors="replace")
    return word.casefold() in text.casefold() or "\\" in text


@cache
def _names(file: Path) -> frozenset[str]:
    """Return the names of a spec file, case folded: none of a file that is no TOML, which its reader will refuse."""
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        return frozenset({file.stem})
    names = [file.stem, found.get("name"), *(found.get("aliases") or ())]
    return frozenset(name.casefold() for name in names if isinstance(name, str))

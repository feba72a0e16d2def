"""Chip spec files, found by id or alias."""

from functools import cache
from pathlib import Path

from harness.codec import packaged
from harness.codec.digest import sha256
from harness.codec.documents import from_toml
from harness.errors import Fault, UnreadableInput
from harness.model.chip_spec import ChipSpec


@cache
def read_spec(chip: str, folder: Path | None = None) -> tuple[ChipSpec, str] | None:
    """Return the spec of the chip with this id or alias, with its digest; None where there is none.

    Raises:
        UnreadableInput: The spec file does not read, or names another chip than its file name.
    """
    found = _by_id(chip, folder) if chip in chip_ids(folder) else None
    if found is None:
        matching = [name for name in chip_ids(folder) if _is_called(name, chip, folder)]
        found = _by_id(matching[0], folder) if len(matching) == 1 else None
    return found


def _is_called(chip: str, name: str, folder: Path | None) -> bool:
    spec = _by_id(chip, folder)[0]
    return name.casefold() in {alias.casefold() for alias in _names(spec)}


@cache
def _by_id(chip: str, folder: Path | None) -> tuple[ChipSpec, str]:
    file = (folder or packaged.specs_folder()) / f"{chip}.toml"
    data = file.read_bytes()
    spec = from_toml(ChipSpec, data, file.name)
    if spec.id != chip:
        raise UnreadableInput(file.name, (Fault(where="id", got=spec.id, need=f"{chip}, as the file is named"),))
    return spec, sha256(data)


def chip_ids(folder: Path | None = None) -> list[str]:
    """Return the id of every chip with a spec, in order."""
    return sorted(file.stem for file in (folder or packaged.specs_folder()).glob("*.toml"))


def near_names(chip: str) -> list[str]:
    """Return the ids of the chips whose id or alias looks like this name, nearest first."""
    from difflib import get_close_matches

    ids = {name.casefold(): spec.id for one in chip_ids() for spec in (_by_id(one, None)[0],) for name in _names(spec)}
    inside = [name for name in ids if chip and chip.casefold() in name]
    near = inside or get_close_matches(chip.casefold(), ids, n=6, cutoff=0.6)
    return list(dict.fromkeys(ids[name] for name in near))[:3]


def _names(spec: ChipSpec) -> tuple[str, ...]:
    return (spec.id, spec.name, *spec.aliases)

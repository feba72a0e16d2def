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
    """Return the spec of the chip with this id, with its digest; None where there is none.

    Raises:
        UnreadableInput: The spec file does not read, or names another chip than its file name.
    """
    file = (folder or packaged.specs_folder()) / f"{chip}.toml"
    if not file.is_file():
        return None
    data = file.read_bytes()
    spec = from_toml(ChipSpec, data, file.name)
    if spec.id != chip:
        raise UnreadableInput(file.name, (Fault(where="id", got=spec.id, need=f"{chip}, as the file is named"),))
    return spec, sha256(data)


def chip_ids(folder: Path | None = None) -> list[str]:
    """Return the id of every chip with a spec, in order."""
    return sorted(file.stem for file in (folder or packaged.specs_folder()).glob("*.toml"))


def near_names(chip: str) -> list[str]:
    """Return the ids that look like this name, nearest first."""
    from difflib import get_close_matches

    ids = chip_ids()
    return get_close_matches(chip, ids, n=3, cutoff=0.5) or [name for name in ids if chip.lower() in name][:3]

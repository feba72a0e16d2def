"""What is to be classified, from a name or a path to the spec files behind it."""

import tomllib
from collections.abc import Callable
from functools import partial
from pathlib import Path

from harness.codec.digest import sha256
from harness.codec.documents import from_toml
from harness.codec.report_files import read_bytes
from harness.codec.spec_files import chip_from, find, near_names, read_spec, same_id, spec_files
from harness.codec.strict_json import LARGEST_BYTES
from harness.errors import Fault, UnreadableInput
from harness.model.chip_spec import ChipSpec
from harness.model.memory_spec import MemorySpec
from harness.model.subject import Part, Subject
from harness.model.system_spec import SystemSpec

# The spec of a chip by its id or alias, with its digest.
Chips = Callable[[str], tuple[ChipSpec, str] | None]


def read_subject(word: str | Path, kinds: tuple[str, ...] = ("chip", "system", "memory")) -> Subject:
    """Return what a word names: the path of a spec file, or the id or alias of an item of these kinds.

    Raises:
        UnreadableInput: There is no such item, or a spec file does not read; names what looks alike.
    """
    if isinstance(word, Path):
        return _from_path(str(word))
    if word == "-" or word.endswith(".toml") or "/" in word:
        return _from_path(word)
    for kind in kinds:
        file = find(kind, word)
        if file is not None:
            return _READERS[kind](file.read_bytes(), file.name, file.stem)
    near = near_names(word, kinds)
    raise UnreadableInput(
        word or '""',
        (
            Fault(
                where="the name",
                got=repr(word),
                need="the id or alias of a chip, a system or a memory stack, or the path of a spec file",
                next=f"did you mean {', '.join(near)}?" if near else "harness chips lists what there is",
            ),
        ),
    )


def subjects(kind: str) -> list[Subject]:
    """Return every item of a kind (chip, system, memory) that comes with the harness, in order of id."""
    return [_READERS[kind](file.read_bytes(), file.name, file.stem) for file in spec_files(kind)]


def subject_from(data: bytes, source: str, chips: Chips = read_spec) -> Subject:
    """Return the item that these bytes of a spec file describe.

    Args:
        data: The bytes.
        source: What to call them in messages.
        chips: Where the chips that a system contains are found.

    Raises:
        UnreadableInput: The bytes are no spec file, or name a chip that is not found.
    """
    kind = _kind_of(data) if len(data) <= LARGEST_BYTES else "chip"
    reader = partial(_system, chips=chips) if kind == "system" else _READERS[kind]
    return reader(data, source, None)


def spec_file_of(item: str) -> Path | None:
    """Return the spec file of the chip, system or memory stack with just this id that comes with the harness."""
    files = (find(kind, item) for kind in _READERS)
    return next((file for file in files if file is not None and file.stem == item), None)


def _from_path(path: str) -> Subject:
    return subject_from(read_bytes(path), path)


def _kind_of(data: bytes) -> str:
    """Return what kind of spec file this says it is; a chip's where it does not, so that its reader complains."""
    try:
        said = tomllib.loads(data.decode("utf-8")).get("schema")
    except (ValueError, RecursionError):
        said = None
    return {"system-spec/1": "system", "memory-spec/1": "memory"}.get(str(said), "chip")


def _chip(data: bytes, source: str, expected: str | None) -> Subject:
    spec, digest = chip_from(data, source, expected)
    return Subject(
        id=spec.id,
        name=spec.name,
        manufacturer=spec.manufacturer,
        kind="integrated-circuit" if spec.integrated_circuits == 1 else "system",
        data_center=_said(spec.designed_or_marketed_for_data_centers),
        other_eccn=None,
        parts=(Part(spec=spec, sha256=digest, count=spec.integrated_circuits),),
        sha256=digest,
    )


def _memory(data: bytes, source: str, expected: str | None) -> Subject:
    spec = from_toml(MemorySpec, data, source)
    same_id(spec.id, expected, source)
    digest = sha256(data)
    return Subject(
        id=spec.id,
        name=spec.name,
        manufacturer=spec.manufacturer,
        kind="memory-stack",
        data_center=frozenset(),
        other_eccn=None,
        parts=(Part(spec=spec, sha256=digest, count=1),),
        sha256=digest,
    )


def _system(data: bytes, source: str, expected: str | None, chips: Chips = read_spec) -> Subject:
    spec = from_toml(SystemSpec, data, source)
    same_id(spec.id, expected, source)
    held = [(_contained(one.chip, n, source, chips), one.count) for n, one in enumerate(spec.contains)]
    said = [spec.designed_or_marketed_for_data_centers]
    said += [chip.designed_or_marketed_for_data_centers for (chip, _), _ in held]
    return Subject(
        id=spec.id,
        name=spec.name,
        manufacturer=spec.manufacturer,
        kind="system",
        data_center=_said(*said),
        other_eccn=spec.other_eccn,
        parts=tuple(
            Part(spec=chip, sha256=digest, count=count * chip.integrated_circuits) for (chip, digest), count in held
        ),
        sha256=sha256(data),
    )


def _contained(chip: str, n: int, source: str, chips: Chips) -> tuple[ChipSpec, str]:
    found = chips(chip)
    if found is None:
        near = near_names(chip)
        advice = f"did you mean {', '.join(near)}?" if near else None
        fault = Fault(where=f"contains[{n}].chip", got=chip, need="the id of a chip with a spec file", next=advice)
        raise UnreadableInput(source, (fault,))
    return found


def _said(*answers: bool | None) -> frozenset[bool]:
    return frozenset(answer for answer in answers if answer is not None)


_READERS: dict[str, Callable[[bytes, str, str | None], Subject]] = {
    "chip": _chip,
    "memory": _memory,
    "system": _system,
}

"""Spec files as they are linted: of any kind, each told by its schema line, and the limits that they are held to."""

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from harness.codec import packaged
from harness.codec.documents import from_toml
from harness.codec.report_files import read_bytes
from harness.errors import Fault, UnreadableInput
from harness.model.chip_spec import CHIP_SPEC_FORMAT, ChipSpec
from harness.model.memory_spec import MemorySpec
from harness.model.spec_finding import AnySpec, SpecCase, SpecFile
from harness.model.spec_limits import SpecLimits
from harness.model.system_spec import SystemSpec

KINDS: dict[str, type[ChipSpec] | type[SystemSpec] | type[MemorySpec]] = {
    CHIP_SPEC_FORMAT: ChipSpec,
    "system-spec/1": SystemSpec,
    "memory-spec/1": MemorySpec,
}


def read_any_spec(path: str | Path, called: str | None = None) -> SpecFile:
    """Return the spec in a file, whatever its kind; "-" is standard input, and is named by its id.

    Args:
        path: The file.
        called: What to call it in messages; its path where that is not said.

    Raises:
        UnreadableInput: It is no TOML, names no kind of spec, or does not fit that kind; with every fault.
    """
    data, source = read_bytes(path), called or str(path)
    spec = from_toml(_kind(data, source), data, source)
    return SpecFile(name=spec.id if str(path) == "-" else Path(path).stem, spec=spec)


def _kind(data: bytes, source: str) -> type[ChipSpec] | type[SystemSpec] | type[MemorySpec]:
    try:
        schema = tomllib.loads(data.decode("utf-8")).get("schema")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        schema = CHIP_SPEC_FORMAT  # The reader of documents says what is wrong with it.
    if not isinstance(schema, str) or schema not in KINDS:
        fault = Fault(where="schema", got=ascii(schema), need=f"one of {', '.join(KINDS)}")
        raise UnreadableInput(source, (fault,))
    return KINDS[schema]


def shipped_spec_files() -> dict[str, Path]:
    """Return every spec file that comes with the harness, of any kind, in order; by what it is called in messages."""
    folder = packaged.specs_folder()
    return {f"specs/{path.relative_to(folder).as_posix()}": path for path in sorted(folder.rglob("*.toml"))}


@cache
def read_spec_limits() -> SpecLimits:
    """Return the limits that spec files are linted against."""
    return from_toml(SpecLimits, packaged.SPEC_LIMITS.read_bytes(), packaged.SPEC_LIMITS.name)


def cases_to_lint(files: Iterable[SpecFile], shipped: Iterable[SpecFile]) -> list[SpecCase[AnySpec]]:
    """Return a case for each file: those that ship with the harness stand beside it, unless one of the same id does."""
    chosen = list(files)
    ids = {(type(file.spec), file.spec.id) for file in chosen}
    every = [*(file for file in shipped if (type(file.spec), file.spec.id) not in ids), *chosen]
    chips = tuple(file.spec for file in every if isinstance(file.spec, ChipSpec))
    limits = read_spec_limits()
    by_kind = {kind: tuple(file for file in every if type(file.spec) is kind) for kind in KINDS.values()}
    return [
        SpecCase(name=file.name, spec=file.spec, chips=chips, same_kind=by_kind[type(file.spec)], limits=limits)
        for file in chosen
    ]

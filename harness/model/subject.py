"""What is classified: a chip, a memory stack, or a system of chips, with the spec files that describe it."""

from dataclasses import dataclass
from typing import Literal

from harness.model.chip_spec import ChipSpec
from harness.model.memory_spec import MemorySpec

ProductKind = Literal["integrated-circuit", "memory-stack", "system"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """So many of one chip in a subject; a chip is its own only part."""

    spec: ChipSpec | MemorySpec
    sha256: str
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """One item as its spec files describe it."""

    id: str
    name: str
    manufacturer: str
    kind: ProductKind
    # What the files say of the item itself and of the chips in it; empty where nothing is said.
    data_center: frozenset[bool]
    other_eccn: str | None
    parts: tuple[Part, ...]
    sha256: str

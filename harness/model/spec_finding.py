"""A finding about a spec file. Not a finding about evidence: those are about lab reports and have another catalogue."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

from harness.model.chip_spec import ChipSpec
from harness.model.memory_spec import MemorySpec
from harness.model.spec_limits import SpecLimits
from harness.model.system_spec import SystemSpec

AnySpec = ChipSpec | SystemSpec | MemorySpec
Kind_co = TypeVar("Kind_co", bound=AnySpec, covariant=True)


class Severity(StrEnum):
    """What a finding does to a spec file."""

    ERROR = "error"  # The spec file is refused.
    WARNING = "warning"  # A person should settle it before the figures are used.
    NOTE = "note"


@dataclass(frozen=True, kw_only=True, slots=True)
class Slip:
    """The factor by which a figure is probably wrong, and the likeliest cause."""

    factor: Decimal
    above: bool
    cause: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SpecFinding:
    """One finding. `code` is looked up in the catalogue of spec findings, which alone knows its severity."""

    code: str
    where: str
    got: str
    need: str
    slip: Slip | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SpecFile:
    """A spec as it was read, and the name of its file without the ending."""

    name: str
    spec: AnySpec


@dataclass(frozen=True, kw_only=True, slots=True)
class SpecCase(Generic[Kind_co]):
    """A spec file with all that it is linted against: every chip spec, every spec of its own kind, and the limits."""

    name: str
    spec: Kind_co
    chips: tuple[ChipSpec, ...]
    same_kind: tuple[SpecFile, ...]
    limits: SpecLimits

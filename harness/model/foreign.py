"""What another tool's file says, before it becomes part of a lab report: devices, readings, and what has no place."""

from dataclasses import dataclass, field
from decimal import Decimal

from harness.model.device_state import UnitState
from harness.model.measurement import Measurand, Method, NumberFormat, Sparsity, Statistic


@dataclass(frozen=True, kw_only=True, slots=True)
class ForeignFile:
    """A file as it was found: the bytes are what its tool wrote."""

    name: str
    data: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class ForeignDevice:
    """One device that a file speaks of; `key` is how the file itself tells its devices apart."""

    key: str
    name: str | None = None
    manufacturer: str | None = None
    uuid: str | None = None
    serial: str | None = None
    part_number: str | None = None
    # Domain, bus and device as the tool prints them, such as 00000000:01:00.0; it tells apart devices of one machine.
    bus_id: str | None = None
    state: UnitState | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ForeignReading:
    """One figure of a file, in the unit that the file gives it: a measurand where it is one, else an observation."""

    place: str  # Where it stands: a line, a path, a column.
    device: str | None  # The key of its device; None where the file does not say.
    name: str  # A measurand, or the slug of an observation such as "host-to-device-bandwidth".
    value: Decimal | None
    unit: str
    measurand: Measurand | None = None
    number_format: NumberFormat | None = None
    sparsity: Sparsity | None = None
    method: Method | None = None
    statistic: Statistic | None = None
    samples: tuple[Decimal, ...] = ()
    description: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Ingested:
    """All that was read of one file, and all that was not."""

    tool: str
    tool_version: str | None = None
    driver: str | None = None
    firmware: str | None = None
    compute_library: str | None = None
    devices: tuple[ForeignDevice, ...] = ()
    readings: tuple[ForeignReading, ...] = ()
    # What a reader of the report must know, such as "cases that were waived".
    remarks: tuple[str, ...] = ()
    # What found no place: where it stands, what it is, and why.
    not_mapped: tuple[str, ...] = field(default_factory=tuple)

"""Telemetry that a lab report attaches: read once within limits, held against its digest, and kept as columns."""

import re
from array import array
from dataclasses import dataclass, field
from math import nan

from harness.codec.digest import sha256
from harness.codec.report_files import Holdings
from harness.model.case import ReadAttachment
from harness.model.document import FIGURE
from harness.model.lab_report import Attachment, LabReport
from harness.model.telemetry import COLUMNS, ReadTelemetry, UnitTelemetry

_MOST_ROWS = 2_000_000
_NEEDED = ("unit_id", "step", "at_s")
_LIMITERS = "active_limiters"
_FIGURE = re.compile(f"-?{FIGURE}", re.ASCII)
_UNIT = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}", re.ASCII)
_STEP = re.compile(r"[\x20-\x7e]{0,300}")
_CALLED = (".telemetry.csv",)


def read_telemetry(report: LabReport, holdings: Holdings, largest: int) -> tuple[ReadTelemetry, ...]:
    """Return every attached table of telemetry; one that is absent, altered or no table says so.

    Args:
        report: The lab report that names the files.
        holdings: Where they are found.
        largest: Bytes that a file may have.
    """
    found = (_read(one, holdings, largest) for one in report.attachments if one.name.endswith(".csv"))
    return tuple(one for one in found if one is not None)


def _read(one: Attachment, holdings: Holdings, largest: int) -> ReadTelemetry | None:
    try:
        opened = holdings.attachment(one.name)
        if isinstance(opened, ReadAttachment):
            return _left_out(one, opened.fault or "it is not beside the report")
        with opened as file:
            data = file.read(largest + 1)
    except OSError as error:
        return _left_out(one, error.strerror or "it cannot be read")
    if len(data) > largest:
        return _left_out(one, f"it is larger than {largest:,} bytes")
    if sha256(data) != one.sha256:
        return _left_out(one, "its digest is not the one that the report names")
    try:
        table = _Table(data.decode("ascii"))
        return ReadTelemetry(name=one.name, units=table.units()) if table.is_telemetry else _left_out(one, "no header")
    except ValueError as error:
        return _left_out(one, "it holds bytes beyond ASCII" if isinstance(error, UnicodeDecodeError) else str(error))


def _left_out(one: Attachment, fault: str) -> ReadTelemetry | None:
    """Say why a table is left out; of other tables, nothing."""
    return ReadTelemetry(name=one.name, fault=fault) if one.name.endswith(_CALLED) else None


@dataclass(slots=True)
class _Columns:
    """The readings of one unit as they come."""

    names: tuple[str, ...]
    at_s: "array[float]" = field(default_factory=lambda: array("d"))
    steps: "array[int]" = field(default_factory=lambda: array("L"))
    limiters: "array[int]" = field(default_factory=lambda: array("L"))
    readings: "dict[str, array[float]]" = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.readings = {name: array("d") for name in self.names}


class _Table:
    """The table as text, with its header read."""

    def __init__(self, text: str) -> None:
        head, _, self.body = text.partition("\n")
        self.header = head.rstrip("\r").split(",")
        self.is_telemetry = set(_NEEDED) <= set(self.header) and len(set(self.header)) == len(self.header)
        self.columns = tuple(name for name in COLUMNS if name in self.header)
        self.step_numbers: dict[str, int] = {}
        self.limiter_numbers: dict[str, int] = {}
        self.by_unit: dict[str, _Columns] = {}

    def units(self) -> tuple[UnitTelemetry, ...]:
        """Return the readings of every unit.

        Raises:
            ValueError: A line is no reading; says which.
        """
        lines = self.body.removesuffix("\n").split("\n") if self.body else []
        if len(lines) > _MOST_ROWS:
            raise ValueError(f"it has more than {_MOST_ROWS:,} lines")
        places = {name: n for n, name in enumerate(self.header)}
        for number, line in enumerate(lines, start=2):
            self._add(number, line.rstrip("\r").split(","), places)
        steps, limiters = tuple(self.step_numbers), tuple(map(_active, self.limiter_numbers))
        return tuple(_in_order(unit, found, steps, limiters) for unit, found in self.by_unit.items())

    def _add(self, number: int, cells: list[str], places: dict[str, int]) -> None:
        if len(cells) != len(self.header):
            raise ValueError(f"line {number} has {len(cells)} cells; need {len(self.header)}")
        unit, step, at = (cells[places[name]] for name in _NEEDED)
        if not _UNIT.fullmatch(unit) or not _STEP.fullmatch(step):
            raise ValueError(f"line {number} names no unit and step")
        columns = self.by_unit.get(unit)
        if columns is None:
            columns = self.by_unit[unit] = _Columns(self.columns)
        columns.at_s.append(_figure(at, number, "at_s"))
        columns.steps.append(self.step_numbers.setdefault(step, len(self.step_numbers)))
        active = cells[places[_LIMITERS]] if _LIMITERS in places else ""
        columns.limiters.append(self.limiter_numbers.setdefault(active, len(self.limiter_numbers)))
        for name, values in columns.readings.items():
            cell = cells[places[name]]
            values.append(_figure(cell, number, name) if cell else nan)


def _figure(cell: str, number: int, name: str) -> float:
    if _FIGURE.fullmatch(cell) is None:
        raise ValueError(f"line {number}: {name} is no figure")
    return float(cell)


def _active(cell: str) -> tuple[str, ...] | None:
    """Return the limiters that a cell names; nothing written is nothing known."""
    return None if not cell else () if cell == "none" else tuple(dict.fromkeys(cell.split()))


def _in_order(
    unit: str, found: _Columns, steps: tuple[str, ...], limiters: tuple[tuple[str, ...] | None, ...]
) -> UnitTelemetry:
    """Return the readings of a unit in order of time; most files have them so."""
    at = found.at_s
    order = sorted(range(len(at)), key=at.__getitem__)
    readings = {name: array("d", map(values.__getitem__, order)) for name, values in found.readings.items()}
    return UnitTelemetry(
        unit_id=unit,
        at_s=array("d", map(at.__getitem__, order)),
        readings=readings,
        step_names=steps,
        steps=array("L", map(found.steps.__getitem__, order)),
        limiter_names=limiters,
        limiters=array("L", map(found.limiters.__getitem__, order)),
    )

"""Telemetry that a lab report attaches: read once within limits, held against its digest, and kept as columns."""

import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from math import nan
from operator import le, methodcaller
from typing import Any, get_args

from harness.codec.digest import sha256
from harness.codec.report_files import Holdings
from harness.model.case import ReadAttachment
from harness.model.device_state import LimiterName
from harness.model.document import FIGURE
from harness.model.lab_report import Attachment, LabReport
from harness.model.telemetry import COLUMNS, ReadTelemetry, UnitTelemetry

_MOST_ROWS, _BLOCK = 2_000_000, 50_000
_NEEDED = ("unit_id", "step", "at_s")
_LIMITERS = "active_limiters"
_LIMITER_NAMES = frozenset(get_args(LimiterName))
_COMMAS = methodcaller("count", ",")
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
        return _parsed(one, data)
    except ValueError as error:
        return _left_out(one, "it holds bytes beyond ASCII" if isinstance(error, UnicodeDecodeError) else str(error))


def _parsed(one: Attachment, data: bytes) -> ReadTelemetry | None:
    table = _Table(data.decode("ascii"))
    if not table.is_telemetry:
        return _left_out(one, "its first line does not name unit_id, step and at_s")
    units = table.units()
    return ReadTelemetry(name=one.name, units=units) if units else _left_out(one, "it holds no reading")


def _left_out(one: Attachment, fault: str) -> ReadTelemetry | None:
    """Say why a table is left out; of other tables, nothing."""
    return ReadTelemetry(name=one.name, fault=fault) if one.name.endswith(_CALLED) else None


class _Table:
    """The table as text, read block by block into columns of all units together."""

    def __init__(self, text: str) -> None:
        head, _, self.body = text.replace("\r\n", "\n").partition("\n")
        self.header = head.split(",")
        self.is_telemetry = set(_NEEDED) <= set(self.header) and len(set(self.header)) == len(self.header)
        self.names = tuple(name for name in COLUMNS if name in self.header)
        # Every text that stood in a column, with what it means: most of them stand there many times.
        self.unit_ids, self.steps, self.limiters = _Numbers(_unit), _Numbers(_step), _Numbers(_active)
        self.at_s = _Figures("at_s", needed=True)
        self.readings = {name: _Figures(name) for name in self.names}

    def units(self) -> tuple[UnitTelemetry, ...]:
        """Return the readings of every unit, in order of time.

        Raises:
            ValueError: A line is no reading; says which.
        """
        lines = self.body.removesuffix("\n").split("\n") if self.body else []
        if len(lines) > _MOST_ROWS:
            raise ValueError(f"it has more than {_MOST_ROWS:,} lines")
        for first in range(0, len(lines), _BLOCK):
            self._add(lines[first : first + _BLOCK], first + 2)
        return tuple(self._unit(unit, order) for unit, order in self._orders())

    def _add(self, lines: list[str], number: int) -> None:
        count = len(self.header)
        wrong = next((n for n, commas in enumerate(map(_COMMAS, lines)) if commas != count - 1), None)
        if wrong is not None:
            raise ValueError(f"line {number + wrong} has {lines[wrong].count(',') + 1} cells; need {count}")
        cells = ",".join(lines).split(",")
        columns = {name: cells[n::count] for n, name in enumerate(self.header)}
        columns.setdefault(_LIMITERS, [""] * len(lines))
        for name, into in (("unit_id", self.unit_ids), ("step", self.steps), (_LIMITERS, self.limiters)):
            into.add(columns[name], number)
        for name, figures in (("at_s", self.at_s), *self.readings.items()):
            figures.add(columns[name], number)

    def _orders(self) -> Iterator[tuple[str, Sequence[int]]]:
        """Yield each unit with the places of its readings in order of time."""
        at, units = self.at_s.values, self.unit_ids.values
        whole = range(len(at))
        if len(self.unit_ids.numbers) == 1 and all(map(le, at, islice(at, 1, None))):
            yield next(iter(self.unit_ids.numbers)), whole
            return
        names = list(self.unit_ids.numbers)
        for number, order in groupby(sorted(whole, key=lambda n: (units[n], at[n])), key=units.__getitem__):
            yield names[number], tuple(order)

    def _unit(self, unit: str, order: Sequence[int]) -> UnitTelemetry:
        def taken(values: "array[Any]") -> "array[Any]":
            return values if isinstance(order, range) else array(values.typecode, map(values.__getitem__, order))

        return UnitTelemetry(
            unit_id=unit,
            at_s=taken(self.at_s.values),
            readings={name: taken(figures.values) for name, figures in self.readings.items()},
            step_names=tuple(self.steps.numbers),
            steps=taken(self.steps.values),
            limiter_names=tuple(self.limiters.meanings),
            limiters=taken(self.limiters.values),
        )


@dataclass(slots=True)
class _Numbers:
    """A column of names, kept as numbers."""

    meaning: Callable[[str], Any]
    numbers: dict[str, int] = field(default_factory=dict)
    meanings: list[Any] = field(default_factory=list)
    values: "array[int]" = field(default_factory=lambda: array("L"))

    def add(self, cells: Sequence[str], number: int) -> None:
        for cell in dict.fromkeys(cells):
            if cell not in self.numbers:
                try:
                    self.meanings.append(self.meaning(cell))
                except ValueError as error:
                    raise ValueError(f"line {number + cells.index(cell)}: {error}") from None
                self.numbers[cell] = len(self.numbers)
        self.values.extend(map(self.numbers.__getitem__, cells))


@dataclass(slots=True)
class _Figures:
    """A column of figures; where one may be left out, NaN stands for it."""

    name: str
    needed: bool = False
    values: "array[float]" = field(default_factory=lambda: array("d"))

    def add(self, cells: Sequence[str], number: int) -> None:
        found: dict[str, float] = {} if self.needed else {"": nan}
        for cell in dict.fromkeys(cells):
            if cell not in found:
                if _FIGURE.fullmatch(cell) is None:
                    raise ValueError(f"line {number + cells.index(cell)}: {self.name} is no figure")
                found[cell] = float(cell)
        self.values.extend(map(found.__getitem__, cells))


def _unit(cell: str) -> str:
    if _UNIT.fullmatch(cell) is None:
        raise ValueError("unit_id names no unit")
    return cell


def _step(cell: str) -> str:
    if _STEP.fullmatch(cell) is None:
        raise ValueError("step has more than 300 characters, or one that cannot be shown")
    return cell


def _active(cell: str) -> tuple[str, ...] | None:
    """Return the limiters that a cell names; nothing written is nothing known."""
    names = () if cell == "none" else tuple(dict.fromkeys(cell.split()))
    if not set(names) <= _LIMITER_NAMES:
        raise ValueError("active_limiters names a limiter that is none of those that devices report")
    return names if cell else None

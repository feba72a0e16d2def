"""The raw file, `bench-raw/1`: written line by line, read back with every fault named."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from harness.codec import strict_json
from harness.errors import Fault, UnreadableInput
from harness.model.bench_raw import RawEnd, RawHeader, RawLine, RawSeries, RawStep

_LINE: TypeAdapter[RawLine] = TypeAdapter(RawLine)
LARGEST_RAW_BYTES = 512 * 2**20
# Operations or bytes in a second: a thousand times what any device does.
_HIGHEST_RATE = 10**21


@dataclass(frozen=True, kw_only=True, slots=True)
class Journal:
    """A run as it is kept. `torn` when its last line was cut off, as by a lost power supply; that line is left out."""

    header: RawHeader
    lines: tuple[RawLine, ...]
    torn: bool = False

    @property
    def end(self) -> RawEnd | None:
        """How the last sitting ended; None where the run was cut off without a word."""
        last = self.lines[-1]
        return last if isinstance(last, RawEnd) else None

    @property
    def steps_done(self) -> set[str]:
        """The steps that need not be run again."""
        return {line.step for line in self.lines if isinstance(line, RawStep)}


def as_line(line: RawLine) -> bytes:
    """Return one line of the raw file."""
    return line.model_dump_json(by_alias=True, exclude_none=True).encode() + b"\n"


def as_bytes(lines: Iterable[RawLine]) -> bytes:
    """Return the raw file."""
    return b"".join(as_line(line) for line in lines)


def read_journal(data: bytes, source: str) -> Journal:
    """Return the run that a raw file keeps.

    Raises:
        UnreadableInput: It is no raw file, or a line of it but the last cannot be read.
    """
    whole, _, rest = data.rpartition(b"\n")
    lines = [_read(line, f"{source}, line {n}") for n, line in enumerate(whole.split(b"\n"), start=1)]
    if not isinstance(lines[0], RawHeader):
        raise _no_journal(source, "a first line that is no header")
    if any(isinstance(line, RawHeader) for line in lines[1:]):
        raise _no_journal(source, "a second header")
    units = {unit.unit_id for unit in lines[0].units}
    strangers = {unit for line in lines if (unit := getattr(line, "unit_id", None)) is not None} - units
    if strangers:
        raise _no_journal(source, f"lines of {', '.join(sorted(strangers))}, a unit that the header does not name")
    return Journal(header=lines[0], lines=tuple(lines), torn=bool(rest))


def _no_journal(source: str, got: str) -> UnreadableInput:
    return UnreadableInput(source, (Fault(where="the file", got=got, need="a raw file of harness bench, bench-raw/1"),))


def _read(line: bytes, source: str) -> RawLine:
    strict_json.read_payload(line, source)
    try:
        read = _LINE.validate_json(line)
        if isinstance(read, RawSeries) and (fault := _unsound(read)) is not None:
            raise UnreadableInput(source, (fault,))
        return read
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"]) or "the line"
        fault = Fault(where=where, got=json.dumps(str(first["input"])[:60]), need=first["msg"])
        raise UnreadableInput(source, (fault,)) from None


def _unsound(series: RawSeries) -> Fault | None:
    """Return what no run can have written: a sample without time or work, or columns that do not go together."""
    durations = series.durations_s
    columns = (len(series.starts_s), len(series.clocks_mhz))
    if not durations or set(columns) - {len(durations)}:
        got = f"{len(durations)} durations, {columns[0]} starts and {columns[1]} clocks"
        return Fault(where="durations_s", got=got, need="as many of each, and at least one")
    if min(durations) == 0 or series.work == 0:
        return Fault(where="durations_s", got="a sample without time or work", need="more than 0 of both")
    if series.work / min(durations) > _HIGHEST_RATE:
        return Fault(where="work", got=f"{series.work} in {min(durations)} s", need="a rate that a device can have")
    return None


def journal_of(lines: Iterable[RawLine]) -> Journal:
    """Return the run that these lines keep, the header first."""
    header, *others = lines
    if not isinstance(header, RawHeader):
        raise _no_journal("the run", "a first line that is no header")
    return Journal(header=header, lines=(header, *others))


def is_report_name(name: str) -> bool:
    """Return whether a report can have this name, and its attached files names that follow from it."""
    return re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,150}\.json", name) is not None

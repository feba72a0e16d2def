"""Tables of published measurements: CSV with the columns chip, metric, value, unit, method, and others beside them."""

import contextlib
import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, TextIO

from harness.errors import Fault, UnreadableInput
from harness.model.plausible_table import MeasuredRow

NEEDED = ("chip", "metric", "value", "unit")
# What other programs put between cells, and with it often a comma for the decimal point, so that it is not guessed.
_OTHER_MARKS = {";": "semicolons", "\t": "tabs", "|": "bars"}
# A line of a table that people made is short; a file without line ends is no table.
_LONGEST_LINE = 100_000


@contextlib.contextmanager
def opened(path: str) -> Iterator[BinaryIO]:
    """Open a table.

    Raises:
        UnreadableInput: It cannot be opened or read; says why.
    """
    try:
        file = Path(path).open("rb")  # noqa: SIM115 - only opening it may fail here, not what is done with it.
    except OSError as error:
        raise _unreadable(path, "the file", error.strerror or str(error), "a CSV file that can be read") from None
    with file:
        yield file


def measured_rows(file: BinaryIO, source: str) -> Iterator[MeasuredRow]:
    """Yield the rows of a table, one at a time, so that its length does not matter.

    Raises:
        UnreadableInput: The bytes are no UTF-8, no CSV, or lack a column; says which, and at which line.
    """
    reader = csv.reader(_lines(io.TextIOWrapper(file, encoding="utf-8-sig", newline=""), source), strict=True)
    try:
        columns = _columns(next(reader, None), source)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield _row(cells, columns, reader.line_num, source)
    except csv.Error as error:
        raise _unreadable(source, f"line {reader.line_num}", str(error), "CSV with quotes that close") from None
    except UnicodeDecodeError as error:
        raise _unreadable(source, f"line {reader.line_num + 1}", f"byte {error.start}", "UTF-8") from None


def _lines(text: TextIO, source: str) -> Iterator[str]:
    number = 0
    while line := text.readline(_LONGEST_LINE):
        number += 1
        if len(line) == _LONGEST_LINE and not line.endswith(("\n", "\r")):
            raise _unreadable(source, f"line {number}", f"more than {_LONGEST_LINE:,} characters", "a shorter line")
        if "\0" in line:
            raise _unreadable(source, f"line {number}", "a zero byte", "text")
        yield line


def _columns(header: list[str] | None, source: str) -> dict[str, int]:
    if header is None:
        raise _unreadable(source, "line 1", "nothing", "a header with the columns " + ", ".join(NEEDED))
    names = [name.strip().casefold() for name in header]
    columns = {name: names.index(name) for name in (*NEEDED, "method", "notes") if name in names}
    missing = [name for name in NEEDED if name not in columns]
    twice = [name for name in columns if names.count(name) > 1]
    if missing or twice:
        got = ", ".join(names)[:200] or "an empty line"
        need = f"the columns {', '.join(missing)}" if missing else f"the column {twice[0]} once"
        other = next((name for mark, name in _OTHER_MARKS.items() if len(names) == 1 and mark in names[0]), None)
        if other is not None:
            need += f", with commas between; this file has {other}"
        raise _unreadable(source, "line 1", got, need)
    return columns


def _row(cells: list[str], columns: dict[str, int], line: int, source: str) -> MeasuredRow:
    if len(cells) <= max(columns[name] for name in NEEDED):
        raise _unreadable(
            source, f"line {line}", f"{len(cells)} cells", f"as many as the header: {len(columns)} or more"
        )

    def cell(name: str) -> str:
        at = columns.get(name)
        return cells[at].strip() if at is not None and at < len(cells) else ""

    return MeasuredRow(
        line=line,
        chip=cell("chip"),
        metric=cell("metric"),
        value=cell("value"),
        unit=cell("unit"),
        method=cell("method"),
        notes=cell("notes"),
    )


def _unreadable(source: str, where: str, got: str, need: str) -> UnreadableInput:
    return UnreadableInput(source, (Fault(where=where, got=got, need=need),))

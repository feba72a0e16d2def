"""The table of nccl-tests: its columns are those of its heading, which differ over the versions and the collectives."""

import re
from dataclasses import dataclass, field
from decimal import Decimal

from harness.ingest.figures import figure
from harness.ingest.lines import lines_of, named, printable
from harness.model.foreign import ForeignFile

# Under mpirun or srun each line is led by the number of its rank.
_RANK = re.compile(r" {0,20}\d{1,5}:\s(?=\s*[#0-9])")
_DEVICE = re.compile(
    r"#\s+Rank\s+\d+\s+(?:Group\s+\d+\s+)?Pid\s+\d+\s+on\s+(\S{1,200})\s+device\s+(\d{1,4})\s+\[([0-9A-Fa-fx:.]{1,20})\]\s*(.*)"
)
_NAME = re.compile(
    r"\b(all_reduce|all_gather|alltoallv?|broadcast|gather|hypercube|reduce|reduce_scatter|scatter|sendrecv)_perf\b"
)
_VERSION = re.compile(r"#? ?(?:nccl-tests|rccl-tests)(?: version|: Version) (\S{1,60})(?:.*nccl-library=(\d{1,9}))?")
_LIBRARY = re.compile(r"NCCL version (\d[\w.+-]{1,40})|RCCL version ?: ?(\d[\w.+-]{1,40})")
# Under every table of rccl-tests, whatever its errors.
_BOILERPLATE = "# Errors with asterisks"
_TIMES = ("time", "cputime")
_KEPT = {"time": "time", "cputime": "time", "algbw": "algbw", "busbw": "busbw"}


@dataclass(slots=True)
class Row:
    """One message size: figures of each pass by column, its count of wrong results, and its single times."""

    place: str
    size: int
    name: str | None = None  # Of its collective, where the file speaks of several.
    words: list[str] = field(default_factory=list)
    passes: dict[str, dict[str, Decimal | None]] = field(default_factory=dict)
    wrong: dict[str, Decimal | None] = field(default_factory=dict)
    samples: dict[str, tuple[Decimal, ...]] = field(default_factory=dict)


@dataclass(slots=True)
class Collective:
    """One run, or several of one file: each row keeps the name that was told before it."""

    name: str | None = None
    several: bool = False
    # Behind the sums of a run the next one's name is not told yet.
    ended: bool = False
    version: str | None = None
    library: str | None = None
    averages: list[Decimal] = field(default_factory=list)
    # Host, number, bus id and name of the device of each rank.
    ranks: list[tuple[str, ...]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    not_mapped: list[str] = field(default_factory=list)

    def name_from(self, words: str) -> None:
        """Take the name of the collective from a line that names its program."""
        found = _NAME.search(words)
        if found is not None:
            if self.name not in (None, found.group(1)):
                self.remarks.append(f"several collectives: {self.name} and {found.group(1)}")
                self.several = True
            self.name = found.group(1)
            self.ended = "concluded" in words


class _Table:
    def __init__(self) -> None:
        self.collective = Collective()
        self.columns: list[str] = []
        self.units = False
        self.other = 0

    def take(self, number: int, line: str) -> None:
        led = _RANK.match(line)
        words = (line[led.end() :] if led else line).strip()
        if words[:1].isdigit():
            self._row(number, words)
        elif version := _VERSION.match(words):
            self.collective.version = named(version.group(1))
            self.collective.library = f"NCCL {version.group(2)}" if version.group(2) else self.collective.library
        elif words.startswith("#"):
            self._comment(words)
        else:
            self.collective.name_from(words)
            self._library(words)
            self.other += not _NAME.search(words)

    def _comment(self, words: str) -> None:
        parts = words.lstrip("# ").split()
        if "algbw" in parts and "size" in parts:
            self.columns, self.units = parts, False
        elif "(B)" in parts:
            self.units = "(GB/s)" in parts and "(us)" in parts
        elif device := _DEVICE.fullmatch(words):
            self.collective.ranks.append(device.groups())
        elif average := re.match(r"# Avg bus bandwidth\s*:\s*(\S+)", words):
            mean = figure(average.group(1))
            self.collective.averages += [] if mean is None else [mean]
            self.collective.ended = True
        elif bounds := re.match(r"# Out of bounds values\s*:\s*(.*)", words):
            if bounds.group(1).split()[:1] != ["0"]:
                self.collective.remarks.append(f"out of bounds values: {printable(bounds.group(1), 60)}")
        elif words.startswith(_BOILERPLATE):
            return
        elif "error" in words.lower() or "Reducing maxBytes" in words:
            self.collective.remarks.append(printable(words.lstrip("# "), 200))
        else:
            self.collective.name_from(words)

    def _library(self, words: str) -> None:
        found = _LIBRARY.search(words)
        if found is not None and self.collective.library is None:
            self.collective.library = f"NCCL {found.group(1)}" if found.group(1) else f"RCCL {found.group(2)}"

    def _row(self, number: int, words: str) -> None:
        timed = [n for n, column in enumerate(self.columns) if column in _TIMES]
        tokens = words.split()
        if not self.units or not timed or not tokens[0].isdigit() or len(tokens[0]) > 18:
            self.collective.not_mapped.append(
                f"line {number}: {printable(words, 120)}: no row under a heading with units"
            )
            return
        # The columns of a pass are those from one time to the next; a timestamp may stand behind the last one.
        end = timed[1] if len(timed) > 1 else len(self.columns)
        block = [column for column in self.columns[timed[0] : end] if column != "timestamp"]
        told = None if self.collective.ended else self.collective.name
        row = Row(place=f"line {number}", size=int(tokens[0]), name=told)
        cells = self._behind_the_words(row, tokens)
        for n, name in enumerate(("out-of-place", "in-place")[: len(timed)]):
            part = cells[n * len(block) : (n + 1) * len(block)]
            if len(part) == len(block):
                row.passes[name] = {
                    _KEPT[one]: figure(cell) for one, cell in zip(block, part, strict=True) if one in _KEPT
                }
                checked = [cell for one, cell in zip(block, part, strict=True) if one in ("#wrong", "error")]
                row.wrong[name] = figure(checked[0].rstrip("*")) if checked else None
        if not row.passes:
            self.collective.not_mapped.append(
                f"line {number}: {printable(words, 120)}: fewer cells than the heading has"
            )
            return
        self.collective.rows.append(row)

    def _behind_the_words(self, row: Row, tokens: list[str]) -> list[str]:
        """Return the cells behind size, count, type, operation and root; some collectives leave the last two blank."""
        rest = tokens[2 if "count" in self.columns else 1 :]
        while rest and re.match(r"[A-Za-z]", rest[0]) and rest[0] not in ("N/A", "nan", "inf"):
            row.words.append(printable(rest.pop(0), 40))
        width = len(self.columns) - next(n for n, column in enumerate(self.columns) if column in _TIMES)
        if "root" in self.columns and len(rest) > width - ("timestamp" in self.columns):
            rest = rest[1:]
        return rest


def text_of_collective(file: ForeignFile) -> Collective:
    """Return what the text of a run says.

    Raises:
        UnreadableInput: It is no text.
    """
    table = _Table()
    for number, line in lines_of(file):
        table.take(number, line)
    if table.other:
        table.collective.not_mapped.append(f"other lines: {table.other:,}: the library's own log, or a shell's")
    return table.collective

"""nvbandwidth's text: a heading, then for each case its name, a description with the unit, and a matrix."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from harness.ingest.figures import figure
from harness.ingest.lines import lines_of, named, of_several_runs, printable
from harness.model.foreign import ForeignDevice, ForeignFile

_DEVICE = re.compile(r"Device (\d{1,4}): (.{1,200}?)(?: \(([0-9A-Fa-f:.]{5,20})\))?")
_PROCESS = re.compile(
    r"Process\s+(\d{1,4}) \(([^()]{1,200})\): device\s+(\d{1,4}): (.{1,200}?)(?: \(([0-9A-Fa-f:.]+)\))?"
)
_RUNNING = re.compile(r"Running (\w{1,100})\.?")
_UNIT = re.compile(r".*\((?:GB/s|ns|us)\)")
_CELL = r"(?:[0-9.]+|N/A|nan|-nan|inf)"
_ROW = re.compile(rf"\d{{1,4}}(?:\s+{_CELL})+")
_HEADING = re.compile(r"\d{1,4}(?:\s+\d{1,4})*")
_STATUS = re.compile(r"(Waived|Error|Not Found|ERROR)\b:?(.*)")
_ROUTINE = re.compile(
    r"nvbandwidth Version|Built from|NOTE: |Performance can vary|CUDA (?:Runtime|Driver) Version|MPI version"
    r"|SUM |MIN |MAX |AVG |COEFFICIENT_OF_VARIATION "
)


@dataclass(slots=True)
class Case:
    """One test case: a matrix whose unit stands in its description; None where a cell has no figure."""

    place: str
    name: str
    status: str
    description: str = ""
    rows: Sequence[list[Decimal | None]] = ()
    error: str | None = None
    part: str | None = None
    first_row: int = 0

    def as_arguments(self) -> dict[str, Any]:
        """Return the fields by name."""
        return {one.name: getattr(self, one.name) for one in fields(self)}


@dataclass(slots=True)
class Output:
    """What one file holds, before its cells become readings."""

    version: str | None = None
    driver: str | None = None
    devices: list[ForeignDevice] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    # What a column of a matrix is: a GPU, or a process with one GPU.
    column: str = "gpu"
    waived: int = 0
    zeros: int = 0
    summarised: int = 0
    remarks: list[str] = field(default_factory=list)
    edited: list[str] = field(default_factory=list)
    no_unit: list[str] = field(default_factory=list)
    not_mapped: list[str] = field(default_factory=list)

    def take_device(self, found: re.Match[str] | None, text: object, *, alone: bool = True) -> None:
        """Add a device by number, name and bus id; the bus id only where one machine is spoken of."""
        key = None if found is None else f"gpu-{int(found.group(1))}"
        if found is None or key is None or key in {device.key for device in self.devices}:
            self.not_mapped.append(f"device list: {printable(text, 200)}: no device, or one that is listed already")
            return
        bus = found.group(3) if alone else None
        self.devices.append(ForeignDevice(key=key, name=named(found.group(2)), manufacturer="NVIDIA", bus_id=bus))

    def take_process(self, process: re.Match[str]) -> None:
        """Add the device of a process under MPI: the columns are processes then, of one machine or of several."""
        self.column = "process"
        key = f"process-{int(process.group(1))}"
        if key not in {device.key for device in self.devices}:
            self.devices.append(ForeignDevice(key=key, name=named(process.group(4)), manufacturer="NVIDIA"))


def text_output(file: ForeignFile) -> Output:
    """Return what the text of nvbandwidth says.

    Raises:
        UnreadableInput: It is no text, or speaks of two devices by one number.
    """
    output, lines = Output(), _Lines()
    for number, line in lines_of(file):
        lines.take(output, number, line.strip())
    if lines.another is not None:
        raise of_several_runs(file, *lines.another)
    for case in output.cases:
        known = len(output.devices)
        if known and "GPU(column)" in case.description and any(len(row) > known for row in case.rows):
            output.edited.append(f"{case.name}: more columns than the {known} devices that are listed")
    return output


class _Lines:
    """Reads line after line; knows which case runs, and whether a matrix has begun."""

    def __init__(self) -> None:
        self.name: str | None = None
        self.case: Case | None = None
        self.headed = False
        self.devices: dict[str, tuple[str | None, ...]] = {}
        self.another: tuple[str, str] | None = None

    def take(self, output: Output, number: int, words: str) -> None:
        if running := _RUNNING.fullmatch(words):
            self.name, self.case, self.headed = running.group(1), None, False
        elif _UNIT.fullmatch(words):
            name = self.name or f"line-{number}"
            self.case = Case(place=f"line {number}", name=name, status="Passed", description=words, rows=[])
            self.headed = False
            output.cases.append(self.case)
        elif self.case is not None and not self.headed and _HEADING.fullmatch(words):
            self.headed = True
        elif self.case is not None and self.headed and _ROW.fullmatch(words):
            cells: Any = self.case.rows
            cells.append([figure(cell) for cell in words.split()[1:]])
        else:
            self._other(output, number, words)

    def _other(self, output: Output, number: int, words: str) -> None:
        if status := _STATUS.match(words):
            self._status(output, status)
        elif device := _DEVICE.fullmatch(words):
            self._device(output, number, device)
        elif process := _PROCESS.fullmatch(words):
            output.take_process(process)
        elif words.startswith("nvbandwidth Version:"):
            output.version = named(words.partition(":")[2])
        elif words.startswith("Driver Version:"):
            output.driver = named(words.partition(":")[2])
        elif "error" in words.lower() or words.startswith("Warning"):
            output.remarks.append(f"line {number}: {printable(words, 200)}")
        elif not _ROUTINE.match(words):
            output.not_mapped.append(f"line {number}: {printable(words, 120)}: no line of a matrix or its heading")

    def _device(self, output: Output, number: int, device: re.Match[str]) -> None:
        if self.devices.setdefault(device.group(1), device.groups()) != device.groups():
            self.another = self.another or (f"line {number}", f"device {device.group(1)}")
        output.take_device(device, device.group())

    def _status(self, output: Output, status: re.Match[str]) -> None:
        if status.group(1) == "Waived":
            output.waived += 1
        else:
            output.remarks.append(f"{self.name or 'a case'}: {printable(status.group(), 200)}")

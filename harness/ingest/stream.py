"""STREAM, the classic benchmark of main memory in C: text, with the best rate of each of four kernels.

"MB/s" is 10^6 bytes a second: `1.0E-06 * bytes[j]/mintime[j]`. Copy and Scale count two arrays, Add and Triad three;
what a cache reads before it writes is not counted. The rate is that of the shortest run, the first one left out.

Source:
    `stream.c`, revision 5.10 (University of Virginia), and a real output in microsoft/superbenchmark
    `tests/data/streamResultNeo.log`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from harness.ingest.figures import figure
from harness.ingest.lines import count_of, listed, named, numbered, printable, refusal, slug, text_of
from harness.model.foreign import ForeignFile, ForeignReading, Ingested
from harness.model.measurement import Method, Statistic

TOOL = "stream"
ABOUT = "STREAM's text: best rates of main memory, by default of the host"
BASIS = "sample"

_HEADER = re.compile(r"Function\s+(?:Best )?Rate \(?MB/s\)?\s+Avg time\s+Min time\s+Max time\s*", re.IGNORECASE)
_ROW = re.compile(r"(Copy|Scale|Add|Triad):\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)")
_ARRAYS = {"copy": 2, "scale": 2, "add": 3, "triad": 3}
_NAMED = re.compile(r"STREAM version \$Revision: (\S+) \$")
_FRAME = re.compile(r"[-=]+")


@dataclass(slots=True)
class _Run:
    version: str | None = None
    in_table: bool = False
    elements: int | None = None
    element_bytes: int | None = None
    threads: str | None = None
    validated: bool = False
    readings: list[ForeignReading] = field(default_factory=list)
    other: list[int] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    not_mapped: list[str] = field(default_factory=list)


def recognises(file: ForeignFile) -> bool:
    """Is there STREAM's version line, or the header of its table?"""
    head = file.data[:200_000].decode("utf-8", errors="replace")
    return any(_NAMED.match(line.strip()) or _HEADER.fullmatch(line.strip()) for _, line in numbered(head))


def read(file: ForeignFile) -> Ingested:
    """Return the best rate of each kernel with its times.

    Raises:
        UnreadableInput: No kernel has a rate under the header that gives the unit.
    """
    run = _Run()
    for number, line in numbered(text_of(file)):
        _take(run, number, line.strip())
    if not run.readings:
        raise refusal(file, "the file", "no rate of any kernel", 'the header "Best Rate MB/s" and a line per kernel')
    if run.other:
        where = f"lines {run.other[0]} to {run.other[-1]}"
        run.not_mapped.append(
            f"{where}: {count_of(len(run.other), 'line')}: settings and advice of the tool, no results"
        )
    return Ingested(
        tool=TOOL,
        tool_version=run.version,
        readings=tuple(run.readings),
        remarks=listed(tuple(_remarks(run))),
        not_mapped=listed(run.not_mapped),
    )


def _take(run: _Run, number: int, words: str) -> None:
    if _FRAME.fullmatch(words):
        return
    if version := _NAMED.match(words):
        run.version = named(version.group(1))
    elif _HEADER.fullmatch(words):
        run.in_table = True
    elif (row := _ROW.fullmatch(words)) and run.in_table:
        _take_row(run, f"line {number}", row)
    elif size := re.match(r"Array size = (\d{1,15}) \(elements\)", words):
        run.elements = int(size.group(1))
    elif each := re.match(r"This system uses (\d{1,3}) bytes per", words, re.IGNORECASE):
        run.element_bytes = int(each.group(1))
    elif threads := re.match(r"Number of Threads counted = (\d{1,9})", words):
        run.threads = threads.group(1)
    elif "validat" in words.lower():
        run.validated |= words.startswith("Solution Validates")
        if not words.startswith("Solution Validates"):
            run.remarks.append(f"line {number}: {printable(words, 200)}: the arrays did not hold what they should")
    else:
        run.other.append(number)


def _take_row(run: _Run, place: str, row: re.Match[str]) -> None:
    kernel, rate = row.group(1).lower(), figure(row.group(2))
    if rate is None or rate == 0:
        run.not_mapped.append(f"{place}: {printable(row.group(), 120)}: the rate is no figure")
        return
    touched = (run.elements or 0) * (run.element_bytes or 0) * _ARRAYS[kernel]
    method = Method(
        name=f"stream-{kernel}",
        description=f"{run.threads} threads" if run.threads else None,
        bytes_counted="read+write",
        footprint_bytes=touched if 0 < touched <= 10**18 else None,
    )
    run.readings.append(
        ForeignReading(
            place=place,
            device=None,
            name="total_dram_bandwidth",
            value=rate,
            unit="MB/s",
            measurand="total_dram_bandwidth",
            method=method,
            statistic="max",
        )
    )
    kinds: tuple[Statistic, ...] = ("mean", "min", "max")
    for kind, time in zip(kinds, row.groups()[2:], strict=True):
        name = slug("stream", kernel, "time", kind)
        run.readings.append(
            ForeignReading(place=place, device=None, name=name, value=figure(time), unit="s", statistic=kind)
        )


def _remarks(run: _Run) -> Iterator[str]:
    yield (
        "STREAM measures the memory of the processor that runs it, which is the host unless the chip itself runs it; "
        "the file names no device"
    )
    yield "a rate is that of the shortest run, not of the mean; reads that a cache makes before a write are not counted"
    if not run.validated:
        yield 'the line "Solution Validates" is missing: nothing shows that the kernels did their work'
    yield from run.remarks

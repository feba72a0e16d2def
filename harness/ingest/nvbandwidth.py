"""nvbandwidth, as JSON and as text: matrices of rates between a host and GPUs, and of latencies.

The unit of a matrix stands in prose only, and a latency in nanoseconds stands in a field that is called
`bandwidth_matrix`. Cells have about six digits. `min` counts N/A as 0 and `sum` adds up what runs at different times:
neither is taken. From version 0.6 on, the JSON of a bidirectional case holds three matrices under each other (one way,
other way, total), while its description and sum are those of the last. Buffer size and samples are not printed. None of
these rates is a quantity of a lab report: a pair of devices is not all the links of one, and a local copy counts each
byte once, which the DRAM reads and writes.

Source:
    NVIDIA/nvbandwidth at 66746a3 (v0.8) and its versions from 0.2 on: `json_output.cpp`, `output.cpp`,
    `testcases_ce.cpp`, `testcases_sm.cpp`; real outputs of v0.5 (JSON) in NVIDIA/DCGM
    `NVBandwidthTestsInputs.cpp` and of v0.6 (text) in microsoft/superbenchmark `tests/data/nvbandwidth_results.log`.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from harness.ingest.figures import figure
from harness.ingest.foreign_json import embedded_in, items, members
from harness.ingest.lines import count_of, listed, named, printable, refusal, slug
from harness.ingest.nvbandwidth_text import Case, Output, text_output
from harness.model.foreign import ForeignDevice, ForeignFile, ForeignReading, Ingested

TOOL = "nvbandwidth"
ABOUT = "nvbandwidth (JSON, text): rates between host and GPUs and latencies, as observations"
BASIS = "sample"

_UNITS = {"GB/s": "GB/s", "ns": "ns", "us": "us"}
_THREE = ("one way", "other way", "total")
# Of larger matrices only the highest and lowest of each row are kept.
LARGEST_MATRIX, MOST_ROWS = 16, 4_096
_DEVICE = re.compile(r"(\d{1,4}): (.{1,200}?)(?: \(([0-9A-Fa-f:.]{5,20})\))?(?:: \(([^()]{1,200})\))?")


def recognises(file: ForeignFile) -> bool:
    """Is there nvbandwidth's object, or its line of version or of a running case?"""
    head = file.data[:1_000_000]
    if re.search(rb'\{\s*"nvbandwidth"\s*:', head):
        return True
    return (
        b"nvbandwidth Version:" in head
        or re.search(rb"^[ \t]*memcpy (?:CE|SM|local) .*\(GB/s\)", head, re.M) is not None
    )


def read(file: ForeignFile) -> Ingested:
    """Return each cell with the unit that its matrix names.

    Raises:
        UnreadableInput: It is no JSON and no text of nvbandwidth, or no case has a figure with a unit.
    """
    as_json = re.search(rb'\{\s*"nvbandwidth"\s*:', file.data) is not None
    output = _json_output(file) if as_json else text_output(file)
    if not output.devices:
        _name_columns(output)
    keys = {device.key for device in output.devices}
    readings: list[ForeignReading] = []
    for case in output.cases:
        for part in _parts(case):
            readings += _readings(part, keys, output)
    if not readings:
        raise refusal(file, "the test cases", "no figure with a unit", "a case such as host_to_device_memcpy_ce")
    return Ingested(
        tool=TOOL,
        tool_version=output.version,
        driver=output.driver,
        devices=tuple(output.devices),
        readings=tuple(readings),
        remarks=listed(tuple(_remarks(output))),
        not_mapped=listed(tuple(_not_mapped(output))),
    )


def _name_columns(output: Output) -> None:
    """Before version 0.7 the JSON lists no devices: the columns are all that tells them apart."""
    of_gpus = [row for case in output.cases if "GPU(column)" in case.description for row in case.rows]
    for column in range(max(map(len, of_gpus), default=0)):
        output.devices.append(ForeignDevice(key=f"gpu-{column}", manufacturer="NVIDIA"))


def _json_output(file: ForeignFile) -> Output:
    root = members(members(embedded_in(file, "nvbandwidth")).get("nvbandwidth"))
    output = Output(version=named(root.get("version")), driver=named(root.get("Driver Version")))
    listed_devices = [text for key in ("GPU Device list", "GPU Device info") for text in items(root.get(key))]
    hosts = {found.group(4) for text in listed_devices if (found := _DEVICE.fullmatch(str(text)))}
    for text in listed_devices:
        output.take_device(_DEVICE.fullmatch(str(text)), text, alone=len(hosts) <= 1)
    for key in ("error", "warning"):
        if root.get(key):
            output.remarks.append(f"{key}: {printable(root[key], 300)}")
    for n, each in enumerate(items(root.get("testcases"))):
        output.cases.append(_json_case(n, members(each)))
    return output


def _json_case(n: int, case: dict[str, Any]) -> Case:
    rows = [[figure(cell) for cell in items(row)] for row in items(case.get("bandwidth_matrix"))]
    return Case(
        place=f"testcases[{n}]",
        name=printable(case.get("name") or f"case-{n}", 200),
        status=printable(case.get("status") or "no status", 60),
        description=printable(case.get("bandwidth_description") or "", 300),
        rows=rows,
        error=named(case.get("error")),
    )


def _parts(case: Case) -> Iterator[Case]:
    """Take apart the three matrices that one case of the JSON holds."""
    columns = len(case.rows[0]) if case.rows else 0
    if "bidirectional" in case.name and columns > 1 and len(case.rows) == 3 * columns:
        for n, part in enumerate(_THREE):
            rows = case.rows[n * columns : (n + 1) * columns]
            yield Case(**{**case.as_arguments(), "rows": rows, "part": part, "first_row": n * columns})
    else:
        yield case


def _readings(case: Case, keys: set[str], output: Output) -> Iterator[ForeignReading]:
    unit = next((unit for unit in _UNITS if f"({unit})" in case.description), None)
    if unit is None:
        if case.rows:
            output.no_unit.append(f"{case.place} {case.name}: {case.description or 'no description'}")
        return
    if len(case.rows) > MOST_ROWS:
        output.not_mapped.append(
            f"{case.place} {case.name}: {len(case.rows):,} rows: more than any machine has devices"
        )
        return
    large = len(case.rows) > LARGEST_MATRIX or any(len(row) > LARGEST_MATRIX for row in case.rows)
    between = "GPU(row)" in case.description
    for n, row in enumerate(case.rows):
        cells = [(m, value) for m, value in enumerate(row) if value is not None and not (between and m == n)]
        if large and len(cells) > 2:
            output.summarised += len(cells) - 2
            cells = [min(cells, key=lambda cell: cell[1]), max(cells, key=lambda cell: cell[1])]
        for m, value in cells:
            if value == 0:
                output.zeros += 1
            else:
                yield _reading(case, unit, (n, m), value, keys, output.column)


def _reading(case: Case, unit: str, at: tuple[int, int], value: Decimal, keys: set[str], prefix: str) -> ForeignReading:
    row, column = at
    between = "GPU(row)" in case.description
    key = f"{prefix}-{row if between else column}"
    words = [case.description, f"row {row}, column {column}", *([case.part] if case.part else [])]
    return ForeignReading(
        place=f"{case.place}[{case.first_row + row}][{column}]",
        device=key if key in keys else None,
        name=slug(case.name, case.part or ""),
        value=value,
        unit=_UNITS[unit],
        description="; ".join(word for word in words if word),
    )


def _remarks(output: Output) -> Iterator[str]:
    yield "rates between parts of a machine: no quantity of a lab report; buffer size and samples are not printed"
    if any(case.name == "device_local_copy" and case.rows for case in output.cases):
        yield "device_local_copy counts each byte once, though it is read and written: the DRAM moved twice as much"
    if any("latency" in case.name and case.rows for case in output.cases):
        yield "latencies stand under the name of a bandwidth; they are read in the unit of their description"
    if any(len(list(_parts(case))) > 1 for case in output.cases):
        yield "bidirectional cases hold three matrices under each other: one way, other way, total"
    waived = [case.name for case in output.cases if case.status.startswith("Waived")]
    if waived or output.waived:
        yield f"{count_of(len(waived) + output.waived, 'case')} waived: {', '.join(waived[:10]) or 'not named'}"
    for case in output.cases:
        if not case.status.startswith(("Passed", "Waived")):
            yield f"{case.name}: status {case.status}{f': {case.error}' if case.error else ''}"
    if output.zeros:
        yield f"{count_of(output.zeros, 'cell is', 'cells are')} 0, which is no rate: left out"
    if output.edited:
        yield from output.edited
    yield from output.remarks


def _not_mapped(output: Output) -> Iterator[str]:
    figures = [case for case in output.cases if case.rows]
    if figures:
        cases = count_of(len(figures), "case")
        yield f"sum, min, max, average of {cases}: sums over different times; min counts N/A as 0"
    blank = sum(value is None for case in figures for row in case.rows for value in row)
    if blank:
        yield f"matrices: {count_of(blank, 'cell')}: N/A or no figure"
    if output.summarised:
        yield f"matrices: {count_of(output.summarised, 'cell')} between the highest and the lowest of their rows"
    for entry in output.no_unit:
        yield f"{printable(entry, 300)}: no unit in its description"
    yield from output.not_mapped

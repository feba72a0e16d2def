"""nccl-tests and rccl-tests, as text and as JSON (-J): time, algorithm bandwidth and bus bandwidth by message size.

Bus bandwidth is algorithm bandwidth times a factor of the collective, so that it can be held against the rate of a
link, in one direction. "Avg bus bandwidth" is the mean over all message sizes, small ones too: it is no capability, and
is not taken. A size of 0 bytes has no rate, and 0.00 is less than the last digit shows. A collective speaks of all its
ranks together, so no figure is one device's, and none is a quantity of a lab report. Bandwidths are in units of 10^9
bytes a second, times in microseconds.

Source:
    NVIDIA/nccl-tests at a0b82b2 (2.19.6), `src/util.cu` (both forms), `doc/PERFORMANCE.md`; real outputs in
    microsoft/superbenchmark `tests/data/nccl_*.log`. The JSON is read from the source alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from harness.ingest.figures import figure
from harness.ingest.foreign_json import embedded_in, items, members, whole
from harness.ingest.lines import count_of, listed, named, printable, refusal, slug
from harness.ingest.nccl_text import Collective, Row, text_of_collective
from harness.model.foreign import ForeignDevice, ForeignFile, ForeignReading, Ingested

TOOL = "nccl-tests"
ABOUT = "nccl-tests, rccl-tests (text, -J JSON): bandwidth of collectives by message size, as observations"
BASIS = "sample"

_HEADING = {b"size", b"algbw", b"busbw"}
_JSON = re.compile(rb'\{\s*"version"\s*:\s*\d+\s*,\s*"start_time"')
MOST_ROWS = 3_000
_PASSES = (("out-of-place", "out_of_place"), ("in-place", "in_place"))


@dataclass(slots=True)
class _Found:
    readings: list[ForeignReading] = field(default_factory=list)
    highest: tuple[Decimal, Row] | None = None
    empty: int = 0
    wrong: int = 0
    unchecked: int = 0
    no_figure: int = 0


def recognises(file: ForeignFile) -> bool:
    """Is there the heading of its table, or the beginning of its JSON?"""
    if file.data.lstrip()[:1] == b"{":
        return _JSON.match(file.data.lstrip()) is not None and b'"nccl_version"' in file.data
    lines = file.data[:4_000_000].splitlines() if b"busbw" in file.data[:4_000_000] else []
    return any(b"#" in line and _HEADING.issubset(line[:4_000].split()) for line in lines if b"busbw" in line)


def read(file: ForeignFile) -> Ingested:
    """Return time and both bandwidths of each message size.

    Raises:
        UnreadableInput: It is neither form, or no row has a figure.
    """
    as_json = _JSON.match(file.data.lstrip()) is not None
    collective = _from_json(file) if as_json else text_of_collective(file)
    found = _Found()
    for row in collective.rows[:MOST_ROWS]:
        _take(found, collective, row)
    if not found.readings:
        raise refusal(file, "the table", "no row with a figure and its unit", "rows of size, time, algbw, busbw")
    return Ingested(
        tool=TOOL,
        tool_version=collective.version,
        compute_library=collective.library,
        devices=tuple(_devices(collective)),
        readings=tuple(found.readings),
        remarks=listed(tuple(_remarks(found, collective))),
        not_mapped=listed(tuple(_not_mapped(found, collective))),
    )


def _from_json(file: ForeignFile) -> Collective:
    root = members(embedded_in(file, "version"))
    library = whole(root.get("nccl_version"))
    collective = Collective(library=f"NCCL {library}" if library is not None else None)
    for argument in items(root.get("args"))[:1]:
        collective.name_from(str(argument))
    for each in items(members(root.get("config")).get("devices")):
        device = members(each)
        words = (device.get("hostname"), device.get("device"), device.get("device_hex"), device.get("device_info"))
        collective.ranks.append(tuple(printable(word or "", 200) for word in words))
    for n, each in enumerate(items(root.get("results"))):
        collective.rows.append(_json_row(n, members(each)))
    collective.remarks += [f"error: {printable(one, 300)}" for one in items(root.get("errors")) if one]
    if root.get("env"):
        collective.not_mapped.append("env: the environment of the run, which may hold secrets: not copied")
    average = members(root.get("average_bus_bandwidth")).get("bandwidth")
    mean = figure(average) if average is not None else None
    collective.averages += [] if mean is None else [mean]
    return collective


def _json_row(n: int, result: dict[str, Any]) -> Row:
    row = Row(place=f"results[{n}]", size=whole(result.get("size")) or 0)
    row.words = [printable(result.get(key), 40) for key in ("type", "redop") if result.get(key)]
    for name, key in _PASSES:
        timed = members(result.get(key))
        if timed:
            wrong = timed.get("nwrong")
            figures = {one: figure(timed.get(two)) for one, two in (("algbw", "alg_bw"), ("busbw", "bus_bw"))}
            row.passes[name] = {"time": figure(timed.get("time", timed.get("cpu_time"))), **figures}
            row.wrong[name] = None if wrong is None else figure(wrong)
        times = items(members(result.get(f"{key}_per_iter")).get("times_us"))
        row.samples[name] = tuple(value for one in times if (value := figure(one)) is not None)
    return row


def _take(found: _Found, collective: Collective, row: Row) -> None:
    if row.size == 0:
        found.empty += 1
        return
    for name, figures in row.passes.items():
        wrong = row.wrong.get(name)
        found.unchecked += wrong is None
        found.wrong += bool(wrong)
        for column, value in figures.items():
            if not value:
                found.no_figure += 1
                continue
            found.readings.append(_reading(collective, row, name, column, value))
            if column == "busbw" and (found.highest is None or value > found.highest[0]):
                found.highest = value, row


def _reading(collective: Collective, row: Row, name: str, column: str, value: Decimal) -> ForeignReading:
    words = [f"{row.size:,} B", name, *row.words]
    return ForeignReading(
        place=f"{row.place}, {name}",
        device=None,
        name=slug((row.name if collective.several else collective.name) or "collective", column),
        value=value,
        unit="us" if column == "time" else "GB/s",
        samples=row.samples.get(name, ()) if column == "time" else (),
        description=", ".join(words),
    )


def _devices(collective: Collective) -> Iterator[ForeignDevice]:
    hosts = {host for host, *_ in collective.ranks}
    seen: set[str] = set()
    for host, number, bus, name in collective.ranks:
        key = f"gpu-{number}" if len(hosts) == 1 else f"{host}-gpu-{number}"
        if key not in seen:
            seen.add(key)
            # Machines number their buses alike, so a bus id tells nothing where several are spoken of.
            one_machine = bus if len(hosts) == 1 and ":" in bus else None
            yield ForeignDevice(key=key, name=named(name), bus_id=one_machine)


def _remarks(found: _Found, collective: Collective) -> Iterator[str]:
    ranks = f" over {count_of(len(collective.ranks), 'rank')}" if collective.ranks and not collective.several else ""
    yield f"a collective{ranks}: its figures are all devices' together, in one direction: no quantity of a lab report"
    if found.highest is not None:
        yield f"the highest bus bandwidth is {found.highest[0]} GB/s, at {found.highest[1].size:,} B"
    for mean in collective.averages:
        yield f"the average bus bandwidth of {mean} GB/s is over all sizes, and no capability: left out"
    if collective.name is None:
        yield "which collective it was is not printed"
    if found.wrong:
        yield f"{count_of(found.wrong, 'pass has', 'passes have')} wrong results"
    if found.unchecked:
        yield f"the results of {count_of(found.unchecked, 'pass', 'passes')} were not checked"
    yield from collective.remarks


def _not_mapped(found: _Found, collective: Collective) -> Iterator[str]:
    if found.empty:
        yield f"{count_of(found.empty, 'row')} of 0 bytes: no rate"
    if found.no_figure:
        yield f"{count_of(found.no_figure, 'cell')}: 0.00, or no figure"
    if any(row.samples.get(name) for row in collective.rows for name, _ in _PASSES):
        yield "per_iter: percentiles and spread, which the times themselves give"
    if len(collective.rows) > MOST_ROWS:
        yield f"{count_of(len(collective.rows) - MOST_ROWS, 'row')} behind the first {MOST_ROWS:,}"
    yield from collective.not_mapped

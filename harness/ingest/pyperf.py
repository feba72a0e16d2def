"""pyperf's JSON: the raw values of a program's benchmark on a host, with what was seen meanwhile.

Values are seconds unless the metadata name another unit ("byte", "integer"). Runs without values calibrate. The names
of the metadata say which of them hold for all runs and which for one.

Source:
    psf/pyperf `doc/api.rst` (Benchmark, Run, "unit": second by default) and `pyperf/_metadata.py`; a real file in
    `doc/py3.json.gz`.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from harness.ingest.figures import figure
from harness.ingest.foreign_json import Printed, items, json_of, members
from harness.ingest.lines import count_of, listed, median, named, printable, refusal, slug
from harness.model.foreign import ForeignFile, ForeignReading, Ingested

TOOL = "pyperf"
ABOUT = "pyperf's JSON: raw times of a program on the host, as observations"
BASIS = "sample"

_TAKEN = {"name", "unit"}
_UNITS = {"second": "s", "byte": "B", "integer": "1"}


@dataclass(slots=True)
class _File:
    readings: list[ForeignReading] = field(default_factory=list)
    calibrations: int = 0
    warmups: int = 0
    no_figure: int = 0
    cut: int = 0
    metadata: Counter[str] = field(default_factory=Counter)
    remarks: list[str] = field(default_factory=list)


def recognises(file: ForeignFile) -> bool:
    """Is it an object with benchmarks, runs and their values, and of no other tool?"""
    data = file.data
    if data.lstrip()[:1] != b"{" or not (b'"benchmarks"' in data and b'"runs"' in data and b'"version"' in data):
        return False
    return (b'"values"' in data or b'"warmups"' in data) and b'"nvbench"' not in data and b'"states"' not in data


def read(file: ForeignFile) -> Ingested:
    """Return the median of each benchmark with its raw series.

    Raises:
        UnreadableInput: It is no JSON, or no benchmark has a value.
    """
    whole_file, found = members(json_of(file)), _File()
    shared = members(whole_file.get("metadata"))
    found.metadata.update(shared.keys())
    for n, benchmark in enumerate(items(whole_file.get("benchmarks"))):
        _take(found, f"benchmarks[{n}]", members(benchmark), shared)
    if not found.readings:
        raise refusal(file, "benchmarks", "no value of any run", "runs with values")
    version = named(shared.get("perf_version") or shared.get("pyperf_version"))
    return Ingested(
        tool=TOOL,
        tool_version=version,
        readings=tuple(found.readings),
        remarks=listed(tuple(_remarks(found))),
        not_mapped=listed(tuple(_not_mapped(found))),
    )


def _take(found: _File, where: str, benchmark: dict[str, Any], shared: dict[str, Any]) -> None:
    metadata = {**shared, **members(benchmark.get("metadata"))}
    found.metadata.update(members(benchmark.get("metadata")).keys())
    samples: list[Decimal] = []
    for run in map(members, items(benchmark.get("runs"))):
        # Before pyperf 1.0 they were called samples.
        values = items(run.get("values", run.get("samples")))
        found.calibrations += not values
        found.warmups += len(items(run.get("warmups")))
        found.metadata.update(members(run.get("metadata")).keys())
        for text in values:
            value = figure(text) if isinstance(text, Printed) else None
            if value is None:
                found.no_figure += 1
            else:
                samples.append(value)
                found.cut += value != Decimal(text)
    said = metadata.get("unit", "second")
    unit = _UNITS.get(said) if isinstance(said, str) else None
    if unit is None:
        found.remarks.append(
            f"{where}: {count_of(len(samples), 'value')} in an unknown unit, {printable(said, 60)!r}: left out"
        )
        return
    if not samples:
        return
    name = metadata.get("name")
    found.readings.append(
        ForeignReading(
            place=f"{where}.runs",
            device=None,
            name=slug("pyperf", name if isinstance(name, str) else where),
            value=median(samples),
            unit=unit,
            statistic="median",
            samples=tuple(samples[:10_000]),
            description=f"{count_of(len(samples), 'value')} in {len(items(benchmark.get('runs')))} runs",
        )
    )


def _remarks(found: _File) -> Iterator[str]:
    yield "results of a program on the host: nothing in them is a claim about the chip"
    if found.calibrations:
        yield f"{count_of(found.calibrations, 'run has', 'runs have')} no values: they calibrate"
    if found.no_figure:
        yield f"{count_of(found.no_figure, 'value is', 'values are')} no figure, and left out"
    if found.cut:
        what = count_of(found.cut, "value is", "values are")
        yield f"{what} printed with more than 18 decimal places, and rounded to 18"
    yield from found.remarks


def _not_mapped(found: _File) -> Iterator[str]:
    if found.warmups:
        yield f"runs: {count_of(found.warmups, 'warm-up')}: not part of the series"
    named_so = sorted(
        f"{printable(key, 60)} ({number:,})" for key, number in found.metadata.items() if key not in _TAKEN
    )
    if named_so:
        more = f" and {len(named_so) - 60:,} more" if len(named_so) > 60 else ""
        what = "about the host and its software, with how often each is given"
        yield f"metadata: {', '.join(named_so[:60])}{more}: {what}"

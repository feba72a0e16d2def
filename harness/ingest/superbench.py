"""SuperBench's results: one JSON object per node and line, with flat keys `benchmark/metric:rank` and no units.

Units stand in SuperBench's documentation, a table per benchmark; `superbench_units` holds them, for the keys of the
documentation and for the names that its early versions gave the same metrics. A rank of a benchmark that runs once per
GPU is that GPU; a rank of a collective, or no rank, speaks of the node as a whole.

GEMM rates are GFLOPS (gemm-flops) or TFLOPS (cublaslt-gemm, hipblaslt-gemm). FP16 without tensor cores stands beside
FP16_TC, which uses them; where both are there, the one without is an observation and no rate of the chip.

Source:
    microsoft/superbenchmark at 700d650 and v0.4.0, `docs/user-tutorial/benchmarks/micro-benchmarks.md` and
    `model-benchmarks.md`; a real file in `tests/analyzer/test_results.jsonl`.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations
from typing import Any

from harness.ingest.figures import figure
from harness.ingest.foreign_json import Printed, json_in
from harness.ingest.lines import LARGEST_BYTES, count_of, listed, numbered, printable, refusal, slug, text_of
from harness.ingest.superbench_units import Meaning, meaning_of
from harness.model.foreign import ForeignDevice, ForeignFile, ForeignReading, Ingested

TOOL = "superbench"
ABOUT = "SuperBench's results (JSON lines): rates of each GPU, and the other metrics as observations"
BASIS = "sample"

# Pairs are many where nodes are; so many nodes are compared with each other.
MOST_COMPARED = 200
_KEY = re.compile(r"(?P<benchmark>[^/]{1,200})/(?P<metric>.{1,300}?)(?::(?P<rank>\d{1,6}))?", re.DOTALL)
_SEEN = re.compile(rb'"[A-Za-z0-9_.:-]+/[^"\n]*"\s*:\s*[-0-9]')


@dataclass(slots=True)
class _Node:
    """One line: the figures of one node, by key."""

    key: str
    line: int
    figures: dict[str, Decimal] = field(default_factory=dict)
    printed: dict[str, str] = field(default_factory=dict)
    no_figure: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Results:
    nodes: list[_Node] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    devices: dict[str, ForeignDevice] = field(default_factory=dict)
    readings: list[ForeignReading] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    no_unit: Counter[tuple[str, str]] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    plain: Counter[str] = field(default_factory=Counter)


def recognises(file: ForeignFile) -> bool:
    """Does the first line hold a node and keys of the form benchmark/metric with numbers?"""
    first = file.data.lstrip()[:2_000_000].split(b"\n", maxsplit=1)[0]
    return first[:1] == b"{" and re.search(rb'"node"\s*:\s*"', first) is not None and _SEEN.search(first) is not None


def read(file: ForeignFile) -> Ingested:
    """Return the metrics of every node that have a unit, the others counted by benchmark.

    Raises:
        UnreadableInput: A line is no JSON object, or no node has a metric with a unit.
    """
    results = _Results()
    for number, line in numbered(text_of(file), LARGEST_BYTES):
        results.nodes.append(_node(file, number, json_in(file, line, f"line {number}"), results))
    for node in results.nodes:
        _take_node(results, node)
    if not results.readings:
        raise refusal(file, "the file", "no metric whose unit is known", "keys such as gemm-flops/fp16_tc_flops:0")
    return Ingested(
        tool=TOOL,
        devices=tuple(results.devices.values()),
        readings=tuple(results.readings),
        remarks=listed(tuple(_remarks(results))),
        not_mapped=listed(tuple(_not_mapped(results))),
    )


def _node(file: ForeignFile, number: int, found: Any, results: _Results) -> _Node:
    if not isinstance(found, dict):
        raise refusal(file, f"line {number}", type(found).__name__, "an object per node")
    name = found.get("node")
    key = printable(name, 200) if isinstance(name, str) and printable(name) else f"line-{number}"
    if key in results.names:
        results.remarks.append(f"line {number}: the node {key} again; its figures are kept apart")
        key = f"{key}-line-{number}"
    results.names.add(key)
    node = _Node(key=key, line=number)
    for metric, text in found.items():
        value = figure(text) if isinstance(text, Printed) else None
        if metric == "node":
            continue
        if value is None:
            node.no_figure.append(metric)
        else:
            node.figures[metric], node.printed[metric] = value, text
    return node


def _take_node(results: _Results, node: _Node) -> None:
    for key, value in node.figures.items():
        parts = _KEY.fullmatch(key)
        if parts is None:
            results.no_unit["keys of another form", ""] += 1
            continue
        # A colon in the benchmark's name sets off the part that a user added.
        benchmark, metric = parts.group("benchmark").partition(":")[0], parts.group("metric")
        if metric.startswith("return_code"):
            _take_code(results, node, key, value)
            continue
        meaning = meaning_of(benchmark, metric)
        if meaning is None:
            results.no_unit[benchmark, re.sub(r"\d+", "#", metric)] += 1
            continue
        if any(_beside(parts, twin) in node.figures for twin in meaning.plain_beside):
            results.plain[metric] += 1
            meaning = meaning.as_observation()
        results.readings.append(_reading(results, node, key, value, parts, meaning))


def _take_code(results: _Results, node: _Node, key: str, value: Decimal) -> None:
    results.codes["0" if value == 0 else "not 0"] += 1
    if value != 0:
        results.remarks.append(f"{node.key}: {printable(key, 200)} is {value}: the benchmark failed there")


def _beside(parts: re.Match[str], metric: str) -> str:
    """Return the key of another metric of the same benchmark and rank."""
    rank = "" if parts.group("rank") is None else f":{parts.group('rank')}"
    return f"{parts.group('benchmark')}/{metric}{rank}"


def _reading(
    results: _Results, node: _Node, key: str, value: Decimal, parts: re.Match[str], meaning: Meaning
) -> ForeignReading:
    number = meaning.gpu if meaning.gpu is not None else parts.group("rank") if meaning.per_gpu else None
    device = None if number is None else f"{node.key}-gpu-{int(number)}"
    if device is not None:
        results.devices.setdefault(device, ForeignDevice(key=device))
    of_node = "" if device else f" of {node.key}"
    rank = f", rank {parts.group('rank')}" if device is None and parts.group("rank") else ""
    return ForeignReading(
        place=f"line {node.line}: {printable(key, 250)}",
        device=device,
        name=meaning.measurand or slug(parts.group("benchmark"), parts.group("metric")),
        value=value,
        unit=meaning.unit,
        measurand=meaning.measurand,
        number_format=meaning.number_format,
        sparsity="dense" if meaning.measurand == "compute_rate" else None,
        method=meaning.method,
        description=f"{printable(key, 300)}{of_node}{rank}",
    )


def _remarks(results: _Results) -> Iterator[str]:
    yield "the file holds no units: they are those of SuperBench's documentation for each metric"
    yield from _shared(results.nodes)
    yield from _lacking(results.nodes)
    for metric, number in results.plain.items():
        what = f"{printable(metric, 60)}: {count_of(number, 'figure')} without tensor cores"
        yield f"{what} beside those with them: observations, no rate of the chip"
    unread = Counter({node.key: len(node.no_figure) for node in results.nodes if node.no_figure})
    for key, number in unread.items():
        yield f"{key}: {count_of(number, 'value is', 'values are')} no figure (text, NaN, infinite, negative, or null)"
    yield from results.remarks


def _shared(nodes: list[_Node]) -> Iterator[str]:
    """Name pairs of nodes most of whose figures are the same: two measurements do not agree to the last digit."""
    sets = [
        (node, frozenset(item for item in node.printed.items() if node.figures[item[0]] and "." in item[1]))
        for node in nodes[:MOST_COMPARED]
    ]
    for (one, its), (other, others) in combinations(sets, 2):
        both = {key for key, _ in its} & {key for key, _ in others}
        same = len(its & others)
        if both and same * 2 > len(both):
            yield (
                f"{one.key} and {other.key} share {same:,} of {len(both):,} non-zero values to the last digit: "
                "two measurements do not agree so, one of them is a copy"
            )
    if len(nodes) > MOST_COMPARED:
        yield f"only the first {MOST_COMPARED} of {len(nodes):,} nodes were compared with each other"


def _lacking(nodes: list[_Node]) -> Iterator[str]:
    every = {key for node in nodes for key in (*node.figures, *node.no_figure)}
    for node in nodes:
        lacking = every - node.figures.keys() - set(node.no_figure)
        if lacking:
            of = Counter(key.partition("/")[0] for key in lacking)
            names = ", ".join(f"{printable(name, 60)} {number:,}" for name, number in sorted(of.items())[:20])
            yield f"{node.key} lacks {len(lacking):,} of the {len(every):,} keys of all nodes: {names}"


def _not_mapped(results: _Results) -> Iterator[str]:
    for (benchmark, metric), number in results.no_unit.items():
        key = f"{printable(benchmark, 100)}/{printable(metric, 150)}"
        yield f"{key}: {count_of(number, 'figure')}: no unit is documented for the key"
    for said, number in results.codes.items():
        yield f"return codes: {number:,} that are {said}: no result"
    for node in results.nodes:
        if node.no_figure:
            names = ", ".join(printable(key, 80) for key in node.no_figure[:10])
            more = f" and {len(node.no_figure) - 10:,} more" if len(node.no_figure) > 10 else ""
            yield f"line {node.line}: {names}{more}: no figure"

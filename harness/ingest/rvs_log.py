"""The log of the ROCm Validation Suite: lines of level, time, action and words, and two tables without them."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal

from harness.ingest.figures import figure
from harness.ingest.lines import lines_of, named, printable, slug
from harness.model.foreign import ForeignDevice, ForeignFile, ForeignReading
from harness.model.measurement import Method

MODULES = ("gst", "babel", "iet", "pebb", "pbqt", "mem", "gpup", "peqt", "tst", "gm", "rcqt", "smqt", "perf", "edp")
# The kernels of its BabelStream, and what of the memory they touch.
BABEL: dict[str, Literal["read", "write", "read+write"]] = {
    "read": "read",
    "write": "write",
    "copy": "read+write",
    "mul": "read+write",
    "add": "read+write",
    "triad": "read+write",
    "dot": "read",
}
MOST_SAMPLES = 10_000

_LINE = re.compile(r"\s*\[(RESULT|INFO|ERROR|DEBUG|TRACE)\s*\]\s*\[ ?[0-9. ]+\]\s*(?:\[([^\]]{1,200})\])?\s*(.*)")
_GPU = re.compile(r"\[GPU::\s*(\d{1,6})\]\s*(.*)")
_NODE = re.compile(r"\[GPU::\s*(\d{1,4}) -\s*(\d{1,6}) - ([0-9A-Fa-f:.]{5,20})\]")
_RATE = re.compile(r"(?:gst (\d{1,6}) )?G(?:FLOPS|flops) ([0-9.]{1,20})(?: Target GFLOPS: ([0-9.]{1,20}) met: (\w+))?")
_POWER = re.compile(r"Power\(W\) ([0-9.]{1,20})")
_LINK = re.compile(r"(p2p|pcie)-bandwidth.*?([0-9.]{1,20}) GBps")
_PASS = re.compile(r"(?:pass: ?|mem Test \d+ ?: ?)(\w+)", re.IGNORECASE)
_STREAM = re.compile(r"(\d{1,6})\s+(Read|Write|Copy|Mul|Add|Triad|Dot)\s+([0-9.]+)\s+([0-9.]+)\s+([0-9.]+)\s+([0-9.]+)")
_NAMES = re.compile(r"([^|]{1,100}?) - (\d{1,6})\s*")
_BUSES = re.compile(r"(\d{1,4}) - (\d{1,4}) - ([0-9A-Fa-f:.]{5,20})\s*")


@dataclass(slots=True)
class Found:
    """What a file of the suite holds."""

    version: str | None = None
    driver: str | None = None
    devices: dict[str, ForeignDevice] = field(default_factory=dict)
    readings: list[ForeignReading] = field(default_factory=list)
    unknown_formats: Counter[str] = field(default_factory=Counter)
    without_figure: Counter[str] = field(default_factory=Counter)
    not_met: list[str] = field(default_factory=list)
    targets_of_0: int = 0
    iet: bool = False
    other: int = 0
    remarks: list[str] = field(default_factory=list)
    not_mapped: list[str] = field(default_factory=list)

    def device(self, key: str) -> str:
        """Note that a file speaks of a device, and return its key."""
        self.devices.setdefault(key, ForeignDevice(key=key, manufacturer="AMD"))
        return key

    def judged(self, place: str, verdict: str, target: object) -> None:
        """Count what the suite itself made of a result."""
        if verdict.upper() in ("FALSE", "FAIL", "NO"):
            self.not_met.append(printable(place, 120))
        self.targets_of_0 += figure(target) == 0


def stream_rate(place: str, key: str | None, function: str, value: Decimal) -> ForeignReading:
    """Return the rate of one kernel of the suite's BabelStream, in units of 10^6 bytes a second."""
    return ForeignReading(
        place=place,
        device=key,
        name="total_dram_bandwidth",
        value=value,
        unit="MB/s",
        measurand="total_dram_bandwidth",
        method=Method(name=f"rvs-babel-{function}", bytes_counted=BABEL[function], path="other-kernel"),
        statistic="max",
    )


@dataclass(slots=True)
class _Run:
    """The intervals of one action on one GPU; those of the ramp-up are told apart."""

    place: str
    rates: list[Decimal] = field(default_factory=list)
    ramp: list[Decimal] = field(default_factory=list)
    powers: list[Decimal] = field(default_factory=list)
    ramping: bool = False


class _Log:
    def __init__(self) -> None:
        self.found = Found()
        self.runs: dict[tuple[str, str], _Run] = {}
        self.names: list[tuple[str, str]] = []
        self.stream_in_mb = False

    def take(self, number: int, line: str) -> None:
        said = _LINE.fullmatch(line)
        if said is None:
            self._table(number, line.strip())
            return
        level, action, words = said.groups()
        for node in _NODE.finditer(line):
            self._bus(node.group(2), node.group(3))
        if level == "ERROR":
            self.found.remarks.append(f"line {number}: {printable(words or action, 200)}")
        else:
            self._result(f"line {number}", action or "", words)

    def _result(self, place: str, action: str, words: str) -> None:
        gpu = _GPU.match(words)
        identity, rest = (gpu.group(1), gpu.group(2)) if gpu else (None, words)
        rate, power, link = _RATE.match(rest), _POWER.match(rest), _LINK.match(words)
        verdict = _PASS.search(rest)
        if verdict:
            self.found.judged(f"{place}, {action}", verdict.group(1), None)
        if rate and (identity or rate.group(1)):
            self._rate(self._run(place, action, identity or rate.group(1)), place, action, rate)
        elif power and identity and (value := figure(power.group(1))):
            self._run(place, action, identity).powers.append(value)
        elif link and (value := figure(link.group(2))):
            self._link(place, action, words, link.group(1), value)
        elif identity and "ramp up" in rest:
            self._run(place, action, identity).ramping = rest.startswith("Start")
        elif not verdict:
            self.found.other += 1

    def _run(self, place: str, action: str, identity: str) -> _Run:
        return self.runs.setdefault((action, self.found.device(f"id-{identity}")), _Run(place=place))

    def _rate(self, run: _Run, place: str, action: str, rate: re.Match[str]) -> None:
        value = figure(rate.group(2))
        if rate.group(4) is not None:
            self.found.judged(f"{place}, {action}", rate.group(4), rate.group(3))
        # The line with the target repeats the highest interval.
        if value and not (rate.group(4) is not None and value in run.rates):
            (run.ramp if run.ramping else run.rates).append(value)

    def _link(self, place: str, action: str, words: str, kind: str, value: Decimal) -> None:
        name = slug("rvs", kind, "bandwidth", "bidirectional" if "bidirectional: true" in words else "")
        words = printable(f"{action}: {words}", 300)
        self.found.readings.append(
            ForeignReading(place=place, device=None, name=name, value=value, unit="GB/s", description=words)
        )

    def _table(self, number: int, words: str) -> None:
        cells = [cell.strip() for cell in words.strip("|").split("|")] if words.startswith("|") else []
        if "MBytes/sec" in words and "Function" in words:
            self.stream_in_mb = True
        elif (stream := _STREAM.fullmatch(words)) and self.stream_in_mb and (value := figure(stream.group(4))):
            key = self.found.device(f"id-{stream.group(1)}")
            self.found.readings.append(stream_rate(f"line {number}", key, stream.group(2).lower(), value))
        elif len(cells) == 2 and cells[0] == "RVS version":
            self.found.version = named(cells[1])
        elif len(cells) == 2 and cells[0] == "amdgpu version":
            self.found.driver = named(cells[1])
        elif cells and all(_BUSES.fullmatch(cell) for cell in cells if cell):
            for (name, identity), cell in zip(self.names, filter(None, cells), strict=False):
                self._bus(identity, _BUSES.fullmatch(cell)[3], name)  # type: ignore[index]
        elif cells and all(_NAMES.fullmatch(cell) for cell in cells if cell):
            self.names = [match.groups() for cell in cells if (match := _NAMES.fullmatch(cell))]  # type: ignore[misc]
        else:
            self.found.other += 1

    def _bus(self, identity: str, bus: str, name: str | None = None) -> None:
        key = self.found.device(f"id-{identity}")
        known = self.found.devices[key]
        self.found.devices[key] = replace(known, bus_id=known.bus_id or bus, name=known.name or named(name))

    def readings(self) -> Iterator[ForeignReading]:
        for (action, key), run in self.runs.items():
            if run.powers:
                yield ForeignReading(
                    place=run.place,
                    device=key,
                    name="rvs-iet-power",
                    value=max(run.powers),
                    unit="W",
                    statistic="max",
                    samples=tuple(run.powers[:MOST_SAMPLES]),
                    description=printable(action, 200),
                )
            rates = run.rates or run.ramp
            if rates:
                yield self._compute(action, key, run, rates[:MOST_SAMPLES])

    def _compute(self, action: str, key: str, run: _Run, rates: list[Decimal]) -> ForeignReading:
        self.found.unknown_formats[f"the log names none; the action is called {printable(action, 100)}"] += 1
        return ForeignReading(
            place=run.place,
            device=key,
            name="compute_rate",
            value=max(rates),
            unit="GFLOP/s",
            measurand="compute_rate",
            sparsity="dense",
            method=Method(name="rvs-gst", description=printable(f"GEMM, action {action}", 200), path="library"),
            statistic="max",
            samples=tuple(rates),
            description="one sample per interval" + ("" if run.rates else "; all of the ramp-up"),
        )


def log_of(file: ForeignFile) -> Found:
    """Return what a log says: the intervals of each action on each GPU, tables, links.

    Raises:
        UnreadableInput: It is no text.
    """
    log = _Log()
    for number, line in lines_of(file):
        log.take(number, line)
    log.found.readings += log.readings()
    return log.found

"""BabelStream: rates of simple kernels over arrays in device memory, as text or as a table with commas.

The unit stands in the header and nowhere else: MB is 10^6 bytes and MiB is 2^20. The best rate is that of the shortest
run; in `--order Isolated` all runs are timed as one, so that shortest, longest and mean are the same number, the mean.
The runtimes of the table are seconds. Kernels read and write constant arrays, timed by the host's clock.

Source:
    UoB-HPC/BabelStream `src/main.cpp`, `src/Unit.h`, `src/benchmark.h` (tags v2.0 to v5.0, main at 57637d5); a real
    text output is quoted in alpaka-group/alpaka issue 1874. No real table with commas was at hand.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from harness.ingest.figures import figure
from harness.ingest.lines import listed, named, numbered, printable, refusal, slug, text_of
from harness.model.foreign import ForeignDevice, ForeignFile, ForeignReading, Ingested
from harness.model.measurement import Method, Statistic
from harness.model.quantity import EXACT

TOOL = "babelstream"
ABOUT = "BabelStream's text, and its table with commas: stream rates of device memory"
BASIS = "sample"

# The unit of each header, and the factor to it: a lab report has no MiB/s and no TiB/s.
_UNITS: dict[str, tuple[str, Decimal]] = {
    "mb": ("MB/s", Decimal(1)),
    "mib": ("MB/s", Decimal(2**20) / 10**6),
    "gb": ("GB/s", Decimal(1)),
    "gib": ("GiB/s", Decimal(1)),
    "tb": ("TB/s", Decimal(1)),
    "tib": ("GiB/s", Decimal(1024)),
}
_TEXT_HEADER = re.compile(r"Function\s+([MGT]i?)B(?:ytes)?/s(?:ec)?\s+Min \(sec\)\s+Max\s+Average\s*", re.IGNORECASE)
_CSV_HEADER = re.compile(
    r"function(?P<by>[,;\t|])num_times(?P=by)n_elements(?P=by)sizeof(?P=by)max_([mgt]i?)b(?:ytes)?_per_sec(?P=by)"
    r"min_runtime(?P=by)max_runtime(?P=by)avg_runtime\s*",
    re.IGNORECASE,
)
# How many elements of the arrays one run of a kernel touches, per element, and in which direction.
_WEIGHTS = {"copy": 2, "mul": 2, "add": 3, "triad": 3, "dot": 2, "nstream": 4}
_DEVICE = re.compile(
    r"Using (?:(?P<way>[A-Za-z+./-]+) )?device[: ]+(?P<name>.+)|(?:CUDA|HIP) Device \d+: \"(?P<quoted>.+)\""
)
# Of three runtimes printed as 0.00047 nobody knows whether they are one number.
_TELLING_DIGITS = 4
_KNOWN = re.compile(r"BabelStream\s*|Version: |Implementation: |Precision: |Running |Number of elements: ")


@dataclass(slots=True)
class _Run:
    """What has been read so far: one file may hold several runs one after the other."""

    unit: str | None = None
    separator: str | None = None
    version: str | None = None
    implementation: str | None = None
    precision: str | None = None
    device: ForeignDevice | None = None
    devices: dict[str, ForeignDevice] = field(default_factory=dict)
    isolated: bool = False
    kernels: int = 0
    same: int = 0
    readings: list[ForeignReading] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    not_mapped: list[str] = field(default_factory=list)


def recognises(file: ForeignFile) -> bool:
    """Is there the name of BabelStream, or one of its two headers?"""
    head = file.data[:200_000].decode("utf-8", errors="replace")
    named_so = re.search(r"^BabelStream\s*$", head, re.MULTILINE) is not None and "Implementation:" in head
    return named_so or any(_header(line) for _, line in numbered(head))


def read(file: ForeignFile) -> Ingested:
    """Return the rate of each kernel with its runtimes.

    Raises:
        UnreadableInput: No kernel has a rate.
    """
    run = _Run()
    for number, line in numbered(text_of(file)):
        _take(run, number, line)
    if not run.readings:
        raise refusal(file, "the file", "no rate of any kernel", "a header of BabelStream and a line per kernel")
    _tell_apart(run)
    return Ingested(
        tool=TOOL,
        tool_version=run.version,
        compute_library=run.implementation,
        devices=tuple(run.devices.values()),
        readings=tuple(run.readings),
        remarks=listed(tuple(_remarks(run))),
        not_mapped=listed(run.not_mapped),
    )


def _tell_apart(run: _Run) -> None:
    """Give the runs that name no device one of their own, where others of the file name theirs."""
    unnamed = [n for n, reading in enumerate(run.readings) if reading.device is None]
    if not unnamed or not run.devices:
        return
    other = run.devices["…"] = ForeignDevice(key="device-unnamed")
    for n in unnamed:
        run.readings[n] = replace(run.readings[n], device=other.key)
    run.remarks.append("some runs name no device: theirs is a unit of its own")


def _header(line: str) -> re.Match[str] | None:
    return _TEXT_HEADER.fullmatch(line.strip()) or _CSV_HEADER.fullmatch(line.strip())


def _take(run: _Run, number: int, line: str) -> None:
    header, words = _header(line), line.strip()
    if header is not None:
        prefix = header.group(header.lastindex or 1)
        run.separator = header.groupdict().get("by")
        run.unit = f"{prefix.lower()}b"
    elif run.unit is not None and _fields(run, words)[0].lower() in _WEIGHTS:
        _take_kernel(run, f"line {number}", _fields(run, words))
    elif "validation" in words.lower():
        run.remarks.append(f"{printable(words, 200)} (line {number}): the arrays did not hold what they should")
    elif device := _DEVICE.match(words):
        name = named(device.group("name") or device.group("quoted"))
        key = f"device-{len(run.devices)}" if run.devices else "device"
        run.device = run.devices.setdefault(name or key, ForeignDevice(key=key, name=name))
    elif _KNOWN.match(words):
        _take_setting(run, words)
    else:
        run.not_mapped.append(f"line {number}: {printable(words, 120)}: a setting of the run")


def _take_setting(run: _Run, words: str) -> None:
    key, _, value = words.partition(": ")
    if key == "BabelStream":
        # Of the run before, nothing holds for the next one but what it says itself.
        run.device = run.unit = run.precision = None
        run.isolated = False
    elif key == "Version":
        run.version = named(value)
    elif key == "Implementation":
        run.implementation = named(f"BabelStream implementation {value}")
    elif key == "Precision":
        run.precision = named(value)
    run.isolated |= words.startswith("Running") and "Isolated" in words


def _fields(run: _Run, words: str) -> list[str]:
    return [part.strip() for part in words.split(run.separator)] if run.separator else words.split() or [""]


def _take_kernel(run: _Run, place: str, fields: list[str]) -> None:
    kernel, figures = fields[0].lower(), [figure(text) for text in fields[1:]]
    counts = figures[:3] if run.separator else []
    figures = figures[3:] if run.separator else figures
    if len(figures) != 4 or figures[0] is None or figures[0] == 0 or run.unit is None:
        run.not_mapped.append(f"{place}: {printable(' '.join(fields), 120)}: no rate and three runtimes")
        return
    rate, (shortest, longest, mean) = figures[0], figures[1:]
    unit, factor = _UNITS[run.unit]
    device = run.device.key if run.device else None
    one = shortest is not None and shortest == longest == mean and len(shortest.as_tuple().digits) >= _TELLING_DIGITS
    run.kernels, run.same = run.kernels + 1, run.same + one
    method = Method(
        name=f"babelstream-{kernel}",
        description=_described(run, counts),
        data_pattern="constant",
        bytes_counted="read" if kernel == "dot" else "read+write",
        footprint_bytes=_footprint(kernel, counts),
    )
    run.readings.append(
        ForeignReading(
            place=place,
            device=device,
            name="total_dram_bandwidth",
            value=figure(f"{EXACT.multiply(rate, factor):f}"),
            unit=unit,
            measurand="total_dram_bandwidth",
            method=method,
            statistic="mean" if one or run.isolated else "max",
            description=None if factor == 1 else f"printed as {rate} {run.unit[:-1].capitalize()}B/s",
        )
    )
    run.readings += _runtimes(place, device, kernel, (shortest, longest, mean))


def _described(run: _Run, counts: list[Decimal | None]) -> str | None:
    if counts and all(count is not None for count in counts):
        return "{} runs over arrays of {} elements of {} bytes; the first run is left out".format(*counts)
    return f"arrays of {run.precision}" if run.precision else None


def _footprint(kernel: str, counts: list[Decimal | None]) -> int | None:
    if len(counts) < 3 or counts[1] is None or counts[2] is None:
        return None
    touched = EXACT.multiply(EXACT.multiply(counts[1], counts[2]), Decimal(_WEIGHTS[kernel]))
    return int(touched) if touched == touched.to_integral_value() and 0 < touched <= 10**18 else None


def _runtimes(
    place: str, device: str | None, kernel: str, runtimes: tuple[Decimal | None, ...]
) -> Iterator[ForeignReading]:
    kinds: tuple[Statistic, ...] = ("min", "max", "mean")
    for kind, runtime in zip(kinds, runtimes, strict=True):
        name = slug("babelstream", kernel, "runtime", kind)
        yield ForeignReading(place=place, device=device, name=name, value=runtime, unit="s", statistic=kind)


def _remarks(run: _Run) -> Iterator[str]:
    if run.unit in ("mib", "tib"):
        to = "MB/s" if run.unit == "mib" else "GiB/s"
        yield f"rates were printed in {run.unit[:-1].capitalize()}B/s and are given, exactly converted, in {to}"
    if run.same or run.isolated:
        yield (
            "shortest, longest and mean runtime are one number in each kernel timed as a whole (order Isolated): "
            "such a rate is that of the mean, not of the best run"
        )
    if run.kernels > run.same and not run.isolated:
        yield "a rate is that of the shortest run, not of the mean"
    yield from run.remarks

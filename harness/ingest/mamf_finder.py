"""mamf-finder: the highest rate of a matrix multiply over many shapes, as the text of its console or its log.

New versions give two headlines. MAMF is what a burst from idle reaches (the median of the five fastest iterations at
the boost clock); MSMF is what the chip holds over a window of seconds. One is not the other, and a report with one
unlabelled figure is no measurement. The watts beside MAMF lag a burst of milliseconds: 842 TFLOPS at 172 W is lag, not
efficiency. Older versions give the best mean, median and maximum. TFLOPS is 10^12 operations a second (its legend).

Source:
    stas00/ml-engineering `compute/accelerator/benchmarks/mamf-finder.py` and `README.md` ("Reading the output"), with
    benchmark versions 2 (at 744d01e) and 4. No file of a real run was at hand.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from harness.ingest.figures import figure
from harness.ingest.lines import count_of, listed, named, numbered, printable, refusal, text_of
from harness.model.device_state import UnitState
from harness.model.foreign import ForeignDevice, ForeignFile, ForeignReading, Ingested
from harness.model.measurement import Method, NumberFormat, Statistic

TOOL = "mamf-finder"
ABOUT = "mamf-finder.py's console or log: best matrix multiply rates, burst and sustained"
BASIS = "source"

_SHAPE = r"(\d{1,9}x\d{1,9}x\d{1,9})"
_HEADLINE = re.compile(
    r"(MAMF|MSMF) \(max [^)]{1,60}\):\s+(?:n/a|([\d.]{1,20}) TFLOPS @ "
    + _SHAPE
    + r" \(MxNxK\)(?:\s+(\d{1,6})W)?(?:\s+(\d{1,6})MHz)?(?:\s+(\d{1,4})C)?)"
)
_OLD = re.compile(r"(mean|median|max):\s+(\S{1,20}) TFLOPS @ " + _SHAPE)
_OLDEST = re.compile(r"The best outcome was (\S{1,20}?) ?TFLOPS @ " + _SHAPE)
_WINNER = re.compile(_SHAPE + r"\s+([\d.]{1,20})\s+(?:[\d.]+|-)\s+(?:[\d.]+|-)\s+(.*)<- (MAMF|MSMF)")
_OVERALL = re.compile(r"(arithmetic|geometric) mean:\s+\S+ TFLOPS")
_DTYPE = re.compile(r"\*\* Dtype: (?:torch\.)?(\S+)")
_VERSION = re.compile(r"(?:- )?benchmark version: (\S+)")
_SOFTWARE = re.compile(r"- ((?:torch|cuda|hip|hpu|xpu|mps)=.+)")
_PROPERTY = re.compile(r"(name|multi_processor_count|uuid)=(?:'([^']*)'|([^,)]+))")
_NOTE = re.compile(r"(?:note|WARNING): |\*\*\* ")

FORMATS: dict[str, NumberFormat] = {
    "bfloat16": "bf16",
    "float16": "fp16",
    "float32": "fp32",
    "float64": "fp64",
    "float8_e4m3fn": "fp8_e4m3",
    "float8_e4m3fnuz": "fp8_e4m3",
    "float8_e5m2": "fp8_e5m2",
    "mxfp8": "fp8_e4m3",
    "mxfp4": "fp4",
    "nvfp4": "fp4",
}
_MEANT = {
    "MAMF": ("matmul-burst", "burst from idle: median of the five fastest iterations at the boost clock"),
    "MSMF": ("matmul-sustained", "sustained under full load: mean over a window of seconds, where it held steady"),
}


@dataclass(slots=True)
class _Log:
    version: str | None = None
    dtype: str | None = None
    software: list[str] = field(default_factory=list)
    device: ForeignDevice | None = None
    headlines: dict[str, tuple[str, re.Match[str]]] = field(default_factory=dict)
    winners: dict[str, re.Match[str]] = field(default_factory=dict)
    older: list[tuple[str, Statistic, str, str]] = field(default_factory=list)
    overall: int = 0
    other: int = 0
    remarks: list[str] = field(default_factory=list)
    not_mapped: list[str] = field(default_factory=list)


def recognises(file: ForeignFile) -> bool:
    """Is there a best shape as mamf-finder prints it?"""
    text = file.data[-200_000:].decode("utf-8", errors="replace") + file.data[:200_000].decode(
        "utf-8", errors="replace"
    )
    return any(form.search(text) for form in (_HEADLINE, _OLD, _OLDEST)) and "TFLOPS @ " in text and "(MxN" in text


def read(file: ForeignFile) -> Ingested:
    """Return the headlines as rates of a dense multiply, in the format that the header names.

    Raises:
        UnreadableInput: No best shape has a rate.
    """
    log, noted = _Log(), False
    for number, line in numbered(text_of(file)):
        if noted and line.startswith("      "):
            log.remarks[-1] = printable(f"{log.remarks[-1]} {line.strip()}", 1000)
            continue
        noted = _NOTE.match(line.strip()) is not None
        _take(log, number, line.strip())
    readings = tuple(_readings(log))
    if not any(reading.measurand for reading in readings):
        raise refusal(
            file, "the file", "no best shape with a rate", "a line such as MAMF (...): 842 TFLOPS @ 3072x2816x20480"
        )
    return Ingested(
        tool=TOOL,
        tool_version=log.version,
        compute_library=named(", ".join(log.software)),
        devices=() if log.device is None else (log.device,),
        readings=readings,
        remarks=listed(tuple(_remarks(log))),
        not_mapped=listed(tuple(_not_mapped(log))),
    )


def _take(log: _Log, number: int, words: str) -> None:
    place = f"line {number}"
    if headline := _HEADLINE.match(words):
        log.headlines[headline.group(1)] = (place, headline)
    elif winner := _WINNER.match(words):
        log.winners[winner.group(4)] = winner
    elif old := _OLD.match(words):
        statistic: Statistic = "max" if old.group(1) == "max" else "median" if old.group(1) == "median" else "mean"
        log.older.append((place, statistic, old.group(2), old.group(3)))
    elif oldest := _OLDEST.match(words):
        log.older.append((place, "max", oldest.group(1), oldest.group(2)))
    elif _OVERALL.match(words):
        log.overall += 1
    elif _NOTE.match(words):
        log.remarks.append(f"{place}: {printable(words, 400)}")
    elif not _take_header(log, words):
        log.other += 1


def _take_header(log: _Log, words: str) -> bool:
    if dtype := _DTYPE.match(words):
        log.dtype = printable(dtype.group(1), 40)
    elif version := _VERSION.match(words):
        log.version = named(version.group(1))
    elif software := _SOFTWARE.match(words):
        log.software.append(software.group(1))
    elif "multi_processor_count=" in words:
        found = {key: quoted or bare for key, quoted, bare in _PROPERTY.findall(words)}
        units = found.get("multi_processor_count", "")
        enabled = int(units) if re.fullmatch(r"[0-9]{1,6}", units) else None
        state = UnitState(processing_units_enabled=enabled)
        log.device = ForeignDevice(
            key="device", name=named(found.get("name")), uuid=named(found.get("uuid")), state=state
        )
    else:
        return False
    return True


def _readings(log: _Log) -> Iterator[ForeignReading]:
    device = log.device.key if log.device else None
    for word, (place, headline) in log.headlines.items():
        value = figure(headline.group(2))
        if value is None or value == 0:
            log.not_mapped.append(f"{place}: {word}: no rate is given")
            continue
        name, meaning = _MEANT[word]
        precise, peaks = _row(log, word, headline.group(3), value)
        statistic: Statistic = "median" if word == "MAMF" else "mean"
        yield _rate(log, place, precise, name, f"{headline.group(3)} (MxNxK); {meaning}", statistic, peaks)
        yield from _telemetry(log, place, device, word, headline)
    for place, stated, text, shape in log.older:
        value = figure(text)
        if value is None or value == 0:
            log.not_mapped.append(f"{place}: {printable(text, 40)}: no rate")
            continue
        yield _rate(log, place, value, "matmul", f"{shape} (MxNxK); the best shape by its {stated}", stated, ())


def _row(log: _Log, word: str, shape: str, value: Decimal) -> tuple[Decimal, tuple[Decimal, ...]]:
    """Return the winning row's figure, which has a digit more than the headline, and its top peaks."""
    row = log.winners.get(word)
    precise = figure(row.group(2)) if row else None
    if row is None or row.group(1) != shape or precise is None or abs(precise - value) > Decimal("0.5"):
        return value, ()
    peaks = [figure(text) for text in row.group(3).split()] if word == "MAMF" else []
    return precise, tuple(peak for peak in peaks if peak is not None)


def _rate(
    log: _Log, place: str, value: Decimal, name: str, how: str, statistic: Statistic, samples: tuple[Decimal, ...]
) -> ForeignReading:
    return ForeignReading(
        place=place,
        device=log.device.key if log.device else None,
        name="compute_rate",
        value=value,
        unit="TFLOP/s",
        measurand="compute_rate",
        number_format=FORMATS.get(log.dtype or ""),
        sparsity="dense",
        method=Method(name=name, description=how, path="library"),
        statistic=statistic,
        samples=samples,
    )


def _telemetry(
    log: _Log, place: str, device: str | None, word: str, headline: re.Match[str]
) -> Iterator[ForeignReading]:
    watts, clock, celsius = (figure(text) for text in headline.groups()[3:])
    regime = "sustained-gemm" if word == "MSMF" else "burst-gemm"
    if watts is not None and word == "MAMF":
        log.not_mapped.append(f"{place}: {watts} W beside MAMF: a power reading that lags a burst is not its draw")
        log.remarks.append(
            f"MAMF {headline.group(2)} TFLOPS stands beside {watts} W: the power reading lags a burst of milliseconds, "
            "so the two give no efficiency"
        )
    elif watts is not None:
        yield ForeignReading(
            place=place, device=device, name=f"power-{regime}", value=watts, unit="W", statistic="mean"
        )
    if clock is not None:
        yield ForeignReading(place=place, device=device, name=f"sm-clock-{regime}", value=clock, unit="MHz")
    if celsius is not None:
        yield ForeignReading(place=place, device=device, name=f"temperature-{regime}", value=celsius, unit="C")


def _remarks(log: _Log) -> Iterator[str]:
    if "MAMF" in log.headlines and "MSMF" in log.headlines:
        yield "two rates: MAMF is a burst from idle, MSMF is sustained; they differ by more than 10 % on some chips"
    elif log.older:
        yield "the best of many shapes by mean, median and fastest iteration; none is shown to be sustained"
    if log.dtype is None:
        yield "the number format of the rates is not known: the header with its Dtype is not in the file"
    elif log.dtype not in FORMATS:
        yield f"the number format of the rates is not known: {log.dtype}"
    elif log.dtype == "float32":
        yield "float32: the file does not show whether TF32 was allowed for the multiply"
    elif log.dtype in ("mxfp8", "mxfp4", "nvfp4"):
        yield f"{log.dtype}: block-scaled operands, output in bfloat16"
    yield from log.remarks


def _not_mapped(log: _Log) -> Iterator[str]:
    if log.overall:
        what = count_of(log.overall, "mean over all shapes tried", "means over all shapes tried")
        yield f"results: {what}: no capability of the chip"
    if log.other:
        yield f"other lines: {count_of(log.other, 'line')}: command, platform, and rows of the search, one shape each"
    yield from log.not_mapped

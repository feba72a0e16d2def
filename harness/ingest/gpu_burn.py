"""gpu-burn: a console that overwrites its line with the multiplies done, the rate, errors and temperature of each GPU.

The rate of a GPU is that of its last finished window, in 10^9 operations a second, and 0 until its first one ends; the
first window also holds the start of its process. Errors are counted anew after each "Summary at". The program ends
with status 0 even where every GPU is FAULTY, and calls a GPU OK that did nothing. With `-tc` the single precision
multiply may run on tensor cores, in a format that the output does not name.

Source:
    wilicc/gpu-burn `gpu_burn-drv.cpp` at 3ead140 and its issues 12 and 123; a real output in microsoft/superbenchmark
    `tests/data/gpu_burn.log`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from harness.ingest.figures import figure
from harness.ingest.lines import count_of, listed, median, named, numbered, of_several_runs, printable, refusal, text_of
from harness.model.foreign import ForeignDevice, ForeignFile, ForeignReading, Ingested
from harness.model.measurement import Method, NumberFormat

TOOL = "gpu-burn"
ABOUT = "gpu-burn's console: rates of a GEMM on each GPU, errors, temperatures"
BASIS = "source"

MOST_SAMPLES = 10_000
_RATE = re.compile(r"(-?\d{1,12}) \((\S{1,40}) Gflop/s\)")
_LISTED = re.compile(r"GPU (\d{1,4}): (.+?) \(UUID: ([^)]+)\)")
_STARTED = re.compile(r"Initialized device (\d{1,4}) with .*using (DOUBLES|FLOATS)(, using Tensor Cores)?")
_VERDICT = re.compile(r"GPU (\d{1,4}): (OK|FAULTY)")
_TROUBLE = re.compile(r"Couldn't|No clients|No CUDA devices|Failure|Low mem|error", re.IGNORECASE)
_ROUTINE = re.compile(
    r"Killing|Freed|Uninitted|done|Tested|Summary|Results are|Using compare|Burning|Run length|[A-Z][a-z]{2} "
)


@dataclass(slots=True)
class _Gpu:
    """One column of the console."""

    place: str
    processed: int = 0
    died: bool = False
    rates: list[Decimal] = field(default_factory=list)
    unread: int = 0
    errors: int = 0
    errors_since_summary: int = 0
    hottest: int | None = None
    verdict: str | None = None


@dataclass(slots=True)
class _Console:
    gpus: dict[int, _Gpu] = field(default_factory=dict)
    names: dict[int, tuple[str, str]] = field(default_factory=dict)
    started: set[int] = field(default_factory=set)
    modes: set[tuple[str, bool]] = field(default_factory=set)
    remarks: list[str] = field(default_factory=list)
    not_mapped: list[str] = field(default_factory=list)
    progress: int = 0
    routine: int = 0
    # Where a GPU is listed that is another than the one of its number, and which.
    another: tuple[str, str] | None = None


def recognises(file: ForeignFile) -> bool:
    """Is there gpu-burn's line of progress, or its list of verdicts?"""
    head = file.data[:500_000]
    return (b"proc'd:" in head and b"Gflop/s" in head) or re.search(
        rb"^Tested \d+ GPUs:\s+GPU 0: ", head, re.MULTILINE
    ) is not None


def read(file: ForeignFile) -> Ingested:
    """Return the rates of each GPU that did work, with its errors and its highest temperature.

    Raises:
        UnreadableInput: There is neither a line of progress nor a verdict on a GPU.
    """
    console = _Console()
    for number, line in numbered(text_of(file)):
        _take(console, number, line.strip())
    if console.another is not None:
        raise of_several_runs(file, *console.another)
    if not console.gpus:
        raise refusal(file, "the file", "no line of progress", "lines such as 50.0%  proc'd: 2261 (7150 Gflop/s)")
    if len(console.gpus) == 1 and len(console.started) == 1:
        # With -i only one GPU is burnt; it is column 0 of the console, whatever its number.
        console.gpus = dict(zip(console.started, console.gpus.values(), strict=True))
    readings = tuple(reading for number in console.gpus for reading in _readings(console, number))
    return Ingested(
        tool=TOOL,
        devices=tuple(_device(console, number) for number in console.gpus),
        readings=readings,
        remarks=listed(tuple(_remarks(console))),
        not_mapped=listed(tuple(_not_mapped(console))),
    )


def _take(console: _Console, number: int, words: str) -> None:
    if "proc'd:" in words:
        console.progress += 1
        _take_progress(console, f"line {number}", words)
    elif started := _STARTED.search(words):
        console.started.add(int(started.group(1)))
        console.modes.add((started.group(2), started.group(3) is not None))
    elif gpu := _LISTED.fullmatch(words):
        index, told = int(gpu.group(1)), (gpu.group(2), gpu.group(3))
        if console.names.setdefault(index, told) != told:
            console.another = console.another or (f"line {number}", f"GPU {index}")
    elif verdict := _VERDICT.fullmatch(words):
        at = console.gpus.setdefault(int(verdict.group(1)), _Gpu(place=f"line {number}"))
        at.verdict = verdict.group(2)
    elif _TROUBLE.search(words):
        console.remarks.append(f"line {number}: {printable(words, 200)}")
    elif _ROUTINE.match(words):
        console.routine += 1
        if words.startswith("Summary"):
            for at in console.gpus.values():
                at.errors, at.errors_since_summary = at.errors + at.errors_since_summary, 0
    else:
        console.not_mapped.append(
            f"line {number}: {printable(words, 120)}: a line that the source does not print as a result"
        )


def _take_progress(console: _Console, place: str, words: str) -> None:
    work, _, rest = words.partition("errors:")
    errors, _, temperatures = rest.partition("temps:")
    for column, (processed, rate) in enumerate(_RATE.findall(work)):
        at = console.gpus.setdefault(column, _Gpu(place=place))
        done = int(processed)
        at.died |= done < 0
        if done > 0 and done != at.processed:
            value = figure(rate)
            if value:
                at.rates.append(value)
            else:
                at.unread += 1
        at.processed = max(at.processed, done)
    for column, text in enumerate(re.findall(r"(\d{1,9})[^-]*", errors)):
        if column in console.gpus:
            console.gpus[column].errors_since_summary = int(text)
    for column, text in enumerate(re.findall(r"(\d{1,4}) C|--", temperatures)):
        if column in console.gpus and text:
            console.gpus[column].hottest = max(console.gpus[column].hottest or 0, int(text))


def _device(console: _Console, number: int) -> ForeignDevice:
    name, uuid = console.names.get(number, (None, None))
    return ForeignDevice(key=f"gpu-{number}", name=named(name), uuid=named(uuid))


def _format(console: _Console) -> NumberFormat | None:
    if {precision for precision, _ in console.modes} == {"DOUBLES"}:
        return "fp64"
    return "fp32" if console.modes == {("FLOATS", False)} else None


def _readings(console: _Console, number: int) -> Iterator[ForeignReading]:
    at, device = console.gpus[number], f"gpu-{number}"
    if at.rates:
        tensor = any(tensor for _, tensor in console.modes)
        path = "cuBLAS GEMM, tensor cores allowed" if tensor else "cuBLAS GEMM"
        yield ForeignReading(
            place=at.place,
            device=device,
            name="compute_rate",
            value=median(at.rates[:MOST_SAMPLES]),
            unit="GFLOP/s",
            measurand="compute_rate",
            number_format=_format(console),
            sparsity="dense",
            method=Method(name="gpu-burn", description=path, path="library"),
            statistic="median",
            samples=tuple(at.rates[:MOST_SAMPLES]),
            description="one sample per window that the console showed; the first holds the start of the process",
        )
    total = Decimal(at.errors + at.errors_since_summary)
    if at.processed > 0:
        yield ForeignReading(
            place=at.place, device=device, name="gpu-burn-errors", value=total, unit="1", statistic="count"
        )
    if at.hottest is not None:
        hottest = Decimal(at.hottest)
        yield ForeignReading(
            place=at.place, device=device, name="temperature", value=hottest, unit="C", statistic="max"
        )


def _remarks(console: _Console) -> Iterator[str]:
    yield "gpu-burn ends with status 0 whatever it finds, and calls a GPU OK that did no work: neither is evidence"
    faulty = [str(number) for number, at in console.gpus.items() if at.verdict == "FAULTY"]
    if faulty:
        yield f"gpu-burn calls GPU {', '.join(faulty)} FAULTY"
    wrong = [
        f"{number} ({at.errors + at.errors_since_summary:,})"
        for number, at in console.gpus.items()
        if at.errors + at.errors_since_summary
    ]
    if wrong:
        yield f"wrong results were counted on GPU {', '.join(wrong)}"
    died = [str(number) for number, at in console.gpus.items() if at.died]
    if died:
        yield f"the process of GPU {', '.join(died)} died during the run"
    idle = [number for number, at in console.gpus.items() if not at.rates]
    if idle:
        called = sum(console.gpus[number].verdict == "OK" for number in idle)
        ok = f", yet {called} of them called OK" if called else ""
        yield f"zero work done on GPU {', '.join(map(str, idle))}: their 0 Gflop/s is no rate, and is left out{ok}"
    if any(at.rates for at in console.gpus.values()) and _format(console) is None:
        tensor = any(tensor for _, tensor in console.modes)
        why = "single precision with tensor cores allowed (-tc)" if tensor else "no line says DOUBLES or FLOATS"
        yield f"the number format of the rates is not known: {why}"
    if any(len(at.rates) > MOST_SAMPLES for at in console.gpus.values()):
        yield f"only the first {MOST_SAMPLES:,} windows of each GPU are kept"
    if not any(at.verdict for at in console.gpus.values()):
        yield "the list of tested GPUs is missing: the run did not end by itself"
    yield from console.remarks


def _not_mapped(console: _Console) -> Iterator[str]:
    if console.progress:
        yield f"progress: {count_of(console.progress, 'line')}: states of one console line; each window is taken once"
    if console.routine:
        yield f"other lines: {count_of(console.routine, 'line')}: start and end of processes, settings, dates"
    unread = sum(at.unread for at in console.gpus.values())
    if unread:
        yield f"progress: {count_of(unread, 'window')}: the rate is no figure"
    yield from console.not_mapped

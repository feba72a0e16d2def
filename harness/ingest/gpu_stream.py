"""SuperBench's gpu_stream: rates of the four STREAM kernels on each GPU, for several sizes of a thread block.

A line is a tag, a rate in GB/s and the percentage of the peak that stands in the header. That peak is computed from the
memory clock and the width of the bus, and is no measurement; -1 means that it could not be had. Copy and Scale move two
buffers, Add and Triad three. One time is taken over all loops, so a rate is that of the mean.

Source:
    microsoft/superbenchmark `docs/user-tutorial/benchmarks/micro-benchmarks.md` (bandwidth in GB/s, ratio in %) and
    `superbench/benchmarks/micro_benchmarks/gpu_stream/gpu_stream.cu` at 700d650; a real output in
    `tests/data/gpu_stream.log`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from harness.ingest.figures import figure
from harness.ingest.lines import count_of, listed, named, numbered, printable, refusal, text_of
from harness.model.device_state import UnitState
from harness.model.foreign import ForeignDevice, ForeignFile, ForeignReading, Ingested
from harness.model.measurement import Method

TOOL = "gpu-stream"
ABOUT = "SuperBench's gpu_stream log: stream rates of each GPU, GB/s"
BASIS = "sample"

TAG = re.compile(
    r"STREAM_(?P<kernel>COPY|SCALE|ADD|TRIAD)_(?P<type>double|float)_gpu_(?P<gpu>\d{1,4})_buffer_(?P<buffer>\d{1,17})"
    r"_block_(?P<block>\d{1,6})"
)
_DEVICE = re.compile(
    r'Device (?P<gpu>\d{1,4}): "(?P<name>[^"]*)"\s+(?P<units>\d{1,6}) SMs\((?P<version>[\d.]+)\)\s+'
    r"Memory: (?P<memory>.*)ECC is (?P<ecc>ON|OFF)"
)
_MEMORY = re.compile(r"(?P<clock>[\d.]+)MHz x (?P<width>\d{1,6})-bit = (?P<peak>[\d.]+) GB/s PEAK")
_WIDTH = re.compile(r"(\d{1,6})-bit bus")
_BUFFERS = {"copy": 2, "scale": 2, "add": 3, "triad": 3}


@dataclass(slots=True)
class _Log:
    checked: bool | None = None
    ratios: int = 0
    devices: dict[str, ForeignDevice] = field(default_factory=dict)
    readings: list[ForeignReading] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    not_mapped: list[str] = field(default_factory=list)


def recognises(file: ForeignFile) -> bool:
    """Does a line begin with a tag of gpu_stream, followed by figures?"""
    head = file.data[:500_000].decode("utf-8", errors="replace")
    return re.search(r"^[ \t]*" + TAG.pattern + r"[ \t]", head, re.MULTILINE) is not None


def read(file: ForeignFile) -> Ingested:
    """Return the rate of each kernel, GPU and block size, and what the header says of each GPU.

    Raises:
        UnreadableInput: No line holds a rate.
    """
    log = _Log()
    for number, line in numbered(text_of(file)):
        _take(log, f"line {number}", line.strip())
    if not any(reading.measurand for reading in log.readings):
        raise refusal(
            file, "the file", "no rate of any kernel", "lines such as STREAM_TRIAD_double_gpu_0_... 7378.19 90"
        )
    if log.ratios:
        what = count_of(log.ratios, "percentage", "percentages")
        log.not_mapped.append(f"last column: {what}: shares of the header's peak, which follow from the rates")
    return Ingested(
        tool=TOOL,
        devices=tuple(log.devices.values()),
        readings=tuple(log.readings),
        remarks=listed(tuple(_remarks(log))),
        not_mapped=listed(log.not_mapped),
    )


def stream_method(tag: re.Match[str]) -> Method:
    """Return the method that a tag stands for."""
    kernel = tag.group("kernel").lower()
    touched = int(tag.group("buffer")) * _BUFFERS[kernel]
    return Method(
        name=f"gpu-stream-{kernel}",
        description=f"{tag.group('type')} elements, blocks of {int(tag.group('block'))} threads",
        bytes_counted="read+write",
        footprint_bytes=touched if 0 < touched <= 10**18 else None,
    )


def _take(log: _Log, place: str, words: str) -> None:
    fields = words.split()
    tag = TAG.fullmatch(fields[0])
    if tag is not None:
        _take_rate(log, place, tag, fields[1:])
    elif device := _DEVICE.match(words):
        _take_device(log, place, device)
    elif words.startswith("Check data:"):
        log.checked = "yes" in words.lower()
    elif words != "STREAM Benchmark":
        log.not_mapped.append(f"{place}: {printable(words, 120)}: a setting of the run")


def _take_rate(log: _Log, place: str, tag: re.Match[str], fields: list[str]) -> None:
    rate = figure(fields[0]) if fields else None
    if rate is None or rate == 0:
        log.not_mapped.append(f"{place}: {printable(' '.join([tag.group(), *fields]), 120)}: the rate is no figure")
        return
    log.ratios += len(fields) > 1
    gpu = f"gpu-{int(tag.group('gpu'))}"
    log.devices.setdefault(gpu, ForeignDevice(key=gpu))
    log.readings.append(
        ForeignReading(
            place=place,
            device=gpu,
            name="total_dram_bandwidth",
            value=rate,
            unit="GB/s",
            measurand="total_dram_bandwidth",
            method=stream_method(tag),
            statistic="mean",
        )
    )


def _take_device(log: _Log, place: str, device: re.Match[str]) -> None:
    gpu, memory = f"gpu-{int(device.group('gpu'))}", _MEMORY.match(device.group("memory"))
    bare = _WIDTH.search(device.group("memory"))
    width = memory.group("width") if memory else bare.group(1) if bare else None
    state = UnitState(
        processing_units_enabled=int(device.group("units")),
        memory_bus_width_bits=int(width) if width else None,
        ecc_enabled=device.group("ecc") == "ON",
    )
    log.devices[gpu] = ForeignDevice(key=gpu, name=named(device.group("name")), state=state)
    if memory is None:
        log.not_mapped.append(
            f"{place}: {printable(device.group('memory'), 120)}: the size of the memory, in no exact unit"
        )
        return
    for name, text, unit in (
        ("memory-clock", memory.group("clock"), "MHz"),
        ("theoretical-dram-bandwidth", memory.group("peak"), "GB/s"),
    ):
        value = figure(text)
        if value is None:
            log.not_mapped.append(f"{place}: {name} {printable(text, 40)}: no figure")
            continue
        log.readings.append(ForeignReading(place=place, device=gpu, name=name, value=value, unit=unit))


def _remarks(log: _Log) -> Iterator[str]:
    yield "a rate is the mean over all loops of one kernel at one size of a thread block, in bytes read and written"
    if any(reading.name == "theoretical-dram-bandwidth" for reading in log.readings):
        yield "the peak in the header is computed from memory clock and bus width: it is no measurement"
    vague = sum("graphics device" in (device.name or "").lower() for device in log.devices.values())
    if vague:
        yield f"{count_of(vague, 'device gives', 'devices give')} a name that says nothing of the model"
    if log.checked is False:
        yield "the tool did not check what its kernels wrote (Check data: No)"
    yield from log.remarks

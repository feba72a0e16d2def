"""ROCm Validation Suite: its JSON results and its log. A .conf file is refused: it lists targets and measures nothing.

All values of the JSON are texts. The gst module's rate is the highest of its intervals, in the format of `dtype`; the
log prints the intervals but no format, which stands at most in the name that somebody gave the action. The iet module's
"average power" is the highest power that was seen. "pass" and "met" are held against targets that the user chose, some
of them 0, and are claims. A log names GPUs by an id of the kernel driver, and in some places by their bus.

Source:
    ROCm/ROCmValidationSuite at 21584e1: `docs/schemas`, `gst.so/src/gst_worker.cpp`, `iet.so/src/iet_worker.cpp`,
    `src/rvsliblogger.cpp`, and the sample outputs in `docs/ug1main.md`.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from harness.ingest.figures import figure, figure_with_unit
from harness.ingest.foreign_json import each_in, items, members, whole
from harness.ingest.lines import count_of, listed, printable, refusal, slug, text_of
from harness.ingest.rvs_log import BABEL, MODULES, Found, log_of, stream_rate
from harness.model.foreign import ForeignFile, ForeignReading, Ingested
from harness.model.measurement import Method, NumberFormat

TOOL = "rvs"
ABOUT = "ROCm Validation Suite (JSON, log): rates, memory bandwidth, power, links; .conf files are refused"
BASIS = "source"

_FORMATS: dict[str, NumberFormat] = {
    "fp64_r": "fp64",
    "fp32_r": "fp32",
    "fp16_r": "fp16",
    "bf16_r": "bf16",
    "fp8_r": "fp8_e4m3",
    "fp8_e4m3_r": "fp8_e4m3",
    "fp8_e5m2_r": "fp8_e5m2",
    "bf8_r": "fp8_e5m2",
    "fp6_r": "fp6",
    "fp4_r": "fp4",
    "i8_r": "int8",
    "dgemm": "fp64",
    "sgemm": "fp32",
    "hgemm": "fp16",
}
_JSON = re.compile(rb'\{\s*"version"\s*:\s*"[0-9.]+"\s*,\s*"(?:' + "|".join(MODULES).encode() + rb')"\s*:')
_CONF = re.compile(rb"^[ \t]*-?[ \t]*module:[ \t]*(?:" + "|".join(MODULES).encode() + rb")\b", re.MULTILINE)
_LOG = re.compile(rb"^[ \t]*\[(?:RESULT|INFO  |ERROR |DEBUG )\]\s*\[ ?[0-9. ]+\]", re.MULTILINE)


def recognises(file: ForeignFile) -> bool:
    """Is it a module's object, a line of the suite's log, or a configuration?"""
    head = file.data[:200_000]
    found = _JSON.search(head) or _LOG.search(head)
    return found is not None or (b"actions:" in head and _CONF.search(head) is not None)


def read(file: ForeignFile) -> Ingested:
    """Return rates of compute and memory as measurements, power and links as observations.

    Raises:
        UnreadableInput: It is a configuration, or has no figure.
    """
    head = file.data[:200_000]
    if _JSON.search(head):
        found = _results(file)
    elif _LOG.search(head):
        found = log_of(file)
    elif _CONF.search(head):
        need, advice = "a measurement", "run it, and read the log or the file that rvs -j wrote"
        raise refusal(file, "the file", "a configuration: a list of actions with their targets", need, advice)
    else:
        raise refusal(file, "the file", "no line of the suite", "its log, or the JSON of rvs -j")
    if not found.readings and not found.devices:
        raise refusal(file, "the results", "no figure", "lines such as GFLOPS 1059931, or members such as gflops")
    return Ingested(
        tool=TOOL,
        tool_version=found.version,
        driver=found.driver,
        devices=tuple(found.devices.values()),
        readings=tuple(found.readings),
        remarks=listed(tuple(_remarks(found))),
        not_mapped=listed(tuple(_not_mapped(found))),
    )


def _results(file: ForeignFile) -> Found:
    found = Found()
    for each in each_in(file, text_of(file)):
        for module, actions in members(each).items():
            if module in MODULES:
                for action, results in members(actions).items():
                    for n, result in enumerate(items(results)):
                        _take(found, module, f"{module}.{printable(action, 100)}[{n}]", members(result))
            elif module != "version":
                found.not_mapped.append(f"{printable(module, 60)}: no module of the suite")
    return found


def _take(found: Found, module: str, place: str, result: dict[str, Any]) -> None:
    number, identity = whole(result.get("gpu_index"), 9_999), whole(result.get("gpu_id"))
    key = f"gpu-{number}" if number is not None else f"id-{identity}" if identity is not None else None
    if key is not None:
        found.device(key)
    found.judged(place, str(result.get("pass", "")), result.get("target"))
    before = len(found.readings)
    if module == "gst":
        _rate(found, place, key, result)
    elif module == "babel":
        _memory(found, place, key, result)
    elif module == "iet":
        _power(found, place, key, figure(result.get("average power")))
    elif module in ("pebb", "pbqt"):
        _link(found, module, place, result)
    if len(found.readings) == before:
        found.without_figure[module] += 1


def _rate(found: Found, place: str, key: str | None, result: dict[str, Any]) -> None:
    value, said = figure(result.get("gflops")), printable(result.get("dtype") or "", 40)
    number_format = _FORMATS.get(said.lower())
    if value:
        whole_numbers = number_format == "int8"
        found.readings.append(
            ForeignReading(
                place=place,
                device=key,
                name="compute_rate",
                value=value,
                unit="GOP/s" if whole_numbers else "GFLOP/s",
                measurand="compute_rate",
                number_format=number_format,
                sparsity="dense",
                method=Method(name="rvs-gst", description=f"GEMM, dtype {said or 'not said'}", path="library"),
                statistic="max",
            )
        )
        if number_format is None:
            found.unknown_formats[said or "nothing"] += 1


def _memory(found: Found, place: str, key: str | None, result: dict[str, Any]) -> None:
    for n, each in enumerate(items(result.get("results"))):
        part = members(each)
        value = figure(part.get("max_mbytes_per_sec"))
        function = str(part.get("subtest", "")).lower()
        if value and function in BABEL:
            found.readings.append(stream_rate(f"{place}.results[{n}]", key, function, value))


def _link(found: Found, module: str, place: str, result: dict[str, Any]) -> None:
    """Both modules name the ends of a link, and its rate with the unit behind it."""
    rate = figure_with_unit(str(result.get("throughput", "")).replace("(*)", "").strip())
    ends = " to ".join(printable(result[end], 80) for end in ("srccpu", "srcgpu", "dstgpu") if end in result)
    if rate is not None and rate[1] == "GBps":
        name = slug("rvs", module, "throughput")
        words = f"{ends}, {printable(result.get('intf') or '', 40)}"
        reading = ForeignReading(place=place, device=None, name=name, value=rate[0], unit="GB/s", description=words)
        found.readings.append(reading)


def _power(found: Found, place: str, key: str | None, value: Decimal | None) -> None:
    found.iet = True
    if value is not None:
        found.readings.append(
            ForeignReading(place=place, device=key, name="rvs-iet-power", value=value, unit="W", statistic="max")
        )


def _remarks(found: Found) -> Iterator[str]:
    yield "what the suite calls pass or met is held against targets of the user's: a claim and no evidence"
    if found.not_met:
        yield f"{count_of(len(found.not_met), 'result')} not passed: {'; '.join(found.not_met[:10])}"
    if found.targets_of_0:
        yield f"{count_of(found.targets_of_0, 'target is', 'targets are')} 0, and can never be missed"
    if found.iet:
        yield 'the "average power" of iet is the highest that was seen, as its source has it'
    for said, number in found.unknown_formats.items():
        yield f"{count_of(number, 'rate')} in a format that is not known: {said}"
    yield from found.remarks


def _not_mapped(found: Found) -> Iterator[str]:
    for module, number in found.without_figure.items():
        yield f"{module}: {count_of(number, 'result')} without a figure that a lab report has a place for"
    if found.other:
        yield f"other lines: {count_of(found.other, 'line')}: start and end of actions, topology, settings"
    yield from found.not_mapped

"""NVBench's JSON: the devices, and for each benchmark and state its summaries.

Values are strings, so that no reader rounds them. What their unit is follows from `hint` and from nothing else:
"duration" is seconds, "byte_rate" bytes a second, "percentage" a share where 1.0 is 100 %. A byte rate counts the bytes
that the benchmark declared, which a cache may have served: it is an observation, never the rate of the DRAM. The
bandwidth of the bus in `devices` is computed (2 x clock x width), in bytes a second; clocks are in Hz.

Source:
    NVIDIA/nvbench at 66212f1: `nvbench/summary.cuh` (the hints), `nvbench/device_info.cuh` (units of the devices),
    `nvbench/json_printer.cu`, `nvbench/detail/measure_cold.cu`; a real file in `python/scripts/test_ref.json`.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from harness.ingest.figures import figure
from harness.ingest.foreign_json import items, json_of, members, whole
from harness.ingest.lines import count_of, listed, named, printable, refusal, slug
from harness.model.device_state import UnitState
from harness.model.foreign import ForeignDevice, ForeignFile, ForeignReading, Ingested
from harness.model.quantity import EXACT

TOOL = "nvbench"
ABOUT = "NVBench's JSON: times and rates of each benchmark and state, as observations"
BASIS = "source"

_UNITS = {
    "duration": "s",
    "item_rate": "items/s",
    "bytes": "B",
    "byte_rate": "B/s",
    "sample_size": "1",
    "percentage": "1",
    "frequency": "Hz",
}
_OF_DEVICE = {
    "sm_default_clock_rate": ("sm-default-clock", "Hz"),
    "global_memory_bus_bandwidth": ("theoretical-dram-bandwidth", "B/s"),
}
_TAKEN = {"id", "name", "number_of_sms", "global_memory_bus_peak_clock_rate", "global_memory_bus_width", "ecc_state"}
_TAKEN |= {"global_memory_size", "l2_cache_size", *_OF_DEVICE}


@dataclass(slots=True)
class _File:
    readings: list[ForeignReading] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    no_unit: Counter[str] = field(default_factory=Counter)
    no_figure: Counter[str] = field(default_factory=Counter)
    other: set[str] = field(default_factory=set)
    byte_rates: int = 0


def recognises(file: ForeignFile) -> bool:
    """Is it an object that names NVBench, or has its devices and summaries?"""
    data = file.data
    if data.lstrip()[:1] != b"{" or b'"benchmarks"' not in data:
        return False
    return b'"nvbench"' in data or (b'"summaries"' in data and b'"number_of_sms"' in data)


def read(file: ForeignFile) -> Ingested:
    """Return what each state's summaries say, and what the file says of its devices.

    Raises:
        UnreadableInput: It is no JSON, or has no benchmark with a summary.
    """
    whole_file = members(json_of(file))
    found = _File()
    devices = tuple(_devices(found, items(whole_file.get("devices"))))
    for n, benchmark in enumerate(items(whole_file.get("benchmarks"))):
        for m, state in enumerate(items(members(benchmark).get("states"))):
            where = f"benchmarks[{n}].states[{m}]"
            _take_state(found, where, members(benchmark).get("name"), members(state), {one.key for one in devices})
    if not any(reading.place.startswith("benchmarks") for reading in found.readings):
        raise refusal(file, "benchmarks", "no summary with a figure", "states with summaries")
    version = members(members(members(whole_file.get("meta")).get("version")).get("nvbench")).get("string")
    return Ingested(
        tool=TOOL,
        tool_version=named(version),
        devices=devices,
        readings=tuple(found.readings),
        remarks=listed(tuple(_remarks(found))),
        not_mapped=listed(tuple(_not_mapped(found))),
    )


def _devices(found: _File, devices: list[Any]) -> Iterator[ForeignDevice]:
    seen: set[str] = set()
    for n, each in enumerate(devices):
        device = members(each)
        number = whole(device.get("id"))
        key = f"gpu-{number}" if number is not None else f"devices[{n}]"
        if key in seen:
            found.remarks.append(f"devices[{n}]: the id of an earlier device again; left out")
            continue
        seen.add(key)
        for field_name, (name, unit) in _OF_DEVICE.items():
            value = figure(device.get(field_name))
            if value is not None:
                place = f"devices[{n}].{field_name}"
                found.readings.append(ForeignReading(place=place, device=key, name=name, value=value, unit=unit))
        found.other |= device.keys() - _TAKEN
        yield ForeignDevice(key=key, name=named(device.get("name")), state=_state(device))


def _state(device: dict[str, Any]) -> UnitState:
    clock, ecc, size = (
        figure(device.get("global_memory_bus_peak_clock_rate")),
        device.get("ecc_state"),
        figure(device.get("global_memory_size")),
    )
    return UnitState(
        processing_units_enabled=whole(device.get("number_of_sms"), 10**9),
        max_memory_clock_mhz=None if clock is None else figure(f"{EXACT.scaleb(clock, -6):f}"),
        memory_bus_width_bits=whole(device.get("global_memory_bus_width"), 10**9),
        memory_total=size,
        memory_total_unit="MiB" if size is None else "B",
        last_level_cache_bytes=whole(device.get("l2_cache_size")),
        ecc_enabled=ecc if isinstance(ecc, bool) else None,
    )


def _take_state(found: _File, where: str, benchmark: object, state: dict[str, Any], keys: set[str]) -> None:
    if state.get("is_skipped") is True:
        found.skipped[printable(state.get("skip_reason") or "no reason is given", 200)] += 1
    number = whole(state.get("device"))
    key = f"gpu-{number}" if f"gpu-{number}" in keys else None
    for n, each in enumerate(items(state.get("summaries"))):
        summary = members(each)
        _take_summary(found, f"{where}.summaries[{n}]", key, (benchmark, state.get("name")), summary)


def _take_summary(
    found: _File, place: str, device: str | None, of: tuple[object, object], summary: dict[str, Any]
) -> None:
    tag, hint = printable(summary.get("tag") or "a summary without a tag", 100), summary.get("hint")
    unit = _UNITS.get(hint) if isinstance(hint, str) else None
    values = [members(item).get("value") for item in items(summary.get("data")) if members(item).get("name") == "value"]
    value = figure(values[0]) if len(values) == 1 and isinstance(values[0], str) else None
    if unit is None or value is None:
        (found.no_unit if unit is None else found.no_figure)[tag] += 1
        return
    found.byte_rates += hint == "byte_rate"
    about = printable(summary.get("description") or summary.get("name") or tag, 300)
    state = f" of {printable(of[1], 200)}" if isinstance(of[1], str) and of[1] else ""
    found.readings.append(
        ForeignReading(
            place=place,
            device=device,
            name=slug(of[0] if isinstance(of[0], str) else "benchmark", tag.removeprefix("nv/")),
            value=value,
            unit=unit,
            description=f"{about}{state}",
        )
    )


def _remarks(found: _File) -> Iterator[str]:
    if any(reading.name == "theoretical-dram-bandwidth" for reading in found.readings):
        yield "the bandwidth of a device is computed from clock and width of its bus: it is no measurement"
    if found.byte_rates:
        what = count_of(found.byte_rates, "byte rate counts", "byte rates count")
        yield f"{what} the bytes that a benchmark declared, from whatever memory they came: an observation"
    if any("-cold-" in reading.name for reading in found.readings):
        yield "the tool throws away samples below three quarters of the default clock: a limiter can stay unseen"
    if found.no_figure:
        yield f"{count_of(sum(found.no_figure.values()), 'summary holds', 'summaries hold')} no figure, such as NaN"
    for reason, number in found.skipped.items():
        yield f"{count_of(number, 'state was', 'states were')} skipped: {reason}"
    yield from found.remarks


def _not_mapped(found: _File) -> Iterator[str]:
    for tag, number in found.no_unit.items():
        yield f"summaries: {count_of(number, 'time', 'times')} {tag}: no hint that gives a unit"
    for tag, number in found.no_figure.items():
        yield f"summaries: {count_of(number, 'time', 'times')} {tag}: no figure"
    if found.other:
        names = ", ".join(sorted(printable(name, 60) for name in found.other)[:40])
        yield f"devices: {names}: properties that a lab report has no place for"

"""amd-smi static --json and amd-smi metric --json: an array with an object per GPU, or one under `gpu_data`.

A figure is an object of `value` and `unit`. The size of the VRAM is printed in "MB" and counts 2^20 bytes, as the
source computes it; it is taken as MiB. `max_power` is the highest cap that can be set, and `socket_power` the one that
is. With SPX the whole package is one device; with DPX, QPX or CPX a part of it.

Source:
    ROCm/amdsmi at 0ceca28: `amdsmi_cli/amdsmi_commands.py`, `src/amd_smi/amd_smi.cc`. Written from the source alone.
"""

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from harness.ingest.bus_links import XGMI_NOT_COUNTED, pcie
from harness.ingest.figures import figure
from harness.ingest.foreign_json import Printed, each_in, items, members, whole
from harness.ingest.lines import count_of, listed, named, printable, refusal, slug, text_of
from harness.model.device_state import Limiter, LimiterName, Link, UnitState
from harness.model.foreign import ForeignDevice, ForeignFile, ForeignReading, Ingested

TOOL = "amd-smi"
ABOUT = "amd-smi static, metric, list --json: identity, caps, clocks, partition, violations, ECC"
BASIS = "source"

_PARTS = ("asic", "bus", "vram", "limit", "partition", "board", "usage", "power", "clock", "temperature", "bdf")
_VIOLATIONS: dict[str, LimiterName] = {
    "ppt": "software-power-cap",
    "prochot": "hardware-slowdown",
    "socket_thermal": "hardware-thermal",
    "vr_thermal": "hardware-thermal",
    "hbm_thermal": "hardware-thermal",
}
_READ = {
    "gpu",
    "asic",
    "bus",
    "vbios",
    "ifwi",
    "limit",
    "driver",
    "board",
    "partition",
    "vram",
    "ras",
    "clock",
    "power",
}
_READ |= {"temperature", "usage", "ecc", "throttle", "mem_usage", "bdf", "uuid"}


def recognises(file: ForeignFile) -> bool:
    """Is it an array of objects, or an object with `gpu_data`, whose first member is the number of a GPU?"""
    start = file.data.lstrip()[:4_000]
    if not re.match(rb'(?:\{\s*"gpu_data"\s*:\s*)?\[\s*\{\s*"gpu"\s*:\s*\d+\s*,', start):
        return False
    return any(b'"%s"' % part.encode() in file.data[:100_000] for part in _PARTS)


def read(file: ForeignFile) -> Ingested:
    """Return the GPUs with their states; power, clocks, temperatures, errors and caps as observations.

    Raises:
        UnreadableInput: It is no JSON, or has no GPU with a part that is known.
    """
    gpus: dict[int, dict[str, Any]] = {}
    for found in each_in(file, text_of(file)):
        for each in items(members(found).get("gpu_data")) or items(found):
            number = whole(members(each).get("gpu"), 9_999)
            if number is not None and any(part in each for part in _PARTS):
                gpus.setdefault(number, {}).update(members(each))
    if not gpus:
        raise refusal(file, "the array", "no GPU with a part that is known", 'objects such as {"gpu": 0, "asic": ...}')
    drivers = _distinct(_said(members(gpu.get("driver")), "version", "driver_version") for gpu in gpus.values())
    firmware = _distinct(_said(members(gpu.get("vbios") or gpu.get("ifwi")), "version") for gpu in gpus.values())
    return Ingested(
        tool=TOOL,
        driver=drivers[0] if drivers else None,
        firmware=firmware[0] if firmware else None,
        devices=tuple(_device(number, gpu) for number, gpu in gpus.items()),
        readings=tuple(reading for number, gpu in gpus.items() for reading in _readings(number, gpu)),
        remarks=listed(tuple(_remarks(gpus))),
        not_mapped=listed(tuple(_not_mapped(gpus))),
    )


def _distinct(texts: Iterator[str | None]) -> list[str]:
    return list(dict.fromkeys(text for text in texts if text))


def _said(part: dict[str, Any], *keys: str) -> str | None:
    words = (named(part.get(key)) for key in keys)
    return next((one for one in words if one is not None and one.upper() != "N/A"), None)


def _figure(said: Any, unit: str) -> Decimal | None:
    """Return the value of a figure in the unit that it must have."""
    part = members(said)
    return figure(part.get("value")) if part.get("unit") == unit else None


def _device(number: int, gpu: dict[str, Any]) -> ForeignDevice:
    asic, board = members(gpu.get("asic")), members(gpu.get("board"))
    serial = _said(asic, "asic_serial") or _said(board, "product_serial")
    return ForeignDevice(
        key=f"gpu-{number}",
        name=_said(asic, "market_name") or _said(board, "product_name"),
        manufacturer="AMD",
        uuid=_said(gpu, "uuid"),
        serial=serial if serial and serial.removeprefix("0x").strip("0") else None,
        part_number=_said(board, "model_number"),
        bus_id=_said(members(gpu.get("bus")), "bdf") or _said(gpu, "bdf"),
        state=_state(gpu),
    )


def _state(gpu: dict[str, Any]) -> UnitState:
    asic, vram, limit = members(gpu.get("asic")), members(gpu.get("vram")), members(gpu.get("limit"))
    size, clock = _figure(vram.get("size"), "MB"), members(gpu.get("clock"))
    partition = _partition(gpu)
    limiters = tuple(_limiters(gpu))
    return UnitState(
        processing_units_enabled=whole(asic.get("num_compute_units"), 10**6),
        max_sm_clock_mhz=_highest(clock, "gfx"),
        max_memory_clock_mhz=_highest(clock, "mem"),
        memory_bus_width_bits=whole(vram.get("bit_width"), 10**6),
        memory_total=size,
        power_limit_w=_figure(limit.get("socket_power"), "W"),
        thermal_slowdown=_thermal(gpu),
        partitioned=None if partition is None else partition.upper() != "SPX",
        ecc_enabled=_ecc(gpu),
        limiters=limiters,
        device_name=_said(asic, "market_name"),
        device_part_number=_said(members(gpu.get("board")), "model_number"),
        links=(_pcie(gpu), XGMI_NOT_COUNTED),
    )


def _pcie(gpu: dict[str, Any]) -> Link:
    bus = members(gpu.get("bus"))
    lanes = whole(bus.get("max_pcie_width"), 64)
    # The bus as it can run; as it does run is a metric of its own.
    return pcie(lanes, lanes, None, _figure(bus.get("max_pcie_speed"), "GT/s"))


def _partition(gpu: dict[str, Any]) -> str | None:
    part = members(gpu.get("partition"))
    return _said(part, "compute_partition", "accelerator_partition", "accelerator_type")


def _highest(clock: dict[str, Any], domain: str) -> Decimal | None:
    parts = [members(part) for name, part in clock.items() if re.fullmatch(rf"{domain}(?:_\d+)?", name)]
    return max((value for part in parts if (value := _figure(part.get("max_clk"), "MHz"))), default=None)


def _limiters(gpu: dict[str, Any]) -> Iterator[Limiter]:
    throttle = members(gpu.get("throttle"))
    seen: dict[LimiterName, bool] = {}
    for key, name in _VIOLATIONS.items():
        said = _said(throttle, f"{key}_violation_status")
        if said in ("ACTIVE", "NOT ACTIVE"):
            seen[name] = seen.get(name, False) or said == "ACTIVE"
    locked = [_said(members(part), "clk_locked") for part in members(gpu.get("clock")).values()]
    if any(words in ("ENABLED", "DISABLED") for words in locked):
        seen["application-clocks"] = "ENABLED" in locked
    yield from (Limiter(name=name, active=active) for name, active in seen.items())


def _thermal(gpu: dict[str, Any]) -> bool | None:
    """An idle device shows nothing of what heat would do to it."""
    said = [limiter.active for limiter in _limiters(gpu) if limiter.name == "hardware-thermal"]
    if said == [True]:
        return True
    busy = _figure(members(gpu.get("usage")).get("gfx_activity"), "%")
    return False if said == [False] and busy else None


def _ecc(gpu: dict[str, Any]) -> bool | None:
    blocks = members(gpu.get("ras")).get("ecc_block_state")
    for block in items(blocks):
        if members(block).get("block") == "UMC":
            blocks = {"UMC": members(block).get("status")}
    return {"ENABLED": True, "DISABLED": False}.get(str(members(blocks).get("UMC")))


def _readings(number: int, gpu: dict[str, Any]) -> Iterator[ForeignReading]:
    for part in ("power", "temperature", "limit", "usage", "mem_usage"):
        for key, said in members(gpu.get(part)).items():
            unit = members(said).get("unit")
            value = figure(members(said).get("value")) if isinstance(unit, str) and 0 < len(unit) <= 20 else None
            if value is not None and not (part == "limit" and key == "socket_power"):
                yield _observed(number, f"{part}.{key}", slug(part, key), value, printable(unit, 20))
    for name, clock in members(gpu.get("clock")).items():
        value = _figure(members(clock).get("clk"), "MHz")
        if value is not None:
            yield _observed(number, f"clock.{name}.clk", slug("clock", name), value, "MHz")
    for key, said in members(gpu.get("ecc")).items():
        value = figure(said) if isinstance(said, Printed) else None
        if value is not None:
            yield _observed(number, f"ecc.{key}", slug("ecc", key), value, "1")


def _observed(number: int, place: str, name: str, value: Decimal, unit: str) -> ForeignReading:
    key = f"gpu-{number}"
    return ForeignReading(place=f"{key}, {place}", device=key, name=name, value=value, unit=unit or "1")


def _remarks(gpus: dict[int, dict[str, Any]]) -> Iterator[str]:
    yield "a driver's account of its devices at one moment: nothing in it was measured by a test"
    if any(members(gpu.get("vram")).get("size") for gpu in gpus.values()):
        yield 'the size of the VRAM is printed in "MB" and counted in 2^20 bytes: taken as MiB'
    for number, gpu in gpus.items():
        partition = _partition(gpu)
        if partition is not None and partition.upper() != "SPX":
            yield f"gpu-{number}: partition {partition}: a part of the package, and not the whole"
        held = [limiter.name for limiter in _limiters(gpu) if limiter.active]
        if held:
            yield f"gpu-{number}: held down when it was read: {', '.join(held)}"
        wrong = whole(members(gpu.get("ecc")).get("total_uncorrectable_count"))
        if wrong:
            yield f"gpu-{number}: {count_of(wrong, 'uncorrectable memory error')} counted"


def _not_mapped(gpus: dict[int, dict[str, Any]]) -> Iterator[str]:
    rest: Counter[str] = Counter(part for gpu in gpus.values() for part in gpu if part not in _READ)
    if rest:
        yield f"{', '.join(printable(part, 60) for part in sorted(rest)[:40])}: a lab report has no place for them"

"""rocm-smi -a --json: one object per card. All values are texts; the unit stands in the key, or behind the number.

Keys such as "0" to "15" are states of a clock that the file does not name: they are overwritten by one list after the
other, and are not taken. A partition other than SPX shows a part of the package, and an MI250X shows as two devices.

Source:
    Real outputs of ROCm 4.3 to 6.1 in influxdata/telegraf `plugins/inputs/amd_rocm_smi/testdata`; ROCm/amdsmi
    `rocm_smi/python_smi_tools/rocm_smi.py` for the partitions.
"""

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from harness.ingest.bus_links import XGMI_NOT_COUNTED, pcie
from harness.ingest.figures import figure, figure_with_unit
from harness.ingest.foreign_json import each_in, members
from harness.ingest.lines import count_of, listed, named, printable, refusal, text_of
from harness.model.device_state import Limiter, Link, UnitState
from harness.model.foreign import ForeignDevice, ForeignFile, ForeignReading, Ingested

TOOL = "rocm-smi"
ABOUT = "rocm-smi -a --json: identity, power cap, clocks, partition, memory, bus"
BASIS = "sample"

MOST_KEYS = 1_000
_CARD = re.compile(r"card\d{1,4}")
_BUS = re.compile(r"\d+ \(([0-9.]{1,6})GT/s x(\d{1,2})\)")
_NAMES = ("Device Name", "Card Series", "Card series", "Card Model")
# Key, name of the observation, unit.
_WITH_UNIT_IN_KEY = (
    ("Average Graphics Package Power (W)", "power-draw-mean", "W"),
    ("Current Socket Graphics Package Power (W)", "power-draw", "W"),
    ("Temperature (Sensor edge) (C)", "temperature", "C"),
    ("Temperature (Sensor junction) (C)", "junction-temperature", "C"),
    ("Temperature (Sensor memory) (C)", "memory-temperature", "C"),
    ("VRAM Total Used Memory (B)", "memory-used", "B"),
    ("GPU use (%)", "utilization", "%"),
    ("GPU OverDrive value (%)", "clock-overdrive", "%"),
)
_CLOCKS = (("sclk clock speed:", "sm-clock"), ("mclk clock speed:", "memory-clock"))
_TAKEN = {key for key, *_ in (*_WITH_UNIT_IN_KEY, *_CLOCKS)} | {
    *_NAMES,
    *("Unique ID", "Serial Number", "PCI Bus", "VBIOS version", "Card SKU", "Max Graphics Package Power (W)"),
    *("VRAM Total Memory (B)", "pcie clock level", "Performance Level", "Compute Partition", "Memory Partition"),
}


def recognises(file: ForeignFile) -> bool:
    """Does an object hold cards with the keys of this tool?"""
    head = file.data[:2_000_000]
    known = (b'"Unique ID"', b'"PCI Bus"', b'"Device ID"', b'"GPU ID"', b'clock speed:"', b'"VRAM Total', b'"GPU use')
    return re.search(rb'"card\d+"\s*:\s*\{', head) is not None and any(key in head for key in known)


def read(file: ForeignFile) -> Ingested:
    """Return the cards with their states; power, temperatures and clocks as observations.

    Raises:
        UnreadableInput: It is no JSON, or has no card.
    """
    root = next((found for found in each_in(file, text_of(file)) if isinstance(found, dict)), {})
    cards = {key: members(value) for key, value in root.items() if _CARD.fullmatch(key) and members(value)}
    if not cards:
        raise refusal(file, "the object", "no card", 'members such as "card0"')
    firmware = list(dict.fromkeys(words for card in cards.values() if (words := _said(card, "VBIOS version"))))
    return Ingested(
        tool=TOOL,
        driver=_said(members(root.get("system")), "Driver version"),
        firmware=firmware[0] if firmware else None,
        devices=tuple(_device(key, card) for key, card in cards.items()),
        readings=tuple(reading for key, card in cards.items() for reading in _readings(key, card)),
        remarks=listed(tuple(_remarks(root, cards))),
        not_mapped=listed(tuple(_not_mapped(root, cards))),
    )


def _said(card: dict[str, Any], *keys: str) -> str | None:
    for key in keys:
        words = named(card.get(key))
        if words is not None and words != "N/A" and not words.startswith("N/A "):
            return words
    return None


def _name(card: dict[str, Any]) -> str | None:
    """Return the name for which the card is sold, which may stand in brackets behind that of its design."""
    for key in _NAMES:
        words = _said(card, key)
        if words is not None and not words.startswith("0x"):
            in_brackets = re.search(r"\[(.+)\]", words)
            return in_brackets.group(1) if in_brackets else words
    return None


def _device(key: str, card: dict[str, Any]) -> ForeignDevice:
    return ForeignDevice(
        key=key,
        name=_name(card),
        manufacturer="AMD",
        uuid=_said(card, "Unique ID"),
        serial=_said(card, "Serial Number"),
        part_number=_said(card, "Card SKU"),
        bus_id=_said(card, "PCI Bus"),
        state=_state(card),
    )


def _state(card: dict[str, Any]) -> UnitState:
    memory = figure(card.get("VRAM Total Memory (B)"))
    level, cap = _said(card, "Performance Level"), figure(card.get("Max Graphics Package Power (W)"))
    partition = _said(card, "Compute Partition")
    # The level "auto" lets the clocks be; every other one holds them.
    held = () if level is None else (Limiter(name="application-clocks", active=level.lower() != "auto"),)
    return UnitState(
        memory_total=memory,
        memory_total_unit="B" if memory is not None else "MiB",
        power_limit_w=cap,
        partitioned=None if partition is None else partition.upper() != "SPX",
        limiters=held,
        device_name=_name(card),
        device_part_number=_said(card, "Card SKU"),
        links=(_pcie(card), XGMI_NOT_COUNTED),
    )


def _pcie(card: dict[str, Any]) -> Link:
    found = _BUS.fullmatch(str(card.get("pcie clock level", "")))
    return pcie(None, None, None, None) if found is None else pcie(int(found[2]), None, figure(found[1]), None)


def _readings(key: str, card: dict[str, Any]) -> Iterator[ForeignReading]:
    for place, name, unit in _WITH_UNIT_IN_KEY:
        value = figure(card.get(place))
        if value is not None:
            yield _observed(key, place, name, value, unit)
    for place, name in _CLOCKS:
        found = figure_with_unit(str(card.get(place, "")))
        if found is not None and found[1].lower() == "mhz":
            yield _observed(key, place, name, found[0], "MHz")


def _observed(key: str, place: str, name: str, value: Decimal, unit: str) -> ForeignReading:
    return ForeignReading(place=f"{key}, {place}", device=key, name=name, value=value, unit=unit)


def _remarks(root: dict[str, Any], cards: dict[str, dict[str, Any]]) -> Iterator[str]:
    yield "a driver's account of its devices at one moment: nothing in it was measured by a test"
    for key, card in cards.items():
        partition, memory = _said(card, "Compute Partition"), _said(card, "Memory Partition")
        if partition is not None and partition.upper() != "SPX":
            yield f"{key}: partition {partition}: a part of the package, and not the whole"
        if memory is not None and memory.upper() != "NPS1":
            yield f"{key}: memory partition {memory}: what one part sees of the memory"
        level = _said(card, "Performance Level")
        if level is not None and level.lower() != "auto":
            yield f"{key}: performance level {level}: clocks were held"
        if "MI250" in (_name(card) or ""):
            yield f"{key}: {_name(card)} shows as two devices, each half a package"
    processes = [name for name in members(root.get("system")) if name.startswith("PID")]
    if processes:
        yield f"{count_of(len(processes), 'process')} used the cards; which card each is not said for certain"


def _not_mapped(root: dict[str, Any], cards: dict[str, dict[str, Any]]) -> Iterator[str]:
    rest: Counter[str] = Counter(key for card in cards.values() for key in card if key not in _TAKEN)
    states = [key for key in rest if key.isdigit()]
    if states:
        yield f"{count_of(len(states), 'key')} such as {states[0]!r}: states of a clock or a bus that is not named"
    others = [printable(key, 60) for key in list(rest)[:MOST_KEYS] if not key.isdigit()]
    for n in range(0, len(others), 20):
        yield f"{', '.join(others[n : n + 20])}: a lab report has no place for them"
    if len(rest) > MOST_KEYS:
        yield f"{count_of(len(rest) - MOST_KEYS, 'further key')}"
    unknown = [printable(key, 60) for key in root if key != "system" and key not in cards]
    if unknown:
        yield f"{', '.join(unknown[:20])}: no card"

"""dcgmi diag -j: what NVIDIA's diagnostic says of each GPU, in the shape of version 3 and in that of version 4.

A status (Pass, Fail, Warn, Skip) is the tool's own judgement of a limit that the file does not hold: a claim, which a
lab report does not keep. Its warnings are remarks; those that say that a device was slowed, or that its ECC is off, go
into the state of the unit. Figures stand in sentences, each with its unit. The gigaflops of the test `diagnostic` are
of several formats by turns, and so of none.

Source:
    NVIDIA/DCGM at 72fa3fe (4.6.0): `dcgmi/Diag.cpp`, `nvvs/include/NvvsJsonStrings.h`, `dcgmlib/dcgm_errors.h`,
    `nvvs/plugin_src`; outputs of version 3 in its `testing/TestDiagManagerStrings.h`, the schema of version 4 in
    `testing/python3/dcgm_diag_schema.json`.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from harness.ingest.figures import figure
from harness.ingest.foreign_json import embedded_in, items, members, whole
from harness.ingest.lines import count_of, listed, named, printable, refusal, slug
from harness.model.device_state import Limiter, UnitState
from harness.model.foreign import ForeignDevice, ForeignFile, ForeignReading, Ingested

TOOL = "dcgm-diag"
ABOUT = "dcgmi diag -j (JSON, versions 3 and 4): warnings and errors as remarks, figures as observations"
BASIS = "sample"

_NAMES = ("DCGM Diagnostic", "DCGM GPU Diagnostic")
_UNITS = {"GB/s": "GB/s", "us": "us", "W": "W", "gigaflops": "GFLOP/s", "bytes": "B", "C": "C", "MHz": "MHz", "s": "s"}
_FIGURE = re.compile(r"([0-9][0-9.,]*)\s*(GB/s|us|W|gigaflops|bytes|C|MHz|s)\b")
# Numbers of errors (dcgm_errors.h) and, where an older file has no number, the words that say the same.
_THERMAL = ({10, 40, 41}, re.compile(r"thermal violation|due to thermal", re.IGNORECASE))
_POWER = ({12}, re.compile(r"due to power violation", re.IGNORECASE))
_ECC_OFF = ({55, 60}, re.compile(r"ECC.*not (?:currently )?(?:active|enabled|turned on)", re.IGNORECASE))


@dataclass(slots=True)
class _Gpu:
    serial: str | None = None
    thermal: bool = False
    power: bool = False
    ecc_off: bool = False


@dataclass(slots=True)
class _Diagnostic:
    gpus: dict[int, _Gpu] = field(default_factory=dict)
    readings: list[ForeignReading] = field(default_factory=list)
    warnings: dict[str, None] = field(default_factory=dict)
    statuses: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    tests: int = 0


def recognises(file: ForeignFile) -> bool:
    """Does an object begin with the name of the diagnostic?"""
    return re.search(rb'\{\s*"DCGM (?:GPU )?Diagnostic"\s*:', file.data[:1_000_000]) is not None


def read(file: ForeignFile) -> Ingested:
    """Return the GPUs that were tested with what slowed them, the figures, and every warning.

    Raises:
        UnreadableInput: It is no JSON, or has no test with a result.
    """
    whole_file = members(embedded_in(file, *_NAMES))
    name = next((name for name in _NAMES if name in whole_file), _NAMES[0])
    root = members(whole_file.get(name))
    found = _Diagnostic()
    _take_identities(found, whole_file, root)
    for category in [*items(root.get("test_categories")), root]:
        for test in items(members(category).get("tests")):
            _take_test(found, members(test))
    error = root.get("runtime_error") or whole_file.get("runtime_error")
    if not found.tests and not error:
        raise refusal(file, name, "no test with a result", "test_categories with tests and results")
    metadata = members(whole_file.get("metadata"))
    both = {**root, **metadata}
    return Ingested(
        tool=TOOL,
        tool_version=named(both.get("version")),
        driver=named(both.get("Driver Version Detected")),
        devices=tuple(_device(number, gpu) for number, gpu in sorted(found.gpus.items())),
        readings=tuple(found.readings),
        remarks=listed(tuple(_remarks(found, error))),
        not_mapped=listed(tuple(_not_mapped(found))),
    )


def _take_identities(found: _Diagnostic, whole_file: dict[str, Any], root: dict[str, Any]) -> None:
    for group in items(whole_file.get("entity_groups")):
        if _is_gpu(members(group)):
            for entity in items(members(group).get("entities")):
                _gpu(found, members(entity).get("entity_id"), named(members(entity).get("serial_num")))
    for number, serial in members(root.get("GPU Device Serials")).items():
        _gpu(found, number, named(serial))


def _is_gpu(entity: dict[str, Any]) -> bool:
    """Group 1 is GPUs (DCGM_FE_GPU); others are switches, processors and links."""
    return str(entity.get("entity_group", "")).upper() == "GPU" or whole(entity.get("entity_group_id")) == 1


def _gpu(found: _Diagnostic, number: object, serial: str | None = None) -> _Gpu | None:
    known = whole(number, 9_999)
    if known is None:
        return None
    gpu = found.gpus.setdefault(known, _Gpu())
    gpu.serial = gpu.serial or (serial if serial and serial.strip("0") else None)
    return gpu


def _take_test(found: _Diagnostic, test: dict[str, Any]) -> None:
    name = printable(test.get("name") or "", 100)
    for each in items(test.get("results")):
        result = members(each)
        if not result:
            continue
        found.tests += 1
        status = printable(result.get("status") or "no status", 40)
        numbers = _numbers(result)
        whom = f"{name} on GPU {', '.join(map(str, numbers))}" if numbers else name
        found.statuses[status.upper()] += 1
        if status.upper().startswith(("FAIL", "WARN")):
            found.failed.append(f"{whom}: {status}")
        elif not status.upper().startswith("PASS"):
            found.skipped.append(f"{whom}: {status}")
        gpus = [gpu for number in numbers if (gpu := _gpu(found, number)) is not None]
        _take_warnings(found, whom, gpus, result.get("warnings"))
        _take_info(found, name, numbers, result.get("info"))
    summary = members(test.get("test_summary"))
    _take_warnings(found, name, [], summary.get("warnings"))


def _numbers(result: dict[str, Any]) -> list[str]:
    """The GPUs of a result: a list in a text, one number, an array, or an entity of a group."""
    if "entity_id" in result:
        parts = [result["entity_id"]] if _is_gpu(result) else []
    else:
        said = result.get("gpu_ids", result.get("gpu_id"))
        parts = said if isinstance(said, list) else str(said if said is not None else "").split(",")
    return [part for one in parts if whole(part := str(one).strip(), 9_999) is not None]


def _texts(said: object) -> Iterator[tuple[str, int | None]]:
    for one in said if isinstance(said, list) else [said]:
        words = members(one).get("warning") if isinstance(one, dict) else one
        if isinstance(words, str) and words.strip():
            yield printable(" ".join(words.split()), 400), whole(members(one).get("error_id"))


def _take_warnings(found: _Diagnostic, whom: str, gpus: list[_Gpu], said: object) -> None:
    for words, number in _texts(said):
        found.warnings.setdefault(f"{whom}: {words}{f' (error {number})' if number is not None else ''}")
        for gpu in gpus:
            gpu.thermal |= _is(_THERMAL, words, number)
            gpu.power |= _is(_POWER, words, number)
            gpu.ecc_off |= _is(_ECC_OFF, words, number)


def _is(kind: tuple[set[int], re.Pattern[str]], words: str, number: int | None) -> bool:
    return number in kind[0] if number is not None else kind[1].search(words) is not None


def _take_info(found: _Diagnostic, test: str, numbers: list[str], said: object) -> None:
    for words, _ in _texts(said):
        device = f"gpu-{int(numbers[0])}" if len(numbers) == 1 else None
        matches = list(_FIGURE.finditer(words))
        last = 0
        for match in matches:
            label = re.sub(r"\bGPU \d+\b|[^A-Za-z ]", " ", words[last : match.start()])
            last = match.end()
            value = figure(match.group(1).rstrip(".,"))
            if value is not None:
                name = slug("dcgm", test, _label(label))
                found.readings.append(_reading(test, device, name, value, match.group(2), words))
        if not matches:
            found.said.append(f"{test}: {words}")


def _label(words: str) -> str:
    for filler in ("calculated at approximately", "during this test", "space for"):
        words = words.replace(filler, "")
    return words.strip() or "figure"


def _reading(test: str, device: str | None, name: str, value: Decimal, unit: str, words: str) -> ForeignReading:
    place = f"{test}, info"
    return ForeignReading(place=place, device=device, name=name, value=value, unit=_UNITS[unit], description=words)


def _device(number: int, gpu: _Gpu) -> ForeignDevice:
    state = UnitState(
        thermal_slowdown=True if gpu.thermal else None,
        ecc_enabled=False if gpu.ecc_off else None,
        limiters=(Limiter(name="software-power-cap", active=True),) if gpu.power else (),
    )
    return ForeignDevice(key=f"gpu-{number}", manufacturer="NVIDIA", serial=gpu.serial, state=state)


def _remarks(found: _Diagnostic, error: object) -> Iterator[str]:
    counted = ", ".join(f"{number} {status}" for status, number in sorted(found.statuses.items()))
    yield f"the diagnostic's own judgement ({counted or 'none'}) is a claim and no evidence; its limits are not printed"
    if error:
        yield f"runtime error: {printable(error, 400)}"
    yield from found.failed
    yield from found.warnings
    slowed = [f"GPU {number}" for number, gpu in sorted(found.gpus.items()) if gpu.thermal or gpu.power]
    if slowed:
        yield f"slowed by heat or power during the diagnostic: {', '.join(slowed)}"


def _not_mapped(found: _Diagnostic) -> Iterator[str]:
    if found.statuses:
        yield f"status: {count_of(sum(found.statuses.values()), 'result')}: the tool's judgement"
    if found.skipped:
        yield f"{count_of(len(found.skipped), 'result')} of tests that did not run: {'; '.join(found.skipped[:10])}"
    for words in dict.fromkeys(found.said):
        yield f"info: {printable(words, 200)}: no figure with a unit"

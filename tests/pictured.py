"""A made report with everything that a picture shows: an H200 with rates in three formats, a sweep, and telemetry."""

import hashlib
import json
from copy import deepcopy
from pathlib import Path
from typing import Any

from conftest import h200_alone

HEADER = (
    "unit_id,step,at_s,sm_clock_mhz,memory_clock_mhz,power_w,temperature_celsius,memory_temperature_celsius,"
    "utilization,active_limiters"
)
# Bytes -> GB/s: a cache plateau, its end, and DRAM.
SWEEP = {1 << 20: "9000", 1 << 22: "9400", 1 << 25: "9100", 1 << 26: "6200"}
SWEEP |= {1 << 28: "4310", 1 << 30: "4300", 1 << 33: "4290"}
LAST_LEVEL_CACHE = 50 << 20
TESTS = (
    "dram/read/torch",
    "dram/copy/torch",
    "compute/bf16/cublas/random/burst",
    "compute/bf16/cublas/random/sustained",
    "compute/fp8_e4m3/cublas/random/burst",
)
STEPS = ("capacity/unit-1", *(f"{session}/{test}" for session in (1, 2, 3) for test in TESTS))


def sample() -> dict[str, Any]:
    return json.loads(h200_alone())


def rate(number_format: str, value: str, kind: str, pattern: str, path: str, wide: str = "4") -> dict[str, Any]:
    return {
        "unit_id": "unit-1", "measurand": "compute_rate", "number_format": number_format, "sparsity": "dense",
        "method": {"name": f"gemm 8192x8192x8192, {kind}", "path": path, "data_pattern": pattern},
        "value": value, "unit": "TOP/s" if number_format == "int8" else "TFLOP/s", "statistic": "max",
        "expanded_uncertainty": wide, "coverage_factor": "2",
    }  # fmt: skip


def stream(kernel: str, value: str) -> dict[str, Any]:
    return {
        "unit_id": "unit-1", "measurand": "total_dram_bandwidth", "value": value, "unit": "GB/s", "statistic": "max",
        "expanded_uncertainty": "20", "coverage_factor": "2",
        "method": {"name": f"stream {kernel}", "path": "library", "footprint_bytes": 1 << 33},
    }  # fmt: skip


def rich(**more: Any) -> dict[str, Any]:
    """Return a report of one unit with every kind of panel."""
    report = sample()
    report["notes"] = ["Measured by nobody: made for tests.", "fp4: not applicable: no such units"]
    counted = ("copackaged_dram_capacity", "interconnect_bandwidth")
    report["measurements"] = [
        rate("bf16", "788", "burst", "random", "library"),
        rate("bf16", "894", "burst", "zeros", "library"),
        rate("bf16", "841", "burst", "low-toggle", "library"),
        rate("bf16", "655", "sustained", "random", "library"),
        rate("bf16", "790", "challenged", "random", "library"),
        rate("bf16", "702", "burst", "random", "register-loop"),
        rate("fp8_e4m3", "1402", "burst", "random", "library", "30"),
        rate("int8", "1380", "burst", "random", "library"),
        stream("read", "4390"),
        stream("copy", "4300"),
        *[one for one in report["measurements"] if one["measurand"] in counted],
    ]
    report["observations"] = [
        {"unit_id": "unit-1", "name": f"read-bandwidth-torch-at-{size}-bytes", "value": value, "unit": "GB/s"}
        for size, value in SWEEP.items()
    ] + [{"unit_id": "unit-1", "name": "drift-session-1", "value": "0.9987", "unit": "1"}]
    report["lot"]["units"][0]["state"]["last_level_cache_bytes"] = LAST_LEVEL_CACHE
    report.update(more)
    return report


def telemetry(rows: int = 600, units: int = 1) -> str:
    """Return readings ten times a second: one dip of the clock, one peak of power, and a limiter for a while."""
    lines = [HEADER]
    for n in range(rows):
        step = STEPS[n * len(STEPS) // rows]
        hot = n % 40 > 25
        clock = 345 if n == rows // 3 else 1980 - 3 * (n % 40) - (120 if hot else 0)
        power = 731.5 if n == rows // 2 else 320 + 9 * (n % 40)
        active = "software-power-cap" if hot else "none"
        active += " hardware-thermal" if hot and n % 80 > 40 else ""
        seen = f"{step},{n / 10},{clock},3201,{power},{40 + n % 40 / 2},,{min(1, n % 40 / 20)},{active}"
        lines += [f"unit-{unit},{seen}" for unit in range(1, units + 1)]
    return "".join(f"{line}\n" for line in lines)


def write(folder: Path, report: dict[str, Any], table: str | None = None, name: str = "r.telemetry.csv") -> Path:
    """Write a report, with a table of telemetry beside it and its digest in it."""
    report = deepcopy(report)
    if table is not None:
        content = table.encode()
        (folder / name).write_bytes(content)
        attached = {"name": name, "sha256": hashlib.sha256(content).hexdigest(), "size_bytes": len(content)}
        report["attachments"] = [*report.get("attachments", []), attached]
    path = folder / "r.json"
    path.write_text(json.dumps(report), encoding="utf-8")
    return path

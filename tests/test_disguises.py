"""Disguises of tricks: each is the same trick in other words, another unit or another order, and is told alike."""

import json
import random
from decimal import Decimal
from typing import Any

import pytest
from conftest import REPORTS, Change, both, codes, put

import harness

TWINS = {name: (REPORTS / f"{name}.json").read_text() for name in ("h200-sxm", "h200-sxm-proofs", "h200-sxm-two-units")}
PROOFS = "h200-sxm-proofs"


def found(twin: str, change: Change) -> set[str]:
    report = json.loads(TWINS[twin])
    change(report)
    return codes(harness.verify(json.dumps(report).encode()))


def capacity(value: str, unit: str) -> Change:
    raw = {"unit": unit, "samples": [value]}
    return both(
        *(put(f"measurements.3.{field}", one) for field, one in (("value", value), ("unit", unit), ("raw", raw)))
    )


def recorded(*by: str | None, offsets: tuple[str, str] = ("0", "0")) -> Change:
    recorders = [{"name": f"r{n}", "controlled_by": one, "clock_offset_ms": offsets[n]} for n, one in enumerate(by)]
    return put("recorders", recorders)


LABORATORY = "Example Metrology Laboratory, Inc."
BENCH = "configuration.bench_sha256"


@pytest.mark.parametrize(
    ("twin", "change", "code", "told"),
    [
        # 143,771 MiB are 150.7548 GB; 0.955 of them 143.9708 GB; 143,771 MB are 0.9537 of them.
        ("h200-sxm", capacity("143771", "MB"), "capacity-above-stated", True),
        ("h200-sxm", capacity("143970", "MB"), "capacity-above-stated", True),
        ("h200-sxm", capacity("143971", "MB"), "capacity-above-stated", False),
        ("h200-sxm", capacity("140.4", "GB"), "capacity-above-stated", True),
        (PROOFS, recorded("NVIDIA", "NVIDIA Corporation"), "recorder-not-independent", True),
        (PROOFS, recorded("Nvidia, Inc.", "Example Exports LLC"), "recorder-not-independent", True),
        (PROOFS, recorded("Nvidia, Inc.", LABORATORY), "recorder-not-independent", False),
        (PROOFS, recorded("Nvidiana Recorders", "Example Exports LLC"), "recorder-not-independent", False),
        (PROOFS, recorded(LABORATORY, LABORATORY, offsets=("400", "-400")), "recorder-clocks-apart", False),
        (PROOFS, recorded(LABORATORY, LABORATORY, offsets=("400", "-400.1")), "recorder-clocks-apart", True),
        (PROOFS, both(put("configuration.bench", "mamf-finder 8.1"), put(BENCH, "d" * 64)), "bench-modified", True),
        (PROOFS, both(put("configuration.bench", "MAMF-Finder v8"), put(BENCH, "d" * 64)), "bench-modified", True),
        (PROOFS, both(put("configuration.bench", "mamf-finder-fork"), put(BENCH, "d" * 64)), "bench-modified", False),
        ("h200-sxm-two-units", put("lot.units.1.serial", "  sample-0001 "), "unit-duplicated", True),
        ("h200-sxm-two-units", put("lot.units.1.serial", "SAMPLE-00 01"), "unit-duplicated", False),
        ("h200-sxm", put("lot.units.0.state.device_name", "NVIDIA H200 MIG 3g.71gb"), "device-partitioned", True),
        ("h200-sxm", put("lot.units.0.state.device_name", "NVIDIA H200"), "device-partitioned", False),
    ],
)
def test_a_disguise_changes_nothing(twin: str, change: Change, code: str, told: bool):
    assert (code in found(twin, change)) is told


def copied(unit: str, write: Any) -> Change:
    """Give unit 2 the bandwidth samples of unit 1, written anew and in another order."""

    def change(report: dict[str, Any]) -> None:
        samples = [write(Decimal(sample)) for sample in report["measurements"][2]["raw"]["samples"]]
        random.Random(11).shuffle(samples)
        one = report["measurements"][7]
        one |= {"unit": unit, "value": max(samples, key=Decimal), "expanded_uncertainty": "0"}
        one["raw"] = {"unit": unit, "samples": samples}

    return change


@pytest.mark.parametrize(
    "change",
    [
        copied("GiB/s", lambda sample: f"{sample * 10**9 / 2**30:.6f}"),
        copied("TB/s", lambda sample: f"{sample / 1000:.5f}"),
        copied("GB/s", lambda sample: f"{sample - Decimal('3.7'):.1f}"),
        copied("GB/s", lambda sample: f"{sample * Decimal('0.9987'):.1f}"),
    ],
    ids=["GiB/s", "TB/s", "shifted", "scaled"],
)
def test_samples_of_another_unit_are_known_in_any_unit_and_order(change: Change):
    assert found(PROOFS, change) & {"raw-copied", "raw-shared", "raw-rescaled"}

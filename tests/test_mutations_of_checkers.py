"""What checkers of benchmark rounds let through or broke on, in this format: each is caught, and none breaks anything.

Twenty-six mutations of good results were tried on the published checkers of MLPerf Inference, MLPerf Training and
SuperBench. Most passed; five ended in a traceback, and one in an error with exit status 0. Here each is a change of one
honest report, whose exit code is 0; none may end in 0, for a pass, or in 4, for a bug.
"""

import copy
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import REPORTS, Change, both, put

from harness.cli.__main__ import main

TWIN = json.loads((REPORTS / "h200-sxm-proofs.json").read_text(encoding="utf-8"))
FAIL, REFUSED, UNDECIDED = 1, 2, 3

Report = dict[str, Any]
Each = Callable[[dict[str, Any]], object]


def each(change: Each, measurand: str | None = None) -> Change:
    """The same change to every measurement, or to every one of a measurand."""

    def on(report: Report) -> None:
        for one in report["measurements"]:
            if measurand in (None, one["measurand"]):
                change(one)

    return on


def times(factor: str) -> Each:
    """Value and samples times a factor."""

    def change(one: dict[str, Any]) -> None:
        one["value"] = format(Decimal(one["value"]) * Decimal(factor), "f")
        one["raw"] = {
            "unit": one["raw"]["unit"],
            "samples": [format(Decimal(sample) * Decimal(factor), "f") for sample in one["raw"]["samples"]],
        }

    return change


def ends_after(milliseconds: int) -> Each:
    """An end so long after the start, with fractions of a second, and no durations of samples."""

    def change(one: dict[str, Any]) -> None:
        start = datetime.fromisoformat(one["started_at"])
        one["ended_at"] = (start + timedelta(milliseconds=milliseconds)).isoformat(timespec="milliseconds")
        one["raw"].pop("durations_s", None)

    return change


def faster_clock(one: dict[str, Any]) -> None:
    one["raw"]["durations_s"] = [format(Decimal(took) / 1000, "f") for took in one["raw"]["durations_s"]]


def ten_units(report: Report, edited: bool = False) -> None:
    """The log of unit-1 ten times, each under another unit; with the first sample of each edited, or not."""
    first = [one for one in report["measurements"] if one["unit_id"] == "unit-1"]
    unit = report["lot"]["units"][0]
    report["lot"].update(units=[], units_in_lot=10)
    report["transaction"]["units"] = 10
    report["measurements"] = []
    for n in range(1, 11):
        own = {"unit_id": f"unit-{n}", "serial": f"SAMPLE-{n:04}", "device_uuid": f"GPU-{n}"}
        report["lot"]["units"].append({**copy.deepcopy(unit), **own})
        for one in copy.deepcopy(first):
            report["measurements"].append({**one, "unit_id": f"unit-{n}"})
            if edited and one["measurand"] == "compute_rate":
                lowest = min(one["raw"]["samples"], key=float)
                one["raw"]["samples"][one["raw"]["samples"].index(lowest)] = f"{float(lowest) - 0.01 * n:.2f}"


def nothing_measured(report: Report) -> None:
    report["measurements"] = []


# Row of the list, what was done there, the change here, the exit code, and the code of a finding or the place refused.
MUTATIONS: list[tuple[int, str, Change, int, str]] = [
    (1, "validity changed to invalid", each(lambda one: one.get("proof", {}).update(result_checked=False)), UNDECIDED,
     "result-wrong"),
    # What makes a value valid here is that it follows from its samples.
    (2, "validity removed", each(lambda one: one.pop("raw"), "compute_rate"), UNDECIDED, "raw-absent"),
    (3, "an event with an error", put("measurements.2.proof", {"result_wrong": 1}), UNDECIDED, "result-wrong"),
    (4, "the result x 1000", each(times("1000"), "compute_rate"), FAIL, "above-physical-peak"),
    (4, "the summary alone x 1000", put("measurements.0.value", "788250"), FAIL, "summary-not-from-raw"),
    (5, "NaN", put("measurements.0.value", float("nan")), REFUSED, "measurements[0].value"),
    (5, "NaN as text", put("measurements.0.value", "NaN"), REFUSED, "measurements[0].value"),
    (6, "-5", put("measurements.0.value", "-5"), REFUSED, "measurements[0].value"),
    (6, "-5 as a number", put("measurements.0.value", -5), REFUSED, "measurements[0].value"),
    (7, "minimum duration not met", each(ends_after(8), "total_dram_bandwidth"), UNDECIDED, "duration-too-short"),
    (8, "all times / 1000", each(faster_clock, "total_dram_bandwidth"), FAIL, "duration-impossible"),
    (9, "a setting of one second", put("session.ended_at", "2026-08-04T14:55:01Z"), FAIL, "time-out-of-order"),
    (10, "unequal issue", put("measurements.2.raw.sessions", [12, 11]), UNDECIDED, "samples-left-out"),
    # An old driver alone is a note, which is the one mutation that a report passes with; a test of 2019 is not the one
    # that the session tells of.
    (11, "build date 2019", put("configuration.driver_released_on", "2019-05-01"), 0, "driver-outdated"),
    (11, "test date 2019", put("dates.test", "2019-05-01"), FAIL, "time-out-of-order"),
    (12, "another chip's result", put("product.chip", "nvidia-h100-sxm5-80gb"), UNDECIDED, "product-contradicts-spec"),
    (13, "one accelerator", put("lot.units_in_lot", 1), UNDECIDED, "lot-smaller-than-shipment"),
    (13, "memory of 7 MB", each(lambda one: one.update(value="7", unit="MB", raw={"unit": "MB", "samples": ["7"]}),
                                "copackaged_dram_capacity"), UNDECIDED, "implausibly-low"),
    (14, "lots as a count", put("lot.units_in_lot", "lots"), REFUSED, "lot.units_in_lot"),
    (15, "the log is missing", both(
        put("attachments", [{"name": "gone.txt", "sha256": "ab" * 32, "size_bytes": 58}]),
        put("measurements.2.raw", {"unit": "GB/s", "attachment": "gone.txt"}),
    ), UNDECIDED, "attachment-absent"),
    (15, "the series is missing", lambda r: r["measurements"][2].pop("raw"), UNDECIDED, "raw-absent"),
    (16, "an unknown model", put("product.chip", "acme-x1"), UNDECIDED, "chip-unknown"),
    (17, "an empty report", lambda r: [r.pop(key) for key in list(r) if key not in ("schema", "report_id")], UNDECIDED,
     "chip-unknown"),
    (17, "an empty object", lambda r: r.clear(), REFUSED, "schema"),
    (18, "ends 1 ms after the start", each(ends_after(1)), UNDECIDED, "duration-too-short"),
    (18, "the same with its durations", put("measurements.0.ended_at", "2026-08-04T15:10:00.001Z"), FAIL,
     "duration-impossible"),
    (19, "ends 5 s before the start", each(ends_after(-5000)), FAIL, "time-out-of-order"),
    (19, "the session of minus 5 s", put("session.ended_at", "2026-08-04T14:54:55Z"), FAIL, "time-out-of-order"),
    (20, "one K80", put("product.chip", "nvidia-k80"), FAIL, "above-physical-peak"),
    (21, "one log ten times", ten_units, FAIL, "raw-copied"),
    (22, "the same, one figure edited in each", lambda r: ten_units(r, edited=True), FAIL, "raw-shared"),
    (23, "one log missing", lambda r: r["measurements"].pop(12), UNDECIDED, "unit-not-measured"),
    (24, "infinity", put("measurements.2.value", float("inf")), REFUSED, "measurements[2].value"),
    (24, "infinity as text", put("measurements.2.raw.samples", ["Infinity"]), REFUSED,
     "measurements[2].raw.samples[0]"),
    (24, "1e400", put("measurements.2.value", "1e400"), REFUSED, "measurements[2].value"),
    (24, "a bandwidth x 1000", each(times("1000"), "total_dram_bandwidth"), FAIL, "above-physical-peak"),
    (24, "a negative latency", put("observations", [{"name": "latency", "unit": "us", "value": "-3"}]), REFUSED,
     "observations[0].value"),
    (25, "the benchmark never ran", nothing_measured, UNDECIDED, "measurement-missing"),
    (26, "a number as text", put("measurements.0.value", "788.25 TFLOP/s"), REFUSED, "measurements[0].value"),
    (26, "a number bare", put("measurements.0.value", 788.25), REFUSED, "measurements[0].value"),
    (26, "a unit listed twice", lambda r: r["lot"]["units"].append(r["lot"]["units"][0]), FAIL, "unit-duplicated"),
]  # fmt: skip


def ran(path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = main(["verify", str(path), "--format", "json"])
    told = capsys.readouterr()
    assert "Traceback" not in told.err
    return code, told.out + told.err


def test_every_row_of_the_list_is_here():
    assert {row for row, *_ in MUTATIONS} == set(range(1, 27))


def test_the_report_that_is_mutated_passes(capsys: pytest.CaptureFixture[str]):
    assert ran(REPORTS / "h200-sxm-proofs.json", capsys)[0] == 0


@pytest.mark.parametrize(
    ("change", "code", "named"),
    [pytest.param(change, code, named, id=f"{row}: {what}") for row, what, change, code, named in MUTATIONS],
)
def test_a_mutation_is_caught(
    change: Change, code: int, named: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    report = copy.deepcopy(TWIN)
    change(report)
    path = tmp_path / "report.json"
    path.write_text(json.dumps(report), encoding="utf-8")
    got, told = ran(path, capsys)
    assert got == code
    # A refusal is one line with the place; a finding or a criterion stands in the verdict by its name.
    assert re.search(rf"(^|[\s\"]){re.escape(named)}[\s\":]", told, re.MULTILINE), told[:2000]


@pytest.mark.parametrize("what", ["an empty folder", "a missing file", "an empty file", "a folder in place of a log"])
def test_what_is_no_report_is_refused_and_no_submission_looks_ok(
    what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    folder = tmp_path / "submission"
    folder.mkdir()
    path = folder
    if what == "a missing file":
        path = folder / "report.json"
    elif what == "an empty file":
        path = folder / "report.json"
        path.write_bytes(b"")
    elif what == "a folder in place of a log":
        report = copy.deepcopy(TWIN)
        report["attachments"] = [{"name": "log.txt", "sha256": "ab" * 32, "size_bytes": 0}]
        report["measurements"][2]["raw"] = {"unit": "GB/s", "attachment": "log.txt"}
        (folder / "log.txt").mkdir()
        path = folder / "report.json"
        path.write_text(json.dumps(report), encoding="utf-8")
    code = main(["verify", str(path)])
    told = capsys.readouterr()
    assert code == (UNDECIDED if what == "a folder in place of a log" else REFUSED)
    assert "Traceback" not in told.err
    assert "PASS" not in told.out


def test_no_arguments_are_wrong_usage_and_no_pass(capsys: pytest.CaptureFixture[str]):
    assert main(["verify"]) == REFUSED
    assert "no report named" in capsys.readouterr().err


class TestBetweenReports:
    """A series that two reports of one call give for two devices."""

    @pytest.fixture
    def both_files(self, tmp_path: Path):
        def build(change: Change) -> list[str]:
            report = copy.deepcopy(TWIN)
            report["report_id"] = "ANOTHER"
            change(report)
            paths = [tmp_path / "one.json", tmp_path / "other.json"]
            for path, content in zip(paths, (TWIN, report), strict=True):
                path.write_text(json.dumps(content), encoding="utf-8")
            return [str(path) for path in paths]

        return build

    @staticmethod
    def other_devices(report: Report) -> None:
        for unit in report["lot"]["units"]:
            unit.update(serial=f"{unit['serial']}-B", device_uuid=f"{unit['device_uuid']}-b")

    def test_the_series_of_another_device_leaves_the_call_open(self, both_files, capsys: pytest.CaptureFixture[str]):
        paths = both_files(self.other_devices)
        assert main(["verify", *paths]) == UNDECIDED
        told = capsys.readouterr()
        # three units with two rates and one bandwidth each
        assert len(told.err.splitlines()) == 9
        assert f"{paths[1]}: measurements[0].raw: got the 24 samples of {paths[0]}, measurements[0]" in told.err
        assert "2 reports: 2 pass" in told.out

    def test_each_alone_passes_as_before(self, both_files, capsys: pytest.CaptureFixture[str]):
        assert [main(["verify", path]) for path in both_files(self.other_devices)] == [0, 0]
        assert capsys.readouterr().err == ""

    @pytest.mark.parametrize("field", ["serial", "device_uuid", "both"])
    def test_a_report_that_is_issued_again_is_no_copy(self, field: str, both_files, capsys: pytest.CaptureFixture[str]):
        """The same device, as far as anything tells: one identity agrees, or none is known."""

        def change(report: Report) -> None:
            self.other_devices(report)
            for n, unit in enumerate(report["lot"]["units"]):
                first = TWIN["lot"]["units"][n]
                unit.update({field: first[field].upper()} if field != "both" else {"serial": None, "device_uuid": None})

        assert main(["verify", *both_files(change)]) == 0
        assert capsys.readouterr().err == ""

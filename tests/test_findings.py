"""Each fault once, against the same report without it; and nothing hides a value above its declaration."""

import copy
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from conftest import add, both, codes, put
from test_attestation import RAISED as OF_ATTESTATION
from test_custody import RAISED as OF_CUSTODY
from test_dossier import RAISED as OF_DOSSIERS
from test_forensics import COPIES, THRESHOLDS
from test_freshness import RAISED as OF_FRESHNESS
from test_logged import RAISED as OF_LOGS
from test_lots import OF_LOTS
from test_redaction import RAISED as OF_REDACTION
from test_roles import RAISED as OF_SIGNATURES
from test_signed_reports import RAISED as OF_SIGNED_REPORTS
from test_underperformance import THRESHOLDS as OF_UNDERPERFORMANCE

import harness
from harness.model.catalogue import CATALOGUE
from harness.model.finding import Effect

STATE = "lot.units.0.state"
# What needs signed files beside a report, by tests that make them.
MADE_ELSEWHERE = (
    *OF_ATTESTATION,
    *OF_CUSTODY,
    *OF_DOSSIERS,
    *OF_FRESHNESS,
    *OF_LOTS,
    *(code for code, *_ in OF_LOGS),
    *OF_REDACTION,
    *OF_SIGNATURES,
    *OF_SIGNED_REPORTS,
)


def second_unit(report: dict[str, Any]) -> None:
    """A second unit with measurements of its own."""
    unit = copy.deepcopy(report["lot"]["units"][0])
    report["lot"]["units"].append({**unit, "unit_id": "unit-2", "serial": "SAMPLE-0002", "device_uuid": "GPU-2"})
    report["measurements"] += [{**copy.deepcopy(one), "unit_id": "unit-2"} for one in report["measurements"]]


def series(report: dict[str, Any], n: int, samples: list[str]) -> None:
    report["measurements"][n]["raw"]["samples"] = samples


def three_samples(report: dict[str, Any]) -> None:
    second_unit(report)
    for n in (0, 5):
        series(report, n, ["786.31", "787.02", "788"])


VOID = [
    ("custody-gap", put("custody.1.from_party", "Somebody Else")),
    ("custody-gap", both(put("custody.1.from_party", "Somebody Else"), put("custody.1.at", None))),
    ("custody-out-of-order", put("custody.1.at", "2026-08-01T00:00:00Z")),
    ("measured-outside-custody", put("custody.0.at", "2026-08-04T15:05:00Z")),
    ("time-out-of-order", put("measurements.0.ended_at", "2026-08-04T15:00:00Z")),
    ("time-out-of-order", put("session.report_issued_at", "2026-08-04T15:00:00Z")),
    ("time-out-of-order", put("dates.test", "2026-06-04")),
    ("time-out-of-order", put("challenge.issued_at", "2026-08-05T00:00:00Z")),
    ("time-out-of-order", put("dates.application", "2027-01-01")),
    ("time-out-of-order", put("custody.1.at", "2026-08-30T00:00:00Z")),
    ("unit-duplicated", both(second_unit, put("lot.units.1.serial", "SAMPLE-0001"))),
    ("unit-duplicated", both(second_unit, put("lot.units.1.device_uuid", "gpu-00000000-0000-4000-8000-000000000001"))),
    ("raw-copied", three_samples),
    ("raw-copied", both(three_samples, lambda r: series(r, 5, ["788", "786.31", "787.02"]))),
    ("summary-not-from-raw", put("measurements.0.value", "700")),
    ("summary-not-from-raw", put("measurements.3.value", "143770")),
    ("summary-not-from-raw", put("measurements.4.raw.samples", ["956.232", "128.5"])),
    ("above-physical-peak", both(put("measurements.0.value", "1788"), put("measurements.0.raw.samples", ["1788"]))),
    ("above-physical-peak", both(put("measurements.2.value", "4300"), put("measurements.2.raw.samples", ["4300"]))),
    ("above-physical-peak", put("measurements.2.raw.samples", ["4.3", "9.9"])),
]  # fmt: skip


@pytest.mark.parametrize(("code", "change"), VOID)
def test_evidence_that_contradicts_itself_is_void_and_fails(judged, code: str, change):
    verdict = judged(change)
    assert code in codes(verdict)
    assert CATALOGUE[code].effect is Effect.VOIDS
    assert verdict.lenses["evidence"].answer == "void"
    assert verdict.outcome == "fail"


@pytest.mark.parametrize(("code", "change"), VOID[:1])
def test_void_evidence_fails_whatever_lens_is_asked(h200: dict[str, Any], code: str, change):
    change(h200)
    for lens in ("capability", "tariff", "review-policy"):
        assert harness.verify(json.dumps(h200).encode(), lenses=(lens,)).outcome == "fail"


OPEN = [
    ("power-limit-lowered", put(f"{STATE}.power_limit_w", "350")),
    ("clock-held-down", put(f"{STATE}.application_sm_clock_mhz", "1200")),
    ("thermal-slowdown", put(f"{STATE}.thermal_slowdown", True)),
    ("device-partitioned", put(f"{STATE}.partitioned", True)),
    ("device-virtualized", put(f"{STATE}.virtualized", True)),
    ("device-state-absent", put("lot.units.0.state", None)),
    ("device-state-absent", put(f"{STATE}.power_limit_w", None)),
    ("device-state-absent", put(f"{STATE}.max_sm_clock_mhz", "0")),
    ("product-contradicts-spec", put(f"{STATE}.processing_units_enabled", 78)),
    ("product-contradicts-spec", put(f"{STATE}.memory_bus_width_bits", 5120)),
    ("product-contradicts-spec", put(f"{STATE}.max_memory_clock_mhz", "6000")),
    ("product-contradicts-spec", put(f"{STATE}.max_memory_clock_mhz", "1000")),
    ("product-contradicts-spec", both(
        put(f"{STATE}.max_sm_clock_mhz", "500"), put(f"{STATE}.application_sm_clock_mhz", "500"),
    )),
    ("product-contradicts-spec", both(
        put(f"{STATE}.power_limit_w", "300"), put(f"{STATE}.default_power_limit_w", "300"),
    )),
    ("product-contradicts-spec", put("product.manufacturer", "AMD")),
    ("declared-below-maker-claim", put("declared.tpp.value", "15831")),
    ("declared-below-maker-claim", both(
        put("declared.tpp.value", "14619"), put("measurements.1.sampled_sm_clock_mhz", "2300"),
        put(f"{STATE}.processing_units_enabled", None),
    )),
    ("declared-below-maker-claim", put("declared.total_dram_bandwidth", {"value": "4799.999", "unit": "GB/s"})),
    ("declared-below-maker-claim", both(
        put("declared.interconnect_bandwidth", {"value": "899.999", "unit": "GB/s"}),
        put("measurements.4.value", "490"), put("measurements.4.raw.samples", ["362", "128"]),
        put(f"{STATE}.links", []),
    )),
    ("declared-below-maker-claim", both(
        put("declared.copackaged_dram_capacity", {"value": "71000", "unit": "MiB"}),
        put("measurements.3.value", "71000"), put("measurements.3.raw.samples", ["71000"]),
        put(f"{STATE}.memory_total", "71000"),
    )),
    ("raw-absent", put("measurements.2.raw.attachment", "gone.txt")),
    ("chip-unknown", put("product.chip", None)),
    ("chip-unknown", put("product.chip", "acme-x1")),
    ("uncertainty-absent", put("measurements.2.expanded_uncertainty", None)),
    ("uncertainty-absent", put("measurements.2.expanded_uncertainty", "0")),
    ("uncertainty-absent", put("measurements.2.coverage_factor", "0")),
    ("uncertainty-too-wide", put("measurements.2.expanded_uncertainty", "0.4")),
    ("raw-absent", put("measurements.2.raw", None)),
    ("statistic-unfit", put("measurements.2.statistic", None)),
    ("statistic-unfit", put("measurements.2.statistic", "count")),
    ("value-absent", put("measurements.2.value", None)),
    ("unit-wrong", both(put("measurements.2.unit", "TFLOP/s"), put("measurements.2.raw.unit", "TFLOP/s"))),
    ("unit-not-in-lot", put("measurements.2.unit_id", "unit-9")),
    ("not-measured-here", put("measurements.2.source.kind", "published")),
    ("value-fictional", put("measurements.2.source.kind", "fictional")),
    ("implausibly-low", both(put("measurements.2.value", "0.0043"), put("measurements.2.raw.samples", ["0.0043"]))),
    ("measurement-missing", lambda r: r["measurements"].pop(2)),
    ("unit-not-measured", both(second_unit, lambda r: r["measurements"].pop())),
    ("lot-smaller-than-shipment", put("transaction.units", 9)),
    ("lot-size-absent", put("lot.units_in_lot", None)),
    ("lot-size-absent", put("transaction.units", 0)),
    ("capacity-unit-ambiguous", put("declared.copackaged_dram_capacity", {"value": "141", "unit": "GB"})),
    ("criterion-unread", lambda r: r["transaction"]["examinations"].append({"criterion": "MU-21", "result": "hit"})),
    ("criterion-unread", lambda r: r["certifications"].append({"criterion": "DD-x", "status": "refused"})),
    ("examination-unsupported", put("transaction.examinations.0", {"criterion": "MU-01", "result": "clear"})),
    ("examination-unsupported", put("transaction.examinations.0.document.sha256", None)),
    ("examination-unsupported", put("transaction.examinations.0.document.sha256", "0" * 64)),
    ("examination-unsupported", put("transaction.examinations.0.document.sha256", hashlib.sha256(b"").hexdigest())),
    ("examination-unsupported", put("transaction.examinations.0.examined_by", None)),
    ("examination-unsupported", put("transaction.examinations.0.examined_on", "2026-08-21")),
    ("certification-unsupported", put("certifications.3.certified_by", None)),
    ("attachment-absent", both(
        put("attachments", [{"name": "raw.txt", "sha256": "a" * 64, "size_bytes": 4}]),
        put("measurements.2.raw", {"unit": "TB/s", "attachment": "raw.txt"}),
    )),
]  # fmt: skip


@pytest.mark.parametrize(("code", "change"), OPEN)
def test_evidence_that_is_missing_or_weak_leaves_the_outcome_open(judged, code: str, change):
    verdict = judged(change)
    assert code in codes(verdict)
    assert verdict.lenses["evidence"].answer != "void"
    assert verdict.outcome == "undecided"


def test_every_code_of_the_catalogue_is_raised_by_some_test():
    """A code that nothing raises is a promise that nothing keeps; these few have tests of their own."""
    alone = {"attachment-altered", "attachment-unreadable", "conclusion-ignored", "custody-absent", "custody-unclear",
             "far-below-declared", "inventory-contradicts", "sparse-rate",
             "sparsity-unstated", "above-datasheet-peak", "below-band", "claim-as-measurement",
             "uncertainty-understated"}  # fmt: skip
    of_forensics = {code for code, _, _ in THRESHOLDS} | COPIES
    of_devices = {code for _, told in OF_UNDERPERFORMANCE for code in told}
    # Of series, names and the fingerprint, by tests of their own there.
    alone |= {"power-capped", "format-ratios-odd", "rate-falls", "rate-steps", "device-name-contradicts",
              "above-architecture", "cut-not-uniform", "cut-uniform"}  # fmt: skip
    tested = {code for code, _ in VOID + OPEN} | alone | of_forensics | of_devices | {*MADE_ELSEWHERE}
    assert tested == set(CATALOGUE)


NOTED = [
    ("conclusion-ignored", put("laboratory_conclusion", "PASSED, fully compliant")),
    ("custody-absent", put("custody", [])),
    ("custody-unclear", put("custody.1.at", None)),
    ("custody-unclear", put("laboratory.name", "Another Laboratory")),
    ("far-below-declared", put("declared.tpp.value", "20000")),
    ("inventory-contradicts", None),
]  # fmt: skip


@pytest.mark.parametrize(("code", "change"), [pair for pair in NOTED if pair[1]])
def test_what_is_only_noted_changes_no_outcome(judged, code: str, change):
    verdict = judged(change)
    assert code in codes(verdict)
    assert CATALOGUE[code].effect is Effect.NOTES
    assert verdict.outcome == "pass"


PLACED = [
    # One fault is told once, at the place that is wrong.
    (put("session.report_issued_at", "2026-08-04T15:00:00Z"), ["time-out-of-order: session.report_issued_at"]),
    (put("measurements.2.ended_at", "2026-08-04T15:31:00Z"), ["time-out-of-order: measurements[2].ended_at"]),
    (both(put("session.ended_at", None), put("session.report_issued_at", "2026-08-04T15:21:00Z")),
     ["time-out-of-order: session.report_issued_at"]),
    (put("custody.1.at", "2026-08-02T00:00:00Z"), ["custody-out-of-order: custody[1].at"]),
    (put("custody.1.at", None), ["custody-unclear: custody[1].at"]),
    (put("custody.0.to_party", None), ["custody-unclear: custody[0].to_party"]),
    (lambda r: (r["custody"].pop(), r["custody"][0].update(at=None)), ["custody-unclear: custody[0].at"]),
    (put("laboratory.name", "Another Laboratory"), ["custody-unclear: custody"]),
    (both(second_unit, put("lot.units.1.serial", "sample-0001")), ["unit-duplicated: lot.units[1].serial"]),
    (put("measurements.2.statistic", None), ["statistic-unfit: measurements[2].statistic"]),
    (put("measurements.2.raw.unit", "GB"), ["summary-not-from-raw: measurements[2].raw.unit"]),
]  # fmt: skip


@pytest.mark.parametrize(("change", "places"), PLACED)
def test_a_fault_is_told_once_at_its_place(judged, change, places: list[str]):
    assert [f"{one.code}: {one.where}" for one in judged(change).findings] == places


HONEST = [
    ("an evening session, in local time", both(
        put("session.started_at", "2026-08-04T19:55:00-06:00"), put("session.ended_at", "2026-08-04T23:59:00-06:00"),
        put("session.report_issued_at", "2026-08-05T09:00:00-06:00"),
        lambda r: [one.update(started_at="2026-08-04T20:00:00-06:00", ended_at="2026-08-04T20:10:00-06:00")
                   for one in r["measurements"]],
    )),
    ("a session of three days", both(
        put("session.started_at", "2026-08-04T15:00:00Z"), put("session.ended_at", "2026-08-06T12:00:00Z"),
        put("session.report_issued_at", "2026-08-07T09:00:00Z"),
        put("measurements.2.started_at", "2026-08-06T10:00:00Z"),
        put("measurements.2.ended_at", "2026-08-06T11:00:00Z"),
    )),
    ("the report issued the evening before, in local time", put(
        "session.report_issued_at", "2026-08-19T18:30:00-06:00",
    )),
    ("the company form spelled another way", put("custody.1.from_party", "EXAMPLE METROLOGY LABORATORY INC")),
    ("the maker with its company form", put("product.manufacturer", "NVIDIA Corporation")),
    ("an alias for the chip", put("product.chip", "h200")),
    ("an interconnect value rounded up within the declaration", both(
        put("measurements.4.value", "1084.25"), put("measurements.4.raw.samples", ["956.25", "128"]),
    )),
    ("two units at the same power cap", both(second_unit, lambda r: r["measurements"].extend(
        {"unit_id": f"unit-{n}", "measurand": "peak_power_at_max_tpp", "value": "690", "unit": "W", "statistic": "mean",
         "expanded_uncertainty": "5", "coverage_factor": "2", "raw": {"unit": "W", "samples": ["690", "690", "690"]}}
        for n in (1, 2)
    ))),
    ("a number format beside a bandwidth", put("measurements.2.number_format", "fp8_e4m3")),
]  # fmt: skip


@pytest.mark.parametrize(("what", "change"), HONEST)
def test_an_honest_report_is_not_refused(judged, what: str, change):
    verdict = judged(change)
    assert verdict.outcome == "pass", verdict.findings


def test_a_link_that_was_not_counted_is_named_and_is_no_forgery(judged):
    verdict = judged(lambda r: r["lot"]["units"][0]["state"]["links"].pop())
    assert "inventory-contradicts" in codes(verdict)
    assert verdict.outcome == "undecided"


HIGH = {"value": "5.1", "raw": {"unit": "TB/s", "samples": ["5.1"]}, "expanded_uncertainty": "0.01"}
RATE = {"measurand": "compute_rate", "unit": "TFLOP/s", "number_format": "bf16", "sparsity": "dense",
        "expanded_uncertainty": "1"}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        pytest.param(add(HIGH), "fail", id="a second, higher value"),
        pytest.param(put("measurements.2.raw.samples", ["4.3", "5.1"]), "fail", id="a sample above, statistic max"),
        pytest.param(
            both(put("measurements.2.raw.samples", ["4.3", "5.1"]), put("measurements.2.statistic", "min")),
            "fail", id="a sample above a minimum",
        ),
        pytest.param(
            both(put("measurements.2.raw.samples", ["4.3", "5.1"]), put("measurements.2.statistic", "mean"),
                 put("measurements.2.value", "4.7")),
            "fail", id="a sample above a mean",
        ),
        pytest.param(add({**HIGH, "unit_id": "unit-01"}), "undecided", id="of a unit outside the lot"),
        pytest.param(add({**HIGH, "source": {"kind": "fictional"}}), "undecided", id="called fictional"),
        pytest.param(add({**HIGH, "source": {"kind": "published"}}), "fail", id="published"),
        pytest.param(
            add({**RATE, "value": "1040", "sparsity": None, "raw": {"unit": "TFLOP/s", "samples": ["1040"]}}),
            "undecided", id="sparsity not said",
        ),
        pytest.param(
            add({**RATE, "value": "1900", "sparsity": "2:4", "raw": {"unit": "TFLOP/s", "samples": ["1900"]}}),
            "pass", id="sparse, half of it below",
        ),
        pytest.param(
            add({**RATE, "value": "2100", "sparsity": "2:4", "raw": {"unit": "TFLOP/s", "samples": ["2100"]}}),
            "undecided", id="sparse, half of it above",
        ),
        pytest.param(
            add({**RATE, "value": "5000", "number_format": None, "raw": {"unit": "TFLOP/s", "samples": ["5000"]}}),
            "undecided", id="format not said",
        ),
        pytest.param(put(f"{STATE}.power_limit_w", "350"), "undecided", id="held down, below"),
        pytest.param(both(put(f"{STATE}.power_limit_w", "350"), add(HIGH)), "fail", id="held down, and still above"),
    ],
)  # fmt: skip
def test_nothing_excuses_or_hides_a_value_above_the_declaration(judged, change, outcome: str):
    assert judged(change).outcome == outcome


class TestAttachments:
    @pytest.fixture
    def attached(self, tmp_path: Path, h200: dict[str, Any]):
        """The sample with its DRAM series in an attached file."""

        def build(data: bytes = b"4.1\n4.3\n", **stated: Any) -> harness.Verdict:
            (tmp_path / "dram.txt").write_bytes(data)
            known = {"name": "dram.txt", "sha256": hashlib.sha256(data).hexdigest(), "size_bytes": len(data)}
            h200["attachments"] = [{**known, **stated}]
            h200["measurements"][2]["raw"] = {"unit": "TB/s", "attachment": "dram.txt"}
            (tmp_path / "report.json").write_text(json.dumps(h200))
            return harness.verify(tmp_path / "report.json")

        return build

    def test_an_attached_series_is_recomputed(self, attached):
        assert attached().outcome == "pass"
        assert "summary-not-from-raw" in codes(attached(b"4.1\n4.2\n"))

    def test_inline_samples_hide_no_attached_ones(self, attached, tmp_path: Path, h200: dict[str, Any]):
        attached(b"4.3\n5.1\n")
        h200["measurements"][2]["raw"]["samples"] = ["4.3"]
        (tmp_path / "report.json").write_text(json.dumps(h200))
        assert harness.verify(tmp_path / "report.json").outcome == "fail"

    def test_an_altered_file_voids(self, attached):
        assert "attachment-altered" in codes(attached(sha256="a" * 64))
        assert attached(size_bytes=3).outcome == "fail"

    @pytest.mark.parametrize("data", [b"", b"4.3 TB/s\n", b"4.3\r\n", b"nan\n", b"4.3\x0b4.3\n", b"\xff\n", b"1" * 500])
    def test_a_file_of_another_form_supports_nothing(self, attached, data: bytes):
        verdict = attached(data)
        assert "attachment-unreadable" in codes(verdict)
        assert verdict.outcome == "undecided"

    def test_bytes_have_no_folder_to_look_in(self, h200: dict[str, Any]):
        h200["attachments"] = [{"name": "dram.txt", "sha256": "a" * 64, "size_bytes": 4}]
        assert "attachment-absent" in codes(harness.verify(json.dumps(h200).encode()))

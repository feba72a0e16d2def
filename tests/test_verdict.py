"""Verdicts: the samples, every outcome, and each fault once, against the same report without it."""

import copy
import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from conftest import REPORTS, codes

import harness
from harness.model.catalogue import CATALOGUE
from harness.model.finding import Effect

SAMPLES = {
    "h200-sxm": "pass",
    "h200-no-transaction": "undecided",
    "h200-above-declaration": "fail",
    "h200-military-end-user": "fail",
    "b200-above-gate": "fail",
    "h100-sxm-published": "undecided",
    "a100-sxm-published": "undecided",
    "mi100-published": "undecided",
}


def test_every_sample_has_an_expected_outcome():
    assert {path.stem for path in REPORTS.glob("*.json")} == set(SAMPLES)


@pytest.mark.parametrize(("name", "outcome"), SAMPLES.items())
def test_samples_come_out_as_their_names_say(name: str, outcome: str):
    assert harness.verify(REPORTS / f"{name}.json").outcome == outcome


def test_the_h200_shipment_passes_every_lens(judged):
    verdict = judged()
    answers = {name: lens.answer for name, lens in verdict.lenses.items()}
    assert answers == {
        "evidence": "usable", "capability": "at-or-below-declared", "classification": "3A090.a.1",
        "review-policy": "case-by-case", "tariff": "25-percent", "military-use": "clear",
    }  # fmt: skip
    assert all(lens.certain for lens in verdict.lenses.values())
    assert verdict.findings == ()
    assert verdict.score.holds == verdict.score.applies > 40


def test_the_figures_of_the_h200_shipment_follow_from_its_report(judged):
    """894 x 16 = 14304; 19.668 x 16 = 314.688; 132 x 8192 x 1830 x 8 / 10^6 = 15830.87616; at 1980 MHz 17128.48896."""
    tpp = judged().figures["tpp"]
    assert (tpp.declared, tpp.measured, tpp.expanded_uncertainty) == ("15832", "14304", "314.688")
    assert (tpp.derived, tpp.derived_at_maximum_clock) == ("15830.87616", "17128.48896")
    assert tpp.used == "15832"
    dram = judged().figures["total_dram_bandwidth"]
    assert (dram.declared, dram.derived, dram.measured, dram.unit) == ("4916.736", "4916.736", "4300", "GB/s")
    # 18 x 26.562 x 2 + 16 x 32 / 8 x 2 = 956.232 + 128
    assert judged().figures["interconnect_bandwidth"].measured == "1084.232"
    # 143771 x 1048576 / 10^9
    assert judged().figures["copackaged_dram_capacity"].measured == "150.754820096"


def test_every_reason_has_both_sides_and_a_citation(judged):
    for lens in judged().lenses.values():
        for reason in lens.reasons:
            assert reason.got
            assert reason.need
            assert "CFR" in reason.cite or "3A090" in reason.cite or "note 39" in reason.cite or "9903" in reason.cite


def test_margins_are_exact(judged):
    reasons = {reason.criterion: reason for reason in judged().lenses["review-policy"].reasons}
    assert reasons["gate.tpp"].margin == "5168"  # 21000 - 15832
    assert reasons["gate.dram_bw"].margin == "1583.264"  # 6500 - 4916.736
    assert reasons["gate.dram_bw"].unit == "GB/s"


def test_the_same_bytes_give_the_same_verdict(h200_text: str):
    first, second = (harness.verify(h200_text.encode()).model_dump_json(by_alias=True) for _ in range(2))
    assert first == second


def test_a_path_gives_what_its_bytes_give(h200_text: str):
    assert harness.verify(REPORTS / "h200-sxm.json") == harness.verify(h200_text.encode())


def test_the_receipt_names_every_input(judged, h200_text: str):
    receipt = harness.verify(h200_text.encode()).receipt
    assert receipt.inputs.report_sha256 == hashlib.sha256(h200_text.encode()).hexdigest()
    spec = (REPORTS.parent / "specs" / "nvidia-h200-sxm5-141gb.toml").read_bytes()
    assert receipt.inputs.spec_sha256 == hashlib.sha256(spec).hexdigest()
    assert len(receipt.law_sha256) == 64
    assert receipt.engine_version == harness.__version__
    assert judged(lambda r: r.update(report_id="other")).receipt.inputs.report_sha256 != receipt.inputs.report_sha256


def put(path: str, value: object):
    """Return a change that puts a value at a dotted path."""

    def change(report: dict[str, Any]) -> None:
        *steps, last = (int(step) if step.isdigit() else step for step in path.split("."))
        node: Any = report
        for step in steps:
            node = node[step]
        node[last] = value

    return change


def both(*changes):
    def change(report: dict[str, Any]) -> None:
        for one in changes:
            one(report)

    return change


STATE = "lot.units.0.state"


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
        series(report, n, ["786", "787", "788"])


VOID = [
    ("custody-gap", put("custody.1.from_party", "Somebody Else")),
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
    ("raw-copied", both(three_samples, lambda r: series(r, 5, ["788", "786", "787"]))),
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
    ("product-contradicts-spec", put("product.manufacturer", "AMD")),
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
    ("criterion-unread", lambda r: r["transaction"]["examinations"].append({"criterion": "MU-12", "result": "hit"})),
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
             "declared-below-maker-claim", "far-below-declared", "inventory-contradicts", "sparse-rate",
             "sparsity-unstated"}  # fmt: skip
    assert {code for code, _ in VOID + OPEN} | alone == set(CATALOGUE)


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


def test_a_link_that_was_not_counted_is_named_and_is_no_forgery(judged):
    verdict = judged(lambda r: r["lot"]["units"][0]["state"]["links"].pop())
    assert "inventory-contradicts" in codes(verdict)
    assert verdict.outcome == "undecided"


def add(measurement: dict[str, Any]):
    """Return a change that adds a measurement beside those that confirm the declaration."""

    def change(report: dict[str, Any]) -> None:
        base = copy.deepcopy(report["measurements"][2])
        report["measurements"].append({**base, **measurement})

    return change


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
            "undecided", id="sparse",
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


@pytest.mark.parametrize(
    ("declared", "answer"),
    [
        ("4394.6", {"at-or-below-declared"}),  # m + U = 4300 + 94.6
        ("4394.599", {"at-or-below-declared", "above-declared"}),
        ("4205.4", {"at-or-below-declared", "above-declared"}),  # m - U
        ("4205.399", {"above-declared"}),
    ],
)
def test_the_capability_rule_turns_at_m_plus_and_minus_u(judged, declared: str, answer: set[str]):
    lens = judged(put("declared.total_dram_bandwidth", {"value": declared, "unit": "GB/s"})).lenses["capability"]
    assert set(lens.possible) == answer


def test_an_exact_count_equal_to_its_declaration_holds_and_one_byte_less_fails(judged):
    fewer = str(143771 * 1048576 - 1)
    assert judged().lenses["capability"].outcome == "pass"
    change = put("declared.copackaged_dram_capacity", {"value": fewer, "unit": "B"})
    assert judged(change).lenses["capability"].answer == "above-declared"


def test_a_capacity_declared_in_gb_that_would_hold_in_gib_is_ambiguous_whatever_else_is_measured(judged):
    change = both(
        put("declared.copackaged_dram_capacity", {"value": "141", "unit": "GB"}),
        add({"measurand": "copackaged_dram_capacity", "value": "140", "unit": "GB", "statistic": "count",
             "expanded_uncertainty": "0", "raw": {"unit": "GB", "samples": ["140"]}}),
    )  # fmt: skip
    assert judged(change).lenses["capability"].outcome == "undecided"


def test_a_declaration_below_the_makers_claim_is_read_both_ways(judged):
    """B200 class named, H200 figures declared: TPP 15,832 to 36,000."""
    verdict = judged(both(put("product.chip", "nvidia-b200-sxm"), put("lot.units.0.state", None)))
    assert "declared-below-maker-claim" in codes(verdict)
    assert (verdict.figures["tpp"].used, verdict.figures["tpp"].used_up_to) == ("15832", "36000")
    assert set(verdict.lenses["review-policy"].possible) == {"case-by-case", "presumption-of-denial"}


def test_the_law_reads_what_was_found_where_that_is_higher(judged):
    verdict = judged(put("declared.tpp.value", "13000"))
    # 14304 - 314.688 = 13989.312; the derivation that the measurement proves is higher: 15830.87616.
    assert verdict.figures["tpp"].used == "15830.87616"
    assert verdict.lenses["capability"].answer == "above-declared"


@pytest.mark.parametrize("criterion", range(9))
def test_each_military_use_hit_fails_and_each_silence_is_undecided(judged, criterion: int):
    hit = judged(put(f"transaction.examinations.{criterion}.result", "hit"))
    assert (hit.lenses["military-use"].outcome, hit.outcome) == ("fail", "fail")
    silent = judged(lambda report: report["transaction"]["examinations"].pop(criterion))
    assert (silent.lenses["military-use"].outcome, silent.outcome) == ("undecided", "undecided")
    name = f"MU-{[1, 2, 3, 4, 5, 6, 7, 10, 15][criterion]:02}"
    assert f"transaction.examinations[{name}]" in silent.lenses["military-use"].missing


def test_a_hit_counts_though_it_has_no_evidence_and_a_clear_one_stands_beside_it(judged):
    hit = {"criterion": "MU-03", "result": "hit"}
    for position in (0, 9):
        verdict = judged(lambda report, at=position: report["transaction"]["examinations"].insert(at, hit))
        assert verdict.lenses["military-use"].outcome == "fail"


@pytest.mark.parametrize("certification", range(9))
def test_each_certification_is_needed(judged, certification: int):
    assert judged(lambda report: report["certifications"].pop(certification)).outcome == "undecided"
    refused = judged(put(f"certifications.{certification}.status", "refused"))
    assert refused.lenses["review-policy"].answer == "presumption-of-denial"
    assert judged(put(f"certifications.{certification}.status", "committed")).outcome == "pass"


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        (put("laboratory.headquarters_country", "CN"), "fail"),
        (put("laboratory.headquarters_country", None), "undecided"),
        (put("laboratory.ultimate_parent_country", "MO"), "fail"),
        (put("laboratory.test_site_country", "CN"), "fail"),
        (put("laboratory.test_site_country", "PR"), "undecided"),
        (put("laboratory.test_site_in_foreign_trade_zone", True), "undecided"),
        (put("laboratory.financial_interests", [{"party": "Example Exports LLC"}]), "fail"),
        (put("laboratory.financial_interests", None), "undecided"),
        (put("laboratory.address", None), "undecided"),
        (put("laboratory.address_country", "CN"), "fail"),
        (put("transaction.parties.0.name", "Example Metrology Laboratory, Inc."), "fail"),
        (put("dates.export", "2026-08-04"), "fail"),  # The report is dated the day after.
        (put("session.report_issued_at", None), "undecided"),
        (put("declared.application", None), "undecided"),
        (put("declared.peak_power_at_max_tpp", None), "undecided"),
        (put("declared.tpp", None), "undecided"),
        (put("transaction.parties.2.country", "RU"), "fail"),
        (put("transaction.parties.1.country", "RU"), "fail"),
        (lambda r: r["transaction"]["parties"].append({"role": "remote-user", "country": "RU"}), "undecided"),
        (lambda r: r["transaction"]["parties"].append({"role": "intermediate-consignee", "country": "SG",
                   "headquarters_country": "SG", "ultimate_parent_country": "SG"}), "pass"),
        (lambda r: r["transaction"]["parties"].pop(2), "undecided"),
    ],
)  # fmt: skip
def test_who_reviewed_when_and_for_whom(judged, change, outcome: str):
    assert judged(change).outcome == outcome


def test_the_strictest_of_several_end_users_counts(judged):
    other = {"role": "end-user", "country": "RU", "headquarters_country": "RU", "ultimate_parent_country": "RU"}
    verdict = judged(lambda report: report["transaction"]["parties"].append(other))
    assert verdict.lenses["review-policy"].answer == "presumption-of-denial"


@pytest.mark.parametrize(
    ("day", "review", "tariff"),
    [
        (date(2026, 1, 14), "undecided", "undecided"),
        (date(2026, 1, 15), "pass", "pass"),
        (date(2026, 1, 16), "pass", "pass"),
        (date(2023, 11, 16), "undecided", "undecided"),
        (date(2000, 1, 1), "undecided", "undecided"),
    ],
)
def test_the_law_of_the_day_is_read(judged, day: date, review: str, tariff: str):
    verdict = judged(as_of=day)
    assert verdict.lenses["review-policy"].outcome == review
    assert verdict.lenses["tariff"].outcome == tariff
    assert verdict.dates.as_of == day


def test_3a090_begins_on_its_day(judged):
    assert judged(as_of=date(2023, 11, 17)).lenses["classification"].answer == "3A090.a.1"
    assert not judged(as_of=date(2023, 11, 16)).lenses["classification"].certain


def test_where_the_law_is_silent_on_the_clock_both_readings_are_given(judged):
    """Applied for before the rule, exported after it: the older policy is not encoded, so nothing is certain."""
    verdict = judged(put("dates.application", "2025-12-01"))
    assert verdict.lenses["review-policy"].outcome == "undecided"
    assert judged(put("dates.export", None)).lenses["review-policy"].missing == ("dates.export",)


def test_a_day_after_the_law_was_last_read_carries_a_notice(judged):
    assert judged().lenses["review-policy"].notices == ()
    assert any("last read" in text for text in judged(as_of=date(2027, 1, 1)).lenses["review-policy"].notices)


def test_assurance_informs_and_never_decides(judged):
    verdict = judged()
    by_quantity = {one.quantity: one for one in verdict.assurance}
    # (14304 + 314.688) / 0.60 = 24364.48 >= 21000; (4300 + 94.6) / 0.80 = 5493.25 < 6500.
    assert by_quantity["tpp"].code == "DEC-I-GUARD"
    assert "24364.48" in by_quantity["tpp"].statement
    assert by_quantity["total_dram_bandwidth"].conclusion == "below"
    assert "5493.25" in by_quantity["total_dram_bandwidth"].statement
    assert verdict.outcome == "pass"


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


def test_an_empty_report_is_undecided():
    verdict = harness.verify(b'{"schema": "lab-report/0", "report_id": "x"}')
    assert verdict.outcome == "undecided"
    assert verdict.lenses["evidence"].answer == "absent"


@pytest.mark.parametrize(
    "name",
    ["h200-military-end-user"]
    + [
        pytest.param(name, marks=pytest.mark.slow)
        for name in ("h200-above-declaration", "b200-above-gate", "h200-no-transaction")
    ],
)
def test_nulling_any_part_never_turns_another_outcome_into_pass(name: str):
    """Absent evidence is never taken as clear."""
    report = json.loads((REPORTS / f"{name}.json").read_text())
    for path in list(nodes(report)):
        smaller = copy.deepcopy(report)
        node: Any = smaller
        for step in path[:-1]:
            node = node[step]
        node[path[-1]] = None
        try:
            verdict = harness.verify(json.dumps(smaller).encode())
        except harness.UnreadableInput:
            continue
        assert verdict.outcome != "pass", path


def nodes(value: Any, path: tuple[Any, ...] = ()):
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from nodes(item, (*path, key))


def test_wrong_arguments_are_refused_with_words():
    with pytest.raises(harness.WrongUsage, match="need a datetime"):
        harness.verify(b"{}", as_of="2026-01-14")  # type: ignore[arg-type]
    with pytest.raises(harness.WrongUsage, match="tuple"):
        harness.verify(b"{}", lenses="tariff")
    with pytest.raises(harness.WrongUsage, match="bytes"):
        harness.verify('{"schema": "lab-report/0"}')
    with pytest.raises(harness.WrongUsage, match="no lens"):
        harness.verify(REPORTS / "h200-sxm.json", lenses=())
    with pytest.raises(harness.WrongUsage, match="levy"):
        harness.verify(REPORTS / "h200-sxm.json", lenses=("levy",))

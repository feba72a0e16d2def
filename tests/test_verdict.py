"""Verdicts: the samples, every outcome, the law of the day, and what the law reads."""

import copy
import hashlib
import json
from datetime import date
from typing import Any

import pytest
from conftest import REPORTS, add, both, codes, put

import harness

SAMPLES = {
    "h200-sxm": "pass",
    "h200-sxm-attached": "pass",
    "h200-sxm-two-units": "pass",
    "h200-sxm-telemetry": "pass",
    "h200-sxm-proofs": "pass",
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
        "licence-requirement": "ccl", "review-policy": "case-by-case", "tariff": "25-percent", "military-use": "clear",
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
            assert any(source in reason.cite for source in ("CFR", "3A090", "note 39", "9903", "Form 8-K"))


def failing(lens: Any) -> dict[str, Any]:
    return {reason.criterion: reason for reason in lens.reasons if reason.outcome == "fails"}


def test_a_denial_says_which_criterion_of_the_gate_failed_and_by_how_much():
    """B200 class: TPP 36,000 against 21,000, and 7,700 GB/s against 6,500."""
    lens = harness.verify(REPORTS / "b200-above-gate.json").lenses["review-policy"]
    assert lens.answer == "presumption-of-denial"
    assert {name: reason.margin for name, reason in failing(lens).items()} == {
        "gate.tpp": "-15000", "gate.dram_bw": "-1200",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "criterion"),
    [
        (put("laboratory.headquarters_country", "CA"), "laboratory_headquarters"),
        (put("laboratory.ultimate_parent_country", "CN"), "laboratory_parent"),
        (put("laboratory.test_site_country", "GU"), "laboratory_test_site"),
    ],
)
def test_a_laboratory_is_told_what_it_lacks_and_nothing_else(judged, change, criterion: str):
    """That its site lies in no foreign-trade zone is no fault."""
    assert set(failing(judged(change).lenses["capability"])) == {criterion}


@pytest.mark.parametrize(
    ("change", "lens", "reading"),
    [
        (put("laboratory.test_site_in_foreign_trade_zone", True), "capability", "AMB-07"),
        (put("transaction.parties.2.headquarters_country", "IR"), "review-policy", "AMB-17"),
    ],
)
def test_a_lens_that_is_open_because_the_text_is_says_which_readings_are_followed(judged, change, lens, reading):
    answered = judged(change).lenses[lens]
    assert answered.outcome == "undecided"
    assert len([notice for notice in answered.notices if reading in notice]) == 1
    assert not any(reading in notice for notice in judged().lenses[lens].notices)


def test_a_claim_of_the_maker_is_called_no_measurement(judged):
    reasons = {one.criterion: one for one in judged(put("declared.tpp.value", "15000")).lenses["capability"].reasons}
    assert reasons["confirmed:tpp"].note == "above the declaration, and no measurement"


def test_a_citation_speaks_of_the_paragraph_that_asks(judged):
    cites = {reason.criterion: reason.cite for lens in judged().lenses.values() for reason in lens.reasons}
    assert cites["from_country"] == "15 CFR 742.6(b)(10)(iii)(A)(1)"
    assert cites["laboratory_headquarters"] == "15 CFR 748 Supp. 2, paragraph (dd)(3)(i)(A)"
    assert cites["laboratory_address_country"] == "15 CFR 748 Supp. 2, paragraph (dd)(1)(ix)"
    assert cites["certified:DD-iv"].endswith("15 CFR 748 Supp. 2, paragraph (dd)(1)(iv)")
    assert cites["examined:MU-06"] == "15 CFR 744.11, 744.16"


def test_margins_are_exact(judged):
    reasons = {reason.criterion: reason for reason in judged().lenses["review-policy"].reasons}
    assert reasons["gate.tpp"].margin == "5168"  # 21000 - 15832
    assert reasons["gate.dram_bw"].margin == "1583.264"  # 6500 - 4916.736
    assert reasons["gate.dram_bw"].unit == "GB/s"


def test_the_same_bytes_give_the_same_verdict(h200_text: str):
    first, second = (harness.verify(h200_text.encode()).model_dump_json(by_alias=True) for _ in range(2))
    assert first == second


def test_a_path_gives_what_its_bytes_give():
    path = REPORTS / "h200-sxm-two-units.json"
    assert harness.verify(path) == harness.verify(path.read_bytes())


def test_the_receipt_names_every_input(judged, h200_text: str):
    receipt = harness.verify(h200_text.encode()).receipt
    assert receipt.inputs.report_sha256 == hashlib.sha256(h200_text.encode()).hexdigest()
    spec = (REPORTS.parent / "specs" / "nvidia-h200-sxm5-141gb.toml").read_bytes()
    assert receipt.inputs.spec_sha256 == hashlib.sha256(spec).hexdigest()
    assert len(receipt.law_sha256) == 64
    assert receipt.engine_version == harness.__version__
    assert judged(lambda r: r.update(report_id="other")).receipt.inputs.report_sha256 != receipt.inputs.report_sha256


@pytest.mark.parametrize(
    ("declared", "answer"),
    [
        ("4870", {"at-or-below-declared"}),  # m + U = 4850 + 20
        ("4869.999", {"at-or-below-declared", "above-declared"}),
        ("4830", {"at-or-below-declared", "above-declared"}),  # m - U
        ("4829.999", {"above-declared"}),
    ],
)
def test_the_capability_rule_turns_at_m_plus_and_minus_u(judged, declared: str, answer: set[str]):
    change = both(
        put("declared.total_dram_bandwidth", {"value": declared, "unit": "GB/s"}),
        put("measurements.2.value", "4.85"),
        put("measurements.2.raw.samples", ["4.85"]),
        put("measurements.2.expanded_uncertainty", "0.02"),
    )
    assert set(judged(change).lenses["capability"].possible) == answer


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


def test_a_capacity_that_only_the_device_reports_is_ambiguous_too_and_one_beyond_gib_is_not(judged):
    declared = put("declared.copackaged_dram_capacity", {"value": "141", "unit": "GB"})
    unmeasured = both(declared, lambda report: report["measurements"].pop(3))
    assert judged(unmeasured).lenses["capability"].outcome == "undecided"
    # 141 GiB is 144,384 MiB; one more MiB is too much in either unit.
    for total, outcome in (("144384", "undecided"), ("144385", "fail")):
        change = both(unmeasured, put("lot.units.0.state.memory_total", total))
        assert judged(change).lenses["capability"].outcome == outcome


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
        (lambda r: r["transaction"]["parties"].append({"role": "freight-forwarder", "country": "KP"}), "undecided"),
        # The United States are its territories too (15 CFR 772.1).
        (put("laboratory.headquarters_country", "PR"), "pass"),
        (put("transaction.from_country", "GU"), "pass"),
        (put("laboratory.test_site_country", "PR"), "undecided"),
        (put("laboratory.test_site_country", "GU"), "fail"),
        (put("transaction.parties.0.headquarters_country", None), "pass"),
        (put("transaction.parties.1.headquarters_country", None), "undecided"),
        (put("transaction.parties.2.ultimate_parent_country", None), "undecided"),
        (lambda r: r["transaction"]["parties"].pop(2), "undecided"),
    ],
)  # fmt: skip
def test_who_reviewed_when_and_for_whom(judged, change, outcome: str):
    assert judged(change).outcome == outcome


def test_the_strictest_of_several_end_users_counts(judged):
    other = {"role": "end-user", "country": "RU", "headquarters_country": "RU", "ultimate_parent_country": "RU"}
    verdict = judged(lambda report: report["transaction"]["parties"].append(other))
    assert verdict.lenses["review-policy"].possible == ("presumption-of-denial", "policy-of-denial")


@pytest.mark.parametrize(
    ("day", "review", "tariff"),
    [
        # Denial was presumed until then (90 FR 4544), as under 88 FR 2821.
        (date(2026, 1, 14), "fail", "pass"),
        (date(2026, 1, 15), "pass", "pass"),
        (date(2026, 1, 16), "pass", "pass"),
        (date(2023, 11, 16), "fail", "pass"),
        (date(2000, 1, 1), "undecided", "pass"),
    ],
)
def test_the_law_of_the_day_is_read(judged, day: date, review: str, tariff: str):
    """Before its first day the tariff is certainly none; before the first letter there is no text."""

    def stated_that_day(report: dict[str, Any]) -> None:
        for one in report["transaction"]["examinations"]:
            one["examined_on"] = day.isoformat()
        for one in report["certifications"]:
            one["certified_on"] = day.isoformat()

    verdict = judged(stated_that_day, as_of=day)
    assert verdict.lenses["review-policy"].outcome == review
    assert verdict.lenses["tariff"].outcome == tariff
    assert verdict.dates.as_of == day


def test_3a090_begins_on_its_day(judged):
    assert judged(as_of=date(2023, 11, 17)).lenses["classification"].possible == ("3A090.a.1",)
    # 4,800 or more, and 900 + 128 GB/s to other chips: at or above 600.
    assert judged(as_of=date(2023, 11, 16)).lenses["classification"].possible == ("3A090.a",)
    assert judged(as_of=date(2022, 10, 20)).lenses["classification"].possible == ("none",)


def test_where_the_law_is_silent_on_the_clock_both_readings_are_given(judged):
    """Applied for before the rule, exported after it: the older policy presumes denial, the newer one weighs."""
    verdict = judged(put("dates.application", "2025-12-01"))
    assert verdict.lenses["review-policy"].possible == ("case-by-case", "presumption-of-denial")
    assert judged(put("dates.export", None)).lenses["review-policy"].missing == ("dates.export",)


def test_a_day_after_the_law_was_last_read_carries_a_notice(judged):
    """The Commerce Control List was read as of 2026-07-23, and the export is of 2026-08-20."""
    assert not any("last read" in text for text in judged(as_of=date(2026, 7, 23)).lenses["review-policy"].notices)
    assert any("as of 2026-07-23" in text for text in judged().lenses["review-policy"].notices)
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


def test_an_empty_report_is_undecided():
    verdict = harness.verify(b'{"schema": "lab-report/0", "report_id": "x"}')
    assert verdict.outcome == "undecided"
    assert verdict.lenses["evidence"].answer == "absent"


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["h200-military-end-user", "h200-above-declaration", "b200-above-gate", "h200-no-transaction"],
)
def test_nulling_any_part_never_turns_another_outcome_into_pass(name: str):
    """Absent evidence is never taken as clear."""
    report = json.loads((REPORTS / f"{name}.json").read_text())
    judged = 0
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
        judged += 1
    assert judged > 100


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

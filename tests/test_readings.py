"""Questions that the texts leave open: each has an id, a default and options, and a case in which they differ."""

import json
from datetime import date
from functools import cache
from typing import Any

import pytest
from conftest import spread
from placing import CBC, J26, PD, POA, POD, answers, system

import harness
from harness.codec.law_files import read_law
from harness.judge import law_with
from harness.model.verdict import Verdict

NR, CCL, NAC = "not-required", "ccl", "exception-nac"

# Reading -> what is placed, on which day, with which facts, which lens turns on it, and what each option gives.
CASES: dict[str, tuple[str, date, dict[str, str], str, set[str], set[str]]] = {
    "hong-kong-as-china": ("H200", J26, {"to": "HK"}, "licence-requirement", {CCL}, {"none", CCL}),
    "AMB-11": ("aws-trainium2", J26, {}, "review-policy", {CBC}, {POD}),
    "AMB-12": ("MI325X", J26, {}, "review-policy", {CBC}, {POD}),
    "fp6": ("amd-mi355x", J26, {}, "tariff", {"none"}, {"none"}),
    "AMB-15": ("nvidia-v100-sxm2-32gb", J26, {}, "licence-requirement", {"none"}, {"letter"}),
    "AMB-17": ("H200", J26, {"headquarters": "RU"}, "review-policy", {CBC}, {POD}),
    "AMB-20": ("H200", J26, {"to": "DE"}, "licence-requirement", {"none"}, {CCL}),
    "C1": ("L40", J26, {"to": "DE", "headquarters": "CN"}, "review-policy", {CBC}, {POD}),
    "paragraph-iv": ("L40", J26, {"to": "VN"}, "review-policy", {POA}, {"unstated"}),
    "not-held-in-macau-d5": (
        "H200", date(2024, 12, 10), {"headquarters": "US", "parent": "US"}, "review-policy", {POA}, {POD},
    ),
    "supp-5a-in-macau-d5": (
        "H200", date(2025, 6, 1), {"headquarters": "US", "parent": "US"}, "review-policy", {POA}, {POD},
    ),
    "nac-or-744-23-c": (
        "L40", date(2024, 1, 10), {"to": "SG", "headquarters": "CN"}, "licence-requirement", {NAC}, {CCL},
    ),
    "d5-table-or-list": (
        "H200", date(2025, 12, 1), {"to": "SG", "headquarters": "KH"}, "licence-requirement", {CCL}, {"none", CCL},
    ),
    "cyprus-suspension": (
        "L40", date(2026, 10, 1), {"to": "SG", "headquarters": "CY"}, "licence-requirement", {NAC}, {"none"},
    ),
    "ethiopia-in-part": ("L40", J26, {"to": "ET", "headquarters": "ET"}, "licence-requirement", {NAC}, {"none"}),
    "uae-a-items": (
        "H200", date(2026, 8, 1), {"to": "AE", "headquarters": "AE", "approved-uae": "yes"}, "licence-requirement",
        # By the codified layer the licence for every place stays.
        {"none", CCL}, {CCL},
    ),
    "note-1-day": (
        "H20", date(2026, 12, 31),
        {"exporter-role": "osat", "advanced-logic": "yes", "designer": "authorized", "attested": "yes",
         "designer-applied": "no", "packaging": "other"},
        "classification", {"none"}, {"presumed-3A090.a"},
    ),
}  # fmt: skip
# Those that only a report can turn on, and one that needs a system; each has a test of its own.
OF_REPORTS = {"AMB-07", "puerto-rico-is-customs-territory", "AMB-21"}
# Nothing that ships turns on it today: with both options MI355X, the only chip with FP6, lies beyond the gate.
NOTHING_TURNS_ON = {"fp6"}


@cache
def placed_by(reading: str, option: str) -> Verdict:
    item, day, given, *_ = CASES[reading]
    return harness.classify(item, as_of=day, given=given, law=law_with(readings=[f"{reading}={option}"]))


@pytest.mark.parametrize("reading", spread(CASES, 8))
def test_each_option_gives_its_own_answer(reading: str):
    _, _, _, lens, by_a, by_b = CASES[reading]
    assert answers(placed_by(reading, "a"), lens) == by_a
    assert answers(placed_by(reading, "b"), lens) == by_b
    assert answers(placed_by(reading, "both"), lens) == by_a | by_b


@pytest.mark.parametrize("reading", sorted(CASES.keys() - NOTHING_TURNS_ON))
def test_the_verdict_says_which_reading_was_used_and_what_the_other_gives(reading: str):
    item, day, given, lens, by_a, by_b = CASES[reading]
    default = read_law().readings[reading].default
    verdict = harness.classify(item, as_of=day, given=given)
    (use,) = (one for one in verdict.lenses[lens].readings if one.id == reading)
    assert use.followed == default
    assert {option: set(found) for option, found in use.gives.items()} == {"a": by_a, "b": by_b}
    other = placed_by(reading, "b")
    assert other.receipt.readings == {reading: "b"}
    assert Verdict.model_validate_json(other.model_dump_json(by_alias=True)) == other


def test_every_reading_has_a_case():
    assert CASES.keys() | OF_REPORTS | {"AMB-08"} == read_law().readings.keys()


def test_boards_by_each_circuit_or_by_their_sum(tmp_path):
    """AMB-08: eight H20 of 2,368 TPP each are 18,944 together; each alone is below 3A090."""
    item = system(tmp_path, ("nvidia-h20-96gb", 8))
    each = harness.classify(item, as_of=J26, readings=("AMB-08=a",))
    together = harness.classify(item, as_of=J26, readings=("AMB-08=b",))
    assert answers(each, "classification") == {"none"}
    assert "4A090.a" in answers(together, "classification")
    assert together.lenses["classification"].readings[0].followed == "b"
    assert answers(harness.classify(item, as_of=J26), "classification") == {"none"}


@pytest.mark.parametrize(
    ("reading", "field", "value"),
    [
        ("AMB-07", "test_site_in_foreign_trade_zone", True),
        ("puerto-rico-is-customs-territory", "test_site_country", "PR"),
    ],
)
def test_where_the_laboratory_may_test(h200: dict[str, Any], reading: str, field: str, value: object):
    h200["laboratory"][field] = value
    data = json.dumps(h200).encode()
    found = {
        option: harness.verify(data, law=law_with(readings=[f"{reading}={option}"])).outcome for option in ("a", "b")
    }
    assert found == {"a": "pass", "b": "fail"}
    lens = harness.verify(data).lenses["capability"]
    assert lens.outcome == "undecided"
    assert [use.id for use in lens.readings] == [reading]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["AMB-99=a"], "no reading 'AMB-99'"), (["AMB-11=c"], "no option 'c' of AMB-11; there are a, b and both"),
        (["AMB-11"], "need ID=OPTION"), ([""], "need ID=OPTION"), (["=a"], "no reading ''"),
    ],
)  # fmt: skip
def test_a_reading_that_does_not_exist_is_refused(words: list[str], complaint: str):
    with pytest.raises(harness.WrongUsage, match=complaint):
        law_with(readings=words)


def test_a_way_of_counting_may_be_named_and_case_does_not_matter():
    assert law_with(readings=["tf32-32"]).selection.readings == {"AMB-11": "b"}
    assert law_with(readings=["amb-11=b"]).selection.readings == {"AMB-11": "b"}
    assert law_with(readings=["tf32-32", "tf32-19"]).selection.readings == {"AMB-11": "both"}


@pytest.mark.slow
def test_information_never_adds_an_answer():
    """Following one option leaves at most what following both leaves; it follows from what each option gives."""
    for reading, (_, _, _, lens, _, _) in CASES.items():
        both = answers(placed_by(reading, "both"), lens)
        assert all(answers(placed_by(reading, option), lens) <= both for option in ("a", "b")), reading


def test_denial_beyond_an_allocation_is_a_gap_and_no_reading():
    """Nobody can choose how much of a country's allocation is left."""
    verdict = harness.classify("H200", as_of=date(2025, 6, 1), given={"to": "IN"}, readings=("AMB-20=b",))
    assert answers(verdict, "review-policy") == {POA, PD}
    assert verdict.lenses["review-policy"].readings == ()
    assert any("allocation" in notice for notice in verdict.lenses["review-policy"].notices)

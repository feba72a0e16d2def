"""Notices under License Exception NAC: what they must state, which items may go by them, and the 25 days."""

import copy
import json
from datetime import date
from typing import Any

import pytest
from conftest import ROOT, put
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.cli.__main__ import main
from harness.codec.law_files import read_law
from harness.codec.schemas import faults_against_schema
from harness.model.nac_notice import NacCheck
from harness.notice import check_notice

SAMPLE = json.loads((ROOT / "docs" / "samples" / "nac-notice.json").read_text(encoding="utf-8"))


def checked(*changes: Any, on: date | None = None) -> NacCheck:
    notice = copy.deepcopy(SAMPLE)
    for change in changes:
        change(notice)
    return check_notice(json.dumps(notice).encode(), "notice.json", read_law(), on)


def rows(check: NacCheck, criterion: str) -> set[str]:
    return {row.outcome for row in check.rows if row.criterion == criterion}


def test_the_sample_is_complete_and_in_time():
    assert checked().outcome == "pass"
    assert {row.outcome for row in checked().rows} == {"holds"}


@pytest.mark.parametrize(("day", "outcome"), [(27, "fail"), (28, "pass"), (29, "pass")])
def test_twenty_five_calendar_days_stand_before_the_export(day: int, outcome: str):
    """Notice on 2026-08-03: the 27th is 24 days later, the 28th 25, the 29th 26."""
    check = checked(on=date(2026, 8, day))

    assert check.outcome == outcome
    assert check.earliest_export == date(2026, 8, 28)


def test_the_days_are_counted_over_the_end_of_a_year_and_a_leap_day():
    """2023-12-15 + 25 = 2024-01-09; 2024-02-10 + 25 = 2024-03-06, since that February has 29 days."""
    assert checked(put("submitted_on", "2023-12-15")).earliest_export == date(2024, 1, 9)
    assert checked(put("submitted_on", "2024-02-10")).earliest_export == date(2024, 3, 6)


@settings(max_examples=30)
@given(st.dates(max_value=date(9999, 1, 1)), st.integers(min_value=0, max_value=60))
def test_one_day_more_never_makes_a_notice_late(submitted: date, days: int):
    export = date.fromordinal(submitted.toordinal() + days)
    found = rows(checked(put("submitted_on", submitted.isoformat()), on=export), "submission")

    assert ("fails" in found) is (days < 25)


MISSING = [
    ("tpp", "items.0.tpp"),
    ("performance-density", "items.0.performance_density"),
    ("memory-bandwidth", "items.0.memory_bandwidth"),
    ("data-sheet", "items.0.data_sheet"),
    ("data-sheet", "items.0.data_sheet.sha256"),
    ("prior-approvals", "prior_approvals"),
    ("cluster-use", "cluster"),
    ("purchase-order", "purchase_order"),
    ("submission", "submitted_through"),
    ("submission", "submitted_on"),
    ("submission", "export_on"),
    ("scope", "items.0.chip"),
    ("scope", "destination"),
    ("no-other-requirement", "other_requirement"),
    ("no-other-requirement", "other_requirement.document.sha256"),
    ("no-other-requirement", "other_requirement.examined_by"),
    ("no-other-requirement", "other_requirement.examined_on"),
]


@pytest.mark.parametrize(("criterion", "place"), MISSING)
def test_what_is_not_stated_leaves_the_notice_open(criterion: str, place: str):
    check = checked(put(place, None))

    assert check.outcome == "undecided"
    assert "undecided" in rows(check, criterion)
    assert "fails" not in {row.outcome for row in check.rows}


def test_commercial_samples_need_no_purchase_order():
    assert checked(put("purchase_order", None), put("commercial_samples", True)).outcome == "pass"


@pytest.mark.parametrize(
    ("cluster", "outcome"),
    [
        ({"used_in_cluster": True}, "undecided"),
        ({"used_in_cluster": True, "aggregate_tpp": "211392"}, "holds"),  # 40 x 5284.8
        ({"used_in_cluster": True, "aggregate_tpp": "5284.7"}, "fails"),  # less than one of them
        ({"aggregate_tpp": "211392"}, "undecided"),
    ],
)
def test_a_cluster_is_stated_with_what_it_computes(cluster: dict[str, Any], outcome: str):
    assert rows(checked(put("cluster", cluster)), "cluster-use") == {outcome}


@pytest.mark.parametrize(
    ("chip", "data_center", "to", "outcome"),
    [
        ("nvidia-h200-sxm5-141gb", True, "CN", "fails"),  # a data-center item of 3A090.a
        ("nvidia-rtx-4090", False, "CN", "holds"),  # 5284.8 TPP, not for data centers
        ("nvidia-rtx-4090", True, "CN", "undecided"),  # the notice and the spec file disagree
        ("nvidia-rtx-4080", False, "CN", "fails"),  # under 4800 TPP and not for data centers: no licence, no exception
        ("nvidia-rtx-4090", False, "VN", "undecided"),  # D:1: the other exception, unless held from D:5 - see below
        ("no-such-chip", False, "CN", "undecided"),
    ],
)
def test_only_items_in_scope_go_by_notice(chip: str, data_center: bool, to: str, outcome: str):
    changes = [put("items.0.chip", chip), put("items.0.designed_or_marketed_for_data_centers", data_center)]
    held = [put(f"{one}_country", None) for one in ("headquarters", "ultimate_parent")] if to == "VN" else []

    assert rows(checked(*changes, put("destination", to), *held), "scope") == {outcome}


def test_entities_held_from_elsewhere_go_by_notice_wherever_they_are():
    assert rows(checked(put("destination", "VN")), "scope") == {"holds"}  # headquartered in China, says the sample
    free = [put(f"{one}_country", "JP") for one in ("headquarters", "ultimate_parent")]
    assert rows(checked(put("destination", "VN"), *free), "scope") == {"fails"}


def test_a_figure_below_the_makers_claim_is_looked_at():
    """RTX 4090: 5,284.8 TPP by its maker's rates."""
    assert rows(checked(put("items.0.tpp", "5284.799")), "tpp") == {"undecided"}
    assert rows(checked(put("items.0.tpp", "5284.8")), "tpp") == {"holds"}
    assert rows(checked(put("items.0.memory_bandwidth.value", "1007")), "memory-bandwidth") == {"undecided"}
    assert rows(checked(put("items.0.memory_bandwidth", {"value": "1.008", "unit": "TB/s"})), "memory-bandwidth") == {
        "holds"
    }


@pytest.mark.parametrize(
    "digest", ["e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "0" * 64, "a" * 64]
)
def test_the_digest_of_nothing_is_no_evidence(digest: str):
    """The first is the SHA-256 of an empty file (FIPS 180-4)."""
    for criterion, place in (
        ("data-sheet", "items.0.data_sheet"),
        ("purchase-order", "purchase_order"),
        ("no-other-requirement", "other_requirement.document"),
    ):
        assert rows(checked(put(f"{place}.sha256", digest)), criterion) == {"undecided"}


def test_an_examination_after_the_export_or_by_nobody_counts_for_nothing():
    """The export is planned for 2026-08-28."""
    for day, outcome in (("2026-08-28", "holds"), ("2026-08-29", "undecided")):
        assert rows(checked(put("other_requirement.examined_on", day)), "no-other-requirement") == {outcome}
    shipped = [{"exported_on": "2026-08-29", "units": 1, "value_usd": "1"}]
    late = checked(
        put("export_on", None), put("shipments", shipped), put("other_requirement.examined_on", "2026-08-30")
    )
    assert rows(late, "no-other-requirement") == {"undecided"}
    for nobody in ("-", " ", "\u200b"):
        assert rows(checked(put("other_requirement.examined_by", nobody)), "no-other-requirement") == {"undecided"}


def test_items_of_more_units_than_the_notice_fail():
    assert checked(put("items.0.units", 40)).outcome == "pass"
    assert checked(put("items.0.units", 41)).outcome == "fail"


def test_a_density_below_the_claim_is_looked_at():
    """5284.8 TPP over 608.5 mm2 is 8.68496...: two decimals of it are 8.68."""
    for density, outcome in (("8.68", "holds"), ("8.69", "holds"), ("8.684", "holds"), ("9", "holds")):
        assert rows(checked(put("items.0.performance_density", density)), "performance-density") == {outcome}
    for density in ("8.67", "8.6839", "8.6", "8", "0.1"):
        assert rows(checked(put("items.0.performance_density", density)), "performance-density") == {"undecided"}


def test_no_cluster_with_what_it_computes_is_looked_at():
    cluster = {"used_in_cluster": False, "aggregate_tpp": "211392"}
    assert rows(checked(put("cluster", cluster)), "cluster-use") == {"undecided"}


def test_without_a_day_of_export_the_chip_is_still_known():
    row = next(row for row in checked(put("export_on", None)).rows if row.criterion == "scope")
    assert (row.outcome, row.got) == ("undecided", "the chip nvidia-rtx-4090, without a day of export")
    assert rows(checked(put("export_on", None)), "tpp") == {"holds"}


@pytest.mark.parametrize(
    ("units", "values", "outcome"),
    [
        ((20, 20), ("36000", "36000"), "pass"),
        ((20, 21), ("36000", "36000"), "fail"),
        ((20, 20), ("36000", "36000.01"), "fail"),
        ((20, None), ("36000", "36000"), "undecided"),
    ],
)
def test_repeats_stay_within_the_value_and_the_quantity(units, values, outcome: str):
    """The notice is over 40 units and 72,000 USD."""
    shipments = [
        {"exported_on": "2026-08-28", "units": one, "value_usd": value}
        for one, value in zip(units, values, strict=True)
    ]
    assert checked(put("shipments", shipments)).outcome == outcome


def test_every_repeat_waits_its_days():
    early = [{"exported_on": "2026-08-27", "units": 1, "value_usd": "1"}]
    assert rows(checked(put("shipments", early)), "submission") == {"holds", "fails"}


def test_a_licence_that_another_part_requires_bars_the_exception():
    assert checked(put("other_requirement", {"criterion": "NAC-744", "result": "hit"})).outcome == "fail"


def test_another_way_than_snap_r_is_none():
    assert checked(put("submitted_through", "snapr")).outcome == "pass"
    assert checked(put("submitted_through", "by letter")).outcome == "fail"


def test_approvals_of_longer_ago_are_not_of_the_last_months():
    """Notice 2026-08-03: approvals from 2025-08-03 on count."""
    stated = [{"number": "A000001", "approved_on": day} for day in ("2025-08-02", "2025-08-03", "2026-08-03")]
    row = next(row for row in checked(put("prior_approvals", stated)).rows if row.criterion == "prior-approvals")
    assert (row.outcome, row.got) == ("holds", "2 stated")
    late = [{"number": "A000001", "approved_on": "2026-08-04"}]
    assert rows(checked(put("prior_approvals", late)), "prior-approvals") == {"undecided"}


def test_the_command_says_it_with_its_exit_code(tmp_path, capsys):
    paths = {}
    for name, change in {"pass": {}, "open": {"cluster": None}, "bad": {"tpp": 1}}.items():
        paths[name] = tmp_path / f"{name}.json"
        paths[name].write_text(json.dumps({**SAMPLE, **change}), encoding="utf-8")

    assert main(["nac", "check", str(paths["pass"])]) == 0
    assert main(["nac", "check", str(paths["pass"]), "--on", "2026-08-27"]) == 1
    assert main(["nac", "check", str(paths["open"])]) == 3
    assert main(["nac", "check", str(paths["bad"])]) == 2
    assert main(["nac", "check", str(tmp_path / "absent.json")]) == 2
    capsys.readouterr()
    assert main(["nac", "check", str(paths["pass"]), "--format", "json"]) == 0
    printed = capsys.readouterr().out.encode()
    assert faults_against_schema("nac-check", printed, "check.json") == []
    assert faults_against_schema("nac-notice", paths["pass"].read_bytes(), "notice.json") == []

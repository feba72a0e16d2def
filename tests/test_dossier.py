"""The dossier: its criteria row by row, absent is never clear, and one fact moves one row."""

import hashlib
import json
import shutil
import tomllib
from collections.abc import Callable
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from conftest import REPORTS, codes, h200_alone, put, spread

import harness
from harness.cli.__main__ import main
from harness.codec.dossier_skeleton import dossier_skeleton
from harness.codec.law_files import read_law
from harness.codec.schemas import faults_against_schema
from harness.errors import UnreadableInput
from harness.model.verdict import CriterionRow, Verdict

H200 = REPORTS / "h200-sxm.json"
DOSSIERS = REPORTS / "dossiers"
SAMPLE = DOSSIERS / "h200-sxm.json"
CRITERIA = DOSSIERS / "criteria"
TABLE: dict[str, dict[str, Any]] = tomllib.loads((CRITERIA / "criteria.toml").read_text(encoding="utf-8"))
RAISED = ("dossier-absent", "dossier-altered", "dossier-other", "dossier-of-another")
QUIET = {"clear", "not-in-force"}
# 20 criteria on military and other end uses, the red flags, and nine certifications.
EVERY = {f"MU-{n:02}" for n in range(1, 21)} | {"RF-732S3"} | {
    f"DD-{n}" for n in ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
}  # fmt: skip


def judged(
    change: Callable[[dict[str, Any]], object] | None = None, report: bytes | None = None, as_of: date | None = None
) -> Verdict:
    """The sample report with its dossier after one change to that."""
    dossier = json.loads(SAMPLE.read_bytes())
    if change is not None:
        change(dossier)
    return harness.verify(report or h200_alone(), dossier=json.dumps(dossier).encode(), as_of=as_of)


def row(verdict: Verdict, criterion: str) -> CriterionRow:
    return next(one for one in verdict.criteria if one.criterion == criterion)


def open_rows(verdict: Verdict) -> dict[str, str]:
    return {one.criterion: one.answer for one in verdict.criteria if one.answer not in QUIET}


def exported_on(day: str | None) -> bytes:
    report = json.loads(h200_alone())
    if day is not None:
        report["dates"]["export"] = day
    return json.dumps(report).encode()


# --- The samples ----------------------------------------------------------------------------------------------------


def test_the_sample_report_names_its_dossier_and_passes_every_lens_with_it():
    verdict = harness.verify(H200)
    assert verdict.outcome == "pass"
    assert verdict.lenses["certifications"].answer == "clear"
    assert verdict.findings == ()
    assert verdict.receipt.inputs.dossier_sha256 == hashlib.sha256(SAMPLE.read_bytes()).hexdigest()
    assert {one.criterion for one in verdict.criteria} == EVERY
    assert open_rows(verdict) == {}
    # The affiliates rule was stayed on the day of the export, 2026-08-20.
    assert [one.criterion for one in verdict.criteria if one.answer == "not-in-force"] == ["MU-08", "MU-09"]
    assert all(one.cite and one.says for one in verdict.criteria)


def test_every_dossier_has_its_row_and_every_criterion_its_dossier():
    assert {file.stem for file in CRITERIA.glob("*.json")} == set(TABLE)
    assert {one["criterion"] for one in TABLE.values()} == EVERY


@pytest.mark.parametrize("name", spread(TABLE, 15))
def test_a_dossier_is_one_fact_off_and_moves_its_own_row(name: str):
    from test_faults import differences

    from harness.codec.documents import path

    told = TABLE[name]
    twin, other = json.loads(SAMPLE.read_bytes()), json.loads((CRITERIA / f"{name}.json").read_bytes())
    assert other["notes"][:-1] == twin["notes"]
    places = differences(twin, {**other, "notes": twin["notes"], "dossier_id": twin["dossier_id"]})
    assert [path(place) for place in places] == [told["place"]]
    as_of = date.fromisoformat(told["export"]) if "export" in told else None
    verdict = harness.verify(h200_alone(), dossier=CRITERIA / f"{name}.json", as_of=as_of)
    assert open_rows(verdict) == {told["criterion"]: told["answer"], **dict.fromkeys(told["also"], "blocked")}
    assert [lens for lens, one in verdict.lenses.items() if one.outcome != "pass"] == told["lenses"]
    assert verdict.outcome == told["outcome"]
    # The same day with the dossier as it should be passes.
    assert judged(as_of=as_of).outcome == "pass"


# --- Absent is never clear ------------------------------------------------------------------------------------------


def test_an_empty_dossier_leaves_every_criterion_that_it_alone_answers_open():
    verdict = harness.verify(h200_alone(), dossier=b'{"schema": "dossier/1", "dossier_id": "EMPTY"}')
    assert verdict.outcome == "undecided"
    # What the report itself examines and certifies stands; DD-iv rests on nothing else.
    by_report = {f"MU-{n:02}" for n in (1, 2, 3, 4, 5, 6, 7, 10, 15)} | {"DD-iv"}
    assert set(open_rows(verdict)) == EVERY - by_report - {"MU-08", "MU-09"}
    assert set(open_rows(verdict).values()) == {"incomplete"}
    assert all(one.missing for one in verdict.criteria if one.answer == "incomplete")


@pytest.mark.parametrize("part", sorted(set(json.loads(SAMPLE.read_bytes())) - {"schema", "dossier_id", "notes"}))
def test_leaving_a_part_out_never_helps(part: str):
    def change(dossier: dict[str, Any]) -> None:
        del dossier[part]

    full, less = judged(), judged(change)
    for one in less.criteria:
        assert one.answer in {row(full, one.criterion).answer, "incomplete"}


BY_DOSSIER = [f"MU-{n:02}" for n in (11, 12, 13, 14, 16, 17, 18, 19, 20)] + ["RF-732S3"]
FIELDS = ["document", "examined_by", "examined_on", "result"]


@pytest.mark.parametrize("case", spread(product(FIELDS, BY_DOSSIER), fast=8), ids=str)
def test_examined_clear_needs_a_digest_an_examiner_and_a_day(case: tuple[str, str]):
    field, criterion = case

    def change(dossier: dict[str, Any]) -> None:
        next(one for one in dossier["examinations"] if one["criterion"] == criterion)[field] = None

    verdict = judged(change)
    assert row(verdict, criterion).outcome == "undecided"
    assert verdict.outcome == "undecided"
    assert ("examination-unsupported" in codes(verdict)) == (field != "result")


@pytest.mark.parametrize(
    ("day", "outcome"), [("2026-08-19", "holds"), ("2026-08-20", "holds"), ("2026-08-21", "undecided")]
)
def test_an_examination_of_after_the_export_does_not_count(day: str, outcome: str):
    assert row(judged(put("examinations.10.examined_on", day)), "MU-11").outcome == outcome


def test_a_hit_counts_without_evidence_and_against_a_clear_of_the_report():
    verdict = judged(put("examinations.0", {"criterion": "MU-01", "result": "hit"}))
    assert row(verdict, "MU-01").answer == "presumption-of-denial"
    assert verdict.outcome == "fail"


def test_a_hit_under_a_further_criterion_counts_without_a_dossier_too():
    report = json.loads(h200_alone())
    report["transaction"]["examinations"].append({"criterion": "MU-13", "result": "hit"})
    verdict = harness.verify(json.dumps(report).encode())
    # The others are asked with it and open, so that the answer may only be stricter.
    assert verdict.lenses["military-use"].possible == ("licence-required", "presumption-of-denial", "blocked")
    assert verdict.lenses["military-use"].outcome == "fail"


def test_the_certifications_are_not_asked_without_a_dossier_unless_named():
    assert "certifications" not in harness.verify(h200_alone()).lenses
    named = harness.verify(h200_alone(), lenses=("certifications",))
    assert named.lenses["certifications"].outcome == "undecided"


# --- The facts of the dossier ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("before", "answer"), [(59_991, "clear"), (59_992, "clear"), (59_993, "blocked")])
def test_exactly_half_passes_and_one_unit_more_does_not(before: int, answer: str):
    """8 units now; half of 120,000 is 60,000: 59,999, 60,000 and 60,001."""
    assert row(judged(put("supply.units_exported_before", before)), "DD-iii").answer == answer


@pytest.mark.parametrize(
    ("figures", "answer"),
    [
        ({"fp64_peak_pflops": "99.999"}, "clear"), ({"fp64_peak_pflops": "100"}, "presumption-of-denial"),
        ({"fp32_peak_pflops": "199.999"}, "clear"), ({"fp32_peak_pflops": "200"}, "presumption-of-denial"),
        ({"fp64_peak_pflops": "100", "volume_ft3": "41600"}, "presumption-of-denial"),
        ({"fp64_peak_pflops": "100", "volume_ft3": "41600.001"}, "clear"),
        ({"fp64_peak_pflops": "100", "volume_ft3": None}, "incomplete"),
        ({"fp64_peak_pflops": None}, "incomplete"),
    ],
)  # fmt: skip
def test_a_supercomputer_is_computed_from_peaks_and_volume(figures: dict[str, str | None], answer: str):
    """15 CFR 772.1: 100 or more petaflops in double precision, or 200 in single, within 41,600 cubic feet or less."""
    assert row(judged(lambda dossier: dossier["cluster"].update(figures)), "MU-10").answer == answer


# The eight places of (dd)(1)(vi); of country group D:5 but not of the eight: Afghanistan, Iraq, Syria, Zimbabwe.
EIGHT = ["BY", "CN", "CU", "IR", "MO", "KP", "RU", "VE"]
PLACED = ["country", "headquarters_country", "ultimate_parent_country"]


@pytest.mark.parametrize("case", spread(product(EIGHT, PLACED), fast=8), ids=str)
def test_an_unlisted_remote_user_of_the_eight_places_is_incomplete(case: tuple[str, str]):
    place, field = case
    # Certainly so, and not only for want of something.
    assert row(judged(put(f"remote_service.users.1.{field}", place)), "MU-16").possible == ("incomplete",)


@pytest.mark.parametrize("place", ["AF", "IQ", "SY", "ZW", "SG"])
def test_the_eight_places_are_not_country_group_d5(place: str):
    assert row(judged(put("remote_service.users.1.country", place)), "MU-16").answer == "clear"


def test_a_remote_user_of_an_unknown_place_leaves_it_open():
    assert row(judged(put("remote_service.users.1.country", None)), "MU-16").outcome == "undecided"


@pytest.mark.parametrize(
    ("country", "headquarters", "parent", "answer"),
    [
        ("SG", "SG", "SG", "clear"), ("SG", "CN", "SG", "presumption-of-denial"),
        ("SG", "SG", "MO", "presumption-of-denial"),
        ("SG", "SG", None, "incomplete"), ("CN", "CN", "CN", "clear"), (None, "CN", "CN", "incomplete"),
    ],
)  # fmt: skip
def test_headquarters_and_parent_are_not_the_location(
    country: str | None, headquarters: str, parent: str | None, answer: str
):
    party = {"role": "end-user", "name": "Another", "country": country, "headquarters_country": headquarters,
             "ultimate_parent_country": parent}  # fmt: skip
    assert row(judged(lambda dossier: dossier["parties"].append(party)), "MU-12").answer == answer


@pytest.mark.parametrize("activity", ["reexport", "in-country-transfer"])
def test_reexports_and_transfers_never_reach_case_by_case(activity: str):
    report = json.loads(h200_alone())
    report["transaction"]["activity"] = activity
    verdict = judged(report=json.dumps(report).encode())
    assert verdict.lenses["review-policy"].answer == "presumption-of-denial"


def test_a_red_flag_that_a_document_resolves_is_none_any_more():
    flag = {"number": 21, "raised": True, "remark": "owner uncertain"}
    assert row(judged(put("red_flags.20", flag)), "RF-732S3").answer == "review"
    resolved = {**flag, "resolved_by": {"title": "Register extract", "sha256": "a1" * 32}}
    assert row(judged(put("red_flags.20", resolved)), "RF-732S3").answer == "clear"


@pytest.mark.parametrize(
    ("days", "answer"), [(("60", "60"), "clear"), (("61", "60"), "incomplete"), ((None, "60"), "clear")]
)
def test_longer_lead_times_beside_no_delay_are_open(days: tuple[str | None, str], answer: str):
    change = {"lead_time_days": days[0], "normal_lead_time_days": days[1]}
    assert row(judged(lambda dossier: dossier["supply"].update(change)), "DD-ii").answer == answer


def test_on_the_day_of_its_return_the_affiliates_rule_is_a_question_of_reading():
    """90 FR 50857: stayed from 2025-11-10 to 2026-11-09; whether the stay was extended is not known (AMB-21)."""
    hit = put("examinations.7.result", "hit")
    assert row(judged(hit, exported_on("2026-11-09")), "MU-08").answer == "not-in-force"
    assert row(judged(hit, exported_on("2026-11-10")), "MU-08").possible == ("clear", "blocked")


# --- The dossier that a report names --------------------------------------------------------------------------------


@pytest.fixture
def beside(tmp_path: Path) -> Path:
    shutil.copyfile(H200, tmp_path / H200.name)
    (tmp_path / "dossiers").mkdir()
    shutil.copyfile(SAMPLE, tmp_path / "dossiers" / SAMPLE.name)
    return tmp_path / H200.name


def test_a_dossier_that_is_not_there_leaves_the_outcome_open(beside: Path):
    (beside.parent / "dossiers" / SAMPLE.name).unlink()
    verdict = harness.verify(beside)
    assert codes(verdict) == {"dossier-absent"}
    assert verdict.lenses["certifications"].outcome == "undecided"
    assert verdict.outcome == "undecided"


def test_a_dossier_that_was_altered_voids_and_is_not_read(beside: Path):
    file = beside.parent / "dossiers" / SAMPLE.name
    file.write_bytes(file.read_bytes() + b"\n")
    verdict = harness.verify(beside)
    assert codes(verdict) == {"dossier-altered"}
    assert verdict.criteria == ()
    assert verdict.outcome == "fail"


def test_a_dossier_that_is_given_is_judged_in_place_of_the_one_named():
    verdict = harness.verify(H200, dossier=CRITERIA / "mu-13.json")
    assert codes(verdict) == {"dossier-other"}
    assert open_rows(verdict) == {"MU-13": "licence-required"}
    assert harness.verify(H200, dossier=SAMPLE) == harness.verify(H200)


@pytest.mark.parametrize("name", ["../h200-sxm.json", "/etc/passwd", "a/../b.json", ".hidden", "a//b"])
def test_a_report_names_no_file_outside_its_folder(name: str):
    report = {**json.loads(h200_alone()), "dossier": {"file": name, "sha256": "0" * 64}}
    with pytest.raises(UnreadableInput, match=r"dossier\.file"):
        harness.verify(json.dumps(report).encode())


def test_a_dossier_that_does_not_read_is_refused_with_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "dossier.json"
    file.write_text('{"schema": "dossier/1", "dossier_id": "X", "supply": {"units_exported_before": -1}}')
    assert main(["verify", str(H200), "--dossier", str(file)]) == 2
    assert "supply.units_exported_before" in capsys.readouterr().err


# --- Commands and formats -------------------------------------------------------------------------------------------


def test_the_skeleton_fits_its_schema_names_every_criterion_and_clears_none(tmp_path: Path):
    text = dossier_skeleton(read_law())
    assert faults_against_schema("dossier", text.encode(), "the skeleton") == []
    skeleton = json.loads(text)
    named = [one["criterion"] for one in (*skeleton["examinations"], *skeleton["certifications"])]
    assert set(named) == EVERY
    verdict = harness.verify(h200_alone(), dossier=text.encode())
    assert verdict.outcome == "undecided"
    # What the report has by itself stands as it was.
    assert verdict.lenses["review-policy"].answer == "case-by-case"
    assert row(verdict, "MU-01").answer == "clear"


def test_a_party_that_both_documents_name_is_one_and_one_fills_the_other():
    report = json.loads(h200_alone())
    report["transaction"]["parties"][2]["ultimate_parent_country"] = None
    alone, both = harness.verify(json.dumps(report).encode()), judged(report=json.dumps(report).encode())
    assert alone.lenses["review-policy"].outcome == "undecided"
    assert both.lenses["review-policy"].answer == "case-by-case"


def test_a_party_that_only_the_dossier_names_counts():
    party = {"role": "end-user", "name": "Another", "country": "RU", "headquarters_country": "RU",
             "ultimate_parent_country": "RU"}  # fmt: skip
    verdict = judged(lambda dossier: dossier["parties"].append(party))
    assert verdict.lenses["review-policy"].outcome == "fail"


@pytest.mark.parametrize("path", spread([SAMPLE, *sorted(CRITERIA.glob("*.json"))], fast=3))
def test_the_samples_fit_the_published_schema(path: Path):
    assert faults_against_schema("dossier", path.read_bytes(), path.name) == []


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_every_form_shows_the_rows(form: str, capsys: pytest.CaptureFixture[str]):
    assert main(["verify", str(H200), "--dossier", str(CRITERIA / "dd-iii.json"), "--format", form]) == 1
    told = capsys.readouterr().out
    for word in ("DD-iii", "blocked", "60,001 of 120,000", "MU-20", "15 CFR 744.17"):
        assert word in told


def test_rows_are_those_of_the_lenses_asked():
    assert harness.verify(H200, lenses=("tariff",)).criteria == ()
    found = harness.verify(H200, lenses=("certifications",)).criteria
    assert {one.criterion for one in found} == {name for name in EVERY if name.startswith("DD-")}


def test_a_dossier_is_of_one_report(capsys: pytest.CaptureFixture[str]):
    assert main(["verify", str(H200), str(H200), "--dossier", str(SAMPLE)]) == 2
    assert "--dossier is the dossier of one report" in capsys.readouterr().err


@pytest.mark.parametrize("dossier", [None, "mu-13.json"])
def test_a_verdict_with_a_dossier_is_archived_and_replayed(tmp_path: Path, dossier: str | None):
    words = [] if dossier is None else ["--dossier", str(CRITERIA / dossier)]
    kept = str(tmp_path / "a.zip")
    assert main(["archive", str(H200), *words, "-o", kept]) == 0
    assert main(["replay", kept]) == 0


def test_a_verdict_on_an_altered_dossier_is_replayed_too(beside: Path, tmp_path: Path):
    file = beside.parent / "dossiers" / SAMPLE.name
    file.write_bytes(file.read_bytes() + b"\n")
    kept = str(tmp_path / "a.zip")
    assert main(["archive", str(beside), "-o", kept]) == 0
    assert main(["replay", kept]) == 0


def test_a_document_of_another_kind_is_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "dossier.json").write_text('{"schema": "dossier/1", "parties": []}', encoding="utf-8")
    assert main(["verify", str(tmp_path / "dossier.json")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("schema: got 'dossier/1'; need 'lab-report/0'")


def test_of_another_version_every_fault_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "report.json").write_text('{"schema": "lab-report/9", "parties": []}', encoding="utf-8")
    assert main(["verify", str(tmp_path / "report.json")]) == 2
    told = capsys.readouterr().err
    assert "schema: got 'lab-report/9'" in told
    assert "parties: got a field that the format does not have" in told

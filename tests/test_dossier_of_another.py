"""A dossier counts only for its own transaction, with statements of its time and of somebody."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from conftest import codes, h200_alone, put
from test_dossier import H200, SAMPLE, judged, open_rows, row

import harness
from harness.checks.statements import evidence_missing
from harness.codec.report_files import beside
from harness.errors import UnreadableInput
from harness.model.lab_report import NamedDocument

CHANGE = Callable[[dict[str, Any]], object]


def report(change: CHANGE) -> bytes:
    stated = json.loads(h200_alone())
    change(stated)
    return json.dumps(stated).encode()


def renamed(name: str | None, *roles: str, other_names: tuple[str, ...] = ()) -> CHANGE:
    def change(dossier: dict[str, Any]) -> None:
        for one in dossier["parties"]:
            if one["role"] in (roles or ("exporter", "ultimate-consignee", "end-user")):
                one.update(name=name, other_names=list(other_names))

    return change


# --- Whose dossier it is --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        renamed("Somebody Else Ltd."),
        renamed("Somebody Else Ltd.", "ultimate-consignee", "end-user"),
        renamed(None, "ultimate-consignee", "end-user"),
        lambda dossier: dossier.update(parties=[]),
    ],
)
def test_what_a_dossier_of_another_transaction_clears_stays_open(change: CHANGE):
    verdict = judged(change)
    assert "dossier-of-another" in codes(verdict)
    assert verdict.outcome == "undecided"
    # What the report itself says stands.
    assert row(verdict, "MU-01").answer == "clear"
    for criterion in ("MU-11", "MU-20", "DD-i", "DD-v", "DD-ix", "RF-732S3"):
        assert row(verdict, criterion).outcome == "undecided"


def test_who_has_two_roles_is_missing_once():
    (told,) = [one for one in judged(renamed("Somebody Else Ltd.")).findings if one.code == "dossier-of-another"]
    assert told.got == "nobody called Example Cloud (Shanghai) Co., Ltd."


def test_what_a_dossier_of_another_transaction_says_against_counts():
    def change(dossier: dict[str, Any]) -> None:
        renamed("Somebody Else Ltd.")(dossier)
        dossier["examinations"][12]["result"] = "hit"

    assert row(judged(change), "MU-13").outcome == "fails"


@pytest.mark.parametrize(
    "change",
    [
        renamed("EXAMPLE CLOUD (SHANGHAI) CO LTD", "ultimate-consignee", "end-user"),
        renamed("Another", "end-user", other_names=("Example Cloud (Shanghai) Co., Ltd.",)),
        renamed("Somebody Else Ltd.", "exporter"),
    ],
)
def test_a_party_is_the_same_by_spelling_or_by_another_name(change: CHANGE):
    assert "dossier-of-another" not in codes(judged(change))


def test_a_report_that_names_no_party_has_any_dossier():
    def change(stated: dict[str, Any]) -> None:
        for one in stated["transaction"]["parties"]:
            one["name"] = None

    assert "dossier-of-another" not in codes(judged(report=report(change)))


# --- Its shipments --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "answer"),
    [
        ("units", 9, "clear"), ("units", 7, "incomplete"), ("units", None, "incomplete"),
        ("exported_on", "2026-08-21", "incomplete"), ("exported_on", "2026-08-19", "incomplete"),
        ("exported_on", None, "incomplete"),
        ("certified_on", "2026-08-04", "clear"), ("certified_on", "2026-08-03", "incomplete"),
        ("certified_on", "2026-08-19", "clear"), ("certified_on", "2026-08-20", "incomplete"),
        ("certified_on", "2026-08-21", "blocked"),
        ("laboratory", "Example Metrology Laboratory Inc", "clear"), ("laboratory", "Another", "incomplete"),
        ("laboratory", None, "incomplete"),
    ],
)  # fmt: skip
def test_a_shipment_is_the_one_that_the_report_is_about(field: str, value: str | int | None, answer: str):
    """8 units, tested on 2026-08-04 and exported on 2026-08-20."""
    assert row(judged(put(f"shipments.0.{field}", value)), "DD-ix").answer == answer


def test_shipments_of_the_day_add_up_and_each_is_certified():
    def split(*units: tuple[int, str]) -> CHANGE:
        def change(dossier: dict[str, Any]) -> None:
            one = dossier["shipments"][0]
            dossier["shipments"] = [{**one, "units": count, "certified_on": day} for count, day in units]

        return change

    assert row(judged(split((5, "2026-08-05"), (3, "2026-08-06"))), "DD-ix").answer == "clear"
    assert row(judged(split((8, "2026-08-05"), (3, "2026-08-03"))), "DD-ix").answer == "incomplete"


def test_without_a_day_of_export_no_shipment_is_shown():
    def change(stated: dict[str, Any]) -> None:
        stated["dates"]["export"] = None

    assert row(judged(report=report(change), as_of=date(2026, 8, 20)), "DD-ix").answer == "incomplete"


# --- Its days -------------------------------------------------------------------------------------------------------


def test_statements_are_held_against_the_day_that_is_read():
    """Examined on 2026-08-10, certified on 2026-08-11."""
    early = harness.verify(H200, as_of=date(2026, 8, 9))
    assert {"examination-unsupported", "certification-unsupported"} <= codes(early)
    assert row(early, "MU-01").outcome == "undecided"
    assert harness.verify(H200, as_of=date(2026, 8, 11)).lenses["military-use"].outcome == "pass"


def test_statements_of_after_the_day_that_is_read_do_not_count_where_no_export_is_stated():
    def change(stated: dict[str, Any]) -> None:
        stated["dates"]["export"] = None

    verdict = harness.verify(report(change), as_of=date(2026, 8, 9))
    assert "examination-unsupported" in codes(verdict)
    assert verdict.lenses["military-use"].outcome == "undecided"


@pytest.mark.parametrize(("day", "answer"), [("2026-06-15", "clear"), ("2026-06-16", "incomplete")])
def test_a_supply_is_stated_by_the_day_of_the_application(day: str, answer: str):
    """The application is of 2026-06-15."""
    verdict = judged(put("supply.as_of", day))
    assert {row(verdict, name).answer for name in ("DD-i", "DD-ii", "DD-iii")} == {answer}


@pytest.mark.parametrize(("day", "answer"), [("2026-08-20", "clear"), ("2026-08-21", "incomplete")])
def test_without_an_application_the_export_counts(day: str, answer: str):
    def change(stated: dict[str, Any]) -> None:
        stated["dates"]["application"] = None

    assert row(judged(put("supply.as_of", day), report(change)), "DD-i").answer == answer


def test_a_lead_time_without_the_normal_one_shows_no_supply():
    assert row(judged(put("supply.normal_lead_time_days", None)), "DD-ii").answer == "incomplete"


@pytest.mark.parametrize(
    ("makes", "node", "answer"),
    [
        (None, None, "incomplete"), (True, None, "incomplete"), (False, None, "clear"),
        (None, "unknown", "incomplete"), (False, "unknown", "incomplete"), (True, "no", "clear"),
    ],
)  # fmt: skip
def test_a_facility_of_an_unknown_node_is_open(makes: bool | None, node: str | None, answer: str):
    change = {"makes_integrated_circuits": makes, "advanced_node": node}
    assert row(judged(lambda dossier: dossier["facility"].update(change)), "MU-11").answer == answer


# --- Its people -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", [None, "", " ", "\u00a0", "\u200b", ".", "-", "\u2014 \u00a0"])
def test_a_name_without_letter_or_digit_is_nobody(by: str | None):
    document = NamedDocument(title="Examination", sha256="0123456789abcdef" * 4)
    assert evidence_missing(document, by, date(2026, 8, 10), None) == "without who"
    assert evidence_missing(document, "甲", date(2026, 8, 10), None) is None


# 15 CFR 744.22(f)(2)(iv) and (iii): of China, and of Cuba.
BUREAU = "Intelligence Bureau of the Joint Staff Department"
PARTY = {"role": "end-user", "name": BUREAU, "country": "CN", "headquarters_country": "CN",
         "ultimate_parent_country": "CN"}  # fmt: skip


def test_an_end_user_that_the_law_names_is_a_hit_with_and_without_a_dossier():
    said = f"{BUREAU}: named in 15 CFR 744.22(f)(2)"
    in_dossier = judged(lambda dossier: dossier["parties"].append(PARTY))
    in_report = harness.verify(report(lambda stated: stated["transaction"]["parties"].append(PARTY)))
    assert row(in_dossier, "MU-04").answer == "presumption-of-denial"
    assert any(said in one for one in row(in_dossier, "MU-04").evidence)
    assert in_report.lenses["military-use"].outcome == "fail"


@pytest.mark.parametrize(
    "change",
    [
        put("remote_service.users.0.name", BUREAU.upper()),
        put("parties.2.ownership.0.holder", BUREAU),
        put("parties.2.ultimate_parent", BUREAU),
        # A short name of somebody in another place.
        lambda dossier: dossier["parties"].append({**PARTY, "name": "D.I.M."}),
        lambda dossier: dossier["parties"].append({**PARTY, "role": "exporter"}),
    ],
)
def test_any_other_place_of_such_a_name_is_for_a_person(change: CHANGE):
    assert row(judged(change), "MU-04").outcome == "undecided"


def test_a_name_that_is_longer_is_not_that_name():
    assert open_rows(judged(put("remote_service.users.0.name", f"{BUREAU} Cafe"))) == {}


# --- Where it lies --------------------------------------------------------------------------------------------------


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path):
    folder, elsewhere = tmp_path / "reports", tmp_path / "elsewhere"
    (folder / "dossiers").mkdir(parents=True)
    elsewhere.mkdir()
    (folder / H200.name).write_bytes(H200.read_bytes())
    (elsewhere / "secret.json").write_bytes(SAMPLE.read_bytes())
    link = folder / "dossiers" / SAMPLE.name
    link.symlink_to(elsewhere / "secret.json")
    with pytest.raises(UnreadableInput, match="a link out of the folder"):
        harness.verify(folder / H200.name)
    found = beside(folder).attachment(f"dossiers/{SAMPLE.name}")
    assert getattr(found, "fault", None) == "a link out of the folder"
    # One that stays inside is followed.
    link.unlink()
    (folder / "kept.json").write_bytes(SAMPLE.read_bytes())
    link.symlink_to(folder / "kept.json")
    assert harness.verify(folder / H200.name).outcome == "pass"

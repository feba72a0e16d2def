"""The owners of a dossier's parties, in a verdict: added up on the days on which the rule counts them."""

import hashlib
import json
from typing import Any

import pytest
from conftest import REPORTS
from test_dossier import exported_on, judged, row

import harness

SCREENING = {"title": "screening of 2025-10-01", "sha256": hashlib.sha256(b"what came of it").hexdigest()}
# The rule counted owners from 2025-09-29 on, and was stayed from 2025-11-10 to 2026-11-09.
IN_FORCE, STAYED = "2025-10-15", "2026-08-20"
NAMES = ("Example Exports LLC", "Example Cloud (Shanghai) Co., Ltd.", "Holding Co.", "Listed Co.", "A. Person")


def owned(*shares: tuple[str, str, str | None], listed: tuple[str, ...] = ("Listed Co.",), **screened: Any):
    """A dossier whose parties are held so: (owned, holder, percent); everybody is screened."""

    def change(dossier: dict[str, Any]) -> None:
        holders = {name: [] for name in NAMES}
        for one, holder, percent in shares:
            holders[one].append({"holder": holder, "share_percent": percent})
        for party in dossier["parties"]:
            party["ownership"] = holders[party["name"]]
        # The listed one is an owner, and no party to the transaction.
        known = {party["name"] for party in dossier["parties"]} | {"Listed Co."}
        dossier["parties"] += [
            {"role": "other", "name": name, "ownership": held} for name, held in holders.items() if name not in known
        ]
        said = {"screened_on": "2025-10-01", "document": SCREENING, **screened}
        for one in dossier["examinations"]:
            one["examined_on"] = "2025-10-01"
        dossier["screened"] = [{"name": name, "listed": name in listed, **said} for name in NAMES]

    return change


BUYER = "Example Cloud (Shanghai) Co., Ltd."
CASES = [
    ("nobody listed holds it", owned((BUYER, "A. Person", "100")), "clear", "clear"),
    ("half", owned((BUYER, "Listed Co.", "50"), (BUYER, "A. Person", "50")), "hit", None),
    ("under half", owned((BUYER, "Listed Co.", "49.999"), (BUYER, "A. Person", "50.001")), "clear", "hit"),
    ("half of a holder of half", owned(
        (BUYER, "Holding Co.", "50"), (BUYER, "A. Person", "50"),
        ("Holding Co.", "Listed Co.", "50"), ("Holding Co.", "A. Person", "50")), "hit", None),
    ("a loop", owned(
        (BUYER, "Holding Co.", "60"), (BUYER, "A. Person", "40"), ("Holding Co.", BUYER, "50"),
        ("Holding Co.", "Listed Co.", "50")), "hit", None),
    ("a share that is not known", owned((BUYER, "Listed Co.", None), (BUYER, "A. Person", "10")), "open", None),
    ("screened without a document", owned((BUYER, "A. Person", "100"), document=None), "open", None),
    ("screened after the export", owned((BUYER, "A. Person", "100"), screened_on="2025-10-16"), "open", None),
]  # fmt: skip


@pytest.mark.parametrize(("what", "change", "half", "below"), CASES, ids=[case[0] for case in CASES])
def test_owners_are_added_up_while_the_rule_counts_them(what: str, change, half: str, below: str | None):
    verdict = judged(change, exported_on(IN_FORCE))
    holds = {"clear": "holds", "hit": "fails", "open": "undecided"}
    assert row(verdict, "MU-08").outcome == holds[half]
    if below is not None:
        assert (row(verdict, "MU-09").outcome == "holds") == (below == "clear")


def test_while_the_rule_is_stayed_owners_bar_nobody():
    change = owned((BUYER, "Listed Co.", "50"), (BUYER, "A. Person", "50"))
    verdict = judged(change, exported_on(STAYED))
    assert row(verdict, "MU-08").answer == "not-in-force"
    assert verdict.lenses["military-use"].outcome == "pass"


def test_without_a_screening_the_examination_stands_alone():
    assert harness.verify(REPORTS / "h200-sxm.json").outcome == "pass"
    dossier = json.loads((REPORTS / "dossiers" / "h200-sxm.json").read_bytes())
    assert dossier.get("screened", []) == []


def forwarded(*answers: dict[str, Any]):
    """A dossier whose consignee is the forwarder too, with answers to its red flags."""

    def change(dossier: dict[str, Any]) -> None:
        dossier["parties"].append({"role": "freight-forwarder", "name": BUYER.upper()})
        numbers = {one["number"] for one in answers}
        dossier["red_flags"] = [one for one in dossier["red_flags"] if one["number"] not in numbers] + list(answers)

    return change


def test_a_red_flag_that_the_parties_raise_is_told_with_its_fact_and_left_to_a_person():
    told = row(judged(forwarded()), "RF-732S3")
    assert told.outcome == "undecided"
    (missing,) = told.missing
    assert "red flag 9" in missing
    assert "final-destination: freight-forwarder" in missing
    assert "red flag 106" in missing


def test_a_no_without_a_document_resolves_no_flag_and_a_document_resolves_its_own_alone():
    resolved = {"resolved_by": {"title": "Answer to flag 9", "sha256": hashlib.sha256(b"why").hexdigest()}}
    assert row(judged(forwarded({"number": 9, "raised": False})), "RF-732S3").outcome == "undecided"
    one = row(judged(forwarded({"number": 9, "raised": True, **resolved})), "RF-732S3")
    assert one.outcome == "undecided"
    assert "red flag 106" in one.missing[0]
    assert "red flag 9" not in one.missing[0]
    both = [{"number": number, "raised": True, **resolved} for number in (9, 106)]
    assert row(judged(forwarded(*both)), "RF-732S3").outcome == "holds"


def test_an_uncertain_owner_is_a_red_flag_and_a_known_share_under_half_is_none():
    unsure = judged(owned((BUYER, "Listed Co.", None), (BUYER, "A. Person", "10")), exported_on(STAYED))
    assert "red flag 21" in row(unsure, "RF-732S3").missing[0]
    under = judged(owned((BUYER, "Listed Co.", "49.999"), (BUYER, "A. Person", "50.001")), exported_on(STAYED))
    assert row(under, "RF-732S3").outcome == "holds"

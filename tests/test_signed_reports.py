"""Signed reports: whose word counts, what breaks a signature, and that nothing absent ever passes for present."""

import base64
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from conftest import REPORTS, codes, put
from hypothesis import given
from hypothesis import strategies as st
from signing import (
    ISSUED,
    NOW,
    digest,
    id_of,
    key_of,
    report_bytes,
    root_document,
    signed_report,
    signed_root,
)

import harness
from harness.authenticate import report_of
from harness.codec.canonical_base64 import encoded
from harness.codec.enveloped_reports import is_enveloped
from harness.decide.aspects import suffices
from harness.errors import UnreadableInput, WrongUsage
from harness.evidence.dsse import enveloped
from harness.evidence.statement import report_bytes as statement_report
from harness.evidence.statement import statement_of
from harness.model.aspects import LEVELS
from harness.model.signed_report import STATEMENT_TYPE
from harness.model.verdict import Verdict

Roots = Callable[[dict[str, Any]], object]
# Findings that only a signed report can have, each raised below.
RAISED = {
    "laboratory-not-accredited",
    "laboratory-not-the-signer",
    "method-out-of-scope",
    "report-revoked",
    "signed-after-export",
    "subject-differs",
}


def verified(data: bytes, root: Roots | None = None, now: datetime | None = NOW, **asked: Any) -> Verdict:
    """Return the verdict on a report by a trust root, after one change to that."""
    document = root_document()
    if root is not None:
        root(document)
    file = signed_root(document)
    return harness.verify(data, trust_root=file, trust_root_sha256=digest(file), now=now, **asked)


def payload_of(data: bytes) -> bytes:
    return base64.b64decode(json.loads(data)["payload"])


def enveloped_again(data: bytes, change: Callable[[dict[str, Any]], object], *names: str) -> bytes:
    """Return the statement of an envelope after one change to it, signed anew by whoever made it."""
    statement = json.loads(payload_of(data))
    change(statement)
    keys = [key_of(name) for name in names or ("laboratory",)]
    return enveloped(json.dumps(statement).encode(), STATEMENT_TYPE, keys)


def test_a_signed_report_is_judged_as_the_plain_one_and_says_by_whom_it_is_signed():
    plain, signed = harness.verify(report_bytes()), verified(signed_report())
    assert signed.outcome == plain.outcome == "pass"
    assert {name: lens.answer for name, lens in signed.lenses.items()} == {
        name: lens.answer for name, lens in plain.lenses.items()
    }
    assert plain.reached["authenticity"].level == "unsigned"
    assert signed.reached["authenticity"].level == "signed"
    assert "example-lab" in signed.reached["authenticity"].says
    assert signed.findings == plain.findings


def test_the_report_comes_out_of_its_envelope_byte_for_byte():
    for data in (report_bytes(), (REPORTS / "h200-sxm.json").read_bytes(), b"\n  " + report_bytes() + b"\t\n"):
        assert report_of(signed_report(data=data), "envelope") == data


def test_without_a_trust_root_a_signature_is_worth_nothing_and_costs_nothing():
    verdict = harness.verify(signed_report("stranger"))
    assert verdict.outcome == "pass"
    assert verdict.reached["authenticity"].level == "unverified"
    asked = harness.verify(signed_report(), require=("authenticity=signed",))
    assert asked.outcome == "undecided"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (signed_report("stranger"), "signature-none-valid"),
        (signed_report("carrier"), "key-wrong-role"),
        (signed_report("exporter"), "key-wrong-role"),
        (signed_report(issued_at=datetime.fromisoformat("2025-12-31T23:59:59Z")), "key-not-valid-then"),
        (signed_report(issued_at=datetime.fromisoformat("2027-01-01T00:00:00Z")), "key-not-valid-then"),
        (signed_report(laboratory="another-lab"), "laboratory-not-the-signer"),
        (signed_report(data=report_bytes(put("laboratory.name", "Another Laboratory"))), "laboratory-not-the-signer"),
        (signed_report(data=report_bytes(put("laboratory", None))), "laboratory-not-the-signer"),
    ],
    ids=lambda value: value if isinstance(value, str) else "envelope",
)
def test_what_the_laboratory_did_not_sign_is_void_and_fails(data: bytes, code: str):
    verdict = verified(data, require=("authenticity=signed",))
    assert code in codes(verdict)
    assert verdict.outcome == "fail"
    assert verdict.lenses["evidence"].answer == "void"
    assert verdict.reached["authenticity"].level == "broken"
    assert verdict.required[0].outcome == "fail"


@pytest.mark.parametrize(
    ("issued", "code", "outcome"),
    [
        # The report says that it was issued on 2026-08-05 at 09:00, and that the goods leave on 2026-08-20.
        ("2026-08-05T08:59:59Z", "time-out-of-order", "fail"),
        ("2026-08-05T09:00:00Z", None, "pass"),
        ("2026-08-20T23:59:59Z", None, "pass"),
        ("2026-08-21T00:00:00Z", "signed-after-export", "pass"),
    ],
)
def test_a_report_is_signed_after_what_it_reports_and_before_the_goods_leave(issued, code, outcome):
    verdict = verified(signed_report(issued_at=datetime.fromisoformat(issued)), now=NOW + timedelta(days=30))
    assert codes(verdict) == ({code} if code else set())
    assert verdict.outcome == outcome


def test_a_withdrawn_report_fails():
    data = signed_report()

    def withdrawn(root: dict[str, Any]) -> None:
        root["revoked_reports"] = [digest(payload_of(data))]

    assert "report-revoked" in codes(verified(data, withdrawn))
    assert verified(data, withdrawn).outcome == "fail"


def test_one_changed_figure_in_the_payload_breaks_the_signature():
    envelope = json.loads(signed_report())
    payload = base64.b64decode(envelope["payload"]).replace(b'"15832"', b'"15831"', 1)
    assert payload != base64.b64decode(envelope["payload"])
    envelope["payload"] = encoded(payload)
    verdict = verified(json.dumps(envelope).encode())
    assert {"signature-bad", "signature-none-valid"} <= codes(verdict)
    assert verdict.outcome == "fail"


@given(st.data())
def test_no_flipped_bit_of_the_payload_passes(data: st.DataObject):
    envelope = json.loads(signed_report())
    payload = bytearray(base64.b64decode(envelope["payload"]))
    place = data.draw(st.integers(0, len(payload) * 8 - 1))
    payload[place // 8] ^= 1 << place % 8
    envelope["payload"] = encoded(bytes(payload))
    try:
        outcome = verified(json.dumps(envelope).encode(), lenses=("evidence",)).outcome
    except UnreadableInput:
        return
    assert outcome == "fail"


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s["subject"].pop(),
        lambda s: s["subject"].append({"name": "file:other.txt", "digest": {"sha256": "0" * 64}}),
        lambda s: s["subject"].append(s["subject"][0]),
        lambda s: s["subject"][0]["digest"].update(sha256="0" * 64),
        lambda s: s["subject"][1]["digest"].update(sha256="0" * 64),
        lambda s: s["predicate"].update(report_sha256="0" * 64),
        lambda s: s["predicate"]["report"]["lot"]["units"][0].update(serial="OTHER"),
    ],
)
def test_a_statement_about_something_else_is_void_even_when_the_laboratory_signed_it(change):
    verdict = verified(enveloped_again(signed_report(), change))
    assert "subject-differs" in codes(verdict)
    assert verdict.outcome == "fail"


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda s: s.update(_type="https://in-toto.io/Statement/v0.1"), "_type"),
        (lambda s: s.update(predicateType="https://slsa.dev/provenance/v1"), "predicateType"),
        (lambda s: s["predicate"].update(verdict="PASS"), "predicate.verdict"),
        (lambda s: s.update(extra=1), "extra"),
        (lambda s: s["subject"].clear(), "subject"),
        (lambda s: s["predicate"].update(sequence=0), "predicate.sequence"),
        (lambda s: s["predicate"]["report"].update(schema="lab-report/9"), "predicate.report.schema"),
    ],
)
def test_a_statement_of_another_kind_cannot_be_read(change, where: str):
    with pytest.raises(UnreadableInput) as refused:
        verified(enveloped_again(signed_report(), change))
    assert where in [fault.where for fault in refused.value.faults]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda e: e.update(payloadType="application/vnd.other+json"), "payloadType"),
        (lambda e: e.update(payload=e["payload"].rstrip("=") + "===="), "payload"),
        (lambda e: e["signatures"].clear(), "signatures"),
        (lambda e: e.update(signatures=e["signatures"] * 17), "signatures"),
        (lambda e: e["signatures"][0].update(sig=""), "signatures[0].sig"),
        (lambda e: e.update(note="trust me"), "note"),
    ],
)
def test_an_envelope_that_could_be_read_two_ways_is_not_read(change, where: str):
    envelope = json.loads(signed_report())
    change(envelope)
    with pytest.raises(UnreadableInput) as refused:
        verified(json.dumps(envelope).encode())
    assert where in [fault.where for fault in refused.value.faults]


def test_a_key_twice_in_the_signed_payload_cannot_be_read():
    payload = payload_of(signed_report()).replace(b'"predicate":{', b'"predicate":{"laboratory":"another-lab",', 1)
    with pytest.raises(UnreadableInput, match="twice"):
        verified(enveloped(payload, STATEMENT_TYPE, [key_of("laboratory")]))


# --- Facts of the laboratory ------------------------------------------------------------------------------------------


def of_the_laboratory(**changes: Any) -> Roots:
    def change(root: dict[str, Any]) -> None:
        root["laboratories"]["example-lab"].update(changes)

    return change


FACTS = [
    # LAB-HQ
    ("laboratory_headquarters", of_the_laboratory(headquarters_country="CA"), "fails"),
    ("laboratory_headquarters", of_the_laboratory(headquarters_country=None), "undecided"),
    # LAB-CTRL
    ("laboratory_parent", of_the_laboratory(ultimate_parent_country="CN"), "fails"),
    ("laboratory_parent", of_the_laboratory(ultimate_parent_country=None), "undecided"),
    ("laboratory_controller", of_the_laboratory(controlled_from=["CN"]), "fails"),
    ("laboratory_controller", of_the_laboratory(controlled_from=["US", "MO"]), "undecided"),
    ("laboratory_controller", of_the_laboratory(controlled_from=["US", "CA"]), "holds"),
    ("laboratory_controller", of_the_laboratory(controlled_from=[]), "holds"),
    ("laboratory_controller", of_the_laboratory(controlled_from=None), "undecided"),
    # LAB-LOC
    ("laboratory_test_site", of_the_laboratory(test_sites=[{"name": "Lyon", "country": "FR"}]), "undecided"),
    ("laboratory_test_site", of_the_laboratory(test_sites=None), "undecided"),
    ("laboratory_test_site", of_the_laboratory(test_sites=[]), "undecided"),
    # The report says that it was the one in the United States, and is not asked.
    ("laboratory_test_site", of_the_laboratory(
        test_sites=[{"name": "Boulder", "country": "US"}, {"name": "Suzhou", "country": "CN"}]), "undecided"),
    ("laboratory_test_site", of_the_laboratory(
        test_sites=[{"name": name, "country": "US", "in_foreign_trade_zone": False} for name in "AB"]), "holds"),
    # LAB-IND
    ("laboratory_has_interest", of_the_laboratory(stakes=None), "undecided"),
    ("laboratory_has_interest", of_the_laboratory(holders=None), "undecided"),
    ("laboratory_has_interest", of_the_laboratory(
        stakes=[{"organisation": "Example Cloud (Shanghai) Co Ltd", "kind": "shares"}]), "fails"),
    ("laboratory_has_interest", of_the_laboratory(
        holders=[{"organisation": "Example Cloud (Shanghai) Co., Ltd.", "kind": "shares"}]), "undecided"),
    ("laboratory_has_interest", of_the_laboratory(
        stakes=[{"organisation": "Somebody Else", "kind": "shares"}]), "holds"),
    ("laboratory_has_interest", of_the_laboratory(also_known_as=["Example Cloud (Shanghai) Co., Ltd."]), "fails"),
    # LAB-NAME
    ("laboratory_address_country", of_the_laboratory(address_country="CA"), "fails"),
    ("laboratory_address_country", of_the_laboratory(address=None), "undecided"),
    # LAB-EXP
    ("laboratory_expertise", of_the_laboratory(expertise=None), "undecided"),
    ("laboratory_expertise", of_the_laboratory(expertise=[{"quantity": "tpp"}]), "undecided"),
    # LAB-REV
    # The export is of 2026-08-20.
    ("laboratory_revoked", of_the_laboratory(revoked={"on": "2026-07-15"}), "fails"),
    ("laboratory_revoked", of_the_laboratory(revoked={"on": "2026-08-20"}), "fails"),
    ("laboratory_revoked", of_the_laboratory(revoked={"on": "2026-08-21"}), "holds"),
    # A key, and nothing else that is known of its holder.
    ("laboratory_headquarters", lambda root: root["laboratories"].clear(), "undecided"),
]  # fmt: skip


@pytest.mark.parametrize(("fact", "root", "outcome"), FACTS)
def test_facts_of_the_laboratory_come_from_the_trust_root_and_unknown_never_passes(fact, root, outcome):
    """Whatever the report says of its own laboratory, which is the best in every one of these."""
    verdict = verified(signed_report(), root, lenses=("capability",))
    found = {reason.criterion: reason for reason in verdict.lenses["capability"].reasons}[fact]
    assert found.outcome == outcome
    assert "748 Supp. 2, paragraph (dd)" in found.cite
    assert verdict.outcome == {"holds": "pass", "undecided": "undecided", "fails": "fail"}[outcome]


@pytest.mark.parametrize(
    "change",
    [
        put("laboratory.headquarters_country", "CN"),
        put("laboratory.ultimate_parent_country", "CN"),
        put("laboratory.financial_interests", [{"party": "Example Cloud (Shanghai) Co., Ltd."}]),
        put("laboratory.address_country", None),
    ],
)
def test_what_a_signed_report_says_of_its_laboratory_changes_no_answer(change):
    own = verified(signed_report(data=report_bytes(change)), lenses=("capability",))
    assert own.lenses["capability"].answer == "at-or-below-declared"


def test_a_site_that_the_trust_root_does_not_have_is_unknown():
    verdict = verified(signed_report(data=report_bytes(put("laboratory.test_site_country", "PR"))))
    assert verdict.lenses["capability"].possible != ("at-or-below-declared",)
    assert verdict.outcome == "undecided"


def accredited(**changes: Any) -> Roots:
    def change(root: dict[str, Any]) -> None:
        root["laboratories"]["example-lab"]["accreditations"][0].update(changes)

    return change


@pytest.mark.parametrize(
    ("root", "code"),
    [
        (of_the_laboratory(accreditations=[]), "laboratory-not-accredited"),
        # The tests are of 2026-08-04.
        (accredited(valid_until="2026-08-03"), "laboratory-not-accredited"),
        (accredited(valid_until="2026-08-04"), None),
        (accredited(valid_from="2026-08-04"), None),
        (accredited(valid_from="2026-08-05"), "laboratory-not-accredited"),
        (accredited(scope=[]), "method-out-of-scope"),
        (accredited(scope=[{"name": "another bench"}]), "method-out-of-scope"),
        (accredited(scope=[{"name": "Example Bench"}]), None),
    ],
)
def test_an_accreditation_is_noted_where_it_lacks_and_decides_nothing(root: Roots, code: str | None):
    verdict = verified(signed_report(), root)
    assert codes(verdict) == ({code} if code else set())
    assert verdict.outcome == "pass"


# --- Aspects, requirements, the clock ---------------------------------------------------------------------------------


def test_every_aspect_is_told_of_a_plain_report_too():
    reached = harness.verify(report_bytes()).reached
    assert tuple(reached) == tuple(LEVELS)
    assert {aspect: found.level for aspect, found in reached.items()} == {
        "authenticity": "unsigned",
        "time": "stated",
        "freshness": "not-checked",
        "identity": "serial",
        "custody": "stated",
        "raw-data": "recomputed",
        "lot": "stated",
    }


@pytest.mark.parametrize(
    ("change", "aspect", "level"),
    [
        (put("lot.units.0.serial", None), "identity", "serial"),
        (lambda r: r["lot"]["units"][0].update(serial=None, device_uuid=None), "identity", "none"),
        (put("custody", []), "custody", "none"),
        (put("custody.1.from_party", "Somebody Else"), "custody", "broken"),
        (put("measurements.2.raw", None), "raw-data", "partly"),
        (put("measurements.0.value", "700"), "raw-data", "broken"),
        (put("lot.units_in_lot", None), "lot", "none"),
        (put("session.report_issued_at", "2026-08-04T15:00:00Z"), "time", "broken"),
    ],
)
def test_levels_follow_what_the_report_shows(judged, change, aspect: str, level: str):
    assert judged(change).reached[aspect].level == level


def test_what_is_missing_leaves_a_requirement_open_and_what_is_broken_fails_it():
    data = report_bytes()
    assert harness.verify(data, require=("custody=complete",)).outcome == "undecided"
    assert harness.verify(data, require=("custody=stated", "raw-data=recomputed")).outcome == "pass"
    broken = report_bytes(put("custody.1.from_party", "Somebody Else"))
    assert harness.verify(broken, require=("custody=stated",)).required[0].outcome == "fail"


def test_several_requirements_stand_in_one_word():
    verdict = harness.verify(report_bytes(), require=("custody=stated,raw-data=recomputed, lot=stated",))
    assert [one.requires for one in verdict.required] == ["custody=stated", "raw-data=recomputed", "lot=stated"]
    for nonsense in ("custody", "custody=", "custody=none", "custody=Complete", "=stated", "", "authenticity=unsigned"):
        with pytest.raises(WrongUsage, match="custody=stated"):
            harness.verify(report_bytes(), require=(nonsense,))


@given(st.sampled_from(sorted(LEVELS)), st.data())
def test_a_higher_level_answers_whatever_a_lower_one_does(aspect: Any, data: st.DataObject):
    levels = LEVELS[aspect]
    low, high = sorted(data.draw(st.lists(st.integers(0, len(levels) - 1), min_size=2, max_size=2)))
    wanted = data.draw(st.sampled_from(levels))
    assert not suffices(aspect, "broken", wanted)
    assert suffices(aspect, levels[high], wanted) >= suffices(aspect, levels[low], wanted)


def test_the_report_may_stand_anywhere_in_the_predicate():
    def moved(statement: dict[str, Any]) -> None:
        predicate = statement["predicate"]
        predicate["report"] = predicate.pop("report")

    data = enveloped_again(signed_report(), moved)
    # Written by another program its digest is another, so it names the one that the report has now.
    payload = payload_of(data)
    own = digest(statement_report(payload, "payload"))
    named = payload.replace(digest(report_bytes()).encode(), own.encode())
    verdict = verified(enveloped(named, STATEMENT_TYPE, [key_of("laboratory")]))
    assert verdict.outcome == "pass"
    assert verdict.findings == ()


@pytest.mark.parametrize(
    "change",
    [
        put("session.started_at", "0001-01-01T00:00:00Z"),
        put("session.ended_at", "9999-12-31T23:59:59Z"),
        put("measurements.0.started_at", "9999-12-31T23:59:59Z"),
        put("dates.export", "9999-12-31"),
        put("custody.0.at", "9999-12-31T23:59:59Z"),
        put("dates.test", "0001-01-01"),
    ],
)
def test_the_ends_of_the_calendar_are_days_like_others(change):
    assert harness.verify(report_bytes(change)).outcome in ("pass", "fail", "undecided")
    for now in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"):
        instant = datetime.fromisoformat(now)
        assert harness.verify(report_bytes(change), now=instant).outcome in ("pass", "fail", "undecided")


def test_a_report_of_the_largest_size_can_be_signed_and_verified():
    notes = ["x" * 8_000] * 500
    data = report_bytes(put("notes", notes))
    assert 4_000_000 < len(data) < 4 * 1024 * 1024
    assert verified(signed_report(data=data), lenses=("evidence",)).outcome == "pass"


NONSENSE: list[dict[str, Any]] = [
    {"now": NOW.replace(tzinfo=None)},
    {"now": "2026-08-10"},
    {"trust_root": 5, "trust_root_sha256": "0" * 64},
]


def test_the_call_takes_what_it_says():
    for wrong in NONSENSE:
        with pytest.raises(WrongUsage):
            harness.verify(report_bytes(), **wrong)
    with pytest.raises(WrongUsage, match="64 hexadecimal"):
        harness.verify(report_bytes(), trust_root=signed_root(), trust_root_sha256="5")


def test_two_organisations_countersign_and_two_keys_of_one_do_not():
    assert verified(signed_report("laboratory", "carrier")).reached["authenticity"].level == "countersigned"
    assert verified(signed_report("laboratory", "laboratory-2")).reached["authenticity"].level == "signed"
    assert verified(signed_report("laboratory", "stranger")).reached["authenticity"].level == "signed"


def test_the_receipt_holds_the_span_of_clocks_that_give_this_verdict():
    data, root = signed_report(), signed_root()
    found = [
        harness.verify(data, trust_root=root, trust_root_sha256=digest(root), now=NOW + timedelta(days=days))
        for days in (0, 1, 100)
    ]
    assert len({one.model_dump_json() for one in found}) == 1
    told = found[0].receipt.verification
    assert told is not None
    assert told.trust_root_sha256 == digest(root)
    assert told.payload_sha256 == digest(payload_of(data))
    # The report is of the future until five minutes before its issue; the trust root expires on the last of December.
    assert told.clock is not None
    assert str(told.clock.since) == "2026-08-05 11:55:00+00:00"
    assert str(told.clock.until) == "2026-12-31 00:00:00+00:00"


def test_a_trust_root_without_its_pin_is_wrong_usage():
    for given_ in ({"trust_root": signed_root()}, {"trust_root_sha256": "0" * 64}):
        with pytest.raises(WrongUsage, match="trust root"):
            harness.verify(signed_report(), **given_)


def test_a_plain_report_that_speaks_of_envelopes_is_none():
    for note in ("payloadType", '"payloadType": "x"', 'a "payloadType" : b'):
        data = report_bytes(put("notes", [note]))
        assert not is_enveloped(data)
        assert harness.verify(data).outcome == "pass"


def test_key_ids_decide_nothing():
    envelope = json.loads(signed_report())
    for hint in (None, id_of("carrier"), id_of("laboratory-2"), "anything"):
        envelope["signatures"][0]["keyid"] = hint
        if hint is None:
            del envelope["signatures"][0]["keyid"]
        assert verified(json.dumps(envelope).encode()).reached["authenticity"].level == "signed"


def test_what_is_signed_must_be_a_lab_report():
    with pytest.raises(UnreadableInput):
        statement_of(b'{"schema": "lab-report/0"}', "the report", laboratory="example-lab", issued_at=ISSUED)

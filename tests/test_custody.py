"""The signed chain of custody: complete only where nothing is missing, broken wherever it contradicts itself."""

import copy
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from conftest import h200_alone
from hypothesis import given, settings
from hypothesis import strategies as st
from signing import report_bytes, root_document, signed_root
from trusting import id_of, key, payload, public, root, signed, stated

import harness
from harness.cli.__main__ import main
from harness.codec.documents import from_json
from harness.codec.method_files import read_method
from harness.codec.schemas import faults_against_schema
from harness.errors import UnreadableInput
from harness.evidence.custody import custody_facts
from harness.evidence.custody_chain import read_chain as read
from harness.evidence.custody_chain import units_digest, walked
from harness.evidence.dsse import enveloped
from harness.evidence.keys import PrivateKey, private_pem
from harness.evidence.roles import holders_of
from harness.evidence.statement import statement_of
from harness.model.aspects import AspectFacts
from harness.model.catalogue import CATALOGUE
from harness.model.custody import CUSTODY_EVENT_TYPE
from harness.model.custody_catalogue import OF_THE_CHAIN
from harness.model.finding import Effect
from harness.model.lab_report import LabReport
from harness.model.signed_report import STATEMENT_TYPE
from harness.model.verdict import Verdict

RULES = read_method()[0].custody
assert RULES is not None
UNITS = ["unit-1"]
LAB = "example-laboratory"
# Whose keys count for custody, by name.
CUSTODIANS = {"custodian-1": "acme", "custodian-2": "acme", "carrier-1": "carrier"}


def trust() -> dict[str, Any]:
    """A trust root that knows the maker under two keys, a carrier, and two laboratories."""
    content = payload()
    content["keys"] |= {id_of(name): stated(name, organisation=whose) for name, whose in CUSTODIANS.items()}
    content["roles"]["custodian"] = {"keys": [id_of(name) for name in CUSTODIANS]}
    return content


KEYS_AT = partial(holders_of, root(trust()))
# Who signs in the name of each organisation.
SIGNS = {"acme": "custodian-1", "carrier": "carrier-1", LAB: "laboratory-1", "other-laboratory": "laboratory-3"}

Event = dict[str, Any]
Chain = list[tuple[Event, list[str]]]


def event(kind: str, at: str, giver: str, taker: str | None = None, **more: Any) -> tuple[Event, list[str]]:
    """An event of the sample's lot, with the names of the keys that sign it."""
    said = {
        "schema": "custody-event/1", "type": kind, "at": at, "place": "a dock", "from_organisation": giver,
        "to_organisation": taker, "lot_id": "SAMPLE-LOT-H200-01", "units": len(UNITS),
        "units_root": units_digest(UNITS), **more,
    }  # fmt: skip
    return said, [SIGNS[party] for party in (giver, taker) if party]


def honest() -> Chain:
    """From the maker's seal to the laboratory's; the sample is measured on 2026-08-04 from 15:00 on."""
    return [
        event("sealed", "2026-08-01T08:00:00Z", "acme", seals_applied=["S-1", "S-2"]),
        event("handed-over", "2026-08-01T12:00:00Z", "acme", "carrier", seals_found=["S-1", "S-2"]),
        event("handed-over", "2026-08-02T09:00:00Z", "carrier", LAB, seals_found=["S-1", "S-2"]),
        event("opened", "2026-08-04T14:00:00Z", LAB, seals_removed=["S-1", "S-2"]),
        event("measured", "2026-08-05T09:00:00Z", LAB),
        event("resealed", "2026-08-05T10:00:00Z", LAB, seals_applied=["S-3"]),
    ]


def log(chain: Chain, extra: Callable[[list[dict[str, Any]]], None] | None = None) -> bytes:
    """The chain as a file, numbered and linked as far as its events do not say otherwise."""
    envelopes, before = [], None
    for n, (said, signers) in enumerate(chain, start=1):
        content = json.dumps({"seq": n, "prev": before, **said}).encode()
        before = hashlib.sha256(content).hexdigest()
        envelopes.append(json.loads(enveloped(content, CUSTODY_EVENT_TYPE, [key(name) for name in signers])))
    if extra is not None:
        extra(envelopes)
    return json.dumps({"schema": "custody-log/1", "events": envelopes}).encode()


def sample(change: Callable[[dict[str, Any]], object] | None = None) -> LabReport:
    report = json.loads(h200_alone())
    report["custody_log"] = "custody.json"
    report["lot"]["lot_id"] = "SAMPLE-LOT-H200-01"
    report["lot"]["units_in_lot"] = len(UNITS)
    if change is not None:
        change(report)
    return from_json(LabReport, json.dumps(report).encode(), "report.json")


def facts(data: bytes | None, report: LabReport | None = None, **more: Any) -> AspectFacts:
    known: dict[str, Any] = {"rules": RULES, "keys_at": KEYS_AT, "signed_by": LAB, **more}
    return custody_facts(data, "custody.json", report or sample(), **known)


def found(data: bytes, report: LabReport | None = None, **more: Any) -> set[str]:
    return {finding.code for finding in facts(data, report, **more).findings}


def test_a_chain_that_every_party_signed_is_complete():
    told = facts(log(honest()))
    assert (told.level, told.findings) == ("complete", ())
    assert told.says == f"6 events from acme to {LAB}, each signed by every party to it"


@pytest.mark.parametrize(
    ("missing", "more"),
    [("no trust root", {"keys_at": None}), ("nobody whose signature holds", {"signed_by": None})],
)
def test_without_a_trust_root_or_a_signer_no_chain_is_complete(missing: str, more: dict[str, Any]):
    told = facts(log(honest()), **more)
    assert (told.level, told.findings) == ("stated", ())
    assert missing in told.says


def test_a_report_without_a_log_is_as_far_assured_as_it_states():
    plain = sample(lambda report: report.pop("custody_log"))
    none = sample(lambda report: (report.pop("custody_log"), report.pop("custody")))
    assert facts(None, plain).level == "stated"
    assert facts(None, none).level == "none"


@pytest.mark.parametrize(
    "data", [None, b"", b"{}", b"[]", log(honest())[:-1], log(honest()).replace(b"custody-log/1", b"custody-log/2")]
)
def test_a_log_that_cannot_be_read_shows_nothing_and_voids_nothing(data: bytes | None):
    told = facts(data)
    assert [finding.code for finding in told.findings] == ["custody-log-unreadable"]
    # Or a log that shows a fault would only have to be left out.
    assert told.level == "none"


# --- Each fault once ------------------------------------------------------------------------------------------------


def changed(n: int, **said: Any) -> bytes:
    """The honest chain with one event that says something else, all of it signed and linked anew."""
    chain = honest()
    chain[n] = ({**chain[n][0], **said}, chain[n][1])
    return log(chain)


def without(n: int) -> bytes:
    """The honest chain as it was signed, with one event taken out."""
    return log(honest(), lambda envelopes: envelopes.pop(n))


def swapped(n: int) -> bytes:
    """The honest chain as it was signed, with two events exchanged."""

    def swap(envelopes: list[dict[str, Any]]) -> None:
        envelopes[n], envelopes[n + 1] = envelopes[n + 1], envelopes[n]

    return log(honest(), swap)


def signed_by(n: int, *names: str) -> bytes:
    chain = honest()
    chain[n] = (chain[n][0], list(names))
    return log(chain)


def forged(envelopes: list[dict[str, Any]]) -> None:
    """The hint of a known key over a signature that is another's."""
    envelopes[2]["signatures"][0] |= {"sig": envelopes[1]["signatures"][0]["sig"]}


def put(n: int, *events: tuple[Event, list[str]]) -> bytes:
    chain = honest()
    chain[n:n] = events
    return log(chain)


OTHER_UNITS = {"units_root": units_digest(["unit-9"])}
FAULTS: list[tuple[str, str, bytes]] = [
    ("custody-chain-broken", "an event was taken out", without(1)),
    ("custody-chain-broken", "the first event was taken out", without(0)),
    ("custody-chain-broken", "two events were exchanged", swapped(1)),
    ("custody-chain-broken", "a number was left out", changed(2, seq=4)),
    ("custody-chain-broken", "a digest of something else", changed(2, prev="0" * 64)),
    ("custody-chain-broken", "a first event that names another", changed(0, prev="0" * 64)),
    ("custody-out-of-order", "an event of before the last", changed(2, at="2026-08-01T11:59:59Z")),
    ("custody-out-of-order", "an event of the same instant", changed(2, at="2026-08-01T12:00:00Z")),
    ("custody-out-of-order", "the same instant, elsewhere", changed(2, at="2026-08-01T14:00:00+02:00")),
    ("custody-gap", "given by somebody who never had it", changed(1, from_organisation="other-laboratory")),
    ("custody-overlap", "given away twice", put(
        2, event("handed-over", "2026-08-01T13:00:00Z", "acme", "other-laboratory", seals_found=["S-1", "S-2"]),
    )),
    ("custody-overlap", "opened by who gave it away", put(
        3, event("opened", "2026-08-03T13:00:00Z", "acme", seals_removed=["S-1"]),
    )),
    ("custody-seal-broken", "found broken", changed(2, seals_found=["S-1"], seals_broken=["S-2"])),
    ("custody-seal-broken", "one is gone", changed(2, seals_found=["S-1"])),
    ("custody-seal-broken", "one was never applied", changed(2, seals_found=["S-1", "S-2", "S-9"])),
    ("custody-seal-broken", "one was exchanged", changed(2, seals_found=["S-1", "S-9"])),
    ("custody-seal-broken", "none is there", changed(2, seals_found=[])),
    ("custody-seal-broken", "one is removed that was not there", changed(3, seals_removed=["S-1", "S-2", "S-9"])),
    ("custody-seal-broken", "opened without touching a seal", changed(3, seals_removed=[])),
    ("custody-seal-broken", "a seal is used again", changed(5, seals_applied=["S-1"])),
    ("custody-seal-broken", "handled behind its seals", changed(3, type="measured", seals_removed=[])),
    ("custody-seal-broken", "measured behind its seals", put(
        4, event("resealed", "2026-08-04T14:30:00Z", LAB, seals_applied=["S-8"]),
    )),
    ("custody-units-changed", "other units", changed(2, **OTHER_UNITS)),
    ("custody-units-changed", "one unit more", changed(2, units=2)),
    ("custody-units-changed", "a split that does not add up", changed(
        4, type="split", **OTHER_UNITS, parts=[{"units": 3, "units_root": "1" * 64}],
    )),
    ("custody-units-changed", "a split after which all are there", changed(
        4, type="split", units=0, parts=[{"units": 1, "units_root": "1" * 64}],
    )),
    ("custody-wrong-lot", "one event of another lot", changed(2, lot_id="SAMPLE-LOT-H200-02")),
    ("custody-wrong-lot", "the log of another lot", log([
        ({**said, "lot_id": "SAMPLE-LOT-H200-02"}, names) for said, names in honest()
    ])),
    ("custody-signature-bad", "the signature of another event", log(honest(), forged)),
    ("custody-one-sided", "the carrier did not sign", signed_by(1, "custodian-1")),
    ("custody-one-sided", "the maker signed twice, under two keys", signed_by(1, "custodian-1", "custodian-2")),
    ("custody-one-sided", "a key without a role", signed_by(1, "custodian-1", "exporter-1")),
    ("custody-one-sided", "a key that nobody knows", signed_by(1, "custodian-1", "stranger")),
    ("custody-one-sided", "another laboratory signed", signed_by(2, "carrier-1", "laboratory-3")),
    ("custody-one-sided", "opened, and signed by somebody else", signed_by(3, "carrier-1")),
    ("custody-seal-unseen", "nobody looked at the seals", changed(2, seals_found=None)),
    ("custody-seal-unseen", "shipped unsealed", put(
        0, event("shipped", "2026-07-01T08:00:00Z", "carrier", "acme"), event("received", "2026-07-02T08:00:00Z",
        "carrier", "acme"),
    )),
    ("custody-long-silence", "a lot that rested for more than 30 days", changed(0, at="2026-07-02T11:59:59Z")),
    ("measured-outside-custody", "measured before the laboratory had it", changed(2, at="2026-08-04T15:03:00Z")),
    ("measured-outside-custody", "measured when the laboratory had given it away", put(
        4, event("handed-over", "2026-08-04T15:05:00Z", LAB, "carrier"),
        event("returned", "2026-08-04T18:00:00Z", "carrier", LAB),
    )),
    ("custody-ends-early", "no event after the last measurement", log(honest()[:4])),
    ("custody-unclear", "the laboratory never had it", log(honest()[:2])),
]  # fmt: skip


@pytest.mark.parametrize(("code", "what", "data"), FAULTS, ids=[f"{code}: {what}" for code, what, _ in FAULTS])
def test_each_fault_is_told_and_does_what_the_catalogue_says(code: str, what: str, data: bytes):
    told = facts(data)
    assert code in {finding.code for finding in told.findings}, told
    codes = {finding.code for finding in told.findings}
    voids = any(CATALOGUE[one].effect is Effect.VOIDS for one in codes)
    assert told.level == ("broken" if voids else "stated")


NOTED_ALONE = ["custody-one-sided", "custody-seal-unseen", "custody-long-silence", "custody-ends-early"]


@pytest.mark.parametrize("code", NOTED_ALONE)
def test_what_is_missing_and_not_contradicted_keeps_the_chain_at_stated(code: str):
    data = next(data for one, _, data in FAULTS if one == code)
    assert (facts(data).level, found(data)) == ("stated", {code})


def test_a_signature_is_bad_though_a_good_one_stands_beside_it():
    assert facts(log(honest(), forged)).level == "broken"


# Raised here of what the catalogue has of the chain; what it had before has samples of its own.
RAISED = {code for code, _, _ in FAULTS} & set(OF_THE_CHAIN) | {"custody-log-unreadable", "custody-after-report"}


def test_every_finding_about_the_chain_is_raised_here():
    assert set(OF_THE_CHAIN) == RAISED


# --- Report and chain -----------------------------------------------------------------------------------------------

CONTRADICTED: list[tuple[str, str, Callable[[dict[str, Any]], object]]] = [
    ("custody-wrong-lot", "the report is on another lot", lambda r: r["lot"].update(lot_id="SAMPLE-LOT-H200-02")),
    ("custody-units-changed", "the lot is larger", lambda r: r["lot"].update(units_in_lot=2)),
    ("custody-units-changed", "it is another unit", lambda r: (
        r["lot"]["units"][0].update(unit_id="unit-2"), [one.update(unit_id="unit-2") for one in r["measurements"]]
    )),
    ("custody-unclear", "the lot is not named", lambda r: r["lot"].update(lot_id=None)),
    ("custody-unclear", "a measurement has no time", lambda r: r["measurements"][0].update(
        started_at=None, ended_at=None
    )),
    ("measured-outside-custody", "measured before the carrier came", lambda r: r["measurements"][0].update(
        started_at="2026-08-02T08:59:59Z", ended_at="2026-08-02T09:10:00Z"
    )),
    ("custody-seal-broken", "measured before it was opened", lambda r: r["measurements"][0].update(
        started_at="2026-08-04T13:59:00Z"
    )),
]  # fmt: skip


@pytest.mark.parametrize(("code", "what", "change"), CONTRADICTED)
def test_a_report_that_the_chain_does_not_bear_out_is_told(code: str, what: str, change: Any):
    assert code in found(log(honest()), sample(change))


def test_no_event_is_later_than_the_report_that_attaches_it():
    last = datetime(2026, 8, 5, 10, tzinfo=UTC)
    assert facts(log(honest()), issued_at=last).level == "complete"
    told = facts(log(honest()), issued_at=last - timedelta(microseconds=1))
    assert [(one.code, one.where) for one in told.findings] == [("custody-after-report", "events[5].at")]
    assert told.level == "stated"


def test_a_log_may_name_units_by_their_serial_numbers():
    serials = units_digest(["SAMPLE-0001"])
    chain = [({**said, "units_root": serials}, names) for said, names in honest()]
    assert facts(log(chain)).level == "complete"
    assert found(log(chain), lot_units=["unit-1"]) == {"custody-units-changed"}


def test_the_list_of_all_units_is_held_against_the_log():
    assert facts(log(honest()), lot_units=["unit-1"]).level == "complete"
    assert found(log(honest()), lot_units=["unit-7"]) == {"custody-units-changed"}


def test_published_values_were_measured_in_nobodys_custody():
    published = sample(lambda r: r["measurements"][0].update(started_at="2025-01-01T00:00:00Z", ended_at=None, source={
        "kind": "published"
    }))  # fmt: skip
    assert facts(log(honest()), published).level == "complete"


# --- Ways that are honest -------------------------------------------------------------------------------------------


def test_a_shipment_is_signed_by_the_giver_when_it_goes_and_by_the_taker_when_it_comes():
    chain = honest()
    chain[1:3] = [
        (event("shipped", "2026-08-01T12:00:00Z", "acme", LAB)[0], ["custodian-1"]),
        (event("received", "2026-08-02T09:00:00Z", "acme", LAB, seals_found=["S-1", "S-2"])[0], ["laboratory-1"]),
    ]
    assert facts(log(chain)).level == "complete"
    # Each side signs its own event; the other's signature on it is not enough.
    chain[1], chain[2] = (chain[1][0], ["laboratory-1"]), (chain[2][0], ["custodian-1"])
    assert found(log(chain)) == {"custody-one-sided"}


@pytest.mark.parametrize("kind", ["opened", "handed-over"])
def test_a_shipment_under_way_is_received_before_anything_else_happens(kind: str):
    chain = honest()
    chain[1] = (event("shipped", "2026-08-01T12:00:00Z", "acme", LAB)[0], ["custodian-1"])
    chain[2] = event(kind, "2026-08-02T09:00:00Z", "carrier", LAB if kind == "handed-over" else None)
    assert "custody-gap" in found(log(chain))


def test_a_lot_that_comes_back_may_be_given_again():
    chain = honest()
    seals = ["S-1", "S-2"]
    chain[2:2] = [
        event("returned", "2026-08-01T13:00:00Z", "carrier", "acme", seals_found=seals),
        event("handed-over", "2026-08-01T14:00:00Z", "acme", "carrier", seals_found=seals),
    ]
    assert facts(log(chain)).level == "complete"


def test_a_lot_may_rest_for_as_long_as_the_method_lets_it():
    assert facts(changed(0, at="2026-07-02T12:00:00Z")).level == "complete"


def test_who_handles_a_lot_that_is_on_its_way_back_has_not_received_it_yet():
    chain = honest()
    chain[2:3] = [
        (event("shipped", "2026-08-02T09:00:00Z", "carrier", "acme")[0], ["carrier-1"]),
        event("opened", "2026-08-03T09:00:00Z", "acme", seals_removed=["S-1"]),
    ]
    told = [(one.code, one.need) for one in facts(log(chain)).findings if one.where == "events[3].from_organisation"]
    assert told == [("custody-gap", "the receipt by acme, to whom carrier sent")]


def test_a_split_and_a_merger_that_account_for_every_unit_are_no_change():
    half, all_of_it = units_digest(["unit-1"]), units_digest(["unit-1", "unit-2"])
    rest = [{"lot_id": "THE-REST", "units": 1, "units_root": units_digest(["unit-2"])}]
    chain = [({**said, "units": 2, "units_root": all_of_it}, names) for said, names in honest()[:3]]
    opened = ({**honest()[3][0], "units": 2, "units_root": all_of_it}, ["laboratory-1"])
    chain += [opened, event("split", "2026-08-04T14:10:00Z", LAB, units=1, units_root=half, parts=rest), *honest()[4:]]
    chain.append(event("opened", "2026-08-06T10:00:00Z", LAB, seals_removed=["S-3"]))
    chain.append(event("merged", "2026-08-06T11:00:00Z", LAB, units=2, units_root=all_of_it, parts=rest))
    assert facts(log(chain)).level == "complete"


def test_a_key_counts_at_the_time_of_the_event_alone():
    content = trust()
    content["keys"][id_of("carrier-1")]["valid_until"] = "2026-08-02T08:59:59Z"
    assert found(log(honest()), keys_at=partial(holders_of, root(content))) == {"custody-one-sided"}


@pytest.mark.parametrize(
    ("n", "said", "where"),
    [
        (1, {"to_organisation": None}, "events[1].to_organisation"),
        (1, {"to_organisation": "acme"}, "events[1].to_organisation"),
        (3, {"to_organisation": "acme"}, "events[3].to_organisation"),
        (0, {"seals_applied": []}, "events[0].seals_applied"),
        (4, {"type": "split"}, "events[4].parts"),
        (4, {"parts": [{"units": 1, "units_root": "1" * 64}]}, "events[4].parts"),
        (2, {"colour": "blue"}, "events[2].colour"),
        (2, {"units": "1"}, "events[2].units"),
        (2, {"at": "yesterday"}, "events[2].at"),
    ],
)
def test_an_event_that_makes_no_sense_is_refused_with_its_place(n: int, said: dict[str, Any], where: str):
    with pytest.raises(UnreadableInput) as refused:
        read(changed(n, **said), "custody.json")
    assert [fault.where for fault in refused.value.faults] == [where]


def test_a_log_that_would_take_long_to_verify_is_refused():
    def stuffed(envelopes: list[dict[str, Any]]) -> None:
        one = {**envelopes[0], "signatures": envelopes[0]["signatures"] * 16}
        envelopes[:] = [one] * 251

    with pytest.raises(UnreadableInput, match="4,016 signatures"):
        read(log(honest()[:1], stuffed), "custody.json")


def test_an_envelope_of_another_type_is_no_event():
    def retyped(envelopes: list[dict[str, Any]]) -> None:
        envelopes[0]["payloadType"] = "application/vnd.in-toto+json"

    with pytest.raises(UnreadableInput) as refused:
        read(log(honest(), retyped), "custody.json")
    assert refused.value.faults[0].where == "events[0].payloadType"


@settings(max_examples=40)
@given(order=st.permutations(range(6)))
def test_no_other_order_of_the_events_holds(order: list[int]):
    def reorder(envelopes: list[dict[str, Any]]) -> None:
        envelopes[:] = [envelopes[n] for n in order]

    told = facts(log(honest(), reorder))
    assert told.level == ("complete" if order == sorted(order) else "broken")


@settings(max_examples=40)
@given(kept=st.sets(st.integers(0, 5), min_size=1))
def test_events_can_be_left_out_at_the_end_alone(kept: set[int]):
    """A log that is cut short is a log of less; it says so by ending early, and never reads as complete."""
    told = facts(log(honest(), lambda envelopes: [envelopes.pop(n) for n in reversed(range(6)) if n not in kept]))
    prefix = kept == set(range(len(kept)))
    assert (told.level == "broken") == (not prefix)
    # After "measured" the log covers every measurement, so what stands there is complete without the seal.
    assert (told.level == "complete") == (prefix and len(kept) >= 5)


@settings(max_examples=60)
@given(bit=st.integers(0, 8 * 300 - 1), n=st.integers(0, 5))
def test_no_bit_of_an_event_can_be_changed_unseen(bit: int, n: int):
    from harness.codec.canonical_base64 import decoded, encoded

    def flip(envelopes: list[dict[str, Any]]) -> None:
        payload = bytearray(decoded(envelopes[n]["payload"]) or b"")
        payload[bit // 8] ^= 1 << bit % 8
        envelopes[n]["payload"] = encoded(bytes(payload))

    assert facts(log(honest(), flip)).level != "complete"


def test_the_digest_of_units_is_that_of_sorted_lines():
    expected = hashlib.sha256("a\nb\nä\n".encode()).hexdigest()
    assert units_digest(["ä", "b", "a", "b"]) == expected


def test_who_held_the_lot_follows_from_the_events():
    holds = walked(read(log(honest()), "custody.json")).all_holds()
    at = datetime(2026, 8, 1, 8, tzinfo=UTC)
    assert [(hold.organisation, hold.since - at, hold.until and hold.until - at) for hold in holds] == [
        ("acme", timedelta(), timedelta(hours=4)),
        ("carrier", timedelta(hours=4), timedelta(hours=25)),
        (LAB, timedelta(hours=25), None),
    ]


# --- The command ----------------------------------------------------------------------------------------------------


class TestCommand:
    @pytest.fixture
    def folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.chdir(tmp_path)
        for name in ("custodian-1", "laboratory-1", "stranger"):
            path = tmp_path / f"{name}.pem"
            path.write_bytes(private_pem(key(name)))
            path.chmod(0o600)
        (tmp_path / "units.txt").write_text("unit-1\n")
        (tmp_path / "root.json").write_bytes(signed(trust()))
        return tmp_path

    @staticmethod
    def add(kind: str, at: str, giver: str, *words: str, signer: str = "custodian-1") -> int:
        said = ["--type", kind, "--from", giver, "--place", "a dock", "--at", at, "--key", f"{signer}.pem"]
        return main(["custody", "add", "lot.json", *said, *words])

    def begin(self) -> None:
        lot = ["--lot", "SAMPLE-LOT-H200-01", "--units", "units.txt"]
        assert self.add("sealed", "2026-08-01T08:00:00Z", "acme", *lot, "--seals-applied", "S-1") == 0
        taken = ["--to", LAB, "--seals-found", "S-1"]
        assert self.add("handed-over", "2026-08-02T09:00:00Z", "acme", *taken) == 0

    def check(self, *words: str) -> int:
        digest = hashlib.sha256(Path("root.json").read_bytes()).hexdigest()
        trusted = ["--trust-root", "root.json", "--trust-root-sha256", digest, "--now", "2026-11-29T12:00:00Z"]
        return main(["custody", "check", "lot.json", *trusted, *words])

    def test_a_log_is_complete_when_both_parties_have_signed(self, folder: Path, capsys: pytest.CaptureFixture[str]):
        self.begin()
        assert self.check() == 3
        assert "custody-one-sided" in capsys.readouterr().out
        assert main(["custody", "sign", "lot.json", "--key", "laboratory-1.pem"]) == 0
        capsys.readouterr()
        assert self.check("--format", "json") == 0
        told = capsys.readouterr().out
        assert json.loads(told)["level"] == "complete"
        assert faults_against_schema("custody-check", told.encode(), "check.json") == []
        assert faults_against_schema("custody-log", Path("lot.json").read_bytes(), "lot.json") == []
        assert main(["custody", "check", "lot.json"]) == 3
        assert main(["custody", "show", "lot.json"]) == 0
        assert "handed-over" in capsys.readouterr().out

    def test_signing_again_changes_no_event(self, folder: Path):
        self.begin()
        before = [json.loads(one.envelope.payload) for one in read(Path("lot.json").read_bytes(), "lot.json")]
        assert main(["custody", "sign", "lot.json", "--key", "laboratory-1.pem", "--event", "1"]) == 0
        after = [json.loads(one.envelope.payload) for one in read(Path("lot.json").read_bytes(), "lot.json")]
        assert after == before
        assert main(["custody", "sign", "lot.json", "--key", "laboratory-1.pem", "--event", "3"]) == 2

    def test_a_broken_seal_can_be_recorded_and_breaks_the_chain(self, folder: Path, capsys: pytest.CaptureFixture[str]):
        self.begin()
        broken = ["--seals-broken", "S-1"]
        assert self.add("opened", "2026-08-03T09:00:00Z", LAB, *broken, signer="laboratory-1") == 0
        assert "custody-seal-broken" in capsys.readouterr().err
        assert self.check() == 1

    @pytest.mark.parametrize(
        "words",
        [
            ["--type", "handed-over", "--from", "acme", "--place", "p", "--key", "custodian-1.pem"],
            ["--type", "sealed", "--from", "acme", "--place", "p", "--key", "custodian-1.pem"],
            ["--type", "opened", "--from", "Acme, Inc.", "--place", "p", "--key", "custodian-1.pem"],
            ["--type", "opened", "--from", "acme", "--place", "p"],
            ["--type", "opened", "--from", "acme", "--place", "p", "--key", "none.pem"],
            ["--type", "opened", "--from", "acme", "--place", "p", "--key", "custodian-1.pem", "--units", "root.pem"],
        ],
    )  # fmt: skip
    def test_words_that_make_no_sense_change_no_log(self, folder: Path, words: list[str]):
        self.begin()
        before = Path("lot.json").read_bytes()
        assert main(["custody", "add", "lot.json", *words]) == 2
        assert Path("lot.json").read_bytes() == before

    def test_a_log_is_held_against_a_report(self, folder: Path):
        self.begin()
        main(["custody", "sign", "lot.json", "--key", "laboratory-1.pem"])
        opened = ["--seals-removed", "S-1"]
        self.add("opened", "2026-08-03T09:00:00Z", LAB, *opened, signer="laboratory-1")
        self.add("measured", "2026-08-05T09:00:00Z", LAB, signer="laboratory-1")
        report = json.loads(h200_alone())
        report["lot"] |= {"lot_id": "SAMPLE-LOT-H200-01", "units_in_lot": 1}
        Path("report.json").write_text(json.dumps(report))
        assert self.check("--report", "report.json") == 3
        assert self.check("--report", "report.json", "--laboratory", LAB) == 0
        report["lot"]["lot_id"] = "ANOTHER"
        Path("report.json").write_text(json.dumps(report))
        assert self.check("--report", "report.json", "--laboratory", LAB) == 1


def test_keys_are_what_counts_and_not_what_they_are_called():
    chain = copy.deepcopy(honest())

    def renamed(envelopes: list[dict[str, Any]]) -> None:
        for signature in envelopes[1]["signatures"]:
            signature["keyid"] = "acme"

    assert facts(log(chain, renamed)).level == "complete"
    assert public("custodian-1").key_id != public("custodian-2").key_id
    assert isinstance(key("custodian-1"), PrivateKey)


# --- In a verdict ---------------------------------------------------------------------------------------------------


class TestVerdict:
    """A signed report that attaches its log, judged as anybody does."""

    @staticmethod
    def verdict(tmp_path: Path, data: bytes, change: Callable[[dict[str, Any]], object] | None = None) -> Verdict:
        def attach(report: dict[str, Any]) -> None:
            report["custody_log"] = "custody.json"
            report["lot"] |= {"lot_id": "SAMPLE-LOT-H200-01", "units_in_lot": len(UNITS)}
            report["transaction"]["units"] = len(UNITS)
            known = {"sha256": hashlib.sha256(data).hexdigest(), "size_bytes": len(data)}
            report["attachments"] = [{"name": "custody.json", **known}]
            if change is not None:
                change(report)

        document = root_document()
        holders = {"acme": "custodian-1", "carrier": "carrier-1", LAB: "laboratory-1"}
        document["keys"] |= {id_of(name): stated(name, organisation=whose) for whose, name in holders.items()}
        document["roles"]["custodian"]["keys"] += [id_of("custodian-1"), id_of("carrier-1")]
        document["roles"]["laboratory"]["keys"].append(id_of("laboratory-1"))
        document["laboratories"][LAB] = document["laboratories"]["example-lab"]
        file = signed_root(document)
        (tmp_path / "custody.json").write_bytes(data)
        fields = {"laboratory": LAB, "issued_at": datetime(2026, 8, 5, 12, tzinfo=UTC)}
        payload = statement_of(report_bytes(attach), "the report", **fields)
        (tmp_path / "report.json").write_bytes(enveloped(payload, STATEMENT_TYPE, [key("laboratory-1")]))
        return harness.verify(
            tmp_path / "report.json",
            trust_root=file,
            trust_root_sha256=hashlib.sha256(file).hexdigest(),
            now=datetime(2026, 8, 10, tzinfo=UTC),
            require=("custody=complete",),
        )

    def test_a_complete_chain_satisfies_who_asks_for_it(self, tmp_path: Path):
        verdict = self.verdict(tmp_path, log(honest()))
        assert verdict.reached["custody"].level == "complete", verdict.reached["custody"]
        assert verdict.outcome == "pass", verdict.findings

    def test_without_the_plain_hand_overs_the_signed_ones_suffice(self, tmp_path: Path):
        verdict = self.verdict(tmp_path, log(honest()), lambda report: report.update(custody=[]))
        assert (verdict.outcome, verdict.findings) == ("pass", ())

    def test_a_chain_with_one_side_leaves_it_open_and_a_broken_one_fails(self, tmp_path: Path):
        assert self.verdict(tmp_path, signed_by(1, "custodian-1", "custodian-2")).outcome == "undecided"
        broken = self.verdict(tmp_path, without(1))
        assert (broken.outcome, broken.lenses["evidence"].answer) == ("fail", "void")

    def test_the_log_of_another_lot_is_no_log_of_this_one(self, tmp_path: Path):
        other = log([({**said, "lot_id": "SAMPLE-LOT-H200-02"}, names) for said, names in honest()])
        assert "custody-wrong-lot" in {one.code for one in self.verdict(tmp_path, other).findings}

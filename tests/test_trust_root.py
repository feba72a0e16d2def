"""Trust roots: each attack by its name, each fault of a key or a role, and both ends of every interval."""

import base64
import copy
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from conftest import put
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from trusting import NOW, id_of, key, payload, root, signed, spki_of, stated

from harness.codec.canonical_base64 import encoded
from harness.errors import TrustRefused, UnreadableInput
from harness.evidence.dsse import enveloped
from harness.evidence.keys import public_of
from harness.evidence.signed_note import COSIGNATURE, PLAIN, verifier_text
from harness.evidence.trust_root import consistent_root, read_root, rotated, trusted_root
from harness.evidence.trust_root_faults import INCOMPATIBLE
from harness.model.trust_root import TRUST_ROOT_TYPE
from harness.model.trust_root_catalogue import TRUST_ROOT_CATALOGUE

SECOND = timedelta(seconds=1)


def pin_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def refused(build: Callable[[], object]) -> list[str]:
    """The codes of every reason why something is refused."""
    with pytest.raises(TrustRefused) as raised:
        build()
    return [fault.code for fault in raised.value.faults]


def changed(path: str, value: object, version: int = 1) -> dict[str, Any]:
    content = payload(version)
    put(path, value)(content)
    return content


# --- What holds -----------------------------------------------------------------------------------------------------


def test_a_root_signed_by_enough_of_its_keys_holds():
    data = signed(payload())
    found = trusted_root(data, "root.json", pin=pin_of(data), now=NOW)
    assert found.document.version == 1
    assert set(found.signed_by) == {id_of("root-1"), id_of("root-2")}
    assert found.notes == ()
    assert found.sha256 == pin_of(data)


@given(st.permutations(["root-1", "root-2", "root-3", "laboratory-1", "stranger"]))
def test_the_order_of_signatures_changes_nothing(names: list[str]):
    found = read_root(signed(payload(), *names), "root.json")
    assert found.signed_by == tuple(sorted(id_of(f"root-{n}") for n in (1, 2, 3)))


def test_keys_of_all_three_algorithms_sign():
    """P-256 and P-384 beside Ed25519; the private scalars are those of this test."""
    content = payload()
    keys = (ec.derive_private_key(7, ec.SECP256R1()), ec.derive_private_key(9, ec.SECP384R1()))
    for private, algorithm in zip(keys, ("ecdsa-p256-sha256", "ecdsa-p384-sha384"), strict=True):
        public = public_of(private)
        content["keys"][public.key_id] = stated(
            "root-1", algorithm=algorithm, spki=encoded(public.spki), organisation=algorithm
        )
        content["roles"]["root"]["keys"].append(public.key_id)
    content["roles"]["root"] |= {"threshold": 3, "organisations": 3}
    assert len(read_root(signed(content, "root-1", keys=keys), "root.json").signed_by) == 3


# --- Attacks, by their names ----------------------------------------------------------------------------------------


def test_threshold_one_signature_of_two():
    assert refused(lambda: read_root(signed(payload(), "root-1"), "r")) == ["root-threshold"]


def test_threshold_by_one_organisation():
    """Two keys, both of the institute; two organisations are asked for."""
    assert refused(lambda: read_root(signed(payload(), "root-2", "root-3"), "r")) == ["root-threshold"]


def test_one_signature_copied_counts_once():
    content = changed("roles.root.organisations", 1)
    envelope = json.loads(signed(content, "root-2"))
    first = envelope["signatures"][0]
    envelope["signatures"] = [first, {**first, "keyid": "another name"}, {"sig": first["sig"]}]
    assert refused(lambda: read_root(json.dumps(envelope).encode(), "r")) == ["root-threshold"]


def test_one_key_that_signs_twice_counts_once():
    content = changed("roles.root.organisations", 1)
    assert refused(lambda: read_root(signed(content, "root-2", "root-2"), "r")) == ["root-threshold"]


def test_one_key_under_two_ids():
    """An id that is not the key's digest is refused, whatever it is, and that one key stands twice is told beside."""
    content = payload()
    content["keys"]["ab" * 32] = stated("root-1", organisation="second-agency")
    content["roles"]["root"]["keys"].append("ab" * 32)
    assert set(refused(lambda: read_root(signed(content), "r"))) == {"root-key-id-wrong", "root-key-twice"}


def test_duplicate_keys_in_a_role():
    content = payload()
    content["roles"]["root"]["keys"].append(id_of("root-1"))
    assert refused(lambda: read_root(signed(content), "r")) == ["root-key-twice"]


def test_a_key_id_hint_that_points_at_another_key_decides_nothing():
    envelope = json.loads(signed(payload()))
    one, other = envelope["signatures"]
    one["keyid"], other["keyid"] = other["keyid"], one["keyid"]
    assert len(read_root(json.dumps(envelope).encode(), "r").signed_by) == 2
    del one["keyid"], other["keyid"]
    assert len(read_root(json.dumps(envelope).encode(), "r").signed_by) == 2


def test_signature_of_a_key_of_another_role():
    assert refused(lambda: read_root(signed(payload(), "root-1", "laboratory-1"), "r")) == ["root-threshold"]


def test_bad_signature_by_a_known_key_beside_good_ones():
    envelope = json.loads(signed(payload(), "root-1", "root-2", "root-3"))
    envelope["signatures"][2]["sig"] = encoded(bytes(64))
    assert refused(lambda: read_root(json.dumps(envelope).encode(), "r")) == ["root-signature-bad"]


def test_unknown_signature_beside_good_ones_counts_for_nothing():
    assert len(read_root(signed(payload(), "root-1", "root-2", "stranger"), "r").signed_by) == 2


def test_altered_payload():
    envelope = json.loads(signed(payload()))
    envelope["payload"] = encoded(json.dumps(changed("expires", "2037-06-30T00:00:00Z")).encode())
    assert set(refused(lambda: read_root(json.dumps(envelope).encode(), "r"))) == {
        "root-signature-bad",
        "root-threshold",
    }


def test_a_flipped_bit_anywhere_in_the_file_never_gives_another_root():
    """Every byte, its bit of case or sign flipped: refused, unreadable, or the same payload with the same signers."""
    data = signed(payload())
    honest = read_root(data, "r")
    for n in range(0, len(data), 7):
        mutant = bytearray(data)
        mutant[n] ^= 1 << (n % 8)
        try:
            found = read_root(bytes(mutant), "r")
        except (TrustRefused, UnreadableInput):
            continue
        assert found.document == honest.document
        assert found.signed_by == honest.signed_by


def test_swapped_payload_type():
    """What was signed as something else is no trust root, even where the type is changed back."""
    data = json.dumps(payload()).encode()
    foreign = enveloped(data, "application/vnd.in-toto+json", [key("root-1"), key("root-2")])
    with pytest.raises(UnreadableInput, match="payloadType"):
        read_root(foreign, "r")
    relabelled = foreign.replace(b"application/vnd.in-toto+json", TRUST_ROOT_TYPE.encode())
    assert "root-threshold" in refused(lambda: read_root(relabelled, "r"))


@pytest.mark.parametrize("change", ["padding", "trailing bits", "white space", "alphabet"])
def test_base64_malleability(change: str):
    envelope = json.loads(signed({**payload(), "notes": ["?" * 40, ">" * 41]}))
    text = envelope["payload"]
    content = base64.b64decode(text)
    if change == "trailing bits":
        content = content.rstrip(b"}") + b" " * (2 - len(content.rstrip(b"}")) % 3 + 2) + b"}"
        text = base64.b64encode(content).decode()
        assert text.endswith("=")
        last = text.rstrip("=")[-1]
        digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        text = text.rstrip("=")[:-1] + digits[digits.index(last) + 1] + "=" * (len(text) - len(text.rstrip("=")))
        assert base64.b64decode(text) == content
    else:
        text = {"padding": text + "=", "white space": text[:40] + "\n" + text[40:], "alphabet": "-" + text[1:-1] + "/"}[
            change
        ]
    envelope["payload"] = text
    with pytest.raises(UnreadableInput, match="payload"):
        read_root(json.dumps(envelope).encode(), "r")


def test_the_other_alphabet_holds_the_same_bytes():
    envelope = json.loads(signed({**payload(), "notes": ["??>>" * 9]}))
    envelope["payload"] = envelope["payload"].replace("+", "-").replace("/", "_")
    for one in envelope["signatures"]:
        one["sig"] = one["sig"].replace("+", "-").replace("/", "_")
    assert len(read_root(json.dumps(envelope).encode(), "r").signed_by) == 2


def test_duplicate_json_keys_in_the_payload():
    text = json.dumps(payload()).replace('"version": 1,', '"version": 1, "version": 9,')
    with pytest.raises(UnreadableInput, match="the key version twice"):
        read_root(signed(text.encode()), "r")


def test_duplicate_json_keys_in_the_envelope():
    data = signed(payload()).replace(b'"payloadType"', b'"payload": "AAAA", "payloadType"', 1)
    with pytest.raises(UnreadableInput, match="twice"):
        read_root(data, "r")


@pytest.mark.parametrize("path", ["surplus", "roles.root.surplus", "laboratories.example-laboratory.surplus"])
def test_unknown_field(path: str):
    with pytest.raises(UnreadableInput, match="surplus"):
        read_root(signed(changed(path, True)), "r")


@pytest.mark.parametrize("count", [0, 17])
def test_no_signature_and_too_many(count: int):
    envelope = json.loads(signed(payload()))
    envelope["signatures"] = [envelope["signatures"][0]] * count
    with pytest.raises(UnreadableInput, match="signatures"):
        read_root(json.dumps(envelope).encode(), "r")


def test_low_order_key_with_the_constant_signature():
    """R = the neutral point, S = 0: it would sign every root. With such a key in it, a root is refused."""
    neutral = (1).to_bytes(32, "little")
    spki = spki_of(neutral)
    key_id = hashlib.sha256(spki).hexdigest()
    content = payload()
    content["keys"][key_id] = stated("root-1", spki=encoded(spki), organisation="weak")
    content["roles"]["root"]["keys"].append(key_id)
    envelope = json.loads(signed(content, "root-1"))
    envelope["signatures"].append({"keyid": key_id, "sig": encoded(neutral + bytes(32))})
    codes = refused(lambda: read_root(json.dumps(envelope).encode(), "r"))
    assert codes == ["root-key-unusable", "root-threshold"]


def test_a_revoked_root_key_does_not_sign_for_its_root():
    content = changed(f"keys.{id_of('root-1')}.revoked", {"at": "2026-06-01T00:00:00Z", "reason": "superseded"})
    assert refused(lambda: read_root(signed(content), "r")) == ["root-threshold"]


# --- The pin --------------------------------------------------------------------------------------------------------


def test_another_root_that_holds_in_itself_is_not_the_pinned_one():
    honest = signed(payload())
    forged = signed(changed("laboratories.example-laboratory.legal_name", "Forger, Inc."))
    assert refused(lambda: trusted_root(forged, "r", pin=pin_of(honest))) == ["root-pin-differs"]


def test_a_file_that_is_not_the_pinned_one_is_not_even_read():
    assert refused(lambda: trusted_root(b"no JSON", "r", pin=pin_of(signed(payload())))) == ["root-pin-differs"]


def test_the_pin_is_that_of_the_file_and_not_of_its_payload():
    data = signed(payload())
    assert refused(lambda: trusted_root(data + b"\n", "r", pin=pin_of(data))) == ["root-pin-differs"]


# --- Rotation -------------------------------------------------------------------------------------------------------


def test_rotation_to_the_next_version():
    assert rotated(root(), signed(payload(2)), "v2").document.version == 2


@pytest.mark.parametrize(
    ("version", "code"),
    [(1, "root-rolled-back"), (2, None), (3, "root-version-gap"), (10**9, "root-version-gap")],
    ids=["same", "next", "gap", "fast-forward"],
)
def test_rotation_by_one_version_and_no_other(version: int, code: str | None):
    if code is None:
        assert rotated(root(), signed(payload(version)), "new").document.version == version
    else:
        assert refused(lambda: rotated(root(), signed(payload(version)), "new")) == [code]


def test_rollback_to_an_older_version():
    newer = root(payload(5))
    assert refused(lambda: rotated(newer, signed(payload(4)), "v4")) == ["root-rolled-back"]


def new_keepers(version: int = 2) -> dict[str, Any]:
    """A version whose root role is two keys of two organisations that the one before does not know."""
    content = payload(version)
    for name, organisation in (("next-1", "new-agency"), ("next-2", "new-institute")):
        content["keys"][id_of(name)] = stated(name, organisation=organisation)
    content["roles"]["root"] = {"keys": [id_of("next-1"), id_of("next-2")], "threshold": 2, "organisations": 2}
    return content


def test_rotation_to_new_keepers_needs_the_old_ones_and_the_new_ones():
    content = new_keepers()
    everybody = ("next-1", "next-2", "root-1", "root-2")
    assert rotated(root(), signed(content, *everybody), "v2").document.version == 2
    # By the new ones alone: they vouch for themselves.
    assert refused(lambda: rotated(root(), signed(content, "next-1", "next-2"), "v2")) == ["root-threshold"]
    # By the new ones, and one old organisation of two.
    names = ("next-1", "next-2", "root-2", "root-3")
    assert refused(lambda: rotated(root(), signed(content, *names), "v2")) == ["root-threshold"]
    # By the old ones alone: the new keys were never shown to be anybody's.
    assert refused(lambda: rotated(root(), signed(content, "root-1", "root-2"), "v2")) == ["root-threshold"]


def test_keys_of_the_old_keepers_need_not_be_in_the_new_root():
    """They are taken from the old one, which is the one that is trusted."""
    content = new_keepers()
    for n in (1, 2, 3):
        del content["keys"][id_of(f"root-{n}")]
    data = signed(content, "next-1", "next-2", "root-1", "root-2")
    assert rotated(root(), data, "v2").signed_by == tuple(sorted([id_of("next-1"), id_of("next-2")]))


def test_a_new_root_cannot_lower_the_threshold_for_its_own_coming():
    content = changed("roles.root.threshold", 1, 2)
    put("roles.root.organisations", 1)(content)
    assert refused(lambda: rotated(root(), signed(content, "root-1"), "v2")) == ["root-threshold"]
    assert rotated(root(), signed(content, "root-1", "root-2"), "v2").document.roles["root"].threshold == 1


def test_a_compromised_root_key_is_rotated_out_with_its_own_signature():
    """The old root asks for two organisations; that the new one revokes a key cannot undo what the old one asks for."""
    content = new_keepers()
    content["keys"][id_of("root-1")]["revoked"] = {"at": "2026-06-01T00:00:00Z", "reason": "compromise"}
    assert rotated(root(), signed(content, "next-1", "next-2", "root-1", "root-2"), "v2").document.version == 2


def test_a_chain_leads_from_the_pinned_root_to_the_last_one():
    first = signed(payload(1))
    later = [(signed(payload(2)), "v2"), (signed(payload(3)), "v3")]
    found = trusted_root(first, "v1", pin=pin_of(first), now=NOW, later=later)
    assert found.document.version == 3
    assert refused(lambda: trusted_root(first, "v1", pin=pin_of(first), later=later[1:])) == ["root-version-gap"]
    assert refused(lambda: trusted_root(first, "v1", pin=pin_of(first), later=later[::-1])) == ["root-version-gap"]


def test_an_expired_root_can_still_be_rotated_away():
    first = signed(changed("expires", "2026-02-01T00:00:00Z"))
    second = signed(payload(2))
    assert refused(lambda: trusted_root(first, "v1", pin=pin_of(first), now=NOW)) == ["root-expired"]
    assert trusted_root(first, "v1", pin=pin_of(first), now=NOW, later=[(second, "v2")]).document.version == 2


# --- The clock, and what was trusted before -------------------------------------------------------------------------

EXPIRES = datetime(2027, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize(("now", "holds"), [(EXPIRES - SECOND, True), (EXPIRES, False), (EXPIRES + SECOND, False)])
def test_a_root_has_expired_at_the_instant_that_it_names(now: datetime, holds: bool):
    """Freeze: an old root that is shown for ever stops being believed."""
    data = signed(payload())
    if holds:
        assert consistent_root(data, "r", now=now).turns_at[0] > now - timedelta(days=700)
    else:
        assert refused(lambda: consistent_root(data, "r", now=now)) == ["root-expired"]


def test_without_a_clock_nothing_is_held_against_one():
    data = signed(changed("expires", "2026-02-01T00:00:00Z"))
    assert consistent_root(data, "r").document.version == 1


BOUNDS = [
    (datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC), False), (datetime(2026, 1, 1, tzinfo=UTC), True),
    (datetime(2027, 12, 31, 23, 59, 59, tzinfo=UTC), True), (datetime(2028, 1, 1, tzinfo=UTC), False),
]  # fmt: skip


@pytest.mark.parametrize(("now", "holds"), BOUNDS)
def test_root_keys_count_from_their_first_instant_and_no_longer_at_their_last(now: datetime, holds: bool):
    data = signed(changed("expires", "2037-01-01T00:00:00Z"))
    if holds:
        consistent_root(data, "r", now=now)
    else:
        assert refused(lambda: consistent_root(data, "r", now=now)) == ["root-keys-not-valid-now"]


@pytest.mark.parametrize(("highest", "holds"), [(None, True), (3, True), (4, True), (5, False)])
def test_a_version_below_one_that_was_trusted_before_is_rolled_back(highest: int | None, holds: bool):
    data = signed(payload(4))
    if holds:
        consistent_root(data, "r", highest_version=highest)
    else:
        assert refused(lambda: consistent_root(data, "r", highest_version=highest)) == ["root-rolled-back"]


def test_every_instant_at_which_the_answer_turns_is_named():
    found = root()
    assert found.turns_at == (datetime(2026, 1, 1, tzinfo=UTC), EXPIRES, datetime(2028, 1, 1, tzinfo=UTC))
    outcomes = []
    data = signed(payload())
    for instant in found.turns_at:
        for now in (instant - SECOND, instant):
            try:
                consistent_root(data, "r", now=now)
                outcomes.append(True)
            except TrustRefused:
                outcomes.append(False)
    assert outcomes == [False, True, True, False, False, False]


# --- Keys and roles that do not hold --------------------------------------------------------------------------------

ONE = f"keys.{id_of('laboratory-1')}"
P256 = public_of(ec.derive_private_key(7, ec.SECP256R1()))


def witness(name: str, kind: int = COSIGNATURE, whose: str = "a-witness") -> str:
    """The verifier key of somebody, under a name."""
    return verifier_text(name, public_of(key(whose)), kind)


UNHELD = [
    ("root-key-id-wrong", put(f"{ONE}.spki", stated("stranger")["spki"])),
    ("root-key-algorithm-wrong", put(f"{ONE}.algorithm", "ecdsa-p256-sha256")),
    ("root-key-unusable", put(f"{ONE}.spki", encoded(b"no key at all"))),
    ("root-key-times-wrong", put(f"{ONE}.valid_until", "2026-01-01T00:00:00Z")),
    ("root-key-times-wrong", put(f"{ONE}.revoked", {
        "at": "2026-03-01T00:00:00Z", "reason": "compromise", "distrust_since": "2026-03-01T00:00:01Z",
    })),
    ("root-key-times-wrong", put(f"{ONE}.revoked", {
        "at": "2026-03-01T00:00:00Z", "reason": "superseded", "distrust_since": "2026-02-01T00:00:00Z",
    })),
    ("root-key-undefined", lambda r: r["keys"].pop(id_of("laboratory-1"))),
    ("root-role-unsatisfiable", put("roles.laboratory.threshold", 4)),
    ("root-role-unsatisfiable", put("roles.laboratory.organisations", 3)),
    ("root-role-unsatisfiable", put("roles.custodian", {"keys": []})),
    ("root-role-unsatisfiable", lambda r: r["roles"].pop("root")),
    ("root-role-unsatisfiable", put("witnesses", {"verifier_keys": [witness("w")], "quorum": 2})),
    ("root-key-twice", put("witnesses", {"verifier_keys": [witness("w"), witness("v")], "quorum": 1})),
    ("root-key-unusable", put("witnesses", {"verifier_keys": ["w+01234567+AAAA"], "quorum": 1})),
    ("root-key-unusable", put("witnesses", {"verifier_keys": [witness("w", PLAIN)], "quorum": 1})),
    ("root-role-conflict", put("log", {"verifier_keys": [witness("l", PLAIN, "laboratory-1")], "quorum": 1})),
    ("root-key-twice", lambda r: r["roles"]["laboratory"]["keys"].append(id_of("laboratory-1"))),
    ("root-role-conflict", lambda r: r["roles"]["exporter"]["keys"].append(id_of("laboratory-1"))),
]  # fmt: skip


@pytest.mark.parametrize(("code", "change"), UNHELD)
def test_a_key_or_a_role_that_does_not_hold_refuses_the_root(code: str, change):
    content = payload()
    change(content)
    assert refused(lambda: read_root(signed(content), "r")) == [code]


@pytest.mark.parametrize(("code", "change"), UNHELD)
def test_it_is_told_before_it_is_signed_too(code: str, change):
    from harness.codec.documents import from_json
    from harness.evidence.trust_root import document_faults
    from harness.model.trust_root import TrustRoot

    content = payload()
    change(content)
    document = from_json(TrustRoot, json.dumps(content).encode(), "p")
    assert [fault.code for fault in document_faults(document, "p")] == [code]


@pytest.mark.parametrize(("one", "other", "why"), INCOMPATIBLE)
def test_an_organisation_in_two_roles_that_exclude_each_other(one: str, other: str, why: str):
    """By another key of the same organisation: it is the organisation that cannot be both."""
    content = payload()
    for n, role in enumerate((one, other)):
        name = f"both-{n}"
        content["keys"][id_of(name)] = stated(name, organisation="both-of-them")
        content["roles"].setdefault(role, {"keys": []})["keys"].append(id_of(name))
    with pytest.raises(TrustRefused, match="both-of-them") as raised:
        read_root(signed(content), "r")
    assert [fault.code for fault in raised.value.faults] == ["root-role-conflict"]
    assert why in str(raised.value)


def test_a_laboratory_may_be_custodian_of_what_it_tests():
    content = payload()
    content["roles"]["custodian"] = {"keys": [id_of("laboratory-1")]}
    assert read_root(signed(content), "r").document.roles["custodian"].threshold == 1


def test_every_fault_is_named_at_once():
    content = payload()
    put(f"{ONE}.algorithm", "ecdsa-p384-sha384")(content)
    put(f"keys.{id_of('exporter-1')}.valid_until", "2020-01-01T00:00:00Z")(content)
    put("roles.accreditor.threshold", 2)(content)
    codes = refused(lambda: read_root(signed(content, "root-1"), "r"))
    assert codes == ["root-key-algorithm-wrong", "root-key-times-wrong", "root-role-unsatisfiable", "root-threshold"]


def test_a_key_that_is_no_base64_is_unreadable():
    with pytest.raises(UnreadableInput, match="its one spelling"):
        read_root(signed(changed(f"{ONE}.spki", "AAA")), "r")


def test_a_laboratory_without_an_entry_is_noted():
    content = payload()
    del content["laboratories"]["other-laboratory"]
    assert [note.where for note in root(content).notes] == ["laboratories.other-laboratory"]


def test_copies_of_a_witness_make_no_quorum():
    twice = {"verifier_keys": [witness("w"), witness("v")], "quorum": 2}
    codes = refused(lambda: read_root(signed(changed("witnesses", twice)), "r"))
    assert codes == ["root-key-twice", "root-role-unsatisfiable"]


def test_a_laboratory_among_two_keepers_is_not_noted():
    content = changed("roles.root", {"keys": [id_of("root-1"), id_of("laboratory-1")], "threshold": 2})
    content["roles"]["root"]["organisations"] = 2
    assert read_root(signed(content, "root-1", "laboratory-1"), "r").notes == ()


def test_a_laboratory_that_alone_signs_the_root_is_noted():
    content = changed("roles.root", {"keys": [id_of("laboratory-1")]})
    (note,) = read_root(signed(content, "laboratory-1"), "r").notes
    assert note.where == "roles.root.organisations"


def test_every_refusal_of_the_catalogue_is_raised_by_some_test():
    by_name = {"root-expired", "root-keys-not-valid-now", "root-pin-differs", "root-rolled-back", "root-signature-bad",
               "root-threshold", "root-version-gap"}  # fmt: skip
    assert by_name | {code for code, _ in UNHELD} == set(TRUST_ROOT_CATALOGUE)


def test_a_root_is_read_the_same_twice():
    data = signed(payload())
    assert read_root(data, "r") == read_root(copy.copy(data), "r")

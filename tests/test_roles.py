"""Who signed for a role: thresholds, validity, revocation. Each finding about signatures is raised here."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from conftest import Change, both, put
from hypothesis import given
from hypothesis import strategies as st
from test_signed_reports import RAISED as OF_SIGNED_REPORTS
from trusting import HOLDERS, id_of, key, payload, public, root

from harness.evidence.dsse import Opened, Signed, enveloped, opened
from harness.evidence.roles import RoleAnswer, holders_of, keys_of, satisfied, signed_by, trusted
from harness.model.catalogue import CATALOGUE
from harness.model.finding import Effect
from harness.model.signature_catalogue import SIGNATURE_CATALOGUE

KIND = "application/vnd.in-toto+json"
THEN = datetime(2026, 6, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
FROM, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
REVOKED = f"keys.{id_of('laboratory-1')}.revoked"


def by(*names: str) -> Opened:
    """Something signed by the keys of these names."""
    return opened(enveloped(b"something", KIND, [key(name) for name in names]), "s", KIND)


def asked(
    *signers: str,
    names: tuple[str, ...] = (),
    change: Change | None = None,
    at: datetime = THEN,
    proven: datetime | None = None,
    role: Any = "laboratory",
) -> RoleAnswer:
    content = payload()
    if change is not None:
        change(content)
    found = root(content)
    return satisfied(found, role, signed_by(found, by(*signers, *names)), at, proven)


def told(answer: RoleAnswer) -> list[str]:
    return [finding.code for finding in answer.findings]


COMPROMISED = put(REVOKED, {"at": "2026-09-01T00:00:00Z", "reason": "compromise"})
SINCE = put(REVOKED, {"at": "2026-09-01T00:00:00Z", "reason": "compromise", "distrust_since": "2026-08-01T00:00:00Z"})
SUPERSEDED = put(REVOKED, {"at": "2026-09-01T00:00:00Z", "reason": "superseded"})
TWO = put("roles.laboratory.threshold", 2)
TWO_HOUSES = put("roles.laboratory.organisations", 2)

VOID = [
    ("signature-none-valid", {"names": ("stranger",)}),
    ("signature-threshold", {"names": ("laboratory-1",), "change": TWO}),
    (
        "signature-threshold",
        {
            "names": (
                "laboratory-1",
                "laboratory-1",
            ),
            "change": TWO,
        },
    ),
    (
        "signature-threshold",
        {
            "names": (
                "laboratory-1",
                "laboratory-2",
            ),
            "change": TWO_HOUSES,
        },
    ),
    ("key-not-valid-then", {"names": ("laboratory-1",), "at": UNTIL}),
    ("key-not-valid-then", {"names": ("laboratory-1",), "at": FROM - SECOND}),
    ("key-revoked", {"names": ("laboratory-1",), "change": COMPROMISED}),
    ("key-revoked", {"names": ("laboratory-1",), "change": SUPERSEDED, "at": datetime(2026, 9, 1, tzinfo=UTC)}),
    ("key-wrong-role", {"names": ("exporter-1",)}),
    ("key-wrong-role", {"names": ("laboratory-1",), "role": "exporter"}),
    (
        "key-wrong-role",
        {
            "names": (
                "root-1",
                "root-2",
                "root-3",
            )
        },
    ),
]
NOTED = [
    (
        "signature-unknown-key",
        {
            "names": (
                "laboratory-1",
                "stranger",
            )
        },
    ),
    (
        "signature-not-counted",
        {
            "names": (
                "laboratory-1",
                "laboratory-2",
            ),
            "change": COMPROMISED,
        },
    ),
]
# Of those that the verdict raises, and not the role: tests of their own.
RAISED = {code for code, _ in VOID + NOTED} | {"signature-bad"}


@pytest.mark.parametrize(("code", "case"), VOID)
def test_what_does_not_reach_the_role_voids(code: str, case: dict[str, Any]):
    answer = asked(**case)
    assert not answer.reached
    assert code in told(answer)
    assert CATALOGUE[code].effect is Effect.VOIDS


@pytest.mark.parametrize(("code", "case"), NOTED)
def test_what_is_beside_what_is_needed_is_noted(code: str, case: dict[str, Any]):
    answer = asked(**case)
    assert answer.reached
    assert told(answer) == [code]
    assert CATALOGUE[code].effect is Effect.NOTES


def test_every_finding_about_signatures_is_raised_by_some_test():
    assert set(SIGNATURE_CATALOGUE) == RAISED | OF_SIGNED_REPORTS


def test_a_laboratory_that_signs_reaches_its_role():
    answer = asked("laboratory-1")
    assert answer.reached
    assert answer.keys == {id_of("laboratory-1"): "example-laboratory"}
    assert answer.organisations == ("example-laboratory",)
    assert (answer.others, answer.findings) == ({}, ())


def test_a_countersignature_of_another_role_is_kept_apart():
    answer = asked("laboratory-1", "accreditor-1")
    assert answer.reached
    assert answer.others == {id_of("accreditor-1"): "example-accreditor"}
    assert answer.findings == ()


def test_bad_signature_of_a_known_key_beside_a_good_one_refuses_the_whole():
    found = root()
    good = by("laboratory-1")
    forged = Opened(
        payload_type=KIND,
        payload=good.payload,
        signatures=(*good.signatures, (public("laboratory-2").key_id, good.signatures[0][1][::-1])),
    )
    answer = satisfied(found, "laboratory", signed_by(found, forged), THEN)
    assert not answer.reached
    assert [(one.code, one.where) for one in answer.findings] == [("signature-bad", "signatures[1]")]


def test_a_fault_is_told_once():
    """That the threshold is not reached follows from the key that was revoked; but not where it was short anyway."""
    assert told(asked("laboratory-1", change=COMPROMISED)) == ["key-revoked"]
    three = put("roles.laboratory.threshold", 3)
    assert told(asked("laboratory-1", "laboratory-2", change=both(COMPROMISED, three))) == [
        "key-revoked",
        "signature-threshold",
    ]
    assert told(asked("stranger")) == ["signature-unknown-key", "signature-none-valid"]


def test_a_role_that_the_root_does_not_have_is_reached_by_nobody():
    assert told(asked("laboratory-1", role="custodian")) == ["key-wrong-role"]
    assert told(asked("stranger", role="custodian")) == ["signature-unknown-key", "signature-none-valid"]


@given(st.permutations(list(HOLDERS)), st.integers(1, len(HOLDERS)))
def test_the_order_of_signatures_changes_no_answer(names: list[str], count: int):
    assert asked(*names[:count]) == asked(*sorted(names[:count]))


@given(st.sets(st.sampled_from(list(HOLDERS)), min_size=1), st.integers(1, 3), st.integers(1, 2))
def test_a_role_is_reached_by_enough_keys_of_enough_organisations(names: set[str], threshold: int, houses: int):
    def change(content: dict[str, Any]) -> None:
        put("roles.laboratory.threshold", threshold)(content)
        put("roles.laboratory.organisations", houses)(content)

    counting = {name for name in names if name.startswith("laboratory")}
    answer = asked(*sorted(names), change=change)
    enough = len(counting) >= threshold and len({HOLDERS[name] for name in counting}) >= houses
    assert answer.reached == enough
    assert set(answer.keys) == {id_of(name) for name in counting}
    assert enough == all(CATALOGUE[one.code].effect is Effect.NOTES for one in answer.findings)


# --- When a key counts ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "counts"),
    [(FROM - SECOND, False), (FROM, True), (FROM + SECOND, True),
     (UNTIL - SECOND, True), (UNTIL, False), (UNTIL + SECOND, False)],
)  # fmt: skip
def test_a_key_counts_from_its_first_instant_and_no_longer_at_its_last(at: datetime, counts: bool):
    assert (trusted(root(), "laboratory", id_of("laboratory-1"), at) is None) == counts
    assert (id_of("laboratory-1") in keys_of(root(), "laboratory", at)) == counts


AT = datetime(2026, 9, 1, tzinfo=UTC)
DISTRUSTED = datetime(2026, 8, 1, tzinfo=UTC)


@pytest.mark.parametrize(("at", "counts"), [(AT - SECOND, True), (AT, False), (AT + SECOND, False)])
@pytest.mark.parametrize("proven", [None, FROM, UNTIL])
def test_a_superseded_key_counts_until_it_was_revoked(at: datetime, counts: bool, proven: datetime | None):
    """Its owner keeps it, so what it says of its time is believed, with proof or without."""
    assert asked("laboratory-1", change=SUPERSEDED, at=at, proven=proven).reached == counts


@pytest.mark.parametrize(
    ("proven", "counts"),
    [(None, False), (DISTRUSTED - SECOND, True), (DISTRUSTED, False), (DISTRUSTED + SECOND, False), (AT, False)],
)
def test_a_compromised_key_counts_only_for_what_is_proven_to_be_older(proven: datetime | None, counts: bool):
    """Whoever stole it writes any time that they like, so only a log and its witnesses are believed."""
    assert asked("laboratory-1", change=SINCE, at=THEN, proven=proven).reached == counts


def test_a_compromised_key_without_a_day_counts_for_nothing():
    assert not asked("laboratory-1", change=COMPROMISED, at=THEN, proven=FROM).reached


def test_what_says_to_be_younger_than_its_proof_is_not_believed():
    """Signed by its own words after the key was stolen, and logged before: one of the two is false."""
    assert not asked("laboratory-1", change=SINCE, at=DISTRUSTED, proven=DISTRUSTED - SECOND).reached
    assert asked("laboratory-1", change=SINCE, at=DISTRUSTED - SECOND, proven=DISTRUSTED - SECOND).reached


def test_keys_come_with_those_whose_they_are():
    found = holders_of(root(), "laboratory", THEN)
    assert {key_id: holder for key_id, (_, holder) in found.items()} == {
        id_of(f"laboratory-{n}"): HOLDERS[f"laboratory-{n}"] for n in (1, 2, 3)
    }
    assert all(key_id == one.key_id for key_id, (one, _) in found.items())
    assert holders_of(root(), "custodian", THEN) == {}


def test_a_key_that_the_root_does_not_know_has_no_role():
    finding = trusted(root(), "laboratory", id_of("stranger"), THEN)
    assert finding is not None
    assert (finding.code, finding.got) == ("key-wrong-role", "a key without a role")
    assert not satisfied(root(), "laboratory", Signed(good=(id_of("stranger"),), bad=(), unknown=()), THEN).reached

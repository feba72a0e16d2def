"""A report was there before a time if a trusted log has it and enough witnesses say so; nothing else shows it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ledgers import event

from harness.errors import UnreadableInput
from harness.evidence.checkpoint import checkpoint_text
from harness.evidence.keys import new_private_key, public_of
from harness.evidence.ledger_entry import entry_bytes
from harness.evidence.logged import LogFacts, keys_of, log_facts
from harness.evidence.merkle import inclusion_proof, leaf_hash, root
from harness.evidence.signed_note import COSIGNATURE, signature_line, signed_note, verifier_text
from harness.evidence.tlog_proof import proof_text
from harness.model.aspects import BROKEN, LEVELS
from harness.model.catalogue import CATALOGUE
from harness.model.finding import Effect
from harness.model.log_catalogue import LOG_CATALOGUE
from harness.model.trust_root import LogRole

REPORT = "a" * 64
# The digest of the file with its signatures.
FILE = "f" * 64
LOG = "example.com/log"
KEY = new_private_key("ed25519")
WITNESSES = [new_private_key("ed25519") for _ in range(3)]
NAMES = [f"witness{n}.example/w" for n in range(3)]
T = 1_780_000_000
SKEW = timedelta(minutes=5)
LOG_ROLE = LogRole(verifier_keys=(verifier_text(LOG, public_of(KEY)),))
WITNESS_ROLE = LogRole(
    verifier_keys=tuple(
        verifier_text(name, public_of(key), COSIGNATURE) for name, key in zip(NAMES, WITNESSES, strict=True)
    ),
    quorum=2,
)


def proof(
    sha256: str = REPORT, times: tuple[int | None, ...] = (), kind: str = "report", **changed: Any
) -> tuple[str, bytes]:
    """A proof of the report as the fourth of seven entries, signed by witnesses at these times."""
    entry = entry_bytes(event("2026-05-01", kind, sha256=sha256))
    others = [entry_bytes(event("2026-05-01", "report", sha256=f"{n}" * 64)) for n in range(6)]
    leaves = [leaf_hash(one) for one in (*others[:3], entry, *others[3:])]
    text = checkpoint_text(changed.get("origin", LOG), 7, root(leaves))
    note = signed_note(text, changed.get("origin", LOG), changed.get("key", KEY), public_of(changed.get("key", KEY)))
    for name, key, seconds in zip(NAMES, WITNESSES, times, strict=False):
        if seconds is not None:
            note += signature_line(text, name, key, public_of(key), seconds)
    return "the proof", proof_text(changed.get("index", 3), inclusion_proof(leaves, 3), note, entry).encode()


def facts(given: tuple[str, bytes] | None, now: datetime | None = None, **roles: Any) -> LogFacts:
    log, witnesses = roles.get("log", LOG_ROLE), roles.get("witnesses", WITNESS_ROLE)
    return log_facts(REPORT, given, log, witnesses, now, SKEW, roles.get("file", FILE))


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def test_without_a_proof_only_its_own_clock_speaks():
    assert facts(None).facts.level == "stated"


def test_a_log_alone_shows_that_it_is_there_and_not_when():
    found = facts(proof(), witnesses=None)
    assert (found.facts.level, found.proven_before, found.facts.findings) == ("logged", None, ())


@pytest.mark.parametrize(
    ("times", "before"),
    [
        ((T, T + 60), T + 60),
        ((T + 60, T), T + 60),
        ((T, T + 60, T + 120), T + 60),
        # One of three may lie: it can neither make it older than an honest one saw it, nor much younger.
        ((0, T + 60, T + 120), T + 60),
        ((T, T + 60, 2**62), T + 60),
    ],
)
def test_enough_witnesses_show_before_when(times: tuple[int, ...], before: int):
    found = facts(proof(FILE, times))
    assert (found.facts.level, found.proven_before) == ("witnessed", at(before))
    assert found.facts.findings == ()


@pytest.mark.parametrize(("given", "level"), [(proof(times=(T, T)), "witnessed"), (proof(), "logged")])
def test_an_entry_of_what_was_signed_says_nothing_of_when_it_was_signed(given: tuple[str, bytes], level: str):
    """Who has the payload can log it before anybody has signed it; only the file shows that signatures were there."""
    for file in (FILE, None):
        found = facts(given, file=file)
        assert (found.facts.level, found.proven_before) == (level, None)


def flipped(given: tuple[str, bytes], old: bytes, new: bytes) -> tuple[str, bytes]:
    assert old in given[1]
    return given[0], given[1].replace(old, new)


def bad_signature() -> tuple[str, bytes]:
    """The checkpoint of the log with a witness's signature of another one."""
    good = proof(times=(T, T))[1].decode()
    other = proof("b" * 64, times=(T,))[1].decode().splitlines()[-1]
    return "the proof", (good + other + "\n").encode()


def without_extra() -> tuple[str, bytes]:
    return "the proof", b"\n".join(line for line in proof()[1].split(b"\n") if not line.startswith(b"extra "))


RAISED: list[tuple[str, Any, datetime | None, str]] = [
    ("log-proof-invalid", proof(index=2), None, BROKEN),
    ("log-proof-of-another", proof("b" * 64), None, "stated"),
    ("log-proof-of-another", without_extra(), None, "stated"),
    ("log-proof-of-another", proof(kind="decision", times=(T, T)), None, "stated"),
    ("log-signature-bad", bad_signature(), None, BROKEN),
    ("log-unknown", proof(key=new_private_key("ed25519")), None, "stated"),
    ("log-unknown", proof(origin="example.com/other", times=(T, T)), None, "stated"),
    ("witnesses-too-few", proof(times=(T,)), None, "logged"),
    ("witnesses-too-few", proof(), None, "logged"),
    ("witness-time-ahead", proof(times=(T, T, T + 601)), at(T + 300), "witnessed"),
    ("witness-time-ahead", proof(times=(T, T + 601)), at(T + 300), "logged"),
]


@pytest.mark.parametrize(("code", "given", "now", "level"), RAISED)
def test_what_is_wrong_with_a_proof_is_found(code: str, given: tuple[str, bytes], now: datetime | None, level: str):
    found = facts(given, now).facts
    assert code in {finding.code for finding in found.findings}
    assert found.level == level
    assert (CATALOGUE[code].effect is Effect.VOIDS) == (level == BROKEN)
    assert level == BROKEN or level in LEVELS["time"]


def test_every_finding_about_logs_is_raised_here():
    assert {code for code, _, _, _ in RAISED} == set(LOG_CATALOGUE)


def test_a_clock_is_only_asked_where_one_is_given_and_says_when_it_would_answer_otherwise():
    late = proof(times=(T, T + 601))
    assert facts(late).facts.level == "witnessed"
    assert facts(late, at(T + 301)).facts.level == "witnessed"
    found = facts(late, at(T + 300)).facts
    # Each witness's time is ahead of the clocks before it, less what clocks may differ.
    assert found.turns_at == facts(late).facts.turns_at == (at(T - 300), at(T + 301))


def test_a_key_under_two_names_is_one_and_is_refused():
    (first, *_), key = WITNESS_ROLE.verifier_keys, public_of(WITNESSES[0])
    twice = LogRole(verifier_keys=(first, verifier_text("another.example/w", key, COSIGNATURE)), quorum=2)
    with pytest.raises(UnreadableInput, match="again"):
        keys_of(twice, witnesses=True)
    own = LogRole(verifier_keys=(verifier_text("w.example", public_of(KEY), COSIGNATURE),))
    with pytest.raises(UnreadableInput, match="the log's too"):
        facts(proof(), witnesses=own)
    with pytest.raises(UnreadableInput, match="signs with a time"):
        keys_of(LOG_ROLE, witnesses=True)


def test_the_entry_beside_a_proof_is_read_strictly():
    twice = json.dumps({"schema": "ledger-event/1"}).encode()[:-1] + b',"schema":"ledger-event/1"}'
    note = proof()[1].decode().split("\n\n", 1)[1]
    with pytest.raises(UnreadableInput):
        facts(("the proof", proof_text(3, [], note, twice).encode()))

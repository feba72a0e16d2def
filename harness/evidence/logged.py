"""Whether a report stands in a log that is trusted, which witnesses saw it there, and before what time it was there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from harness.codec.documents import from_json
from harness.errors import Fault, UnreadableInput
from harness.evidence.keys import UnusableKey
from harness.evidence.ledger_entry import entry_bytes
from harness.evidence.signed_note import COSIGNATURE, VerifierKey, verifier_key
from harness.evidence.tlog_proof import LogProof, read_proof
from harness.model.aspects import BROKEN, AspectFacts
from harness.model.finding import Finding
from harness.model.ledger_event import LedgerEvent, LoggedDocument
from harness.model.trust_root import LogRole

_STATED, _LOGGED, _WITNESSED = "stated", "logged", "witnessed"
# A witness may write any 63 bits; a calendar ends here.
_LATEST = datetime(9999, 1, 1, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class LogFacts:
    """What a proof shows.

    Attributes:
        facts: The aspect of time.
        proven_before: When enough witnesses say that the report was there; None where they do not.
    """

    facts: AspectFacts
    proven_before: datetime | None


def keys_of(role: LogRole | None, *, witnesses: bool = False) -> tuple[VerifierKey, ...]:
    """Return the keys of a role of the trust root.

    Args:
        role: The role.
        witnesses: Whether they are those of witnesses, whose signatures carry a time.

    Raises:
        UnreadableInput: One is no key, or not of the right type, or two are the same key under two names: the quorum
            counts keys and no names.
    """
    place = "witnesses" if witnesses else "log"
    found: dict[str, VerifierKey] = {}
    for n, text in enumerate(role.verifier_keys if role else ()):
        where = f"{place}.verifier_keys[{n}]"
        try:
            key = verifier_key(text)
        except UnusableKey as error:
            raise _unreadable(where, f"{error}", "a verifier key") from None
        if witnesses and key.kind != COSIGNATURE:
            raise _unreadable(where, "a key of another type", "a key of a witness, which signs with a time")
        if key.key.key_id in found:
            raise _unreadable(where, f"the key of {found[key.key.key_id].name} again", "each key once")
        found[key.key.key_id] = key
    return tuple(found.values())


def _unreadable(where: str, got: str, need: str) -> UnreadableInput:
    return UnreadableInput("the trust root", (Fault(where=where, got=got, need=need),))


def log_facts(
    payload_sha256: str,
    proof: tuple[str, bytes] | None,
    log: LogRole | None,
    witnesses: LogRole | None,
    now: datetime | None,
    skew: timedelta,
    file_sha256: str | None = None,
) -> LogFacts:
    """Return how well the time of a report is assured.

    The time by which it was there is that of the quorum's latest among the earliest: of as many witnesses as are
    needed, ordered by their times, the last. Fewer than a quorum of them may lie; so among these at least one is
    honest, and it saw the report no later than this time. A later one would prove less, an earlier one could be a lie.

    Args:
        payload_sha256: Digest of the report as it was signed.
        proof: Name and bytes of a C2SP tlog-proof that brings its entry along; None where there is none.
        log: Keys of the logs that are trusted.
        witnesses: Keys of the witnesses that are trusted, and how many must have signed.
        now: The clock; without one, times of witnesses are not held against any.
        skew: By how much clocks may differ.
        file_sha256: Digest of the file with its signatures. An entry that names this one proves that they were there;
            one that names what was signed alone could have been made before anybody signed.

    Raises:
        UnreadableInput: The proof cannot be read, or a key of the trust root is none.
    """
    if proof is None:
        return _facts(_STATED, "by its own clock; no proof from a log")
    source, data = proof
    log_keys, witness_keys = keys_of(log), keys_of(witnesses, witnesses=True)
    both = {key.key.key_id for key in log_keys} & {key.key.key_id for key in witness_keys}
    if both:
        raise _unreadable("witnesses.verifier_keys", "a key that is the log's too", "witnesses other than the log")
    found = read_proof(data, source, [*log_keys, *witness_keys])
    named, wrong = _named(found, source)
    if wrong is not None:
        return _facts(BROKEN, wrong.got, (wrong,))
    if named is None or named not in (payload_sha256, file_sha256):
        need = f"a report with the digest {(file_sha256 or payload_sha256)[:16]}"
        other = Finding(code="log-proof-of-another", where=source, got=f"an entry of {named or 'no report'}", need=need)
        # Whoever hands in the wrong proof has shown nothing, and broken nothing.
        return _facts(_STATED, "by its own clock; the proof is of another entry", (other,))
    assured = _assured(found, source, (log_keys, log), (witness_keys, witnesses), now, skew)
    return assured if named == file_sha256 else replace(assured, proven_before=None)


def _facts(
    level: str,
    says: str,
    findings: tuple[Finding, ...] = (),
    proven_before: datetime | None = None,
    turns_at: tuple[datetime, ...] = (),
) -> LogFacts:
    facts = AspectFacts(aspect="time", level=level, says=says, findings=findings, turns_at=turns_at)
    return LogFacts(facts=facts, proven_before=proven_before)


def _named(found: LogProof, source: str) -> tuple[str | None, Finding | None]:
    """Return the digest of the report that an entry names, and what shows that the proof does not hold."""
    if found.checkpoint.signers.bad:
        got = f"a signature of {found.checkpoint.signers.bad[0]} that does not verify"
        return None, Finding(code="log-signature-bad", where=source, got=got, need="signatures that verify")
    if found.extra is None:
        return None, None
    event = from_json(LedgerEvent, found.extra, f"{source}, extra")
    if not found.shows(entry_bytes(event)):
        got = f"hashes that do not lead from entry {found.index} to the root of the checkpoint"
        return None, Finding(code="log-proof-invalid", where=source, got=got, need="hashes that do")
    if isinstance(event.event, LoggedDocument) and event.event.kind == "report":
        return event.event.sha256, None
    return None, None


def _assured(
    found: LogProof,
    source: str,
    log: tuple[Sequence[VerifierKey], LogRole | None],
    witnesses: tuple[Sequence[VerifierKey], LogRole | None],
    now: datetime | None,
    skew: timedelta,
) -> LogFacts:
    point = found.checkpoint
    needed = log[1].quorum if log[1] else 1
    signed = [key for key, _ in point.signers.good if key in log[0] and key.name == point.origin]
    if len(signed) < needed:
        got = f"a checkpoint of {point.origin} that {len(signed)} keys of the trust root signed"
        finding = Finding(code="log-unknown", where=source, got=got, need=f"{needed} keys of a log that is trusted")
        return _facts(_STATED, "by its own clock; the log of its proof is not trusted", (finding,))
    place = f"entry {found.index} of {point.size:,} in {point.origin}"
    if not witnesses[0]:
        return _facts(_LOGGED, place)
    times = [_instant(seconds or 0) for key, seconds in point.signers.good if key in witnesses[0]]
    ahead = [time for time in times if now is not None and time - skew > now]
    usable = sorted(time for time in times if time not in ahead)
    quorum = witnesses[1].quorum if witnesses[1] else 1
    findings = [_ahead(source, time, now) for time in ahead]
    # Each is ahead of clocks before this, whether or not it is ahead of this one.
    turns_at = tuple(time - skew for time in times)
    if len(usable) < quorum:
        got = f"{len(usable)} of {len(witnesses[0])} witnesses"
        findings.append(Finding(code="witnesses-too-few", where=source, got=got, need=f"{quorum} of them"))
        return _facts(_LOGGED, f"{place}; {got}", tuple(findings), None, turns_at)
    before = usable[quorum - 1]
    says = f"{place}, by {len(usable)} of {len(witnesses[0])} witnesses, before {before.isoformat()}"
    return _facts(_WITNESSED, says, tuple(findings), before, turns_at)


def _ahead(source: str, time: datetime, now: datetime | None) -> Finding:
    need = f"{now.isoformat() if now else 'the clock'} or earlier"
    return Finding(code="witness-time-ahead", where=source, got=f"a witness at {time.isoformat()}", need=need)


def _instant(seconds: int) -> datetime:
    return _EPOCH + timedelta(seconds=min(seconds, int((_LATEST - _EPOCH).total_seconds())))

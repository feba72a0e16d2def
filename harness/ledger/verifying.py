"""Proofs verified without the ledger that they come from."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from harness.codec.canonical_base64 import decoded
from harness.codec.documents import from_json
from harness.errors import Fault, UnreadableInput
from harness.evidence.checkpoint import Checkpoint, opened_checkpoint, stated_checkpoint
from harness.evidence.ledger_entry import entry_bytes
from harness.evidence.merkle import HASH_BYTES, verify_consistency
from harness.evidence.signed_note import VerifierKey
from harness.evidence.tlog_proof import read_proof
from harness.model.ledger_event import LedgerEvent

_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """Whether a proof holds, and one line that says so."""

    holds: bool
    says: str


def verified_entry(
    data: bytes, source: str, event: tuple[str, bytes] | None, keys: Sequence[VerifierKey], quorum: int
) -> Answer:
    """Return whether a proof shows that an event stands in the log of the first key.

    Args:
        data: The proof.
        source: Its name.
        event: A file with the event, and its name; without one, what the proof brings along.
        keys: The key of the log, then those of witnesses.
        quorum: How many witnesses must have signed.

    Raises:
        UnreadableInput: The proof or the event cannot be read.
    """
    proof = read_proof(data, source, keys)
    fault = _unsigned(proof.checkpoint, keys, quorum)
    if fault is not None:
        return fault
    if event is not None:
        entry = entry_bytes(from_json(LedgerEvent, event[1], event[0]))
    elif proof.extra is not None:
        entry = entry_bytes(from_json(LedgerEvent, proof.extra, f"{source}, extra"))
    else:
        raise UnreadableInput(source, (Fault(where="extra", got="nothing", need="the event", next="--event FILE"),))
    point = proof.checkpoint
    if not proof.shows(entry):
        return Answer(holds=False, says=f"does not hold: another entry {proof.index} than this, or another tree")
    return Answer(
        holds=True, says=f"holds: entry {proof.index} of {point.size:,} in {point.origin}: {entry.decode('utf-8')}"
    )


def verified_history(
    data: bytes, source: str, old: tuple[str, bytes], keys: Sequence[VerifierKey], quorum: int
) -> Answer:
    """Return whether a proof shows that the log of the first key continues an older checkpoint of it.

    Args:
        data: The proof.
        source: Its name.
        old: The older checkpoint, with its name.
        keys: The key of the log, then those of witnesses.
        quorum: How many witnesses must have signed the newer one.

    Raises:
        UnreadableInput: The proof or a checkpoint cannot be read, or the older one is not signed by the log.
    """
    head, _, note = data.decode("utf-8", errors="replace").partition("\n\n")
    first, *lines = head.split("\n")
    size = _OLD.fullmatch(first)
    hashes = [decoded(line) or b"" for line in lines]
    if size is None or len(lines) > 63 or any(len(one) != HASH_BYTES for one in hashes):
        need = "old and a number, hashes in base64, an empty line, a checkpoint"
        raise UnreadableInput(source, (Fault(where="the proof", got=first[:60], need=need),))
    point = stated_checkpoint(note.encode("utf-8"), source, keys)
    fault = _unsigned(point, keys, quorum)
    if fault is not None:
        return fault
    before = opened_checkpoint(old[1], old[0], keys[:1])
    if int(size[1]) != before.size or not verify_consistency(
        old_size=before.size, old_root=before.root, new_size=point.size, new_root=point.root, proof=hashes
    ):
        return Answer(holds=False, says=f"does not hold: {point.size:,} entries that do not begin with {old[0]}")
    return Answer(holds=True, says=f"holds: {point.size:,} entries of {point.origin} begin with its {before.size:,}")


def _unsigned(point: Checkpoint, keys: Sequence[VerifierKey], quorum: int) -> Answer | None:
    log, *witnesses = keys
    if point.signers.bad:
        return Answer(holds=False, says=f"does not hold: a signature of {point.signers.bad[0]} does not verify")
    good = [key for key, _ in point.signers.good]
    if log not in good or point.origin != log.name:
        return Answer(holds=False, says=f"does not hold: the checkpoint is not signed by {log.name}")
    # Two names for one key are one witness, and the log is none of itself.
    seen = {key.key.key_id for key in good if key in witnesses} - {log.key.key_id}
    if len(seen) < quorum:
        return Answer(holds=False, says=f"does not hold: {len(seen)} witnesses signed; need {quorum}")
    return None

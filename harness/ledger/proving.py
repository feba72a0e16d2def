"""Checkpoints of a ledger, and proofs of its entries against them."""

from harness.codec.canonical_base64 import encoded
from harness.errors import WrongUsage
from harness.evidence.checkpoint import Checkpoint, checkpoint_text, opened_checkpoint
from harness.evidence.keys import PrivateKey, public_of
from harness.evidence.merkle import consistency_proof, inclusion_proof, leaf_hash, root, verify_consistency
from harness.evidence.signed_note import signed_note, verifier_text
from harness.evidence.tlog_proof import proof_text
from harness.ledger.ledger import Ledger
from harness.ledger.store import raw, unreadable


def leaves(ledger: Ledger, size: int) -> list[bytes]:
    """Return the hashes of the first entries, from their bytes."""
    rows = ledger.store.run("SELECT body FROM entry WHERE seq < ? ORDER BY seq", (size,))
    return [leaf_hash(raw(ledger.store, row[0])) for row in rows]


def new_checkpoint(ledger: Ledger, key: PrivateKey) -> str:
    """Sign what the ledger holds now, keep the checkpoint in it, and return it as text.

    A log must never sign two histories: what is signed continues every checkpoint that the ledger keeps.

    Raises:
        UnusableKey: The key is no Ed25519 key.
        WrongUsage: The ledger is signed by another key, or holds nothing.
        UnreadableInput: What it holds does not continue what was signed before, or it cannot be written.
    """
    text = verifier_text(ledger.name, public_of(key))
    if ledger.facts.get("verifier_key", text) != text:
        raise WrongUsage(f"the checkpoints of {ledger.store.place} are signed by another key; need that one")
    with ledger.store.writing():
        size = ledger.frontier().size
        if size == 0:
            raise WrongUsage(f"{ledger.store.place} holds nothing yet; next: harness ledger record")
        if "verifier_key" not in ledger.facts:
            ledger.store.run("INSERT INTO fact VALUES ('verifier_key', ?)", (text,))
            ledger.facts["verifier_key"] = text
        every = leaves(ledger, size)
        if root(every) != ledger.frontier().root():
            got = "other entries than were recorded"
            raise unreadable(ledger.store.place, got, "the same ones", "harness ledger check names what was changed")
        _continues(ledger, every)
        note = signed_note(checkpoint_text(ledger.name, size, root(every)), ledger.name, key, public_of(key))
        ledger.store.run("DELETE FROM checkpoint WHERE size = ?", (size,))
        ledger.store.run("INSERT INTO checkpoint VALUES (?, ?)", (size, note))
    return note


def _continues(ledger: Ledger, every: list[bytes]) -> None:
    """Refuse to sign what does not continue the last checkpoint."""
    kept = _kept(ledger)
    if kept is None:
        return
    last = kept[0]
    if last.size > len(every):
        raise unreadable(ledger.store.place, f"{len(every):,} entries", f"{last.size:,}, as were signed before")
    proof = consistency_proof(every, last.size)
    if not verify_consistency(
        old_size=last.size, old_root=last.root, new_size=len(every), new_root=root(every), proof=proof
    ):
        got = f"other entries than were signed in the checkpoint of {last.size:,}"
        raise unreadable(ledger.store.place, got, "the same ones", "harness ledger check names what was changed")


def _kept(ledger: Ledger, least: int = 0) -> tuple[Checkpoint, str] | None:
    """Return the latest checkpoint that the ledger keeps, of at least a size, and its text."""
    rows = ledger.store.run("SELECT note FROM checkpoint WHERE size >= ? ORDER BY size DESC LIMIT 1", (least,))
    if not rows:
        return None
    note = str(rows[0][0])
    source = f"{ledger.store.place}, a checkpoint"
    return opened_checkpoint(note.encode(), source, ledger.verifier_keys()), note


def entry_proof(ledger: Ledger, seq: int, outside: tuple[str, bytes] | None = None) -> str:
    """Return the proof that an entry stands in the log, with the entry itself as what comes along.

    Args:
        ledger: The ledger.
        seq: Number of the entry.
        outside: A checkpoint to prove against, such as one that witnesses signed; the latest one that is kept where
            none is given.

    Raises:
        WrongUsage: There is no such entry, or no checkpoint that has it.
        UnreadableInput: The checkpoint is none of this log, or not of these entries.
    """
    with ledger.store.reading():
        point, note = _against(ledger, seq + 1, outside)
        body = ledger.store.run("SELECT body FROM entry WHERE seq = ?", (seq,))
        if not body:
            raise WrongUsage(f"no entry {seq}; there are {ledger.frontier().size:,}, from 0")
        every = leaves(ledger, point.size)
    _same(ledger, every, point)
    return proof_text(seq, inclusion_proof(every, seq), note, raw(ledger.store, body[0][0]))


def history_proof(ledger: Ledger, old: int, outside: tuple[str, bytes] | None = None) -> str:
    """Return the proof that the log continues what it was: the text that a log sends to a witness.

    Raises:
        WrongUsage: There is no checkpoint of more entries.
        UnreadableInput: The checkpoint is none of this log, or not of these entries.

    Source:
        C2SP tlog-witness, add-checkpoint: the old size, the hashes, an empty line, the new checkpoint.
    """
    with ledger.store.reading():
        point, note = _against(ledger, old, outside)
        every = leaves(ledger, point.size)
    _same(ledger, every, point)
    if old < 1:
        raise WrongUsage("got 0 entries; need 1 or more: every history continues an empty one")
    return "\n".join([f"old {old}", *map(encoded, consistency_proof(every, old)), "", note])


def _against(ledger: Ledger, least: int, outside: tuple[str, bytes] | None) -> tuple[Checkpoint, str]:
    if outside is not None:
        point = opened_checkpoint(outside[1], outside[0], ledger.verifier_keys())
        note = outside[1].decode("utf-8")
    else:
        kept = _kept(ledger, least)
        if kept is None:
            raise WrongUsage(f"no checkpoint of {least:,} entries or more; next: harness ledger checkpoint")
        point, note = kept
    if point.size < least:
        raise WrongUsage(f"the checkpoint has {point.size:,} entries; need {least:,} or more")
    return point, note


def _same(ledger: Ledger, every: list[bytes], point: Checkpoint) -> None:
    if len(every) != point.size or root(every) != point.root:
        got = f"other entries than those of the checkpoint of {point.size:,}"
        raise unreadable(ledger.store.place, got, "the same ones", "harness ledger check names what was changed")

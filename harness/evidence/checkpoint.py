"""Checkpoints: how many entries a log has, and the root of the tree over them, signed by the log."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from harness.codec.canonical_base64 import decoded, encoded
from harness.errors import Fault, UnreadableInput
from harness.evidence.merkle import HASH_BYTES
from harness.evidence.signed_note import Note, NoteSigners, VerifierKey, note_signers, read_note

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkpoint:
    """A checkpoint.

    Attributes:
        origin: Name of the log.
        size: Entries.
        root: Root of the tree over them.
        note: The note that it was read from, as it is.
        signers: Which of the keys that were asked for signed it.
    """

    origin: str
    size: int
    root: bytes
    note: Note
    signers: NoteSigners


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    """Return the text that the log signs.

    Source:
        C2SP tlog-checkpoint, Note text.
    """
    return f"{origin}\n{size}\n{encoded(root)}\n"


def stated_checkpoint(data: bytes, source: str, keys: Sequence[VerifierKey] = ()) -> Checkpoint:
    """Return the checkpoint in these bytes, whoever signed it; `signers` says which of the keys did.

    Raises:
        UnreadableInput: It is none; says where.

    Source:
        C2SP tlog-checkpoint. Extension lines are read over; they are signed, and say nothing here.
    """
    note = read_note(data, source)
    lines = note.text[:-1].split("\n")
    root = decoded(lines[2]) if len(lines) >= 3 else None
    if len(lines) < 3 or not all(lines):
        got = f"{len(lines)} lines, some of them empty" if not all(lines) else f"{len(lines)} lines"
        raise _unreadable(source, "the text", got, "origin, size and root, and no empty line")
    if _SIZE.fullmatch(lines[1]) is None:
        raise _unreadable(source, "line 2", lines[1][:40], "a number of entries, without leading zeros")
    if root is None or len(root) != HASH_BYTES or encoded(root) != lines[2]:
        raise _unreadable(source, "line 3", lines[2][:60], "a SHA-256 root in base64")
    signers = note_signers(note, keys)
    return Checkpoint(origin=lines[0], size=int(lines[1]), root=root, note=note, signers=signers)


def opened_checkpoint(data: bytes, source: str, keys: Sequence[VerifierKey]) -> Checkpoint:
    """Return the checkpoint in these bytes, signed by the log: by a key of these that has the name of its origin.

    Raises:
        UnreadableInput: It is none, no such key signed it, or a signature of a known key does not verify.
    """
    found = stated_checkpoint(data, source, keys)
    if found.signers.bad:
        names = ", ".join(sorted(set(found.signers.bad)))
        raise _unreadable(source, "the signatures", f"one of {names} that does not verify", "signatures that do")
    if not any(key.name == found.origin for key, _ in found.signers.good):
        raise _unreadable(source, "the signatures", "none of a known key of the log", f"one of {found.origin}")
    return found


def _unreadable(source: str, where: str, got: str, need: str) -> UnreadableInput:
    return UnreadableInput(source, (Fault(where=where, got=got, need=need),))

"""Proofs that an entry stands in a log, as text that carries all it needs but the keys: C2SP tlog-proof."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from harness.codec.canonical_base64 import decoded, encoded
from harness.errors import Fault, UnreadableInput
from harness.evidence.checkpoint import Checkpoint, stated_checkpoint
from harness.evidence.merkle import HASH_BYTES, leaf_hash, verify_inclusion
from harness.evidence.signed_note import LARGEST_BYTES, VerifierKey

_FIRST = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")
# A tree of 2^63 entries has no longer proof.
_MOST_HASHES = 63


@dataclass(frozen=True, kw_only=True, slots=True)
class LogProof:
    """A proof that was read and not yet believed.

    Attributes:
        extra: What came along, on which nothing rests by itself; None where nothing did.
        index: Number of the entry, from 0.
        hashes: From the leaf's neighbour up.
        checkpoint: The checkpoint, with which of the keys signed it.
    """

    extra: bytes | None
    index: int
    hashes: tuple[bytes, ...]
    checkpoint: Checkpoint

    def shows(self, entry: bytes) -> bool:
        """Return whether this entry stands at this place of the tree of the checkpoint."""
        return verify_inclusion(
            leaf=leaf_hash(entry),
            index=self.index,
            size=self.checkpoint.size,
            proof=self.hashes,
            tree_root=self.checkpoint.root,
        )


def proof_text(index: int, hashes: Sequence[bytes], note: str, extra: bytes | None = None) -> str:
    """Return a proof as text.

    Args:
        index: Number of the entry, from 0.
        hashes: From the leaf's neighbour up.
        note: The checkpoint, as it was signed.
        extra: What else comes along.
    """
    lines = [_FIRST, *([f"extra {encoded(extra)}"] if extra is not None else ()), f"index {index}"]
    return "\n".join([*lines, *map(encoded, hashes), "", note])


def read_proof(data: bytes, source: str, keys: Sequence[VerifierKey]) -> LogProof:
    """Return the proof in these bytes.

    Raises:
        UnreadableInput: It is none; says where.

    Source:
        C2SP tlog-proof, Format.
    """
    if len(data) > LARGEST_BYTES:
        raise _unreadable(source, "the proof", f"{len(data):,} bytes", f"at most {LARGEST_BYTES:,}")
    try:
        head, gap, note = data.decode("utf-8").partition("\n\n")
    except UnicodeDecodeError as error:
        raise _unreadable(source, f"byte {error.start}", "another encoding", "UTF-8") from None
    first, *lines = head.split("\n")
    if first != _FIRST or not gap:
        raise _unreadable(source, "line 1", first[:60], f"{_FIRST}, and a checkpoint after an empty line")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = _bytes(lines.pop(0).removeprefix("extra "), source, "extra")
    index = _INDEX.fullmatch(lines[0]) if lines else None
    if index is None:
        raise _unreadable(source, "the index", (lines or ["nothing"])[0][:60], "index and a number")
    if len(lines) - 1 > _MOST_HASHES:
        raise _unreadable(source, "the hashes", f"{len(lines) - 1:,} of them", f"at most {_MOST_HASHES}")
    hashes = tuple(_bytes(line, source, f"hash {n}", HASH_BYTES) for n, line in enumerate(lines[1:]))
    checkpoint = stated_checkpoint(note.encode("utf-8"), source, keys)
    return LogProof(extra=extra, index=int(index[1]), hashes=hashes, checkpoint=checkpoint)


def _bytes(text: str, source: str, where: str, length: int | None = None) -> bytes:
    raw = decoded(text)
    if raw is None or encoded(raw) != text or (length is not None and len(raw) != length):
        raise _unreadable(source, where, text[:60], f"{length or 'some'} bytes in base64, in its one spelling")
    return raw


def _unreadable(source: str, where: str, got: str, need: str) -> UnreadableInput:
    return UnreadableInput(source, (Fault(where=where, got=got, need=need),))

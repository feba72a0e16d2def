"""Signed notes: a text of lines, and signatures of named keys below it."""

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from harness.codec.canonical_base64 import decoded, encoded
from harness.errors import Fault, UnreadableInput
from harness.evidence.keys import PrivateKey, PublicKey, UnusableKey, public_key, signature_of, verifies

MOST_SIGNATURES = 100
LARGEST_BYTES = 1_000_000
_DASH = "— "
# Signature types: an Ed25519 signature of the text, and one of a witness with the time at which it saw a checkpoint.
PLAIN, COSIGNATURE = 0x01, 0x04
# An Ed25519 key in SubjectPublicKeyInfo is this, then its 32 bytes (RFC 8410).
_SPKI_HEAD = bytes.fromhex("302a300506032b6570032100")


@dataclass(frozen=True, kw_only=True, slots=True)
class VerifierKey:
    """A key by which notes are verified.

    Attributes:
        name: The name that its signatures carry.
        key_id: The four bytes that its signatures begin with.
        kind: PLAIN or COSIGNATURE.
        key: The key.
    """

    name: str
    key_id: bytes
    kind: int
    key: PublicKey = field(repr=False)


def note_key_id(name: str, kind: int, raw: bytes) -> bytes:
    """Return the id of a key: it follows from the name, the type and the key, and tells nothing secret apart.

    Source:
        C2SP signed-note, Signatures.
    """
    return hashlib.sha256(name.encode("utf-8") + b"\n" + bytes([kind]) + raw).digest()[:4]


def verifier_key(text: str) -> VerifierKey:
    """Return the key in the text `name+hash+base64`.

    Raises:
        UnusableKey: It is none, of another type, of low order, or its id does not follow from it.

    Source:
        C2SP signed-note, verifier keys.
    """
    # The base64 may hold a plus sign of its own.
    name, _, rest = text.partition("+")
    hexadecimal, _, material = rest.partition("+")
    raw = _standard(material)
    if not is_key_name(name) or raw is None or len(raw) != 33 or raw[0] not in (PLAIN, COSIGNATURE):
        raise UnusableKey("no verifier key of Ed25519: name+hash+base64")
    if note_key_id(name, raw[0], raw[1:]).hex() != hexadecimal:
        raise UnusableKey(f"the verifier key of {name} has an id that does not follow from it")
    return VerifierKey(
        name=name, key_id=bytes.fromhex(hexadecimal), kind=raw[0], key=public_key(_SPKI_HEAD + raw[1:])
    )  # fmt: skip


def verifier_text(name: str, key: PublicKey, kind: int = PLAIN) -> str:
    """Return the verifier key of a public key under a name.

    Raises:
        UnusableKey: It is no Ed25519 key, or the name cannot be one.
    """
    if key.algorithm != "ed25519":
        raise UnusableKey("a key of another algorithm; notes are signed by Ed25519")
    if not is_key_name(name):
        raise UnusableKey(f"the name {name!r} is empty, or has a space or a plus sign")
    raw = key.spki[len(_SPKI_HEAD) :]
    return f"{name}+{note_key_id(name, kind, raw).hex()}+{encoded(bytes([kind]) + raw)}"


def is_key_name(name: str) -> bool:
    """Return whether a key may have this name: not empty, no space of Unicode, no plus sign, no control character."""
    return (
        bool(name) and "+" not in name and not any(one.isspace() or unicodedata.category(one) == "Cc" for one in name)
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """A note that was read and not yet believed: its text with the last newline, and its signatures.

    Attributes:
        text: What is signed.
        signatures: Of each its name, the id of its key, and its bytes.
    """

    text: str
    signatures: tuple[tuple[str, bytes, bytes], ...]


def read_note(data: bytes, source: str) -> Note:
    """Return the note in these bytes.

    Raises:
        UnreadableInput: It is none; says where.

    Source:
        C2SP signed-note, Format.
    """
    if len(data) > LARGEST_BYTES:
        raise _unreadable(source, "the note", f"{len(data):,} bytes", f"at most {LARGEST_BYTES:,}")
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _unreadable(source, f"byte {error.start}", "another encoding", "UTF-8") from None
    if any(one < " " and one != "\n" for one in whole):
        raise _unreadable(source, "the note", "a control character", "none but newlines")
    text, gap, below = whole.rpartition("\n\n")
    if not gap or not below.endswith("\n"):
        raise _unreadable(source, "the note", "no signatures", "a text, an empty line, and a line for each signature")
    lines = below[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise _unreadable(source, "the signatures", f"{len(lines):,} of them", f"at most {MOST_SIGNATURES}")
    return Note(text=text + "\n", signatures=tuple(_signature(line, n, source) for n, line in enumerate(lines)))


def _signature(line: str, n: int, source: str) -> tuple[str, bytes, bytes]:
    name, space, material = line.removeprefix(_DASH).partition(" ")
    raw = _standard(material)
    if not line.startswith(_DASH) or not space or not is_key_name(name) or raw is None or len(raw) <= 4:
        raise _unreadable(source, f"signature {n}", line[:60], "a dash, the name of a key, and base64")
    return name, raw[:4], raw[4:]


def _standard(text: str) -> bytes | None:
    """Return the bytes of a text in the standard alphabet, which alone is meant here."""
    raw = decoded(text)
    return raw if raw is not None and encoded(raw) == text else None


def _unreadable(source: str, where: str, got: str, need: str) -> UnreadableInput:
    return UnreadableInput(source, (Fault(where=where, got=got, need=need),))


@dataclass(frozen=True, kw_only=True, slots=True)
class NoteSigners:
    """Which keys signed a note.

    Attributes:
        good: Keys whose signature verifies, each once, with the time that a witness states, in seconds since 1970.
        bad: Names of known keys whose signature does not verify; one is enough to refuse the note.
    """

    good: tuple[tuple[VerifierKey, int | None], ...]
    bad: tuple[str, ...]


def note_signers(note: Note, keys: Sequence[VerifierKey]) -> NoteSigners:
    """Return which of these keys signed a note. Signatures of others are ignored, as the format asks.

    Source:
        C2SP signed-note, Signatures; C2SP tlog-cosignature, Ed25519 signed message.
    """
    known: Mapping[tuple[str, bytes], VerifierKey] = {(key.name, key.key_id): key for key in keys}
    good: dict[tuple[str, bytes], tuple[VerifierKey, int | None]] = {}
    bad: list[str] = []
    for name, key_id, signature in note.signatures:
        key = known.get((name, key_id))
        if key is None:
            continue
        message, seconds, plain = _signed(key, note.text, signature)
        if message is None or not verifies(key.key, message, plain):
            bad.append(name)
        elif (name, key_id) not in good:
            good[name, key_id] = (key, seconds)
    return NoteSigners(good=tuple(good.values()), bad=tuple(bad))


def _signed(key: VerifierKey, text: str, signature: bytes) -> tuple[bytes | None, int | None, bytes]:
    """Return what a signature stands over, the time that it states, and the signature itself."""
    if key.kind == PLAIN:
        return (text.encode("utf-8") if len(signature) == 64 else None), None, signature
    seconds = int.from_bytes(signature[:8], "big")
    if len(signature) != 72 or seconds >= 1 << 63:
        return None, None, signature
    return cosigned_message(text, seconds), seconds, signature[8:]


def cosigned_message(text: str, seconds: int) -> bytes:
    """Return what a witness signs.

    Source:
        C2SP tlog-cosignature, Ed25519 signed message.
    """
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def signed_note(text: str, name: str, key: PrivateKey, public: PublicKey, seconds: int | None = None) -> str:
    """Return a text as a note with one signature: a plain one, or with a time that of a witness.

    Args:
        text: Ends in a newline, without an empty line at its end.
        name: Name of the key.
        key: The key that signs.
        public: Its public key.
        seconds: Since 1970.

    Raises:
        UnusableKey: It is no Ed25519 key, or the name cannot be one.
    """
    return f"{text}\n{signature_line(text, name, key, public, seconds)}"


def signature_line(text: str, name: str, key: PrivateKey, public: PublicKey, seconds: int | None = None) -> str:
    """Return one signature of a note, as a line; arguments as for `signed_note`."""
    known = verifier_key(verifier_text(name, public, PLAIN if seconds is None else COSIGNATURE))
    if seconds is None:
        signature = signature_of(key, text.encode("utf-8"))
    else:
        signature = seconds.to_bytes(8, "big") + signature_of(key, cosigned_message(text, seconds))
    return f"{_DASH}{name} {encoded(known.key_id + signature)}\n"

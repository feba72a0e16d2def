"""DSSE v1.0: what is signed is the type and the payload, both as bytes, each with its length."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.codec.canonical_base64 import decoded, encoded
from harness.codec.documents import from_json
from harness.codec.strict_json import ENVELOPE_LIMITS, STATEMENT_LIMITS
from harness.errors import Fault, UnreadableInput
from harness.evidence.keys import PrivateKey, PublicKey, public_of, signature_of, verifies
from harness.model.envelope import MOST_SIGNATURES, Envelope, EnvelopeSignature


def pre_authentication_encoding(payload_type: str, payload: bytes) -> bytes:
    """Return the bytes that a signature stands over.

    Source:
        DSSE v1.0.2, protocol: lengths are those of the bytes, not of the characters.

    >>> pre_authentication_encoding("http://example.com/HelloWorld", b"hello world")
    b'DSSEv1 29 http://example.com/HelloWorld 11 hello world'
    """
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """An envelope that was read and not yet believed.

    Attributes:
        payload_type: As the envelope states it.
        payload: The bytes that were signed.
        signatures: Each with its hint of a key id, and its bytes.
    """

    payload_type: str
    payload: bytes
    signatures: tuple[tuple[str | None, bytes], ...]


def opened(data: bytes, source: str, payload_type: str) -> Opened:
    """Return what an envelope holds, which must be of the type that is asked for.

    Raises:
        UnreadableInput: It is no envelope, or its base64 has another spelling, or it holds another type.
    """
    return unpacked(from_json(Envelope, data, source, ENVELOPE_LIMITS), source, payload_type)


def unpacked(envelope: Envelope, source: str, payload_type: str) -> Opened:
    """Return what an envelope holds that was read as a part of another document.

    Raises:
        UnreadableInput: Its base64 has another spelling, or it holds another type than the one that is asked for.
    """
    if envelope.payload_type != payload_type:
        raise UnreadableInput(source, (Fault(where="payloadType", got=envelope.payload_type, need=payload_type),))
    payload = decoded(envelope.payload)
    signatures = [(one.keyid, decoded(one.sig)) for one in envelope.signatures]
    places = [] if payload is not None else ["payload"]
    places += [f"signatures[{n}].sig" for n, (_, found) in enumerate(signatures) if not found]
    if places or payload is None:
        need = "bytes in base64, in its one spelling"
        raise UnreadableInput(source, tuple(Fault(where=place, got="another text", need=need) for place in places))
    return Opened(
        payload_type=payload_type,
        payload=payload,
        signatures=tuple((hint, found) for hint, found in signatures if found),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Signed:
    """Which signatures of an envelope verify under the keys that were tried.

    Attributes:
        good: Ids of the keys that signed, each once, whatever the hints say.
        bad: Places of signatures that name a key that was tried and do not verify under it.
        unknown: Places of signatures that name no key that was tried, and verify under none.
    """

    good: tuple[str, ...]
    bad: tuple[int, ...]
    unknown: tuple[int, ...]


def signers(envelope: Opened, keys: Mapping[str, PublicKey]) -> Signed:
    """Return which keys signed an envelope. A key counts once, for keys are told apart by what they are.

    Args:
        envelope: The envelope.
        keys: The keys to try, by their ids.
    """
    message = pre_authentication_encoding(envelope.payload_type, envelope.payload)
    good: dict[str, None] = {}
    bad: list[int] = []
    unknown: list[int] = []
    for n, (hint, signature) in enumerate(envelope.signatures):
        named = keys.get(hint or "")
        # The hint saves trying; it decides nothing.
        tried = [*([named] if named else []), *keys.values()]
        found = next((key for key in tried if verifies(key, message, signature)), None)
        if found is not None:
            good[found.key_id] = None
        else:
            (bad if named else unknown).append(n)
    return Signed(good=tuple(good), bad=tuple(bad), unknown=tuple(unknown))


def enveloped(payload: bytes, payload_type: str, keys: Sequence[PrivateKey]) -> bytes:
    """Return a payload in an envelope signed by every key, as the bytes of a file.

    Raises:
        UnreadableInput: It is larger than what is read back.
    """
    if len(payload) > STATEMENT_LIMITS.largest_bytes:
        need = f"at most {STATEMENT_LIMITS.largest_bytes:,} bytes"
        fault = Fault(where="the payload", got=f"{len(payload):,} bytes", need=need)
        raise UnreadableInput("what is to be signed", (fault,))
    message = pre_authentication_encoding(payload_type, payload)
    signatures = tuple(
        EnvelopeSignature(keyid=public_of(key).key_id, sig=encoded(signature_of(key, message))) for key in keys
    )
    return written(Envelope(payload=encoded(payload), payloadType=payload_type, signatures=signatures))


def written(envelope: Envelope) -> bytes:
    """Return an envelope as the bytes of a file."""
    return (envelope.model_dump_json(by_alias=True, exclude_none=True, indent=2) + "\n").encode()


def countersigned(data: bytes, source: str, payload_type: str, keys: Sequence[PrivateKey]) -> bytes:
    """Return an envelope with further signatures; one by a key that signed already takes the place of the old one.

    Raises:
        UnreadableInput: It is no envelope of this type, or would have more signatures than are read.
    """
    before = opened(data, source, payload_type)
    ids = {public_of(key).key_id for key in keys}
    kept = tuple(
        EnvelopeSignature(keyid=hint, sig=encoded(signature))
        for hint, signature in before.signatures
        if hint not in ids
    )
    added = from_json(Envelope, enveloped(before.payload, payload_type, keys), source, ENVELOPE_LIMITS)
    if len(kept) + len(added.signatures) > MOST_SIGNATURES:
        got = f"{len(kept) + len(added.signatures)} signatures"
        raise UnreadableInput(source, (Fault(where="signatures", got=got, need=f"at most {MOST_SIGNATURES}"),))
    return written(added.model_copy(update={"signatures": (*kept, *added.signatures)}))

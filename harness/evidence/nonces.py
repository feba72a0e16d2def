"""The nonces that tie a device's two attestations to a challenge, to a unit, and to what was measured in between."""

import hashlib
from collections.abc import Iterable

CHALLENGE_BYTES = 32


def session_nonce(challenge: bytes, unit_id: str, session_id: str) -> bytes:
    """Return the nonce of the attestation before the measurements.

    It is the SHA-256 of "harness/session/1", a zero byte, the 32 bytes of the challenge, the unit's id, a zero byte and
    the session's id. So an attestation of another unit, session or challenge cannot take its place.

    Args:
        challenge: What was revealed when the session began, 32 bytes.
        unit_id: As the report names the unit, in UTF-8.
        session_id: As the report names the session, in UTF-8.
    """
    return _sha256(b"harness/session/1\0" + challenge + unit_id.encode() + b"\0" + session_id.encode())


def closing_nonce(session: bytes, raw_root: bytes) -> bytes:
    """Return the nonce of the attestation after the measurements.

    It is the SHA-256 of "harness/post/1", a zero byte, the session's nonce and the root of the raw series. So it could
    not be asked for before these were there.
    """
    return _sha256(b"harness/post/1\0" + session + raw_root)


def raw_root(files: Iterable[tuple[str, str]]) -> bytes:
    """Return the root of the raw series: the SHA-256 of lines "<sha256>  <name>\\n", sorted by name, as bytes.

    Args:
        files: Name and SHA-256 (hexadecimal) of each attached file that holds a raw series; each name once.
    """
    return _sha256("".join(f"{digest}  {name}\n" for name, digest in sorted(files)).encode())


def is_committed(challenge: bytes, nonce_sha256: str) -> bool:
    """Return whether a challenge is the one whose digest was stated beforehand."""
    return hashlib.sha256(challenge).hexdigest() == nonce_sha256


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()

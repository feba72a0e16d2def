"""Keys that sign: three algorithms, fixed by the key and never by the message, and no key of low order."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from harness.errors import HarnessError

Algorithm = Literal["ed25519", "ecdsa-p256-sha256", "ecdsa-p384-sha384"]
PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey

_DER, _SPKI = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
_CURVES: dict[str, tuple[Algorithm, Callable[[], hashes.HashAlgorithm]]] = {
    "secp256r1": ("ecdsa-p256-sha256", hashes.SHA256),
    "secp384r1": ("ecdsa-p384-sha384", hashes.SHA384),
}
# Bytes of a signature: 64; or DER of two whole numbers, from the least to those of the curve's length; or both plain.
_LENGTHS: dict[Algorithm, tuple[int, int]] = {
    "ed25519": (64, 64),
    "ecdsa-p256-sha256": (8, 72),
    "ecdsa-p384-sha384": (8, 104),
}
# The field of Curve25519, and the y-coordinates of its points of order 1, 2, 4 and 8.
_P = 2**255 - 19
_ORDER_8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_LOW_ORDER = frozenset({0, 1, _P - 1, _ORDER_8, _P - _ORDER_8})


class UnusableKey(HarnessError):
    """A key that nothing may rest on; says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PublicKey:
    """A key that was found fit to verify with.

    Attributes:
        key_id: SHA-256 of `spki`, lower-case hexadecimal digits.
        algorithm: What it verifies; a message has no say in it.
        spki: SubjectPublicKeyInfo, DER, in the one encoding that it has.
    """

    key_id: str
    algorithm: Algorithm
    spki: bytes
    handle: Any = field(compare=False, repr=False)


def public_key(spki: bytes) -> PublicKey:
    """Return a key from its SubjectPublicKeyInfo (DER).

    Raises:
        UnusableKey: No key, of another algorithm or curve, in another encoding than its own, or of low order: with
            such a key one constant signature verifies every message.

    Source:
        RFC 8032, section 5.1.3; C2SP/CCTV, ed25519: the encodings of the eight points of low order.
    """
    try:
        handle = serialization.load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UnusableKey(f"no public key that can be read: {error}") from None
    if isinstance(handle, ed25519.Ed25519PublicKey):
        algorithm: Algorithm = "ed25519"
        _refuse_weak(handle.public_bytes_raw())
    elif isinstance(handle, ec.EllipticCurvePublicKey) and handle.curve.name in _CURVES:
        algorithm = _CURVES[handle.curve.name][0]
    else:
        raise UnusableKey("a key of another algorithm; there are Ed25519, ECDSA P-256 and ECDSA P-384")
    # Compressed points and explicit curve parameters would give one key several ids.
    if handle.public_bytes(_DER, _SPKI) != spki:
        raise UnusableKey("a key in an encoding that is not its usual one")
    return PublicKey(key_id=hashlib.sha256(spki).hexdigest(), algorithm=algorithm, spki=spki, handle=handle)


def public_key_in_pem(pem: bytes) -> PublicKey:
    """Return the key in a PEM file that holds a SubjectPublicKeyInfo.

    Raises:
        UnusableKey: As `public_key`.
    """
    try:
        found = serialization.load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UnusableKey(f"no public key that can be read: {error}") from None
    return public_key(found.public_bytes(_DER, _SPKI))


def public_pem(key: PublicKey) -> bytes:
    """Return a public key as SubjectPublicKeyInfo in PEM."""
    return bytes(key.handle.public_bytes(serialization.Encoding.PEM, _SPKI))


def _refuse_weak(raw: bytes) -> None:
    y = int.from_bytes(raw, "little") & ((1 << 255) - 1)
    if y >= _P:
        raise UnusableKey("an Ed25519 key whose coordinate is not reduced")
    if y in _LOW_ORDER:
        raise UnusableKey("an Ed25519 key of low order: one signature would verify every message")


def verifies(key: PublicKey, message: bytes, signature: bytes) -> bool:
    """Return whether a signature over the bytes of a message is this key's.

    Args:
        key: The key; it fixes the algorithm.
        message: What was signed, as it is.
        signature: 64 bytes for Ed25519; DER, or r and s of the curve's length side by side, for ECDSA.
    """
    # Trying every key on a signature that none of them can have made would take as long as somebody likes.
    shortest, longest = _LENGTHS[key.algorithm]
    if not shortest <= len(signature) <= longest:
        return False
    try:
        if key.algorithm == "ed25519":
            key.handle.verify(signature, message)
        else:
            key.handle.verify(_as_der(key, signature), message, ec.ECDSA(_hash_of(key.algorithm)))
    except InvalidSignature:
        return False
    return True


def _as_der(key: PublicKey, signature: bytes) -> bytes:
    """Return a signature of plain r and s in DER; the DSSE vector is written so, and DER never has this length."""
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    length = (key.handle.curve.key_size + 7) // 8
    if len(signature) != 2 * length or (signature[:1] == b"\x30" and _is_der(signature)):
        return signature
    r, s = (int.from_bytes(part, "big") for part in (signature[:length], signature[length:]))
    return encode_dss_signature(r, s)


def _is_der(signature: bytes) -> bool:
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    try:
        decode_dss_signature(signature)
    except ValueError:
        return False
    return True


@cache
def _hash_of(algorithm: Algorithm) -> hashes.HashAlgorithm:
    return next(made() for name, made in _CURVES.values() if name == algorithm)


# --- Private keys ---------------------------------------------------------------------------------------------------


def new_private_key(algorithm: Algorithm) -> PrivateKey:
    """Return a new key."""
    if algorithm == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    return ec.generate_private_key(ec.SECP256R1() if algorithm == "ecdsa-p256-sha256" else ec.SECP384R1())


def private_pem(key: PrivateKey, passphrase: bytes | None = None) -> bytes:
    """Return a private key as PKCS #8 in PEM, encrypted where there is a passphrase."""
    protection = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protection)


def private_key(pem: bytes, passphrase: bytes | None = None) -> PrivateKey:
    """Return the private key in a PEM file.

    Raises:
        UnusableKey: No private key of one of the three algorithms, or encrypted under another passphrase.
    """
    try:
        found = serialization.load_pem_private_key(pem, passphrase)
    except TypeError:
        why = "it is encrypted; a passphrase is needed" if passphrase is None else "it is not encrypted"
        raise UnusableKey(why) from None
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UnusableKey(f"no private key that can be read: {error}") from None
    if not isinstance(found, ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey):
        raise UnusableKey("a private key of another algorithm; there are Ed25519, ECDSA P-256 and ECDSA P-384")
    public_of(found)
    return found


def public_of(key: PrivateKey) -> PublicKey:
    """Return the public key of a private one.

    Raises:
        UnusableKey: It is on another curve.
    """
    return public_key(key.public_key().public_bytes(_DER, _SPKI))


def signature_of(key: PrivateKey, message: bytes) -> bytes:
    """Return the signature of the bytes of a message: 64 bytes for Ed25519, DER for ECDSA."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(message)
    return key.sign(message, ec.ECDSA(_hash_of(public_of(key).algorithm)))

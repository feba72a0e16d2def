"""The certificates of a device, from the key that signed its report to the pinned root of its maker."""

import hashlib
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID, ObjectIdentifier, SignatureAlgorithmOID

from harness.codec.canonical_base64 import decoded
from harness.errors import Fault, HarnessError, UnreadableInput
from harness.evidence.keys import PublicKey, UnusableKey, public_key

# The key that signs, the device that vouches for it, and the root are the least there can be.
_FEWEST, _MOST = 3, 10
LARGEST_CHAIN_BYTES = 64 * 1024
_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----\n((?:[A-Za-z0-9+/=]{1,76}\n)+)-----END CERTIFICATE-----(?:\n|\Z)")
_SIGNATURES = {
    "ecdsa-p256-sha256": SignatureAlgorithmOID.ECDSA_WITH_SHA256,
    "ecdsa-p384-sha384": SignatureAlgorithmOID.ECDSA_WITH_SHA384,
}
_UNDERSTOOD = (x509.BasicConstraints, x509.KeyUsage)
_NO_END = 9999  # RFC 5280, section 4.1.2.5: a certificate without a well-defined end says the last second of this year.
_FIRMWARE = ObjectIdentifier("2.23.133.5.4.1")
# The end of that extension: the object id of SHA-384, and an octet string of 48 bytes.
_FIRMWARE_DIGEST = bytes.fromhex("06096086480165030402020430")
_DEVICE_INFO = ObjectIdentifier("1.3.6.1.4.1.412.274.1")
# What the reader raises, and warns of, where bytes are no certificate that it knows.
_UNREADABLE = (
    ValueError,
    TypeError,
    Warning,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)


class BrokenChain(HarnessError):
    """A chain of certificates that reads and does not hold; the fault says where."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(str(fault))


@dataclass(frozen=True, kw_only=True, slots=True)
class CertificateChain:
    """A chain whose every link holds, up to a root that somebody else must vouch for.

    Attributes:
        signing_key: The key of the first certificate: an alias for the device with its firmware.
        signing_serial: Serial number of the first certificate, hexadecimal: what attestation tokens call `ueid`.
        device_key: The key of the second certificate: the device itself, whatever its firmware.
        device_serial: Serial number that the second certificate gives its subject.
        device_name: What the second certificate calls the device.
        device_info: Maker, product and serial number as the first certificate has them (DMTF), where it does.
        firmware_sha384: Digest of the firmware that the first certificate was issued to, where it has one.
        root_sha256: SHA-256 of the last certificate.
        turns_at: Instants before or after which a certificate of the chain is not valid.
    """

    signing_key: PublicKey
    signing_serial: str
    device_key: PublicKey
    device_serial: str | None
    device_name: str | None
    device_info: str | None
    firmware_sha384: str | None
    root_sha256: str
    turns_at: tuple[datetime, ...]


def certificates(pem: bytes, source: str) -> tuple[bytes, ...]:
    """Return the certificates of a PEM file, DER, in its order.

    Nothing but certificates may stand in it, and their base64 has its one spelling, so that no bit can be changed
    unseen.

    Raises:
        UnreadableInput: It is something else, too large, or holds the same certificate twice.
    """
    if len(pem) > LARGEST_CHAIN_BYTES:
        raise _refusal(source, "the file", f"{len(pem):,} bytes", f"at most {LARGEST_CHAIN_BYTES:,}")
    found: list[bytes] = []
    at, text = 0, pem.replace(b"\r\n", b"\n")
    while block := _PEM.match(text, at):
        der = decoded(block[1].replace(b"\n", b"").decode("ascii"))
        if der is None:
            raise _refusal(source, _place(len(found)), "another text", "base64, in its one spelling")
        if der in found:
            raise _refusal(source, _place(len(found)), f"certificate {found.index(der) + 1} again", "each once")
        found.append(der)
        at = block.end()
    if at != len(text) or not found:
        need = "PEM certificates, and nothing else"
        raise _refusal(source, _place(len(found)), "another text" if at != len(text) else "nothing", need)
    return tuple(found)


def chain_of(ders: tuple[bytes, ...], source: str, now: datetime | None) -> CertificateChain:
    """Return what a chain of certificates vouches for. That its root is the maker's is for the caller to check.

    Args:
        ders: The certificates, DER: of the signing key, of the device, and on to the root.
        source: What messages call the chain.
        now: When it must be valid; None compares no date.

    Raises:
        UnreadableInput: One of them is no certificate.
        BrokenChain: The chain does not hold: a signature, a name, a right to sign, a date, a key of another kind.

    Source:
        RFC 5280, sections 4.2.1.3, 4.2.1.9 and 6.1; TCG DICE attestation architecture: the second certificate is that
        of the device, and the first changes with its firmware.
    """
    if not _FEWEST <= len(ders) <= _MOST:
        raise _broken("the chain", f"{len(ders)} certificates", f"{_FEWEST} to {_MOST}, the root among them")
    chain = [_loaded(der, source, n) for n, der in enumerate(ders)]
    keys = [_key_of(one, n) for n, one in enumerate(chain)]
    for n, (child, issuer) in enumerate(pairwise(ders)):
        if not _is_issued_by(child, issuer):
            raise _broken(_place(n), "no signature of the next one", "each issued by the one behind it")
    for n, (one, issuer_key) in enumerate(zip(chain, [*keys[1:], keys[-1]], strict=True)):
        if one.signature_algorithm_oid != _SIGNATURES[issuer_key.algorithm]:
            raise _broken(_place(n), "a signature by another algorithm", "ECDSA with the hash of its curve")
        _check_rights(one, n)
        _check_date(one, n, now)
    if keys[0].algorithm != "ecdsa-p384-sha384":
        raise _broken(_place(0), "a key on another curve", "P-384, which reports are signed with")
    return CertificateChain(
        signing_key=keys[0],
        signing_serial=f"{chain[0].serial_number:x}",
        device_key=keys[1],
        device_serial=_named(chain[1], NameOID.SERIAL_NUMBER),
        device_name=_named(chain[1], NameOID.COMMON_NAME),
        device_info=_device_info(chain[0]),
        firmware_sha384=_firmware(chain[0]),
        root_sha256=hashlib.sha256(ders[-1]).hexdigest(),
        turns_at=tuple(sorted({at for one in chain for at in _dates(one)})),
    )


def _loaded(der: bytes, source: str, n: int) -> x509.Certificate:
    """Return a certificate, its extensions read; what the reader only warns of is refused."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = x509.load_der_x509_certificate(der)
            _ = found.extensions, found.subject, found.signature_algorithm_oid, found.version
            _ = found.not_valid_before_utc, found.not_valid_after_utc, found.serial_number
    except _UNREADABLE:
        raise _refusal(source, _place(n), "other bytes", "a certificate (X.509, DER)") from None
    except x509.InvalidVersion:
        raise _refusal(source, _place(n), "another version", "a certificate of version 3") from None
    if found.version is not x509.Version.v3:
        raise _refusal(source, _place(n), "another version", "a certificate of version 3")
    # The reader passes over a count of unused bits before the signature, which stands under no signature itself.
    if not der.endswith(b"\0" + found.signature):
        raise _refusal(source, _place(n), "a signature with bits left over", "a signature of whole bytes")
    return found


def _key_of(certificate: x509.Certificate, n: int) -> PublicKey:
    try:
        spki = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        # A key in another encoding than its usual one would give one device several identities.
        found = public_key(spki) if spki in certificate.tbs_certificate_bytes else None
    except (ValueError, UnsupportedAlgorithm, UnusableKey):
        found = None
    if found is None or found.algorithm not in _SIGNATURES:
        raise _broken(_place(n), "another key", "an ECDSA key on P-384 or P-256")
    return found


@lru_cache(maxsize=256)
def _is_issued_by(child: bytes, issuer: bytes) -> bool:
    """Return whether names and signature link two certificates. Devices share their upper ones, hence the memory."""
    try:
        x509.load_der_x509_certificate(child).verify_directly_issued_by(x509.load_der_x509_certificate(issuer))
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _check_rights(certificate: x509.Certificate, n: int) -> None:
    """The first signs reports and no certificate; every other signs certificates, of no more below it than it may."""
    constraints = usage = None
    for extension in certificate.extensions:
        if isinstance(extension.value, x509.BasicConstraints):
            constraints = extension.value
        elif isinstance(extension.value, x509.KeyUsage):
            usage = extension.value
        if extension.critical and not isinstance(extension.value, _UNDERSTOOD):
            raise _broken(_place(n), f"critical extension {extension.oid.dotted_string}", "none unknown")
    if n == 0:
        if (constraints and constraints.ca) or (usage and not usage.digital_signature):
            raise _broken(_place(n), "a certificate for other uses", "one whose key signs reports")
        return
    if constraints is None or not constraints.ca or (usage and not usage.key_cert_sign):
        raise _broken(_place(n), "a certificate for other uses", "one whose key signs certificates")
    # Below it stand n certificates, of which the first is no issuer.
    if constraints.path_length is not None and constraints.path_length < n - 1:
        need = f"at most {constraints.path_length}, as it says"
        raise _broken(_place(n), f"{n - 1} issuers below it", need)


def _dates(certificate: x509.Certificate) -> Iterator[datetime]:
    yield certificate.not_valid_before_utc
    if certificate.not_valid_after_utc.year < _NO_END:
        yield certificate.not_valid_after_utc


def _check_date(certificate: x509.Certificate, n: int, now: datetime | None) -> None:
    start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if now is not None and not start <= now <= end:
        need = f"valid from {start.isoformat()} to {end.isoformat()}"
        raise _broken(_place(n), now.isoformat(), need)


def _named(certificate: x509.Certificate, oid: ObjectIdentifier) -> str | None:
    found = certificate.subject.get_attributes_for_oid(oid)
    return str(found[0].value) if len(found) == 1 else None


def _device_info(certificate: x509.Certificate) -> str | None:
    """Return maker:product:serial, which SPDM puts among the alternative names as a UTF8String."""
    for extension in certificate.extensions:
        if isinstance(extension.value, x509.SubjectAlternativeName):
            for name in extension.value:
                if isinstance(name, x509.OtherName) and name.type_id == _DEVICE_INFO:
                    return _utf8_string(name.value)
    return None


def _utf8_string(der: bytes) -> str | None:
    if len(der) < 2 or der[0] != 0x0C or der[1] != len(der) - 2 or der[1] >= 0x80:
        return None
    text = der[2:].decode("utf-8", errors="replace")
    return text if text.isprintable() else None


def _firmware(certificate: x509.Certificate) -> str | None:
    for extension in certificate.extensions:
        if extension.oid == _FIRMWARE and isinstance(extension.value, x509.UnrecognizedExtension):
            head, digest = extension.value.value[:-48], extension.value.value[-48:]
            return digest.hex() if head.endswith(_FIRMWARE_DIGEST) else None
    return None


def _place(n: int) -> str:
    return f"certificate {n + 1}"


def _refusal(source: str, where: str, got: str, need: str) -> UnreadableInput:
    return UnreadableInput(source, (Fault(where=where, got=got, need=need),))


def _broken(where: str, got: str, need: str) -> BrokenChain:
    return BrokenChain(Fault(where=where, got=got, need=need))

"""A device made of throw-away keys: a chain of certificates as makers issue them, and reports that it signs."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID, ObjectIdentifier

START, NO_END = datetime(2020, 10, 17, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
NAMES = ("Made FMC", "Made BROM", "Made Provisioner", "Made Identity", "Made Device Root")
ISSUER = x509.BasicConstraints(ca=True, path_length=None)
Change = Callable[["Certificate"], object]


def p384(seed: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(hashlib.sha256(seed.encode()).digest(), "big"), ec.SECP384R1())


def usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=signs_certificates, crl_sign=signs_certificates,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


def named(name: str, serial: str | None) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, name)]
    if serial is not None:
        parts.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, serial))
    return x509.Name(parts)


@dataclass
class Certificate:
    """What one certificate is made of; a test changes a part before it is signed."""

    subject: x509.Name
    issuer: x509.Name
    key: Any
    signed_by: Any
    constraints: x509.BasicConstraints | None
    usage: x509.KeyUsage | None
    number: int
    start: datetime = START
    end: datetime = NO_END
    hash_algorithm: Any = None
    others: list[tuple[x509.ExtensionType, bool]] = field(default_factory=list)

    def der(self) -> bytes:
        builder = (
            x509.CertificateBuilder().subject_name(self.subject).issuer_name(self.issuer)
            .public_key(self.key.public_key()).serial_number(self.number)
            .not_valid_before(self.start).not_valid_after(self.end)
        )  # fmt: skip
        if self.constraints is not None:
            builder = builder.add_extension(self.constraints, critical=True)
        if self.usage is not None:
            builder = builder.add_extension(self.usage, critical=True)
        for extension, critical in self.others:
            builder = builder.add_extension(extension, critical=critical)
        # The same parts give the same bytes, so that the digest of a root is known beforehand.
        chosen = {"ecdsa_deterministic": True} if isinstance(self.signed_by, ec.EllipticCurvePrivateKey) else {}
        return builder.sign(self.signed_by, self.hash_algorithm or hashes.SHA384(), **chosen).public_bytes(Encoding.DER)


def firmware_extension(digest: bytes) -> x509.UnrecognizedExtension:
    """The extension that names the firmware of a signing certificate, ended as devices end it."""
    value = bytes.fromhex("303d06096086480165030402020430") + digest
    return x509.UnrecognizedExtension(ObjectIdentifier("2.23.133.5.4.1"), value)


@dataclass
class Device:
    """A device with its keys; `firmware` is what its report and its certificate name."""

    seed: str = "device"
    firmware: bytes = bytes(range(48))
    root: str = "root"

    def keys(self) -> list[ec.EllipticCurvePrivateKey]:
        shared = [p384(f"{self.root} {name}") for name in NAMES[2:]]
        return [p384(f"{self.seed} leaf {self.firmware.hex()}"), p384(f"{self.seed} device"), *shared]

    def certificates(self, changes: dict[int, Change] | None = None) -> list[bytes]:
        """Return the chain, DER; each of the changes falls on the certificate of its index before it is signed."""
        keys = self.keys()
        serials = [f"{self.seed}-fmc", f"{self.seed}-serial", None, None, None]
        subjects = [named(name, serial) for name, serial in zip(NAMES, serials, strict=True)]
        info = x509.OtherName(ObjectIdentifier("1.3.6.1.4.1.412.274.1"), b"\x0c\x0eMADE:CHIP:0001")
        made = []
        for n, key in enumerate(keys):
            above = min(n + 1, len(keys) - 1)
            made.append(
                Certificate(
                    subject=subjects[n], issuer=subjects[above], key=key, signed_by=keys[above],
                    constraints=None if n == 0 else ISSUER, usage=usage(signs_certificates=n > 0), number=n + 1,
                    others=[(x509.SubjectAlternativeName([info]), False), (firmware_extension(self.firmware), False)]
                    if n == 0 else [],
                )
            )  # fmt: skip
        for n, change in (changes or {}).items():
            change(made[n])
        return [one.der() for one in made]

    def chain(self, changes: dict[int, Change] | None = None) -> bytes:
        return pem(self.certificates(changes))

    def roots(self) -> dict[str, list[str]]:
        return {"made": [hashlib.sha256(self.certificates()[-1]).hexdigest()]}

    def key_sha256(self) -> str:
        spki = self.keys()[1].public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return hashlib.sha256(spki).hexdigest()

    def report(self, nonce: bytes, key: Any = None, **parts: Any) -> bytes:
        """Return a signed report."""
        message = message_of(nonce, **{"firmware": self.firmware, **parts})
        algorithm = ec.ECDSA(hashes.SHA384(), deterministic_signing=True)
        r, s = decode_dss_signature((key or self.keys()[0]).sign(message, algorithm))
        return message + r.to_bytes(48, "big") + s.to_bytes(48, "big")


def pem(ders: Sequence[bytes]) -> bytes:
    return b"".join(x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM) for der in ders)


def small(number: int, size: int) -> bytes:
    return number.to_bytes(size, "little")


def block(index: int, value: bytes, kind: int = 1) -> bytes:
    inner = small(kind, 1) + small(len(value), 2) + value
    return small(index, 1) + b"\x01" + small(len(inner), 2) + inner


def opaque(kind: int, value: bytes) -> bytes:
    return small(kind, 2) + small(len(value), 2) + value


def message_of(
    nonce: bytes,
    *,
    firmware: bytes = b"",
    record: bytes | None = None,
    count: int | None = None,
    fields: bytes | None = None,
    request: bytes | None = None,
    head: bytes = b"\x11\x60\x00\x00",
) -> bytes:
    """Return request and answer without the signature, laid out as DMTF DSP0274 1.1 does."""
    if record is None:
        record = block(1, bytes(48)) + block(2, b"\x5a" * 48) + block(7, b"\x01\x02\x03", kind=0x81)
        count = 3 if count is None else count
    if fields is None:
        fields = opaque(3, b"123.45.06\0") + opaque(6, bytes.fromhex("009f009601000000")) + opaque(99, b"\xff")
        fields += opaque(20, firmware) if firmware else b""
    asked = request if request is not None else b"\x11\xe0\x01\xff" + nonce + b"\x00"
    answer = head + small(count or 0, 1) + small(len(record), 3) + record + b"\xaa" * 32
    return asked + answer + small(len(fields), 2) + fields

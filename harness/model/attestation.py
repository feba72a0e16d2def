"""What a device's attestation shows: which device answered, with which firmware, to which nonce."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from harness.model.document import Document, Sha256, Slug, Text
from harness.model.finding import Finding
from harness.model.verdict import FindingRecord

# Said wherever an attestation holds: the reader must not take it for more than it is.
PROVES = "that a genuine device of the maker of this root holds this key, answered this nonce and measured its firmware"
DOES_NOT_PROVE = (
    "that it is the device on this bench: evidence can be relayed from another one, so custody must show the rest; "
    "nor how fast the device is, nor that its firmware is the one released, nor that no certificate was revoked since"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class DeviceMeasurement:
    """One measurement that the device took of itself: which, of what kind, and its digest or raw value."""

    index: int
    kind: int
    raw: bool
    value: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class DeviceAttestation:
    """One report of a device, and the chain of certificates behind it, as they were found.

    Attributes:
        device_key_sha256: SHA-256 of the device's public key (SubjectPublicKeyInfo, DER): its identity, which no
            firmware changes. None where the chain does not hold.
        device_serial: Serial number of the device as its certificate has it.
        device_name: What its certificate calls it.
        device_info: Maker, product and serial number, as the signing certificate has them.
        leaf_serial: Serial number of the signing certificate, hexadecimal; attestation tokens call it `ueid`.
        root_sha256: SHA-256 of the root certificate at the end of the chain.
        maker: Whose root that is, by the names under which the roots were given.
        nonce: What the device was asked with, hexadecimal.
        nonce_checked: Whether it was compared with one that was expected.
        fields: What the device says besides: driver, vbios, board and others.
        measurements: What it measured.
        findings: What does not hold; none where all does.
        turns_at: Instants at which a certificate begins or ends to be valid.
    """

    device_key_sha256: str | None
    device_serial: str | None
    device_name: str | None
    device_info: str | None
    leaf_serial: str | None
    root_sha256: str
    maker: str | None
    nonce: str
    nonce_checked: bool
    fields: Mapping[str, str]
    measurements: tuple[DeviceMeasurement, ...]
    findings: tuple[Finding, ...] = ()
    turns_at: tuple[datetime, ...] = field(default=())

    @property
    def driver(self) -> str | None:
        """Version of the driver, as the device states it."""
        return self.fields.get("driver")

    @property
    def vbios(self) -> str | None:
        """Version of the VBIOS, as the device states it."""
        return self.fields.get("vbios")

    @property
    def is_genuine(self) -> bool:
        """Whether chain, root and signature hold; of the nonce it says nothing."""
        return all(finding.code == "attestation-nonce" for finding in self.findings)


class MeasurementRecord(Document):
    """One measurement, its value as hexadecimal digits."""

    index: int
    kind: int
    raw: bool
    value: Annotated[str, Field(pattern="^[0-9a-f]*$")]


class AttestationRecord(Document):
    """What `harness attest --format json` prints, `attestation/1`."""

    format: Literal["attestation/1"] = Field(alias="schema")
    report: str
    report_sha256: Sha256
    chain: str
    chain_sha256: Sha256
    holds: bool
    device_key_sha256: Sha256 | None
    device_serial: str | None
    device_name: str | None
    device_info: str | None
    leaf_serial: Annotated[str, Field(pattern="^[0-9a-f]+$")] | None
    root_sha256: Sha256
    nonce: Sha256
    nonce_checked: bool
    fields: dict[Slug, str]
    measurements: tuple[MeasurementRecord, ...]
    findings: tuple[FindingRecord, ...]
    proves: Text | None
    does_not_prove: Text

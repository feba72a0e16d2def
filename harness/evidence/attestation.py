"""A device's attestation, offline: report, certificates, the maker's pinned root, and the nonce that was asked."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from harness.codec.digest import sha256
from harness.errors import Fault
from harness.evidence import device_fields
from harness.evidence.certificate_chain import BrokenChain, CertificateChain, certificates, chain_of
from harness.evidence.keys import PublicKey, verifies
from harness.evidence.spdm import SpdmReport, parsed, report_bytes
from harness.model.attestation import DeviceAttestation
from harness.model.finding import Finding


def attested(
    report: bytes,
    chain_pem: bytes,
    roots: Mapping[str, Sequence[str]],
    nonce: bytes | None,
    now: datetime | None = None,
    *,
    report_name: str = "the report",
    chain_name: str = "the chain",
) -> DeviceAttestation:
    """Return what an attestation shows, with everything about it that does not hold.

    Args:
        report: The report of the device, as bytes or as hexadecimal digits.
        chain_pem: Its certificates, PEM: the signing one first, the root last.
        roots: SHA-256 (hexadecimal) of the DER of each root certificate that counts, by maker.
        nonce: What the device must have been asked with, 32 bytes; None compares none.
        now: When the certificates must be valid; None compares no date.
        report_name: What messages and findings call the report.
        chain_name: What they call the chain.

    Raises:
        UnreadableInput: Report or chain is none; says where.

    Source:
        DMTF DSP0274 1.1.x, MEASUREMENTS: the signature of P-384 and SHA-384 stands over request and answer.
    """
    asked = parsed(report_bytes(report, report_name), report_name)
    ders = certificates(chain_pem, chain_name)
    findings: list[Finding] = []
    chain: CertificateChain | None = None
    try:
        chain = chain_of(ders, chain_name, now)
    except BrokenChain as broken:
        findings.append(_of_fault("attestation-chain", chain_name, broken.fault))
    root_sha256 = sha256(ders[-1])
    maker = next((name for name, known in roots.items() if root_sha256 in known), None)
    if maker is None:
        need = "one of the roots that are vouched for"
        findings.append(Finding(code="attestation-root-unknown", where=chain_name, got=root_sha256, need=need))
    if chain is not None:
        findings += _about_the_report(asked, chain, report_name)
    if nonce is not None and asked.nonce != nonce:
        findings.append(
            Finding(code="attestation-nonce", where=report_name, got=asked.nonce.hex(), need=nonce.hex()),
        )
    return DeviceAttestation(
        device_key_sha256=chain.device_key.key_id if chain else None,
        device_serial=chain.device_serial if chain else None,
        device_name=chain.device_name if chain else None,
        device_info=chain.device_info if chain else None,
        leaf_serial=chain.signing_serial if chain else None,
        root_sha256=root_sha256,
        maker=maker,
        nonce=asked.nonce.hex(),
        nonce_checked=nonce is not None,
        fields=device_fields.named(asked.fields),
        measurements=asked.blocks,
        findings=tuple(findings),
        turns_at=chain.turns_at if chain else (),
    )


def _about_the_report(report: SpdmReport, chain: CertificateChain, name: str) -> Iterator[Finding]:
    if not is_signed(report, chain.signing_key):
        need = f"a signature by the key of certificate 1, {chain.signing_key.key_id}"
        yield Finding(code="attestation-signature", where=name, got="another signature", need=need)
    firmware = dict(report.fields).get(device_fields.FIRMWARE_ID)
    if firmware is not None and chain.firmware_sha384 is not None and firmware.hex() != chain.firmware_sha384:
        need = f"firmware {chain.firmware_sha384}, to which the certificate was issued"
        yield Finding(code="attestation-chain", where=name, got=f"firmware {firmware.hex()}", need=need)


def is_signed(report: SpdmReport, key: PublicKey) -> bool:
    """Return whether a report is signed by this key of P-384."""
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    half = len(report.signature) // 2
    r, s = (int.from_bytes(part, "big") for part in (report.signature[:half], report.signature[half:]))
    return verifies(key, report.signed, encode_dss_signature(r, s))


def _of_fault(code: str, name: str, fault: Fault) -> Finding:
    return Finding(code=code, where=f"{name}, {fault.where}", got=fault.got, need=fault.need)

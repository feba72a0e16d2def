"""A device's attestation as text and as JSON: who answered, with what firmware, and what that does not show."""

from collections.abc import Callable, Iterator

from harness.model.attestation import (
    DOES_NOT_PROVE,
    PROVES,
    AttestationRecord,
    DeviceAttestation,
    MeasurementRecord,
)
from harness.model.catalogue import CATALOGUE
from harness.model.verdict import FindingRecord
from harness.render.words import painted

# What stands in lines of its own, or is of no use to people.
_SHOWN_APART = ("driver", "vbios", "measurement-counts", "firmware-id")


def as_lines(device: DeviceAttestation, shown: Callable[[str], str], *, colour: bool) -> Iterator[str]:
    """Yield an attestation for people: the device, its firmware, what does not hold, and what is shown thereby."""
    rows = [
        ("device", _joined(device.device_serial, device.device_name)),
        ("device key", _joined(device.device_key_sha256, "SHA-256 of the public key; no firmware changes it")),
        ("signed by", _joined(device.leaf_serial, device.device_info)),
        ("root", device.root_sha256),
        ("driver", device.driver or "not stated"),
        ("VBIOS", device.vbios or "not stated"),
        ("says also", _besides(device)),
        ("measurements", f"{len(device.measurements)}, all zeros: {_blank(device)}"),
        ("nonce", f"{device.nonce}, {_compared(device)}"),
    ]
    for name, text in rows:
        yield f"  {name:<12}  {shown(text)}"
    yield ""
    for finding in device.findings:
        yield f"{finding.code}: {shown(finding.where)}: got {shown(finding.got)}; need {shown(finding.need)}"
    if not device.findings:
        yield f"it shows {PROVES if device.nonce_checked else _without_a_nonce()}"
    yield f"it does not show {DOES_NOT_PROVE}"
    yield (
        painted("HOLDS", "holds", colour=colour)
        if not device.findings
        else painted("DOES NOT HOLD", "fails", colour=colour)
    )


def _joined(text: str | None, remark: str | None) -> str:
    if text is None:
        return "unknown: the chain does not hold, or does not say"
    return f"{text} ({remark})" if remark else text


def _besides(device: DeviceAttestation) -> str:
    others = [f"{name} {text or 'empty'}" for name, text in device.fields.items() if name not in _SHOWN_APART]
    return ", ".join(others) or "nothing"


def _blank(device: DeviceAttestation) -> int:
    return sum(not any(one.value) for one in device.measurements)


def _compared(device: DeviceAttestation) -> str:
    if not device.nonce_checked:
        return "compared with none: a recording would answer as well (--nonce)"
    wrong = any(finding.code == "attestation-nonce" for finding in device.findings)
    return "not as asked" if wrong else "as asked"


def _without_a_nonce() -> str:
    return PROVES.replace("answered this nonce", "answered this nonce, whoever asked and whenever,")


def as_record(
    device: DeviceAttestation, report: tuple[str, str], chain: tuple[str, str], shown: Callable[[str], str]
) -> AttestationRecord:
    """Return an attestation as it stands in the JSON document.

    Args:
        device: The attestation.
        report: Name and SHA-256 of the file of the report.
        chain: Name and SHA-256 of the file of the certificates.
        shown: What makes a text printable.
    """
    holds = not device.findings
    return AttestationRecord(
        schema="attestation/1",
        report=shown(report[0]),
        report_sha256=report[1],
        chain=shown(chain[0]),
        chain_sha256=chain[1],
        holds=holds,
        device_key_sha256=device.device_key_sha256,
        device_serial=device.device_serial and shown(device.device_serial),
        device_name=device.device_name and shown(device.device_name),
        device_info=device.device_info and shown(device.device_info),
        leaf_serial=device.leaf_serial,
        root_sha256=device.root_sha256,
        nonce=device.nonce,
        nonce_checked=device.nonce_checked,
        fields=dict(device.fields),
        measurements=tuple(
            MeasurementRecord(index=one.index, kind=one.kind, raw=one.raw, value=one.value.hex())
            for one in device.measurements
        ),
        findings=tuple(
            FindingRecord(
                code=one.code,
                effect=CATALOGUE[one.code].effect.value,
                where=shown(one.where),
                got=shown(one.got),
                need=shown(one.need),
            )
            for one in device.findings
        ),
        proves=(PROVES if device.nonce_checked else _without_a_nonce()) if holds else None,
        does_not_prove=DOES_NOT_PROVE,
    )

"""What of a report must not come a second time: its number, its challenge, its raw series, its devices, its draw."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from harness.codec.digest import sha256
from harness.model.document import Day
from harness.model.lab_report import LabReport
from harness.model.quantity import as_text
from harness.model.seen import SeenKind, SeenReport, Thing

# The kinds of identity, each with its name in a report.
IDENTITIES: tuple[tuple[SeenKind, str], ...] = (
    ("serial", "serial"),
    ("device-uuid", "device_uuid"),
    ("device-key", "device_key"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Device:
    """A unit by what only one device has."""

    unit_id: str
    serial: str | None = None
    device_uuid: str | None = None
    # SHA-256 of the device's public key, where its attestation was verified.
    device_key: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """What of a report must not come a second time, and the times that are held against a clock.

    Attributes:
        payload_sha256: Digest of the bytes that were signed; of an unsigned report, of its file.
        report_id: The report's id.
        laboratory: The organisation whose signature holds; None: nobody's. Then nothing is remembered.
        sequence: The number of the report at its laboratory.
        issued_at: When it was issued.
        expires_at: Until when it counts.
        export: The day of export that it states.
        lot_id: The lot.
        maker: Who made the units: serial numbers are unique to a maker.
        challenge: SHA-256 of the challenge that it answers.
        devices: The units that were tested.
        raw: Digest of each raw series, with the unit that it is of.
        manifest: Digest of the list of all units of the lot.
        draw: Digest of the draw.
        trust_root_version: The version of the trust root by which it was verified.
    """

    payload_sha256: str
    report_id: str
    laboratory: str | None = None
    sequence: int | None = None
    issued_at: datetime | None = None
    expires_at: datetime | None = None
    export: Day | None = None
    lot_id: str | None = None
    maker: str | None = None
    challenge: str | None = None
    devices: tuple[Device, ...] = ()
    raw: tuple[tuple[str, str], ...] = ()
    manifest: str | None = None
    draw: str | None = None
    trust_root_version: int | None = None


def shown_by(
    report: LabReport,
    payload_sha256: str,
    *,
    series: Iterable[tuple[str, str, Sequence[Decimal]]] = (),
    laboratory: str | None = None,
    sequence: int | None = None,
    issued_at: datetime | None = None,
    expires_at: datetime | None = None,
    device_keys: Iterable[tuple[str, str]] = (),
    trust_root_version: int | None = None,
) -> Shown:
    """Return what of a report must not come a second time.

    Args:
        report: The report.
        payload_sha256: Digest of the bytes that were signed, or of the file of an unsigned report.
        series: Of each raw series that no two units give alike: unit id, measurand, samples in the base unit.
        laboratory: The organisation whose signature holds; None: nobody's.
        sequence: From the signed statement.
        issued_at: From the signed statement; None takes what the session states.
        expires_at: From the signed statement.
        device_keys: Unit id and SHA-256 of the device's public key, of each attestation that was verified.
        trust_root_version: The version of the trust root.
    """
    lot, session, challenge = report.lot, report.session, report.challenge
    digests = {one.name: one.sha256 for one in report.attachments}
    keys = dict(device_keys)
    return Shown(
        payload_sha256=payload_sha256,
        report_id=report.report_id,
        laboratory=laboratory,
        sequence=sequence,
        issued_at=issued_at or (session.report_issued_at if session else None),
        expires_at=expires_at,
        export=report.dates.export if report.dates else None,
        lot_id=lot.lot_id if lot else None,
        maker=report.product.manufacturer if report.product else None,
        challenge=_challenge(challenge.nonce, challenge.nonce_sha256) if challenge else None,
        devices=tuple(
            Device(
                unit_id=unit.unit_id,
                serial=unit.serial,
                device_uuid=unit.device_uuid,
                device_key=keys.get(unit.unit_id),
            )
            for unit in (lot.units if lot else ())
        ),
        raw=tuple((series_digest(measurand, samples), unit) for unit, measurand, samples in series),
        manifest=digests.get(lot.manifest or "") if lot else None,
        draw=digests.get(lot.draw or "") if lot else None,
        trust_root_version=trust_root_version,
    )


def _challenge(nonce: str | None, commitment: str | None) -> str | None:
    """Return what a challenge is known by: its digest, of the challenge itself where that was revealed."""
    return sha256(bytes.fromhex(nonce)) if nonce is not None else commitment


def series_digest(measurand: str, samples: Iterable[Decimal]) -> str:
    """Return the digest of a raw series, whatever the order of its samples and the zeros at their ends.

    >>> series_digest("compute_rate", [Decimal("2.50"), Decimal(1)]) == sha256(b"compute_rate\\n1\\n2.5\\n")
    True
    """
    lines = (as_text(sample.normalize()) for sample in sorted(samples))
    return sha256("".join(f"{line}\n" for line in (measurand, *lines)).encode())


# --- What is remembered of it ---------------------------------------------------------------------------------------


def identities_of(device: Device) -> dict[str, str]:
    """Return every identity of a device by its name, without regard to case; "" where it is not known."""
    return {name: (getattr(device, name) or "").casefold() for _, name in IDENTITIES}


def identity_key(maker: str | None, kind: SeenKind, value: str) -> str:
    """Return by what an identity is known again. Serial numbers are unique to a maker; the others are unique."""
    return key_of((maker or "").casefold(), value) if kind == "serial" else value


def key_of(*parts: str | None) -> str:
    """Return one key for several names. No name holds a newline, so no two lists of names give one key."""
    return "\n".join(part or "" for part in parts)


def remembered(shown: Shown, highest_trust_root: int | None) -> SeenReport:
    """Return what is to be remembered of a report that was verified.

    Args:
        shown: What it shows.
        highest_trust_root: The highest version of the trust root that is remembered already.
    """
    return SeenReport(
        payload=shown.payload_sha256,
        laboratory=shown.laboratory or "",
        report_id=shown.report_id,
        lot=shown.lot_id or "",
        sequence=shown.sequence,
        things=tuple(dict.fromkeys(_things(shown, highest_trust_root))),
    )


def _things(shown: Shown, highest_trust_root: int | None) -> Iterator[Thing]:
    yield Thing(kind="report-id", key=key_of(shown.laboratory, shown.report_id))
    if shown.challenge is not None:
        for unit in [device.unit_id for device in shown.devices] or [""]:
            yield Thing(kind="challenge", key=shown.challenge, unit=unit)
    for digest, unit in shown.raw:
        yield Thing(kind="raw", key=digest, unit=unit)
    for device in shown.devices:
        own = identities_of(device)
        for kind, name in IDENTITIES:
            if own[name]:
                key, value = identity_key(shown.maker, kind, own[name]), key_of(*own.values())
                yield Thing(kind=kind, key=key, unit=device.unit_id, value=value)
    for kind, digest in draws_of(shown):
        yield Thing(kind=kind, key=key_of(shown.laboratory, shown.lot_id), value=digest)
    version = shown.trust_root_version
    if version is not None and (highest_trust_root is None or version > highest_trust_root):
        yield Thing(kind="trust-root", key="version", value=str(version))


def draws_of(shown: Shown) -> Iterator[tuple[SeenKind, str]]:
    """Yield list and draw of a lot that has a name, each with its digest."""
    if shown.lot_id is not None and shown.manifest is not None:
        yield "manifest", shown.manifest
    if shown.lot_id is not None and shown.draw is not None:
        yield "draw", shown.draw

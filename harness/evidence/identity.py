"""Which units were tested, and how sure that is: by a stated serial number, or by what the devices themselves sign."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from harness.errors import Fault, UnreadableInput
from harness.evidence.nonces import closing_nonce, is_committed, raw_root, session_nonce
from harness.model.aspects import BROKEN, AspectFacts
from harness.model.attestation import DeviceAttestation
from harness.model.case import ReadAttachment
from harness.model.finding import Finding
from harness.model.lab_report import Attestation, LabReport

Roots = Mapping[str, Sequence[str]]
_RELAY = "that these stood on the bench, custody must show"


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """How sure it is which units were tested, and the device keys that were seen to answer, by unit id."""

    facts: AspectFacts
    device_keys: Mapping[str, str]


def identity_facts(
    report: LabReport,
    attachments: Mapping[str, ReadAttachment],
    device_roots: Roots,
    now: datetime | None,
) -> AspectFacts:
    """Return how sure it is which units were tested, as `identity_of` finds it."""
    return identity_of(report, attachments, device_roots, now).facts


def identity_of(
    report: LabReport,
    attachments: Mapping[str, ReadAttachment],
    device_roots: Roots,
    now: datetime | None,
) -> Identity:
    """Return how sure it is which units were tested, and by which keys their devices answered.

    Args:
        report: The lab report.
        attachments: What was found where it names attachments.
        device_roots: SHA-256 of each root certificate of devices that counts, by maker; empty without a trust root,
            and then nothing is verified.
        now: When certificates must be valid; None compares no date.
    """
    findings = list(_of_the_challenge(report))
    units = report.lot.units if report.lot else ()
    named = sum(bool(unit.serial or unit.device_uuid) for unit in units)
    level = "serial" if units and named == len(units) else "none"
    says = f"{named} of {len(units)} units with a serial number or a UUID, as stated"
    turns_at: tuple[datetime, ...] = ()
    keys: Mapping[str, str] = {}
    if report.attestations and not any(device_roots.values()):
        says += f"; {len(report.attestations)} attestations, not verified: no root of their maker is vouched for"
    elif report.attestations:
        seen = _Attestations(report, attachments, device_roots, now)
        findings += seen.findings()
        reached, shown = seen.level()
        # Attestations that are named and not at hand are worth less than none: what they would have shown is not known.
        level, says = reached or ("none" if seen.absent() else level), f"{says}; {shown}"
        turns_at, keys = seen.turns_at(), seen.keys()
    if findings:
        level = BROKEN
    facts = AspectFacts(aspect="identity", level=level, says=says, findings=tuple(findings), turns_at=turns_at)
    return Identity(facts=facts, device_keys=keys)


def _of_the_challenge(report: LabReport) -> Iterator[Finding]:
    challenge = report.challenge
    if challenge is None or challenge.nonce is None or challenge.nonce_sha256 is None:
        return
    if not is_committed(bytes.fromhex(challenge.nonce), challenge.nonce_sha256):
        got, need = f"{challenge.nonce}, whose digest is another", f"one whose SHA-256 is {challenge.nonce_sha256}"
        yield Finding(code="challenge-not-the-one-committed", where="challenge.nonce", got=got, need=need)


def expected_nonce(report: LabReport, unit_id: str, stage: str) -> bytes | None:
    """Return what a unit must have been asked with; None where the report reveals no challenge or names no session.

    For the attestation after the measurements the raw series are those files that `measurements[].raw.attachment`
    names, by the digests that `attachments` states; where there are none, nothing could tie it to them, and there is
    no nonce.
    """
    challenge = report.challenge.nonce if report.challenge else None
    session_id = report.session.session_id if report.session else None
    if challenge is None or session_id is None:
        return None
    session = session_nonce(bytes.fromhex(challenge), unit_id, session_id)
    if stage == "before":
        return session
    named = {one.raw.attachment for one in report.measurements if one.raw is not None}
    files = {one.name: one.sha256 for one in report.attachments if one.name in named}
    return closing_nonce(session, raw_root(files.items())) if files else None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Seen:
    """One attestation of the report, and what was found in it; `device` None: a file is not there, or not readable."""

    stated: Attestation
    place: str
    device: DeviceAttestation | None
    fault: Finding | None = None

    @property
    def counts(self) -> bool:
        return self.device is not None and not self.device.findings and self.device.nonce_checked


class _Attestations:
    """All attestations of a report, each verified once."""

    def __init__(
        self, report: LabReport, attachments: Mapping[str, ReadAttachment], roots: Roots, now: datetime | None
    ) -> None:
        self.report = report
        self.seen = [
            _seen(one, f"attestations[{n}]", expected_nonce(report, one.unit_id, one.stage), attachments, roots, now)
            for n, one in enumerate(report.attestations)
        ]

    def findings(self) -> Iterator[Finding]:
        """Yield what does not hold of each attestation, and what does not fit between them."""
        for one in self.seen:
            if one.fault is not None:
                yield one.fault
            if one.device is not None:
                yield from one.device.findings
        key_of: dict[str, str] = {}
        unit_of: dict[str, str] = {}
        for one in self.seen:
            # An answer to another question still shows which device gave it.
            if one.device is None or not one.device.is_genuine or one.device.device_key_sha256 is None:
                continue
            key, unit = one.device.device_key_sha256, one.stated.unit_id
            where = f"{one.place}.chain"
            if key_of.setdefault(unit, key) != key:
                yield Finding(code="device-key-changed", where=where, got=key, need=f"{key_of[unit]}, as before")
            if unit_of.setdefault(key, unit) != unit:
                got, need = f"the device key of {unit_of[key]}", f"a device of its own for {unit}"
                yield Finding(code="device-key-duplicated", where=where, got=got, need=need)

    def level(self) -> tuple[str | None, str]:
        """Return the level that the attestations reach, if any, and how many of them count."""
        units = [unit.unit_id for unit in self.report.lot.units] if self.report.lot else []
        holding = {(one.stated.unit_id, one.stated.stage) for one in self.seen if one.counts}
        before = sum((unit, "before") in holding for unit in units)
        twice = sum({(unit, "before"), (unit, "after")} <= holding for unit in units)
        makers = sorted({one.device.maker for one in self.seen if one.device and one.device.maker})
        says = f"{before} of {len(units)} attested by a device of {' or '.join(makers) or 'a maker'}, {twice} twice"
        says += "".join(f"; {why}" for why in self._missing()) + (f"; {_RELAY}" if before else "")
        reached = "attested-twice" if units and twice == len(units) else "attested"
        return (reached if units and before == len(units) else None), says

    def absent(self) -> int:
        """Return how many attestations are named whose files are not at hand."""
        return sum(one.device is None and one.fault is None for one in self.seen)

    def _missing(self) -> Iterator[str]:
        """Yield why attestations do not count that nothing is wrong with."""
        if absent := self.absent():
            yield f"{absent} without their files"
        unasked = {one.stated.stage for one in self.seen if one.device is not None and not one.device.nonce_checked}
        if "before" in unasked:
            yield "no challenge is revealed, or no session named, that the answers could be fresh for"
        elif "after" in unasked:
            yield "no raw series is attached that the answers afterwards could be tied to"
        units = {unit.unit_id for unit in self.report.lot.units} if self.report.lot else set()
        if strange := sum(one.stated.unit_id not in units for one in self.seen):
            yield f"{strange} of units that are not in the lot"

    def keys(self) -> dict[str, str]:
        """Return the key of each unit whose device answered what it was asked."""
        return {
            one.stated.unit_id: one.device.device_key_sha256
            for one in self.seen
            if one.counts and one.device and one.device.device_key_sha256
        }

    def turns_at(self) -> tuple[datetime, ...]:
        """Return when certificates begin or end to be valid."""
        return tuple(sorted({at for one in self.seen if one.device for at in one.device.turns_at}))


def _seen(
    stated: Attestation,
    place: str,
    nonce: bytes | None,
    attachments: Mapping[str, ReadAttachment],
    roots: Roots,
    now: datetime | None,
) -> _Seen:
    # Reports without attestations need no cryptography, and start-up is short.
    from harness.evidence.attestation import attested

    contents = [found.content if (found := attachments.get(name)) else None for name in (stated.report, stated.chain)]
    report, chain = contents
    if report is None or chain is None:
        return _Seen(stated=stated, place=place, device=None)
    names = {"report_name": f"{place}.report", "chain_name": f"{place}.chain"}
    try:
        device = attested(report, chain, roots, nonce, now, **names)
    except UnreadableInput as error:
        return _Seen(stated=stated, place=place, device=None, fault=_unreadable(error))
    return _Seen(stated=stated, place=place, device=device)


def _unreadable(error: UnreadableInput) -> Finding:
    fault: Fault = error.faults[0]
    return Finding(
        code="attestation-unreadable", where=f"{error.source}, {fault.where}", got=fault.got, need=fault.need
    )

"""From a lab report to the laboratory's certification of its shipment, or to every reason why there is none."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from harness.authenticate import NO_TRUST, Trust, case_of
from harness.codec.certificate_files import verdict_digest
from harness.codec.enveloped_reports import is_enveloped
from harness.codec.report_files import beside
from harness.codec.retention import retention_of
from harness.decide import decide
from harness.decide.certification import (
    certification_cites,
    certifying_laboratory,
    confirmed,
    declared_alone,
    notices,
    open_questions,
    papers,
    qualification,
    refusals,
    remarks,
    shipment,
)
from harness.decide.verdict import case_box
from harness.errors import Fault
from harness.model.case import Case
from harness.model.certificate import Certificate, CertifiedVerdict, LensAnswer, ReportSignature, SigningKey
from harness.model.policy import CLOCKS
from harness.model.verdict import Dates, Verdict
from harness.policy.law import Law


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """Why there is no certificate: what speaks against it, or only what is not known."""

    outcome: Literal["fail", "undecided"]
    faults: tuple[Fault, ...]


def certified(
    data: bytes,
    source: str,
    law: Law,
    *,
    as_of: date | None = None,
    folder: Path | None = None,
    trust: Trust = NO_TRUST,
) -> Certificate | Refused:
    """Return the certificate that follows from a report.

    Args:
        data: The bytes of the report, or of the envelope that it was signed in.
        source: What to call it in messages.
        law: The law to read.
        as_of: A day that stands in for all four dates.
        folder: Where the files lie that the report attaches; None looks for none.
        trust: By what signatures and times are verified.

    Raises:
        UnreadableInput: It is no lab report; with every fault.
    """
    case = case_of(data, source, as_of, beside(folder), trust)
    verdict = decide(case, law)
    signed = _signed(data, source, trust)
    refused, unknown = refusals(case, verdict, signed.issued_at), open_questions(case, verdict, signed.issued_at)
    if refused or unknown:
        return Refused(outcome="fail" if refused else "undecided", faults=(*refused, *unknown))
    return _certificate(case, law, verdict, signed)


# --- What it is made of -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class _Signed:
    """What the envelope says of its signing, and the keys of the trust root that did it."""

    issued_at: datetime | None = None
    keys: tuple[SigningKey, ...] = ()


def _signed(data: bytes, source: str, trust: Trust) -> _Signed:
    if not is_enveloped(data):
        return _Signed()
    from harness.evidence.dsse import opened
    from harness.evidence.roles import signed_by
    from harness.evidence.statement import read_statement
    from harness.model.signed_report import STATEMENT_TYPE

    envelope = opened(data, source, STATEMENT_TYPE)
    issued_at = read_statement(envelope.payload, source).predicate.issued_at
    if trust.root is None:
        return _Signed(issued_at=issued_at)
    root = trust.root.document
    keys = tuple(
        SigningKey.model_construct(
            key_id=key_id,
            organisation=root.keys[key_id].organisation,
            roles=tuple(sorted(name for name, role in root.roles.items() if key_id in role.keys)),
        )
        for key_id in sorted(signed_by(trust.root, envelope).good)
    )
    return _Signed(issued_at=issued_at, keys=keys)


def _certificate(case: Case, law: Law, verdict: Verdict, signed: _Signed) -> Certificate:
    quantities = confirmed(case, verdict, case_box(case, law)[1])
    ships, documents = shipment(case), papers(case)
    return Certificate.model_construct(
        format="certificate/1",
        report_id=case.report.report_id,
        notices=tuple(notices(case, verdict)),
        laboratory=certifying_laboratory(case),
        signature=_signature(verdict, signed),
        shipment=ships,
        papers=documents,
        confirmed=quantities,
        declared_alone=declared_alone(verdict, quantities),
        qualification=qualification(verdict),
        findings=verdict.findings,
        remarks=tuple(remarks(ships, documents)),
        evidence=verdict.lenses["evidence"].answer,
        reached=verdict.reached,
        cites=certification_cites(verdict),
        days=_days(case),
        verdict=_summary(verdict),
        receipt=verdict.receipt,
        retention=retention_of(case.report),
    )


def _signature(verdict: Verdict, signed: _Signed) -> ReportSignature:
    found, told = verdict.reached["authenticity"], verdict.receipt.verification
    return ReportSignature.model_construct(
        level=found.level,
        says=found.says,
        issued_at=signed.issued_at,
        trust_root_version=told.trust_root_version if told else None,
        keys=signed.keys,
    )


def _days(case: Case) -> Dates:
    """Return the days that the report states; those that the rules were read for stand in the receipt."""
    stated = {clock: getattr(case.report.dates, clock, None) for clock in CLOCKS}
    return Dates.model_construct(**stated, as_of=case.as_of)


def _summary(verdict: Verdict) -> CertifiedVerdict:
    return CertifiedVerdict.model_construct(
        sha256=verdict_digest(verdict),
        outcome=verdict.outcome,
        score=verdict.score,
        lenses={
            name: LensAnswer.model_construct(outcome=lens.outcome, answers=lens.possible, informs=lens.informs)
            for name, lens in verdict.lenses.items()
        },
    )

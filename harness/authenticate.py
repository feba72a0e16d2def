"""A report with what stands behind it: who signed it, by whose word that counts, and what its documents show."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from harness.codec import report_files
from harness.codec.digest import sha256
from harness.codec.enveloped_reports import is_enveloped
from harness.codec.report_files import Holdings
from harness.errors import UnreadableInput
from harness.model.aspects import BROKEN, AspectFacts
from harness.model.case import Case
from harness.model.document import Day
from harness.model.finding import Finding

if TYPE_CHECKING:
    from harness.evidence.dsse import Opened
    from harness.evidence.freshness import State
    from harness.evidence.logged import LogFacts
    from harness.evidence.roles import RoleAnswer
    from harness.evidence.trust_root import ReadRoot
    from harness.model.dossier import ScreenedName
    from harness.model.method_custody import CustodyMethod
    from harness.model.seen import SeenReport
    from harness.model.signed_report import SignedReport, Statement
    from harness.model.trust_root import TrustedLaboratory
    from harness.model.verdict import ClockSpan


@dataclass(frozen=True, kw_only=True, slots=True)
class Trust:
    """What a caller verifies by.

    Attributes:
        root_file: The bytes of the trust root's file, which an archive keeps.
        root: A trust root that was pinned and found right; None: signatures are not verified.
        now: The clock to hold times against; None: none is looked at.
        proof: The bytes of a proof that the report is in a log.
        state: What was seen before; None: nothing is compared with it.
    """

    root_file: bytes | None = None
    root: "ReadRoot | None" = None
    now: datetime | None = None
    proof: bytes | None = None
    state: "State | None" = None


NO_TRUST = Trust()


def case_of(data: bytes, source: str, as_of: Day | None, holdings: Holdings, trust: Trust = NO_TRUST) -> Case:
    """Return the case that a lab report makes, plain or in an envelope, with how far each aspect of it is assured."""
    return authenticated(data, source, as_of, holdings, trust)[0]


def authenticated(
    data: bytes, source: str, as_of: Day | None, holdings: Holdings, trust: Trust
) -> "tuple[Case, SeenReport | None]":
    """Return the case that a lab report makes, and what of it a state is to remember.

    Args:
        data: The bytes of the report, or of the envelope.
        source: What to call it in messages.
        as_of: A day that stands in for all four dates.
        holdings: Where spec, method and attachments are found.
        trust: By what signatures and times are verified.

    Raises:
        UnreadableInput: It is neither a lab report nor an envelope with one; with every fault.
    """
    if not is_enveloped(data):
        digest = sha256(data)
        case = _with_names(report_files.case_of(data, source, as_of, holdings))
        case, new = _with_documents(case, trust, digest, None, _logged(digest, digest, holdings, trust))
        return _verified_by(case, None, trust), new
    from harness.evidence.dsse import opened
    from harness.model.signed_report import STATEMENT_TYPE

    envelope = opened(data, source, STATEMENT_TYPE)
    logged = _logged(sha256(envelope.payload), sha256(data), holdings, trust)
    statement, facts, laboratory = _signature(envelope, source, trust, logged.proven_before if logged else None)
    case = report_files.case_with(statement.predicate.report, sha256(data), as_of, holdings)
    case = _with_names(replace(case, aspects=(facts,), laboratory=laboratory))
    case, new = _with_documents(case, trust, sha256(envelope.payload), statement.predicate, logged)
    return _verified_by(case, envelope, trust), new


def report_of(data: bytes, source: str) -> bytes:
    """Return the bytes of the report itself, out of its envelope where it is in one.

    Raises:
        UnreadableInput: The envelope cannot be read.
    """
    if not is_enveloped(data):
        return data
    from harness.evidence.dsse import opened
    from harness.evidence.statement import report_bytes
    from harness.model.signed_report import STATEMENT_TYPE

    return report_bytes(opened(data, source, STATEMENT_TYPE).payload, source)


# --- The signature --------------------------------------------------------------------------------------------------


def _signature(
    envelope: "Opened", source: str, trust: Trust, proven_before: datetime | None
) -> "tuple[Statement, AspectFacts, TrustedLaboratory | None]":
    """Verify the bytes, and only then read them; what is said of the laboratory counts only where all holds."""
    from harness.evidence.statement import read_statement, subjects_differ

    root = trust.root
    if root is None:
        statement = read_statement(envelope.payload, source)
        findings = list(subjects_differ(envelope.payload, statement, source))
        says = f"{len(envelope.signatures)} signatures; no trust root to verify them by (--trust-root)"
        return statement, _facts("authenticity", "unverified", says, findings), None
    from harness.evidence.roles import satisfied, signed_by

    signed = signed_by(root, envelope)
    statement = read_statement(envelope.payload, source)
    answer = satisfied(root, "laboratory", signed, statement.predicate.issued_at, proven_before)
    findings = list(answer.findings)
    # Of what nobody signed, nothing more is worth saying.
    if answer.reached:
        findings += _of_the_signer(statement.predicate, answer, root, sha256(envelope.payload))
        findings += subjects_differ(envelope.payload, statement, source)
    organisations = sorted({*answer.organisations, *answer.others.values()})
    level = "countersigned" if len(organisations) > 1 else "signed"
    says = f"by {', '.join(organisations)}; trust root version {root.document.version}"
    says += "" if trust.now is not None else ", held against no clock"
    facts = _facts("authenticity", level, says, findings)
    return statement, facts, _laboratory(root, statement.predicate) if facts.level != BROKEN else None


def _laboratory(root: "ReadRoot", signed: "SignedReport") -> "TrustedLaboratory":
    """Return what the trust root knows of the laboratory that signed; of one that it only has keys of, nothing."""
    from harness.model.trust_root import TrustedLaboratory

    known = root.document.laboratories.get(signed.laboratory)
    return known or TrustedLaboratory(legal_name=signed.laboratory)


def _of_the_signer(
    signed: "SignedReport", answer: "RoleAnswer", root: "ReadRoot", payload_sha256: str
) -> Iterator[Finding]:
    """Is the report of the laboratory whose key signed it, and was it not withdrawn?"""
    from harness.checks.custody import same_name

    known = root.document.laboratories.get(signed.laboratory)
    if answer.organisations and signed.laboratory not in answer.organisations:
        got, need = signed.laboratory, f"one of the signers, {', '.join(answer.organisations)}"
        yield Finding(code="laboratory-not-the-signer", where="predicate.laboratory", got=got, need=need)
    elif known is not None:
        names = (known.legal_name, *known.also_known_as)
        stated = signed.report.laboratory.name if signed.report.laboratory else None
        if not any(same_name(stated, name) for name in names):
            got, need = stated or "no laboratory", known.legal_name
            yield Finding(code="laboratory-not-the-signer", where="laboratory.name", got=got, need=need)
    yield from _out_of_time(signed)
    if payload_sha256 in root.document.revoked_reports:
        yield Finding(code="report-revoked", where="the envelope", got=payload_sha256, need="a report that stands")


def _out_of_time(signed: "SignedReport") -> Iterator[Finding]:
    """Was it signed after what it reports, and before the goods left?"""
    session, dates = signed.report.session, signed.report.dates
    stated = [one.ended_at or one.started_at for one in signed.report.measurements]
    stated += [session.ended_at, session.report_issued_at] if session else []
    latest = max((instant for instant in stated if instant is not None), default=None)
    got = signed.issued_at.isoformat()
    if latest is not None and signed.issued_at < latest:
        need = f"{latest.isoformat()}, the last time in the report, or later"
        yield Finding(code="time-out-of-order", where="predicate.issued_at", got=got, need=need)
    if dates is not None and dates.export is not None and signed.issued_at.date() > dates.export:
        need = f"{dates.export}, the export, or earlier"
        yield Finding(code="signed-after-export", where="predicate.issued_at", got=got, need=need)


def _facts(aspect: str, level: str, says: str, findings: Iterable[Finding]) -> AspectFacts:
    """Return the facts of an aspect, which what voids breaks."""
    from harness.model.catalogue import CATALOGUE
    from harness.model.finding import Effect

    found = tuple(findings)
    voiding = [one.code for one in found if CATALOGUE[one.code].effect is Effect.VOIDS]
    if voiding:
        level, says = BROKEN, ", ".join(dict.fromkeys(voiding))
    return AspectFacts(aspect=aspect, level=level, says=says, findings=found)  # type: ignore[arg-type]


def _with_names(case: Case) -> Case:
    """Return the case with what the names in it say, and what the owners of its parties mean."""
    parties = case.report.transaction.parties if case.report.transaction is not None else ()
    if case.dossier is None and not any(one.name for one in parties):
        return case
    from harness.screening.intelligence import objections

    return _with_owners(replace(case, owners=tuple(objections(parties, case.dossier))))


def _with_owners(case: Case) -> Case:
    """Return the case with what the parties of its dossier and their owners mean, and the red flags they raise."""
    if case.dossier is None:
        return case
    from harness.checks.statements import evidence_missing
    from harness.decide.dossier import named
    from harness.screening.owners import objections

    day = case.export_day

    def shown(one: "ScreenedName") -> bool:
        return evidence_missing(one.document, "somebody", one.screened_on, day) is None

    resolved = {one.number for one in case.dossier.red_flags if named(one.resolved_by)}
    return replace(case, owners=(*case.owners, *objections(case.dossier, day, shown, resolved)))


# --- Attached documents, and what was seen before ---------------------------------------------------------------------


def _with_documents(
    case: Case, trust: Trust, payload_sha256: str, signed: "SignedReport | None", logged: "LogFacts | None"
) -> tuple[Case, "SeenReport | None"]:
    """Return the case with what its attached documents show, and what of it is to be remembered.

    What a report does not attach is not looked for, and the room that would read it is not entered.
    """
    report = case.report
    signer = signed.laboratory if signed is not None and case.laboratory is not None else None
    found: list[AspectFacts] = []
    device_keys: Mapping[str, str] = {}
    if report.attestations or (report.challenge is not None and report.challenge.nonce is not None):
        from harness.evidence.identity import identity_of

        roots = trust.root.document.device_roots if trust.root is not None else {}
        identity = identity_of(report, case.attachments, roots, trust.now)
        found.append(identity.facts)
        device_keys = identity.device_keys
    if report.custody_log is not None and case.method.custody is not None:
        found.append(_custody(case, trust, signed, case.method.custody))
    if report.lot is not None and (report.lot.manifest is not None or report.lot.draw is not None):
        from harness.lots.aspect import lot_facts

        found.append(lot_facts(report, _content(case, report.lot.manifest), _content(case, report.lot.draw)))
    new = None
    if signed is not None or trust.now is not None or trust.state is not None:
        from harness.checks.between_reports import series_of_one_unit
        from harness.evidence.freshness import freshness_facts
        from harness.evidence.shown import shown_by

        shown = shown_by(
            report,
            payload_sha256,
            series=((unit, measurand, samples) for _, unit, measurand, samples in series_of_one_unit(case)),
            laboratory=signer,
            sequence=signed.sequence if signed else None,
            issued_at=signed.issued_at if signed else None,
            expires_at=signed.expires_at if signed else None,
            device_keys=device_keys.items(),
            trust_root_version=trust.root.document.version if trust.root is not None else None,
        )
        fresh = freshness_facts(shown, trust.state, trust.now, case.method.freshness)
        found.append(fresh.facts)
        new = fresh.new
    found.append(_time(case, found, logged))
    return replace(case, aspects=(*case.aspects, *found)), new


def _content(case: Case, name: str | None) -> bytes | None:
    found = case.attachments.get(name or "")
    return found.content if found is not None else None


def _custody(case: Case, trust: Trust, signed: "SignedReport | None", rules: "CustodyMethod") -> AspectFacts:
    from harness.evidence.custody import custody_facts

    keys_at = None
    if trust.root is not None:
        from harness.evidence.roles import holders_of

        keys_at = partial(holders_of, trust.root)
    return custody_facts(
        _content(case, case.report.custody_log),
        case.report.custody_log or "",
        case.report,
        rules=rules,
        keys_at=keys_at,
        signed_by=signed.laboratory if signed is not None and case.laboratory is not None else None,
        lot_units=_listed_units(case),
        issued_at=signed.issued_at if signed is not None else None,
    )


def _listed_units(case: Case) -> "list[str] | None":
    """Return the ids of all units of the lot, where the report attaches a list of them that can be read."""
    name = case.report.lot.manifest if case.report.lot is not None else None
    content = _content(case, name)
    if content is None:
        return None
    from harness.codec.lot_files import read_manifest

    try:
        return [unit.unit_id for unit in read_manifest(content, name or "").units]
    except UnreadableInput:
        # The lot's own reader names what is wrong with it.
        return None


def _logged(payload_sha256: str, file_sha256: str, holdings: Holdings, trust: Trust) -> "LogFacts | None":
    """Return what the proof shows that was handed in; without one, or without keys of a log, nothing."""
    if trust.proof is None or trust.root is None:
        return None
    from harness.evidence.logged import log_facts

    rules = holdings.method()[0].freshness
    skew = timedelta(seconds=rules.largest_clock_skew_s if rules is not None else 0)
    document = trust.root.document
    proof = ("the log proof", trust.proof)
    return log_facts(payload_sha256, proof, document.log, document.witnesses, trust.now, skew, file_sha256)


def _time(case: Case, found: Iterable[AspectFacts], logged: "LogFacts | None") -> AspectFacts:
    """By whose clock the times stand: a log's, a challenger's whom the devices answered, or the laboratory's alone."""
    if logged is not None and logged.facts.level != "stated":
        return logged.facts
    # A proof that shows nothing of the report is told all the same.
    told = logged.facts.findings if logged is not None else ()
    challenge = case.report.challenge
    if challenge is not None and any(one.level in ("attested", "attested-twice") for one in found):
        says = f"after the challenge of {challenge.issued_by or 'nobody named'}, which the devices answered"
        return AspectFacts(aspect="time", level="challenged", says=says, findings=told)
    says = logged.facts.says if logged is not None else "by the clock of the laboratory alone"
    return AspectFacts(aspect="time", level="stated", says=says, findings=told)


def _verified_by(case: Case, envelope: "Opened | None", trust: Trust) -> Case:
    """Return the case with what a receipt needs to verify it again; of a plain report without a clock, nothing."""
    if envelope is None and trust == NO_TRUST:
        return case
    from harness.model.verdict import Verification

    root = trust.root
    verification = Verification.model_construct(
        payload_sha256=None if envelope is None else sha256(envelope.payload),
        trust_root_sha256=None if root is None else root.sha256,
        log_proof_sha256=None if trust.proof is None else sha256(trust.proof),
        trust_root_version=None if root is None else root.document.version,
        clock=_clock_span(case, trust),
        state=trust.state is not None,
    )
    return replace(case, verification=verification)


def _clock_span(case: Case, trust: Trust) -> "ClockSpan | None":
    """Return the instants between which a clock gives the same: those that it was held against, beside it."""
    from harness.model.verdict import ClockSpan

    if trust.now is None:
        return None
    turns = [*(trust.root.turns_at if trust.root else ()), *(turn for facts in case.aspects for turn in facts.turns_at)]
    before = [turn for turn in turns if turn <= trust.now]
    after = [turn for turn in turns if turn > trust.now]
    return ClockSpan.model_construct(since=max(before, default=None), until=min(after, default=None))

"""What a verdict allows a laboratory to certify, and what stands in the way. Nothing of the law is judged anew here."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from harness.decide.facts import binding_reading
from harness.decide.figures import UNIT_OF, QuantityEvidence
from harness.decide.laboratory import AS_STATED, ASSUMED, BY_TRUST_ROOT
from harness.errors import Fault
from harness.model.case import Case
from harness.model.certificate import (
    CertifyingLaboratory,
    ConfirmedQuantity,
    DeclaredAlone,
    NamedPaper,
    Notice,
    Origin,
    QualificationFact,
    Shipment,
    ShipmentParty,
    ShippedProduct,
    UnitTested,
)
from harness.model.lab_report import Laboratory, NamedDocument, Product, Transaction
from harness.model.quantity import as_text
from harness.model.redaction import is_redacted
from harness.model.verdict import Lens, Reason, Verdict

# The short names of the criteria on a laboratory, and why each stands for it.
LAB_IDS: Mapping[str, tuple[str, str]] = {
    "laboratory_headquarters": ("LAB-HQ", "where it is headquartered"),
    "laboratory_parent": ("LAB-CTRL", "from where it is controlled"),
    "laboratory_controller": ("LAB-CTRL", "from where anybody else who controls it is headquartered or parented"),
    "laboratory_test_site": ("LAB-LOC", "where it tests"),
    "laboratory_test_site_in_ftz": ("LAB-LOC", "whether that place lies in a foreign-trade zone"),
    "laboratory_has_interest": ("LAB-IND", "whether it holds or gains anything by the export"),
    "laboratory_expertise": ("LAB-EXP", "whether it is able to confirm each quantity"),
    "declared_in_application": ("LAB-EXP", "whether it had the application's figures to confirm them against"),
    "report_issued_before_export": ("LAB-CERT", "whether the certification can be there before the export"),
    "laboratory_revoked": ("LAB-REV", "whether its qualification was revoked"),
    "reviewed_before_export": ("LAB-FREQ", "whether this shipment was reviewed before its export"),
    "laboratory_address_country": ("LAB-NAME", "whether it is named with an address in the United States"),
}
_CONFIRMED = "confirmed:"
_REVIEWED, _CERTIFIED, _NAMED = "reviewed_before_export", "report_issued_before_export", "laboratory_address_country"
_ORIGINS: Mapping[str | None, Origin] = {BY_TRUST_ROOT: "trust-root", AS_STATED: "laboratory", ASSUMED: "assumed"}


# --- What stands in the way -------------------------------------------------------------------------------------------


def refusals(case: Case, verdict: Verdict, issued_at: datetime | None) -> list[Fault]:
    """Return every reason why nothing may be certified, whatever else is found; empty where there is none.

    Args:
        case: The case.
        verdict: The verdict on it, by every lens.
        issued_at: When the statement that was signed says that it was; None: nothing was signed.
    """
    found = [
        Fault(where=f"{one.code}: {one.where}", got=one.got, need=one.need)
        for one in verdict.findings
        if one.effect == "voids"
    ]
    lens = _capability(verdict)
    if lens.outcome == "fail":
        failing = [_fault(reason) for reason in lens.reasons if reason.outcome == "fails"]
        found += failing or [_as_a_whole(lens)]
    day = _export_day(case)
    if issued_at is not None and day is not None and issued_at.date() > day:
        found.append(_signed_late(verdict, f"signed {issued_at.date()}, export {day}"))
    return found


def open_questions(case: Case, verdict: Verdict, issued_at: datetime | None) -> list[Fault]:
    """Return everything that is not known and would have to be; empty where all of it is."""
    lens = _capability(verdict)
    found = []
    if lens.outcome != "fail" and not (lens.certain and lens.outcome == "pass"):
        found = [_fault(reason) for reason in lens.reasons if reason.outcome != "holds"]
        found += [Fault(where=name, got="not stated", need="a statement, with its evidence") for name in lens.missing]
        found += [Fault(where="the law", got=text, need="a text that asks for the review") for text in lens.notices]
        found = found or [_as_a_whole(lens)]
    if verdict.lenses["evidence"].outcome == "undecided":
        found.append(Fault(where="evidence", got=verdict.lenses["evidence"].answer, need="measurements to rely on"))
    found += _no_shipment(case)
    day = _export_day(case)
    if issued_at is not None and issued_at.date() == day:
        found.append(_signed_late(verdict, f"signed and exported on {day}; the order is not shown"))
    return found


def _no_shipment(case: Case) -> Iterator[Fault]:
    """A certification is one of a shipment: how many units go, and to whom, or no stake in a party can be ruled out."""
    transaction = case.report.transaction or Transaction()
    if not transaction.units:
        need = "the number of units that ship (15 CFR 748 Supp. 2, paragraph (dd)(1)(ix))"
        yield Fault(where="transaction.units", got="nothing", need=need)
    if not any(party.name and not is_redacted(party.name) for party in transaction.parties):
        need = "the parties, in which the laboratory may hold no stake (paragraph (dd)(3)(i)(B))"
        yield Fault(where="transaction.parties", got="no party that is named", need=need)


def _capability(verdict: Verdict) -> Lens:
    return verdict.lenses["capability"]


def _as_a_whole(lens: Lens) -> Fault:
    return Fault(where="capability", got=" or ".join(lens.possible), need="every criterion to hold, for certain")


def _export_day(case: Case) -> date | None:
    return case.report.dates.export if case.report.dates else None


def _fault(reason: Reason) -> Fault:
    need = f"{reason.need} {reason.unit}" if reason.unit else reason.need
    got = f"{reason.got} ({reason.note})" if reason.note else reason.got
    return Fault(where=reason.criterion, got=got, need=f"{need} [{reason.cite}]")


def _signed_late(verdict: Verdict, got: str) -> Fault:
    """A certification that is signed after the export was not there before it, whatever the report says of itself."""
    need = f"signed before the export [{', '.join(_cites(verdict, (_CERTIFIED,)))}]"
    return Fault(where="predicate.issued_at", got=got, need=need)


# --- What is certified ------------------------------------------------------------------------------------------------


def confirmed(case: Case, verdict: Verdict, evidence: Mapping[str, QuantityEvidence]) -> tuple[ConfirmedQuantity, ...]:
    """Return the quantities that the law has a laboratory confirm, each with the reading that it rests on."""
    reasons = [one for one in _capability(verdict).reasons if one.criterion.startswith(_CONFIRMED)]
    return tuple(_confirmed(case, one, evidence[one.criterion.removeprefix(_CONFIRMED)]) for one in reasons)


def _confirmed(case: Case, reason: Reason, evidence: QuantityEvidence) -> ConfirmedQuantity:
    assert evidence.declared is not None
    _, reading = binding_reading(evidence.readings, evidence.declared)
    measurement = None if reading.measurement is None else case.report.measurements[reading.measurement]
    factor = measurement.coverage_factor if measurement else None
    return ConfirmedQuantity.model_construct(
        quantity=evidence.quantity,
        unit=evidence.unit,
        declared=as_text(evidence.declared),
        found=as_text(reading.value),
        expanded_uncertainty=as_text(reading.expanded_uncertainty),
        coverage_factor=None if factor is None else as_text(factor),
        where=reading.where,
        unit_id=reading.unit_id or None,
        margin=reason.margin,
        outcome=reason.outcome,
        cite=reason.cite,
    )


def declared_alone(verdict: Verdict, quantities: Sequence[ConfirmedQuantity]) -> tuple[DeclaredAlone, ...]:
    """Return what the application declares besides the quantities that are confirmed."""
    held = {one.quantity for one in quantities}
    return tuple(
        DeclaredAlone.model_construct(
            quantity=name, unit=verdict.figures[name].unit, declared=verdict.figures[name].declared
        )
        for name in UNIT_OF
        if name not in held
    )


def qualification(verdict: Verdict) -> tuple[QualificationFact, ...]:
    """Return every criterion of the capability lens that is about no quantity, in the order of the short names."""
    found = [_qualified(one) for one in _capability(verdict).reasons if not one.criterion.startswith(_CONFIRMED)]
    order = list(LAB_IDS)
    return tuple(sorted(found, key=lambda one: order.index(one.criterion) if one.criterion in order else len(order)))


def _qualified(reason: Reason) -> QualificationFact:
    id_, _ = LAB_IDS.get(reason.criterion, (None, ""))
    return QualificationFact.model_construct(
        id=id_,
        criterion=reason.criterion,
        says=reason.says,
        got=reason.got,
        need=reason.need,
        origin=_ORIGINS.get(reason.note, "report"),
        outcome=reason.outcome,
        cite=reason.cite,
    )


def _cites(verdict: Verdict, criteria: Sequence[str]) -> tuple[str, ...]:
    reasons = {one.criterion: one.cite for one in _capability(verdict).reasons}
    return tuple(dict.fromkeys(reasons[name] for name in criteria if name in reasons))


def certification_cites(verdict: Verdict) -> tuple[str, ...]:
    """Return the paragraphs that ask for the review of each shipment and for the certification of it."""
    return _cites(verdict, (_REVIEWED, _NAMED, _CERTIFIED))


# --- Who, and what ships ----------------------------------------------------------------------------------------------


def certifying_laboratory(case: Case) -> CertifyingLaboratory:
    """Return name and address of the laboratory: of a signed report as the trust root has them."""
    known, stated = case.laboratory, case.report.laboratory or Laboratory()
    if known is None:
        return CertifyingLaboratory.model_construct(name=stated.name, address=stated.address, origin="laboratory")
    return CertifyingLaboratory.model_construct(name=known.legal_name, address=known.address, origin="trust-root")


def shipment(case: Case) -> Shipment:
    """Return what ships."""
    lot, product = case.report.lot, case.report.product or Product()
    transaction = case.report.transaction or Transaction()
    units = lot.units if lot else ()
    return Shipment.model_construct(
        lot_id=lot.lot_id if lot else None,
        units_in_lot=lot.units_in_lot if lot else None,
        units_shipping=transaction.units,
        product=ShippedProduct.model_construct(
            name=product.name, manufacturer=product.manufacturer, part_number=product.part_number, chip=product.chip
        ),
        tested=tuple(
            UnitTested.model_construct(unit_id=one.unit_id, serial=one.serial, device_uuid=one.device_uuid)
            for one in units
        ),
        parties=tuple(
            ShipmentParty.model_construct(role=one.role, name=one.name, country=one.country)
            for one in transaction.parties
        ),
    )


def papers(case: Case) -> tuple[NamedPaper, ...]:
    """Return the documents that what is certified is held against."""
    declared, transaction = case.report.declared, case.report.transaction
    named = {
        "specifications of the licence application": declared.application if declared else None,
        "licence application": transaction.licence_application if transaction else None,
    }
    nothing = NamedDocument()
    return tuple(
        NamedPaper.model_construct(what=what, title=(one or nothing).title, sha256=(one or nothing).sha256)
        for what, one in named.items()
    )


# --- What whoever signs must know -------------------------------------------------------------------------------------


def remarks(of: Shipment, documents: Sequence[NamedPaper]) -> Iterator[str]:
    """Yield what no criterion asks for and a certification of one shipment cannot well do without."""
    if of.lot_id is None:
        yield "The report gives the lot no name: the certificate cannot be told from that of another lot."
    if of.units_shipping and of.units_in_lot is not None and of.units_shipping > of.units_in_lot:
        yield f"{of.units_shipping:,} units ship, and the lot has {of.units_in_lot:,}."
    unnamed = [one.unit_id for one in of.tested if not (one.serial or one.device_uuid)]
    if unnamed:
        yield f"Tested without a serial number or a UUID: {', '.join(unnamed[:5])}."
    for one in documents:
        if one.sha256 is None:
            yield f"The report names no digest of the {one.what}."


def notices(case: Case, verdict: Verdict) -> Iterator[Notice]:
    """Yield what stands at the head of a certificate."""
    yield _notice(
        "no-official-form",
        "There is no official form for this certification: the paragraphs that ask for it prescribe none. This one "
        "is the harness's own. It certifies nothing until somebody signs it for the laboratory.",
    )
    yield from _of_the_signature(case, verdict)
    evidence = verdict.lenses["evidence"]
    if evidence.answer != "usable":
        yield _notice("evidence-limited", f"The evidence is {evidence.answer}: some of it stands with restrictions.")
    if verdict.findings:
        yield _notice("look-before-signing", "A person must look at what was found before anybody signs: see below.")
    if case.as_of is not None:
        yield _notice("as-of-day", f"The law was read as of {case.as_of}, and not for the days of the report.")
    others = [name for name, lens in verdict.lenses.items() if not lens.informs and lens.outcome != "pass"]
    if others:
        said = ", ".join(f"{name} {verdict.lenses[name].outcome}" for name in others)
        yield _notice("verdict-no-pass", f"This is about the capability alone. The verdict is no pass: {said}.")


def _of_the_signature(case: Case, verdict: Verdict) -> Iterator[Notice]:
    level = verdict.reached["authenticity"].level
    if level == "unsigned":
        yield _notice(
            "unsigned",
            "The report is unsigned. What it says of the laboratory is the laboratory's own statement, and nobody's "
            "signature stands under it; what only a trust root knows is assumed.",
        )
    elif case.laboratory is None:
        yield _notice(
            "not-verified",
            "The report is signed, and nobody verified by whom: no trust root was given, or it does not know this "
            "laboratory. What it says of the laboratory is the laboratory's own statement; what only a trust root "
            "knows is assumed.",
        )


def _notice(code: str, text: str) -> Notice:
    return Notice.model_construct(code=code, text=text)

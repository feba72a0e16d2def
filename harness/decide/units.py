"""Every unit of a lab report by itself: is what was verified of it at or below the declaration?"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from fractions import Fraction

from harness.checks import all_findings
from harness.decide.facts import confirmation
from harness.decide.figures import QuantityEvidence, Reading, quantities
from harness.metrics.guard_band import at_or_below
from harness.model.case import Case
from harness.model.catalogue import CATALOGUE
from harness.model.finding import Effect, Finding
from harness.model.lab_report import TestedUnit
from harness.model.lot_acceptance import JudgedUnit, Shown
from harness.model.lot_catalogue import LOT_CATALOGUE
from harness.policy.law import Law

_CONFIRMED = "confirmed:"


def judged_units(
    case: Case, law: Law, source: str, *, copies: tuple[str, ...] = (), signed: bool = False
) -> tuple[JudgedUnit, ...]:
    """Return each unit that a report tested, with what the report shows of it.

    Args:
        case: The lab report with its chip spec, method and attachments.
        law: The law, which says what quantities a laboratory confirms.
        source: What messages call the report.
        copies: What of it was found to be a copy of another report.
        signed: Whether a report counts only with a signature that holds.
    """
    findings = all_findings(case)
    evidence = quantities(case, findings, law.figure_readings)
    asked = [fact.removeprefix(_CONFIRMED) for fact in law.facts if fact.startswith(_CONFIRMED)]
    whole = _of_the_report(findings, copies) or (_unsigned(case) if signed else None)
    declared = {quantity: found.declared for quantity, found in evidence.items() if found.declared is not None}
    return tuple(
        _judged(case, source, unit, {quantity: evidence[quantity] for quantity in asked}, whole, declared)
        for unit in (case.report.lot.units if case.report.lot else ())
    )


def _of_the_report(findings: list[Finding], copies: tuple[str, ...]) -> tuple[Shown, str] | None:
    """Return what holds of every unit, because it is wrong with the report as a whole."""
    if copies:
        return "void", copies[0]
    void = next((one for one in findings if CATALOGUE[one.code].effect is Effect.VOIDS), None)
    if void is not None:
        return "void", f"{void.code}, {void.where}"
    # What falls on single measurements leaves the others as they are; which units are to be there, the lot says.
    limits = (
        one
        for one in findings
        if not one.measurements and CATALOGUE[one.code].effect is not Effect.NOTES and one.code not in LOT_CATALOGUE
    )
    limit = next(limits, None)
    return None if limit is None else ("undecided", f"{limit.code}, {limit.where}")


def _unsigned(case: Case) -> tuple[Shown, str] | None:
    """Return that a report stays open because no signature on it holds."""
    level = next((facts.level for facts in case.aspects if facts.aspect == "authenticity"), "unsigned")
    return None if level in ("signed", "countersigned") else ("undecided", f"{level}; a trust root was given")


def _judged(
    case: Case,
    source: str,
    unit: TestedUnit,
    evidence: Mapping[str, QuantityEvidence],
    whole: tuple[Shown, str] | None,
    declared: Mapping[str, Fraction],
) -> JudgedUnit:
    alone = {quantity: _of_unit(found, unit.unit_id) for quantity, found in evidence.items()}
    shown, says = _shown(_with_one(case, unit), alone)
    # Void evidence proves nothing; evidence that is limited still shows "at least".
    if whole is not None and (whole[0] == "void" or shown != "above"):
        shown, says = whole
    session, (started, ended) = case.report.session, _times(case, unit.unit_id)
    return JudgedUnit(
        source=source,
        report_sha256=case.report_sha256,
        unit=unit,
        lot_id=case.report.lot.lot_id if case.report.lot else None,
        declared=declared,
        chips=_chips(case),
        shown=shown,
        says=says,
        by_measurement=shown == "above" and not any(map(_counted_above, alone.values())),
        session_id=session.session_id if session else None,
        started_at=started,
        ended_at=ended,
    )


def _of_unit(evidence: QuantityEvidence, unit_id: str) -> QuantityEvidence:
    """Return what is known of one unit; a claim, or what was derived, is of no unit and holds for each."""
    return replace(evidence, readings=tuple(one for one in evidence.readings if one.unit_id in (unit_id, "")))


def _with_one(case: Case, unit: TestedUnit) -> Case:
    assert case.report.lot is not None
    lot = case.report.lot.model_copy(update={"units": (unit,)})
    return replace(case, report=case.report.model_copy(update={"lot": lot}))


def _shown(case: Case, evidence: Mapping[str, QuantityEvidence]) -> tuple[Shown, str]:
    open_line = None
    for quantity, found in evidence.items():
        fact = confirmation(case, found)
        line = f"{quantity} {fact.got} {found.unit}; need {fact.need}"
        if fact.values == frozenset({"no"}):
            return "above", line
        if fact.values != frozenset({"yes"}):
            open_line = open_line or f"{line}: {fact.note}" if fact.note else open_line or line
    return ("undecided", open_line) if open_line else ("at-or-below", "every quantity at or below its declaration")


def _counted_above(evidence: QuantityEvidence) -> bool:
    """Return whether something else than a measurement lies above: another session would count the same again."""
    declared = evidence.declared
    return declared is not None and any(
        one.measurement is None and not one.doubtful and _above(one, declared) for one in evidence.readings
    )


def _above(reading: Reading, declared: Fraction) -> bool:
    return at_or_below(reading.value, reading.expanded_uncertainty, declared) == "fails"


def _chips(case: Case) -> frozenset[str]:
    """Return every name of the chip: the report's, and those of its spec file."""
    product, spec = case.report.product, case.spec
    names = {product.chip} if product and product.chip else set()
    return frozenset(names | ({spec.id, *spec.aliases} if spec else set()))


def _times(case: Case, unit_id: str) -> tuple[datetime | None, datetime | None]:
    """Return when the measurements of a unit began and ended; None where one of them does not say."""
    of_unit = [one for one in case.report.measurements if one.unit_id == unit_id]
    starts = [one.started_at for one in of_unit]
    ends = [one.ended_at for one in of_unit]
    known_starts, known_ends = [at for at in starts if at is not None], [at for at in ends if at is not None]
    if not of_unit or len(known_starts) < len(starts) or len(known_ends) < len(ends):
        return None, None
    return min(known_starts), max(known_ends)

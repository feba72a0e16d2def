"""What the report states, as the facts that the law asks for."""

from collections.abc import Mapping
from fractions import Fraction

from harness.checks.statements import evidence_missing
from harness.decide.figures import QuantityEvidence
from harness.metrics.guard_band import at_or_below
from harness.model.case import Case
from harness.model.finding import Finding
from harness.model.lab_report import Party
from harness.model.quantity import as_text
from harness.policy.box import NOT_STATED, Fact, stated, truth

_RANK = {"fails": 0, "undecided": 1, "holds": 2}


def facts_of(case: Case, evidence: Mapping[str, QuantityEvidence]) -> dict[str, Fact]:
    """Return every fact of the case that does not depend on which end user is asked about."""
    return {
        **_transaction_facts(case),
        **_product_facts(case),
        **_laboratory_facts(case),
        **_examinations(case),
        **_certifications(case),
        **{f"confirmed:{quantity}": confirmation(case, found) for quantity, found in evidence.items()},
    }


def end_users(case: Case) -> list[dict[str, Fact]]:
    """Return the facts about each end user; one without any where the report names none."""
    parties = case.report.transaction.parties if case.report.transaction else ()
    found = [_end_user_facts(party) for party in parties if party.role == "end-user"]
    return found or [{}]


def _end_user_facts(party: Party) -> dict[str, Fact]:
    name = f" ({party.name})" if party.name else ""
    places = {
        "end_user_country": party.country,
        "end_user_headquarters": party.headquarters_country,
        "end_user_parent": party.ultimate_parent_country,
    }
    return {
        fact: Fact(values=frozenset({place}), got=f"{place}{name}") if place else NOT_STATED
        for fact, place in places.items()
    }


def _transaction_facts(case: Case) -> dict[str, Fact]:
    transaction, dates = case.report.transaction, case.report.dates
    entry = transaction.import_entry if transaction else None
    facts = {
        "activity": stated(transaction.activity if transaction else None),
        "from_country": stated(transaction.from_country if transaction else None),
        "hts_heading": stated(entry.hts_heading if entry else None),
        "tariff_exemption": stated(entry.exemption if entry else None),
    }
    if dates is not None and dates.test is not None and dates.export is not None:
        got = f"tested {dates.test}, export {dates.export}"
        need = "tested before the export"
        same_day = dates.test == dates.export
        facts["reviewed_before_export"] = Fact(
            values=None if same_day else frozenset({"yes" if dates.test < dates.export else "no"}),
            got=got,
            need=need,
            note="on one day; the order is not shown" if same_day else None,
        )
    return facts


def _product_facts(case: Case) -> dict[str, Fact]:
    product, spec = case.report.product, case.spec
    makers = {
        name.casefold()
        for name in (product.manufacturer if product else None, spec.manufacturer if spec else None)
        if name
    }
    marketed = {
        "yes" if value else "no"
        for value in (
            product.designed_or_marketed_for_data_centers if product else None,
            spec.designed_or_marketed_for_data_centers if spec else None,
        )
        if value is not None
    }
    return {
        "item_kind": stated(product.item_kind if product else None),
        "manufacturer": _of_values(makers),
        "data_center": _of_values(marketed),
    }


def _of_values(values: set[str]) -> Fact:
    return Fact(values=frozenset(values), got=" or ".join(sorted(values))) if values else NOT_STATED


def _laboratory_facts(case: Case) -> dict[str, Fact]:
    laboratory = case.report.laboratory
    if laboratory is None:
        return {}
    note = "as the laboratory states it"
    interests = laboratory.financial_interests
    return {
        "laboratory_headquarters": stated(laboratory.headquarters_country, note=note),
        "laboratory_parent": stated(laboratory.ultimate_parent_country, note=note),
        "laboratory_test_site": stated(laboratory.test_site_country, note=note),
        "laboratory_test_site_in_ftz": truth(laboratory.test_site_in_foreign_trade_zone, note=note),
        "laboratory_has_interest": truth(None if interests is None else bool(interests), note=note),
    }


def _examinations(case: Case) -> dict[str, Fact]:
    transaction, dates = case.report.transaction, case.report.dates
    latest = dates.export if dates else None
    facts: dict[str, Fact] = {}
    for examination in transaction.examinations if transaction else ():
        name = f"examined:{examination.criterion}"
        lacking = evidence_missing(examination.document, examination.examined_by, examination.examined_on, latest)
        if examination.result == "hit":
            fact = Fact(values=frozenset({"hit"}), got="hit", note=examination.remark)
        elif examination.result == "clear" and lacking is None:
            got = f"clear, by {examination.examined_by} on {examination.examined_on}"
            fact = Fact(values=frozenset({"clear"}), got=got)
        else:
            fact = Fact(values=None, got=f"{examination.result or 'no result'} {lacking or ''}".strip())
        facts[name] = _stricter(facts.get(name), fact, "hit")
    return facts


def _certifications(case: Case) -> dict[str, Fact]:
    latest = case.report.dates.export if case.report.dates else None
    facts: dict[str, Fact] = {}
    for certification in case.report.certifications:
        name = f"certified:{certification.criterion}"
        lacking = evidence_missing(
            certification.document, certification.certified_by, certification.certified_on, latest
        )
        if certification.status == "refused":
            fact = Fact(values=frozenset({"no"}), got="refused")
        elif certification.status is not None and lacking is None:
            got = f"{certification.status}, by {certification.certified_by} on {certification.certified_on}"
            fact = Fact(values=frozenset({"yes"}), got=got)
        else:
            fact = Fact(values=None, got=f"{certification.status or 'no status'} {lacking or ''}".strip())
        facts[name] = _stricter(facts.get(name), fact, "no")
    return facts


def _stricter(before: Fact | None, after: Fact, adverse: str) -> Fact:
    """Of two statements on one criterion, the adverse one counts, then the one that leaves it open."""
    if before is None or after.values == frozenset({adverse}):
        return after
    return before if before.values == frozenset({adverse}) or before.values is None else after


def confirmation(case: Case, evidence: QuantityEvidence) -> Fact:
    """Return whether the quantity was verified to be at or below its declaration, on every unit drawn."""
    unit, declared = evidence.unit, evidence.declared
    if declared is None:
        return Fact(values=None, got="no declaration", need="a declared value", unit=unit)
    need = f"at or below the declared {as_text(declared)}"
    if not evidence.readings:
        return Fact(values=None, got="not measured", need=need, unit=unit)
    judged = [
        (at_or_below(reading.value, reading.expanded_uncertainty, declared), reading) for reading in evidence.readings
    ]
    outcome, worst = min(
        judged, key=lambda pair: (_RANK[pair[0]], declared - pair[1].value - pair[1].expanded_uncertainty)
    )
    got = f"{as_text(worst.value)} ± {as_text(worst.expanded_uncertainty)}, {worst.where}"
    margin = as_text(Fraction(declared) - Fraction(worst.value) - Fraction(worst.expanded_uncertainty))
    if outcome == "fails":
        margin = as_text(Fraction(declared) - Fraction(worst.value) + Fraction(worst.expanded_uncertainty))
        return Fact(values=frozenset({"no"}), got=got, need=need, unit=unit, margin=margin)
    if outcome == "undecided":
        note = "the declaration lies inside the uncertainty"
        return Fact(values=None, got=got, need=need, unit=unit, margin=margin, note=note)
    unconfirmed = _units_without(case, evidence)
    if unconfirmed:
        note = f"no value that can show at most on {', '.join(unconfirmed[:5])}"
        return Fact(values=None, got=got, need=need, unit=unit, margin=margin, note=note)
    return Fact(values=frozenset({"yes"}), got=got, need=need, unit=unit, margin=margin)


def _units_without(case: Case, evidence: QuantityEvidence) -> list[str]:
    units = case.report.lot.units if case.report.lot else ()
    if not units:
        return ["any unit of the lot"]
    confirmed = {reading.unit_id for reading in evidence.readings if reading.confirms}
    return [unit.unit_id for unit in units if unit.unit_id not in confirmed]


def absent_evidence(case: Case, evidence: Mapping[str, QuantityEvidence], asked: list[str]) -> list[Finding]:
    """Name the quantities that the law asks the laboratory for and that were not measured."""
    findings = []
    for quantity in asked:
        found = evidence[quantity]
        if not any(reading.where.startswith("measurements") for reading in found.readings):
            findings.append(
                Finding(
                    code="measurement-missing",
                    where="measurements",
                    got=f"no usable {quantity}",
                    need="one on every unit drawn",
                )
            )
        elif missing := [
            unit
            for unit in _units_without(case, evidence[quantity])
            if unit not in {reading.unit_id for reading in found.readings if reading.where.startswith("measurements")}
        ]:
            findings.append(
                Finding(
                    code="unit-not-measured",
                    where="measurements",
                    got=f"no usable {quantity} of {', '.join(missing[:5])}",
                    need="one on every unit drawn",
                )
            )
    return findings

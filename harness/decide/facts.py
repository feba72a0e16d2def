"""What the report states, as the facts that the law asks for."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import TypeVar

from harness.checks.statements import evidence_missing
from harness.decide.figures import QuantityEvidence, Reading
from harness.decide.laboratory import NO_PLACE, laboratory_facts
from harness.decide.parties import certifications_of_dossier, examinations_of_dossier, parties_of
from harness.metrics.guard_band import at_or_below
from harness.model.case import Case
from harness.model.finding import Finding
from harness.model.lab_report import Certification, Examination, Party
from harness.model.quantity import as_text
from harness.policy.box import NOT_STATED, Fact, stated
from harness.policy.law import KnownNames
from harness.policy.vocabulary import PLACES

_RANK = {"fails": 0, "undecided": 1, "holds": 2}


def facts_of(case: Case, evidence: Mapping[str, QuantityEvidence], confirmed: Iterable[str]) -> dict[str, Fact]:
    """Return every fact of the case that does not depend on which end user is asked about.

    Args:
        case: The case.
        evidence: What there is on each quantity.
        confirmed: The quantities that the law has a laboratory confirm.
    """
    return {
        **_transaction_facts(case),
        **_product_facts(case),
        **laboratory_facts(case, confirmed),
        **_examinations(case),
        **_certifications(case),
        **_declaration_facts(case, evidence),
        **{f"confirmed:{quantity}": confirmation(case, found) for quantity, found in evidence.items()},
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipient:
    """A party that the goods reach or pass, as the facts that the law asks of an end user."""

    facts: Mapping[str, Fact]
    # An end user or ultimate consignee decides; any other party can only leave the matter open.
    decides: bool


_PLACES = {
    "end_user_country": "country",
    "end_user_headquarters": "headquarters_country",
    "end_user_parent": "ultimate_parent_country",
}
PARTY_FACTS = frozenset(_PLACES)
_DECIDING_ROLES = ("end-user", "ultimate-consignee")


def recipients(case: Case) -> list[Recipient]:
    """Return every party that the goods reach, those of the same places once; without an end user, an unknown one."""
    parties = parties_of(case)
    found: dict[tuple[object, ...], Recipient] = {}
    for party in parties:
        decides = party.role in _DECIDING_ROLES
        places = (party.country, party.headquarters_country, party.ultimate_parent_country)
        # Nothing is known of a party without places; only of those that decide is that a gap.
        if decides or any(places):
            found.setdefault(
                (decides, *places), Recipient(facts=_recipient_facts(party, decides=decides), decides=decides)
            )
    if not any(party.role == "end-user" for party in parties):
        found[("unknown",)] = Recipient(facts={}, decides=True)
    return list(found.values())


_NO_PLACE = Fact(values=NO_PLACE, got="none stated")


def _recipient_facts(party: Party, *, decides: bool) -> dict[str, Fact]:
    """Return where a party is held; of one that does not decide, what is not stated raises no question."""
    name = ", ".join(part for part in (party.role, party.name) if part)
    unstated = NOT_STATED if decides else _NO_PLACE
    return {
        fact: Fact(values=frozenset({place}), got=f"{place} ({name})") if place else unstated
        for fact, field in _PLACES.items()
        for place in (getattr(party, field),)
    }


def with_known_names(facts: Mapping[str, Fact], names: KnownNames) -> dict[str, Fact]:
    """Return the facts with places and makers that nobody knows left open: a misspelt name is on no list of the law."""
    known = dict(facts)
    for name in PLACES & facts.keys():
        if facts[name].values != NO_PLACE and (facts[name].values or frozenset()) - names.places:
            known[name] = replace(facts[name], values=None, note="no ISO 3166-1 code")
    if "manufacturer" in facts:
        known["manufacturer"] = _known_makers(facts["manufacturer"], names)
    return known


def _known_makers(fact: Fact, names: KnownNames) -> Fact:
    ids = {names.makers.get(" ".join(value.casefold().split())) for value in fact.values or ()}
    if None in ids:
        return replace(fact, values=None, note="no maker that is known; names.toml lists them")
    found = frozenset(one for one in ids if one is not None)
    return replace(fact, values=found or None)


def _transaction_facts(case: Case) -> dict[str, Fact]:
    transaction, dates = case.report.transaction, case.report.dates
    entry = transaction.import_entry if transaction else None
    facts = {
        "activity": stated(transaction.activity if transaction else None),
        "from_country": stated(transaction.from_country if transaction else None),
        "hts_heading": stated(entry.hts_heading if entry else None),
        "tariff_exemption": stated(entry.exemption if entry else None),
        # The presumption of note 1 binds nobody else, and no report says that one of these exports.
        "for_a_cluster": stated("no", note="a report answers this under MU-10"),
        "exporter_role": stated("other", note="assumed: a report is about a product as it is sold"),
    }
    session = case.report.session
    export = dates.export if dates else None
    issued = session.report_issued_at.date() if session and session.report_issued_at else None
    facts["reviewed_before_export"] = _before("tested", dates.test if dates else None, export)
    facts["report_issued_before_export"] = _before("report issued", issued, export)
    return facts


def _before(what: str, day: date | None, export: date | None) -> Fact:
    if day is None or export is None:
        return NOT_STATED
    return Fact(
        values=None if day == export else frozenset({"yes" if day < export else "no"}),
        got=f"{what} {day}, export {export}",
        need=f"{what} before the export",
        note="on one day; the order is not shown" if day == export else None,
    )


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
        # A report is about a lot of one chip.
        "product_kind": stated("integrated-circuit"),
        "product": stated(spec.id if spec else product.chip if product else None),
        "item_kind": stated(product.item_kind if product else None),
        "manufacturer": _of_values(makers),
        "data_center": _of_values(marketed),
    }


def _declaration_facts(case: Case, evidence: Mapping[str, QuantityEvidence]) -> dict[str, Fact]:
    declared = case.report.declared
    named = declared.application if declared else None
    facts = {f"declared:{quantity}": stated("yes" if found.declared else None) for quantity, found in evidence.items()}
    return {**facts, "declared_in_application": stated("yes" if named and named.sha256 else None)}


def _of_values(values: set[str]) -> Fact:
    return Fact(values=frozenset(values), got=" or ".join(sorted(values))) if values else NOT_STATED


def _examinations(case: Case) -> dict[str, Fact]:
    transaction = case.report.transaction
    of_report = transaction.examinations if transaction else ()
    of_dossier = examinations_of_dossier(case)
    statements = [
        _Statement(
            name=f"examined:{one.criterion}",
            said=one.result,
            lacking=evidence_missing(one.document, one.examined_by, one.examined_on, case.export_day),
            evidence=f"by {one.examined_by} on {one.examined_on}",
            note=one.remark,
        )
        for one in _spoken(of_report, of_dossier, lambda one: one.result)
    ]
    return _stated_facts(statements, {"hit": "hit", "clear": "clear"}, adverse="hit")


S = TypeVar("S", Examination, Certification)


def _spoken(one: tuple[S, ...], other: tuple[S, ...], said: Callable[[S], str | None]) -> Iterator[S]:
    """Yield the statements of both documents; where one of them says nothing of a criterion, the other speaks."""
    for own, others in ((one, other), (other, one)):
        told = {statement.criterion for statement in others if said(statement) is not None}
        yield from (statement for statement in own if said(statement) is not None or statement.criterion not in told)


def _certifications(case: Case) -> dict[str, Fact]:
    of_dossier = certifications_of_dossier(case)
    statements = [
        _Statement(
            name=f"certified:{one.criterion}",
            said=one.status,
            lacking=evidence_missing(one.document, one.certified_by, one.certified_on, case.export_day),
            evidence=f"by {one.certified_by} on {one.certified_on}",
        )
        for one in _spoken(case.report.certifications, of_dossier, lambda one: one.status)
    ]
    return _stated_facts(statements, {"refused": "no", "supplied": "yes", "committed": "yes"}, adverse="no")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Statement:
    """What a report says under one criterion, and what it lacks to count."""

    name: str
    said: str | None
    lacking: str | None
    evidence: str
    note: str | None = None


def _stated_facts(statements: list[_Statement], values: Mapping[str, str], *, adverse: str) -> dict[str, Fact]:
    """An adverse statement needs no proof; a favourable one counts only with its evidence."""
    facts: dict[str, Fact] = {}
    for one in statements:
        value = values.get(one.said or "")
        if value == adverse:
            fact = Fact(values=frozenset({value}), got=str(one.said), note=one.note)
        elif value is not None and one.lacking is None:
            fact = Fact(values=frozenset({value}), got=f"{one.said}, {one.evidence}", note=one.note)
        else:
            fact = Fact(values=None, got=f"{one.said or 'nothing said'} {one.lacking or ''}".strip())
        facts[one.name] = _stricter(facts.get(one.name), fact, adverse)
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
    outcome, worst = binding_reading(evidence.readings, declared)
    got = f"{as_text(worst.value)} ± {as_text(worst.expanded_uncertainty)}, {worst.where}"
    headroom = declared - worst.value
    if outcome == "fails":
        margin = as_text(headroom + worst.expanded_uncertainty)
        return Fact(values=frozenset({"no"}), got=got, need=need, unit=unit, margin=margin)
    margin = as_text(headroom - worst.expanded_uncertainty)
    note = _why_open(case, evidence, outcome, worst)
    return Fact(
        values=frozenset({"yes"}) if note is None else None, got=got, need=need, unit=unit, margin=margin, note=note
    )


def binding_reading(readings: Iterable[Reading], declared: Fraction) -> tuple[str, Reading]:
    """Return the reading that the confirmation of a quantity rests on, and how it stands to the declaration.

    Args:
        readings: At least one.
        declared: The declared value, in the unit of the readings.
    """
    judged = [(_judged(reading, declared), reading) for reading in readings]
    # What was set aside is shown only where it changes the answer.
    judged = [pair for pair in judged if pair[0] != "holds" or not pair[1].doubtful] or judged
    return min(judged, key=lambda pair: (_RANK[pair[0]], declared - pair[1].value - pair[1].expanded_uncertainty))


def _judged(reading: Reading, declared: Fraction) -> str:
    outcome = at_or_below(reading.value, reading.expanded_uncertainty, declared)
    return "undecided" if outcome == "fails" and reading.doubtful else outcome


def _why_open(case: Case, evidence: QuantityEvidence, outcome: str, worst: Reading) -> str | None:
    if outcome == "undecided" and not worst.unit_id:
        return "above the declaration, and no measurement"
    if outcome == "undecided" and worst.doubtful:
        return "a value that was set aside lies above the declaration"
    if outcome == "undecided":
        return "the declaration lies inside the uncertainty"
    unconfirmed = _units_without(case, evidence)
    return f"no value that can show at most on {', '.join(unconfirmed[:5])}" if unconfirmed else None


def _units_without(case: Case, evidence: QuantityEvidence) -> list[str]:
    units = case.report.lot.units if case.report.lot else ()
    if not units:
        return ["any unit of the lot"]
    confirmed = {reading.unit_id for reading in evidence.readings if reading.confirms}
    return [unit.unit_id for unit in units if unit.unit_id not in confirmed]


def absent_evidence(case: Case, evidence: Mapping[str, QuantityEvidence], asked: list[str]) -> Iterator[Finding]:
    """Name the quantities that the law asks the laboratory for and that were not measured on every unit drawn."""
    units = [unit.unit_id for unit in (case.report.lot.units if case.report.lot else ())]
    for quantity in asked:
        readings = [one for one in evidence[quantity].readings if one.where.startswith("measurements")]
        measured = {one.unit_id for one in readings if not one.doubtful}
        missing = [unit for unit in units if unit not in measured]
        got = f"no usable {quantity}"
        if not measured:
            yield Finding(code="measurement-missing", where="measurements", got=got, need="one on every unit drawn")
        elif missing:
            got += f" of {', '.join(missing[:5])}"
            yield Finding(code="unit-not-measured", where="measurements", got=got, need="one on every unit drawn")


def far_below(case: Case, evidence: Mapping[str, QuantityEvidence]) -> Iterator[Finding]:
    """Name the quantities that the silicon, as it was found, cannot reach by a wide margin."""
    share = 1 - Fraction(case.method.far_below_share)
    for quantity, found in evidence.items():
        highest = found.derivation.maximum
        if highest is not None and found.declared is not None and Fraction(highest) < found.declared * share:
            got = f"{as_text(highest)} {found.unit} at the most"
            need = f"near the declared {as_text(found.declared)}"
            yield Finding(code="far-below-declared", where=f"declared.{quantity}.value", got=got, need=need)


_PLACE_OF = {
    "tpp": "declared.tpp",
    "total_dram_bandwidth": "declared.total_dram_bandwidth",
    "interconnect_bandwidth": "declared.interconnect_bandwidth",
    "copackaged_dram_capacity": "declared.copackaged_dram_capacity",
    "applicable_die_area_mm2": "product.non_planar_logic_die_area_mm2",
    "activity": "transaction.activity",
    "from_country": "transaction.from_country",
    "item_kind": "product.item_kind",
    "data_center": "product.designed_or_marketed_for_data_centers",
    "manufacturer": "product.manufacturer",
    "end_user_country": "transaction.parties[end-user].country",
    "end_user_headquarters": "transaction.parties[end-user].headquarters_country",
    "end_user_parent": "transaction.parties[end-user].ultimate_parent_country",
    "laboratory_headquarters": "laboratory.headquarters_country",
    "laboratory_parent": "laboratory.ultimate_parent_country",
    "laboratory_controller": "laboratory.ultimate_parent_country",
    "laboratory_test_site": "laboratory.test_site_country",
    "laboratory_test_site_in_ftz": "laboratory.test_site_in_foreign_trade_zone",
    "laboratory_has_interest": "laboratory.financial_interests",
    "laboratory_expertise": "the expertise of the laboratory in a trust root",
    "laboratory_revoked": "the qualification of the laboratory in a trust root",
    "laboratory_address_country": "laboratory.name, address and address_country",
    "reviewed_before_export": "dates.test and dates.export",
    "report_issued_before_export": "session.report_issued_at",
    "declared_in_application": "declared.application.sha256",
    "hts_heading": "transaction.import_entry.hts_heading",
    "tariff_exemption": "transaction.import_entry.exemption",
}
_PLACE_OF_FAMILY = {
    "examined": "transaction.examinations[{}]",
    "certified": "certifications[{}]",
    "shown": "what the dossier shows for {}",
    "declared": "declared.{}",
    "confirmed": "measurements of {}",
}


def place_of(name: str) -> str:
    """Return where in a lab report a figure or fact is stated.

    >>> place_of("activity"), place_of("examined:MU-01")
    ('transaction.activity', 'transaction.examinations[MU-01]')
    """
    family, _, rest = name.partition(":")
    return _PLACE_OF_FAMILY[family].format(rest) if rest else _PLACE_OF.get(name, name)


_ADVERSE = {"examined:": "hit", "certified:": "no", "shown:": "no", "confirmed:": "no"}


def adverse_facts(facts: Mapping[str, Fact]) -> list[str]:
    """Return the facts of a report that speak against it, whether or not a rule reads them."""
    return [
        name
        for name, fact in facts.items()
        for family, adverse in _ADVERSE.items()
        if name.startswith(family) and fact.values == frozenset({adverse})
    ]

"""What a dossier states, as the facts that the law asks for.

A criterion is cleared by an examination alone, with its document, examiner and day. The other facts of the dossier can
only speak against one, or leave it open where they do not agree with the examination.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from harness.checks.custody import same_name
from harness.checks.dossier import unnamed_parties
from harness.checks.statements import evidence_missing
from harness.decide.defined import holds, located, within_the_cap
from harness.decide.parties import parties_of
from harness.model.case import Case
from harness.model.lab_report import NamedDocument, Party
from harness.model.quantity import FigureState, exactly
from harness.policy.box import Box, Fact
from harness.policy.law import Law

if TYPE_CHECKING:
    # A report without a dossier pays for none of its models.
    from harness.model.dossier import Dossier, RedFlag, RemoteUser, Shipment

HIT = frozenset({"hit"})
# Of many objections to one criterion so many are told.
_TOLD = 3
_YES = frozenset({"yes"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Objection:
    """Why an examination cannot clear a criterion: what is known says otherwise, or leaves it open."""

    criterion: str
    met: bool
    got: str


def dossier_facts(case: Case, law: Law, day: date | None, box: Box) -> dict[str, Fact]:
    """Return the facts that a dossier adds to those of the report.

    Args:
        case: The case; without a dossier only that, and what its names say, is a fact.
        law: The law that the facts of the dossier are held against.
        day: The day of the export.
        box: The evidence of the report, with the examinations and certifications of both.
    """
    asked = case.dossier is not None or case.report.dossier is not None or _examines_further(case, law)
    facts = {"dossier": Fact(values=frozenset({"yes" if asked else "no"}), got="yes" if asked else "no")}
    objections = [Objection(criterion=name, met=met, got=got) for name, met, got in case.owners]
    if case.dossier is not None:
        facts |= {f"shown:{name}": fact for name, fact in _shown_here(case, case.dossier, law, day)}
        objections += _objections(case, case.dossier, law, day, box)
    for criterion in dict.fromkeys(one.criterion for one in objections):
        name = f"examined:{criterion}"
        against = [one for one in objections if one.criterion == criterion]
        met = [one.got for one in against if one.met]
        if met or box.fact(name).values != HIT:
            got = "; ".join((met or [one.got for one in against])[:_TOLD])
            facts[name] = Fact(values=HIT if met else None, got=got)
    return facts


def dossier_figures(dossier: "Dossier | None") -> dict[str, FigureState]:
    """Return the figures of the one computing system that the goods go into; what is not stated is unknown."""
    cluster = dossier.cluster if dossier is not None else None
    if cluster is None:
        return {}
    figures = {
        "cluster_fp64_compute": cluster.fp64_peak_pflops,
        "cluster_fp32_compute": cluster.fp32_peak_pflops,
        "cluster_volume": cluster.volume_ft3,
    }
    return {name: exactly(value) for name, value in figures.items() if value is not None}


def _examines_further(case: Case, law: Law) -> bool:
    """Whether the report itself examines a criterion that is asked only then."""
    examined = {f"examined:{one.criterion}" for one in (case.report.transaction or _NOTHING).examinations}
    further = {one.fact for text in law.instruments.values() for one in text.criteria if one.needs == "dossier"}
    return bool(examined & further)


class _Nothing:
    examinations: tuple[()] = ()


_NOTHING = _Nothing()


def named(document: NamedDocument | None) -> bool:
    """Return whether a document is named by a digest that can be one."""
    return evidence_missing(document, "somebody", date.min, None) is None


# --- What is shown for each certification ---------------------------------------------------------------------------


_OF_SUPPLY = ("DD-i", "DD-ii", "DD-iii")


def _shown_here(case: Case, dossier: "Dossier", law: Law, day: date | None) -> Iterator[tuple[str, Fact]]:
    """Yield what is shown; a yes stays open in a dossier of another transaction, or of a later supply."""
    missing = unnamed_parties(case)
    other = f"the dossier does not name {', '.join(missing[:3])}" if missing else None
    later = _stated_later(case, dossier)
    for name, fact in _shown(case, dossier, law, day):
        why = other or (later if name in _OF_SUPPLY else None)
        yield name, Fact(values=None, got=why) if why is not None and fact.values == _YES else fact


def _stated_later(case: Case, dossier: "Dossier") -> str | None:
    """Say where the supply is stated as of a day after the application, or after the export where there is none."""
    supply, dates = dossier.supply, case.report.dates
    latest = case.as_of or (dates.application or dates.export if dates is not None else None)
    if supply is None or supply.as_of is None or latest is None or supply.as_of <= latest:
        return None
    return f"supply as of {supply.as_of}, after {latest}"


def _shown(case: Case, dossier: "Dossier", law: Law, day: date | None) -> Iterator[tuple[str, Fact]]:
    yield "DD-i", _units_stated(dossier)
    yield "DD-ii", _supply(dossier)
    yield "DD-iii", _share(case, dossier, law, day)
    procedures = dossier.know_your_customer
    yield "DD-v", _listed("procedures", procedures, [named(one.document) for one in procedures or ()])
    service = dossier.remote_service
    yield (
        "DD-vi",
        _told(
            None if service is None or service.users is None else True,
            service is not None and named(service.submitted_list),
            "list of remote users",
        ),
    )
    yield "DD-vii", _undertaken(dossier)
    security = dossier.physical_security
    yield (
        "DD-viii",
        _told(
            None if security is None or security.description is None else True,
            security is not None and named(security.evidence),
            "description of physical security",
        ),
    )
    yield "DD-ix", _certified_shipments(case, dossier)


def _told(said: bool | None, evidenced: bool, what: str) -> Fact:
    """A no needs no evidence; a yes counts only with it."""
    if said is False:
        return Fact(values=frozenset({"no"}), got=f"{what}: no")
    if said is None:
        return Fact(values=None, got=f"{what}: not stated")
    if not evidenced:
        return Fact(values=None, got=f"{what}: without the digest of its document")
    return Fact(values=_YES, got=f"{what}: stated, with its document")


def _listed(what: str, listed: Iterable[object] | None, evidenced: list[bool]) -> Fact:
    if listed is None:
        return _told(None, False, what)
    return _told(bool(evidenced), all(evidenced), what)


def _units_stated(dossier: "Dossier") -> Fact:
    supply = dossier.supply
    complete = supply is not None and None not in (supply.units_shipped_to_us_customers, supply.as_of)
    return _told(complete or None, supply is not None and named(supply.evidence), "units shipped to US customers")


def _supply(dossier: "Dossier") -> Fact:
    supply = dossier.supply
    if supply is None:
        return _told(None, False, "supply")
    said = _all_of(supply.no_delay_of_us_orders, supply.foundry_capacity_not_diverted)
    longer = None not in (supply.lead_time_days, supply.normal_lead_time_days) and (
        supply.lead_time_days > supply.normal_lead_time_days  # type: ignore[operator]
    )
    if longer and said:
        got = f"a lead time of {supply.lead_time_days} days, normally {supply.normal_lead_time_days}, and yet no delay"
        return Fact(values=None, got=got)
    if said and supply.lead_time_days is not None and supply.normal_lead_time_days is None:
        return Fact(values=None, got=f"a lead time of {supply.lead_time_days} days; what is normal is not stated")
    return _told(said, named(supply.evidence) and named(supply.foundry_statement), "supply of US customers")


def _all_of(*answers: bool | None) -> bool | None:
    return False if False in answers else None if None in answers else True


def _share(case: Case, dossier: "Dossier", law: Law, day: date | None) -> Fact:
    """One commodity of the same five specifications: the ratio of aggregate TPP is that of the units."""
    supply, transaction = dossier.supply, case.report.transaction
    stayed = supply.units_shipped_to_us_customers if supply else None
    before = supply.units_exported_before if supply else None
    now = transaction.units if transaction else None
    if supply is None or stayed is None or before is None or now is None:
        return Fact(values=None, got="units shipped to US customers, exported before, or to be exported: not stated")
    within, said = within_the_cap(law, day, before + now, stayed)
    if within is None:
        return Fact(values=None, got=said)
    if within and not named(supply.evidence):
        return Fact(values=None, got=f"{said}; without the digest of its document")
    return Fact(values=frozenset({"yes" if within else "no"}), got=said)


def _undertaken(dossier: "Dossier") -> Fact:
    service, given = dossier.remote_service, dossier.undertakings
    if service is not None and service.offered is False and not service.users:
        return _told(True, named(service.evidence), "no computing is offered as a service")
    if given is None:
        return _told(None, False, "undertakings")
    every = (
        given.no_barred_remote_access,
        given.weights_stay_with_disclosed_users,
        given.no_barred_access_to_algorithms,
    )
    return _told(_all_of(*every), named(given.evidence), "undertakings")


def _certified_shipments(case: Case, dossier: "Dossier") -> Fact:
    """What goes on the day of the report's export is certified, all of it, by its laboratory, after its test."""
    shipments, dates, transaction = dossier.shipments, case.report.dates, case.report.transaction
    if not shipments:
        return _told(None, False, "shipments")
    if any(one.certified_on and one.exported_on and one.certified_on > one.exported_on for one in shipments):
        return _told(False, False, "certificates")
    day = dates.export if dates is not None else None
    going = transaction.units if transaction is not None else None
    if day is None or going is None:
        return Fact(values=None, got="the day of the export or the units that go: not stated")
    # Shipments of other days are of other reports.
    these = [one for one in shipments if one.exported_on in (None, day)]
    certified = [one for one in these if _certified_in_time(case, one)]
    units = sum(one.units or 0 for one in certified)
    if units < going or len(certified) < len(these):
        got = (
            f"{units} of {going} units that go on {day} certified by the laboratory, since its test and before that day"
        )
        return Fact(values=None, got=got)
    return _told(True, all(named(one.certificate) for one in these), "certificates")


def _certified_in_time(case: Case, shipment: "Shipment") -> bool:
    """On one day the order of certificate and export is not shown."""
    certified, exported, dates = shipment.certified_on, shipment.exported_on, case.report.dates
    laboratory = case.report.laboratory.name if case.report.laboratory is not None else None
    if certified is None or exported is None or dates is None or dates.test is None or shipment.units is None:
        return False
    return dates.test <= certified < exported and same_name(laboratory, shipment.laboratory)


# --- What speaks against a criterion --------------------------------------------------------------------------------


def _objections(case: Case, dossier: "Dossier", law: Law, day: date | None, box: Box) -> Iterator[Objection]:
    def on(definition: str, party: "Party | RemoteUser") -> str:
        return holds(law, definition, day, located(box, _places(party)))

    reached = [
        one for one in parties_of(case) if one.role in ("end-user", "ultimate-consignee", "intermediate-consignee")
    ]
    there = [on("in_macau_d5", one) for one in reached]
    yield from _cluster(dossier, law, day, box, reached)
    yield from _facility(dossier, there)
    for one in reached:
        name = one.name or one.role
        if on("held_elsewhere_denied", one) == "holds":
            yield Objection(criterion="MU-12", met=True, got=f"{name} is held from there and located elsewhere")
        elif on("held_elsewhere", one) != "fails":
            yield Objection(criterion="MU-12", met=False, got=f"{name}: may be held from there and located elsewhere")
    persons = dossier.us_persons
    if persons is not None and persons.support_barred_activities:
        yield Objection(criterion="MU-14", met=True, got="a US person supports what the section bars")
    yield from _remote(dossier, on)
    yield from _flags(dossier.red_flags)


def _places(party: "Party | RemoteUser") -> Mapping[str, str | None]:
    return {
        "end_user_country": party.country,
        "end_user_headquarters": party.headquarters_country,
        "end_user_parent": party.ultimate_parent_country,
    }


def _cluster(dossier: "Dossier", law: Law, day: date | None, box: Box, reached: Iterable[Party]) -> Iterator[Objection]:
    if dossier.cluster is None:
        return
    found = {holds(law, "supercomputer_there", day, located(box, _places(one))) for one in reached}
    if "holds" in found:
        yield Objection(criterion="MU-10", met=True, got="the cluster that is described is a supercomputer there")
    elif "undecided" in found:
        yield Objection(criterion="MU-10", met=False, got="the cluster that is described may be a supercomputer there")


def _facility(dossier: "Dossier", there: list[str]) -> Iterator[Objection]:
    facility = dossier.facility
    if facility is None or set(there) == {"fails"}:
        return
    if facility.advanced_node == "yes" and "holds" in there:
        yield Objection(criterion="MU-11", met=True, got="the facility makes advanced-node circuits")
    elif facility.advanced_node != "no" and (facility.advanced_node or facility.makes_integrated_circuits is not False):
        yield Objection(criterion="MU-11", met=False, got=f"advanced node: {facility.advanced_node or 'not stated'}")


def _remote(dossier: "Dossier", on: "Callable[[str, RemoteUser], str]") -> Iterator[Objection]:
    service, given = dossier.remote_service, dossier.undertakings
    for one in (service.users if service else None) or ():
        listed, name = one.on_submitted_list, one.name or "a remote user"
        where = "fails" if listed else on("from_the_eight_places", one)
        if where == "holds" and listed is False:
            yield Objection(criterion="MU-16", met=True, got=f"{name} is not on the list that was submitted")
        elif where != "fails":
            yield Objection(criterion="MU-16", met=False, got=f"{name}: place, or whether listed, not known")
    if service is not None and service.offered is False and service.users:
        yield Objection(criterion="MU-16", met=False, got="no service is offered, and yet remote users are named")
    if given is not None and given.no_barred_remote_access is False:
        yield Objection(criterion="MU-15", met=True, got="barred remote access is not ruled out by the undertakings")
    if given is not None and False in (given.weights_stay_with_disclosed_users, given.no_barred_access_to_algorithms):
        yield Objection(criterion="MU-17", met=True, got="an undertaking on weights or algorithms is refused")


def _flags(flags: "Iterable[RedFlag]") -> Iterator[Objection]:
    """A red flag that is resolved by a document is none any more."""
    for one in flags:
        if one.raised and not named(one.resolved_by):
            yield Objection(criterion="RF-732S3", met=True, got=f"red flag {one.number}: {one.remark or 'raised'}")
        elif one.raised is None:
            yield Objection(criterion="RF-732S3", met=False, got=f"red flag {one.number}: not answered")

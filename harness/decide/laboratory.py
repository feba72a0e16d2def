"""Who tested, as the facts that the law asks for: of a signed report from the trust root, and from nowhere else.

Of an unsigned report they are what the laboratory states of itself. What a trust root leaves out is unknown, whatever
the report says.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from harness.checks.custody import same_name
from harness.model.case import Case
from harness.model.redaction import is_redacted
from harness.policy.box import NOT_STATED, Fact, stated, truth

if TYPE_CHECKING:
    from harness.model.trust_root import Stake, TestSite, TrustedLaboratory

# A place that no list of the law holds.
NO_PLACE = frozenset({"none stated"})
# Where a fact comes from, as its note says; a certificate tells them apart.
BY_TRUST_ROOT = "by the trust root"
AS_STATED = "as the laboratory states it"
ASSUMED = "assumed: only a trust root knows"


def laboratory_facts(case: Case, quantities: Iterable[str]) -> dict[str, Fact]:
    """Return the facts of the laboratory that tested.

    Args:
        case: The case; who signed it is known where a trust root says so.
        quantities: Those that the law has a laboratory confirm.
    """
    if case.laboratory is None:
        return _as_stated(case)
    return {**_as_trusted(case, case.laboratory), "laboratory_expertise": _expertise(case.laboratory, quantities)}


def _as_stated(case: Case) -> dict[str, Fact]:
    laboratory = case.report.laboratory
    if laboratory is None:
        return {}
    note = AS_STATED
    named = laboratory.name is not None and laboratory.address is not None
    interests = laboratory.financial_interests
    return {
        "laboratory_headquarters": stated(laboratory.headquarters_country, note=note),
        "laboratory_parent": stated(laboratory.ultimate_parent_country, note=note),
        "laboratory_test_site": stated(laboratory.test_site_country, note=note),
        "laboratory_test_site_in_ftz": truth(laboratory.test_site_in_foreign_trade_zone, note=note),
        "laboratory_has_interest": _as_a_party(case, [laboratory.name])
        or truth(None if interests is None else bool(interests), note=note),
        "laboratory_address_country": stated(laboratory.address_country if named else None, note=note),
        # No report can say these of its own laboratory.
        "laboratory_controller": Fact(values=NO_PLACE, got="nobody else stated", note=ASSUMED),
        "laboratory_expertise": stated("yes", note=ASSUMED),
        "laboratory_revoked": stated("no", note=ASSUMED),
    }


def _as_a_party(case: Case, names: Iterable[str | None]) -> Fact | None:
    """A laboratory that is itself a party has an interest, whatever is stated."""
    found = next((name for name in names if name and any(same_name(party, name) for party in _parties(case))), None)
    if found is None:
        return None
    return Fact(values=frozenset({"yes"}), got=f"yes: {found} is a party to the transaction")


def _parties(case: Case) -> list[str | None]:
    """Return the name of every party; of one whose name was taken out nothing is known."""
    transaction = case.report.transaction
    names = [party.name for party in transaction.parties] if transaction else []
    return [None if is_redacted(name) else name for name in names]


def _as_trusted(case: Case, laboratory: "TrustedLaboratory") -> dict[str, Fact]:
    note = BY_TRUST_ROOT
    sites = _sites(case, laboratory)
    zones = {site.in_foreign_trade_zone for site in sites}
    zone = next(iter(zones)) if len(zones) == 1 else None
    controllers = laboratory.controlled_from
    return {
        "laboratory_headquarters": stated(laboratory.headquarters_country, note=note),
        "laboratory_parent": stated(laboratory.ultimate_parent_country, note=note),
        # Known to be controlled by nobody is its own master, wherever that is.
        "laboratory_controller": _one_of(
            {None} if controllers is None else {*controllers} or {laboratory.headquarters_country}, note
        ),
        "laboratory_test_site": _one_of({site.country for site in sites} or {None}, note),
        "laboratory_test_site_in_ftz": truth(zone, note=note),
        "laboratory_has_interest": _interest(case, laboratory, note),
        "laboratory_address_country": stated(laboratory.address_country if laboratory.address else None, note=note),
        "laboratory_revoked": _revoked(case, laboratory),
    }


def _one_of(places: set[str | None], note: str) -> Fact:
    """Return what is one of these places; where one of them is unknown, anything."""
    known = sorted(place for place in places if place is not None)
    if len(known) < len(places) or not known:
        return Fact(values=None, got=" or ".join([*known, "not known"]), note=note)
    return Fact(values=frozenset(known), got=" or ".join(known), note=note)


def _sites(case: Case, laboratory: "TrustedLaboratory") -> "list[TestSite]":
    """Return the sites where the tests can have been made: all that are known, for the report's word chooses none.

    A report that names a country where the laboratory has no site was made at one that nobody knows.
    """
    said = case.report.laboratory.test_site_country if case.report.laboratory else None
    sites = list(laboratory.test_sites or ())
    return sites if said is None or said in {site.country for site in sites} else []


def _interest(case: Case, laboratory: "TrustedLaboratory", note: str) -> Fact:
    party = _as_a_party(case, [laboratory.legal_name, *laboratory.also_known_as])
    if party is not None:
        return party
    parties = _parties(case)
    held = _with_a_party(laboratory.stakes, parties)
    if held:
        got = f"yes: {held[0].kind} in {held[0].organisation}"
        return Fact(values=frozenset({"yes"}), got=got, note=note)
    holders = _with_a_party(laboratory.holders, parties)
    if holders:
        got = f"{holders[0].organisation}, a party, holds a stake in the laboratory"
        return Fact(values=None, got=got, note="no paragraph names stakes in the laboratory; a person decides")
    if laboratory.stakes is None or laboratory.holders is None or not parties or None in parties:
        return Fact(values=None, got="not known against every party", note=note)
    return Fact(values=frozenset({"no"}), got="no stake in a party is known", note=note)


def _with_a_party(stakes: "Iterable[Stake] | None", parties: Iterable[str | None]) -> "list[Stake]":
    names = list(parties)
    return [stake for stake in stakes or () if any(same_name(name, stake.organisation) for name in names)]


def _expertise(laboratory: "TrustedLaboratory", quantities: Iterable[str]) -> Fact:
    """A quantity counts with the document that shows the expertise."""
    if laboratory.expertise is None:
        return NOT_STATED
    note = BY_TRUST_ROOT
    shown = {one.quantity for one in laboratory.expertise if one.evidence is not None and one.evidence.sha256}
    missing = [name for name in quantities if name not in shown]
    if missing:
        return Fact(values=None, got=f"not shown for {', '.join(missing)}", note=note)
    return Fact(values=frozenset({"yes"}), got="shown for every quantity", note=note)


def _revoked(case: Case, laboratory: "TrustedLaboratory") -> Fact:
    """A revocation counts from its day on: on the day of the export it stands, or does not yet."""
    if laboratory.revoked is None:
        return stated("no", note=BY_TRUST_ROOT)
    day = case.as_of or (case.report.dates.export if case.report.dates else None)
    got = f"revoked on {laboratory.revoked.on}" + (f", export {day}" if day is not None else "")
    values = None if day is None else frozenset({"yes" if laboratory.revoked.on <= day else "no"})
    return Fact(values=values, got=got, note=BY_TRUST_ROOT)

"""The dossier, format `dossier/1`: what is known of a transaction, for which a lab report has no room.

Almost every field may be null or left out. A missing fact is unknown, and unknown never passes. What speaks for the
transaction counts only with the document that shows it; what speaks against it needs none.
"""

from typing import Annotated, Literal

from pydantic import Field

from harness.model.document import Count, Country, Day, Document, Figure, Name, Text
from harness.model.lab_report import Certification, Examination, NamedDocument, Party

DOSSIER_FORMAT = "dossier/1"
Percent = Annotated[Figure, Field(le=100)]


class Holding(Document):
    """A share of a party that somebody holds, in percent, as of a day."""

    holder: Name
    holder_country: Country | None = None
    share_percent: Percent | None = None
    as_of: Day | None = None
    evidence: NamedDocument | None = None


class DossierParty(Party):
    """A party with its other names, its registry, its ultimate parent, and who holds it."""

    other_names: Annotated[tuple[Name, ...], Field(max_length=100)] = ()
    registry_number: Name | None = None
    address: Text | None = None
    ultimate_parent: Name | None = None
    # Null: not known; an empty list: known to be held by nobody else.
    ownership: Annotated[tuple[Holding, ...], Field(max_length=1_000)] | None = None


class ScreenedName(Document):
    """A party, or one of its owners, that was looked for on the lists that bar parties, and what came of it."""

    name: Name
    # Whether it is on a list that counts; null: a match that nobody has resolved.
    listed: bool | None = None
    entry: Text | None = None
    screened_on: Day | None = None
    # The screening, such as what `harness screen --format json` prints.
    document: NamedDocument | None = None


class EndUse(Document):
    """What the goods are for, as the end user states it."""

    statement: Text | None = None
    evidence: NamedDocument | None = None


class RemoteUser(Document):
    """Somebody who is to use the goods from afar, and whether the list given to the agency has him."""

    name: Name | None = None
    country: Country | None = None
    headquarters_country: Country | None = None
    ultimate_parent_country: Country | None = None
    on_submitted_list: bool | None = None
    evidence: NamedDocument | None = None


class RemoteService(Document):
    """Whether consignee or end user offers computing as a service, and to whom."""

    offered: bool | None = None
    evidence: NamedDocument | None = None
    # Null: not known; an empty list: none is intended.
    users: Annotated[tuple[RemoteUser, ...], Field(max_length=10_000)] | None = None
    # The list as it was given to the agency.
    submitted_list: NamedDocument | None = None


class Procedure(Document):
    """One of the ultimate consignee's know-your-customer procedures."""

    describes: Text | None = None
    document: NamedDocument | None = None


class PhysicalSecurity(Document):
    """How the ultimate consignee guards the goods."""

    description: Text | None = None
    evidence: NamedDocument | None = None


class Undertakings(Document):
    """What a consignee that offers computing as a service undertakes (15 CFR 748 Supp. 2, (dd)(1)(vii))."""

    no_barred_remote_access: bool | None = None
    weights_stay_with_disclosed_users: bool | None = None
    no_barred_access_to_algorithms: bool | None = None
    evidence: NamedDocument | None = None


class Supply(Document):
    """How much stayed in the United States, how much went, and what that did to orders there. In units."""

    units_shipped_to_us_customers: Count | None = None
    units_exported_before: Count | None = None
    as_of: Day | None = None
    lead_time_days: Figure | None = None
    normal_lead_time_days: Figure | None = None
    no_delay_of_us_orders: bool | None = None
    foundry_capacity_not_diverted: bool | None = None
    evidence: NamedDocument | None = None
    foundry_statement: NamedDocument | None = None


class Shipment(Document):
    """One shipment, with the laboratory's certificate for it."""

    shipment_id: Name | None = None
    units: Count | None = None
    exported_on: Day | None = None
    laboratory: Name | None = None
    certified_on: Day | None = None
    certificate: NamedDocument | None = None


class Cluster(Document):
    """The one computing system that the goods go into: collective peaks in petaflops, volume in cubic feet."""

    fp64_peak_pflops: Figure | None = None
    fp32_peak_pflops: Figure | None = None
    volume_ft3: Figure | None = None
    evidence: NamedDocument | None = None


class Facility(Document):
    """Whether the goods go to a place that makes integrated circuits, and of which node."""

    makes_integrated_circuits: bool | None = None
    advanced_node: Literal["yes", "no", "unknown"] | None = None
    evidence: NamedDocument | None = None


class UsPersons(Document):
    """Whether a US person supports what 15 CFR 744.6 bars."""

    support_barred_activities: bool | None = None
    evidence: NamedDocument | None = None


class RedFlag(Document):
    """An answer to one of the numbered red flags of 15 CFR 732 Supp. 3."""

    number: Annotated[int, Field(ge=1, le=200)]
    raised: bool | None = None
    remark: Text | None = None
    resolved_by: NamedDocument | None = None


class Dossier(Document):
    """A dossier, `dossier/1`."""

    format: Literal["dossier/1"] = Field(alias="schema")
    dossier_id: Name
    notes: tuple[Text, ...] = ()
    parties: Annotated[tuple[DossierParty, ...], Field(max_length=1_000)] = ()
    screened: Annotated[tuple[ScreenedName, ...], Field(max_length=10_000)] = ()
    end_use: EndUse | None = None
    remote_service: RemoteService | None = None
    know_your_customer: Annotated[tuple[Procedure, ...], Field(max_length=1_000)] | None = None
    physical_security: PhysicalSecurity | None = None
    undertakings: Undertakings | None = None
    supply: Supply | None = None
    shipments: Annotated[tuple[Shipment, ...], Field(max_length=10_000)] | None = None
    cluster: Cluster | None = None
    facility: Facility | None = None
    us_persons: UsPersons | None = None
    red_flags: Annotated[tuple[RedFlag, ...], Field(max_length=200)] = ()
    examinations: Annotated[tuple[Examination, ...], Field(max_length=1_000)] = ()
    certifications: Annotated[tuple[Certification, ...], Field(max_length=1_000)] = ()

"""One entry of a ledger, `ledger-event/1`: what happened on a day. Entries are added and never edited."""

from typing import Annotated, Literal

from pydantic import Field

from harness.model.document import Country, Day, Document, Figure, Form, Name, Sha256, Text
from harness.model.lab_report import NamedDocument
from harness.model.quantity import BandwidthUnit, CapacityUnit, PowerUnit

LEDGER_EVENT_FORMAT = "ledger-event/1"

Units = Annotated[int, Field(ge=1, le=10**9)]
Seq = Annotated[int, Field(ge=0, le=10**12)]
# Used once each; compared without regard to case and spaces.
Reference = Annotated[str, Form(r"[\x21-\x7e](?:[\x20-\x7e]{0,98}[\x21-\x7e])?", 100, "an id of printable ASCII")]
UnitIds = Annotated[tuple[Reference, ...], Field(min_length=1, max_length=10_000)]


class DeclaredTotalTpp(Document):
    """Declared total processing performance of one unit."""

    value: Figure
    unit: Literal["TPP"] = "TPP"


class DeclaredRate(Document):
    """A declared bandwidth of one unit."""

    value: Figure
    unit: BandwidthUnit


class DeclaredSize(Document):
    """A declared capacity of one unit."""

    value: Figure
    unit: CapacityUnit


class DeclaredPeakPower(Document):
    """Declared peak power consumption of one unit at maximum TPP."""

    value: Figure
    unit: PowerUnit


class FiveDeclared(Document):
    """The five specifications that make a product the same commodity: 15 CFR 748 Supp. 2, (dd)(1)(i) and (iii)."""

    tpp: DeclaredTotalTpp
    total_dram_bandwidth: DeclaredRate
    interconnect_bandwidth: DeclaredRate
    copackaged_dram_capacity: DeclaredSize
    peak_power_at_max_tpp: DeclaredPeakPower


class Product(Document):
    """A product; it is told from others by its five declared quantities alone."""

    kind: Literal["product"]
    model: Name
    declared: FiveDeclared
    # The first day of the window in which US shipments count.
    first_us_commercial_shipment: Day | None = None


class UsShipment(Document):
    """Units that went to a customer. They count with evidence, for US end use, at a place in the United States."""

    kind: Literal["us-shipment"]
    product: Sha256
    units: Units
    to: Name
    customer_country: Country
    us_end_use: bool | None = None
    # The invoice or order, once.
    reference: Reference
    evidence: NamedDocument | None = None
    # The identity of each unit, where it is known: what stayed cannot go too.
    unit_ids: UnitIds | None = None


class Export(Document):
    """Units that left the country."""

    kind: Literal["export"]
    product: Sha256
    units: Units
    to: Name | None = None
    country: Country
    licence: Reference | None = None
    # The shipment, once.
    shipment: Reference
    # The identity of each unit, or the digest of the list.
    unit_ids: UnitIds | None = None
    unit_list_sha256: Sha256 | None = None
    # The lab report that reviewed the shipment.
    report_sha256: Sha256 | None = None


class Reexport(Document):
    """Units that went from one foreign place to another; told, and no part of the cap, which is on exports."""

    kind: Literal["reexport"]
    product: Sha256
    units: Units
    from_country: Country
    country: Country
    shipment: Reference


class Licence(Document):
    """A licence as it was granted."""

    kind: Literal["licence"]
    number: Reference
    product: Sha256
    units: Units
    countries: Annotated[tuple[Country, ...], Field(min_length=1, max_length=250)]
    valid_from: Day
    valid_until: Day
    conditions: Annotated[tuple[Text, ...], Field(max_length=200)] | None = None
    document: NamedDocument | None = None


class LicenceChange(Document):
    """A change of a licence; what is left out stays as it was."""

    kind: Literal["licence-change"]
    number: Reference
    units: Units | None = None
    valid_until: Day | None = None
    conditions: Annotated[tuple[Text, ...], Field(max_length=200)] | None = None
    revoked: bool | None = None
    document: NamedDocument | None = None


class SpecificationChange(Document):
    """That a model is from now on another product, and why: 15 CFR 748 Supp. 2, (dd)(1)(i)."""

    kind: Literal["specification-change"]
    from_product: Sha256
    to_product: Sha256
    explanation: Text
    document: NamedDocument | None = None


class Application(Document):
    """A licence application: with its day and the quantity that it asks for the cap is looked at."""

    kind: Literal["application"]
    number: Reference
    product: Sha256
    units: Units
    countries: Annotated[tuple[Country, ...], Field(min_length=1, max_length=250)]


class LoggedDocument(Document):
    """That a document was there: a report, a decision, a challenge or a manifest, by the digest of its bytes."""

    kind: Literal["report", "decision", "challenge", "manifest"]
    sha256: Sha256
    title: Name | None = None


Correctable = Annotated[
    Product | UsShipment | Export | Reexport | Licence | LicenceChange | SpecificationChange | Application,
    Field(discriminator="kind"),
]


class Correction(Document):
    """What an earlier entry should have said, whole, and why. The earlier entry stays in the log as it is."""

    kind: Literal["correction"]
    corrects: Seq
    reason: Text
    # The day on which it happened, where that was wrong too.
    happened: Day | None = None
    event: Correctable


class Cancellation(Document):
    """That what an earlier entry says did not happen, or was undone, and why."""

    kind: Literal["cancellation"]
    cancels: Seq
    reason: Text


Event = Annotated[
    Product
    | UsShipment
    | Export
    | Reexport
    | Licence
    | LicenceChange
    | SpecificationChange
    | Application
    | LoggedDocument
    | Correction
    | Cancellation,
    Field(discriminator="kind"),
]


class LedgerEvent(Document):
    """One entry of a ledger."""

    format: Literal["ledger-event/1"] = Field(alias="schema")
    # The day on which it happened, which may be before the day on which it is recorded.
    day: Day
    event: Event
    # It is recorded because it happened, though it should not have: it crosses the cap, or its licence.
    as_happened: Literal[True] | None = None
    note: Text | None = None

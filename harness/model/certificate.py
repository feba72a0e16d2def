"""The laboratory's certification of one shipment, `certificate/1`: what was found, by whom, and what it rests on."""

from typing import Literal

from pydantic import ConfigDict, Field

from harness.model.archive import Retention
from harness.model.document import Amount, Document, Instant, Sha256, Slug
from harness.model.verdict import ConditionOutcome, Dates, FindingRecord, Outcome, Reached, Receipt, Score

CERTIFICATE_FORMAT = "certificate/1"

# By whose word a fact stands: the trust root's, the laboratory's own, nobody's, or the report's other statements.
Origin = Literal["trust-root", "laboratory", "assumed", "report"]


class Notice(Document):
    """Something that whoever signs or relies on the certificate must know."""

    code: Slug
    text: str


class SigningKey(Document):
    """A key of the trust root that signed the report, and whose it is."""

    key_id: Sha256
    organisation: str
    roles: tuple[str, ...]


class ReportSignature(Document):
    """Who signed the report, as far as it was verified."""

    level: str
    says: str
    issued_at: Instant | None
    trust_root_version: int | None
    keys: tuple[SigningKey, ...]


class CertifyingLaboratory(Document):
    """Whose certification it is: name and address, and by whose word."""

    name: str | None
    address: str | None
    origin: Origin


class NamedPaper(Document):
    """A document of the transaction, by its digest."""

    what: str
    title: str | None
    sha256: Sha256 | None


class ShippedProduct(Document):
    """The commodity, as the report names it."""

    name: str | None
    manufacturer: str | None
    part_number: str | None
    chip: str | None


class UnitTested(Document):
    """One unit that was tested."""

    unit_id: str
    serial: str | None
    device_uuid: str | None


class ShipmentParty(Document):
    """A party to the transaction."""

    role: str
    name: str | None
    country: str | None


class Shipment(Document):
    """What ships: one lot."""

    lot_id: str | None
    units_in_lot: int | None
    units_shipping: int | None
    product: ShippedProduct
    tested: tuple[UnitTested, ...]
    parties: tuple[ShipmentParty, ...]


class ConfirmedQuantity(Document):
    """A quantity that was found at or below its declaration. All in `unit`."""

    quantity: str
    unit: str
    declared: Amount
    found: Amount
    # U, and the k that the report states with it; null where the value is no measurement of the report.
    expanded_uncertainty: Amount
    coverage_factor: Amount | None
    # Where the value stands, and on which unit it was found: of all, the one that leaves the least headroom.
    where: str
    unit_id: str | None
    margin: Amount | None
    outcome: ConditionOutcome
    cite: str


class DeclaredAlone(Document):
    """A quantity that the application declares and that no criterion asks the laboratory to confirm."""

    quantity: str
    unit: str
    declared: Amount | None


class QualificationFact(Document):
    """One criterion on the laboratory or its review, from the verdict. `id` null: one that has no short name yet."""

    id: str | None
    criterion: str
    says: str | None
    got: str
    need: str
    origin: Origin
    outcome: ConditionOutcome
    cite: str


class LensAnswer(Document):
    """What one lens of the verdict answers; a certificate is about one of them."""

    outcome: Outcome
    answers: tuple[str, ...]
    informs: bool


class CertifiedVerdict(Document):
    """The verdict behind the certificate: SHA-256 of its RFC 8785 spelling, and its answers."""

    sha256: Sha256
    outcome: Outcome
    score: Score
    lenses: dict[str, LensAnswer]


class Certificate(Document):
    """A certificate, `certificate/1`. The same report, law and trust root give the same one."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    format: Literal["certificate/1"] = Field(alias="schema")
    report_id: str
    notices: tuple[Notice, ...]
    laboratory: CertifyingLaboratory
    signature: ReportSignature
    shipment: Shipment
    papers: tuple[NamedPaper, ...]
    confirmed: tuple[ConfirmedQuantity, ...]
    declared_alone: tuple[DeclaredAlone, ...]
    qualification: tuple[QualificationFact, ...]
    # To be looked at by a person before signing, because what is signed says that it is accurate.
    findings: tuple[FindingRecord, ...]
    remarks: tuple[str, ...]
    evidence: str
    reached: dict[str, Reached]
    # The paragraphs that ask for the certification, and for its accuracy.
    cites: tuple[str, ...]
    # The days as the report states them, and the one that stood in for all of them.
    days: Dates
    verdict: CertifiedVerdict
    receipt: Receipt
    retention: Retention

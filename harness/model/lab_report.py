"""The lab report, format `lab-report/0`: what a laboratory states about a lot, as it states it.

Almost every field may be null or left out. A missing fact is unknown, and unknown never passes: it is named as
missing evidence. Only what gives the file its shape is required.
"""

from typing import Annotated, Literal

from pydantic import Field

from harness.model.device_state import UnitState
from harness.model.document import (
    Count,
    Country,
    Criterion,
    Day,
    Document,
    Figure,
    FileName,
    Instant,
    MemberPath,
    Name,
    Sha256,
    SignedFigure,
    Slug,
    TariffExemption,
    TariffHeading,
    Text,
)
from harness.model.measurement import Measurement, Observation
from harness.model.quantity import BandwidthUnit, CapacityUnit, PowerUnit

LAB_REPORT_FORMAT = "lab-report/0"


class NamedDocument(Document):
    """A document that stands behind a statement, named by its digest."""

    title: Name | None = None
    sha256: Sha256 | None = None


class Accreditation(Document):
    """An accreditation as the laboratory states it; nothing rests on it until a trust root confirms it."""

    body: Name | None = None
    number: Name | None = None
    standard: Name | None = None
    scope: Text | None = None
    valid_until: Day | None = None


class FinancialInterest(Document):
    """A stake or benefit that ties the laboratory to a party of the transaction."""

    party: Name
    kind: Text | None = None


class Laboratory(Document):
    """Who tested, where, and under whose control, as the laboratory states it."""

    name: Name | None = None
    address: Text | None = None
    address_country: Country | None = None
    headquarters_country: Country | None = None
    ultimate_parent_country: Country | None = None
    test_site_country: Country | None = None
    test_site_in_foreign_trade_zone: bool | None = None
    financial_interests: tuple[FinancialInterest, ...] | None = None
    accreditations: tuple[Accreditation, ...] = ()


class Product(Document):
    """The commodity: which chip it is, and the facts about it that no measurement shows."""

    chip: Slug | None = None
    manufacturer: Name | None = None
    name: Name | None = None
    part_number: Name | None = None
    item_kind: Literal["commodity", "software", "technology"] | None = None
    designed_or_marketed_for_data_centers: bool | None = None
    non_planar_logic_die_area_mm2: Figure | None = None
    has_non_planar_logic_die: bool | None = None


class DeclaredTpp(Document):
    """Declared total processing performance."""

    value: Figure | None = None
    unit: Literal["TPP"] = "TPP"
    basis: Text | None = None


class DeclaredBandwidth(Document):
    """A declared bandwidth, with its unit."""

    value: Figure | None = None
    unit: BandwidthUnit = "GB/s"
    basis: Text | None = None


class DeclaredCapacity(Document):
    """A declared capacity, with its unit: GB and GiB are not the same."""

    value: Figure | None = None
    unit: CapacityUnit = "GB"
    basis: Text | None = None


class DeclaredPower(Document):
    """Declared peak power consumption at maximum TPP."""

    value: Figure | None = None
    unit: PowerUnit = "W"
    basis: Text | None = None


class Declared(Document):
    """The five specifications that the licence application declares (15 CFR 748 Supp. 2, (dd)(1)(i))."""

    tpp: DeclaredTpp | None = None
    total_dram_bandwidth: DeclaredBandwidth | None = None
    interconnect_bandwidth: DeclaredBandwidth | None = None
    copackaged_dram_capacity: DeclaredCapacity | None = None
    peak_power_at_max_tpp: DeclaredPower | None = None
    application: NamedDocument | None = None
    explanation_of_changes: Text | None = None


class TestedUnit(Document):
    """One unit of the lot, by every identity it has."""

    __test__ = False  # pytest would otherwise collect it for its name.

    unit_id: Slug
    serial: Name | None = None
    device_uuid: Name | None = None
    state: UnitState | None = None


class Lot(Document):
    """The lot, and the units that were drawn from it for testing."""

    lot_id: Name | None = None
    units_in_lot: Count | None = None
    sampling_plan: Text | None = None
    # Who chose the units that were tested.
    drawn_by: Literal["laboratory", "applicant", "manufacturer", "other"] | None = None
    # The list of all units and the draw from it, as attachments: by them anyone can draw again.
    manifest: FileName | None = None
    draw: FileName | None = None
    units: Annotated[tuple[TestedUnit, ...], Field(max_length=4_096)] = ()


class Configuration(Document):
    """Software and firmware that the measurements are a statement about."""

    driver: Name | None = None
    driver_released_on: Day | None = None
    firmware: Name | None = None
    compute_library: Name | None = None
    bench: Name | None = None
    bench_sha256: Sha256 | None = None
    changes_made: Text | None = None


class Environment(Document):
    """The room and the supply during the test."""

    ambient_temperature_celsius: SignedFigure | None = None
    cooling: Name | None = None
    supply_voltage_v: Figure | None = None


class IngestedFile(Document):
    """A file of another tool that the report was read from, and what of it found no place here."""

    tool: Slug
    tool_version: Name | None = None
    name: FileName
    sha256: Sha256
    size_bytes: Count
    remarks: Annotated[tuple[Text, ...], Field(max_length=1_000)] = ()
    not_mapped: Annotated[tuple[Text, ...], Field(max_length=4_096)] = ()


class Waiver(Document):
    """A wish that a check be left out. None is: a waiver is shown, and changes nothing."""

    check: Slug
    reason: Text | None = None
    signed_by: Name | None = None
    signed_on: Day | None = None


class Recorder(Document):
    """A machine that recorded the tests, and how far its clock stood from the first one's."""

    name: Name
    controlled_by: Name | None = None
    clock_offset_ms: SignedFigure | None = None


class CustodyEvent(Document):
    """One hand-over of the lot."""

    at: Instant | None = None
    from_party: Name | None = None
    to_party: Name | None = None
    place: Name | None = None
    seals: tuple[Name, ...] = ()
    evidence: NamedDocument | None = None


class Attestation(Document):
    """What a device says of itself, signed by a key of its maker: two attachments, and when they were taken."""

    unit_id: Slug
    stage: Literal["before", "after"]
    report: FileName
    chain: FileName


class Party(Document):
    """A party to the transaction. Location, headquarters and ultimate parent are three different facts."""

    role: Literal[
        "exporter",
        "purchaser",
        "intermediate-consignee",
        "ultimate-consignee",
        "end-user",
        "remote-user",
        "freight-forwarder",
        "other",
    ]
    name: Name | None = None
    country: Country | None = None
    headquarters_country: Country | None = None
    ultimate_parent_country: Country | None = None


class Examination(Document):
    """Whether a military-use criterion was examined: by whom, when, on which document, with what result."""

    criterion: Criterion
    result: Literal["clear", "hit"] | None = None
    examined_by: Name | None = None
    examined_on: Day | None = None
    document: NamedDocument | None = None
    remark: Text | None = None


class ImportEntry(Document):
    """How the goods entered the United States, where they did."""

    hts_heading: TariffHeading | None = None
    exemption: TariffExemption | None = None


class Transaction(Document):
    """The transaction that the report serves."""

    activity: Literal["export", "reexport", "in-country-transfer"] | None = None
    from_country: Country | None = None
    units: Count | None = None
    licence_application: NamedDocument | None = None
    parties: Annotated[tuple[Party, ...], Field(max_length=1000)] = ()
    end_use: Text | None = None
    import_entry: ImportEntry | None = None
    examinations: tuple[Examination, ...] = ()


class Certification(Document):
    """One of the certifications of paragraph (dd)(1), as supplied or committed to."""

    criterion: Criterion
    status: Literal["supplied", "committed", "refused"] | None = None
    document: NamedDocument | None = None
    certified_by: Name | None = None
    certified_on: Day | None = None


class ReportDates(Document):
    """The four dates that the rules follow. Each is the day of the event, or null."""

    test: Day | None = None
    application: Day | None = None
    export: Day | None = None
    entry: Day | None = None


class Challenge(Document):
    """What a verifier gave the laboratory beforehand, so that an old run cannot be sent in as a new one."""

    nonce_sha256: Sha256 | None = None
    # What was revealed when the session began: 32 bytes of which `nonce_sha256` is the digest.
    nonce: Sha256 | None = None
    issued_by: Name | None = None
    issued_at: Instant | None = None


class TestSession(Document):
    """The session in which the measurements were taken."""

    __test__ = False

    session_id: Name | None = None
    operator: Name | None = None
    started_at: Instant | None = None
    ended_at: Instant | None = None
    report_issued_at: Instant | None = None


class Attachment(Document):
    """A file beside the report, named by digest. A raw series is a text file with one figure per line."""

    name: FileName
    sha256: Sha256
    size_bytes: Count
    media_type: Name | None = None


class NamedDossier(Document):
    """The dossier of the transaction: a file beside the report or below its folder, named by digest."""

    file: MemberPath
    sha256: Sha256


def _absent(value: object) -> bool:
    return value is None


class LabReport(Document):
    """A lab report, `lab-report/0`."""

    format: Literal["lab-report/0"] = Field(alias="schema")
    report_id: Name
    notes: tuple[Text, ...] = ()
    laboratory: Laboratory | None = None
    product: Product | None = None
    declared: Declared | None = None
    lot: Lot | None = None
    configuration: Configuration | None = None
    environment: Environment | None = None
    measurements: Annotated[tuple[Measurement, ...], Field(max_length=20_000)] = ()
    observations: Annotated[tuple[Observation, ...], Field(max_length=20_000)] = ()
    ingested: Annotated[tuple[IngestedFile, ...], Field(max_length=1_000)] = ()
    waivers: Annotated[tuple[Waiver, ...], Field(max_length=1_000)] = ()
    recorders: Annotated[tuple[Recorder, ...], Field(max_length=100)] = ()
    custody: tuple[CustodyEvent, ...] = ()
    # The hand-overs as the parties signed them, in an attachment.
    custody_log: FileName | None = None
    attestations: Annotated[tuple[Attestation, ...], Field(max_length=10_000)] = ()
    transaction: Transaction | None = None
    # What the transaction rests on beyond this report; it is read with it.
    dossier: NamedDossier | None = Field(None, exclude_if=_absent)
    certifications: tuple[Certification, ...] = ()
    dates: ReportDates | None = None
    challenge: Challenge | None = None
    session: TestSession | None = None
    attachments: tuple[Attachment, ...] = ()
    laboratory_conclusion: Text | None = None


def attached_documents(report: LabReport) -> dict[str, str]:
    """Return the attachments that are documents, on which the whole report rests: where each is named, by its name."""
    named = {"custody_log": report.custody_log}
    if report.lot is not None:
        named |= {"lot.manifest": report.lot.manifest, "lot.draw": report.lot.draw}
    for n, one in enumerate(report.attestations):
        named |= {f"attestations[{n}].report": one.report, f"attestations[{n}].chain": one.chain}
    return {name: where for where, name in named.items() if name is not None}

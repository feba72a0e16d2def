"""A notice under License Exception NAC, `nac-notice/1`, and how far it is complete, `nac-check/1`."""

from typing import Annotated, Literal

from pydantic import Field

from harness.model.document import Count, Country, Day, Document, Figure, Name, Slug, Text
from harness.model.lab_report import Examination, NamedDocument
from harness.model.quantity import BandwidthUnit
from harness.model.verdict import ConditionOutcome, Outcome


class NoticedBandwidth(Document):
    """The memory bandwidth that the notice states."""

    value: Figure
    unit: BandwidthUnit = "GB/s"


class NoticedItem(Document):
    """One item of the notice: which chip it is, and what the notice states of it."""

    chip: Slug | None = None
    model: Name | None = None
    units: Count | None = None
    tpp: Figure | None = None
    # TPP per square millimetre of applicable die area.
    performance_density: Figure | None = None
    memory_bandwidth: NoticedBandwidth | None = None
    designed_or_marketed_for_data_centers: bool | None = None
    data_sheet: NamedDocument | None = None


class PriorApproval(Document):
    """An approval of an earlier notice or application."""

    number: Name
    approved_on: Day


class NoticedCluster(Document):
    """Whether the items are for a cluster, and what it computes altogether."""

    used_in_cluster: bool | None = None
    aggregate_tpp: Figure | None = None


class NoticedShipment(Document):
    """One export under the notice."""

    exported_on: Day
    units: Count | None = None
    value_usd: Figure | None = None


class NacNotice(Document):
    """A notice under License Exception NAC, `nac-notice/1`. What is null or left out is not known."""

    format: Literal["nac-notice/1"] = Field(alias="schema")
    notice_id: Name
    notes: tuple[Text, ...] = ()
    submitted_on: Day | None = None
    submitted_through: Name | None = None
    # The first export that is planned.
    export_on: Day | None = None
    activity: Literal["export", "reexport", "in-country-transfer"] | None = None
    destination: Country | None = None
    headquarters_country: Country | None = None
    ultimate_parent_country: Country | None = None
    items: Annotated[tuple[NoticedItem, ...], Field(max_length=100)] = ()
    # Null: not stated; an empty list: there was none.
    prior_approvals: Annotated[tuple[PriorApproval, ...], Field(max_length=1_000)] | None = None
    cluster: NoticedCluster | None = None
    commercial_samples: bool | None = None
    purchase_order: NamedDocument | None = None
    # Whether part 744 or 746 requires a licence for another reason: "hit" if it does.
    other_requirement: Examination | None = None
    quantity: Count | None = None
    value_usd: Figure | None = None
    shipments: Annotated[tuple[NoticedShipment, ...], Field(max_length=10_000)] = ()


class NacRow(Document):
    """One thing that the section asks, and how the notice stands to it."""

    criterion: Slug
    outcome: ConditionOutcome
    where: Text
    got: Text
    need: Text
    cite: Text


class NacCheck(Document):
    """How far a notice is complete and in time, `nac-check/1`."""

    format: Literal["nac-check/1"] = Field(alias="schema")
    notice_id: Name
    outcome: Outcome
    # The day for which the clock was asked, and the first day on which an export has the whole period before it.
    on: Day | None
    earliest_export: Day | None
    rows: tuple[NacRow, ...]
    reviewed_through: Day

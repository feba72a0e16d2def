"""Whether a lot is accepted, `lot-acceptance/1`: every drawn unit with what the reports show of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Literal

from pydantic import ConfigDict, Field

from harness.model.document import Amount, Count, Document, Figure, Name, Sha256, Slug
from harness.model.lab_report import TestedUnit
from harness.model.lot_draw import SamplingPlan
from harness.model.verdict import FindingRecord

# What one report shows of a unit.
Shown = Literal["at-or-below", "above", "undecided", "void"]
# What comes of a drawn unit in the end.
Result = Literal["at-or-below", "above", "undecided", "void", "not-tested", "substituted", "unidentified"]
LotOutcome = Literal["accepted", "refused", "undecided"]
FAILED: frozenset[Result] = frozenset({"above", "void", "not-tested", "substituted"})
OPEN: frozenset[Result] = frozenset({"undecided", "unidentified"})


@dataclass(frozen=True, kw_only=True, slots=True)
class JudgedUnit:
    """One unit as one lab report shows it.

    Attributes:
        source: What messages call the report.
        report_sha256: Its digest.
        unit: The unit, as the report identifies it.
        lot_id: The lot that the report is about.
        declared: What the report declares, by quantity, each in its base unit.
        chips: The names of the chip that it is about.
        shown: What comes out.
        says: One line for people.
        by_measurement: Whether measurements alone lie above, and neither a count nor a derivation does.
        session_id: The session in which it was measured.
        started_at: When that began.
        ended_at: When it ended.
    """

    source: str
    report_sha256: str
    unit: TestedUnit
    lot_id: str | None
    declared: Mapping[str, Fraction]
    chips: frozenset[str]
    shown: Shown
    says: str
    by_measurement: bool = False
    session_id: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None


class UnitReport(Document):
    """What one report shows of a drawn unit."""

    source: str
    report_sha256: Sha256
    shown: Shown
    says: str


class DrawnUnit(Document):
    """A drawn unit, and what comes of it."""

    unit_id: Slug
    result: Result
    reports: tuple[UnitReport, ...]


class LotAcceptance(Document):
    """The answer about a lot, `lot-acceptance/1`."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    format: Literal["lot-acceptance/1"] = Field(alias="schema")
    lot_id: Name
    manifest_root: Sha256
    units_in_lot: Count
    plan: SamplingPlan
    outcome: LotOutcome
    good: Count
    failed: Count
    undecided: Count
    # The most bad units with which so many or fewer failed units are seen with more than this probability.
    most_bad_left: Count
    most_bad_left_percent: Amount
    beta: Figure
    units: tuple[DrawnUnit, ...]
    findings: tuple[FindingRecord, ...]

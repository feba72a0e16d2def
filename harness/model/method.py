"""The method file: the harness's own parameters for judging evidence. Dated, and never taken from a report."""

from typing import Annotated, Literal

from pydantic import Field

from harness.model.document import Day, Document, Figure, Text
from harness.model.measurement import Quantity
from harness.model.method_assurance import AssuranceMethod
from harness.model.method_custody import CustodyMethod, FreshnessMethod
from harness.model.method_device import DeviceMethod
from harness.model.method_forensics import ForensicsMethod
from harness.model.plausibility import PlausibilityMethod


class EfficiencyFloor(Document):
    """The lowest fraction of a chip's true peak that an honest measurement of this quantity reaches."""

    quantity: Quantity
    floor: Figure
    why: Text


class MethodParameters(Document):
    """A method file, `method/1`."""

    format: Literal["method/1"] = Field(alias="schema")
    day: Day
    false_accept_risk: Figure
    floor_confidence: Figure
    floor_content: Figure
    contradiction_margin: Figure
    largest_relative_standard_uncertainty: Figure
    peak_excess: Figure
    lowest_credible_share_of_peak: Figure
    share_that_identifies_rate: Figure
    inventory_tolerance: Figure
    summary_tolerance: Figure
    far_below_share: Figure
    largest_attachment_bytes: Annotated[int, Field(gt=0)]
    efficiency_floors: tuple[EfficiencyFloor, ...]
    plausibility: PlausibilityMethod | None = None
    device: DeviceMethod | None = None
    forensics: ForensicsMethod | None = None
    assurance: AssuranceMethod | None = None
    custody: CustodyMethod | None = None
    freshness: FreshnessMethod | None = None
    notes: tuple[Text, ...] = ()

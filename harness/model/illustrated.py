"""What a picture of a lab report is made from."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from harness.model.chip_spec import ChipSpec
from harness.model.device_state import UnitState
from harness.model.lab_report import LabReport
from harness.model.plausibility import PlausibilityMethod
from harness.model.telemetry import ReadTelemetry


@dataclass(frozen=True, kw_only=True)
class Illustrated:
    """What a picture of a lab report is made from.

    Args:
        report: The lab report.
        specs: Unit id -> the spec file of its chip; the empty id stands for every other unit.
        named_by: How the chips were found, in words; empty where the report names its chip.
        rules: The bands of published measurements, where the method file has them.
        telemetry: The attached tables of telemetry.
    """

    report: LabReport
    specs: Mapping[str, ChipSpec]
    named_by: str
    rules: PlausibilityMethod | None
    telemetry: tuple[ReadTelemetry, ...]

    def spec(self, unit_id: str) -> ChipSpec | None:
        """Return the spec file of the chip of a unit."""
        return self.specs.get(unit_id) or self.specs.get("")

    @cached_property
    def states(self) -> dict[str, UnitState]:
        """What each unit showed of itself, for there may be thousands."""
        units = self.report.lot.units if self.report.lot else ()
        return {unit.unit_id: unit.state for unit in units if unit.state is not None}

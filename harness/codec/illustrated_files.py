"""What a picture of a lab report is made from: the report, the spec files of its chips, bands, and its telemetry."""

from harness.codec.chip_names import named_chip
from harness.codec.enveloped_reports import report_in
from harness.codec.report_files import Holdings
from harness.codec.spec_files import read_spec
from harness.codec.telemetry_files import read_telemetry
from harness.model.chip_spec import ChipSpec
from harness.model.illustrated import Illustrated
from harness.model.lab_report import LabReport


def read_illustrated(data: bytes, source: str, holdings: Holdings) -> Illustrated:
    """Return what a picture of a lab report is made from.

    Args:
        data: The bytes of the report.
        source: What to call it in messages.
        holdings: Where its attachments are found, and the method file.

    Raises:
        UnreadableInput: With every fault of the report.
    """
    report = report_in(data, source)
    method, _ = holdings.method()
    specs, named_by = _specs(report)
    return Illustrated(
        report=report,
        specs=specs,
        named_by=named_by,
        rules=method.plausibility,
        telemetry=read_telemetry(report, holdings, method.largest_attachment_bytes),
    )


def _specs(report: LabReport) -> tuple[dict[str, ChipSpec], str]:
    """Return the spec of every unit, and how it was found: by the chip that the report names, else by device names."""
    names = _device_names(report)
    chip = report.product.chip if report.product else None
    if chip is not None and len(set(names.values())) <= 1:
        found = read_spec(chip)
        return (
            ({"": found[0]}, "") if found else ({}, f"no spec file is known of chip {chip}: no claimed or derived peak")
        )
    product = report.product.name if report.product else None
    if not names and product:
        names = {"": product}
    specs = {unit: spec for unit, name in names.items() if (spec := _whole_chip(name)) is not None}
    chips = sorted({spec.id for spec in specs.values()})
    if not chips:
        return {}, "the report names no chip of which a spec file is known: no claimed or derived peak"
    return specs, f"the report names no one chip; by the names of its devices: {', '.join(chips)}"


def _device_names(report: LabReport) -> dict[str, str]:
    units = report.lot.units if report.lot else ()
    return {unit.unit_id: unit.state.device_name for unit in units if unit.state and unit.state.device_name}


def _whole_chip(name: str) -> ChipSpec | None:
    """Return the chip that a device's name means; none where it may be several, or is a part of one."""
    named = named_chip(name)
    return None if named is None or named.others or named.share != 1 else named.spec

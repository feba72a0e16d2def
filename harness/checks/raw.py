"""Where the raw samples of a measurement are."""

from decimal import Decimal

from harness.model.case import Case
from harness.model.lab_report import Measurement


def raw_samples(case: Case, measurement: Measurement) -> tuple[Decimal, ...] | None:
    """Return the raw samples of a measurement in their own unit, inline or attached; None where there are none."""
    if measurement.raw is None:
        return None
    if measurement.raw.samples:
        return measurement.raw.samples
    attached = case.attachments.get(measurement.raw.attachment or "")
    return attached.samples if attached is not None else None

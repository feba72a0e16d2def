"""The raw samples of a measurement, and the values that they show."""

from decimal import Decimal
from fractions import Fraction

from harness.metrics.statistic import summary
from harness.model.case import Case
from harness.model.measurement import Measurement
from harness.model.quantity import base_unit, in_base_unit


def raw_samples(case: Case, measurement: Measurement) -> tuple[Decimal, ...] | None:
    """Return the raw samples of a measurement in their own unit, inline and attached; None where there are none."""
    if measurement.raw is None:
        return None
    attached = case.attachments.get(measurement.raw.attachment or "")
    return (measurement.raw.samples or ()) + ((attached.samples if attached else None) or ()) or None


def samples_in_base_unit(case: Case, measurement: Measurement) -> list[Decimal] | None:
    """Return the raw samples in the base unit of the measurement; None where there are none of that kind."""
    samples = raw_samples(case, measurement)
    if samples is None or measurement.raw is None or base_unit(measurement.raw.unit) != base_unit(measurement.unit):
        return None
    return [in_base_unit(sample, measurement.raw.unit) for sample in samples]


def highest_shown(case: Case, measurement: Measurement) -> Fraction | None:
    """Return the highest value that a measurement shows, in its base unit: stated, recomputed, or a single sample.

    The quantities are peaks. What a device did once it can do; a mean, a median or a minimum hides nothing.
    """
    stated = None if measurement.value is None else Fraction(in_base_unit(measurement.value, measurement.unit))
    samples = samples_in_base_unit(case, measurement)
    if not samples:
        return stated
    shown = summary(samples, "count") if measurement.statistic == "count" else Fraction(max(samples))
    return shown if stated is None else max(stated, shown)

"""Two runs side by side: the same measurement in both, its ratio, and whether it agrees within one per cent."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from harness.metrics.peaks import peak_of
from harness.model.chip_spec import ChipSpec
from harness.model.lab_report import LabReport
from harness.model.measurement import Measurement
from harness.model.plausibility import Kind, Measurable
from harness.model.quantity import base_unit, in_base_unit

AGREEMENT = Fraction(1, 100)
# What is counted is held against a declaration by the verdict, not against a peak.
_KINDS: dict[str, Kind] = {"compute_rate": "compute", "total_dram_bandwidth": "dram"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """One measurement in two runs; values in the base unit of its kind."""

    name: str
    unit: str
    one: Decimal | None
    other: Decimal | None
    # The peak of the chip that the first report names, and what it rests on; None where no peak is known.
    peak: Fraction | None = None
    basis: str | None = None
    # Unknown shapes differ from run to run, and are not expected to run alike.
    same_work: bool = True

    @property
    def ratio(self) -> Fraction | None:
        """The other over the first; None where one of them has no value above 0."""
        return Fraction(self.other) / Fraction(self.one) if self.one and self.other else None

    @property
    def agrees(self) -> bool | None:
        """Whether the two lie within one per cent; None where they are not the same work."""
        return None if self.ratio is None or not self.same_work else abs(self.ratio - 1) <= AGREEMENT


def pairs(one: LabReport, other: LabReport, spec: ChipSpec | None) -> Iterator[Pair]:
    """Return every measurement of either run, those of the first in order, then those that only the other has."""
    left, right = _by_name(one), _by_name(other)
    for name in dict.fromkeys([*left, *right]):
        first = left.get(name) or right[name]
        peak = _peak(first, spec)
        yield Pair(
            name=name,
            unit=base_unit(first.unit),
            one=_value(left.get(name)),
            other=_value(right.get(name)),
            peak=peak[0] if peak else None,
            basis=peak[1] if peak else None,
            same_work=_shapes(left.get(name)) == _shapes(right.get(name)) or "challenged" not in name,
        )


def _by_name(report: LabReport) -> dict[str, Measurement]:
    found: dict[str, Measurement] = {}
    for measurement in report.measurements:
        found.setdefault(_name(measurement), measurement)
    return found


def _name(measurement: Measurement) -> str:
    """Return a name that is the same in every run: without the shape, of which each run finds its own best."""
    method = measurement.method
    parts = re.sub(r"[0-9]+x[0-9]+x[0-9]+ ", "", method.name).split(" / ") if method else ["no method"]
    words = (
        measurement.unit_id,
        measurement.number_format or measurement.measurand.replace("_", " "),
        parts[0],
        method.data_pattern if method and measurement.measurand == "compute_rate" else None,
    )
    return " ".join(word for word in words if word)


def _shapes(measurement: Measurement | None) -> str | None:
    return measurement.method.name if measurement and measurement.method else None


def _value(measurement: Measurement | None) -> Decimal | None:
    if measurement is None or measurement.value is None:
        return None
    return in_base_unit(measurement.value, measurement.unit)


def _peak(measurement: Measurement, spec: ChipSpec | None) -> tuple[Fraction, str] | None:
    kind = _KINDS.get(measurement.measurand)
    if spec is None or kind is None:
        return None
    found = peak_of(spec, Measurable(kind=kind, number_format=measurement.number_format))
    return None if found is None else (found.claim, found.basis)

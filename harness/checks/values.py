"""Is every stated value one that can be used at all?"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from harness.model.case import Case
from harness.model.finding import Finding
from harness.model.measurement import Measurement
from harness.model.quantity import base_unit

BASE_UNIT_OF: Mapping[str, str] = {
    "compute_rate": "TFLOP/s",
    "total_dram_bandwidth": "GB/s",
    "interconnect_bandwidth": "GB/s",
    "copackaged_dram_capacity": "GB",
    "peak_power_at_max_tpp": "W",
}
# Counted, not timed: their uncertainty may be zero.
INVENTORY = frozenset({"interconnect_bandwidth", "copackaged_dram_capacity"})


def values_are_usable(case: Case) -> Iterator[Finding]:
    """Does every value have its unit, its format, its density and its uncertainty, and was it measured here?"""
    for n, measurement in enumerate(case.report.measurements):
        for code, field, got, need in _faults(case, measurement):
            yield Finding(code=code, where=f"measurements[{n}].{field}", got=got, need=need, measurements=(n,))


def _faults(case: Case, measurement: Measurement) -> Iterator[tuple[str, str, str, str]]:
    base = BASE_UNIT_OF[measurement.measurand]
    if measurement.value is None or measurement.value == 0:
        yield "value-absent", "value", "nothing" if measurement.value is None else "0", "a value above 0"
    if base_unit(measurement.unit) != base:
        yield "unit-wrong", "unit", measurement.unit, f"a unit like {base} for {measurement.measurand}"
    if measurement.measurand == "compute_rate":
        if measurement.number_format is None:
            yield "value-absent", "number_format", "nothing", "the number format of the multiply's inputs"
        if measurement.sparsity is None:
            yield "sparsity-unstated", "sparsity", "nothing", "dense"
        elif measurement.sparsity != "dense":
            yield "sparse-rate", "sparsity", measurement.sparsity, "dense"
    kind = measurement.source.kind if measurement.source else "measured"
    if kind == "fictional":
        yield "value-fictional", "source.kind", kind, "measured"
    elif kind == "published":
        yield "not-measured-here", "source.kind", kind, "measured"
    yield from _uncertainty_faults(case, measurement)


def _uncertainty_faults(case: Case, measurement: Measurement) -> Iterator[tuple[str, str, str, str]]:
    wide, factor = measurement.expanded_uncertainty, measurement.coverage_factor
    counted = measurement.measurand in INVENTORY
    if wide is None or factor is None or factor == 0 or (wide == 0 and not counted):
        got = f"{_shown(wide)}, k = {_shown(factor)}"
        yield "uncertainty-absent", "expanded_uncertainty", got, "an expanded uncertainty and its coverage factor"
    elif measurement.value:
        share = Fraction(wide) / Fraction(factor) / Fraction(measurement.value)
        largest = Fraction(case.method.largest_relative_standard_uncertainty)
        if share > largest:
            got, need = f"{float(share):.2%} of the value", f"at most {float(largest):.2%}"
            yield "uncertainty-too-wide", "expanded_uncertainty", got, need


def _shown(value: Decimal | None) -> str:
    return "nothing" if value is None else str(value)

"""Do the stated values follow from their raw samples, and is every series a unit's own?"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from harness.checks.raw import raw_samples
from harness.metrics.statistic import summary
from harness.model.case import Case
from harness.model.finding import Finding
from harness.model.lab_report import Measurement
from harness.model.quantity import as_text, base_unit, in_base_unit

# Shorter series can agree by chance.
_SHORTEST_SERIES = 3


def summaries_follow_from_raw(case: Case) -> Iterator[Finding]:
    """Does every value equal its own statistic over its raw samples, but for rounding?"""
    for n, measurement in enumerate(case.report.measurements):
        if measurement.value is None:
            continue
        samples = raw_samples(case, measurement)
        where = f"measurements[{n}]"
        if samples is None:
            if measurement.raw is None or measurement.raw.attachment not in case.attachments:
                got = "no raw samples"
                need = "raw samples, inline or attached"
                yield Finding(code="raw-absent", where=f"{where}.raw", got=got, need=need, measurements=(n,))
            continue
        yield from _differences(case, n, measurement, samples)


def _differences(case: Case, n: int, measurement: Measurement, samples: tuple[Decimal, ...]) -> Iterator[Finding]:
    assert measurement.raw is not None
    assert measurement.value is not None
    where = f"measurements[{n}].value"
    if base_unit(measurement.raw.unit) != base_unit(measurement.unit):
        got = f"samples in {measurement.raw.unit}"
        yield Finding(code="summary-not-from-raw", where=where, got=got, need=f"a kind of {measurement.unit}")
        return
    if measurement.statistic is None:
        got = "no statistic named"
        yield Finding(
            code="raw-absent", where=where, got=got, need="mean, median, max, min or count", measurements=(n,)
        )
        return
    recomputed = summary([in_base_unit(sample, measurement.raw.unit) for sample in samples], measurement.statistic)
    stated = Fraction(in_base_unit(measurement.value, measurement.unit))
    if abs(stated - recomputed) > recomputed * Fraction(case.method.summary_tolerance):
        got = f"{as_text(stated)} {base_unit(measurement.unit)}"
        need = f"{as_text(recomputed)}, the {measurement.statistic} of its {len(samples)} samples"
        yield Finding(code="summary-not-from-raw", where=where, got=got, need=need)


def raw_series_are_not_copied(case: Case) -> Iterator[Finding]:
    """Does each unit have raw series of its own?"""
    seen: dict[tuple[Decimal, ...], tuple[int, str]] = {}
    for n, measurement in enumerate(case.report.measurements):
        samples = raw_samples(case, measurement)
        # An inventory counts the same parts on every unit.
        counted = measurement.statistic == "count" or measurement.measurand == "copackaged_dram_capacity"
        if samples is None or counted or len(samples) < _SHORTEST_SERIES:
            continue
        first, unit_id = seen.setdefault(samples, (n, measurement.unit_id))
        if unit_id != measurement.unit_id:
            got = f"the {len(samples)} samples of measurements[{first}], unit {unit_id}"
            need = f"samples of unit {measurement.unit_id}"
            yield Finding(code="raw-copied", where=f"measurements[{n}].raw", got=got, need=need)

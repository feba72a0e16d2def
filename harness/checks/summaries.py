"""Do the stated values follow from their raw samples, and is every series a unit's own?"""

from collections.abc import Iterator
from fractions import Fraction

from harness.checks.raw import raw_samples, samples_in_base_unit
from harness.checks.values import INVENTORY
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
        if raw_samples(case, measurement) is not None:
            yield from _differences(case, n, measurement)
        elif measurement.raw is None or measurement.raw.attachment not in case.attachments:
            need = "raw samples, inline or attached"
            yield Finding(
                code="raw-absent", where=f"measurements[{n}].raw", got="no raw samples", need=need, measurements=(n,)
            )


def _differences(case: Case, n: int, measurement: Measurement) -> Iterator[Finding]:
    assert measurement.value is not None
    where = f"measurements[{n}].value"
    samples = samples_in_base_unit(case, measurement)
    counted = measurement.measurand in INVENTORY
    if samples is None:
        got = "samples in another kind of unit"
        yield Finding(code="summary-not-from-raw", where=where, got=got, need=f"a kind of {measurement.unit}")
        return
    if measurement.statistic is None or (measurement.statistic == "count" and not counted):
        got = f"the statistic {measurement.statistic or 'not named'}"
        need = "mean, median, max or min; count for an inventory"
        yield Finding(code="statistic-unfit", where=where, got=got, need=need, measurements=(n,))
        return
    recomputed = summary(samples, measurement.statistic)
    stated = Fraction(in_base_unit(measurement.value, measurement.unit))
    # A count has nothing to round.
    tolerance = Fraction(0) if measurement.statistic == "count" else Fraction(case.method.summary_tolerance)
    if abs(stated - recomputed) > recomputed * tolerance:
        got = f"{as_text(stated)} {base_unit(measurement.unit)}"
        need = f"{as_text(recomputed)}, the {measurement.statistic} of its {len(samples)} samples"
        yield Finding(code="summary-not-from-raw", where=where, got=got, need=need)


def raw_series_are_not_copied(case: Case) -> Iterator[Finding]:
    """Does each unit have raw series of its own, in whatever order and unit they are written?"""
    seen: dict[tuple[str, tuple[Fraction, ...]], tuple[int, str]] = {}
    for n, measurement in enumerate(case.report.measurements):
        samples = samples_in_base_unit(case, measurement)
        # An inventory counts the same parts on every unit.
        if samples is None or measurement.measurand in INVENTORY or len(samples) < _SHORTEST_SERIES:
            continue
        key = (measurement.measurand, tuple(sorted(map(Fraction, samples))))
        first, unit_id = seen.setdefault(key, (n, measurement.unit_id))
        if unit_id != measurement.unit_id:
            got = f"the {len(samples)} samples of measurements[{first}], unit {unit_id}"
            need = f"samples of unit {measurement.unit_id}"
            yield Finding(code="raw-copied", where=f"measurements[{n}].raw", got=got, need=need)

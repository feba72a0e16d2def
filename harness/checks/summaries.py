"""Do the stated values follow from their raw samples, and is every series a unit's own?"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from harness.checks.raw import raw_samples, samples_in_base_unit
from harness.checks.values import INVENTORY
from harness.metrics.statistic import summary
from harness.model.case import Case
from harness.model.finding import Finding
from harness.model.measurement import Measurement
from harness.model.quantity import as_text, base_unit, in_base_unit

# Fewer values or digits can agree by chance, as a power at its cap does.
_FEWEST_VALUES, _FEWEST_DIGITS = 3, 12


def summaries_follow_from_raw(case: Case) -> Iterator[Finding]:
    """Does every value equal its own statistic over its raw samples, but for rounding?"""
    for n, measurement in enumerate(case.report.measurements):
        if measurement.value is None:
            continue
        attachment = measurement.raw.attachment if measurement.raw else None
        if raw_samples(case, measurement) is not None:
            yield from _differences(case, n, measurement)
        if attachment is None and raw_samples(case, measurement) is None:
            yield _absent(n, "no raw samples", "raw samples, inline or attached")
        elif attachment is not None and attachment not in case.attachments:
            yield _absent(n, f"{attachment}, which attachments does not name", "a file that attachments names")


def _absent(n: int, got: str, need: str) -> Finding:
    return Finding(code="raw-absent", where=f"measurements[{n}].raw", got=got, need=need, measurements=(n,))


def _differences(case: Case, n: int, measurement: Measurement) -> Iterator[Finding]:
    assert measurement.value is not None
    where = f"measurements[{n}].value"
    samples = samples_in_base_unit(case, measurement)
    counted = measurement.measurand in INVENTORY
    if samples is None:
        got = f"samples in {measurement.raw.unit}" if measurement.raw else "no samples"
        need = f"samples in a unit like {measurement.unit}"
        yield Finding(code="summary-not-from-raw", where=f"measurements[{n}].raw.unit", got=got, need=need)
        return
    if measurement.statistic is None or (measurement.statistic == "count" and not counted):
        got = f"the statistic {measurement.statistic or 'not named'}"
        need = "mean, median, max or min; count for an inventory"
        place = f"measurements[{n}].statistic"
        yield Finding(code="statistic-unfit", where=place, got=got, need=need, measurements=(n,))
        return
    recomputed = summary(samples, measurement.statistic)
    stated = Fraction(in_base_unit(measurement.value, measurement.unit))
    # A count has nothing to round.
    tolerance = Fraction(0) if measurement.statistic == "count" else Fraction(case.method.summary_tolerance)
    if abs(stated - recomputed) > recomputed * tolerance:
        got = f"{as_text(stated)} {base_unit(measurement.unit)}"
        of_what = "its one sample" if len(samples) == 1 else f"its {len(samples)} samples"
        need = f"{as_text(recomputed)}, the {measurement.statistic} of {of_what}"
        yield Finding(code="summary-not-from-raw", where=where, got=got, need=need)


def telling(samples: Sequence[Decimal]) -> bool:
    """Return whether a series holds enough for two units not to give it alike."""
    values = set(samples)
    digits = sum(len(value.normalize().as_tuple().digits) for value in values)
    return len(values) >= _FEWEST_VALUES and digits >= _FEWEST_DIGITS


def raw_series_are_not_copied(case: Case) -> Iterator[Finding]:
    """Does each unit have raw series of its own, in whatever order and unit they are written?"""
    seen: dict[tuple[str, tuple[Fraction, ...]], tuple[int, str]] = {}
    for n, measurement in enumerate(case.report.measurements):
        samples = samples_in_base_unit(case, measurement)
        # An inventory counts the same parts on every unit.
        if samples is None or measurement.measurand in INVENTORY or not telling(raw_samples(case, measurement) or ()):
            continue
        key = (measurement.measurand, tuple(sorted(map(Fraction, samples))))
        first, unit_id = seen.setdefault(key, (n, measurement.unit_id))
        if unit_id != measurement.unit_id:
            got = f"the {len(samples)} samples of measurements[{first}], unit {unit_id}"
            need = f"samples of unit {measurement.unit_id}"
            yield Finding(code="raw-copied", where=f"measurements[{n}].raw", got=got, need=need)

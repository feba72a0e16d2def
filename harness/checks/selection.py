"""Do the units drawn and the formats measured stand for the whole, or were they chosen?"""

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from harness.checks.device import measurements_by_unit
from harness.checks.raw import highest_shown
from harness.checks.runs import on_vector_units_alone
from harness.checks.values import BASE_UNIT_OF, INVENTORY
from harness.metrics.peaks import claims_by_format, peak_of
from harness.metrics.tpp import BIT_LENGTH
from harness.model.case import Case
from harness.model.chip_spec import ChipSpec
from harness.model.finding import Finding
from harness.model.measurement import Measurement, NumberFormat
from harness.model.plausibility import Measurable
from harness.model.quantity import as_text, base_unit


def units_are_drawn_by_the_laboratory(case: Case) -> Iterator[Finding]:
    """Did no party choose the units that were tested?"""
    drawn = case.report.lot.drawn_by if case.report.lot else None
    if case.method.forensics is not None and drawn in ("applicant", "manufacturer"):
        everything = tuple(range(len(case.report.measurements)))
        need = "laboratory"
        yield Finding(code="units-handpicked", where="lot.drawn_by", got=drawn, need=need, measurements=everything)


def units_perform_alike(case: Case) -> Iterator[Finding]:
    """Does no unit lie further below the best one than units of one kind do?"""
    rules = case.method.forensics
    if rules is None:
        return
    best: dict[object, dict[str, tuple[Fraction, int]]] = defaultdict(dict)
    for n, measurement in enumerate(case.report.measurements):
        value = highest_shown(case, measurement)
        timed = measurement.measurand not in INVENTORY and measurement.measurand != "peak_power_at_max_tpp"
        if not timed or not value or base_unit(measurement.unit) != BASE_UNIT_OF[measurement.measurand]:
            continue
        of_units = best[_alike(measurement)]
        if value > of_units.get(measurement.unit_id, (0, n))[0]:
            of_units[measurement.unit_id] = (value, n)
    for of_units in best.values():
        highest, m = max(of_units.values())
        for value, n in of_units.values():
            if value < highest * (1 - Fraction(rules.largest_unit_spread)):
                below = f"{float(1 - value / highest):.1%} below the {as_text(highest)} of measurements[{m}]"
                where, need = f"measurements[{n}].value", f"within {rules.largest_unit_spread:.0%}"
                got = f"{as_text(value)}, {below}"
                yield Finding(code="units-spread-wide", where=where, got=got, need=need, measurements=(n,))


def _alike(measurement: Measurement) -> object:
    """Return what two measurements must share for their values to be held against each other."""
    method = measurement.method
    said = (method.name, method.data_pattern, method.path, method.bytes_counted) if method else None
    return (measurement.measurand, measurement.number_format, measurement.sparsity, said)


def hardest_format_was_measured(case: Case) -> Iterator[Finding]:
    """Was every unit measured in a format whose claimed rate sets its TPP, or nearly?"""
    rules = case.method.forensics
    if rules is None or case.spec is None:
        return
    highest = max((claim * BIT_LENGTH[name] for name, _, claim in claims_by_format(case.spec)), default=Fraction(0))
    for unit_id, numbers in measurements_by_unit(case, rates_only=True).items():
        rates = [n for n in numbers if case.report.measurements[n].measurand == "compute_rate"]
        measured = [case.report.measurements[n] for n in rates]
        # What vector units do in a format shows nothing of the matrix units that set its claim.
        matrix = [one for one in measured if not on_vector_units_alone(case, one)]
        formats = (one.number_format for one in matrix)
        claims = {name: _claimed_tpp(case.spec, name) for name in formats if name is not None}
        # Of a format that the maker claims nothing in, nobody knows what share it is.
        nothing = Fraction(0) if measured and not matrix else None
        hardest = max((claim for claim in claims.values() if claim is not None), default=nothing)
        if hardest is not None and hardest < highest * Fraction(rules.hardest_share):
            share = f"{float(hardest / highest):.0%} of the highest TPP"
            got = f"{', '.join(sorted(claims)) or 'vector units alone'} of {unit_id}, which claim {share}"
            need = f"a rate that claims {rules.hardest_share:.0%} of it or more"
            where = f"measurements[{rates[0]}].number_format"
            yield Finding(code="easier-test", where=where, got=got, need=need, measurements=tuple(rates))


def _claimed_tpp(spec: ChipSpec, name: NumberFormat) -> Fraction | None:
    """Return the TPP of what the maker claims in a format, or in one that runs on the same units at the same rate."""
    peak = peak_of(spec, Measurable(kind="compute", number_format=name))
    return None if peak is None or peak.only_above else peak.claim * BIT_LENGTH[name]

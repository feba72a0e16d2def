"""Is a value possible, and does it show enough? The same bands and slips judge a report and a table of measurements."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from harness.checks.raw import highest_shown
from harness.checks.runs import on_vector_units_alone
from harness.checks.values import BASE_UNIT_OF, INVENTORY
from harness.metrics.dram_bandwidth import dram_bandwidth_gb_s
from harness.metrics.interconnect import interconnect_bandwidth_gb_s
from harness.metrics.likeliest import likeliest_cause
from harness.metrics.peak import peak_rate_tops
from harness.metrics.peaks import peak_of
from harness.metrics.plausibility import band_for, market_of, method_named
from harness.metrics.tpp import BIT_LENGTH
from harness.model.case import Case
from harness.model.device_state import NOTHING_SHOWN, UnitState
from harness.model.finding import Finding
from harness.model.lab_report import Declared
from harness.model.measurement import Measurement
from harness.model.plausibility import Band, Measurable, Peak
from harness.model.quantity import as_text, base_unit, in_base_unit

_SLIPS = (
    (Fraction(1000), "a factor of 1000: a prefix slip"),
    (Fraction(8), "a factor of 8: bits given as bytes"),
    (Fraction(2), "a factor of 2: a sparse rate given as dense, or both directions as one"),
)


def values_are_physically_possible(case: Case) -> Iterator[Finding]:
    """Does every value and sample lie below what units, clocks and buses carry, and within what was counted?"""
    states = {unit.unit_id: unit.state or NOTHING_SHOWN for unit in (case.report.lot.units if case.report.lot else ())}
    for n, measurement in enumerate(case.report.measurements):
        value = _highest(case, measurement)
        limit = _limit(case, measurement, states.get(measurement.unit_id, NOTHING_SHOWN))
        if value is None or limit is None or limit[0] == 0:
            continue
        counted = measurement.measurand in INVENTORY
        excess = 1 + Fraction(case.method.inventory_tolerance) if counted else _excess(case, measurement)
        if value > Fraction(limit[0]) * excess:
            unit = base_unit(measurement.unit)
            slip = "perhaps a link or a part is not counted" if counted else _slip(case, measurement, value, limit[0])
            yield Finding(
                code="inventory-contradicts" if counted else "above-physical-peak",
                where=f"measurements[{n}].value",
                got=f"{as_text(value)} {unit}, {float(value / Fraction(limit[0])):.2f} times the limit"
                + (f"; {slip}" if slip else ""),
                need=f"at most about {as_text(limit[0])} {unit}, {limit[1]}",
                measurements=(n,),
            )


def _highest(case: Case, measurement: Measurement) -> Fraction | None:
    if base_unit(measurement.unit) != BASE_UNIT_OF[measurement.measurand]:
        return None
    return highest_shown(case, measurement)


def _limit(case: Case, measurement: Measurement, state: UnitState) -> tuple[Decimal | Fraction, str] | None:
    match measurement.measurand:
        case "compute_rate":
            return _compute_limit(case, measurement, state) or _claimed_limit(case, measurement)
        case "total_dram_bandwidth":
            return _dram_limit(case, state) or _claimed_limit(case, measurement)
        case "interconnect_bandwidth":
            limit = interconnect_bandwidth_gb_s(state.links)
            return None if limit is None else (limit, "the sum of the links counted")
        case "copackaged_dram_capacity":
            if state.memory_total is None:
                return None
            return in_base_unit(state.memory_total, state.memory_total_unit), "the memory that the device reports"
    return None


def _compute_limit(case: Case, measurement: Measurement, state: UnitState) -> tuple[Decimal, str] | None:
    architecture = case.spec.architecture if case.spec else None
    if architecture is None or measurement.sparsity != "dense":
        return None
    clocks = [clock for clock in (architecture.maximum_clock_mhz, state.max_sm_clock_mhz) if clock is not None]
    rates = {entry.format: entry.operations for entry in architecture.ops_per_clock}
    if not clocks or measurement.number_format not in rates:
        return None
    units = max(architecture.processing_units, state.processing_units_enabled or 0)
    limit = peak_rate_tops(units, rates[measurement.number_format], max(clocks))
    return limit, f"{units} units x {rates[measurement.number_format]} x {as_text(max(clocks))} MHz"


def _dram_limit(case: Case, state: UnitState) -> tuple[Decimal, str] | None:
    memory = case.spec.memory if case.spec else None
    if memory is None or memory.transfers_per_clock is None:
        return None
    width = max(memory.bus_width_bits or 0, state.memory_bus_width_bits or 0)
    clocks = [clock for clock in (memory.reported_clock_mhz, state.max_memory_clock_mhz) if clock is not None]
    if not width or not clocks:
        return None
    limit = dram_bandwidth_gb_s(width, max(clocks), memory.transfers_per_clock)
    return limit, f"{width} bit x {as_text(max(clocks))} MHz x {memory.transfers_per_clock} / 8"


def _claimed_limit(case: Case, measurement: Measurement) -> tuple[Fraction, str] | None:
    """Where units and clocks are not known, the maker's claim; methods of before it was read have no bands."""
    peak = _peak(case, measurement)
    return None if peak is None or case.method.plausibility is None else (peak.most, f"the claim: {peak.basis}")


def _measurable(measurement: Measurement) -> Measurable | None:
    if measurement.measurand == "total_dram_bandwidth":
        return Measurable(kind="dram")
    dense = measurement.measurand == "compute_rate" and measurement.sparsity == "dense"
    if not dense or measurement.number_format is None:
        return None
    return Measurable(kind="compute", number_format=measurement.number_format)


def _peak(case: Case, measurement: Measurement) -> Peak | None:
    what = _measurable(measurement)
    return None if what is None or case.spec is None else peak_of(case.spec, what)


def _band(case: Case, measurement: Measurement) -> Band | None:
    """Return the band of published measurements that a measurement belongs to."""
    rules, what = case.method.plausibility, _measurable(measurement)
    if rules is None or what is None:
        return None
    said = f"{measurement.method.name} {measurement.method.description or ''}" if measurement.method else None
    method = method_named(rules.methods, what.kind, said)
    return band_for(rules.bands, what.kind, what.number_format, method, market_of(case.spec))


def _excess(case: Case, measurement: Measurement) -> Fraction:
    """Return how many times the limit an honest value may be: a card that is sold for desks boosts above it."""
    usual, band = Fraction(case.method.peak_excess), _band(case, measurement)
    desk = band is not None and market_of(case.spec) == "other"
    return max(usual, Fraction(band.most)) if desk and band is not None else usual


def _slip(case: Case, measurement: Measurement, value: Fraction, limit: Decimal | Fraction) -> str:
    """Name the slip that brings a value back to where an honest one would lie."""
    rules, band, what = case.method.plausibility, _band(case, measurement), _measurable(measurement)
    if rules is not None and band is not None and what is not None:
        ratio = value / Fraction(limit)
        return likeliest_cause(ratio, value, what, case.spec, band, rules) or "no slip that is known explains it"
    for factor, name in reversed(_SLIPS):
        if Fraction(3, 10) <= value / Fraction(limit) / factor <= Fraction(105, 100):
            return f"perhaps {name}"
    return ""


def values_are_credible(case: Case) -> Iterator[Finding]:
    """Does a value show enough of what is declared to say anything about the most that the device can do?"""
    beside = _told_elsewhere(case)
    for n, measurement in enumerate(case.report.measurements):
        declared, value = _declared(case.report.declared, measurement), _highest(case, measurement)
        # A value of 0 is told by another check, and another kernel is held against the library beside it.
        if declared is None or not value or declared == 0 or n in beside:
            continue
        if measurement.measurand == "compute_rate":
            if measurement.number_format is None:
                continue
            value *= BIT_LENGTH[measurement.number_format]
        band, lowest = _band(case, measurement), Fraction(case.method.lowest_credible_share_of_peak)
        # Formats whose libraries lag behind the silicon have a floor of their own.
        floor = lowest if band is None else min(lowest, Fraction(band.low))
        most, of_what = _reference(case, measurement, declared)
        share = value / most
        if share < floor:
            slip = _low_slip(case, measurement, share)
            got, need = f"{float(share):.2%} of {of_what}{slip}", f"at least {float(floor):.0%}"
            where = f"measurements[{n}].value"
            yield Finding(code="implausibly-low", where=where, got=got, need=need, measurements=(n,))


def _told_elsewhere(case: Case) -> set[int]:
    """Return the rates, by index, of which the claim says nothing.

    Other kernels are held against the library beside them, and vector units claim nothing in formats of matrix units.
    """
    libraries: set[object] = set()
    others: dict[int, object] = {}
    for n, one in enumerate(case.report.measurements):
        same, path = (one.unit_id, one.number_format), one.method.path if one.method else None
        if path == "library":
            libraries.add(same)
        elif path == "other-kernel":
            others[n] = same
    vector = {n for n, one in enumerate(case.report.measurements) if on_vector_units_alone(case, one)}
    return vector | {n for n, same in others.items() if same in libraries}


def _reference(case: Case, measurement: Measurement, declared: Decimal) -> tuple[Fraction, str]:
    """Return what a value is a share of: the declaration, or what its format claims where that is less.

    A format that claims little reaches little; whether it is the one to confirm TPP in is asked by `easier-test`.
    """
    name, peak = measurement.number_format, _peak(case, measurement) if case.method.plausibility else None
    if measurement.measurand == "compute_rate" and name is not None and peak is not None and not peak.only_above:
        claim = peak.claim * BIT_LENGTH[name]
        if claim < Fraction(declared):
            return claim, f"what is claimed in {name}"
    return Fraction(declared), "the declaration"


def _low_slip(case: Case, measurement: Measurement, share: Fraction) -> str:
    rules, band, what = case.method.plausibility, _band(case, measurement), _measurable(measurement)
    if rules is None or band is None or what is None:
        return ""
    cause = likeliest_cause(share, None, what, case.spec, band, rules)
    return f"; {cause}" if cause else ""


def values_lie_where_published_ones_do(case: Case) -> Iterator[Finding]:
    """Does a value lie where published measurements of its kind lie, and is it no figure of the datasheet?"""
    rules, beside = case.method.plausibility, _told_elsewhere(case)
    incredible = {finding.measurements for finding in values_are_credible(case)}
    for n, measurement in enumerate(case.report.measurements):
        peak, band, value = _peak(case, measurement), _band(case, measurement), _highest(case, measurement)
        measured = measurement.source is None or measurement.source.kind == "measured"
        if rules is None or peak is None or band is None or value is None or peak.only_above or not measured:
            continue
        if n in beside:
            continue
        told = _told(value / peak.claim, peak, band, Fraction(rules.same_figure), Fraction(rules.rounding))
        # What no silicon does, and what shows next to nothing, is told by other checks.
        if told is not None and (n,) not in incredible and value <= peak.most * _excess(case, measurement):
            code, got, need = told
            yield Finding(code=code, where=f"measurements[{n}].value", got=got, need=need, measurements=(n,))


def _told(ratio: Fraction, peak: Peak, band: Band, same: Fraction, rounding: Fraction) -> tuple[str, str, str] | None:
    share = f"{float(ratio):.4g} of the claim, {peak.basis}"
    if abs(ratio - 1) <= same:
        return "claim-as-measurement", f"{share}: to the last digit", "what was measured"
    if ratio > 1 + rounding:
        return "above-datasheet-peak", share, f"at most the claim; {band.note or 'its clocks may be higher'}"
    if ratio < Fraction(band.low):
        stands = f"{band.rows} measurements of {band.chips} chips"
        return "below-band", share, f"{as_text(band.low)} or more, where {stands} lie"
    return None


def _declared(declared: Declared | None, measurement: Measurement) -> Decimal | None:
    name = "tpp" if measurement.measurand == "compute_rate" else measurement.measurand
    stated = getattr(declared, name) if declared is not None else None
    return None if stated is None or stated.value is None else in_base_unit(stated.value, stated.unit)

"""Every quantity as declared, derived and measured, and as the law reads it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from harness.checks.raw import highest_shown
from harness.checks.statements import CLAIMED, makers_claims
from harness.checks.values import BASE_UNIT_OF
from harness.metrics.assurance import printed_step
from harness.metrics.claims import claimed, claimed_rates, claimed_rates_by_kind
from harness.metrics.die_area import applicable_die_area
from harness.metrics.dram_bandwidth import dram_bandwidth_gb_s
from harness.metrics.interconnect import interconnect_bandwidth_gb_s
from harness.metrics.peak import peak_rate_tops
from harness.metrics.tpp import BIT_LENGTH, tpp, tpp_by_reading
from harness.model.case import Case
from harness.model.catalogue import CATALOGUE
from harness.model.chip_spec import Architecture, ChipSpec
from harness.model.device_state import NOTHING_SHOWN, UnitState
from harness.model.finding import Effect, Finding
from harness.model.measurement import Measurement
from harness.model.quantity import ABSENT, UNKNOWN, FigureState, Interval, as_text, base_unit, exactly, in_base_unit

UNIT_OF: Mapping[str, str] = {
    "tpp": "TPP",
    "total_dram_bandwidth": "GB/s",
    "interconnect_bandwidth": "GB/s",
    "copackaged_dram_capacity": "GB",
    "peak_power_at_max_tpp": "W",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """One value found on one unit, in the quantity's unit, with its expanded uncertainty."""

    where: str
    unit_id: str
    value: Fraction
    expanded_uncertainty: Fraction
    # Whether the value may show "at most"; a value that may not still counts as "at least".
    confirms: bool
    # A value that was set aside: it proves nothing, and where it lies above a declaration it leaves the matter open.
    doubtful: bool = False
    # Which of the measurements it is; None: it is none.
    measurement: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Derivation:
    """A peak that follows from units, operations per clock and clock, or from bus and rate."""

    nominal: Decimal | None = None
    maximum: Decimal | None = None
    # At nominal clock, only where a measurement shows that the units run at that rate.
    proven: Decimal | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class QuantityEvidence:
    """All that is known of one quantity."""

    quantity: str
    unit: str
    declared: Fraction | None
    declared_step: Fraction  # The last printed digit of the declaration, in `unit`; 0 where there is none.
    derivation: Derivation
    readings: tuple[Reading, ...]
    used: Interval
    note: str | None

    @property
    def measured(self) -> Reading | None:
        """The largest measured value, by its lower bound; what a device counts of itself is no measurement."""
        found = [one for one in self.readings if one.where.startswith("measurements") and not one.doubtful]
        return max(found, key=lambda reading: reading.value - reading.expanded_uncertainty, default=None)


def effects_by_measurement(findings: Iterable[Finding]) -> dict[int, set[Effect]]:
    """Return which effects fall on which measurement."""
    effects: dict[int, set[Effect]] = {}
    for finding in findings:
        for n in finding.measurements:
            effects.setdefault(n, set()).add(CATALOGUE[finding.code].effect)
    return effects


def quantities(case: Case, findings: list[Finding], counted: tuple[str, ...] = ()) -> dict[str, QuantityEvidence]:
    """Return the evidence on each of the five declared quantities, by the ways of counting TPP that are followed."""
    effects = effects_by_measurement(findings)
    set_aside = frozenset(finding.where for finding in findings if CATALOGUE[finding.code].effect is Effect.UNSUPPORTED)
    return {quantity: _quantity(case, quantity, effects, set_aside, counted) for quantity in UNIT_OF}


def tpp_evidence(case: Case, findings: list[Finding], counted: tuple[str, ...]) -> QuantityEvidence:
    """Return the evidence on TPP alone, by the ways of counting that are followed."""
    set_aside = frozenset(finding.where for finding in findings if CATALOGUE[finding.code].effect is Effect.UNSUPPORTED)
    return _quantity(case, "tpp", effects_by_measurement(findings), set_aside, counted)


def _quantity(
    case: Case,
    quantity: str,
    effects: Mapping[int, set[Effect]],
    set_aside: frozenset[str],
    counted_by: tuple[str, ...],
) -> QuantityEvidence:
    stated = getattr(case.report.declared, quantity) if case.report.declared else None
    declared, step = None, Fraction(0)
    if stated is not None and stated.value is not None:
        declared = Fraction(in_base_unit(stated.value, stated.unit))
        step = Fraction(in_base_unit(printed_step(stated.value), stated.unit))
    counted = tuple(_inventory(case, quantity, set_aside))
    readings = (*_readings(case, quantity, effects), *counted)
    derivation = _derivation(case, quantity, counted, effects)
    claim = makers_claims(case.spec).get(quantity) if case.spec else None
    for where, value in (("derived at nominal clock", derivation.proven), ("claimed by the maker", claim)):
        readings += (_not_measured(where, value),) if value is not None else ()
    used, note = _used(case, quantity, declared, derivation, readings, counted_by)
    return QuantityEvidence(
        quantity=quantity,
        unit=UNIT_OF[quantity],
        declared=declared,
        declared_step=step,
        derivation=derivation,
        readings=readings,
        used=used,
        note=note or derivation.note,
    )


def _readings(case: Case, quantity: str, effects: Mapping[int, set[Effect]]) -> Iterable[Reading]:
    for n, measurement in enumerate(case.report.measurements):
        name = "tpp" if measurement.measurand == "compute_rate" else measurement.measurand
        here = effects.get(n, set())
        value = highest_shown(case, measurement)
        if name != quantity or value is None or base_unit(measurement.unit) != BASE_UNIT_OF[measurement.measurand]:
            continue
        wide = Fraction(in_base_unit(measurement.expanded_uncertainty or Decimal(0), measurement.unit))
        bits = bit_length(measurement)
        if measurement.sparsity == "2:4":
            # Such a rate is at most twice the dense one, so half of it, less its uncertainty, was certainly reached.
            value, wide = (value - wide) / 2, Fraction(0)
        yield Reading(
            where=f"measurements[{n}]",
            unit_id=measurement.unit_id,
            value=value * bits,
            expanded_uncertainty=wide * bits,
            confirms=not here & {Effect.LOWER_BOUND_ONLY, Effect.UNSUPPORTED},
            doubtful=Effect.UNSUPPORTED in here,
            measurement=n,
        )


def bit_length(measurement: Measurement) -> int:
    """Return the factor from a rate to TPP; of a rate whose format is not said, the smallest that there is."""
    if measurement.measurand != "compute_rate":
        return 1
    if measurement.number_format is None:
        return min(BIT_LENGTH.values())
    return BIT_LENGTH[measurement.number_format]


def _inventory(case: Case, quantity: str, set_aside: frozenset[str]) -> Iterable[Reading]:
    """What a device counts of itself speaks against a declaration that is lower; it confirms nothing alone."""
    for n, unit in enumerate(case.report.lot.units if case.report.lot else ()):
        state = unit.state or NOTHING_SHOWN
        value: Decimal | None = None
        if quantity == "interconnect_bandwidth":
            value = interconnect_bandwidth_gb_s(state.links)
        elif quantity == "copackaged_dram_capacity" and state.memory_total is not None:
            value = in_base_unit(state.memory_total, state.memory_total_unit)
        if value is not None:
            yield Reading(
                where=f"lot.units[{n}].state",
                unit_id=unit.unit_id,
                value=Fraction(value),
                expanded_uncertainty=Fraction(0),
                confirms=False,
                doubtful=f"lot.units[{n}].state.memory_total" in set_aside,
            )


def _not_measured(where: str, value: Decimal | Fraction) -> Reading:
    """A claim, or a peak that a rate proves, is no measurement: above a declaration it leaves the matter open."""
    return Reading(
        where=where,
        unit_id="",
        value=Fraction(value),
        expanded_uncertainty=Fraction(0),
        confirms=False,
        doubtful=True,
    )


def _derivation(
    case: Case, quantity: str, counted: tuple[Reading, ...], effects: Mapping[int, set[Effect]]
) -> Derivation:
    if quantity == "tpp":
        return _derived_tpp(case, effects)
    if quantity == "total_dram_bandwidth":
        return _derived_dram_bandwidth(case)
    if counted:
        highest = in_decimal(max(reading.value for reading in counted))
        return Derivation(nominal=highest, maximum=highest)
    return Derivation()


def in_decimal(value: Fraction) -> Decimal:
    """Return a fraction that came from decimals as the decimal that it is."""
    return Decimal(as_text(value))


def _states(case: Case) -> list[UnitState]:
    return [unit.state for unit in (case.report.lot.units if case.report.lot else ()) if unit.state is not None]


def _derived_tpp(case: Case, effects: Mapping[int, set[Effect]]) -> Derivation:
    architecture = case.spec.architecture if case.spec else None
    if architecture is None:
        return Derivation()
    if architecture.capped:
        return Derivation(note="the maker caps this chip below its architecture; no peak is derived from it")
    units, highest_clock = units_and_highest_clock(case, architecture)
    operations: dict[str, int] = {entry.format: entry.operations for entry in architecture.ops_per_clock}

    def peak(clock: Decimal | None) -> Decimal | None:
        if clock is None:
            return None
        return max((tpp(peak_rate_tops(units, ops, clock), name) for name, ops in operations.items()), default=None)

    nominal_clock = architecture.nominal_clock_mhz
    proven = [
        tpp(peak_rate_tops(units, operations[name], nominal_clock), name)
        for name in _formats_shown(case, architecture, highest_clock, effects)
        if nominal_clock is not None
    ]
    return Derivation(nominal=peak(nominal_clock), maximum=peak(highest_clock), proven=max(proven, default=None))


def units_and_highest_clock(case: Case, architecture: Architecture) -> tuple[int, Decimal | None]:
    """Return the most units that a device of the lot has, and the highest clock in MHz that any can be set to."""
    counts = [state.processing_units_enabled for state in _states(case) if state.processing_units_enabled]
    clocks = [state.max_sm_clock_mhz for state in _states(case) if state.max_sm_clock_mhz is not None]
    if architecture.maximum_clock_mhz:
        clocks.append(architecture.maximum_clock_mhz)
    return max(counts, default=architecture.processing_units), max(clocks, default=None)


def _formats_shown(
    case: Case, architecture: Architecture, highest_clock: Decimal | None, effects: Mapping[int, set[Effect]]
) -> Iterable[str]:
    """Return the formats in which a measured rate is too fast for any slower rate of the architecture."""
    share = Fraction(case.method.share_that_identifies_rate)
    operations: dict[str, int] = {entry.format: entry.operations for entry in architecture.ops_per_clock}
    states = {unit.unit_id: unit.state or NOTHING_SHOWN for unit in (case.report.lot.units if case.report.lot else ())}
    for n, measurement in enumerate(case.report.measurements):
        name, wide = measurement.number_format, measurement.expanded_uncertainty
        value = highest_shown(case, measurement)
        if name is None or name not in operations or value is None or highest_clock is None:
            continue
        if measurement.measurand != "compute_rate" or Effect.UNSUPPORTED in effects.get(n, set()):
            continue
        # A clock above the highest that there is would only make the rate look slower than it was.
        clock = min(measurement.sampled_sm_clock_mhz or highest_clock, highest_clock)
        units = states.get(measurement.unit_id, NOTHING_SHOWN).processing_units_enabled or architecture.processing_units
        lower = value - Fraction(in_base_unit(wide or Decimal(0), measurement.unit))
        if lower >= share * Fraction(peak_rate_tops(units, operations[name], clock)):
            yield name


def _derived_dram_bandwidth(case: Case) -> Derivation:
    memory = case.spec.memory if case.spec else None
    if memory is None or memory.transfers_per_clock is None:
        return Derivation()
    rates = [
        dram_bandwidth_gb_s(state.memory_bus_width_bits, state.max_memory_clock_mhz, memory.transfers_per_clock)
        for state in _states(case)
        if state.memory_bus_width_bits and state.max_memory_clock_mhz
    ]
    if not rates and memory.bus_width_bits and memory.reported_clock_mhz:
        rates = [dram_bandwidth_gb_s(memory.bus_width_bits, memory.reported_clock_mhz, memory.transfers_per_clock)]
    highest = max(rates, default=None)
    return Derivation(nominal=highest, maximum=highest)


def _used(
    case: Case,
    quantity: str,
    declared: Fraction | None,
    derivation: Derivation,
    readings: tuple[Reading, ...],
    counted_by: tuple[str, ...],
) -> tuple[Interval, str | None]:
    """Return what the law reads: the declaration, raised to what was found or proven; open where claims differ."""
    raised = max(
        [Fraction(derivation.proven or 0)]
        + [reading.value - reading.expanded_uncertainty for reading in readings if not reading.doubtful]
    )
    if declared is None:
        return Interval(lo=raised, hi=None), "not declared"
    lo = max(declared, raised)
    note = "raised above the declaration by what was found" if lo > declared else None
    if quantity in CLAIMED and (case.spec is None or _claim_is_open(case.spec, quantity)):
        why = "the spec file does not say it in full" if case.spec else "no spec file for this chip"
        return Interval(lo=lo, hi=None), f"{why}: what the maker claims is unknown"
    claim = makers_claims(case.spec).get(quantity) if case.spec else None
    if claim is not None and claim > lo:
        return Interval(lo=lo, hi=Fraction(claim)), f"the maker claims {as_text(claim)}; both are followed"
    by_reading = claimed_tpp(case.spec, counted_by) if case.spec and quantity == "tpp" else {}
    counted = {
        names: Fraction(value) / case.spec.integrated_circuits for names, value in by_reading.items() if case.spec
    }
    for names, value in counted.items():
        if value > lo and len(counted) == 1:
            return exactly(value), f"{as_text(value)} by the reading that is followed"
        if value > lo:
            said = f"{as_text(value)} by the reading {' and '.join(names)}; both are followed"
            return Interval(lo=lo, hi=max(counted.values())), said
    return exactly(lo), note


def claimed_tpp(spec: ChipSpec, counted_by: Iterable[str]) -> dict[tuple[str, ...], Decimal]:
    """Return the TPP that the maker's rates give, by the ways of counting."""
    return tpp_by_reading(claimed_rates(spec), counted_by, claimed_rates_by_kind(spec))


def _claim_is_open(spec: ChipSpec, quantity: str) -> bool:
    """Whether the spec file leaves open how much the maker claims."""
    return makers_claims(spec).get(quantity) is None or (quantity == "tpp" and spec.tpp_completeness != "complete")


def die_area(case: Case) -> tuple[FigureState, str | None]:
    """Return the applicable die area in mm2 (non-planar logic dies), absent where there is no such die."""
    product, spec = case.report.product, case.spec
    stated = product.non_planar_logic_die_area_mm2 if product else None
    has_die = product.has_non_planar_logic_die if product else None
    if has_die is False and not (spec is not None and spec.has_non_planar_logic_die):
        return ABSENT, None
    known, note = claimed_die_area(spec) if spec is not None else (UNKNOWN, "applicable die area not stated")
    if not stated:
        return known, note
    area = Fraction(stated)
    if not isinstance(known, Interval) or known == UNKNOWN:
        return exactly(area), None
    lo = min(area, known.lo)
    hi = known.hi if known.hi is None else max(area, known.hi)
    return Interval(lo=lo, hi=hi), "report and spec file differ; both are followed" if lo != hi else None


def claimed_die_area(spec: ChipSpec) -> tuple[FigureState, str | None]:
    """Return the applicable die area that a spec file claims, in mm2, with what is to be said of it."""
    if spec.dies and all(die.grade != "estimate" for die in spec.dies):
        area = applicable_die_area(spec.dies)
        unknown = isinstance(area, Interval) and not area.exact
        return area, "the area of some dies is not known" if unknown else None
    known = claimed(spec.applicable_die_area)
    if spec.has_non_planar_logic_die is False:
        said = "an area is stated, and that no die has one that counts; both are followed"
        return (UNKNOWN, said) if known else (ABSENT, None)
    if known:
        return exactly(known), None
    estimate = spec.applicable_die_area
    said = f"only estimated, at {as_text(estimate.value)} mm2" if estimate else "not stated"
    return UNKNOWN, f"applicable die area {said}"

"""The fingerprint of each unit: operations per clock and unit, held against the architecture, format by format."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from harness.checks.proofs import formats_keep_their_ratio
from harness.checks.runs import Run, on_vector_units_alone, rates_by_unit, runs_of
from harness.metrics.fingerprint import CutOfFormats, Match, cut_of, nearest_value, operations_per_clock
from harness.metrics.peaks import architectural_operations, peak_of, uncapped
from harness.metrics.plausibility import band_for, market_of
from harness.metrics.tpp import BIT_LENGTH
from harness.model.case import Case
from harness.model.device_state import NOTHING_SHOWN
from harness.model.finding import Finding
from harness.model.method_device import FingerprintMethod
from harness.model.plausibility import Measurable
from harness.model.quantity import as_text, in_base_unit

# Formats that run on matrix units; wider ones may run on vector units alone.
_WIDEST_MATRIX_BITS = 19


@dataclass(frozen=True, kw_only=True, slots=True)
class PerClock:
    """One format of one unit: its fastest run with a clock, per clock and unit."""

    run: Run
    processing_units: int
    operations: Fraction
    architectural: int | None
    match: Match | None


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitPrint:
    """What the runs of one unit show together. `shares` are of each format's peak."""

    unit_id: str
    formats: tuple[PerClock, ...]
    runs: tuple[Run, ...]
    shares: Mapping[str, Fraction]
    cut: CutOfFormats | None


def unit_prints(case: Case) -> list[UnitPrint]:
    """Return the fingerprint of every unit of which rates, their clocks and the unit count are known.

    Methods of before have none.
    """
    rules = case.method.device
    if rules is None:
        return []
    states = {unit.unit_id: unit.state or NOTHING_SHOWN for unit in (case.report.lot.units if case.report.lot else ())}
    by_unit: dict[str, list[Run]] = {}
    for run in runs_of(case):
        matrix = not on_vector_units_alone(case, case.report.measurements[run.n])
        if matrix and run.clock_mhz and states.get(run.unit_id, NOTHING_SHOWN).processing_units_enabled:
            by_unit.setdefault(run.unit_id, []).append(run)
    return [
        _print(case, runs, states[unit_id].processing_units_enabled or 1, rules.fingerprint)
        for unit_id, runs in by_unit.items()
    ]


def _print(case: Case, runs: list[Run], units: int, rules: FingerprintMethod) -> UnitPrint:
    by_format: dict[str, list[Run]] = {}
    for run in runs:
        by_format.setdefault(run.number_format, []).append(run)
    widest_first = sorted(by_format, key=lambda name: (-BIT_LENGTH[name], name))
    formats = tuple(_per_clock(case, by_format[name], units, rules) for name in widest_first)
    shares = {one.run.number_format: share for one in formats if (share := _share(case, one, by_format)) is not None}
    floors = {name: _floor(case, name, rules) for name in shares}
    return UnitPrint(
        unit_id=runs[0].unit_id,
        formats=formats,
        runs=tuple(runs),
        shares=shares,
        cut=cut_of(shares, floors, Fraction(rules.uniform_spread)),
    )


def _share(case: Case, one: PerClock, by_format: Mapping[str, list[Run]]) -> Fraction | None:
    """Return the share of its peak that a format reaches; where none is known, that of what a unit does per clock."""
    peak = _peak(case, one.run.number_format)
    if peak:
        return max(run.rate for run in by_format[one.run.number_format]) / peak
    return one.operations / one.architectural if one.architectural else None


def _peak(case: Case, number_format: str) -> Fraction | None:
    """Return the peak of a format: of a capped chip what its units would give, else what is claimed."""
    if case.spec is None:
        return None
    freed = uncapped(case.spec, number_format)
    peak = None if freed else peak_of(case.spec, Measurable(kind="compute", number_format=number_format))
    return freed or (peak.claim if peak is not None and not peak.only_above else None)


def _floor(case: Case, number_format: str, rules: FingerprintMethod) -> Fraction:
    """Formats whose libraries lag behind the silicon have a floor of their own."""
    lowest, published = Fraction(rules.cut_below), case.method.plausibility
    if published is None:
        return lowest
    band = band_for(published.bands, "compute", number_format, None, market_of(case.spec))
    return lowest if band is None else min(lowest, Fraction(band.low))


def _per_clock(case: Case, runs: list[Run], units: int, rules: FingerprintMethod) -> PerClock:
    def operations(run: Run) -> Fraction:
        return operations_per_clock(run.rate, units, run.clock_mhz or Fraction(1))

    best = max(runs, key=operations)
    known = architectural_operations(case.spec, best.number_format) if case.spec else None
    lowest, excess = Fraction(rules.lowest_efficiency), Fraction(rules.excess)
    return PerClock(
        run=best,
        processing_units=units,
        operations=operations(best),
        architectural=known,
        match=nearest_value(operations(best), known, lowest, excess),
    )


def formats_fit_the_architecture(case: Case) -> Iterator[Finding]:
    """Does every format do per clock what its units can, and do all formats lie alike against their peaks?"""
    rules = case.method.device
    if rules is None:
        return
    rates = rates_by_unit(case)
    # A rate that is too high beside another one is told as that.
    told = {n for finding in formats_keep_their_ratio(case) for n in finding.measurements}
    places = {unit.unit_id: n for n, unit in enumerate(case.report.lot.units if case.report.lot else ())}
    for one in unit_prints(case):
        yield from _above(case, one, rules.fingerprint, rates[one.unit_id])
        yield from _disabled(case, one, places[one.unit_id], rules.die_share)
        if one.cut is None:
            continue
        if one.cut.kind != "none":
            yield _cut(one, one.cut, rates[one.unit_id])
        elif not told & set(rates[one.unit_id]):
            yield from _ratios(one, rules.fingerprint)


def _above(case: Case, one: UnitPrint, rules: FingerprintMethod, rates: tuple[int, ...]) -> Iterator[Finding]:
    for row in one.formats:
        measurement = case.report.measurements[row.run.n]
        wide = Fraction(in_base_unit(measurement.expanded_uncertainty or Decimal(0), measurement.unit))
        certain = row.operations * (1 - wide / row.run.rate)
        if row.architectural is not None and certain > row.architectural * (1 + Fraction(rules.excess)):
            clock = as_text(row.run.clock_mhz or Fraction(0))
            yield Finding(
                code="above-architecture",
                where=f"measurements[{row.run.n}].sampled_sm_clock_mhz",
                got=f"{float(row.operations):.5g} operations per clock and unit at {clock} MHz",
                need=f"at most {row.architectural}: the clock or the unit count is too low",
                measurements=rates,
            )


def _disabled(case: Case, one: UnitPrint, n: int, least: Decimal) -> Iterator[Finding]:
    die = case.spec.architecture.die_units if case.spec and case.spec.architecture else None
    units = one.formats[0].processing_units
    if die is not None and Fraction(units, die) < Fraction(least):
        yield Finding(
            code="units-disabled",
            where=f"lot.units[{n}].state.processing_units_enabled",
            got=f"{units} of the {die} units that the die has",
            need="documents or images that show whether the others can be enabled",
            measurements=tuple(run.n for run in one.runs),
        )


def _cut(one: UnitPrint, cut: CutOfFormats, measurements: tuple[int, ...]) -> Finding:
    lowest = min((run for run in one.runs if run.number_format == cut.fallen[0]), key=lambda run: -run.rate)
    said = ", ".join(f"{name} {float(share):.3f}" for name, share in one.shares.items())
    return Finding(
        code="cut-uniform" if cut.kind == "uniform" else "cut-not-uniform",
        where=f"measurements[{lowest.n}].value",
        got=f"shares of the peak: {said}" + _of_architecture(one, cut.fallen[0]),
        need="every format near its peak" if cut.kind == "uniform" else "formats that lie alike against their peaks",
        measurements=measurements,
    )


def _of_architecture(one: UnitPrint, number_format: str) -> str:
    row = next(row for row in one.formats if row.run.number_format == number_format)
    if row.match is None or row.architectural in (None, row.match.value):
        return ""
    return f"; {number_format} does about {row.match.value} per clock and unit, of {row.architectural}"


def _ratios(one: UnitPrint, rules: FingerprintMethod) -> Iterator[Finding]:
    """On the same units, formats keep the ratios of the architecture, such as fp8 : bf16 : tf32 as 4 : 2 : 1."""
    matrix = {name: share for name, share in one.shares.items() if BIT_LENGTH[name] <= _WIDEST_MATRIX_BITS}
    if len(matrix) < 2:
        return
    low, high = min(matrix, key=lambda name: matrix[name]), max(matrix, key=lambda name: matrix[name])
    factor = matrix[high] / matrix[low]
    if factor > Fraction(rules.uniform_spread):
        best = max((run for run in one.runs if run.number_format == low), key=lambda run: run.rate)
        got = f"{high} : {low} is {float(factor):.2f} times the ratio of their peaks"
        need = f"at most {float(rules.uniform_spread):.3g} times"
        where = f"measurements[{best.n}].value"
        yield Finding(code="format-ratios-odd", where=where, got=got, need=need, measurements=(best.n,))

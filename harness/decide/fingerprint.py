"""The fingerprint of each unit in the verdict: the table, what it means, and what it cannot settle."""

from collections.abc import Iterator
from fractions import Fraction

from harness.checks.fingerprint import PerClock, UnitPrint, unit_prints
from harness.metrics.fingerprint import CutOfFormats
from harness.model.case import Case
from harness.model.fingerprint import Fingerprint, FormatRate
from harness.model.quantity import as_text

_PLAIN_PARTS = {2: "half", 4: "a quarter", 8: "an eighth"}


def fingerprints(case: Case) -> Iterator[Fingerprint]:
    """Return the fingerprint of every unit of which a rate, its clock and the unit count are known."""
    for one in unit_prints(case):
        yield Fingerprint.model_construct(
            unit_id=one.unit_id,
            formats=tuple(_row(row) for row in one.formats),
            cut=one.cut.kind if one.cut else "unknown",
            says=_meaning(case, one),
            rests_on=tuple(_rests_on(case, one)),
        )


def _row(row: PerClock) -> FormatRate:
    match = row.match
    return FormatRate.model_construct(
        number_format=row.run.number_format,
        where=f"measurements[{row.run.n}]",
        rate_tops=as_text(row.run.rate),
        clock_mhz=as_text(row.run.clock_mhz or Fraction(0)),
        processing_units=row.processing_units,
        operations_per_clock=as_text(row.operations),
        architecture=row.architectural,
        nearest=match.value if match else None,
        efficiency=as_text(match.efficiency) if match else None,
    )


def _meaning(case: Case, one: UnitPrint) -> str:
    """Return what the cut means, in words."""
    if one.cut is None:
        return "nothing is said of a cut: fewer than two formats have a peak that is known"
    if one.cut.kind == "none":
        return f"not cut: the formats reach {_range(one)} of their peaks"
    if one.cut.kind == "uniform":
        return f"cut uniformly, to {_range(one)} of the peaks: {_why_uniform(case, one)}"
    return f"not cut uniformly: {_parts(one, one.cut)}. A limit that was set: can it be unset?"


def _range(one: UnitPrint) -> str:
    low, high = min(one.shares.values()), max(one.shares.values())
    return f"{float(low):.2f} to {float(high):.2f}"


def _parts(one: UnitPrint, cut: CutOfFormats) -> str:
    rows = {row.run.number_format: row for row in one.formats}
    fallen = ", ".join(_part(name, one, rows[name]) for name in cut.fallen)
    kept = [f"{name} at {float(share):.2f}" for name, share in one.shares.items() if name not in cut.fallen]
    return f"{fallen}; and {', '.join(kept)}" if kept else fallen


def _part(name: str, one: UnitPrint, row: PerClock) -> str:
    said = f"{name} at {float(one.shares[name]):.2f} of its peak"
    if row.match is None or not row.architectural or row.architectural <= row.match.value:
        return said
    whole, rest = divmod(row.architectural, row.match.value)
    part = f"{_PLAIN_PARTS[whole]} of" if whole in _PLAIN_PARTS and not rest else "of"
    return f"{said} (about {row.match.value:,} per clock and unit, {part} {row.architectural:,})"


def _why_uniform(case: Case, one: UnitPrint) -> str:
    """Split a uniform cut into units, clock and what each unit does, as far as they are known."""
    architecture = case.spec.architecture if case.spec else None
    row = max(one.formats, key=lambda row: row.operations)
    if architecture is None:
        return "fewer units, or a lower clock"
    parts = [f"{row.processing_units} of {architecture.processing_units} units"]
    highest = architecture.maximum_clock_mhz or architecture.nominal_clock_mhz
    if highest:
        parts.append(f"a clock of {as_text(row.run.clock_mhz or Fraction(0))} of {as_text(highest)} MHz")
    if row.architectural:
        parts.append(f"{float(row.operations / row.architectural):.2f} of what a unit does per clock")
    return " x ".join(parts)


def _rests_on(case: Case, one: UnitPrint) -> Iterator[str]:
    """Name what no measurement settles, and what this report leaves open."""
    yield "the unit count that the device shows; whether more could be enabled shows in documents and die images alone"
    if not any(case.report.measurements[run.n].in_kernel_sm_clock_mhz for run in one.runs):
        yield "the clock that the driver shows; no kernel counted it"
    configured = case.report.configuration.driver if case.report.configuration else None
    if len({run.driver or configured for run in one.runs} - {None}) < 2:
        yield "one driver: a limit that another one lifts would not show"
    if len({run.path for run in one.runs} - {None}) < 2:
        yield "one path to the units: a limit that recognises it would not show"

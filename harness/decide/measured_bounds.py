"""What each measurement says of a quantity's upper end: its uncertainty, its floor, and its rate per clock."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from harness.checks.uncertainty import borne_out
from harness.decide.figures import QuantityEvidence, Reading, bit_length
from harness.decide.rate_bounds import device_and_format, highest_by_rate
from harness.metrics.assurance import Measured
from harness.metrics.plausibility import market_of, method_named
from harness.metrics.student_t import coverage_factor
from harness.model.case import Case
from harness.model.catalogue import CATALOGUE
from harness.model.finding import Effect, Finding
from harness.model.measurement import Measurement
from harness.model.method_assurance import Floor
from harness.model.quantity import as_text

# This uncertainty is replaced by the one that the samples give, so the value still shows "at most" here.
_MENDED = "uncertainty-understated"


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """One measurement as the rule reads it, with where it stands and what of it was recomputed."""

    where: str
    measured: Measured
    # Degrees of freedom, as stated or recomputed; None where nothing is said of them.
    degrees: Fraction | None
    recomputed: bool
    measurement: Measurement


def measured_bounds(case: Case, found: QuantityEvidence, findings: Iterable[Finding]) -> list[Found]:
    """Return every measurement of a quantity that counts at all; what was set aside does not."""
    limited = {
        n
        for finding in findings
        if finding.code != _MENDED and CATALOGUE[finding.code].effect in (Effect.LOWER_BOUND_ONLY, Effect.UNSUPPORTED)
        for n in finding.measurements
    }
    bounds = [_found(case, one, found.quantity, one.measurement not in limited) for one in _counted(found)]
    if found.quantity != "tpp":
        return bounds
    highest = highest_by_rate(case, [(one.measurement, one.measured) for one in bounds])
    return [
        replace(one, measured=replace(one.measured, quantised=highest.get(device_and_format(one.measurement))))
        for one in bounds
    ]


def _counted(found: QuantityEvidence) -> list[Reading]:
    return [one for one in found.readings if one.measurement is not None and not one.doubtful]


def _found(case: Case, reading: Reading, quantity: str, shows_at_most: bool) -> Found:
    assert reading.measurement is not None
    measurement = case.report.measurements[reading.measurement]
    standard, expanded, degrees = stated(case, reading, measurement)
    budget = borne_out(case, measurement)
    recomputed = False
    if budget is not None:
        bits = bit_length(measurement)
        shown = budget.expanded_uncertainty(case.method.false_accept_risk) * bits
        # What is stated is never made smaller: a laboratory knows of more than the samples show.
        standard = max(standard, budget.standard_uncertainty * bits)
        recomputed = shown > expanded
        expanded, degrees = max(expanded, shown), budget.degrees if recomputed else degrees
    measured = Measured(
        value=reading.value,
        standard_uncertainty=standard,
        expanded_uncertainty=expanded,
        efficiency_floor=floor_for(case, quantity, measurement),
        shows_at_most=shows_at_most,
    )
    return Found(
        where=reading.where, measured=measured, degrees=degrees, recomputed=recomputed, measurement=measurement
    )


def stated(case: Case, reading: Reading, measurement: Measurement) -> tuple[Fraction, Fraction, Fraction | None]:
    """Return u, U and the degrees of freedom as stated; k is at least the method's for those degrees of freedom."""
    factor, counted = measurement.coverage_factor, measurement.degrees_of_freedom
    degrees = None if counted is None else Fraction(counted)
    if not factor or degrees == 0:
        # No u can be told, so the reading shows nothing "at most"; what it shows at least is still m less the stated U.
        return Fraction(0), reading.expanded_uncertainty, degrees
    standard = reading.expanded_uncertainty / Fraction(factor)
    least = coverage_factor(case.method.false_accept_risk, degrees)
    return standard, standard * max(Fraction(factor), least), degrees


def floor_for(case: Case, quantity: str, measurement: Measurement) -> Fraction:
    """Return the efficiency floor for a measurement, from the method and nowhere else."""
    narrow = floor_entry(case, quantity, measurement)
    general = next(one.floor for one in case.method.efficiency_floors if one.quantity == quantity)
    return Fraction(narrow.floor if narrow else general)


def told_floor(case: Case, quantity: str, found: Found) -> str:
    """Say what stands behind a floor, where the method says so."""
    floor = floor_entry(case, quantity, found.measurement)
    if floor is None:
        return ""
    of = floor.reference
    behind = f"{of.devices} published devices bear out {as_text(of.limit)}"
    return f" (agreed; {behind})" if floor.basis == "agreed" else f" ({behind})"


def floor_entry(case: Case, quantity: str, measurement: Measurement) -> Floor | None:
    """Return the most narrowly told floor that covers a measurement; methods of before have none of these."""
    rules, assurance = case.method.plausibility, case.method.assurance
    kind = "compute" if quantity == "tpp" else "dram"
    how = measurement.method
    said = f"{how.name} {how.description or ''}" if how else None
    asked = {
        "number_format": measurement.number_format,
        "method": method_named(rules.methods, kind, said) if rules else None,  # type: ignore[arg-type]
        "market": market_of(case.spec),
    }
    fitting = [
        floor
        for floor in (assurance.floors if assurance else ())
        if floor.quantity == quantity and all(getattr(floor, name) in (None, value) for name, value in asked.items())
    ]
    return max(fitting, key=lambda floor: sum(getattr(floor, name) is not None for name in asked), default=None)

"""The uncertainty that the raw samples of a measurement bear out, and whether less is stated."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate, pairwise

from harness.checks.raw import samples_in_base_unit
from harness.checks.values import INVENTORY
from harness.metrics.uncertainty_budget import Budget, between_sessions, timer_resolution
from harness.model.case import Case
from harness.model.finding import Finding
from harness.model.measurement import Measurement
from harness.model.quantity import as_text, base_unit, in_base_unit


def borne_out(case: Case, measurement: Measurement) -> Budget | None:
    """Return the budget that the samples give, in the measurement's base unit; None where they show no sessions.

    The spread between sessions, and the step in which a sample is printed or counted. What a laboratory adds from
    calibrations is not in the samples, so this is the least that its uncertainty can be.
    """
    sessions = _sessions(case, measurement)
    if sessions is None or measurement.raw is None:
        return None
    parts = [between_sessions(sessions)]
    if measurement.raw.resolution:
        parts.append(timer_resolution(in_base_unit(measurement.raw.resolution, measurement.raw.unit)))
    return Budget(parts=tuple(parts))


def _sessions(case: Case, measurement: Measurement) -> list[list[Decimal]] | None:
    """Return the samples by session, where two or more are told apart and no sample is left over."""
    lengths = measurement.raw.sessions if measurement.raw else None
    samples = samples_in_base_unit(case, measurement)
    if measurement.measurand in INVENTORY or not lengths or not samples or sum(lengths) != len(samples):
        return None
    sessions = [samples[start:end] for start, end in pairwise(accumulate(lengths, initial=0)) if end > start]
    return sessions if len(sessions) > 1 else None


def uncertainties_are_borne_out(case: Case) -> Iterator[Finding]:
    """Is every stated uncertainty at least what the spread between its own sessions gives?"""
    if case.method.assurance is None:
        return
    rounding = 1 + Fraction(case.method.assurance.uncertainty_rounding)
    for n, measurement in enumerate(case.report.measurements):
        budget, stated = borne_out(case, measurement), measurement.expanded_uncertainty
        if budget is None or stated is None:
            continue
        shown = budget.expanded_uncertainty(case.method.false_accept_risk)
        if Fraction(in_base_unit(stated, measurement.unit)) * rounding < shown:
            unit = base_unit(measurement.unit)
            yield Finding(
                code="uncertainty-understated",
                where=f"measurements[{n}].expanded_uncertainty",
                got=f"{as_text(in_base_unit(stated, measurement.unit))} {unit}",
                need=f"at least {_rounded(shown)} {unit}: {said(case, budget)}",
                measurements=(n,),
            )


def said(case: Case, budget: Budget) -> str:
    """Return the budget in words: u, its degrees of freedom, and the coverage factor."""
    degrees, factor = budget.degrees, budget.coverage_factor(case.method.false_accept_risk)
    freedom = "" if degrees is None else f" with {_rounded(degrees)} degrees of freedom"
    return f"u = {_rounded(budget.standard_uncertainty)}{freedom} between sessions, k = {_rounded(factor)}"


def _rounded(value: Fraction) -> str:
    return as_text(Decimal(f"{float(value):.5g}"))

"""Do the rates in fp32 and fp64, for which no architecture table stands, come from units as they are built?"""

from collections.abc import Iterator
from fractions import Fraction

from harness.checks.specs.figures import rounded, slip_from_sizes, stated_rate
from harness.metrics.assurance import printed_step
from harness.metrics.slip import distance
from harness.model.chip_spec import ChipSpec, SpecRate
from harness.model.quantity import as_text
from harness.model.spec_finding import SpecCase, SpecFinding


def wide_rates_follow_from_units_as_built(case: SpecCase[ChipSpec]) -> Iterator[SpecFinding]:
    """Is each wide rate units x clock x a number of operations that units are built for?"""
    for n, rate in enumerate(case.spec.rates):
        built = wide_operations(case, rate)
        if not built or not rate.value:
            continue
        figure = stated_rate(n, rate)
        found = [figure.value * 10**6 / (one * _units(case.spec)) for one in _clocks(case.spec)]
        if any(_near(case, rate, operations, one) for operations in found for one in built):
            continue
        # The highest clock, at which such peaks are printed.
        operations, clock = found[-1], _clocks(case.spec)[-1]
        yield SpecFinding(
            code="spec-wide-rate",
            where=figure.place,
            got=f"{figure} = {_units(case.spec)} units x {rounded(operations)} x {rounded(clock)} MHz",
            need=f"{', '.join(map(as_text, built))} operations per clock, as units are built",
            slip=slip_from_sizes(case.limits, "rate", operations, built, 1 + Fraction(case.limits.naming_tolerance)),
        )


def wide_operations(case: SpecCase[ChipSpec], rate: SpecRate) -> tuple[Fraction, ...]:
    """Return the numbers of operations per clock that a wide rate can have; none where units or clock are not known."""
    if not _clocks(case.spec) or case.spec.architecture is None or _units(case.spec) < case.limits.fewest_units:
        return ()
    if any(one.format == rate.format for one in case.spec.architecture.ops_per_clock):
        return ()
    built = (one.operations for one in case.limits.wide_operations if one.format == rate.format)
    return tuple(Fraction(one) for one in next(built, ()))


def _clocks(spec: ChipSpec) -> list[Fraction]:
    if spec.architecture is None:
        return []
    clocks = {spec.architecture.nominal_clock_mhz, spec.architecture.maximum_clock_mhz} - {None}
    return sorted(Fraction(clock) for clock in clocks if clock)


def _units(spec: ChipSpec) -> int:
    return spec.architecture.processing_units if spec.architecture is not None else 1


def _near(case: SpecCase[ChipSpec], rate: SpecRate, operations: Fraction, built: Fraction) -> bool:
    """A rate printed with one or two digits says no more than these."""
    resolution = Fraction(printed_step(rate.value)) / 2 / Fraction(rate.value)
    return distance(operations, built) <= 1 + Fraction(case.limits.wide_tolerance) + resolution

"""Do the rates of a chip follow from its architecture, and from each other?"""

from collections.abc import Iterator
from fractions import Fraction
from statistics import median_low

from harness.checks.specs.figures import StatedFigure, likeliest_slip, rounded, stated_rate, times
from harness.metrics.peak import peak_rate_tops
from harness.metrics.slip import distance
from harness.metrics.tpp import BIT_LENGTH
from harness.model.chip_spec import ChipSpec, SpecRate
from harness.model.quantity import as_text
from harness.model.spec_finding import SpecCase, SpecFinding

# Wide formats run on other units; 6 bits run at the rate of 8 or of 4, which is looked at by itself.
_OF_NO_RATIO = ("fp64", "fp32", "fp6")
# TF32 moves like a 32-bit number, whatever its bit length counts as.
_BITS_MOVED = {**BIT_LENGTH, "tf32": 32}


def rates_follow_from_the_architecture(case: SpecCase[ChipSpec]) -> Iterator[SpecFinding]:
    """Is each rate units x operations per clock x clock, and never above that at the highest clock?"""
    for n, rate in enumerate(case.spec.rates):
        operations = _operations(case.spec, rate)
        if operations is not None:
            yield from _against_peak(case, stated_rate(n, rate), operations)


def has_physics(spec: ChipSpec, rate: SpecRate) -> bool:
    """Return whether this rate follows from the architecture, at a clock that is stated, without a cap."""
    architecture = spec.architecture
    known = architecture is not None and not architecture.capped and architecture.nominal_clock_mhz is not None
    return known and _operations(spec, rate) is not None


def _operations(spec: ChipSpec, rate: SpecRate) -> int | None:
    if spec.architecture is None or (rate.units == "vector" and _also_elsewhere(spec, rate)):
        return None
    return next((one.operations for one in spec.architecture.ops_per_clock if one.format == rate.format), None)


def _also_elsewhere(spec: ChipSpec, rate: SpecRate) -> bool:
    """Whether matrix units run the format too, so that the operations per clock are theirs."""
    return any(one.format == rate.format and one.units != "vector" for one in spec.rates)


def _against_peak(case: SpecCase[ChipSpec], figure: StatedFigure, operations: int) -> Iterator[SpecFinding]:
    architecture = case.spec.architecture
    assert architecture is not None
    clocks = [clock for clock in (architecture.nominal_clock_mhz, architecture.maximum_clock_mhz) if clock is not None]
    if not clocks or not figure.value or not min(clocks):
        return
    nominal, highest = (
        Fraction(peak_rate_tops(architecture.processing_units, operations, clock)) for clock in (clocks[0], max(clocks))
    )
    tolerance = 1 + Fraction(case.limits.rate_tolerance)
    ratio = figure.value / nominal
    bound_only = architecture.capped or architecture.nominal_clock_mhz is None
    if figure.value > highest * tolerance:
        code, need, peak = "spec-rate-above-physics", "at most", highest
    elif not bound_only and distance(ratio, Fraction(1)) > tolerance:
        gross = distance(ratio, Fraction(1)) * tolerance >= Fraction(case.limits.gross_factor)
        code, need, peak = ("spec-rate-slip" if gross else "spec-rate-off-physics"), "about", nominal
    else:
        return
    clock = max(clocks) if need == "at most" else clocks[0]
    formula = f"{architecture.processing_units} units x {operations} x {as_text(clock)} MHz"
    slip = likeliest_slip(case.limits, "rate", ratio, 1 + Fraction(case.limits.naming_tolerance))
    yield SpecFinding(
        code=code,
        where=figure.place,
        got=f"{figure}, {times(ratio)} the peak",
        need=f"{need} {rounded(peak)} = {formula}",
        slip=slip,
    )


def rates_keep_plain_ratios(case: SpecCase[ChipSpec]) -> Iterator[SpecFinding]:
    """Where no architecture tells, is rate x bit length the same for each format, or a plain ratio of it?"""
    figures = _of_plain_ratio(case.spec)
    for n, figure in figures.items():
        if not has_physics(case.spec, case.spec.rates[n]):
            expected = rate_as_in_other_formats(case, n)
            if expected is not None:
                yield from _against_others(case, figure, expected)
            elif len(figures) > 1:
                yield from _against_widest(case, figure, list(figures.values()))


def _of_plain_ratio(spec: ChipSpec) -> dict[int, StatedFigure]:
    return {
        n: stated_rate(n, rate)
        for n, rate in enumerate(spec.rates)
        if rate.units is None and rate.value and rate.format not in _OF_NO_RATIO
    }


def rate_as_in_other_formats(case: SpecCase[ChipSpec], n: int) -> Fraction | None:
    """Return the n-th rate if rate x bit length were what most other formats share; None where they share nothing."""
    figures = _of_plain_ratio(case.spec)
    products = [one.value * _BITS_MOVED[one.key] for m, one in figures.items() if m != n]
    if n not in figures or not products:
        return None
    middle = median_low(products)
    near = [one for one in products if distance(one, middle) <= 1 + Fraction(case.limits.product_tolerance)]
    shared = len(near) >= case.limits.fewest_siblings and 2 * len(near) > len(products)
    return middle / _BITS_MOVED[figures[n].key] if shared else None


def _against_others(case: SpecCase[ChipSpec], figure: StatedFigure, expected: Fraction) -> Iterator[SpecFinding]:
    ratio = figure.value / expected
    if distance(ratio, Fraction(1)) <= 1 + Fraction(case.limits.product_tolerance):
        return
    slip = likeliest_slip(case.limits, "rate", ratio, 1 + Fraction(case.limits.naming_tolerance))
    if slip is not None and slip.factor < 2:
        slip = None  # Formats keep their ratio to a few per cent only; so small a slip cannot be told from that.
    code = "spec-rate-ratio"
    if slip is not None and slip.factor >= case.limits.gross_factor:
        code = "spec-rate-slip"
    elif slip is not None and slip.above and slip.factor == 2:
        code = "spec-sparse"
    got = f"{figure} for {figure.key}, {times(ratio)} what the others give"
    need = f"about {rounded(expected)}, as rate x bit length is in the other formats"
    yield SpecFinding(code=code, where=figure.place, got=got, need=need, slip=slip)


def _against_widest(
    case: SpecCase[ChipSpec], figure: StatedFigure, figures: list[StatedFigure]
) -> Iterator[SpecFinding]:
    """Two formats alone cannot tell which is wrong; a ratio that is not plain is looked at."""
    widest = max(figures, key=lambda one: (_BITS_MOVED[one.key], -one.value))
    ratio = figure.value / widest.value
    tolerance = 1 + Fraction(case.limits.plain_tolerance)
    plain = [Fraction(one) for one in case.limits.plain_ratios]
    if widest.key == figure.key or any(distance(ratio, one) <= tolerance for one in plain):
        return
    yield SpecFinding(
        code="spec-rate-slip" if ratio > max(plain) * tolerance else "spec-rate-ratio",
        where=figure.place,
        got=f"{figure} for {figure.key}, {times(ratio)} the {widest} for {widest.key}",
        need=f"a plain ratio: {', '.join(as_text(one) for one in case.limits.plain_ratios)}",
    )


def six_bits_run_like_eight_or_four(case: SpecCase[ChipSpec]) -> Iterator[SpecFinding]:
    """Where no architecture tells, is a 6-bit rate that of an 8-bit or of a 4-bit format?"""
    figures = [(rate, stated_rate(n, rate)) for n, rate in enumerate(case.spec.rates) if rate.value]
    beside = [figure.value for rate, figure in figures if BIT_LENGTH[rate.format] in (8, 4)]
    for rate, figure in figures:
        if rate.format == "fp6" and beside and not has_physics(case.spec, rate):
            near = min(beside, key=lambda one: (distance(figure.value, one), one))
            ratio = figure.value / near
            if distance(ratio, Fraction(1)) > 1 + Fraction(case.limits.product_tolerance):
                slip = likeliest_slip(case.limits, "rate", ratio, 1 + Fraction(case.limits.naming_tolerance))
                got, need = f"{figure} for fp6", f"{rounded(near)}, the rate of a format of 8 or 4 bits"
                yield SpecFinding(code="spec-rate-ratio", where=figure.place, got=got, need=need, slip=slip)


def clocks_stand_in_order(case: SpecCase[ChipSpec]) -> Iterator[SpecFinding]:
    """Does the highest clock lie at or a little above the nominal one?"""
    built = case.spec.architecture
    if built is None or not built.nominal_clock_mhz or built.maximum_clock_mhz is None:
        return
    ratio = Fraction(built.maximum_clock_mhz) / Fraction(built.nominal_clock_mhz)
    if not 1 <= ratio <= Fraction(case.limits.clock_above):
        got = f"{as_text(built.maximum_clock_mhz)} MHz at the highest, {as_text(built.nominal_clock_mhz)} MHz nominal"
        need = f"1 to {as_text(case.limits.clock_above)} times the nominal clock"
        yield SpecFinding(code="spec-clock-order", where="architecture.maximum_clock_mhz", got=got, need=need)

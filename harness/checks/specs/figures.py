"""The figures of a chip spec, each with its place, kind and value in one unit; and the slip that a ratio shows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from harness.metrics.die_area import applicable_die_area
from harness.metrics.slip import distance, nearest_factor
from harness.model.chip_spec import ChipSpec, SpecRate
from harness.model.quantity import Interval, as_text, base_unit, in_base_unit
from harness.model.spec_finding import Slip
from harness.model.spec_limits import FigureKind, SpecLimits


@dataclass(frozen=True, kw_only=True, slots=True)
class StatedFigure:
    """One figure of a spec in the base unit of its kind; `key` is the same for the same figure of other chips."""

    key: str
    place: str
    kind: FigureKind
    value: Fraction
    unit: str

    def __str__(self) -> str:
        return f"{rounded(self.value)} {self.unit}"


_FIELDS: tuple[tuple[str, FigureKind], ...] = (
    ("total_dram_bandwidth", "bandwidth"),
    ("link_bandwidth_bidirectional", "link"),
    ("copackaged_dram_capacity", "capacity"),
    ("board_dram_capacity", "capacity"),
    ("board_power", "power"),
)


def stated_figures(spec: ChipSpec) -> Iterator[StatedFigure]:
    """Return every figure that a chip spec states and that can be compared; the dies of a package as one area."""
    for n, rate in enumerate(spec.rates):
        yield stated_rate(n, rate)
    for field, kind in _FIELDS:
        stated = getattr(spec, field)
        if stated is not None:
            value, unit = Fraction(in_base_unit(stated.value, stated.unit)), base_unit(stated.unit)
            yield StatedFigure(key=field, place=f"{field}.value", kind=kind, value=value, unit=unit)
    area = logic_area_mm2(spec)
    if area is not None:
        place = "applicable_die_area.value" if spec.applicable_die_area is not None else "dies"
        yield StatedFigure(key="applicable_die_area", place=place, kind="area", value=area, unit="mm2")


def stated_rate(n: int, rate: SpecRate) -> StatedFigure:
    """Return the n-th rate of a spec as a figure, in tera-operations per second."""
    key = f"{rate.format}, vector" if rate.units == "vector" else rate.format
    value = Fraction(in_base_unit(rate.value, rate.unit))
    unit = "TFLOP/s" if rate.unit.endswith("FLOP/s") else "TOP/s"
    return StatedFigure(key=key, place=f"rates[{n}].value", kind="rate", value=value, unit=unit)


def logic_area_mm2(spec: ChipSpec) -> Fraction | None:
    """Return the area of the logic dies, as stated or summed; None where it is not known."""
    if spec.applicable_die_area is not None:
        return Fraction(spec.applicable_die_area.value)
    area = applicable_die_area(spec.dies)
    return area.lo if isinstance(area, Interval) and area.exact and area.lo else None


def likeliest_slip(limits: SpecLimits, kind: FigureKind, ratio: Fraction, tolerance: Fraction) -> Slip | None:
    """Return the slip that a figure of this kind shows, from its ratio to what was expected; None where none fits."""
    known = {Fraction(slip.factor): slip for slip in limits.slips if kind in slip.figures}
    factor = nearest_factor(ratio, known, tolerance)
    if factor is None:
        return None
    slip, above = known[factor], ratio > 1
    return Slip(factor=slip.factor, above=above, cause=slip.above if above else slip.below)


def slip_from_sizes(
    limits: SpecLimits, kind: FigureKind, size: Fraction, sizes: Iterable[Fraction], tolerance: Fraction
) -> Slip | None:
    """Return the slip that leads from a size that is built to this one, by the shortest remaining way."""
    found = []
    for built in sizes:
        slip = likeliest_slip(limits, kind, size / built, tolerance)
        if slip is not None:
            factor = Fraction(slip.factor)
            found.append((distance(size / factor if slip.above else size * factor, built), factor, slip))
    return min(found, key=lambda one: one[:2])[2] if found else None


def times(ratio: Fraction) -> str:
    """Return a ratio in words, to four digits.

    >>> times(Fraction(2)), times(Fraction(1, 1000)), times(Fraction(1024, 1000))
    ('2 times', '1/1000 of', '1.024 times')
    """
    return f"{rounded(ratio)} times" if ratio >= 1 else f"1/{rounded(1 / ratio)} of"


def rounded(value: Fraction) -> str:
    """Return a value to four significant digits, in plain digits; more where it has that many before the point."""
    digits = 4
    while abs(value) >= 10**digits:
        digits += 1
    return as_text(_to_digits(value, digits))


def _to_digits(value: Fraction, digits: int) -> Fraction:
    if value == 0:
        return value
    places = digits
    while abs(value) * 10**places >= 10**digits:
        places -= 1
    while abs(value) * 10**places < 10 ** (digits - 1):
        places += 1
    return Fraction(round(value * Fraction(10) ** places)) / Fraction(10) ** places

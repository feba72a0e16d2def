"""Do the figures of a chip agree with those of its siblings: chips of the same maker and generation?"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

from harness.checks.specs.figures import StatedFigure, likeliest_slip, rounded, slip_from_sizes, stated_figures, times
from harness.checks.specs.memory import bus_bandwidth_gb_s
from harness.checks.specs.rates import has_physics
from harness.metrics.slip import distance
from harness.model.chip_spec import ChipSpec
from harness.model.spec_finding import Slip, SpecCase, SpecFinding
from harness.model.spec_limits import FigureKind, SpecLimits

Share = Callable[[ChipSpec], Fraction | None]


def _whole(_: ChipSpec) -> Fraction:
    return Fraction(1)


def _units(spec: ChipSpec) -> Fraction | None:
    return Fraction(spec.architecture.processing_units) if spec.architecture is not None else None


def _bus_bits(spec: ChipSpec) -> Fraction | None:
    return Fraction(spec.memory.bus_width_bits) if spec.memory is not None and spec.memory.bus_width_bits else None


def _gigabytes(spec: ChipSpec) -> Fraction | None:
    total = sum((one.value for one in stated_figures(spec) if one.kind == "capacity"), Fraction(0))
    return total or None


# What a figure may be counted per; the one in which the siblings agree best is taken, the first of equals.
_SHARES: Mapping[FigureKind, Mapping[str, Share]] = {
    "rate": {" per unit": _units, "": _whole},
    "bandwidth": {" per bit of the bus": _bus_bits, " per GB of memory": _gigabytes, "": _whole},
    "link": {"": _whole},
    "capacity": {" per bit of the bus": _bus_bits, "": _whole},
    "power": {" per unit": _units, "": _whole},
    "area": {"": _whole},
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Company:
    """What the siblings show of one figure, counted per something."""

    per: str
    own: Fraction
    others: tuple[Fraction, ...]
    middle: Fraction
    agreeing: Fraction  # The share of the others that lie near their median.

    @property
    def spread(self) -> Fraction:
        """How many times the highest is the lowest."""
        return max(self.others) / min(self.others)


def figures_agree_with_siblings(case: SpecCase[ChipSpec]) -> Iterator[SpecFinding]:
    """Does each figure lie where most siblings lie, or at least within reach of any of them?"""
    for figure, company in companies(case):
        yield from _against(case, figure, company)


def companies(case: SpecCase[ChipSpec]) -> Iterator[tuple[StatedFigure, Company]]:
    """Return each figure of which enough siblings state theirs, with what they show."""
    stated = [(other, {one.key: one.value for one in _uncapped(other)}) for other in siblings(case)]
    for figure in _undecided(case.spec):
        values = [(other, values[figure.key]) for other, values in stated if figure.key in values]
        company = _company_in_the_best_measure(case, figure, values)
        if company is not None:
            yield figure, company


def _uncapped(spec: ChipSpec) -> Iterator[StatedFigure]:
    """Return the figures that speak for a generation: a rate that the maker capped does not."""
    capped = spec.architecture is not None and spec.architecture.capped
    for n, figure in enumerate(stated_figures(spec)):
        if figure.value and not (capped and figure.kind == "rate" and spec.rates[n].units != "vector"):
            yield figure


def _undecided(spec: ChipSpec) -> Iterator[StatedFigure]:
    """Return the figures that siblings are asked about: not those that the chip's own architecture or bus decides."""
    decided = {f"rates[{n}].value" for n, rate in enumerate(spec.rates) if has_physics(spec, rate)}
    if bus_bandwidth_gb_s(spec) is not None:
        decided.add("total_dram_bandwidth.value")
    return (figure for figure in _uncapped(spec) if figure.place not in decided)


def siblings(case: SpecCase[ChipSpec]) -> list[ChipSpec]:
    """Return the other chips of the same maker and generation."""
    spec = case.spec
    same = (one for one in case.chips if (one.manufacturer, one.generation) == (spec.manufacturer, spec.generation))
    return [one for one in same if one.id != spec.id]


def _company_in_the_best_measure(
    case: SpecCase[ChipSpec], figure: StatedFigure, stated: list[tuple[ChipSpec, Fraction]]
) -> Company | None:
    found = [
        _company(case, figure, stated, per, share) for per, share in _SHARES[figure.kind].items() if share(case.spec)
    ]
    many = [company for company in found if company is not None]
    return max(many, key=lambda company: (company.agreeing, -company.spread), default=None)


def _company(
    case: SpecCase[ChipSpec], figure: StatedFigure, stated: list[tuple[ChipSpec, Fraction]], per: str, share: Share
) -> Company | None:
    others = tuple(value / part for other, value in stated if (part := share(other)))
    own = share(case.spec)
    if len(others) < case.limits.fewest_siblings or own is None:
        return None
    middle = Fraction(median(others))
    near = [one for one in others if distance(one, middle) <= _agreement(case.limits, figure.kind)]
    agreeing = Fraction(len(near), len(others))
    return Company(per=per, own=figure.value / own, others=others, middle=middle, agreeing=agreeing)


def _agreement(limits: SpecLimits, kind: FigureKind) -> Fraction:
    # Chips of one generation differ in clocks and memory; their die is the same.
    if kind == "area":
        return 1 + Fraction(limits.same_die_tolerance)
    return Fraction(limits.loose_agreement if kind in ("capacity", "power") else limits.sibling_agreement)


def siblings_agree(case: SpecCase[ChipSpec], company: Company) -> bool:
    """Return whether enough siblings lie near their median to speak of the figure."""
    enough = company.agreeing * len(company.others) >= case.limits.fewest_siblings
    return enough and company.agreeing >= Fraction(case.limits.sibling_share)


def _against(case: SpecCase[ChipSpec], figure: StatedFigure, company: Company) -> Iterator[SpecFinding]:
    ratio, gross = company.own / company.middle, Fraction(case.limits.gross_factor)
    if siblings_agree(case, company):
        stands_out = _differs_by_a_slip(case, figure, ratio)
    else:
        stands_out = company.own > gross * max(company.others) or company.own * gross < min(company.others)
    if not stands_out:
        return
    large = distance(ratio, Fraction(1)) >= gross / Fraction(case.limits.sibling_agreement)
    low, high = rounded(min(company.others)), rounded(max(company.others))
    yield SpecFinding(
        code="spec-sibling-slip" if large else "spec-sibling-outlier",
        where=figure.place,
        got=f"{figure}, {times(ratio)} the middle of {len(company.others)} siblings",
        need=f"{low} to {high} {figure.unit}{company.per}, as they have",
        slip=_slip_to_the_nearest(case, figure, company),
    )


def _differs_by_a_slip(case: SpecCase[ChipSpec], figure: StatedFigure, ratio: Fraction) -> bool:
    """Dies of one name are equal. Rates of some formats are cut by any factor; other figures never by a gross one."""
    tolerance = _agreement(case.limits, figure.kind)
    size = distance(ratio, Fraction(1))
    if figure.kind == "area":
        return size > tolerance
    known = [Fraction(slip.factor) for slip in case.limits.slips if figure.kind in slip.figures]
    furthest = max(known) * tolerance if figure.kind == "rate" else Fraction(case.limits.gross_factor)
    return size >= furthest or likeliest_slip(case.limits, figure.kind, ratio, tolerance) is not None


def _slip_to_the_nearest(case: SpecCase[ChipSpec], figure: StatedFigure, company: Company) -> Slip | None:
    """Return the slip that brings a figure nearest to any of its siblings: more telling than the middle of them."""
    tolerance = min(_agreement(case.limits, figure.kind), Fraction(case.limits.sibling_agreement))
    return slip_from_sizes(case.limits, figure.kind, company.own, dict.fromkeys(company.others), tolerance)

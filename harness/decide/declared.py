"""What a spec file declares, as the law reads it: figures of one integrated circuit, under every reading."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from harness.decide.figures import claimed_die_area
from harness.metrics.claims import (
    claimed,
    claimed_processing_performance,
    claimed_rates,
    claimed_rates_by_kind,
    interconnect_interval_gb_s,
)
from harness.metrics.io_bandwidth import io_bandwidth_gb_s
from harness.metrics.tpp import tpp, tpp_by_reading
from harness.model.chip_spec import ChipSpec
from harness.model.memory_spec import MemorySpec
from harness.model.quantity import ABSENT, UNKNOWN, FigureState, Interval, as_text, exactly, in_base_unit


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """The figures under one combination of readings; no name where there is only one."""

    names: tuple[str, ...]
    figures: Mapping[str, FigureState]


@dataclass(frozen=True, kw_only=True, slots=True)
class Declared:
    """What one chip, or one memory stack, is declared to be."""

    id: str
    readings: tuple[Reading, ...]
    # By figure, what is to be said of it.
    notes: Mapping[str, str]


def declared_chip(spec: ChipSpec, chosen: Iterable[str] = ()) -> Declared:
    """Return the figures that the law reads of one integrated circuit of this chip.

    Args:
        spec: The spec file; an estimate declares nothing and leaves its figure unknown.
        chosen: Ways of counting to follow (`metrics.tpp`); every reading of a format where none of it is chosen.

    Returns:
        Figures in base units. TPP is open upward where the spec's rates may not include the one that sets it; the
        transfer rates are, where links may be missing.
    """
    notes: dict[str, str] = {}
    area, said = claimed_die_area(spec)
    if said:
        notes["performance_density"] = said
    figures: dict[str, FigureState] = {
        "applicable_die_area_mm2": _each(spec, area),
        "total_dram_bandwidth": _each(spec, _known(claimed(spec.total_dram_bandwidth))),
        "copackaged_dram_capacity": _each(spec, _known(claimed(spec.copackaged_dram_capacity))),
        "interconnect_bandwidth": interconnect_interval_gb_s(spec),
        "io_bandwidth_but_volatile_memory": io_bandwidth_gb_s(spec),
        "processing_performance": claimed_processing_performance(spec),
    }
    if figures["total_dram_bandwidth"] == UNKNOWN:
        notes["total_dram_bandwidth"] = "estimated only" if spec.total_dram_bandwidth else "not stated by any source"
    if not spec.links_complete:
        notes["interconnect_bandwidth"] = "links may be missing from the spec file"
    by_reading = tpp_by_reading(claimed_rates(spec), chosen, claimed_rates_by_kind(spec))
    if _may_be_more(spec):
        notes["tpp"] = "a rate that is only estimated would set a higher one, so TPP is at least this"
    elif spec.tpp_completeness != "complete":
        notes["tpp"] = f"the rates that are published are {_COMPLETENESS[spec.tpp_completeness]}"
    elif len(by_reading) > 1:
        each = (
            f"{as_text(Fraction(at) / spec.integrated_circuits)} by {' and '.join(names)}"
            for names, at in by_reading.items()
        )
        notes["tpp"] = "; ".join(each)
    readings = [
        Reading(names=names, figures={"tpp": _each(spec, _tpp(spec, value)), **figures})
        for names, value in by_reading.items()
    ]
    return Declared(
        id=spec.id, readings=tuple(readings or [Reading(names=(), figures={"tpp": UNKNOWN, **figures})]), notes=notes
    )


_COMPLETENESS = {
    "partial": "not all, so TPP is at least this",
    "none": "none of those that set TPP, so it is unknown above this",
}


def declared_memory(spec: MemorySpec) -> Declared:
    """Return the figures that the law reads of a memory stack."""
    bandwidth, area = claimed(spec.bandwidth), claimed(spec.area)
    figures: dict[str, FigureState] = {
        # A stack is no processor: conditions on performance do not hold for it.
        "tpp": ABSENT,
        "processing_performance": ABSENT,
        "applicable_die_area_mm2": ABSENT,
        "stack_bandwidth": _known(bandwidth),
        # An area of nothing is no area that anybody knows.
        "stack_area_mm2": _known(area or None),
    }
    notes = {"memory_bandwidth_density": "estimated only"} if bandwidth is None or area is None else {}
    return Declared(id=spec.id, readings=(Reading(names=(), figures=figures),), notes=notes)


def _tpp(spec: ChipSpec, value: Decimal) -> Interval:
    """A peak that may not be the largest is a lower bound."""
    certain = spec.tpp_completeness == "complete" and not _may_be_more(spec)
    return Interval(lo=Fraction(value), hi=Fraction(value) if certain else None)


def _may_be_more(spec: ChipSpec) -> bool:
    """Whether a rate that declares nothing, because it is only estimated, would set the TPP."""
    products = [
        (tpp(in_base_unit(rate.value, rate.unit), rate.format), rate.grade == "estimate") for rate in spec.rates
    ]
    claims = [product for product, estimated in products if not estimated]
    return any(estimated and product > max(claims, default=product) for product, estimated in products)


def _known(value: Decimal | None) -> Interval:
    return UNKNOWN if value is None else exactly(value)


def _each(spec: ChipSpec, state: FigureState) -> FigureState:
    """The figures of a card are totals; the law looks at each circuit on it."""
    if spec.integrated_circuits == 1 or not isinstance(state, Interval):
        return state
    parts = spec.integrated_circuits
    return Interval(lo=state.lo / parts, hi=None if state.hi is None else state.hi / parts)


def declared_sum(name: str, parts: Iterable[tuple[Declared, int]]) -> Declared:
    """Return the sum over the circuits of an item, so many of each; a figure that one of them leaves open stays open.

    Bandwidths to other circuits are left out: what joins two circuits of one item leads nowhere else.
    """
    listed = list(parts)
    figures: dict[str, FigureState] = {}
    for metric in ("tpp", "applicable_die_area_mm2", "total_dram_bandwidth", "copackaged_dram_capacity",
                   "processing_performance"):  # fmt: skip
        terms = [(_over_readings(one, metric), count) for one, count in listed]
        known = [(state, count) for state, count in terms if isinstance(state, Interval)]
        ends = [state.hi * count for state, count in known if state.hi is not None]
        lo = sum((state.lo * count for state, count in known), Fraction(0))
        hi = sum(ends, Fraction(0)) if len(ends) == len(known) else None
        figures[metric] = Interval(lo=lo, hi=hi) if known else ABSENT
    return Declared(id=name, readings=(Reading(names=(), figures=figures),), notes={})


def _over_readings(one: Declared, metric: str) -> FigureState:
    states = [reading.figures.get(metric, UNKNOWN) for reading in one.readings]
    known = [state for state in states if isinstance(state, Interval)]
    ends = [state.hi for state in known if state.hi is not None]
    if not known:
        return ABSENT
    return Interval(lo=min(state.lo for state in known), hi=max(ends) if len(ends) == len(known) else None)

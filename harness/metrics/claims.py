"""What a spec file claims, in base units; an estimate is no claim."""

from decimal import Decimal
from fractions import Fraction

from harness.metrics.interconnect import bus_bandwidth_gb_s
from harness.model.chip_spec import ChipSpec, Sourced
from harness.model.quantity import EXACT, UNKNOWN, Interval, in_base_unit


def claimed_rates(spec: ChipSpec) -> dict[str, Decimal]:
    """Return the highest dense rate that is claimed in each number format, in TFLOP/s or TOP/s."""
    rates: dict[str, Decimal] = {}
    for rate in spec.rates:
        if rate.grade != "estimate":
            value = in_base_unit(rate.value, rate.unit)
            rates[rate.format] = max(value, rates.get(rate.format, value))
    return rates


def claimed_rates_by_kind(spec: ChipSpec) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """Return the claimed rates of matrix units and of vector units; a rate whose units are not said is of the first."""
    kinds: tuple[dict[str, Decimal], dict[str, Decimal]] = ({}, {})
    for rate in spec.rates:
        if rate.grade != "estimate":
            rates = kinds[rate.units == "vector"]
            rates[rate.format] = max(in_base_unit(rate.value, rate.unit), rates.get(rate.format, Decimal(0)))
    return kinds


def claimed_processing_performance(spec: ChipSpec) -> Interval:
    """Return 2 x MacTOPS over all processing units, in TOPS, as far as rates are claimed; no bit length counts.

    Source:
        ECCN 3A991.p, technical notes. Rates that may be missing could be higher.
    """
    highest = max(claimed_rates(spec).values(), default=None)
    if highest is None:
        return UNKNOWN
    each = Fraction(highest) / spec.integrated_circuits
    return Interval(lo=each, hi=each if spec.tpp_completeness == "complete" else None)


def claimed(figure: Sourced | None) -> Decimal | None:
    """Return a claimed figure in the base unit of its kind; None where there is none, or only an estimate."""
    if figure is None or figure.grade == "estimate":
        return None
    return in_base_unit(figure.value, figure.unit)  # type: ignore[attr-defined]


def claimed_interconnect_gb_s(spec: ChipSpec) -> Decimal | None:
    """Return the sum of the links and of the system bus that are claimed, in GB/s, both directions; None without any.

    Source:
        15 CFR 748 Supp. 2, notes to paragraph (dd)(1): both directions, peripheral bus included.
    """
    links, bus = claimed(spec.link_bandwidth_bidirectional), spec.system_bus
    found = [] if links is None else [links]
    if bus is not None and bus.grade != "estimate":
        found.append(bus_bandwidth_gb_s(bus.lanes, bus.rate_per_lane, bus.unit))
    return EXACT.add(found[0], sum(found[1:], Decimal(0))) if found else None


def interconnect_interval_gb_s(spec: ChipSpec) -> Interval:
    """Return what the claimed links and bus leave open of the interconnect bandwidth, in GB/s, both directions.

    Source:
        15 CFR 748 Supp. 2, notes to paragraph (dd)(1): peripheral bus included, links within the package left out.
    """
    known = claimed_interconnect_gb_s(spec)
    if known is None or spec.integrated_circuits > 1:
        return UNKNOWN
    return Interval(lo=Fraction(known), hi=Fraction(known) if spec.links_complete else None)

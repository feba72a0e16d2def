"""Interconnect bandwidth from an inventory of links."""

from collections.abc import Iterable
from decimal import Decimal

from harness.model.device_state import Link
from harness.model.quantity import EXACT, in_base_unit


def interconnect_bandwidth_gb_s(links: Iterable[Link]) -> Decimal | None:
    """Return the aggregate bidirectional transfer rate over all inputs and outputs, in GB/s.

    None where a link is not counted in full, or there is none: an inventory with a gap has no sum.

    Args:
        links: Every kind of link and bus, the system bus (PCIe) included; rate per link and direction.

    Source:
        15 CFR 748 Supp. 2, notes to paragraph (dd)(1): both directions, peripheral bus included, links to other
        circuits in the same package left out.

    >>> nvlink = Link(name="NVLink 4", count=18, rate=Decimal("26.562"), unit="GB/s")
    >>> pcie = Link(name="PCIe 5.0", count=16, rate=Decimal(32), unit="Gbit/s")
    >>> interconnect_bandwidth_gb_s([nvlink, pcie])
    Decimal('1084.232')
    """
    total = Decimal(0)
    for link in links:
        if link.count is None or link.rate is None:
            return None
        if not link.same_package:
            lanes = Decimal(link.count * link.directions)
            total = EXACT.add(total, EXACT.multiply(lanes, in_base_unit(link.rate, link.unit)))
    return total or None


def bus_bandwidth_gb_s(lanes: int, rate_per_lane: Decimal, unit: str) -> Decimal:
    """Return the bandwidth of a system bus in GB/s, both directions together.

    Args:
        lanes: Lanes of the bus.
        rate_per_lane: Raw line rate of one lane in one direction, in `unit`; no allowance for coding.
        unit: A unit of bandwidth, such as Gbit/s.

    PCIe 5.0 with sixteen lanes:

    >>> bus_bandwidth_gb_s(16, Decimal(32), "Gbit/s")
    Decimal('128.000')
    """
    return EXACT.multiply(Decimal(2 * lanes), in_base_unit(rate_per_lane, unit))

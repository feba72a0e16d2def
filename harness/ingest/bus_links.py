"""Links of a device as tools list them. What a tool does not count stands as a link without count: a gap, no zero."""

from decimal import Decimal

from harness.model.device_state import Link

# Raw line rate of one lane in one direction, in Gbit/s, by generation of PCI Express.
_PCIE_RATES = {1: Decimal("2.5"), 2: Decimal(5), 3: Decimal(8), 4: Decimal(16), 5: Decimal(32), 6: Decimal(64)}

NVLINK_NOT_COUNTED = Link(name="NVLink")
PCIE_NOT_COUNTED = Link(name="PCIe", unit="Gbit/s")
XGMI_NOT_COUNTED = Link(name="xGMI")


def pcie_by_generation(lanes: int | None, most_lanes: int | None, now: int | None, highest: int | None) -> Link:
    """Return a device's PCI Express, by the generations that it runs at now and can run at.

    >>> pcie_by_generation(8, 16, 1, 4).rate, pcie_by_generation(8, 16, 1, 9).maximum_rate
    (Decimal('2.5'), None)
    """
    rate, highest_rate = (None if one is None else _PCIE_RATES.get(one) for one in (now, highest))
    return pcie(lanes, most_lanes, rate, highest_rate)


def pcie(lanes: int | None, most_lanes: int | None, rate: Decimal | None, highest: Decimal | None) -> Link:
    """Return a device's PCI Express; rates of one lane in one direction, in GT/s, which is Gbit/s of raw line rate."""
    return Link(name="PCIe", count=lanes, physical_count=most_lanes, rate=rate, maximum_rate=highest, unit="Gbit/s")

"""The inventory of links of an NVIDIA device: NVLink, active and there; the bus, now and at most."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from harness.bench.gpu.asked import Library, counted, scaled, whole
from harness.model.device_state import Link

# Raw rate of a lane in Gbit/s, each way, by generation (PCI Express Base Specification).
LANE_RATE = {
    1: Decimal("2.5"),
    2: Decimal(5),
    3: Decimal(8),
    4: Decimal(16),
    5: Decimal(32),
    6: Decimal(64),
}

Ask = Callable[..., Any]


def links_of(ask: Ask, field: Ask, nvml: Library) -> tuple[Link, ...] | None:
    """Return every kind of link as it is counted; None where not even the bus can be read."""
    bus = bus_of(ask)
    found = tuple(one for one in (_nvlink(ask, field, nvml), bus) if one is not None)
    return found or None


def bus_link(generation: int | None, width: int | None, most_generation: int | None, most_width: int | None) -> Link:
    """Return the system bus as lanes, each with the raw rate of its generation."""
    name = f"PCIe {generation}.0 lane" if generation else "PCIe lane"
    return Link(
        name=name,
        count=width,
        physical_count=most_width,
        rate=LANE_RATE.get(generation or 0),
        maximum_rate=LANE_RATE.get(most_generation or 0),
        unit="Gbit/s",
    )


def bus_of(ask: Ask) -> Link | None:
    """Return the system bus; None where nothing of it can be read."""
    # What the device itself can do; older drivers tell only what it can do in this slot.
    most = whole(ask("GpuMaxPcieLinkGeneration")) or whole(ask("MaxPcieLinkGeneration"))
    read = (
        whole(ask("CurrPcieLinkGeneration")),
        counted(ask("CurrPcieLinkWidth")),
        most,
        counted(ask("MaxPcieLinkWidth")),
    )
    return bus_link(*read) if any(read) else None


def _nvlink(ask: Ask, field: Ask, nvml: Library) -> Link | None:
    """NVLink; None where the device has none. A count or a rate that is refused stays open: no inventory has a gap."""
    there = counted(field("NVML_FI_DEV_NVLINK_LINK_COUNT"))
    # Beyond the last one every question is refused, and a refusal stands in the remarks.
    states = list(_states(ask, counted(nvml.constant("NVML_NVLINK_MAX_LINKS")) or 0 if there is None else there))
    if not states and not there:
        return None
    active = sum(states) if states else None
    version = whole(ask("NvLinkVersion", states.index(True))) if active else None
    return Link(
        name=f"NVLink {version}" if version and version < 16 else "NVLink",
        count=active,
        physical_count=there if there is not None else len(states),
        rate=_rate(field, states),
        unit="MB/s",
    )


def _states(ask: Ask, most: int) -> Iterator[bool]:
    """Whether each link is in use, as far as the device tells of any."""
    for number in range(most):
        state = whole(ask("NvLinkState", number))
        if state is None:
            return
        yield state == 1


def _rate(field: Ask, states: list[bool]) -> Decimal | None:
    """MB/s of one link each way: the one for all, or each link's own where they agree."""
    common = whole(field("NVML_FI_DEV_NVLINK_SPEED_MBPS_COMMON"))
    if common:
        return scaled(common)
    each = {whole(field("NVML_FI_DEV_NVLINK_GET_SPEED", scope=n)) for n, active in enumerate(states) if active}
    return scaled(each.pop()) if len(each) == 1 else None

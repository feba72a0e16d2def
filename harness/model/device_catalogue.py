"""Findings about the device: its state, its settings, and whether it is the one that is named."""

from collections.abc import Mapping

from harness.model.catalogue_entry import CatalogueEntry, entry
from harness.model.finding import Effect
from harness.model.underperformance_catalogue import UNDERPERFORMANCE_CATALOGUE

_VOIDS, _LOWER = Effect.VOIDS, Effect.LOWER_BOUND_ONLY
_UNSUPPORTED, _NOTES = Effect.UNSUPPORTED, Effect.NOTES

DEVICE_CATALOGUE: Mapping[str, CatalogueEntry] = {
    "chip-unknown": entry(
        _NOTES,
        "No spec file for this chip",
        "Peak, units and the maker's claim could not be compared.",
        "Add a spec file, or correct product.chip.",
    ),
    "clock-held-down": entry(
        _LOWER,
        "Clocks below the device's maximum",
        "The application clock was set below the maximum clock, so a rate "
        "shows what the device did, not what it can do.",
        "Reset application clocks and measure again.",
    ),
    "device-partitioned": entry(
        _LOWER,
        "The device was partitioned",
        "A partition or half of a package shows a part of the chip.",
        "Turn partitioning off and measure the whole device.",
    ),
    "device-state-absent": entry(
        _LOWER,
        "The state of the device was not recorded",
        "Power limit, clocks, temperature or partitioning could have held the device down, and nothing says that they "
        "did not.",
        "Record the state during the test.",
    ),
    "device-virtualized": entry(
        _LOWER,
        "The device was virtualized",
        "A virtual device may show a part of the chip, or share it.",
        "Measure on the bare device.",
    ),
    "inventory-contradicts": entry(
        _LOWER,
        "An inventory value above what was counted",
        "The value exceeds the sum of the links, or the memory that the device reports.",
        "Count every link and part, and state them all.",
    ),
    "power-limit-lowered": entry(
        _LOWER,
        "Power limit below the default",
        "A device on a lowered power limit shows what it did, not what it can do.",
        "Restore the default limit and measure again.",
    ),
    "product-contradicts-spec": entry(
        _LOWER,
        "The device is not what the report calls it",
        "Maker, unit count or bus width differ from the chip that the report names.",
        "Name the chip that was tested, or mend the spec file with its source.",
    ),
    "thermal-slowdown": entry(
        _LOWER,
        "The device was slowed by heat",
        "A slowed device shows what it did, not what it can do.",
        "Cool the device and measure again.",
    ),
    **UNDERPERFORMANCE_CATALOGUE,
}

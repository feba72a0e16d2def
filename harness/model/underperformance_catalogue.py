"""Findings about under-performance: limits, clocks, paths, parts and the fingerprint."""

from collections.abc import Mapping

from harness.model.catalogue_entry import CatalogueEntry, entry
from harness.model.finding import Effect

_LOWER, _NOTES = Effect.LOWER_BOUND_ONLY, Effect.NOTES

UNDERPERFORMANCE_CATALOGUE: Mapping[str, CatalogueEntry] = {
    "above-architecture": entry(
        _LOWER,
        "More per clock and unit than the architecture does",
        "The rate, divided by the units and the clock that the device shows, exceeds what one unit does in "
        "one clock: the clock or the unit count is shown too low.",
        "Count the clock in a kernel, and the units by their identification.",
    ),
    "bandwidth-below-bus": entry(
        _LOWER,
        "A bandwidth far below the bus at its clock",
        "The best bandwidth is a smaller share of bus width x memory clock than honest kernels reach: error "
        "correction within the memory, a narrower bus than is shown, or memory that was taken out.",
        "Measure with large arrays and many bytes in flight, and record the memory clock and ECC.",
    ),
    "clock-below-maximum": entry(
        _LOWER,
        "Clocks below the maximum, and nothing explains it",
        "The clock that was seen stays below the highest one, and no limiter that is recorded explains it, or "
        "it never moved: clocks were locked, or held down where the driver does not show it.",
        "Reset the clocks, record the limiters with their counters, and measure again.",
    ),
    "clock-false": entry(
        _LOWER,
        "The clock shown is not the clock counted",
        "The clock that a kernel counted on the device differs from the one that the driver shows, so that "
        "neither explains a rate.",
        "Count the clock in a kernel against a timer of the host, and measure power at the wall.",
    ),
    "clock-set": entry(
        _LOWER,
        "The device names set clocks as its limiter",
        "The device says that application clocks held it down, although the state shows none below the "
        "maximum, and no clock near the maximum was seen.",
        "Reset application and locked clocks, and measure again.",
    ),
    "cut-not-uniform": entry(
        _LOWER,
        "Some formats are cut, and others are not",
        "Fewer units or a lower clock lower every format alike. Where some fall and others do not, a limit "
        "was set on those: in a fuse, in firmware or in a driver. Can it be unset?",
        "Have the maker state where the limit lies; measure on other paths and with other drivers and firmware.",
    ),
    "cut-uniform": entry(
        _LOWER,
        "All formats are cut alike",
        "All formats lie at about one low share of their peaks: fewer units, a lower clock, or another chip "
        "than the one named. Units that are disabled may be enabled later.",
        "Record units and clocks; have the maker state how units are disabled.",
    ),
    "data-makes-no-difference": entry(
        _NOTES,
        "At its power cap, and no faster on data that toggle little",
        "A device that power alone limits gains 5 % and more on zeros; one that is limited by something else "
        "besides gains next to nothing. It suggests a limit and proves none.",
        "Measure on other paths, and look for a limit of rates in firmware or driver.",
    ),
    "device-name-contradicts": entry(
        _LOWER,
        "The device has another name",
        "The name or the part number that the device gives itself is not that of the product. Names can be "
        "written into firmware, so units, bus and clocks have to agree as well.",
        "Name the product that was tested, and compare units, bus width, clocks and attestation.",
    ),
    "driver-outdated": entry(
        _NOTES,
        "An old driver",
        "The driver was released long before the test, so that what a newer one does is not shown.",
        "Measure with the oldest and the newest driver that support the device.",
    ),
    "energy-contradicts-power": entry(
        _LOWER,
        "Energy and power disagree",
        "The energy that the device counted over the tests is not mean power x time: a counter, the power or "
        "the time is false, or power was read too seldom.",
        "Measure at the wall with a meter of known uncertainty.",
    ),
    "enforced-power-limit-lowered": entry(
        _LOWER,
        "A lower power limit is enforced than the default",
        "The device enforces less than its default limit, whatever limit the user has set: the board, the "
        "system or a service holds it.",
        "Find what lowers the enforced limit, and measure again.",
    ),
    "format-ratios-odd": entry(
        _NOTES,
        "Formats out of their ratio",
        "On the same units, formats keep the ratios of the architecture, such as 4 : 2 : 1 for fp8, bf16 and "
        "tf32. One that does not was run on another pipeline, by a weak library, under a limit, or has a unit "
        "slip.",
        "Measure the slow format on another path.",
    ),
    "library-below-register-loop": entry(
        _LOWER,
        "The library stays far below what the units do",
        "A loop in registers shows what the units can do; a library that stays far below it is old, badly "
        "called, or held down.",
        "Use the newest library, search over shapes and layouts, and state the best of several paths.",
    ),
    "limiter-active": entry(
        _LOWER,
        "A limiter held the device down",
        "The device counted time under a limiter that is neither its power limit nor heat: a power brake, a "
        "limit of the board, a slower neighbour.",
        "Remove what holds the device down, and measure again.",
    ),
    "links-trained-down": entry(
        _LOWER,
        "Links below what is there",
        "Fewer links are in use than are physically there, or they run below the rate to which they can "
        "train. Both are settings that can be undone.",
        "Bring up every link at its highest rate, and count again.",
    ),
    "memory-hidden": entry(
        _LOWER,
        "Less memory than the chip has",
        "The device counts less memory than the chip has, or than the stacks on its bus hold. Firmware can "
        "hide memory, and show it again.",
        "Have the maker state the capacity of every stack, and verify it by a pattern.",
    ),
    "memory-retired": entry(
        _NOTES,
        "Memory was retired",
        "Pages or rows of the memory are taken out of use. Few cost nothing; many cut capacity and bandwidth.",
        "State the counts, and compare capacity and bandwidth with those of another unit.",
    ),
    "other-processes": entry(
        _LOWER,
        "Other work on the device",
        "Other processes ran on the device while it was measured, and took a part of its rate.",
        "Measure on an idle device.",
    ),
    "part-of-the-device": entry(
        _LOWER,
        "A part of the chip under the name of the whole",
        "Units or memory are half of what the chip has, or less, and nothing says that the device is "
        "partitioned: one device of a package of several, or a slice.",
        "Measure every device of the package, with partitioning off.",
    ),
    "power-cap-contradicts-power": entry(
        _LOWER,
        "Under the power cap without drawing the power",
        "A device that is held by its power cap draws about that power. This one drew less for its time under "
        "the cap: another, lower limit held it.",
        "Record the enforced limit during the tests, not before or after them.",
    ),
    "power-capped": entry(
        _NOTES,
        "All runs were held by the power limit",
        "The power limit held the device, and no run on data that toggle little shows what it does when power "
        "is no limit. Such a rate may well be 5 to 32 % higher.",
        "Add a run on zeros or another pattern of few toggles; it is legitimate evidence of what the chip can do.",
    ),
    "power-profile-set": entry(
        _LOWER,
        "A power profile is set",
        "A workload or power profile other than the default one trades speed for something else, without a "
        "limiter that shows it.",
        "Select the default profile, and measure again.",
    ),
    "rate-depends-on-driver": entry(
        _LOWER,
        "Two drivers, two rates",
        "The same work runs at another rate under another driver: a driver sets a limit, or lifts it. A later "
        "one may do so too.",
        "Measure with the oldest and the newest driver and firmware; test again when another is released.",
    ),
    "rate-depends-on-path": entry(
        _LOWER,
        "The same work, another rate on another path",
        "A library and a kernel of other making do the same work at rates that differ by more than kernels "
        "do: something may recognise one of them.",
        "Measure on more paths, with renamed kernels and with shapes of a challenge.",
    ),
    "rate-depends-on-shape": entry(
        _LOWER,
        "Shapes of the challenge run at another rate",
        "Shapes that a verifier chose and standard shapes run at rates that differ by more than shapes do: "
        "something may recognise the benchmark.",
        "Measure with more shapes of the challenge.",
    ),
    "rate-falls": entry(
        _LOWER,
        "The rate falls during the series",
        "The later half of the series is slower than the first, beyond noise and beyond what the power limit "
        "explains: heat, or a limit that sets in with time.",
        "Cool the device, settle it, and measure until the rate is steady.",
    ),
    "rate-steps": entry(
        _LOWER,
        "The rate steps to another level",
        "Within one series the rate changes from one level to another: a limit that starts, or ends, after "
        "some time or work.",
        "Soak for half an hour, keep the series, and find what triggers the change.",
    ),
    "sustained-unlike-burst": entry(
        _LOWER,
        "A long run is unlike a short one",
        "The same work is slower in a long run than the power limit explains, or faster: a limit starts, or "
        "ends, after some time.",
        "State burst and sustained rates apart, with their series.",
    ),
    "units-disabled": entry(
        _NOTES,
        "Units of the die are not enabled",
        "Fewer of the units that the die has are enabled than makers leave out for yield. Whether the others "
        "can be enabled shows in no measurement.",
        "Have the maker state how units are disabled; die images and firmware fuses show it.",
    ),
}

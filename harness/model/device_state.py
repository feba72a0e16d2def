"""What a device shows of itself: settings, limits, counters and links, as it reports them."""

from typing import Literal

from harness.model.document import Count, Document, Figure, LargeCount, Name
from harness.model.quantity import BandwidthUnit, CapacityUnit


class Link(Document):
    """One kind of link or bus of a unit, as counted: `count` of them, each `rate` in each of `directions`."""

    name: Name
    count: Count | None = None
    # Links that are physically there; fewer in use than there are is a setting, not a fact of the silicon.
    physical_count: Count | None = None
    rate: Figure | None = None
    # The rate to which such a link can train.
    maximum_rate: Figure | None = None
    unit: BandwidthUnit = "GB/s"
    directions: Literal[1, 2] = 2
    same_package: bool = False


LimiterName = Literal[
    "application-clocks",
    "software-power-cap",
    "hardware-slowdown",
    "sync-boost",
    "software-thermal",
    "hardware-thermal",
    "power-brake",
    "board-limit",
    "reliability",
]


class Limiter(Document):
    """One reason for which a device holds its clocks down, as it reports it (clock event or throttle reasons)."""

    name: LimiterName
    active: bool | None = None
    # The device's own counter of the time under this limiter, before and after the tests.
    before_us: LargeCount | None = None
    after_us: LargeCount | None = None
    # Of that, what it counted within the time of `energy_time_s`, where energy was counted over some of the tests only.
    within_energy_time_us: LargeCount | None = None


class UnitState(Document):
    """What the unit showed of itself while it was measured. A call that is not there is null, never 0."""

    processing_units_enabled: Count | None = None
    max_sm_clock_mhz: Figure | None = None
    application_sm_clock_mhz: Figure | None = None
    max_memory_clock_mhz: Figure | None = None
    memory_bus_width_bits: Count | None = None
    memory_total: Figure | None = None
    memory_total_unit: CapacityUnit = "MiB"
    last_level_cache_bytes: LargeCount | None = None
    power_limit_w: Figure | None = None
    default_power_limit_w: Figure | None = None
    # What the device enforces, where something beside the limit of the user holds it lower.
    enforced_power_limit_w: Figure | None = None
    # A profile other than the default one, that trades speed for something else.
    power_profile: Name | None = None
    thermal_slowdown: bool | None = None
    partitioned: bool | None = None
    virtualized: bool | None = None
    ecc_enabled: bool | None = None
    retired_memory_pages: Count | None = None
    remapped_memory_rows: Count | None = None
    other_processes: Count | None = None
    limiters: tuple[Limiter, ...] = ()
    # Energy counted over the tests, or some of them, and the mean of the power reported over the same time.
    energy_counted_j: Figure | None = None
    energy_time_s: Figure | None = None
    mean_power_w: Figure | None = None
    # What the device calls itself, which need not be what the report calls it.
    device_name: Name | None = None
    device_part_number: Name | None = None
    links: tuple[Link, ...] = ()


# A unit that shows nothing. Building a validator for this one value would take longer than most checks.
NOTHING_SHOWN = UnitState.model_construct()

"""Parameters by which a device's state, telemetry and fingerprint are judged."""

from typing import Annotated, Literal

from pydantic import Field

from harness.model.document import Count, Document, Figure, Name, Text


class MemoryStack(Document):
    """One kind of stacked memory: the width of one stack, and the sizes in which it is built."""

    kind: Name
    width_bits: Annotated[int, Field(gt=0)]
    sizes_gib: tuple[Annotated[int, Field(gt=0)], ...]


class LimiterMeaning(Document):
    """What holds a device down under one of its limiters, in words."""

    name: Name
    says: Text
    # Whether it is heat, a setting, power within the limit that is recorded, or something else from outside.
    kind: Literal["heat", "setting", "power", "outside"]


class FingerprintMethod(Document):
    """How operations per clock and unit, and the cut of a chip, are judged."""

    # The lowest share of an architectural value that a measured rate reaches; the nearest value follows from it.
    lowest_efficiency: Figure
    # By how much a rate may lie above an architectural value, for clocks are sampled and rates rounded.
    excess: Figure
    # Below this share of its peak a format counts as cut; a band of published measurements may lie lower.
    cut_below: Figure
    # Formats whose shares of their peaks lie within this factor of each other fell alike.
    uniform_spread: Figure


class DeviceMethod(Document):
    """The part `[device]` of a method file. Methods of before it was written have none, and its checks do not run."""

    # A limiter's counter that moved by less shows nothing.
    limiter_seconds: Figure
    # From this share of the enforced limit on, a mean power lies at the cap.
    power_at_cap: Figure
    # The mean power may lie this share below what the time under the power cap asks for.
    power_tolerance: Figure
    # The energy that was counted and mean power x time may differ by this share.
    energy_tolerance: Figure
    # A clock that is seen under load may lie at this share of the highest one.
    clock_share: Figure
    # A clock that moved by no more over at least so many samples was constant.
    clock_step_mhz: Figure
    clock_samples: Annotated[int, Field(gt=1)]
    # The clock that a kernel counted and the one that the driver shows may differ by this share.
    clock_tolerance: Figure
    # Windows of a series, how much slower the later half may be, by how much a step stands out, and how far either must
    # stand out of the noise, in standard deviations of a mean.
    windows: Annotated[int, Field(gt=1)]
    fall_share: Figure
    step_share: Figure
    noise: Figure
    # Of two runs of which one took so many times as long, the longer may be this share slower, or faster.
    longer_by: Figure
    sustained_below: Figure
    sustained_above: Figure
    # Rates of the same work on two paths, shapes or drivers may differ by this share.
    same_work: Figure
    # But for a kernel beside the library, and a shape beside the standard one: these reach at least this share of it.
    other_kernel_least: Figure
    other_shape_least: Figure
    # By this share a register loop may be faster than a library, which also moves the operands.
    register_loop_above: Figure
    # A rate at the power cap that gains no more than this on data of few toggles is limited by something else.
    data_gain: Figure
    low_toggle_words: tuple[Name, ...]
    # Words of a method that say that the vector units did the work.
    vector_words: tuple[Name, ...]
    default_power_profiles: tuple[Name, ...]
    driver_age_days: Count
    # At most this share of the units or the memory of a chip looks like a part of it.
    part_of_device: Figure
    # Links may run this share below the rate to which they can train.
    link_tolerance: Figure
    # Of the bus at the clock that was seen, the share that honest kernels reach.
    bandwidth_floor: Figure
    # Memory whose error correction costs capacity and bandwidth of its own.
    inline_ecc_kinds: tuple[Name, ...]
    # Makers leave out up to this share of their stacks.
    stack_below: Figure
    # Below this share of the units of the die a person asks what became of the others.
    die_share: Figure
    # Forms of a product that differ in power, clock or links, and that devices name.
    variants: tuple[Name, ...]
    # Words of a name that a partition of a device gives itself.
    partition_words: tuple[Name, ...]
    limiters: tuple[LimiterMeaning, ...]
    stacks: tuple[MemoryStack, ...]
    fingerprint: FingerprintMethod

"""Operations per clock and unit: what a unit of a chip does, whatever its clock and however many there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Cut = Literal["none", "uniform", "non-uniform"]

# Far above any unit of today: beyond it a figure is no rate of a unit.
_LARGEST_POWER = 40


def operations_per_clock(rate_tops: Fraction, processing_units: int, clock_mhz: Fraction) -> Fraction:
    """Return the operations that one unit does in one clock, exactly.

    Args:
        rate_tops: Rate in tera-operations per second; a multiply and an add count as two.
        processing_units: Units that are enabled, > 0.
        clock_mhz: Clock while the rate was measured, in MHz, > 0.

    Source:
        The peak of ECCN 3A090, technical note 1 (units x operations per clock x clock), solved for the operations.

    An A100 at its datasheet peak, and an H20 at its published bf16 rate:

    >>> round(operations_per_clock(Fraction(312), 108, Fraction(1410)))
    2049
    >>> round(operations_per_clock(Fraction(148), 78, Fraction(1980)))
    958
    """
    return rate_tops * 10**6 / (processing_units * clock_mhz)


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """The value that silicon is built for which explains a rate, and the share of it that the rate reaches."""

    value: int
    efficiency: Fraction


def nearest_value(operations: Fraction, architectural: int | None, lowest: Fraction, excess: Fraction) -> Match | None:
    """Return the value that a unit is built for and that explains a measured rate; None where there is none.

    Args:
        operations: Operations per clock and unit, as measured.
        architectural: What the architecture is known to do, where it is known.
        lowest: The lowest share of its value that an honest rate reaches.
        excess: By how much a rate may lie above its value.

    Returns:
        The architecture's own value where the rate lies within its reach, else the next power of two.

    >>> nearest_value(Fraction(3320), 4096, Fraction("0.51"), Fraction("0.02")).value
    4096
    >>> nearest_value(Fraction(958), 4096, Fraction("0.51"), Fraction("0.02")).value
    1024
    """
    if operations <= 0:
        return None
    if architectural is not None and lowest <= operations / architectural <= 1 + excess:
        return Match(value=architectural, efficiency=operations / architectural)
    powers = (1 << n for n in range(_LARGEST_POWER))
    return next(
        (Match(value=one, efficiency=operations / one) for one in powers if operations <= one * (1 + excess)), None
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class CutOfFormats:
    """How far the formats of a chip lie below their peaks, and whether they fell alike."""

    kind: Cut
    # The formats that fell, lowest first, and the factor between the highest and the lowest share of all.
    fallen: tuple[str, ...]
    spread: Fraction


def cut_of(
    shares: Mapping[str, Fraction], floors: Mapping[str, Fraction], uniform_spread: Fraction
) -> CutOfFormats | None:
    """Return how the formats of one chip are cut against their peaks; None where fewer than two were measured.

    Args:
        shares: Measured rate over peak, by number format, all > 0.
        floors: The share below which a format counts as cut, by number format.
        uniform_spread: Shares within this factor of each other fell alike.

    Source:
        Fewer units or a lower clock lower every format by one ratio; a limit that was set lowers the formats that it
        is set on. Published targets of a chip with 80 of 304 units, over those of the whole one:

    >>> eighty = {"fp32": Fraction("0.26"), "fp16": Fraction("0.276"), "bf16": Fraction("0.3")}
    >>> cut_of(eighty, dict.fromkeys(eighty, Fraction("0.45")), Fraction("1.5")).kind
    'uniform'
    """
    if len(shares) < 2:
        return None
    ordered = sorted(shares, key=lambda name: (shares[name], name))
    spread = shares[ordered[-1]] / shares[ordered[0]]
    fallen = tuple(name for name in ordered if shares[name] < floors[name])
    if not fallen:
        return CutOfFormats(kind="none", fallen=(), spread=spread)
    alike = spread <= uniform_spread
    if alike and len(fallen) < len(shares):
        # One format a little below its floor, and none far from the others: nothing was cut.
        return CutOfFormats(kind="none", fallen=(), spread=spread)
    return CutOfFormats(kind="uniform" if alike else "non-uniform", fallen=fallen, spread=spread)

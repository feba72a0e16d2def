"""Which whole rate per clock a measurement shows: between the few that silicon has, it may leave only one."""

from collections.abc import Iterable
from fractions import Fraction

from harness.errors import UndefinedMetric


def per_unit_and_clock(rate_tops: Fraction, units: int, clock_mhz: Fraction) -> Fraction:
    """Return operations per unit and clock.

    >>> round(float(per_unit_and_clock(Fraction(1230), 132, Fraction(1200))), 1)
    7765.2
    """
    if units < 1 or clock_mhz <= 0:
        raise UndefinedMetric("operations per clock", f"{units} units at {clock_mhz} MHz")
    return rate_tops * 10**6 / (units * clock_mhz)


def identified_rate(
    seen: Fraction, lowest: Fraction, highest: Fraction, rates: Iterable[int | Fraction], least_efficiency: Fraction
) -> Fraction | None:
    """Return the one rate that can lie behind a measured one, or None where several can, or none.

    A rate r is possible where it is not below what was surely reached, and where a kernel that ran at the least
    efficiency ever accepted would not have been faster than what was surely not passed.

    Args:
        seen: Measured operations per unit and clock; the rate must fit them as they stand, so that a wider uncertainty
            never finds one that a narrower does not.
        lowest: The same, less their uncertainty.
        highest: The same, and their uncertainty.
        rates: The operations per unit and clock that such silicon may have.
        least_efficiency: η_min, the lowest share of its rate at which a kernel of this kind was accepted, in (0, 1].

    Source:
        Issue rates are whole numbers: r is r_j where lowest > r_(j−1) and highest / r_(j+1) < η_min.

    >>> seen = Fraction(77652, 10)
    >>> identified_rate(seen, seen - 90, seen + 90, (4096, 8192, 16384), Fraction(4, 5))
    Fraction(8192, 1)
    """
    if not 0 < least_efficiency <= 1 or not lowest <= seen <= highest:
        raise UndefinedMetric("a rate per clock", f"from {lowest} to {highest}, least efficiency {least_efficiency}")
    possible = {Fraction(rate) for rate in rates if lowest <= rate and least_efficiency * rate <= highest}
    fitting = {rate for rate in possible if seen <= rate and least_efficiency * rate <= seen}
    return fitting.pop() if len(possible) == len(fitting) == 1 else None

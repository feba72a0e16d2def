"""What several devices compute together at the most, in one number format."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from harness.metrics.claims import claimed_rates
from harness.model.chip_spec import ChipSpec
from harness.model.quantity import Interval


def cluster_compute_pflops(devices: Iterable[tuple[ChipSpec, int]], number_format: str) -> Interval:
    """Return the sum of the peaks of all devices in one number format, in PFLOP/s.

    Args:
        devices: Each kind of device with how many there are of it.
        number_format: Such as fp64; the highest claimed rate counts, on whatever units.

    Returns:
        A lower bound where of some device no such rate is claimed, or rates may be missing.

    Source:
        15 CFR 772.1, supercomputer: the collective maximum theoretical compute.
    """
    total, all_known = Decimal(0), True
    for spec, count in devices:
        peak = claimed_rates(spec).get(number_format)
        total += (peak or Decimal(0)) * count
        all_known = all_known and peak is not None
    petaflops = Fraction(total) / 1000
    return Interval(lo=petaflops, hi=petaflops if all_known else None)

"""Memory bandwidth density of a high-bandwidth memory stack."""

from decimal import Decimal
from fractions import Fraction

from harness.errors import UndefinedMetric


def memory_bandwidth_density(bandwidth_gb_s: Decimal, area_mm2: Decimal) -> Fraction:
    """Return the bandwidth of a memory stack per area of its package, in GB/s per mm2, exactly.

    Args:
        bandwidth_gb_s: Bandwidth of the stack in GB/s, decimal.
        area_mm2: Area in mm2 of the package, or of the stack where it is not packaged, > 0.

    Raises:
        UndefinedMetric: The area is zero.

    Source:
        ECCN 3A090.c and its technical note: bandwidth over the area of the package or stack.

    >>> memory_bandwidth_density(Decimal(200), Decimal(100))
    Fraction(2, 1)
    """
    if area_mm2 == 0:
        raise UndefinedMetric("memory bandwidth density", "the area is 0 mm²")
    return Fraction(bandwidth_gb_s) / Fraction(area_mm2)

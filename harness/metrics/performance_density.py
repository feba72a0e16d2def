"""Performance density."""

from decimal import Decimal
from fractions import Fraction

from harness.errors import UndefinedMetric


def performance_density(tpp: Decimal, applicable_die_area_mm2: Decimal) -> Fraction:
    """Return TPP per square millimetre of applicable die area, exactly.

    Args:
        tpp: Total processing performance of the integrated circuit, >= 0.
        applicable_die_area_mm2: Summed area of the logic dies made with non-planar transistors, mm2, > 0.

    Raises:
        UndefinedMetric: The applicable die area is zero.

    Source:
        ECCN 3A090, technical note 4 to 3A090.a and .b.

    >>> performance_density(Decimal(4800), Decimal(800))
    Fraction(6, 1)
    """
    if applicable_die_area_mm2 == 0:
        raise UndefinedMetric("performance density", "the applicable die area is 0 mm²")
    return Fraction(tpp) / Fraction(applicable_die_area_mm2)

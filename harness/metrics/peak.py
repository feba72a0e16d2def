"""Peak rates that follow from an architecture."""

from decimal import Decimal

from harness.model.quantity import EXACT


def peak_rate_tops(processing_units: int, operations_per_clock: int, clock_mhz: Decimal) -> Decimal:
    """Return units x operations per clock and unit x clock, in tera-operations per second.

    Args:
        processing_units: Units that are enabled (SMs, compute units, cores).
        operations_per_clock: Dense operations per clock of one unit in one number format; a multiply-add is two.
        clock_mhz: Clock in MHz.

    Source:
        ECCN 3A090, technical note 1: the theoretical peak, summed over all processing units.

    H200, 8-bit, at the clock behind the datasheet peak:

    >>> peak_rate_tops(132, 8192, Decimal(1830))
    Decimal('1978.859520')
    """
    per_microsecond = EXACT.multiply(Decimal(processing_units * operations_per_clock), clock_mhz)
    return EXACT.multiply(per_microsecond, Decimal("0.000001"))

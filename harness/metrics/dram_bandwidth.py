"""DRAM bandwidth from the memory interface."""

from decimal import Decimal

from harness.model.quantity import EXACT


def dram_bandwidth_gb_s(bus_width_bits: int, clock_mhz: Decimal, transfers_per_clock: int) -> Decimal:
    """Return the bandwidth of a memory bus in GB/s, decimal: width x clock x transfers / 8.

    Args:
        bus_width_bits: Width of the whole bus, in bits.
        clock_mhz: Memory clock in MHz, as the driver reports it.
        transfers_per_clock: Transfers per reported clock; 2 where the driver reports half the data rate.

    Source:
        15 CFR 748 Supp. 2, notes to paragraph (dd)(1): total DRAM bandwidth; the formula is the interface's.

    An H200 as its driver reports it:

    >>> dram_bandwidth_gb_s(6144, Decimal(3201), 2)
    Decimal('4916.736000')
    """
    bits_per_microsecond = EXACT.multiply(Decimal(bus_width_bits * transfers_per_clock), clock_mhz)
    return EXACT.multiply(bits_per_microsecond, Decimal("0.000125"))

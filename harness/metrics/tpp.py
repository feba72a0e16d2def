"""Total processing performance (TPP)."""

from collections.abc import Mapping
from decimal import Decimal

from harness.model.quantity import EXACT

# Bit length of the largest input of the multiply. TF32 holds 19 bits and is stored in 32; which of the two counts is
# not settled, so a proof uses the smaller (AMB-11).
BIT_LENGTH: Mapping[str, int] = {
    "fp64": 64,
    "fp32": 32,
    "tf32": 19,
    "bf16": 16,
    "fp16": 16,
    "fp8_e4m3": 8,
    "fp8_e5m2": 8,
    "int8": 8,
    "fp6": 6,
    "fp4": 4,
    "int4": 4,
}


def tpp(rate_tops: Decimal, number_format: str) -> Decimal:
    """Return the TPP of one dense rate in one number format.

    Args:
        rate_tops: Dense rate in tera-operations per second; one multiply-accumulate counts as two operations.
        number_format: The format of the inputs of the multiply, a key of `BIT_LENGTH`.

    Returns:
        TPP = 2 x MacTOPS x bit length, exactly.

    Source:
        ECCN 3A090, technical notes 1 to 3 to 3A090.a and .b: accumulator width does not count, sparsity does not count.

    The official example, 600 TOPS at 8 bits:

    >>> tpp(Decimal(600), "int8")
    Decimal('4800')
    """
    return EXACT.multiply(rate_tops, Decimal(BIT_LENGTH[number_format]))


def highest_tpp(rates_tops: Mapping[str, Decimal]) -> Decimal | None:
    """Return the largest TPP over formats, or None where there is no rate.

    Source:
        ECCN 3A090, technical note 2: the maximum theoretically possible, over the bit lengths that the chip offers.

    >>> highest_tpp({"fp16": Decimal("989.4"), "fp8_e4m3": Decimal(1979)})
    Decimal('15832')
    """
    return max((tpp(rate, number_format) for number_format, rate in rates_tops.items()), default=None)

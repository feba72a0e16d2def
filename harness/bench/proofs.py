"""What the size of an error says of the number format in which a product was done.

Source: errors of products of standard normal data whose operands are rounded to a format, accumulated exactly, run in
numpy for K of 512 and 4,096; neighbours lie a factor of two or more apart.
"""

import math

# Relative error (Frobenius) of a product whose operands were rounded to the format, the finest first.
ERROR_OF = {
    "fp64": 1e-15,
    "fp32": 4e-7,
    "tf32 or fp16": 2.9e-4,
    "bf16": 2.3e-3,
    "int8": 1.5e-2,
    "fp8_e4m3": 3.7e-2,
    "fp8_e5m2": 7.4e-2,
    "fp4": 1.3e-1,
}
# Twice the error of the coarsest format: no rounding makes it.
_LARGEST_OF_ANY = 2 * ERROR_OF["fp4"]


def is_no_product(relative_error: float) -> bool:
    """Return whether an error is larger than any rounding makes: the work was skipped, or is another."""
    return not relative_error <= _LARGEST_OF_ANY


def format_shown(relative_error: float) -> str:
    """Return the format whose error is nearest, by ratio.

    >>> format_shown(3e-4), format_shown(2e-3), format_shown(0.0)
    ('tf32 or fp16', 'bf16', 'fp64')
    """
    if relative_error <= 0:
        return "fp64"
    return min(ERROR_OF, key=lambda name: abs(math.log(relative_error / ERROR_OF[name])))

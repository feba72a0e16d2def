"""Figures, units and intervals: exact from the file to the verdict.

A figure is written as a string of ASCII digits and read as a `Decimal`. Arithmetic runs in a context that
traps inexact results, so a rounding before a comparison is an error and never a silent change of outcome.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Clamped, Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow, Underflow
from fractions import Fraction
from functools import reduce
from typing import Literal

# 400 digits hold any product of the few 40-character figures that a formula multiplies.
EXACT = Context(prec=400, traps=[Inexact, InvalidOperation, DivisionByZero, Overflow, Underflow, Clamped])

RateUnit = Literal["GFLOP/s", "TFLOP/s", "PFLOP/s", "GOP/s", "TOP/s", "POP/s"]
BandwidthUnit = Literal["MB/s", "GB/s", "TB/s", "GiB/s", "Gbit/s"]
CapacityUnit = Literal["B", "MB", "GB", "TB", "MiB", "GiB", "TiB"]
PowerUnit = Literal["W", "kW"]
AreaUnit = Literal["mm2"]
Unit = Literal["TPP", RateUnit, BandwidthUnit, CapacityUnit, PowerUnit, AreaUnit]

# Factor of each unit to the unit in which its kind is compared: TFLOP/s, GB/s, GB, W, mm2, TPP. All decimal.
_FACTORS: dict[str, tuple[str, Decimal]] = {
    "TPP": ("TPP", Decimal(1)),
    **{
        f"{prefix}{kind}/s": ("TFLOP/s", factor)
        for kind in ("FLOP", "OP")
        for prefix, factor in (("G", Decimal("0.001")), ("T", Decimal(1)), ("P", Decimal(1000)))
    },
    "MB/s": ("GB/s", Decimal("0.001")),
    "GB/s": ("GB/s", Decimal(1)),
    "TB/s": ("GB/s", Decimal(1000)),
    "GiB/s": ("GB/s", Decimal(2**30) / 10**9),
    "Gbit/s": ("GB/s", Decimal("0.125")),
    "B": ("GB", Decimal("1E-9")),
    "MB": ("GB", Decimal("0.001")),
    "GB": ("GB", Decimal(1)),
    "TB": ("GB", Decimal(1000)),
    "MiB": ("GB", Decimal(2**20) / 10**9),
    "GiB": ("GB", Decimal(2**30) / 10**9),
    "TiB": ("GB", Decimal(2**40) / 10**9),
    "W": ("W", Decimal(1)),
    "kW": ("W", Decimal(1000)),
    "mm2": ("mm2", Decimal(1)),
}


def base_unit(unit: str) -> str:
    """Return the unit in which quantities of this unit's kind are compared, such as GB/s for TB/s."""
    return _FACTORS[unit][0]


def in_base_unit(value: Decimal, unit: str) -> Decimal:
    """Return `value` in the base unit of its kind, exactly.

    >>> in_base_unit(Decimal("4.8"), "TB/s"), in_base_unit(Decimal("140"), "GiB")
    (Decimal('4800.0'), Decimal('150.323855360'))
    """
    return EXACT.multiply(value, _FACTORS[unit][1])


def exact_sum(values: Iterable[Decimal]) -> Decimal:
    """Return the sum of figures, exactly; many times as fast as one of fractions."""
    return reduce(EXACT.add, values, Decimal(0))


def as_text(value: Decimal | Fraction) -> str:
    """Return a figure in plain digits, without exponent; a fraction that does not end, to 12 significant digits.

    >>> as_text(Decimal("15832.0")), as_text(Fraction(1, 3)), as_text(Decimal("1E+2"))
    ('15832', '0.333333333333', '100')
    """
    if isinstance(value, Fraction):
        value = _ending_decimal(value)
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _ending_decimal(value: Fraction) -> Decimal:
    try:
        return EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))
    except Inexact:
        return Context(prec=12).divide(Decimal(value.numerator), Decimal(value.denominator))


@dataclass(frozen=True, kw_only=True, slots=True)
class Interval:
    """The values that the evidence leaves open, both ends included; `hi` None is without limit. Base unit."""

    lo: Fraction
    hi: Fraction | None

    @property
    def exact(self) -> bool:
        """Whether only one value is left."""
        return self.lo == self.hi

    def __str__(self) -> str:
        if self.exact:
            return as_text(self.lo)
        return f"{as_text(self.lo)} to {as_text(self.hi)}" if self.hi is not None else f"at least {as_text(self.lo)}"


def exactly(value: Decimal | Fraction | int) -> Interval:
    """Return the interval that holds one value."""
    return Interval(lo=Fraction(value), hi=Fraction(value))


UNKNOWN = Interval(lo=Fraction(0), hi=None)


class Absent:
    """The figure is known not to exist, such as a density without a non-planar die. Not the same as unknown."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = Absent()
FigureState = Interval | Absent


def quotient(top: FigureState, bottom: FigureState) -> FigureState:
    """Return what a ratio of two figures can be: absent where one of them is, and without end where the lower may be 0.

    >>> quotient(exactly(4800), Interval(lo=Fraction(400), hi=Fraction(800)))
    Interval(lo=Fraction(6, 1), hi=Fraction(12, 1))
    """
    if not isinstance(top, Interval) or not isinstance(bottom, Interval):
        return ABSENT
    lo = top.lo / bottom.hi if bottom.hi else Fraction(0)
    return Interval(lo=lo, hi=None if top.hi is None or bottom.lo == 0 else top.hi / bottom.lo)

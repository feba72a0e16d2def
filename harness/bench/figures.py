"""From what a host times in floats to the exact figures that a report holds."""

from collections.abc import Sequence
from decimal import ROUND_CEILING, Context, Decimal

from harness.model.quantity import EXACT, Unit

# A rate keeps what its duration, printed to the nanosecond, can tell.
_NINE, _LONG = Context(prec=9), Context(prec=50)
_GIGA, _TERA = Decimal(10**9), Decimal(10**12)
_UNITS: dict[Unit, Decimal] = {"GFLOP/s": _GIGA, "TFLOP/s": _TERA, "GOP/s": _GIGA, "TOP/s": _TERA, "GB/s": _GIGA}


def seconds(value: float) -> Decimal:
    """Return a time to the nanosecond, and never 0 for what took time.

    >>> seconds(0.1234567894), seconds(1e-12)
    (Decimal('0.123456789'), Decimal('1E-9'))
    """
    return max(Decimal(round(value * 10**9)), Decimal(1)).scaleb(-9)


def figure(value: float | None, places: int = 3) -> Decimal | None:
    """Return a reading to so many places; None where there is none, or where it is no number.

    >>> figure(1980.12345), figure(None), figure(float("nan"))
    (Decimal('1980.123'), None, None)
    """
    if value is None or not 0 <= value < 10**15:
        return None
    return Decimal(round(value * 10**places)).scaleb(-places)


def rate(work: int, duration_s: Decimal, unit: Unit) -> Decimal:
    """Return the rate of one sample, to nine digits.

    Args:
        work: Operations or bytes, exactly.
        duration_s: Seconds, > 0.
        unit: The unit of the rate.

    >>> rate(2 * 10**9, Decimal("0.1"), "GFLOP/s"), rate(10**9, Decimal(3), "GB/s")
    (Decimal('20'), Decimal('0.333333333'))
    """
    return _NINE.divide(Decimal(work), EXACT.multiply(duration_s, _UNITS[unit]))


def step_of(fastest: Decimal) -> Decimal:
    """Return the step in which a series is written: nine digits of its fastest rate, and no finer for slower ones.

    Slower samples written to nine digits of their own would all end alike when put beside faster ones.

    >>> step_of(Decimal("158.073899")), step_of(Decimal("0.151887"))
    (Decimal('0.000001'), Decimal('1E-9'))
    """
    return Decimal(1).scaleb(fastest.adjusted() - _NINE.prec + 1)


def rates(work: int, durations_s: Sequence[Decimal], unit: Unit, step: Decimal) -> tuple[Decimal, ...]:
    """Return the rate of every sample, in order, in whole steps.

    >>> rates(10**9, (Decimal(3), Decimal(8)), "GB/s", Decimal("0.001"))
    (Decimal('0.333'), Decimal('0.125'))
    """
    return tuple(
        _LONG.divide(Decimal(work), EXACT.multiply(duration, _UNITS[unit])).quantize(step, context=_LONG)
        for duration in durations_s
    )


def rounded_up(value: float, digits: int = 3) -> Decimal:
    """Return a figure with so many digits, never less than it is: an uncertainty is not rounded down.

    >>> rounded_up(0.012341), rounded_up(0.0)
    (Decimal('0.0124'), Decimal('0'))
    """
    return Context(prec=digits, rounding=ROUND_CEILING).create_decimal(Decimal(repr(value))).normalize()


def rate_unit(work: int, duration_s: float, *, integer: bool) -> Unit:
    """Return the unit in which a rate has between one and a few thousand."""
    if work / duration_s < 10**12:
        return "GOP/s" if integer else "GFLOP/s"
    return "TOP/s" if integer else "TFLOP/s"

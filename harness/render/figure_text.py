"""Figures of a picture in few digits, and the prefix of a unit under which they are short. Nothing is compared here."""

from fractions import Fraction
from math import floor, log10

_PREFIXES = ("", "k", "M", "G", "T", "P", "E", "Z", "Y")
# A figure is written under another prefix from here on: the law itself speaks of 6,500 GB/s, and not of 6.5 TB/s.
_MOST = 100_000
_DIGITS = 5


def few_digits(value: Fraction | float) -> str:
    """Return a figure to five significant digits, with commas between thousands.

    >>> few_digits(Fraction(4916736, 1000)), few_digits(0.000123456), few_digits(0), few_digits(1234567)
    ('4,916.7', '0.00012346', '0', '1,234,600')
    """
    number = float(value)
    if number == 0:
        return "0"
    places = _DIGITS - 1 - floor(log10(abs(number)))
    if abs(places) > 2 * _DIGITS:
        return f"{number:.{_DIGITS - 1}e}"
    text = f"{round(number, places):,.{max(places, 0)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def prefixed(unit: str, largest: Fraction) -> tuple[str, Fraction]:
    """Return the unit under which figures up to `largest` are short, and how many of it make one `unit`.

    >>> prefixed("TFLOP/s", Fraction(3, 10)), prefixed("GB/s", Fraction(4800)), prefixed("W", Fraction(0))
    (('GFLOP/s', Fraction(1000, 1)), ('GB/s', Fraction(1, 1)), ('W', Fraction(1, 1)))
    """
    prefix = unit[0] if unit[0] in _PREFIXES and len(unit) > 1 else ""
    at = first = _PREFIXES.index(prefix)
    while 0 < largest < Fraction(1000) ** (at - first) and at > 0:
        at -= 1
    while largest >= _MOST * Fraction(1000) ** (at - first) and at < len(_PREFIXES) - 1:
        at += 1
    return _PREFIXES[at] + unit.removeprefix(prefix), Fraction(1000) ** (first - at)


def byte_count(count: int) -> str:
    """Return a number of bytes as people write sizes of caches.

    >>> byte_count(32768), byte_count(272629760), byte_count(1090519032), byte_count(100)
    ('32 KiB', '260 MiB', '1.0156 GiB', '100 B')
    """
    for power, name in ((40, "TiB"), (30, "GiB"), (20, "MiB"), (10, "KiB")):
        if count >= 1 << power:
            return f"{few_digits(Fraction(count, 1 << power))} {name}"
    return f"{count} B"

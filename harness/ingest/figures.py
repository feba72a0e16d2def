"""Figures as other tools print them: read exactly, with their unit, or not at all."""

import re
from decimal import Context, Decimal

_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2})?|\.[0-9]+")
# A figure of a lab report has at most so many digits before and behind the point.
_LARGEST, _PLACES = Decimal(10) ** 20, Decimal(1).scaleb(-18)
# Twenty digits before the point and eighteen behind it do not fit into the 28 of the usual context.
_ROOM = Context(prec=60)


def figure(text: object) -> Decimal | None:
    """Return the number that a text is, exactly, or None where it is none that a lab report can hold.

    NaN, infinities, negative numbers and words such as "N/A" are no figures. A binary float was printed by its tool
    with as many digits as it has; what is read here is those digits.

    >>> figure("649.90"), figure("1.5e3"), figure("N/A"), figure("nan"), figure("-5")
    (Decimal('649.90'), Decimal('1500'), None, None, None)
    """
    if isinstance(text, bool):
        return None
    words = str(text).strip().replace(",", "") if isinstance(text, str | int | float | Decimal) else ""
    if len(words) > 60 or not _NUMBER.fullmatch(words):
        return None
    value = Decimal(words)
    if value >= _LARGEST:
        return None
    exponent = value.as_tuple().exponent
    held = value if isinstance(exponent, int) and exponent >= -18 else value.quantize(_PLACES, context=_ROOM)
    return Decimal(f"{held:f}")


def figure_with_unit(text: str) -> tuple[Decimal, str] | None:
    """Return a number and the unit that is written behind it, or None.

    >>> figure_with_unit("40536 MiB"), figure_with_unit("(300Mhz)"), figure_with_unit("Requested functionality")
    ((Decimal('40536'), 'MiB'), (Decimal('300'), 'Mhz'), None)
    """
    found = re.fullmatch(r"\(?\s*([0-9][0-9.,eE+]*)\s*([A-Za-z/%µ]+)\s*\)?", text.strip())
    value = figure(found.group(1)) if found else None
    return None if found is None or value is None else (value, found.group(2))

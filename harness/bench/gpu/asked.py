"""Calls to a vendor's library that may not be there, not be supported, not be allowed, or answer in words.

What cannot be read is None and never 0; each call that failed is kept once, with the reason, for the remarks.
"""

from collections.abc import Callable, Iterable
from ctypes import ArgumentError
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from harness.bench.device import DeviceLost

# A version of a library may take other arguments, or stumble over what a driver of another age answers.
_OTHER_VERSION = (TypeError, ValueError, AttributeError, LookupError, ArgumentError)
# What libraries write where they have no number: the largest value of an unsigned type.
_ABSENT = frozenset({2**16 - 1, 2**32 - 1, 2**64 - 1})
# What a report holds: bytes or microseconds, and things that are counted one by one. More is no number of either.
_LARGEST, _MOST_COUNTED = 10**18, 10**9


@dataclass(kw_only=True, slots=True)
class Library:
    """A vendor's library: its module, its class of errors, and which of them say that the device is gone."""

    module: Any
    error: type[BaseException] | tuple[type[BaseException], ...]
    is_lost: Callable[[BaseException], bool]
    # Name of the call, and why it gave nothing.
    refused: dict[str, str] = field(default_factory=dict)

    def ask(self, name: str, *arguments: Any) -> Any:
        """Return what a call answers; None where it is missing or refuses.

        Raises:
            DeviceLost: The device does not answer any more.
        """
        call = getattr(self.module, name, None)
        # A constant that this version lacks makes a call that cannot be made.
        if call is None or None in arguments:
            self.refused.setdefault(name, "not in this version of the library")
            return None
        try:
            return call(*arguments)
        except self.error as error:
            if self.is_lost(error):
                raise DeviceLost(f"{name}: {error}") from None
            self.refused.setdefault(name, str(error) or type(error).__name__)
        except _OTHER_VERSION:
            self.refused.setdefault(name, "another call of that name in this version of the library")
        return None

    def constant(self, *names: str) -> Any:
        """Return the first of these constants that this version of the library has; names change between versions."""
        return next((value for name in names if (value := getattr(self.module, name, None)) is not None), None)

    def remarks(self, of: str) -> tuple[str, ...]:
        """Return what could not be read and why, each reason once."""
        reasons: dict[str, list[str]] = {}
        for name, why in self.refused.items():
            reasons.setdefault(why, []).append(name)
        return tuple(f"{of}: null, for {why}: {', '.join(sorted(names))}" for why, names in sorted(reasons.items()))


def whole(value: object, largest: int = _LARGEST) -> int | None:
    """Return a whole number; None for what is none: words in its place, a negative number, the mark for "not known".

    >>> whole(132), whole("N/A"), whole(2**32 - 1), whole(True), whole(-1)
    (132, None, None, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= largest or value in _ABSENT:
        return None
    return value


def counted(value: object) -> int | None:
    """Return how many there are of something; None for what is no such number.

    >>> counted(132), counted(2**31)
    (132, None)
    """
    return whole(value, _MOST_COUNTED)


def scaled(value: object, places: int = 0) -> Decimal | None:
    """Return a count as a figure with its decimal point moved to the left: 700000 mW by 3 places are 700 W.

    >>> scaled(699_500, 3), scaled("[N/A]", 3)
    (Decimal('699.500'), None)
    """
    count = whole(value)
    return None if count is None else Decimal(count).scaleb(-places)


def words(value: object) -> str | None:
    """Return a name; None for what is none. Bytes are read as the text that they are.

    >>> words(b"GPU-1"), words("N/A"), words(" "), words(7)
    ('GPU-1', None, None, None)
    """
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    if not isinstance(text, str):
        return None
    plain = "".join(letter for letter in text if letter.isprintable()).strip()
    return plain[:300] if plain and plain.upper() not in ("N/A", "[N/A]", "NONE", "UNKNOWN") else None


def added(values: Iterable[int | None]) -> int | None:
    """Return the sum of counts; None where any of them is not known, or there is none.

    >>> added([1, 2]), added([1, None]), added([])
    (3, None, None)
    """
    every = list(values)
    known = [value for value in every if value is not None]
    return sum(known) if known and len(known) == len(every) else None

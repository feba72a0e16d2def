"""What the books look up: what follows from the entries so far, kept so that not all of them need be read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

# Of a product on a day: which side ("us", "us-uncounted", "export", "licence"), of which account, how many units.
Tally = tuple[str, str, str, str]
Claim = tuple[str, str]


class Shelf(Protocol):
    """Where claims and tallies are looked up."""

    def claimed(self, claim: Claim) -> int | None:
        """Return the entry that used an identity, where one did."""

    def tallies(self, product: str) -> Iterable[tuple[Tally, int]]:
        """Return every tally of a product."""


class EmptyShelf:
    """Nothing came before."""

    def claimed(self, claim: Claim) -> int | None:  # noqa: ARG002 - nothing is claimed.
        return None

    def tallies(self, product: str) -> Iterable[tuple[Tally, int]]:  # noqa: ARG002 - nothing is counted.
        return ()


@dataclass(kw_only=True, slots=True)
class Changes:
    """What the books have added to a shelf: claims by what they claim, and units to add to each tally."""

    claims: dict[Claim, int] = field(default_factory=dict)
    tallies: dict[Tally, int] = field(default_factory=dict)


def tally(product: str, day: date, side: str, account: str) -> Tally:
    """Return what a number of units is counted under."""
    return (product, day.isoformat(), side, account)


def identity(kind: str, text: str) -> Claim:
    """Return what is claimed by an identity: two spellings that differ in case or spaces are one.

    >>> identity("unit", "GPU-0A 1"), identity("unit", "gpu-0a1")
    (('unit', 'gpu-0a1'), ('unit', 'gpu-0a1'))
    """
    return (kind, "".join(text.split()).casefold())


def by_day(tallies: Iterable[tuple[Tally, int]]) -> Iterator[tuple[date, str, str, int]]:
    """Yield tallies in order of their days: the day, the side, the account, the units."""
    for (_, day, side, account), units in sorted(tallies):
        yield date.fromisoformat(day), side, account, units

"""The volume cap of the law, as a value: how much may go where, against what stayed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor


@dataclass(frozen=True, kw_only=True, slots=True)
class Cap:
    """One cap, in force from a day on.

    Attributes:
        share: Of the aggregate TPP that stayed.
        inclusive: Whether just this share may go.
        places: Where exports count, together.
        unsettled: Further places, by the question on which it depends whether they count.
        home: Where shipments to customers count as having stayed.
        readings: What the text leaves open, and how it is read here.
        known_places: Every place that there is; none where that is not known.
    """

    id: str
    share: Decimal
    inclusive: bool
    places: frozenset[str]
    unsettled: Mapping[str, str]
    home: frozenset[str]
    since: date
    pin: str
    says: str
    readings: tuple[str, ...]
    known_places: frozenset[str] = frozenset()

    @property
    def share_of_units(self) -> Fraction:
        """The share, exactly. Every unit of a product has the same TPP, so it is that of the units too."""
        return Fraction(self.share)

    def allows(self, gone: int, stayed: int) -> bool:
        """Return whether so many units of a product may have gone against so many that stayed; exactly."""
        share = self.share_of_units
        out, limit = share.denominator * gone, share.numerator * stayed
        return out <= limit if self.inclusive else out < limit

    def units_left(self, gone: int, stayed: int) -> int:
        """Return how many more units of a product may go; negative where too many went."""
        room = self.share_of_units * stayed - gone
        return floor(room) if self.inclusive else ceil(room) - 1

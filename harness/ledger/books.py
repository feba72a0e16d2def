"""The books: what the entries so far come to."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from harness.evidence.ledger_entry import product_id
from harness.ledger.curve import Curve
from harness.ledger.shelf import Changes, Claim, EmptyShelf, Shelf, by_day, identity, tally
from harness.model import ledger_event as events
from harness.model.volume_cap import Cap


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """What a licence allows on a day."""

    units: int
    valid_until: date
    revoked_on: date | None = None

    def after(self, day: date, change: events.LicenceChange) -> "Terms":
        """Return what it allows once a change of this day is made; what the change leaves out stays."""
        revoked_on = self.revoked_on if change.revoked is None else day if change.revoked else None
        return Terms(
            units=change.units or self.units,
            valid_until=change.valid_until or self.valid_until,
            revoked_on=revoked_on,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownLicence:
    """A licence and its changes, by their days and not by when they were recorded; of one day, in order of the log."""

    text: events.Licence
    changes: tuple[tuple[date, events.LicenceChange], ...] = ()

    def on(self, day: date) -> Terms:
        """Return what it allows on a day: what the changes up to and with this day make of it."""
        terms = Terms(units=self.text.units, valid_until=self.text.valid_until)
        for made, change in self.changes:
            if made <= day:
                terms = terms.after(made, change)
        return terms

    def least_units(self) -> int:
        """Return the fewest units that it allows on any day."""
        return min(self.text.units, *(change.units or self.text.units for _, change in self.changes), self.text.units)

    def changed(self, day: date, change: events.LicenceChange) -> "KnownLicence":
        """Return it with one more change."""
        return replace(self, changes=tuple(sorted((*self.changes, (day, change)), key=lambda one: one[0])))


@dataclass(kw_only=True)
class Books:
    """What follows from the entries so far.

    Attributes:
        caps: The caps of the law.
        shelf: What came before and need not be read again.
        changes: What was added to it.
        products: By id, with what a product event says.
        licences: By number, as they stand.
    """

    caps: tuple[Cap, ...]
    shelf: Shelf = field(default_factory=EmptyShelf)
    changes: Changes = field(default_factory=Changes)
    products: dict[str, events.Product] = field(default_factory=dict)
    licences: dict[Claim, KnownLicence] = field(default_factory=dict)
    _curves: dict[tuple[str, str], Curve] = field(default_factory=dict)
    _used: dict[tuple[str, Claim], dict[date, int]] = field(default_factory=dict)

    def take(self, seq: int, day: date, event: Any) -> None:
        """Count an event in, whatever is wrong with it."""
        count = _COUNTS.get(event.kind)
        if count is not None:
            count(self, seq, day, event)

    def claim(self, seq: int, claim: Claim) -> None:
        """Note that an identity is used."""
        self.changes.claims.setdefault(claim, seq)

    def claimed(self, claim: Claim) -> int | None:
        """Return the entry that used an identity, where one did."""
        found = self.changes.claims.get(claim)
        return self.shelf.claimed(claim) if found is None else found

    def curve(self, product: str, cap: Cap) -> Curve:
        """Return what stayed and what went of a product, as a cap counts it."""
        key = (product, cap.id)
        if key not in self._curves:
            curve = Curve(cap=cap, tpp=self.products[product].declared.tpp.value)
            counted = {**dict(self.shelf.tallies(product))}
            for one, units in self.changes.tallies.items():
                if one[0] == product:
                    counted[one] = counted.get(one, 0) + units
            for day, side, account, units in by_day(counted.items()):
                _draw(curve, day, side, account, units)
            self._curves[key] = curve
        return self._curves[key]

    def licensed(self, product: str, number: Claim) -> dict[date, int]:
        """Return how many units of a product went under a licence, by the day."""
        key = (product, number)
        if key not in self._used:
            found: dict[date, int] = {}
            for one in (self.shelf.tallies(product), self.changes.tallies.items()):
                for (of, day, side, account), units in one:
                    if (of, side, account) == (product, "licence", number[1]):
                        found[date.fromisoformat(day)] = found.get(date.fromisoformat(day), 0) + units
            self._used[key] = found
        return self._used[key]

    def count(self, product: str, day: date, side: str, account: str, units: int) -> None:
        """Add units to a tally."""
        key = tally(product, day, side, account)
        self.changes.tallies[key] = self.changes.tallies.get(key, 0) + units
        for (of, _), curve in self._curves.items():
            if of == product:
                _draw(curve, day, side, account, units)
        used = self._used.get((product, ("licence", account))) if side == "licence" else None
        if used is not None:
            used[day] = used.get(day, 0) + units


def _draw(curve: Curve, day: date, side: str, account: str, units: int) -> None:
    if side == "us" and account in curve.cap.home:
        curve.add(day, home=units)
    elif side == "export":
        into = curve.place(account)
        if into is not None:
            curve.add(day, out=units if into == "out" else 0, open_out=units if into == "open_out" else 0)


# --- What is counted ------------------------------------------------------------------------------------------------


def counts_as_stayed(event: events.UsShipment) -> bool:
    """Return whether a shipment counts, as far as it says itself: for US end use, with its own evidence."""
    return event.us_end_use is True and event.evidence is not None and event.evidence.sha256 is not None


def _take_product(books: Books, seq: int, day: date, event: events.Product) -> None:  # noqa: ARG001 - any day.
    found = product_id(event.declared)
    books.claim(seq, ("product", found))
    books.products.setdefault(found, event)


def _take_us_shipment(books: Books, seq: int, day: date, event: events.UsShipment) -> None:
    books.claim(seq, identity("reference", event.reference))
    for unit in event.unit_ids or ():
        books.claim(seq, identity("unit", unit))
    if event.evidence is not None and event.evidence.sha256 is not None and counts_as_stayed(event):
        books.claim(seq, ("evidence", event.evidence.sha256))
    side = "us" if counts_as_stayed(event) else "us-uncounted"
    books.count(event.product, day, side, event.customer_country, event.units)


def _take_export(books: Books, seq: int, day: date, event: events.Export) -> None:
    books.claim(seq, identity("shipment", event.shipment))
    for unit in event.unit_ids or ():
        books.claim(seq, identity("unit", unit))
    if event.unit_list_sha256 is not None:
        books.claim(seq, identity("unit-list", event.unit_list_sha256))
    books.count(event.product, day, "export", event.country, event.units)
    if event.licence is not None:
        books.count(event.product, day, "licence", identity("licence", event.licence)[1], event.units)


def _take_reexport(books: Books, seq: int, day: date, event: events.Reexport) -> None:
    books.claim(seq, identity("shipment", event.shipment))
    books.count(event.product, day, "reexport", event.country, event.units)


def _take_licence(books: Books, seq: int, day: date, event: events.Licence) -> None:  # noqa: ARG001 - any day.
    number = identity("licence", event.number)
    books.claim(seq, number)
    books.licences.setdefault(number, KnownLicence(text=event))


def _take_licence_change(books: Books, seq: int, day: date, event: events.LicenceChange) -> None:  # noqa: ARG001
    number = identity("licence", event.number)
    if number in books.licences:
        books.licences[number] = books.licences[number].changed(day, event)


def _take_application(books: Books, seq: int, day: date, event: events.Application) -> None:  # noqa: ARG001 - any day.
    books.claim(seq, identity("application", event.number))


_COUNTS: dict[str, Callable[[Books, int, date, Any], None]] = {
    "product": _take_product,
    "us-shipment": _take_us_shipment,
    "export": _take_export,
    "reexport": _take_reexport,
    "licence": _take_licence,
    "licence-change": _take_licence_change,
    "application": _take_application,
}

"""Why an entry cannot follow on what is recorded: what is used twice or unknown, a licence, the cap."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from harness.codec.cap_law import cap_on
from harness.evidence.ledger_entry import product_id
from harness.ledger.books import Books, KnownLicence, Terms, counts_as_stayed
from harness.ledger.curve import Crossing, Curve
from harness.ledger.shelf import Claim, identity
from harness.model import ledger_event as events
from harness.model.volume_cap import Cap

# No product of this law is older, and no plan reaches further: a day beyond these is a slip.
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)

# The fields of an event that name places.
_PLACES = {
    "us-shipment": ("customer_country",),
    "export": ("country",),
    "reexport": ("from_country", "country"),
    "licence": ("countries",),
    "application": ("countries",),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """Why an entry is refused.

    Attributes:
        code: What is wrong, as a slug.
        where: The field that it is about.
        got: What stands there, or what it would come to.
        need: What would be taken.
        can_happen: Whether it may be recorded as something that happened all the same.
        certain: Whether it is so by every reading of the law.
        over: By how much it is too much, where it is a matter of more or less: by the text, and by every reading.
    """

    code: str
    where: str
    got: str
    need: str
    can_happen: bool = False
    certain: bool = True
    over: tuple[int, int] = (0, 0)

    def is_worse_than(self, before: "Refusal | None") -> bool:
        """Return whether it is more than was wrong before."""
        if before is None or (self.certain and not before.certain):
            return True
        return any(now > was for now, was in zip(self.over, before.over, strict=True))

    def __str__(self) -> str:
        return f"{self.code}: {self.where}: got {self.got}; need {self.need}"


def refusals(books: Books, day: date, event: Any) -> list[Refusal]:
    """Return why an event of this day cannot follow; nothing where it can. Changes nothing."""
    check = _CHECKS.get(event.kind)
    return [*_plausible(books, day, event), *(() if check is None else check(books, day, event))]


def _plausible(books: Books, day: date, event: Any) -> Iterator[Refusal]:
    """A slip of the pen is not recorded: a day of another century, a place that there is not."""
    if not _FIRST_DAY <= day <= _LAST_DAY:
        need = f"a day from {_FIRST_DAY} to {_LAST_DAY}"
        yield Refusal(code="day-implausible", where="day", got=day.isoformat(), need=need)
    known = books.caps[-1].known_places if books.caps else frozenset()
    for field in _PLACES.get(event.kind, ()):
        stated = getattr(event, field)
        for place in (stated,) if isinstance(stated, str) else stated:
            if known and place not in known:
                yield Refusal(code="country-unknown", where=field, got=place, need="a place of ISO 3166-1")


def crossing_as_recorded(books: Books, day: date, event: events.Export | events.Application) -> Crossing | None:
    """Return what is wrong with an export that follows on all that is recorded; None where there is room for it."""
    found = _measured(books, day, event)
    # What went before there was a cap is not held against it.
    if found is None or day < found[0].cap.since:
        return None
    return next(found[0].crossed_by(day, found[0].total(), *found[1]), None)


def crossing_as_dated(books: Books, day: date, event: events.Export | events.Application) -> Crossing | None:
    """Return the first day from its own on at whose end too much had gone by what had happened; None for none.

    What went before there was a cap counts on the days of the exports that came after: it can make these cross.
    """
    found = _measured(books, day, event)
    if found is None:
        return None
    if day < found[0].cap.since:
        return found[0].first_crossing(found[0].cap.since, *found[1])
    return next(found[0].crossed_from(day, *found[1]), None)


def _cap_for(books: Books, day: date, event: events.Export | events.Application) -> Cap | None:
    """Return the cap in force on a day; for an export before there was one, the first that came after."""
    found = cap_on(books.caps, day)
    if found is None and isinstance(event, events.Export) and books.caps:
        return books.caps[0]
    return found


def _measured(
    books: Books, day: date, event: events.Export | events.Application
) -> tuple[Curve, tuple[int, int]] | None:
    """Return the sums that an export adds to, and its units that count, and that count by one reading."""
    cap = _cap_for(books, day, event)
    if cap is None:
        return None
    curve = books.curve(event.product, cap)
    places = {event.country} if isinstance(event, events.Export) else set(event.countries)
    sums = {curve.place(country) for country in places} - {None}
    if not sums:
        return None
    return curve, ((event.units, 0) if "out" in sums else (0, event.units))


def _once(books: Books, kind: str, where: str, text: str, need: str = "each once") -> Iterator[Refusal]:
    before = books.claimed(identity(kind, text))
    if before is not None:
        got = f"{text[:100]}, which entry {before} has"
        yield Refusal(code=f"{kind}-used-twice", where=where, got=got, need=need)


def _known_product(books: Books, where: str, product: str) -> Iterator[Refusal]:
    if product not in books.products:
        need = "a product that is recorded before"
        yield Refusal(code="product-unknown", where=where, got=product[:16], need=need)


def _product(books: Books, day: date, event: events.Product) -> Iterator[Refusal]:  # noqa: ARG001 - any day.
    found = product_id(event.declared)
    before = books.claimed(("product", found))
    if before is not None:
        got = f"the quantities of product {found[:16]}, which entry {before} has"
        yield Refusal(code="product-used-twice", where="declared", got=got, need="each product once")
    if event.declared.tpp.value == 0:
        # Any number of units would then be within any share.
        yield Refusal(code="product-without-tpp", where="declared.tpp", got="0", need="more than 0")


def _us_shipment(books: Books, day: date, event: events.UsShipment) -> Iterator[Refusal]:
    yield from _known_product(books, "product", event.product)
    yield from _once(books, "reference", "reference", event.reference)
    if event.evidence is not None and event.evidence.sha256 is not None and counts_as_stayed(event):
        need = "evidence of its own: one invoice under two references would count twice"
        yield from _once(books, "evidence", "evidence.sha256", event.evidence.sha256, need)
    yield from _units_of(books, event)
    product = books.products.get(event.product)
    first = product and product.first_us_commercial_shipment
    if first and day < first:
        need = f"{first}, the first commercial shipment, or a later day"
        yield Refusal(code="before-first-shipment", where="day", got=day.isoformat(), need=need)


def _export(books: Books, day: date, event: events.Export) -> Iterator[Refusal]:
    unknown = list(_known_product(books, "product", event.product))
    yield from unknown
    if any(event.country in cap.home for cap in books.caps):
        need = "a place abroad; what stays is a us-shipment"
        yield Refusal(code="export-stays", where="country", got=event.country, need=need)
    yield from _once(books, "shipment", "shipment", event.shipment)
    yield from _units_of(books, event)
    if event.unit_list_sha256 is not None:
        yield from _once(books, "unit-list", "unit_list_sha256", event.unit_list_sha256)
    if not unknown:
        yield from _licence_of(books, day, event)
        yield from _within_cap(books, day, event)


def _units_of(books: Books, event: events.Export | events.UsShipment) -> Iterator[Refusal]:
    if event.unit_ids is None:
        return
    if len(event.unit_ids) != event.units:
        got = f"{len(event.unit_ids):,} identities of {event.units:,} units"
        yield Refusal(code="units-miscounted", where="unit_ids", got=got, need="one of each unit")
    seen: set[Claim] = set()
    for n, unit in enumerate(event.unit_ids):
        if identity("unit", unit) in seen:
            yield Refusal(code="unit-used-twice", where=f"unit_ids[{n}]", got=f"{unit} again", need="each once")
        seen.add(identity("unit", unit))
        yield from _once(books, "unit", f"unit_ids[{n}]", unit)


def _licence_of(books: Books, day: date, event: events.Export) -> Iterator[Refusal]:
    cap = cap_on(books.caps, day)
    if event.licence is None:
        if cap is not None and event.country in cap.places:
            need = "the number of a licence, for this place"
            yield Refusal(code="licence-absent", where="licence", got="nothing", need=need, can_happen=True)
        return
    number = identity("licence", event.licence)
    licence = books.licences.get(number)
    if licence is None:
        need = "a licence that is recorded before"
        yield Refusal(code="licence-unknown", where="licence", got=event.licence, need=need, can_happen=True)
        return
    text, terms = licence.text, licence.on(day)
    for code, where, got, need, wrong in (
        ("licence-product", "product", event.product[:16], text.product[:16], event.product != text.product),
        ("licence-country", "country", event.country, ", ".join(text.countries), event.country not in text.countries),
        ("licence-not-yet-valid", "day", f"{day}", f"{text.valid_from} or later", day < text.valid_from),
    ):
        if wrong:
            yield Refusal(code=code, where=where, got=got, need=f"{need} (licence {text.number})", can_happen=True)
    yield from _lapsed(terms, day, text.number)
    yield from _within_licence(books, day, event, licence)


def _lapsed(terms: Terms, day: date, number: str) -> Iterator[Refusal]:
    """A licence is asked what it allowed on the day of the export, whenever its changes were recorded."""
    until, revoked = terms.valid_until, terms.revoked_on
    if day > until:
        need = f"{until} or earlier (licence {number})"
        over = ((day - until).days,) * 2
        yield Refusal(code="licence-expired", where="day", got=f"{day}", need=need, can_happen=True, over=over)
    if revoked is not None and day >= revoked:
        need = f"a day before {revoked} (licence {number})"
        yield Refusal(code="licence-revoked", where="day", got=f"{day}", need=need, can_happen=True)


def _within_licence(books: Books, day: date, event: events.Export, licence: KnownLicence) -> Iterator[Refusal]:
    used = books.licensed(event.product, identity("licence", licence.text.number))
    # Nearly always there is room on every day.
    if sum(used.values()) + event.units <= licence.least_units():
        return
    after = {**used, day: used.get(day, 0) + event.units}
    for one in _exceeded(licence, after, day):
        yield one
        return


def _exceeded(licence: KnownLicence, used: dict[date, int], since: date) -> Iterator[Refusal]:
    """Yield each day from one on by whose end more units went than the licence allowed on that day, the worst first."""
    found, so_far = [], 0
    for day, units in sorted(used.items()):
        so_far += units
        most = licence.on(day).units
        if day >= since and so_far > most:
            need = f"at most {most:,} in all (licence {licence.text.number})"
            over = (so_far - most,) * 2
            got = f"{so_far:,} units by {day}"
            found.append(
                Refusal(code="licence-exceeded", where="units", got=got, need=need, can_happen=True, over=over)
            )
    yield from sorted(found, key=lambda one: one.over, reverse=True)


def _within_cap(books: Books, day: date, event: events.Export | events.Application) -> Iterator[Refusal]:
    """An export needs room at the end of its day and of each later one, the last of which has all that is recorded."""
    cap, crossing = _cap_for(books, day, event), crossing_as_dated(books, day, event)
    measured = _measured(books, day, event)
    if cap is None or crossing is None or measured is None:
        return
    curve, more = measured
    got = f"{crossing.gone:,} units gone against {crossing.stayed:,} that stayed, on {crossing.day}"
    yield Refusal(
        code="cap-crossed",
        where="units",
        got=got if crossing.certain else f"{got}, should {', '.join(sorted(cap.unsettled))} count",
        need=f"{'at most' if cap.inclusive else 'below'} {cap.share} of what stayed ({cap.pin})",
        can_happen=True,
        certain=crossing.certain,
        over=curve.excess(max(day, cap.since), *more),
    )


def _reexport(books: Books, day: date, event: events.Reexport) -> Iterator[Refusal]:  # noqa: ARG001 - any day.
    yield from _known_product(books, "product", event.product)
    yield from _once(books, "shipment", "shipment", event.shipment)


def _licence(books: Books, day: date, event: events.Licence) -> Iterator[Refusal]:  # noqa: ARG001 - any day.
    yield from _known_product(books, "product", event.product)
    yield from _once(books, "licence", "number", event.number)
    if event.valid_until < event.valid_from:
        need = f"{event.valid_from} or later"
        yield Refusal(code="licence-never-valid", where="valid_until", got=f"{event.valid_until}", need=need)


def _licence_change(books: Books, day: date, event: events.LicenceChange) -> Iterator[Refusal]:
    number = identity("licence", event.number)
    licence = books.licences.get(number)
    if licence is None:
        need = "a licence that is recorded before"
        yield Refusal(code="licence-unknown", where="number", got=event.number, need=need)
        return
    # A change that is recorded late can take the ground from exports that are recorded already.
    used = books.licensed(licence.text.product, number)
    was, now = _faults_under(licence, used, day), _faults_under(licence.changed(day, event), used, day)
    for key, one in now.items():
        if one.is_worse_than(was.get(key)):
            fields = {"licence-expired": "valid_until", "licence-revoked": "revoked", "licence-exceeded": "units"}
            yield replace(one, where=fields[one.code], got=f"an export that is recorded already, {one.got}")


def _faults_under(licence: KnownLicence, used: dict[date, int], since: date) -> dict[str, Refusal]:
    """Return what is wrong with exports under a licence from a day on: of each kind the worst."""
    every = [one for day in sorted(used) if day >= since for one in _lapsed(licence.on(day), day, licence.text.number)]
    found: dict[str, Refusal] = {}
    for one in (*every, *_exceeded(licence, used, since)):
        if one.is_worse_than(found.get(one.code)):
            found[one.code] = one
    return found


def _specification_change(
    books: Books,
    day: date,  # noqa: ARG001 - any day.
    event: events.SpecificationChange,
) -> Iterator[Refusal]:
    yield from _known_product(books, "from_product", event.from_product)
    yield from _known_product(books, "to_product", event.to_product)
    if event.from_product == event.to_product:
        need = "another product than the one before"
        yield Refusal(code="specification-unchanged", where="to_product", got=event.to_product[:16], need=need)


def _application(books: Books, day: date, event: events.Application) -> Iterator[Refusal]:
    unknown = list(_known_product(books, "product", event.product))
    yield from unknown
    yield from _once(books, "application", "number", event.number)
    if not unknown:
        yield from _within_cap(books, day, event)


_CHECKS: dict[str, Callable[[Books, date, Any], Iterator[Refusal]]] = {
    "product": _product,
    "us-shipment": _us_shipment,
    "export": _export,
    "reexport": _reexport,
    "licence": _licence,
    "licence-change": _licence_change,
    "specification-change": _specification_change,
    "application": _application,
}

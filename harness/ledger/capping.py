"""The volume cap of a product: at every prefix of the log, by the day of what happened, and now."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from harness.codec.cap_law import cap_at_hand, cap_on
from harness.errors import WrongUsage
from harness.ledger.books import Books
from harness.ledger.curve import Crossing, Curve
from harness.ledger.history import Replayed, replayed
from harness.ledger.ledger import Ledger
from harness.ledger.shelf import by_day
from harness.model.ledger_cap import Aggregate, AskedUnits, AtPlace, FirstCrossing, LedgerCap, Standing
from harness.model.quantity import EXACT, as_text
from harness.model.volume_cap import Cap


def cap_statement(
    ledger: Ledger, caps: tuple[Cap, ...], wanted: str | None, on: date | None, units: int | None = None
) -> LedgerCap:
    """Return how a product stands.

    The order of the log and the days of the events can differ, for what happened is often recorded later. Both are
    looked at: by the log, what could be known when an export was recorded; by the days, what was so. A fault in
    either is a fault, and the first of each is told.

    Args:
        ledger: The ledger.
        caps: The caps of the law.
        wanted: The product: its id or the beginning of it, or its model; may be left out where there is one.
        on: Leave out what is dated later; but what may go on this day must leave room for what went later.
        units: Say whether so many more may go.

    Raises:
        WrongUsage: No such product, or more than one.
    """
    with ledger.store.reading():
        entries = list(ledger.entries())
        root = ledger.frontier().root()
    after = replayed(entries, caps, until=on)
    product = named_product(after.books, wanted)
    cap = (cap_on(caps, on) if on else None) or cap_at_hand(caps)
    every = replayed(entries, caps).books.curve(product, cap) if on else after.books.curve(product, cap)
    return _statement(after, product, cap, on, (len(entries), root), every, units)


def named_product(books: Books, wanted: str | None) -> str:
    """Return the id of the product that a word stands for.

    Raises:
        WrongUsage: No such product, or more than one.
    """
    listed = ", ".join(f"{one.model} ({found[:12]})" for found, one in books.products.items()) or "none"
    if wanted is None:
        found = list(books.products)
    else:
        found = [one for one in books.products if len(wanted) >= 6 and one.startswith(wanted.lower())]
        found += [one for one, said in books.products.items() if said.model.casefold() == wanted.casefold()]
    if len(set(found)) != 1:
        got = "no product named" if wanted is None else f"the product {wanted!r}"
        raise WrongUsage(f"got {got}; need one of: {listed}; next: --product MODEL, or the beginning of an id")
    return found[0]


def _statement(
    after: Replayed,
    product: str,
    cap: Cap,
    on: date | None,
    log: tuple[int, bytes],
    every: Curve,
    units: int | None,
) -> LedgerCap:
    books = after.books
    left, strictest = _left(books.curve(product, cap), every, on)
    declared, curve = books.products[product], books.curve(product, cap)
    tpp = declared.declared.tpp.value
    stayed, gone, by_reading = curve.total()
    recorded = next(((seq, one) for seq, of, one in after.crossings if of == product), None)
    dated = curve.first_crossing(cap.since)
    beyond = tuple(
        seq
        for seq, refusal, _ in after.refused
        if refusal.code == "cap-crossed" and seq in _applications(after, product)
    )
    return LedgerCap(
        schema="ledger-cap/1",
        product=product,
        model=declared.model,
        tpp=tpp,
        on=on,
        cap=cap.id,
        pin=cap.pin,
        says=cap.says,
        share=cap.share,
        bound="at-most" if cap.inclusive else "below",
        standing=_standing([one for one in (recorded and recorded[1], dated) if one]),
        stayed=_aggregate(tpp, stayed),
        stayed_uncounted=_aggregate(tpp, _uncounted(books, product, cap)),
        gone=_aggregate(tpp, gone),
        gone_by_reading=_aggregate(tpp, by_reading),
        by_place=tuple(_places(books, product, curve)),
        limit_tpp=as_text(EXACT.multiply(cap.share, EXACT.multiply(tpp, Decimal(stayed)))),
        units_left=left,
        units_left_strictest=strictest,
        units_left_from=None if on else every.all_left_from(),
        asked=None if units is None else _asked(units, left, strictest),
        first_crossed_as_recorded=_first(tpp, recorded[1], recorded[0]) if recorded else None,
        first_crossed_as_dated=_first(tpp, dated, None) if dated else None,
        applications_beyond=beyond,
        readings=cap.readings,
        entries=log[0],
        root=log[1].hex(),
    )


def _left(until: Curve, every: Curve, on: date | None) -> tuple[int, int]:
    """Return how many more may go: on a day, no more than its room, nor than that of each day after it."""
    if on is not None:
        return every.left_from(on)
    stayed, gone, by_reading = until.total()
    return until.cap.units_left(gone, stayed), until.cap.units_left(gone + by_reading, stayed)


def _asked(units: int, left: int, strictest: int) -> AskedUnits:
    return AskedUnits(units=units, may_go="no" if units > left else "by-reading" if units > strictest else "yes")


def _applications(after: Replayed, product: str) -> set[int]:
    return {seq for seq, of in after.applications if of == product}


def _standing(crossings: list[Crossing]) -> Standing:
    if not crossings:
        return "holds"
    return "crossed" if any(one.certain for one in crossings) else "undecided"


def _first(tpp: Decimal, crossing: Crossing, seq: int | None) -> FirstCrossing:
    return FirstCrossing(
        day=crossing.day,
        seq=seq,
        stayed=_aggregate(tpp, crossing.stayed),
        gone=_aggregate(tpp, crossing.gone),
        certain=crossing.certain,
    )


def _aggregate(tpp: Decimal, units: int) -> Aggregate:
    return Aggregate(units=units, tpp=as_text(EXACT.multiply(tpp, Decimal(units))))


def _uncounted(books: Books, product: str, cap: Cap) -> int:
    return sum(
        units
        for _, side, account, units in by_day(_of(books, product))
        if side == "us-uncounted" or (side == "us" and account not in cap.home)
    )


def _of(books: Books, product: str) -> list[tuple[tuple[str, str, str, str], int]]:
    return [(key, units) for key, units in books.changes.tallies.items() if key[0] == product]


def _places(books: Books, product: str, curve: Curve) -> Iterable[AtPlace]:
    sums: dict[str, int] = {}
    for _, side, account, units in by_day(_of(books, product)):
        if side == "export":
            sums[account] = sums.get(account, 0) + units
    for country, units in sorted(sums.items()):
        into = curve.place(country)
        yield AtPlace(
            country=country,
            **_aggregate(curve.tpp, units).model_dump(),
            counts="yes" if into == "out" else "by-reading" if into else "no",
            reading=curve.cap.unsettled.get(country),
        )

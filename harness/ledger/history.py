"""The whole history read again: earlier entries as later corrections leave them, and what it all comes to."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from harness.evidence.ledger_entry import product_id
from harness.ledger.books import Books
from harness.ledger.curve import Crossing
from harness.ledger.refusals import Refusal, crossing_as_recorded, refusals
from harness.ledger.shelf import Claim, identity
from harness.model import ledger_event as events
from harness.model.volume_cap import Cap

AMENDMENTS = (events.Correction, events.Cancellation)
# The entry, the code and the field.
FaultKey = tuple[int, str, str]


@dataclass(kw_only=True, slots=True)
class Standing:
    """An entry as it stands after the corrections so far.

    Attributes:
        as_happened: Whether it, or what corrected it, is recorded as what happened all the same.
        cancelled: Whether it was cancelled.
        spent: References that it had before it was corrected or cancelled; they stay used.
    """

    seq: int
    day: date
    event: Any
    as_happened: bool
    cancelled: bool = False
    spent: tuple[Claim, ...] = ()

    def spend(self) -> None:
        """Keep the reference that it has as used, so that it cannot come back; its units are free again."""
        for kind in ("reference", "shipment"):
            text = getattr(self.event, kind, None)
            if text is not None and identity(kind, text) not in self.spent:
                self.spent += (identity(kind, text),)


@dataclass(kw_only=True, slots=True)
class Replayed:
    """What a history comes to.

    Attributes:
        books: The books after the last entry.
        refused: Entries that would be refused where they stand, and whether they are marked as having happened.
        crossings: Exports after which more had gone than may, by the order of the log.
        applications: Applications, and of which product each is.
    """

    books: Books
    refused: list[tuple[int, Refusal, bool]] = field(default_factory=list)
    crossings: list[tuple[int, str, Crossing]] = field(default_factory=list)
    applications: list[tuple[int, str]] = field(default_factory=list)

    def faults(self) -> dict["FaultKey", Refusal]:
        """Return which entries are refused for what, and how far it goes."""
        found: dict[FaultKey, Refusal] = {}
        for seq, refusal, _ in self.refused:
            key = (seq, refusal.code, refusal.where)
            if refusal.is_worse_than(found.get(key)):
                found[key] = refusal
        return found

    def fresh(self, before: Mapping["FaultKey", Refusal]) -> list[tuple[int, Refusal]]:
        """Return what is wrong now that was not wrong before, or not as much."""
        return [(key[0], one) for key, one in self.faults().items() if one.is_worse_than(before.get(key))]


def stand(found: dict[int, Standing], seq: int, entry: events.LedgerEvent) -> None:
    """Take one more entry among those that stand. An amendment of an entry that is not there is passed over."""
    event = entry.event
    if isinstance(event, events.Correction):
        old = found.get(event.corrects)
        if old is not None:
            old.spend()
            old.event, old.day = event.event, event.happened or old.day
            old.as_happened = old.as_happened or entry.as_happened is True
    elif isinstance(event, events.Cancellation):
        if event.cancels in found:
            found[event.cancels].spend()
            found[event.cancels].cancelled = True
    else:
        found[seq] = Standing(seq=seq, day=entry.day, event=event, as_happened=entry.as_happened is True)


def standing(entries: Iterable[tuple[int, events.LedgerEvent]]) -> list[Standing]:
    """Return every entry but the amendments, as these leave it, in the order of the log."""
    found: dict[int, Standing] = {}
    for seq, entry in entries:
        stand(found, seq, entry)
    return list(found.values())


def replayed(
    entries: Iterable[tuple[int, events.LedgerEvent]], caps: tuple[Cap, ...], until: date | None = None
) -> Replayed:
    """Return what a history comes to, from nothing: all of it, or products and what happened up to a day."""
    found = Replayed(books=Books(caps=caps))
    for one in standing(entries):
        if until is not None and one.day > until and not isinstance(one.event, events.Product):
            continue
        if one.cancelled:
            _spend(found, one)
            continue
        found.refused += [(one.seq, refusal, one.as_happened) for refusal in refusals(found.books, one.day, one.event)]
        if isinstance(one.event, events.Export) and one.event.product in found.books.products:
            crossing = crossing_as_recorded(found.books, one.day, one.event)
            found.crossings += [(one.seq, one.event.product, crossing)] if crossing else []
        if isinstance(one.event, events.Application):
            found.applications.append((one.seq, one.event.product))
        found.books.take(one.seq, one.day, one.event)
        _spend(found, one)
    return found


def _spend(found: Replayed, one: Standing) -> None:
    for kind, name in one.spent:
        before = found.books.claimed((kind, name))
        if before not in (None, one.seq):
            got = f"{name}, which entry {before} has"
            refusal = Refusal(
                code=f"{kind}-used-twice", where=kind, got=got, need="each once, also before a correction"
            )
            found.refused.append((one.seq, refusal, one.as_happened))
        found.books.claim(one.seq, (kind, name))


def amendment_refusals(
    before: Mapping[int, Standing], event: events.Correction | events.Cancellation
) -> Iterator[Refusal]:
    """Yield why an entry of these cannot be corrected or cancelled so."""
    where, seq = ("corrects", event.corrects) if isinstance(event, events.Correction) else ("cancels", event.cancels)
    old = before.get(seq)
    if old is None:
        need = "the number of an earlier entry that is no correction; a correction is corrected by another one"
        yield Refusal(code="amends-nothing", where=where, got=f"{seq}", need=need)
        return
    if old.cancelled:
        yield Refusal(code="amends-cancelled", where=where, got=f"{seq}, which is cancelled", need="one that stands")
    if isinstance(event, events.Cancellation):
        return
    if event.event.kind != old.event.kind:
        yield Refusal(code="corrects-kind", where="event.kind", got=event.event.kind, need=old.event.kind)
    elif isinstance(event.event, events.Product) and product_id(event.event.declared) != product_id(old.event.declared):
        need = "the same five quantities; another product is an entry of its own"
        yield Refusal(code="corrects-product", where="event.declared", got="another product", need=need)

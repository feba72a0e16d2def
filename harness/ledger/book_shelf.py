"""Claims and tallies as the store keeps them, and the entries behind them."""

import re
from collections.abc import Iterable, Iterator, Sequence

from pydantic import ValidationError

from harness.codec.documents import faults_of
from harness.errors import UnreadableInput
from harness.ledger.books import Books
from harness.ledger.history import standing
from harness.ledger.shelf import Changes, Claim, Tally
from harness.ledger.store import NEXT, Row, Store, raw, unreadable, whole
from harness.model import ledger_event as events
from harness.model.document import DAY
from harness.model.volume_cap import Cap

_A_DAY = re.compile(DAY)
# What every further entry may refer to; few among the many.
_SMALL = ("product", "licence", "licence-change", "correction", "cancellation")


class StoreShelf:
    """Looks up in the tables; remembers what it has found."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.found: dict[str, list[tuple[Tally, int]]] = {}

    def claimed(self, claim: Claim) -> int | None:
        rows = self.store.run("SELECT seq FROM claim WHERE kind = ? AND name = ?", claim)
        return whole(self.store, rows[0][0]) if rows else None

    def tallies(self, product: str) -> Iterable[tuple[Tally, int]]:
        if product not in self.found:
            rows = self.store.run("SELECT product, day, side, account, units FROM tally WHERE product = ?", (product,))
            self.found[product] = [self._tally(row) for row in rows]
        return self.found[product]

    def _tally(self, row: Row) -> tuple[Tally, int]:
        product, day, side, account, units = row
        if _A_DAY.fullmatch(str(day)) is None:
            raise unreadable(self.store.place, f"{day!r:.40} in place of a day", "a ledger that is whole", NEXT)
        return (str(product), str(day), str(side), str(account)), whole(self.store, units)


def read_event(place: str, seq: int, body: bytes) -> events.LedgerEvent:
    """Return the event in an entry.

    Raises:
        UnreadableInput: It is none; names the entry.
    """
    try:
        return events.LedgerEvent.model_validate_json(body)
    except ValidationError as error:
        raise UnreadableInput(f"{place}, entry {seq}", faults_of(events.LedgerEvent, error)) from None


def entries_of(store: Store, kinds: Sequence[str] = ()) -> Iterator[tuple[int, events.LedgerEvent]]:
    """Yield the entries of the log in order, all or those of some kinds."""
    marks = ", ".join("?" for _ in kinds)
    where = f" WHERE kind IN ({marks})" if kinds else ""
    for seq, body in store.run(f"SELECT seq, body FROM entry{where} ORDER BY seq", kinds):
        yield whole(store, seq), read_event(store.place, seq, raw(store, body))


def books_of(store: Store, caps: tuple[Cap, ...]) -> Books:
    """Return the books after the last entry, from the tables; reads few of the entries themselves."""
    books = Books(caps=caps, shelf=StoreShelf(store))
    for one in standing(entries_of(store, _SMALL)):
        if not one.cancelled:
            books.take(one.seq, one.day, one.event)
    # They are in the tables already.
    books.changes = Changes()
    return books


def keep(store: Store, changes: Changes, *, anew: bool) -> None:
    """Write claims and tallies: those that were added, or where the history was read again, all of them anew."""
    if anew:
        store.run("DELETE FROM claim")
        store.run("DELETE FROM tally")
    store.run_many("INSERT INTO claim VALUES (?, ?, ?)", [(*claim, seq) for claim, seq in changes.claims.items()])
    store.run_many(
        "INSERT INTO tally VALUES (?, ?, ?, ?, ?) ON CONFLICT (product, day, side, account) "
        "DO UPDATE SET units = tally.units + excluded.units",
        [(*key, units) for key, units in changes.tallies.items()],
    )

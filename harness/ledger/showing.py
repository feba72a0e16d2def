"""What a ledger holds, in lines."""

from collections.abc import Iterator
from datetime import date

from harness.errors import WrongUsage
from harness.ledger.book_shelf import books_of, read_event
from harness.ledger.ledger import Ledger
from harness.ledger.store import raw
from harness.model.volume_cap import Cap


def entry_text(ledger: Ledger, seq: int) -> str:
    """Return an entry as it is hashed.

    Raises:
        WrongUsage: There is no such entry.
    """
    rows = ledger.store.run("SELECT body FROM entry WHERE seq = ?", (seq,))
    if not rows:
        raise WrongUsage(f"no entry {seq}; there are {ledger.frontier().size:,}, from 0")
    return raw(ledger.store, rows[0][0]).decode("utf-8", errors="backslashreplace")


def summary(ledger: Ledger, caps: tuple[Cap, ...], last: int) -> Iterator[str]:
    """Yield lines about the log, its products and licences, and its last entries."""
    with ledger.store.reading():
        tree = ledger.frontier()
        yield f"log {ledger.name}: {tree.size:,} entries, root {tree.root().hex()}"
        if "verifier_key" in ledger.facts:
            yield f"verified by {ledger.facts['verifier_key']}"
        for kind, count in ledger.store.run("SELECT kind, COUNT(*) FROM entry GROUP BY kind ORDER BY kind"):
            yield f"  {count:>9,}  {kind}"
        books = books_of(ledger.store, caps)
        for product, said in books.products.items():
            yield f"product {product[:12]}  {said.model}"
        for number, licence in books.licences.items():
            used = sum(books.licensed(licence.text.product, number).values())
            # As the last of its changes leaves it, which can be dated ahead.
            terms = licence.on(date.max)
            state = f"revoked on {terms.revoked_on}" if terms.revoked_on else f"until {terms.valid_until}"
            changed = f", last changed on {licence.changes[-1][0]}" if licence.changes else ""
            yield f"licence {licence.text.number}: {used:,} of {terms.units:,} units used, {state}{changed}"
        rows = ledger.store.run("SELECT seq, body FROM entry WHERE seq >= ? ORDER BY seq", (tree.size - last,))
        for seq, body in rows:
            entry = read_event(ledger.store.place, seq, raw(ledger.store, body))
            yield f"entry {seq}  {entry.day}  {entry.event.kind}" + ("  as happened" if entry.as_happened else "")

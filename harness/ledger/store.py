"""Where a ledger is kept: the same tables and the same statements over SQLite and over PostgreSQL."""

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

from harness.errors import Fault, UnreadableInput, WrongUsage

FORMAT = "ledger/1"
# The log is the truth; `claim`, `tally` and the edge of the tree in `fact` follow from it and can be made again.
TABLES = (
    "CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE entry (seq BIGINT PRIMARY KEY, kind TEXT NOT NULL, body {bytes} NOT NULL, chain {bytes} NOT NULL)",
    "CREATE INDEX entry_by_kind ON entry (kind, seq)",
    "CREATE TABLE claim (kind TEXT NOT NULL, name TEXT NOT NULL, seq BIGINT NOT NULL, PRIMARY KEY (kind, name))",
    "CREATE TABLE tally (product TEXT NOT NULL, day TEXT NOT NULL, side TEXT NOT NULL, account TEXT NOT NULL, "
    "units BIGINT NOT NULL, PRIMARY KEY (product, day, side, account))",
    "CREATE TABLE checkpoint (size BIGINT PRIMARY KEY, note TEXT NOT NULL)",
)
Row = tuple[Any, ...]
NEXT = "harness ledger check names what is damaged"


class Store(Protocol):
    """A database that keeps a ledger. Errors of the database come out as `UnreadableInput` that say what to do."""

    place: str

    def run(self, statement: str, values: Sequence[Any] = ()) -> list[Row]:
        """Run one statement with `?` for its values, and return its rows."""

    def run_many(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement once for every row of values."""

    def damage(self) -> list[str]:
        """Return what the database finds wrong with its own pages; nothing where it has no such check."""

    def writing(self) -> contextlib.AbstractContextManager[None]:
        """Return a transaction that no other writer shares, durable when it ends; one that is undone on any error."""

    def reading(self) -> contextlib.AbstractContextManager[None]:
        """Return a transaction that sees one state of everything."""

    def close(self) -> None:
        """Let go of the database."""


def is_url(place: str) -> bool:
    """Return whether a place names a PostgreSQL database and no file."""
    return place.startswith(("postgresql://", "postgres://"))


def opened(place: str) -> Store:
    """Return the store at a place, which must hold a ledger.

    Raises:
        UnreadableInput: It is not there, or holds no ledger, or is damaged so far that it cannot be opened.
    """
    if is_url(place):
        from harness.ledger.postgresql_store import open_database

        return open_database(place)
    from harness.ledger.sqlite_store import open_file

    return open_file(place)


def created(place: str, facts: dict[str, str]) -> Store:
    """Make an empty ledger, whole or not at all.

    Raises:
        WrongUsage: Something is there already.
        UnreadableInput: It cannot be made there.
    """
    if is_url(place):
        from harness.ledger.postgresql_store import create_database

        return create_database(place, facts)
    from harness.ledger.sqlite_store import create_file

    return create_file(place, facts)


def fill(store: Store, column_type: str, facts: dict[str, str]) -> None:
    """Make the tables and write the facts of a new ledger."""
    for statement in TABLES:
        store.run(statement.format(bytes=column_type))
    store.run_many("INSERT INTO fact VALUES (?, ?)", list({"format": FORMAT, **facts}.items()))


def there_already(place: str) -> WrongUsage:
    """Return the error of a ledger that would be written over."""
    return WrongUsage(f"{place} is there already; a ledger is never written over")


def unreadable(place: str, got: str, need: str = "a ledger", advice: str | None = None) -> UnreadableInput:
    """Return the error of a place that holds no ledger that can be used."""
    return UnreadableInput(place, (Fault(where="the ledger", got=got, need=need, next=advice),))


def whole(store: Store, value: Any) -> int:
    """Return a whole number that the store keeps; SQLite keeps anything anywhere.

    Raises:
        UnreadableInput: Something else stands there.
    """
    if isinstance(value, int):
        return value
    raise unreadable(store.place, f"{value!r:.40} in place of a number", "a ledger that is whole", NEXT)


def raw(store: Store, value: Any) -> bytes:
    """Return bytes that the store keeps.

    Raises:
        UnreadableInput: Something else stands there.
    """
    if isinstance(value, bytes):
        return value
    raise unreadable(store.place, f"{value!r:.40} in place of bytes", "a ledger that is whole", NEXT)


def only_format(store: Store) -> None:
    """Refuse a ledger of a format that is not known here.

    Raises:
        UnreadableInput: It is another one.
    """
    found = [row[0] for row in store.run("SELECT value FROM fact WHERE name = 'format'")]
    if found != [FORMAT]:
        raise unreadable(store.place, f"the format {found[0] if found else 'of something else'}", FORMAT)


@contextlib.contextmanager
def transaction(store: Store, begin: str) -> Iterator[None]:
    """Run what is inside as one transaction: all of it, or on any error nothing."""
    store.run(begin)
    try:
        yield
        store.run("COMMIT")
    except BaseException:
        # The error that ended it is the one to tell; a connection that is gone undoes by itself.
        with contextlib.suppress(UnreadableInput):
            store.run("ROLLBACK")
        raise

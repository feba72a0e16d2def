"""A ledger in a schema of its own in a PostgreSQL database."""

import contextlib
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from harness.errors import UnreadableInput, WrongUsage
from harness.ledger.store import Row, fill, only_format, there_already, transaction, unreadable

_SCHEMA = "harness_ledger"


class PostgresqlStore:
    """One database."""

    def __init__(self, place: str) -> None:
        import psycopg

        # A password in the URL is nobody's business in a message.
        self.place = _without_password(place)
        self._errors = psycopg.Error
        with self._told():
            self.connection: Any = psycopg.connect(place, autocommit=True, connect_timeout=10)
        self.run(f"SET search_path = {_SCHEMA}")
        # A commit that was told must outlive a crash of the server, whatever the database is set to.
        self.run("SET synchronous_commit = on")

    def run(self, statement: str, values: Sequence[Any] = ()) -> list[Row]:
        with self._told(), self.connection.cursor() as cursor:
            cursor.execute(statement.replace("?", "%s").encode(), values or None)
            return cursor.fetchall() if cursor.description else []

    def run_many(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        with self._told(), self.connection.cursor() as cursor:
            cursor.executemany(statement.replace("?", "%s").encode(), rows)

    def damage(self) -> list[str]:
        return []

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        with transaction(self, "BEGIN ISOLATION LEVEL READ COMMITTED"):
            # The second writer waits here, and sees all that the first one wrote.
            self.run("LOCK TABLE entry IN EXCLUSIVE MODE")
            yield

    def reading(self) -> contextlib.AbstractContextManager[None]:
        return transaction(self, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def close(self) -> None:
        self.connection.close()

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except self._errors as error:
            got = " ".join(str(error).split()) or type(error).__name__
            raise unreadable(self.place, got, "a database that answers", "nothing was recorded") from None


def _without_password(place: str) -> str:
    """Return a URL as it may be shown: without a password, before the host or among the options."""
    return re.sub(r"(?<=[?&]password=)[^&]*", "...", re.sub(r"(?<=//)([^/@:]*):[^/]*(?=@)", r"\1:...", place))


def _connected(place: str) -> PostgresqlStore:
    try:
        return PostgresqlStore(place)
    except ImportError:
        raise WrongUsage('a postgresql:// URL needs psycopg; next: pip install "harness[postgresql]"') from None


def open_database(place: str) -> PostgresqlStore:
    """Return the ledger in a database.

    Raises:
        UnreadableInput: It does not answer, or holds none.
        WrongUsage: The driver is not installed.
    """
    store = _connected(place)
    try:
        if not _is_there(store):
            raise unreadable(store.place, "a database without one", advice="harness ledger init URL")
        only_format(store)
    except UnreadableInput:
        store.close()
        raise
    return store


def create_database(place: str, facts: dict[str, str]) -> PostgresqlStore:
    """Make a ledger in a database that has none.

    Raises:
        UnreadableInput: It does not answer, or may not be written.
        WrongUsage: There is a ledger already, or the driver is not installed.
    """
    store = _connected(place)
    try:
        if _is_there(store):
            raise there_already(store.place)
        with transaction(store, "BEGIN"):
            store.run(f"CREATE SCHEMA {_SCHEMA}")
            fill(store, "BYTEA", facts)
    except BaseException:
        store.close()
        raise
    return store


def _is_there(store: PostgresqlStore) -> bool:
    return bool(store.run("SELECT 1 FROM information_schema.schemata WHERE schema_name = ?", (_SCHEMA,)))

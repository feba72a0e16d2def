"""A ledger in one SQLite file.

Durable by the rollback journal with synchronous=EXTRA: a commit returns when the file, its journal and their folder are
on the disk. The write-ahead log would be faster for many small commits, and would leave a second file beside the
ledger that a copy forgets, and does not work on network folders; a ledger has one writer at a time anyway.
"""

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from harness.errors import UnreadableInput
from harness.ledger.store import TABLES, Row, fill, only_format, there_already, transaction, unreadable

# "HLDG": tells a ledger from other databases.
_APPLICATION = 0x484C4447
_WAIT_SECONDS = 60.0
_SETTINGS = (
    "PRAGMA journal_mode = DELETE",
    "PRAGMA synchronous = EXTRA",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
)
# Against slips, not against an adversary: who can write the file can drop these. `check` finds what was done.
_GUARDS = tuple(
    f"CREATE TRIGGER entry_is_never_{verb.lower()}d BEFORE {verb} ON entry "
    "BEGIN SELECT RAISE(ABORT, 'the log is never edited'); END"
    for verb in ("UPDATE", "DELETE")
)


class SqliteStore:
    """One file."""

    def __init__(self, place: str, mode: str) -> None:
        self.place = place
        uri = f"{Path(place).absolute().as_uri()}?mode={mode}"
        with self._told():
            self.connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=_WAIT_SECONDS)
        # A text that is none must not keep the rest from being looked at.
        self.connection.text_factory = lambda data: data.decode("utf-8", errors="backslashreplace")
        try:
            for setting in _SETTINGS:
                self.run(setting)
        except UnreadableInput:
            self.close()
            raise

    def run(self, statement: str, values: Sequence[Any] = ()) -> list[Row]:
        with self._told():
            return self.connection.execute(statement, values).fetchall()

    def run_many(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        with self._told():
            self.connection.executemany(statement, rows)

    def damage(self) -> list[str]:
        try:
            found = [str(row[0]) for row in self.connection.execute("PRAGMA integrity_check(20)")]
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            return [str(error)]
        return ([] if found == ["ok"] else found) + self._strange()

    def _strange(self) -> list[str]:
        """Return what was put beside the tables, or is missing of them: a trigger can change what is recorded."""
        rows = self.run("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
        found = {str(name): str(sql) for name, sql in rows}
        own = {sql.split()[2]: sql for sql in (*(one.format(bytes="BLOB") for one in TABLES), *_GUARDS)}
        return [
            f"{name} is {'missing' if name not in found else 'not part of a ledger' if name not in own else 'another'}"
            for name in sorted(found.keys() | own.keys())
            if found.get(name) != own.get(name)
        ]

    def writing(self) -> contextlib.AbstractContextManager[None]:
        return transaction(self, "BEGIN IMMEDIATE")

    def reading(self) -> contextlib.AbstractContextManager[None]:
        return transaction(self, "BEGIN")

    def close(self) -> None:
        self.connection.close()

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise _in_words(self.place, error) from None
        except UnicodeDecodeError:  # What SQLite says of a damaged page quotes it.
            raise _in_words(self.place, sqlite3.DatabaseError("a damaged page")) from None


def _in_words(place: str, error: sqlite3.Error) -> UnreadableInput:
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if code == sqlite3.SQLITE_BUSY:
        need = f"a ledger that is free within {_WAIT_SECONDS:.0f} s"
        return unreadable(place, "another writer holds it", need, "nothing was recorded; try again")
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        need = "room on the disk, and a disk that writes"
        return unreadable(place, f"{error}", need, "nothing was recorded; free some room and record again")
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_AUTH):
        return unreadable(place, f"{error}", "a ledger that may be read and written")
    if code == sqlite3.SQLITE_NOTADB:
        return unreadable(place, "no SQLite database, or one whose head is damaged", advice="take back a copy")
    return unreadable(place, f"{error}", "a ledger that is whole", "harness ledger check names what is damaged")


def open_file(place: str) -> SqliteStore:
    """Return the ledger in a file.

    Raises:
        UnreadableInput: There is none, or it cannot be opened.
    """
    path = Path(place)
    if not path.is_file():
        got = "a folder" if path.is_dir() else "no such file"
        raise unreadable(place, got, advice=f"harness ledger init {place}")
    # An auditor's copy may well be one that nobody can write.
    store = SqliteStore(place, "rw" if os.access(path, os.W_OK) else "ro")
    try:
        if store.run("PRAGMA application_id") != [(_APPLICATION,)]:
            raise unreadable(place, "another database, or a file with nothing in it")
        only_format(store)
    except UnreadableInput:
        store.close()
        raise
    return store


def create_file(place: str, facts: dict[str, str]) -> SqliteStore:
    """Make a ledger in a new file. An empty file may be there: it is what is left of one that was not finished.

    Raises:
        WrongUsage: Something is there already.
        UnreadableInput: It cannot be written there.
    """
    path = Path(place)
    if path.exists() and (not path.is_file() or path.stat().st_size):
        raise there_already(place)
    store = SqliteStore(place, "rwc")
    try:
        with store.writing():
            if store.run("PRAGMA application_id") == [(_APPLICATION,)]:
                raise there_already(place)
            store.run(f"PRAGMA application_id = {_APPLICATION}")
            fill(store, "BLOB", facts)
            for statement in _GUARDS:
                store.run(statement)
    except BaseException:
        store.close()
        raise
    return store

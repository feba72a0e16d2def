"""The state file: what was seen before, in one file that two verifiers may use at once.

It is an SQLite database. A million things take a JSON file seconds to read and to write again; here a report asks for
a few of them by index, and what was written is there whole or not at all. Reports are chained: each carries a digest
over itself and the digest of the one before it, and a head names the last. Without a secret that is no protection
against whoever writes all of it anew, or puts an older copy of the file in its place: for that, the digest of the head
is kept elsewhere.
"""

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.codec.digest import sha256
from harness.errors import Fault, UnreadableInput
from harness.model.seen import MOST_THINGS, LaboratorySeen, Seen, SeenKind, SeenReport, SeenState, Thing

if TYPE_CHECKING:
    import sqlite3

# "hrns", and the version of the tables.
_APPLICATION, _VERSION = 0x68726E73, 1
_TABLES = (
    "CREATE TABLE report (n INTEGER PRIMARY KEY, payload TEXT NOT NULL, laboratory TEXT NOT NULL, "
    "report_id TEXT NOT NULL, lot TEXT NOT NULL, sequence INTEGER, first INTEGER NOT NULL, things INTEGER NOT NULL, "
    "digest TEXT NOT NULL)",
    "CREATE TABLE thing (n INTEGER PRIMARY KEY, report INTEGER NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, "
    "unit TEXT NOT NULL, value TEXT NOT NULL)",
    "CREATE TABLE head (reports INTEGER NOT NULL, things INTEGER NOT NULL, digest TEXT NOT NULL)",
    "CREATE UNIQUE INDEX report_payload ON report (payload)",
    "CREATE INDEX report_sequence ON report (laboratory, sequence)",
    "CREATE INDEX thing_key ON thing (key, kind)",
)
# What the first report is chained to.
_START = sha256(b"harness seen-state/1\n")
# A state of no more things is checked whole whenever it is opened; a larger one by its ends and by what is read of it.
_CHECKED_WHOLE = 4_096
# How long another verifier is waited for.
_PATIENCE_S = 60.0


class StateFile:
    """A state that is open, and that nobody else writes meanwhile."""

    def __init__(self, path: Path, database: "sqlite3.Connection") -> None:
        self.path, self._database = path, database
        self._checked: set[int] = set()
        self._last_read: tuple[int, tuple[SeenReport, int]] | None = None
        self.reports, self.things, self.head = self._ends()
        if self.things <= _CHECKED_WHOLE:
            self.check()
        elif self.reports:
            self._check(self.reports)

    # --- What is asked ---

    def place_of(self, payload: str) -> int | None:
        """Return the place of a report among all that were seen; None where it never was."""
        found = self._rows("SELECT n FROM report WHERE payload = ?", payload)
        for (n,) in found:
            self._check(n)
        return found[0][0] if found else None

    def seen(self, kind: SeenKind, key: str, before: int | None) -> Iterator[Seen]:
        """Yield the things of this kind and key, in the reports before a place where one is given."""
        for n, report in self._rows(
            "SELECT n, report FROM thing WHERE key = ? AND kind = ? AND report < ? ORDER BY n",
            key, kind, self.reports + 1 if before is None else before,
        ):  # fmt: skip
            self._check(report)
            found, first = self._read(report)
            yield Seen(
                thing=found.things[n - first],
                payload=found.payload,
                laboratory=found.laboratory,
                report_id=found.report_id,
                lot=found.lot,
            )

    def last_sequence(self, laboratory: str, before: int | None) -> int | None:
        """Return the highest number of the reports of a laboratory, before a place where one is given."""
        found = self._rows(
            "SELECT n, sequence FROM report WHERE laboratory = ? AND n < ? AND sequence IS NOT NULL "
            "ORDER BY sequence DESC LIMIT 1",
            laboratory, self.reports + 1 if before is None else before,
        )  # fmt: skip
        for n, sequence in found:
            self._check(n)
            return int(sequence)
        return None

    def highest_trust_root(self) -> int | None:
        """Return the highest version of the trust root by which a report was verified."""
        return max((int(one.thing.value) for one in self.seen("trust-root", "version", None)), default=None)

    # --- What is added ---

    def add(self, report: SeenReport) -> None:
        """Remember a report. It is kept when the state is closed without an error.

        Raises:
            UnreadableInput: There is no room for it.
        """
        if self.things + len(report.things) > MOST_THINGS:
            got, need = f"{self.things + len(report.things):,} things", f"at most {MOST_THINGS:,}"
            advice = "keep this file, and begin a new one"
            raise UnreadableInput(str(self.path), (Fault(where="the state", got=got, need=need, next=advice),))
        n, first = self.reports + 1, self.things + 1
        digest = _chained(self.head, n, first, report)
        self._database.execute(
            "INSERT INTO report VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (n, report.payload, report.laboratory, report.report_id, report.lot, report.sequence, first,
             len(report.things), digest),
        )  # fmt: skip
        self._database.executemany(
            "INSERT INTO thing VALUES (?, ?, ?, ?, ?, ?)",
            ((first + i, n, one.kind, one.key, one.unit, one.value) for i, one in enumerate(report.things)),
        )
        self.reports, self.things, self.head = n, self.things + len(report.things), digest
        self._database.execute("UPDATE head SET reports = ?, things = ?, digest = ?", (n, self.things, digest))

    def note_trust_root(self, version: int) -> None:
        """Remember the version of a trust root by which something is verified, whatever comes of that."""
        if version > (self.highest_trust_root() or 0):
            thing = Thing(kind="trust-root", key="version", value=str(version))
            payload = sha256(f"trust root version {version}".encode())
            self.add(SeenReport(payload=payload, laboratory="", report_id=f"trust root {version}", things=(thing,)))

    # --- What is told ---

    def summary(self) -> SeenState:
        """Return what the state holds, in numbers."""
        kinds = self._rows("SELECT kind, count(*) FROM thing GROUP BY kind ORDER BY kind")
        laboratories = self._rows(
            "SELECT laboratory, count(*), max(sequence) FROM report WHERE laboratory <> '' "
            "GROUP BY laboratory ORDER BY laboratory"
        )
        return SeenState(
            schema="seen-state/1",
            reports=sum(count for _, count, _ in laboratories),
            things=self.things,
            most_things=MOST_THINGS,
            head=self.head if self.reports else None,
            things_by_kind=dict(kinds),
            highest_trust_root=self.highest_trust_root(),
            laboratories=tuple(
                LaboratorySeen(laboratory=name, reports=count, last_sequence=last) for name, count, last in laboratories
            ),
        )

    def check(self) -> None:
        """Hold every report against its digest.

        Raises:
            UnreadableInput: The file was altered; names the first report that is not as it was written.
        """
        before, first = _START, 1
        for n in range(1, self.reports + 1):
            report, start = self._report(n)
            digest = _chained(before, n, first, report)
            if start != first or digest != self._digest(n):
                raise self._altered(f"report {n} is not as it was written")
            before, first = digest, first + len(report.things)
        self._checked = set(range(1, self.reports + 1))

    # --- How it is held together ---

    def _ends(self) -> tuple[int, int, str]:
        """Return the head, where the numbers of rows are the ones that it states."""
        heads = self._rows("SELECT reports, things, digest FROM head")
        if len(heads) != 1 or [type(value) for value in heads[0]] != [int, int, str]:
            raise self._altered("it has no head")
        reports, things, head = heads[0]
        counted = [self._rows(f"SELECT count(*), max(n) FROM {table}")[0] for table in ("report", "thing")]
        if counted != [(reports, reports or None), (things, things or None)]:
            found = f"{counted[0][0]} reports and {counted[1][0]} things, where its head says {reports} and {things}"
            raise self._altered(found)
        if head != (self._digest(reports) if reports else _START):
            raise self._altered("its head is not that of its last report")
        return reports, things, head

    def _check(self, n: int) -> None:
        """Hold one report against its digest and the one before it."""
        if n in self._checked:
            return
        report, first = self._read(n)
        before = self._digest(n - 1) if n > 1 else _START
        if _chained(before, n, first, report) != self._digest(n):
            raise self._altered(f"report {n} is not as it was written")
        self._checked.add(n)

    def _read(self, n: int) -> tuple[SeenReport, int]:
        """Return a report as `_report` does; things that are found together are mostly of one report."""
        if self._last_read is None or self._last_read[0] != n:
            self._last_read = n, self._report(n)
        return self._last_read[1]

    def _report(self, n: int) -> tuple[SeenReport, int]:
        """Return a report with the number of its first thing."""
        rows = self._rows(
            "SELECT payload, laboratory, report_id, lot, sequence, first, things FROM report WHERE n = ?", n
        )
        things = self._rows(
            "SELECT kind, key, unit, value FROM thing WHERE n >= ? AND n < ? AND report = ? ORDER BY n",
            rows[0][5], rows[0][5] + rows[0][6], n,
        ) if rows and [type(value) for value in rows[0][5:]] == [int, int] else []  # fmt: skip
        if not rows or len(things) != rows[0][6]:
            raise self._altered(f"report {n} is not whole")
        payload, laboratory, report_id, lot, sequence, first, _ = rows[0]
        found = SeenReport(
            payload=payload,
            laboratory=laboratory,
            report_id=report_id,
            lot=lot,
            sequence=sequence,
            things=tuple(Thing(kind=kind, key=key, unit=unit, value=value) for kind, key, unit, value in things),
        )
        return found, first

    def _digest(self, n: int) -> Any:
        rows = self._rows("SELECT digest FROM report WHERE n = ?", n)
        return rows[0][0] if rows else None

    def _rows(self, query: str, *values: object) -> list[Any]:
        return self._database.execute(query, values).fetchall()

    def _altered(self, got: str) -> UnreadableInput:
        return _unusable(self.path, got, "a state as it was written", "put back a copy, or begin a new one")


def _chained(before: str, n: int, first: int, report: SeenReport) -> str:
    """Return the digest of a report that follows the one with another digest."""
    things = [[one.kind, one.key, one.unit, one.value] for one in report.things]
    said = [report.payload, report.laboratory, report.report_id, report.lot, report.sequence]
    # A file that was tampered with may hold bytes where a text was; they are written as what they are not.
    return sha256(json.dumps([before, n, first, said, things], separators=(",", ":"), default=repr).encode())


def _unusable(path: Path, got: str, need: str, advice: str | None = None) -> UnreadableInput:
    return UnreadableInput(str(path), (Fault(where="the state", got=got, need=need, next=advice),))


@contextlib.contextmanager
def opened_state(path: Path, *, new: bool = True) -> Iterator[StateFile]:
    """Open a state file for one verifier alone; others wait. What was added is kept where no error ends the block.

    Args:
        path: The file.
        new: Whether a file that is not there is begun.

    Raises:
        UnreadableInput: It cannot be read or written, is none, was altered, or another verifier holds it too long.
    """
    import sqlite3

    try:
        if not os.path.lexists(path) and new:
            _begin(path)
        _look_at(path)
    except OSError as error:
        raise _unusable(path, error.strerror or str(error), "a state file that can be read and written") from None
    try:
        with contextlib.closing(_connected(path)) as database:
            database.execute("BEGIN IMMEDIATE")
            _hold_to_its_tables(path, database)
            yield StateFile(path, database)
            database.execute("COMMIT")
    except sqlite3.Error as error:
        advice = "wait for the other verifier" if "locked" in str(error) else None
        raise _unusable(path, str(error), "a state file that can be read and written", advice) from None


def _connected(path: Path) -> "sqlite3.Connection":
    import sqlite3

    # The absolute path: ":memory:" and "" would be no files.
    database = sqlite3.connect(path.absolute(), timeout=_PATIENCE_S, isolation_level=None)
    for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "synchronous = FULL"):
        database.execute(f"PRAGMA {pragma}")
    return database


def _look_at(path: Path) -> None:
    """Refuse what SQLite would take for an empty database, or wait for without end.

    Raises:
        OSError: It is not there.
    """
    if not path.is_file():
        path.stat()
        raise _unusable(path, "no plain file", "a state file")
    if path.stat().st_size == 0:
        raise _unusable(path, "an empty file", "a state file", "remove it, and a new one is begun")


def _begin(path: Path) -> None:
    """Put an empty state where none is; of two that begin at once, one does."""
    import tempfile

    with tempfile.TemporaryDirectory(dir=path.absolute().parent, prefix=".harness-state-") as folder:
        made = Path(folder) / "state"
        with contextlib.closing(_connected(made)) as database:
            for statement in ("BEGIN", *_TABLES, f"PRAGMA application_id = {_APPLICATION}"):
                database.execute(statement)
            database.execute(f"PRAGMA user_version = {_VERSION}")
            database.execute("INSERT INTO head VALUES (0, 0, ?)", (_START,))
            database.execute("COMMIT")
        try:
            os.link(made, path)
        except FileExistsError:
            return
        except OSError:
            # No links in this file system. Of two that begin at the very same time one may lose its first report.
            if not path.exists():
                made.rename(path)


def _hold_to_its_tables(path: Path, database: "sqlite3.Connection") -> None:
    """Refuse another database, and one with triggers or tables of its own."""
    marks = [database.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")]
    tables = {sql for (sql,) in database.execute("SELECT sql FROM sqlite_master")}
    if marks != [_APPLICATION, _VERSION] or tables != set(_TABLES):
        raise _unusable(path, "another database", "a state file, seen-state/1")

"""A ledger: entries are recorded in one transaction with every look at what they rest on, or not at all."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harness.errors import HarnessError
from harness.evidence.ledger_entry import entry_bytes
from harness.evidence.merkle import Frontier, leaf_hash
from harness.ledger.book_shelf import books_of, entries_of, keep
from harness.ledger.books import Books
from harness.ledger.history import AMENDMENTS, FaultKey, Replayed, Standing, amendment_refusals, replayed, stand
from harness.ledger.refusals import Refusal, refusals
from harness.ledger.store import NEXT, Store, created, opened, raw, unreadable
from harness.model.ledger_event import LedgerEvent
from harness.model.volume_cap import Cap

if TYPE_CHECKING:
    from harness.evidence.signed_note import VerifierKey

# What a ledger says of itself.
FACTS = frozenset({"format", "name", "edge", "verifier_key"})
_EDGE = re.compile("[0-9]{1,15}(?: [0-9a-f]{64}){0,50}")


class EntriesRefused(HarnessError):
    """Entries that cannot follow; nothing of the same call was recorded.

    `refused` has each by its place in the call.
    """

    def __init__(self, refused: list[tuple[int, Refusal]]) -> None:
        self.refused = refused
        super().__init__("; ".join(f"event {n}: {refusal}" for n, refusal in refused))


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorded:
    """What was recorded.

    Attributes:
        first: Number of the first new entry.
        size: Entries of the log now.
        root: Root of its tree now.
        told: What is wrong with entries that are recorded because they happened.
    """

    first: int
    size: int
    root: bytes
    told: tuple[tuple[int, Refusal], ...]


def _amended(event: LedgerEvent) -> int | None:
    return getattr(event.event, "corrects", getattr(event.event, "cancels", None))


def chained(before: bytes, leaf: bytes) -> bytes:
    """Return the link after an entry: with it, a change of one entry shows at that entry."""
    return hashlib.sha256(before + leaf).digest()


def first_link(name: str) -> bytes:
    """Return the link before the first entry, which binds the log to its name."""
    return hashlib.sha256(b"harness ledger/1\n" + name.encode("utf-8")).digest()


class Ledger:
    """A ledger that is open. Attributes: the store, and the facts that were written when it was made."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.facts: dict[str, str] = {str(name): str(value) for name, value in store.run("SELECT * FROM fact")}
        if "name" not in self.facts:
            raise unreadable(store.place, "no name of the log", "a ledger that is whole")

    @classmethod
    def at(cls, place: str) -> "Ledger":
        """Return the ledger at a place.

        Raises:
            UnreadableInput: There is none that can be opened.
        """
        return cls(opened(place))

    @classmethod
    def new(cls, place: str, name: str, verifier_key: str | None = None) -> "Ledger":
        """Make an empty ledger.

        Args:
            place: A file, or a postgresql:// URL.
            name: Name of the log, the origin of its checkpoints.
            verifier_key: Of the key that will sign its checkpoints.

        Raises:
            WrongUsage: Something is there already.
            UnreadableInput: It cannot be made there.
        """
        facts = {"name": name, "edge": "0"} | ({"verifier_key": verifier_key} if verifier_key else {})
        return cls(created(place, facts))

    @property
    def name(self) -> str:
        """The name of the log."""
        return self.facts["name"]

    def verifier_keys(self) -> tuple["VerifierKey", ...]:
        """Return the key that the ledger says its checkpoints are signed by; none where none is.

        Raises:
            UnreadableInput: What it says is no key.
        """
        # Recording needs no cryptography, and loading it costs as much as recording.
        from harness.evidence.keys import UnusableKey
        from harness.evidence.signed_note import verifier_key

        text = self.facts.get("verifier_key")
        try:
            return () if text is None else (verifier_key(text),)
        except UnusableKey as error:
            raise unreadable(self.store.place, f"{error}", "the verifier key of the log") from None

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()

    def entries(self) -> Iterator[tuple[int, LedgerEvent]]:
        """Yield every entry in order."""
        return entries_of(self.store)

    def frontier(self) -> Frontier:
        """Return the right edge of the tree, as the store has it.

        Raises:
            UnreadableInput: It has none that makes sense.
        """
        rows = self.store.run("SELECT value FROM fact WHERE name = 'edge'")
        text = str(rows[0][0]) if rows else "nothing"
        # As many hashes as the size has bits set.
        if _EDGE.fullmatch(text) is None or int(text.split(" ")[0]).bit_count() != text.count(" "):
            need = "a number and hashes"
            raise unreadable(self.store.place, f"the edge of the tree {text[:40]}", need, NEXT)
        size, *edge = text.split(" ")
        return Frontier(size=int(size), edge=[bytes.fromhex(one) for one in edge])

    def last_link(self, size: int) -> bytes:
        """Return the link after the last entry, which the next one goes on from.

        Args:
            size: Entries that the edge of the tree has.

        Raises:
            UnreadableInput: The log is not what it was: entries were taken away or put there, or the last was changed.
        """
        count, last = self.store.run("SELECT COUNT(*), MAX(seq) FROM entry")[0]
        if count != size or (size and last != size - 1):
            got, need = f"{count} entries up to number {last}", f"{size:,}, as the edge of the tree has it"
            raise unreadable(self.store.place, got, need, NEXT)
        rows = self.store.run("SELECT seq, body, chain FROM entry WHERE seq >= ? ORDER BY seq", (size - 2,))
        link = first_link(self.name)
        for n, (_, body, now) in enumerate(rows):
            if (n or size < 2) and chained(link, leaf_hash(raw(self.store, body))) != raw(self.store, now):
                got = f"another entry {size - 1} than was recorded"
                raise unreadable(self.store.place, got, "a ledger that is whole", NEXT)
            link = raw(self.store, now)
        return link

    def record(
        self,
        incoming: Iterable[LedgerEvent],
        every_cap: tuple[Cap, ...],
        *,
        as_happened: bool = False,
        each: Callable[[], None] | None = None,
    ) -> Recorded:
        """Record events, all of them or none, durably when this returns.

        Args:
            incoming: In the order in which they are to stand.
            every_cap: The caps of the law.
            as_happened: Take what crosses the cap or a licence and may have happened all the same, marked so.
            each: Called after each event was looked at.

        Raises:
            EntriesRefused: One or more cannot follow; nothing is recorded.
            UnreadableInput: The store cannot be written; nothing is recorded.
        """
        with self.store.writing():
            session = _Session(self, every_cap, as_happened=as_happened)
            for event in incoming:
                session.look_at(event)
                if each is not None:
                    each()
            session.settle()
            if session.refused:
                raise EntriesRefused(session.refused)
            session.write()
        size, root = session.frontier.size, session.frontier.root()
        return Recorded(first=session.first, size=size, root=root, told=tuple(session.told))


@dataclass(kw_only=True)
class _Pending:
    kind: str
    body: bytes
    chain: bytes
    event: LedgerEvent


class _Session:
    """Events that are about to be recorded, within one transaction."""

    def __init__(self, ledger: Ledger, every_cap: tuple[Cap, ...], *, as_happened: bool) -> None:
        self.store, self.caps, self.as_happened = ledger.store, every_cap, as_happened
        self.books: Books = books_of(self.store, every_cap)
        self.frontier = ledger.frontier()
        self.first = self.frontier.size
        self.chain = ledger.last_link(self.first)
        self.rows: list[_Pending] = []
        self.refused: list[tuple[int, Refusal]] = []
        self.told: list[tuple[int, Refusal]] = []
        # Amendments that follow on each other: the history is read again once for all of them.
        self.run: list[LedgerEvent] = []
        # Whether the whole history was read again, so that what follows from it is written anew.
        self.anew = False
        self.recorded: list[tuple[int, LedgerEvent]] | None = None
        self.stands: dict[int, Standing] = {}
        # What is wrong with the history as it stands, which an amendment need not answer for.
        self.was: dict[FaultKey, Refusal] | None = None

    def look_at(self, event: LedgerEvent) -> None:
        """Take an event among those that will be recorded, or note why it cannot be."""
        if isinstance(event.event, AMENDMENTS):
            self._amend(event)
            return
        self.settle()
        found = refusals(self.books, event.day, event.event)
        event = self._judged(event, found)
        self.books.take(self.frontier.size, event.day, event.event)
        if self.was is not None:
            self.was |= {(self.frontier.size, one.code, one.where): one for one in found}
        self._append(event)

    def _judged(self, event: LedgerEvent, found: list[Refusal]) -> LedgerEvent:
        """Note why an event is refused, or mark it as what happened all the same."""
        if found and (self.as_happened or event.as_happened) and all(one.can_happen for one in found):
            event = event.model_copy(update={"as_happened": True})
            self.told += [(self.frontier.size, one) for one in found]
        else:
            self.refused += [(len(self.rows), one) for one in found]
        return event

    def _append(self, event: LedgerEvent) -> None:
        body = entry_bytes(event)
        leaf = leaf_hash(body)
        self.chain = chained(self.chain, leaf)
        if self.recorded is not None:
            stand(self.stands, self.frontier.size, event)
        self.frontier.append(leaf)
        self.rows.append(_Pending(kind=event.event.kind, body=body, chain=self.chain, event=event))

    def _amend(self, event: LedgerEvent) -> None:
        """Take an amendment among those that are looked at together, where it fits what it amends."""
        if self.recorded is None:
            self.recorded = list(entries_of(self.store))
            for seq, entry in self._history():
                stand(self.stands, seq, entry)
        if any(_amended(one) == _amended(event) for one in self.run):
            # The second can only be held against what the first leaves.
            self.settle()
        found = list(amendment_refusals(self.stands, event.event))  # type: ignore[arg-type]
        if found:
            self.settle()
            self.refused += [(len(self.rows), one) for one in found]
            self._append(event)
        else:
            self.run.append(event)

    def settle(self) -> None:
        """Read the history again as the amendments leave it: what they make wrong that was right is refused."""
        run, self.run = self.run, []
        if run and self.was is None:
            self.was = replayed(self._history(), self.caps).faults()
        while run and self.was is not None:
            count, now = self._as_far_as_nothing_is_worse(run, self.was)
            for event in run[:count]:
                self._append(event)
            if count < len(run):
                fresh = [replace(one, where=f"entry {seq}, {one.where}") for seq, one in now.fresh(self.was)]
                self._append(self._judged(run[count], fresh))
            self.books, self.anew, self.was = now.books, True, now.faults()
            run = run[count + 1 :]

    def _as_far_as_nothing_is_worse(self, run: list[LedgerEvent], was: dict[FaultKey, Refusal]) -> tuple[int, Replayed]:
        """Return how many amendments make nothing worse, and the history with these and the one after them."""
        before, size = self._history(), self.frontier.size

        def after(count: int) -> Replayed:
            return replayed([*before, *((size + n, event) for n, event in enumerate(run[:count]))], self.caps)

        now = after(len(run))
        if not now.fresh(was):
            return len(run), now
        # Where something is worse in the end, one of them did it: the first after which it is so is looked for.
        good, bad = 0, len(run)
        while bad - good > 1:
            middle = (good + bad) // 2
            one = after(middle)
            good, bad, now = (good, middle, one) if one.fresh(was) else (middle, bad, now)
        return good, now

    def _history(self) -> list[tuple[int, LedgerEvent]]:
        """Return what is recorded and what is about to be; what is recorded is read once."""
        return [*(self.recorded or ()), *((self.first + n, one.event) for n, one in enumerate(self.rows))]

    def write(self) -> None:
        """Write entries, the edge of the tree, and what follows from them."""
        self.store.run_many(
            "INSERT INTO entry VALUES (?, ?, ?, ?)",
            [(self.first + n, one.kind, one.body, one.chain) for n, one in enumerate(self.rows)],
        )
        edge = " ".join([str(self.frontier.size), *(one.hex() for one in self.frontier.edge)])
        self.store.run("UPDATE fact SET value = ? WHERE name = 'edge'", (edge,))
        keep(self.store, self.books.changes, anew=self.anew)

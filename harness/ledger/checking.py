"""Everything in a ledger verified again, from the entries alone: what was changed, and where."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from harness.errors import Fault, UnreadableInput
from harness.evidence.checkpoint import Checkpoint, opened_checkpoint, stated_checkpoint
from harness.evidence.ledger_entry import entry_bytes
from harness.evidence.merkle import Frontier, leaf_hash
from harness.evidence.signed_note import VerifierKey
from harness.ledger.book_shelf import read_event
from harness.ledger.history import (
    AMENDMENTS,
    FaultKey,
    Replayed,
    Standing,
    amendment_refusals,
    replayed,
    stand,
)
from harness.ledger.ledger import FACTS, Ledger, chained, first_link
from harness.ledger.refusals import Refusal
from harness.model.ledger_event import LedgerEvent
from harness.model.volume_cap import Cap

# A table that was emptied would otherwise fill the screen.
_MOST_TOLD = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Damage:
    """Something that is not as it was recorded: where, and what."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(kw_only=True, slots=True)
class Checked:
    """What a check found.

    Attributes:
        size: Entries of the log.
        root: Root of the tree over them.
        checkpoints: How many checkpoints were held against it.
        unverified: Those of them of which no key was there to verify the signature, by name.
        happened: What is wrong with entries that are marked as having happened all the same, and whatever an
            amendment that is marked so made of earlier ones.
        damage: What is wrong; nothing where all is as it was recorded.
    """

    size: int = 0
    root: bytes = b""
    checkpoints: int = 0
    unverified: list[str] = field(default_factory=list)
    happened: list[tuple[int, Refusal]] = field(default_factory=list)
    damage: list[Damage] = field(default_factory=list)

    def tell(self, where: str, what: str) -> None:
        """Note something that is wrong."""
        if len(self.damage) < _MOST_TOLD:
            self.damage.append(Damage(where=where, what=what))


def checked(
    ledger: Ledger, caps: tuple[Cap, ...], outside: Iterable[tuple[str, bytes]] = (), keys: Iterable[VerifierKey] = ()
) -> Checked:
    """Verify a ledger.

    Args:
        ledger: The ledger.
        caps: The caps of the law.
        outside: Checkpoints that were kept elsewhere, by name. Only these show that a ledger was put back to an
            earlier state, or written anew as a whole.
        keys: The keys to verify these by; without any, those of the ledger itself.

    Raises:
        UnreadableInput: A checkpoint from outside is none, or of another log, or not signed by any of the keys.
    """
    found = Checked()
    with ledger.store.reading():
        for one in ledger.store.damage():
            found.tell("the database", one)
        for name in sorted(ledger.facts.keys() - FACTS):
            found.tell(f"the fact {name[:40]}", "is not part of a ledger")
        kept = list(_checkpoints(ledger, found, outside, tuple(keys)))
        before = len(found.damage)
        entries = _entries(ledger, found, kept)
        if len(found.damage) == before:
            # What follows from entries that were changed says nothing more.
            _hold_tables(ledger, found, entries, caps)
    return found


def _checkpoints(
    ledger: Ledger, found: Checked, outside: Iterable[tuple[str, bytes]], keys: tuple[VerifierKey, ...]
) -> Iterator[tuple[str, Checkpoint]]:
    try:
        own = ledger.verifier_keys()
    except UnreadableInput as error:
        own = ()
        found.tell("the key of the log", "; ".join(fault.got for fault in error.faults))
    if own and own[0].name != ledger.name:
        found.tell("the key of the log", f"is that of {own[0].name}")
    for size, note in ledger.store.run("SELECT size, note FROM checkpoint ORDER BY size"):
        where = f"the checkpoint of {size} entries"
        try:
            point = opened_checkpoint(str(note).encode(), where, own)
        except UnreadableInput as error:
            found.tell(where, "; ".join(str(fault) for fault in error.faults))
            continue
        if point.size != size:
            found.tell(where, f"is one of {point.size:,} entries")
        yield where, point
    for name, data in outside:
        yield name, _from_outside(ledger, found, (name, data), keys or own)


def _from_outside(
    ledger: Ledger, found: Checked, outside: tuple[str, bytes], signers: tuple[VerifierKey, ...]
) -> Checkpoint:
    name, data = outside
    point = opened_checkpoint(data, name, signers) if signers else stated_checkpoint(data, name)
    if point.origin != ledger.name:
        raise UnreadableInput(name, (Fault(where="line 1", got=point.origin, need=f"a checkpoint of {ledger.name}"),))
    if not signers:
        # It is still the copy that somebody kept; that the log signed it nobody has seen.
        found.unverified.append(name)
    return point


def _entries(ledger: Ledger, found: Checked, kept: list[tuple[str, Checkpoint]]) -> list[tuple[int, LedgerEvent]]:
    """Return the entries; note each that is not what was recorded, by the links between them and by the checkpoints."""
    tree, chain = Frontier(), first_link(ledger.name)
    at_size: dict[int, list[tuple[str, Checkpoint]]] = {}
    for where, point in kept:
        at_size.setdefault(point.size, []).append((where, point))
    entries: list[tuple[int, LedgerEvent]] = []
    good = 0
    for seq, kind, body, link in ledger.store.run("SELECT seq, kind, body, chain FROM entry ORDER BY seq"):
        if seq != tree.size:
            found.tell(f"entry {tree.size}", f"is missing; entry {str(seq)[:40]} follows")
            return entries
        if not isinstance(body, bytes) or not isinstance(link, bytes):
            found.tell(f"entry {seq}", "is not what was recorded: it is no bytes")
            return entries
        leaf = leaf_hash(body)
        tree.append(leaf)
        if chained(chain, leaf) != link:
            found.tell(f"entry {seq}", "is not what was recorded: its bytes do not fit the link after it")
        chain = link
        entries += _read(ledger, found, int(seq), str(kind), body)
        before = good
        for where, point in at_size.get(tree.size, ()):
            if point.root == tree.root():
                good = tree.size
            else:
                found.tell(f"entries {before} to {tree.size - 1}", f"are not those of {where}: its root is another")
    found.size, found.root, found.checkpoints = tree.size, tree.root(), len(kept)
    _hold_end(ledger, found, kept, tree)
    return entries


def _hold_end(ledger: Ledger, found: Checked, kept: list[tuple[str, Checkpoint]], tree: Frontier) -> None:
    """Note where the log is shorter than what was signed, or ends otherwise than it says."""
    for where, point in kept:
        if point.size > tree.size:
            got = f"has {point.size:,} entries, and the log {tree.size:,}: it was put back to an earlier state"
            found.tell(where, got)
        elif point.size == 0 and point.root != Frontier().root():
            found.tell(where, "has no entries, and a root that is not that of an empty tree")
    try:
        edge = ledger.frontier()
    except UnreadableInput:
        edge = None
    if edge != tree:
        found.tell("the edge of the tree", f"is not that of the {tree.size:,} entries")


def _read(ledger: Ledger, found: Checked, seq: int, kind: str, body: bytes) -> list[tuple[int, LedgerEvent]]:
    try:
        event = read_event(ledger.store.place, seq, body)
    except UnreadableInput as error:
        found.tell(f"entry {seq}", "; ".join(str(fault) for fault in error.faults))
        return []
    if entry_bytes(event) != body:
        found.tell(f"entry {seq}", "is not in the one spelling of an entry")
    if event.event.kind != kind:
        found.tell(f"entry {seq}", f"is of the kind {event.event.kind}, and is listed as {kind}")
    return [(seq, event)]


def _hold_tables(ledger: Ledger, found: Checked, entries: list[tuple[int, LedgerEvent]], caps: tuple[Cap, ...]) -> None:
    """Hold the tables against what the entries come to, and name entries that should have been refused."""
    after = replayed(entries, caps)
    changes = after.books.changes
    claims = {(str(row[0]), str(row[1])): row[2] for row in ledger.store.run("SELECT * FROM claim")}
    tallies = {
        (str(row[0]), str(row[1]), str(row[2]), str(row[3])): row[4]
        for row in ledger.store.run("SELECT product, day, side, account, units FROM tally")
    }
    for claim in sorted(set(claims) | set(changes.claims)):
        says, follows = claims.get(claim), changes.claims.get(claim)
        if says != follows:
            found.tell(f"the table of identities, {claim[0]} {claim[1]}", _versus(says, follows, "entry"))
    for tally in sorted(set(tallies) | set(changes.tallies)):
        says, follows = tallies.get(tally), changes.tallies.get(tally)
        if says != follows:
            where = f"the table of sums, product {tally[0][:16]}, {tally[1]}, {tally[2]} {tally[3]}"
            found.tell(where, _versus(says, follows, "units"))
    _hold_entries(found, entries, caps, after)


def _hold_entries(
    found: Checked, entries: list[tuple[int, LedgerEvent]], caps: tuple[Cap, ...], after: Replayed
) -> None:
    """Name entries that should have been refused.

    An amendment that is marked as having happened may make an earlier entry wrong that was right. So the history is
    read again up to each of these: what is wrong before it has no excuse, what is wrong after it is told.
    """
    _hold_amendments(found, entries)
    excused: dict[FaultKey, Refusal] = {}
    wrong: dict[FaultKey, Refusal] = {}
    marked = [n for n, (_, entry) in enumerate(entries) if isinstance(entry.event, AMENDMENTS) and entry.as_happened]
    for n in marked:
        before = replayed(entries[:n], caps)
        wrong |= _without_excuse(before, excused)
        excused |= {key: one for key, one in _unmarked(replayed(entries[: n + 1], caps)).items() if key not in wrong}
    wrong |= _without_excuse(after, excused)
    for (seq, _, _), one in sorted(wrong.items(), key=lambda item: item[0]):
        found.tell(f"entry {seq}", f"should have been refused: {one}")
    found.happened = [(seq, one) for seq, one, as_happened in after.refused if as_happened and one.can_happen]
    found.happened += [(key[0], one) for key, one in _unmarked(after).items() if key in excused and key not in wrong]
    found.happened.sort(key=lambda item: item[0])


def _unmarked(after: Replayed) -> dict[FaultKey, Refusal]:
    return {
        (seq, one.code, one.where): one
        for seq, one, as_happened in after.refused
        if one.certain and not (as_happened and one.can_happen)
    }


def _without_excuse(after: Replayed, excused: dict[FaultKey, Refusal]) -> dict[FaultKey, Refusal]:
    return {key: one for key, one in _unmarked(after).items() if one.is_worse_than(excused.get(key))}


def _hold_amendments(found: Checked, entries: list[tuple[int, LedgerEvent]]) -> None:
    stands: dict[int, Standing] = {}
    if not any(isinstance(entry.event, AMENDMENTS) for _, entry in entries):
        return
    for seq, entry in entries:
        if isinstance(entry.event, AMENDMENTS):
            for one in amendment_refusals(stands, entry.event):
                found.tell(f"entry {seq}", f"should have been refused: {one}")
        stand(stands, seq, entry)


def _versus(says: object, follows: object, what: str) -> str:
    told, true = ("nothing" if one is None else f"{what} {one}" for one in (says, follows))
    return f"says {told}; the entries say {true}"

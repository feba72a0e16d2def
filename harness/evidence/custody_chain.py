"""The events of a custody log, one after the other: who holds the lot, and which units it has."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from harness.codec.digest import sha256
from harness.codec.documents import from_json
from harness.errors import Fault, UnreadableInput
from harness.evidence.dsse import Opened, unpacked
from harness.model.custody import (
    CUSTODY_EVENT_TYPE,
    MOST_LOG_SIGNATURES,
    REGROUPINGS,
    SEALINGS,
    TRANSFERS,
    ChainEvent,
    CustodyLog,
)
from harness.model.finding import Finding


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """One event of a log, as it was read: its place, what it says, and the envelope that it came in."""

    where: str
    event: ChainEvent
    envelope: Opened

    @property
    def digest(self) -> str:
        """Return the digest by which the next event names this one."""
        return sha256(self.envelope.payload)


def units_digest(unit_ids: Iterable[str]) -> str:
    """Return the SHA-256 of unit ids, sorted by their bytes, each ended by a newline; each id counts once.

    >>> units_digest(["b", "a"]) == sha256(b"a\\nb\\n")
    True
    """
    return sha256(b"".join(sorted(f"{unit}\n".encode() for unit in set(unit_ids))))


def read_chain(data: bytes, source: str) -> tuple[Link, ...]:
    """Return the events of a custody log, in the order in which they stand.

    Raises:
        UnreadableInput: It is no custody log, or one of its events is no event; carries every fault of the first such.
    """
    log = from_json(CustodyLog, data, source)
    signatures = sum(len(one.signatures) for one in log.events)
    if signatures > MOST_LOG_SIGNATURES:
        got, need = f"{signatures:,} signatures", f"at most {MOST_LOG_SIGNATURES:,} in a log"
        raise UnreadableInput(source, (Fault(where="events", got=got, need=need),))
    return tuple(_link(n, one, source) for n, one in enumerate(log.events))


def _link(n: int, envelope: object, source: str) -> Link:
    where = f"events[{n}]"
    try:
        found = unpacked(envelope, source, CUSTODY_EVENT_TYPE)  # type: ignore[arg-type]
        event = from_json(ChainEvent, found.payload, source)
    except UnreadableInput as error:
        raise UnreadableInput(source, tuple(_within(where, fault) for fault in error.faults)) from None
    faults = tuple(_within(where, fault) for fault in senseless(event))
    if faults:
        raise UnreadableInput(source, faults)
    return Link(where=where, event=event, envelope=found)


def _within(where: str, fault: Fault) -> Fault:
    return Fault(where=f"{where}.{fault.where}", got=fault.got, need=fault.need, next=fault.next)


def senseless(event: ChainEvent) -> Iterator[Fault]:
    """What an event leaves out or says too much of, for an event of its type."""
    taker = event.to_organisation
    if event.type in TRANSFERS and taker in (None, event.from_organisation):
        yield Fault(where="to_organisation", got=taker or "nothing", need=f"who takes the lot that is {event.type}")
    if event.type not in TRANSFERS and taker is not None:
        yield Fault(where="to_organisation", got=taker, need=f"nothing: nobody takes a lot that is {event.type}")
    if event.type in SEALINGS and not event.seals_applied:
        yield Fault(where="seals_applied", got="none", need=f"the seals of a lot that is {event.type}")
    if (event.type in REGROUPINGS) != bool(event.parts):
        need = "every part, with its units" if event.type in REGROUPINGS else "none: it is no split and no merger"
        yield Fault(where="parts", got=f"{len(event.parts)}", need=need)


# --- The chain ------------------------------------------------------------------------------------------------------


def chain_links(chain: Sequence[Link]) -> Iterator[Finding]:
    """Does each event follow the one before it, by number, digest, time and lot?"""
    before: Link | None = None
    for n, link in enumerate(chain, start=1):
        event = link.event
        if event.seq != n:
            yield Finding(code="custody-chain-broken", where=f"{link.where}.seq", got=str(event.seq), need=str(n))
        digest = before.digest if before else None
        if event.prev != digest:
            need = f"{digest}, the digest of the event before" if digest else "null, for nothing stands before it"
            yield Finding(code="custody-chain-broken", where=f"{link.where}.prev", got=event.prev or "null", need=need)
        if before is not None:
            yield from _follows(link, before.event)
        before = link


def _follows(link: Link, before: ChainEvent) -> Iterator[Finding]:
    at = link.event.at
    if at <= before.at:
        need = f"later than {before.at.isoformat()}"
        yield Finding(code="custody-out-of-order", where=f"{link.where}.at", got=at.isoformat(), need=need)
    if link.event.lot_id != before.lot_id:
        where = f"{link.where}.lot_id"
        yield Finding(code="custody-wrong-lot", where=where, got=link.event.lot_id, need=before.lot_id)


def silences(chain: Sequence[Link], longest_days: int) -> Iterator[Finding]:
    """Did the lot never rest longer without an event than the method lets pass?"""
    for before, after in pairwise(chain):
        if after.event.at - before.event.at > timedelta(days=longest_days):
            got = f"{after.event.at.isoformat()}, after {before.event.at.isoformat()}"
            need = f"at most {longest_days} days between two events"
            yield Finding(code="custody-long-silence", where=f"{after.where}.at", got=got, need=need)


# --- Who must sign --------------------------------------------------------------------------------------------------


def parties(chain: Sequence[Link]) -> Iterator[tuple[Link, tuple[str, ...]]]:
    """Yield each event with the organisations that must have signed it.

    Giver and taker sign a hand-over. Of a shipment the giver signs when it leaves and the taker when it comes, and the
    digest of the one event in the other binds the two. Whoever acts on the lot signs alone.
    """
    shipped: ChainEvent | None = None
    for link in chain:
        event = link.event
        giver, taker = event.from_organisation, event.to_organisation
        if taker is None or event.type == "shipped":
            yield link, (giver,)
        elif event.type == "received" and shipped is not None and _same_way(shipped, event):
            yield link, (taker,)
        else:
            yield link, (giver, taker)
        shipped = event if event.type == "shipped" else None


def _same_way(one: ChainEvent, other: ChainEvent) -> bool:
    way = (one.from_organisation, one.to_organisation)
    return way == (other.from_organisation, other.to_organisation)


# --- Who holds it ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Hold:
    """How long an organisation held the lot; without an end where the log does not say that it gave it away."""

    organisation: str
    since: datetime
    until: datetime | None = None


@dataclass(kw_only=True, slots=True)
class Walk:
    """What is known of the lot after the events so far."""

    holder: str | None = None
    # A shipment under way.
    shipped: ChainEvent | None = None
    gave_away: set[str] = field(default_factory=set)
    since: datetime | None = None
    holds: list[Hold] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def take(self, link: Link) -> None:
        """Follow one event, and go on from what it says even where it does not follow."""
        event = link.event
        giver, taker = event.from_organisation, event.to_organisation
        fault = self._fault(event)
        if fault is not None:
            code, need = fault
            self.findings.append(Finding(code=code, where=f"{link.where}.from_organisation", got=giver, need=need))
        if self.holder != giver and not (event.type == "received" and self.shipped):
            self._end(event.at)
            self.holder, self.since = giver, event.at
        self.shipped = None
        if taker is not None:
            self._end(event.at)
            self.gave_away.add(giver)
            self.gave_away.discard(taker)
            self.holder, self.since = taker, event.at
        if event.type == "shipped":
            self.holder, self.since, self.shipped = None, None, event

    def _fault(self, event: ChainEvent) -> tuple[str, str] | None:
        giver = event.from_organisation
        if self.shipped is not None:
            if event.type == "received" and _same_way(self.shipped, event):
                return None
            code = "custody-overlap" if giver in self.gave_away else "custody-gap"
            return code, f"the receipt by {self.shipped.to_organisation}, to whom {self.shipped.from_organisation} sent"
        if self.holder is None or giver == self.holder:
            return None
        return ("custody-overlap" if giver in self.gave_away else "custody-gap"), f"{self.holder}, who holds the lot"

    def _end(self, at: datetime) -> None:
        if self.holder is not None and self.since is not None:
            self.holds.append(Hold(organisation=self.holder, since=self.since, until=at))

    def all_holds(self) -> list[Hold]:
        """Return every hold, with the one that lasts."""
        if self.holder is None or self.since is None:
            return self.holds
        return [*self.holds, Hold(organisation=self.holder, since=self.since)]


def walked(chain: Sequence[Link]) -> Walk:
    """Return who held the lot, and where an event does not start with whoever held it."""
    walk = Walk()
    for link in chain:
        walk.take(link)
    return walk


# --- Units ----------------------------------------------------------------------------------------------------------


def units_stay(chain: Sequence[Link]) -> Iterator[Finding]:
    """Are the units the same from event to event, but for what a split or a merger accounts for?"""
    for before, after in pairwise(chain):
        old, new = before.event, after.event
        moved = sum(part.units for part in new.parts)
        expected = {"split": old.units - moved, "merged": old.units + moved}.get(new.type, old.units)
        changed = new.units_root != old.units_root
        if new.units != expected:
            need = f"{expected} units: {old.units} before" + (f", {moved} in the parts" if moved else "")
            where, got = f"{after.where}.units", f"{new.units}"
            yield Finding(code="custody-units-changed", where=where, got=got, need=need)
        elif changed != (new.type in REGROUPINGS):
            need = f"another than {old.units_root}" if not changed else f"{old.units_root}, as before"
            where = f"{after.where}.units_root"
            yield Finding(code="custody-units-changed", where=where, got=new.units_root, need=need)

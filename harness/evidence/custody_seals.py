"""The seals of a lot from event to event: none appears, goes or returns without an event that says so."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from harness.evidence.custody_chain import Link
from harness.model.custody import REGROUPINGS, TRANSFERS, ChainEvent
from harness.model.finding import Finding


@dataclass(kw_only=True, slots=True)
class Seals:
    """Which seals are on the lot after the events so far, and whether it is closed behind them."""

    on: set[str] = field(default_factory=set)
    # Of every seal that was ever applied, where; its number serves once.
    applied: dict[str, str] = field(default_factory=dict)
    closed_since: datetime | None = None
    closed: list[tuple[datetime, datetime | None]] = field(default_factory=list)

    def take(self, link: Link) -> Iterator[Finding]:
        """Follow one event and yield what does not fit."""
        event, where = link.event, link.where
        yield from self._seen(event, where)
        for seal in event.seals_broken:
            yield _broken(f"{where}.seals_broken", f"{seal}, which is broken", "every seal whole")
        for seal in event.seals_removed:
            if seal not in self.on:
                yield _broken(f"{where}.seals_removed", seal, self._on())
        gone = self.on & {*event.seals_broken, *event.seals_removed}
        if event.type == "opened" and self.on and not gone:
            yield _broken(f"{where}.seals_removed", "none, of a lot that is opened", f"one of {self._on()}")
        self.on -= gone
        if gone or event.type == "opened":
            self._open(event.at)
        if event.type in (*REGROUPINGS, "measured") and self.closed_since is not None:
            yield _broken(f"{where}.type", f"{event.type}, behind {self._on()}", "the lot opened before")
        yield from self._apply(event, where)

    def _seen(self, event: ChainEvent, where: str) -> Iterator[Finding]:
        """Compare what was found with what must be on, before anything is applied or removed."""
        if event.seals_found is None:
            if self.on and event.type in TRANSFERS - {"shipped"}:
                need = f"which are found whole of {self._on()}"
                yield Finding(code="custody-seal-unseen", where=f"{where}.seals_found", got="nothing", need=need)
            return
        found = set(event.seals_found)
        for seal in sorted(found - self.on):
            yield _broken(f"{where}.seals_found", seal, self._on())
        for seal in sorted(self.on - found - set(event.seals_broken)):
            got, need = f"nothing of {seal}", f"{seal}, applied in {self.applied[seal]}"
            yield _broken(f"{where}.seals_found", got, need)
            self.on.discard(seal)

    def _apply(self, event: ChainEvent, where: str) -> Iterator[Finding]:
        for seal in event.seals_applied:
            if seal in self.applied:
                got = f"{seal}, which was applied in {self.applied[seal]}"
                yield _broken(f"{where}.seals_applied", got, "a seal that was never used")
            self.applied[seal] = where
            self.on.add(seal)
        if event.seals_applied and self.closed_since is None:
            self.closed_since = event.at
        if event.type == "shipped" and not self.on:
            yield Finding(code="custody-seal-unseen", where=f"{where}.seals_applied", got="no seal", need="a seal")

    def _open(self, at: datetime) -> None:
        if self.closed_since is not None:
            self.closed.append((self.closed_since, at))
            self.closed_since = None

    def _on(self) -> str:
        names = sorted(self.on)
        if not names:
            return "no seal, for none is on"
        return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")

    def all_closed(self) -> list[tuple[datetime, datetime | None]]:
        """Return the times in which the lot was closed behind seals; the last may be without an end."""
        return [*self.closed, *([(self.closed_since, None)] if self.closed_since is not None else [])]


def _broken(where: str, got: str, need: str) -> Finding:
    return Finding(code="custody-seal-broken", where=where, got=got, need=need)


def seals_followed(chain: Sequence[Link]) -> tuple[Seals, list[Finding]]:
    """Return the seals after every event, and what does not fit."""
    seals = Seals()
    found: list[Finding] = []
    for link in chain:
        found += seals.take(link)
    return seals, found

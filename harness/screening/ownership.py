"""Who owns a party: whether listed parties hold half of it or more, certainly, possibly, or not.

A party that listed parties own to the share of the rule counts as listed, and what it holds counts whole. That is
worked out to the least fixed point, so a loop of holdings lists nobody by itself. It is worked out twice: with nothing
that is unknown held by a listed party, and with all of it. Where both agree the answer is certain.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from harness.model.screening_law import OwnershipRule

WHOLE = Fraction(100)
_Counted = Callable[["Graph", str, Mapping[str, int]], Fraction]
# In order of gravity, the gravest first.
Standing = Literal["listed", "owned-by-listed", "undecided", "minority", "owners-unknown", "none-listed"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Holding:
    """One holding as a source states it; `share` is in percent, None where nobody states it."""

    holder: str
    owned: str
    share: Decimal | None
    as_of: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Graph:
    """The holdings that stand on a day.

    `ends` have no owners that could be asked for, such as a natural person. Of `complete` parties every holder is
    named, so that a share that nobody states belongs to one of them.
    """

    holders: Mapping[str, Mapping[str, Fraction | None]]
    ends: frozenset[str] = frozenset()
    complete: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        holdings: Iterable[Holding],
        *,
        ends: Iterable[str] = (),
        complete: Iterable[str] = (),
        on: date | None = None,
    ) -> "Graph":
        """Return the graph of these holdings.

        Args:
            holdings: Any number; of one holder in one party, those of the latest day add up, and those without a day
                add to them.
            ends: Parties without owners.
            complete: Parties of which every holder is named.
            on: The day asked about; what was stated later is left out. None takes everything.
        """
        stated: dict[tuple[str, str], list[Holding]] = defaultdict(list)
        for one in holdings:
            if on is None or one.as_of is None or one.as_of <= on:
                stated[one.owned, one.holder].append(one)
        holders: dict[str, dict[str, Fraction | None]] = defaultdict(dict)
        for (owned, holder), several in stated.items():
            holders[owned][holder] = _together(several)
        return cls(holders=dict(holders), ends=frozenset(ends), complete=frozenset(complete))

    def parties(self) -> set[str]:
        """Return every party that is named."""
        return {*self.holders, *(holder for held in self.holders.values() for holder in held)}


def _together(several: list[Holding]) -> Fraction | None:
    latest = max((one.as_of for one in several if one.as_of is not None), default=None)
    counted = [one.share for one in several if one.as_of in (None, latest)]
    known = [Fraction(share) for share in counted if share is not None]
    return None if len(known) < len(counted) else sum(known, Fraction(0))


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One link of the explanation: the holders that count as listed, with their shares, and their sum in percent."""

    owned: str
    holders: tuple[tuple[str, Fraction, str], ...]
    total: Fraction

    def __str__(self) -> str:
        held = " + ".join(f"{percent(share)} by {holder} ({why})" for holder, share, why in self.holders)
        total = f" = {percent(self.total)}" if len(self.holders) > 1 else ""
        return f"{self.owned}: {held}{total}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What the holdings say of one party; `least` and `most` bound what listed parties hold of it, in percent."""

    party: str
    standing: Standing
    least: Fraction
    most: Fraction
    chain: tuple[Step, ...]
    reasons: tuple[str, ...]
    cite: str

    @property
    def half_or_more(self) -> bool | None:
        """Whether listed parties own it to the share of the rule; None where that is open."""
        return {"listed": True, "owned-by-listed": True, "undecided": None}.get(self.standing, False)

    @property
    def for_review(self) -> bool:
        """Whether a person must look at its owners."""
        return self.standing in ("undecided", "minority", "owners-unknown")


@dataclass(frozen=True, kw_only=True, slots=True)
class Ownership:
    """The graph worked out: who counts as listed for certain, who may, and in which order that followed."""

    graph: Graph
    listed: Mapping[str, bool | None]
    rule: OwnershipRule
    certain: Mapping[str, int]
    possible: Mapping[str, int]
    # Parties whose owners can be followed up to somebody; a closed loop of holdings has none.
    grounded: frozenset[str] = field(repr=False)
    # Links of explanations that were made already: many parties stand below the same owners.
    _links: dict[str, tuple[Step | None, tuple[str, ...]]] = field(default_factory=dict, compare=False, repr=False)

    def of(self, party: str) -> Answer:
        """Return what the holdings say of a party."""
        least, most = self.least(party), self.most(party)
        standing = self._standing(party, least, most)
        return Answer(
            party=party,
            standing=standing,
            least=least,
            most=most,
            chain=tuple(self._chain(party)),
            reasons=tuple(self._reasons(party, standing)),
            cite=f"{self.rule.pin}; {self.rule.cite}",
        )

    def least(self, party: str) -> Fraction:
        """Return the percentage that parties that certainly count as listed hold at the least."""
        return _least(self.graph, party, self.certain)

    def most(self, party: str) -> Fraction:
        """Return the percentage that parties that may count as listed hold at the most."""
        return _most(self.graph, party, self.possible)

    def _standing(self, party: str, least: Fraction, most: Fraction) -> Standing:
        if self.certain.get(party) == 0:
            return "listed"
        if party in self.certain:
            return "owned-by-listed"
        if party in self.possible or most >= Fraction(self.rule.share) or self.listed.get(party) is None:
            return "undecided"
        if least > 0:
            return "minority"
        return "owners-unknown" if most > 0 or party not in self.grounded else "none-listed"

    def _chain(self, party: str) -> Iterable[Step]:
        """Yield how listing reaches a party, from the party upward; each party once."""
        waiting, seen = deque([party]), {party}
        while waiting:
            owned = waiting.popleft()
            if self.certain.get(owned) == 0:
                continue
            if owned not in self._links:
                self._links[owned] = self._link(owned)
            step, holders = self._links[owned]
            if step is not None:
                yield step
            further = [holder for holder in holders if holder not in seen]
            seen.update(further)
            waiting.extend(further)

    def _link(self, owned: str) -> tuple[Step | None, tuple[str, ...]]:
        held, ranks = self._counted(owned), self._ranks(owned)
        above = tuple(sorted(ranks))
        if not held:
            return None, above
        return Step(owned=owned, holders=tuple(held), total=sum((one for _, one, _ in held), Fraction(0))), above

    def _counted(self, owned: str) -> list[tuple[str, Fraction, str]]:
        """Return the holders that count; of a party that counts itself only those that did so before it."""
        held, counting = self.graph.holders.get(owned, {}), self._ranks(owned)
        found = [
            (holder, share, "listed" if counting[holder] == 0 else "counts as listed")
            for holder, share in sorted(held.items())
            if share and holder in counting
        ]
        rest = _least(self.graph, owned, counting) - sum((share for _, share, _ in found), Fraction(0))
        silent = sorted(holder for holder, share in held.items() if share is None and holder in counting)
        return [*found, (" and ".join(silent), rest, "together")] if rest else found

    def _ranks(self, owned: str) -> dict[str, int]:
        rank = self.certain.get(owned)
        known = {one: self.certain[one] for one in self.graph.holders.get(owned, {}) if one in self.certain}
        return {one: n for one, n in known.items() if rank is None or n < rank}

    def _reasons(self, party: str, standing: Standing) -> Iterable[str]:
        if standing == "listed":
            yield f"{party} is itself listed"
        if standing == "listed":
            return
        if self.listed.get(party) is None:
            yield f"{party} itself was not screened"
        if party in self.graph.ends:
            return
        yield from self._gaps(party)
        # Further up, what is open matters only where it can change the answer.
        if standing in ("undecided", "owners-unknown"):
            for holder, share in sorted(self.graph.holders.get(party, {}).items()):
                if share != 0 and holder in self.possible and holder not in self.certain:
                    yield from self._opening(holder)
        if party in self.graph.holders and party not in self.grounded:
            yield f"the owners of {party} hold one another, and nobody beyond them is named"

    def _gaps(self, party: str) -> Iterable[str]:
        held = self.graph.holders.get(party, {})
        known = _known(self.graph, party)
        if known > WHOLE:
            yield f"the shares in {party} add up to {percent(known)}"
        elif known < WHOLE:
            silent = [holder for holder, share in sorted(held.items()) if share is None]
            rest = "among " + ", ".join(silent) if party in self.graph.complete and silent else "by owners not named"
            yield f"{percent(WHOLE - known)} of {party} is held {rest}"

    def _opening(self, holder: str) -> Iterable[str]:
        if self.listed.get(holder) is None:
            yield f"{holder} was not screened"
        elif holder not in self.graph.ends:
            yield f"listed parties hold up to {percent(self.most(holder))} of {holder}"


def aggregate(graph: Graph, listed: Mapping[str, bool | None], rule: OwnershipRule) -> Ownership:
    """Return what the holdings make of every party.

    Args:
        graph: The holdings that stand on the day.
        listed: Of each party that was screened, whether it is on one of the lists that the rule counts; what is
            None or missing was not screened and may be.
        rule: From which share on owners count.

    Source:
        15 CFR 744 Supp. 8, paragraph (b).
    """
    share, parties = Fraction(rule.share), graph.parties() | set(listed)
    held_by = _held_by(graph)
    certain = _fixed_point({one for one in parties if listed.get(one)}, graph, held_by, share, _least)
    open_ones = {one for one in parties if listed.get(one) is not False}
    # Where all that is not named belongs to listed parties, some count at once.
    start = open_ones | {one for one in parties - graph.ends if _most(graph, one, {}) >= share}
    possible = _fixed_point(start, graph, held_by, share, _most)
    return Ownership(
        graph=graph,
        listed=listed,
        rule=rule,
        certain=certain,
        possible=possible,
        grounded=_grounded(graph, parties, held_by),
    )


def _held_by(graph: Graph) -> Mapping[str, list[str]]:
    held_by: dict[str, list[str]] = defaultdict(list)
    for owned, held in graph.holders.items():
        for holder in held:
            held_by[holder].append(owned)
    return held_by


def _fixed_point(
    start: set[str], graph: Graph, held_by: Mapping[str, list[str]], share: Fraction, counted: _Counted
) -> Mapping[str, int]:
    """Return the parties that count, with the round in which each came to."""
    rank = dict.fromkeys(start, 0)
    frontier, n = list(rank), 0
    while frontier:
        n += 1
        touched = {owned for holder in frontier for owned in held_by.get(holder, ()) if owned not in rank}
        frontier = [owned for owned in touched if owned not in graph.ends and counted(graph, owned, rank) >= share]
        rank.update(dict.fromkeys(frontier, n))
    return rank


def _known(graph: Graph, party: str) -> Fraction:
    return sum((share for share in graph.holders.get(party, {}).values() if share is not None), Fraction(0))


def _least(graph: Graph, party: str, counting: Mapping[str, int]) -> Fraction:
    if party in graph.ends:
        return Fraction(0)
    held = graph.holders.get(party, {})
    found = sum((share for holder, share in held.items() if share is not None and holder in counting), Fraction(0))
    silent = [holder for holder, share in held.items() if share is None]
    if party in graph.complete and silent and all(holder in counting for holder in silent):
        found += max(WHOLE - _known(graph, party), Fraction(0))
    return found


def _most(graph: Graph, party: str, counting: Mapping[str, int]) -> Fraction:
    if party in graph.ends:
        return Fraction(0)
    held = graph.holders.get(party, {})
    known = _known(graph, party)
    if known > WHOLE:
        return WHOLE  # What contradicts itself bounds nothing.
    found = sum((share for holder, share in held.items() if share is not None and holder in counting), Fraction(0))
    silent = [holder for holder, share in held.items() if share is None]
    # Of a party of which all holders are named, the rest is theirs; where none of them may count, nobody's that does.
    closed = party in graph.complete and bool(silent) and not any(holder in counting for holder in silent)
    return found if closed else found + WHOLE - known


def _grounded(graph: Graph, parties: set[str], held_by: Mapping[str, list[str]]) -> frozenset[str]:
    """Return the parties above which somebody stands: an end, or a party whose owners are not all named."""
    found = {one for one in parties if one in graph.ends or _known(graph, one) < WHOLE}
    waiting = list(found)
    while waiting:
        for owned in held_by.get(waiting.pop(), ()):
            if owned not in found:
                found.add(owned)
                waiting.append(owned)
    return frozenset(found)


def percent(share: Fraction) -> str:
    """Return a share as people write it: exact where it has a short decimal, else to four places."""
    exact = share * 10**6
    if exact.denominator == 1:
        text = f"{Decimal(exact.numerator).scaleb(-6):f}"
        return f"{text.rstrip('0').rstrip('.')} %"
    return f"about {Decimal(share.numerator) / Decimal(share.denominator):.4f} %"

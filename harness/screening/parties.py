"""A party against the lists: which entries may be it, in which band, and what the lists say of them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from harness.codec.digest import sha256
from harness.model.csl_snapshot import UNKNOWN_LIST, CslSnapshot, ListCount, ListEntry, Matched
from harness.model.document import DAY
from harness.model.screening import (
    NEVER_CLEAR,
    Against,
    Band,
    Compared,
    Match,
    Party,
    ScreenedParty,
    Screening,
    ScreenOutcome,
)
from harness.model.screening_list import Feed, MilitaryIntelligence, ScreeningList
from harness.screening.decisions import Decisions
from harness.screening.snapshot import Snapshot, line_of, matched_of

_DAY = re.compile(DAY)
_ORDER: tuple[ScreenOutcome, ...] = ("no-match", "not-screened", "review", "hit")
_LETTERS = re.compile(r"[\W_]+")


class KeyedEntry(Protocol):
    """What a hit names its entry by."""

    @property
    def key(self) -> str: ...


class FoundName(Protocol):
    """A name that an index found."""

    @property
    def entry(self) -> KeyedEntry: ...
    @property
    def score(self) -> int: ...
    @property
    def matched(self) -> str: ...
    @property
    def given(self) -> str: ...
    @property
    def features(self) -> Sequence[tuple[str, int, str]]: ...


class NameIndex(Protocol):
    """Where names are looked for: the best first."""

    def hits(self, name: str, *, least: int | None = None) -> Sequence[FoundName]: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """An entry that was matched, with its digest and its list."""

    entry: ListEntry
    sha256: str
    title: str
    feeds: tuple[Feed, ...]
    # Whether its texts are those of the list.
    quoted: bool


class Lists:
    """What parties are screened against: the section's own names always, a snapshot where there is one."""

    def __init__(
        self,
        intelligence: MilitaryIntelligence,
        intelligence_bytes: bytes,
        lists: Iterable[ScreeningList],
        snapshot: Snapshot | None,
    ) -> None:
        self._intelligence, self._version = intelligence, sha256(intelligence_bytes)
        self._lists: Mapping[str, ScreeningList] = {one.id: one for one in lists}
        self.snapshot = snapshot
        self._named = {entry.key: entry for entry in _named_end_users(intelligence)}
        self._places = {entry.key: n for n, entry in enumerate(snapshot.matched)} if snapshot else {}

    def matched(self) -> Iterator[Matched]:
        """Yield what is matched of every entry."""
        yield from map(matched_of, self._named.values())
        if self.snapshot is not None:
            yield from self.snapshot.matched

    def listed(self, key: str) -> Listed:
        """Return the entry of a key."""
        own = self._named.get(key)
        if own is not None:
            intelligence = self._intelligence
            digest = sha256(line_of(own))
            return Listed(entry=own, sha256=digest, title=intelligence.title, feeds=intelligence.feeds, quoted=False)
        if self.snapshot is None:
            raise KeyError(key)
        n = self._places[key]
        entry = self.snapshot.entry(n)
        known = self._lists.get(entry.list)
        return Listed(
            entry=entry,
            sha256=self.snapshot.entry_sha256(n),
            title=known.title if known else "a list that is not known",
            feeds=tuple(one for one in known.feeds if _is_fed(one, entry)) if known else (),
            quoted=True,
        )

    def against(self) -> tuple[Against, ...]:
        """Return what is screened against, at which version."""
        places = ", ".join(self._intelligence.illustrative)
        own = Against(
            title=f"{self._intelligence.title}, {self._intelligence.cite}",
            version_sha256=self._version,
            day=self._intelligence.reviewed_through,
            entries=len(self._named),
            notes=(f"in {places} {self._intelligence.illustrative_says}", *self._intelligence.notes),
        )
        return (own,) if self.snapshot is None else (_published(self.snapshot.head, self.snapshot.sha256), own)


def _published(head: CslSnapshot, digest: str) -> Against:
    return Against(
        title="US Consolidated Screening List",
        version_sha256=digest,
        source_sha256=head.source_sha256,
        day=head.published,
        entries=head.entries,
        lists=tuple(ListCount(list=one.list, source=one.source, entries=one.entries) for one in head.lists),
        notes=(*(f"accepted as it is: {one}" for one in head.accepted), *head.notes),
    )


def _named_end_users(one: MilitaryIntelligence) -> Iterator[ListEntry]:
    for user in one.end_users:
        yield ListEntry(
            key=f"{one.id}:{user.id}", list=one.id, names=user.names, whole=user.names[0], kind="entity",
            countries=(user.country,), programmes=(), notice=f"{user.pin}; {one.history}", start="", end="",
            requirement=one.requirement, policy=one.policy,
            remarks=one.illustrative_says if user.country in one.illustrative else "", other=(),
        )  # fmt: skip


def _is_fed(feed: Feed, entry: ListEntry) -> bool:
    """Return whether an entry bears on a criterion; programmes are compared by their letters and digits."""
    if not feed.programmes:
        return True
    wanted = {_LETTERS.sub("", one).casefold() for one in feed.programmes}
    return any(_LETTERS.sub("", one).casefold() in wanted for one in entry.programmes)


@dataclass(frozen=True, kw_only=True, slots=True)
class Thresholds:
    """From which scores on a match is a hit, and from which one to be reviewed."""

    hit: int
    review: int


def screening(
    parties: Iterable[Party], lists: Lists, index: NameIndex, thresholds: Thresholds, decisions: Decisions, on: date
) -> Screening:
    """Return what a screening of parties finds.

    Args:
        parties: Whom to look for.
        lists: What they are held against.
        index: The names of these lists.
        thresholds: Of the scores, 0 to 1,000.
        decisions: What people decided before.
        on: The day: entries that had not begun or had ended count for nothing.
    """
    screened = tuple(_screened(party, lists, index, thresholds, decisions, on) for party in parties)
    missing = list(_missing(lists.snapshot, on))
    outcomes: list[ScreenOutcome] = [one.outcome for one in screened]
    return Screening(
        schema="screening/1",
        on=on,
        outcome=max(outcomes, key=_ORDER.index, default="no-match"),
        against=lists.against(),
        missing=tuple(missing),
        hit_from=thresholds.hit,
        review_from=thresholds.review,
        parties=screened,
        unused_decisions=decisions.unused(),
        said=NEVER_CLEAR,
    )


def _missing(snapshot: Snapshot | None, on: date) -> Iterator[str]:
    if snapshot is None:
        yield "the US Consolidated Screening List: no snapshot was given"
        return
    published = snapshot.head.published
    if published is None:
        yield f"whoever was on the lists on {on} and not in this file, whose day of publication is not stated"
    elif on < published:
        yield f"whoever left the lists between {on} and {published}, when this file was published"
    elif on > published:
        yield f"whoever came on the lists between {published}, when this file was published, and {on}"


def _screened(
    party: Party, lists: Lists, index: NameIndex, thresholds: Thresholds, decisions: Decisions, on: date
) -> ScreenedParty:
    found = index.hits(party.name, least=thresholds.review)
    matches = [_match(one, party, lists, thresholds, decisions, on) for one in found]
    counting: list[ScreenOutcome] = [_outcome(one) for one in matches if one.counts]
    nothing: ScreenOutcome = "no-match" if lists.snapshot is not None else "not-screened"
    return ScreenedParty(
        name=party.name,
        country=party.country,
        reference=party.reference,
        outcome=max(counting, key=_ORDER.index, default=nothing),
        matches=tuple(sorted(matches, key=lambda one: (-one.score, one.same_country is not True, one.entry))),
    )


def _outcome(match: Match) -> ScreenOutcome:
    accepted = match.decision is not None and match.decision.counts and match.decision.decision == "accepted"
    return "hit" if accepted else match.band


def _match(
    found: FoundName, party: Party, lists: Lists, thresholds: Thresholds, decisions: Decisions, on: date
) -> Match:
    listed = lists.listed(found.entry.key)
    entry = listed.entry
    band: Band = "hit" if found.score >= thresholds.hit else "review"
    in_force = _in_force(entry, on)
    decision = decisions.about(party.name, party.country, entry.key, listed.sha256)
    rejected = decision is not None and decision.counts and decision.decision == "rejected"
    return Match(
        score=found.score,
        band=band,
        given=found.given,
        matched=found.matched,
        features=tuple(Compared(name=name, points=points, said=said) for name, points, said in found.features),
        list=entry.list,
        list_title=listed.title if entry.list != UNKNOWN_LIST else "a list that is not known",
        entry=entry.key,
        entry_sha256=listed.sha256,
        name=entry.whole,
        names=entry.names,
        kind=entry.kind or None,
        programmes=entry.programmes,
        countries=entry.countries,
        same_country=party.country in entry.countries if party.country and entry.countries else None,
        quoted=listed.quoted,
        start=entry.start or None,
        end=entry.end or None,
        in_force=in_force,
        federal_register=entry.notice or None,
        licence_requirement=entry.requirement or None,
        licence_policy=entry.policy or None,
        remarks=entry.remarks or None,
        feeds=listed.feeds,
        decision=decision,
        counts=in_force is not False and not rejected,
    )


def _in_force(entry: ListEntry, on: date) -> bool | None:
    """Return whether an entry is in force; None where a day that it states cannot be read, which leaves it counting."""
    days = [date.fromisoformat(text) if _DAY.fullmatch(text) else None for text in (entry.start, entry.end)]
    start, end = days
    if (start is not None and on < start) or (end is not None and on > end):
        return False
    unreadable = (entry.start and start is None) or (entry.end and end is None)
    return None if unreadable else True

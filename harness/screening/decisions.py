"""What people decided about matches: which decision is about a match, and whether it still counts."""

from collections.abc import Iterable, Iterator
from datetime import date

from harness.codec.documents import from_json
from harness.codec.strict_json import Limits
from harness.errors import Fault, UnreadableInput
from harness.model.screen_decisions import ScreenDecision, ScreenDecisions
from harness.model.screening import DecisionUsed, Match, ScreenedParty

LARGEST = 128 * 1024 * 1024
_LIMITS = Limits(largest_bytes=LARGEST, most_tokens=10_000_000)
_NEEDED = ("reason", "author", "decided_on", "expires_on")
_Asked = tuple[str, str | None, str]


def read_decisions(data: bytes, source: str) -> ScreenDecisions:
    """Return the decisions in these bytes; each that was made says why, by whom, when and until when.

    Raises:
        UnreadableInput: With every fault, each with its place.
    """
    found = from_json(ScreenDecisions, data, source, _LIMITS)
    faults = [fault for n, one in enumerate(found.decisions) for fault in _faults(one, f"decisions[{n}]")]
    seen: set[tuple[str, str | None, str]] = set()
    for n, one in enumerate(found.decisions):
        if _asked(one) in seen:
            where = f"decisions[{n}]"
            faults.append(
                Fault(where=where, got=f"a second decision on {one.entry}", need="one of a party and an entry")
            )
        seen.add(_asked(one))
    if faults:
        raise UnreadableInput(source, tuple(faults[:50]))
    return found


def _faults(one: ScreenDecision, where: str) -> Iterator[Fault]:
    if one.decision is None:
        return
    for name in _NEEDED:
        value = getattr(one, name)
        if value is None:
            yield Fault(where=f"{where}.{name}", got="nothing", need="this field, where a decision was made")
        elif isinstance(value, str) and not any(map(str.isalnum, value)):
            yield Fault(where=f"{where}.{name}", got=ascii(value)[:80], need="letters or digits: someone, something")
    if one.decided_on and one.expires_on and one.expires_on < one.decided_on:
        yield Fault(where=f"{where}.expires_on", got=str(one.expires_on), need=f"a day from {one.decided_on} on")


def same_party(name: str) -> str:
    """Return a party's name as decisions compare it: without regard to case and to blanks."""
    return " ".join(name.split()).casefold()


def _asked(one: ScreenDecision) -> _Asked:
    return same_party(one.party), one.country, one.entry


class Decisions:
    """The decisions that were made, each found by party and entry."""

    def __init__(self, decisions: Iterable[ScreenDecision], on: date) -> None:
        self._made = {_asked(one): one for one in decisions if one.decision is not None}
        self._on = on
        self._asked_for: set[_Asked] = set()

    def about(self, party: str, country: str | None, entry: str, entry_sha256: str) -> DecisionUsed | None:
        """Return the decision about a party and an entry, with whether it counts and why not.

        Args:
            party: The name that was given.
            country: The place that was given; a decision that states none is of every place.
            entry: Key of the entry.
            entry_sha256: Digest of the entry as it is now.
        """
        for place in dict.fromkeys((country, None)):
            asked = (same_party(party), place, entry)
            one = self._made.get(asked)
            if one is not None and one.decision is not None:
                self._asked_for.add(asked)
                void = self._void(one, entry_sha256)
                return DecisionUsed(
                    decision=one.decision,
                    reason=one.reason,
                    author=one.author,
                    decided_on=one.decided_on,
                    expires_on=one.expires_on,
                    counts=void is None,
                    void=void,
                )
        return None

    def _void(self, one: ScreenDecision, entry_sha256: str) -> str | None:
        if one.entry_sha256 != entry_sha256:
            return "the entry says something else than when this was decided"
        if one.decided_on is None or one.decided_on > self._on:
            return f"it was decided on {one.decided_on}, after the day of the screening"
        if one.expires_on is None or one.expires_on < self._on:
            return f"it expired after {one.expires_on}"
        return None

    def unused(self) -> tuple[str, ...]:
        """Return the decisions about which nothing was asked: of other parties, or of entries that match no more."""
        return tuple(
            f"{one.decision} {one.party} as {one.entry}: no such match in this screening"
            for asked, one in self._made.items()
            if asked not in self._asked_for
        )


def queue_of(parties: Iterable[ScreenedParty]) -> ScreenDecisions:
    """Return the matches that nobody has decided, or not so that it counts, to be filled in."""
    return ScreenDecisions(
        schema="screen-decisions/1",
        decisions=tuple(
            ScreenDecision(party=party.name, country=party.country, entry=match.entry, entry_sha256=match.entry_sha256)
            for party in parties
            for match in party.matches
            if _is_open(match)
        ),
    )


def _is_open(match: Match) -> bool:
    return match.in_force is not False and (match.decision is None or not match.decision.counts)

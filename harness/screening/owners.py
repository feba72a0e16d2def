"""The parties of a dossier and who holds them: what that says of the two criteria on owners, and of red flags."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, Protocol

from harness.codec.screening_law_files import ownership_rule, red_flag_list
from harness.model.redaction import plain
from harness.model.screening_law import OwnershipRule
from harness.screening.ownership import Answer, Graph, Holding, Ownership, aggregate
from harness.screening.red_flags import red_flags

if TYPE_CHECKING:
    from harness.model.dossier import Dossier, ScreenedName

Found = Literal["hit", "open", "clear"]
_FLAGS = "RF-732S3"
_FORWARDER, _LAST = "freight-forwarder", ("ultimate-consignee", "end-user")


class StatedHolding(Protocol):
    """A share of a party that somebody holds, in percent."""

    @property
    def holder(self) -> str: ...
    @property
    def share_percent(self) -> Decimal | None: ...
    @property
    def as_of(self) -> date | None: ...


class OwnedParty(Protocol):
    """A party with those who hold it; None: not known, an empty list: held by nobody else."""

    @property
    def role(self) -> str: ...
    @property
    def name(self) -> str | None: ...
    @property
    def ownership(self) -> Sequence[StatedHolding] | None: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Owners:
    """What the holdings say of each party that is named, and of all of them together."""

    answers: tuple[Answer, ...]
    # Whether a party is owned by listed parties to the share of the rule: MU-08.
    half_or_more: Found
    # Whether listed parties hold less, or an unknown share: MU-09. Open where owners are not known.
    below_half: Found


_NOT_ASKED = Owners(answers=(), half_or_more="open", below_half="open")


def owners_of(
    parties: Iterable[OwnedParty],
    screened: Mapping[str, bool | None],
    rule: OwnershipRule,
    on: date | None = None,
) -> Owners:
    """Return what the owners of the parties mean for the transaction.

    Args:
        parties: The parties; one that stands there in several roles is one party, in whatever spelling.
        screened: Of each name that was screened, whether it is on a list that the rule counts; a name that is missing
            was not.
        rule: From which share on owners count.
        on: The day of the export; holdings that were stated later are left out.

    Source:
        15 CFR 744 Supp. 8, paragraph (b); 15 CFR 732 Supp. 3, paragraph (b)29.
    """
    known = tuple(parties)
    spelling = _Spelling()
    graph = _graph(known, spelling, on)
    listed: dict[str, bool | None] = {}
    for name, says in screened.items():
        one = spelling(name)
        # Two spellings may have been looked up; a hit on one of them is a hit.
        listed[one] = True if says or listed.get(one) else listed.get(one, says)
    found = aggregate(graph, listed, rule)
    names = dict.fromkeys(spelling(party.name) for party in known if party.name)
    answers = tuple(found.of(name) for name in names)
    unnamed = any(not party.name for party in known) or not known
    halves = {answer.half_or_more for answer in answers} | ({None} if unnamed else set())
    return Owners(
        answers=answers,
        half_or_more="hit" if True in halves else "open" if None in halves else "clear",
        below_half=_below(found, answers, unnamed=unnamed),
    )


def objections(
    dossier: "Dossier",
    on: date | None,
    shown: Callable[["ScreenedName"], bool],
    resolved: Collection[int] = (),
) -> Iterator[tuple[str, bool, str]]:
    """Yield what the parties of a dossier and their owners say: a criterion, whether it is met, and why.

    Args:
        dossier: The dossier; where it screened nobody, its owners are not asked.
        on: The day of the export.
        shown: Whether a screening has the evidence that it needs to say that a name is on no list; that it is on one
            needs none.
        resolved: The numbers of the red flags that a document resolves.
    """
    if not dossier.screened:
        yield from _raised(flag_facts(dossier.parties, _NOT_ASKED), resolved)
        return
    screened = {one.name: one.listed if one.listed or shown(one) else None for one in dossier.screened}
    found = owners_of(dossier.parties, screened, ownership_rule(), on)
    for criterion, answer in (("MU-08", found.half_or_more), ("MU-09", found.below_half)):
        if answer != "clear":
            told = [f"{one.party}: {one.standing}" for one in found.answers if one.standing != "none-listed"]
            yield criterion, answer == "hit", "; ".join(told[:3]) or "parties or their owners are not known"
    yield from _raised(flag_facts(dossier.parties, found), resolved)


def _raised(facts: Mapping[str, str], resolved: Collection[int]) -> Iterator[tuple[str, bool, str]]:
    """A flag that facts raise is for a person to resolve; what follows a criterion of its own is told by that one."""
    if not facts:
        return
    for flag in red_flags(facts, red_flag_list()):
        if flag.number not in resolved and not flag.follows:
            yield _FLAGS, False, f"red flag {flag.number}, {flag.says} ({', '.join(flag.raised_by)})"


def flag_facts(parties: Iterable[OwnedParty], owners: Owners) -> dict[str, str]:
    """Return the facts of the flag file that parties and owners show; what they do not show is left out."""
    known = tuple(parties)
    facts: dict[str, str] = {}
    if owners.below_half == "hit":
        facts["listed-ownership"] = "below-half-or-unknown"
    uncertain = any(answer.standing in ("undecided", "owners-unknown") for answer in owners.answers)
    if uncertain or any(one.role in _LAST and not one.name for one in known):
        facts["ultimate-owner-or-user"] = "uncertain"
    forwarders = {plain(one.name) for one in known if one.role == _FORWARDER and one.name}
    last = {one.role for one in known if one.role in _LAST and one.name and plain(one.name) in forwarders}
    if last:
        facts["final-destination"] = _FORWARDER
    if _LAST[0] in last:
        facts["consignee-kind"] = _FORWARDER
    return facts


class _Spelling:
    """The first spelling of every name stands for all that differ in case, spaces and punctuation alone."""

    def __init__(self) -> None:
        self.first: dict[str, str] = {}

    def __call__(self, name: str) -> str:
        return self.first.setdefault(plain(name), name)


def _graph(parties: Sequence[OwnedParty], spelling: _Spelling, on: date | None) -> Graph:
    stated: dict[str, Counter[Holding]] = {}
    for party in parties:
        if party.name and party.ownership is not None:
            owned = spelling(party.name)
            mine = Counter(
                Holding(holder=spelling(one.holder), owned=owned, share=one.share_percent, as_of=one.as_of)
                for one in party.ownership
            )
            # The same holdings, stated again under another role, are the same; different ones are all there.
            stated[owned] = stated.get(owned, Counter()) | mine
    ends = [owned for owned, held in stated.items() if not held]
    return Graph.of((one for held in stated.values() for one in held.elements()), ends=ends, on=on)


def _below(found: Ownership, answers: Iterable[Answer], *, unnamed: bool) -> Found:
    review = [answer for answer in answers if answer.for_review]
    for answer in review:
        held = found.graph.holders.get(answer.party, {})
        if any(share != 0 and holder in found.certain for holder, share in held.items()):
            return "hit"
    return "open" if review or unnamed else "clear"

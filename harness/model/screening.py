"""What a screening found, `screening/1`."""

from typing import Literal

from pydantic import Field

from harness.model.csl_snapshot import ListCount
from harness.model.document import Count, Country, Day, Document, Name, Sha256, Text
from harness.model.screening_list import Feed

# Said whatever was found: what no list can show.
NEVER_CLEAR = (
    "no match is not clearance: lists name some military end users and not all, and no list shows who owns a party, "
    "what a thing is used for, or who uses it from afar"
)
Band = Literal["hit", "review"]
ScreenOutcome = Literal["no-match", "review", "hit", "not-screened"]


class Party(Document):
    """A party to be screened, as it was given."""

    name: Name
    country: Country | None = None
    # What the user knows it by.
    reference: Name | None = None


class Compared(Document):
    """One feature of a score, and what it compared."""

    name: str
    points: int
    said: str


class DecisionUsed(Document):
    """A decision that was made about a match, and whether it counts."""

    decision: Literal["accepted", "rejected"]
    reason: Text | None = None
    author: Name | None = None
    decided_on: Day | None = None
    expires_on: Day | None = None
    counts: bool
    # Why it does not.
    void: str | None = None


class Match(Document):
    """A party of a list that may be the one that was given; the list is quoted, not summarised."""

    # Of 1,000, which means the same name and not the same party.
    score: int
    band: Band
    # The two strings that were compared.
    given: str
    matched: str
    features: tuple[Compared, ...]
    list: str
    list_title: str
    entry: str
    entry_sha256: Sha256
    name: str
    names: tuple[str, ...]
    kind: str | None
    programmes: tuple[str, ...]
    countries: tuple[str, ...]
    # Whether the country that was given is one of them; null where either is not known.
    same_country: bool | None
    # Whether notice, licence and policy are quoted from the entry, or told in our own words where it has none.
    quoted: bool
    start: str | None
    end: str | None
    # On the day of the screening; null where the entry's days cannot be read.
    in_force: bool | None
    federal_register: str | None
    licence_requirement: str | None
    licence_policy: str | None
    remarks: str | None
    # The criteria that it bears on; empty where none is known, which is still a question to be resolved.
    feeds: tuple[Feed, ...]
    decision: DecisionUsed | None = None
    # Whether the outcome rests on it: it is in force, and was not rejected.
    counts: bool


class ScreenedParty(Document):
    """A party and its matches, the best one first."""

    name: str
    country: Country | None = None
    reference: str | None = None
    outcome: ScreenOutcome
    matches: tuple[Match, ...]


class Against(Document):
    """A list or a set of lists that was screened against, at a version."""

    title: str
    version_sha256: Sha256
    source_sha256: Sha256 | None = None
    # Published, or read through, this day.
    day: Day | None = None
    entries: Count
    lists: tuple[ListCount, ...] = ()
    notes: tuple[str, ...] = ()


class Screening(Document):
    """What a screening found, `screening/1`."""

    format: Literal["screening/1"] = Field(alias="schema")
    on: Day
    outcome: ScreenOutcome
    against: tuple[Against, ...]
    # What was not screened against, and why.
    missing: tuple[str, ...]
    # From these scores on.
    hit_from: int
    review_from: int
    parties: tuple[ScreenedParty, ...]
    # Decisions that no match asked for, or that are void: each with the reason.
    unused_decisions: tuple[str, ...]
    said: str

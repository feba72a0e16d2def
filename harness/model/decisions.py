"""What the law is held to have answered: rows of a lock file, one decision each, and what differs from them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class ChipRow:
    """The answers of a lens for a known chip that goes to a place, on a run of days; `last` None has no end."""

    chip: str
    to: str
    lens: str
    first: date
    last: date | None
    answers: tuple[str, ...]
    # The provisions that answer.
    by: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ProbeRow:
    """The answers of a lens at one point on one day: a boundary case that some small change of the law would turn."""

    lens: str
    day: date
    # Figures in base units, "absent" for one that does not exist; sorted by name.
    figures: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]
    answers: tuple[str, ...]
    by: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportRow:
    """What a stored lab report is answered: of a lens, its answers; of `outcome` and `findings`, those."""

    report: str
    lens: str
    answers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class TextRow:
    """What a text asks and answers, as a digest without its words: an edit that no other row notices shows here."""

    provision: str
    first: date
    digest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Blessing:
    """Who moved the lock is in its history; why, and on which day, stands here."""

    day: date
    because: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionsLock:
    """Every decision that is held fixed."""

    blessings: tuple[Blessing, ...] = ()
    chips: tuple[ChipRow, ...] = ()
    probes: tuple[ProbeRow, ...] = ()
    reports: tuple[ReportRow, ...] = ()
    texts: tuple[TextRow, ...] = ()

    def count(self) -> int:
        """Return how many rows are held."""
        return sum(map(len, (self.chips, self.probes, self.reports, self.texts)))


# A flip is another answer; a reason is the same answer by other provisions; what is new or gone was not, or is no
# longer, asked; a text asks or answers something else; a protected case is one that people wrote by hand.
Difference = Literal["flip", "reason", "new", "gone", "text", "protected"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Deviation:
    """One decision that is not as it is held to be."""

    kind: Difference
    subject: str
    lens: str
    before: str
    after: str
    # Of a chip, the days on which it is so; of a probe, its day.
    first: date | None = None
    last: date | None = None
    by: tuple[str, ...] = ()
    # Why it is held so, where a person said it.
    cite: str | None = None
    # The line of the lock that says otherwise, counted from 1.
    line: int | None = None


def several(answers: Iterable[str]) -> str:
    """Return answers as one word of a lock."""
    return "|".join(answers)

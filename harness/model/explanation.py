"""What is said of a verdict that is asked about, `explanation/1`: why not another answer, what if, what would flip."""

from typing import Literal

from pydantic import ConfigDict, Field

from harness.model.document import Document, Text
from harness.model.verdict import Reason, Verdict

Stands = Literal["is the answer", "is possible", "is not possible"]
Direction = Literal["up", "down"]


class Way(Document):
    """One row of a text in force that gives the answer asked about, and what keeps it from doing so."""

    provision: str
    pin: str
    says: str
    cite: str
    clock: str
    # Whether the provision applies to the case at all, or may.
    applies: bool
    # The criteria of the provision and the row that do not hold.
    needs: tuple[Reason, ...]
    # What an earlier row of the text answers first.
    earlier: tuple[str, ...]
    # What counts in its place, where the row itself holds and is reached: a stricter answer.
    stricter: tuple[str, ...]


class WhyNot(Document):
    """Why a lens does not give an answer."""

    lens: str
    answer: str
    stands: Stands
    ways: tuple[Way, ...]
    notes: tuple[str, ...]


class LensChange(Document):
    """The answers of a lens before and after."""

    lens: str
    before: tuple[str, ...]
    after: tuple[str, ...]


class WhatIf(Document):
    """What a change of facts or figures would do, all else being the same."""

    given: dict[str, Text]
    changes: tuple[LensChange, ...]
    same: tuple[str, ...]
    outcome_before: str
    outcome_after: str


class Flip(Document):
    """The nearest change of one figure, in one direction, that changes an answer."""

    figure: str
    unit: str
    now: str
    direction: Direction
    # The figure at which the answer changes: at it, or as soon as it is passed.
    threshold: str
    at_it: bool
    change: str
    percent: str | None
    lens: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    outcome_before: str
    outcome_after: str
    cites: tuple[str, ...]


class Explanation(Document):
    """A verdict with what was asked about it, `explanation/1`."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    format: Literal["explanation/1"] = Field(alias="schema")
    verdict: Verdict
    why_not: tuple[WhyNot, ...] = ()
    what_if: WhatIf | None = None
    flips: tuple[Flip, ...] = ()

"""What a change of the law changes, `impact/1`: flips of known chips and stored reports, and regions that turn."""

from collections.abc import Sized
from typing import Literal

from pydantic import ConfigDict, Field

from harness.model.document import Day, Document, Name, Text
from harness.model.verdict import Assumption

# A certain answer that becomes another, a certain one that becomes open, an open one that becomes certain, and what is
# open before and after, but otherwise, and neither stricter nor laxer.
Kind = Literal["laxer", "stricter", "opened", "closed", "mixed"]


def _empty(values: Sized) -> bool:
    return not values


class Side(Document):
    """One of the two laws compared: how it was named, its digest, and its day where it was asked on one."""

    name: Text
    law_sha256: str
    day: Day | None


class Cause(Document):
    """A provision without whose new text nothing would change; where only several together do, each of them."""

    provision: str
    # Whether it is new, says something else, or has ended.
    what: Literal["begins", "changes", "ends"]
    instrument: str
    cite: str
    status: str
    pin: str
    says: str


class Headroom(Document):
    """One comparison of a text: the figure, what it needs, and by how much it holds (positive) or fails."""

    constant: str
    got: str
    need: str
    unit: str | None
    margin: str | None
    cite: str


class Flip(Document):
    """One chip or report whose answers to a lens change."""

    kind: Kind
    subject: Literal["chip", "report"]
    id: Name
    # Where the chip goes; of a report, what it says of itself.
    to: str | None
    lens: str
    # The days on which it does; none where two days are compared, or a report has its own.
    first: Day | None
    last: Day | None
    before: tuple[str, ...]
    after: tuple[str, ...]
    causes: tuple[Cause, ...]
    # By the texts that cause it: under the old law, and under the new one.
    headroom_before: tuple[Headroom, ...]
    headroom_after: tuple[Headroom, ...]


class Span(Document):
    """What a figure lies in: an end that is not closed does not belong to it; without `hi` it has no end."""

    lo: str
    lo_closed: bool
    hi: str | None
    hi_closed: bool


class Region(Document):
    """A box in which the old law gives one set of answers at every point, and the new law another."""

    kind: Kind
    lens: str
    to: str | None
    first: Day | None
    last: Day | None
    before: tuple[str, ...]
    after: tuple[str, ...]
    # What it lies in; null where the figure does not exist. What is not there does not matter.
    figures: dict[str, Span | None]
    facts: dict[str, tuple[str, ...]]
    # Facts that may have any value but these.
    but: dict[str, tuple[str, ...]] = Field(default_factory=dict, exclude_if=_empty)
    readings: dict[str, bool] = Field(default_factory=dict, exclude_if=_empty)
    # One chip in it, in base units, with its die area; null where the figure does not exist.
    witness: dict[str, str | None]
    witness_facts: dict[str, str]
    # Why no chip like that is built, as far as is known.
    unlike: tuple[Text, ...] = Field((), exclude_if=_empty)
    # The known chips that lie in it.
    chips: tuple[str, ...]
    causes: tuple[Cause, ...]


class Counts(Document):
    """How much was asked, and how much of it answered the same."""

    chips: int
    places: int
    lenses: int
    reports: int
    unchanged_chips: tuple[str, ...] = Field((), exclude_if=_empty)


class Impact(Document):
    """The whole of it, `impact/1`."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    format: Literal["impact/1"] = Field(alias="schema")
    old: Side
    new: Side
    asked: Counts
    flips: tuple[Flip, ...]
    # Null where the space was not asked for.
    space: tuple[Region, ...] | None
    # What is forbidden and found all the same, outside what the instruments claim.
    forbidden: tuple[Region, ...] = Field((), exclude_if=_empty)
    notes: tuple[Text, ...]
    assumed: tuple[Assumption, ...]

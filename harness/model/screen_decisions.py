"""What people decided about matches, `screen-decisions/1`: the review queue of a screening."""

from typing import Annotated, Literal

from pydantic import Field

from harness.model.csl_snapshot import LONGEST_KEY
from harness.model.document import Country, Day, Document, Name, Sha256, Text

EntryKey = Annotated[str, Field(min_length=1, max_length=LONGEST_KEY)]


class ScreenDecision(Document):
    """Whether a party is the one that an entry lists; open where nobody has decided."""

    party: Name
    country: Country | None = None
    entry: EntryKey
    # Of the entry as it was when it was looked at; another entry is another question.
    entry_sha256: Sha256
    # Accepted: it is that party. Rejected: it is another one.
    decision: Literal["accepted", "rejected"] | None = None
    reason: Text | None = None
    author: Name | None = None
    decided_on: Day | None = None
    # The last day on which it counts.
    expires_on: Day | None = None


class ScreenDecisions(Document):
    """The file, `screen-decisions/1`."""

    format: Literal["screen-decisions/1"] = Field(alias="schema")
    decisions: Annotated[tuple[ScreenDecision, ...], Field(max_length=100_000)]

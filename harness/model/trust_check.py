"""What comes of checking a trust root, `trust-check/1`."""

from typing import Literal

from pydantic import Field

from harness.model.document import Document, Instant, Sha256, Slug, Text
from harness.model.trust_root import Organisation


class TrustReason(Document):
    """One reason not to trust it."""

    code: Slug
    where: Text
    got: Text
    need: Text
    next: Text | None


class TrustNote(Document):
    """What refuses nothing and should be known."""

    where: Text
    got: Text
    need: Text


class TrustCheck(Document):
    """The answer: pass where it holds and follows from what is pinned, undecided where nothing is pinned, else fail."""

    format: Literal["trust-check/1"] = Field(alias="schema")
    source: str
    outcome: Literal["pass", "fail", "undecided"]
    # Of the file that was checked, by which it can be pinned.
    sha256: Sha256
    version: int | None
    expires: Instant | None
    # Id of each root key that signed it and counts, with its organisation.
    signed_by: dict[Sha256, Organisation]
    # The files that it was held against as its predecessors, the oldest first.
    after: tuple[Text, ...]
    pinned: bool
    clock: Instant
    clock_given: bool
    reasons: tuple[TrustReason, ...]
    notes: tuple[TrustNote, ...]

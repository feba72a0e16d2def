"""The signed chain of custody: one event of it, `custody-event/1`, and the log that holds them, `custody-log/1`."""

from typing import Annotated, Literal

from pydantic import Field

from harness.model.document import Count, Document, Instant, Name, Sha256
from harness.model.envelope import Envelope
from harness.model.lab_report import NamedDocument
from harness.model.trust_root import Organisation

CUSTODY_EVENT_TYPE = "application/vnd.harness.custody-event+json"
MOST_EVENTS = 1_000
MOST_SEALS = 2_000
# Two parties sign an event, some under two keys. Every signature costs time, and a forged one the most.
MOST_LOG_SIGNATURES = 4_000

EventType = Literal[
    "sealed", "handed-over", "received", "opened", "measured", "resealed", "shipped", "returned", "split", "merged"
]
# In these the lot goes from one organisation to another.
TRANSFERS: frozenset[EventType] = frozenset({"handed-over", "received", "shipped", "returned"})
SEALINGS: frozenset[EventType] = frozenset({"sealed", "resealed"})
REGROUPINGS: frozenset[EventType] = frozenset({"split", "merged"})
Seals = Annotated[tuple[Name, ...], Field(max_length=MOST_SEALS)]


class Part(Document):
    """Units that left the lot in a split, or joined it in a merger: how many, and the digest of their ids."""

    lot_id: Name | None = None
    units: Annotated[int, Field(ge=1, le=10**9)]
    units_root: Sha256


class ChainEvent(Document):
    """What happened to the lot, `custody-event/1`: the payload that the parties sign."""

    format: Literal["custody-event/1"] = Field(alias="schema")
    seq: Annotated[int, Field(ge=1, le=10**9)]
    # SHA-256 of the payload of the event before, as its bytes were signed; null in the first.
    prev: Sha256 | None
    type: EventType
    at: Instant
    place: Name
    # Who gives the lot or acts on it, and who takes it, as the trust root names them; and in plain words.
    from_organisation: Organisation
    to_organisation: Organisation | None = None
    from_party: Name | None = None
    to_party: Name | None = None
    lot_id: Name
    # How many units are held after the event, and the SHA-256 of their ids, sorted, each on a line of its own.
    units: Count
    units_root: Sha256
    parts: Annotated[tuple[Part, ...], Field(max_length=1_000)] = ()
    seals_applied: Seals = ()
    seals_removed: Seals = ()
    # Seals that were found broken. One that is broken by whoever opens the lot is removed.
    seals_broken: Seals = ()
    # Seals that were found whole; null: nobody looked.
    seals_found: Seals | None = None
    evidence: Annotated[tuple[NamedDocument, ...], Field(max_length=100)] = ()


class CustodyLog(Document):
    """Every event of a lot in an envelope of its own, `custody-log/1`, in the order of the events."""

    format: Literal["custody-log/1"] = Field(alias="schema")
    events: Annotated[tuple[Envelope, ...], Field(min_length=1, max_length=MOST_EVENTS)]

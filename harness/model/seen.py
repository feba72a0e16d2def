"""What was seen before: reports, and of each the things that may not come a second time; and a summary of a state."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from harness.model.document import Count, Document, Name, Sha256

# What serves one report, one lot or one unit; by what a device is known; of a lot its list of units and its draw; and
# the version of the trust root.
SeenKind = Literal[
    "report-id",
    "challenge",
    "raw",
    "serial",
    "device-uuid",
    "device-key",
    "manifest",
    "draw",
    "trust-root",
]
# More is not remembered in one file.
MOST_THINGS = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Thing:
    """Something that may not come a second time, or not in another place.

    Attributes:
        kind: What it is.
        key: By what it is known again.
        unit: The unit that it is of; "" where it is of none.
        value: What else is known of it: a digest, a version, or the device's identities.
    """

    kind: SeenKind
    key: str
    unit: str = ""
    value: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SeenReport:
    """A report that was seen, with what is to be known again of it.

    Attributes:
        payload: SHA-256 of what was signed.
        laboratory: The organisation that signed it.
        report_id: Its id.
        lot: Its lot; "" where none is stated.
        sequence: Its number at the laboratory.
        things: What of it is remembered.
    """

    payload: str
    laboratory: str
    report_id: str
    lot: str = ""
    sequence: int | None = None
    things: tuple[Thing, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """A thing that was found again, and the report that it was in."""

    thing: Thing
    payload: str
    laboratory: str
    report_id: str
    lot: str


class LaboratorySeen(Document):
    """The reports of one laboratory that were seen."""

    laboratory: Name
    reports: Count
    last_sequence: Annotated[int, Field(ge=1, le=10**15)] | None = None


class SeenState(Document):
    """A summary of a state file, `seen-state/1`."""

    format: Literal["seen-state/1"] = Field(alias="schema")
    reports: Count
    things: Count
    most_things: Count
    # Digest of the last report, which depends on every report before it; null of an empty state.
    head: Sha256 | None = None
    things_by_kind: dict[str, Count]
    highest_trust_root: Count | None = None
    laboratories: tuple[LaboratorySeen, ...] = ()

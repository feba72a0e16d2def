"""A published list of parties as the harness keeps it: the head of a snapshot, `csl-snapshot/1`, and its entries.

A snapshot is lines of JSON: the head; then of every entry, in one order, what is matched; then of every entry, in the
same order, all that the list says of it. What is matched is read at once, the rest of an entry when it is matched.
"""

from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from harness.model.document import Count, Day, Document, Name, Sha256, Slug, Text

# Of a list that no file of the harness describes.
UNKNOWN_LIST = "other"
LONGEST_KEY = 200


class Matched(NamedTuple):
    """What of an entry is matched."""

    key: str
    names: tuple[str, ...]
    country: str | None
    kind: str | None


class ListEntry(NamedTuple):
    """What a list says of a party; texts as published, with runs of blanks made one."""

    key: str
    list: str
    # The names that the name field and the other names hold, the first one first.
    names: tuple[str, ...]
    # The name field as it stands.
    whole: str
    kind: str
    countries: tuple[str, ...]
    programmes: tuple[str, ...]
    notice: str
    start: str
    end: str
    requirement: str
    policy: str
    remarks: str
    # Every other field that is not empty, by its name.
    other: tuple[tuple[str, str], ...]


class ListCount(Document):
    """How many entries of a list there are."""

    list: Slug
    # As the file names it, where the harness does not know it.
    source: Name | None = None
    entries: Count


class CslSnapshot(Document):
    """The head of a snapshot, `csl-snapshot/1`."""

    format: Literal["csl-snapshot/1"] = Field(alias="schema")
    source_sha256: Sha256
    source_form: Literal["csv", "json"]
    # The day on which the file was published, as whoever imported it states; nothing in the file says so.
    published: Day | None = None
    entries: Count
    lists: tuple[ListCount, ...]
    # Losses that whoever imported the file accepted.
    accepted: tuple[Name, ...] = ()
    notes: tuple[Text, ...] = ()
    # Of all that follows the head.
    body_sha256: Sha256


class ChangedEntry(Document):
    """An entry that says something else than before."""

    entry: str
    name: str
    # The names of the fields that differ.
    fields: tuple[Name, ...]
    requirement: tuple[str, str] | None = None
    policy: tuple[str, str] | None = None


class TouchedEntry(Document):
    """An entry that came or went."""

    entry: str
    name: str


class Differences(Document):
    """What a snapshot says that the one before did not, and the other way round."""

    previous_sha256: Sha256
    added: tuple[TouchedEntry, ...]
    removed: tuple[TouchedEntry, ...]
    changed: tuple[ChangedEntry, ...]


class Loss(Document):
    """A list that is not there, or lost much, or that nobody knows."""

    list: Slug
    said: Text
    # By which `--accept` names it.
    name: Name
    accepted: bool


class CslImport(Document):
    """What an import found, `csl-import/1`."""

    format: Literal["csl-import/1"] = Field(alias="schema")
    head: CslSnapshot
    snapshot_sha256: Sha256
    losses: tuple[Loss, ...]
    differences: Differences | None = None
    # How many entries stand in each of the lists, and stood in the snapshot before.
    before: Annotated[tuple[ListCount, ...], Field(max_length=1000)] = ()

"""One item through time, `timeline/1`: what the law of each day answers, and what moved the answers."""

from typing import Literal

from pydantic import ConfigDict, Field

from harness.model.document import Day, Document, Name, Text
from harness.model.verdict import Assumption


class Mover(Document):
    """An act of an instrument that changed an answer on its first day."""

    instrument: str
    cite: str
    status: str
    provision: str
    op: str
    pin: str
    says: str


class Span(Document):
    """Days on which the answers to a lens stay the same."""

    lens: str
    first: Day
    last: Day
    possible: tuple[str, ...]
    # Where what is codified and what is enforced differ, each.
    layers: dict[str, tuple[str, ...]]
    moved_by: tuple[Mover, ...]
    # The paragraphs that answer.
    paragraphs: tuple[str, ...]


class Timeline(Document):
    """The whole of it, `timeline/1`."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    format: Literal["timeline/1"] = Field(alias="schema")
    item: Name
    name: Text
    since: Day
    until: Day
    spans: tuple[Span, ...]
    assumed: tuple[Assumption, ...]
    law_sha256: str

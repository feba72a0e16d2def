"""A system spec file: a board, server or rack, and which chips are in it. It has no figure of its own.

The thresholds are per integrated circuit, so a system is described by what it contains and never by a sum.
"""

from typing import Annotated, Literal

from pydantic import Field

from harness.model.chip_spec import SpecSource
from harness.model.document import Document, Name, Slug, Text


class Contents(Document):
    """So many of one chip."""

    chip: Slug
    count: Annotated[int, Field(gt=0)]


class SystemSpec(Document):
    """A system spec file, `system-spec/1`."""

    format: Literal["system-spec/1"] = Field(alias="schema")
    id: Slug
    manufacturer: Name
    name: Name
    kind: Literal["board", "server", "rack"]
    aliases: tuple[Name, ...] = ()
    designed_or_marketed_for_data_centers: bool | None = None
    # The ECCN that would describe the item without the advanced chips; null where it was not determined.
    other_eccn: Name | None = None
    contains: Annotated[tuple[Contents, ...], Field(min_length=1)]
    sources: tuple[SpecSource, ...]
    notes: tuple[Text, ...] = ()

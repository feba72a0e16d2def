"""A memory stack spec file: high-bandwidth memory by itself, as a commodity of its own."""

from typing import Literal

from pydantic import Field

from harness.model.chip_spec import SpecArea, SpecBandwidth, SpecCapacity, SpecSource
from harness.model.document import Document, Name, Slug, Text


class MemorySpec(Document):
    """A memory stack spec file, `memory-spec/1`."""

    format: Literal["memory-spec/1"] = Field(alias="schema")
    id: Slug
    manufacturer: Name
    name: Name
    aliases: tuple[Name, ...] = ()
    bandwidth: SpecBandwidth
    # Of the package where the stack is packaged, else of the stack.
    area: SpecArea
    capacity: SpecCapacity | None = None
    sources: tuple[SpecSource, ...]
    notes: tuple[Text, ...] = ()

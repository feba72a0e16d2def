"""Within which limits chips are built, `buildable/1`: so that an example is one that somebody could build."""

from datetime import date
from typing import Literal

from pydantic import Field

from harness.model.document import Document, Figure, Slug, Text


class LimitText(Document):
    """The least and the most of one figure."""

    figure: Slug
    lowest: Figure
    highest: Figure
    unit: Text
    says: Text


class BuildableText(Document):
    """The limits, `buildable/1`."""

    format: Literal["buildable/1"] = Field(alias="schema")
    day: date
    limits: tuple[LimitText, ...] = Field(alias="limit")

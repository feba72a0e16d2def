"""The list of what a classification assumes, `assumptions/1`."""

from typing import Literal

from pydantic import Field

from harness.model.document import Document, Name, Slug, Text


class AssumedFact(Document):
    """One thing that is assumed: the facts that it settles, and their value, or the flag whose value it takes over."""

    flag: Slug
    facts: tuple[Name, ...] = ()
    # Prefixes of facts: every fact of the law that begins so.
    families: tuple[Name, ...] = ()
    value: Name | None = None
    same_as: Slug | None = None
    says: Text


class AssumptionsText(Document):
    """The whole list."""

    format: Literal["assumptions/1"] = Field(alias="schema")
    assumptions: tuple[AssumedFact, ...] = Field(alias="assume")

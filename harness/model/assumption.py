"""The list of what a classification assumes, `assumptions/1`."""

from typing import Literal

from pydantic import Field

from harness.model.document import Document, Name, Slug, Text


class AssumedFact(Document):
    """One thing that is assumed: the facts that it settles, and their value, or the flag whose value it takes over.

    Without facts and families it only says what may be given for that which the spec file says.
    """

    flag: Slug
    facts: tuple[Name, ...] = ()
    # Prefixes of facts: every fact of the law that begins so.
    families: tuple[Name, ...] = ()
    value: Name | None = None
    same_as: Slug | None = None
    # What may be given: the code of a place, one of the choices, or a text of this pattern.
    kind: Literal["place", "choice", "pattern", "figure"]
    # The figure that a flag gives.
    metric: Name | None = None
    # Whether it is listed only where it is given: most items have nothing to do with it.
    quiet: bool = False
    choices: tuple[Name, ...] = ()
    pattern: Text | None = None
    need: Text
    says: Text


class AssumptionsText(Document):
    """The whole list."""

    format: Literal["assumptions/1"] = Field(alias="schema")
    assumptions: tuple[AssumedFact, ...] = Field(alias="assume")

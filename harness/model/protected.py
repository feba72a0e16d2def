"""Cases that people wrote by hand from official sources, `protected/1`: no program rewrites them."""

from typing import Literal

from pydantic import Field

from harness.model.document import Day, Document, Name, Slug, Text

# How well the statement is known: primary text that was read, reported by others, or computed from published figures.
Mark = Literal["primary", "reported", "computed"]


class ProtectedCase(Document):
    """One statement: of a chip, or of figures, under facts, on a day or several, with the answers that it must have."""

    id: Name
    says: Text
    cite: Text
    mark: Mark
    # A chip with a spec file, or figures in base units ("absent" for one that does not exist).
    chips: tuple[Name, ...] = ()
    figures: dict[str, str] = Field(default_factory=dict)
    # Facts beyond what is assumed of every item: by flag for a chip, by name for figures.
    given: dict[str, str] = Field(default_factory=dict)
    facts: dict[str, str] = Field(default_factory=dict)
    on: tuple[Day, ...]
    lens: Slug
    # The one answer, or those that must all stay possible and no other.
    answer: Name | tuple[Name, ...]


class ProtectedCases(Document):
    """The list, `protected/1`."""

    format: Literal["protected/1"] = Field(alias="schema")
    cases: tuple[ProtectedCase, ...] = Field(alias="case")

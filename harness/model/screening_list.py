"""What the harness knows of each published list of parties, and the parties that one section of the law names itself.

Both are files that come with the harness: `screening-list/1`, one per list, and `military-intelligence/1`.
"""

from typing import Annotated, Literal

from pydantic import Field

from harness.model.document import Country, Criterion, Day, Document, Figure, Name, Slug, Text


class Feed(Document):
    """The criterion that a match with a list bears on."""

    criterion: Criterion
    pin: Text
    says: Text
    # Of a list of several programmes, those that count; empty where every entry does.
    programmes: tuple[Name, ...] = ()


class Bound(Document):
    """How many entries a list had when somebody counted them: between these it is plausible."""

    least: Annotated[int, Field(ge=0)]
    most: Annotated[int, Field(ge=0)]
    counted_on: Day
    source: Text


class ScreeningList(Document):
    """One list of the Consolidated Screening List, `screening-list/1`."""

    format: Literal["screening-list/1"] = Field(alias="schema")
    id: Slug
    title: Name
    # As the published file names it, letter by letter.
    source: Name
    authority: Name
    # Where the list is enacted; null where no text of it was read.
    cite: Text | None = None
    programme: Text | None = None
    # Whether who does not stand on it is not meant; null where no text was read.
    exhaustive: bool | None = None
    exhaustive_says: Text
    url: Text
    # A list that keeps a smaller share of its entries than this from one file to the next has lost some.
    least_share_kept: Figure
    bound: Bound | None = None
    feeds: tuple[Feed, ...] = Field(default=(), alias="feed")
    reviewed_through: Day
    notes: tuple[Text, ...] = ()


class NamedEndUser(Document):
    """An organisation that the section names."""

    id: Slug
    country: Country
    names: tuple[Name, ...]
    pin: Text


class MilitaryIntelligence(Document):
    """The military-intelligence end users that 15 CFR 744.22(f)(2) names, `military-intelligence/1`."""

    format: Literal["military-intelligence/1"] = Field(alias="schema")
    id: Slug
    title: Name
    authority: Name
    cite: Text
    history: Text
    requirement: Text
    policy: Text
    feeds: tuple[Feed, ...] = Field(alias="feed")
    # Where the names are examples of a wider class.
    illustrative: tuple[Country, ...]
    illustrative_says: Text
    reviewed_through: Day
    source: tuple[Text, ...]
    notes: tuple[Text, ...] = ()
    end_users: tuple[NamedEndUser, ...] = Field(alias="end_user")

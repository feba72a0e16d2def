"""Law that screening reads beside the instruments: the ownership rule, the notice of 740.8, the red flags."""

from typing import Annotated, Literal

from pydantic import Field

from harness.model.document import Day, Document, Figure, Name, Slug, Text


class OwnershipRule(Document):
    """When the owners of a party make it count as listed, `ownership-rule/1`."""

    format: Literal["ownership-rule/1"] = Field(alias="schema")
    # Percent.
    share: Figure
    bound: Literal["at-least"]
    pin: Text
    says: Text
    cite: Text
    source: tuple[Text, ...]
    reviewed_through: Day
    notes: tuple[Text, ...] = ()


class NacContent(Document):
    """One thing that a notice must state."""

    id: Slug
    says: Text
    pin: Text


class NacRule(Document):
    """What License Exception NAC asks of a notice, `nac-rule/1`."""

    format: Literal["nac-rule/1"] = Field(alias="schema")
    days_before: Annotated[int, Field(gt=0)]
    months_of_approvals: Annotated[int, Field(gt=0)]
    # The answer of the lens on licence requirements by which an item may go on notice.
    answer: Name
    contents: tuple[NacContent, ...] = Field(alias="content")
    cite: Text
    source: tuple[Text, ...]
    reviewed_through: Day
    notes: tuple[Text, ...] = ()


class FlagCondition(Document):
    """What a fact must be for a flag: one of these values, or above a figure."""

    fact: Slug
    among: tuple[Name, ...] = ()
    above: Figure | None = None


class RedFlag(Document):
    """One red flag: what it says in our own words, where, and the facts that raise it."""

    # Of the supplement, or from 101 on our own.
    number: Annotated[int, Field(gt=0, le=200)]
    says: Text
    pin: Text
    status: Literal["codified", "reported"]
    # Every condition must hold.
    when: tuple[FlagCondition, ...] = ()
    # The provision whose days it follows, where it is not in force on every one.
    follows: Slug | None = None


class RedFlags(Document):
    """The red flags, `red-flags/1`."""

    format: Literal["red-flags/1"] = Field(alias="schema")
    cite: Text
    source: tuple[Text, ...]
    reviewed_through: Day
    flags: tuple[RedFlag, ...] = Field(alias="flag")
    notes: tuple[Text, ...] = ()

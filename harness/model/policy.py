"""Law files as they stand on disk: one TOML file per legal instrument, `instrument/1`, and the list of lenses."""

from typing import Literal, get_args

from pydantic import Field

from harness.model.document import Country, Day, Document, Figure, Name, Slug, Text

Clock = Literal["test", "application", "export", "entry"]
CLOCKS: tuple[Clock, ...] = get_args(Clock)


class ParamText(Document):
    """One constant of law, with the paragraph and the clause in our own words, which repeats the number."""

    id: Slug
    metric: Slug
    value: Figure
    unit: Literal["GB/s", "GB/s/mm2", "TPP/mm2"] | None = None
    pin: Text
    says: Text


class SetText(Document):
    """A list that the law refers to. Membership of `uncertain` members is a reading, and both are followed."""

    id: Slug
    members: tuple[Name, ...]
    uncertain: dict[str, Slug] = Field(default_factory=dict)
    # Where the list stands; none where the paragraph that uses it names the list itself.
    pin: Text | None = None
    says: Text


class DefinitionText(Document):
    """A name for an expression that several provisions use."""

    id: Slug
    expression: Text
    pin: Text
    says: Text


class CriterionText(Document):
    """What a fact stands for in the words of the law, and where: its pin is cited wherever the fact is read."""

    fact: Text
    pin: Text
    says: Text


class RowText(Document):
    """A condition and the answer where it holds. Several answers: the text bears several readings."""

    when: Text
    then: Name | tuple[Name, ...]
    pin: Text
    reading: Name | None = None
    says: Text | None = None


class ProvisionText(Document):
    """One act upon one provision: its text, or its end."""

    id: Slug
    lens: Slug
    op: Literal["enact", "amend", "suspend", "revive", "repeal"]
    from_day: Day = Field(alias="from")
    clock: tuple[Clock, ...] = ()
    scope: Text | None = Field(None, alias="if")
    # One condition and its answer; where there are several, rows.
    when: Text | None = None
    then: Name | tuple[Name, ...] | None = None
    rows: tuple[RowText, ...] = Field((), alias="row")
    otherwise: Name | tuple[Name, ...] | None = Field(None, alias="else")
    pin: Text
    says: Text
    unexpressed: tuple[Text, ...] = ()


class InstrumentText(Document):
    """A law file, `instrument/1`. Appended, never edited."""

    format: Literal["instrument/1"] = Field(alias="schema")
    instrument: Slug
    title: Text
    cite: Text
    status: Literal["codified", "letter", "proclamation", "reported", "proposed"]
    published: Day
    reviewed_through: Day
    source: tuple[Text, ...]
    jurisdiction: Country
    params: tuple[ParamText, ...] = Field((), alias="param")
    sets: tuple[SetText, ...] = Field((), alias="set")
    definitions: tuple[DefinitionText, ...] = Field((), alias="define")
    criteria: tuple[CriterionText, ...] = Field((), alias="criterion")
    provisions: tuple[ProvisionText, ...] = Field((), alias="provision")
    notes: tuple[Text, ...] = ()


class AnswerText(Document):
    """One answer of a lens and what it means for the outcome."""

    id: Name
    outcome: Literal["pass", "fail", "undecided"]
    means: Text


class BeforeText(Document):
    """The answer on days on which that which the lens asks about did not exist."""

    answer: Name
    pin: Text
    says: Text


class LensText(Document):
    """One lens; its answers stand in order, from the least to the most strict."""

    id: Slug
    basis: Literal["law", "method"]
    informs: bool
    question: Text
    # The answer where no provision of the lens applies to the case.
    default: Name
    # The first day of that which the lens asks about, where that is known; on earlier days the answer is `before`.
    begins: Day | None = None
    before: BeforeText | None = None
    answers: tuple[AnswerText, ...] = Field(alias="answer")


class LensesText(Document):
    """The list of lenses, `lenses/1`."""

    format: Literal["lenses/1"] = Field(alias="schema")
    lenses: tuple[LensText, ...] = Field(alias="lens")

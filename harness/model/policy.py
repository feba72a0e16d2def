"""Law files as they stand on disk: one TOML file per legal instrument, `instrument/1`, and the list of lenses."""

from datetime import date
from typing import Literal, get_args

from pydantic import Field

from harness.model.document import Country, Day, Document, Figure, Name, Slug, Text

Clock = Literal["test", "application", "export", "entry"]
# What kind of text it is: law as codified, a letter that binds its addressee, a proclamation, what the agency says it
# does, what only others report, and what is proposed and not law.
Status = Literal["codified", "letter", "proclamation", "guidance", "reported", "proposed"]
CLOCKS: tuple[Clock, ...] = get_args(Clock)


class ParamText(Document):
    """One constant of law, with the paragraph and the clause in our own words, which repeats the number."""

    id: Slug
    metric: Slug
    value: Figure
    unit: Literal["GB/s", "GB/s/mm2", "TPP/mm2", "TOPS", "billion", "PFLOPS", "ft3"] | None = None
    pin: Text
    says: Text
    # Why it decides nothing, where the law has it all the same.
    idle: Text | None = None


class GroupText(Document):
    """One act upon a list that the law keeps under a name of its own, such as a country group."""

    id: Slug
    op: Literal["enact", "amend"]
    from_day: Day = Field(alias="from")
    # Where it is enacted, the whole list; where it is amended, what is put in and what is taken out.
    members: tuple[Name, ...] = ()
    add: tuple[Name, ...] = ()
    remove: tuple[Name, ...] = ()
    # Members whose place on the list is a question, by the reading that answers it.
    unsure: dict[str, Name] = Field(default_factory=dict)
    pin: Text
    says: Text


class SetText(Document):
    """A list that the law refers to. Membership of `uncertain` members is a reading, and both are followed.

    It holds the members of the groups `of` as they stand on the day, `but` for those of others, and its own `members`;
    `without` takes out.
    """

    id: Slug
    members: tuple[Name, ...] = ()
    of: tuple[Slug, ...] = ()
    but: tuple[Slug, ...] = ()
    without: tuple[Name, ...] = ()
    uncertain: dict[str, Name] = Field(default_factory=dict)
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
    # Where it is asked: only where there is a dossier, or where a report itself examines it.
    needs: Literal["dossier"] | None = None


Shape = Literal["stricter-up", "laxer-up", "window"]


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
    # `withdraw` takes back what another instrument has announced for this day, before the day comes.
    op: Literal["enact", "amend", "suspend", "revive", "repeal", "withdraw"]
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
    # How the answers go with a figure: a window goes up and down; where it says nothing, the figure is not read.
    shape: dict[str, Shape] = Field(default_factory=dict)
    # Provisions of the same lens that may answer otherwise for the same case, on purpose: the stricter answer counts.
    beside: tuple[Slug, ...] = ()
    # Why no row and no `else` answers part of what it applies to; without it such a part is a fault.
    silent: Text | None = None
    unexpressed: tuple[Text, ...] = ()
    # Whether it is only told beside the answer to its lens, and takes no part in it.
    aside: bool = False


class CapText(Document):
    """How much of a product may go to some places, as a share of what stayed; the ledger reads it, and no lens."""

    id: Slug
    from_day: Day = Field(alias="from")
    share: Figure
    bound: Literal["at-most", "below"]
    # Lists of the same file: where exports count, and where shipments to customers count as having stayed.
    to: Slug
    against: Slug
    pin: Text
    says: Text
    # What the text leaves open, and how it is read here.
    readings: tuple[Text, ...] = ()


class EffectText(Document):
    """What an instrument claims to change of the answers to a lens on a day; the laws must differ in just that."""

    lens: Slug
    on: Day
    # Every change of answers that there is anywhere, such as "presumption-of-denial -> case-by-case", and no other.
    changes: tuple[Text, ...] = ()
    # Of one provision, exactly where its answers grow stricter, laxer, or both.
    provision: Slug | None = None
    stricter: Text = "never"
    laxer: Text = "never"
    mixed: Text = "never"


class InstrumentText(Document):
    """A law file, `instrument/1`. Appended, never edited."""

    format: Literal["instrument/1"] = Field(alias="schema")
    instrument: Slug
    title: Text
    # Other names, such as the number of a bill.
    known_as: tuple[Name, ...] = ()
    cite: Text
    status: Status
    published: Day
    # The first day on which the public could know it, where that is before it was published.
    knowable: Day | None = None
    reviewed_through: Day
    source: tuple[Text, ...]
    jurisdiction: Country
    params: tuple[ParamText, ...] = Field((), alias="param")
    groups: tuple[GroupText, ...] = Field((), alias="group")
    sets: tuple[SetText, ...] = Field((), alias="set")
    definitions: tuple[DefinitionText, ...] = Field((), alias="define")
    criteria: tuple[CriterionText, ...] = Field((), alias="criterion")
    provisions: tuple[ProvisionText, ...] = Field((), alias="provision")
    caps: tuple[CapText, ...] = Field((), alias="cap")
    effects: tuple[EffectText, ...] = Field((), alias="effect")
    notes: tuple[Text, ...] = ()

    @property
    def known_from(self) -> date:
        """The first day on which the public could know this instrument."""
        return self.knowable or self.published


class AnswerText(Document):
    """One answer of a lens and what it means for the outcome."""

    id: Name
    outcome: Literal["pass", "fail", "undecided"]
    means: Text
    # Whether it only ever comes from a text: where there is none, it is not among the answers that stay possible.
    by_text_only: bool = False


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
    # Whether every provision must be met, each answering for itself; else two that answer otherwise must say so.
    together: Literal["every", "declared"] = "declared"
    # Without what it is not asked unless somebody names it.
    needs: Literal["dossier"] | None = None


class LensesText(Document):
    """The list of lenses, `lenses/1`."""

    format: Literal["lenses/1"] = Field(alias="schema")
    lenses: tuple[LensText, ...] = Field(alias="lens")


class OptionText(Document):
    """One way to read a text."""

    id: Slug
    says: Text
    # Facts that this way of reading settles, and the way of counting a figure that it stands for.
    facts: dict[str, Name] = Field(default_factory=dict)
    figures: Slug | None = None


class ReadingText(Document):
    """One question that a text leaves open, and the ways in which it may be read, in the order of a row's answers."""

    id: Name
    question: Text
    pin: Text
    # The option that is followed where nobody chooses; "both" follows every one.
    default: Name
    options: tuple[OptionText, ...] = Field(alias="option")


class GapText(Document):
    """Something that is not known here, so that several answers stand: no way of reading closes it."""

    id: Name
    says: Text


class ReadingsText(Document):
    """The list of readings and gaps, `readings/1`."""

    format: Literal["readings/1"] = Field(alias="schema")
    readings: tuple[ReadingText, ...] = Field(alias="reading")
    gaps: tuple[GapText, ...] = Field((), alias="gap")

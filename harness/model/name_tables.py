"""What names are read and compared by: company forms, words that many names share, letters, points and bands."""

from typing import Annotated, Literal

from pydantic import Field

from harness.model.document import Document

Points = Annotated[int, Field(ge=0, le=1000)]
Small = Annotated[int, Field(ge=0, le=10**6)]


class Slips(Document):
    """The words that are known with a slip, or without the space before them."""

    onto: tuple[str, ...]
    short: tuple[str, ...]
    small: tuple[str, ...]


class CompanyForms(Document):
    """Legal forms by kind; of each its variants, with bars between."""

    format: Literal["company-forms/1"] = Field(alias="schema")
    anywhere: dict[str, str]
    end: dict[str, str]
    start: dict[str, str]
    slips: Slips


class NameWords(Document):
    """Words that many names share; of each its variants, with bars between."""

    format: Literal["name-words/1"] = Field(alias="schema")
    dropped: str
    common: dict[str, str]
    place: dict[str, str]
    number: dict[str, str]


class Alphabet(Document):
    """The letters of one script as Latin ones: pairs with an equals sign, with spaces between."""

    letters: str


class Letters(Document):
    """Letters that a canonical decomposition leaves as they are."""

    format: Literal["letters/1"] = Field(alias="schema")
    source: str
    latin: dict[str, str]
    cyrillic: Alphabet
    greek: Alphabet
    arabic: Alphabet
    hangul: Alphabet
    lookalikes: Alphabet


class Pinyin(Document):
    """Readings of Chinese characters: the first of each reading in the order of the standard, and others."""

    format: Literal["pinyin/1"] = Field(alias="schema")
    source: str
    first: str
    others: str
    # Two characters of which one has another reading beside the other.
    pairs: str


class Weights(Document):
    """What a word of each kind weighs."""

    telling: Points
    number: Points
    place: Points
    common: Points


class RarityStep(Document):
    """A word that one name in so many has weighs no more than `weight`."""

    one_in: Small
    weight: Points


class Rarity(Document):
    """How the list itself lowers a weight."""

    least_names: Small
    steps: tuple[RarityStep, ...]


class EditStep(Document):
    """Words of at least so many letters may differ by so many edits."""

    letters: Small
    edits: Small


class Spelling(Document):
    """How alike two spellings count."""

    edits: tuple[EditStep, ...]
    edit_cost: Small


class InitialsStep(Document):
    """What initials of at least so many letters are worth."""

    letters: Small
    points: Points


class Relations(Document):
    """How alike two words count that are not misspelled."""

    same: Points
    abbreviation: Points
    least_abbreviation: Small
    as_one_word: Points
    initials: tuple[InitialsStep, ...]


class Costs(Document):
    """What a difference between two names costs."""

    other_order: Points
    other_form: Points
    other_spaces: Points
    guessed: Points
    other_words: Points
    other_place: Points
    other_number: Points
    nothing_telling: Points
    little_telling: Points


class Limits(Document):
    """How many words of a name are read, and how many letters of a word."""

    words: Small
    letters: Small


class MatchPoints(Document):
    """Every figure that a score is made of."""

    format: Literal["match-points/1"] = Field(alias="schema")
    weights: Weights
    rarity: Rarity
    spelling: Spelling
    relations: Relations
    costs: Costs
    limits: Limits


class MatchBands(Document):
    """From which score a name is a hit, and from which a person has to look; and how that was chosen."""

    format: Literal["match-bands/1"] = Field(alias="schema")
    hit: Points
    review: Points
    pairs: Small
    says: str

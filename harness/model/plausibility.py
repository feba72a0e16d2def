"""Plausibility of measured figures: the parameters, as data of the method file, and the answer on each row."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from harness.model.document import Document, Figure, Name, Slug, Text

# What is measured: a rate of operations, or one of the paths that bytes take.
Kind = Literal["compute", "dram", "host", "link", "collective", "capacity"]
Market = Literal["data-center", "other"]
Status = Literal["accept", "warn", "refuse"]


class Band(Document):
    """The shares of the peak at which published measurements lie, of one kind, and as narrowly told as data allow."""

    kind: Kind
    # None stands for every one.
    number_format: Slug | None = None
    method: Slug | None = None
    market: Market | None = None
    # Shares of the peak: outside of `low` and `high` a person looks, outside of `least` and `most` nothing is honest.
    least: Figure
    low: Figure
    middle: Figure
    high: Figure
    most: Figure
    rows: Annotated[int, Field(ge=0)]
    chips: Annotated[int, Field(ge=0)]
    note: Text | None = None


class Slip(Document):
    """One way in which a figure comes out wrong by a known factor."""

    kinds: tuple[Kind, ...]
    factor: Figure
    # Whether the figure comes out that many times too high, or too low.
    direction: Literal["high", "low"]
    says: Text
    # Of slips that explain a figure alike, the one with the smaller rank is named.
    rank: Annotated[int, Field(ge=0)] = 1


class Method(Document):
    """One way of measuring, and the words by which a description of it is recognised."""

    name: Slug
    kinds: tuple[Kind, ...]
    words: tuple[Name, ...]


class Hint(Document):
    """Words of a description that say by themselves that a figure is not what its column calls it."""

    kinds: tuple[Kind, ...]
    words: tuple[Name, ...]
    # Words beside which they say nothing of the kind.
    unless: tuple[Name, ...] = ()
    status: Literal["warn", "refuse"]
    finding: Slug
    says: Text


class Ceiling(Document):
    """The most that any one chip of today reaches, for chips whose own peak is not known."""

    kind: Kind
    number_format: Slug | None = None
    most: Figure
    unit: Name
    says: Text


class PlausibilityMethod(Document):
    """The part `[plausibility]` of a method file: bands, slips and ceilings. Bands are written by a program."""

    # A claim that is printed with few digits is rounded; a value so little above it is at it.
    rounding: Figure
    # How near to a figure of the datasheet a measured one is the datasheet's.
    same_figure: Figure
    # How far, as a factor either way, a slipped figure may lie from the middle of its band once the slip is undone.
    slip_reach: Figure
    # What a step of rank counts beside the logarithm of that factor, where two slips explain a figure.
    rank_weight: Figure
    methods: tuple[Method, ...]
    slips: tuple[Slip, ...]
    hints: tuple[Hint, ...]
    ceilings: tuple[Ceiling, ...]
    bands: tuple[Band, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Peak:
    """The most that a chip can do of one thing, in the base unit of its kind."""

    claim: Fraction  # As its maker prints it.
    most: Fraction  # At the highest clock that is known, where that is more.
    basis: str
    # Whether the figure bounds a rate from above only, because the format's own is not known.
    only_above: bool = False
    # Whether a loop of vector instructions reached more than the vector units are claimed to.
    packed: bool = False
    # The share of the chip that this is the peak of.
    share: Fraction = Fraction(1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Measurable:
    """What a row says was measured: of which kind, in which number format, on which units."""

    kind: Kind
    number_format: str | None = None
    units: Literal["matrix", "vector"] | None = None
    sparse: bool = False
    # Of a link: whether both directions are counted together.
    both_directions: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """The answer on one measured figure. `finding` names the main reason; `cause` is what has probably happened."""

    status: Status
    ratio: Fraction | None
    band: Band | None
    codes: tuple[str, ...] = ()
    said: tuple[str, ...] = field(default_factory=tuple)
    cause: str | None = None

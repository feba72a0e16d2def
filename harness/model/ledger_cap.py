"""What `harness ledger cap` says of a product, `ledger-cap/1`."""

from typing import Annotated, Literal

from pydantic import Field

from harness.model.document import Amount, Country, Day, Document, Figure, Name, Sha256, Slug, Text

LEDGER_CAP_FORMAT = "ledger-cap/1"
Standing = Literal["holds", "crossed", "undecided"]


class Aggregate(Document):
    """Units, and their TPP together."""

    units: int
    tpp: Amount


class AtPlace(Document):
    """What went to one place."""

    country: Country
    units: int
    tpp: Amount
    # Whether it counts: by the text, by one reading of it, or not.
    counts: Literal["yes", "by-reading", "no"]
    reading: Name | None = None


class FirstCrossing(Document):
    """The first moment at which more had gone than may."""

    day: Day
    # The entry of the log, where the order of the log is looked at.
    seq: int | None = None
    stayed: Aggregate
    gone: Aggregate
    # Whether it is so by every reading.
    certain: bool


class AskedUnits(Document):
    """Whether so many more units may go."""

    units: int
    may_go: Literal["yes", "by-reading", "no"]


class LedgerCap(Document):
    """The volume cap of one product, now and at every moment before."""

    format: Literal["ledger-cap/1"] = Field(alias="schema")
    product: Sha256
    model: Name
    tpp: Figure
    # Entries of later days are left out.
    on: Day | None = None
    cap: Slug
    pin: Text
    says: Text
    share: Figure
    bound: Literal["at-most", "below"]
    standing: Standing
    stayed: Aggregate
    # Shipments to customers that do not count: without evidence, another end use, or at another place.
    stayed_uncounted: Aggregate
    gone: Aggregate
    gone_by_reading: Aggregate
    by_place: tuple[AtPlace, ...]
    limit_tpp: Amount
    # How many more may go, on the day that was asked for; negative where too many went.
    units_left: int
    # The same, should every place of which it is a question count.
    units_left_strictest: int
    # The first day on which so many may go: an export of an earlier day would make a later one cross. Not given where
    # another day was asked for.
    units_left_from: Day | None = None
    asked: AskedUnits | None = None
    first_crossed_as_recorded: FirstCrossing | None = None
    first_crossed_as_dated: FirstCrossing | None = None
    applications_beyond: Annotated[tuple[int, ...], Field(max_length=10_000)] = ()
    readings: tuple[Text, ...]
    entries: int
    root: Sha256

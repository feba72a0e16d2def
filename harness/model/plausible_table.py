"""A table of measured figures and the judgement on each row: what `harness plausible` reads and prints."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from pydantic import Field

from harness.model.chip_spec import ChipSpec
from harness.model.document import Document, Name, Sha256, Slug, Text
from harness.model.plausibility import Judgement, Measurable, Peak, Status


@dataclass(frozen=True, kw_only=True, slots=True)
class MeasuredRow:
    """One row as it stands; every cell is text."""

    line: int
    chip: str
    metric: str
    value: str
    unit: str
    method: str
    notes: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedChip:
    """A chip that was named: its spec, the share of it that is meant, and a capacity that its name states."""

    spec: ChipSpec
    share: Fraction = Fraction(1)
    stated_gb: int | None = None
    # The names of the chips that the name may mean besides; the one with the highest figures is compared with.
    others: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class JudgedRow:
    """A row with the judgement on it, and with what it was judged by."""

    row: MeasuredRow
    chip: NamedChip | None
    what: Measurable | None
    value: Fraction | None  # In the base unit of its kind.
    peak: Peak | None
    judgement: Judgement


class PlausibleRow(Document):
    """One row of a table of measurements, judged."""

    line: int
    chip: Name | None
    spec: Slug | None
    metric: Name | None
    value: Name | None
    unit: Name | None
    method: Text | None
    # In the base unit of its kind, and the peak that it is compared with.
    value_in_base_unit: str | None
    peak: str | None
    base_unit: str | None
    ratio: str | None
    band_low: str | None
    band_high: str | None
    band_rows: int | None
    band_chips: int | None
    status: Status
    findings: tuple[Slug, ...]
    cause: Text | None
    said: tuple[Text, ...]


class PlausibleCounts(Document):
    """How many rows came out how."""

    accept: int
    warn: int
    refuse: int


class Plausible(Document):
    """What `harness plausible --json` prints, `plausible/1`."""

    format: Literal["plausible/1"] = Field(alias="schema")
    table: Name
    method_sha256: Sha256
    rows: tuple[PlausibleRow, ...]
    counts: PlausibleCounts

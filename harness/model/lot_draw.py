"""Which units of a lot are tested, `lot-draw/1`, with all that anyone needs to draw again."""

from typing import Annotated, Literal

from pydantic import Field

from harness.model.document import Count, Document, Figure, Name, Sha256, Slug
from harness.model.lot_manifest import MOST_UNITS


class SamplingPlan(Document):
    """What was fixed before the draw; shares are fractions of 1."""

    drawn: Annotated[int, Field(ge=1, le=MOST_UNITS)]
    # How many failed units the lot is accepted with at the most.
    accept: Count = 0
    # The promise: a lot with this share of bad units or more is accepted with at most this probability.
    ltpd: Figure | None = None
    beta: Figure | None = None
    # With which probability the test calls a bad unit bad.
    detection: Figure
    # How many units may be measured a second time where a measurement alone found them above their declaration.
    retests: Literal[0, 1] = 0


class LotDraw(Document):
    """A draw, `lot-draw/1`."""

    format: Literal["lot-draw/1"] = Field(alias="schema")
    lot_id: Name
    units_in_lot: Annotated[int, Field(ge=1, le=MOST_UNITS)]
    manifest_root: Sha256
    # 32 bytes that were not known while the manifest could still be changed.
    challenge: Sha256
    # Their SHA-256, where it was given out beforehand.
    commitment: Sha256 | None = None
    plan: SamplingPlan
    # In the order of the draw.
    units: Annotated[tuple[Slug, ...], Field(min_length=1, max_length=MOST_UNITS)]

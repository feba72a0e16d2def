"""Parameters of the assurance statement."""

from typing import Annotated, Literal

from pydantic import Field

from harness.model.document import Count, Document, Figure, SignedFigure, Slug, Text
from harness.model.measurement import NumberFormat, Quantity
from harness.model.plausibility import Market


class Reference(Document):
    """The devices behind a floor: what their best measured shares of the peak are, and what follows from them."""

    devices: Count
    mean: Figure
    spread: Figure  # Standard deviation between the devices.
    tolerance_factor: Figure  # k1 for so many devices, and for content and confidence of the method.
    limit: SignedFigure  # mean − k1 × spread, rounded down.


class Floor(Document):
    """The lowest share of its true peak that an honest measurement reaches; the most narrowly told floor counts."""

    quantity: Quantity
    # None stands for every one.
    number_format: NumberFormat | None = None
    method: Slug | None = None
    market: Market | None = None
    floor: Annotated[Figure, Field(gt=0, le=1)]
    # `derived`: the tolerance limit of the devices behind it. `agreed`: a number of the method, where theirs is lower.
    basis: Literal["derived", "agreed"]
    reference: Reference
    why: Text


class AssuranceMethod(Document):
    """The part `[assurance]` of a method file. Methods of before it was written have none."""

    # By how much a stated uncertainty may lie below the recomputed one: two digits of it are rounded that far.
    uncertainty_rounding: Figure
    # The lowest share of its rate per clock at which a matrix kernel is taken to show that rate, and the rates that
    # such silicon may have, as multiples of the architecture's own.
    least_kernel_efficiency: Annotated[Figure, Field(gt=0, le=1)]
    rate_multiples: tuple[Figure, ...]
    floors: tuple[Floor, ...] = ()

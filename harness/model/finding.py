"""A finding: a fault or note about evidence, with the place, what stands there and what was needed."""

from dataclasses import dataclass
from enum import StrEnum


class Effect(StrEnum):
    """What a finding does to the evidence it names."""

    VOIDS = "voids"  # The report cannot be relied on.
    LOWER_BOUND_ONLY = "lower-bound-only"  # The value stands as "at least"; it cannot show "at most".
    UNSUPPORTED = "unsupported"  # That value is set aside.
    NOTES = "notes"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One finding. `code` is looked up in the catalogue, which alone knows its effect."""

    code: str
    where: str
    got: str
    need: str
    # The measurements that the effect falls on, by index; empty where it falls on the report as a whole.
    measurements: tuple[int, ...] = ()

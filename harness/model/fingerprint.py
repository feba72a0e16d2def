"""The fingerprint of a unit, as a part of the verdict: what its units do per clock, and how it is cut."""

from typing import Literal

from harness.model.document import Amount, Document, Name


class FormatRate(Document):
    """One number format of one unit: its fastest run with a clock, and the value that silicon is built for."""

    number_format: str
    # Where it was measured.
    where: str
    rate_tops: Amount
    clock_mhz: Amount
    processing_units: int
    operations_per_clock: Amount
    # What a unit of this architecture does, where it is known; and the nearest value that explains the rate.
    architecture: int | None
    nearest: int | None
    efficiency: Amount | None


class Fingerprint(Document):
    """The fingerprint of one unit."""

    unit_id: Name
    formats: tuple[FormatRate, ...]
    cut: Literal["none", "uniform", "non-uniform", "unknown"]
    says: str
    # What a measurement cannot settle, and this one rests on.
    rests_on: tuple[str, ...]

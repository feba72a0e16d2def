"""The catalogue of what is said of rows of a table of measurements, beside the findings about lab reports.

A code that stands in both catalogues has one sense; it stands in that of lab reports alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from harness.model.plausibility import Status


@dataclass(frozen=True, kw_only=True, slots=True)
class MeasuredCatalogueEntry:
    """What a code about a row stands for. The sense of a code never changes."""

    title: str
    status: Status  # The gravest that the code alone makes of a row.
    meaning: str
    remedy: str


def _entry(status: Status, title: str, meaning: str, remedy: str) -> MeasuredCatalogueEntry:
    return MeasuredCatalogueEntry(title=title, status=status, meaning=meaning, remedy=remedy)


MEASURED_CATALOGUE: Mapping[str, MeasuredCatalogueEntry] = {
    "above-every-chip": _entry(
        "refuse",
        "More than any chip reaches",
        "The chip's own peak is not known, and the figure lies above the most that any chip of today claims.",
        "Check the unit, and whether many devices were counted as one.",
    ),
    "band-unknown": _entry(
        "warn",
        "No published measurements of this kind",
        "The peak is known, and no band of published measurements says how near to it honest figures lie.",
        "Compare by hand.",
    ),
    "cache-as-dram": _entry(
        "refuse",
        "A cache in a column of DRAM bandwidth",
        "The description speaks of a cache or of memory on the die.",
        "Measure with arrays beyond every cache, or name the metric for what it is.",
    ),
    "chip-absent": _entry("refuse", "No chip named", "A row without a chip is about nothing.", "Name the chip."),
    "chip-not-shipped": _entry(
        "warn",
        "A measurement of a chip that is only announced",
        "The spec file says that the chip has not shipped, so that few can have measured it.",
        "Say whose sample it was, or mend the spec file with its source.",
    ),
    "mean-over-sizes": _entry(
        "warn",
        "A mean over all message sizes",
        "Small messages cost latency, so a mean over sizes is no capability.",
        "Give the figure of the largest messages.",
    ),
    "metric-unknown": _entry(
        "warn",
        "A metric that is not judged",
        "The words of the metric name no quantity that spec files speak of.",
        "Name it as docs/plausible.md says, or leave the row out.",
    ),
    "peak-of-format-unknown": _entry(
        "accept",
        "Bounded from above only",
        "The chip's rate in this number format is not known; the figure is below that of a format at least as fast.",
        "None needed.",
    ),
    "peak-unknown": _entry(
        "accept",
        "The chip's peak is not known",
        "There is no spec file for the chip, or none of its figures is a peak for this. Units and physics alone judge.",
        "Add a spec file, or write the chip's name as its spec file has it.",
    ),
    "value-copied": _entry(
        "warn",
        "The same digits for another chip",
        "Two chips do not agree in so many digits by chance.",
        "Look up both figures at their sources.",
    ),
}

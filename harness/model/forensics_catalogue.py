"""Findings about raw samples, summaries, files and times: whether a value can be what it is said to be."""

from collections.abc import Mapping

from harness.model.catalogue_entry import CatalogueEntry, entry
from harness.model.finding import Effect

_VOIDS, _LOWER = Effect.VOIDS, Effect.LOWER_BOUND_ONLY
_UNSUPPORTED, _NOTES = Effect.UNSUPPORTED, Effect.NOTES

FORENSICS_CATALOGUE: Mapping[str, CatalogueEntry] = {
    "attachment-absent": entry(
        _LOWER,
        "An attached file was not found",
        "The raw series that a value rests on lies in a file that was not beside "
        "the report, so the value could not be recomputed.",
        "Keep the attached files in the folder of the report.",
    ),
    "attachment-altered": entry(
        _VOIDS,
        "An attached file is not the one that the report names",
        "The SHA-256 digest or the size of the file differs from what the report states.",
        "Send the file that was attached.",
    ),
    "attachment-unreadable": entry(
        _LOWER,
        "An attached raw series could not be read",
        "A raw series is a text file with one figure per line.",
        "Write one figure per line, in the unit that the report names.",
    ),
    "claim-as-measurement": entry(
        _NOTES,
        "A measured value that is the datasheet's figure",
        "The value equals the maker's claim to the last digit, which no measurement does but by chance.",
        "State what was measured, with its raw samples.",
    ),
    "raw-absent": entry(
        _LOWER,
        "No raw samples",
        "A value without its raw samples cannot be recomputed.",
        "Give the samples inline or as an attachment.",
    ),
    "raw-copied": entry(
        _VOIDS,
        "The same raw samples under two units",
        "Two units cannot give the same series to the last digit.",
        "Send each unit's own samples.",
    ),
    "statistic-unfit": entry(
        _LOWER,
        "A statistic that does not fit",
        "A value needs the name of the statistic that its samples gave; a sum counts parts, not rates.",
        "Name the statistic.",
    ),
    "summary-not-from-raw": entry(
        _VOIDS,
        "The value does not follow from its raw samples",
        "The stated summary differs from the recomputed one by more than rounding.",
        "Correct the value, or send the samples that it came from.",
    ),
    "time-out-of-order": entry(
        _VOIDS,
        "Times that cannot be",
        "An end lies before its start, or the report before what it reports.",
        "Correct the times, from the original records.",
    ),
    "unit-duplicated": entry(
        _VOIDS,
        "One unit listed twice",
        "Two units share an identity that only one device has.",
        "List each unit once.",
    ),
}

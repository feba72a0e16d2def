"""The catalogue of findings: what each code means, what it does to the evidence, and how to mend it. Written once."""

from collections.abc import Mapping

from harness.model.attestation_catalogue import ATTESTATION_CATALOGUE
from harness.model.catalogue_entry import CatalogueEntry, entry
from harness.model.custody_catalogue import CUSTODY_CATALOGUE
from harness.model.device_catalogue import DEVICE_CATALOGUE
from harness.model.dossier_catalogue import DOSSIER_CATALOGUE
from harness.model.finding import Effect
from harness.model.forensics_catalogue import FORENSICS_CATALOGUE
from harness.model.log_catalogue import LOG_CATALOGUE
from harness.model.lot_catalogue import LOT_CATALOGUE
from harness.model.redaction_catalogue import REDACTION_CATALOGUE
from harness.model.signature_catalogue import SIGNATURE_CATALOGUE

_VOIDS, _LOWER = Effect.VOIDS, Effect.LOWER_BOUND_ONLY
_UNSUPPORTED, _NOTES = Effect.UNSUPPORTED, Effect.NOTES

_STATEMENTS: Mapping[str, CatalogueEntry] = {
    "above-datasheet-peak": entry(
        _NOTES,
        "A value above the maker's claim, and within what the silicon can do",
        "Makers print rounded figures, or figures at a clock that the device exceeds. The value counts as it stands.",
        "None needed; say at which clock it was measured.",
    ),
    "above-physical-peak": entry(
        _VOIDS,
        "A value above what the silicon can do",
        "The value exceeds units x operations per clock x highest clock, or bus width x memory clock, by more than the "
        "method allows. Most often a unit slip, a sparse rate given as dense, or a cache measured as DRAM.",
        "Check unit, sparsity, footprint and clock, and measure again.",
    ),
    "below-band": entry(
        _NOTES,
        "A value below where published measurements lie",
        "The share of the claimed peak is lower than that of published measurements of the same kind, format, method "
        "and market. A slow kernel does that, and a device that was held down.",
        "Have a person look at the kernel, the shapes and the state of the device.",
    ),
    "capacity-unit-ambiguous": entry(
        _UNSUPPORTED,
        "GB or GiB?",
        "The capacity found exceeds the declaration as written in decimal units, and would not "
        "if the same number were binary units. Vendors print GB for what is often GiB.",
        "Declare the capacity in bytes, or in the unit that it is counted in.",
    ),
    "certification-unsupported": entry(
        _NOTES,
        "A certification without its evidence",
        "A certification counts only with the digest of the document, who certified, and when.",
        "Name document, digest, person and day.",
    ),
    "conclusion-ignored": entry(
        _NOTES,
        "The report states a conclusion",
        "A verdict inside a report is a claim; it is not read.",
        "None needed.",
    ),
    "criterion-unread": entry(
        _NOTES,
        "An adverse statement that no rule reads",
        "The report states a hit, a refusal or a value above its declaration under a criterion that no text in force "
        "reads. It stays open until a person has looked at it.",
        "Correct the criterion, or have the statement resolved.",
    ),
    "custody-absent": entry(
        _NOTES,
        "No chain of custody",
        "Nothing shows where the lot was between laboratory and shipment.",
        "State every hand-over.",
    ),
    "custody-gap": entry(
        _VOIDS,
        "A gap in the chain of custody",
        "A hand-over does not start where the last one ended, so the units that were "
        "tested need not be the units that ship.",
        "State the missing hand-over.",
    ),
    "custody-out-of-order": entry(
        _VOIDS,
        "Hand-overs out of order",
        "A hand-over is dated before the one that stands ahead of it.",
        "Correct the times, from the original records.",
    ),
    "custody-unclear": entry(
        _NOTES,
        "A chain of custody with holes",
        "A party or a time is missing, or the laboratory never received the lot.",
        "State every hand-over with both parties and its time.",
    ),
    "declared-below-maker-claim": entry(
        _NOTES,
        "Declared below what the maker claims",
        "TPP is presumed to be the highest value that the manufacturer claims. "
        "The law is read for both values and every value between.",
        "Declare the maker's highest claim, or explain the change.",
    ),
    "examination-unsupported": entry(
        _NOTES,
        "An examination without its evidence",
        "An examination counts only with the digest of the document, who "
        "examined, and when, on or before the day of export.",
        "Name document, digest, person and day.",
    ),
    "far-below-declared": entry(
        _NOTES,
        "Found well below the declaration",
        "At or below holds; but the certificate must also be accurate (15 CFR 748 Supp. 2, (dd)(3)(ii)).",
        "Have a person look at the declaration.",
    ),
    "implausibly-low": entry(
        _LOWER,
        "Too low to show the most that the device can do",
        "The value is a small share of what is declared: wrong unit, "
        "wrong kernel, or a held-down device. It cannot confirm an upper limit.",
        "Measure again with a format that sets TPP.",
    ),
    "lot-size-absent": entry(
        _LOWER,
        "The size of the lot or the shipment is not stated",
        "Without both numbers nothing shows that the shipment was reviewed.",
        "State units_in_lot and the units that ship.",
    ),
    "lot-smaller-than-shipment": entry(
        _LOWER,
        "More units ship than the lot holds",
        "The review covers the lot; the shipment has units that no one reviewed.",
        "Review every shipment before export.",
    ),
    "measured-outside-custody": entry(
        _VOIDS,
        "Measured while the laboratory did not hold the lot",
        "The measurement is timed before the lot reached the laboratory, or after it left.",
        "Correct the times, from the original records.",
    ),
    "measurement-missing": entry(
        _NOTES,
        "A required quantity was not measured",
        "Absent evidence is never taken as clear.",
        "Measure it on every unit drawn.",
    ),
    "not-measured-here": entry(
        _LOWER,
        "Not measured for this report",
        "A published value shows what such a chip can do at least; it is no measurement of this unit.",
        "Measure the unit.",
    ),
    "sparse-rate": entry(
        _UNSUPPORTED,
        "A sparse rate",
        "TPP counts dense operations.",
        "Measure the dense rate.",
    ),
    "sparsity-unstated": entry(
        _UNSUPPORTED,
        "Dense or sparse is not said",
        "A sparse rate is twice the dense one and does not count.",
        "State the sparsity.",
    ),
    "uncertainty-absent": entry(
        _LOWER,
        "No usable uncertainty",
        "Expanded uncertainty and coverage factor are needed to say at or below; for a measured rate neither can be 0.",
        "State both, and what they rest on.",
    ),
    "uncertainty-too-wide": entry(
        _LOWER,
        "Uncertainty too wide",
        "The relative standard uncertainty exceeds what the method accepts.",
        "Repeat in more sessions.",
    ),
    "uncertainty-understated": entry(
        _LOWER,
        "Less uncertainty than the samples bear out",
        "The spread between the sessions alone, with its degrees of freedom, gives a larger expanded uncertainty than "
        "the one that is stated. Repeats within a session do not count as sessions.",
        "State U = k u with u between sessions and k for their number, or measure in more sessions.",
    ),
    "unit-not-in-lot": entry(
        _UNSUPPORTED,
        "A measurement of a unit that is not in the lot",
        "The value belongs to no unit of this lot.",
        "Correct the unit id.",
    ),
    "unit-not-measured": entry(
        _NOTES,
        "A drawn unit was not measured",
        "A unit that was drawn and not measured counts as not confirmed.",
        "Measure every unit drawn.",
    ),
    "unit-wrong": entry(
        _UNSUPPORTED,
        "A unit that does not fit the measurand",
        "The value is given in a unit of another kind.",
        "Correct the unit.",
    ),
    "value-absent": entry(
        _UNSUPPORTED,
        "A measurement without a value",
        "The value is missing or zero, or what it is a value of is not said.",
        "State the value, or leave the measurement out.",
    ),
    "value-fictional": entry(
        _UNSUPPORTED,
        "A fictional value",
        "The report says of itself that the value is made up.",
        "Measure it.",
    ),
}

CATALOGUE: Mapping[str, CatalogueEntry] = dict(
    sorted(
        {
            **_STATEMENTS,
            **ATTESTATION_CATALOGUE,
            **CUSTODY_CATALOGUE,
            **DEVICE_CATALOGUE,
            **DOSSIER_CATALOGUE,
            **FORENSICS_CATALOGUE,
            **LOG_CATALOGUE,
            **LOT_CATALOGUE,
            **REDACTION_CATALOGUE,
            **SIGNATURE_CATALOGUE,
        }.items()
    )
)

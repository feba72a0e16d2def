"""The catalogue of findings: what each code means, what it does to the evidence, and how to mend it. Written once."""

from collections.abc import Mapping
from dataclasses import dataclass

from harness.model.finding import Effect


@dataclass(frozen=True, kw_only=True, slots=True)
class CatalogueEntry:
    """What a finding code stands for. The sense of a code never changes."""

    title: str
    effect: Effect
    meaning: str
    remedy: str


def _entry(effect: Effect, title: str, meaning: str, remedy: str) -> CatalogueEntry:
    return CatalogueEntry(title=title, effect=effect, meaning=meaning, remedy=remedy)


_VOIDS, _LOWER = Effect.VOIDS, Effect.LOWER_BOUND_ONLY
_UNSUPPORTED, _NOTES = Effect.UNSUPPORTED, Effect.NOTES

CATALOGUE: Mapping[str, CatalogueEntry] = {
    "above-datasheet-peak": _entry(
        _NOTES,
        "A value above the maker's claim, and within what the silicon can do",
        "Makers print rounded figures, or figures at a clock that the device exceeds. The value counts as it stands.",
        "None needed; say at which clock it was measured.",
    ),
    "above-physical-peak": _entry(
        _VOIDS,
        "A value above what the silicon can do",
        "The value exceeds units x operations per clock x highest clock, or bus width x memory clock, by more than the "
        "method allows. Most often a unit slip, a sparse rate given as dense, or a cache measured as DRAM.",
        "Check unit, sparsity, footprint and clock, and measure again.",
    ),
    "attachment-absent": _entry(
        _LOWER,
        "An attached file was not found",
        "The raw series that a value rests on lies in a file that was not beside "
        "the report, so the value could not be recomputed.",
        "Keep the attached files in the folder of the report.",
    ),
    "attachment-altered": _entry(
        _VOIDS,
        "An attached file is not the one that the report names",
        "The SHA-256 digest or the size of the file differs from what the report states.",
        "Send the file that was attached.",
    ),
    "attachment-unreadable": _entry(
        _LOWER,
        "An attached raw series could not be read",
        "A raw series is a text file with one figure per line.",
        "Write one figure per line, in the unit that the report names.",
    ),
    "below-band": _entry(
        _NOTES,
        "A value below where published measurements lie",
        "The share of the claimed peak is lower than that of published measurements of the same kind, format, method "
        "and market. A slow kernel does that, and a device that was held down.",
        "Have a person look at the kernel, the shapes and the state of the device.",
    ),
    "capacity-unit-ambiguous": _entry(
        _UNSUPPORTED,
        "GB or GiB?",
        "The capacity found exceeds the declaration as written in decimal units, and would not "
        "if the same number were binary units. Vendors print GB for what is often GiB.",
        "Declare the capacity in bytes, or in the unit that it is counted in.",
    ),
    "certification-unsupported": _entry(
        _NOTES,
        "A certification without its evidence",
        "A certification counts only with the digest of the document, who certified, and when.",
        "Name document, digest, person and day.",
    ),
    "chip-unknown": _entry(
        _NOTES,
        "No spec file for this chip",
        "Peak, units and the maker's claim could not be compared.",
        "Add a spec file, or correct product.chip.",
    ),
    "claim-as-measurement": _entry(
        _NOTES,
        "A measured value that is the datasheet's figure",
        "The value equals the maker's claim to the last digit, which no measurement does but by chance.",
        "State what was measured, with its raw samples.",
    ),
    "clock-held-down": _entry(
        _LOWER,
        "Clocks below the device's maximum",
        "The application clock was set below the maximum clock, so a rate "
        "shows what the device did, not what it can do.",
        "Reset application clocks and measure again.",
    ),
    "conclusion-ignored": _entry(
        _NOTES,
        "The report states a conclusion",
        "A verdict inside a report is a claim; it is not read.",
        "None needed.",
    ),
    "custody-absent": _entry(
        _NOTES,
        "No chain of custody",
        "Nothing shows where the lot was between laboratory and shipment.",
        "State every hand-over.",
    ),
    "criterion-unread": _entry(
        _NOTES,
        "An adverse statement that no rule reads",
        "The report states a hit, a refusal or a value above its declaration under a criterion that no text in force "
        "reads. It stays open until a person has looked at it.",
        "Correct the criterion, or have the statement resolved.",
    ),
    "custody-unclear": _entry(
        _NOTES,
        "A chain of custody with holes",
        "A party or a time is missing, or the laboratory never received the lot.",
        "State every hand-over with both parties and its time.",
    ),
    "device-state-absent": _entry(
        _LOWER,
        "The state of the device was not recorded",
        "Power limit, clocks, temperature or partitioning could have held the device down, and nothing says that they "
        "did not.",
        "Record the state during the test.",
    ),
    "inventory-contradicts": _entry(
        _LOWER,
        "An inventory value above what was counted",
        "The value exceeds the sum of the links, or the memory that the device reports.",
        "Count every link and part, and state them all.",
    ),
    "lot-size-absent": _entry(
        _LOWER,
        "The size of the lot or the shipment is not stated",
        "Without both numbers nothing shows that the shipment was reviewed.",
        "State units_in_lot and the units that ship.",
    ),
    "statistic-unfit": _entry(
        _LOWER,
        "A statistic that does not fit",
        "A value needs the name of the statistic that its samples gave; a sum counts parts, not rates.",
        "Name the statistic.",
    ),
    "custody-gap": _entry(
        _VOIDS,
        "A gap in the chain of custody",
        "A hand-over does not start where the last one ended, so the units that were "
        "tested need not be the units that ship.",
        "State the missing hand-over.",
    ),
    "custody-out-of-order": _entry(
        _VOIDS,
        "Hand-overs out of order",
        "A hand-over is dated before the one that stands ahead of it.",
        "Correct the times, from the original records.",
    ),
    "declared-below-maker-claim": _entry(
        _NOTES,
        "Declared below what the maker claims",
        "TPP is presumed to be the highest value that the manufacturer claims. "
        "The law is read for both values and every value between.",
        "Declare the maker's highest claim, or explain the change.",
    ),
    "device-partitioned": _entry(
        _LOWER,
        "The device was partitioned",
        "A partition or half of a package shows a part of the chip.",
        "Turn partitioning off and measure the whole device.",
    ),
    "device-virtualized": _entry(
        _LOWER,
        "The device was virtualized",
        "A virtual device may show a part of the chip, or share it.",
        "Measure on the bare device.",
    ),
    "examination-unsupported": _entry(
        _NOTES,
        "An examination without its evidence",
        "An examination counts only with the digest of the document, who "
        "examined, and when, on or before the day of export.",
        "Name document, digest, person and day.",
    ),
    "far-below-declared": _entry(
        _NOTES,
        "Found well below the declaration",
        "At or below holds; but the certificate must also be accurate (15 CFR 748 Supp. 2, (dd)(3)(ii)).",
        "Have a person look at the declaration.",
    ),
    "implausibly-low": _entry(
        _LOWER,
        "Too low to show the most that the device can do",
        "The value is a small share of what is declared: wrong unit, "
        "wrong kernel, or a held-down device. It cannot confirm an upper limit.",
        "Measure again with a format that sets TPP.",
    ),
    "lot-smaller-than-shipment": _entry(
        _LOWER,
        "More units ship than the lot holds",
        "The review covers the lot; the shipment has units that no one reviewed.",
        "Review every shipment before export.",
    ),
    "measured-outside-custody": _entry(
        _VOIDS,
        "Measured while the laboratory did not hold the lot",
        "The measurement is timed before the lot reached the laboratory, or after it left.",
        "Correct the times, from the original records.",
    ),
    "measurement-missing": _entry(
        _NOTES,
        "A required quantity was not measured",
        "Absent evidence is never taken as clear.",
        "Measure it on every unit drawn.",
    ),
    "not-measured-here": _entry(
        _LOWER,
        "Not measured for this report",
        "A published value shows what such a chip can do at least; it is no measurement of this unit.",
        "Measure the unit.",
    ),
    "product-contradicts-spec": _entry(
        _LOWER,
        "The device is not what the report calls it",
        "Maker, unit count or bus width differ from the chip that the report names.",
        "Name the chip that was tested, or mend the spec file with its source.",
    ),
    "raw-absent": _entry(
        _LOWER,
        "No raw samples",
        "A value without its raw samples cannot be recomputed.",
        "Give the samples inline or as an attachment.",
    ),
    "raw-copied": _entry(
        _VOIDS,
        "The same raw samples under two units",
        "Two units cannot give the same series to the last digit.",
        "Send each unit's own samples.",
    ),
    "sparse-rate": _entry(
        _UNSUPPORTED,
        "A sparse rate",
        "TPP counts dense operations.",
        "Measure the dense rate.",
    ),
    "sparsity-unstated": _entry(
        _UNSUPPORTED,
        "Dense or sparse is not said",
        "A sparse rate is twice the dense one and does not count.",
        "State the sparsity.",
    ),
    "summary-not-from-raw": _entry(
        _VOIDS,
        "The value does not follow from its raw samples",
        "The stated summary differs from the recomputed one by more than rounding.",
        "Correct the value, or send the samples that it came from.",
    ),
    "thermal-slowdown": _entry(
        _LOWER,
        "The device was slowed by heat",
        "A slowed device shows what it did, not what it can do.",
        "Cool the device and measure again.",
    ),
    "time-out-of-order": _entry(
        _VOIDS,
        "Times that cannot be",
        "An end lies before its start, or the report before what it reports.",
        "Correct the times, from the original records.",
    ),
    "power-limit-lowered": _entry(
        _LOWER,
        "Power limit below the default",
        "A device on a lowered power limit shows what it did, not what it can do.",
        "Restore the default limit and measure again.",
    ),
    "uncertainty-absent": _entry(
        _LOWER,
        "No usable uncertainty",
        "Expanded uncertainty and coverage factor are needed to say at or below; for a measured rate neither can be 0.",
        "State both, and what they rest on.",
    ),
    "uncertainty-too-wide": _entry(
        _LOWER,
        "Uncertainty too wide",
        "The relative standard uncertainty exceeds what the method accepts.",
        "Repeat in more sessions.",
    ),
    "unit-duplicated": _entry(
        _VOIDS,
        "One unit listed twice",
        "Two units share an identity that only one device has.",
        "List each unit once.",
    ),
    "unit-not-in-lot": _entry(
        _UNSUPPORTED,
        "A measurement of a unit that is not in the lot",
        "The value belongs to no unit of this lot.",
        "Correct the unit id.",
    ),
    "unit-not-measured": _entry(
        _NOTES,
        "A drawn unit was not measured",
        "A unit that was drawn and not measured counts as not confirmed.",
        "Measure every unit drawn.",
    ),
    "unit-wrong": _entry(
        _UNSUPPORTED,
        "A unit that does not fit the measurand",
        "The value is given in a unit of another kind.",
        "Correct the unit.",
    ),
    "value-absent": _entry(
        _UNSUPPORTED,
        "A measurement without a value",
        "The value is missing or zero, or what it is a value of is not said.",
        "State the value, or leave the measurement out.",
    ),
    "value-fictional": _entry(
        _UNSUPPORTED,
        "A fictional value",
        "The report says of itself that the value is made up.",
        "Measure it.",
    ),
}

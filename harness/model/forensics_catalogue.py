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
        "A file that the report names was not beside it. A value whose raw series lies there could not be recomputed; "
        "without a custody log, a list of units, a draw or an attestation that is named, no value confirms the lot.",
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
    "average-of-unlike": entry(
        _NOTES,
        "A mean of good and bad iterations",
        "The best sample lies far above the mean, the median or the minimum that is stated. The best sample "
        "is what counts.",
        "Measure burst and sustained rates apart, and state the highest.",
    ),
    "bench-modified": entry(
        _LOWER,
        "A bench of a known name and an unknown digest",
        "The digest of the bench is none of those that are known under its name, so what it measures is not known.",
        "Measure with a released version, or name the bench as one of your own.",
    ),
    "cache-not-dram": entry(
        _UNSUPPORTED,
        "A footprint that caches serve",
        "Each sample touched too little for its bandwidth to be that of DRAM.",
        "Touch at least 4 GiB, of a small card half of its memory, and eight times the last-level cache.",
    ),
    "capacity-above-stated": entry(
        _LOWER,
        "More memory was verified than is stated",
        "The pattern was found in, or the device counts, more bytes than the value holds.",
        "State what was verified.",
    ),
    "capacity-contradicted": entry(
        _UNSUPPORTED,
        "The proof speaks against the capacity",
        "Bytes read otherwise than they were written, or a part is so slow that something else than this "
        "memory serves it.",
        "Find the faulty or the borrowed memory, and measure again.",
    ),
    "capacity-proof-weak": entry(
        _NOTES,
        "A proof of capacity that proves little",
        "Memory that is folded upon itself would pass: the pattern repeats, was read before all was "
        "written, has one seed, or covers too little. The value stands as one without a proof.",
        "Write a pattern without a period to all of it, then read all of it, twice with another seed.",
    ),
    "claim-as-measurement": entry(
        _NOTES,
        "A measured value that is the datasheet's figure",
        "The value equals the maker's claim to the last digit, which no measurement does but by chance.",
        "State what was measured, with its raw samples.",
    ),
    "driver-unreleased": entry(
        _LOWER,
        "A driver that was not released yet",
        "The driver is dated after the test, so it is not what the units ship with, or the dates are wrong.",
        "Correct the dates, or measure with a released driver.",
    ),
    "duration-impossible": entry(
        _VOIDS,
        "Samples that took longer, or moved more, than they can have",
        "The samples take longer together than the measurement did, or a sample touched more bytes than its "
        "bandwidth moves in its time.",
        "Correct the times, from the original records.",
    ),
    "duration-too-short": entry(
        _UNSUPPORTED,
        "Too short to be timed",
        "A sample is shorter than timers resolve, or the test shorter than one can be.",
        "Repeat the work within a sample until it can be timed.",
    ),
    "easier-test": entry(
        _LOWER,
        "Only an easier format was measured",
        "No format was measured that claims nearly the highest TPP, so a rate below the declaration says "
        "nothing of it.",
        "Measure in the format that sets TPP.",
    ),
    "format-contradicted": entry(
        _UNSUPPORTED,
        "The error is that of another format",
        "The result errs as one does whose operands were rounded to a narrower format, or that was summed "
        "up in one, so the rate is not of the format that is named.",
        "Name the format that the units worked in, with its accumulator.",
    ),
    "format-ratio-unlikely": entry(
        _UNSUPPORTED,
        "Too fast beside another format",
        "Dense rates of two formats keep the ratio of their claims. About twice that is what a sparse rate shows.",
        "Say whether the rate is sparse, and measure both formats alike.",
    ),
    "figures-shared": entry(
        _NOTES,
        "Figures that two units share",
        "Two units state more long figures alike than chance allows. No raw samples stand behind them; a list of "
        "constants explains it, and a copy.",
        "Send each unit's own figures, with their raw samples.",
    ),
    "mean-impossible": entry(
        _VOIDS,
        "A mean that no samples have",
        "As many samples, each a multiple of the stated step, cannot have this mean.",
        "Correct the mean, the count or the step; send the samples.",
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
    "raw-rescaled": entry(
        _VOIDS,
        "Samples that are others, rescaled",
        "A series is another one times a factor or plus a shift, to the last digit.",
        "Send each measurement's own samples.",
    ),
    "raw-shared": entry(
        _VOIDS,
        "Samples that two units or measurands share",
        "More long values agree to the last digit than chance allows.",
        "Send each unit's own samples.",
    ),
    "recorder-clocks-apart": entry(
        _LOWER,
        "Recorders whose clocks differ",
        "The times of the recorders cannot be laid side by side.",
        "Synchronise the clocks and measure again.",
    ),
    "recorder-not-independent": entry(
        _LOWER,
        "Recorded by a party alone",
        "Every machine that recorded the tests is controlled by the maker or by a party to the transaction.",
        "Record on a machine of the laboratory as well.",
    ),
    "report-stale": entry(
        _LOWER,
        "A stale report",
        "Too much time lies between the test and the report, or between the report and the export, to say "
        "that the units are as they were.",
        "Test again before the shipment.",
    ),
    "result-wrong": entry(
        _UNSUPPORTED,
        "Results that are wrong",
        "Not every result agreed with the check, so a part of the work was not done.",
        "Find the fault, and measure again with every result checked.",
    ),
    "samples-left-out": entry(
        _LOWER,
        "Not every sample is there",
        "The report counts other samples than it gives. Those that are missing may be the higher ones.",
        "Send every sample that was taken.",
    ),
    "samples-off-grid": entry(
        _LOWER,
        "Samples finer than their stated step",
        "A sample is no multiple of the step in which the report says that samples are printed or counted.",
        "Correct the step, or send the samples as they were taken.",
    ),
    "samples-patterned": entry(
        _LOWER,
        "Samples in a pattern",
        "The samples stand at even distances, or repeat a block, by a chance that no honest report meets. A "
        "value behind which nothing measured stands confirms nothing.",
        "Send the samples as they were measured.",
    ),
    "samples-too-even": entry(
        _NOTES,
        "Samples too even for a device",
        "They scatter less than devices do, stand at even distances, or end in one digit. A coarse timer "
        "explains it, and an invented series.",
        "State the step of the timer, and time longer samples.",
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
    "units-handpicked": entry(
        _LOWER,
        "Units chosen by a party",
        "The applicant or the maker chose the units, so they need not stand for the lot.",
        "Have the laboratory draw them.",
    ),
    "units-spread-wide": entry(
        _LOWER,
        "A unit far below another",
        "Units of one kind lie closer together. The slower one was held down, or is another kind.",
        "Find out why, and draw more units.",
    ),
    "waiver-ignored": entry(
        _NOTES,
        "A waiver",
        "The report asks for a check to be left out. None is.",
        "None needed.",
    ),
}

"""Findings about a lot: its list of units, the draw from it, and the units that were tested."""

from collections.abc import Mapping

from harness.model.catalogue_entry import CatalogueEntry, entry
from harness.model.finding import Effect

_VOIDS, _LOWER = Effect.VOIDS, Effect.LOWER_BOUND_ONLY
_UNSUPPORTED, _NOTES = Effect.UNSUPPORTED, Effect.NOTES

LOT_CATALOGUE: Mapping[str, CatalogueEntry] = {
    "lot-document-unreadable": entry(
        _UNSUPPORTED,
        "A manifest or a draw that cannot be read",
        "The attached file is no lot-manifest/1 or lot-draw/1, so nothing shows that the units were drawn.",
        "Attach the files that harness lot manifest and harness lot draw wrote.",
    ),
    "lot-draw-wrong": entry(
        _VOIDS,
        "Not the units that the draw gives",
        "Drawn again from manifest and challenge, other units come out, or the challenge is not the one that was "
        "committed to. The units were chosen.",
        "Test the units that the draw gives.",
    ),
    "lot-manifest-altered": entry(
        _VOIDS,
        "The manifest is not the one that was drawn from",
        "The Merkle root of the manifest differs from that of the draw: units or identities were changed after it.",
        "Send the manifest that was fixed before the challenge was revealed.",
    ),
    "lot-report-foreign": entry(
        _UNSUPPORTED,
        "A report about another lot, or under another declaration",
        "Lot or declared quantities are not those of the manifest, or of the other reports on the lot.",
        "Send the reports on this lot, under the one declaration that it has.",
    ),
    "lot-sample-too-small": entry(
        _LOWER,
        "Fewer units drawn than the plan's promise asks",
        "With so few units a lot with the stated share of bad ones passes more often than is promised.",
        "Draw as many units as harness lot plan says.",
    ),
    "lot-unit-not-drawn": entry(
        _NOTES,
        "A tested unit that was not drawn",
        "A unit that somebody chose says nothing about the others; it does not count.",
        "None needed.",
    ),
    "lot-unit-not-tested": entry(
        _LOWER,
        "A drawn unit was not tested",
        "A unit that was drawn and not tested counts as failed: else a bad unit could be left out.",
        "Test every unit drawn; no spare takes its place.",
    ),
    "lot-unit-reported-twice": entry(
        _NOTES,
        "A unit in several reports",
        "Of several results the gravest counts, and the unit counts once.",
        "Send one report for each unit, and a second one only for the one re-measurement that the plan allows.",
    ),
    "lot-unit-retested": entry(
        _NOTES,
        "A unit was measured again",
        "A measurement found the unit above its declaration, and a second session did not. The plan allowed for one "
        "such unit beforehand; both results are told.",
        "None needed.",
    ),
    "lot-unit-substituted": entry(
        _VOIDS,
        "The tested unit is not the one that was drawn",
        "Serial number or device UUID differ from those that the manifest gives for the unit.",
        "Test the unit that was drawn.",
    ),
    "lot-unit-unidentified": entry(
        _LOWER,
        "Nothing shows that the tested unit is the one that was drawn",
        "The report states no identity of the unit that the manifest has too.",
        "State serial number and device UUID, in both.",
    ),
}

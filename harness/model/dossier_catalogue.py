"""Findings about the dossier of the transaction: whether it is the one that the report names."""

from collections.abc import Mapping

from harness.model.catalogue_entry import CatalogueEntry, entry
from harness.model.finding import Effect

DOSSIER_CATALOGUE: Mapping[str, CatalogueEntry] = {
    "dossier-absent": entry(
        Effect.NOTES,
        "A dossier that is not there",
        "The report names a dossier, and no such file lies beside it. What it would answer stays undecided.",
        "Put the file where the report says, or give it with --dossier.",
    ),
    "dossier-altered": entry(
        Effect.VOIDS,
        "A dossier other than the one named",
        "The dossier beside the report does not have the digest that the report states: it was altered, or is another. "
        "Nothing of it is read.",
        "Put back the dossier that the report names, or issue the report anew for this one.",
    ),
    "dossier-other": entry(
        Effect.NOTES,
        "Another dossier is judged than the report names",
        "A dossier was given in place of the one that the report names by digest. The answers are those of "
        "the one given.",
        "None needed; issue the report anew to have it name this one.",
    ),
    "dossier-of-another": entry(
        Effect.NOTES,
        "A dossier of another transaction",
        "The dossier does not name the consignees and end users that the report names. What it clears, certifies or "
        "shows stays undecided; what speaks against the transaction counts.",
        "Give the dossier of this transaction, or name its parties as the report does, other names included.",
    ),
}

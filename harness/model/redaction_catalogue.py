"""The finding about names that were taken out of a report before it was shared."""

from collections.abc import Mapping

from harness.model.catalogue_entry import CatalogueEntry, entry
from harness.model.finding import Effect

REDACTION_CATALOGUE: Mapping[str, CatalogueEntry] = {
    "parties-redacted": entry(
        Effect.NOTES,
        "Names of parties were taken out",
        "Digests stand in place of the names of parties. What rests on places and figures is judged as it would be "
        "with the names; nobody can be screened, and no signature of before holds.",
        "Ask the owner of the report for the names, or for the report as it was.",
    ),
}

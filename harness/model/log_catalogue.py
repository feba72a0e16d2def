"""Findings about logs: whether a report stands in one, and who saw it there."""

from collections.abc import Mapping

from harness.model.catalogue_entry import CatalogueEntry, entry
from harness.model.finding import Effect

_VOIDS, _NOTES = Effect.VOIDS, Effect.NOTES

LOG_CATALOGUE: Mapping[str, CatalogueEntry] = {
    "log-proof-invalid": entry(
        _VOIDS,
        "A proof from a log that does not hold",
        "The hashes of the proof do not lead from the entry to the root that the log signed, so the entry need not be "
        "in the log.",
        "Ask the log for a proof of this entry.",
    ),
    "log-proof-of-another": entry(
        _NOTES,
        "A proof of another entry",
        "The proof is of an entry that does not name this report by its digest, so it shows nothing of it.",
        "Give the proof of the entry that logs this report.",
    ),
    "log-signature-bad": entry(
        _VOIDS,
        "A signature under a checkpoint that does not verify",
        "The checkpoint has a signature by a key of the trust root that does not verify: it was altered, or forged. "
        "One is enough to refuse it, whoever else signed.",
        "Ask the log for the checkpoint as it was signed.",
    ),
    "log-unknown": entry(
        _NOTES,
        "A log that is not trusted",
        "No key of a log of the trust root signed the checkpoint, so the proof shows nothing.",
        "Log the report where the trust root says, or have the log added to it.",
    ),
    "witness-time-ahead": entry(
        _NOTES,
        "A witness ahead of the clock",
        "A witness states a time that has not come yet; its signature is not counted.",
        "Check the clock that is given, and the witness.",
    ),
    "witnesses-too-few": entry(
        _NOTES,
        "Fewer witnesses than the trust root asks for",
        "A log that few have seen can show one history to one reader and another to the next.",
        "Have the checkpoint signed by more witnesses.",
    ),
}

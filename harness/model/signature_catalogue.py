"""Findings about signatures: whose they are, and whether they count."""

from collections.abc import Mapping

from harness.model.catalogue_entry import CatalogueEntry, entry
from harness.model.finding import Effect

_VOIDS, _NOTES = Effect.VOIDS, Effect.NOTES

SIGNATURE_CATALOGUE: Mapping[str, CatalogueEntry] = {
    "key-not-valid-then": entry(
        _VOIDS,
        "Signed when the key was not valid",
        "The trust root says from when and until when a key counts; the time that is signed lies outside.",
        "Sign with a key that is valid, or get the trust root that knows this one.",
    ),
    "key-revoked": entry(
        _VOIDS,
        "Signed with a revoked key",
        "A superseded key counts until it was revoked. A compromised one counts only where a log and its witnesses "
        "prove that the signature is older than the day from which it is distrusted.",
        "Sign anew with another key, or hand in the proof of the log.",
    ),
    "key-wrong-role": entry(
        _VOIDS,
        "Signed by a key of another role",
        "The signature is good, and its key is none of those that may sign this.",
        "Have it signed by whoever has the role, or get the trust root that gives them the role.",
    ),
    "laboratory-not-accredited": entry(
        _NOTES,
        "No accreditation on the day of the test",
        "The trust root knows of none for this laboratory that was valid then. The regulation asks for expertise and "
        "names no accreditation.",
        "Have the accreditation entered in the trust root, or show the expertise otherwise.",
    ),
    "laboratory-not-the-signer": entry(
        _VOIDS,
        "The laboratory that is named did not sign",
        "The statement names one laboratory, and the signatures that count are of others.",
        "Have it signed by the laboratory that it names.",
    ),
    "method-out-of-scope": entry(
        _NOTES,
        "A method that no accreditation of the laboratory covers",
        "The scopes that the trust root knows name neither the bench of the report nor its digest.",
        "Measure with a method of the scope, or have the scope extended.",
    ),
    "report-revoked": entry(
        _VOIDS,
        "The report was withdrawn",
        "The trust root lists the digest of what was signed among the reports that were withdrawn.",
        "Ask the laboratory for the report that takes its place.",
    ),
    "signature-bad": entry(
        _VOIDS,
        "A signature that is not what it says",
        "A signature names a key of the trust root and does not verify under it: what was signed was changed, or "
        "the signature was. Good signatures beside it do not mend that.",
        "Get the file again from whoever signed it.",
    ),
    "signature-none-valid": entry(
        _VOIDS,
        "No signature that counts",
        "It is signed, and by nobody whom the trust root knows in this role.",
        "Have it signed by a key of the role, or get the trust root that knows the key.",
    ),
    "signature-not-counted": entry(
        _NOTES,
        "A signature beside those that are needed does not count",
        "Its key was revoked, or not valid when it is said to have signed. Enough others signed.",
        "None needed; ask why it was signed with that key.",
    ),
    "signature-threshold": entry(
        _VOIDS,
        "Too few signatures",
        "The role asks for more keys, or for keys of more organisations. A key counts once, whatever it is called.",
        "Have it countersigned.",
    ),
    "signature-unknown-key": entry(
        _NOTES,
        "A signature by a key that is not known",
        "The trust root has no such key. It counts for nothing, and voids nothing.",
        "None needed; or get the trust root that knows the key.",
    ),
    "signed-after-export": entry(
        _NOTES,
        "Signed after the day of the export",
        "The exporter must have the laboratory's certification before any export (15 CFR 748 Supp. 2, (dd)(3)(ii)). "
        "What was signed later was not that certification; it can be a copy that was signed once more.",
        "Show the certification that was signed before the export.",
    ),
    "subject-differs": entry(
        _VOIDS,
        "The statement is about something else than its report",
        "A signed statement names by digest the report's file, every unit and every attached file. One of them is not "
        "what the report in the statement says, is missing, or is named beside them.",
        "Sign the report anew, with the files that it names.",
    ),
}

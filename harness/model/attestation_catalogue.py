"""Findings about device attestation: whether the device that was measured is the one it is said to be."""

from collections.abc import Mapping

from harness.model.catalogue_entry import CatalogueEntry, entry
from harness.model.finding import Effect

_VOIDS = Effect.VOIDS

ATTESTATION_CATALOGUE: Mapping[str, CatalogueEntry] = {
    "attestation-chain": entry(
        _VOIDS,
        "The certificates of a device do not hold together",
        "A certificate is not signed by the next one, may not sign what it signed, is of another day or of a key of "
        "another kind, or was issued to other firmware than the report names.",
        "Take the chain from the device again, from the signing certificate to the root, and attach it as it is.",
    ),
    "attestation-nonce": entry(
        _VOIDS,
        "A device's report answers another question",
        "The nonce in the report is not the one of this challenge, unit, session and raw data: the report was recorded "
        "at another time, or from another unit.",
        "Ask the device for its report with the nonce of the session, and again after the measurements.",
    ),
    "attestation-root-unknown": entry(
        _VOIDS,
        "A device's certificates end at a root that nobody vouches for",
        "The last certificate is none of the roots that the trust root names, so anybody could have made the chain.",
        "Where the maker has a new root, have the keeper of the trust root add it.",
    ),
    "attestation-signature": entry(
        _VOIDS,
        "A device's report is not signed by its key",
        "The signature does not stand over the request and the answer under the key of the first certificate.",
        "Attach report and chain of the same device, as they were taken.",
    ),
    "attestation-unreadable": entry(
        _VOIDS,
        "A device's report or its certificates cannot be read",
        "The file is no SPDM 1.1 report whose lengths add up, or no list of PEM certificates and nothing else.",
        "Attach the files as the maker's tool writes them.",
    ),
    "challenge-not-the-one-committed": entry(
        _VOIDS,
        "The challenge that was revealed is not the one that was committed to",
        "The SHA-256 digest of the challenge differs from the one that was stated beforehand.",
        "State the challenge that was issued.",
    ),
    "device-key-changed": entry(
        _VOIDS,
        "One unit answered as two devices",
        "Two attestations of the same unit were signed for by different device keys: the unit that was measured need "
        "not be the one that was attested.",
        "Measure again, and attest the unit that stays on the bench.",
    ),
    "device-key-duplicated": entry(
        _VOIDS,
        "Two units answered as one device",
        "Attestations of two units of the lot carry the same device key: one device stood in for the other.",
        "Attest every unit by itself.",
    ),
}

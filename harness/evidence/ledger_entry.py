"""The bytes of a ledger's entries, and what makes a product the same: both must come out the same everywhere."""

import hashlib

from harness.codec.canonical_record import canonical_record
from harness.model.ledger_event import FiveDeclared, LedgerEvent
from harness.model.quantity import as_text, in_base_unit


def entry_bytes(event: LedgerEvent) -> bytes:
    """Return an event in the one spelling that is hashed, whatever file it came from.

    Source:
        RFC 8785.
    """
    return canonical_record(event.model_dump(mode="json", by_alias=True, exclude_none=True))


def product_id(declared: FiveDeclared) -> str:
    """Return the digest of the five declared quantities in base units: 4.8 TB/s and 4,800 GB/s are one product."""
    figures = {name: getattr(declared, name) for name in FiveDeclared.model_fields}
    return hashlib.sha256(
        canonical_record({name: as_text(in_base_unit(one.value, one.unit)) for name, one in figures.items()})
    ).hexdigest()

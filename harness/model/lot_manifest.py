"""The list of all units of a lot, `lot-manifest/1`: fixed before anyone knows which of them will be drawn."""

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

from pydantic import Field

from harness.model.document import Document, Name, Sha256, Slug
from harness.model.lab_report import DeclaredBandwidth, DeclaredCapacity, DeclaredPower, DeclaredTpp

MOST_UNITS = 1_000_000
IDENTITIES = ("serial", "device_uuid", "device_key_sha256", "board_serial", "marking")
# What only one unit has; a board may bear several units, and a marking name a batch.
UNIQUE = ("unit_id", "serial", "device_uuid", "device_key_sha256")


class ManifestProduct(Document):
    """What the lot is declared to be: the five quantities, as far as they are stated."""

    chip: Slug | None = None
    name: Name | None = None
    tpp: DeclaredTpp | None = None
    total_dram_bandwidth: DeclaredBandwidth | None = None
    interconnect_bandwidth: DeclaredBandwidth | None = None
    copackaged_dram_capacity: DeclaredCapacity | None = None
    peak_power_at_max_tpp: DeclaredPower | None = None


class ManifestUnit(Document):
    """One unit, by its name in the lot and by what it is known by outside of it."""

    unit_id: Slug
    serial: Name | None = None
    board_serial: Name | None = None
    device_uuid: Name | None = None
    marking: Name | None = None
    device_key_sha256: Sha256 | None = None


class LotManifest(Document):
    """A lot manifest, `lot-manifest/1`."""

    format: Literal["lot-manifest/1"] = Field(alias="schema")
    lot_id: Name
    product: ManifestProduct | None = None
    units: Annotated[tuple[ManifestUnit, ...], Field(min_length=1, max_length=MOST_UNITS)]


def plain_identity(value: str) -> str:
    """Return an identity without what makes no other one: case, spaces, wide letters and those that nobody sees.

    >>> plain_identity("GPU-0A  1 ")
    'gpu-0a 1'
    """
    plain = value if value.isascii() else "".join(filter(str.isprintable, unicodedata.normalize("NFKC", value)))
    return " ".join(plain.casefold().split())


def unfit_units(units: Iterable[ManifestUnit]) -> Iterator[tuple[int, str, str, str]]:
    """Yield what keeps units from being told apart: number, field, what stands there, what is needed."""
    first: dict[str, dict[str, int]] = {field: {} for field in UNIQUE}
    for n, unit in enumerate(units):
        if not any(getattr(unit, field) for field in IDENTITIES):
            yield n, "serial", "no identity beside the unit_id", f"one of {', '.join(IDENTITIES)}"
        for field in UNIQUE:
            value = getattr(unit, field)
            if value is not None and (at := first[field].setdefault(plain_identity(value), n)) != n:
                yield n, field, f"{value!r}, as unit {at + 1} of the list has", "an identity of its own"

"""What a manifest commits to: one digest over the lot and every identity in it, whatever order they are listed in."""

from harness.codec.canonical_record import canonical_record
from harness.evidence.merkle import leaf_hash, root
from harness.model.lab_report import TestedUnit
from harness.model.lot_manifest import LotManifest, ManifestUnit, plain_identity


def identity_record(unit: ManifestUnit) -> bytes:
    """Return what is hashed of a unit: canonical JSON of its unit_id and of every identity that is stated.

    Source:
        RFC 8785.

    >>> identity_record(ManifestUnit(unit_id="unit-1", serial="A1"))
    b'{"serial":"A1","unit_id":"unit-1"}'
    """
    return canonical_record({name: value for name, value in unit.__dict__.items() if value is not None})


def lot_record(manifest: LotManifest) -> bytes:
    """Return what is hashed of the lot itself: its id, and what it is declared to be."""
    head = manifest.model_dump(mode="json", include={"lot_id", "product"}, exclude_none=True)
    return canonical_record(head)


def manifest_root(manifest: LotManifest) -> bytes:
    """Return the root of the tree whose leaves are the lot's record, then each unit's in the order of the unit_ids.

    The order is that of the bytes of the ids, so a list that is sorted another way is the same manifest.

    Source:
        RFC 9162, section 2.1.1.
    """
    units = sorted(manifest.units, key=lambda unit: unit.unit_id)  # Ids are ASCII.
    return root([leaf_hash(lot_record(manifest)), *(leaf_hash(identity_record(unit)) for unit in units)])


def is_listed_unit(tested: TestedUnit, listed: ManifestUnit) -> bool | None:
    """Return whether a tested unit is the one that the manifest lists; None where they have no identity in common."""
    pairs = [(tested.serial, listed.serial), (tested.device_uuid, listed.device_uuid)]
    stated = [plain_identity(one) == plain_identity(other) for one, other in pairs if one and other]
    return all(stated) if stated else None

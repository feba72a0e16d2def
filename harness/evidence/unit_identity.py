"""The identity of a unit as bytes of one encoding, so that its digest stands for the unit."""

from harness.codec.canonical_record import canonical_record
from harness.model.lab_report import TestedUnit


def identity_record(unit: TestedUnit) -> bytes:
    """Return what identifies a unit, as canonical JSON: the fields that are stated, sorted by name.

    Source:
        RFC 8785.

    >>> identity_record(TestedUnit(unit_id="unit-1", serial="0421"))
    b'{"serial":"0421","unit_id":"unit-1"}'
    """
    stated = {"unit_id": unit.unit_id, "serial": unit.serial, "device_uuid": unit.device_uuid}
    return canonical_record({name: value for name, value in stated.items() if value is not None})

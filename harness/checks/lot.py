"""Is the lot what the report says it is?"""

from collections.abc import Iterator

from harness.model.case import Case
from harness.model.finding import Finding


def units_are_listed_once(case: Case) -> Iterator[Finding]:
    """Does every unit have identities of its own, and every measurement a unit of the lot?"""
    units = case.report.lot.units if case.report.lot else ()
    for field in ("unit_id", "serial", "device_uuid"):
        first: dict[str, int] = {}
        for n, unit in enumerate(units):
            value = getattr(unit, field)
            # Case and spaces make no other identity.
            plain = " ".join(value.casefold().split()) if value is not None else None
            if plain and first.setdefault(plain, n) != n:
                got = f"{value}, as lot.units[{first[plain]}] has"
                where = f"lot.units[{n}].{field}"
                yield Finding(code="unit-duplicated", where=where, got=got, need="an identity of its own")
    known = {unit.unit_id for unit in units}
    for n, measurement in enumerate(case.report.measurements):
        if measurement.unit_id not in known:
            where, need = f"measurements[{n}].unit_id", "a unit of lot.units"
            yield Finding(code="unit-not-in-lot", where=where, got=measurement.unit_id, need=need, measurements=(n,))


def shipment_lies_within_the_lot(case: Case) -> Iterator[Finding]:
    """Is every unit that ships part of the lot that was reviewed, and no more units tested than the lot has?"""
    lot, transaction = case.report.lot, case.report.transaction
    size = lot.units_in_lot if lot else None
    shipped = transaction.units if transaction else None
    everything = tuple(range(len(case.report.measurements)))
    if lot is not None and not size:
        yield Finding(
            code="lot-size-absent",
            where="lot.units_in_lot",
            got=str(size or "nothing"),
            need="the number of units",
            measurements=everything,
        )
    if transaction is not None and not shipped:
        yield Finding(
            code="lot-size-absent",
            where="transaction.units",
            got=str(shipped or "nothing"),
            need="the number of units that ship",
            measurements=everything,
        )
    if lot is None or not size:
        return
    for where, count, what in (
        ("transaction.units", shipped or 0, "units in the shipment"),
        ("lot.units_in_lot", len(lot.units), "units tested"),
    ):
        if count > size:
            need = f"at most the {size} of the lot"
            yield Finding(
                code="lot-smaller-than-shipment", where=where, got=f"{count} {what}", need=need, measurements=everything
            )

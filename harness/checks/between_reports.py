"""Is a raw series of one report that of another unit in a report that was judged before it, in the same call?"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from harness.checks.raw import samples_in_base_unit
from harness.checks.summaries import telling
from harness.checks.values import INVENTORY
from harness.model.case import Case

# A unit by what only one device has; None where the report does not say.
Identity = tuple[str | None, str | None]


@dataclass(kw_only=True, slots=True)
class SeriesSeen:
    """The series of the reports that were judged so far. A verdict reads none of it: it is of one report alone."""

    first: dict[tuple[str, tuple[Decimal, ...]], tuple[str, int, Identity]] = field(default_factory=dict)

    def copied(self, source: str, case: Case) -> list[str]:
        """Return what of this report stands in another one as the series of another unit, each in a line for people.

        Two units are one where nothing tells them apart: a report may be issued again.
        """
        identities: dict[str, Identity] = {
            unit.unit_id: (unit.serial and unit.serial.casefold(), unit.device_uuid and unit.device_uuid.casefold())
            for unit in (case.report.lot.units if case.report.lot else ())
        }
        told = []
        for n, unit_id, measurand, samples in series_of_one_unit(case):
            identity = identities.get(unit_id, (None, None))
            key = (measurand, tuple(sorted(samples)))
            other, m, owner = self.first.setdefault(key, (source, n, identity))
            if other != source and _two_devices(identity, owner):
                got = f"the {len(samples)} samples of {other}, measurements[{m}], which are of another device"
                told.append(f"measurements[{n}].raw: got {got}; need samples of its own")
        return told


def series_of_one_unit(case: Case) -> Iterator[tuple[int, str, str, tuple[Decimal, ...]]]:
    """Yield the series that no two units give alike: number, unit and measurand of each, and samples in base units."""
    for n, measurement in enumerate(case.report.measurements):
        samples = samples_in_base_unit(case, measurement)
        if samples is not None and measurement.measurand not in INVENTORY and telling(samples):
            yield n, measurement.unit_id, measurement.measurand, tuple(samples)


def _two_devices(one: Identity, other: Identity) -> bool:
    """Whether some identity is known of both, and none agrees."""
    known = [(mine, theirs) for mine, theirs in zip(one, other, strict=True) if mine and theirs]
    return bool(known) and all(mine != theirs for mine, theirs in known)

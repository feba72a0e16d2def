"""A report against its own raw file: every value, uncertainty and proof derived again, and what differs named."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from harness.model.document import Document
from harness.model.lab_report import LabReport
from harness.model.measurement import Measurement, Observation

_LONGEST_SHOWN = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """One place where a report says something else than its raw file gives."""

    where: str
    report: str
    raw: str


def differences(report: LabReport, derived: LabReport) -> Iterator[Difference]:
    """Return where the report departs from what its raw file gives; what others added to it is left alone.

    Args:
        report: The report as it was handed in; declaration, custody and the like are not the bench's.
        derived: The report that the raw file gives today.
    """
    yield from _listed("measurements", report.measurements, derived.measurements)
    yield from _listed("observations", report.observations, derived.observations)
    for name in ("configuration", "challenge", "session"):
        yield from _parts(name, getattr(report, name), getattr(derived, name))
    stated = {unit.unit_id: unit for unit in (report.lot.units if report.lot else ())}
    for unit in derived.lot.units if derived.lot else ():
        found = stated.get(unit.unit_id)
        where = f"lot.units[{unit.unit_id}]"
        if found is None:
            yield Difference(where=where, report="nothing", raw="a unit that was measured")
        else:
            yield from _parts(where, found, unit)


def _listed(
    name: str, stated: Sequence[Measurement | Observation], derived: Sequence[Measurement | Observation]
) -> Iterator[Difference]:
    places = {_key(one): n for n, one in enumerate(stated)}
    for one in derived:
        n = places.pop(_key(one), None)
        if n is None:
            yield Difference(where=name, report="nothing", raw=_named(one))
        else:
            yield from _parts(f"{name}[{n}]", stated[n], one)
    for n in places.values():
        yield Difference(where=f"{name}[{n}]", report=_named(stated[n]), raw="nothing of the kind")


def _key(one: Measurement | Observation) -> tuple[object, ...]:
    if isinstance(one, Observation):
        return one.unit_id, one.name
    method = one.method
    pattern = method.data_pattern if method else None
    return one.unit_id, one.measurand, one.number_format, method.name if method else None, pattern, one.started_at


def _named(one: Measurement | Observation) -> str:
    if isinstance(one, Observation):
        return str(one.name)
    return " ".join(filter(None, (one.measurand, one.number_format, one.method.name if one.method else None)))


def _parts(where: str, stated: Document | None, derived: Document | None) -> Iterator[Difference]:
    one = stated.model_dump(mode="json", exclude_none=True) if stated is not None else None
    other = derived.model_dump(mode="json", exclude_none=True) if derived is not None else None
    yield from _walked(where, one, other)


def _walked(where: str, stated: Any, derived: Any) -> Iterator[Difference]:
    if isinstance(stated, dict) and isinstance(derived, dict):
        for name in dict.fromkeys([*derived, *stated]):
            yield from _walked(f"{where}.{name}", stated.get(name), derived.get(name))
    elif isinstance(stated, list) and isinstance(derived, list) and len(stated) == len(derived):
        for n, (one, other) in enumerate(zip(stated, derived, strict=True)):
            yield from _walked(f"{where}[{n}]", one, other)
    elif stated != derived:
        yield Difference(where=where, report=_shown(stated), raw=_shown(derived))


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, list | dict):
        return f"{len(value)} entries"
    text = str(value)
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3] + "..."

"""A report against its own raw file: every value, uncertainty and proof derived again, and what differs named."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.model.document import Document
from harness.model.lab_report import Attachment, LabReport, TestedUnit
from harness.model.measurement import Measurement, Observation

_LONGEST_SHOWN = 60
# Which fields the bench fills, and whether a laboratory must leave them open where the bench does: a challenge that the
# run did not have is none, while a serial that no call told may be read from the board.
_TOLD_BY_THE_BENCH: dict[str, dict[str, bool]] = {
    "product": {"name": False, "manufacturer": False},
    "configuration": {
        **{"driver": False, "firmware": False, "compute_library": False},
        **{"bench": True, "bench_sha256": True, "changes_made": True},
    },
    "dates": {"test": True},
    "challenge": {"nonce_sha256": True},
    "session": {"session_id": True, "started_at": True, "ended_at": True},
}
_TOLD_OF_A_UNIT = {"serial": False, "device_uuid": False, "state": True}


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
    yield from _walked("report_id", report.report_id, derived.report_id)
    yield from _notes(report.notes, derived.notes)
    yield from _listed("measurements", report.measurements, derived.measurements)
    yield from _listed("observations", report.observations, derived.observations)
    for name, told in _TOLD_BY_THE_BENCH.items():
        yield from _fields(name, getattr(report, name), getattr(derived, name), told)
    yield from _units(report.lot.units if report.lot else (), derived.lot.units if derived.lot else ())
    yield from _attached(report.attachments, derived.attachments)


def _notes(stated: Sequence[str], derived: Sequence[str]) -> Iterator[Difference]:
    """Every note of the bench must be there; a laboratory may say more."""
    yield from (Difference(where="notes", report="nothing", raw=_shown(note)) for note in derived if note not in stated)


def _fields(
    where: str, stated: Document | None, derived: Document | None, told: Mapping[str, bool]
) -> Iterator[Difference]:
    """Compare the fields that the bench fills; of those that it may leave open, only what it filled."""
    for name, even_nothing in told.items():
        one, other = (getattr(document, name, None) for document in (stated, derived))
        if other is not None or even_nothing:
            yield from _walked(f"{where}.{name}", _plain(one), _plain(other))


def _units(stated: Sequence[TestedUnit], derived: Sequence[TestedUnit]) -> Iterator[Difference]:
    left = list(stated)
    for unit in derived:
        where = f"lot.units[{unit.unit_id}]"
        found = [one for one in left if one.unit_id == unit.unit_id]
        if not found:
            yield Difference(where=where, report="nothing", raw="a unit that was measured")
        for one in found[:1]:
            left.remove(one)
            yield from _fields(where, one, unit, _TOLD_OF_A_UNIT)
    for unit in left:
        yield Difference(where=f"lot.units[{unit.unit_id}]", report="a unit", raw="nothing of the kind")


def _attached(stated: Sequence[Attachment], derived: Sequence[Attachment]) -> Iterator[Difference]:
    """Every file of the bench must be named as it is; a laboratory may attach others.

    The raw file itself is another matter: its digest is held against the bytes that were read.
    """
    for one in (one for one in derived if not one.name.endswith(".raw.jsonl")):
        found = [other for other in stated if other.name == one.name]
        if not found:
            yield Difference(where=f"attachments, {one.name}", report="nothing", raw=one.sha256)
        for other in found:
            yield from _parts(f"attachments, {one.name}", other, one)


def _listed(
    name: str, stated: Sequence[Measurement | Observation], derived: Sequence[Measurement | Observation]
) -> Iterator[Difference]:
    """Compare two lists as they are: as many of each kind, and what is the same first, so that the rest stands out."""
    places: dict[tuple[object, ...], list[int]] = {}
    for n, one in enumerate(stated):
        places.setdefault(_key(one), []).append(n)
    unmatched: list[Measurement | Observation] = []
    for one in derived:
        left = places.get(_key(one), [])
        same = next((n for n in left if _plain(stated[n]) == _plain(one)), None)
        if same is None:
            unmatched.append(one)
        else:
            left.remove(same)
    for one in unmatched:
        left = places.get(_key(one), [])
        if left:
            n = left.pop(0)
            yield from _parts(f"{name}[{n}]", stated[n], one)
        else:
            yield Difference(where=name, report="nothing", raw=_named(one))
    for n in sorted(n for left in places.values() for n in left):
        yield Difference(where=f"{name}[{n}]", report=_named(stated[n]), raw="nothing of the kind, or not so often")


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
    yield from _walked(where, _plain(stated), _plain(derived))


def _plain(value: object) -> Any:
    return value.model_dump(mode="json", exclude_none=True) if isinstance(value, Document) else value


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

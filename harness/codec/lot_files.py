"""Files about a lot: the table of its units, its manifest, and the draw from it."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from harness.codec.canonical_record import canonical_record
from harness.codec.documents import faults_of, from_json
from harness.codec.strict_json import MOST_FAULTS, Limits
from harness.errors import Fault, UnreadableInput
from harness.model.lot_draw import LotDraw, SamplingPlan
from harness.model.lot_manifest import MOST_UNITS, LotManifest, ManifestUnit, unfit_units

COLUMNS = tuple(ManifestUnit.model_fields)
# A unit of six fields and their names is 14 tokens, and a quarter of a kilobyte.
LARGEST = Limits(largest_bytes=512 * 1024 * 1024, most_tokens=16 * MOST_UNITS)


def read_manifest(data: bytes, source: str) -> LotManifest:
    """Return the manifest in these bytes, in which every unit is told from every other.

    Raises:
        UnreadableInput: With every fault, each with its place.
    """
    manifest = from_json(LotManifest, data, source, LARGEST)
    _refuse(
        source,
        (Fault(where=f"units[{n}].{field}", got=got, need=need) for n, field, got, need in unfit_units(manifest.units)),
    )
    return manifest


def read_draw(data: bytes, source: str) -> LotDraw:
    """Return the draw in these bytes.

    Raises:
        UnreadableInput: With every fault, each with its place.
    """
    draw = from_json(LotDraw, data, source, LARGEST)
    _refuse(source, _plan_faults(draw.plan))
    return draw


def _plan_faults(plan: SamplingPlan) -> Iterator[Fault]:
    """Yield what of a plan is no share or no risk."""
    for name, value, fits, need in (
        ("ltpd", plan.ltpd, plan.ltpd is None or 0 < plan.ltpd <= 1, "above 0, and 1 at the most"),
        ("beta", plan.beta, plan.beta is None or 0 < 2 * plan.beta <= 1, "above 0, and 0.5 at the most"),
        ("detection", plan.detection, plan.detection <= 1, "1 at the most"),
    ):
        if not fits:
            yield Fault(where=f"plan.{name}", got=str(value), need=f"a share {need}")
    if (plan.ltpd is None) != (plan.beta is None):
        yield Fault(where="plan", got="one of ltpd and beta", need="both, or neither")


def manifest_bytes(manifest: LotManifest) -> bytes:
    """Return a manifest as a file: a line for each unit, so that people can compare two."""
    head: dict[str, Any] = manifest.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"units"})
    units = b",\n".join(canonical_record(unit.model_dump(exclude_none=True)) for unit in manifest.units)
    return canonical_record(head)[:-1] + b',"units":[\n' + units + b"\n]}\n"


def units_of_table(data: bytes, source: str) -> tuple[ManifestUnit, ...]:
    """Return the units of a CSV table with a header; every fault with its line.

    Raises:
        UnreadableInput: No UTF-8, no CSV, a column that is missing, unknown or there twice, an empty unit_id, an
            identity of no form, or one that two units have.
    """
    reader = csv.reader(io.StringIO(_text(data, source), newline=""), strict=True)
    units: list[ManifestUnit] = []
    lines: list[int] = []
    faults: list[Fault] = []
    try:
        columns = _columns(next(reader, None), source)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            read = _unit(cells, columns, reader.line_num)
            if isinstance(read, ManifestUnit):
                units.append(read)
                lines.append(reader.line_num)
            else:
                faults += read
            if len(faults) >= MOST_FAULTS or len(units) > MOST_UNITS:
                break
    except csv.Error as error:
        fault = Fault(where=f"line {reader.line_num}", got=str(error), need="CSV with quotes that close")
        raise UnreadableInput(source, (fault,)) from None
    if len(units) > MOST_UNITS:
        faults.append(Fault(where="the table", got=f"more than {MOST_UNITS:,} units", need="a lot of at most as many"))
    elif not units and not faults:
        faults.append(Fault(where="the table", got="no unit", need="a line for each unit of the lot"))
    faults += _told_by_line(units, lines) if not faults else []
    _refuse(source, iter(faults))
    return tuple(units)


def _text(data: bytes, source: str) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        where = f"line {data.count(bytes([10]), 0, error.start) + 1}"
        raise UnreadableInput(source, (Fault(where=where, got="bytes of another kind", need="UTF-8"),)) from None
    if "\0" in text:
        raise UnreadableInput(source, (Fault(where="the table", got="a zero byte", need="text"),))
    return text


def _columns(header: list[str] | None, source: str) -> list[str]:
    names = [name.strip() for name in header or ()]
    wrong = [name for name in names if name not in COLUMNS or names.count(name) > 1]
    if wrong or "unit_id" not in names:
        got = ", ".join(names)[:200] or "an empty line"
        need = f"a header with unit_id and others of {', '.join(COLUMNS[1:])}, each once"
        advice = f"{wrong[0]!r} is none, or stands twice" if wrong else None
        raise UnreadableInput(source, (Fault(where="line 1", got=got, need=need, next=advice),))
    return names


def _unit(cells: list[str], columns: list[str], line: int) -> ManifestUnit | list[Fault]:
    if len(cells) != len(columns):
        need = f"{len(columns)}, as the header has"
        return [Fault(where=f"line {line}", got=f"{len(cells)} cells", need=need)]
    stated = {name: cell.strip() for name, cell in zip(columns, cells, strict=True) if cell.strip()}
    try:
        return ManifestUnit.model_validate(stated)
    except ValidationError as error:
        return [
            Fault(where=f"line {line}, {fault.where}", got=fault.got, need=fault.need)
            for fault in faults_of(ManifestUnit, error)
        ]


def _told_by_line(units: list[ManifestUnit], lines: list[int]) -> list[Fault]:
    return [Fault(where=f"line {lines[n]}, {field}", got=got, need=need) for n, field, got, need in unfit_units(units)]


def _refuse(source: str, faults: Iterator[Fault]) -> None:
    found = []
    for fault in faults:
        found.append(fault)
        if len(found) == MOST_FAULTS:
            break
    if found:
        raise UnreadableInput(source, tuple(found))

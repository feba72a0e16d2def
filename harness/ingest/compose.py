"""A lab report from what other tools' files say: units matched, measurands apart from observations, nothing dropped."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import count as counted

from harness.codec.chip_names import named_chip
from harness.codec.digest import sha256
from harness.errors import WrongUsage
from harness.ingest.units import MatchedUnit, Units
from harness.model.foreign import ForeignFile, ForeignReading, Ingested
from harness.model.lab_report import (
    Configuration,
    IngestedFile,
    LabReport,
    Lot,
    Product,
    ReportDates,
    TestedUnit,
)
from harness.model.measurement import Measurement, Observation, RawSamples, ValueSource
from harness.model.quantity import base_unit

# What a lab report holds at most of each; a report itself stays under 4 MiB.
_MOST_READINGS, _MOST_REMARKS, _MOST_NOT_MAPPED, _MOST_SAMPLES = 20_000, 1_000, 4_096, 10_000
_LARGEST_REPORT = 4 * 1024 * 1024
_BASE_OF = {
    "compute_rate": "TFLOP/s",
    "total_dram_bandwidth": "GB/s",
    "interconnect_bandwidth": "GB/s",
    "copackaged_dram_capacity": "GB",
    "peak_power_at_max_tpp": "W",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What the person says beside the files."""

    chip: str | None = None
    unit_id: str | None = None
    report_id: str | None = None
    test: date | None = None


@dataclass(slots=True)
class _Part:
    """One file on its way into the report."""

    file: ForeignFile
    read: Ingested
    not_mapped: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def composed(files: Sequence[tuple[ForeignFile, Ingested]], asked: Asked) -> LabReport:
    """Return the lab report that the files amount to. What only a laboratory knows is left out, and so unknown.

    Args:
        files: Each file with what was read of it, in the order in which they were named.
        asked: What the person says beside the files.

    Raises:
        WrongUsage: A chip that no spec file describes, or one unit named for several devices.
    """
    parts = [
        _Part(file=file, read=read, not_mapped=list(read.not_mapped), remarks=list(read.remarks))
        for file, read in files
    ]
    units = Units(asked.unit_id)
    for part in parts:
        part.remarks += units.take(part.file.name, part.read.devices)
    measurements, observations = _readings(parts, units)
    listed = units.listed() or ((units.only(),) if measurements else ())
    report = LabReport.model_construct(
        format="lab-report/0",
        report_id=asked.report_id or _report_id(parts),
        notes=_notes(parts),
        product=_product(listed, parts, asked),
        lot=Lot(units=tuple(_tested(unit) for unit in listed)) if listed else None,
        configuration=_configuration(parts),
        measurements=tuple(measurements),
        observations=tuple(observations),
        ingested=tuple(_ingested(part) for part in parts),
        dates=ReportDates(test=asked.test) if asked.test else None,
    )
    return _small_enough(report)


def _report_id(parts: Iterable[_Part]) -> str:
    return "INGESTED-" + sha256("".join(sha256(part.file.data) for part in parts).encode())[:16].upper()


def _notes(parts: Sequence[_Part]) -> tuple[str, ...]:
    named = ", ".join(dict.fromkeys(f"{part.file.name} ({part.read.tool})" for part in parts))
    return (
        f"Read by harness ingest from {named}"[:8_000],
        "What these files do not say is left out: declaration, laboratory, custody, transaction, certifications.",
    )


def _readings(parts: Iterable[_Part], units: Units) -> tuple[list[Measurement], list[Observation]]:
    measurements: list[Measurement] = []
    observations: list[Observation] = []
    for part in parts:
        left_out = 0
        for reading in part.read.readings:
            unit = units.of(part.file.name, reading.device)
            as_measured = _measurement(part, reading, unit or units.alone(part.read.devices))
            if as_measured is not None and len(measurements) < _MOST_READINGS:
                measurements.append(as_measured)
            elif as_measured is None and len(observations) < _MOST_READINGS:
                observations.append(_observation(part, reading, unit))
            else:
                left_out += 1
        if left_out:
            part.not_mapped.insert(0, f"{left_out:,} readings: a lab report holds {_MOST_READINGS:,} of a kind")
    return measurements, observations


def _measurement(part: _Part, reading: ForeignReading, unit: MatchedUnit | None) -> Measurement | None:
    """Return a reading as a measurement, or None where it is an observation: no measurand, no unit of the lot."""
    if reading.measurand is None or unit is None or reading.value is None:
        return None
    try:
        fits = base_unit(reading.unit) == _BASE_OF[reading.measurand]
    except KeyError:
        fits = False
    if not fits:
        part.not_mapped.append(f"{reading.place}: {reading.unit}: no unit of {reading.measurand} in a lab report")
        return None
    return Measurement(
        unit_id=unit.unit_id,
        measurand=reading.measurand,
        number_format=reading.number_format,
        sparsity=reading.sparsity,
        method=reading.method,
        value=reading.value,
        unit=reading.unit,  # type: ignore[arg-type]
        statistic=reading.statistic,
        raw=_raw(part, reading),
        source=_source(part, reading),
    )


def _raw(part: _Part, reading: ForeignReading) -> RawSamples | None:
    if not reading.samples:
        return None
    if len(reading.samples) > _MOST_SAMPLES:
        part.not_mapped.append(f"{reading.place}: {len(reading.samples):,} samples: attach them as a file")
        return None
    return RawSamples(unit=reading.unit, samples=reading.samples)  # type: ignore[arg-type]


def _source(part: _Part, reading: ForeignReading) -> ValueSource:
    return ValueSource(kind="measured", reference=f"{part.read.tool}: {part.file.name}, {reading.place}"[:8_000])


def _observation(part: _Part, reading: ForeignReading, unit: MatchedUnit | None) -> Observation:
    return Observation(
        unit_id=unit.unit_id if unit else None,
        name=reading.name,
        value=reading.value,
        unit=reading.unit,
        number_format=reading.number_format,
        description=_described(reading),
        source=_source(part, reading),
    )


def _described(reading: ForeignReading) -> str | None:
    method = reading.method.name if reading.method else None
    words = [word for word in (reading.description, method, reading.statistic) if word]
    return "; ".join(words)[:8_000] or None


def _product(units: Sequence[MatchedUnit], parts: Sequence[_Part], asked: Asked) -> Product | None:
    names = list(dict.fromkeys(unit.name for unit in units if unit.name))
    if asked.chip is not None:
        chip = named_chip(asked.chip)
        if chip is None:
            raise WrongUsage(f"--chip: no spec file for {asked.chip!r}; `harness chips` lists them")
        return Product(chip=chip.spec.id, manufacturer=chip.spec.manufacturer, name=names[0] if names else None)
    if not names:
        return None
    known = [named_chip(name) for name in names]
    ids = {found.spec.id for found in known if found is not None and not found.others}
    if len(ids) == 1 and all(found is not None for found in known) and known[0] is not None:
        return Product(chip=known[0].spec.id, manufacturer=known[0].spec.manufacturer, name=names[0])
    said = "devices of several kinds" if len(names) > 1 else "no spec file, or several, for that name"
    parts[0].remarks.append(f"product.chip is left out: {', '.join(names[:5])}: {said}; name it with --chip")
    return Product(name=names[0]) if len(names) == 1 else None


def _tested(unit: MatchedUnit) -> TestedUnit:
    return TestedUnit(unit_id=unit.unit_id, serial=unit.serial, device_uuid=unit.uuid, state=unit.state)


def _configuration(parts: Sequence[_Part]) -> Configuration | None:
    def first(name: str) -> str | None:
        said = list(dict.fromkeys(value for part in parts if (value := getattr(part.read, name))))
        if len(said) > 1:
            parts[0].remarks.append(f"configuration.{name}: the files say {' and '.join(said[:5])}; the first is kept")
        return said[0][:300] if said else None

    driver, firmware, library = first("driver"), first("firmware"), first("compute_library")
    if driver is None and firmware is None and library is None:
        return None
    return Configuration(driver=driver, firmware=firmware, compute_library=library)


def _ingested(part: _Part) -> IngestedFile:
    return IngestedFile(
        tool=part.read.tool,
        tool_version=part.read.tool_version,
        name=part.file.name,
        sha256=sha256(part.file.data),
        size_bytes=min(len(part.file.data), 10**9),
        remarks=_capped(part.remarks, _MOST_REMARKS),
        not_mapped=_capped(part.not_mapped, _MOST_NOT_MAPPED),
    )


def _capped(lines: list[str], most: int) -> tuple[str, ...]:
    if len(lines) <= most:
        return tuple(lines)
    return (*lines[: most - 1], f"{len(lines) - most + 1:,} more of the kind")


def _small_enough(report: LabReport) -> LabReport:
    """Leave out observations, the last first, until the report is as small as one may be; and say how many."""
    kept = len(report.observations)
    for halved in counted():
        whole = len(report.observations) - kept
        trimmed = report if whole == 0 else _with_fewer(report, kept)
        if kept == 0 or len(as_json(trimmed)) <= _LARGEST_REPORT:
            return trimmed
        kept = kept // 2 if halved < 30 else 0
    raise AssertionError("unreachable")


def _with_fewer(report: LabReport, kept: int) -> LabReport:
    first, *others = report.ingested
    said = f"{len(report.observations) - kept:,} observations: the report would be larger than 4 MiB"
    told = first.model_copy(update={"not_mapped": (said, *first.not_mapped[: _MOST_NOT_MAPPED - 1])})
    return report.model_copy(update={"observations": report.observations[:kept], "ingested": (told, *others)})


def as_json(report: LabReport) -> bytes:
    """Return a report as the bytes of its file: what is unknown is left out."""
    return (report.model_dump_json(by_alias=True, exclude_none=True, indent=2) + "\n").encode()

"""A raw file as a lab report: every value derived from it, so that the same raw file gives the same report."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pydantic import ValidationError

from harness.bench.absorption import LARGEST_TRIED, SMALLEST_TRIED
from harness.bench.journal import Journal, as_bytes
from harness.bench.marks import marks
from harness.bench.series import MOST_INLINE, Merged, as_measurement, as_observation, merged
from harness.bench.sittings import in_words, sittings, standing, superseded
from harness.bench.states import derived_observations, link_inventory, tested_unit
from harness.bench.telemetry_table import telemetry_csv
from harness.codec.digest import sha256
from harness.codec.documents import faults_of
from harness.errors import UnreadableInput
from harness.model.bench_raw import RawAbsorption, RawCapacity, RawHeader, RawRemark, RawSeries
from harness.model.lab_report import (
    Attachment,
    Challenge,
    Configuration,
    LabReport,
    Lot,
    Product,
    ReportDates,
    TestSession,
)
from harness.model.measurement import Measurement, Method, Observation, RawSamples, ValueSource
from harness.model.quantity import as_text

# Computers of the host: their memory is not packaged with a chip.
_HOSTS = frozenset({"cpu"})
_LONGEST_NOTE = 8_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Composed:
    """A report, and the files that it names; they are written first."""

    report: LabReport
    files: tuple[tuple[str, bytes], ...]

    def as_json(self) -> bytes:
        """Return the report as the bytes of its file."""
        return (self.report.model_dump_json(by_alias=True, exclude_none=True, indent=2) + "\n").encode()


def composed(journal: Journal, stem: str, chip: str | None = None) -> Composed:
    """Return the lab report that a raw file amounts to.

    Args:
        journal: The run.
        stem: What the names of attached files begin with.
        chip: The chip by its spec file, where somebody named another than when the run began.

    Raises:
        UnreadableInput: The raw file holds more than a report can, as none that the bench wrote does.
    """
    try:
        return _composed(journal, stem, chip)
    except ValidationError as error:
        raise UnreadableInput(f"the report of {journal.header.run_id}", faults_of(LabReport, error)) from None


def _composed(journal: Journal, stem: str, chip: str | None) -> Composed:
    header, lines = journal.header, standing(journal.lines)
    series = merged((line for line in lines if isinstance(line, RawSeries)), header.timer_resolution_s)
    files: list[tuple[str, bytes]] = [(f"{stem}.raw.jsonl", as_bytes(journal.lines))]
    measurements = tuple(_measurements(series, stem, files))
    if table := telemetry_csv(journal.lines):
        files.append((f"{stem}.telemetry.csv", table))
    capacities = [line for line in lines if isinstance(line, RawCapacity)]
    kinds = {unit.unit_id: unit.kind for unit in header.units}
    report = LabReport(
        schema="lab-report/0",
        report_id=header.run_id,
        notes=tuple(dict.fromkeys(note[:_LONGEST_NOTE] for note in _notes(journal))),
        product=_product(header, chip),
        lot=Lot(units=tuple(tested_unit(unit, journal.lines) for unit in header.units)),
        configuration=_configuration(header),
        measurements=(
            *measurements,
            *(_capacity(line) for line in capacities if line.whole and kinds[line.unit_id] not in _HOSTS),
            *_inventories(journal),
        ),
        observations=(
            *(as_observation(one) for one in series if one.first.role == "observation"),
            *derived_observations(series, journal.lines),
            *(_absorption(line) for line in lines if isinstance(line, RawAbsorption) and _is_told(line)),
            *(_share(line) for line in capacities if not line.whole or kinds[line.unit_id] in _HOSTS),
        ),
        dates=ReportDates(test=header.started_at.date()),
        challenge=Challenge(nonce_sha256=header.nonce_sha256) if header.nonce_sha256 else None,
        session=TestSession(
            session_id=header.run_id, started_at=header.started_at, ended_at=journal.end.at if journal.end else None
        ),
        attachments=tuple(_attachment(name, data) for name, data in files),
    )
    return Composed(report=report, files=tuple(files))


def _measurements(series: Sequence[Merged], stem: str, files: list[tuple[str, bytes]]) -> Iterator[Measurement]:
    for number, one in enumerate((one for one in series if one.first.role == "measurement"), start=1):
        attachment = None
        if len(one.samples) > MOST_INLINE:
            attachment = f"{stem}.series-{number}.txt"
            files.append((attachment, "".join(f"{as_text(rate)}\n" for rate in one.samples).encode()))
        yield as_measurement(one, attachment)


def _attachment(name: str, data: bytes) -> Attachment:
    kinds = {"jsonl": "application/jsonl", "csv": "text/csv", "txt": "text/plain"}
    return Attachment(
        name=name, sha256=sha256(data), size_bytes=len(data), media_type=kinds[name.rsplit(".", maxsplit=1)[-1]]
    )


def _product(header: RawHeader, chip: str | None) -> Product:
    """Name the product where all units are of one kind; which chip it is, only a person says."""
    names = {unit.name for unit in header.units}
    makers = {unit.manufacturer for unit in header.units}
    one_kind = len(names) == 1
    return Product(
        chip=chip or header.chip,
        name=next(iter(names)) if one_kind else None,
        manufacturer=next(iter(makers)) if len(makers) == 1 else None,
    )


def _configuration(header: RawHeader) -> Configuration:
    def said(name: str) -> str | None:
        found = list(dict.fromkeys(value for unit in header.units if (value := getattr(unit, name))))
        return "; ".join(found)[:300] or None

    return Configuration(
        driver=said("driver"),
        firmware=said("firmware"),
        compute_library=said("compute_library"),
        bench=header.bench,
        bench_sha256=header.bench_sha256,
        changes_made="none: the bench reads settings and changes none",
    )


def _notes(journal: Journal) -> Iterator[str]:
    header, end = journal.header, journal.end
    yield f"Measured by {header.bench}, plan {header.plan}, of at most {as_text(header.limit_s)} s."
    if end is None:
        yield "PARTIAL: the run was cut off without a word; what is here was measured before."
    elif end.why != "complete":
        yield f"PARTIAL: {end.text}"
    if journal.torn:
        yield "The last line of the raw file was cut off and is left out."
    if len({unit.name for unit in header.units}) > 1:
        names = ", ".join(f"{unit.unit_id}: {unit.name}" for unit in header.units)
        yield f"Devices of different kinds, each a unit of its own: {names}. They are no lot of one product."
    elif len({(unit.driver, unit.firmware) for unit in header.units}) > 1:
        yield "The devices have different drivers or firmware; configuration names them all."
    yield "Not measured, for no program can: declaration, laboratory, custody, transaction, certifications."
    for unit in header.units:
        yield from (f"{unit.unit_id}: {mark}" for mark in marks(unit.unit_id, journal.lines))
    for line in journal.lines:
        if isinstance(line, RawRemark):
            yield f"{line.unit_id}: {line.text}" if line.unit_id else line.text
    if (count := len(sittings(journal.lines))) > 1:
        yield f"The run had {count} sittings; by the time of the run each began where the last one ended."
    if again := superseded(journal.lines):
        what = "; ".join(dict.fromkeys(map(in_words, again)))
        yield f"Cut off and measured again; what was cut off is in the raw file alone: {what}"


def _capacity(line: RawCapacity) -> Measurement:
    verified = line.proof.bytes_verified or 0
    return Measurement(
        unit_id=line.unit_id,
        measurand="copackaged_dram_capacity",
        method=Method(
            name="pattern written and verified",
            description=line.description,
            data_pattern="a word of 64 bits from seed and address, without a period",
            footprint_bytes=sum(line.chunks_bytes),
        ),
        value=Decimal(verified),
        unit="B",
        statistic="count",
        expanded_uncertainty=Decimal(0),
        coverage_factor=Decimal(2),
        uncertainty_basis="a count",
        capacity_proof=line.proof,
        started_at=line.started_at,
        ended_at=line.ended_at,
        raw=RawSamples(unit="B", samples=(Decimal(verified),)),
        source=ValueSource(kind="measured"),
    )


def _share(line: RawCapacity) -> Observation:
    """A part of the memory confirms no capacity, and memory of the host is not packaged with the chip."""
    share = f" of {line.total_bytes:,}" if line.total_bytes else ""
    wrong = f"{line.proof.bytes_wrong:,} bytes wrong, {line.proof.seeds} seeds"
    return Observation(
        unit_id=line.unit_id,
        name="memory-verified",
        value=Decimal(line.proof.bytes_verified or 0),
        unit="B",
        description=f"{line.description}{share}; {wrong}",
        source=ValueSource(kind="measured"),
    )


def _is_told(line: RawAbsorption) -> bool:
    """Whether it is known how much is kept: not where the device was too slow to go on."""
    return line.lost_from is not None or line.tried_to == SMALLEST_TRIED


def _absorption(line: RawAbsorption) -> Observation:
    """What the units keep of a small product in a large sum; shorter accumulators than the results would show here."""
    kept = f"none is lost, down to 2^-{line.tried_to}" if line.lost_from is None else "smaller ones are lost"
    if line.lost_from == LARGEST_TRIED:
        kept += "; at most, for larger ones were not tried"
    return Observation(
        unit_id=line.unit_id,
        name=f"absorption-{line.number_format}-{line.way}",
        value=Decimal(line.tried_to if line.lost_from is None else line.lost_from - 1),
        unit="1",
        number_format=line.number_format,
        description=f"the k of the smallest products 2^-k that still count beside a 1, in a sum of 2^k; {kept}",
        source=ValueSource(kind="measured"),
    )


def _inventories(journal: Journal) -> Iterable[Measurement]:
    for unit in journal.header.units:
        found = link_inventory(unit.unit_id, journal.lines)
        if found is not None:
            yield found

"""Who and what a report is about, what was not measured and why, and how it was challenged: lines under headings."""

from collections.abc import Iterator
from dataclasses import dataclass

from harness.model.illustrated import Illustrated
from harness.model.lab_report import LabReport
from harness.model.quantity import as_text
from harness.render.report_panel import Table

_PARTIAL = "PARTIAL"
_ABSENT = ("not measured", "not applicable")
_MOST_UNITS = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """Lines under a heading."""

    heading: str
    lines: tuple[str, ...]


def partial_marks(report: LabReport) -> list[str]:
    """Return what the report says of being only a part of a run."""
    return [note for note in report.notes if note.startswith(_PARTIAL)]


def identity(of: Illustrated) -> Iterator[Facts]:
    """Yield what stands above the figures; what the report does not state is left out, or said to be absent."""
    report = of.report
    yield Facts(heading="Identity", lines=tuple(_identity(of)))
    yield Facts(heading="Challenge", lines=tuple(_challenge(report)))
    absent = [note for note in report.notes if any(word in note.casefold() for word in _ABSENT)]
    left = [f"{one.name}: {one.fault}" for one in of.telemetry if one.fault is not None]
    left += [] if of.telemetry else ["no telemetry is attached"]
    left += [] if report.measurements else ["no measurement is in the report"]
    yield Facts(heading="Not measured, and not drawn", lines=(*absent, *left))
    others = [note for note in report.notes if note not in absent and not note.startswith(_PARTIAL)]
    if others:
        yield Facts(heading="Notes", lines=tuple(others))


def _identity(of: Illustrated) -> Iterator[str]:
    report, product = of.report, of.report.product
    said = [product.manufacturer, product.name, f"chip {product.chip}" if product.chip else None] if product else []
    yield f"product: {', '.join(one for one in said if one) or 'not stated'}"
    if of.named_by:
        yield of.named_by
    yield f"laboratory: {(report.laboratory.name if report.laboratory else None) or 'not stated'}"
    units = report.lot.units if report.lot else ()
    states = of.states
    for unit in units[:_MOST_UNITS]:
        name = states[unit.unit_id].device_name if unit.unit_id in states else None
        yield f"unit {', '.join(one for one in (unit.unit_id, name, unit.serial, unit.device_uuid) if one)}"
    if len(units) > _MOST_UNITS:
        yield f"and {len(units) - _MOST_UNITS:,} more units"
    if report.configuration is not None:
        for field in ("driver", "firmware", "compute_library", "bench"):
            if getattr(report.configuration, field):
                yield f"{field.replace('_', ' ')}: {getattr(report.configuration, field)}"
    session = report.session
    if session is not None and session.started_at is not None:
        yield f"tested from {session.started_at} to {session.ended_at or 'not stated'}"
    elif report.dates is not None and report.dates.test is not None:
        yield f"tested on {report.dates.test}"


def _challenge(report: LabReport) -> Iterator[str]:
    challenge = report.challenge
    if challenge is None or challenge.nonce_sha256 is None:
        yield "none is stated"
    else:
        whose = f", issued by {challenge.issued_by}" if challenge.issued_by else ""
        when = f", at {challenge.issued_at}" if challenge.issued_at else ""
        yield f"sha256 of the nonce {challenge.nonce_sha256}{whose}{when}"


def observations(report: LabReport) -> Table | None:
    """Return every observation; None where there is none."""
    rows = tuple(
        (one.unit_id or "", one.name, "no value" if one.value is None else f"{as_text(one.value)} {one.unit}")
        for one in report.observations
    )
    return Table(caption="Observations", headings=("unit", "what", "figure"), rows=rows) if rows else None

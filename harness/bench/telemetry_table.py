"""Telemetry as a table that any tool reads: one line per reading, what is not known left empty."""

from collections.abc import Iterable

from harness.model.bench_raw import BenchReading, RawLine, RawTelemetry

_FIELDS = tuple(name for name in BenchReading.model_fields if name != "active_limiters")


def telemetry_csv(lines: Iterable[RawLine]) -> bytes:
    """Return the telemetry of all units as CSV; nothing where there is none."""
    rows = [
        ",".join((line.unit_id, line.step, *_cells(reading)))
        for line in lines
        if isinstance(line, RawTelemetry)
        for reading in line.readings
    ]
    head = ",".join(("unit_id", "step", *_FIELDS, "active_limiters"))
    return "".join(f"{row}\n" for row in (head, *rows)).encode() if rows else b""


def _cells(reading: BenchReading) -> Iterable[str]:
    shown = reading.model_dump(mode="json", exclude={"active_limiters"})
    active = reading.active_limiters
    return (*(shown[name] or "" for name in _FIELDS), "" if active is None else (" ".join(active) or "none"))

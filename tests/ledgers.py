"""Events and ledgers for the tests of the ledger."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness.codec.cap_law import caps
from harness.codec.law_files import read_law
from harness.evidence.ledger_entry import product_id
from harness.ledger.ledger import EntriesRefused, Ledger
from harness.model.ledger_event import LedgerEvent

CAPS = caps(read_law())
DECLARED: dict[str, Any] = {
    "tpp": {"value": "15832"},
    "total_dram_bandwidth": {"value": "4.8", "unit": "TB/s"},
    "interconnect_bandwidth": {"value": "900", "unit": "GB/s"},
    "copackaged_dram_capacity": {"value": "141", "unit": "GB"},
    "peak_power_at_max_tpp": {"value": "700", "unit": "W"},
}
PAPER = {"title": "invoice", "sha256": "b" * 64}


def event(day: str, kind: str, **fields: Any) -> LedgerEvent:
    return LedgerEvent.model_validate({"schema": "ledger-event/1", "day": day, "event": {"kind": kind, **fields}})


def product(model: str = "H200", day: str = "2024-06-03", **declared: Any) -> LedgerEvent:
    return event(day, "product", model=model, declared={**DECLARED, **declared})


P = product_id(product().event.declared)  # type: ignore[union-attr]
_numbers = iter(range(10**9))


def stayed(units: int, day: str = "2026-02-01", **fields: Any) -> LedgerEvent:
    n = next(_numbers)
    paper = {"title": "invoice", "sha256": f"{n:064x}"}
    given = {"product": P, "to": "Example Cloud", "customer_country": "US", "us_end_use": True, "evidence": paper}
    return event(day, "us-shipment", **{**given, "units": units, "reference": f"INV-{n}", **fields})


def licence(units: int = 10**9, **fields: Any) -> LedgerEvent:
    given = {"number": "D-1", "product": P, "countries": ("CN", "MO", "HK")}
    return event(
        "2026-01-20", "licence",
        **{**given, "units": units, "valid_from": "2026-01-20", "valid_until": "2027-12-31", **fields},
    )  # fmt: skip


def gone(units: int, day: str = "2026-03-01", country: str = "CN", **fields: Any) -> LedgerEvent:
    given = {"product": P, "licence": "D-1", "shipment": f"S-{next(_numbers)}"}
    return event(day, "export", **{**given, "units": units, "country": country, **fields})


def corrected(seq: int, by: LedgerEvent, day: str = "2026-06-01", **fields: Any) -> LedgerEvent:
    body = by.event.model_dump(mode="python", exclude_none=True, by_alias=True)
    return event(day, "correction", corrects=seq, reason="as the papers have it", event=body, **fields)


def cancelled(seq: int, day: str = "2026-06-01") -> LedgerEvent:
    return event(day, "cancellation", cancels=seq, reason="it came back")


def ledger(folder: Path, events: Sequence[LedgerEvent] = (), name: str = "a.ledger") -> Ledger:
    found = Ledger.new(str(folder / name), "example.com/log")
    # Waiting for the disk is what the tests of durability do, with processes of their own.
    found.store.run("PRAGMA synchronous = OFF")
    if events:
        found.record(events, CAPS)
    return found


def refused(found: Ledger, *events: LedgerEvent) -> list[str]:
    """Return why events are refused; none where they are recorded."""
    size = found.frontier().size
    try:
        found.record(events, CAPS)
    except EntriesRefused as error:
        assert found.frontier().size == size
        return [refusal.code for _, refusal in error.refused]
    return []

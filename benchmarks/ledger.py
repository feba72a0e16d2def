"""The ledger against what it cannot do without: writing the same bytes, and hashing the same leaves.

python3 benchmarks/ledger.py             100,000 shipments
python3 benchmarks/ledger.py --quick     20,000, fewer rounds
"""

import argparse
import gc
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tabulate import tabulate

from harness.codec.cap_law import caps
from harness.codec.law_files import read_law
from harness.codec.report_files import opened
from harness.evidence.ledger_entry import entry_bytes, product_id
from harness.evidence.merkle import Frontier, leaf_hash
from harness.ledger.checking import checked
from harness.ledger.incoming import declared_in, events_in
from harness.ledger.ledger import Ledger
from harness.model.ledger_event import LedgerEvent

REPORT = Path(__file__).resolve().parent.parent / "lab_reports" / "h200-sxm.json"
CAPS = caps(read_law())


def product() -> LedgerEvent:
    event = {"kind": "product", "model": "H200", "declared": declared_in(str(REPORT))}
    return LedgerEvent.model_validate({"schema": "ledger-event/1", "day": "2024-06-03", "event": event})


def shipments(count: int, of: str) -> list[LedgerEvent]:
    return [
        LedgerEvent.model_validate({
            "schema": "ledger-event/1", "day": f"2026-{1 + n * 6 // count:02d}-{1 + n % 28:02d}",
            "event": {"kind": "us-shipment", "product": of, "units": 8, "to": "Example Cloud", "customer_country": "US",
                      "us_end_use": True, "reference": f"INV-{n:07d}", "evidence": {"sha256": f"{n:064x}"}},
        })
        for n in range(count)
    ]  # fmt: skip


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def plain_inserts(folder: Path, bodies: list[bytes]) -> None:
    connection = sqlite3.connect(folder / "plain", isolation_level=None)
    connection.execute("PRAGMA synchronous = EXTRA")
    connection.execute("CREATE TABLE entry (seq INTEGER PRIMARY KEY, body BLOB)")
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany("INSERT INTO entry VALUES (?, ?)", list(enumerate(bodies)))
    connection.execute("COMMIT")
    connection.close()


def hashes_alone(bodies: list[bytes]) -> bytes:
    tree = Frontier()
    for body in bodies:
        tree.append(leaf_hash(body))
    return tree.root()


def one_round(first: LedgerEvent, events: list[LedgerEvent], bodies: list[bytes]) -> dict[str, float]:
    """Return the seconds of each piece of work, all on the same events."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "events.jsonl").write_bytes(b"\n".join(bodies))
        ledger = Ledger.new(str(folder / "ledger"), "example.com/log")
        ledger.record([first], CAPS)

        def from_file() -> None:
            with opened(folder / "events.jsonl") as file:
                other = Ledger.new(str(folder / "other"), "example.com/log")
                other.record([first, *(one for _, one in events_in("events.jsonl", file, str))], CAPS)

        found = {
            "inserts": seconds(lambda: plain_inserts(folder, bodies)),
            "hashes": seconds(lambda: hashes_alone(bodies)),
            "record": seconds(lambda: ledger.record(events, CAPS)),
            "file": seconds(from_file),
            "check": seconds(lambda: checked(ledger, CAPS)),
            "one": seconds(lambda: ledger.record([first_of(events)], CAPS)),
        }
        assert not checked(ledger, CAPS).damage
        return found


def first_of(events: list[LedgerEvent]) -> LedgerEvent:
    event = events[0]
    paper = event.event.evidence.model_copy(update={"sha256": "f" * 64})
    more = {"reference": "ONE-MORE", "evidence": paper}
    return event.model_copy(update={"event": event.event.model_copy(update=more)})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    count, rounds = (20_000, 2) if quick else (100_000, 5)
    first = product()
    events = shipments(count, product_id(first.event.declared))  # type: ignore[union-attr]
    bodies = [entry_bytes(event) for event in events]
    # As the command does: what is alive stays alive.
    gc.freeze()
    gc.disable()
    every = [one_round(first, events, bodies) for _ in range(rounds)]
    took = {name: statistics.median(one[name] for one in every) for name in every[0]}
    rows = [
        [f"recording {count:,} shipments, every one looked at", "plain inserts of the same bytes into SQLite",
         f"{took['record'] / took['inserts']:.1f}"],
        ["the same, from a file of JSON lines", "the same", f"{took['file'] / took['inserts']:.1f}"],
        ["verifying the whole log and all that follows from it", "hashing the same leaves alone",
         f"{took['check'] / took['hashes']:.1f}"],
        ["recording one more, seconds on this machine, now", "", f"{took['one']:.3f}"],
        ["recording them all, from a file, seconds on this machine, now", "", f"{took['file']:.1f}"],
        ["verifying them all, seconds on this machine, now", "", f"{took['check']:.1f}"],
    ]  # fmt: skip
    print(tabulate(rows, ["what", "against", "ratio"], tablefmt="simple", disable_numparse=True))


if __name__ == "__main__":
    main()

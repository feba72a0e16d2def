"""A custody log as text: its events in a table, and what was found. Adds no judgement."""

from collections.abc import Callable, Iterable, Sequence

from harness.model.catalogue import CATALOGUE
from harness.model.custody import ChainEvent
from harness.model.custody_check import CustodyCheck
from harness.model.finding import Finding
from harness.model.verdict import FindingRecord
from harness.render.text import text_table


def events_text(events: Iterable[tuple[ChainEvent, Sequence[str | None]]], shown: Callable[[str], str]) -> str:
    """Return the events, each with the hints of the keys that signed it, as a table."""
    headings = ["event", "at", "type", "by", "to", "units", "seals", "place", "signed by keys"]
    rows = [
        [
            str(event.seq),
            event.at.isoformat(),
            event.type,
            event.from_organisation,
            event.to_organisation or "",
            str(event.units),
            _seals(event),
            event.place,
            ", ".join((hint or "unnamed")[:8] for hint in hints),
        ]
        for event, hints in events
    ]
    return text_table(rows, headings, shown, 40)


def _seals(event: ChainEvent) -> str:
    signs = (("+", event.seals_applied), ("-", event.seals_removed), ("broken ", event.seals_broken))
    told = [f"{sign}{seal}" for sign, seals in signs for seal in seals]
    told += [f"found {seal}" for seal in event.seals_found or ()]
    return ", ".join(told[:6]) + (f" and {len(told) - 6} more" if len(told) > 6 else "")


def check_document(level: str, says: str, events: int, findings: Iterable[Finding]) -> CustodyCheck:
    """Return what was found as the document that programs read."""
    return CustodyCheck.model_validate(
        {
            "schema": "custody-check/1",
            "level": level,
            "says": says,
            "events": events,
            "findings": tuple(
                FindingRecord(
                    code=one.code, effect=CATALOGUE[one.code].effect.value, where=one.where, got=one.got, need=one.need
                )
                for one in findings
            ),
        }
    )


def check_text(check: CustodyCheck, shown: Callable[[str], str]) -> str:
    """Return what was found in lines: each finding with its place and its remedy, and the level at the end."""
    lines = []
    for one in check.findings:
        lines += [
            f"{one.effect}  {one.code}  {one.where}",
            f"  got   {one.got}",
            f"  need  {one.need}",
            f"  next  {CATALOGUE[one.code].remedy}",
        ]
    return "\n".join(shown(line) for line in [*lines, f"{check.level}: {check.says}"]) + "\n"

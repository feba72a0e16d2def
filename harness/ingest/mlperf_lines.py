"""The lines of MLPerf's logger: `:::MLLOG {json}`, each an event with a time in milliseconds."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from harness.errors import UnreadableInput
from harness.ingest.figures import figure
from harness.ingest.foreign_json import Printed, json_in, members
from harness.ingest.lines import LARGEST_BYTES, numbered, printable, text_of
from harness.model.foreign import ForeignFile

_MARK = ":::MLLOG "


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One event of a log."""

    line: int
    key: str
    value: Any
    time_ms: Decimal | None
    namespace: str
    metadata: dict[str, Any]

    @property
    def number(self) -> Decimal | None:
        """The value, where it is printed as a number that is a figure."""
        return figure(self.value) if isinstance(self.value, Printed) else None


def events_of(file: ForeignFile) -> tuple[list[Event], list[str]]:
    """Return the events of a log in the order of its lines, and what could not be read as one."""
    events: list[Event] = []
    unread: list[str] = []
    for number, line in numbered(text_of(file), LARGEST_BYTES):
        before, mark, rest = line.partition(_MARK)
        if not mark:
            what = (
                "the system's description, as the log repeats it"
                if line.startswith(":::SYSJSON")
                else "no event of the logger"
            )
            unread.append(f"line {number}: {printable(line, 60)}: {what}")
            continue
        try:
            event = members(json_in(file, rest, f"line {number}"))
        except UnreadableInput as refused:
            unread.append(f"line {number}: an event that is no JSON: {refused.faults[0]}")
            continue
        key = event.get("key")
        if not isinstance(key, str):
            unread.append(f"line {number}: {printable(before + rest, 60)}: an event without a key")
            continue
        time = event.get("time_ms")
        events.append(
            Event(
                line=number,
                key=printable(key, 150),
                value=event.get("value"),
                time_ms=figure(time) if isinstance(time, Printed) else None,
                namespace=str(event.get("namespace") or ""),
                metadata=members(event.get("metadata")),
            )
        )
    return events, unread

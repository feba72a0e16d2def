"""What stands in the place of an answer where an input could not be read."""

from collections.abc import Callable

from harness.errors import UnreadableInput
from harness.model.verdict import Refusal


def refusal(error: UnreadableInput, shown: Callable[[str], str] = str) -> Refusal:
    """Return the refusal of an input, with every fault; `shown` cleans the name of the input."""
    faults = tuple(
        {"where": fault.where, "got": fault.got, "need": fault.need, "next": fault.next} for fault in error.faults
    )
    return Refusal(schema="refusal/1", source=shown(error.source)[:300] or "no name", faults=faults)

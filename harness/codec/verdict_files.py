"""Verdicts as `harness verify --format json` and `harness classify --json` print them, read back."""

import json
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from harness.codec.documents import faults_of
from harness.codec.strict_json import Limits, read_generic
from harness.errors import Fault, UnreadableInput
from harness.model.verdict import Refusal, Verdict

# A list of several hundred verdicts.
LIMITS = Limits(largest_bytes=32 * 1024 * 1024, most_tokens=4_000_000)


def written(verdict: Verdict) -> bytes:
    """Return a verdict as the commands print it."""
    return (verdict.model_dump_json(by_alias=True, indent=2) + "\n").encode()


def schema_of(data: bytes, source: str) -> str:
    """Return the name of the format that a JSON file says it has, of a list that of its first item.

    Raises:
        UnreadableInput: The bytes are not strict JSON.
    """
    value = read_generic(data, source, LIMITS)
    first = value[0] if isinstance(value, list) and value else value
    return str(first.get("schema")) if isinstance(first, dict) else "nothing"


def verdicts_in(data: bytes, source: str) -> list[Verdict | Refusal]:
    """Return the verdicts in these bytes: one, a list, or that of an explanation; a refusal stands for none.

    Raises:
        UnreadableInput: The bytes are no verdicts; with every fault of each.
    """
    value = read_generic(data, source, LIMITS)
    found: list[Verdict | Refusal] = []
    faults: list[Fault] = []
    for place, item in _items(value):
        try:
            found.append(_read(item))
        except ValidationError as error:
            faults += [_placed(fault, place) for fault in faults_of(_model_of(item), error)]
    if not faults and not found:
        faults = [Fault(where="the document", got="an empty list", need="a verdict")]
    if faults:
        raise UnreadableInput(source, tuple(faults))
    return found


def _items(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, list):
        for n, item in enumerate(value):
            yield f"[{n}]", _asked_about(item)
    else:
        yield "", _asked_about(value)


def _asked_about(item: Any) -> Any:
    """Return the verdict that an explanation explains; anything else as it is."""
    return item["verdict"] if isinstance(item, dict) and "verdict" in item and "receipt" not in item else item


def _model_of(item: Any) -> type[Verdict | Refusal]:
    return Refusal if isinstance(item, dict) and item.get("schema") == "refusal/1" else Verdict


def _read(item: Any) -> Verdict | Refusal:
    # What is strict differs between JSON and Python values, so the item is read as JSON again.
    return _model_of(item).model_validate_json(json.dumps(item))


def _placed(fault: Fault, place: str) -> Fault:
    return Fault(where=f"{place}.{fault.where}" if place else fault.where, got=fault.got, need=fault.need)

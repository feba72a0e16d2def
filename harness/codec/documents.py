"""Bytes to documents: strict scan first, then the same bytes to pydantic, and every fault with its place."""

import tomllib
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from harness.codec import strict_json
from harness.errors import Fault, UnreadableInput
from harness.model.document import Document

D = TypeVar("D", bound=Document)


def from_json(model: type[D], data: bytes, source: str, limits: strict_json.Limits | None = None) -> D:
    """Return the document in these bytes; `limits` for one that may be larger than others.

    Raises:
        UnreadableInput: With every fault, each with its place.
    """
    strict_json.read_payload(data, source, limits or strict_json.Limits())
    try:
        return model.model_validate_json(data)
    except ValidationError as error:
        raise UnreadableInput(source, faults_of(model, error)) from None


def from_toml(model: type[D], data: bytes, source: str) -> D:
    """Return the document in these bytes. Bare TOML numbers are read as exact decimals.

    Raises:
        UnreadableInput: With every fault, each with its place.
    """
    if len(data) > strict_json.LARGEST_BYTES:
        need = f"at most {strict_json.LARGEST_BYTES:,} bytes"
        raise UnreadableInput(source, (Fault(where="the file", got=f"{len(data):,} bytes", need=need),))
    try:
        value = _with_tuples(tomllib.loads(data.decode("utf-8"), parse_float=Decimal))
    except (ValueError, RecursionError) as error:  # Also numbers of thousands of digits, and text that is no UTF-8.
        got = str(error) or type(error).__name__
        raise UnreadableInput(source, (Fault(where="the file", got=got, need="TOML 1.0 in UTF-8"),)) from None
    try:
        return model.model_validate(value, context={"toml": True})
    except ValidationError as error:
        raise UnreadableInput(source, faults_of(model, error)) from None


def _with_tuples(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_with_tuples(item) for item in value)
    if isinstance(value, dict):
        return {key: _with_tuples(item) for key, item in value.items()}
    return value


def faults_of(model: type[Document], error: ValidationError) -> tuple[Fault, ...]:
    """Return pydantic's errors as faults: where, got, need, and what was probably meant."""
    details = error.errors(include_url=False)
    # Of a document of another kind everything else is wrong too, and would bury what is.
    details = [detail for detail in details if _is_another_kind(detail)] or details
    faults = [_fault(model, detail) for detail in details[: strict_json.MOST_FAULTS]]
    if len(details) > strict_json.MOST_FAULTS:
        faults.append(
            Fault(where="the file", got=f"{len(details) - strict_json.MOST_FAULTS} further faults", need="none")
        )
    return tuple(faults)


def _is_another_kind(detail: ErrorDetails) -> bool:
    """Is this the name of another format, rather than of another version of this one?"""
    stated = detail["input"]
    if detail["loc"] != ("schema",) or detail["type"] != "literal_error" or not isinstance(stated, str):
        return False
    kind, _, version = stated.partition("/")
    return version.isdigit() and f"'{kind}/" not in detail["ctx"]["expected"]


def _fault(model: type[Document], detail: ErrorDetails) -> Fault:
    where = path(detail["loc"])
    kind = detail["type"]
    if kind == "missing":
        return Fault(where=where, got="nothing", need="this field")
    if kind == "extra_forbidden":
        from difflib import get_close_matches

        field = str(detail["loc"][-1])
        near = get_close_matches(field, _field_names(model, detail["loc"][:-1]), n=1)
        advice = f"did you mean {near[0]}?" if near else None
        return Fault(
            where=where, got="a field that the format does not have", need="only fields of the format", next=advice
        )
    return Fault(where=where, got=_shown(detail["input"]), need=_need(detail))


_LENGTHS = {"too_long": ("at most", "max_length"), "too_short": ("at least", "min_length")}


def _need(detail: ErrorDetails) -> str:
    if detail["type"] in _LENGTHS:
        bound, name = _LENGTHS[detail["type"]]
        return f"{bound} {detail['ctx'][name]:,} items"
    message = detail["msg"]
    return message.removeprefix("Input should be ").removeprefix("a valid ")


def _shown(value: Any) -> str:
    text = ascii(value) if not isinstance(value, str) else ascii(value[:60])
    return text if len(text) <= 80 else text[:77] + "..."


def path(location: Sequence[int | str]) -> str:
    """Return a place as people write it: measurements[0].value.

    >>> path(("measurements", 0, "value"))
    'measurements[0].value'
    """
    text = ""
    for step in location:
        text += f"[{step}]" if isinstance(step, int) else (f".{step}" if text else str(step))
    return text or "the document"


def _field_names(model: type[Document], location: Sequence[int | str]) -> list[str]:
    """Return the field names of the part at this location, by following the exported schema."""
    schema = model.model_json_schema()
    definitions = schema.get("$defs", {})
    node: Any = schema
    for step in location:
        node = _child(node, step, definitions)
    return list(_resolved(node, definitions).get("properties", {}))


def _resolved(node: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in node:
        return dict(definitions[node["$ref"].rsplit("/", 1)[-1]])
    for branch in node.get("anyOf", ()):
        if "$ref" in branch or branch.get("type") in ("array", "object"):
            return _resolved(branch, definitions)
    return dict(node)


def _child(node: Any, step: int | str, definitions: dict[str, Any]) -> Any:
    node = _resolved(node, definitions)
    return node.get("items", {}) if isinstance(step, int) else node.get("properties", {}).get(step, {})

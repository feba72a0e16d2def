"""The lock: the law files as they were read and found right, in one JSON file that reads much faster.

It is only ever used in place of the very bytes that it was made from: it names their digest, and where that is not the
digest of the files at hand, the files are read. After a change of a law file, write it anew:

    python3 -m harness.codec.law_lock
"""

import json
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Any, TypeVar, cast, get_args, get_origin

from harness.codec import packaged
from harness.model.document import Document
from harness.model.policy import InstrumentText, LensesText, ReadingsText
from harness.model.quantity import as_text
from harness.policy.timeline import LawFiles, compile_law

D = TypeVar("D", bound=Document)
LOCK = packaged.PACKAGE / "policy" / "law.lock.json"


def locked(files: LawFiles) -> bytes:
    """Return the lock of these law files: the same files, the same bytes.

    Raises:
        LawFault: The files do not hold together; what is in a lock is not checked again.
    """
    value = {
        "schema": "law-lock/1",
        "sha256": files.sha256,
        "lenses": _written(files.lenses),
        "readings": _written(files.readings),
        "facts": compile_law(files).facts,
        "instruments": [_written(text) for text in files.instruments],
    }
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def read_lock(digest: str, file: Path = LOCK) -> LawFiles | None:
    """Return the law files that the lock holds, or None where it was made from others than those of this digest."""
    try:
        value = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return None
    if not isinstance(value, dict) or (value.get("schema"), value.get("sha256")) != ("law-lock/1", digest):
        return None
    return LawFiles(
        instruments=tuple(_made(InstrumentText, text) for text in value["instruments"]),
        lenses=_made(LensesText, value["lenses"]),
        readings=_made(ReadingsText, value["readings"]),
        sha256=digest,
        checked=True,
        facts=tuple(value["facts"]),
    )


def _written(value: Any) -> Any:
    """Return a document, or what a field of one holds, as JSON has it; fields that the file leaves out stay out."""
    if isinstance(value, Document):
        fields = type(value).model_fields
        return {fields[name].alias or name: _written(getattr(value, name)) for name in sorted(value.model_fields_set)}
    if isinstance(value, tuple):
        return [_written(item) for item in value]
    return as_text(value) if isinstance(value, Decimal) else value.isoformat() if isinstance(value, date) else value


def _made(model: type[D], value: Mapping[str, Any]) -> D:
    """Return the document without validating it once more: what is in a lock was found right when it was made."""
    fields = _fields(model)
    return cast(D, model.model_construct(None, **{name: fields[name](item) for name, item in value.items()}))


@cache
def _fields(model: type[Document]) -> dict[str, Callable[[Any], Any]]:
    """Return how each field of a document is made from JSON, by the name that stands in the file."""
    return {field.alias or name: _maker(field.annotation) for name, field in model.model_fields.items()}


def _maker(annotation: Any) -> Callable[[Any], Any]:
    kind = _without_none(annotation)
    if kind is date:
        return lambda value: None if value is None else date.fromisoformat(value)
    if kind is Decimal:
        return lambda value: None if value is None else Decimal(value)
    if isinstance(kind, type) and issubclass(kind, Document):
        return lambda value: None if value is None else _made(kind, value)
    inner = get_args(kind)[0] if get_origin(kind) is tuple else None
    if isinstance(inner, type) and issubclass(inner, Document):
        return lambda values: tuple(_made(inner, value) for value in values)
    return lambda value: tuple(value) if isinstance(value, list) else value


def _without_none(annotation: Any) -> Any:
    """Return the type of a field that may be null, without what pydantic notes of its form."""
    kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
    optional = type(None) in get_args(annotation) and len(kinds) == 1
    kind = kinds[0] if optional else annotation
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


if __name__ == "__main__":
    from harness.codec.law_files import parsed

    LOCK.write_bytes(locked(parsed(packaged.INSTRUMENTS)))
    print(f"wrote {LOCK.name}")

"""Documents as a lock holds them: found right when it was made, and read without validating them once more."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, TypeVar, cast, get_args, get_origin

from harness.model.document import Document
from harness.model.quantity import as_text

D = TypeVar("D", bound=Document)


def written(value: Any) -> Any:
    """Return a document, or what a field of one holds, as JSON has it; fields that the file leaves out stay out."""
    if isinstance(value, Document):
        fields = type(value).model_fields
        return {fields[name].alias or name: written(getattr(value, name)) for name in sorted(value.model_fields_set)}
    if isinstance(value, tuple):
        return [written(item) for item in value]
    return as_text(value) if isinstance(value, Decimal) else value.isoformat() if isinstance(value, date) else value


def made(model: type[D], value: Mapping[str, Any]) -> D:
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
        return lambda value: None if value is None else made(kind, value)
    if get_origin(kind) is tuple:
        each = _maker(get_args(kind)[0])
        return lambda values: None if values is None else tuple(map(each, values))
    return lambda value: tuple(value) if isinstance(value, list) else value


def _without_none(annotation: Any) -> Any:
    """Return the type of a field that may be null, without what pydantic notes of its form."""
    kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
    optional = type(None) in get_args(annotation) and len(kinds) == 1
    kind = kinds[0] if optional else annotation
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind

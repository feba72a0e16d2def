"""What every document that crosses a file boundary shares: frozen, strict, closed, figures as strings.

The types here carry both the pydantic validator and the JSON Schema fragment, so that the exported schema
and the reader refuse the same inputs.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, PlainSerializer, PlainValidator, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from harness.model.quantity import as_text

# The look-ahead keeps "12\n" out of readers whose `$` also matches before a final newline.
_END = r"$(?!\n)"
FIGURE = r"(?:0|[1-9][0-9]{0,19})(?:\.[0-9]{1,18})?"
DAY = r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
INSTANT = DAY + r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"


class Document(BaseModel):
    """A frozen part of a document: unknown fields are refused, nothing is coerced."""

    # Validators of nested parts are built inside their root; building each alone would double the start-up time.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


def _schema(pattern: str, longest: int, description: str) -> WithJsonSchema:
    return WithJsonSchema(
        {"type": "string", "pattern": f"^{pattern}{_END}", "maxLength": longest, "description": description}
    )


def _refuse(need: str) -> PydanticCustomError:
    return PydanticCustomError("form", "{need}", {"need": need})


def _matching(pattern: str, need: str, longest: int, make: Callable[[str], Any]) -> Callable[[object], Any]:
    compiled = re.compile(pattern)

    def read(value: object) -> Any:
        if not isinstance(value, str) or len(value) > longest or compiled.fullmatch(value) is None:
            raise _refuse(need)
        try:
            return make(value)
        except ValueError as error:
            raise _refuse(need) from error

    return read


def _read_figure(value: object, info: ValidationInfo) -> Decimal:
    # TOML numbers are exact decimals and may stand bare; JSON numbers are not and may not.
    from_toml = info.context is not None and "toml" in info.context and type(value) is int
    if from_toml or (isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) < 40):
        value = as_text(Decimal(value))  # type: ignore[arg-type]
    read: Decimal = _FIGURE_FROM_TEXT(value)
    return read


_FIGURE_NEED = 'a decimal figure as a string of digits, such as "4916.736"'
_FIGURE_FROM_TEXT = _matching(FIGURE, _FIGURE_NEED, 40, Decimal)

Figure = Annotated[
    Decimal,
    PlainValidator(_read_figure),
    PlainSerializer(as_text, return_type=str),
    _schema(FIGURE, 40, "A decimal figure as a string of ASCII digits, exact, without exponent or sign."),
]
SignedFigure = Annotated[
    Decimal,
    PlainValidator(_matching("-?" + FIGURE, _FIGURE_NEED + ' or "-12.5"', 41, Decimal)),
    PlainSerializer(as_text, return_type=str),
    _schema("-?" + FIGURE, 41, "A decimal figure that may be negative."),
]


def _read_day(value: object) -> date:
    if type(value) is date:
        return value
    read: date = _DAY_FROM_TEXT(value)
    return read


def _instant(text: str) -> datetime:
    # Fractions beyond a microsecond are cut: they order events, they decide nothing.
    return datetime.fromisoformat(re.sub(r"(\.[0-9]{1,6})[0-9]*", r"\1", text)).astimezone(UTC)


_DAY_FROM_TEXT = _matching(DAY, 'a day as "YYYY-MM-DD"', 10, date.fromisoformat)

Day = Annotated[
    date,
    PlainValidator(_read_day),
    PlainSerializer(date.isoformat, return_type=str),
    _schema(DAY, 10, "A day, YYYY-MM-DD."),
]
Instant = Annotated[
    datetime,
    PlainValidator(_matching(INSTANT, 'a time as "YYYY-MM-DDThh:mm:ssZ" or with an offset', 40, _instant)),
    PlainSerializer(datetime.isoformat, return_type=str),
    _schema(INSTANT, 40, "A time, RFC 3339, with Z or an offset."),
]


def _text_type(pattern: str, longest: int, need: str) -> Any:
    return Annotated[str, PlainValidator(_matching(pattern, need, longest, str)), _schema(pattern, longest, need)]


Amount = _text_type(
    r"-?[0-9]{1,80}(?:\.[0-9]{1,200})?", 300, "a decimal amount as a string of digits, exact or to 12 digits"
)
Sha256 = _text_type("[0-9a-f]{64}", 64, "a SHA-256 digest: 64 lower-case hexadecimal digits")
Country = _text_type("[A-Z]{2}", 2, "an ISO 3166-1 alpha-2 country code, such as US")
Slug = _text_type("[a-z0-9][a-z0-9._-]{0,99}", 100, "a slug: lower-case letters, digits, dots, hyphens, underscores")
Criterion = _text_type("[A-Z]{2,8}-[A-Za-z0-9.]{1,16}", 32, "a criterion id, such as MU-01 or DD-iv")
Name = _text_type(r"[^\x00-\x1f\x7f]{1,300}", 300, "a name of 1 to 300 characters without control characters")
Text = _text_type(r"[^\x00-\x08\x0b-\x1f\x7f]{1,8000}", 8000, "a text of 1 to 8,000 characters")
TariffHeading = _text_type(r"[0-9]{4}\.[0-9]{2}", 7, "a tariff heading of six digits, such as 8471.80")
TariffExemption = _text_type(
    r"(?:none|[0-9]{4}\.[0-9]{2}\.[0-9]{2})", 10, 'the heading of a claimed exemption, or "none"'
)
FileName = _text_type(
    r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}", 200, "a plain file name beside the report, without folders"
)

"""What every document that crosses a file boundary shares: frozen, strict, closed, figures as strings.

The types here carry both the pydantic validator and the JSON Schema fragment, so that the exported schema
and the reader refuse the same inputs.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from harness.model.quantity import as_text

# The look-ahead keeps "12\n" out of readers whose `$` also matches before a final newline.
_END = r"$(?!\n)"
FIGURE = r"(?:0|[1-9][0-9]{0,19})(?:\.[0-9]{1,18})?"
# Every day of the calendar and no other, so that the published schema refuses what the reader refuses.
_LEAP = r"(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)"
DAY = (
    r"(?!0000)(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    r"|02-(?:0[1-9]|1[0-9]|2[0-8]))|" + _LEAP + r"-02-29)"
)
INSTANT = DAY + r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"


class Document(BaseModel):
    """A frozen part of a document: unknown fields are refused, nothing is coerced."""

    # Validators of nested parts are built inside their root; building each alone would double the start-up time.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class Form:
    """The form of a text field: one annotation that carries both the validator and the JSON Schema fragment."""

    def __init__(
        self,
        pattern: str,
        longest: int,
        need: str,
        make: Callable[[str], Any] = str,
        written: Callable[[Any], str] = str,
    ) -> None:
        self.pattern, self.longest, self.need, self.make, self.written = pattern, longest, need, make, written

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The pattern, compiled when the first value is read: of all forms a report uses some."""
        return re.compile(self.pattern)

    def read(self, value: object, info: ValidationInfo) -> Any:
        """Return the value that this text stands for."""
        if not isinstance(value, str):
            value = self.from_python(value, info)
        if not isinstance(value, str) or len(value) > self.longest or self.compiled.fullmatch(value) is None:
            raise self.refusal()
        try:
            return self.make(value)
        except (ValueError, OverflowError) as error:
            raise self.refusal() from error

    def from_python(self, value: object, info: ValidationInfo) -> object:  # noqa: ARG002 - for the forms that do.
        """Return what a value that is no text would be written as; itself where that has no sense."""
        return value

    def refusal(self) -> PydanticCustomError:
        """Return the error that names what is needed."""
        return PydanticCustomError("form", "{need}", {"need": self.need})

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return the validator and the serializer."""
        write = core_schema.plain_serializer_function_ser_schema(self.written, return_schema=core_schema.str_schema())
        return core_schema.with_info_plain_validator_function(self.read, serialization=write)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Return the fragment of the published schema."""
        pattern = f"^{self.pattern}{_END}"
        return {"type": "string", "pattern": pattern, "maxLength": self.longest, "description": self.need}


class _FigureForm(Form):
    def from_python(self, value: object, info: ValidationInfo) -> object:
        # TOML numbers are exact decimals and may stand bare; JSON numbers are not and may not.
        from_toml = info.context is not None and "toml" in info.context and type(value) is int
        if from_toml or (isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) < 40):
            return as_text(Decimal(value))  # type: ignore[arg-type]
        return value


class _DayForm(Form):
    def from_python(self, value: object, info: ValidationInfo) -> object:  # noqa: ARG002 - TOML has days of its own.
        return value.isoformat() if type(value) is date else value


class _InstantForm(Form):
    def from_python(self, value: object, info: ValidationInfo) -> object:  # noqa: ARG002 - a clock gives one as it is.
        return value.isoformat() if type(value) is datetime else value


def _instant(text: str) -> datetime:
    # Fractions beyond a microsecond are cut: they order events, they decide nothing. The offset stays, for its day is
    # the local one.
    instant = datetime.fromisoformat(re.sub(r"(\.[0-9]{1,6})[0-9]*", r"\1", text))
    instant.astimezone(UTC)  # An instant that no calendar holds is refused here.
    return instant


_FIGURE_NEED = 'a decimal figure as a string of digits, such as "4916.736"'

Figure = Annotated[Decimal, _FigureForm(FIGURE, 40, _FIGURE_NEED, Decimal, as_text)]
SignedFigure = Annotated[Decimal, _FigureForm("-?" + FIGURE, 41, _FIGURE_NEED + ' or "-12.5"', Decimal, as_text)]
Day = Annotated[date, _DayForm(DAY, 10, 'a day as "YYYY-MM-DD"', date.fromisoformat, date.isoformat)]
Instant = Annotated[
    datetime,
    _InstantForm(INSTANT, 40, 'a time as "YYYY-MM-DDThh:mm:ssZ" or with an offset', _instant, datetime.isoformat),
]


def _text_type(pattern: str, longest: int, need: str) -> Any:
    return Annotated[str, Form(pattern, longest, need)]


Amount = _text_type(
    r"-?[0-9]{1,80}(?:\.[0-9]{1,200})?", 300, "a decimal amount as a string of digits, exact or to 12 digits"
)
Sha256 = _text_type("[0-9a-f]{64}", 64, "a SHA-256 digest: 64 lower-case hexadecimal digits")
Country = _text_type("[A-Z]{2}", 2, "an ISO 3166-1 alpha-2 country code, such as US")
Slug = _text_type("[a-z0-9][a-z0-9._-]{0,99}", 100, "a slug: lower-case letters, digits, dots, hyphens, underscores")
Criterion = _text_type("[A-Z]{2,8}-[A-Za-z0-9.]{1,16}", 32, "a criterion id, such as MU-01 or DD-iv")
Name = _text_type(r"[^\x00-\x1f\x7f-\x9f]{1,300}", 300, "a name of 1 to 300 characters without control characters")
Text = _text_type(r"[^\x00-\x08\x0b-\x1f\x7f-\x9f]{1,8000}", 8000, "a text of 1 to 8,000 characters")
TariffHeading = _text_type(r"[0-9]{4}\.[0-9]{2}", 7, "a tariff heading of six digits, such as 8471.80")
TariffExemption = _text_type(
    r"(?:none|[0-9]{4}\.[0-9]{2}\.[0-9]{2})", 10, 'the heading of a claimed exemption, or "none"'
)
FileName = _text_type(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}", 200, "a plain file name beside the report, without folders")
_STEP = "[A-Za-z0-9_][A-Za-z0-9._-]{0,199}"
MEMBER_PATH = f"{_STEP}(?:/{_STEP}){{0,5}}"
LONGEST_PATH = 240
MemberPath = _text_type(MEMBER_PATH, LONGEST_PATH, "a relative path of plain names, such as law/lenses.toml")
Count = Annotated[int, Field(ge=0, le=10**9)]
# Bytes, or microseconds of a counter that never stops.
LargeCount = Annotated[int, Field(ge=0, le=10**18)]

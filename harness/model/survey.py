"""Where known chips are sent when every decision is written down, `survey/1`."""

from typing import Literal

from pydantic import Field

from harness.model.document import Country, Document


class SurveyText(Document):
    """The places, `survey/1`."""

    format: Literal["survey/1"] = Field(alias="schema")
    places: tuple[Country, ...]

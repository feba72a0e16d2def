"""What a check of a custody log found, `custody-check/1`."""

from typing import Literal

from pydantic import Field

from harness.model.document import Count, Document
from harness.model.verdict import FindingRecord


class CustodyCheck(Document):
    """How far a custody log assures the custody of its lot, and what is wrong with it."""

    format: Literal["custody-check/1"] = Field(alias="schema")
    level: Literal["broken", "none", "stated", "complete"]
    says: str
    events: Count
    findings: tuple[FindingRecord, ...] = ()

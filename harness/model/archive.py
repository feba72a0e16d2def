"""The manifest of an archive, `archive/1`: every member, what it is for, and how long the whole is to be kept."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from harness.model.document import Day, Document, FileName, MemberPath, Name, Sha256, Text
from harness.model.policy import Clock
from harness.model.verdict import Outcome, Receipt

Role = Literal[
    "verdict", "report", "attachment", "spec", "method", "law", "assumptions", "trust-root", "log-proof", "dossier"
]


def _absent(value: object) -> bool:
    return value is None


Size = Annotated[int, Field(ge=0, lt=2**32)]


class Member(Document):
    """One file of the archive besides the manifest."""

    path: MemberPath
    role: Role
    size_bytes: Size
    sha256: Sha256


class RetentionRule(Document):
    """How long a record is kept, `retention/1`: a number of law, so it stands in a file of its own."""

    format: Literal["retention/1"] = Field(alias="schema")
    years: Annotated[int, Field(gt=0, le=100)]
    cite: Text
    says: Text
    source: Text
    reviewed_through: Day


class Retention(Document):
    """How long the record of one case is to be kept, as far as its report tells."""

    years: int
    cite: Text
    says: Text
    source: Text
    reviewed_through: Day
    # The latest day that the report states, and what happened on it; null where it states none.
    event: Clock | None
    day: Day | None
    keep_at_least_until: Day | None
    note: Text


class ArchivedCase(Document):
    """One verdict with what it was made from; a classification has no report."""

    report_id: Name
    outcome: Outcome
    verdict: MemberPath
    report: MemberPath | None
    # Null where the file was not there when the verdict was made.
    attachments: dict[FileName, MemberPath | None]
    # The spec of the chip; of a classified system its own first, then those of its chips.
    specs: tuple[MemberPath, ...]
    # By what a signed report was verified; archives of before have neither.
    trust_root: MemberPath | None = Field(None, exclude_if=_absent)
    log_proof: MemberPath | None = Field(None, exclude_if=_absent)
    # What was known of the transaction beyond the report, where there was a dossier.
    dossier: MemberPath | None = Field(None, exclude_if=_absent)
    receipt: Receipt
    retention: Retention | None


class Archive(Document):
    """The manifest, `archive/1`."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    format: Literal["archive/1"] = Field(alias="schema")
    engine_version: Name
    law_sha256: Sha256
    cases: tuple[ArchivedCase, ...]
    members: tuple[Member, ...]

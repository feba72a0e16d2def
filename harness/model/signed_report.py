"""The statement that a laboratory signs: an in-toto Statement v1 whose predicate holds the lab report."""

from typing import Annotated, Literal

from pydantic import Field

from harness.model.document import Document, FileName, Instant, Name, Sha256
from harness.model.lab_report import LabReport
from harness.model.trust_root import Organisation

STATEMENT_TYPE = "application/vnd.in-toto+json"
PREDICATE = "urn:harness:signed-report/1"


class Digest(Document):
    """The one digest that a subject has."""

    sha256: Sha256


class Subject(Document):
    """What the statement is about: `unit:ID` by the digest of its identity, `file:NAME`, or `lot-manifest:NAME`."""

    name: Name
    digest: Digest


class SignedReport(Document):
    """The predicate. Fields that it does not have are refused: nothing is signed that nobody reads."""

    report: LabReport
    # Digest and name of the file that was signed, as it lay on the laboratory's disk.
    report_sha256: Sha256
    report_name: FileName | None = None
    laboratory: Organisation
    issued_at: Instant
    expires_at: Instant | None = None
    # Counts the reports of a laboratory; a verifier that keeps state refuses one that goes back.
    sequence: Annotated[int, Field(ge=1, le=10**15)] | None = None


class Statement(Document):
    """An in-toto Statement v1 with this predicate and no other."""

    type: Literal["https://in-toto.io/Statement/v1"] = Field(alias="_type")
    subject: Annotated[tuple[Subject, ...], Field(min_length=1, max_length=10_000)]
    predicate_type: Literal["urn:harness:signed-report/1"] = Field(alias="predicateType")
    predicate: SignedReport

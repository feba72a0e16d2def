"""What linting spec files gives, for programs: `spec-lint/1`."""

from typing import Annotated, Literal

from pydantic import Field

from harness.model.document import Document, Figure, Name, Slug, Text
from harness.model.spec_finding import Severity
from harness.model.verdict import Refusal


class LikeliestSlip(Document):
    """The factor by which a figure is probably wrong."""

    factor: Figure
    direction: Literal["too high", "too low"]
    cause: Text


class SpecLintFinding(Document):
    """One finding about one spec file."""

    file: Text
    spec: Slug
    code: Slug
    severity: Severity
    where: Text
    got: Text
    need: Text
    likeliest: LikeliestSlip | None
    next: Text


class SpecLint(Document):
    """Every finding about every spec file that was linted, and what could not be read."""

    format: Literal["spec-lint/1"] = Field(alias="schema")
    limits: Name
    specs: Annotated[int, Field(ge=0)]
    errors: Annotated[int, Field(ge=0)]
    warnings: Annotated[int, Field(ge=0)]
    notes: Annotated[int, Field(ge=0)]
    findings: tuple[SpecLintFinding, ...]
    unreadable: tuple[Refusal, ...]

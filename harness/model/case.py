"""The case: everything that a decision reads besides the law. Built by `codec`, handed to `checks` and `decide`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from harness.model.chip_spec import ChipSpec
from harness.model.document import Day
from harness.model.lab_report import LabReport
from harness.model.method import MethodParameters


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadAttachment:
    """What was found where the report names an attachment. `sha256` None: no such file was found."""

    sha256: str | None
    size_bytes: int | None = None
    samples: tuple[Decimal, ...] | None = None
    fault: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One lab report with all that is needed to judge it, except the law."""

    report: LabReport
    report_sha256: str
    spec: ChipSpec | None
    spec_sha256: str | None
    method: MethodParameters
    method_sha256: str
    as_of: Day | None = None
    attachments: Mapping[str, ReadAttachment] = field(default_factory=dict)

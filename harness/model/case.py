"""The case: everything that a decision reads besides the law. Built by `codec`, handed to `checks` and `decide`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from harness.model.aspects import AspectFacts
from harness.model.chip_spec import ChipSpec
from harness.model.document import Day
from harness.model.lab_report import LabReport
from harness.model.method import MethodParameters

if TYPE_CHECKING:
    from harness.model.dossier import Dossier
    from harness.model.trust_root import TrustedLaboratory
    from harness.model.verdict import Verification


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadAttachment:
    """What was found where the report names an attachment. `sha256` None: no such file was found."""

    sha256: str | None
    size_bytes: int | None = None
    samples: tuple[Decimal, ...] | None = None
    fault: str | None = None
    # The bytes, of a file that is a document or an attestation and not too large.
    content: bytes | None = None


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
    # What is known of the transaction beyond the report, and the digest of the file that was found. Of a file beside
    # the report that is not the one it names there is only the digest.
    dossier: "Dossier | None" = None
    # What the owners of the parties say of a criterion: its id, whether it is met for certain, and why.
    owners: tuple[tuple[str, bool, str], ...] = ()
    dossier_sha256: str | None = None
    # What the side rooms found of signature, time, freshness, identity, custody and lot; empty of a plain report alone.
    aspects: tuple[AspectFacts, ...] = ()
    # By what the envelope that it came in was verified; None: it came in none.
    verification: "Verification | None" = None
    # What the trust root says of the laboratory whose signature holds; None: nobody but itself says who it is.
    laboratory: "TrustedLaboratory | None" = None

    @property
    def export_day(self) -> Day | None:
        """The day of the export: as the caller sets it, or else as the report states it."""
        return self.as_of or (self.report.dates.export if self.report.dates is not None else None)

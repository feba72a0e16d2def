"""The formats that other programs gather from many runs: JUnit XML and SARIF. Both are one document for all reports."""

from harness.cli.output import Exit, gravest, printable
from harness.codec.places import Places
from harness.errors import UnreadableInput
from harness.model.verdict import Verdict
from harness.policy.law import Law


class JUnit:
    """One test suite for each report."""

    def __init__(self) -> None:
        self._judged: list[tuple[str, Verdict | UnreadableInput]] = []

    def judged(self, source: str, data: bytes, verdict: Verdict) -> None:  # noqa: ARG002 - it points into no text.
        """Keep the verdict."""
        self._judged.append((source, verdict))

    def refused(self, source: str, data: bytes, error: UnreadableInput) -> None:  # noqa: ARG002 - as above.
        """Keep the refusal."""
        self._judged.append((source, error))

    def close(self, codes: list[Exit]) -> None:  # noqa: ARG002 - a document counts for itself.
        """Print the document."""
        from harness.render.junit import as_junit

        print(as_junit(self._judged, printable), end="")


class Sarif:
    """One run for all reports, in which every result points to its line."""

    def __init__(self, law: Law) -> None:
        from harness.render.sarif import SarifLog

        self._log = SarifLog(law, printable)

    def judged(self, source: str, data: bytes, verdict: Verdict) -> None:
        """Add the verdict."""
        self._log.add(source, verdict, Places(data).region)

    def refused(self, source: str, data: bytes, error: UnreadableInput) -> None:
        """Add the refusal."""
        self._log.refuse(source, error, Places(data).region)

    def close(self, codes: list[Exit]) -> None:
        """Print the log."""
        print(self._log.text(gravest(codes)), end="")

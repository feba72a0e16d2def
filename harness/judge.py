"""From bytes to a verdict: the one call behind the command line, the local page and `harness.verify`."""

from pathlib import Path

from harness.codec.law_files import read_law
from harness.codec.report_files import read_bytes, read_case
from harness.decide import decide
from harness.model.document import Day
from harness.model.verdict import Verdict
from harness.policy.law import Law


def verify(
    report: str | Path | bytes,
    *,
    as_of: Day | None = None,
    lenses: tuple[str, ...] | None = None,
    law: Law | None = None,
) -> Verdict:
    """Judge one lab report.

    Args:
        report: A path, "-" for standard input, or the bytes of the report. Attached files are looked for beside a path.
        as_of: A day that stands in for all four dates of the report.
        lenses: The lenses to ask, by name; None asks every one.
        law: The law to read; None reads the law that comes with the harness.

    Returns:
        The verdict. The same inputs give the same verdict, always.

    Raises:
        UnreadableInput: The report cannot be read or does not fit its schema; carries every fault with its place.
        WrongUsage: A lens that does not exist.
        LawFault: The law files contradict themselves.
    """
    law = read_law() if law is None else law
    if isinstance(report, bytes):
        return decide(read_case(report, "the report", None, as_of), law, lenses)
    folder = None if str(report) == "-" else Path(report).parent
    return decide(read_case(read_bytes(report), str(report), folder, as_of), law, lenses)

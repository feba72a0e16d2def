"""An archive for people: its verdicts, until when each is kept, and every member."""

from collections.abc import Callable, Iterator

from harness.model.archive import Archive, ArchivedCase, Retention
from harness.render.text import text_table


def as_text(manifest: Archive, *, shown: Callable[[str], str] = str, widest: int = 60) -> str:
    """Return a manifest as text.

    Args:
        manifest: What to print.
        shown: How a text that came from a file is written.
        widest: Characters of a cell before it wraps.
    """
    rows = [[one.path, one.role, f"{one.size_bytes}", one.sha256] for one in manifest.members]
    # A digest is never wrapped: people copy it.
    table = text_table(rows, ["member", "role", "bytes", "SHA-256"], shown, max(widest, 64))
    lines = [
        f"{len(manifest.cases):,} of {len(manifest.members):,} members are verdicts; "
        f"engine {shown(manifest.engine_version)}, law {manifest.law_sha256}",
        *(shown(line) for case in manifest.cases for line in case_lines(case)),
        "",
        table,
    ]
    return "\n".join(lines) + "\n"


def case_lines(case: ArchivedCase) -> Iterator[str]:
    """Yield one verdict of an archive, what of its report was not there, and until when it is kept."""
    yield f"{case.outcome.upper()}  {case.report_id}  [{case.verdict}]"
    for name, path in case.attachments.items():
        if path is None:
            yield f"  {name} was not there when the verdict was made, and is not here"
    if case.retention is not None:
        yield f"  {_kept(case.retention)}"
        yield f"  {case.retention.note}"


def _kept(rule: Retention) -> str:
    if rule.keep_at_least_until is None:
        return f"keep: {rule.says} [{rule.cite}]"
    return (
        f"keep at least until {rule.keep_at_least_until}: {rule.years} years from {rule.event} {rule.day} [{rule.cite}]"
    )

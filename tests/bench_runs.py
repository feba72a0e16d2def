"""What a scripted run of the bench leaves: its lines, the report that is derived from them, and what it says."""

from harness.bench.compose import Composed, composed
from harness.bench.events import Recorded
from harness.bench.journal import journal_of
from harness.codec.documents import from_json
from harness.model.bench_raw import RawLine, RawSeries
from harness.model.lab_report import LabReport


def lines_of(run) -> list[RawLine]:
    return [event.line for event in run.events() if isinstance(event, Recorded)]


def report_of(lines: list[RawLine]) -> LabReport:
    return composed_of(lines).report


def composed_of(lines: list[RawLine]) -> Composed:
    made = composed(journal_of(lines), "run")
    # What is written can be read again, by the reader that reads strangers' reports.
    assert from_json(LabReport, made.as_json(), "run.json") == made.report
    return made


def series(lines: list[RawLine], name: str) -> list[RawSeries]:
    return [line for line in lines if isinstance(line, RawSeries) and line.series == name]


def said(report: LabReport, words: str) -> list[str]:
    return [note for note in report.notes if words in note]

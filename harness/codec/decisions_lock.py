"""The lock of decisions: one line for each, sorted, so that its difference reads well in a pull request."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import TypeVar

from harness.errors import Fault, UnreadableInput
from harness.model.decisions import Blessing, ChipRow, DecisionsLock, ProbeRow, ReportRow, TextRow, several

FIRST_LINE = "decisions-lock/1"
_HEAD = """\
# What the law answers, one decision a line: a chip in a place by a lens on a run of days; a boundary probe on a day;
# a stored lab report; and what each text asks, as a digest without its words. Written by `harness regress --bless`;
# what people wrote by hand stands in protected.toml.
# Columns: what, where or when, lens, days, answers (a bar between those that stay open), [provisions that answer].
"""
_OPEN_END = ".."
_NOTHING = "-"
_FIGURE = re.compile(r"[0-9]{1,30}(\.[0-9]{1,30})?|[0-9]{1,30}/[1-9][0-9]{0,30}|absent")
Row = TypeVar("Row", ChipRow, ProbeRow, ReportRow, TextRow)


def lock_text(lock: DecisionsLock) -> str:
    """Return a lock as the text of its file."""
    parts = [FIRST_LINE, _HEAD.rstrip(), ""]
    parts += [f"blessed {one.day} {one.because}" for one in lock.blessings]
    parts += ["", *_sorted(lock.chips, chip_line), "", *_sorted(lock.probes, probe_line), ""]
    parts += [*_sorted(lock.reports, report_line), "", *_sorted(lock.texts, text_line)]
    return "\n".join(parts) + "\n"


def _sorted(rows: Iterable[Row], line: Callable[[Row], str]) -> list[str]:
    return sorted(map(line, rows))


def chip_line(row: ChipRow) -> str:
    """Return the line of a chip."""
    last = str(row.last) if row.last else _OPEN_END
    days = f"{row.first} {last:<10}"
    return f"chip {row.chip:<28} {row.to} {row.lens:<19} {days} {several(row.answers)} [{' '.join(row.by)}]"


def probe_line(row: ProbeRow) -> str:
    """Return the line of a probe."""
    figures = " ".join(f"{name}={at}" for name, at in row.figures) or _NOTHING
    facts = " ".join(f"{name}={value}" for name, value in row.facts) or _NOTHING
    return f"probe {row.lens:<19} {row.day} {figures} ; {facts} ; {several(row.answers)} [{' '.join(row.by)}]"


def report_line(row: ReportRow) -> str:
    """Return the line of a report."""
    return f"report {row.report:<44} {row.lens:<19} {several(row.answers)}"


def text_line(row: TextRow) -> str:
    """Return the line of a text."""
    return f"text {row.provision:<44} {row.first} {row.digest}"


def read_decisions(data: bytes, source: str) -> tuple[DecisionsLock, dict[object, int]]:
    """Return a lock, and the line of each of its rows, counted from 1.

    Raises:
        UnreadableInput: With every line that is none of a lock.
    """
    try:
        lines = data.decode("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise UnreadableInput(source, (Fault(where=f"byte {error.start}", got="no UTF-8", need="a lock"),)) from None
    if not lines or lines[0] != FIRST_LINE:
        got = repr(lines[0][:40]) if lines else "an empty file"
        raise UnreadableInput(source, (Fault(where="line 1", got=got, need=FIRST_LINE),))
    rows: dict[str, list[object]] = {"blessed": [], "chip": [], "probe": [], "report": [], "text": []}
    places: dict[object, int] = {}
    faults = []
    met: dict[object, int] = {}
    for n, line in enumerate(lines[1:], start=2):
        if not line or line.startswith("#"):
            continue
        kind, _, rest = line.partition(" ")
        row = _row(kind, rest)
        if isinstance(row, str):
            faults.append(Fault(where=f"line {n}", got=repr(line[:60]), need=row))
            continue
        if met.setdefault(_key(row), n) != n:
            got = f"the same decision as line {met[_key(row)]}"
            faults.append(Fault(where=f"line {n}", got=got, need="each decision once"))
        rows[kind].append(row)
        places[row] = n
    if faults:
        raise UnreadableInput(source, tuple(faults))
    lock = DecisionsLock(
        blessings=tuple(rows["blessed"]),  # type: ignore[arg-type]
        chips=tuple(rows["chip"]),  # type: ignore[arg-type]
        probes=tuple(rows["probe"]),  # type: ignore[arg-type]
        reports=tuple(rows["report"]),  # type: ignore[arg-type]
        texts=tuple(rows["text"]),  # type: ignore[arg-type]
    )
    return lock, places


def _row(kind: str, text: str) -> object:
    """Return the row of a line, or what a line of its kind needs."""
    if kind not in _READERS:
        return f"a line that begins with one of {', '.join(_READERS)}"
    read, form = _READERS[kind]
    try:
        return read(text)
    except ValueError:
        return f"{kind} {form}"


def _key(row: object) -> object:
    """Return what a row decides about: no two rows may."""
    match row:
        case ChipRow():
            return row.chip, row.to, row.lens, row.first
        case ProbeRow():
            return row.lens, row.day, row.figures, row.facts
        case ReportRow():
            return row.report, row.lens
        case TextRow():
            return row.provision, row.first
    return row


def _blessing(text: str) -> Blessing:
    day, _, because = text.partition(" ")
    return Blessing(day=date.fromisoformat(day), because=because)


def _chip(text: str) -> ChipRow:
    chip, to, lens, first, last, answers, *by = text.split()
    if last != _OPEN_END and date.fromisoformat(last) < date.fromisoformat(first):
        raise ValueError("a run of days that ends before it begins")
    return ChipRow(
        chip=chip,
        to=to,
        lens=lens,
        first=date.fromisoformat(first),
        last=None if last == _OPEN_END else date.fromisoformat(last),
        answers=tuple(answers.split("|")),
        by=_by(by),
    )


def _probe(text: str) -> ProbeRow:
    head, facts, tail = text.split(" ; ")
    lens, day, *figures = head.split()
    answers, *by = tail.split()
    pairs = tuple(_pairs(figures))
    if not all(_FIGURE.fullmatch(at) for _, at in pairs):
        raise ValueError("a figure that is none")
    return ProbeRow(
        lens=lens,
        day=date.fromisoformat(day),
        figures=pairs,
        facts=tuple(_pairs(facts.split())),
        answers=tuple(answers.split("|")),
        by=_by(by),
    )


def _report(text: str) -> ReportRow:
    report, lens, answers = text.split()
    return ReportRow(report=report, lens=lens, answers=tuple(answers.split("|")))


def _text(text: str) -> TextRow:
    provision, first, digest = text.split()
    return TextRow(provision=provision, first=date.fromisoformat(first), digest=digest)


def _by(words: list[str]) -> tuple[str, ...]:
    joined = " ".join(words)
    if not joined.startswith("[") or not joined.endswith("]"):
        raise ValueError("need [provisions]")
    return tuple(joined[1:-1].split())


def _pairs(words: list[str]) -> Iterator[tuple[str, str]]:
    for word in words if words != [_NOTHING] else ():
        name, given, value = word.partition("=")
        if not given:
            raise ValueError(f"need NAME=VALUE, got {word}")
        yield name, value


_READERS: dict[str, tuple[Callable[[str], object], str]] = {
    "blessed": (_blessing, "DAY WHY"),
    "chip": (_chip, "CHIP PLACE LENS FIRST LAST ANSWERS [PROVISIONS]"),
    "probe": (_probe, "LENS DAY FIGURE=VALUE... ; FACT=VALUE... ; ANSWERS [PROVISIONS]"),
    "report": (_report, "REPORT LENS ANSWERS"),
    "text": (_text, "PROVISION DAY DIGEST"),
}

"""A verdict for a terminal, and the same as Markdown."""

import textwrap
from collections.abc import Callable, Iterator

from harness.errors import UnreadableInput
from harness.model.verdict import Lens, Verdict
from harness.render import words

Table = Callable[[list[list[str]], list[str]], str]


# Longer cells wrap; where nobody said how wide the place is, a table of this width reads well.
WIDEST_CELL = 46


def as_text(
    verdict: Verdict, *, colour: bool = False, shown: Callable[[str], str] = str, widest: int = WIDEST_CELL
) -> str:
    """Return the verdict as text: lenses, criteria with figures, margins and citations, then one line.

    Args:
        verdict: What to print.
        colour: Whether outcomes are coloured.
        shown: How a text that came from a report is written; a terminal has no use for control characters.
        widest: Characters of a cell before it wraps.
    """

    def table(rows: list[list[str]], headings: list[str]) -> str:
        return text_table(rows, headings, shown, widest)

    parts = [
        f"Lab report {shown(verdict.report.report_id)}",
        f"  laboratory {shown(verdict.report.laboratory or 'not stated')}; "
        f"product {shown(verdict.report.product or 'not stated')} ({verdict.report.chip or 'no chip named'})",
        f"  law read for: {words.dates(verdict)}",
        "",
        *sections(verdict, table, str, colour=colour),
        words.painted(shown(words.closing_line(verdict)), verdict.outcome, colour=colour),
    ]
    return "\n".join(parts) + "\n"


def as_markdown(verdict: Verdict) -> str:
    """Return the verdict as Markdown."""
    parts = [
        f"# {verdict.outcome.upper()}: {escaped(verdict.report.report_id)}",
        "",
        f"Laboratory: {escaped(verdict.report.laboratory or 'not stated')}; "
        f"product: {escaped(verdict.report.product or 'not stated')} "
        f"({escaped(verdict.report.chip or 'no chip named')}); law read for: {words.dates(verdict)}.",
        "",
        *sections(verdict, markdown_table, lambda title: f"## {title}\n", colour=False),
        f"**{escaped(words.closing_line(verdict))}**",
    ]
    return "\n".join(parts) + "\n"


def refusal_as_markdown(error: UnreadableInput) -> str:
    """Return what stands in the place of a verdict where the input could not be read."""
    lines = "".join(f"- {escaped(str(fault))}\n" for fault in error.faults)
    return f"# UNREADABLE: {escaped(error.source)}\n\n{lines}"


def sections(verdict: Verdict, table: Table, heading: Callable[[str], str], *, colour: bool) -> Iterator[str]:
    """Return the parts that every verdict has: lenses, criteria, figures, findings, assurance."""
    rows = [
        [
            name,
            words.painted(lens.outcome, lens.outcome, colour=colour),
            words.answer(lens),
            f"{words.basis(lens)}, informs" if lens.informs else words.basis(lens),
        ]
        for name, lens in verdict.lenses.items()
    ]
    yield from (table(rows, words.LENS_HEADINGS), "")
    for name, lens in verdict.lenses.items():
        yield from _lens(name, lens, table, heading, colour=colour)
    figures = [words.figure_row(name, figure) for name, figure in verdict.figures.items()]
    yield from (heading("Figures"), table(figures, words.FIGURE_HEADINGS), "")
    if verdict.findings:
        found = [[one.code, one.effect, one.where, one.got, one.need] for one in verdict.findings]
        yield from (heading("Findings about the evidence"), table(found, words.FINDING_HEADINGS), "")
    for one in verdict.fingerprints:
        rows = [words.fingerprint_row(row) for row in one.formats]
        yield heading(f"Fingerprint of {one.unit_id}: operations per clock and unit, at their fastest")
        yield table(rows, words.FINGERPRINT_HEADINGS)
        yield from (f"- {line}" for line in (one.says, *(f"rests on {what}" for what in one.rests_on)))
        yield ""
    if verdict.criteria:
        yield heading("Criteria on the transaction, by report and dossier")
        rows = [words.criterion_row(row, colour=colour) for row in verdict.criteria]
        yield from (table(rows, words.CRITERION_HEADINGS), "")
    if verdict.assurance:
        asked = any(one.requires.startswith("assurance=") for one in verdict.required)
        said = "it is required" if asked else "it informs and decides nothing"
        yield heading(f"Assurance, from the evidence alone; {said}")
        for statement in verdict.assurance:
            lines = (words.assurance_line(statement), words.sufficient_line(statement))
            yield from (f"- {line}" for line in lines if line)
        yield ""
    if verdict.reached:
        yield heading("Assurance reached, per aspect of the evidence")
        rows = [[aspect, found.level, found.says] for aspect, found in verdict.reached.items()]
        yield from (table(rows, words.REACHED_HEADINGS), "")
    if verdict.required:
        yield heading("Required beyond the law")
        yield from (f"- {words.requirement_line(requirement)}" for requirement in verdict.required)
        yield ""


def _lens(name: str, lens: Lens, table: Table, heading: Callable[[str], str], *, colour: bool) -> Iterator[str]:
    said = [*map(words.reading_line, lens.readings), *(f"notice: {text}" for text in lens.notices)]
    advice = [line for line in (*said, words.next_steps(lens)) if line]
    if not lens.reasons and not advice:
        return
    yield heading(f"{name}: {lens.question}")
    if lens.reasons:
        rows = [
            [
                reason.criterion,
                words.painted(reason.outcome, reason.outcome, colour=colour),
                words.got(reason),
                words.with_unit(reason.need, reason.unit),
                words.margin(reason),
                reason.cite,
            ]
            for reason in lens.reasons
        ]
        yield table(rows, words.REASON_HEADINGS)
    yield from (f"- {line}" for line in advice)
    yield ""


def _cleaned(rows: list[list[str]], shown: Callable[[str], str]) -> list[list[str]]:
    """Clean every cell but the outcome, which may carry our own colour."""
    return [[cell if n == 1 else shown(cell) for n, cell in enumerate(row)] for row in rows]


def _wrapped(cell: str, widest: int) -> str:
    if len(cell) <= widest or "\x1b" in cell:
        return cell
    return "\n".join(textwrap.wrap(cell, widest, break_long_words=False, break_on_hyphens=False))


def text_table(rows: list[list[str]], headings: list[str], shown: Callable[[str], str], widest: int) -> str:
    """Return a table for a terminal, its cells cleaned and wrapped."""
    # Its import costs as much as all else here, so only the command that prints pays for it.
    from tabulate import tabulate

    wrapped = [[_wrapped(cell, widest) for cell in row] for row in _cleaned(rows, shown)]
    return tabulate(wrapped, headings, tablefmt="simple", disable_numparse=True)


def markdown_table(rows: list[list[str]], headings: list[str]) -> str:
    """Return a table in Markdown."""
    from tabulate import tabulate

    cells = [[escaped(cell) for cell in row] for row in rows]
    return tabulate(cells, headings, tablefmt="github", disable_numparse=True)


def escaped(text: str) -> str:
    """Keep what a report says from becoming markup."""
    for mark in "\\`*_[]<>|#!":
        text = text.replace(mark, "\\" + mark)
    return text.replace("\n", " ")

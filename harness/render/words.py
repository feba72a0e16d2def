"""Words and figures for people. Nothing that a criterion compares is rounded."""

from decimal import Decimal

from harness.model.fingerprint import FormatRate
from harness.model.verdict import (
    Assurance,
    CriterionRow,
    FigureReading,
    FindingRecord,
    Lens,
    ReadingUse,
    Reason,
    Requirement,
    Verdict,
)

COLOURS = {"pass": "32", "holds": "32", "fail": "31", "fails": "31", "undecided": "33"}


_MOST_ANSWERS = 4


def painted(text: str, outcome: str, *, colour: bool) -> str:
    """Return the text in the colour of an outcome, where colour is asked for."""
    return f"\x1b[{COLOURS[outcome]}m{text}\x1b[0m" if colour else text


def with_unit(text: str, unit: str | None) -> str:
    """Return a figure with its unit; TPP stands behind its number like any other."""
    return f"{text} {unit}" if unit else text


def margin(reason: Reason) -> str:
    """Return the headroom with its sign, or nothing."""
    if reason.margin is None:
        return ""
    sign = "" if reason.margin.startswith("-") or reason.margin == "0" else "+"
    return with_unit(sign + reason.margin, reason.unit)


def got(reason: Reason) -> str:
    """Return what stands there, with its note."""
    return f"{reason.got} ({reason.note})" if reason.note else reason.got


def dates(verdict: Verdict) -> str:
    """Return the days for which the law was read."""
    if verdict.dates.as_of is not None:
        return f"every rule as of {verdict.dates.as_of}"
    named = ((name, getattr(verdict.dates, name)) for name in ("test", "application", "export", "entry"))
    return ", ".join(f"{name} {day or 'not stated'}" for name, day in named)


def answer(lens: Lens) -> str:
    """Return the answer of a lens; where it is open, the possible answers, unless they are too many to help."""
    if lens.certain:
        return lens.answer
    return "one of " + ", ".join(lens.possible) if len(lens.possible) <= _MOST_ANSWERS else "open"


def basis(lens: Lens) -> str:
    """Return what asks the question; a text that is proposed is no law, and is never shown as such."""
    return "proposal" if any(one.status == "proposed" for one in lens.decisions) else lens.basis


def figure_row(name: str, figure: FigureReading) -> list[str]:
    """Return one row of the table of figures."""
    found = "" if figure.measured is None else f"{figure.measured} ± {figure.expanded_uncertainty}"
    derived = figure.derived or ""
    if figure.derived_at_maximum_clock not in (None, figure.derived):
        derived += f" to {figure.derived_at_maximum_clock}"
    used = "" if figure.used is None else figure.used
    if figure.used_up_to is not None:
        used += f" to {figure.used_up_to}"
    return [name, figure.declared or "", derived, found, used or "not known", figure.unit, figure.note or ""]


FIGURE_HEADINGS = ["figure", "declared", "derived", "measured", "law reads", "unit", "note"]
REASON_HEADINGS = ["criterion", "outcome", "got", "need", "margin", "citation"]
FINGERPRINT_HEADINGS = ["format", "rate", "clock", "per clock and unit", "nearest", "efficiency", "architecture"]
CRITERION_HEADINGS = ["criterion", "answer", "evidence used", "missing", "where it stands"]
FINDING_HEADINGS = ["finding", "effect", "where", "got", "need"]
REACHED_HEADINGS = ["aspect", "reached", "by what"]
LENS_HEADINGS = ["lens", "outcome", "answer", "basis"]


def fingerprint_row(row: FormatRate) -> list[str]:
    """Return one row of the table of a fingerprint."""
    return [
        row.number_format,
        f"{row.rate_tops} {'TOP/s' if row.number_format.startswith('int') else 'TFLOP/s'}",
        f"{row.clock_mhz} MHz",
        f"{Decimal(row.operations_per_clock):.1f}",
        "none" if row.nearest is None else str(row.nearest),
        "" if row.efficiency is None else f"{Decimal(row.efficiency):.3f}",
        "not known" if row.architecture is None else str(row.architecture),
    ]


def closing_line(verdict: Verdict) -> str:
    """Return the outcome and what made it, in one line."""
    deciding = {name: lens for name, lens in verdict.lenses.items() if not lens.informs}
    behind = [name for name, lens in deciding.items() if lens.outcome == verdict.outcome]
    behind += [one.requires for one in verdict.required if one.outcome == verdict.outcome]
    parts = {
        "pass": [f"{', '.join(behind)} pass"],
        "undecided": [f"{', '.join(behind)} undecided"],
        "fail": [
            f"{name}: {deciding[name].answer}{_voiding(name, verdict)}" if name in deciding else f"{name} fails"
            for name in behind
        ],
    }[verdict.outcome]
    if verdict.score.applies:
        parts.append(f"{verdict.score.holds} of {verdict.score.applies} criteria hold")
    informing = [f"{name} {answer(lens)}" for name, lens in verdict.lenses.items() if lens.informs and lens.certain]
    if verdict.outcome == "pass" and informing:
        parts.append(", ".join(informing))
    return f"{verdict.outcome.upper()}  {verdict.report.report_id}: {'; '.join(parts)}"


def _voiding(lens: str, verdict: Verdict) -> str:
    """Name what voids the evidence, behind the lens that says that it is void."""
    codes = dict.fromkeys(finding.code for finding in verdict.findings if finding.effect == "voids")
    return f" ({', '.join(codes)})" if codes and verdict.lenses[lens].basis == "method" else ""


def reason_line(reason: Reason) -> str:
    """Return one criterion in one line: got, need, margin, citation."""
    headroom = f"; margin {margin(reason)}" if reason.margin is not None else ""
    return (
        f"{reason.criterion}: got {got(reason)}; need {with_unit(reason.need, reason.unit)}{headroom} [{reason.cite}]"
    )


def finding_line(finding: FindingRecord) -> str:
    """Return one finding in one line: where, got, need."""
    return f"{finding.code}: {finding.where}: got {finding.got}; need {finding.need}"


def reading_line(use: ReadingUse) -> str:
    """Return one question that the text leaves open, in one line: which option is followed, and what each gives."""
    each = "; ".join(f"{option}: {use.says[option]}: {' or '.join(answers)}" for option, answers in use.gives.items())
    followed = "every option is followed" if use.followed == "both" else f"{use.followed} is followed"
    return f"reading {use.id} ({followed}): {use.question} {each} [{use.pin}]"


def criterion_row(row: CriterionRow, *, colour: bool) -> list[str]:
    """Return a criterion on the transaction as a row of a table."""
    answer = painted(row.answer, row.outcome, colour=colour)
    return [row.criterion, answer, "; ".join(row.evidence), ", ".join(row.missing), row.cite]


def next_steps(lens: Lens) -> str | None:
    """Return what would decide an open lens, or None."""
    if lens.certain or not lens.missing:
        return None
    shown = ", ".join(lens.missing[:12])
    more = f" and {len(lens.missing) - 12} more" if len(lens.missing) > 12 else ""
    # A classification asks for its own flags and for sources; a report for what it should state.
    asked = "give" if lens.missing[0].startswith(("--", "a source")) else "state, with evidence,"
    return f"next: {asked} {shown}{more}"


def assurance_line(statement: Assurance) -> str:
    """Return one assurance statement with its citation."""
    return f"{statement.quantity}: {statement.statement}. [{statement.cite}] ({statement.code})"


def sufficient_line(statement: Assurance) -> str | None:
    """Return what would have sufficed, or None where nothing is to be said."""
    return f"next: {'; or '.join(statement.sufficient)}" if statement.sufficient else None


def requirement_line(requirement: Requirement) -> str:
    """Return what was required beyond the law, and what came of it."""
    return f"{requirement.requires}: {requirement.outcome}: {requirement.got}"

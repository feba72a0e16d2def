"""Findings about spec files, as text and for programs. Adds no judgement."""

from collections.abc import Callable, Iterable

from harness.errors import UnreadableInput
from harness.model.quantity import as_text
from harness.model.spec_catalogue import SPEC_CATALOGUE
from harness.model.spec_finding import AnySpec, Severity, Slip, SpecCase, SpecFinding
from harness.model.spec_lint import LikeliestSlip, SpecLint, SpecLintFinding
from harness.render.refusal import refusal

Found = tuple[str, SpecCase[AnySpec], SpecFinding]
_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.NOTE: "36"}


def severity(finding: SpecFinding) -> Severity:
    """Return how grave a finding is, as the catalogue says."""
    return SPEC_CATALOGUE[finding.code].severity


def finding_as_text(file: str, case: SpecCase[AnySpec], finding: SpecFinding) -> str:
    """Return one finding in four or five lines: what, where, got, need, the likeliest cause, and what to do next."""
    lines = [
        f"{severity(finding)}  {finding.code}  {case.spec.id}  {finding.where}  [{file}]",
        f"  got   {finding.got}",
        f"  need  {finding.need}",
    ]
    if finding.slip is not None:
        lines.append(f"  cause {_cause(finding.slip)}")
    return "\n".join([*lines, f"  next  {SPEC_CATALOGUE[finding.code].remedy}"])


def _cause(slip: Slip) -> str:
    return f"perhaps {_factor(slip)} times too {'high' if slip.above else 'low'}: {slip.cause}?"


def _factor(slip: Slip) -> str:
    text = as_text(slip.factor)
    return text if len(text) <= 5 else f"{slip.factor:.3f}"


def as_text_report(
    found: Iterable[Found],
    specs: int,
    unreadable: int,
    *,
    notes: bool = False,
    colour: bool = False,
    shown: Callable[[str], str] = str,
) -> str:
    """Return errors and warnings in full, notes counted or in full, and a closing line.

    Args:
        found: File, case and finding, in order.
        specs: How many specs were linted.
        unreadable: How many files could not be read.
        notes: Whether notes are printed too.
        colour: Whether the severity is coloured.
        shown: How a text that came from a file is written; a terminal has no use for control characters.
    """
    every = list(found)
    printed = [one for one in every if notes or severity(one[2]) is not Severity.NOTE]
    blocks = [_cleaned(finding_as_text(*one), shown, severity(one[2]), colour=colour) for one in printed]
    counts = ", ".join(f"{_count(every, grave):,} {grave}s" for grave in Severity)
    refused = f", {unreadable:,} unreadable" if unreadable else ""
    hidden = "" if notes or not _count(every, Severity.NOTE) else "; --notes prints the notes"
    return "\n\n".join([*blocks, f"{specs:,} specs: {counts}{refused}{hidden}"]) + "\n"


def _cleaned(text: str, shown: Callable[[str], str], grave: Severity, *, colour: bool) -> str:
    """Clean what came from a file, then colour the severity, which is ours."""
    clean = "\n".join(shown(line) for line in text.split("\n"))
    return clean.replace(grave, f"\x1b[{_COLOURS[grave]}m{grave}\x1b[0m", 1) if colour else clean


def _count(found: Iterable[Found], grave: Severity) -> int:
    return sum(severity(finding) is grave for _, _, finding in found)


def as_document(
    found: Iterable[Found], specs: int, unreadable: Iterable[UnreadableInput], limits: str, shown: Callable[[str], str]
) -> SpecLint:
    """Return everything found as one document, notes included; `shown` is how a text that is no name is written."""
    every = list(found)
    return SpecLint(
        schema="spec-lint/1",
        limits=limits,
        specs=specs,
        errors=_count(every, Severity.ERROR),
        warnings=_count(every, Severity.WARNING),
        notes=_count(every, Severity.NOTE),
        findings=tuple(_entry(*one) for one in every),
        unreadable=tuple(refusal(error, shown) for error in unreadable),
    )


def _entry(file: str, case: SpecCase[AnySpec], finding: SpecFinding) -> SpecLintFinding:
    slip = finding.slip
    return SpecLintFinding(
        file=file[:300] or "no name",
        spec=case.spec.id,
        code=finding.code,
        severity=severity(finding),
        where=finding.where,
        got=finding.got,
        need=finding.need,
        likeliest=None
        if slip is None
        else LikeliestSlip(factor=slip.factor, direction="too high" if slip.above else "too low", cause=slip.cause),
        next=SPEC_CATALOGUE[finding.code].remedy,
    )

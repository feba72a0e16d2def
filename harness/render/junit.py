"""Verdicts as JUnit XML, the form in which most build servers read test results.

A report is a test suite and a lens is a test case. A deciding lens that fails or is undecided is a *failure*, of the
type "fail" or "undecided": what is not certain must not look green. An input that cannot be read is an *error*. A lens
that informs never fails. Nothing is ever *skipped*: a lens that was not asked has no case. Verdicts know no clock, so
every time is 0.
"""

from collections.abc import Callable, Sequence
from xml.etree import ElementTree

from harness.errors import UnreadableInput
from harness.model.verdict import Lens, Verdict
from harness.render import words

Shown = Callable[[str], str]


def as_junit(judged: Sequence[tuple[str, Verdict | UnreadableInput]], shown: Shown) -> str:
    """Return one XML document for all reports, in ASCII, so that it is the same in every encoding.

    Args:
        judged: Each report by the name it was given, with its verdict or why it could not be read.
        shown: How a text that came from a report is written; XML has no place for most control characters.
    """
    root = ElementTree.Element("testsuites", name="harness verify")
    for source, outcome in judged:
        if isinstance(outcome, Verdict):
            _suite(root, shown(source), outcome, shown)
        else:
            _unreadable(root, shown(source), outcome, shown)
    for suite in root:
        _count(suite)
    _count(root)
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root).decode("ascii")}\n'


def _count(element: ElementTree.Element) -> None:
    for name, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(name, str(sum(1 for _ in element.iter(tag))))
    element.set("time", "0")


def _suite(root: ElementTree.Element, source: str, verdict: Verdict, shown: Shown) -> None:
    suite = ElementTree.SubElement(root, "testsuite", name=source)
    properties = ElementTree.SubElement(suite, "properties")
    inputs = verdict.receipt.inputs
    for name, value in (
        ("report_id", verdict.report.report_id),
        ("outcome", verdict.outcome),
        ("dates", words.dates(verdict)),
        ("report_sha256", inputs.report_sha256),
        ("law_sha256", verdict.receipt.law_sha256),
        ("engine_version", verdict.receipt.engine_version),
    ):
        ElementTree.SubElement(properties, "property", name=name, value=shown(value or ""))
    for name, lens in verdict.lenses.items():
        case = ElementTree.SubElement(suite, "testcase", classname=source, name=name, time="0")
        _answer(case, lens, _lines(lens, verdict), shown)
    for one in verdict.required:
        case = ElementTree.SubElement(suite, "testcase", classname=source, name=shown(one.requires), time="0")
        if one.outcome == "pass":
            ElementTree.SubElement(case, "system-out").text = shown(one.got)
        else:
            ElementTree.SubElement(case, "failure", type=one.outcome, message=shown(one.got))


def _answer(case: ElementTree.Element, lens: Lens, lines: list[str], shown: Shown) -> None:
    text = "\n".join(map(shown, lines))
    if lens.informs or lens.outcome == "pass":
        ElementTree.SubElement(case, "system-out").text = text
    else:
        ElementTree.SubElement(case, "failure", type=lens.outcome, message=shown(words.answer(lens))).text = text


def _lines(lens: Lens, verdict: Verdict) -> list[str]:
    """Return the answer, every criterion that does not hold, what is missing, and under the evidence its findings."""
    findings = verdict.findings if lens.basis == "method" else ()
    return [
        f"{lens.question} {words.answer(lens)}",
        *(f"{one.effect}  {words.finding_line(one)}" for one in findings),
        *(f"{one.outcome}  {words.reason_line(one)}" for one in lens.reasons if lens.informs or one.outcome != "holds"),
        *(f"notice: {notice}" for notice in lens.notices),
        *filter(None, [words.next_steps(lens)]),
    ]


def _unreadable(root: ElementTree.Element, source: str, error: UnreadableInput, shown: Shown) -> None:
    suite = ElementTree.SubElement(root, "testsuite", name=source)
    case = ElementTree.SubElement(suite, "testcase", classname=source, name="readable", time="0")
    faults = [shown(str(fault)) for fault in error.faults]
    ElementTree.SubElement(case, "error", type="unreadable", message=faults[0]).text = "\n".join(faults)

"""harness verify: judge lab reports."""

import argparse
import gc
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from harness.cli.options import add_selection, day, selected_law
from harness.cli.output import OF_OUTCOME, Exit, Progress, complain, gravest, printable, say, wants_colour, widest_cell
from harness.cli.trust_options import chosen_trust, trust_options
from harness.errors import UnreadableInput, WrongUsage

if TYPE_CHECKING:
    from harness.authenticate import Trust
    from harness.codec.report_files import FoundDossier
    from harness.model.case import Case
    from harness.model.verdict import Verdict
    from harness.policy.law import Law

_EPILOG = """\
examples:
  harness verify report.json
  harness verify report.json --as-of 2026-01-14
  harness verify report.json --lens capability review-policy
  harness verify report.json --dossier dossier.json
  harness verify report.json --require assurance=below
  harness verify report.dsse.json --trust-root root.json --trust-root-sha256 HEX
  harness verify report.dsse.json --trust-root root.json --trust-root-sha256 HEX \
      --require authenticity=signed,custody=complete,raw-data=recomputed
  harness verify report.json --why-not case-by-case
  harness verify report.json --what-if tpp=20900 --what-if end_user_country=SG
  harness verify report.json --flip --known-at 2026-01-14
  harness verify --format json a.json b.json
  harness verify --format junit *.json > verdicts.xml
  harness verify --format sarif *.json > verdicts.sarif
  cat report.json | harness verify -

exit codes: 0 pass, 1 fail, 2 unreadable, 3 undecided; of several reports the gravest, in the order 4, 2, 1, 3, 0
"""


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "verify",
        help="judge lab reports against the law of their days",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("reports", metavar="REPORT", nargs="*", help='a lab report, or "-" for standard input')
    command.add_argument(
        "--dossier",
        metavar="FILE",
        help="the dossier of the transaction (dossier/1), in place of the one that the report names; of one report",
    )
    command.add_argument("--as-of", metavar="DAY", type=day, help="a day, YYYY-MM-DD, in place of all four dates")
    command.add_argument(
        "--lens",
        metavar="NAME",
        nargs="+",
        action="extend",
        help="ask only these lenses, and the evidence: capability, classification, review-policy, tariff, "
        "military-use, certifications",
    )
    command.add_argument(
        "--format",
        choices=("text", "json", "markdown", "junit", "sarif"),
        default="text",
        help="how to print: for people text (default) or markdown; for programs json, JUnit XML or a SARIF 2.1.0 log",
    )
    command.add_argument(
        "--require",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        help="pass only where this holds too, several with commas: assurance=below (the evidence alone suffices for "
        "every threshold), authenticity=signed, custody=complete, raw-data=recomputed, ... (any word else lists them)",
    )
    trust_options(command)
    add_selection(command)
    asked = command.add_argument_group("questions about the verdict")
    asked.add_argument("--why", action="store_true", help="explain every answer: its text, its criteria, its readings")
    asked.add_argument(
        "--why-not",
        metavar="ANSWER",
        help="what keeps an answer from coming: pass, an answer such as case-by-case, or LENS=ANSWER",
    )
    asked.add_argument(
        "--what-if",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="the answers if a figure that the law reads, a fact or a day were another, such as tpp=20900",
    )
    asked.add_argument("--flip", action="store_true", help="the nearest change of each figure that changes an answer")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Judge every report and return the gravest exit code."""
    from harness.checks.between_reports import SeriesSeen
    from harness.codec.report_files import read_bytes
    from harness.decide import decide
    from harness.decide.requirements import checked

    required, trust = checked(arguments.require), chosen_trust(arguments)
    law = selected_law(arguments)
    reports, lenses = _sorted_out(arguments, law.lenses)
    if len(reports) > 1:
        # One report makes no garbage worth collecting; of many it must not add up.
        gc.freeze()
        gc.enable()
    if arguments.log_proof is not None and len(reports) > 1:
        raise WrongUsage("a log proof is of one report; verify each with its own")
    dossier = _dossier(arguments, reports)
    progress = Progress(len(reports), "verifying")
    printer = _explainer(arguments, law, trust, dossier) or _printer(arguments.format, len(reports) > 1, law)
    codes, copies, seen = [], 0, SeriesSeen()
    for source in reports:
        data = b""
        try:
            data = read_bytes(source)
            case = _case(arguments, data, source, trust, dossier)
            verdict = decide(case, law, lenses, required)
        except UnreadableInput as error:
            progress.clear()
            complain(error)
            printer.refused(source, data, error)
            codes.append(Exit.INPUT)
        else:
            progress.clear()
            printer.judged(source, data, verdict)
            codes.append(OF_OUTCOME[verdict.outcome])
            for line in seen.copied(source, case) if len(reports) > 1 else ():
                say(f"{source}: {line}")
                copies += 1
        progress.advance()
    printer.close(codes)
    # One of two reports is the copy; neither tells which, so no verdict changes, and the call as a whole stays open.
    return gravest([*codes, Exit.UNDECIDED] if copies else codes)


def _dossier(arguments: argparse.Namespace, reports: list[str]) -> "FoundDossier | None":
    """Return the dossier that is given, which is one of one transaction.

    Raises:
        WrongUsage: Several reports.
        UnreadableInput: Its file cannot be read.
    """
    from harness.judge import chosen_dossier

    if arguments.dossier is not None and len(reports) > 1:
        raise WrongUsage("--dossier is the dossier of one report; next: let each report name its own")
    if arguments.dossier == "-" and "-" in reports:
        raise WrongUsage('"-" can stand for standard input once')
    return chosen_dossier(arguments.dossier)


def _case(
    arguments: argparse.Namespace, data: bytes, source: str, trust: "Trust", dossier: "FoundDossier | None"
) -> "Case":
    """Return the case of a report; where there is a state file, it is asked, and remembers what it did not know."""
    from harness.authenticate import authenticated
    from harness.codec.report_files import beside
    from harness.judge import folder_of

    held = beside(folder_of(source), dossier)
    if arguments.state is None:
        return authenticated(data, source, arguments.as_of, held, trust)[0]
    from harness.codec.state_file import opened_state

    with opened_state(Path(arguments.state)) as state:
        case, new = authenticated(data, source, arguments.as_of, held, replace(trust, state=state))
        if new is not None:
            state.add(new)
    return case


def _sorted_out(arguments: argparse.Namespace, known: Iterable[str]) -> tuple[list[str], tuple[str, ...] | None]:
    """Tell reports from lenses: `--lens capability report.json` gives the parser no way to.

    Raises:
        WrongUsage: No report, standard input twice, or a lens that does not exist.
    """
    reports, lenses = list(arguments.reports), []
    for word in arguments.lens or ():
        names = word.split(",")
        if all(name in known for name in names):
            lenses += names
        elif word == "-" or Path(word).is_file():
            reports.append(word)
        else:
            raise WrongUsage(f"no lens {word!r}, and no file of that name; lenses: {', '.join(known)}")
    if not reports:
        raise WrongUsage("no report named; next: harness verify REPORT")
    if reports.count("-") > 1:
        raise WrongUsage('"-" can stand for standard input once')
    return reports, None if arguments.lens is None else tuple(lenses)


def _printer(form: str, many: bool, law: "Law") -> "Printer":
    """Return what prints this format; of those for other programs, nothing is imported before one is asked for."""
    if form in _PRINTERS:
        return _PRINTERS[form](many)
    from harness.cli.ci_formats import JUnit, Sarif

    return JUnit() if form == "junit" else Sarif(law)


def _explainer(
    arguments: argparse.Namespace, law: "Law", trust: "Trust", dossier: "FoundDossier | None"
) -> "Printer | None":
    """Return what answers questions about a verdict, where any is asked."""
    if not (arguments.why or arguments.why_not or arguments.what_if or arguments.flip):
        return None
    if arguments.format not in ("text", "json"):
        raise WrongUsage(f"--format {arguments.format} has no place for --why, --why-not, --what-if or --flip")
    if arguments.require and (arguments.why_not or arguments.what_if or arguments.flip):
        raise WrongUsage("--why-not, --what-if and --flip ask about the law, and --require goes beyond it")
    from harness.cli.why import Explainer

    return Explainer(arguments, law, trust, dossier)


class Printer(Protocol):
    """What a format does with each report in turn; `data` are its bytes, as far as they could be read."""

    def judged(self, source: str, data: bytes, verdict: "Verdict") -> None:
        """Take the verdict on a report."""

    def refused(self, source: str, data: bytes, error: UnreadableInput) -> None:
        """Take a report that could not be read."""

    def close(self, codes: list[Exit]) -> None:
        """Print what is left, when every report has its exit code."""


class _Text:
    """One verdict in full; of several, a line each and a count."""

    def __init__(self, many: bool) -> None:
        self.many = many

    def judged(self, source: str, data: bytes, verdict: "Verdict") -> None:  # noqa: ARG002 - people read no bytes.
        from harness.render.text import WIDEST_CELL, as_text
        from harness.render.words import closing_line, painted

        if self.many:
            line = painted(printable(closing_line(verdict)), verdict.outcome, colour=wants_colour())
            print(f"{line}  [{printable(source)}]")
        else:
            text = as_text(verdict, colour=wants_colour(), shown=printable, widest=widest_cell(WIDEST_CELL))
            print(text, end="")

    def refused(self, source: str, data: bytes, error: UnreadableInput) -> None:
        """Print nothing: standard error has it already."""

    def close(self, codes: list[Exit]) -> None:
        if self.many:
            names = {Exit.PASS: "pass", Exit.FAIL: "fail", Exit.UNDECIDED: "undecided", Exit.INPUT: "unreadable"}
            counts = ", ".join(f"{codes.count(code):,} {name}" for code, name in names.items() if code in codes)
            print(f"{len(codes):,} reports: {counts}")


class _Markdown:
    """Every verdict in full."""

    def __init__(self, many: bool) -> None:
        self.many = many

    def judged(self, source: str, data: bytes, verdict: "Verdict") -> None:  # noqa: ARG002 - the report names itself.
        from harness.render.text import as_markdown

        print(as_markdown(verdict))

    def refused(self, source: str, data: bytes, error: UnreadableInput) -> None:  # noqa: ARG002 - the error says it all.
        from harness.render.text import refusal_as_markdown

        print(refusal_as_markdown(error))

    def close(self, codes: list[Exit]) -> None:
        """Print nothing more."""


class _Json:
    """One report prints one object, several a list; what could not be read stands in its place as a refusal."""

    def __init__(self, many: bool) -> None:
        self.many = many
        self.printed = 0

    def _print(self, text: str) -> None:
        print(("[\n" if self.printed == 0 else ",\n") + text if self.many else text, end="" if self.many else "\n")
        self.printed += 1

    def judged(self, source: str, data: bytes, verdict: "Verdict") -> None:  # noqa: ARG002 - the receipt names the input.
        self._print(verdict.model_dump_json(by_alias=True, indent=2))

    def refused(self, source: str, data: bytes, error: UnreadableInput) -> None:  # noqa: ARG002 - the error says it all.
        from harness.render.refusal import refusal

        self._print(refusal(error, printable).model_dump_json(by_alias=True, indent=2))

    def close(self, codes: list[Exit]) -> None:  # noqa: ARG002 - a list is closed whatever it holds.
        if self.many:
            print("\n]")


_PRINTERS: dict[str, type[_Text | _Markdown | _Json]] = {"text": _Text, "json": _Json, "markdown": _Markdown}

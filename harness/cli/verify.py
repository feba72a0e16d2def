"""harness verify: judge lab reports."""

import argparse
import gc
from datetime import date
from typing import TYPE_CHECKING, Any

from harness.cli.output import OF_OUTCOME, Exit, complain, gravest, wants_colour, with_progress
from harness.errors import UnreadableInput, WrongUsage

if TYPE_CHECKING:
    from harness.model.verdict import Verdict

_EPILOG = """\
examples:
  harness verify report.json
  harness verify report.json --as-of 2026-01-14
  harness verify report.json --lens capability review-policy
  harness verify --format json a.json b.json
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
    command.add_argument("reports", metavar="REPORT", nargs="+", help='a lab report, or "-" for standard input')
    command.add_argument("--as-of", metavar="DAY", type=_day, help="a day, YYYY-MM-DD, in place of all four dates")
    command.add_argument(
        "--lens", metavar="NAME", nargs="+", action="extend", help="ask only these lenses (default: every one)"
    )
    command.add_argument("--format", choices=("text", "json", "markdown"), default="text")
    command.set_defaults(run=run)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or len(text) != 10:
        raise argparse.ArgumentTypeError(f"got {text!r}; need a day, such as 2026-01-15")
    return day


def run(arguments: argparse.Namespace) -> Exit:
    """Judge every report and return the gravest exit code."""
    from harness.codec.law_files import read_law
    from harness.judge import verify

    if arguments.reports.count("-") > 1:
        raise WrongUsage('"-" can stand for standard input once')
    law = read_law()
    gc.freeze()
    gc.enable()
    lenses = None if arguments.lens is None else tuple(arguments.lens)
    many = len(arguments.reports) > 1
    printer = _PRINTERS[arguments.format](many)
    codes = []
    for source in with_progress(arguments.reports, "verifying"):
        try:
            verdict = verify(source, as_of=arguments.as_of, lenses=lenses, law=law)
        except UnreadableInput as error:
            complain(error)
            printer.refused(error)
            codes.append(Exit.INPUT)
        else:
            printer.judged(source, verdict)
            codes.append(OF_OUTCOME[verdict.outcome])
    printer.close(codes)
    return gravest(codes)


class _Text:
    """One verdict in full; of several, a line each and a count."""

    def __init__(self, many: bool) -> None:
        self.many = many

    def judged(self, source: str, verdict: "Verdict") -> None:
        from harness.render.text import as_text
        from harness.render.words import closing_line, painted

        if self.many:
            print(painted(closing_line(verdict), verdict.outcome, colour=wants_colour()) + f"  [{source}]")
        else:
            print(as_text(verdict, colour=wants_colour()), end="")

    def refused(self, error: UnreadableInput) -> None:
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

    def judged(self, source: str, verdict: "Verdict") -> None:  # noqa: ARG002 - the report names itself.
        from harness.render.text import as_markdown

        print(as_markdown(verdict))

    def refused(self, error: UnreadableInput) -> None:
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

    def judged(self, source: str, verdict: "Verdict") -> None:  # noqa: ARG002 - the receipt names the input.
        self._print(verdict.model_dump_json(by_alias=True, indent=2))

    def refused(self, error: UnreadableInput) -> None:
        from harness.model.verdict import Refusal

        faults = tuple(
            {"where": fault.where, "got": fault.got, "need": fault.need, "next": fault.next} for fault in error.faults
        )
        refusal = Refusal(schema="refusal/1", source=ascii(error.source)[1:-1][:300], faults=faults)
        self._print(refusal.model_dump_json(by_alias=True, indent=2))

    def close(self, codes: list[Exit]) -> None:  # noqa: ARG002 - a list is closed whatever it holds.
        if self.many:
            print("\n]")


_PRINTERS: dict[str, type[_Text | _Markdown | _Json]] = {"text": _Text, "json": _Json, "markdown": _Markdown}

"""harness nac: notices under License Exception NAC."""

import argparse
from typing import Any

from harness.cli.options import day
from harness.cli.output import OF_OUTCOME, Exit, printable, wants_colour, widest_cell

_EPILOG = """\
examples:
  harness nac check notice.json
  harness nac check notice.json --on 2026-09-01
  harness nac check notice.json --format json

A notice is complete where every row holds. Whether an item may go by it follows from the law of the day of the export.

exit codes: 0 complete and in time, 1 not, 2 unreadable or wrong usage, 3 something is not known
"""


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "nac",
        help="check a notice under License Exception NAC: its contents, its scope and its 25 days",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("deed", choices=("check",), help="check one")
    command.add_argument("notice", metavar="NOTICE", help='a nac-notice/1, or "-" for standard input')
    command.add_argument("--on", metavar="DAY", type=day, help="the day of the export (default: as the notice plans)")
    command.add_argument("--format", choices=("text", "json"), default="text", help="how to print (default: text)")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Check a notice, and print how it stands."""
    from harness.codec.law_files import read_law
    from harness.codec.report_files import read_bytes
    from harness.notice import check_notice

    source = arguments.notice
    check = check_notice(read_bytes(source), source, read_law(), arguments.on)
    if arguments.format == "json":
        print(check.model_dump_json(by_alias=True, indent=2))
    else:
        from harness.render.notice import as_text
        from harness.render.text import WIDEST_CELL

        print(as_text(check, colour=wants_colour(), shown=printable, widest=widest_cell(WIDEST_CELL)), end="")
    return OF_OUTCOME[check.outcome]

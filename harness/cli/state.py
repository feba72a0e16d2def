"""harness state: the file in which `harness verify --state FILE` remembers what it saw; shown and checked."""

import argparse
from pathlib import Path
from typing import Any

from harness.cli.output import Exit, printable

_EPILOG = """\
examples:
  harness state show seen.state
  harness state show seen.state --format json
  harness state check seen.state               every report against its digest

exit codes: 0; 2 no state, or one that was altered
"""


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "state",
        help="show or check the file in which verify --state remembers what it saw",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("deed", choices=("show", "check"), help="what to do")
    command.add_argument("file", metavar="FILE", help="a state file")
    command.add_argument("--format", choices=("text", "json"), default="text", help="json is seen-state/1")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Print what a state holds."""
    from harness.codec.state_file import opened_state

    with opened_state(Path(arguments.file), new=False) as state:
        if arguments.deed == "check":
            state.check()
        found = state.summary()
    if arguments.format == "json":
        print(found.model_dump_json(by_alias=True, indent=2))
        return Exit.PASS
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in found.things_by_kind.items())
    print(f"{found.reports:,} reports; {found.things:,} of at most {found.most_things:,} things remembered")
    if kinds:
        print(f"  {kinds}")
    for one in found.laboratories:
        last = f"the last number is {one.last_sequence}" if one.last_sequence else "without numbers"
        print(printable(f"  {one.laboratory}: {one.reports:,} reports, {last}"))
    print(f"head {found.head or 'none'}" + ("; every report is as it was written" if arguments.deed == "check" else ""))
    return Exit.PASS

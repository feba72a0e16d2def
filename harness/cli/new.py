"""harness new: skeletons to complete."""

import argparse
import sys
from pathlib import Path
from typing import Any

from harness.cli.output import Exit, write_whole
from harness.errors import WrongUsage

_EPILOG = """\
examples:
  harness new lab-report --chip nvidia-h200-sxm5-141gb
  harness new lab-report --chip nvidia-h200-sxm5-141gb -o report.json

The skeleton fits the schema as it is: what is null is unknown, and `harness verify` names what is missing.
"""


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "new",
        help="print a skeleton that a laboratory completes",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("kind", choices=("lab-report",), help="which document")
    command.add_argument("--chip", metavar="ID", required=True, help="id of a chip spec")
    command.add_argument("-o", "--output", metavar="FILE", help="write here in place of standard output")
    command.add_argument("--force", action="store_true", help="write over a file that is there")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Print or write the skeleton."""
    from harness.codec.law_files import read_law
    from harness.codec.skeleton import lab_report_skeleton
    from harness.codec.spec_files import near_names, read_spec

    found = read_spec(arguments.chip)
    if found is None:
        near = near_names(arguments.chip)
        advice = f"did you mean {', '.join(near)}?" if near else "harness chips lists what there is"
        raise WrongUsage(f"no chip {arguments.chip!r}; {advice}")
    text = lab_report_skeleton(found[0], read_law())
    if arguments.output in (None, "-"):
        sys.stdout.write(text)
    else:
        write_whole(Path(arguments.output), text, force=arguments.force)
        print(f"wrote {arguments.output}; next: fill in what is null, then harness verify {arguments.output}")
    return Exit.PASS

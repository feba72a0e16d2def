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
  harness new dossier -o dossier.json

The skeleton fits the schema as it is: what is null is unknown, and `harness verify` names what is missing.
"""


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "new",
        help="print a skeleton of a lab report or a dossier to complete",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("kind", choices=("lab-report", "dossier"), help="which document")
    command.add_argument("--chip", metavar="ID", help="id of a chip spec; a lab report is about one")
    command.add_argument("-o", "--output", metavar="FILE", help="write here in place of standard output")
    command.add_argument("--force", action="store_true", help="write over a file that is there")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Print or write the skeleton."""
    text = _dossier(arguments) if arguments.kind == "dossier" else _lab_report(arguments)
    if arguments.output in (None, "-"):
        sys.stdout.write(text)
    else:
        write_whole(Path(arguments.output), text, force=arguments.force)
        use = f"REPORT --dossier {arguments.output}" if arguments.kind == "dossier" else arguments.output
        print(f"wrote {arguments.output}; next: fill in what is null, then harness verify {use}")
    return Exit.PASS


def _lab_report(arguments: argparse.Namespace) -> str:
    from harness.codec.law_files import read_law
    from harness.codec.skeleton import lab_report_skeleton
    from harness.codec.spec_files import near_names, read_spec

    if arguments.chip is None:
        raise WrongUsage(
            "a lab report is about a chip; next: harness new lab-report --chip ID (harness chips lists them)"
        )
    found = read_spec(arguments.chip)
    if found is None:
        near = near_names(arguments.chip)
        advice = f"did you mean {', '.join(near)}?" if near else "harness chips lists what there is"
        raise WrongUsage(f"no chip {arguments.chip!r}; {advice}")
    return lab_report_skeleton(found[0], read_law())


def _dossier(arguments: argparse.Namespace) -> str:
    from harness.codec.dossier_skeleton import dossier_skeleton
    from harness.codec.law_files import read_law

    if arguments.chip is not None:
        raise WrongUsage("a dossier is of a transaction, and takes no --chip")
    return dossier_skeleton(read_law())

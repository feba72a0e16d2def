"""harness schema: the published JSON Schemas, and files checked against them."""

import argparse
import sys
from typing import Any

from harness.cli.output import Exit, complain, printable, say
from harness.errors import UnreadableInput

_EPILOG = """\
examples:
  harness schema lab-report > lab-report.schema.json
  harness schema lab-report --check report.json
  harness schema chip-spec --check my-chip.toml
"""


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "schema",
        help="print a JSON Schema (2020-12), or check files against it",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument(
        "name",
        choices=(
            "lab-report",
            "dossier",
            "chip-spec",
            "system-spec",
            "memory-spec",
            "verdict",
            "refusal",
            "timeline",
            "explanation",
            "replay",
            "archive",
            "plausible",
            "impact",
            "custody-event",
            "custody-log",
            "custody-check",
            "challenge",
            "seen-state",
            "signed-report",
            "trust-root",
            "trust-check",
            "attestation",
            "lot-plan",
            "lot-manifest",
            "lot-draw",
            "lot-acceptance",
            "certificate",
            "ledger-event",
            "ledger-cap",
            "nac-notice",
            "nac-check",
            "redaction-key",
            "csl-snapshot",
            "csl-import",
            "screening",
            "screen-decisions",
        ),
        help="which document",
    )
    command.add_argument("--check", metavar="FILE", nargs="+", help="files to check in place of printing the schema")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Print the schema, or check files: 0 where all fit, 2 where one does not."""
    from harness.codec.report_files import read_bytes
    from harness.codec.schemas import faults_against_schema, published

    if not arguments.check:
        sys.stdout.write(published(arguments.name))
        return Exit.PASS
    code = Exit.PASS
    for file in arguments.check:
        try:
            faults = faults_against_schema(arguments.name, read_bytes(file), file)
        except UnreadableInput as error:
            complain(error)
            code = Exit.INPUT
            continue
        for fault in faults:
            say(f"{file}: {fault}")
        print(f"{printable(file)}: {'fits' if not faults else 'does not fit'}")
        code = Exit.INPUT if faults else code
    return code

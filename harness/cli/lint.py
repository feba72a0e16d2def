"""harness lint: spec files checked for units, sources, siblings and physics."""

import argparse
import sys
from typing import TYPE_CHECKING, Any

from harness.cli.output import Exit, complain, gravest, printable, wants_colour
from harness.errors import UnreadableInput, WrongUsage

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from harness.model.spec_finding import SpecFile

_EPILOG = """\
examples:
  harness lint specs                           every spec file that comes with the harness
  harness lint specs my-chip.toml              a file, beside those that come with the harness
  harness lint specs --notes --format json *.toml

exit codes: 0 no error (warnings and notes do not count), 1 an error: a spec file is refused, 2 unreadable
"""


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "lint",
        help="check spec files: units, sources, siblings and physics",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    kinds = command.add_subparsers(dest="what", metavar="WHAT", required=True)
    specs = kinds.add_parser(
        "specs",
        help="spec files of chips, systems and memory stacks",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    specs.add_argument(
        "files", metavar="FILE", nargs="*", help='"-" for standard input; without, every file that ships'
    )
    specs.add_argument("--notes", action="store_true", help="print the notes too, not only how many there are")
    specs.add_argument("--format", choices=("text", "json"), default="text", help="how to print (default: text)")
    specs.add_argument("--json", dest="format", action="store_const", const="json", help="the same as --format json")
    specs.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Lint every file and return 0, 1 where one is refused, 2 where one cannot be read."""
    from harness.checks.specs import spec_findings
    from harness.codec.spec_lint_files import cases_to_lint, read_spec_limits, shipped_spec_files
    from harness.model.spec_finding import Severity
    from harness.render.spec_lint import as_document, as_text_report, severity

    if arguments.files.count("-") > 1:
        raise WrongUsage('"-" can stand for standard input once')
    shipped, broken = _read(shipped_spec_files())
    chosen, broken = _read({path: path for path in arguments.files}) if arguments.files else (shipped, broken)
    cases = cases_to_lint([file for _, file in chosen], [file for _, file in shipped])
    found = [
        (source, case, finding)
        for (source, _), case in zip(chosen, cases, strict=True)
        for finding in spec_findings(case)
    ]
    if arguments.format == "json":
        limits = f"spec-limits of {read_spec_limits().day}"
        print(as_document(found, len(chosen), broken, limits, printable).model_dump_json(by_alias=True, indent=2))
    else:
        for error in broken:
            complain(error)
        text = as_text_report(
            found, len(chosen), len(broken), notes=arguments.notes, colour=wants_colour(), shown=printable
        )
        sys.stdout.write(text)
    refused = any(severity(finding) is Severity.ERROR for _, _, finding in found)
    return gravest([Exit.INPUT] * len(broken) + [Exit.FAIL] * refused)


def _read(paths: "Mapping[str, str | Path]") -> tuple[list[tuple[str, "SpecFile"]], list[UnreadableInput]]:
    """Return the specs that can be read, each with what it is called, and what is wrong with the others."""
    from harness.codec.spec_lint_files import read_any_spec

    read, broken = [], []
    for called, path in paths.items():
        try:
            read.append((printable(called), read_any_spec(path, called)))
        except UnreadableInput as error:
            broken.append(error)
    return read, broken

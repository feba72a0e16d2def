"""harness ingest: what other tools measured, as a lab report."""

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.cli.options import day
from harness.cli.output import Exit, printable, say, standard_input, write_whole
from harness.errors import Fault, UnreadableInput, WrongUsage

if TYPE_CHECKING:
    from harness.model.foreign import ForeignFile, Ingested
    from harness.model.lab_report import LabReport

_EPILOG = """\
examples:
  harness ingest nvidia-smi.xml nvbandwidth.json nccl.txt -o report.json
  harness ingest nccl-tests all_reduce.txt --chip H100 -o report.json
  nvidia-smi -q -x | harness ingest -
  harness ingest --list

Each file is recognised by what stands in it, or read as the tool's that is named first. Units are read, never assumed;
what is no quantity of a lab report is kept as an observation, and what finds no place is listed under `ingested`.

exit codes: 0; 2 a file that is not recognised or cannot be read, or wrong usage
"""
_SHOWN = 12
_LARGEST_FILE = 64 * 1024 * 1024


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "ingest",
        help="turn other tools' output (nvidia-smi, nvbandwidth, DCGM, ...) into a lab report",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument(
        "words",
        metavar="[TOOL] FILE",
        nargs="*",
        help='files, or "-" for standard input, and before them the tool that wrote them',
    )
    command.add_argument("-o", "--output", metavar="REPORT", type=Path, help="write the report here; else print it")
    command.add_argument("--force", action="store_true", help="write over a file that is there")
    command.add_argument("--chip", metavar="ID", help="the chip, where the files do not name it")
    command.add_argument("--unit", metavar="ID", type=_unit, help="the one unit that every file is about")
    command.add_argument("--id", metavar="ID", help="report id; without, one that follows from the files")
    command.add_argument("--test-date", metavar="DAY", type=day, help="the day of the tests, such as 2026-08-04")
    command.add_argument("--list", action="store_true", help="print the tools whose files are read")
    command.set_defaults(run=run)


def _unit(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,99}", text):
        raise argparse.ArgumentTypeError(f"got {text}; need lower-case letters, digits, dots, hyphens")
    return text


def run(arguments: argparse.Namespace) -> Exit:
    """Read every file and write one report."""
    if arguments.list:
        return _list()
    tool, paths = _tool_and_paths(arguments.words)
    from harness.ingest.compose import Asked, as_json, composed

    files = [_file(path) for path in paths]
    read = [(file, _read(file, tool)) for file in files]
    asked = Asked(chip=arguments.chip, unit_id=arguments.unit, report_id=arguments.id, test=arguments.test_date)
    report = composed(read, asked)
    data = as_json(report)
    if arguments.output is not None:
        write_whole(arguments.output, data, force=arguments.force)
    else:
        sys.stdout.write(data.decode())
        sys.stdout.flush()
    _tell(report, arguments.output)
    return Exit.PASS


def _list() -> Exit:
    from harness.ingest import readers

    for reader in readers().values():
        basis = "from real output" if reader.BASIS == "sample" else "from the tool's source"
        print(f"{reader.TOOL:16} {reader.ABOUT} ({basis})")
    return Exit.PASS


def _tool_and_paths(words: list[str]) -> tuple[str | None, list[str]]:
    """Return the tool that is named, where the first word is one and more follow, and the files."""
    from harness.ingest import readers

    if words and words[0] in readers() and (len(words) > 1 or not Path(words[0]).exists()):
        words, tool = words[1:], words[0]
    else:
        tool = None
    if not words:
        raise WrongUsage("no file named; harness ingest --list prints the tools whose files are read")
    if len(set(words)) != len(words):
        raise WrongUsage("a file is named twice")
    if tool is None and len(words) > 1 and words[0].replace("-", "").isalnum() and not Path(words[0]).exists():
        raise WrongUsage(f"{words[0]} is neither a tool nor a file; harness ingest --list prints the tools")
    return tool, words


def _file(path: str) -> "ForeignFile":
    from harness.model.foreign import ForeignFile

    if path == "-":
        return ForeignFile(name="standard-input", data=standard_input().read(_LARGEST_FILE + 1))
    try:
        size = Path(path).stat().st_size
        if size > _LARGEST_FILE:
            raise UnreadableInput(
                path, (Fault(where="the file", got=f"{size:,} bytes", need=f"at most {_LARGEST_FILE:,}"),)
            )
        data = Path(path).read_bytes()
    except OSError as error:
        fault = Fault(where="the file", got=error.strerror or str(error), need="a file that can be read")
        raise UnreadableInput(path, (fault,)) from None
    return ForeignFile(name=_plain_name(path), data=data)


def _plain_name(path: str) -> str:
    """Return a file's name as a report can hold it: without folders, in plain letters."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "_", Path(path).name)[:200].lstrip(".-")
    return name or "file"


def _read(file: "ForeignFile", tool: str | None) -> "Ingested":
    from harness.ingest import reader_of, readers
    from harness.ingest.plain import plain

    found = plain(file)
    return (readers()[tool] if tool is not None else reader_of(found)).read(found)


def _tell(report: "LabReport", path: Path | None) -> None:
    """Say on standard error what was read and what was not."""
    for file in report.ingested:
        say(f"{file.name}: {file.tool} {file.tool_version or ''}".rstrip())
        for remark in file.remarks[:_SHOWN]:
            say(f"  {printable(remark)[:400]}")
        for entry in file.not_mapped[:_SHOWN]:
            say(f"  not mapped: {printable(entry)[:400]}")
        more = max(0, len(file.remarks) - _SHOWN) + max(0, len(file.not_mapped) - _SHOWN)
        if more:
            say(f"  {more:,} more in the report, under ingested")
    units = len(report.lot.units) if report.lot else 0
    of = f"of {units:,} {'unit' if units == 1 else 'units'}" + (f" in {path}" if path else "")
    say(f"{len(report.measurements):,} measurements and {len(report.observations):,} observations {of}")

"""harness replay: old verdicts made again, and what would differ today."""

import argparse
import gc
from collections.abc import Iterator
from contextlib import closing
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.cli.output import Exit, Progress, complain, gravest, printable, wants_colour
from harness.errors import LawFault, UnreadableInput, WrongUsage

if TYPE_CHECKING:
    from harness.model.replay import Replay, Replayed
    from harness.model.verdict import Refusal

_EPILOG = """\
examples:
  harness replay verdict.json                       its report lies beside it, or in the current folder
  harness replay verdicts/*.json --reports reports/ attachments/
  harness verify *.json --format json | harness replay - --reports .
  harness replay h200.zip                           an archive needs nothing else
  harness replay h200.zip --json

exit codes: 0 nothing would differ, 1 an answer differs, a verdict is not reproduced, or an archive is forged,
2 unreadable, 3 cannot say; of several the gravest, in the order 4, 2, 1, 3, 0
"""
_CODES = {
    "reproduced": Exit.PASS,
    "unchanged": Exit.PASS,
    "differs": Exit.FAIL,
    "not-reproduced": Exit.FAIL,
    "cannot-say": Exit.UNDECIDED,
}


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "replay",
        help="make old verdicts again from their receipts, or from an archive, and list what would differ today",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument(
        "files", metavar="VERDICT", nargs="+", help='a file of verdict/1, or a list of them; an archive; "-"'
    )
    command.add_argument(
        "--reports",
        metavar="FOLDER",
        nargs="+",
        action="extend",
        type=Path,
        default=[],
        help="where reports, attachments and spec files lie, found by their digests "
        "(default: beside the verdict, and the current folder)",
    )
    command.add_argument("--format", choices=("text", "json"), default="text", help="how to print (default: text)")
    command.add_argument("--json", dest="format", action="store_const", const="json", help="print replay/1")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Replay every file and return the gravest exit code."""
    gc.freeze()
    gc.enable()
    if arguments.files.count("-") > 1:
        raise WrongUsage('"-" can stand for standard input once')
    found = _Found()
    for source in arguments.files:
        try:
            found.replayed += _replayed(source, arguments.reports, found)
        except (UnreadableInput, LawFault) as error:
            found.refuse(found.unreadable, error)
    _print(found.document(), arguments.format)
    return found.code()


class _Found:
    """What came of every file so far."""

    def __init__(self) -> None:
        self.replayed: list[Replayed] = []
        self.forged: list[Refusal] = []
        self.unreadable: list[Refusal] = []

    def refuse(self, where: "list[Refusal]", error: UnreadableInput | LawFault) -> None:
        """Tell what is wrong with a file, and keep it for the document."""
        from harness.render.refusal import refusal

        complain(error)
        where.append(refusal(UnreadableInput(error.source, error.faults), printable))

    def document(self) -> "Replay":
        """Return everything as a document."""
        from harness.codec.law_files import read_law
        from harness.model.replay import Replay
        from harness.version import VERSION

        return Replay.model_construct(
            format="replay/1",
            engine_version=VERSION,
            law_sha256=read_law().sha256,
            replayed=tuple(self.replayed),
            forged=tuple(self.forged),
            unreadable=tuple(self.unreadable),
        )

    def code(self) -> Exit:
        """Return the gravest exit code."""
        codes = [_CODES[one.status] for one in self.replayed]
        return gravest([*codes, *[Exit.FAIL] * len(self.forged), *[Exit.INPUT] * len(self.unreadable)])


def _print(found: "Replay", form: str) -> None:
    if form == "json":
        print(found.model_dump_json(by_alias=True, indent=2))
        return
    from harness.render.replay import as_text

    print(as_text(found, colour=wants_colour(), shown=printable), end="")


def _replayed(source: str, folders: list[Path], found: _Found) -> "list[Replayed]":
    """Return what comes of one file: an archive, or verdicts."""
    from harness.codec.report_files import opened, read_bytes
    from harness.codec.verdict_files import LIMITS
    from harness.codec.zip_layout import MAGIC

    if source == "-":
        return list(_verdicts(read_bytes("-", LIMITS.largest_bytes), source, folders))
    # A pipe can be read once, so the file is opened once.
    with closing(opened(source)) as file:
        if file.peek(len(MAGIC))[: len(MAGIC)] == MAGIC:
            return _archive(file, source, found)
        data = file.read(LIMITS.largest_bytes + 1)
    return list(_verdicts(data, source, folders))


def _verdicts(data: bytes, source: str, named: list[Path]) -> "Iterator[Replayed]":
    from harness.codec.folders import Folders
    from harness.codec.verdict_files import verdicts_in
    from harness.replay import replayed_verdict

    beside = [] if source == "-" else [Path(source).parent]
    folders = Folders(named or [*beside, Path()])
    verdicts = verdicts_in(data, source)
    progress = Progress(len(verdicts), "replaying")
    for verdict in verdicts:
        yield replayed_verdict(verdict, printable(source), folders)
        progress.advance()
    progress.clear()


def _archive(file: BufferedReader, source: str, found: _Found) -> "list[Replayed]":
    from harness.cli.archive import blocks_of
    from harness.codec.archive_files import open_archive
    from harness.codec.archived_case import forgeries
    from harness.replay import replayed_archive

    archive = open_archive(file, printable(source))
    progress = Progress(blocks_of(archive.manifest), "checking")
    faults = forgeries(archive, progress.advance)
    progress.clear()
    if faults:
        found.refuse(found.forged, UnreadableInput(source, tuple(faults)))
        return []
    return replayed_archive(archive)

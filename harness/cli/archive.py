"""harness archive: a report or its verdict with everything behind it in one file, to be kept and replayed."""

import argparse
import gc
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.cli.options import add_selection, day, selected_law
from harness.cli.output import (
    Exit,
    Progress,
    complain,
    gravest,
    printable,
    say,
    wants_colour,
    widest_cell,
    written_whole,
)
from harness.cli.trust_options import chosen_trust, trust_options
from harness.errors import UnreadableInput, WrongUsage

if TYPE_CHECKING:
    from harness.archive import Bundle
    from harness.model.archive import Archive
    from harness.model.replay import Replayed
    from harness.policy.law import Law

_EPILOG = """\
examples:
  harness archive report.json -o h200.zip           judges it, and keeps report, attachments, law, spec, method, verdict
  harness archive report.json -o h200.zip --as-of 2026-08-20
  harness archive verdict.json -o h200.zip --reports reports/
  harness archive --check h200.zip                  every member by its digest, and whether they belong together
  harness archive --list h200.zip
  harness replay h200.zip                           years later

The same inputs give the same bytes. exit codes: 0 written, or intact; 1 forged, or a verdict is not reproduced;
2 unreadable or wrong usage; 3 an input or the law of a verdict is not at hand
"""


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "archive",
        help="keep a report with its verdict, attachments, law, spec and method in one file; check and list such files",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("files", metavar="FILE", nargs="+", help="lab reports or verdicts; archives to check or list")
    what = command.add_mutually_exclusive_group(required=True)
    what.add_argument("-o", "--output", metavar="ARCHIVE", type=Path, help="write an archive")
    what.add_argument("--check", action="store_true", help="verify archives")
    what.add_argument("--list", action="store_true", help="print the manifest of archives")
    command.add_argument("--json", action="store_true", help="print the manifest as it is, archive/1")
    command.add_argument("--force", action="store_true", help="write over a file that is there")
    command.add_argument(
        "--reports",
        metavar="FOLDER",
        nargs="+",
        action="extend",
        type=Path,
        default=[],
        help="where what a verdict was made from lies, found by digest (default: beside it, and the current folder)",
    )
    asked = command.add_argument_group("how reports are judged; a verdict has it in its receipt")
    asked.add_argument(
        "--dossier", metavar="FILE", help="the dossier of the transaction, in place of the one that the report names"
    )
    asked.add_argument("--as-of", metavar="DAY", type=day, help="a day, YYYY-MM-DD, in place of all four dates")
    asked.add_argument("--lens", metavar="NAME", action="append", help="ask only this lens; may stand several times")
    add_selection(asked)
    trust_options(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Write an archive, or check or list some."""
    gc.freeze()
    gc.enable()
    if arguments.output is not None:
        if str(arguments.output) == "-":
            raise WrongUsage("an archive is a file of its own; name one, such as -o h200.zip")
        return _write(arguments)
    if arguments.json and not arguments.list:
        raise WrongUsage("--json prints a manifest; next: harness archive --list --json ARCHIVE")
    return gravest(_opened(source, arguments) for source in arguments.files)


# --- Checking and listing -------------------------------------------------------------------------------------------


def blocks_of(manifest: "Archive") -> int:
    """Return how many blocks are read where every member is read once."""
    from harness.codec.archive_files import BLOCK

    return sum(-(-member.size_bytes // BLOCK) for member in manifest.members)


def _opened(source: str, arguments: argparse.Namespace) -> Exit:
    from harness.codec.archive_files import manifest_bytes, open_archive
    from harness.codec.report_files import opened
    from harness.render.archive import as_text

    try:
        with closing(opened(source)) as file:
            archive = open_archive(file, source)
            if arguments.list:
                text = as_text(archive.manifest, shown=printable, widest=widest_cell(60))
                print(manifest_bytes(archive.manifest).decode() if arguments.json else text, end="")
                return Exit.PASS
            return _checked(archive)
    except UnreadableInput as error:
        complain(error)
        return Exit.INPUT


def _checked(archive: Any) -> Exit:
    from harness.codec.archived_case import forgeries

    progress = Progress(blocks_of(archive.manifest), "checking")
    faults = forgeries(archive, progress.advance)
    progress.clear()
    for fault in faults:
        say(f"{archive.source}: {fault}")
    found = f"{len(archive.manifest.members):,} members, {len(archive.manifest.cases):,} of them verdicts"
    print(f"{printable(archive.source)}: {'forged' if faults else f'intact; {found}'}")
    return Exit.FAIL if faults else Exit.PASS


# --- Writing --------------------------------------------------------------------------------------------------------


def _write(arguments: argparse.Namespace) -> Exit:
    from harness.archive import contents_of
    from harness.codec.archive_files import write_archive
    from harness.render.archive import case_lines

    law = selected_law(arguments)
    bundles: list[Bundle] = []
    codes: list[Exit] = []
    for source in arguments.files:
        try:
            found, code = _bundles(source, arguments, law)
            bundles += found
            codes.append(code)
        except UnreadableInput as error:
            complain(error)
            codes.append(Exit.INPUT)
    if gravest(codes) is not Exit.PASS:
        say("nothing was written")
        return gravest(codes)
    contents = contents_of(bundles)
    progress = Progress(blocks_of(contents.manifest), "writing")
    with written_whole(arguments.output, force=arguments.force) as file:
        write_archive(file, contents.manifest, contents.members, progress.advance)
        size = file.tell()
    progress.clear()
    print(f"wrote {printable(str(arguments.output))}: {len(contents.manifest.members):,} members, {size:,} bytes")
    for case in contents.manifest.cases:
        print("\n".join(printable(line) for line in case_lines(case)))
    return Exit.PASS


def _bundles(source: str, arguments: argparse.Namespace, law: "Law") -> "tuple[list[Bundle], Exit]":
    """Return what a file brings into an archive; where it is a verdict that is not reproduced, why not."""
    from harness.archive import bundle_of_report
    from harness.codec.enveloped_reports import is_enveloped
    from harness.codec.report_files import read_bytes
    from harness.codec.verdict_files import LIMITS, schema_of
    from harness.judge import chosen_dossier

    if source == "-":
        raise WrongUsage("an archive is made of files; next: harness archive REPORT -o ARCHIVE")
    data = read_bytes(source, LIMITS.largest_bytes)
    if is_enveloped(data) or schema_of(data, source).startswith("lab-report/"):
        lenses = None if arguments.lens is None else tuple(arguments.lens)
        trust = chosen_trust(arguments)
        dossier = chosen_dossier(arguments.dossier)
        bundle = bundle_of_report(source, law, as_of=arguments.as_of, lenses=lenses, trust=trust, dossier=dossier)
        return [bundle], Exit.PASS
    if arguments.as_of or arguments.lens or arguments.dossier or law.selection != type(law.selection)():
        raise WrongUsage(f"{source} is a verdict: its receipt says how it was made; options are for reports")
    return _of_verdicts(source, arguments.reports)


def _of_verdicts(source: str, named: list[Path]) -> "tuple[list[Bundle], Exit]":
    from harness.archive import Bundle, bundle_of_verdict
    from harness.codec.folders import Folders
    from harness.codec.report_files import read_bytes
    from harness.codec.verdict_files import LIMITS, verdicts_in
    from harness.model.verdict import Refusal

    folders = Folders(named or [Path(source).parent, Path()])
    found = []
    codes = [Exit.PASS]
    for verdict in verdicts_in(read_bytes(source, LIMITS.largest_bytes), source):
        if isinstance(verdict, Refusal):
            say(f"{source}: a refusal of {verdict.source}, and no verdict")
            codes.append(Exit.INPUT)
            continue
        one = bundle_of_verdict(verdict, source, folders)
        if isinstance(one, Bundle):
            found.append(one)
        else:
            codes.append(_not_archived(one))
    return found, gravest(codes)


def _not_archived(one: "Replayed") -> Exit:
    """Tell why a verdict is not archived: what it rests on is not at hand, or it does not come out the same."""
    from harness.render.replay import replayed_lines

    for line in replayed_lines(one, colour=wants_colour(), shown=printable):
        print(line)
    law = one.receipt.law_sha256 if one.receipt else ""
    if any("law" in rerun.changed for rerun in one.reruns):
        say(
            f"{one.source}: the law by which it was made, {law}, is not at hand; next: archive its report, judged today"
        )
    return Exit.FAIL if one.status == "not-reproduced" else Exit.UNDECIDED

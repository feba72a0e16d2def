"""harness lists: published lists of parties as snapshots that are screened against."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from harness.cli.options import day
from harness.cli.output import Exit, printable, say, write_whole
from harness.errors import WrongUsage

if TYPE_CHECKING:
    from harness.screening.csl import Read
    from harness.screening.snapshot import Snapshot

_EPILOG = """\
examples:
  harness lists import consolidated.csv --published 2026-11-30 -o lists.snapshot
  harness lists import consolidated.json --previous lists.snapshot -o newer.snapshot
  harness lists show lists.snapshot
  harness lists show lists.snapshot --entry el:233a4d72

The file is the US Consolidated Screening List, CSV or JSON, as published at
https://data.trade.gov/downloadable_consolidated_screening_list/v1/consolidated.csv; nothing is downloaded.

exit codes: 0; 1 a list is missing, lost much or is not known, and nothing was written; 2 a file that cannot be read
"""


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "lists",
        help="lists of parties: import them as published, compare them, show them",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = command.add_subparsers(dest="action", metavar="ACTION", required=True)
    _add_import(actions)
    _add_show(actions)


def _add_import(actions: Any) -> None:
    action = actions.add_parser("import", help="make a snapshot of a published file, or check the file without -o")
    action.add_argument("file", metavar="FILE", help="consolidated.csv or consolidated.json")
    action.add_argument("-o", "--output", metavar="FILE", help="write the snapshot here")
    action.add_argument("--force", action="store_true", help="write over the file")
    action.add_argument("--previous", metavar="SNAPSHOT", help="say what changed since this one")
    action.add_argument("--published", metavar="DAY", type=day, help="the day on which the file was published")
    action.add_argument(
        "--accept", metavar="LIST", action="append", default=[],
        help="go on though this list (or these, with commas) is missing, lost much or not known; screenings tell it",
    )  # fmt: skip
    action.add_argument("--format", choices=("text", "json"), default="text", help="for people, or csl-import/1")
    action.set_defaults(run=_import)


def _add_show(actions: Any) -> None:
    action = actions.add_parser("show", help="what a snapshot holds")
    action.add_argument("snapshot", metavar="SNAPSHOT", help="csl-snapshot/1")
    action.add_argument("--entry", metavar="KEY", help="all that the list says of this entry")
    action.add_argument("--format", choices=("text", "json"), default="text", help="for people, or the head as JSON")
    action.set_defaults(run=_show)


def _import(arguments: argparse.Namespace) -> Exit:
    from harness.codec.screening_files import read_lists
    from harness.model.csl_snapshot import CslImport
    from harness.render.screening import import_text
    from harness.screening.losses import losses
    from harness.screening.snapshot import differences, read_snapshot, snapshot_bytes

    lists = read_lists()
    accepted = _accepted(arguments.accept, {one.id for one in lists})
    form, read, digest = _published(arguments.file)
    data = snapshot_bytes(
        read.entries, source_sha256=digest, source_form=form, published=arguments.published,
        accepted=accepted, unknown=read.unknown, known=[one.id for one in lists],
        notes=tuple(_notes(read)),
    )  # fmt: skip
    snapshot = read_snapshot(data, arguments.output or arguments.file)
    before = opened_snapshot(arguments.previous) if arguments.previous else None
    lost = losses(lists, snapshot.head, before.head if before else None, read.nameless, accepted)
    unneeded = sorted(set(accepted) - {one.name for one in lost})
    if unneeded:
        raise WrongUsage(f"got --accept {unneeded[0]!r}; nothing of that name is missing or unknown")
    found = CslImport(
        schema="csl-import/1",
        head=snapshot.head,
        snapshot_sha256=snapshot.sha256,
        losses=lost,
        differences=differences(before, snapshot) if before else None,
        before=before.head.lists if before else (),
    )
    refused = [one for one in lost if not one.accepted]
    if arguments.output and not refused:
        write_whole(Path(arguments.output), data, force=arguments.force)
    if arguments.format == "json":
        print(found.model_dump_json(by_alias=True, indent=2))
    else:
        print(import_text(found, printable), end="")
    for one in refused:
        say(f"{arguments.file}: {one.said}; next: get the file again, or --accept {one.name!r} where it is so")
    return Exit.FAIL if refused else Exit.PASS


def _accepted(words: list[str], known: set[str]) -> tuple[str, ...]:
    """Return what was accepted; ids may stand together with commas, which the name of a list may hold itself."""
    parts = [part for word in words for part in (word.split(",") if known.issuperset(word.split(",")) else [word])]
    return tuple(dict.fromkeys(parts))


def _published(path: str) -> "tuple[Literal['csv', 'json'], Read, str]":
    """Return the form of a published file, what it holds, and its digest."""
    from contextlib import closing

    from harness.codec.digest import sha256
    from harness.codec.report_files import opened, read_bytes
    from harness.codec.screening_files import LARGEST_LIST_FILE, DigestedLines, list_json, read_lists
    from harness.screening.csl import read_csv, read_json

    lists = {one.source: one for one in read_lists()}
    suffix = Path(path).suffix.lower()
    if suffix == ".json":
        data = read_bytes(path, LARGEST_LIST_FILE)
        return "json", read_json(list_json(data, path), path, lists), sha256(data)
    if suffix != ".csv":
        raise WrongUsage(f"got {path!r}; need a file that ends in .csv or .json, as published")
    with closing(opened(path)) as file:
        lines = DigestedLines(file, path)
        return "csv", read_csv(lines, path, lists), lines.sha256()


def _notes(read: "Read") -> list[str]:
    notes = [f"{rows:,} rows of {name} name nobody, or only an address" for name, rows in sorted(read.nameless.items())]
    if read.twice:
        notes.append(f"{read.twice:,} entries have a number that another one has; #2 and so on tell them apart")
    return notes


def opened_snapshot(path: str) -> "Snapshot":
    """Return the snapshot in a file.

    Raises:
        UnreadableInput: It cannot be read, or is none.
    """
    from harness.codec.report_files import read_bytes
    from harness.codec.screening_files import LARGEST_LIST_FILE
    from harness.screening.snapshot import read_snapshot

    return read_snapshot(read_bytes(path, 2 * LARGEST_LIST_FILE), path)


def _show(arguments: argparse.Namespace) -> Exit:
    from harness.render.screening import entry_text, snapshot_text

    snapshot = opened_snapshot(arguments.snapshot)
    if arguments.entry is not None:
        places = [n for n, one in enumerate(snapshot.matched) if one.key == arguments.entry]
        if not places:
            raise WrongUsage(f"got the entry {arguments.entry!r}; need the key of one, such as {_some(snapshot)}")
        print(entry_text(snapshot.entry(places[0]), snapshot.entry_sha256(places[0]), printable), end="")
    elif arguments.format == "json":
        print(snapshot.head.model_dump_json(by_alias=True, exclude_none=True, indent=2))
    else:
        print(snapshot_text(snapshot.head, snapshot.sha256, printable), end="")
    return Exit.PASS


def _some(snapshot: "Snapshot") -> str:
    return snapshot.matched[0].key if snapshot.matched else "none: it is empty"

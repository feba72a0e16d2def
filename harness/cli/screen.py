"""harness screen: parties against the lists, with every match quoted."""

import argparse
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.cli.lists import opened_snapshot
from harness.cli.options import day
from harness.cli.output import Exit, Progress, printable, say, standard_input, write_whole
from harness.errors import WrongUsage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.model.screening import Party, Screening
    from harness.screening.decisions import Decisions

_EPILOG = """\
examples:
  harness screen "Example Technology Co., Ltd." --country CN --lists lists.snapshot
  harness screen --parties parties.csv --lists lists.snapshot --queue open.json
  harness screen --parties parties.csv --lists lists.snapshot --decisions decided.json --format json

exit codes: 0 no match, which is never clearance; 1 a hit; 2 unreadable or wrong usage; 3 a match to be reviewed, or no
snapshot to screen against
"""
_CODES = {"no-match": Exit.PASS, "hit": Exit.FAIL, "review": Exit.UNDECIDED, "not-screened": Exit.UNDECIDED}


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "screen",
        help="screen parties against the lists and the end users that the law names",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("names", metavar="NAME", nargs="*", help="a party")
    command.add_argument("--country", metavar="CODE", help="where these parties are, such as US; told, never decisive")
    command.add_argument(
        "--parties", metavar="CSV", help='parties: name, and country and reference where known; "-" for standard input'
    )
    command.add_argument("--on", metavar="DAY", type=day, help="the day of the screening (default: today)")
    command.add_argument("--lists", metavar="SNAPSHOT", help="what harness lists import made")
    command.add_argument("--decisions", metavar="FILE", help="what people decided before, screen-decisions/1")
    command.add_argument("--queue", metavar="FILE", help="write the matches that nobody has decided, to be filled in")
    command.add_argument("--force", action="store_true", help="write over the file of --queue")
    command.add_argument("--features", action="store_true", help="tell each feature of a score")
    command.add_argument("--format", choices=("text", "json"), default="text", help="for people, or screening/1")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Screen every party and return the gravest exit code."""
    on = arguments.on or datetime.now(UTC).date()
    parties = _parties(arguments)
    decisions = _decisions(arguments.decisions, on)
    found = _screened(arguments, parties, decisions, on)
    if arguments.queue:
        _write_queue(arguments, found)
    if arguments.format == "json":
        print(found.model_dump_json(by_alias=True, indent=2))
    else:
        from harness.render.screening import screening_text

        print(screening_text(found, printable, features=arguments.features), end="")
    return _CODES[found.outcome]


def _screened(
    arguments: argparse.Namespace, parties: "tuple[Party, ...]", decisions: "Decisions", on: date
) -> "Screening":
    snapshot = opened_snapshot(arguments.lists) if arguments.lists else None
    from harness.codec.name_files import read_bands
    from harness.codec.screening_files import read_lists, read_military_intelligence
    from harness.screening.matching import Entry, Index
    from harness.screening.parties import Lists, Thresholds, screening

    lists = Lists(*read_military_intelligence(), read_lists(), snapshot)
    index = Index.of(Entry(key=one.key, names=one.names, country=one.country, kind=one.kind) for one in lists.matched())
    bands = read_bands()
    thresholds = Thresholds(hit=bands.hit, review=bands.review)
    return screening(_told(parties), lists, index, thresholds, decisions, on)


def _told(parties: "tuple[Party, ...]") -> "Iterator[Party]":
    """Yield each party, and tell who waits how far it went."""
    progress = Progress(len(parties), "screening")
    for party in parties:
        yield party
        progress.advance()
    progress.clear()


def _parties(arguments: argparse.Namespace) -> "tuple[Party, ...]":
    from pydantic import ValidationError

    from harness.codec.documents import faults_of
    from harness.codec.screening_files import place_faults
    from harness.errors import UnreadableInput
    from harness.model.screening import Party

    if not arguments.names and not arguments.parties:
        raise WrongUsage('no party named; next: harness screen "NAME", or --parties FILE')
    try:
        named = tuple(Party(name=name, country=arguments.country) for name in arguments.names)
    except ValidationError as error:
        raise UnreadableInput("the command line", faults_of(Party, error)) from None
    if faults := place_faults(arguments.country):
        raise UnreadableInput("the command line", tuple(faults))
    return named + (_of_table(arguments.parties) if arguments.parties else ())


def _of_table(path: str) -> "tuple[Party, ...]":
    from contextlib import closing, nullcontext

    from harness.codec.report_files import opened
    from harness.codec.screening_files import DigestedLines, read_parties

    with nullcontext(standard_input()) if path == "-" else closing(opened(path)) as file:
        return read_parties(DigestedLines(file, path))


def _decisions(path: str | None, on: date) -> "Decisions":
    from harness.codec.report_files import read_bytes
    from harness.screening.decisions import LARGEST, Decisions, read_decisions

    made = read_decisions(read_bytes(path, LARGEST), path).decisions if path else ()
    return Decisions(made, on)


def _write_queue(arguments: argparse.Namespace, found: "Screening") -> None:
    from harness.screening.decisions import queue_of

    queue = queue_of(found.parties)
    text = queue.model_dump_json(by_alias=True, indent=2) + "\n"
    write_whole(Path(arguments.queue), text, force=arguments.force)
    say(f"{arguments.queue}: {len(queue.decisions):,} matches to be decided")

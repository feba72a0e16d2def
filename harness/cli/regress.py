"""harness regress: every decision that is written down, made again; what deviates fails."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.cli.output import Exit, Progress, printable, say, write_whole
from harness.errors import UnreadableInput, WrongUsage

if TYPE_CHECKING:
    from harness.model.decisions import DecisionsLock, Deviation, ProbeRow
    from harness.policy.law import Law

_EPILOG = """\
examples:
  harness regress                                   the law that comes with the harness against its lock
  harness regress --law my-policy                   a policy folder, an instrument file, or a git revision
  harness regress --format github                   annotations for a pull request; also junit, sarif, json
  harness regress --bless --because "91 FR 1684"    write the lock anew, with the reason

Each line of the lock is one decision: a known chip in a place by a lens on a run of days, a boundary probe, or a
stored lab report. The protected cases beside it are written by hand, and --bless never touches them.
exit codes: 0 as held; 1 something deviates; 2 unreadable input or wrong usage
"""
_FORMATS = ("text", "json", "junit", "sarif", "github")


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "regress",
        help="hold the law against the lock of decisions",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("--law", metavar="SIDE", help="another law: a folder, an instrument file, a git revision")
    command.add_argument("--lock", metavar="FILE", help="the lock (default: the one that comes with the harness)")
    command.add_argument("--protected", metavar="FILE", help="the protected cases (default: likewise)")
    command.add_argument("--reports", metavar="FOLDER", help="the stored lab reports (default: likewise)")
    command.add_argument("--bless", action="store_true", help="write the lock as the law now answers")
    command.add_argument("--because", metavar="CITATION", help="why the decisions moved; --bless needs it")
    command.add_argument("--all", action="store_true", help="name every deviation, not only the first of each kind")
    command.add_argument("--format", choices=_FORMATS, default="text", help="how to print it (default: text)")
    for name in ("junit", "sarif", "github"):
        command.add_argument(f"--{name}", action="store_const", const=name, dest="format",
                             help=f"the same as --format {name}")  # fmt: skip
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Compare, and print or bless."""
    from harness.codec import packaged
    from harness.codec.golden_files import read_lock_file
    from harness.impact.regress import deviations
    from harness.model.decisions import DecisionsLock

    if arguments.bless != bool(arguments.because and arguments.because.strip()):
        raise WrongUsage('--bless needs --because "CITATION", and --because is for --bless')
    path = Path(arguments.lock) if arguments.lock else packaged.DECISIONS
    law = law_named(arguments.law)
    held, lines = read_lock_file(path) if path.is_file() or not arguments.bless else (DecisionsLock(), {})
    protected = _protected(law, arguments.protected)
    now = _now(law, held, _reports(arguments.reports))
    found = [*protected, *deviations(held, now, lines)]
    if arguments.bless:
        return _bless(arguments.because.strip(), path, law, held, now, found)
    print(_printed(found, held.count(), path, arguments), end="")
    return Exit.FAIL if found else Exit.PASS


def _printed(found: "Sequence[Deviation]", count: int, path: Path, arguments: argparse.Namespace) -> str:
    from harness.render import regress

    # A code host knows files by their place below the folder in which it runs.
    here = path.resolve()
    name = here.relative_to(Path.cwd()).as_posix() if here.is_relative_to(Path.cwd()) else path.name
    match arguments.format:
        case "json":
            return regress.as_json(found, count)
        case "junit":
            return regress.as_junit(found, count, printable)
        case "sarif":
            return regress.as_sarif(found, name)
        case "github":
            return regress.as_github(found, name)
    return regress.as_text(found, count, shown=printable, every=arguments.all)


def law_named(word: str | None) -> "Law":
    """Return the law that a word names; without one, the law that comes with the harness.

    Raises:
        WrongUsage: The word is a day, or names nothing.
    """
    from harness.codec.law_files import read_law
    from harness.codec.law_sides import read_side

    if word is None:
        return read_law()
    side = read_side(word, read_law(), Path())
    if side.day is not None:
        raise WrongUsage(f"--law {word}: the lock holds every day; need a folder, an instrument file or a revision")
    return side.law


def _reports(word: str | None) -> Path:
    from harness.codec import packaged

    folder = Path(word) if word else packaged.reports_folder()
    if not folder.is_dir():
        raise WrongUsage(f"--reports {str(folder)!r} is no folder")
    return folder


def _protected(law: "Law", word: str | None) -> "list[Deviation]":
    from harness.codec.golden_files import read_protected
    from harness.codec.law_files import read_assumptions
    from harness.codec.subjects import read_subject
    from harness.impact.regress import of_protected

    cases = read_protected(Path(word) if word else None)
    chips = {chip: read_subject(chip) for case in cases for chip in case.chips}
    return list(of_protected(law, cases, chips, read_assumptions()))


def _now(law: "Law", held: "DecisionsLock", reports: Path) -> "DecisionsLock":
    """Return what is decided now: of every known chip and stored report, and at every probe that is held."""
    from harness.codec.digest import of_meaning
    from harness.codec.golden_files import cases_in, read_places
    from harness.codec.law_files import read_assumptions
    from harness.codec.subjects import subjects
    from harness.impact.golden import ChipSurvey, meanings, report_rows
    from harness.impact.probes import again, settled
    from harness.model.decisions import ReportRow, TextRow

    items = [*subjects("chip"), *subjects("system"), *subjects("memory")]
    progress = Progress(len(items), "chips")
    survey = ChipSurvey(law=law, assumptions=read_assumptions())
    chips = tuple(survey.rows(items, read_places(), progress.advance))
    progress.clear()
    read = list(cases_in(reports))
    unreadable = [(name, error) for name, error in read if isinstance(error, UnreadableInput)]
    refused = [ReportRow(report=name, lens="outcome", answers=("unreadable",)) for name, _ in unreadable]
    refused += [ReportRow(report=name, lens="faults", answers=_places(error)) for name, error in unreadable]
    judged = tuple(report_rows(law, [(name, case) for name, case in read if not isinstance(case, UnreadableInput)]))
    certain = settled(law)
    probes = tuple(again(certain, row) for row in held.probes if row.lens in law.lenses)
    texts = tuple(TextRow(provision=name, first=day, digest=of_meaning(said)) for name, day, said in meanings(law))
    return replace(held, chips=chips, probes=probes, reports=(*judged, *refused), texts=texts)


def _places(error: UnreadableInput) -> tuple[str, ...]:
    """Return where the faults of an input are, each as one word."""
    return tuple(fault.where.replace(" ", "_") for fault in error.faults)


def _bless(
    because: str, path: Path, law: "Law", held: "DecisionsLock", now: "DecisionsLock", found: "list[Deviation]"
) -> Exit:
    from harness.codec.decisions_lock import lock_text
    from harness.model.decisions import Blessing
    from harness.render.regress import as_text

    broken = [one for one in found if one.kind == "protected"]
    if broken:
        print(as_text(broken, 0, shown=printable, every=True), end="")
        say("nothing is written: a protected case is answered otherwise; mend the law, or the case by hand")
        return Exit.FAIL
    if "\n" in because:
        raise WrongUsage("--because is one line")
    missing = _missing_probes(law, now.probes)
    day = datetime.now(UTC).date()
    blessings = (*held.blessings, Blessing(day=day, because=because))
    text = lock_text(replace(now, blessings=blessings, probes=(*now.probes, *missing)))
    if found or missing or not path.is_file():
        write_whole(path, text, force=True)
        say(f"wrote {path}: {len(found)} deviations blessed, {len(missing)} new probes")
    else:
        say("nothing deviates; the lock stays as it is")
    return Exit.PASS


def _missing_probes(law: "Law", held: "Sequence[ProbeRow]") -> "list[ProbeRow]":
    """Return a probe for every small change of the law that no probe would notice."""
    from harness.impact.mutants import mutants
    from harness.impact.mutation import trials
    from harness.impact.probes import settled

    certain = settled(law)
    tried = list(mutants(certain))
    progress, rows = Progress(len(tried), "small changes of the law"), []
    for trial in trials(certain, held, tried):
        progress.advance()
        rows += [trial.row] if trial.fate == "survived" and trial.row is not None else []
    progress.clear()
    return rows

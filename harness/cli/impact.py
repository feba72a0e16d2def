"""harness impact: what a change of the law changes."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.cli.facts import add_facts, facts_given
from harness.cli.options import add_selection, day, selected_law
from harness.cli.output import Exit, printable, say, widest_cell, write_whole
from harness.errors import UnreadableInput, WrongUsage

if TYPE_CHECKING:
    from datetime import date

    from harness.codec.law_sides import NamedLaw
    from harness.impact.flips import Comparison
    from harness.impact.moments import LawSide
    from harness.model.case import Case
    from harness.model.impact import Impact
    from harness.policy.law import Law

_EPILOG = """\
examples:
  harness impact 2026-01-14 2026-01-15                  two days of the law
  harness impact law my-instrument.toml                 a new instrument, on every day on which it acts
  harness impact 2026-08-20 my-instrument.toml          a day against the day on which all of it is in force
  harness impact 2026-08-20 --set gate.tpp=16000        other constants
  harness impact main HEAD --format markdown            two git revisions of the policy folder, day by day
  harness impact 2026-08-20 S.3374 --space              over the whole space of figures, not only over known chips
  harness impact HEAD~1 HEAD --forbid laxer             refuses what grows laxer outside what instruments claim
  harness impact 2023-11-16 2023-11-17 --to CN AE SG --reports lab_reports

A side is a day, the word law, an instrument file, a policy folder, a proposal, or a git revision. Two sides without a
day are compared on every day (or on --on DAY).
exit codes: 0; 1 something that --forbid forbids; 2 unreadable or wrong usage
"""
_FORMATS = ("text", "json", "markdown", "html")


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "impact",
        help="what a change of the law changes: chips, reports, and the whole space",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("old", metavar="OLD", help="the law before")
    command.add_argument("new", metavar="NEW", nargs="?", help="the law after; without it, OLD with what --set changes")
    command.add_argument("--set", metavar="NAME=VALUE", dest="changes", action="append", default=[],
                         help="another value for a constant of the new law, such as gate.tpp=16000")  # fmt: skip
    command.add_argument("--on", metavar="DAY", type=day, help="compare laws on this day only")
    command.add_argument("--law", metavar="FOLDER", help="the policy folder that days and files are read in")
    command.add_argument("--chip", metavar="CHIP", nargs="+", help="only these items, by id or alias")
    command.add_argument("--reports", metavar="PATH", nargs="+", default=[], help="lab reports, or folders of them")
    command.add_argument("--lens", metavar="NAME", nargs="+", help="only these lenses, for chips and the space")
    command.add_argument("--space", action="store_true",
                         help="compare over the whole space of figures, under the facts below")  # fmt: skip
    command.add_argument("--everywhere", action="store_true",
                         help="and over all facts: one example for each change of answers (seconds)")  # fmt: skip
    command.add_argument("--forbid", choices=("laxer", "stricter", "any"),
                         help="exit 1 where answers change so outside what an instrument claims")  # fmt: skip
    command.add_argument("--format", choices=_FORMATS, default="text", help="how to print it (default: text)")
    command.add_argument("--json", action="store_const", const="json", dest="format", help="the same as --format json")
    command.add_argument("-o", "--output", metavar="FILE", help="write it to a file, whole or not at all")
    command.add_argument("--force", action="store_true", help="write over a file that is there")
    add_selection(command)
    add_facts(command)
    _to_several(command)
    command.set_defaults(run=run)


def _to_several(command: argparse.ArgumentParser) -> None:
    """Let --to name several places."""
    for action in command._actions:
        if "--to" in action.option_strings:
            action.nargs, action.help = "+", "countries in which the end user is located, one or several"


def run(arguments: argparse.Namespace) -> Exit:
    """Print what changes."""
    from harness.codec.buildable_file import read_limits
    from harness.impact.buildable import limits_of
    from harness.impact.whole import Corpus, impact

    asked = _comparison(arguments)
    corpus = Corpus(subjects=_subjects(arguments), cases=list(_cases(arguments)))
    if arguments.everywhere or arguments.forbid:
        say("looking at every fact too; this takes seconds, of whole laws minutes")
    found = impact(
        asked,
        corpus,
        limits_of(read_limits()),
        space=arguments.space,
        everywhere=arguments.everywhere,
        forbid=arguments.forbid,
    )
    text = _printed(found, arguments.format)
    if arguments.output in (None, "-"):
        print(text, end="")
    else:
        write_whole(Path(arguments.output), text, force=arguments.force)
    if found.forbidden:
        say(f"{len(found.forbidden)} changes that no instrument claims are {arguments.forbid}")
    return Exit.FAIL if found.forbidden else Exit.PASS


def _printed(found: "Impact", form: str) -> str:
    from harness.render.impact import as_html, as_markdown, as_text

    if form == "json":
        return found.model_dump_json(by_alias=True, indent=2) + "\n"
    if form == "markdown":
        return as_markdown(found)
    return as_html(found) if form == "html" else as_text(found, shown=printable, widest=widest_cell(48))


def _comparison(arguments: argparse.Namespace) -> "Comparison":
    from harness.codec.law_files import read_assumptions
    from harness.impact.flips import Comparison

    old, new = _sides(arguments)
    given = facts_given(arguments)
    places = list(dict.fromkeys(given.pop("to", None) or [None]))
    return Comparison(
        old=old,
        new=new,
        lenses=_lenses(arguments.lens, old.law, new.law),
        assumptions=read_assumptions(),
        places=tuple({**given, "to": place.upper() if len(place) == 2 else place} if place else given
                     for place in places),
    )  # fmt: skip


def _sides(arguments: argparse.Namespace) -> "tuple[LawSide, LawSide]":
    from harness.codec.law_sides import read_side
    from harness.impact.supposed import supposed

    base = _base(arguments)
    old = read_side(arguments.old, base, Path())
    if arguments.new is None and not arguments.changes:
        raise WrongUsage("nothing to compare with; next: name the new law, or --set NAME=VALUE")
    new = old if arguments.new is None else read_side(arguments.new, base, Path())
    if arguments.changes:
        law = supposed(new.law, arguments.changes)
        name = f"{new.name}, with {', '.join(arguments.changes)}"
        new = type(new)(name=name, law=law, day=new.day, whole_from=new.whole_from)
    return _with_days(old, new, arguments.on)


def _with_days(old: "NamedLaw", new: "NamedLaw", on: "date | None") -> "tuple[LawSide, LawSide]":
    """Give a side without a day that of the other, or the day on which all of it stands; of two, --on."""
    from harness.impact.moments import LawSide

    if on is not None and old.day is not None and new.day is not None:
        raise WrongUsage("--on says on which day laws are compared; both sides have one")
    days = [old.day, new.day]
    for n, (side, other) in enumerate(((old, new), (new, old))):
        if side.day is None:
            later = None if other.day is None else max(other.day, side.whole_from or other.day)
            days[n] = on or later
    named = [side.name if side.day is not None or at is None else f"{side.name}, on {at}"
             for side, at in zip((old, new), days, strict=True)]  # fmt: skip
    return (
        LawSide(name=named[0], law=old.law, day=days[0]),
        LawSide(name=named[1], law=new.law, day=days[1]),
    )


def _base(arguments: argparse.Namespace) -> "Law":
    if arguments.law is None:
        return selected_law(arguments)
    if arguments.reading or arguments.proposed or arguments.known_at:
        raise WrongUsage("--law reads a folder as a whole; --reading, --with and --known-at select of the shipped law")
    from harness.codec.law_files import read_law
    from harness.codec.law_sides import read_side

    if not Path(arguments.law).is_dir():
        raise WrongUsage(f"--law {arguments.law!r} is no folder of law files")
    return read_side(arguments.law, read_law(), Path()).law


def _lenses(words: list[str] | None, old: "Law", new: "Law") -> tuple[str, ...]:
    from harness.decide.classification import LENSES

    there = tuple(name for name in LENSES if name in old.lenses and name in new.lenses)
    named = [name for word in words or () for name in word.split(",")]
    strange = [name for name in named if name not in there]
    if strange:
        raise WrongUsage(f"no lens {', '.join(strange)}; there are {', '.join(there)}")
    return tuple(dict.fromkeys(named)) or there


def _subjects(arguments: argparse.Namespace) -> list[Any]:
    from harness.codec.subjects import read_subject, subjects

    if arguments.chip is not None:
        return list({one.id: one for one in map(read_subject, arguments.chip)}.values())
    return [*subjects("chip"), *subjects("system"), *subjects("memory")]


def _cases(arguments: argparse.Namespace) -> "Iterator[tuple[str, Case]]":
    """Yield the reports that are named; in a folder, what is no report is passed over and told."""
    from harness.codec.golden_files import report_files
    from harness.codec.report_files import read_bytes, read_case

    named = set(map(Path, arguments.reports))
    for path in report_files(arguments.reports):
        try:
            yield str(path), read_case(read_bytes(path), str(path), path.parent, None)
        except UnreadableInput as error:
            if path in named:
                raise
            say(f"passed over: {error.source}: {error.faults[0]}")

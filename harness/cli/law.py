"""harness law: what is encoded, what is in force on a day, and whether it holds together."""

import argparse
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.cli.options import add_selection, day, selected_law
from harness.cli.output import Exit, printable, say, widest_cell, write_whole
from harness.errors import WrongUsage

if TYPE_CHECKING:
    from harness.policy.law import Law

_EPILOG = """\
examples:
  harness law                                what is in force today, by instrument, and what was last read when
  harness law --as-of 2025-06-01             on another day
  harness law show us-bis-2026-01-15-ac-review
  harness law show us.ear.742_6.review       a provision: every text that it has had
  harness law show S.3374                    a proposal
  harness law readings                       questions that the texts leave open, and how they may be read
  harness law check                          every check of the law files, those that take a while too
  harness law check my-law/                  of another policy folder, or a folder of instrument files
  harness law new us-bis-2027-01-02-example -o harness/policy/instruments/2027-01-02-us-bis-example.toml

exit codes: 0; 1 `check` found something; 2 law files that do not read, or wrong usage
"""


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "law",
        help="instruments and provisions: what is in force, its status, when it was read; checks; a skeleton",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument(
        "what", metavar="show|readings|check|new", nargs="?", choices=("show", "readings", "check", "new"),
        help="without it, the instruments and the provisions in force",
    )  # fmt: skip
    command.add_argument("name", metavar="ID|FOLDER", nargs="?", help="what to show, to check, or to begin")
    command.add_argument("--as-of", metavar="DAY", type=day, help="the day, YYYY-MM-DD (default: today)")
    add_selection(command)
    command.add_argument("--json", action="store_true", help="print the list, or what check found, as JSON")
    command.add_argument("-o", "--output", metavar="FILE", help="where `new` writes; without it, standard output")
    command.add_argument("--force", action="store_true", help="write over a file that is there")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Do what was asked of the law."""
    if arguments.what in ("show", "new") and not arguments.name:
        raise WrongUsage(f"nothing named; next: harness law {arguments.what} ID")
    if arguments.json and arguments.what in ("show", "readings", "new"):
        raise WrongUsage(f"law {arguments.what} prints text only; --json is for the list and for check")
    if arguments.name and arguments.what == "readings":
        raise WrongUsage(f"law readings lists them all; next: harness law readings | grep -A3 {arguments.name}")
    if arguments.what == "check":
        return _check(arguments)
    if arguments.what == "new":
        return _new(arguments)
    law = selected_law(arguments)
    if arguments.what == "show":
        return _show(law, arguments.name)
    if arguments.what == "readings":
        from harness.render.law import readings_text

        print(readings_text(law, widest_cell(60)), end="")
        return Exit.PASS
    return _list(law, arguments.as_of or datetime.now(UTC).date(), as_json=arguments.json)


def _list(law: "Law", as_of: date, *, as_json: bool) -> Exit:
    from harness.render.law import in_force, law_text

    found = in_force(law, as_of)
    if as_json:
        import json

        print(json.dumps(found, indent=2, ensure_ascii=True))
    else:
        print(law_text(law, found, as_of, widest_cell(50)), end="")
    return Exit.PASS


def _show(law: "Law", name: str) -> Exit:
    from difflib import get_close_matches

    from harness.render.explanation import explain
    from harness.render.law import instrument_text

    names = {one.casefold(): text for text in law.instruments.values() for one in (text.instrument, *text.known_as)}
    if name.casefold() in names:
        print(printable_lines(instrument_text(law, names[name.casefold()])), end="")
        return Exit.PASS
    found = explain(name, law)
    if found is None:
        near = get_close_matches(name.casefold(), [*names, *law.provisions], n=3)
        advice = f"did you mean {', '.join(near)}?" if near else "harness law lists what there is"
        raise WrongUsage(f"no instrument, provision or constant {name!r}; {advice}")
    print(found, end="")
    return Exit.PASS


def printable_lines(text: str) -> str:
    """Return lines that change nothing on a terminal but what they show."""
    return "".join(printable(line) + "\n" for line in text.splitlines())


def _check(arguments: argparse.Namespace) -> Exit:
    from harness.codec.law_files import read_law
    from harness.codec.law_sides import law_in
    from harness.policy.deep_lint import faults_of_whole

    if arguments.name and not Path(arguments.name).is_dir():
        raise WrongUsage(f"{arguments.name!r} is no folder of instrument files")
    law = law_in(Path(arguments.name)) if arguments.name else read_law()
    found = []
    for fault in faults_of_whole(law):
        found.append(fault)
        if not arguments.json:
            print(printable(str(fault)), flush=True)
    if arguments.json:
        import json

        print(json.dumps([{"where": one.where, "got": one.got, "need": one.need} for one in found], indent=2))
    else:
        print(f"{len(law.instruments)} instruments, {len(law.provisions)} provisions: {len(found) or 'no'} faults")
    return Exit.FAIL if found else Exit.PASS


def _new(arguments: argparse.Namespace) -> Exit:
    from harness.codec.law_skeleton import law_skeleton

    text = law_skeleton(arguments.name, datetime.now(UTC).date())
    if arguments.output in (None, "-"):
        print(text, end="")
    else:
        write_whole(Path(arguments.output), text, force=arguments.force)
        say(f"wrote {arguments.output}; next: fill it in beside the files of the law that it amends, then "
            "harness law check FOLDER of them all")  # fmt: skip
    return Exit.PASS

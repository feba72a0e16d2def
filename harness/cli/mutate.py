"""harness mutate: small changes of the law that no decision in the lock would notice."""

import argparse
from collections import Counter
from pathlib import Path
from typing import Any

from harness.cli.output import Exit, Progress, printable

_EPILOG = """\
examples:
  harness mutate                          every small change of the law, held against the probes of the lock
  harness mutate --law my-policy          of another policy folder, instrument file or git revision
  harness mutate --kind date strictness --equivalent

A mutant moves a threshold by one unit of its last place, flips strictness, drops a condition from a conjunction, or
moves an act by a day. It is killed where some row of the lock would be answered otherwise; proven equivalent where
the complete difference of the two laws is empty, over all figures and facts; otherwise it survives, and the point that
would have shown it is named. exit codes: 0; 1 some survive; 2 unreadable input or wrong usage
"""
_KINDS = ("threshold", "strictness", "conjunct", "date")


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "mutate",
        help="small changes of the law that nobody would notice",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("--law", metavar="SIDE", help="another law: a folder, an instrument file, a git revision")
    command.add_argument("--lock", metavar="FILE", help="the lock (default: the one that comes with the harness)")
    command.add_argument("--kind", nargs="+", choices=_KINDS, default=list(_KINDS), help="only these kinds")
    command.add_argument("--equivalent", action="store_true", help="name those that are proven equivalent too")
    command.add_argument("--json", action="store_true", help="print a list of objects")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Try every mutant."""
    from harness.cli.regress import law_named
    from harness.codec.golden_files import read_lock_file
    from harness.impact.mutants import mutants
    from harness.impact.mutation import trials
    from harness.impact.probes import settled

    law = settled(law_named(arguments.law))
    held, _ = read_lock_file(Path(arguments.lock) if arguments.lock else None)
    tried = [one for one in mutants(law) if one.kind in arguments.kind]
    progress, found = Progress(len(tried), "mutants"), []
    for trial in trials(law, held.probes, tried):
        progress.advance()
        found.append(trial)
    progress.clear()
    if arguments.json:
        _print_json(found)
    else:
        _print_text(found, equivalent=arguments.equivalent)
    return Exit.FAIL if any(trial.fate == "survived" for trial in found) else Exit.PASS


def _print_text(found: list[Any], *, equivalent: bool) -> None:
    from harness.impact.regress import probe_words

    for trial in found:
        if trial.fate == "survived":
            row = trial.row
            where = f"{row.lens} on {row.day} at {probe_words(row)}" if row else "only by a reading"
            print(printable(f"survives: {trial.mutant.id}; it would show as {where}"))
    for trial in found if equivalent else ():
        if trial.fate == "equivalent":
            print(printable(f"equivalent, proven: {trial.mutant.id}"))
    counts = Counter((trial.mutant.kind, trial.fate) for trial in found)
    for kind in dict.fromkeys(trial.mutant.kind for trial in found):
        killed, same, left = (counts[kind, fate] for fate in ("killed", "equivalent", "survived"))
        print(
            f"{kind:<10} {killed + same + left:>4} mutants: {killed} killed, {same} proven equivalent, {left} survive"
        )


def _print_json(found: list[Any]) -> None:
    import json

    from harness.impact.regress import probe_words

    rows = [
        {
            "mutant": trial.mutant.id,
            "kind": trial.mutant.kind,
            "fate": trial.fate,
            "row": None if trial.row is None else f"{trial.row.lens} {trial.row.day} {probe_words(trial.row)}",
        }
        for trial in found
    ]
    print(json.dumps(rows, indent=2))

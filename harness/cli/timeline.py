"""harness timeline: one chip through every day, and what moved its answers."""

import argparse
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from harness.cli.facts import add_facts, facts_given
from harness.cli.options import add_selection, day, selected_law
from harness.cli.output import Exit, printable, widest_cell
from harness.errors import WrongUsage

if TYPE_CHECKING:
    from harness.policy.law import Law

_EPILOG = """\
examples:
  harness timeline H200
  harness timeline A800 --to CN --lens licence-requirement review-policy
  harness timeline H20 --since 2025-01-01 --until 2026-12-31
  harness timeline L40S --to SG --headquarters CN --json

By declared figures and assumed facts, which are printed; nothing is measured. Without --since it begins with the first
text of the lenses. exit codes: 0; 2 unreadable or wrong usage
"""


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "timeline",
        help="one chip through every day: its answers, and what moved them",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("item", metavar="CHIP", help="id or alias of a chip or system, or a spec file")
    command.add_argument("--since", metavar="DAY", type=day, help="the first day (default: that of the first text)")
    command.add_argument("--until", metavar="DAY", type=day, help="the last day (default: today)")
    command.add_argument("--lens", metavar="NAME", nargs="+", help="only these: classification, licence-requirement, "
                         "review-policy, tariff")  # fmt: skip
    add_selection(command)
    command.add_argument("--json", action="store_true", help="print timeline/1")
    add_facts(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Print the timeline."""
    from harness.codec.law_files import read_assumptions
    from harness.codec.subjects import read_subject
    from harness.decide.timeline import timeline
    from harness.render.timeline import as_text

    law = selected_law(arguments)
    lenses = _lenses(arguments.lens)
    until = arguments.until or datetime.now(UTC).date()
    since = arguments.since or _first(law, lenses, until)
    if since > until:
        raise WrongUsage(f"--since {since} is after --until {until}")
    found = timeline(
        read_subject(arguments.item),
        law,
        read_assumptions(),
        facts_given(arguments),
        since=since,
        until=until,
        lenses=lenses,
    )
    if arguments.json:
        print(found.model_dump_json(by_alias=True, indent=2))
    else:
        print(as_text(found, shown=printable, widest=widest_cell(40)), end="")
    return Exit.PASS


def _lenses(words: list[str] | None) -> tuple[str, ...]:
    from harness.decide.classification import LENSES

    named = [name for word in words or () for name in word.split(",")]
    strange = [name for name in named if name not in LENSES]
    if strange:
        raise WrongUsage(f"no lens {', '.join(strange)} in a timeline; there are {', '.join(LENSES)}")
    return tuple(dict.fromkeys(named)) or LENSES


def _first(law: "Law", lenses: tuple[str, ...], until: date) -> date:
    """Return the day of the first act of an instrument on these lenses."""
    from harness.decide.timeline import break_days

    days = [day for name in lenses for day in break_days(law, law.lenses[name])]
    return min(min(days, default=until), until)

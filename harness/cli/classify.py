"""harness classify: place a chip, a board or a rack by its declared figures."""

import argparse
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from harness.cli.facts import add_facts, facts_given
from harness.cli.options import add_selection, day, selected_law
from harness.cli.output import OF_OUTCOME, Exit, complain, gravest, printable, wants_colour, widest_cell
from harness.errors import UnreadableInput, WrongUsage

if TYPE_CHECKING:
    from harness.model.subject import Subject
    from harness.model.verdict import Refusal, Verdict

_EPILOG = """\
examples:
  harness classify H200
  harness classify H20 --to CN --as-of 2025-04-09
  harness classify nvidia-rtx-4090 --to MO --headquarters US --marketing other
  harness classify aws-trainium2 --reading tf32-32
  harness classify my-chip.toml --json
  harness classify --systems

Nothing is measured: the answer rests on declared figures and on assumed facts, which are printed. "unknown" leaves a
fact open. exit codes: 0 pass, 1 fail (denial), 2 unreadable, 3 undecided
"""


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "classify",
        help="place a chip, a board or a rack by its declared figures",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("items", metavar="CHIP", nargs="*", help="id or alias of a chip or system, or a spec file")
    command.add_argument(
        "--systems", action="store_true", help="look among boards, servers and racks; alone: all of them"
    )
    command.add_argument("--as-of", metavar="DAY", type=day, help="the day of the law, YYYY-MM-DD (default: today)")
    add_selection(command)
    command.add_argument("--json", action="store_true", help="print verdict/1; of several items a list")
    add_facts(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Classify every item and return the gravest exit code."""
    from harness.judge import classify
    from harness.model.verdict import Verdict
    from harness.render.refusal import refusal

    law = selected_law(arguments)
    as_of = arguments.as_of or datetime.now(UTC).date()
    given = facts_given(arguments)
    answers: list[Verdict | Refusal] = []
    for subject in _subjects(arguments):
        try:
            answers.append(classify(subject(), as_of=as_of, given=given, law=law))
        except UnreadableInput as error:
            complain(error)
            answers.append(refusal(error, printable))
    (_print_json if arguments.json else _print_text)(answers, as_of)
    return gravest(OF_OUTCOME[one.outcome] if isinstance(one, Verdict) else Exit.INPUT for one in answers)


def _subjects(arguments: argparse.Namespace) -> Iterable[Callable[[], "Subject"]]:
    """Return what was named, read only when it is its turn."""
    from harness.codec.subjects import read_subject, subjects

    if not arguments.items and not arguments.systems:
        raise WrongUsage("no chip named; next: harness classify H200, or harness chips to see what there is")
    if not arguments.items:
        return [partial(_itself, one) for one in subjects("system")]
    kinds = ("system",) if arguments.systems else ("chip", "system", "memory")
    return [partial(read_subject, word, kinds) for word in arguments.items]


def _itself(subject: "Subject") -> "Subject":
    return subject


def _print_json(answers: list["Verdict | Refusal"], _: date) -> None:
    texts = [one.model_dump_json(by_alias=True, indent=2) for one in answers]
    print("[\n" + ",\n".join(texts) + "\n]" if len(texts) > 1 else texts[0])


def _print_text(answers: list["Verdict | Refusal"], as_of: date) -> None:
    """Print one item in full; of several, a line each. What could not be read stands on standard error."""
    from harness.model.verdict import Verdict
    from harness.render.classification import as_line, as_text

    verdicts = [one for one in answers if isinstance(one, Verdict)]
    if len(answers) == 1:
        for verdict in verdicts:
            print(as_text(verdict, colour=wants_colour(), shown=printable, widest=widest_cell(46)), end="")
        return
    for verdict in verdicts:
        print(as_line(verdict, colour=True) if wants_colour() else printable(as_line(verdict, colour=False)))
    print(f"as of {as_of}; declared figures and assumed facts: name one item to see them")

"""Options that several commands share."""

import argparse
import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.policy.law import Law


def day(text: str) -> date:
    """Return the day that a word on the command line stands for."""
    try:
        if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"got {text!r}; need a day as YYYY-MM-DD, such as 2026-01-15")


def instant(text: str) -> datetime:
    """Return the instant that a word on the command line stands for."""
    from harness.model.document import INSTANT

    try:
        if re.fullmatch(INSTANT, text):
            found = datetime.fromisoformat(re.sub(r"(\.[0-9]{1,6})[0-9]*", r"\1", text))
            found.astimezone(UTC)  # An instant that no calendar holds is refused here.
            return found
    except (ValueError, OverflowError):
        pass
    raise argparse.ArgumentTypeError(f"got {text!r}; need a time as YYYY-MM-DDThh:mm:ssZ, or with an offset")


def examples_of(epilog: str, step: str) -> str:
    """Return the examples of one step among those of a command, such as those of `lot draw`."""
    found, kept = [], False
    for line in epilog.split("\n\n", maxsplit=1)[0].splitlines():
        if line.startswith("  harness "):
            kept = line.startswith(f"  harness {step} ")
        if kept:
            found.append(line)
    return "\n".join(["examples:", *found])


def add_reading(command: Any) -> None:
    """Add --reading, which may stand several times, or once with commas."""
    command.add_argument(
        "--reading",
        metavar="ID=OPTION",
        type=lambda text: text.split(","),
        action="extend",
        default=[],
        help="follow this reading where the text bears several, such as AMB-11=b; both follows every one "
        "(harness law readings lists them)",
    )


def add_selection(command: Any) -> None:
    """Add the options that say which law is read."""
    add_reading(command)
    command.add_argument(
        "--with",
        metavar="BILL",
        dest="proposed",
        action="append",
        default=[],
        help="read a proposal as if it were law, such as S.4456",
    )
    command.add_argument("--known-at", metavar="DAY", type=day, help="read only what the public could know on this day")


def selected_law(arguments: argparse.Namespace) -> "Law":
    """Return the law that these options select.

    Raises:
        WrongUsage: A reading or a proposal that does not exist.
    """
    from harness.codec.law_files import read_law

    if not (arguments.reading or arguments.proposed or arguments.known_at):
        return read_law()
    from harness.judge import law_with

    return law_with(readings=arguments.reading, proposed=arguments.proposed, known_at=arguments.known_at)

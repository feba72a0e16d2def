"""Options that several commands share."""

import argparse
import re
from datetime import date
from typing import Any


def day(text: str) -> date:
    """Return the day that a word on the command line stands for."""
    try:
        if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"got {text!r}; need a day as YYYY-MM-DD, such as 2026-01-15")


def add_reading(command: Any) -> None:
    """Add --reading, which may stand several times, or once with commas."""
    command.add_argument(
        "--reading",
        metavar="NAME",
        type=lambda text: text.split(","),
        action="extend",
        default=[],
        help="follow this reading of the text: tf32-19, tf32-32, fp6-counted, fp6-left-out (default: every one)",
    )

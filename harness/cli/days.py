"""Days on the command line."""

import argparse
import re
from datetime import date


def day(text: str) -> date:
    """Return the day that a word on the command line stands for."""
    try:
        if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"got {text!r}; need a day as YYYY-MM-DD, such as 2026-01-15")

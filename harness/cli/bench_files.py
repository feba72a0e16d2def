"""What `harness bench` does with runs that are there: derive them again, and hold two against each other."""

from pathlib import Path

from harness.cli.output import Exit
from harness.errors import WrongUsage


def replay(path: Path) -> Exit:
    """Derive every value again from the raw file."""
    raise WrongUsage(f"{path}: not yet")


def compare(one: Path, other: Path) -> Exit:
    """Print two runs side by side."""
    raise WrongUsage(f"{one} {other}: not yet")

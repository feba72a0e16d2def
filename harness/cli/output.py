"""What commands share: exit codes, colour, progress, and files that are written whole or not at all."""

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from pathlib import Path
from typing import TypeVar

from harness.errors import Fault, UnreadableInput, WrongUsage

T = TypeVar("T")
_FEWEST_FOR_PROGRESS = 20


class Exit(IntEnum):
    """Exit codes, in the words of the design."""

    PASS = 0
    FAIL = 1
    INPUT = 2
    UNDECIDED = 3
    BUG = 4
    INTERRUPTED = 130
    PIPE_CLOSED = 141


_GRAVITY = [Exit.PASS, Exit.UNDECIDED, Exit.FAIL, Exit.INPUT, Exit.BUG]
OF_OUTCOME = {"pass": Exit.PASS, "fail": Exit.FAIL, "undecided": Exit.UNDECIDED}


def gravest(codes: Iterable[Exit]) -> Exit:
    """Return the gravest of several exit codes, in the order 4, 2, 1, 3, 0."""
    return max(codes, key=_GRAVITY.index, default=Exit.PASS)


def wants_colour() -> bool:
    """Return whether standard output is a terminal whose user did not turn colour off."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def complain(error: UnreadableInput) -> None:
    """Print every fault of an input, one a line, on standard error."""
    for fault in error.faults:
        print(f"harness: {error.source}: {fault}", file=sys.stderr)


def with_progress(items: Sequence[T], what: str) -> Iterator[T]:
    """Yield the items, with a bar on standard error where that is a terminal and there are many."""
    shown = len(items) >= _FEWEST_FOR_PROGRESS and sys.stderr.isatty()
    step = max(1, len(items) // 200)
    for n, item in enumerate(items, start=1):
        yield item
        if shown and (n % step == 0 or n == len(items)):
            filled = 30 * n // len(items)
            end = "\n" if n == len(items) else ""
            bar = "#" * filled + "." * (30 - filled)
            print(f"\r{what} [{bar}] {n:,} of {len(items):,}", end=end, file=sys.stderr, flush=True)


def write_whole(path: Path, text: str, *, force: bool) -> None:
    """Write a file whole or not at all.

    Raises:
        WrongUsage: The file is there and `force` is not given.
        UnreadableInput: It cannot be written; says why.
    """
    import tempfile

    if path.exists() and not force:
        raise WrongUsage(f"{path} is there already; --force writes over it")
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        fault = Fault(where="the file", got=error.strerror or str(error), need="a place to write to")
        raise UnreadableInput(str(path), (fault,)) from None

"""What commands share: exit codes, colour, progress, and files that are written whole or not at all."""

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator
from enum import IntEnum
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO

from harness.errors import Fault, LawFault, TrustRefused, UnreadableInput, WrongUsage

_FEWEST_FOR_PROGRESS = 20
_PICTURES = (".svg", ".png", ".html")


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


def widest_cell(usual: int) -> int:
    """Return how wide a cell of a table may be: what a terminal leaves for three of them, elsewhere the usual."""
    if not sys.stdout.isatty():
        return usual
    return max(20, min(usual, (os.get_terminal_size(sys.stdout.fileno()).columns - 60) // 3))


def printable(text: str) -> str:
    """Return a text that changes nothing on a terminal but what it shows: other characters as escapes."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in text
    )


def standard_input() -> BinaryIO:
    """Return the bytes of standard input.

    Raises:
        UnreadableInput: It is closed.
    """
    if sys.stdin is None:
        raise UnreadableInput("-", (Fault(where="standard input", got="closed", need="something to read"),))
    return sys.stdin.buffer


def say(text: str) -> None:
    """Print one line on standard error; where that cannot be written, there is nobody to tell."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        print(f"harness: {printable(text)}", file=sys.stderr)


def complain(error: UnreadableInput | LawFault | TrustRefused) -> None:
    """Print every fault of an input, one a line, on standard error."""
    for fault in error.faults:
        say(f"{error.source}: {fault}")


class Progress:
    """A bar on standard error where that is a terminal and there is much to do; nothing elsewhere."""

    def __init__(self, total: int, what: str) -> None:
        self.total, self.what, self.done = total, what, 0
        terminal = sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self.shown = terminal and total >= _FEWEST_FOR_PROGRESS
        self.step = max(1, total // 200)

    def clear(self) -> None:
        """Take the bar away before something is printed."""
        if self.shown:
            sys.stdout.flush()
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def advance(self) -> None:
        """Count one, and draw the bar again; it goes away at the end."""
        self.done += 1
        if self.shown and self.done < self.total and self.done % self.step == 0:
            sys.stdout.flush()
            filled = 30 * self.done // self.total
            bar = "#" * filled + "." * (30 - filled)
            print(f"\r{self.what} [{bar}] {self.done:,} of {self.total:,}", end="", file=sys.stderr, flush=True)


def picture_kind(output: str) -> str:
    """Return the kind of picture that a file's name ends in.

    Raises:
        WrongUsage: There is no such kind, or what it needs is not installed.
    """
    kind = Path(output).suffix.lower()
    if kind not in _PICTURES:
        raise WrongUsage(f"got a file {output!r}; need one that ends in {', '.join(_PICTURES)}")
    if kind == ".png" and find_spec("matplotlib") is None:
        raise WrongUsage('a PNG needs matplotlib; next: pip install "harness[plot]", or write .svg or .html')
    return kind


def write_whole(path: Path, content: str | bytes, *, force: bool, mode: int = 0o666) -> None:
    """Write a file whole or not at all. `mode` is narrowed by the umask.

    Raises:
        WrongUsage: The file is there and `force` is not given, or the path is no file's.
        UnreadableInput: It cannot be written; says why.
    """
    with written_whole(path, force=force, mode=mode) as file:
        file.write(content.encode() if isinstance(content, str) else content)


@contextlib.contextmanager
def written_whole(path: Path, *, force: bool, mode: int = 0o666) -> Iterator[BinaryIO]:
    """Open a file that takes its place when it is written, and leaves nothing where it is not.

    Raises:
        WrongUsage: The file is there and `force` is not given, or the path is no file's.
        UnreadableInput: It cannot be written; says why.
    """
    import tempfile

    if not path.name or path.is_dir():
        raise WrongUsage(f"{str(path)!r} is a folder; name a file")
    if os.path.lexists(path) and not force:
        raise WrongUsage(f"{path} is there already; --force writes over it")
    mask = os.umask(0)
    os.umask(mask)
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w+b") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(mode & ~mask)
            Path(name).replace(path)
        finally:
            # Where it was moved into its place there is nothing left to remove.
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        fault = Fault(where="the file", got=error.strerror or str(error), need="a place to write to")
        raise UnreadableInput(str(path), (fault,)) from None

"""Entry point: which command, and which exit code whatever happens."""

import argparse
import contextlib
import errno
import gc
import io
import os
import sys
from importlib import import_module
from typing import NoReturn

from harness.cli.output import Exit, complain, say
from harness.errors import LawFault, TrustRefused, UnreadableInput, WrongUsage
from harness.version import VERSION

_EPILOG = """\
examples:
  harness verify lab_reports/h200-sxm.json
  harness classify H200 --to CN
  harness timeline H200 --to CN
  harness plot frontier -o frontier.html
  harness law --as-of 2026-01-15
  harness new lab-report --chip nvidia-h200-sxm5-141gb -o report.json
  harness lint specs my-chip.toml
  harness archive report.json -o kept.zip
  harness replay kept.zip
  harness key new -o laboratory.key
  harness trust check trust-root.json --sha256 DIGEST
  harness explain gate.tpp

exit codes: 0 pass, 1 fail, 2 input that cannot be read or wrong usage, 3 undecided, 4 a bug in the harness
"""


# In the order in which --help lists them; each is a module beside this one.
_COMMANDS = (
    *("verify", "classify", "timeline", "plot", "law"),
    *("impact", "regress", "probes", "mutate"),
    *("replay", "archive"),
    *("bench", "ingest", "plausible"),
    *("key", "trust", "sign", "certificate"),
    *("custody", "challenge", "state", "attest"),
    *("lot", "ledger"),
    *("nac", "redact"),
    *("lists", "screen"),
    *("chips", "lint", "schema", "new", "explain"),
)


def parser(named: str | None = None) -> argparse.ArgumentParser:
    """Return the parser of the whole command line; where a command is named, of that one alone, which starts sooner."""
    top = argparse.ArgumentParser(
        prog="harness",
        description="Judge AI-chip lab reports against dated US export thresholds, with citations.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"harness {VERSION}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in (named,) if named in _COMMANDS else _COMMANDS:
        import_module(f"harness.cli.{command}").add_to(commands)
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    chosen = parser(words[0] if words else None).parse_args(words)
    try:
        code = chosen.run(chosen)
        sys.stdout.flush()
    except (UnreadableInput, LawFault) as error:
        complain(error)
        return Exit.INPUT
    except TrustRefused as error:
        complain(error)
        return Exit.FAIL
    except WrongUsage as error:
        say(str(error))
        return Exit.INPUT
    return int(code)


def run() -> None:
    """Run the command line; the only place that catches everything."""
    # Plug-ins of other packages must not take part in what is read, and looking for them costs time.
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    # Start-up makes no garbage worth collecting; what is alive after it never becomes garbage.
    gc.disable()
    try:
        _prepare_streams()
        code = main()
    except KeyboardInterrupt:
        say("interrupted")
        code = Exit.INTERRUPTED
    except BrokenPipeError:
        # The reader of the pipe has gone; nothing more can be told to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = Exit.PIPE_CLOSED
    except OSError as error:
        say(f"{error.strerror or error}")
        _drop_output()
        code = Exit.INPUT
    except Exception as error:  # A bug must end in exit code 4 and say so, not in a bare traceback.
        if "HARNESS_TRACEBACK" in os.environ:
            raise
        say(f"a bug: {type(error).__name__}: {error}")
        say("set HARNESS_TRACEBACK=1 to see where, and please report it")
        code = Exit.BUG
    _leave(code)


def _leave(code: int) -> NoReturn:
    """End at once: taking every object apart first would take as long as judging a report."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
    os._exit(code)


def _prepare_streams() -> None:
    """Make sure that there is somewhere to print to, and that no character of a report can stop the printing.

    Raises:
        OSError: Standard output is closed.
    """
    if sys.stdout is None:
        raise OSError(errno.EBADF, "standard output is closed")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _drop_output() -> None:
    """What could not be written must not be tried again while the interpreter ends."""
    if sys.stdout is not None:
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    run()

"""harness bench: measure a device and write its lab report."""

import argparse
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from harness.cli.output import Exit, printable, say, write_whole
from harness.errors import WrongUsage

if TYPE_CHECKING:
    from harness.bench.compose import Composed
    from harness.bench.events import Event
    from harness.bench.plan import Plan
    from harness.bench.runner import Run
    from harness.model.bench_raw import RawLine

_EPILOG = """\
examples:
  harness bench -o report.json
  harness bench --quick --devices cpu -o report.json
  harness bench --challenge 6f1c2e... --devices 0,1 -o report.json
  harness bench --soak 8h -o report.json            # Ctrl-C stops it, with a report of what there is
  harness bench --resume report.raw.jsonl -o report.json --force
  harness bench --list
  harness bench --replay report.json                # every value again from the raw samples
  harness bench --compare monday.json tuesday.json

Settings of a device are read and never changed. Beside the report lie its raw file (REPORT.raw.jsonl: every sample),
its telemetry (REPORT.telemetry.csv) and long series; the report names them by digest. Nothing here judges: next comes
`harness verify REPORT`.

exit codes: 0; 1 a replayed value or a comparison that differs; 2 no device or library, a place that cannot be written,
or wrong usage; 3 a device was lost, or nothing to compare; 130 interrupted. Then the report holds what there is
"""


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "bench",
        help="measure a GPU or this processor, and write its lab report with every raw sample",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument(
        "-o", "--output", metavar="REPORT", type=Path, help="the report; its other files lie beside it"
    )
    command.add_argument("--force", action="store_true", help="write over files that are there")
    plans = command.add_mutually_exclusive_group()
    plans.add_argument("--quick", dest="plan", action="store_const", const="quick", help="under a minute")
    plans.add_argument("--standard", dest="plan", action="store_const", const="standard", help="15 minutes (default)")
    plans.add_argument(
        "--soak", metavar="TIME", nargs="?", const="4h", type=_length, help="hours, such as 8h; 4h unless told"
    )
    command.add_argument(
        "--devices", metavar="LIST", type=_words, default=(), help="such as 0,1 or cpu; all GPUs unless told"
    )
    command.add_argument(
        "--challenge", metavar="HEX", type=_hex, help="a verifier's nonce: seeds data, order and shapes"
    )
    command.add_argument("--chip", metavar="ID", help="the chip by its spec file, for the report")
    command.add_argument("--json", action="store_true", help="print every kept line as JSON Lines while it runs")
    other = command.add_mutually_exclusive_group()
    other.add_argument("--list", action="store_true", help="print the devices that can be measured")
    other.add_argument("--resume", metavar="RAW", type=Path, help="take a run up again from its raw file")
    other.add_argument("--replay", metavar="RAW", type=Path, help="derive every value again from a report's raw file")
    other.add_argument("--compare", metavar="REPORT", nargs=2, type=Path, help="two runs side by side")
    command.set_defaults(run=run)


def _length(text: str) -> float:
    """Return seconds; a number alone is hours."""
    unit = {"h": 3600, "m": 60, "s": 1}.get(text[-1:])
    digits = text if unit is None else text[:-1]
    if not digits.isascii() or not digits.replace(".", "", 1).isdigit() or not 0 < float(digits) < 1000:
        raise argparse.ArgumentTypeError(f"got {text!r}; need a time such as 8h, 90m or 30s")
    return float(digits) * (unit or 3600)


def _words(text: str) -> tuple[str, ...]:
    words = tuple(word.strip() for word in text.split(","))
    if not all(words):
        raise argparse.ArgumentTypeError(f"got {text!r}; need devices with commas between, such as 0,1")
    return words


def _hex(text: str) -> bytes:
    with suppress(ValueError):
        nonce = bytes.fromhex(text)
        if 16 <= len(nonce) <= 64 and text.isascii():
            return nonce
    raise argparse.ArgumentTypeError("need 16 to 64 bytes in hexadecimal digits, so that nobody guesses it")


def run(arguments: argparse.Namespace) -> Exit:
    """Measure, or do what was asked for in its place."""
    if arguments.list:
        return _list()
    if arguments.replay is not None or arguments.compare is not None:
        from harness.cli.bench_files import compare, replay

        return replay(arguments.replay) if arguments.replay is not None else compare(*arguments.compare)
    return _measure(arguments)


def _list() -> Exit:
    from harness.bench.found import accelerators, hardware_seen, the_cpu

    found = accelerators()
    for one in (*found.devices, the_cpu()):
        print(f"{one.word:4} {printable(one.name)}")
    for hardware in hardware_seen():
        say(f"seen: {hardware}" + ("" if found.devices else f"; not measurable: {'; '.join(found.why_not)}"))
    return Exit.PASS


def _measure(arguments: argparse.Namespace) -> Exit:
    from harness.bench.found import accelerators, chosen, hardware_seen

    plan = _plan(arguments)
    output = _output(arguments)
    listed = chosen(arguments.devices, accelerators(), hardware_seen())
    devices = [one.opened() for one in listed]
    prepared = _run(arguments, devices, plan)
    kept = _Kept(list(prepared.done))
    with _stopping() as asked:
        _watched(replace(prepared, interrupted=lambda: asked.stop), kept, _Progress(as_json=arguments.json))
    composed = _composed(kept.lines, output, arguments.chip)
    _write(composed, output, force=arguments.force)
    return _told(kept.lines, composed, output)


def _plan(arguments: argparse.Namespace) -> "Plan":
    from harness.bench.plan import PLANS, SOAK

    if arguments.soak is not None:
        return replace(SOAK, limit_s=arguments.soak)
    return PLANS[arguments.plan or "standard"]


def _output(arguments: argparse.Namespace) -> Path:
    """Return where the report goes, which must be writable before an hour is spent.

    Raises:
        WrongUsage: Nothing names it, it is there already, or its folder is not.
    """
    from harness.bench.journal import is_report_name

    path: Path | None = arguments.output
    if path is None:
        raise WrongUsage("where to? next: harness bench -o report.json")
    if not is_report_name(path.name):
        raise WrongUsage(f"{path.name!r}: letters, digits, dots, hyphens, underscores, and .json at the end")
    if path.is_dir() or not path.parent.is_dir():
        raise WrongUsage(f"{path}: no file can be there")
    if not arguments.force and os.path.lexists(path):
        raise WrongUsage(f"{path} is there already; --force writes over it")
    return path


def _run(arguments: argparse.Namespace, devices: list[Any], plan: "Plan") -> "Run":
    from harness.bench.clock import HostClock
    from harness.bench.runner import Run
    from harness.bench.start import header_for, seed_for
    from harness.bench.watch import ThreadWatch

    clock, seed = HostClock(), seed_for(arguments.challenge)
    return Run(
        header=header_for(devices, plan, seed, clock),
        devices=devices,
        plan=plan,
        seed=seed,
        clock=clock,
        watch=ThreadWatch(clock, plan.telemetry_period_s),
    )


@dataclass(slots=True)
class _Asked:
    stop: bool = False


@contextmanager
def _stopping() -> Iterator[_Asked]:
    """Ctrl-C ends the run after the sample that runs; a second one at once."""
    asked = _Asked()

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature of a handler.
        if asked.stop:
            raise KeyboardInterrupt
        asked.stop = True
        say("ending after this sample; once more ends at once")

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@dataclass(slots=True)
class _Kept:
    """The lines of the raw file so far."""

    lines: "list[RawLine]" = field(default_factory=list)


def _watched(prepared: "Run", kept: _Kept, progress: "_Progress") -> None:
    """Run, keep every line the moment it is there, and show what goes on."""
    from harness.bench.events import Recorded

    with suppress(KeyboardInterrupt):
        for event in prepared.events():
            if isinstance(event, Recorded):
                kept.lines.append(event.line)
            progress.show(event)
    progress.clear()


class _Progress:
    """One line that is written over on a terminal; elsewhere a line per step and per result."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.live = sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self.step, self.drawn = "", 0.0

    def show(self, event: "Event") -> None:
        """Show one event."""
        from harness.bench.events import Began, Recorded, Seen

        if isinstance(event, Began):
            of = f"/{event.of}" if event.of else ""
            self.step = f"[{event.number}{of}] {event.step}, {_clock_time(event.left_s)} left"
            self._draw(self.step, now=True)
        elif isinstance(event, Seen):
            self._draw(f"{self.step}: {event.text}", now=False)
        elif isinstance(event, Recorded):
            self._kept(event.line)

    def _draw(self, text: str, *, now: bool) -> None:
        if self.live and (now or time.monotonic() - self.drawn > 0.1):
            columns = os.get_terminal_size(sys.stderr.fileno()).columns
            print(f"\r\x1b[K{printable(text)[: columns - 1]}", end="", file=sys.stderr, flush=True)
            self.drawn = time.monotonic()

    def _kept(self, line: "RawLine") -> None:
        from harness.bench.journal import as_line
        from harness.bench.words import told

        if self.as_json:
            print(as_line(line).decode(), end="", flush=True)
        text = told(line)
        if text is not None:
            self.clear()
            say(text)

    def clear(self) -> None:
        """Take the line away."""
        if self.live:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _clock_time(seconds: float) -> str:
    whole = int(seconds)
    return (
        f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}" if whole >= 3600 else f"{whole // 60}:{whole % 60:02}"
    )


def _composed(lines: "list[RawLine]", output: Path, chip: str | None) -> "Composed":
    from harness.bench.compose import composed
    from harness.bench.journal import journal_of

    return composed(journal_of(lines), output.stem, chip)


def _write(composed: "Composed", output: Path, *, force: bool) -> None:
    """Write what the report names, then the report: a report is never without its files."""
    for name, data in composed.files:
        write_whole(output.parent / name, data, force=force)
    write_whole(output, composed.as_json(), force=force)


def _told(lines: "list[RawLine]", composed: "Composed", output: Path) -> Exit:
    from harness.bench.journal import journal_of

    report, end = composed.report, journal_of(lines).end
    say(f"{len(report.measurements):,} measurements and {len(report.observations):,} observations in {output}")
    if end is None or end.why == "interrupted":
        say("the report is partial and says so")
        return Exit.INTERRUPTED
    if end.why == "device-lost":
        say(end.text)
        return Exit.UNDECIDED
    return Exit.PASS

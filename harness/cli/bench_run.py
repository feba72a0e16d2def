"""A run of `harness bench`: prepared, watched, kept line by line, and written as a report with its files."""

import argparse
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType

from pydantic import ValidationError

from harness.bench.clock import HostClock
from harness.bench.compose import Composed, composed
from harness.bench.device import Device
from harness.bench.events import Recorded
from harness.bench.found import accelerators, chosen, hardware_seen
from harness.bench.journal import Journal, as_line, is_report_name, journal_of, read_journal
from harness.bench.plan import PLANS, SOAK, Plan, shortened
from harness.bench.runner import Run
from harness.bench.start import header_for, seed_for, seed_of, taken_up
from harness.bench.watch import ThreadWatch
from harness.cli.bench_progress import BenchProgress
from harness.cli.output import Exit, say, write_whole
from harness.errors import Fault, UnreadableInput, WrongUsage
from harness.model.bench_raw import RawLine
from harness.model.lab_report import Product

_RAW_END = ".raw.jsonl"
# Not every system has it.
_HANG_UP: signal.Signals | None = getattr(signal, "SIGHUP", None)


def measure(arguments: argparse.Namespace) -> Exit:
    """Run, and write the report of whatever was measured.

    Raises:
        WrongUsage: No device, or no place for the report; said before anything is measured.
        UnreadableInput: A place that cannot be written to, or a raw file that cannot be taken up.
    """
    _asked_anew(arguments)
    chip = _chip(arguments.chip)
    done = None if arguments.resume is None else _raw_file(arguments.resume)
    output = _output(arguments)
    run = _prepared(arguments, done, chip)
    kept, progress = Kept(_part(output), list(run.done)), BenchProgress(as_json=arguments.json)
    with _stopping() as asked:
        _watched(replace(run, interrupted=lambda: asked.stop), kept, progress)
    made = composed(journal_of(kept.lines), output.stem, chip)
    _write(made, output, force=arguments.force or _is_own(output, arguments))
    kept.done()
    code = _told(kept.lines, made, output)
    if progress.unread is not None:
        # What became of standard output is told as by every command, now that the report is written.
        raise progress.unread
    return code


def _asked_anew(arguments: argparse.Namespace) -> None:
    """Refuse what was decided when a run began, and cannot be decided anew when it is taken up.

    Raises:
        WrongUsage: Such an option beside --resume.
    """
    if arguments.resume is None:
        return
    asked = {
        "--devices": arguments.devices,
        "--challenge": arguments.challenge,
        "--soak": arguments.soak,
        f"--{arguments.plan}": arguments.plan,
    }
    if there := [option for option, value in asked.items() if value]:
        raise WrongUsage(f"--resume goes on with the run as it began, and takes no {', '.join(there)}")


def _chip(word: str | None) -> str | None:
    """Return the id of the chip that a word names; one without a spec file here is taken as it is, and said.

    Raises:
        WrongUsage: No id, and no name of any chip.
    """
    if word is None:
        return None
    from harness.codec.spec_files import find, near_names

    file = find("chip", word)
    if file is not None:
        return file.stem
    near = near_names(word)
    advice = f"did you mean {', '.join(near)}?" if near else "harness chips lists what there is"
    try:
        Product(chip=word)
    except ValidationError:
        raise WrongUsage(f"--chip: no chip {word!r}; {advice}") from None
    say(f"--chip: no spec file of {word} is here; the report names it all the same; {advice}")
    return word


def _output(arguments: argparse.Namespace) -> Path:
    """Return where the report goes: a place that can be written to, before an hour is spent.

    Raises:
        WrongUsage: Nothing names it, it is there already, or its folder is not.
    """
    path: Path | None = arguments.output
    if path is None:
        path = _own_report(arguments)
    if path is None:
        raise WrongUsage("where to? next: harness bench -o report.json")
    if not is_report_name(path.name):
        raise WrongUsage(f"{path.name!r}: letters, digits, dots, hyphens, underscores, and .json at the end")
    if path.is_dir() or not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise WrongUsage(f"{path}: no file can be written there")
    beside = (path.with_name(path.stem + end) for end in (_RAW_END, f"{_RAW_END}.part", ".telemetry.csv"))
    for there in (path, *beside, *path.parent.glob(f"{path.stem}.series-*.txt")):
        if not arguments.force and not _is_own(path, arguments) and os.path.lexists(there):
            goes_on = f"--resume {there} goes on with that run; " if there == _part(path) else ""
            raise WrongUsage(f"{there} is there already; {goes_on}--force writes over it")
    return path


def _own_report(arguments: argparse.Namespace) -> Path | None:
    """Return the report of the run that is taken up: beside its raw file, and named as that is."""
    raw: Path | None = arguments.resume
    return None if raw is None else raw.with_name(raw.name.split(_RAW_END)[0] + ".json")


def _is_own(path: Path, arguments: argparse.Namespace) -> bool:
    """Whether a path is that of the report which the run that is taken up writes anyway."""
    own = _own_report(arguments)
    return own is not None and (own.parent.resolve(), own.name) == (path.parent.resolve(), path.name)


def _part(output: Path) -> Path:
    """Return where a run is kept while it lasts."""
    return output.with_name(f"{output.stem}{_RAW_END}.part")


def _raw_file(path: Path) -> Journal:
    try:
        return read_journal(path.read_bytes(), str(path))
    except OSError as error:
        fault = Fault(where="the file", got=error.strerror or str(error), need="a raw file of harness bench")
        raise UnreadableInput(str(path), (fault,)) from None


def _prepared(arguments: argparse.Namespace, done: Journal | None, chip: str | None) -> Run:
    """Return the run, fresh or taken up where another ended."""
    clock = HostClock()
    began = clock.now()
    if done is None:
        devices = _opened(arguments.devices)
        plan, seed = shortened(_plan(arguments), clock.now() - began), seed_for(arguments.challenge)
        header = header_for(devices, plan, seed, clock, chip)
    else:
        devices = _opened([unit.unit_id.removeprefix("gpu-").removesuffix("-0") for unit in done.header.units])
        header, plan, seed = taken_up(done, devices), _plan_of(done), seed_of(done.header)
    return Run(
        header=header,
        devices=devices,
        plan=plan,
        seed=seed,
        clock=clock,
        watch=ThreadWatch(clock, plan.telemetry_period_s),
        done=() if done is None else done.lines,
    )


def _opened(words: Sequence[str]) -> tuple[Device, ...]:
    return tuple(one.opened() for one in chosen(words, accelerators(), hardware_seen()))


def _plan(arguments: argparse.Namespace) -> Plan:
    if arguments.soak is not None:
        return replace(SOAK, limit_s=arguments.soak)
    return PLANS[arguments.plan or "standard"]


def _plan_of(done: Journal) -> Plan:
    return replace(PLANS[done.header.plan], limit_s=float(done.header.limit_s))


@dataclass(slots=True)
class _Asked:
    stop: bool = False


@contextmanager
def _stopping() -> Iterator[_Asked]:
    """Ctrl-C ends the run after the sample that runs; a second one in it, as soon as the call that runs returns.

    A terminal that goes away asks for the end too; nohup, which keeps that from a program, does so here as well.
    """
    asked = _Asked()

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature of a handler.
        if asked.stop and number != _HANG_UP:
            raise KeyboardInterrupt
        asked.stop = True
        # It may have come in the middle of another line.
        with suppress(RuntimeError):
            say("ending after this sample; once more ends without waiting for it, when the call that runs returns")

    wanted = [signal.SIGINT, signal.SIGTERM]
    if _HANG_UP is not None and signal.getsignal(_HANG_UP) is not signal.SIG_IGN:
        wanted.append(_HANG_UP)
    before = {number: signal.signal(number, stop) for number in wanted}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Kept:
    """The lines of a run, in memory and in a file beside the report that another sitting can go on from."""

    def __init__(self, path: Path, lines: list[RawLine]) -> None:
        self.path, self.lines = path, lines
        data = b"".join(map(as_line, lines))
        # A run that is taken up again may stand in the very file: it is written whole before it gives way.
        write_whole(path, data, force=True)
        self.size = len(data)

    def keep(self, line: RawLine) -> None:
        """Keep one line, whole.

        Raises:
            UnreadableInput: It cannot be written; the lines before it stay, and no half line after them.
        """
        self.lines.append(line)
        data = as_line(line)
        try:
            with self.path.open("ab") as file:
                file.write(data)
            self.size += len(data)
        except OSError as error:
            with suppress(OSError):
                os.truncate(self.path, self.size)
            need = f"room for the raw file; next: make room, then harness bench --resume {self.path.name}"
            fault = Fault(where="the file", got=error.strerror or str(error), need=need)
            raise UnreadableInput(str(self.path), (fault,)) from None

    def done(self) -> None:
        """Take the file away: the report's own raw file holds the same."""
        self.path.unlink(missing_ok=True)


def _watched(run: Run, kept: Kept, progress: BenchProgress) -> None:
    """Run, keep every line the moment it is there, and show what goes on."""
    with suppress(KeyboardInterrupt):
        for event in run.events():
            if isinstance(event, Recorded):
                kept.keep(event.line)
            progress.show(event)
    progress.clear()


def _write(made: Composed, output: Path, *, force: bool) -> None:
    """Write what the report names, then the report: a report is never without its files."""
    for name, data in made.files:
        write_whole(output.parent / name, data, force=force)
    write_whole(output, made.as_json(), force=force)


def _told(lines: list[RawLine], made: Composed, output: Path) -> Exit:
    report, end = made.report, journal_of(lines).end
    say(f"{len(report.measurements):,} measurements and {len(report.observations):,} observations in {output}")
    if end is None or end.why == "interrupted":
        say(f"the report is partial and says so; harness bench --resume {output.stem}{_RAW_END} goes on")
        return Exit.INTERRUPTED
    if end.why == "device-lost":
        say("the report is partial and says so")
        return Exit.UNDECIDED
    say(f"next: harness verify {output}")
    return Exit.PASS

"""Everything that a machine with an accelerator is asked, in one command, within so many minutes.

    python3 benchmarks/on_accelerator.py OUT                  nine minutes at most
    python3 benchmarks/on_accelerator.py OUT --minutes 30     a standard run as well

In this order, the most telling first: two quick runs, their comparison and their verdict; the bench against other
methods (bench_gpu.py); the tests that need an accelerator; a standard run where there is time for it. What each printed
goes to OUT/session.log and to the terminal; the reports lie in OUT with their raw files. A failed step ends no other.
"""

import argparse
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tabulate import tabulate

ROOT = Path(__file__).resolve().parent.parent
_STANDARD_S = 16 * 60
_LOOK = "look at it"
_HARNESS = (sys.executable, "-m", "harness")


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One command, the seconds and the file without which it is not begun, and the exit codes that are answers."""

    name: str
    command: tuple[str, ...]
    least_s: float
    answers: frozenset[int] = frozenset({0})
    needs: str | None = None
    # A word without which it did not do what it is for.
    prints: str = ""


def steps(out: Path, device: str) -> tuple[Step, ...]:
    """Return the steps in order."""
    first, second, standard = (str(out / f"{name}.json") for name in ("quick-1", "quick-2", "standard"))
    measure = (*_HARNESS, "bench", "--force", "--devices", device)
    # An honest report of a bench alone has no declaration, so its verdict is open: 3.
    judged = frozenset({0, 1, 3})
    return (
        Step(name="devices", command=(*_HARNESS, "bench", "--list"), least_s=20),
        Step(name="quick run", command=(*measure, "--quick", "-o", first), least_s=75),
        Step(name="verdict", command=(*_HARNESS, "verify", first), least_s=10, answers=judged, needs=first),
        Step(name="replay", command=(*_HARNESS, "bench", "--replay", first), least_s=10, needs=first),
        Step(name="quick run again", command=(*measure, "--quick", "-o", second), least_s=75),
        Step(
            name="two runs agree",
            command=(*_HARNESS, "bench", "--compare", first, second),
            least_s=10,
            answers=frozenset({0, 1}),
            needs=second,
        ),
        Step(name="side by side", command=(sys.executable, "benchmarks/bench_gpu.py", "--device", device), least_s=180),
        Step(
            name="tests",
            command=(sys.executable, "-m", "pytest", "-m", "gpu", "-n", "0", "-rs", "tests/test_bench_gpu_real.py"),
            least_s=60,
            # Where all are skipped the exit code is 0 as well.
            prints=" passed",
        ),
        Step(name="standard run", command=(*measure, "--standard", "-o", standard), least_s=_STANDARD_S),
    )


def done(step: Step, left_s: float, log: IO[str]) -> tuple[str, float, str]:
    """Run a step and return its name, its seconds, and how it ended; what it prints goes to the log as well."""
    log.write(f"\n==== {step.name}: {' '.join(step.command)}\n")
    if left_s < step.least_s:
        return step.name, 0.0, f"not begun: {left_s:.0f} s left, {step.least_s:.0f} wanted"
    if step.needs is not None and not Path(step.needs).is_file():
        return step.name, 0.0, f"not begun: there is no {Path(step.needs).name}"
    began = time.monotonic()
    # The package need not be installed: it is the one beside this file.
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    try:
        ended = subprocess.run(
            step.command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=left_s,
            cwd=ROOT,
            env=environment,
            check=False,
        )
        printed, said = ended.stdout, f"exit code {ended.returncode}"
        answered = ended.returncode in step.answers and step.prints in printed
        said += "" if answered else f": {_LOOK}"
    except subprocess.TimeoutExpired as error:
        printed = error.stdout.decode(errors="replace") if isinstance(error.stdout, bytes) else error.stdout or ""
        said = f"cut off after {left_s:.0f} s: {_LOOK}"
    log.write(printed)
    log.flush()
    print(f"==== {step.name}: {said}\n{printed[-4000:]}", flush=True)
    return step.name, time.monotonic() - began, said


def main() -> None:
    """Run every step for which there is time, and print how each ended."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("--minutes", type=float, default=9.0)
    parser.add_argument("--device", default="0")
    arguments = parser.parse_args()
    out = arguments.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + 60 * arguments.minutes
    with (out / "session.log").open("w", encoding="utf-8") as log:
        rows = [done(step, until - time.monotonic(), log) for step in steps(out, arguments.device)]
        table = tabulate([(name, f"{took_s:.1f}", said) for name, took_s, said in rows], ("step", "seconds", "ended"))
        log.write(f"\n{table}\n")
    print(table)
    if any(_LOOK in said for _, _, said in rows):
        sys.exit(1)


if __name__ == "__main__":
    main()

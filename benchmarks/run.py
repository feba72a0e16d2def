"""Measured claims, as ratios side by side in one run. Absolute times on shared machines mean little; ratios hold.

    python3 benchmarks/run.py            all of it, about a minute
    python3 benchmarks/run.py --quick    fewer rounds

Every case runs in its own process (or, for throughput, in one), rounds interleave the cases, and medians are compared.
"""

import argparse
import compileall
import json
import statistics
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable
from pathlib import Path

from tabulate import tabulate

import harness
from harness.codec.law_files import read_law

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "lab_reports" / "h200-sxm.json"


def whole_process(commands: dict[str, list[str]], rounds: int) -> dict[str, float]:
    """Return the median seconds of each command, interleaved; the first round warms up and does not count."""
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for n in range(rounds + 1):
        for name, command in commands.items():
            start = time.perf_counter()
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True, cwd=ROOT / "lab_reports")
            if n:
                seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(found) for name, found in seconds.items()}


def throughput(cases: dict[str, Callable[[], object]], rounds: int, calls: int) -> dict[str, float]:
    """Return the median calls per second of each function, interleaved."""
    rates: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(rounds):
        for name, call in cases.items():
            start = time.perf_counter()
            for _ in range(calls):
                call()
            rates[name].append(calls / (time.perf_counter() - start))
    return {name: statistics.median(found) for name, found in rates.items()}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--quick", action="store_true", help="fewer rounds")
    quick = arguments.parse_args().quick
    # Byte-code is part of an installation; without it every start costs twice as much, for every program.
    compileall.compile_dir(Path(harness.__file__).parent, quiet=2)
    python = sys.executable
    # The command as it was installed beside this interpreter; from a folder that holds no other harness.
    command = str(Path(sysconfig.get_path("scripts")) / "harness")
    process = whole_process(
        {
            "import": [python, "-c", "from pydantic import BaseModel"],
            "verify": [command, "verify", str(REPORT)],
            "json": [command, "verify", str(REPORT), "--format", "json"],
            "help": [command, "--help"],
        },
        11 if quick else 21,
    )
    data, law = REPORT.read_bytes(), read_law()
    rate = throughput(
        {"verify": lambda: harness.verify(data, law=law), "json.loads": lambda: json.loads(data)},
        3 if quick else 9,
        40,
    )
    base = process["import"]
    rows = [
        ["harness verify h200-sxm.json, whole process", "python -c 'from pydantic import BaseModel'",
         f"{process['verify'] / base:.2f}", "at most 2.50"],
        ["the same with --format json", "the same", f"{process['json'] / base:.2f}", ""],
        ["harness --help, whole process", "the same", f"{process['help'] / base:.2f}", ""],
        ["harness.verify, reports per second in one process", "json.loads alone on the same bytes",
         f"1 / {rate['json.loads'] / rate['verify']:.0f}", ""],
    ]  # fmt: skip
    print(tabulate(rows, ["what", "against", "ratio", "promised"], tablefmt="simple", disable_numparse=True))


if __name__ == "__main__":
    main()

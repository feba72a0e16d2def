"""Measured claims, as ratios side by side in one run. Absolute times on shared machines mean little; ratios hold.

    python3 benchmarks/run.py            all of it, about a minute
    python3 benchmarks/run.py --quick    fewer rounds

Every case runs in its own process (or, for throughput, in one), rounds interleave the cases, and medians are compared.
"""

import argparse
import compileall
import json
import random
import statistics
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
from tabulate import tabulate

import harness
from harness.codec.buildable_file import read_limits
from harness.codec.law_files import read_assumptions, read_law
from harness.codec.subjects import subjects
from harness.decide.classifier import Classifier
from harness.decide.lenses import clock_readings
from harness.impact.buildable import known_chips, limits_of
from harness.impact.flips import Comparison
from harness.impact.moments import LawSide
from harness.impact.space import Known, merged_days, regions
from harness.model.quantity import exactly
from harness.policy.box import Box
from harness.policy.cells import Question
from harness.policy.columns import over_columns
from harness.policy.law import Law
from harness.policy.table import Table
from harness.policy.timeline import constants

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


def throughput(
    cases: dict[str, Callable[[], object]], rounds: int, calls: int, each: dict[str, int] | None = None
) -> dict[str, float]:
    """Return the median calls per second of each function, interleaved; `each` counts what one call does."""
    rates: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(rounds):
        for name, call in cases.items():
            start = time.perf_counter()
            for _ in range(calls):
                call()
            rates[name].append(calls * (each or {}).get(name, 1) / (time.perf_counter() - start))
    return {name: statistics.median(found) for name, found in rates.items()}


READ_LAW = """
import time
start = time.perf_counter()
from pydantic import BaseModel
pydantic = time.perf_counter() - start
import harness
from harness.codec.buildable_file import read_limits
from harness.codec.law_files import read_assumptions, read_law
from harness.codec.subjects import subjects
start = time.perf_counter()
read_law()
print((time.perf_counter() - start) / pydantic)
"""


def law_load(rounds: int) -> float:
    """Return the median time of reading the law over that of importing pydantic, both in the same fresh process."""
    found = [subprocess.run([sys.executable, "-c", READ_LAW], capture_output=True, check=True) for _ in range(rounds)]
    return statistics.median(float(done.stdout) for done in found)


# --- Decisions: every lens that reads figures, for exact figures of one chip ------------------------------------------

DAY = date(2026, 8, 20)
LENSES = ("classification", "licence-requirement", "review-policy", "tariff")
Chip = dict[str, Decimal]


def questions(law: Law) -> dict[str, Question]:
    """Return what the law of a day asks by each lens."""
    found = {}
    for lens in LENSES:
        (reading,) = clock_readings(law, lens, dict.fromkeys(("test", "application", "export", "entry"), DAY))
        order = tuple(answer.id for answer in law.lenses[lens].answers)
        found[lens] = Question(reading.texts, reading.referred, order)
    return found


def classifier(law: Law) -> Classifier:
    """Return the law under what is assumed of a data-center chip to China, of a maker to whom no letter is known."""
    return harness.classifier(
        as_of=DAY, given={"marketing": "data-center"}, manufacturer="Qualcomm", product="other", law=law
    )


def by_hand(law: Law) -> Callable[[Chip], tuple[str, str, str, str]]:
    """Return the comparisons of these lenses under these facts, written out: as fast as plain Python gets."""

    def constant(name: str) -> Decimal:
        (found,) = {param.value for key, param in constants(law).items() if key.endswith(f"#{name}")}
        return found

    a1, a2, b1, b2 = (constant(f"{row}.tpp") for row in ("a1", "a2", "b1", "b2"))
    dense, dense_b1, dense_b2 = (constant(f"{row}.density") for row in ("a2", "b1", "b2"))
    gate_tpp, gate_bandwidth = constant("gate.tpp"), constant("gate.dram_bw")
    windows = tuple(
        tuple(constant(f"{w}.{end}") for end in ("tpp_floor", "tpp_ceiling", "dram_bw_floor", "dram_bw_ceiling"))
        for w in ("w1", "w2")
    )

    def decide(chip: Chip) -> tuple[str, str, str, str]:
        tpp, area, bandwidth = chip["tpp"], chip["applicable_die_area_mm2"], chip["total_dram_bandwidth"]
        if tpp >= a1:
            paragraph = "3A090.a.1"
        elif tpp >= a2 and tpp >= dense * area:
            paragraph = "3A090.a.2"
        elif tpp >= b1 and tpp >= dense_b1 * area:
            paragraph = "3A090.b.1"
        elif tpp >= b2 and tpp >= dense_b2 * area:
            paragraph = "3A090.b.2"
        else:
            paragraph = "none"
        if paragraph == "none":
            policy = "not-required"
            requirement = "none"
        else:
            requirement = "ccl" if paragraph.startswith("3A090.a") else "exception-nac"
            below = tpp < gate_tpp and bandwidth < gate_bandwidth
            policy = "case-by-case" if below else "presumption-of-denial"
        for low, high, slow, fast in windows:
            if low < tpp < high and slow < bandwidth < fast:
                return paragraph, requirement, policy, "25-percent"
        return paragraph, requirement, policy, "none"

    return decide


def chips(count: int) -> list[Chip]:
    """Return exact figures all over the range that the law speaks of."""
    draw = random.Random(1)

    def some(most: int) -> Decimal:
        return Decimal(draw.randrange(1, most * 1000)) / 1000

    return [
        {"tpp": some(25000), "applicable_die_area_mm2": 100 + some(1600), "total_dram_bandwidth": some(8000)}
        for _ in range(count)
    ]


def decisions(law: Law, rounds: int) -> dict[str, float]:
    """Return decisions per second by the table, by plain Python, and by the engine's lazy path."""
    asked, some, plain = questions(law), chips(20_000), by_hand(law)
    table = classifier(law)

    def lazy(chip: Chip) -> dict[str, frozenset[str]]:
        box = Box(figures={name: exactly(value) for name, value in chip.items()}, facts=table.facts)
        found = {name: question.possible(box) for name, question in asked.items()}
        return {
            name: frozenset(answer or law.lenses[name].default for answer in answers) for name, answers in found.items()
        }

    for chip in some[:1000]:
        answers = {lens: frozenset({answer}) for lens, answer in zip(LENSES, plain(chip), strict=True)}
        assert table.answers(chip) == lazy(chip) == answers, chip
    few = some[:200]
    cases: dict[str, Callable[[], object]] = {
        "table": lambda: [table.answers(chip) for chip in some],
        "plain": lambda: [plain(chip) for chip in some],
        "lazy": lambda: [lazy(chip) for chip in few],
    }
    return throughput(cases, rounds, 1, {"table": len(some), "plain": len(some), "lazy": len(few)})


def columns(law: Law, rounds: int) -> dict[str, float]:
    """Return rows per second by the table over columns, and by numpy adding up the same columns."""
    asked = questions(law)
    table, draw = Table(asked, classifier(law).facts), np.random.default_rng(1)
    rows = 500_000
    given = {
        "tpp": np.round(draw.random(rows) * 25000, 1),
        "applicable_die_area_mm2": np.round(100 + draw.random(rows) * 1600, 1),
        "total_dram_bandwidth": np.round(draw.random(rows) * 8000),
    }
    cases: dict[str, Callable[[], object]] = {
        "columns": lambda: over_columns(table, given),
        "numpy": lambda: sum(column.sum() for column in given.values()),
    }
    return throughput(cases, rounds, 1, dict.fromkeys(cases, rows))


def law_difference(law: Law, rounds: int) -> float:
    """Return the median seconds of the complete difference of two full laws, with a chip in each of its regions."""
    old, new = (LawSide(name=str(day), law=law, day=day) for day in (date(2022, 10, 20), DAY))
    asked = Comparison(old=old, new=new, lenses=LENSES, assumptions=read_assumptions())
    known = Known(chips=known_chips(subjects("chip"), law.names), limits=limits_of(read_limits()))
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        assert merged_days(regions(asked, asked.moments(), known))
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


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
    decided = decisions(law, 5 if quick else 15)
    swept = columns(law, 5 if quick else 15)
    difference = law_difference(law, 3 if quick else 9)
    base = process["import"]
    rows = [
        ["harness verify h200-sxm.json, whole process", "python -c 'from pydantic import BaseModel'",
         f"{process['verify'] / base:.2f}", "at most 2.50"],
        ["the same with --format json", "the same", f"{process['json'] / base:.2f}", ""],
        ["harness --help, whole process", "the same", f"{process['help'] / base:.2f}", ""],
        ["harness.verify, reports per second in one process", "json.loads alone on the same bytes",
         f"1 / {rate['json.loads'] / rate['verify']:.0f}", ""],
        ["reading the law in a fresh process", "importing pydantic in it", f"{law_load(7 if quick else 15):.2f}", ""],
        ["table, decisions per second: four lenses, exact figures", "comparisons written out in Python",
         f"1 / {decided['plain'] / decided['table']:.1f}", ""],
        ["the same", "the engine without the table", f"{decided['table'] / decided['lazy']:.0f}", "at least 10"],
        ["table over columns, rows per second: the same lenses", "numpy adding up the same columns",
         f"1 / {swept['numpy'] / swept['columns']:.0f}", ""],
        ["the whole space of two full laws, four lenses, seconds on this machine, now", "", f"{difference:.2f}",
         "at most 1"],
        ["table, decisions per second on this machine, now", "", f"{decided['table']:,.0f}", "at least 100,000"],
    ]  # fmt: skip
    print(tabulate(rows, ["what", "against", "ratio", "promised"], tablefmt="simple", disable_numparse=True))


if __name__ == "__main__":
    main()

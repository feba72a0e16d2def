"""Fixtures: foreign data that users do not have, the sample reports, and verdicts on changed copies of them."""

import copy
import json
import os
import re
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

import harness
from harness.model.verdict import Verdict

ROOT = Path(__file__).resolve().parent.parent
REPORTS = ROOT / "lab_reports"

# Tests start commands by the hundred. Where an environment keeps Python from storing what it compiled, each of them
# would compile the package anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A deadline measures the machine, not the promise.
settings.register_profile("no-deadline", deadline=None)
settings.load_profile("no-deadline")


def spread(cases: Iterable[Any], fast: int, *, several: bool = False) -> list[Any]:
    """Return every case, of which so many, evenly spread, run in the fast suite, and the others where all is run.

    Args:
        cases: The cases, in order.
        fast: How many the fast suite runs.
        several: Whether a case holds a value for each of several names.
    """
    every = list(cases)
    chosen = {n * len(every) // fast for n in range(fast)}
    rest = [pytest.param(*(case if several else [case]), marks=pytest.mark.slow) for case in every]
    return [case if n in chosen else rest[n] for n, case in enumerate(every)]


# What lies beside a signed report is none, and a dossier is none.
STORED = [
    file
    for file in sorted(REPORTS.rglob("*.json"))
    if (file.parent.name != "signed" or file.name.startswith("report")) and "dossiers" not in file.parts
]
Change = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of foreign test suites and data, where it is there."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the folder of foreign suites is not here")
    return folder


def h200_alone() -> bytes:
    """Return the complete sample report as it stands by itself, without the dossier that it names."""
    text = (REPORTS / "h200-sxm.json").read_text(encoding="utf-8")
    return re.sub(r'  "dossier": \{.*?\},\n', "", text, count=1, flags=re.DOTALL).encode()


@pytest.fixture(scope="session")
def h200_text() -> str:
    return h200_alone().decode()


@pytest.fixture
def h200(h200_text: str) -> dict[str, Any]:
    """A fresh copy of the complete sample report."""
    return json.loads(h200_text)


@pytest.fixture
def judged(h200_text: str) -> Callable[..., Verdict]:
    """Judge the complete sample report after one change to it."""

    def judge(change: Change | None = None, as_of: date | None = None) -> Verdict:
        report = json.loads(h200_text)
        if change is not None:
            change(report)
        return harness.verify(json.dumps(report).encode(), as_of=as_of)

    return judge


def codes(verdict: Verdict) -> set[str]:
    """Return the codes of a verdict's findings."""
    return {finding.code for finding in verdict.findings}


def put(path: str, value: object) -> Change:
    """Return a change that puts a value at a dotted path."""

    def change(report: dict[str, Any]) -> None:
        *steps, last = (int(step) if step.isdigit() else step for step in path.split("."))
        node: Any = report
        for step in steps:
            node = node[step]
        node[last] = value

    return change


def both(*changes: Change) -> Change:
    """Return all the changes as one."""

    def change(report: dict[str, Any]) -> None:
        for one in changes:
            one(report)

    return change


def add(measurement: dict[str, Any]) -> Change:
    """Return a change that adds a measurement beside those that confirm the declaration."""

    def change(report: dict[str, Any]) -> None:
        base = copy.deepcopy(report["measurements"][2])
        report["measurements"].append({**base, **measurement})

    return change

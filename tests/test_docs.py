"""The README and the pages say what is true: console blocks are run, links lead somewhere, lists are complete."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from commands import command, started
from conftest import ROOT

from harness.cli.__main__ import _COMMANDS
from harness.codec import packaged
from harness.model.catalogue import CATALOGUE
from harness.model.measured_catalogue import MEASURED_CATALOGUE
from harness.model.trust_root_catalogue import TRUST_ROOT_CATALOGUE

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(kind: str) -> list[tuple[str, str]]:
    found = []
    for page in PAGES:
        for text in re.findall(rf"^```{kind}\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
            found.append((page.name, text))
    return found


CONSOLE = blocks("console")
# The first block of each command is a process, as whoever types it has one; the others need not start anew.
FIRST = list({block.split()[2]: block for _, block in reversed(CONSOLE)}.values())


@pytest.mark.parametrize(("page", "block"), CONSOLE)
def test_console_blocks_show_what_the_commands_print(page: str, block: str):
    typed, _, printed = block.partition("\n")
    assert typed.startswith("$ harness ")
    assert printed.strip(), "a block without output shows nothing"
    done = (started if block in FIRST else command)(*shlex.split(typed)[2:])
    assert (done.stdout + done.stderr).rstrip() == printed.rstrip()


@pytest.mark.parametrize(("page", "block"), blocks("python"))
def test_python_blocks_run(page: str, block: str, monkeypatch: pytest.MonkeyPatch):
    if page != "README.md":
        # What stands in the first one is a program of its own; the others need not start anew.
        monkeypatch.chdir(ROOT)
        exec(compile(block, page, "exec"), {"__name__": "__main__"})
        return
    done = subprocess.run(
        [sys.executable, "-c", block], cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("page", "block"), blocks("json"))
def test_json_blocks_are_json(page: str, block: str):
    json.loads(block)


def test_commands_in_shell_blocks_are_commands_of_the_harness():
    lines = [line for _, block in blocks("sh") for line in block.splitlines() if line.startswith("harness ")]
    assert lines
    for line in lines:
        assert line.split()[1] in _COMMANDS


def test_the_two_commands_of_the_readme_stand_in_it():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "python3 -m pip install . && harness verify lab_reports/h200-sxm.json" in text
    assert 'python3 -m pip install ".[test]" && python3 -m pytest' in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_files_named_are_there(page: Path):
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (page.parent / target).exists(), target
    for target in re.findall(r"`((?:lab_reports|specs|docs|harness)/[\w./-]*)`", text):
        assert (ROOT / target).exists(), target


def test_every_finding_and_every_law_file_has_its_line():
    findings = (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")
    for code, entry in CATALOGUE.items():
        assert f"| `{code}` | {entry.effect} | {entry.meaning} | {entry.remedy} |" in findings
    plausible = (ROOT / "docs" / "plausible.md").read_text(encoding="utf-8")
    for code, measured in MEASURED_CATALOGUE.items():
        assert f"| `{code}` | {measured.status} | {measured.meaning} |" in plausible
    trust = (ROOT / "docs" / "trust.md").read_text(encoding="utf-8")
    for code, refusal in TRUST_ROOT_CATALOGUE.items():
        assert f"| `{code}` | {refusal.meaning} | {refusal.remedy} |" in trust
    law = (ROOT / "docs" / "law.md").read_text(encoding="utf-8")
    for path in packaged.INSTRUMENTS.glob("*.toml"):
        assert path.name in law

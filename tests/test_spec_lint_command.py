"""harness lint specs as users type it: kinds of file, exit codes, text and JSON."""

import json
import re
from functools import partial
from pathlib import Path

from commands import command, started
from conftest import ROOT

H200 = "nvidia-h200-sxm5-141gb"
SYSTEM = """
schema = "system-spec/1"
id = "box"
manufacturer = "NVIDIA"
name = "Box"
kind = "server"
contains = [
  { chip = "nvidia-h200-sxm5-141gb", count = 4 },
  { chip = "nvidia-h200-sxm5-141gb", count = 4 },
  { chip = "no-such", count = 1 },
]
sources = [{ id = "primary", reference = "https://example.org/box", read_on = 2026-11-23 }]
"""
STACK = """
schema = "memory-spec/1"
id = "stack"
manufacturer = "Maker"
name = "Stack"
bandwidth = { value = 819200, unit = "GB/s", source = "primary", grade = "datasheet" }
area = { value = 121, unit = "mm2", source = "primary", grade = "secondary" }
sources = [{ id = "primary", reference = "https://example.org/stack", read_on = 2026-11-23 }]
"""


lint = partial(command, "lint", "specs")


def test_systems_and_memory_stacks_are_told_by_their_schema_line(tmp_path: Path):
    (tmp_path / "box.toml").write_text(SYSTEM)
    (tmp_path / "stack.toml").write_text(STACK)
    (tmp_path / "odd.toml").write_text('schema = "chip-spec/9"\n')
    (tmp_path / "torn.toml").write_text("schema = \n")
    done = lint(str(tmp_path / "box.toml"), str(tmp_path / "stack.toml"), "--json")
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert [(one["spec"], one["code"]) for one in found["findings"]] == [
        ("box", "spec-chip-twice"), ("box", "spec-chip-unknown"), ("stack", "spec-memory-density"),
    ]  # fmt: skip
    for name, words in (("odd", "one of chip-spec/1, system-spec/1, memory-spec/1"), ("torn", "TOML 1.0")):
        done = lint(str(tmp_path / f"{name}.toml"))
        assert done.returncode == 2
        assert words in done.stderr


def test_exit_codes_and_what_is_printed(tmp_path: Path):
    text = (ROOT / "specs" / f"{H200}.toml").read_text()
    slipped = tmp_path / f"{H200}.toml"
    slipped.write_text(text.replace("value = 4800\n", "value = 4800000\n"))
    done = started("lint", "specs")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"specs: 0 errors, \d+ warnings, [\d,]+ notes; --notes prints the notes\n$", done.stdout)
    done = lint(str(slipped))
    assert done.returncode == 1
    for words in ("error  spec-bandwidth-not-bus", "got   4800000 GB/s", "need  about 4917",
                  "perhaps 1000 times too high: MB/s given as GB/s?", "next  Correct the bandwidth"):  # fmt: skip
        assert words in done.stdout
    assert lint("-", input=text).returncode == 0
    assert lint("-", "-", input=text).returncode == 2
    assert lint(str(slipped), str(tmp_path / "nothing.toml")).returncode == 2
    assert "examples:" in lint("--help").stdout
    assert "note  spec-source-unread" in lint("--notes", f"specs/{H200}.toml").stdout


def test_json_holds_every_finding_with_its_slip(tmp_path: Path):
    text = (ROOT / "specs" / f"{H200}.toml").read_text()
    path = tmp_path / f"{H200}.toml"
    path.write_text(text.replace("value = 989.4\n", "value = 989400\n", 1))
    found = json.loads(lint(str(path), "missing.toml", "--format", "json").stdout)
    assert (found["schema"], found["specs"], len(found["unreadable"])) == ("spec-lint/1", 1, 1)
    assert found["unreadable"][0]["schema"] == "refusal/1"
    one = next(one for one in found["findings"] if one["code"] == "spec-rate-above-physics")
    assert one["where"] == "rates[2].value"
    assert one["likeliest"] == {"factor": "1000", "direction": "too high", "cause": "GFLOP/s given as TFLOP/s"}
    assert one["severity"] == "error"


def test_nothing_a_file_says_reaches_the_terminal_as_a_command(tmp_path: Path):
    path = tmp_path / "a\x1b[31mb.toml"
    path.write_text((ROOT / "specs" / f"{H200}.toml").read_text().replace('name = "H200 SXM5', 'name = "\u202eH200'))
    found = json.loads(lint(str(path), str(path) + "x", "--json").stdout)
    assert "\\x1b" in found["findings"][0]["file"]
    assert "\\x1b" in found["unreadable"][0]["source"]
    printed = lint(str(path), str(path) + "x", "--notes")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", printed.stdout + printed.stderr)

"""Commands as users type them: what they print, where, and with which exit code."""

import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from commands import COMMAND, command, started
from conftest import REPORTS, ROOT, spread

H200 = str(REPORTS / "h200-sxm.json")


@pytest.mark.parametrize(
    "words",
    [["verify", H200], ["verify", H200, "nothing-here", "--format", "json"], ["verify", "-"], ["verify", ""],
     ["explain", "gate.tp"], ["frobnicate"], ["--help"]],
    ids=" ".join,
)  # fmt: skip
def test_a_process_and_a_command_in_this_one_answer_the_same(words: list[str], monkeypatch: pytest.MonkeyPatch):
    """What the other tests of commands rest on."""
    monkeypatch.setenv("COLUMNS", "80")
    apart, here = started(*words, input="{"), command(*words, input="{")
    assert (here.returncode, here.stdout, here.stderr) == (apart.returncode, apart.stdout, apart.stderr)


@pytest.mark.parametrize(
    ("name", "code"), [("h200-sxm", 0), ("b200-above-gate", 1), ("h200-no-transaction", 3), ("nothing-here", 2)]
)
def test_exit_codes(name: str, code: int):
    done = started("verify", str(REPORTS / f"{name}.json"))
    assert done.returncode == code
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (["h200-sxm", "h200-no-transaction"], 3), (["h200-no-transaction", "b200-above-gate"], 1),
        (["b200-above-gate", "nothing-here", "h200-no-transaction"], 2), (["h200-sxm", "h200-sxm"], 0),
    ],
)  # fmt: skip
def test_the_gravest_of_several_counts(names: list[str], code: int):
    assert command("verify", *(str(REPORTS / f"{name}.json") for name in names)).returncode == code


def test_the_main_job_prints_lenses_criteria_margins_citations_and_one_closing_line():
    done = started("verify", H200)
    assert done.returncode == 0
    for words in ("case-by-case", "below 21000 TPP", "+5168 TPP", "15 CFR 742.6(b)(10)(iii)(A)(1)", "25-percent"):
        assert words in done.stdout
    assert done.stdout.splitlines()[-1].startswith("PASS  SAMPLE-H200-2026-0001")
    assert done.stderr == ""


def test_json_prints_one_object_for_one_report_and_a_list_for_several():
    one = json.loads(started("verify", H200, "--format", "json").stdout)
    assert (one["schema"], one["outcome"]) == ("verdict/1", "pass")
    done = command("verify", H200, "no-such-file", H200, "--format", "json")
    several = json.loads(done.stdout)
    assert [item["schema"] for item in several] == ["verdict/1", "refusal/1", "verdict/1"]
    assert several[0] == one
    assert done.returncode == 2
    assert "no-such-file" in done.stderr


def test_json_holds_what_was_promised():
    verdict = json.loads(command("verify", H200, "--format", "json").stdout)
    assert {"outcome", "score", "dates", "lenses", "figures", "findings", "assurance", "receipt"} <= set(verdict)
    lens = verdict["lenses"]["review-policy"]
    assert {"basis", "informs", "outcome", "answer", "certain", "possible", "reasons"} <= set(lens)
    assert {"criterion", "got", "need", "unit", "margin", "cite"} <= set(lens["reasons"][0])
    assert set(verdict["figures"]) == {
        "tpp", "performance_density", "total_dram_bandwidth", "interconnect_bandwidth", "copackaged_dram_capacity",
        "peak_power_at_max_tpp",
    }  # fmt: skip
    for figure in verdict["figures"].values():
        assert {"unit", "declared", "derived", "measured", "used"} <= set(figure)


def test_markdown_cannot_be_broken_by_what_a_report_says(tmp_path: Path, h200: dict[str, Any]):
    h200["report_id"] = "x | **bold** <script> [link](y)"
    (tmp_path / "r.json").write_text(json.dumps(h200))
    text = command("verify", str(tmp_path / "r.json"), "--format", "markdown").stdout
    assert text.startswith("# PASS: x \\| \\*\\*bold\\*\\* \\<script\\>")
    assert "<script>" not in text.replace("\\<script\\>", "")


def test_standard_input_is_a_report_once(h200_text: str):
    assert started("verify", "-", input=h200_text).returncode == 0
    assert command("verify", "-", "-", input=h200_text).returncode == 2


@pytest.mark.parametrize(
    "arguments",
    [["--lens", "capability", H200], [H200, "--lens", "capability"], [H200, "--lens", "capability,tariff"],
     [H200, "--lens", "tariff", "capability"], ["--lens", "capability", "--", H200]],
)  # fmt: skip
def test_lenses_can_be_asked_in_any_place(arguments: list[str]):
    done = command("verify", *arguments)
    assert done.returncode == 0, done.stderr
    assert "capability pass" in done.stdout
    assert "military-use" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["verify"], "no report named"),
        (["verify", H200, "--lens", "levy"], "no lens 'levy'"),
        (["verify", H200, "--as-of", "2026-13-01"], "need a day as YYYY-MM-DD"),
        (["verify", H200, "--as-of", "2026-W03-4"], "need a day as YYYY-MM-DD"),
        (["verify", H200, "--as-of", "20260115"], "need a day as YYYY-MM-DD"),
        (["verify", H200, "--format", "yaml"], "invalid choice"),
        (["verify", str(ROOT)], "directory"),
        (["verify", ""], "can be read"),
        (["verify", "/dev/null"], "a JSON document"),
        (["explain", "gate.tp"], "did you mean gate.tpp"),
        (["new", "lab-report", "--chip", "h20"], "SAMPLE"),
        (["new", "lab-report", "--chip", "nvidia-h20"], "did you mean nvidia-h20"),
        (["new", "lab-report", "--chip", "H2000"], "nvidia-h200-sxm5-141gb"),
        (["new", "lab-report", "--chip", "zzz"], "harness chips lists what there is"),
        (["schema", "lab-reprot"], "invalid choice"),
        (["schema", "lab-report", "--check", "README.md"], "need JSON"),
        (["frobnicate"], "invalid choice"),
        ([], "required"),
    ],
)
def test_wrong_usage_says_what_would_be_right(arguments: list[str], words: str):
    done = command(*arguments)
    if words == "SAMPLE":  # An alias is as good as an id, in any case.
        assert done.returncode == 0
        assert json.loads(done.stdout)["product"]["chip"] == "nvidia-h20-96gb"
        return
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_help_has_examples_for_every_command():
    for words in (
        [],
        ["verify"],
        ["schema"],
        ["new"],
        ["lint"],
        ["lint", "specs"],
        ["explain"],
        ["timeline"],
        ["law"],
        ["classify"],
        ["chips"],
        ["key", "new"],
        ["trust", "sign"],
    ):
        done = command(*words, "--help")
        assert done.returncode == 0
        assert "examples:" in done.stdout


@pytest.mark.parametrize("every", [5, pytest.param(1, marks=pytest.mark.slow)])
def test_every_word_that_explain_lists_is_explained(every: int):
    listed = command("explain").stdout
    words = [line.split()[0] for line in listed.splitlines() if line.startswith("  ")]
    assert len(words) > 100
    assert {"gate.tpp", "custody-gap", "examined:MU-01", "certified:DD-iv", "case-by-case", "review-policy"} <= set(
        words
    )
    for word in words[::every]:
        assert command("explain", word).returncode == 0, word


def test_explain_cites_value_words_and_paragraph():
    text = started("explain", "GATE.TPP").stdout
    for words in ("21000", "TPP less than 21,000", "15 CFR 742.6(b)(10)(iii)(A)(1)", "91 FR 1684"):
        assert words in text


def test_schema_check_names_every_fault(tmp_path: Path, h200_text: str):
    bad = tmp_path / "bad.json"
    bad.write_text(h200_text.replace("GB/s", "GB/S"))
    done = command("schema", "lab-report", "--check", H200, str(bad))
    assert done.returncode == 2
    assert f"{H200}: fits" in done.stdout
    assert "declared.total_dram_bandwidth.unit: got 'GB/S'" in done.stderr
    assert "declared.interconnect_bandwidth.unit: got 'GB/S'" in done.stderr


def test_schema_prints_what_the_package_holds():
    for name in ("lab-report", "chip-spec", "verdict"):
        printed = command("schema", name).stdout
        assert printed == (ROOT / "harness" / "codec" / "schemas" / f"{name}.json").read_text()


def test_what_verify_prints_fits_the_verdict_schema(tmp_path: Path):
    printed = tmp_path / "verdicts.json"
    printed.write_text(command("verify", H200, "nothing", "--format", "json").stdout)
    assert started("schema", "verdict", "--check", str(printed)).returncode == 0


def test_new_writes_whole_or_not_at_all(tmp_path: Path):
    target = tmp_path / "report.json"
    arguments = ["new", "lab-report", "--chip", "nvidia-h200-sxm5-141gb", "-o", str(target)]
    assert started(*arguments).returncode == 0
    before = target.read_text()
    again = command(*arguments)
    assert (again.returncode, target.read_text()) == (2, before)
    assert "--force" in again.stderr
    assert command(*arguments, "--force").returncode == 0
    assert command("verify", str(target)).returncode == 3
    assert command(*arguments[:-1], str(tmp_path)).returncode == 2
    assert command(*arguments[:-1], str(tmp_path / "no" / "where.json")).returncode == 2
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


@pytest.mark.parametrize(
    "environment",
    spread([{"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, {"PYTHONIOENCODING": "ascii"},
     {"PYTHONIOENCODING": "cp1252"}, {"HOME": "/nonexistent"}, {"TERM": "dumb"}], 1),
)  # fmt: skip
def test_no_environment_stops_a_verdict(tmp_path: Path, h200: dict[str, Any], environment: dict[str, str]):
    h200["report_id"] = "Łódź 报告"
    (tmp_path / "r.json").write_text(json.dumps(h200), encoding="utf-8")
    for form in ("text", "json", "markdown"):
        done = started("verify", str(tmp_path / "r.json"), "--format", form, env=environment)
        assert done.returncode == 0, done.stderr


def test_control_characters_never_reach_the_terminal(tmp_path: Path, h200: dict[str, Any]):
    h200["laboratory"]["name"] = "Lab\u202e\u2066 reversed"
    path = tmp_path / "a\x1b[31mb.json"
    path.write_text(json.dumps(h200))
    done = started("verify", str(path), str(path), str(path) + "x")
    printed = done.stdout + done.stderr + command("verify", str(path)).stdout
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2066]", printed)


@pytest.mark.parametrize("stream", [">&-", ">/dev/full", "2>/dev/full", "<&-"])
def test_closed_and_full_streams_are_input_errors_not_verdicts(stream: str):
    target = "nothing-here.json" if stream == "2>/dev/full" else "-" if stream == "<&-" else H200
    line = f"{' '.join(COMMAND)} verify {target} {stream}"
    done = subprocess.run(["bash", "-c", line], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr


def test_a_reader_that_goes_away_is_no_error_message():
    line = f"{' '.join(COMMAND)} verify {' '.join([H200] * 50)} --format json | head -c 10"
    done = subprocess.run(["bash", "-c", line], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr == ""


@pytest.mark.parametrize("delay", [0.0, 0.03, 0.06, 0.1, 0.2, 0.4])
def test_an_interruption_ends_without_a_traceback(delay: float, tmp_path: Path):
    started = subprocess.Popen(
        [*COMMAND, "verify", *[H200] * 400], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        # Whoever runs these tests in the background ignores interruptions, and a child inherits that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - this process has one thread.
    )  # fmt: skip
    time.sleep(delay + 0.08)  # Until the interpreter itself is up, the message is its own.
    started.send_signal(signal.SIGINT)
    _, errors = started.communicate(timeout=30)
    assert started.returncode in (130, -signal.SIGINT), errors
    # Before the first line of ours runs, the message is the interpreter's own.
    assert f"{ROOT / 'harness'}{os.sep}" not in errors, errors


def on_a_terminal(*arguments: str) -> str:
    """Run a command with all streams on a pseudo-terminal and return what it showed."""
    main, side = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"}
    environment.pop("NO_COLOR", None)
    process = subprocess.Popen([*COMMAND, *arguments], cwd=ROOT, stdout=side, stderr=side, env=environment)
    os.close(side)
    shown = b""
    while True:
        ready, _, _ = select.select([main], [], [], 0.1)
        if ready:
            try:
                block = os.read(main, 65536)
            except OSError:
                break
            if not block:
                break
            shown += block
        elif process.poll() is not None:
            break
    process.wait()
    os.close(main)
    return shown.decode()


def test_colour_and_progress_are_for_terminals_only():
    shown = on_a_terminal("verify", H200)
    assert "\x1b[32mPASS" in shown
    many = on_a_terminal("verify", *[H200] * 20)
    assert "verifying [" in many
    # The bar is taken away before each line, so that lines stand alone.
    assert all(line.startswith("\x1b[32mPASS") for line in re.findall(r"\x1b\[K(.*?)\r\n", many)[:-1])
    plain = started("verify", *[H200] * 20)
    assert "\x1b" not in plain.stdout + plain.stderr
    assert "verifying" not in plain.stderr


@pytest.mark.parametrize("count", [60, *(pytest.param(many, marks=pytest.mark.slow) for many in (200, 1000))])
def test_many_reports_at_once(tmp_path: Path, h200: dict[str, Any], count: int):
    for n in range(count):
        h200["report_id"] = f"R-{n}"
        (tmp_path / f"{n}.json").write_text(json.dumps(h200))
    (tmp_path / "50.json").write_text("{")
    done = started("verify", *(str(tmp_path / f"{n}.json") for n in range(count)))
    assert done.returncode == 2
    assert done.stdout.splitlines()[-1] == f"{count:,} reports: {count - 1} pass, 1 unreadable"


@pytest.mark.skipif(shutil.which("unshare") is None, reason="unshare is not here")
def test_nothing_is_asked_of_a_network():
    probe = subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False)
    if probe.returncode != 0:
        pytest.skip("this machine gives no empty network")
    done = subprocess.run(
        ["unshare", "-n", *COMMAND, "verify", H200], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0


def test_another_folder_and_nothing_written(tmp_path: Path):
    folder = tmp_path / "read-only"
    folder.mkdir()
    folder.chmod(0o555)
    done = started("verify", H200, cwd=folder, env={"HOME": str(folder)})
    assert done.returncode == 0
    assert list(folder.iterdir()) == []


HOSTILE = [
    ("many end users", lambda r: r["transaction"].update(parties=[{"role": "end-user"}] * 1000)),
    ("many end users of many places", lambda r: (
        r["product"].update(chip=None), r.update(certifications=[]), r["transaction"].update(examinations=[]),
        r["transaction"].update(parties=[
            {"role": "end-user", "headquarters_country": chr(65 + n % 26) + chr(65 + n % 25),
             "ultimate_parent_country": chr(65 + n % 23) + chr(65 + n % 19)} for n in range(1000)
        ]),
    )),
    ("many units", lambda r: (
        r["lot"].update(units_in_lot=4000, units=[{"unit_id": f"u{n}"} for n in range(4000)]),
        r.update(measurements=[{**r["measurements"][3], "unit_id": f"u{n}"} for n in range(2000)]),
    )),
    ("an instant beyond the calendar", lambda r: r["measurements"][0].update(started_at="0001-01-01T00:00:00+14:00")),
    ("links of nothing", lambda r: r["lot"]["units"][0]["state"].update(links=[{"name": "x", "count": 0}])),
    ("no memory", lambda r: r["lot"]["units"][0]["state"].update(memory_total="0")),
    ("tiny figures", lambda r: r["declared"]["tpp"].update(value="0.000000000000000001")),
    ("huge figures", lambda r: r["declared"]["tpp"].update(value="99999999999999999999.999999999999999999")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "change"), spread(HOSTILE, 4, several=True))
def test_hostile_reports_get_an_answer_soon(tmp_path: Path, h200: dict[str, Any], name: str, change):
    change(h200)
    (tmp_path / "r.json").write_text(json.dumps(h200))
    done = started("verify", str(tmp_path / "r.json"), timeout=60)
    assert done.returncode in (0, 1, 2, 3), done.stderr

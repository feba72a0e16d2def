"""harness bench as a user runs it: what is written, what is said, and every way in which it can end."""

import json
import os
import resource
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from bench_fake import FakeClock, FakeDevice, Script
from conftest import ROOT

import harness
from harness.bench import found as found_module
from harness.bench.found import Found, Listed, chosen, hardware_seen
from harness.bench.journal import read_journal
from harness.bench.plan import PLANS, QUICK
from harness.cli import bench_run
from harness.cli.__main__ import main
from harness.errors import UnreadableInput, WrongUsage

TINY = replace(
    QUICK,
    limit_s=60,
    sessions=2,
    rest_between_sessions_s=0,
    longest_step_s=0.05,
    sustained_s=0.05,
    longest_burst_s=0.01,
    most_shapes=1,
    most_sweep_points=2,
    sweep_step_s=0.02,
    least_footprint_bytes=2**20,
    least_caches=0,
)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch):
    """The command with a scripted device in place of all others, in virtual time."""

    def with_script(**changes: object) -> None:
        clock = FakeClock()
        device = FakeDevice(Script(**changes), clock).device()  # type: ignore[arg-type]
        listed = Listed(word="0", name="Fake accelerator", opened=lambda: device)
        monkeypatch.setattr(bench_run, "accelerators", lambda: Found(devices=(listed,)))
        monkeypatch.setattr(bench_run, "HostClock", lambda: clock)

    return with_script


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan of steps so short that the processor which runs the tests is done in seconds, however busy it is."""
    monkeypatch.setitem(PLANS, "quick", TINY)
    monkeypatch.setattr(bench_run, "accelerators", Found)


def bench(*words: str) -> int:
    return main(["bench", *words])


def test_the_processor_is_measured_and_its_report_is_judged(tiny: None, tmp_path: Path, capsys):
    report = tmp_path / "report.json"
    assert bench("--quick", "--devices", "cpu", "-o", str(report)) == 0
    stated = json.loads(report.read_text(encoding="utf-8"))
    assert {path.name for path in tmp_path.iterdir()} == {
        "report.json",
        *(one["name"] for one in stated["attachments"]),
    }
    verdict = harness.verify(report)
    assert verdict.outcome == "undecided"
    assert {m["measurand"] for m in stated["measurements"]} == {"compute_rate", "total_dram_bandwidth"}
    assert {m["number_format"] for m in stated["measurements"] if "number_format" in m} == {"fp32", "fp64"}
    assert any("fp16: not applicable" in note for note in stated["notes"])
    assert all(m["proof"]["result_checked"] for m in stated["measurements"] if "burst" in m["method"]["name"])
    assert bench("--replay", str(report)) == 0
    assert "no difference" in capsys.readouterr().out


@pytest.mark.parametrize("prepared_s", [0.0, 12.0, 30.0])
def test_a_quick_run_is_done_within_its_minute_whatever_its_libraries_take(monkeypatch, tmp_path: Path, prepared_s):
    clock = FakeClock()
    started = clock.now()

    def opened():
        clock.advance(prepared_s)
        return FakeDevice(Script(), clock).device()

    monkeypatch.setattr(
        bench_run, "accelerators", lambda: Found(devices=(Listed(word="0", name="Fake", opened=opened),))
    )
    monkeypatch.setattr(bench_run, "HostClock", lambda: clock)
    assert bench("--quick", "-o", str(tmp_path / "r.json")) == 0
    assert clock.now() - started < 58
    assert read_journal((tmp_path / "r.raw.jsonl").read_bytes(), "r").header.limit_s == min(50, 56 - prepared_s)


def test_the_progress_is_plain_lines_where_there_is_no_terminal(fake, tmp_path: Path, capsys):
    fake()
    assert bench("--quick", "-o", str(tmp_path / "r.json")) == 0
    said = capsys.readouterr().err
    assert "\r" not in said
    assert "gpu-0 compute/bf16/library/random/burst: at best 8.00 TFLOP/s" in said


def test_json_prints_every_kept_line(fake, tmp_path: Path, capsysbinary):
    fake()
    assert bench("--quick", "--json", "-o", str(tmp_path / "r.json")) == 0
    assert capsysbinary.readouterr().out == (tmp_path / "r.raw.jsonl").read_bytes()


def test_a_device_that_dies_ends_with_3_and_a_report(fake, tmp_path: Path):
    fake(dies_at=1010)
    report = tmp_path / "r.json"
    assert bench("--quick", "-o", str(report)) == 3
    assert "PARTIAL: a device was lost" in report.read_text(encoding="utf-8")
    assert bench("--replay", str(report)) == 0


def test_ctrl_c_ends_with_130_and_a_valid_partial_report_that_can_be_taken_up(fake, tmp_path: Path, capsys):
    sent: list[bool] = []

    def clock_at(at: float) -> float:
        if at > 1015 and not sent:
            sent.append(True)
            os.kill(os.getpid(), signal.SIGINT)
        return 2000.0

    fake(clock_at=clock_at)
    report = tmp_path / "r.json"
    assert bench("--quick", "-o", str(report)) == 130
    assert "PARTIAL: interrupted" in report.read_text(encoding="utf-8")
    assert "harness bench --resume r.raw.jsonl goes on" in capsys.readouterr().err
    assert bench("--resume", str(tmp_path / "r.raw.jsonl")) == 0
    assert "PARTIAL" not in report.read_text(encoding="utf-8")
    assert not list(tmp_path.glob("*.part"))


def test_a_run_is_not_taken_up_on_another_device(fake, tmp_path: Path, capsys):
    fake(dies_at=1010)
    bench("--quick", "-o", str(tmp_path / "r.json"))
    fake(name="Another accelerator")
    assert bench("--resume", str(tmp_path / "r.raw.jsonl")) == 2
    assert "gpu-0 is not the device of the raw file: name differ" in capsys.readouterr().err


def test_a_value_that_was_changed_by_hand_is_found(fake, tmp_path: Path, capsys):
    fake()
    report = tmp_path / "r.json"
    bench("--quick", "-o", str(report))
    stated = json.loads(report.read_text(encoding="utf-8"))
    stated["measurements"][0]["value"] = "9999"
    stated["declared"] = {"tpp": {"value": "1"}}
    report.write_text(json.dumps(stated), encoding="utf-8")
    capsys.readouterr()
    assert bench("--replay", str(report)) == 1
    said = capsys.readouterr().out
    assert "measurements[0].value: report 9999; raw file" in said
    # A declaration is the laboratory's to add, and no difference.
    assert said.splitlines()[-1].endswith("1 differences")


@pytest.mark.parametrize(("share", "code"), [("0.991", 0), ("0.989", 1)])
def test_two_runs_agree_within_one_percent(fake, tmp_path: Path, capsys, share: str, code: int):
    one, other = tmp_path / "a.json", tmp_path / "b.json"
    for path, factor in ((one, 1.0), (other, float(share))):
        fake(
            rates={"bf16": 8e12 * factor},
            loop_rates={},
            bandwidth=40e9 * factor,
            jitter=0,
        )
        bench("--quick", "-o", str(path))
    assert bench("--compare", str(one), str(other)) == code
    assert "peaks: not known: the first report names no chip" in capsys.readouterr().out


def test_with_hardware_and_no_library_it_says_so_and_measures_no_processor():
    nothing = Found(why_not=("PyTorch is not installed",))
    with pytest.raises(WrongUsage, match=r"PyTorch is not installed.*--devices cpu"):
        chosen((), nothing, ("NVIDIA (/dev/nvidia*)",))
    assert [one.word for one in chosen(("cpu",), nothing, ("NVIDIA (/dev/nvidia*)",))] == ["cpu"]
    assert [one.word for one in chosen((), nothing, ())] == ["cpu"]
    with pytest.raises(WrongUsage, match="no device 7; there is cpu"):
        chosen(("7",), nothing, ())


def test_hardware_is_seen_on_the_bus_and_among_the_devices(tmp_path: Path):
    assert hardware_seen(tmp_path) == ()
    device = tmp_path / "sys/bus/pci/devices/0000:01:00.0"
    device.mkdir(parents=True)
    (device / "vendor").write_text("0x10de\n", encoding="ascii")
    (device / "class").write_text("0x020000\n", encoding="ascii")
    assert hardware_seen(tmp_path) == ()
    (device / "class").write_text("0x030200\n", encoding="ascii")
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev/kfd").touch()
    assert hardware_seen(tmp_path) == ("AMD (/dev/kfd)", "NVIDIA (PCI 0000:01:00.0)")


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["-o", "no/such/folder/r.json"],
        ["-o", "report.txt"],
        ["-o", "."],
        ["--replay", "nothing.json"],
        ["--resume", "nothing.raw.jsonl", "-o", "r.json"],
        ["--compare", "nothing.json", "nothing.json"],
        ["--devices", "99", "-o", "r.json"],
    ],
)
def test_wrong_usage_ends_with_2_before_anything_is_measured(words: list[str], tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(bench_run, "hardware_seen", lambda: ())
    assert bench(*words) == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [["--challenge", "abc"], ["--soak", "0h"], ["--soak", "nan"], ["--devices", ","]])
def test_words_that_make_no_sense_are_named(words: list[str], capsys):
    with pytest.raises(SystemExit) as left:
        bench(*words, "-o", "r.json")
    assert left.value.code == 2
    assert "need" in capsys.readouterr().err


def test_a_report_that_is_there_is_not_written_over(fake, tmp_path: Path):
    fake()
    report = tmp_path / "r.json"
    report.write_text("mine", encoding="utf-8")
    assert bench("--quick", "-o", str(report)) == 2
    assert report.read_text(encoding="utf-8") == "mine"


def test_a_full_disk_leaves_whole_lines_to_go_on_from_and_no_half_report(tmp_path: Path):
    """A limit on the size of files stands in for a disk without room: writing fails as it does there."""
    code = (
        "import resource, signal, sys; sys.path.insert(0, 'tests')\n"
        "from bench_fake import *; from harness.bench.found import Found, Listed; from harness.cli import bench_run\n"
        "from harness.cli.__main__ import main\n"
        "clock = FakeClock(); device = FakeDevice(Script(), clock).device()\n"
        "listed = Listed(word='0', name='fake', opened=lambda: device)\n"
        "bench_run.accelerators = lambda: Found(devices=(listed,)); bench_run.HostClock = lambda: clock\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))\n"
        "sys.exit(main(['bench', '--quick', '-o', sys.argv[1]]))"
    )
    report = tmp_path / "r.json"
    done = subprocess.run(
        [sys.executable, "-c", code, str(report)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2, done.stderr
    assert "File too large; need room for the raw file" in done.stderr
    assert "Traceback" not in done.stderr
    (left,) = tmp_path.iterdir()
    kept = read_journal(left.read_bytes(), left.name)
    assert not kept.torn
    assert kept.lines
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 20000


@pytest.mark.parametrize(
    "data", [b"", b"\n", b"{}\n", b"null\n", b'{"kind": "end"}\n', b"\xff\n", b"{" * 100_000 + b"\n", b'{"kind": 1}\n']
)
def test_a_file_that_is_no_raw_file_is_refused_with_its_place(data: bytes):
    with pytest.raises(UnreadableInput):
        read_journal(data, "raw")


def test_list_names_the_processor_and_imports_no_numpy():
    code = (
        "import sys; from harness.cli.__main__ import main; main(['bench', '--list']); sys.exit('numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1].startswith("cpu ")
    assert found_module.the_cpu().name in done.stdout


def test_a_run_that_was_cut_off_is_not_written_over_and_can_be_taken_up(fake, tmp_path: Path, capsys):
    """The raw file that a lost power supply leaves: whole lines, and half of one."""
    fake()
    report, part = tmp_path / "r.json", tmp_path / "r.raw.jsonl.part"
    bench("--quick", "-o", str(report))
    data = (tmp_path / "r.raw.jsonl").read_bytes()
    for path in tmp_path.iterdir():
        path.unlink()
    part.write_bytes(data[: len(data) // 2])
    capsys.readouterr()
    assert bench("--quick", "-o", str(report)) == 2
    assert "--resume" in capsys.readouterr().err
    assert bench("--resume", str(part)) == 0
    assert "PARTIAL" not in report.read_text(encoding="utf-8")
    assert not part.exists()
    assert bench("--replay", str(tmp_path)) == 0


def test_an_attached_file_that_is_gone_is_a_difference(fake, tmp_path: Path, capsys):
    fake()
    report = tmp_path / "r.json"
    bench("--quick", "-o", str(report))
    (tmp_path / "r.telemetry.csv").unlink()
    assert bench("--replay", str(report)) == 1
    assert "r.telemetry.csv: the file that the report names is not there, or is another" in capsys.readouterr().out

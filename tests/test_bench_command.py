"""harness bench as a user runs it: what is written, what is said, and every way in which it can end."""

import errno
import io
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

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
    assert said.splitlines()[-1].endswith(": 1 differences")


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a run that was interrupted, on two devices, for a challenge; it lies beside its files."""
    folder = tmp_path_factory.mktemp("measured")
    with pytest.MonkeyPatch.context() as patch:
        clock = FakeClock()
        scripts = (Script(clock_at=lambda at: 2000.0), Script(unit_id="gpu-1"))
        devices = [FakeDevice(script, clock).device() for script in scripts]
        listed = [Listed(word=str(n), name="Fake", opened=lambda one=one: one) for n, one in enumerate(devices)]
        patch.setattr(bench_run, "accelerators", lambda: Found(devices=tuple(listed)))
        patch.setattr(bench_run, "HostClock", lambda: clock)
        scripts[0].dies_at = clock.now() + 30
        assert bench("--quick", "--challenge", "ab" * 16, "-o", str(folder / "r.json")) == 3
    return folder / "r.json"


def replayed(measured: Path, change: Callable[[dict[str, Any]], None]) -> int:
    """The code of --replay for the report with a change, beside the files of the one that was measured."""
    stated = json.loads(measured.read_text(encoding="utf-8"))
    change(stated)
    changed = measured.with_name("changed.json")
    changed.write_text(json.dumps(stated), encoding="utf-8")
    try:
        return bench("--replay", str(changed))
    finally:
        changed.unlink()


def forged_before(name: str) -> Callable[[dict[str, Any]], None]:
    """Put a better copy of the first measurement or observation before the genuine one."""

    def change(stated: dict[str, Any]) -> None:
        forged = deepcopy(stated[name][0])
        forged["value"] = "900000"
        stated[name].insert(0, forged)

    return change


def put(*path: str | int, to: object) -> Callable[[dict[str, Any]], None]:
    """Put something at a place of a report, where other things may have been."""

    def change(stated: dict[str, Any]) -> None:
        at: Any = stated
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = to

    return change


def second_unit(stated: dict[str, Any]) -> None:
    stated["lot"]["units"].append({**stated["lot"]["units"][0], "unit_id": "gpu-7"})


def same_unit_twice(stated: dict[str, Any]) -> None:
    stated["lot"]["units"].insert(0, deepcopy(stated["lot"]["units"][0]))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (forged_before("measurements"), "measurements[0]: report "),
        (forged_before("observations"), "observations[0]: report "),
        (
            lambda stated: stated["measurements"].append(stated["measurements"][0]),
            "nothing of the kind, or not so often",
        ),
        (lambda stated: stated["measurements"].pop(), "measurements: report nothing; raw file "),
        (put("notes", to=["All is well"]), "notes: report nothing; raw file PARTIAL: a device was lost after"),
        (lambda stated: stated["notes"].pop(0), "notes: report nothing; raw file Measured by harness bench"),
        (put("report_id", to="BENCH-X"), "report_id: report BENCH-X; raw file BENCH-"),
        (put("dates", "test", to="2026-01-01"), "dates.test: report 2026-01-01; raw file 2026-11-29"),
        (put("dates", to=None), "dates.test: report nothing; raw file 2026-11-29"),
        (put("product", "name", to="NVIDIA H200"), "product.name: report NVIDIA H200; raw file Fake accelerator"),
        (put("product", "manufacturer", to="NVIDIA"), "product.manufacturer: report NVIDIA; raw file Fake"),
        (put("product", to=None), "product.name: report nothing"),
        (put("session", "session_id", to="X"), "session.session_id: report X"),
        (put("session", "ended_at", to="2026-11-30T00:00:00Z"), "session.ended_at"),
        (put("configuration", "driver", to="999.9"), "configuration.driver: report 999.9; raw file 1.0"),
        (put("configuration", "bench_sha256", to="0" * 64), "configuration.bench_sha256"),
        (put("challenge", "nonce_sha256", to="0" * 64), "challenge.nonce_sha256"),
        (second_unit, "lot.units[gpu-7]: report a unit; raw file nothing of the kind"),
        (same_unit_twice, "lot.units[gpu-0]: report a unit; raw file nothing of the kind"),
        (lambda stated: stated["lot"]["units"].pop(), "lot.units[gpu-1]: report nothing; raw file a unit"),
        (put("lot", "units", 0, "state", "partitioned", to=True), "lot.units[gpu-0].state.partitioned"),
        (put("lot", "units", 0, "state", "ecc_enabled", to=True), "lot.units[gpu-0].state.ecc_enabled"),
        (lambda stated: stated["attachments"].pop(), "attachments, r.telemetry.csv: report nothing"),
        (put("attachments", 1, "size_bytes", to=1), "attachments, r.telemetry.csv.size_bytes: report 1"),
    ],
)
def test_what_is_not_as_it_was_measured_is_a_difference(
    measured: Path, change: Callable[[dict[str, Any]], None], words: str, capsys
):
    assert replayed(measured, change) == 1
    assert words in capsys.readouterr().out


@pytest.mark.parametrize(
    "change",
    [
        lambda stated: None,
        lambda stated: stated["notes"].insert(0, "The laboratory cooled the room."),
        put("laboratory", to={"name": "A laboratory"}),
        put("declared", to={"tpp": {"value": "1"}}),
        put("custody", to=[{"from_party": "A", "to_party": "B"}]),
        put("environment", to={"cooling": "air"}),
        put("transaction", to={"activity": "export"}),
        put("lot", "units_in_lot", to=100),
        put("lot", "units", 0, "serial", to="S1"),
        put("lot", "units", 0, "device_uuid", to="U1"),
        put("product", "chip", to="nvidia-h200-sxm5-141gb"),
        put("product", "part_number", to="900-0000"),
        put("dates", "application", to="2026-11-30"),
        put("session", "operator", to="An operator"),
        put("session", "report_issued_at", to="2026-11-30T00:00:00Z"),
        put("configuration", "firmware", to="96.00"),
        put("configuration", "driver_released_on", to="2026-01-01"),
        put("challenge", "issued_by", to="A verifier"),
        lambda stated: stated["attachments"].append({"name": "room.jpg", "sha256": "0" * 64, "size_bytes": 1}),
    ],
)
def test_what_a_laboratory_adds_is_no_difference(measured: Path, change: Callable[[dict[str, Any]], None], capsys):
    assert replayed(measured, change) == 0
    assert "no difference" in capsys.readouterr().out


def test_a_challenge_that_the_run_did_not_have_is_a_difference(fake, tmp_path: Path, capsys):
    fake()
    bench("--quick", "-o", str(tmp_path / "r.json"))
    assert replayed(tmp_path / "r.json", put("challenge", to={"nonce_sha256": "0" * 64})) == 1
    assert "challenge.nonce_sha256: report 0000" in capsys.readouterr().out


def test_a_run_of_another_version_of_the_bench_is_said_to_be_one_before_its_differences(fake, tmp_path: Path, capsys):
    fake()
    bench("--quick", "-o", str(tmp_path / "r.json"))
    capsys.readouterr()
    raw = tmp_path / "r.raw.jsonl"
    stated = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    (tmp_path / "r.json").write_text(
        json.dumps(stated).replace(stated["configuration"]["bench_sha256"], "0" * 64), encoding="utf-8"
    )
    raw.write_bytes(raw.read_bytes().replace(stated["configuration"]["bench_sha256"].encode(), b"0" * 64))
    assert bench("--replay", str(tmp_path / "r.json")) == 1
    first, *others = capsys.readouterr().out.splitlines()
    assert first.startswith("measured by another version of the bench (harness bench ")
    assert first.endswith("; derived anew with this one")
    assert others[-1].endswith(": 1 differences")


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
        ["--devices", "cpu", "--chip", "No such chip", "-o", "r.json"],
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


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--quick"], "--resume goes on with the run as it began, and takes no --quick"),
        (["--devices", "0", "--challenge", "ab" * 16], "takes no --devices, --challenge"),
        (["--soak", "1h"], "takes no --soak"),
    ],
)
def test_what_was_decided_when_a_run_began_is_not_decided_anew(
    fake, tmp_path: Path, capsys, words: list[str], said: str
):
    fake(dies_at=1010)
    bench("--quick", "-o", str(tmp_path / "r.json"))
    kept = (tmp_path / "r.raw.jsonl").read_bytes()
    assert bench("--resume", str(tmp_path / "r.raw.jsonl"), *words) == 2
    assert said in capsys.readouterr().err
    assert (tmp_path / "r.raw.jsonl").read_bytes() == kept


@pytest.mark.parametrize("again", [[], ["--chip", "nvidia-h100-sxm5-80gb"]])
def test_a_chip_is_found_by_its_name_and_stays_when_the_run_is_taken_up(fake, tmp_path: Path, again: list[str]):
    def chip() -> str:
        return str(json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["product"]["chip"])

    fake(dies_at=1010)
    assert bench("--quick", "--chip", "H200 SXM", "-o", str(tmp_path / "r.json")) == 3
    assert chip() == "nvidia-h200-sxm5-141gb"
    fake()
    assert bench("--resume", str(tmp_path / "r.raw.jsonl"), *again) == 0
    assert chip() == (again[1] if again else "nvidia-h200-sxm5-141gb")
    assert bench("--replay", str(tmp_path / "r.json")) == 0


def test_a_run_that_is_taken_up_writes_over_no_report_but_its_own(fake, tmp_path: Path, monkeypatch, capsys):
    fake(dies_at=1010)
    bench("--quick", "-o", str(tmp_path / "r.json"))
    precious = tmp_path / "precious.json"
    precious.write_text("mine", encoding="utf-8")
    fake()
    assert bench("--resume", str(tmp_path / "r.raw.jsonl"), "-o", str(precious)) == 2
    assert f"{precious} is there already" in capsys.readouterr().err
    assert precious.read_text(encoding="utf-8") == "mine"
    monkeypatch.chdir(tmp_path)
    assert bench("--resume", str(tmp_path / "r.raw.jsonl"), "-o", "r.json") == 0
    assert bench("--resume", "r.raw.jsonl", "-o", "precious.json", "--force") == 0


def test_files_of_another_report_are_seen_before_anything_is_measured(fake, tmp_path: Path, capsys):
    fake()
    for name in ("r.telemetry.csv", "s.series-1.txt"):
        (tmp_path / name).write_text("mine", encoding="utf-8")
        assert bench("--quick", "-o", str(tmp_path / f"{name[0]}.json")) == 2
        assert f"{name} is there already" in capsys.readouterr().err


class Gone(io.StringIO):
    """A terminal, or a reader, that went away."""

    def __init__(self, number: int, *, terminal: bool) -> None:
        super().__init__()
        self.number, self.terminal = number, terminal

    def isatty(self) -> bool:
        return self.terminal

    def fileno(self) -> int:
        raise OSError(self.number, os.strerror(self.number))

    def write(self, text: str) -> int:
        raise OSError(self.number, os.strerror(self.number))


def test_a_terminal_that_goes_away_takes_only_the_display_with_it(fake, tmp_path: Path, monkeypatch):
    fake()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", Gone(errno.EIO, terminal=True))
    assert bench("--quick", "-o", str(tmp_path / "r.json")) == 0
    assert bench("--replay", str(tmp_path / "r.json")) == 0


def test_lines_that_nobody_reads_any_more_end_no_run(fake, tmp_path: Path, monkeypatch):
    """Whoever calls is told as by every command, when the report is written."""
    fake()
    monkeypatch.setattr(sys, "stdout", Gone(errno.EPIPE, terminal=False))
    with pytest.raises(BrokenPipeError):
        bench("--quick", "--json", "-o", str(tmp_path / "r.json"))
    monkeypatch.undo()
    assert bench("--replay", str(tmp_path / "r.json")) == 0
    assert not list(tmp_path.glob("*.part"))


SCRIPTED = (
    "import sys; sys.path.insert(0, 'tests')\n"
    "from bench_fake import *; from harness.bench.found import Found, Listed; from harness.cli import bench_run\n"
    "from harness.cli.__main__ import run\n"
    "clock = FakeClock(); device = FakeDevice(Script(), clock).device()\n"
    "listed = Listed(word='0', name='fake', opened=lambda: device)\n"
    "bench_run.accelerators = lambda: Found(devices=(listed,)); bench_run.HostClock = lambda: clock\n"
    "sys.argv[1:1] = ['bench', '--quick', '-o']; run()"
)


def test_a_pipe_that_is_closed_ends_with_its_code_and_a_whole_report(tmp_path: Path):
    report = tmp_path / "r.json"
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPTED, str(report), "--json"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as running:  # fmt: skip
        assert running.stdout is not None
        assert json.loads(running.stdout.readline())["kind"] == "header"
        running.stdout.close()
        assert running.stderr is not None
        told = running.stderr.read()
    assert running.returncode == 141, told
    assert "Traceback" not in told
    assert "PARTIAL" not in report.read_text(encoding="utf-8")
    assert bench("--replay", str(report)) == 0


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="a system without hang-ups")
@pytest.mark.parametrize(("before", "code"), [(lambda number, frame: None, 130), (signal.SIG_IGN, 0)])
def test_a_hang_up_ends_a_run_with_its_report_unless_it_began_with_nohup(fake, tmp_path: Path, before, code: int):
    sent: list[bool] = []

    def clock_at(at: float) -> float:
        if at > 1015 and not sent:
            sent.append(True)
            # A shell and the terminal may each send one.
            os.kill(os.getpid(), signal.SIGHUP)
            os.kill(os.getpid(), signal.SIGHUP)
        return 2000.0

    fake(clock_at=clock_at)
    was = signal.signal(signal.SIGHUP, before)
    try:
        assert bench("--quick", "-o", str(tmp_path / "r.json")) == code
        assert signal.getsignal(signal.SIGHUP) is before
    finally:
        signal.signal(signal.SIGHUP, was)
    assert sent
    last = read_journal((tmp_path / "r.raw.jsonl").read_bytes(), "r").end
    assert last is not None
    assert last.why == ("interrupted" if code else "complete")

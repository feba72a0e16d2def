"""harness archive: everything behind a verdict in one file, the same bytes for the same inputs, replayed from it."""

import io
import json
import os
import shutil
import subprocess
import sys
import tracemalloc
import zipfile
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from commands import command
from conftest import REPORTS, ROOT, spread
from hypothesis import given, settings
from hypothesis import strategies as st
from test_replay import ATTACHED, CBC, H200, POD, lower_ceiling, stored

import harness
from harness.archive import bundle_of_report, bundle_of_verdict, contents_of
from harness.cli import archive as cli_archive
from harness.cli.__main__ import main
from harness.codec import archive_files, packaged, retention
from harness.codec.archive_files import open_archive, write_archive
from harness.codec.archived_case import forgeries
from harness.codec.folders import Folders
from harness.codec.law_files import law_bytes, read_law
from harness.codec.schemas import faults_against_schema
from harness.codec.verdict_files import written
from harness.codec.zip_layout import directory, entries_in
from harness.errors import UnreadableInput
from harness.model.archive import Archive
from harness.model.lab_report import LabReport, ReportDates
from harness.replay import replayed_archive


def archived(*paths: Path, as_of: date | None = None) -> bytes:
    """The bytes of an archive of some reports."""
    bundles = [bundle_of_report(str(path), read_law(), as_of=as_of, lenses=None) for path in paths]
    contents = contents_of(bundles)
    file = io.BytesIO()
    write_archive(file, contents.manifest, contents.members)
    return file.getvalue()


@pytest.fixture(scope="module")
def attached() -> bytes:
    return archived(ATTACHED)


# --- What it holds --------------------------------------------------------------------------------------------------


def test_the_archive_holds_every_byte_that_the_verdict_rests_on(attached: bytes):
    """Read with another reader than our own."""
    with zipfile.ZipFile(io.BytesIO(attached)) as found:
        assert found.testzip() is None
        members = {name: found.read(name) for name in found.namelist()}
    manifest = json.loads(members.pop("manifest.json"))
    case = manifest["cases"][0]
    law = {f"law/{name}": data for name, data in law_bytes().items()}
    assert {name: data for name, data in members.items() if name.startswith("law/instruments/")} == {
        f"law/instruments/{file.name}": file.read_bytes() for file in packaged.INSTRUMENTS.glob("*.toml")
    }
    method = max(packaged.METHODS.glob("*.toml"))
    assert members == {
        **law,
        "law/assumptions.toml": packaged.ASSUMPTIONS.read_bytes(),
        # Of the method files, the one that judged.
        f"method/{method.name}": method.read_bytes(),
        "specs/nvidia-h200-sxm5-141gb.toml": (ROOT / "specs" / "nvidia-h200-sxm5-141gb.toml").read_bytes(),
        case["report"]: ATTACHED.read_bytes(),
        case["verdict"]: written(harness.verify(ATTACHED)),
        **{path: (REPORTS / name).read_bytes() for name, path in case["attachments"].items()},
    }
    assert len(case["attachments"]) == 2
    assert [(one["path"], one["size_bytes"], one["sha256"]) for one in manifest["members"]] == [
        (name, len(data), sha256(data).hexdigest()) for name, data in members.items()
    ]
    assert case["receipt"] == json.loads(members[case["verdict"]])["receipt"]
    assert manifest["law_sha256"] == read_law().sha256
    assert manifest["engine_version"] == harness.__version__


def test_members_are_stored_as_they_are_on_the_first_day_of_the_format(attached: bytes):
    with zipfile.ZipFile(io.BytesIO(attached)) as found:
        infos = found.infolist()
    assert [info.filename for info in infos] == ["manifest.json", *sorted(info.filename for info in infos[1:])]
    for info in infos:
        assert (info.compress_type, info.date_time) == (zipfile.ZIP_STORED, (1980, 1, 1, 0, 0, 0))
        assert (info.extra, info.comment, info.flag_bits, info.external_attr >> 16) == (b"", b"", 0, 0o100644)


def test_the_manifest_fits_its_schema_and_is_read_back(attached: bytes):
    with zipfile.ZipFile(io.BytesIO(attached)) as found:
        text = found.read("manifest.json")
    assert faults_against_schema("archive", text, "manifest.json") == []
    assert open_archive(io.BytesIO(attached), "a.zip").manifest == Archive.model_validate_json(text)


# --- The same bytes -------------------------------------------------------------------------------------------------


def test_the_order_of_the_inputs_and_one_given_twice_change_nothing():
    paths = [REPORTS / f"{name}.json" for name in ("h200-sxm", "b200-above-gate", "h200-no-transaction")]
    assert archived(*paths) == archived(*reversed(paths)) == archived(*paths, paths[1])


@pytest.mark.parametrize("seed", ["1", "2"])
def test_folder_clock_mask_and_hash_seed_change_nothing(seed: str, tmp_path: Path, attached: bytes):
    for name in (ATTACHED.name, "h200-sxm-dram.txt", "h200-sxm-dram-log.csv"):
        shutil.copyfile(REPORTS / name, tmp_path / name)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed, "TZ": f"UTC+{seed}",
                   "SOURCE_DATE_EPOCH": seed}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "harness", "archive", ATTACHED.name, "-o", f"{seed}.zip"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=True, umask=0o077,
    )  # fmt: skip
    assert (tmp_path / f"{seed}.zip").read_bytes() == attached
    assert (tmp_path / f"{seed}.zip").stat().st_mode & 0o777 == 0o600
    assert done.stderr == ""


def test_a_verdict_is_archived_like_the_report_that_it_is_of(tmp_path: Path, attached: bytes):
    path = stored(tmp_path, harness.verify(ATTACHED))
    done = command("archive", path, "-o", str(tmp_path / "a.zip"), "--reports", str(REPORTS))
    assert done.returncode == 0
    assert (tmp_path / "a.zip").read_bytes() == attached


# --- Replayed -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", spread(sorted(REPORTS.glob("*.json")), 6), ids=lambda path: path.stem)
def test_every_sample_is_reproduced_from_its_archive_under_both_laws(path: Path):
    archive = open_archive(io.BytesIO(archived(path)), "a.zip")
    assert forgeries(archive, lambda: None) == []
    (found,) = replayed_archive(archive)
    assert [(one.law, one.status) for one in found.reruns] == [("archived", "reproduced"), ("today", "reproduced")]


def test_an_archive_needs_nothing_else(tmp_path: Path, attached: bytes):
    (tmp_path / "a.zip").write_bytes(attached)
    done = command("replay", "a.zip", cwd=tmp_path)
    assert done.returncode == 0
    assert "under the archived law: reproduced: byte for byte" in done.stdout
    assert [file.name for file in tmp_path.iterdir()] == ["a.zip"]


@pytest.mark.parametrize("path", sorted((REPORTS / "faults").glob("attachment-*.json")), ids=lambda path: path.stem)
def test_attachments_that_were_absent_altered_or_unreadable_are_so_in_the_archive(path: Path):
    archive = open_archive(io.BytesIO(archived(path)), "a.zip")
    assert forgeries(archive, lambda: None) == []
    (found,) = replayed_archive(archive)
    assert found.status == "reproduced"


def test_an_absent_attachment_is_told(tmp_path: Path):
    done = command("archive", str(REPORTS / "faults" / "attachment-absent.json"), "-o", str(tmp_path / "a.zip"))
    assert done.returncode == 0
    assert "was not there when the verdict was made, and is not here" in done.stdout


def test_classifications_are_archived_with_their_spec_files(tmp_path: Path):
    given = {"to": "MO", "marketing": "other"}
    verdicts = [
        harness.classify(item, as_of=date(2026, 7, 1), given=given, readings=["AMB-20=both"])
        for item in ("H200", "nvidia-dgx-h100", "nvidia-gb200-nvl72", "micron-hbm3e-24gb")
    ]
    path = stored(tmp_path, *verdicts)
    assert main(["archive", path, "-o", str(tmp_path / "c.zip")]) == 0
    with zipfile.ZipFile(tmp_path / "c.zip") as found:
        assert "specs/nvidia-h100-sxm5-80gb.toml" in found.namelist()
    with (tmp_path / "c.zip").open("rb") as file:
        archive = open_archive(file, "c.zip")
        assert forgeries(archive, lambda: None) == []
        assert {one.status for one in replayed_archive(archive)} == {"reproduced"}
        assert [case.retention for case in archive.manifest.cases] == [None] * 4


def test_the_selection_of_the_law_is_archived(tmp_path: Path):
    arguments = ["--as-of", "2026-08-01", "--lens", "review-policy", "--with", "S.4456", "--known-at", "2026-06-01",
                 "--reading", "AMB-20=both"]  # fmt: skip
    assert main(["archive", str(H200), "-o", str(tmp_path / "a.zip"), *arguments]) == 0
    with (tmp_path / "a.zip").open("rb") as file:
        archive = open_archive(file, "a.zip")
        receipt = archive.manifest.cases[0].receipt
        assert (receipt.known_at, receipt.readings, len(receipt.proposed)) == (date(2026, 6, 1), {"AMB-20": "both"}, 1)
        assert [one.status for one in replayed_archive(archive)[0].reruns] == ["reproduced", "reproduced"]


def test_the_archived_law_gives_the_old_answer_and_that_of_today_the_new(tmp_path: Path, monkeypatch):
    """Archived by a harness whose ceiling stood at 15,000 TPP, between the sample's 15,832 and today's 21,000."""
    old = tmp_path / "harness-of-then"
    shutil.copytree(ROOT / "harness", old / "harness", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "specs", old / "specs")
    file = old / "harness" / "policy" / "instruments" / "2026-01-15-us-bis-ac-review.toml"
    file.write_text(lower_ceiling(file.read_text(encoding="utf-8")), encoding="utf-8")
    kept = tmp_path / "a.zip"
    subprocess.run(
        [sys.executable, "-m", "harness", "archive", str(H200), "-o", str(kept)],
        cwd=old, check=True, capture_output=True, env={**os.environ, "PYTHONPATH": str(old)},
    )  # fmt: skip
    done = command("replay", str(kept), "--json")
    assert done.returncode == 1
    then, now = json.loads(done.stdout)["replayed"][0]["reruns"]
    assert (then["law"], then["status"], then["outcome_now"]) == ("archived", "reproduced", "fail")
    assert (now["law"], now["status"], now["changed"], now["outcome_now"]) == ("today", "differs", ["law"], "pass")
    (lens,) = now["lenses"]
    assert (lens["then"], lens["now"], lens["direction"]) == ([POD], [CBC], "laxer")


# --- Until when -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dates", "event", "until"),
    [
        ({"export": "2026-08-20", "test": "2026-08-04"}, "export", "2031-08-20"),
        ({"export": "2026-08-20", "entry": "2026-09-01"}, "entry", "2031-09-01"),
        ({"export": "2026-08-20", "entry": "2026-08-20", "test": "2026-08-20"}, "export", "2031-08-20"),
        ({"application": "2026-06-15"}, "application", "2031-06-15"),
        # 2029 has no 29 February, and a day more is never too short.
        ({"export": "2024-02-29"}, "export", "2029-03-01"),
        ({"export": "9998-01-01"}, "export", "9999-12-31"),
        ({}, None, None),
        (None, None, None),
    ],
)
def test_a_record_is_kept_for_five_years_from_the_latest_day_stated(dates, event, until):
    """15 CFR 762.6(a): five years from the latest of the export and what may follow it."""
    report = LabReport(
        schema="lab-report/0",
        report_id="R",
        dates=None if dates is None else ReportDates.model_validate_json(json.dumps(dates)),
    )
    found = retention.retention_of(report)
    assert (found.event, str(found.keep_at_least_until or "") or None) == (event, until)
    assert (found.cite, found.years) == ("15 CFR 762.6(a)", 5)
    assert ("states no" in found.note) == ("export" not in (dates or {}))


def test_a_day_that_stands_in_for_all_four_moves_no_period():
    archive = open_archive(io.BytesIO(archived(H200, as_of=date(2020, 1, 1))), "a.zip")
    assert archive.manifest.cases[0].retention.keep_at_least_until == date(2031, 8, 20)


# --- The command ----------------------------------------------------------------------------------------------------


def test_check_and_list(tmp_path: Path, attached: bytes):
    (tmp_path / "a.zip").write_bytes(attached)
    done = command("archive", "--check", "a.zip", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("a.zip: intact; ")
    done = command("archive", "--list", "a.zip", cwd=tmp_path)
    assert done.returncode == 0
    assert "keep at least until 2031-08-20: 5 years from export 2026-08-20 [15 CFR 762.6(a)]" in done.stdout
    assert sha256(ATTACHED.read_bytes()).hexdigest() in done.stdout
    done = command("archive", "--list", "--json", "a.zip", cwd=tmp_path)
    assert faults_against_schema("archive", done.stdout.encode(), "manifest.json") == []


@pytest.mark.parametrize(
    "arguments",
    spread([["a.json"], ["a.json", "-o", "x.zip", "--check"], ["--check", "--json", "a.zip"], ["-", "-o", "x.zip"],
     ["verdict.json", "-o", "x.zip", "--as-of", "2026-01-01"],
     ["verdict.json", "-o", "x.zip", "--known-at", "2026-01-01"],
     ["a.json", "-o", "x.zip", "--lens", "nothing"], ["none.json", "-o", "x.zip"], ["a.json", "-o", "there.zip"],
     ["a.json", "-o", "."], ["a.json", "-o", "none/x.zip"], ["--check", "none.zip"], ["--list", "."],
     ["a.json", "none.json", "-o", "x.zip"], ["refused.json", "-o", "x.zip"]], 5),
)  # fmt: skip
def test_wrong_usage_and_what_cannot_be_read_end_with_2_and_write_nothing(arguments: list[str], tmp_path: Path):
    shutil.copyfile(H200, tmp_path / "a.json")
    stored(tmp_path, harness.verify(H200))
    (tmp_path / "there.zip").write_bytes(b"mine")
    refused = command("verify", "none.json", "--format", "json", cwd=tmp_path).stdout
    (tmp_path / "refused.json").write_text(refused)
    before = sorted(tmp_path.iterdir())
    done = command("archive", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(tmp_path.iterdir()) == before
    assert (tmp_path / "there.zip").read_bytes() == b"mine"


def test_a_verdict_of_another_law_cannot_be_archived_and_says_which_law_it_needs(tmp_path: Path):
    law = read_law()
    then = harness.verify(H200)
    receipt = then.receipt.model_copy(update={"law_sha256": "1" * 64})
    path = stored(tmp_path, then.model_copy(update={"receipt": receipt}))
    done = command("archive", path, "-o", str(tmp_path / "a.zip"), "--reports", str(REPORTS))
    assert done.returncode == 3
    assert "1" * 64 in done.stderr
    assert law.sha256 != "1" * 64
    assert not (tmp_path / "a.zip").exists()


def test_a_verdict_that_is_not_reproduced_is_not_archived(tmp_path: Path):
    path = stored(tmp_path, harness.verify(H200).model_copy(update={"outcome": "fail"}))
    done = command("archive", path, "-o", str(tmp_path / "a.zip"), "--reports", str(REPORTS))
    assert done.returncode == 1
    assert "NOT REPRODUCED" in done.stdout
    assert not (tmp_path / "a.zip").exists()


def test_two_spec_files_of_one_id_are_archived_apart(tmp_path: Path):
    shipped = ROOT / "specs" / "nvidia-h200-sxm5-141gb.toml"
    shutil.copy(shipped, tmp_path / "one.toml")
    (tmp_path / "two.toml").write_bytes(shipped.read_bytes() + b"\n# Another.\n")
    verdicts = [harness.classify(tmp_path / name, as_of=date(2026, 7, 1)) for name in ("one.toml", "two.toml")]
    bundles = [bundle_of_verdict(one, "verdict.json", Folders([tmp_path])) for one in verdicts]
    with pytest.raises(UnreadableInput, match="two spec files of this id"):
        contents_of(bundles)


def test_an_interrupted_command_leaves_nothing(tmp_path: Path, monkeypatch):
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(archive_files, "write_archive", interrupted)
    with pytest.raises(KeyboardInterrupt):
        main(["archive", str(H200), "-o", str(tmp_path / "a.zip")])
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_changes_while_it_is_archived_is_refused(tmp_path: Path):
    for name in (ATTACHED.name, "h200-sxm-dram.txt", "h200-sxm-dram-log.csv"):
        shutil.copy(REPORTS / name, tmp_path)
    contents = contents_of([bundle_of_report(str(tmp_path / ATTACHED.name), read_law(), as_of=None, lenses=None)])
    (tmp_path / "h200-sxm-dram.txt").write_text("4300\n")
    with pytest.raises(UnreadableInput, match="other bytes than a moment ago"):
        write_archive(io.BytesIO(), contents.manifest, contents.members)


def test_what_no_reader_would_take_is_not_written(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("harness.archive.LARGEST_ARCHIVE", 100_000)
    with pytest.raises(UnreadableInput, match="at most 100,000 bytes"):
        archived(H200)


def test_large_attachments_are_read_and_written_in_blocks(tmp_path: Path):
    """192 MiB of attachment; a quarter of it holds all that is read besides, with room for a list of verdicts."""
    size = 192 << 20
    with (tmp_path / "log.bin").open("wb") as file:
        file.truncate(size)
    digest = sha256(bytes(size)).hexdigest()
    report = json.loads(H200.read_text())
    report["attachments"] = [{"name": "log.bin", "sha256": digest, "size_bytes": size}]
    (tmp_path / "report.json").write_text(json.dumps(report))
    archived(H200)  # What is read once stays.
    tracemalloc.start()
    assert main(["archive", str(tmp_path / "report.json"), "-o", str(tmp_path / "a.zip")]) == 0
    assert main(["replay", str(tmp_path / "a.zip")]) == 0
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (tmp_path / "a.zip").stat().st_size > size
    assert peak < size // 4


def test_progress_counts_blocks_of_a_mebibyte():
    manifest = open_archive(io.BytesIO(archived(ATTACHED)), "a.zip").manifest
    assert all(member.size_bytes < 1 << 20 for member in manifest.members)
    assert cli_archive.blocks_of(manifest) == sum(member.size_bytes > 0 for member in manifest.members)


# --- The layout -----------------------------------------------------------------------------------------------------

NAMES = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,20}(/[A-Za-z0-9_][A-Za-z0-9._-]{0,20}){0,5}", fullmatch=True)


@settings(max_examples=100, deadline=None)
@given(members=st.dictionaries(NAMES, st.binary(max_size=300), min_size=1, max_size=12))
def test_what_is_written_is_read_back_by_us_and_by_others(members: dict[str, bytes]):
    file = io.BytesIO()
    entries = [archive_files.put_member(file, name, len(data), iter([data])) for name, data in members.items()]
    file.write(directory(entries))
    assert entries_in(file, "a.zip") == entries
    with zipfile.ZipFile(file) as found:
        assert {name: found.read(name) for name in found.namelist()} == members
    for entry in entries:
        assert file.getvalue()[entry.start : entry.end] == members[entry.name]


@pytest.mark.slow
@settings(max_examples=8, deadline=None)
@given(
    reports=st.lists(st.sampled_from(sorted(REPORTS.glob("*.json"))), min_size=1, max_size=3),
    as_of=st.none() | st.dates(date(2022, 1, 1), date(2027, 12, 31)),
)
def test_round_trip(reports: list[Path], as_of: date | None):
    """Whatever is archived comes out the same, and is intact."""
    archive = open_archive(io.BytesIO(archived(*reports, as_of=as_of)), "a.zip")
    assert forgeries(archive, lambda: None) == []
    found = replayed_archive(archive)
    assert {one.status for one in found} == {"reproduced"}
    assert {one.report_id for one in found} == {json.loads(path.read_bytes())["report_id"] for path in reports}

"""The lock of the law: the same law as the files, only for those very files, and quick."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

from harness.codec import law_files, packaged
from harness.codec.law_lock import LOCK, locked, read_lock
from harness.policy.law import Law
from harness.policy.timeline import LawFiles, compile_law


@pytest.fixture(scope="module")
def files() -> LawFiles:
    return law_files.parsed(packaged.INSTRUMENTS)


def test_the_lock_is_that_of_the_law_files(files):
    assert locked(files) == LOCK.read_bytes(), "a law file changed; run: python3 -m harness.codec.law_lock"


def test_the_lock_holds_the_documents_that_the_files_hold(files):
    lock = read_lock(files.sha256)
    assert lock is not None
    assert (lock.instruments, lock.lenses, lock.readings) == (files.instruments, files.lenses, files.readings)
    assert lock.facts == compile_law(files).facts


def test_the_law_is_the_same_from_the_lock_and_from_the_files(files):
    quick, slow = law_files.read_law(), compile_law(files)
    assert quick == slow
    texts = [[act.text for provision in law.provisions.values() for act in provision.acts] for law in (quick, slow)]
    assert texts[0] == texts[1]


def test_a_changed_file_is_read_in_place_of_the_lock(tmp_path: Path):
    shutil.copytree(packaged.INSTRUMENTS, tmp_path / "law")
    same = law_files.read_law(tmp_path / "law")
    shutil.copytree(packaged.INSTRUMENTS, tmp_path / "other")
    for file in (tmp_path / "other").glob("*.toml"):
        file.write_bytes(file.read_bytes().replace(b'title            = "', b'title            = "Changed: '))
    changed = law_files.read_law(tmp_path / "other")
    assert titles(same) == titles(law_files.read_law())
    assert all(title.startswith("Changed: ") for title in titles(changed))
    assert changed.sha256 != same.sha256


def titles(law: Law) -> list[str]:
    return [instrument.title for instrument in law.instruments.values()]


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b'{"schema":"law-lock/2"}', b"\xff"])
def test_a_lock_that_does_not_read_is_passed_over(files, tmp_path: Path, content: bytes | None):
    lock = tmp_path / "law.lock.json"
    if content is not None:
        lock.write_bytes(content)
    assert read_lock(files.sha256, lock) is None


def test_a_lock_of_other_files_is_passed_over(files, tmp_path: Path):
    lock = tmp_path / "law.lock.json"
    lock.write_text(json.dumps({**json.loads(LOCK.read_bytes()), "sha256": "0" * 64}))
    assert read_lock(files.sha256, lock) is None


def test_the_lock_is_written_by_one_command(tmp_path: Path):
    """On a copy of the package: what it writes is what lies here."""
    shutil.copytree(ROOT / "harness", tmp_path / "harness", ignore=shutil.ignore_patterns("__pycache__"))
    copy = tmp_path / "harness" / "policy" / LOCK.name
    copy.unlink()
    subprocess.run([sys.executable, "-m", "harness.codec.law_lock"], cwd=tmp_path, check=True, capture_output=True)
    assert copy.read_bytes() == LOCK.read_bytes()


def test_reading_the_shipped_law_builds_no_validator():
    """Building them is what takes the time: the lock spares it."""
    code = (
        "from harness.codec.law_files import read_law; read_law()\n"
        "from harness.model.policy import InstrumentText, LensesText, ReadingsText, RowText\n"
        "models = (InstrumentText, LensesText, ReadingsText, RowText)\n"
        "import sys; sys.exit(any(model.__pydantic_complete__ for model in models))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0

"""The lock of the method file: the same parameters as the file, only for that very file, and quick."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

from harness.codec.method_files import method_bytes, method_from, parsed
from harness.codec.method_lock import LOCK, locked, read_lock

NAME, DATA = method_bytes()
METHOD, DIGEST = parsed(DATA, NAME)


def test_the_lock_is_that_of_the_newest_method_file():
    assert locked(METHOD, DIGEST) == LOCK.read_bytes(), "the method changed; run: python3 -m harness.codec.method_lock"


def test_the_lock_holds_what_the_file_holds():
    assert read_lock(DIGEST) == METHOD
    assert method_from(DATA, NAME) == (METHOD, DIGEST)


def test_a_changed_file_is_read_in_place_of_the_lock():
    changed = DATA.replace(b"false_accept_risk  = 0.025", b"false_accept_risk  = 0.05")
    method, digest = method_from(changed, NAME)
    assert (str(method.false_accept_risk), str(METHOD.false_accept_risk)) == ("0.05", "0.025")
    assert digest != DIGEST


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b'{"schema":"method-lock/2"}', b"\xff"])
def test_a_lock_that_does_not_read_is_passed_over(tmp_path: Path, content: bytes | None):
    lock = tmp_path / LOCK.name
    if content is not None:
        lock.write_bytes(content)
    assert read_lock(DIGEST, lock) is None


def test_a_lock_of_another_file_is_passed_over(tmp_path: Path):
    lock = tmp_path / LOCK.name
    lock.write_text(json.dumps({**json.loads(LOCK.read_bytes()), "sha256": "0" * 64}))
    assert read_lock(DIGEST, lock) is None


def test_reading_the_shipped_method_builds_no_validator():
    """Building it is what takes the time: the lock spares it."""
    code = (
        "from harness.codec.method_files import read_method; read_method()\n"
        "from harness.model.method import MethodParameters\n"
        "import sys; sys.exit(MethodParameters.__pydantic_complete__)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0

"""harness key and harness trust, as users type them."""

import json
import os
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import ROOT, put
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from trusting import id_of, key, payload, public, signed

from harness.cli.__main__ import main
from harness.codec.schemas import faults_against_schema
from harness.evidence.keys import private_pem, public_pem, verifies

NOW = "2026-11-29T12:00:00Z"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with the private and public keys of some names."""
    monkeypatch.chdir(tmp_path)
    for name in ("root-1", "root-2", "laboratory-1", "stranger"):
        (tmp_path / name).write_bytes(private_pem(key(name)))
        (tmp_path / name).chmod(0o600)
        (tmp_path / f"{name}.pub").write_bytes(public_pem(public(name)))
    return tmp_path


def told(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


# --- Keys -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["ed25519", "ecdsa-p256-sha256", "ecdsa-p384-sha384"])
def test_a_new_key_is_for_its_owner_alone_and_shows_the_id_of_its_public_half(algorithm: str, folder: Path, capsys):
    assert main(["key", "new", "-o", "k", "--algorithm", algorithm]) == 0
    made = told(capsys)
    assert stat.S_IMODE((folder / "k").stat().st_mode) == 0o600
    for file in ("k", "k.pub"):
        assert main(["key", "show", file]) == 0
        shown = told(capsys)
        assert algorithm in shown
        assert shown in made
    assert b"PRIVATE" not in (folder / "k.pub").read_bytes()


@pytest.mark.parametrize("there", ["k", "k.pub"])
def test_a_key_is_never_written_over_unasked(there: str, folder: Path, capsys):
    (folder / there).write_text("precious")
    assert main(["key", "new", "-o", "k"]) == 2
    assert (folder / there).read_text() == "precious"
    assert {file.name for file in folder.glob("k*")} == {there}
    assert main(["key", "new", "-o", "k", "--force"]) == 0


@pytest.mark.parametrize("output", ["missing/k", ".", "sub"])
def test_where_no_file_can_be_written_no_key_is_left(output: str, folder: Path):
    (folder / "sub.pub").mkdir()
    before = {file.name for file in folder.iterdir()}
    assert main(["key", "new", "-o", output, "--force"]) == 2
    assert {file.name for file in folder.iterdir()} == before


def test_a_passphrase_comes_from_a_file_and_opens_its_key_alone(folder: Path, capsys):
    (folder / "right").write_text("correct horse\n")
    (folder / "wrong").write_text("incorrect horse\n")
    assert main(["key", "new", "-o", "k", "--passphrase-file", "right"]) == 0
    assert b"ENCRYPTED" in (folder / "k").read_bytes()
    assert main(["key", "show", "k"]) == 2
    assert "--passphrase-file" in capsys.readouterr().err
    assert main(["key", "show", "k", "--passphrase-file", "wrong"]) == 2
    assert main(["key", "show", "k", "--passphrase-file", "wrong", "--passphrase-file", "right"]) == 0


@pytest.mark.parametrize("content", [b"", b"\n", b"x" * 2000])
def test_no_passphrase_is_no_passphrase(content: bytes, folder: Path):
    (folder / "p").write_bytes(content)
    assert main(["key", "new", "-o", "k", "--passphrase-file", "p"]) == 2
    assert not list(folder.glob("k*"))


@pytest.mark.parametrize("content", [b"", b"text", b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"])
def test_a_file_without_a_key_is_unreadable(content: bytes, folder: Path, capsys):
    (folder / "x").write_bytes(content)
    assert main(["key", "show", "x"]) == 2
    assert "need a public or private key in PEM" in capsys.readouterr().err


def test_a_private_key_that_others_can_read_is_told(folder: Path, capsys):
    (folder / "root-1").chmod(0o644)
    assert main(["key", "show", "root-1"]) == 0
    assert "chmod 600 root-1" in capsys.readouterr().err


def test_the_entry_of_a_key_fits_into_a_trust_root(folder: Path, capsys):
    times = ["--valid-from", "2026-01-01T00:00:00Z", "--valid-until", "2027-01-01T00:00:00Z"]
    assert main(["key", "show", "stranger.pub", "--organisation", "newcomer", *times]) == 0
    entry = json.loads(told(capsys))
    assert set(entry) == {id_of("stranger")}
    content = payload()
    content["keys"] |= entry
    (folder / "t").write_bytes(signed(content))
    assert main(["trust", "rotate", "t", "t"]) == 2  # One file twice.
    assert main(["trust", "check", "t", "--now", NOW]) == 3
    assert main(["key", "show", "stranger.pub", "--organisation", "newcomer"]) == 2
    assert main(["key", "show", "stranger.pub", "--organisation", "New Comer", *times]) == 2
    assert main(["key", "show", "stranger.pub", "--organisation", "x", *times[:2], times[2], times[1]]) == 2


# --- Trust roots ----------------------------------------------------------------------------------------------------

MADE = [
    "trust", "new", "--key", "root", "agency", "root-1.pub", "--key", "root", "institute", "root-2.pub",
    "--threshold", "root=2", "--organisations", "root=2", "--key", "laboratory", "example", "laboratory-1.pub",
    "--valid-from", "2026-01-01T00:00:00Z", "--expires", "2026-12-31T00:00:00Z", "-o", "p.json",
]  # fmt: skip


def pin(file: str) -> str:
    import hashlib

    return hashlib.sha256(Path(file).read_bytes()).hexdigest()


def test_from_keys_to_a_root_that_is_trusted_and_rotated(folder: Path, capsys):
    """The whole way: two keepers sign one after the other, then both the next version."""
    assert main(MADE) == 0
    assert faults_against_schema("trust-root", (folder / "p.json").read_bytes(), "p.json") == []
    assert main(["trust", "sign", "p.json", "--key", "root-1", "-o", "v1.json"]) == 0
    assert "root-threshold" in told(capsys)
    assert main(["trust", "check", "v1.json", "--sha256", pin("v1.json"), "--now", NOW]) == 1
    assert main(["trust", "sign", "v1.json", "--key", "root-2", "-o", "v1.json"]) == 2
    assert main(["trust", "sign", "v1.json", "--key", "root-2", "-o", "v1.json", "--force"]) == 0
    assert f"pin: {pin('v1.json')}" in told(capsys)
    assert main(["trust", "check", "v1.json", "--sha256", pin("v1.json"), "--now", NOW]) == 0
    assert main(["trust", "new", "--after", "v1.json", "-o", "p2.json"]) == 0
    assert json.loads((folder / "p2.json").read_bytes())["version"] == 2
    assert main(["trust", "sign", "p2.json", "--key", "root-1", "--key", "root-2", "-o", "v2.json"]) == 0
    assert main(["trust", "rotate", "v1.json", "v2.json", "--now", NOW]) == 0
    assert pin("v2.json") in told(capsys)
    assert main(["trust", "rotate", "v2.json", "v1.json", "--now", NOW]) == 1
    assert main(["trust", "check", "v2.json", "--previous", "v1.json", "--sha256", pin("v1.json"), "--now", NOW]) == 0
    assert main(["trust", "check", "v2.json", "--sha256", pin("v1.json"), "--now", NOW]) == 1
    assert main(["trust", "check", "v1.json", "--sha256", pin("v1.json"), "--now", NOW, "--at-least", "2"]) == 1


def test_without_a_pin_nothing_says_whose_it_is(folder: Path, capsys):
    """A forged root that its forger signed holds in itself as well as an honest one."""
    (folder / "forged").write_bytes(signed(payload()))
    assert main(["trust", "check", "forged", "--now", NOW]) == 3
    assert told(capsys).splitlines()[-1].startswith("UNDECIDED")


def test_the_clock_is_told_and_is_that_of_the_machine_where_none_is_given(folder: Path, capsys):
    (folder / "t").write_bytes(signed(payload()))
    main(["trust", "check", "t", "--now", NOW])
    assert "clock as given: 2026-11-29T12:00:00Z" in told(capsys)
    main(["trust", "check", "t"])
    assert f"clock of this machine: {datetime.now(UTC).date()}T" in told(capsys)


@pytest.mark.parametrize(("now", "code"), [("2027-06-29T23:59:59Z", 0), ("2027-06-30T00:00:00Z", 1)])
def test_expired_at_its_instant(now: str, code: int, folder: Path):
    (folder / "t").write_bytes(signed(payload()))
    assert main(["trust", "check", "t", "--sha256", pin("t"), "--now", now]) == code


def test_the_answer_for_programs_names_every_reason_and_fits_its_schema(folder: Path, capsys):
    content = payload()
    put(f"keys.{id_of('laboratory-1')}.algorithm", "ecdsa-p384-sha384")(content)
    (folder / "t").write_bytes(signed(content, "root-1"))
    assert main(["trust", "check", "t", "--format", "json", "--now", NOW]) == 1
    text = told(capsys)
    assert faults_against_schema("trust-check", text.encode(), "answer.json") == []
    answer = json.loads(text)
    assert answer["outcome"] == "fail"
    assert [one["code"] for one in answer["reasons"]] == ["root-key-algorithm-wrong", "root-threshold"]


def test_what_could_not_be_trusted_is_not_signed(folder: Path, capsys):
    content = payload()
    content["roles"]["exporter"]["keys"].append(id_of("laboratory-1"))
    (folder / "p").write_text(json.dumps(content))
    assert main(["trust", "sign", "p", "--key", "root-1", "-o", "out"]) == 1
    assert "root-role-conflict" in capsys.readouterr().err
    assert not (folder / "out").exists()


def test_a_signature_that_counts_only_for_the_version_before_is_told(folder: Path, capsys):
    (folder / "p").write_text(json.dumps(payload()))
    assert main(["trust", "sign", "p", "--key", "stranger", "-o", "out"]) == 0
    assert f"key {id_of('stranger')} is no root key of this version" in capsys.readouterr().err


def test_a_root_that_does_not_hold_is_shown_with_what_is_wrong(folder: Path, capsys):
    (folder / "t").write_bytes(signed(payload(), "root-1"))
    assert main(["trust", "show", "t"]) == 0
    assert "DOES NOT HOLD: root-threshold" in told(capsys)
    assert main(["trust", "show", "t", "--format", "json"]) == 0
    assert faults_against_schema("trust-root", told(capsys).encode(), "t.json") == []


def test_text_of_a_forger_moves_no_cursor(folder: Path, capsys):
    content = payload()
    content["notes"] = ["fine \u202e\u2028 text"]
    (folder / "t").write_bytes(signed(content))
    assert main(["trust", "show", "t"]) == 0
    assert "\\u202e\\u2028" in told(capsys)


WRONG = [
    ["trust", "new", "--key", "auditor", "x", "root-1.pub"],
    ["trust", "new", "--key", "root", "X Y", "root-1.pub"],
    ["trust", "new", "--key", "root", "x", "missing.pub"],
    ["trust", "new", "--threshold", "root=2"],
    ["trust", "new", "--key", "root", "x", "root-1.pub", "--threshold", "root=0"],
    ["trust", "new", "--key", "root", "x", "root-1.pub", "--threshold", "root"],
    ["trust", "new", "--key", "root", "x", "root-1.pub", "--valid-from", "9999-12-01T00:00:00Z"],
    ["trust", "check", "t", "--sha256", "ABC"],
    ["trust", "check", "missing"],
    ["trust", "check", "root-1.pub"],
    ["trust", "check", "."],
    ["trust", "sign", "t", "--key", "root-1.pub", "-o", "out"],
    ["trust", "sign", "root-1.pub", "--key", "root-1", "-o", "out"],
    ["trust", "new", "--after", "t", "--key", "root", "x", "root-1.pub"],
]


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_wrong_words_and_unreadable_files_end_with_2_and_no_file(words: list[str], folder: Path, capsys):
    (folder / "t").write_bytes(signed(payload()))
    assert main(words) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("harness: ")
    assert captured.out == ""
    assert not (folder / "out").exists()


@pytest.mark.parametrize(
    "now", ["2026-11-29", "yesterday", "2026-02-30T00:00:00Z", "2026-11-29T12:00:00", "0001-01-01T00:00:00+10:00"]
)
def test_a_clock_that_is_none_is_refused(now: str, folder: Path):
    with pytest.raises(SystemExit) as ended:
        main(["trust", "check", "t", "--now", now])
    assert ended.value.code == 2


HONEST = signed(payload())


@given(at=st.integers(0, len(HONEST) - 1), flip=st.integers(1, 255))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_no_altered_byte_passes_the_pin_or_ends_in_a_bug(at: int, flip: int, tmp_path: Path):
    import hashlib

    altered = bytearray(HONEST)
    altered[at] ^= flip
    file = tmp_path / "t"
    file.write_bytes(altered)
    assert main(["trust", "check", str(file), "--sha256", hashlib.sha256(HONEST).hexdigest(), "--now", NOW]) == 1
    assert main(["trust", "check", str(file), "--now", NOW]) in (1, 2, 3)
    assert main(["trust", "show", str(file)]) in (0, 2)


def test_help_of_both_commands_imports_no_cryptography():
    code = (
        "import sys; from harness.cli.__main__ import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "sys.exit('cryptography' in sys.modules)"
    )
    for command in ("key", "trust"):
        done = subprocess.run(
            [sys.executable, "-c", code, command, "--help"], cwd=ROOT, capture_output=True, check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert done.returncode == 0


def test_the_signature_of_the_command_is_one_of_the_bytes_that_were_given(folder: Path):
    """White space and order of the payload are signed as they are: nothing is written anew."""
    from harness.evidence.dsse import opened, pre_authentication_encoding
    from harness.model.trust_root import TRUST_ROOT_TYPE

    text = json.dumps(payload(), indent=7).encode() + b"\n\n"
    (folder / "p").write_bytes(text)
    assert main(["trust", "sign", "p", "--key", "root-1", "-o", "out"]) == 0
    envelope = opened((folder / "out").read_bytes(), "out", TRUST_ROOT_TYPE)
    assert envelope.payload == text
    message = pre_authentication_encoding(TRUST_ROOT_TYPE, text)
    assert verifies(public("root-1"), message, envelope.signatures[0][1])

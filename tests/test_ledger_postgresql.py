"""A ledger in PostgreSQL gives the answers that one in a file gives, and keeps its promises."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from conftest import ROOT
from ledgers import CAPS, cancelled, corrected, gone, ledger, licence, product, refused, stayed
from test_ledger_integrity import ENVIRONMENT, fed, lines, said

from harness.cli.__main__ import main
from harness.errors import UnreadableInput, WrongUsage
from harness.evidence.keys import new_private_key, private_pem
from harness.ledger.capping import cap_statement
from harness.ledger.checking import checked
from harness.ledger.ledger import Ledger
from harness.ledger.proving import new_checkpoint

pytestmark = pytest.mark.slow

START = (product(), licence())


def _as_nobody() -> list[str]:
    """A server of PostgreSQL does not run as root."""
    return ["runuser", "-u", "nobody", "--"] if os.getuid() == 0 else []


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A private server in a folder of its own, without a network; the URL of its databases."""
    programs = [shutil.which(name) for name in ("initdb", "pg_ctl", "createdb")]
    if find_spec("psycopg") is None or None in programs[:2]:
        pytest.skip("needs PostgreSQL (initdb, pg_ctl) and psycopg")
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    folder.chmod(0o777)
    base, own = str(folder / "data"), _as_nobody()
    options = f"-c listen_addresses= -c unix_socket_directories={folder}"
    try:
        done = subprocess.run(
            [*own, "initdb", "-D", base, "-U", "keeper", "-A", "trust", "-N"], capture_output=True, check=False
        )
        if done.returncode:
            pytest.skip(f"no cluster to be had here: {done.stderr.decode()[:200]}")
        subprocess.run(
            [*own, "pg_ctl", "-D", base, "-l", str(folder / "log"), "-w", "-o", options, "start"],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        yield f"postgresql://keeper@/{{}}?host={folder}"
    finally:
        subprocess.run([*own, "pg_ctl", "-D", base, "-m", "immediate", "stop"], capture_output=True, check=False)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def url(server: str) -> str:
    """A fresh database."""
    import psycopg

    url.count = getattr(url, "count", 0) + 1  # type: ignore[attr-defined]
    name = f"l{url.count}"  # type: ignore[attr-defined]
    with psycopg.connect(server.format("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return server.format(name)


def test_both_give_the_same_answers(url: str, tmp_path: Path):
    there, here = Ledger.new(url, "example.com/log"), ledger(tmp_path)
    steps = [
        [*START, stayed(20), stayed(5, evidence=None)],
        [gone(6, unit_ids=tuple("abcdef")), gone(3, country="MO"), gone(9, country="SG", licence=None)],
        [gone(2)],
        [gone(1, unit_ids=("A",))],
        [corrected(4, gone(5, unit_ids=tuple("abcde")))],
        [gone(2)],
        [cancelled(2)],
        [stayed(1, "2026-05-01"), gone(1, country="HK")],
    ]
    for step in steps:
        assert refused(there, *step) == refused(here, *step)
        assert cap_statement(there, CAPS, None, None) == cap_statement(here, CAPS, None, None)
    assert there.frontier() == here.frontier()
    assert checked(there, CAPS) == checked(here, CAPS)


def test_two_writers_at_once_lose_nothing_and_never_cross_the_cap(url: str):
    Ledger.new(url, "example.com/log").record([*START, stayed(40)], CAPS)
    command = [sys.executable, "-m", "harness", "ledger", "record", url, "-", "--each"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    writers = [subprocess.Popen(command, cwd=ROOT, env=ENVIRONMENT, **pipes) for _ in range(2)]  # type: ignore[call-overload]
    for process in writers:
        fed(process, lines(*(gone(1) for _ in range(20))))
    outputs = [process.communicate() for process in writers]
    assert len({seq for output, _ in outputs for seq in said(output)}) == 20
    found = Ledger.at(url)
    assert cap_statement(found, CAPS, None, None).units_left == 0
    assert checked(found, CAPS).damage == []


def test_killed_writers_lose_nothing_that_they_told(url: str):
    Ledger.new(url, "example.com/log").record(START, CAPS)
    for _ in range(3):
        process = subprocess.Popen(
            [sys.executable, "-m", "harness", "ledger", "record", url, "-", "--each"],
            cwd=ROOT, env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        fed(process, lines(*(stayed(1) for _ in range(200))))
        assert process.stdout is not None
        first = process.stdout.readline()
        process.kill()
        numbers = said(first + process.stdout.read())
        process.wait()
        entries = dict(Ledger.at(url).entries())
        assert numbers
        assert set(numbers) <= set(entries)
    assert checked(Ledger.at(url), CAPS).damage == []


def test_the_commands_take_a_url(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "k.pem").write_bytes(private_pem(new_private_key("ed25519")))
    assert main(["ledger", "init", url, "--name", "example.com/log", "--key", str(tmp_path / "k.pem")]) == 0
    assert main(["ledger", "init", url]) == 2
    (tmp_path / "e.jsonl").write_bytes(lines(*START, stayed(2), gone(1)))
    assert main(["ledger", "record", url, str(tmp_path / "e.jsonl")]) == 0
    assert main(["ledger", "cap", url]) == 0
    assert main(["ledger", "checkpoint", url, "--key", str(tmp_path / "k.pem")]) == 0
    assert main(["ledger", "prove", url, "--seq", "3"]) == 0
    assert main(["ledger", "check", url]) == 0
    assert main(["ledger", "show", url]) == 0
    capsys.readouterr()
    import psycopg

    with psycopg.connect(url) as connection:
        connection.execute(
            "UPDATE harness_ledger.entry SET body = replace(convert_from(body, 'UTF8'), '\"units\":2', '\"units\":9')"
            "::bytea WHERE seq = 2"
        )
    assert main(["ledger", "check", url]) == 1
    assert "entry 2: is not what was recorded" in capsys.readouterr().err


def test_a_server_that_is_not_there_is_told_without_the_password(capsys: pytest.CaptureFixture[str]):
    place = "postgresql://keeper:secret@127.0.0.1:1/none"
    assert main(["ledger", "cap", place]) == 2
    told = capsys.readouterr().err
    assert "a database that answers" in told
    assert "secret" not in told


def test_a_database_without_a_ledger_is_told(url: str):
    with pytest.raises(UnreadableInput, match="a database without one"):
        Ledger.at(url)
    Ledger.new(url, "a").close()
    with pytest.raises(WrongUsage, match="never written over"):
        Ledger.new(url, "a")


def test_whatever_stands_in_a_cell_is_told_and_never_a_bug(url: str, tmp_path: Path):
    import psycopg

    found = Ledger.new(url, "example.com/log")
    found.record([*START, stayed(20), gone(5), gone(1)], CAPS)
    new_checkpoint(found, new_private_key("ed25519"))
    found.close()
    (tmp_path / "more.jsonl").write_bytes(lines(gone(1), stayed(1), cancelled(2)))
    cells = [("fact", "value"), ("entry", "kind"), ("entry", "body"), ("entry", "chain"), ("entry", "seq"),
             ("claim", "name"), ("claim", "seq"), ("tally", "day"), ("tally", "account"), ("tally", "units"),
             ("checkpoint", "size"), ("checkpoint", "note")]  # fmt: skip
    values = {"seq": ["-1", "99"], "units": ["-1", "9223372036854775807"], "size": ["-1", "99"],
              "body": ["''", "'{}'", "'\\xff'"], "chain": ["''", "'\\x00'"]}  # fmt: skip
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA whole")
        tables = ("fact", "entry", "claim", "tally", "checkpoint")
        for table in tables:
            connection.execute(f"CREATE TABLE whole.{table} AS TABLE harness_ledger.{table}".encode())
        for table, column in cells:
            for value in values.get(column, ["'x'", "''", "'5'", "'2026-02-30'"]):
                last = f"ctid = (SELECT max(ctid) FROM harness_ledger.{table})"
                where = "name <> 'format'" if table == "fact" else last
                connection.execute(f"UPDATE harness_ledger.{table} SET {column} = {value} WHERE {where}".encode())
                assert main(["ledger", "check", url]) in (1, 2), (table, column, value)
                for words in (["show"], ["cap"], ["prove", "--seq", "2"], ["record", str(tmp_path / "more.jsonl")]):
                    assert main(["ledger", words[0], url, *words[1:]]) in (0, 1, 2), (table, column, value, words)
                for one in tables:
                    connection.execute(f"TRUNCATE harness_ledger.{one}".encode())
                    connection.execute(f"INSERT INTO harness_ledger.{one} TABLE whole.{one}".encode())
    assert main(["ledger", "check", url]) == 0

"""Nothing that was said to be recorded is lost, nothing is half-written, and what was changed is found and located."""

import contextlib
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT, spread
from ledgers import CAPS, cancelled, gone, ledger, licence, product, stayed

from harness.cli.__main__ import main
from harness.errors import UnreadableInput
from harness.evidence.keys import new_private_key
from harness.evidence.ledger_entry import entry_bytes
from harness.ledger.checking import checked
from harness.ledger.ledger import EntriesRefused, Ledger
from harness.ledger.proving import new_checkpoint
from harness.model.ledger_event import LedgerEvent

START = (product(), licence())
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


def lines(*events: object) -> bytes:
    return b"".join(entry_bytes(one) + b"\n" for one in events)  # type: ignore[arg-type]


def writer(path: Path, *options: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "harness", "ledger", "record", str(path), "-", *options]
    return subprocess.Popen(
        command, cwd=ROOT, env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def said(output: bytes) -> list[int]:
    return [int(line.split()[2].rstrip(b";")) for line in output.splitlines() if line.startswith(b"recorded entry")]


def fed(process: "subprocess.Popen[bytes]", events: bytes) -> None:
    assert process.stdin is not None
    try:
        process.stdin.write(events)
        process.stdin.flush()
    except BrokenPipeError:
        pass


# --- Killed, at once, without room ----------------------------------------------------------------------------------


def killed_writers(path: Path, rounds: int, chance: random.Random) -> None:
    references: dict[int, str] = {}
    for turn in range(rounds):
        writers = []
        for who in range(2):
            names = [f"R{turn}-{who}-{n}" for n in range(40)]
            process = writer(path, "--each")
            fed(process, lines(*(stayed(1, reference=name) for name in names)))
            writers.append((process, names))
        first = [process.stdout.readline() for process, _ in writers]  # type: ignore[union-attr]
        time.sleep(chance.uniform(0, 0.3))
        for process, _ in writers:
            process.send_signal(signal.SIGKILL)
        for (process, names), line in zip(writers, first, strict=True):
            assert process.stdout is not None
            numbers = said(line + process.stdout.read())
            process.wait()
            references |= dict(zip(numbers, names[: len(numbers)], strict=True))
    found = Ledger.at(str(path))
    entries = dict(found.entries())
    assert references
    for seq, name in references.items():
        assert entries[seq].event.reference == name, "what was said to be recorded is there"  # type: ignore[union-attr]
    result = checked(found, CAPS)
    assert result.damage == []
    assert result.size == len(entries)


def test_nothing_is_lost_where_writers_are_killed(tmp_path: Path):
    ledger(tmp_path, START).close()
    killed_writers(tmp_path / "a.ledger", 1, random.Random(7))


@pytest.mark.slow
def test_nothing_is_lost_where_writers_are_killed_many_times(tmp_path: Path):
    ledger(tmp_path, START).close()
    killed_writers(tmp_path / "a.ledger", 25, random.Random(11))


def test_two_writers_at_once_lose_nothing_and_never_cross_the_cap(tmp_path: Path):
    """Ten units may go; both try for ten, one at a time."""
    ledger(tmp_path, [*START, stayed(20)]).close()
    path = tmp_path / "a.ledger"
    writers = [writer(path, "--each") for _ in range(2)]
    for process in writers:
        fed(process, lines(*(gone(1) for _ in range(10))))
    outputs = [process.communicate() for process in writers]
    recorded = [seq for output, _ in outputs for seq in said(output)]
    assert len(recorded) == len(set(recorded)) == 10
    assert {process.returncode for process in writers} <= {0, 1}
    assert sum(error.count(b"cap-crossed") for _, error in outputs) == 10
    found = Ledger.at(str(path))
    assert sum(entry.event.kind == "export" for _, entry in found.entries()) == 10
    assert checked(found, CAPS).damage == []


def test_writers_take_turns(tmp_path: Path):
    """Each looks at what the other wrote before it writes, and waits rather than gives up; there is room for 15."""
    ledger(tmp_path, [*START, stayed(30)]).close()
    start, recorded = threading.Barrier(2), []

    def slowly() -> Iterator[LedgerEvent]:
        # The books are read by now, and nothing is written yet.
        time.sleep(0.01)
        yield gone(1)

    def work() -> None:
        found = Ledger.at(str(tmp_path / "a.ledger"))
        found.store.run("PRAGMA synchronous = OFF")
        start.wait()
        for _ in range(10):
            with contextlib.suppress(EntriesRefused):
                recorded.append(found.record(slowly(), CAPS).first)
        found.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(recorded) == list(range(3, 18))
    assert checked(Ledger.at(str(tmp_path / "a.ledger")), CAPS).damage == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])
def test_what_ends_in_the_middle_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
):
    found = ledger(tmp_path, START)

    def ends(*_: object, **__: object) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr("harness.ledger.ledger.keep", ends)
        with pytest.raises(error):
            found.record([stayed(1), stayed(2)], CAPS)
    assert len(list(found.entries())) == found.frontier().size == 2
    assert found.record([stayed(3)], CAPS).first == 2
    assert checked(found, CAPS).damage == []


def test_a_full_disk_ends_in_words_and_leaves_the_ledger_as_it_was(tmp_path: Path):
    """The file may not grow beyond what it has: the system says so in the middle of a commit."""
    ledger(tmp_path, START).close()
    path = tmp_path / "a.ledger"
    (tmp_path / "more.jsonl").write_bytes(lines(*(stayed(1) for _ in range(2_000))))
    limit = path.stat().st_size + 8192
    done = subprocess.run(
        [sys.executable, "-m", "harness", "ledger", "record", str(path), str(tmp_path / "more.jsonl")],
        cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stdout == ""
    assert "room on the disk" in done.stderr
    assert "nothing was recorded" in done.stderr
    assert "Traceback" not in done.stderr
    found = Ledger.at(str(path))
    assert found.frontier().size == 2
    assert checked(found, CAPS).damage == []
    found.record([stayed(1)], CAPS)


def test_a_database_that_may_not_grow_ends_in_words(tmp_path: Path):
    found = ledger(tmp_path, START)
    pages = found.store.run("PRAGMA page_count")[0][0]
    found.store.run(f"PRAGMA max_page_count = {pages + 1}")
    with pytest.raises(UnreadableInput, match="room on the disk"):
        found.record([stayed(1) for _ in range(500)], CAPS)
    assert found.frontier().size == 2
    assert checked(found, CAPS).damage == []


def test_who_waits_too_long_is_told_that_another_writer_holds_it(tmp_path: Path):
    found = ledger(tmp_path, START)
    other = sqlite3.connect(tmp_path / "a.ledger", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    found.store.run("PRAGMA busy_timeout = 10")
    with pytest.raises(UnreadableInput, match="another writer holds it"):
        found.record([stayed(1)], CAPS)
    other.execute("ROLLBACK")
    found.record([stayed(1)], CAPS)


# --- Changed --------------------------------------------------------------------------------------------------------


def filled(folder: Path) -> Path:
    found = ledger(folder, [*START, stayed(20, reference="INV-A"), gone(5), stayed(2), gone(1, unit_ids=("GPU-1",))])
    new_checkpoint(found, new_private_key("ed25519"))
    found.record([stayed(1), stayed(4)], CAPS)
    found.close()
    return folder / "a.ledger"


FREE = "DROP TRIGGER entry_is_never_updated; DROP TRIGGER entry_is_never_deleted;"
MORE = "replace(CAST(body AS TEXT), '\"units\":20', '\"units\":90')"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (f"{FREE} UPDATE entry SET body = CAST({MORE} AS BLOB) WHERE seq = 2", ["entry 2: is not what was recorded"]),
        (f"{FREE} UPDATE entry SET chain = randomblob(32) WHERE seq = 4", ["entry 4: is not", "entry 5: is not"]),
        (f"{FREE} DELETE FROM entry WHERE seq = 3", ["entry 3: is missing; entry 4 follows"]),
        (f"{FREE} DELETE FROM entry WHERE seq = 7", ["the edge of the tree: is not that of the 7 entries"]),
        (f"{FREE} UPDATE entry SET kind = 'export' WHERE seq = 4", ["entry 4: is of the kind us-shipment"]),
        (f"{FREE} UPDATE entry SET seq = 99 WHERE seq = 7", ["entry 7: is missing; entry 99 follows"]),
        (f"{FREE} UPDATE entry SET body = X'7B7D' WHERE seq = 6", ["entry 6: is not what", "entry 6: schema: got"]),
        ("UPDATE tally SET units = 90 WHERE side = 'us'", ["us US: says units 90; the entries say units 27"]),
        ("DELETE FROM tally WHERE side = 'export'", ["export CN: says nothing; the entries say units 6"]),
        ("DELETE FROM claim WHERE name = 'gpu-1'", ["unit gpu-1: says nothing; the entries say entry 5"]),
        ("INSERT INTO claim VALUES ('unit', 'gpu-2', 3)", ["unit gpu-2: says entry 3; the entries say nothing"]),
        ("UPDATE fact SET value = '7' WHERE name = 'edge'", ["the edge of the tree"]),
        ("UPDATE fact SET value = 'x y' WHERE name = 'edge'", ["the edge of the tree"]),
        ("UPDATE fact SET value = 'example.com/other' WHERE name = 'name'", ["entry 0: is not what was recorded"]),
        (f"{FREE}", ["entry_is_never_deleted is missing", "entry_is_never_updated is missing"]),
        (
            "CREATE TRIGGER more AFTER INSERT ON tally BEGIN UPDATE tally SET units = 9; END",
            ["the database: more is not part of a ledger"],
        ),
        ("DROP INDEX entry_by_kind", ["entry_by_kind is missing"]),
        ("INSERT INTO fact VALUES ('more', 'x')", ["the fact more: is not part of a ledger"]),
        ("UPDATE checkpoint SET size = 5", ["the checkpoint of 5 entries: is one of 6 entries"]),
        ("UPDATE checkpoint SET note = replace(note, '6', '7')", ["the checkpoint of 6 entries: "]),
    ],
)
def test_what_was_changed_is_found_and_located(
    tmp_path: Path, change: str, told: list[str], capsys: pytest.CaptureFixture[str]
):
    path = filled(tmp_path)
    assert main(["ledger", "check", str(path)]) == 0
    with sqlite3.connect(path) as database:
        database.executescript(change)
    database.close()
    capsys.readouterr()
    assert main(["ledger", "check", str(path)]) == 1
    output = capsys.readouterr()
    assert "not as it was recorded" in output.out
    for one in told:
        assert one in output.err


def rewritten(path: Path, seq: int, old: str, new: str) -> None:
    """Change an entry and make all that follows from it anew, as somebody does who knows how it is made."""
    from harness.evidence.merkle import Frontier, leaf_hash
    from harness.ledger.book_shelf import keep, read_event
    from harness.ledger.history import replayed
    from harness.ledger.ledger import chained, first_link
    from harness.ledger.sqlite_store import _GUARDS

    found = Ledger.at(str(path))
    for name in ("updated", "deleted"):
        found.store.run(f"DROP TRIGGER entry_is_never_{name}")
    rows = [(int(n), bytes(body)) for n, body in found.store.run("SELECT seq, body FROM entry ORDER BY seq")]
    tree, chain, entries = Frontier(), first_link(found.name), []
    for n, body in rows:
        changed = body.replace(old.encode(), new.encode()) if n == seq else body
        tree.append(leaf_hash(changed))
        chain = chained(chain, leaf_hash(changed))
        found.store.run("UPDATE entry SET body = ?, chain = ? WHERE seq = ?", (changed, chain, n))
        entries.append((n, read_event("", n, changed)))
    edge = " ".join([str(tree.size), *(one.hex() for one in tree.edge)])
    found.store.run("UPDATE fact SET value = ? WHERE name = 'edge'", (edge,))
    keep(found.store, replayed(entries, CAPS).books.changes, anew=True)
    for guard in _GUARDS:
        found.store.run(guard)
    found.close()


def test_a_log_written_anew_does_not_fit_the_checkpoint_that_it_signed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = filled(tmp_path)
    rewritten(path, 2, '"units":20', '"units":90')
    assert main(["ledger", "check", str(path)]) == 1
    assert "entries 0 to 5: are not those of the checkpoint of 6 entries" in capsys.readouterr().err


def test_a_log_written_anew_with_its_checkpoints_does_not_fit_one_that_was_kept_elsewhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = filled(tmp_path)
    with sqlite3.connect(path) as database:
        (note,) = database.execute("SELECT note FROM checkpoint").fetchone()
        database.execute("DELETE FROM checkpoint")
    database.close()
    kept = tmp_path / "kept.checkpoint"
    kept.write_text(note, encoding="utf-8")
    assert main(["ledger", "check", str(path), "--checkpoint", str(kept)]) == 0
    rewritten(path, 2, '"units":20', '"units":90')
    assert main(["ledger", "check", str(path)]) == 0
    assert main(["ledger", "check", str(path), "--checkpoint", str(kept)]) == 1
    assert "its root is another" in capsys.readouterr().err


def test_a_forged_export_that_crosses_is_told_though_everything_fits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    ledger(tmp_path, [*START, stayed(20), gone(5), stayed(1), cancelled(4)]).close()
    rewritten(tmp_path / "a.ledger", 3, '"units":5', '"units":50')
    assert main(["ledger", "check", str(tmp_path / "a.ledger")]) == 1
    assert "entry 3: should have been refused: cap-crossed" in capsys.readouterr().err
    assert main(["ledger", "cap", str(tmp_path / "a.ledger")]) == 1


def test_a_copy_put_back_is_seen_by_a_checkpoint_that_was_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = filled(tmp_path)
    shutil.copy(path, tmp_path / "old.ledger")
    key = new_private_key("ed25519")
    found = Ledger.at(str(path))
    found.store.run("DELETE FROM fact WHERE name = 'verifier_key'")
    found.store.run("DELETE FROM checkpoint")
    found = Ledger.at(str(path))
    found.record([stayed(1)], CAPS)
    kept = tmp_path / "kept.checkpoint"
    kept.write_text(new_checkpoint(found, key), encoding="utf-8")
    vkey = found.facts["verifier_key"]
    found.close()
    capsys.readouterr()
    old = str(tmp_path / "old.ledger")
    assert main(["ledger", "check", old, "--checkpoint", str(kept), "--vkey", vkey]) == 1
    assert "has 9 entries, and the log 8: it was put back to an earlier state" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda data: b"garbage!" + data[8:], "no SQLite database, or one whose head is damaged"),
        (lambda data: b"", "a file with nothing in it"),
        (lambda data: data[:100], "the ledger: got"),
        (lambda data: b"\0" * len(data), "the ledger: got"),
    ],
)
def test_a_file_that_is_no_ledger_is_refused_in_words(
    tmp_path: Path, harm: object, words: str, capsys: pytest.CaptureFixture[str]
):
    path = filled(tmp_path)
    path.write_bytes(harm(path.read_bytes()))  # type: ignore[operator]
    for command in (
        ["check"],
        ["cap"],
        ["show"],
        ["record", "--event", "report", "day=2026-01-01", "sha256=" + "a" * 64],
    ):
        assert main(["ledger", command[0], str(path), *command[1:]]) == 2
        assert words in capsys.readouterr().err


def test_any_damaged_page_is_told_and_never_a_bug(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = filled(tmp_path)
    whole = path.read_bytes()
    chance = random.Random(3)
    for _ in range(60):
        place = chance.randrange(100, len(whole))
        harmed = bytearray(whole)
        harmed[place : place + 16] = bytes(chance.randrange(256) for _ in range(16))
        path.write_bytes(bytes(harmed[: len(whole)]))
        # Where a free page is harmed, nothing is.
        assert main(["ledger", "check", str(path)]) in (0, 1, 2)
        capsys.readouterr()


STRANGE = [
    "'x'",
    "''",
    "X'00'",
    "-1",
    "7",
    "1e300",
    "'9'",
    "99999999999",
    "'8'",
    "NULL",
    "'a+00000000+AAAA'",
    "X'FF80'",
]
CELLS = [
    *(("fact", column) for column in ("name", "value")),
    *(("entry", column) for column in ("seq", "kind", "body", "chain")),
    *(("claim", column) for column in ("kind", "name", "seq")),
    *(("tally", column) for column in ("product", "day", "side", "account", "units")),
    *(("checkpoint", column) for column in ("size", "note")),
]


@pytest.mark.parametrize("cell", spread(CELLS, 3), ids=".".join)
def test_whatever_stands_in_a_cell_is_told_and_never_a_bug(
    tmp_path: Path, cell: tuple[str, str], capsys: pytest.CaptureFixture[str]
):
    (table, column), path = cell, filled(tmp_path)
    whole = path.read_bytes()
    more = lines(gone(1), stayed(1), cancelled(2))
    (tmp_path / "more.jsonl").write_bytes(more)
    told = 0
    for value in STRANGE:
        for row in ("rowid = (SELECT max(rowid) FROM {})", "rowid = (SELECT min(rowid) FROM {})"):
            path.write_bytes(whole)
            with sqlite3.connect(path) as database, contextlib.suppress(sqlite3.IntegrityError):
                database.executescript(f"{FREE} UPDATE {table} SET {column} = {value} WHERE {row.format(table)}")
            database.close()
            for words in (
                ["check"],
                ["show"],
                ["cap"],
                ["prove", "--seq", "2"],
                ["record", str(tmp_path / "more.jsonl")],
            ):
                code = main(["ledger", words[0], str(path), *words[1:]])
                assert code in (0, 1, 2, 3)
                told += words[0] == "check" and code != 0
            capsys.readouterr()
    assert told >= 12


def test_another_database_is_no_ledger(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    with sqlite3.connect(tmp_path / "other.db") as database:
        database.execute("CREATE TABLE entry (x)")
    database.close()
    assert main(["ledger", "check", str(tmp_path / "other.db")]) == 2
    assert "another database" in capsys.readouterr().err
    assert main(["ledger", "init", str(tmp_path / "other.db")]) == 2
    assert "never written over" in capsys.readouterr().err
    assert main(["ledger", "check", str(tmp_path / "none.ledger")]) == 2
    assert "harness ledger init" in capsys.readouterr().err


def test_the_log_cannot_be_edited_by_a_slip(tmp_path: Path):
    found = ledger(tmp_path, [*START, stayed(3)])
    for statement in ("UPDATE entry SET kind = 'export'", "DELETE FROM entry"):
        with pytest.raises(UnreadableInput, match="the log is never edited"):
            found.store.run(statement)


def test_a_checkpoint_is_never_signed_over_another_history(tmp_path: Path):
    found = ledger(tmp_path, [*START, stayed(20)])
    key = new_private_key("ed25519")
    new_checkpoint(found, key)
    found.close()
    rewritten(tmp_path / "a.ledger", 2, '"units":20', '"units":90')
    found = Ledger.at(str(tmp_path / "a.ledger"))
    with pytest.raises(UnreadableInput, match="other entries than were signed"):
        new_checkpoint(found, key)


def test_a_log_that_was_put_back_signs_nothing_more(tmp_path: Path):
    path, key = tmp_path / "a.ledger", new_private_key("ed25519")
    found = ledger(tmp_path, [*START, stayed(20)])
    new_checkpoint(found, key)
    shutil.copy(path, tmp_path / "old.ledger")
    found.record([stayed(1)], CAPS)
    later = new_checkpoint(found, key)
    old = Ledger.at(str(tmp_path / "old.ledger"))
    old.store.run("INSERT INTO checkpoint VALUES (4, ?)", (later,))
    with pytest.raises(UnreadableInput, match="got 3 entries; need 4, as were signed before"):
        new_checkpoint(old, key)


def test_a_checkpoint_is_never_signed_over_what_was_changed_since_the_last(tmp_path: Path):
    path = filled(tmp_path)
    with sqlite3.connect(path) as database:
        database.executescript(
            f"{FREE} UPDATE entry SET body = CAST(replace(body, 4, 9) AS BLOB) WHERE seq = 7;"
            "DELETE FROM checkpoint; DELETE FROM fact WHERE name = 'verifier_key'"
        )
    database.close()
    found = Ledger.at(str(path))
    with pytest.raises(UnreadableInput, match="other entries than were recorded"):
        new_checkpoint(found, new_private_key("ed25519"))


def test_tables_that_follow_can_be_lost_and_are_found_again_by_an_amendment(tmp_path: Path):
    """An amendment reads the whole history again, so what follows from it is written anew."""
    found = ledger(tmp_path, [*START, stayed(20), gone(5)])
    found.store.run("DELETE FROM tally")
    assert checked(found, CAPS).damage
    found.record([cancelled(3)], CAPS)
    assert checked(found, CAPS).damage == []


def test_recording_loads_nothing_heavy(tmp_path: Path):
    ledger(tmp_path, [*START, stayed(20)]).close()
    code = (
        "import sys, json; from harness.cli.__main__ import main\n"
        f"code = main(['ledger', 'record', {str(tmp_path / 'a.ledger')!r}, '--event', 'report', 'day=2026-01-01', "
        "'sha256=' + 'a' * 64])\n"
        "print(json.dumps([code, [m for m in ('cryptography', 'numpy', 'psycopg') if m in sys.modules]]))"
    )
    done = subprocess.run([sys.executable, "-c", code], env=ENVIRONMENT, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.splitlines()[-1]) == [0, []]

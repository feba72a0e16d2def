"""The ledger's commands answer what was asked, say where something stands, and take words in any sensible order."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import REPORTS, ROOT
from ledgers import CAPS, P, corrected, gone, ledger, licence, product, stayed
from test_ledger_command import HEAD, STAYED, csv_of, ran
from test_ledger_integrity import ENVIRONMENT, FREE, lines

from harness.evidence.keys import new_private_key, private_pem, public_of
from harness.evidence.signed_note import COSIGNATURE, verifier_text
from harness.ledger.ledger import Ledger
from harness.ledger.proving import new_checkpoint

START = (product(), licence())
KEY = new_private_key("ed25519")
VKEY = verifier_text("example.com/log", public_of(KEY))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    ledger(tmp_path, START).close()
    return tmp_path / "a.ledger"


def entries(path: Path) -> list[Any]:
    return [entry for _, entry in Ledger.at(str(path)).entries()]


# --- Proofs ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def proofs(path: Path, tmp_path: Path) -> tuple[Path, Path, Path, Path]:
    """A proof of entry 1, one that the log continues its checkpoint of 2 entries, that checkpoint, and an event."""
    (tmp_path / "key.pem").write_bytes(private_pem(KEY))
    ran("checkpoint", path, "--key", tmp_path / "key.pem", "-o", tmp_path / "old")
    Ledger.at(str(path)).record([stayed(2)], CAPS)
    ran("checkpoint", path, "--key", tmp_path / "key.pem", "-o", tmp_path / "new")
    ran("prove", path, "--seq", 1, "-o", tmp_path / "entry")
    ran("prove", path, "--consistency", 2, "-o", tmp_path / "history")
    (tmp_path / "event.json").write_bytes(lines(START[1]))
    return tmp_path / "entry", tmp_path / "history", tmp_path / "old", tmp_path / "event.json"


def test_a_proof_does_not_choose_what_was_asked(proofs: tuple[Path, ...], capsys: pytest.CaptureFixture[str]):
    entry, history, old, event = proofs
    assert ran("verify-proof", entry, "--vkey", VKEY, "--event", event) == 0
    assert ran("verify-proof", history, "--vkey", VKEY, "--old", old) == 0
    capsys.readouterr()
    for asked in (
        (entry, "--old", old),
        (history, "--event", event),
        (entry, "--event", event, "--old", old),
        (history, "--event", event, "--old", old),
    ):
        assert ran("verify-proof", asked[0], "--vkey", VKEY, *asked[1:]) == 2
        assert "holds:" not in capsys.readouterr().out


def test_a_log_is_no_witness_of_itself(proofs: tuple[Path, ...], capsys: pytest.CaptureFixture[str]):
    for witness in (VKEY, verifier_text("w.example", public_of(KEY), COSIGNATURE)):
        for more in ((), ("--quorum", 1)):
            assert ran("verify-proof", proofs[0], "--vkey", VKEY, "--witness", witness, *more) == 2
            assert "a log is no witness of itself" in capsys.readouterr().err
    other = verifier_text("w.example", public_of(new_private_key("ed25519")), COSIGNATURE)
    for quorum in ("0", "-1"):
        with pytest.raises(SystemExit) as error:
            ran("verify-proof", proofs[0], "--vkey", VKEY, "--witness", other, "--quorum", quorum)
        assert error.value.code == 2


def test_a_checkpoint_that_nobody_verified_is_not_said_to_hold(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    found = Ledger.at(str(path))
    kept = tmp_path / "kept"
    kept.write_text(new_checkpoint(found, KEY), encoding="utf-8")
    found.store.run("DELETE FROM fact WHERE name = 'verifier_key'")
    found.store.run("DELETE FROM checkpoint")
    found.close()
    assert ran("check", path, "--checkpoint", kept) == 3
    told = capsys.readouterr().out
    assert "its signature was not verified" in told
    assert "checkpoints hold" not in told
    assert ran("check", path, "--checkpoint", kept, "--vkey", VKEY) == 0
    assert "1 checkpoints hold" in capsys.readouterr().out


def test_a_checkpoint_of_another_log_is_refused(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    other = Ledger.new(str(tmp_path / "x.ledger"), "other.example/x")
    other.record(START, CAPS)
    kept = tmp_path / "kept"
    kept.write_text(new_checkpoint(other, KEY), encoding="utf-8")
    for more in ((), ("--vkey", verifier_text("other.example/x", public_of(KEY)))):
        assert ran("check", path, "--checkpoint", kept, *more) == 2
        assert "need a checkpoint of example.com/log" in capsys.readouterr().err


# --- Recording ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("option", [("--each",), ("--as-happened",), ("--reading", "hong-kong-as-china=a")])
def test_files_may_stand_after_options(path: Path, tmp_path: Path, option: tuple[str, ...]):
    (tmp_path / "e.jsonl").write_bytes(lines(stayed(2)))
    (tmp_path / "f.jsonl").write_bytes(lines(stayed(3)))
    assert ran("record", path, *option, tmp_path / "e.jsonl", tmp_path / "f.jsonl") == 0
    assert [entry.event.units for entry in entries(path)[2:]] == [2, 3]
    with pytest.raises(SystemExit):
        ran("record", path, "--none-such", tmp_path / "e.jsonl")


def test_a_product_may_be_named_in_the_call_that_makes_it_known(tmp_path: Path):
    path = tmp_path / "b.ledger"
    assert ran("init", path) == 0
    made = ("--event", "product", "day=2024-06-03", "model=H200", f"declared={REPORTS / 'h200-sxm.json'}")
    words = ("day=2026-02-01", "units=2", "to=x", "customer_country=US", "reference=I", "product=H200")
    assert ran("record", path, *made, "--us-shipment", *words) == 0
    assert [entry.event.kind for entry in entries(path)] == ["product", "us-shipment"]
    # In another order it is not known yet.
    assert ran("record", path, "--us-shipment", *words[:-1], "product=H100", *made) == 2


def test_a_correction_is_written_in_words_and_in_rows(path: Path, tmp_path: Path):
    Ledger.at(str(path)).record([stayed(4, reference="I")], CAPS)
    words = {
        "event.kind": "us-shipment", "event.product": "H200", "event.units": "5", "event.to": "Example Cloud",
        "event.customer_country": "US", "event.us_end_use": "yes", "event.reference": "I", "corrects": "2",
        "reason": "miscounted", "day": "2026-03-01",
    }  # fmt: skip
    spoken = [f"{name}={text}" for name, text in words.items()]
    assert ran("record", path, "--event", "correction", *spoken) == 0
    table = tmp_path / "c.csv"
    table.write_text(f"kind,{','.join(words)}\ncorrection,{','.join(words.values())}\n", encoding="utf-8")
    assert ran("record", path, table) == 0
    for entry in entries(path)[3:]:
        assert (entry.event.event.units, entry.event.event.product, entry.event.event.us_end_use) == (5, P, True)


@pytest.mark.parametrize("each", [(), ("--each",)])
def test_a_refusal_says_where_it_stands(
    path: Path, tmp_path: Path, each: tuple[str, ...], capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "e.jsonl").write_bytes(b"\n" + lines(stayed(2), gone(9)))
    assert ran("record", path, *each, tmp_path / "e.jsonl") == 1
    assert "e.jsonl, line 3: cap-crossed" in capsys.readouterr().err
    table = csv_of(
        tmp_path, STAYED.format(units=1, n="A", paper="a" * 64), STAYED.format(units=1, n="A", paper="c" * 64)
    )
    assert ran("record", path, *each, table) == 1
    assert "shipments.csv, line 3: reference-used-twice" in capsys.readouterr().err
    assert (
        ran("record", path, "--export", "day=2026-03-01", "product=H200", "units=99", "country=CN", "shipment=S") == 1
    )
    assert "--event export: cap-crossed" in capsys.readouterr().err
    table = csv_of(tmp_path, STAYED.format(units=1, n="B", paper="d" * 64).replace("H200", "H100"))
    assert ran("record", path, *each, table) == 2
    assert "shipments.csv, line 2: got the product 'H100'" in capsys.readouterr().err


def test_rows_without_anything_in_them_are_passed_over(path: Path, tmp_path: Path):
    row = STAYED.format(units=1, n="A", paper="a" * 64)
    assert ran("record", path, csv_of(tmp_path, "\n", row, "," * HEAD.count(",") + "\n", "\n")) == 0
    assert len(entries(path)) == 3


@pytest.mark.parametrize("words", [("foo",), ("correction", "day=2026-01-01", "event.kind=report"), ("kind",)])
def test_a_kind_that_there_is_not_is_told_in_plain_words(
    path: Path, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
):
    assert ran("record", path, "--event", *words) == 2
    told = capsys.readouterr().err
    assert "need one of product, us-shipment, export" in told
    assert "discriminator" not in told


@pytest.mark.parametrize("units", ["1000000000000000000", "1000000001", "0", "-1", "1,000", " 8", "8.0", "", "١"])
def test_a_number_of_units_is_told_with_its_limits(path: Path, units: str, capsys: pytest.CaptureFixture[str]):
    words = ("day=2026-03-01", "product=H200", "country=CN", "shipment=S", f"units={units}")
    assert ran("record", path, "--export", *words) == 2
    assert "event.units: got" in (told := capsys.readouterr().err)
    assert "need a whole number from 1 to 1000000000" in told


def test_nothing_to_record_is_told(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "e.jsonl").write_bytes(b"\n\n")
    for file in (tmp_path / "e.jsonl", csv_of(tmp_path)):
        for each in ((), ("--each",)):
            assert ran("record", path, file, *each) == 2
            output = capsys.readouterr()
            assert "nothing was recorded" in output.err
            assert output.out == ""


def test_a_log_that_is_visibly_broken_takes_nothing_more(path: Path, capsys: pytest.CaptureFixture[str]):
    import sqlite3

    Ledger.at(str(path)).record([stayed(2), stayed(3)], CAPS)
    whole = path.read_bytes()
    for harm in (
        "DELETE FROM entry WHERE seq = 3",
        "DELETE FROM entry WHERE seq = 1",
        "UPDATE entry SET body = CAST(replace(body, '\"units\":3', '\"units\":9') AS BLOB) WHERE seq = 3",
        "INSERT INTO entry SELECT 9, kind, body, chain FROM entry WHERE seq = 3",
    ):
        path.write_bytes(whole)
        with sqlite3.connect(path) as database:
            database.executescript(f"{FREE} {harm}")
        database.close()
        assert ran("record", path, "--event", "report", "day=2026-01-01", "sha256=" + "a" * 64) == 2
        assert "a ledger that is whole" in (told := capsys.readouterr().err) or "edge of the tree" in told
        assert "harness ledger check names" in told


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_what_could_not_be_told_is_recorded_and_the_error_says_so(path: Path):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "harness", "ledger", "record", str(path), "--event", "report", "day=2026-01-01",
             "sha256=" + "a" * 64],
            cwd=ROOT, env=ENVIRONMENT, stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert "entry 2 is recorded all the same: do not record it again" in done.stderr
    assert len(entries(path)) == 3


# --- Numbers and answers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["-1", "99999999999999999999", "1e3", "x"])
@pytest.mark.parametrize(
    "words",
    [("show", "--seq"), ("show", "--last"), ("prove", "--seq"), ("prove", "--consistency"), ("cap", "--units")],
)
def test_a_number_that_is_none_is_wrong_usage(path: Path, words: tuple[str, str], number: str):
    with pytest.raises(SystemExit) as error:
        ran(words[0], path, f"{words[1]}={number}")
    assert error.value.code == 2


def test_who_asks_whether_so_many_may_go_is_answered(path: Path, capsys: pytest.CaptureFixture[str]):
    Ledger.at(str(path)).record([stayed(11), gone(2), gone(1, country="HK")], CAPS)
    for units, code, says, word in (
        (2, 0, "asked       2 more may go\n", "yes"),
        (3, 3, "asked       3 more may go by one reading, and not by another\n", "by-reading"),
        (4, 1, "asked       4 more may not go\n", "no"),
    ):
        capsys.readouterr()
        assert ran("cap", path, "--units", units) == code
        assert says in capsys.readouterr().out
        assert ran("cap", path, "--units", units, "--format", "json") == code
        assert json.loads(capsys.readouterr().out)["asked"] == {"units": units, "may_go": word}


def test_what_is_marked_as_happened_is_told_by_the_check(path: Path, capsys: pytest.CaptureFixture[str]):
    Ledger.at(str(path)).record([gone(2, "2026-03-01")], CAPS, as_happened=True)
    assert ran("check", path) == 0
    assert "entry 2, recorded as it happened: cap-crossed" in capsys.readouterr().out


@pytest.mark.parametrize("action", ["init", "record", "cap", "checkpoint", "prove", "verify-proof", "check", "show"])
def test_every_action_has_an_example(action: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        ran(action, "--help")
    assert f"  harness ledger {action} " in capsys.readouterr().out


def test_corrections_in_bulk_read_the_history_a_few_times_and_not_once_for_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from harness.ledger import ledger as module

    found = ledger(tmp_path, [*START, *(stayed(2, reference=f"R-{n}") for n in range(50))])
    calls, plain = [], module.replayed

    def counted(*words: Any) -> Any:
        calls.append(words)
        return plain(*words)

    monkeypatch.setattr(module, "replayed", counted)
    found.record([corrected(2 + n, stayed(3, reference=f"R-{n}")) for n in range(50)], CAPS)
    assert len(calls) == 2


def test_standard_input_may_stand_after_options(path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines(stayed(2)))))
    assert ran("record", path, "--each", "-") == 0
    assert len(entries(path)) == 3

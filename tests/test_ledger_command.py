"""The commands of the ledger: what they read, what they print, and how they end."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import REPORTS, ROOT
from ledgers import CAPS, P, gone, ledger, licence, product, stayed
from test_ledger_integrity import ENVIRONMENT, lines

from harness.cli.__main__ import main
from harness.codec.schemas import faults_against_schema
from harness.evidence.keys import new_private_key, private_pem, public_of
from harness.evidence.ledger_entry import entry_bytes
from harness.evidence.signed_note import COSIGNATURE, signature_line, verifier_text
from harness.ledger.capping import cap_statement
from harness.ledger.ledger import Ledger

START = (product(), licence())
HEAD = (
    "kind,day,product,units,to,customer_country,us_end_use,reference,evidence.sha256,"
    "country,licence,shipment,unit_ids\n"
)
STAYED = "us-shipment,2026-02-01,H200,{units},Example Cloud,US,yes,{n},{paper},,,,\n"
GONE = "export,2026-03-01,H200,{units},,,,,,CN,D-1,{n},{ids}\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    ledger(tmp_path, START).close()
    return tmp_path / "a.ledger"


@pytest.fixture
def key(tmp_path: Path) -> Path:
    (tmp_path / "key.pem").write_bytes(private_pem(new_private_key("ed25519")))
    return tmp_path / "key.pem"


def ran(*words: object) -> int:
    return main(["ledger", *(str(word) for word in words)])


def csv_of(folder: Path, *rows: str) -> Path:
    file = folder / "shipments.csv"
    file.write_text(HEAD + "".join(rows), encoding="utf-8")
    return file


def test_rows_of_a_table_are_recorded(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    rows = [STAYED.format(units=4, n=f"I-{n}", paper=f"{n}" * 64) for n in range(3)]
    assert ran("record", path, csv_of(tmp_path, *rows, GONE.format(units=2, n="S-1", ids="GPU-1;GPU-2"))) == 0
    assert "recorded 4 entries from 2" in capsys.readouterr().out
    found = Ledger.at(str(path))
    last = list(found.entries())[-1][1].event
    assert last.unit_ids == ("GPU-1", "GPU-2")  # type: ignore[union-attr]
    one = cap_statement(found, CAPS, None, None)
    assert (one.stayed.units, one.gone.units) == (12, 2)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "the head: got nothing"),
        ("kind,units\n", "the head"),
        ("kind,day,day\n", "day twice"),
        (HEAD + "us-shipment,2026-02-01\n", "line 2: the row: got 2 cells"),
        (HEAD + STAYED.format(units="4.0", n="I", paper="b" * 64), "line 2: event.units"),
        (HEAD + STAYED.format(units=0, n="I", paper="b" * 64), "line 2: event.units"),
        (HEAD + STAYED.format(units=4, n="I", paper="b" * 63), "evidence.sha256"),
        (HEAD.replace(",to,", ",too,") + STAYED.format(units=4, n="I", paper="b" * 64), "too"),
        (HEAD + STAYED.format(units=4, n="I", paper="b" * 64).replace("yes", "perhaps"), "us_end_use"),
        (HEAD + STAYED.format(units=4, n="I", paper="b" * 64).replace("2026-02-01", "2026-02-30"), "day"),
        (HEAD + '"us-ship', "CSV"),
        ("kind,day,a,a.b\nreport,2026-01-01,1,2\n", "a part of a value"),
        (HEAD + "caf\udce9,2026-02-01" + "," * 11, "UTF-8"),
    ],
)
def test_a_table_that_is_none_is_refused_with_its_line(
    path: Path, tmp_path: Path, text: str, told: str, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "shipments.csv").write_bytes(text.encode("utf-8", errors="surrogateescape"))
    assert ran("record", path, tmp_path / "shipments.csv") == 2
    output = capsys.readouterr()
    assert told in output.err
    assert output.out == ""
    assert Ledger.at(str(path)).frontier().size == 2


def test_a_product_that_is_not_there_or_not_alone_is_told(path: Path, capsys: pytest.CaptureFixture[str]):
    words = ("day=2026-02-01", "units=1", "to=x", "customer_country=US", "reference=I")
    assert ran("record", path, "--us-shipment", "product=H100", *words) == 2
    assert "need one of: H200" in capsys.readouterr().err
    found = Ledger.at(str(path))
    found.record([product("H200", peak_power_at_max_tpp={"value": "600", "unit": "W"})], CAPS)
    assert ran("record", path, "--us-shipment", "product=H200", *words) == 2
    assert ran("record", path, "--us-shipment", f"product={P[:8]}", *words) == 0
    assert ran("cap", path) == 2
    assert ran("cap", path, "--product", P[:12]) == 0


def test_lines_of_json_are_read_strictly(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    good = entry_bytes(stayed(1)).decode()
    spaced = json.dumps(json.loads(entry_bytes(stayed(1))), indent=None)
    for bad, told in (
        (good.replace('"units":1', '"units":1,"units":2'), "units"),
        (good.replace('"units":1', '"units":1.0'), "units"),
        (good.replace('"units":1', '"units":NaN'), "NaN"),
        (good.replace('"units":1', '"unit":1'), "units"),
        ("{}", "schema"),
        ("[", "JSON"),
    ):
        (tmp_path / "e.jsonl").write_text(f"{spaced}\n\n{bad}\n", encoding="utf-8")
        assert ran("record", path, tmp_path / "e.jsonl") == 2
        error = capsys.readouterr().err
        assert "line 3" in error
        assert told in error
    (tmp_path / "e.jsonl").write_text(f"{spaced}\n\n{good}", encoding="utf-8")
    assert ran("record", path, tmp_path / "e.jsonl") == 0


def test_words_make_events_and_files_give_their_digests(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path, paper = tmp_path / "b.ledger", tmp_path / "invoice.pdf"
    paper.write_bytes(b"an invoice" * 1_000_000)
    assert ran("init", path, "--name", "example.com/b") == 0
    report = REPORTS / "h200-sxm.json"
    assert ran("record", path, "--event", "product", "day=2024-06-03", "model=H200", f"declared={report}") == 0
    words = ("product=h200", "units=2", "to=x", "customer_country=US", "us_end_use=yes", "reference=I")
    assert ran("record", path, "--us-shipment", "day=2026-02-01", *words, f"evidence={paper}") == 0
    evidence = list(Ledger.at(str(path)).entries())[1][1].event.evidence  # type: ignore[union-attr]
    import hashlib

    assert evidence is not None
    assert (evidence.title, evidence.sha256) == ("invoice.pdf", hashlib.sha256(paper.read_bytes()).hexdigest())
    for wrong in (("units",), ("units=1", "units=2"), ("=1",)):
        assert ran("record", path, "--export", "day=2026-02-01", *wrong) == 2
    assert ran("record", path) == 2
    assert ran("record", path, "--event", "product", "day=2024-06-03", "model=x", f"declared={paper}") == 2
    capsys.readouterr()


def test_all_or_nothing_or_each_by_itself(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "e.jsonl").write_bytes(lines(stayed(2, reference="A"), gone(9), stayed(2, reference="B")))
    assert ran("record", path, tmp_path / "e.jsonl") == 1
    told = capsys.readouterr().err
    assert "e.jsonl, line 2: cap-crossed" in told
    assert "nothing was recorded; next: --as-happened" in told
    assert Ledger.at(str(path)).frontier().size == 2
    assert ran("record", path, tmp_path / "e.jsonl", "--each") == 1
    assert capsys.readouterr().out.count("recorded entry") == 2
    assert ran("record", path, tmp_path / "e.jsonl", "--each") == 1
    assert Ledger.at(str(path)).frontier().size == 4


def test_what_happened_is_recorded_and_only_that_is_marked(path: Path, capsys: pytest.CaptureFixture[str]):
    words = ("product=H200", "country=CN", "licence=D-1")
    assert ran("record", path, "--export", "day=2026-03-01", "units=1", "shipment=S", *words, "--as-happened") == 0
    assert "recorded as it happened: cap-crossed" in capsys.readouterr().err
    assert ran("record", path, "--event", "report", "day=2026-03-01", "sha256=" + "a" * 64, "--as-happened") == 0
    marks = [entry.as_happened for _, entry in Ledger.at(str(path)).entries()]
    assert marks == [None, None, True, None]
    assert ran("cap", path) == 1
    assert ran("check", path) == 0


def test_standard_input_is_read(path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines(stayed(2), gone(1)))))
    assert ran("record", path, "-") == 0
    assert "recorded 2 entries from 2" in capsys.readouterr().out


def test_the_cap_says_how_many_more_may_go(path: Path, capsys: pytest.CaptureFixture[str]):
    Ledger.at(str(path)).record([stayed(11), gone(2), gone(1, country="HK")], CAPS)
    assert ran("cap", path) == 0
    text = capsys.readouterr().out
    assert "may go      3 more; 2 should the places that are a question count" in text
    assert [ran("cap", path, "--units", n) for n in (2, 3, 4)] == [0, 3, 1]
    assert ran("cap", path, "--units", 3, "--reading", "hong-kong-as-china=a") == 1
    assert ran("cap", path, "--units", 3, "--reading", "hong-kong-as-china=b") == 0
    assert ran("cap", path, "--on", "2026-02-15") == 0
    assert "gone        0 units" in capsys.readouterr().out.split("H200")[-1]
    assert ran("cap", path, "--format", "json") == 0
    printed = capsys.readouterr().out
    assert faults_against_schema("ledger-cap", printed.encode(), "cap.json") == []
    assert json.loads(printed)["units_left_strictest"] == 2


def test_events_fit_their_schema(path: Path):
    for one in (*START, stayed(2), gone(1, unit_ids=("a",))):
        assert faults_against_schema("ledger-event", entry_bytes(one), "event.json") == []
    wrong = entry_bytes(stayed(2)).replace(b'"units":2', b'"units":0')
    assert faults_against_schema("ledger-event", wrong, "event.json")


def test_proofs_are_verified_without_the_ledger(
    path: Path, key: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    Ledger.at(str(path)).record([stayed(2)], CAPS)
    assert ran("prove", path, "--seq", 1) == 2
    assert "harness ledger checkpoint" in capsys.readouterr().err
    assert ran("checkpoint", path, "--key", key, "-o", tmp_path / "old") == 0
    Ledger.at(str(path)).record([stayed(2), gone(1)], CAPS)
    assert ran("checkpoint", path, "--key", key, "-o", tmp_path / "new") == 0
    vkey = Ledger.at(str(path)).facts["verifier_key"]
    assert ran("prove", path, "--seq", 4, "-o", tmp_path / "p") == 0
    assert ran("prove", path, "--consistency", 3, "-o", tmp_path / "c") == 0
    assert ran("show", path, "--seq", 4) == 0
    (tmp_path / "e").write_text(capsys.readouterr().out.splitlines()[-1], encoding="utf-8")
    (tmp_path / "other").write_bytes(entry_bytes(stayed(3)))
    path.unlink()
    verify = ("verify-proof", tmp_path / "p", "--vkey", vkey)
    assert ran(*verify) == 0
    assert ran(*verify, "--event", tmp_path / "e") == 0
    assert ran(*verify, "--event", tmp_path / "other") == 1
    assert (
        ran(
            "verify-proof",
            tmp_path / "p",
            "--vkey",
            verifier_text("example.com/log", public_of(new_private_key("ed25519"))),
        )
        == 1
    )
    history = ("verify-proof", tmp_path / "c", "--vkey", vkey)
    assert ran(*history) == 2
    assert ran(*history, "--old", tmp_path / "old") == 0
    assert ran(*history, "--old", tmp_path / "new") == 1
    # Any change of the proof ends in a refusal.
    text = (tmp_path / "p").read_text(encoding="utf-8")
    (tmp_path / "p").write_text(text.replace("index 4", "index 3"), encoding="utf-8")
    assert ran(*verify, "--event", tmp_path / "e") == 1
    capsys.readouterr()


def test_witnesses_of_a_proof_are_counted(path: Path, key: Path, tmp_path: Path):
    assert ran("checkpoint", path, "--key", key, "-o", tmp_path / "point") == 0
    note = (tmp_path / "point").read_text(encoding="utf-8")
    text = note.split("\n\n")[0] + "\n"
    witnesses = [(f"w{n}.example", new_private_key("ed25519")) for n in range(2)]
    keys = [verifier_text(name, public_of(one), COSIGNATURE) for name, one in witnesses]
    note += signature_line(text, witnesses[0][0], witnesses[0][1], public_of(witnesses[0][1]), 1_780_000_000)
    note += signature_line(text, "another.example", witnesses[0][1], public_of(witnesses[0][1]), 1_780_000_000)
    (tmp_path / "cosigned").write_text(note, encoding="utf-8")
    assert ran("prove", path, "--seq", 0, "--checkpoint", tmp_path / "cosigned", "-o", tmp_path / "p") == 0
    verify = ("verify-proof", tmp_path / "p", "--vkey", Ledger.at(str(path)).facts["verifier_key"])
    assert ran(*verify, "--witness", keys[0]) == 0
    assert ran(*verify, "--witness", keys[0], "--witness", keys[1]) == 1
    assert ran(*verify, "--witness", keys[0], "--witness", keys[1], "--quorum", 1) == 0
    again = verifier_text("another.example", public_of(witnesses[0][1]), COSIGNATURE)
    assert ran(*verify, "--witness", keys[0], "--witness", again, "--quorum", 2) == 1


def test_a_ledger_is_signed_by_one_key(path: Path, key: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert ran("checkpoint", path, "--key", key) == 0
    (tmp_path / "k2").write_bytes(private_pem(new_private_key("ed25519")))
    assert ran("checkpoint", path, "--key", tmp_path / "k2") == 2
    assert "signed by another key" in capsys.readouterr().err
    (tmp_path / "k3").write_bytes(private_pem(new_private_key("ecdsa-p256-sha256")))
    assert ran("checkpoint", path, "--key", tmp_path / "k3") == 2
    assert ran("init", tmp_path / "c.ledger", "--key", tmp_path / "k3") == 2
    assert not (tmp_path / "c.ledger").exists()
    (tmp_path / "k4").write_bytes(private_pem(new_private_key("ed25519"), b"open"))
    (tmp_path / "phrase").write_text("open\n", encoding="utf-8")
    assert ran("init", tmp_path / "c.ledger", "--key", tmp_path / "k4") == 2
    assert ran("init", tmp_path / "c.ledger", "--key", tmp_path / "k4", "--passphrase-file", tmp_path / "phrase") == 0


def test_what_makes_no_sense_is_told_in_words(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    for words in (
        ("show", path, "--seq", 99),
        ("prove", path, "--seq", 99),
        ("init", path),
        ("init", tmp_path / "d.ledger", "--name", "a b"),
        ("init", tmp_path / "none" / "d.ledger"),
        ("check", tmp_path),
        ("verify-proof", tmp_path / "none", "--vkey", "x"),
        ("verify-proof", path, "--vkey", "x"),
    ):
        assert ran(*words) == 2, words
        told = capsys.readouterr()
        assert told.err.startswith("harness: ")
        assert told.out == ""


def test_a_copy_that_nobody_may_write_can_be_checked(path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("os.access", lambda *_: False)
    before = path.read_bytes()
    assert ran("check", path) == 0
    assert ran("cap", path) == 0
    assert ran("record", path, "--event", "report", "day=2026-01-01", "sha256=" + "a" * 64) == 2
    assert path.read_bytes() == before


def test_help_of_every_action_is_there():
    done = subprocess.run(
        [sys.executable, "-m", "harness", "ledger", "--help"],
        cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for action in ("init", "record", "cap", "checkpoint", "prove", "verify-proof", "check", "show"):
        assert f"  {action}" in done.stdout


@pytest.mark.slow
def test_a_hundred_thousand_shipments_are_recorded_and_checked(path: Path, tmp_path: Path):
    rows = (STAYED.format(units=8, n=f"INV-{n}", paper=f"{n:064x}") for n in range(100_000))
    assert ran("record", path, csv_of(tmp_path, *rows)) == 0
    assert ran("check", path) == 0
    assert cap_statement(Ledger.at(str(path)), CAPS, None, None).units_left == 400_000

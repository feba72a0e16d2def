"""What was seen before is told, the same report again is no replay, and the state loses nothing and hides no change."""

import hashlib
import json
import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import signing
from conftest import REPORTS, ROOT, h200_alone
from hypothesis import given, settings
from hypothesis import strategies as st
from signing import report_bytes, signed_report, signed_root

from harness.checks.between_reports import series_of_one_unit
from harness.cli.__main__ import main
from harness.codec import state_file
from harness.codec.method_files import read_method
from harness.codec.report_files import read_case
from harness.codec.schemas import faults_against_schema
from harness.codec.state_file import StateFile, opened_state
from harness.errors import UnreadableInput
from harness.evidence.freshness import Freshness, freshness_facts
from harness.evidence.shown import Device, Shown, remembered, series_digest, shown_by
from harness.model.catalogue import CATALOGUE
from harness.model.custody_catalogue import OF_FRESHNESS
from harness.model.finding import Effect
from harness.model.seen import SeenReport, Thing

RULES = read_method()[0].freshness
assert RULES is not None
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


DEVICE = Device(unit_id="unit-1", serial="SN-1", device_uuid="GPU-1", device_key=digest("key 1"))
FIRST = Shown(
    payload_sha256=digest("first"),
    report_id="R-1",
    laboratory="example-laboratory",
    sequence=10,
    issued_at=NOW - timedelta(days=1),
    expires_at=NOW + timedelta(days=365),
    export=date(2026, 12, 1),
    lot_id="LOT-1",
    maker="NVIDIA",
    challenge=digest("challenge 1"),
    devices=(DEVICE,),
    raw=((digest("series 1"), "unit-1"),),
    manifest=digest("manifest 1"),
    draw=digest("draw 1"),
)
# Another report in every respect.
NEXT = replace(
    FIRST,
    payload_sha256=digest("next"),
    report_id="R-2",
    sequence=11,
    lot_id="LOT-2",
    challenge=digest("challenge 2"),
    devices=(Device(unit_id="unit-1", serial="SN-2", device_uuid="GPU-2", device_key=digest("key 2")),),
    raw=((digest("series 2"), "unit-1"),),
    manifest=digest("manifest 2"),
    draw=digest("draw 2"),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "seen.state"


def judge(path: Path, shown: Shown, now: datetime | None = NOW) -> Freshness:
    """Judge a report as a verifier does: ask, and remember what is new."""
    with opened_state(path) as state:
        fresh = freshness_facts(shown, state, now, RULES)
        if fresh.new is not None:
            state.add(fresh.new)
    return fresh


def codes(fresh: Freshness) -> set[str]:
    return {finding.code for finding in fresh.facts.findings}


def test_reports_that_share_nothing_are_fresh(path: Path):
    for shown in (FIRST, NEXT):
        fresh = judge(path, shown)
        assert (fresh.facts.level, fresh.facts.findings) == ("checked", ())


def test_without_a_state_nothing_is_checked():
    fresh = freshness_facts(FIRST, None, NOW, RULES)
    assert (fresh.facts.level, fresh.facts.findings, fresh.new) == ("not-checked", (), None)
    assert "no state file" in fresh.facts.says


def test_the_same_report_again_is_no_replay_and_changes_nothing(path: Path):
    first, before = judge(path, FIRST), None
    judge(path, NEXT)
    for _ in range(3):
        before = before or path.read_bytes()
        again = judge(path, FIRST)
        assert again.facts == first.facts
        assert again.new is None
        assert path.read_bytes() == before


LATER = replace(FIRST, payload_sha256=digest("later"), report_id="R-9", sequence=12)
Change = Callable[[], Shown]
REUSED: list[tuple[str, str, Shown]] = [
    ("sequence-rolled-back", "the same number", replace(NEXT, sequence=10)),
    ("sequence-rolled-back", "an older number", replace(NEXT, sequence=9)),
    ("report-id-reused", "an id of other content", replace(NEXT, report_id="R-1")),
    ("challenge-reused", "for another lot", replace(NEXT, challenge=FIRST.challenge)),
    ("challenge-reused", "for another unit of the lot", replace(
        NEXT, challenge=FIRST.challenge, lot_id="LOT-1", devices=(replace(NEXT.devices[0], unit_id="unit-2"),),
        manifest=None, draw=None,
    )),
    ("challenge-reused", "for a lot without a name", replace(NEXT, challenge=FIRST.challenge, lot_id=None)),
    ("raw-reused", "for another lot", replace(NEXT, raw=FIRST.raw)),
    ("raw-reused", "for another unit of the lot", replace(
        LATER, raw=((FIRST.raw[0][0], "unit-2"),),
    )),
    ("raw-reused", "one of many", replace(NEXT, raw=(*NEXT.raw, *FIRST.raw))),
    ("raw-reused", "by another laboratory", replace(LATER, laboratory="other-laboratory")),
    ("identity-contradicts", "a serial on another board", replace(
        NEXT, devices=(replace(NEXT.devices[0], serial="sn-1"),),
    )),
    ("identity-contradicts", "a UUID under another serial", replace(
        NEXT, devices=(replace(NEXT.devices[0], device_uuid="gpu-1"),),
    )),
    ("identity-contradicts", "a key of another device", replace(
        NEXT, devices=(replace(NEXT.devices[0], device_key=digest("key 1")),),
    )),
    ("unit-in-another-lot", "the same device", replace(NEXT, devices=(DEVICE,))),
    ("unit-in-another-lot", "the same device, known by less", replace(
        NEXT, devices=(replace(DEVICE, device_key=None, device_uuid=None),),
    )),
    ("lot-redrawn", "another draw", replace(LATER, draw=digest("draw 9"))),
    ("lot-redrawn", "another list of units", replace(LATER, manifest=digest("manifest 9"))),
]  # fmt: skip


@pytest.mark.parametrize(("code", "what", "shown"), REUSED, ids=[f"{code}: {what}" for code, what, _ in REUSED])
def test_what_comes_a_second_time_is_told(path: Path, code: str, what: str, shown: Shown):
    judge(path, FIRST)
    fresh = judge(path, shown)
    assert codes(fresh) == {code}
    voids = CATALOGUE[code].effect is Effect.VOIDS
    assert fresh.facts.level == ("broken" if voids else "checked")
    # What is void is not remembered: it must not speak against what is genuine.
    assert (fresh.new is None) == voids
    assert codes(judge(path, shown)) == {code}
    assert judge(path, FIRST).facts.findings == ()


AT_THE_CLOCK = [
    ("report-from-the-future", replace(FIRST, issued_at=NOW), timedelta(seconds=-301), timedelta(seconds=-300)),
    ("report-expired", replace(FIRST, expires_at=NOW), timedelta(), timedelta(microseconds=-1)),
    ("report-stale", replace(FIRST, issued_at=NOW, expires_at=None, export=None), timedelta(days=180),
     timedelta(days=180, microseconds=-1)),
]  # fmt: skip


@pytest.mark.parametrize(("code", "shown", "wrong", "right"), AT_THE_CLOCK)
def test_a_report_is_neither_of_the_future_nor_expired_nor_too_old(
    code: str, shown: Shown, wrong: timedelta, right: timedelta
):
    late, good = (freshness_facts(shown, None, NOW + by, RULES) for by in (wrong, right))
    assert codes(late) == {code}
    assert codes(good) == set()
    # Between two instants at which the answer turns there is one answer.
    assert any(NOW + right < turn <= NOW + wrong or NOW + wrong < turn <= NOW + right for turn in late.facts.turns_at)
    assert freshness_facts(shown, None, None, RULES).facts.turns_at == ()


def test_an_age_counts_up_to_the_day_of_export_where_one_is_stated():
    old = replace(FIRST, issued_at=NOW - timedelta(days=1_000), expires_at=None)
    assert codes(freshness_facts(old, None, NOW, RULES)) == set()
    assert codes(freshness_facts(replace(old, export=None), None, NOW, RULES)) == {"report-stale"}


@pytest.mark.parametrize("issued", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_times_at_the_ends_of_the_calendar_are_compared_too(issued: datetime):
    ends = replace(FIRST, issued_at=issued, export=None, expires_at=None)
    assert codes(freshness_facts(ends, None, NOW, RULES)) == {
        "report-stale" if issued < NOW else "report-from-the-future"
    }


@pytest.mark.parametrize("kind", ["report-from-the-future", "report-expired"])
def test_a_report_that_the_clock_refuses_is_not_remembered(path: Path, kind: str):
    shown = next(shown for code, shown, _, _ in AT_THE_CLOCK if code == kind)
    wrong = next(wrong for code, _, wrong, _ in AT_THE_CLOCK if code == kind)
    assert judge(path, shown, NOW + wrong).new is None
    assert judge(path, replace(NEXT, sequence=1)).facts.level == "checked"


RAISED = {code for code, _, _ in REUSED} | {code for code, *_ in AT_THE_CLOCK} & set(OF_FRESHNESS)


def test_every_finding_about_freshness_is_raised_here():
    assert set(OF_FRESHNESS) == RAISED


def test_a_report_that_nobody_signed_is_compared_and_not_remembered(path: Path):
    judge(path, FIRST)
    unsigned = replace(NEXT, laboratory=None, sequence=None)
    fresh = judge(path, unsigned)
    assert (fresh.facts.level, fresh.new, codes(fresh)) == ("not-checked", None, set())
    copied = judge(path, replace(unsigned, raw=FIRST.raw))
    assert (copied.facts.level, codes(copied)) == ("broken", {"raw-reused"})


@pytest.mark.parametrize(
    "shown",
    [
        replace(LATER, challenge=FIRST.challenge),
        replace(LATER, lot_id=None, challenge=None),
        replace(NEXT, laboratory="other-laboratory", sequence=1, report_id="R-1"),
        replace(NEXT, sequence=None),
        replace(NEXT, maker="AMD", devices=(Device(unit_id="unit-1", serial="SN-1"),)),
    ],
    ids=["issued again", "without a lot", "of another laboratory", "without a number", "a serial of another maker"],
)
def test_an_honest_report_is_not_refused(path: Path, shown: Shown):
    judge(path, FIRST)
    assert judge(path, shown).facts.findings == ()


@settings(max_examples=25)
@given(order=st.lists(st.integers(0, 5), min_size=1, max_size=8))
def test_the_answer_on_a_report_never_changes(tmp_path_factory: pytest.TempPathFactory, order: list[int]):
    """Whatever is verified in between, and however often."""
    reports = [FIRST, NEXT, LATER, *(shown for _, _, shown in REUSED[:3])]
    path = tmp_path_factory.mktemp("state") / "seen"
    told: dict[str, Any] = {}
    for n in order:
        fresh = judge(path, reports[n])
        if fresh.facts.level == "checked":
            # A void report stays void or becomes known as it was; a fresh one stays as it was told first.
            assert told.setdefault(reports[n].payload_sha256, fresh.facts) == fresh.facts


def test_what_a_report_shows_is_read_from_it():
    data = (REPORTS / "h200-sxm-two-units.json").read_bytes()
    case = read_case(data, "report.json", REPORTS, None)
    series = [(unit, measurand, samples) for _, unit, measurand, samples in series_of_one_unit(case)]
    shown = shown_by(case.report, digest("payload"), series=series, laboratory="example-laboratory", sequence=3)
    stated = json.loads(data)
    assert shown.report_id == stated["report_id"]
    assert [one.serial for one in shown.devices] == [unit["serial"] for unit in stated["lot"]["units"]]
    assert shown.challenge == stated["challenge"]["nonce_sha256"]
    assert len(shown.raw) == len(series) > 0
    assert {unit for _, unit in shown.raw} == {unit["unit_id"] for unit in stated["lot"]["units"]}


def test_a_challenge_that_was_revealed_is_known_by_its_digest():
    data = json.loads(h200_alone())
    nonce = bytes(range(32))
    data["challenge"] = {"nonce": nonce.hex()}
    case = read_case(json.dumps(data).encode(), "report.json", None, None)
    assert shown_by(case.report, digest("p")).challenge == hashlib.sha256(nonce).hexdigest()


def test_a_series_is_the_same_in_any_order_and_spelling():
    one = series_digest("compute_rate", [Decimal("2.50"), Decimal(1)])
    assert one == hashlib.sha256(b"compute_rate\n1\n2.5\n").hexdigest()
    assert one == series_digest("compute_rate", [Decimal(1), Decimal("2.5")])
    assert one != series_digest("total_dram_bandwidth", [Decimal(1), Decimal("2.5")])


# --- The state file -------------------------------------------------------------------------------------------------


def many(n: int, things: int = 3) -> SeenReport:
    return SeenReport(
        payload=digest(f"payload {n}"),
        laboratory="example-laboratory",
        report_id=f"R-{n}",
        lot=f"LOT-{n}",
        sequence=n + 1,
        things=tuple(Thing(kind="raw", key=digest(f"{n} {i}"), unit=f"unit-{i}") for i in range(things)),
    )


def fill(path: Path, reports: int, things: int = 3) -> None:
    with opened_state(path) as state:
        for n in range(reports):
            state.add(many(n, things))


def test_what_was_remembered_is_there_when_the_state_is_opened_again(path: Path):
    fill(path, 5)
    with opened_state(path) as state:
        assert [state.place_of(many(n).payload) for n in range(6)] == [1, 2, 3, 4, 5, None]
        assert state.last_sequence("example-laboratory", None) == 5
        assert state.last_sequence("example-laboratory", 3) == 2
        assert state.last_sequence("nobody", None) is None
        (seen,) = state.seen("raw", digest("3 2"), None)
        assert (seen.thing.unit, seen.report_id, seen.lot) == ("unit-2", "R-3", "LOT-3")
        assert list(state.seen("raw", digest("3 2"), 4)) == []
        state.check()


def test_the_highest_trust_root_is_remembered(path: Path):
    for n, version in enumerate((3, 3, 7, 5)):
        judge(path, replace(NEXT, payload_sha256=digest(f"{n}"), report_id=f"R-{n}", sequence=20 + n, lot_id=f"L-{n}",
                            challenge=None, devices=(), raw=(), trust_root_version=version))  # fmt: skip
    with opened_state(path) as state:
        assert state.highest_trust_root() == 7
        assert state.summary().things_by_kind["trust-root"] == 2


def test_an_error_leaves_the_state_as_it_was(path: Path):
    fill(path, 1)
    before = path.read_bytes()

    def fail() -> None:
        with opened_state(path) as state:
            state.add(many(7))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert path.read_bytes() == before


def alter(path: Path, *statements: str) -> None:
    with sqlite3.connect(path) as database:
        for statement in statements:
            database.execute(statement)
    database.close()


ALTERED = [
    ("a report is taken out", ["DELETE FROM report WHERE n = 2"]),
    ("the last report is taken out", ["DELETE FROM report WHERE n = 5", "DELETE FROM thing WHERE report = 5"]),
    ("the last report is taken out, and the head put back", [
        "DELETE FROM report WHERE n = 5", "DELETE FROM thing WHERE report = 5",
        "UPDATE head SET reports = 4, things = 12",
    ]),
    ("a thing is taken out", ["DELETE FROM thing WHERE n = 4"]),
    ("a thing is another", ["UPDATE thing SET key = 'x' WHERE n = 4"]),
    ("a thing is of another report", ["UPDATE thing SET report = 3 WHERE n = 4"]),
    ("a number is lower", ["UPDATE report SET sequence = 1 WHERE n = 3"]),
    ("bytes where a text was", ["UPDATE thing SET key = x'ff00' WHERE n = 4"]),
    ("a text where a number was", ["UPDATE report SET first = 'x' WHERE n = 3"]),
    ("text that is no UTF-8", ["UPDATE thing SET key = CAST(x'ff' AS TEXT) WHERE n = 4"]),
    ("everything is taken out", ["DELETE FROM report", "DELETE FROM thing"]),
    ("no head", ["DELETE FROM head"]),
    ("two heads", ["INSERT INTO head SELECT * FROM head"]),
    ("a trigger", ["CREATE TRIGGER t AFTER INSERT ON report BEGIN DELETE FROM thing; END"]),
    ("a view in place of a table", ["ALTER TABLE thing RENAME TO other", "CREATE VIEW thing AS SELECT * FROM other"]),
    ("a table more", ["CREATE TABLE other (n)"]),
    ("another version", ["PRAGMA user_version = 2"]),
    ("another program's", ["PRAGMA application_id = 7"]),
]  # fmt: skip


@pytest.mark.parametrize(("what", "statements"), ALTERED, ids=[what for what, _ in ALTERED])
def test_a_state_that_was_altered_is_refused(path: Path, what: str, statements: list[str]):
    fill(path, 5)
    alter(path, *statements)
    with pytest.raises(UnreadableInput), opened_state(path):
        pass


def test_of_a_large_state_what_is_read_is_checked_and_the_whole_by_command(path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(state_file, "_CHECKED_WHOLE", 0)
    fill(path, 5)
    alter(path, "UPDATE thing SET unit = 'unit-9' WHERE n = 4")
    with opened_state(path) as state, pytest.raises(UnreadableInput, match="not as it was written"):
        state.check()
    with opened_state(path) as state:
        # The first report is untouched, and the second is not read for it.
        assert state.place_of(many(0).payload) == 1
    with opened_state(path) as state, pytest.raises(UnreadableInput, match="report 2 is not as it was written"):
        list(state.seen("raw", digest("1 0"), None))


def test_the_last_report_of_a_large_state_is_always_checked(path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(state_file, "_CHECKED_WHOLE", 0)
    fill(path, 5)
    alter(path, "UPDATE report SET sequence = 1 WHERE n = 5")
    with pytest.raises(UnreadableInput, match="report 5 is not as it was written"), opened_state(path):
        pass


@pytest.mark.parametrize("table", ["report", "thing"])
def test_what_is_missing_of_a_large_state_is_always_told(path: Path, table: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(state_file, "_CHECKED_WHOLE", 0)
    fill(path, 5)
    alter(path, f"DELETE FROM {table} WHERE n = 2")
    with pytest.raises(UnreadableInput, match="where its head says 5 and 15"), opened_state(path):
        pass


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


UNUSABLE: list[tuple[str, Callable[[Path], object]]] = [
    ("a folder", lambda path: (path.unlink(), path.mkdir())),
    ("empty", lambda path: path.write_bytes(b"")),
    ("cut short", truncated),
    ("a text", lambda path: path.write_text("seen\n" * 2000)),
    ("another database", lambda path: (path.unlink(), alter(path, "CREATE TABLE a (b)"))),
    ("a link to nowhere", lambda path: (path.unlink(), path.symlink_to("gone"))),
]


@pytest.mark.parametrize(("what", "make"), UNUSABLE, ids=[what for what, _ in UNUSABLE])
def test_a_file_that_is_no_state_is_refused_and_left_alone(path: Path, what: str, make: Callable[[Path], object]):
    fill(path, 5)
    make(path)
    before = path.read_bytes() if path.is_file() else None
    for _ in range(2):
        with pytest.raises(UnreadableInput), opened_state(path):
            pass
    assert (path.read_bytes() if path.is_file() else None) == before


def test_a_folder_that_is_not_there_holds_no_state(tmp_path: Path):
    with pytest.raises(UnreadableInput), opened_state(tmp_path / "none" / "seen"):
        pass


def test_no_more_is_remembered_than_the_limit(path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(state_file, "MOST_THINGS", 7)
    with pytest.raises(UnreadableInput, match="at most 7"):
        fill(path, 3)
    with opened_state(path) as state:
        assert state.reports == 0


def test_another_verifier_is_waited_for_and_then_told(path: Path, monkeypatch: pytest.MonkeyPatch):
    fill(path, 1)
    monkeypatch.setattr(state_file, "_PATIENCE_S", 0.05)
    with opened_state(path) as state:
        with pytest.raises(UnreadableInput, match="other verifier"), opened_state(path):
            pass
        state.add(many(3))
    with opened_state(path) as state:
        assert isinstance(state, StateFile)
        assert state.reports == 2


def test_a_state_tells_what_it_holds(path: Path, capsys: pytest.CaptureFixture[str]):
    judge(path, FIRST)
    assert main(["state", "check", str(path)]) == 0
    assert "every report is as it was written" in capsys.readouterr().out
    assert main(["state", "show", str(path), "--format", "json"]) == 0
    told = capsys.readouterr().out
    assert faults_against_schema("seen-state", told.encode(), "state.json") == []
    assert json.loads(told)["laboratories"] == [{"laboratory": "example-laboratory", "reports": 1, "last_sequence": 10}]
    alter(path, "UPDATE report SET sequence = 1")
    assert main(["state", "check", str(path)]) == 2
    assert main(["state", "show", str(path.parent / "none")]) == 2
    assert not (path.parent / "none").exists()


_WRITER = """
import sys
from pathlib import Path
from harness.codec.state_file import opened_state
from harness.model.seen import SeenReport, Thing
name, path = sys.argv[1], Path(sys.argv[2])
for n in range(int(sys.argv[3])):
    with opened_state(path) as state:
        state.add(SeenReport(payload=f"{name}-{n}", laboratory=name, report_id=f"R-{n}", sequence=n + 1,
                             things=(Thing(kind="raw", key=f"{name}-{n}"),)))
    print(n, flush=True)
"""


def writer(name: str, path: Path, reports: int) -> "subprocess.Popen[str]":
    words = [sys.executable, "-c", _WRITER, name, str(path), str(reports)]
    return subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_verifiers_at_once_lose_nothing(tmp_path: Path):
    """They begin the same state at the same time, too."""
    for again in range(3):
        path = tmp_path / f"seen-{again}"
        running = [writer(f"lab-{n}", path, 10) for n in range(3)]
        assert [one.wait(timeout=120) for one in running] == [0, 0, 0]
        with opened_state(path) as state:
            state.check()
            assert [(one.reports, one.last_sequence) for one in state.summary().laboratories] == [(10, 10)] * 3


@pytest.mark.slow
def test_a_verifier_that_is_killed_leaves_a_whole_state(path: Path):
    """Whatever it had said that it remembered is there, and nothing by halves."""
    chance = random.Random(7)
    for n in range(8):
        running = writer(f"lab-{n}", path, 10_000)
        assert running.stdout is not None
        last = -1
        for _ in range(chance.randrange(1, 12)):
            last = int(running.stdout.readline())
        running.kill()
        running.communicate()
        with opened_state(path) as state:
            state.check()
            known = {one.laboratory: one for one in state.summary().laboratories}
            assert known[f"lab-{n}"].reports in range(last + 1, last + 200)


def test_what_is_remembered_is_each_thing_once():
    twice = replace(FIRST, raw=(*FIRST.raw, *FIRST.raw), trust_root_version=4)
    things = remembered(twice, None).things
    assert len(things) == len(set(things))
    assert [one.kind for one in things] == [
        "report-id", "challenge", "raw", "serial", "device-uuid", "device-key", "manifest", "draw", "trust-root",
    ]  # fmt: skip
    assert [one.kind for one in remembered(twice, 4).things][-1] == "draw"


# --- Challenges -----------------------------------------------------------------------------------------------------


def test_a_challenge_is_32_bytes_of_chance_and_its_digest(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    nonces = set()
    for n in range(2):
        file = tmp_path / f"{n}.json"
        assert main(["challenge", "new", "--lot", "LOT-1", "--issued-by", "acme", "-o", str(file)]) == 0
        made = json.loads(file.read_bytes())
        assert faults_against_schema("challenge", file.read_bytes(), "challenge.json") == []
        nonce = bytes.fromhex(made["nonce"])
        assert len(nonce) == 32
        assert made["nonce_sha256"] == hashlib.sha256(nonce).hexdigest()
        assert made["nonce_sha256"] in capsys.readouterr().out
        assert file.stat().st_mode & 0o077 == 0
        nonces.add(nonce)
    assert len(nonces) == 2


@pytest.mark.parametrize("words", [["--lot", "L"], ["--lot", "L", "--issued-by", "Acme, Inc."]])
def test_a_challenge_names_its_lot_and_who_issued_it(words: list[str]):
    try:
        code = main(["challenge", "new", *words])
    except SystemExit as left:
        code = int(str(left.code))
    assert code == 2


# --- In a verdict ---------------------------------------------------------------------------------------------------


class TestVerdict:
    """Signed reports judged one after the other with one state file."""

    @pytest.fixture
    def verify(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., dict[str, Any]]:
        root = signed_root()
        (tmp_path / "root.json").write_bytes(root)
        trusted = ["--trust-root", str(tmp_path / "root.json"), "--trust-root-sha256", signing.digest(root)]
        clock = ["--now", "2026-08-10T00:00:00Z", "--state", str(tmp_path / "seen.state")]

        def judge_signed(change: Any = None, *words: str, **said: Any) -> dict[str, Any]:
            data = signed_report(data=report_bytes(change), **said)
            (tmp_path / "report.json").write_bytes(data)
            main(["verify", str(tmp_path / "report.json"), "--format", "json", *trusted, *clock, *words])
            return json.loads(capsys.readouterr().out)

        return judge_signed

    def test_a_report_verified_twice_gives_the_same_bytes(self, verify: Callable[..., dict[str, Any]]):
        first = verify(sequence=4)
        assert (first["outcome"], first["reached"]["freshness"]["level"]) == ("pass", "checked")
        assert verify(sequence=4) == first

    def test_a_report_for_another_lot_with_the_same_challenge_and_series_fails(
        self, verify: Callable[..., dict[str, Any]]
    ):
        verify(sequence=4)

        def replayed(report: dict[str, Any]) -> None:
            report["report_id"] = "ANOTHER"
            report["lot"]["lot_id"] = "ANOTHER-LOT"

        again = verify(replayed, sequence=5)
        found = {one["code"] for one in again["findings"]}
        assert again["outcome"] == "fail"
        assert found >= {"challenge-reused", "unit-in-another-lot"}
        assert again["reached"]["freshness"]["level"] == "broken"

    def test_an_older_number_fails_and_a_higher_one_does_not(self, verify: Callable[..., dict[str, Any]]):
        verify(sequence=4)
        older = verify(lambda report: report.update(report_id="OLDER"), sequence=3)
        assert "sequence-rolled-back" in {one["code"] for one in older["findings"]}
        newer = verify(lambda report: report.update(report_id="NEWER"), "--require", "freshness=checked", sequence=5)
        assert newer["outcome"] == "pass"

    def test_an_expired_report_fails(self, verify: Callable[..., dict[str, Any]]):
        expired = verify(expires_at=datetime(2026, 8, 10, tzinfo=UTC))
        assert (expired["outcome"], [one["code"] for one in expired["findings"]]) == ("fail", ["report-expired"])


def test_a_report_that_a_stranger_signed_is_not_remembered(tmp_path: Path):
    root = signed_root()
    (tmp_path / "root.json").write_bytes(root)
    forged = signed_report("stranger", sequence=10**12)
    (tmp_path / "forged.json").write_bytes(forged)
    trusted = ["--trust-root", str(tmp_path / "root.json"), "--trust-root-sha256", signing.digest(root)]
    state = ["--now", "2026-08-10T00:00:00Z", "--state", str(tmp_path / "seen.state")]
    assert main(["verify", str(tmp_path / "forged.json"), *trusted, *state]) == 1
    with opened_state(tmp_path / "seen.state") as seen:
        assert seen.summary().reports == 0

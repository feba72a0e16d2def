"""Lists are read as published or refused by name; every match is quoted; no match is never clear."""

import contextlib
import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from screening_lists import (
    EXAMPLE,
    SOURCES,
    ExactIndex,
    as_csv,
    as_json,
    row,
    rows,
    written,
)

from harness.cli.__main__ import main
from harness.codec.digest import sha256
from harness.codec.schemas import faults_against_schema
from harness.codec.screening_files import DigestedLines, list_json, read_lists, read_military_intelligence
from harness.errors import UnreadableInput
from harness.model.screen_decisions import ScreenDecision
from harness.model.screening import Match, Party, Screening
from harness.screening.csl import COLUMNS, read_csv, read_json
from harness.screening.decisions import Decisions, queue_of, read_decisions
from harness.screening.name_field import names_in, other_names_in
from harness.screening.parties import Lists, Thresholds, screening
from harness.screening.snapshot import Snapshot, differences, read_snapshot, snapshot_bytes

BY_SOURCE = {one.source: one for one in read_lists()}
ON = date(2026, 11, 30)


def snapshot_of(rows: list[dict[str, str]], published: date | None = None) -> Snapshot:
    text = as_csv(rows).decode().splitlines(keepends=True)
    read = read_csv(text, "made up", BY_SOURCE)
    data = snapshot_bytes(
        read.entries, source_sha256="0" * 64, source_form="csv", published=published, accepted=(),
        unknown=read.unknown, known=SOURCES, notes=(),
    )  # fmt: skip
    return read_snapshot(data, "made up")


def screened(
    *names: str, snapshot: Snapshot | None = None, decisions: tuple[ScreenDecision, ...] = (), on: date = ON,
    country: str | None = None,
) -> Screening:  # fmt: skip
    lists = Lists(*read_military_intelligence(), read_lists(), snapshot)
    parties = [Party(name=name, country=country) for name in names]
    thresholds = Thresholds(hit=900, review=700)
    return screening(parties, lists, ExactIndex(lists.matched()), thresholds, Decisions(decisions, on), on)


def only_match(found: Screening) -> Match:
    ((match,),) = [party.matches for party in found.parties]
    return match


# --- The list files ---------------------------------------------------------------------------------------------------


def test_every_list_of_the_published_file_has_its_file():
    """The thirteen of the Consolidated Screening List: four of BIS, two of State, seven of Treasury."""
    authorities = [one.authority.partition(",")[0] for one in read_lists()]
    assert len(authorities) == 13
    assert authorities.count("Bureau of Industry and Security") == 4
    assert authorities.count("Department of State") == 2
    assert authorities.count("Office of Foreign Assets Control") == 7


def test_a_list_without_a_text_that_was_read_cites_none_and_feeds_none():
    for one in read_lists():
        assert (one.cite is None) == (not one.feeds)
        assert one.bound is None or one.bound.least <= one.bound.most


def test_the_named_end_users_are_those_of_the_section():
    """15 CFR 744.22(f)(2)(i) to (x): ten places; two organisations each in Burma, Cuba and Iran."""
    named, _ = read_military_intelligence()
    places = [one.country for one in named.end_users]
    assert len(places) == 13
    assert {place for place in places if places.count(place) == 2} == {"MM", "CU", "IR"}
    assert set(places) <= set(named.illustrative)


# --- Names in name fields ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ("Plain Trading LLC", ["Plain Trading LLC"]),
        ("Alpha Ltd; and any successor, sub-unit, or subsidiary thereof", ["Alpha Ltd"]),
        ("Alpha Ltd. (ALT). Affiliated Entity: Beta Institute", ["Alpha Ltd.", "ALT", "Beta Institute"]),
        ("Alpha Ltd, a.k.a. Omega; f.k.a., Old Alpha", ["Alpha Ltd", "Omega", "Old Alpha"]),
        ("Alpha, a.k.a., the following two aliases: -Alef; and -Aleph.", ["Alpha", "Alef", "Aleph."]),
        ("Alpha Ltd, all addresses located in Cuba", ["Alpha Ltd"]),
        ("Alpha Factory (Minsk) LLC", ["Alpha Factory (Minsk) LLC"]),
        ("Institute 13 (Minsk)", ["Institute 13 (Minsk)"]),
        ("Institute of Things (IT 13)", ["Institute of Things", "IT 13"]),
        (
            "Alpha Investment Co., Ltd., Guiyang, China",
            ["Alpha Investment Co., Ltd., Guiyang, China", "Alpha Investment Co., Ltd."],
        ),
        ("Alpha Company, Inc.", ["Alpha Company, Inc."]),
        ("Alpha Industry (ALIN) Works 7", ["Alpha Industry (ALIN) Works 7", "Alpha Industry Works 7", "ALIN"]),
        ("Alpha (PTY) Ltd", ["Alpha (PTY) Ltd"]),
        ("Alpha (USA) Works", ["Alpha (USA) Works"]),
        ("Address 3", []),
    ],
)
def test_a_name_field_is_split_into_its_names(field: str, names: list[str]):
    found = names_in(field)
    assert [name for name in found if name != field or name in names] == names


@given(st.text(min_size=1, max_size=200))
def test_a_name_field_with_a_letter_keeps_its_whole_string(field: str):
    found = names_in(field)
    assert found in ((), (field,)) or field in found
    assert all(found) or found == (field,)


@pytest.mark.parametrize(
    "field",
    ["(" * 130_000 + " any ", "any " * 30_000, "; a.k.a. " * 15_000, "a (" * 40_000 + ")", "Ltd., " * 20_000 + ";x"],
)
def test_a_name_field_that_was_made_to_take_long_takes_none(field: str):
    """Were the time quadratic in its length, this would take minutes."""
    assert names_in(field)


def test_other_names_stand_between_semicolons():
    assert other_names_in("ESC Group; Example Semi; and Exsemi") == ("ESC Group", "Example Semi", "Exsemi")


# --- The published file -----------------------------------------------------------------------------------------------


def test_a_row_keeps_everything_that_it_says():
    found = snapshot_of([EXAMPLE])
    entry = found.entry(0)
    assert entry.key == "el:e1"
    assert entry.countries == ("CN", "HK")
    assert entry.whole == EXAMPLE["name"]
    assert entry.requirement == EXAMPLE["license_requirement"]
    assert {"Example Semiconductor Co., Ltd.", "ESC", "Example Hangzhou Research Institute", "Exsemi"} < set(
        entry.names
    )
    assert dict(entry.other)["addresses"] == EXAMPLE["addresses"]


def test_csv_and_json_of_the_same_file_give_the_same_entries():
    lines = as_csv(rows()).decode().splitlines(keepends=True)
    of_csv = read_csv(lines, "csv", BY_SOURCE)
    of_json = read_json(list_json(as_json(rows()), "json"), "json", BY_SOURCE)
    assert of_csv.entries == of_json.entries
    assert len(of_csv.entries) == len(rows())


def refused(data: bytes, tmp_path: Path, name: str = "consolidated.csv") -> str:
    with Path(written(tmp_path, data, name)).open("rb") as file, pytest.raises(UnreadableInput) as error:
        (of_json if name.endswith(".json") else of_csv)(file)
    return str(error.value)


def of_json(file: BinaryIO) -> None:
    read_json(list_json(file.read(), "made up"), "made up", BY_SOURCE)


def of_csv(file: BinaryIO) -> None:
    read_csv(DigestedLines(file, "made up"), "made up", BY_SOURCE)


def test_a_renamed_column_is_told_by_both_names(tmp_path: Path):
    columns = ["License_Policies" if name == "license_policy" else name for name in COLUMNS]
    said = refused(as_csv(rows(), columns), tmp_path)
    assert "no column license_policy" in said
    assert "License_Policies" in said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data.replace(b",ids\n", b"\n", 1), "no column ids"),
        (lambda data: data.replace(b"_id,", b"_id,surprise,", 1), "'surprise'"),
        (lambda data: data.replace(b",ids\n", b",ids,ids\n", 1), "'ids' twice"),
        (lambda data: data + b'"a","b"\n', "2 cells"),
        (lambda data: data + b'"never closed', "CSV"),
        (lambda data: data + b"\xff\n", "0xff"),
        (lambda data: data + b'"' + b"x" * 140_000 + b'"\n', "line"),
        (lambda data: data + b'"' + b"x" * 2_000_000 + b'"\n', "1,048,576"),
        (lambda data: data + b"\x00\n", "line"),
        (lambda _: b"", "no column _id"),
        (lambda data: data.partition(b"\n")[0] + b"\n", "no entry"),
        (lambda data: data.replace(SOURCES["uvl"].encode(), b""), "source"),
    ],
)
def test_a_broken_file_is_refused_with_its_place(change: Any, said: str, tmp_path: Path):
    assert said in refused(change(as_csv(rows())), tmp_path)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"[]", "results"),
        (b'{"results": 3}', "results"),
        (b'{"results": [3]}', "results[0]"),
        (b'{"results": [{"source": "x", "source": "y"}]}', "source"),
        (b'{"results": [{"source": "x", "name": "y", "fresh": "z"}]}', "fresh"),
        (b'{"results": [{"source": "x", "name": {"first": "y"}}]}', "name"),
        (b'{"results": [{"name": "y"}]}', "source"),
        (b'{"results": []}', "no entry"),
        (b'{"results": [', "the file"),
    ],
)
def test_a_broken_json_file_is_refused_with_its_place(data: bytes, said: str, tmp_path: Path):
    assert said in refused(data, tmp_path, "consolidated.json")


def test_columns_in_another_order_a_byte_order_mark_and_an_end_mark_are_read():
    data = as_csv(rows(), COLUMNS[::-1], bom=True) + b"\x1a\n\n"
    lines = data.decode("utf-8-sig").splitlines(keepends=True)
    assert len(read_csv(lines, "csv", BY_SOURCE).entries) == len(rows())


def test_control_characters_and_line_breaks_in_a_cell_become_blanks():
    entry = snapshot_of([row("el", "Alpha\x1b[31m\r\n  Works", number="1")]).entry(0)
    assert entry.whole == "Alpha [31m Works"


def test_a_number_that_comes_twice_makes_two_entries():
    found = snapshot_of([row("el", "Alpha", number="1"), row("el", "Beta", number="1")])
    assert [entry.key for entry in found.matched] == ["el:1", "el:1#2"]


def test_a_row_that_is_only_an_address_is_no_entry():
    read = read_csv(as_csv([*rows(), row("el", "Address 3")]).decode().splitlines(keepends=True), "csv", BY_SOURCE)
    assert read.nameless == {"el": 1}


@pytest.mark.parametrize("name", ["...", "- -", "\u200b"])
def test_a_row_whose_names_hold_no_letter_and_no_digit_is_told(name: str):
    read = read_csv(as_csv([*rows(), row("el", name)]).decode().splitlines(keepends=True), "csv", BY_SOURCE)
    assert read.nameless == {"el": 1}


def test_a_nul_is_refused_wherever_it_stands(tmp_path: Path):
    assert "NUL" in refused(as_csv([row("el", "Al\0pha")]), tmp_path)
    data = json.dumps({"results": [{"source": SOURCES["el"], "name": "Al\0pha"}]}).encode()
    assert "NUL" in refused(data, tmp_path, "consolidated.json")


def test_a_number_that_nobody_could_write_is_replaced_by_one_of_what_the_row_says():
    found = snapshot_of([row("el", "Alpha", number="9" * 500), row("el", "Beta", number="")])
    assert {len(entry.key) for entry in found.matched} == {len("el:") + 24}


# --- Snapshots --------------------------------------------------------------------------------------------------------


def test_a_snapshot_is_the_same_whatever_order_the_rows_come_in():
    assert snapshot_of(rows()).sha256 == snapshot_of(rows()[::-1]).sha256


def test_a_snapshot_that_was_altered_is_refused():
    found = snapshot_of(rows())
    data = b"\n".join([found.head.model_dump_json(by_alias=True).encode(), *found.lines])
    with pytest.raises(UnreadableInput, match="another digest"):
        read_snapshot(data, "altered")


def forged(change: Any) -> bytes:
    """A snapshot whose body was changed, and whose digest was made anew."""
    found = snapshot_of(rows())
    matched = [json.dumps(one, ensure_ascii=False, separators=(",", ":")).encode() for one in found.matched]
    lines = [*matched, *found.lines]
    change(lines)
    body = b"".join(line + b"\n" for line in lines)
    head = found.head.model_copy(update={"body_sha256": sha256(body)})
    return head.model_dump_json(by_alias=True, exclude_none=True).encode() + b"\n" + body


@pytest.mark.parametrize(
    "line", [b"[]", b"{}", b"not json", b'["a",["b"],null,null],["c",["d"],null,null]', b'["a",[1],null,null]']
)
def test_a_forged_line_of_names_is_refused_with_its_line(line: bytes):
    def change(lines: list[bytes]) -> None:
        lines[0] = line

    with pytest.raises(UnreadableInput, match=r"line 2|entries"):
        read_snapshot(forged(change), "forged")


def test_a_forged_key_is_refused():
    for key in ("", "x" * 201, "el:e2"):

        def change(lines: list[bytes], key: str = key) -> None:
            lines[0] = json.dumps([key, ["Alpha"], None, None]).encode()

        with pytest.raises(UnreadableInput, match="the keys"):
            read_snapshot(forged(change), "forged")


def test_a_forged_entry_that_is_not_the_one_matched_is_refused_when_it_is_matched():
    def change(lines: list[bytes]) -> None:
        lines[-1], lines[-2] = lines[-2], lines[-1]

    with pytest.raises(UnreadableInput, match="another entry"):
        list(read_snapshot(forged(change), "forged").entries())


def test_differences_tell_what_came_went_and_changed():
    """The number of an entry may change with it: name and list tell that it is the same."""
    before = snapshot_of([EXAMPLE, row("el", "Gone Works", number="7"), row("el", "Old Number", number="8")])
    policy = {**EXAMPLE, "license_policy": "Case-by-case"}
    after = snapshot_of([policy, row("el", "New Works", number="9"), row("el", "Old Number", number="10", remarks="x")])
    found = differences(before, after)
    assert [one.name for one in found.added] == ["New Works"]
    assert [one.name for one in found.removed] == ["Gone Works"]
    changed = {one.entry: one for one in found.changed}
    assert changed["el:e1"].policy == ("Presumption of denial", "Case-by-case")
    assert changed["el:e1"].fields == ("policy",)
    assert changed["el:10"].fields == ("key", "remarks")
    same = differences(after, after)
    assert (same.added, same.removed, same.changed) == ((), (), ())


def test_a_name_that_several_have_tells_nothing_of_which_changed():
    before = snapshot_of([row("el", "Twin", number="1"), row("el", "Twin", number="2")])
    found = differences(before, snapshot_of([row("el", "Twin", number="3")]))
    assert found.changed == ()
    assert (len(found.removed), len(found.added)) == (2, 1)


# --- harness lists ----------------------------------------------------------------------------------------------------


def test_an_import_writes_a_snapshot_that_show_reads(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file, out = written(tmp_path, as_csv(rows(), bom=True)), str(tmp_path / "s")
    assert main(["lists", "import", file, "-o", out, "--published", "2026-11-29", "--format", "json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["head"]["source_sha256"] == sha256(Path(file).read_bytes())
    assert said["head"]["entries"] == len(rows())
    assert said["snapshot_sha256"] == sha256(Path(out).read_bytes())
    assert faults_against_schema("csl-import", json.dumps(said).encode(), "import.json") == []
    assert main(["lists", "show", out]) == 0
    assert "published 2026-11-29" in capsys.readouterr().out
    assert main(["lists", "show", out, "--entry", "el:e1"]) == 0
    assert "Presumption of denial" in capsys.readouterr().out


def test_a_list_that_is_missing_is_told_and_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = written(tmp_path, as_csv(one for one in rows() if one["source"] != SOURCES["el"]))
    assert main(["lists", "import", file, "-o", str(tmp_path / "s")]) == 1
    assert "Entity List: no entry" in capsys.readouterr().err
    assert not (tmp_path / "s").exists()
    assert main(["lists", "import", file, "-o", str(tmp_path / "s"), "--accept", "el"]) == 0
    assert "accepted el" in capsys.readouterr().out


def test_several_lists_are_accepted_with_commas(tmp_path: Path):
    file = written(tmp_path, as_csv([EXAMPLE]))
    others = sorted(set(SOURCES) - {"el"})
    assert main(["lists", "import", file, "--accept", ",".join(others[1:])]) == 1
    assert main(["lists", "import", file, "--accept", ",".join(others[1:]), "--accept", others[0]]) == 0


@pytest.mark.parametrize(("kept", "code"), [(79, 1), (80, 0), (81, 0)])
def test_a_list_that_lost_more_than_a_fifth_is_told(kept: int, code: int, tmp_path: Path):
    """The list files keep 0.8: of 100 entries 79 are too few, 80 are not."""
    others = [one for one in rows() if one["source"] != SOURCES["uvl"]]
    many = [row("uvl", f"Works {n}", number=str(n)) for n in range(100)]
    before = written(tmp_path, as_csv([*others, *many]), "before.csv")
    after = written(tmp_path, as_csv([*others, *many[:kept]]), "after.csv")
    assert main(["lists", "import", before, "-o", str(tmp_path / "b")]) == 0
    assert main(["lists", "import", after, "--previous", str(tmp_path / "b")]) == code


def test_a_list_that_nobody_knows_is_told_by_its_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = written(tmp_path, as_csv([*rows(), row("Brand New List (BNL)", "Alpha")]))
    assert main(["lists", "import", file]) == 1
    assert "Brand New List (BNL)" in capsys.readouterr().err
    assert main(["lists", "import", file, "--accept", "Brand New List (BNL)"]) == 0


def test_accepting_what_was_not_lost_is_wrong_usage(tmp_path: Path):
    assert main(["lists", "import", written(tmp_path, as_csv(rows())), "--accept", "el"]) == 2


@pytest.mark.parametrize("name", ["list.txt", "missing.csv"])
def test_what_is_no_published_file_is_refused(name: str, tmp_path: Path):
    assert main(["lists", "import", str(tmp_path / name)]) == 2


# --- Screening --------------------------------------------------------------------------------------------------------


def test_a_match_quotes_the_list():
    found = only_match(screened("exsemi", snapshot=snapshot_of(rows()), country="CN"))
    assert (found.band, found.score, found.given, found.matched) == ("hit", 1000, "exsemi", "Exsemi")
    assert found.name == EXAMPLE["name"]
    assert found.licence_requirement == EXAMPLE["license_requirement"]
    assert found.licence_policy == EXAMPLE["license_policy"]
    assert found.federal_register == EXAMPLE["federal_register_notice"]
    assert found.same_country is True
    assert [feed.criterion for feed in found.feeds] == ["MU-06"]


def test_a_sanctions_programme_bears_on_the_criterion_only_where_part_744_names_it():
    lists = snapshot_of(rows())
    assert [one.criterion for one in only_match(screened("Fictitious Bank JSC", snapshot=lists)).feeds] == ["MU-07"]
    assert only_match(screened("DOE, Imaginary", snapshot=lists)).feeds == ()


def test_a_name_that_is_near_is_to_be_reviewed():
    assert screened("Exsemi Trading", snapshot=snapshot_of(rows())).outcome == "review"


@pytest.mark.parametrize(("hit", "outcome"), [(799, "hit"), (800, "hit"), (801, "review")])
def test_a_score_at_the_threshold_is_a_hit(hit: int, outcome: str):
    """A name that begins like a listed one scores 800 with the index of the tests."""
    lists = Lists(*read_military_intelligence(), read_lists(), snapshot_of(rows()))
    index, thresholds = ExactIndex(lists.matched()), Thresholds(hit=hit, review=700)
    found = screening([Party(name="Exsemi Trading")], lists, index, thresholds, Decisions((), ON), ON)
    assert found.outcome == outcome


def test_no_match_is_never_called_clear():
    found = screened("Harmless Bakery", snapshot=snapshot_of(rows(), ON))
    assert found.outcome == "no-match"
    assert found.said.startswith("no match is not clearance")
    assert found.against[0].version_sha256 == snapshot_of(rows(), ON).sha256
    assert "clear" not in found.model_dump_json().replace("clearance", "")


def test_without_a_snapshot_nothing_is_known_of_the_lists():
    found = screened("Harmless Bakery")
    assert found.outcome == "not-screened"
    assert "no snapshot was given" in found.missing[0]


def test_only_what_an_entry_says_is_told_as_quoted():
    assert only_match(screened("Exsemi", snapshot=snapshot_of(rows()))).quoted
    assert not only_match(screened("GDRI")).quoted


def test_the_named_end_users_are_always_screened_against():
    for lists in (None, snapshot_of(rows())):
        found = screened("Military Intelligence Service", snapshot=lists)
        assert found.outcome == "hit"
        assert only_match(found).feeds[0].criterion == "MU-04"


@pytest.mark.parametrize(
    ("on", "in_force"),
    [("2002-03-03", False), ("2002-03-04", True), ("2020-06-29", True), ("2020-06-30", False)],
)
def test_an_entry_counts_from_its_first_day_to_its_last(on: str, in_force: bool):
    found = screened("sam sample", snapshot=snapshot_of(rows()), on=date.fromisoformat(on))
    assert only_match(found).in_force is in_force
    assert found.outcome == ("hit" if in_force else "no-match")


def test_an_entry_whose_days_cannot_be_read_counts():
    lists = snapshot_of([row("dpl", "Alpha", end_date="29/06/2001")])
    found = screened("Alpha", snapshot=lists)
    assert only_match(found).in_force is None
    assert found.outcome == "hit"


@pytest.mark.parametrize(("day", "said"), [("2026-11-01", "came on"), ("2026-12-01", "left"), (None, "not stated")])
def test_the_gap_between_the_file_and_the_day_is_told(day: str | None, said: str):
    lists = snapshot_of(rows(), date.fromisoformat(day) if day else None)
    assert said in screened("x", snapshot=lists).missing[0]


def test_another_place_is_told_and_changes_nothing():
    found = screened("Exsemi", snapshot=snapshot_of(rows()), country="AE")
    assert only_match(found).same_country is False
    assert found.outcome == "hit"


# --- Decisions --------------------------------------------------------------------------------------------------------


def decision(**changes: Any) -> ScreenDecision:
    match = only_match(screened("Exsemi", snapshot=snapshot_of(rows())))
    values = {
        "party": "EXSEMI", "entry": match.entry, "entry_sha256": match.entry_sha256, "decision": "rejected",
        "reason": "another register number", "author": "A. Reviewer", "decided_on": date(2026, 11, 1),
        "expires_on": date(2027, 11, 1), **changes,
    }  # fmt: skip
    return ScreenDecision(**values)


def test_a_rejected_match_is_told_and_does_not_count():
    found = screened("Exsemi", snapshot=snapshot_of(rows()), decisions=(decision(),))
    assert found.outcome == "no-match"
    used = only_match(found).decision
    assert used is not None
    assert (used.counts, used.reason) == (True, "another register number")


def test_an_accepted_match_is_a_hit_whatever_its_score():
    near = screened("Exsemi Trading", snapshot=snapshot_of(rows()))
    one = decision(party="Exsemi Trading", entry=only_match(near).entry, decision="accepted")
    assert near.outcome == "review"
    assert screened("Exsemi Trading", snapshot=snapshot_of(rows()), decisions=(one,)).outcome == "hit"


@pytest.mark.parametrize(
    ("changes", "void"),
    [
        ({"entry_sha256": "0" * 64}, "says something else"),
        ({"expires_on": date(2026, 11, 29)}, "expired"),
        ({"decided_on": date(2026, 12, 1)}, "after the day"),
    ],
)
def test_a_void_decision_is_told_and_decides_nothing(changes: dict[str, Any], void: str):
    found = screened("Exsemi", snapshot=snapshot_of(rows()), decisions=(decision(**changes),))
    assert found.outcome == "hit"
    used = only_match(found).decision
    assert used is not None
    assert void in (used.void or "")


@pytest.mark.parametrize("name", ["reason", "author"])
@pytest.mark.parametrize("text", [" ", ".", "-", "\u00a0", "\u200b"])
def test_a_decision_for_no_reason_or_by_nobody_is_refused(name: str, text: str):
    made = {"schema": "screen-decisions/1", "decisions": [json.loads(decision().model_dump_json())]}
    made["decisions"][0][name] = text
    with pytest.raises(UnreadableInput, match=rf"decisions\[0\]\.{name}"):
        read_decisions(json.dumps(made).encode(), "made up")


def test_a_place_that_is_none_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    table = written(tmp_path, b"name,country\nAlpha,ZZ\n", "parties.csv")
    for asked in (["Alpha", "--country", "ZZ"], ["--parties", table]):
        assert main(["screen", *asked]) == 2
        assert "country: got ZZ" in capsys.readouterr().err


def test_a_decision_counts_on_its_last_day():
    one = decision(expires_on=ON)
    assert screened("Exsemi", snapshot=snapshot_of(rows()), decisions=(one,)).outcome == "no-match"


def test_a_decision_dies_when_the_entry_changes():
    changed = [{**one, "remarks": "moved"} if one["_id"] == "e1" else one for one in rows()]
    assert screened("Exsemi", snapshot=snapshot_of(changed), decisions=(decision(),)).outcome == "hit"


def test_a_decision_of_another_place_or_party_is_not_used():
    for changes in ({"country": "RU"}, {"party": "Exsemi Inc"}):
        found = screened("Exsemi", snapshot=snapshot_of(rows()), decisions=(decision(**changes),), country="CN")
        assert found.outcome == "hit"
        assert len(found.unused_decisions) == 1


def test_a_decision_of_the_place_that_was_given_goes_before_one_of_every_place():
    here = decision(country="CN", decision="accepted")
    found = screened("Exsemi", snapshot=snapshot_of(rows()), decisions=(decision(), here), country="CN")
    assert found.outcome == "hit"
    assert found.unused_decisions == ("rejected EXSEMI as el:e1: no such match in this screening",)


def test_a_void_decision_stands_in_the_queue_again():
    found = screened("Exsemi", snapshot=snapshot_of(rows()), decisions=(decision(expires_on=date(2026, 11, 2)),))
    assert [one.entry for one in queue_of(found.parties).decisions] == ["el:e1"]


def test_the_queue_holds_what_nobody_decided_and_decides_nothing_itself():
    found = screened("Exsemi", "Fictitious Bank JSC", snapshot=snapshot_of(rows()), decisions=(decision(),))
    queue = queue_of(found.parties)
    assert [one.entry for one in queue.decisions] == ["sdn:101"]
    again = screened("Fictitious Bank JSC", snapshot=snapshot_of(rows()), decisions=queue.decisions)
    assert again.outcome == "hit"


@pytest.mark.parametrize("name", ["reason", "author", "decided_on", "expires_on"])
def test_a_decision_says_why_who_when_and_until_when(name: str):
    text = json.dumps(
        {"schema": "screen-decisions/1", "decisions": [decision().model_dump(mode="json") | {name: None}]}
    )
    with pytest.raises(UnreadableInput, match=name):
        read_decisions(text.encode(), "decisions.json")


def test_two_decisions_on_one_question_are_refused():
    one = decision().model_dump(mode="json")
    text = json.dumps({"schema": "screen-decisions/1", "decisions": [one, one]})
    with pytest.raises(UnreadableInput, match="second decision"):
        read_decisions(text.encode(), "decisions.json")


# --- harness screen ---------------------------------------------------------------------------------------------------


@pytest.fixture
def lists(tmp_path: Path) -> str:
    out = str(tmp_path / "lists.snapshot")
    assert main(["lists", "import", written(tmp_path, as_csv(rows())), "-o", out, "--published", "2026-11-30"]) == 0
    return out


COMMAND = ["--on", "2026-11-30"]


def test_the_command_screens_names_and_tables(lists: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    pytest.importorskip("harness.screening.matching")
    table = written(tmp_path, "name,country,reference\nExsemi,CN,P-1\nHarmless Bakery,,\n".encode("utf-8-sig"), "p.csv")
    capsys.readouterr()
    code = main(["screen", "Fictitious Bank", "--parties", table, "--lists", lists, "--format", "json", *COMMAND])
    text = capsys.readouterr().out
    found = json.loads(text)
    assert code == 1
    assert faults_against_schema("screening", text.encode(), "screening.json") == []
    assert [one["name"] for one in found["parties"]] == ["Fictitious Bank", "Exsemi", "Harmless Bakery"]
    assert [one["outcome"] for one in found["parties"]] == ["hit", "hit", "no-match"]
    assert found["parties"][1]["reference"] == "P-1"


def test_the_exit_code_is_that_of_the_gravest_party(lists: str, capsys: pytest.CaptureFixture[str]):
    pytest.importorskip("harness.screening.matching")
    assert main(["screen", "Harmless Bakery", "--lists", lists, *COMMAND]) == 0
    assert "is not clearance" in capsys.readouterr().out
    assert main(["screen", "Harmless Bakery", "Exsemi", "--lists", lists, *COMMAND]) == 1
    assert main(["screen", "Harmless Bakery", *COMMAND]) == 3


def test_the_queue_is_written_filled_in_and_used(lists: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    pytest.importorskip("harness.screening.matching")
    queue = tmp_path / "queue.json"
    assert main(["screen", "Exsemi", "--lists", lists, "--queue", str(queue), *COMMAND]) == 1
    filled = json.loads(queue.read_text())
    assert faults_against_schema("screen-decisions", queue.read_bytes(), "queue.json") == []
    for one in filled["decisions"]:
        one |= {"decision": "rejected", "reason": "other register", "author": "A. Reviewer",
                "decided_on": "2026-11-02", "expires_on": "2027-11-02"}  # fmt: skip
    queue.write_text(json.dumps(filled))
    capsys.readouterr()
    assert main(["screen", "Exsemi", "--lists", lists, "--decisions", str(queue), *COMMAND]) == 0
    assert "rejected by A. Reviewer, 2026-11-02, until 2027-11-02: other register" in capsys.readouterr().out


@pytest.mark.parametrize(
    "table",
    [
        b"",
        b"party\nx\n",
        b"name,name\nx,y\n",
        b"name\n",
        b"name,country\nx\n",
        b"name,country\nx,China\n",
        b"name\n\xff\n",
    ],
)
def test_a_table_of_parties_that_fits_nothing_is_refused(table: bytes, tmp_path: Path):
    assert main(["screen", "--parties", written(tmp_path, table, "p.csv"), *COMMAND]) == 2


@pytest.mark.parametrize(
    "words", [[], ["x" * 301], ["x", "--country", "China"], ["x", "--lists", "/nowhere"], ["a\x00b"]]
)
def test_words_that_make_no_screening_are_refused(words: list[str]):
    assert main(["screen", *words, *COMMAND]) == 2


def test_cells_of_the_published_size_fit_the_reader():
    assert csv.field_size_limit() == 131_072


def test_the_sample_of_the_documentation_is_the_file_that_the_tests_make_up():
    assert (ROOT / "docs" / "samples" / "made-up-consolidated.csv").read_bytes() == as_csv(rows())


@given(st.data())
def test_no_bytes_make_another_error_than_one_that_names_its_place(data: st.DataObject):
    whole = data.draw(st.sampled_from([as_csv(rows()), as_json(rows()), ORIGINAL_SNAPSHOT]))
    at = data.draw(st.integers(0, len(whole)))
    changed = whole[:at] + data.draw(st.binary(max_size=8)) + whole[at + data.draw(st.integers(0, 40)) :]
    for read in (of_json, of_csv, lambda file: list(read_snapshot(file.read(), "made up").entries())):
        with contextlib.suppress(UnreadableInput):
            read(io.BytesIO(changed))


ORIGINAL_SNAPSHOT = forged(list)

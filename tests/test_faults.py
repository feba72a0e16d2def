"""One sample report per fault, each one fact off its honest twin; and samples that cannot be read at all."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from conftest import REPORTS, codes
from test_findings import MADE_ELSEWHERE

import harness
from harness.cli.__main__ import main
from harness.codec.documents import path
from harness.model.catalogue import CATALOGUE
from harness.model.finding import Effect

FAULTS = REPORTS / "faults"
UNREADABLE = REPORTS / "unreadable"
TABLE: dict[str, dict[str, Any]] = tomllib.loads((FAULTS / "faults.toml").read_text(encoding="utf-8"))
REFUSALS: dict[str, dict[str, str]] = tomllib.loads((UNREADABLE / "unreadable.toml").read_text(encoding="utf-8"))
TWINS = sorted({row["twin"] for row in TABLE.values()})

Place = tuple[str | int, ...]


def differences(one: Any, other: Any, at: Place = ()) -> list[Place]:
    """Return the places at which two JSON values differ; a series of plain values is one fact, as a part is one."""
    if isinstance(one, dict) and isinstance(other, dict):
        keys = dict.fromkeys([*one, *other])
        missing = object()
        return [
            place for key in keys for place in differences(one.get(key, missing), other.get(key, missing), (*at, key))
        ]
    parts = [part for part in (one, other) if isinstance(part, list) and any(isinstance(item, dict) for item in part)]
    if len(parts) == 2 and len(one) == len(other):
        return [place for n in range(len(one)) for place in differences(one[n], other[n], (*at, n))]
    if isinstance(one, list) and isinstance(other, list) and abs(len(one) - len(other)) == 1:
        longer, shorter = (one, other) if len(one) > len(other) else (other, one)
        n = next((n for n, item in enumerate(shorter) if item != longer[n]), len(shorter))
        return [(*at, n)] if longer[:n] + longer[n + 1 :] == shorter else [at]
    return [] if one == other else [at]


def read(folder: Path, name: str) -> dict[str, Any]:
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("one", "other", "places"),
    [
        ({"a": [{"b": 1}]}, {"a": [{"b": 1}]}, []),
        ({"a": [{"b": 1}]}, {"a": [{"b": 2, "c": 1}]}, ["a[0].b", "a[0].c"]),
        ({"a": [{}, {"b": 1}, {"c": 1}]}, {"a": [{}, {"c": 1}]}, ["a[1]"]),
        ({"a": [{}, {"b": 1}, {"c": 1}]}, {"a": [{}, {"c": 2}]}, ["a"]),
        ({"a": []}, {"a": [{"b": 1}]}, ["a[0]"]),
        ({"a": ["1", "2"]}, {"a": ["3", "4"]}, ["a"]),
        ({"a": 1}, {}, ["a"]),
        ({"a": None}, {}, ["a"]),
    ],
)
def test_differences_are_seen(one: Any, other: Any, places: list[str]):
    assert [path(place) for place in differences(one, other)] == places


def test_every_file_has_its_row_and_every_row_its_file():
    assert {file.stem for file in FAULTS.glob("*.json")} == set(TABLE)
    assert {file.stem for file in UNREADABLE.glob("*.json")} == set(REFUSALS)


def test_every_finding_of_the_catalogue_has_a_report_of_its_name():
    """What needs signed files beside the report is made where it is tested."""
    missing = {code for code in CATALOGUE if code not in TABLE.get(code, {}).get("findings", ())}
    assert missing == {*MADE_ELSEWHERE}


@pytest.mark.parametrize("twin", TWINS)
def test_the_honest_twins_pass_without_a_finding(twin: str):
    verdict = harness.verify(REPORTS / f"{twin}.json")
    assert verdict.outcome == "pass"
    assert verdict.findings == ()


@pytest.mark.parametrize("name", TABLE)
def test_a_faulty_report_differs_from_its_twin_in_the_one_fact_that_it_names(name: str):
    row = TABLE[name]
    # A fault is one of the report; the dossier that its twin names is not repeated.
    twin, faulty = read(REPORTS, row["twin"]), read(FAULTS, name)
    twin.pop("dossier", None)
    *notes, said = faulty["notes"]
    assert notes == twin["notes"]
    assert said.startswith(f"A made sample. It differs from {row['twin']}.json in one fact, {row['place']}: ")
    assert faulty["report_id"] == f"FAULT-{name.upper()}"
    places = differences(twin, {**faulty, "notes": twin["notes"], "report_id": twin["report_id"]})
    assert [path(place) for place in places] == [row["place"]]


@pytest.mark.parametrize("name", TABLE)
def test_a_faulty_report_comes_out_as_its_row_says(name: str):
    verdict = harness.verify(FAULTS / f"{name}.json")
    assert sorted(codes(verdict)) == TABLE[name]["findings"]
    assert verdict.outcome == TABLE[name]["outcome"]
    # What voids fails, and what is only noted keeps the evidence usable.
    effects = {CATALOGUE[code].effect for code in codes(verdict)}
    expected = "void" if Effect.VOIDS in effects else "usable" if effects <= {Effect.NOTES} else "limited"
    assert verdict.lenses["evidence"].answer == expected
    if expected == "void":
        assert verdict.outcome == "fail"


@pytest.mark.parametrize("name", [name for name in TABLE if name not in CATALOGUE])
def test_a_fault_of_law_shows_in_a_lens_of_the_law_that_says_why(name: str):
    verdict = harness.verify(FAULTS / f"{name}.json")
    lenses = [lens for lens in verdict.lenses.values() if lens.basis == "law" and not lens.informs]
    faulty = [lens for lens in lenses if lens.outcome != "pass"]
    assert len(faulty) == 1
    assert faulty[0].outcome == TABLE[name]["outcome"]
    assert faulty[0].notices or any(reason.outcome != "holds" for reason in faulty[0].reasons)


def test_attached_files_are_the_same_in_both_folders():
    names = [attachment["name"] for attachment in read(REPORTS, "h200-sxm-attached")["attachments"]]
    assert len(names) == 2
    for name in names:
        assert (FAULTS / name).read_bytes() == (REPORTS / name).read_bytes()


@pytest.mark.parametrize("name", REFUSALS)
def test_what_cannot_be_read_is_refused_with_its_place(name: str, capsys: pytest.CaptureFixture[str]):
    assert main(["verify", str(UNREADABLE / f"{name}.json")]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    (line,) = told.err.splitlines()
    row = REFUSALS[name]
    assert f"{name}.json: {row['place']}: got " in line
    assert row["got"] in line.partition(": got ")[2]

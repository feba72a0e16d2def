"""Every sample report and what the harness says of it today, in one table: a change that flips an answer shows here.

The table is `tests/golden/verdicts.toml`: per report its outcome, its finding codes, and per lens the answers that are
possible. It changes only together with what moves it. To write it anew, and to look at the flips with `git diff`:

    python tests/test_golden.py --write
"""

import json
import sys
import tomllib
from pathlib import Path

import pytest
from conftest import REPORTS

import harness

TABLE = Path(__file__).parent / "golden" / "verdicts.toml"

Row = dict[str, str | list[str]]


def samples() -> dict[str, Path]:
    return {file.relative_to(REPORTS).with_suffix("").as_posix(): file for file in sorted(REPORTS.rglob("*.json"))}


def judged(file: Path) -> Row:
    try:
        verdict = harness.verify(file)
    except harness.UnreadableInput as error:
        return {"outcome": "unreadable", "faults": [fault.where for fault in error.faults]}
    lenses = {name: list(lens.possible) for name, lens in verdict.lenses.items()}
    return {"outcome": verdict.outcome, "findings": sorted({one.code for one in verdict.findings}), **lenses}


def written(rows: dict[str, Row]) -> str:
    tables = (
        f"[{json.dumps(name)}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in row.items())
        for name, row in rows.items()
    )
    return "# Written by: python tests/test_golden.py --write\n\n" + "\n".join(tables)


def flips(before: dict[str, Row], after: dict[str, Row]) -> list[str]:
    """Return what differs between two tables, one line each."""
    return [
        f"{name}: {key}: {before.get(name, {}).get(key)} -> {after.get(name, {}).get(key)}"
        for name in dict.fromkeys([*before, *after])
        for key in dict.fromkeys([*before.get(name, {}), *after.get(name, {})])
        if before.get(name, {}).get(key) != after.get(name, {}).get(key)
    ]


def test_every_sample_is_judged_as_the_table_says():
    golden = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    found = flips(golden, {name: judged(file) for name, file in samples().items()})
    if found:
        pytest.fail(f"{len(found)} differ from {TABLE.name}:\n" + "\n".join(found), pytrace=False)


def test_a_flip_a_new_report_a_lost_one_and_a_new_lens_are_each_seen():
    before: dict[str, Row] = {"a": {"outcome": "pass"}, "b": {"outcome": "fail"}}
    after: dict[str, Row] = {"a": {"outcome": "fail", "levy": ["none"]}, "c": {"outcome": "pass"}}
    assert flips(before, after) == [
        "a: outcome: pass -> fail",
        "a: levy: None -> ['none']",
        "b: outcome: fail -> None",
        "c: outcome: None -> pass",
    ]
    assert tomllib.loads(written(after)) == after


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit(__doc__)
    TABLE.write_text(written({name: judged(file) for name, file in samples().items()}), encoding="utf-8")

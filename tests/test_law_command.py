"""harness law: what is in force on a day, its status, what was not reviewed; one instrument; a skeleton that reads."""

import json
import shutil
from pathlib import Path

import pytest
from commands import command, started

from harness.codec import packaged
from harness.codec.law_files import read_law


def listed(*words: str) -> dict[str, dict]:
    return {one["instrument"]: one for one in json.loads(command("law", "--json", *words).stdout)}


def test_the_list_says_what_stands_on_a_day_and_what_kind_of_text_it_is():
    now = listed("--as-of", "2026-06-01")
    assert set(now) == set(read_law().instruments)
    assert {one["status"] for one in now.values()} == {
        "codified", "letter", "proclamation", "guidance", "reported", "proposed",
    }  # fmt: skip
    gate = now["us-bis-2026-01-15-ac-review"]
    assert {"us.ear.742_6.review", "us.ear.748s2.dd1ix"} <= {one["provision"] for one in gate["in_force"]}
    assert not now["s4456-bill"]["has_a_say"]
    before = listed("--as-of", "2026-01-14")["us-bis-2026-01-15-ac-review"]
    assert before["in_force"] == []


def test_what_was_not_reviewed_since_is_said():
    embargoes = listed("--as-of", "2026-01-27")["us-ear-746-embargoes"]
    # From 2025-01-27 to 2026-01-27.
    assert embargoes["not_reviewed_since_days"] == 365
    text = command("law", "--as-of", "2026-01-27").stdout
    assert "In force on 2026-01-27, and not reviewed since:" in text
    assert "us-ear-746-embargoes (2025-01-27)" in text
    assert "not law; --with reads it" in text


def test_the_stay_of_the_affiliates_rule_shows():
    for day, stands in (("2025-11-09", True), ("2025-11-10", False), ("2026-11-09", False), ("2026-11-10", True)):
        found = {said["provision"] for one in listed("--as-of", day).values() for said in one["in_force"]}
        assert ("us.ear.744.mu_08" in found) is stands, day


def test_a_selection_shows_in_the_list():
    assert listed("--with", "S.3374")["s3374-bill"]["has_a_say"]
    assert not listed("--known-at", "2026-01-12")["us-bis-2026-01-15-ac-review"]["has_a_say"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("us-bis-2026-01-15-ac-review", "constant  gate.tpp = 21000"), ("s.3374", "constant  adv.tpp = 4800"),
        ("us.ear.742_6.review", "amend from 2024-12-02"), ("gate.dram_bw", "6500 GB/s"),
        ("us-bis-2024-03-15-nicaragua", "list      us.ear.740s1.d5, amend from 2024-03-15: in NI; out -"),
        ("us-bis-2025-11-12-affiliates-stay", "suspend   us.ear.744.mu_08"),
    ],
)  # fmt: skip
def test_one_instrument_provision_or_constant(name: str, said: str):
    done = command("law", "show", name)
    assert done.returncode == 0
    assert said in done.stdout


def test_every_instrument_can_be_shown():
    from harness.render.law import instrument_text

    law = read_law()
    for text in law.instruments.values():
        assert text.cite in instrument_text(law, text)


def test_readings_and_gaps_are_listed():
    text = started("law", "readings").stdout
    for name in (*read_law().readings, *read_law().gaps):
        assert name in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["show"], "nothing named"), (["show", "us-bis-2026-01-15-ac-reviw"], "did you mean us-bis-2026-01-15"),
        (["new"], "nothing named"), (["new", "No Good"], "need lower-case"), (["check", "nowhere"], "no folder"),
        (["mend"], "invalid choice"), (["--with", "S.9"], "no proposal"),
    ],
)  # fmt: skip
def test_wrong_usage_is_said(words: list[str], said: str):
    done = command("law", *words)
    assert done.returncode == 2
    assert said in done.stderr


def test_a_new_instrument_reads_beside_the_others_and_its_claim_is_checked(tmp_path: Path):
    """The skeleton as it is: it fits the shipped law, and claims what it changes."""
    folder = Path(shutil.copytree(packaged.INSTRUMENTS, tmp_path / "law"))
    file = folder / "2030-01-01-example.toml"
    done = command("law", "new", "us-example", "-o", str(file))
    assert done.returncode == 0
    assert "harness law check" in done.stderr
    law = read_law(folder)
    assert "us.example.provision" in law.provisions
    assert command("law", "new", "us-example", "-o", str(file)).returncode == 2
    assert command("law", "new", "us-example").stdout == file.read_text(encoding="utf-8")


def test_check_names_faults_and_ends_with_one(tmp_path: Path):
    from test_deep_lint import SMALL

    (tmp_path / "small.toml").write_text(SMALL, encoding="utf-8")
    assert command("law", "check", str(tmp_path)).returncode == 0
    (tmp_path / "small.toml").write_text(SMALL.replace('else = "none"\n', "", 1), encoding="utf-8")
    done = command("law", "check", str(tmp_path))
    assert done.returncode == 1
    assert "no answer at" in done.stdout
    found = json.loads(command("law", "check", str(tmp_path), "--json").stdout)
    assert any("no answer at" in one["got"] for one in found)
    (tmp_path / "small.toml").write_text(SMALL.replace("value = 4800", "value = 4801"), encoding="utf-8")
    refused = command("law", "check", str(tmp_path))
    assert refused.returncode == 2
    assert "the same one number in both" in refused.stderr

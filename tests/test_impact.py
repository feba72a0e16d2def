"""harness impact: every chip, report and region that a change of the law moves is named, and no other."""

import json
import shutil
import subprocess
from datetime import date
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from commands import command
from conftest import REPORTS, spread

from harness.codec import packaged
from harness.codec.buildable_file import read_limits
from harness.codec.law_files import read_assumptions, read_law
from harness.codec.subjects import subjects
from harness.decide.assumed import facts_given
from harness.decide.classification import LENSES, item_under, possible_on
from harness.decide.clocks import clock_readings
from harness.decide.lenses import question_of, without_text
from harness.impact.buildable import known_chips, limits_of
from harness.impact.flips import Comparison
from harness.impact.kinds import grows_laxer, kind_of
from harness.impact.moments import LawSide
from harness.impact.space import Known, regions
from harness.model.impact import Region
from harness.model.policy import CLOCKS
from harness.model.quantity import ABSENT, Interval, exactly
from harness.policy.box import Box, Fact
from harness.policy.cells import NOTHING
from harness.policy.language import Compare
from harness.policy.law import Law

ORDER = ("none", "case-by-case", "denial")
INSTRUMENT = """
schema           = "instrument/1"
instrument       = "us-bis-2027-02-01-lower"
title            = "A lower bandwidth line"
cite             = "a supposed rule"
status           = "codified"
jurisdiction     = "US"
published        = 2027-02-01
reviewed_through = 2027-02-01
source           = ["https://example.org/"]

[[param]]
id     = "line.dram_bw"
metric = "total_dram_bandwidth"
value  = 4100
unit   = "GB/s"
pin    = "a supposed paragraph"
says   = "total DRAM bandwidth of 4,100 GB/s or more"

[[provision]]
id     = "us.supposed.lower_line"
lens   = "review-policy"
op     = "enact"
from   = 2027-02-01
clock  = ["export", "application"]
if     = "end_user_country == CN and activity == export and us.ear.3a090 is 3A090.a.1"
when   = "total_dram_bandwidth >= $line.dram_bw"
then   = "presumption-of-denial"
pin    = "a supposed paragraph"
says   = "denied from 4,100 GB/s on"
silent = "below the line another paragraph answers"
beside = ["us.ear.742_6.review"]
"""


def impact(*words: str, code: int = 0) -> dict[str, Any]:
    done = command("impact", *words, "--json")
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout)


def moved(found: dict[str, Any], lens: str) -> dict[str, tuple[str, list[str], list[str]]]:
    return {flip["id"]: (flip["kind"], flip["before"], flip["after"])
            for flip in found["flips"] if flip["lens"] == lens}  # fmt: skip


def edited(folder: Path, name: str, before: str, after: str) -> Path:
    """The shipped policy folder with one change in the file of this name."""
    shutil.copytree(packaged.INSTRUMENTS.parent, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    file = folder / "instruments" / name
    text = file.read_text("utf-8")
    assert text.count(before) == 1, before
    file.write_text(text.replace(before, after), "utf-8")
    return folder


# --- Known chips --------------------------------------------------------------------------------------------------


def test_the_day_of_the_2026_rule_moves_what_lies_below_the_gate_and_nothing_else():
    """91 FR 1684: case-by-case below 21,000 TPP and 6,500 GB/s; the proclamation's windows of the same day."""
    found = impact("2026-01-14", "2026-01-15", "--chip", "H200", "H20", "MI325X", "B200", "H100 SXM")
    assert moved(found, "review-policy") == {
        "nvidia-h200-sxm5-141gb": ("laxer", ["presumption-of-denial"], ["case-by-case"]),
        "nvidia-h100-sxm5-80gb": ("laxer", ["presumption-of-denial"], ["case-by-case"]),
        "amd-mi325x": ("laxer", ["presumption-of-denial"], ["case-by-case"]),
    }
    assert moved(found, "tariff") == {
        "nvidia-h200-sxm5-141gb": ("stricter", ["none"], ["25-percent"]),
        "amd-mi325x": ("stricter", ["none"], ["25-percent"]),
    }
    assert moved(found, "classification") == moved(found, "licence-requirement") == {}


def test_a_flip_says_which_provision_moved_it_and_by_how_much():
    found = impact("2026-01-14", "2026-01-15", "--chip", "H200", "--lens", "review-policy")
    (flip,) = found["flips"]
    (cause,) = flip["causes"]
    assert (cause["provision"], cause["what"], cause["instrument"]) == (
        "us.ear.742_6.review", "changes", "us-bis-2026-01-15-ac-review",
    )  # fmt: skip
    margins = {one["constant"]: one["margin"] for one in flip["headroom_after"]}
    # 21,000 - 15,832 TPP and 6,500 - 4,800 GB/s.
    assert margins == {"gate.tpp": "5168", "gate.dram_bw": "1700"}


def test_an_instrument_that_nobody_has_seen_is_reported_for_every_chip_above_its_line_and_for_no_other(tmp_path: Path):
    file = tmp_path / "lower.toml"
    file.write_text(INSTRUMENT, "utf-8")
    found = impact("law", str(file))
    assert {flip["lens"] for flip in found["flips"]} == {"review-policy"}
    assert {(flip["first"], flip["last"]) for flip in found["flips"]} == {("2027-02-01", None)}
    chips = [subject for subject in subjects("chip") if subject.kind == "integrated-circuit"]
    named = {flip["id"] for flip in found["flips"]} & {chip.id for chip in chips}
    law, day, expected = read_law(), date(2027, 2, 1), set()
    for chip in chips:
        item = item_under(chip, read_assumptions(), {}, law)[0](law)
        placed = possible_on(law, law.lenses["classification"], day, item)
        policy = possible_on(law, law.lenses["review-policy"], day, item)
        (held,) = item.held
        bandwidth = held.declared.readings[0].figures["total_dram_bandwidth"]
        if "3A090.a.1" not in placed or not isinstance(bandwidth, Interval):
            continue
        certainly = bandwidth.lo >= 4100 and placed == ("3A090.a.1",)
        may = bandwidth.hi is None or bandwidth.hi >= 4100
        # Where it certainly lies on or above the line, all else falls away; where it may, denial becomes possible.
        if policy != ("presumption-of-denial",) if certainly else may and "presumption-of-denial" not in policy:
            expected.add(chip.id)
    assert named == expected
    assert "nvidia-h200-sxm5-141gb" in expected
    assert "nvidia-h100-sxm5-80gb" not in expected  # 3,350 GB/s


@pytest.mark.slow
def test_a_typo_in_strictness_moves_only_what_lies_on_the_threshold(tmp_path: Path):
    """`tpp < 21,000` made `<=`: no known chip lies there, and the space diff names the very plane."""
    folder = edited(tmp_path / "policy", "2026-01-15-us-bis-ac-review.toml",
                    "tpp < $gate.tpp and total_dram_bandwidth < $gate.dram_bw",
                    "tpp <= $gate.tpp and total_dram_bandwidth < $gate.dram_bw")  # fmt: skip
    found = impact("law", str(folder), "--space", "--lens", "review-policy")
    assert found["flips"] == []
    assert found["space"]
    for region in found["space"]:
        assert region["figures"]["tpp"] == {"lo": "21000", "lo_closed": True, "hi": "21000", "hi_closed": True}
        assert region["witness"]["tpp"] == "21000"
        assert region["kind"] == "laxer"


def test_a_date_off_by_one_moves_one_day_of_every_chip_that_the_instrument_moves(tmp_path: Path):
    folder = edited(tmp_path / "policy", "2026-01-14-us-proc-s232.toml",
                    "from  = 2026-01-15", "from  = 2026-01-16")  # fmt: skip
    found = impact("law", str(folder), "--lens", "tariff", "--chip", "H200", "H20")
    rows = [(flip["id"], flip["before"], flip["after"], flip["first"], flip["last"]) for flip in found["flips"]]
    assert sorted(rows) == [
        # On that day no text stands any more, and without a text every answer is open.
        ("nvidia-h20-96gb", ["none"], ["none", "25-percent"], "2026-01-15", "2026-01-15"),
        ("nvidia-h200-sxm5-141gb", ["25-percent"], ["none", "25-percent"], "2026-01-15", "2026-01-15"),
    ]


def test_a_provision_that_is_gone_changes_nothing_before_its_lens_begins(tmp_path: Path):
    folder = tmp_path / "policy"
    shutil.copytree(packaged.INSTRUMENTS.parent, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    file = folder / "instruments" / "2026-01-14-us-proc-s232.toml"
    text = file.read_text("utf-8")
    file.write_text(text[: text.index("[[provision]]")], "utf-8")
    assert not impact("law", str(folder), "--lens", "tariff", "--chip", "H200", "--on", "2026-01-14")["flips"]
    (flip,) = impact("law", str(folder), "--lens", "tariff", "--chip", "H200", "--on", "2026-01-15")["flips"]
    assert (flip["before"], flip["after"]) == (["25-percent"], ["none", "25-percent"])


def test_another_clock_and_a_text_that_moves_no_chip_are_told(tmp_path: Path):
    folder = edited(tmp_path / "a", "2026-01-14-us-proc-s232.toml", 'clock = ["entry"]', 'clock = ["export"]')
    found = impact("law", str(folder), "--chip", "H20")
    assert any("us.s232.note39 follows export in place of entry" in note for note in found["notes"])
    found = impact("law", "--set", "gate.tpp=21000.5", "--chip", "H20", "--lens", "review-policy")
    assert found["flips"] == []
    assert any("us.ear.742_6.review differs too" in note and "--space" in note for note in found["notes"])


def test_a_memory_stack_is_asked_and_its_space_is_looked_at():
    found = impact("law", "--set", "c.density=3", "--on", "2026-08-20", "--space", "--lens", "classification")
    assert [region["facts"]["product_kind"] for region in found["space"]] == [["memory-stack"]]
    (region,) = found["space"]
    assert region["figures"]["memory_bandwidth_density"] == {
        "lo": "2",
        "lo_closed": False,
        "hi": "3",
        "hi_closed": True,
    }


def test_a_claim_counts_from_its_day_on_and_for_its_instrument_alone(tmp_path: Path):
    """A floor lowered silently is not excused by a new instrument that claims the same change of answers later."""
    folder = edited(tmp_path / "p", "2026-01-14-us-proc-s232.toml", "value = 14000", "value = 13000")
    file = folder / "instruments" / "2026-01-14-us-proc-s232.toml"
    file.write_text(file.read_text("utf-8").replace("greater than 14,000", "greater than 13,000"), "utf-8")
    new = INSTRUMENT.replace("review-policy", "tariff").replace("us-bis-2027-02-01-lower", "another-levy")
    new = new.replace('"presumption-of-denial"', '"25-percent"').replace('["export", "application"]', '["entry"]')
    new = new.replace('beside = ["us.ear.742_6.review"]', 'beside = ["us.s232.note39"]')
    claim = '\n[[effect]]\nlens = "tariff"\non = 2027-02-01\nchanges = ["none -> 25-percent"]\n'
    (folder / "instruments" / "2027-02-01-another-levy.toml").write_text(new + claim, "utf-8")
    words = ("--lens", "tariff", "--forbid", "stricter", "--chip", "H20")
    for day in ("2026-03-01", "2027-03-01"):
        found = impact("law", str(folder), *words, "--on", day, code=1)
        witness = found["forbidden"][0]["witness"]
        assert 13000 < Fraction(witness["tpp"]) <= 14000
    file.write_text((packaged.INSTRUMENTS / file.name).read_text("utf-8"), "utf-8")
    assert "forbidden" not in impact("law", str(folder), *words, "--on", "2027-03-01")


def test_the_same_law_twice_changes_nothing():
    found = impact("law", "law", "--space", "--everywhere", "--forbid", "any", "--reports", str(REPORTS))
    assert found["flips"] == found["space"] == []
    assert "forbidden" not in found


def test_several_places_are_each_asked():
    found = impact("2022-10-20", "2022-10-21", "--chip", "nvidia-a100-sxm4-80gb", "--to", "CN", "SG")
    assert {flip["to"] for flip in found["flips"] if flip["lens"] == "licence-requirement"} == {"CN"}


# --- Reports ------------------------------------------------------------------------------------------------------


def test_reports_keep_their_own_days_under_two_laws_and_take_the_days_that_are_compared():
    sample = str(REPORTS / "h200-sxm.json")
    found = impact("law", "--set", "gate.tpp=15832", "--chip", "H20", "--reports", sample)
    flips = {flip["lens"]: flip for flip in found["flips"] if flip["subject"] == "report"}
    assert flips["review-policy"]["after"] == ["presumption-of-denial"]
    assert (flips["outcome"]["before"], flips["outcome"]["after"]) == (["pass"], ["fail"])
    assert [cause["provision"] for cause in flips["outcome"]["causes"]] == ["us.ear.742_6.review"]
    found = impact("2026-01-14", "2026-01-15", "--chip", "H20", "--reports", sample)
    assert {flip["lens"] for flip in found["flips"] if flip["subject"] == "report"} >= {"review-policy", "outcome"}


# --- The whole space ----------------------------------------------------------------------------------------------

DAYS = [date(2022, 10, 6), date(2022, 10, 21), date(2023, 11, 17), date(2025, 5, 15), date(2026, 1, 14),
        date(2026, 8, 20)]  # fmt: skip
FIGURES = ("tpp", "applicable_die_area_mm2", "total_dram_bandwidth", "interconnect_bandwidth")


def known() -> Known:
    chips = known_chips(subjects("chip"), read_law().names)
    return Known(chips=chips, limits=limits_of(read_limits()))


def grid(law: Law, lens: str, days: tuple[date, date]) -> dict[str, list[Fraction]]:
    """Every threshold of both days, and a point in each gap between two: as fine as the law is."""
    found: dict[str, list[Fraction]] = {}
    atoms = [atom for day in days for one in clock_readings(law, lens, dict.fromkeys(CLOCKS, day))
             for atom in question_of(law, law.lenses[lens], one).atoms()]  # fmt: skip
    for figure in FIGURES:
        marks = sorted({atom.param.exact for atom in atoms if isinstance(atom, Compare) and atom.metric == figure})
        between = [(low + high) / 2 for low, high in zip([Fraction(1), *marks], [*marks, Fraction(60000)], strict=True)]
        found[figure] = sorted({*marks, *between})
    # Densities are cut by areas: at 4,800 TPP and the rest of the marks, these lie below, at and above each density.
    densities = sorted({atom.param.exact for atom in atoms if isinstance(atom, Compare)
                        and atom.metric == "performance_density"})  # fmt: skip
    tpps = found["tpp"][:: max(1, len(found["tpp"]) // 6)]
    areas = {tpp / density * scale for tpp in tpps for density in densities
             for scale in (1, Fraction(99, 100), Fraction(101, 100))}  # fmt: skip
    found["applicable_die_area_mm2"] = sorted(areas)[:: max(1, len(areas) // 24)] or [Fraction(800)]
    return found


def answers(law: Law, lens: str, day: date, box: Box) -> tuple[str, ...]:
    text = law.lenses[lens]
    readings = clock_readings(law, lens, dict.fromkeys(CLOCKS, day))
    if not readings or any(not one.texts for one in readings):
        return without_text(text, readings[0] if readings else None).possible
    found = {answer for one in readings for answer in question_of(law, text, one).possible(box)}
    named = {text.default if answer == NOTHING else answer for answer in found}
    return tuple(answer.id for answer in text.answers if answer.id in named)


def holds(region: Region, point: dict[str, Fraction], facts: dict[str, str]) -> bool:
    density = point["tpp"] / point["applicable_die_area_mm2"]
    both = point["total_dram_bandwidth"] + point["interconnect_bandwidth"]
    at = {**point, "performance_density": density, "dram_and_interconnect_bandwidth": both}
    for name, span in region.figures.items():
        if name not in at:
            continue
        if span is None:
            return False
        lo, hi = Fraction(span.lo), None if span.hi is None else Fraction(span.hi)
        if at[name] < lo or (at[name] == lo and not span.lo_closed):
            return False
        if hi is not None and (at[name] > hi or (at[name] == hi and not span.hi_closed)):
            return False
    return all(facts.get(name) in values for name, values in region.facts.items())


@pytest.mark.parametrize("lens", spread(LENSES, 1))
@pytest.mark.parametrize("pair", spread([(0, 5), (1, 2), (2, 3), (4, 5)], 1))
def test_the_regions_are_the_brute_force_grid(lens: str, pair: tuple[int, int]):
    """At every point of a grid as fine as the law: in one region with these answers, or both days answer the same."""
    law = read_law()
    days = (DAYS[pair[0]], DAYS[pair[1]])
    places = {"to": "CN", "marketing": "data-center", "packaging": "other", "designer": "other",
              "advanced-logic": "yes", "attested": "no", "approved-uae": "no", "hbm": "yes", "new-to-market": "yes",
              "designer-applied": "no"}  # fmt: skip
    asked = Comparison(old=LawSide(name="a", law=law, day=days[0]), new=LawSide(name="b", law=law, day=days[1]),
                       lenses=(lens,), assumptions=read_assumptions(), places=(places,))  # fmt: skip
    other = Fact(values=frozenset({"other"}))
    facts = {**facts_given("integrated-circuit", law, read_assumptions(), places), "manufacturer": other,
             "product": other}  # fmt: skip
    named = {name: next(iter(fact.values)) for name, fact in facts.items() if fact.values and len(fact.values) == 1}
    found = [one for one in regions(asked, asked.moments(), known())
             if not {"manufacturer", "product"} & set(one.facts)]  # fmt: skip
    points = grid(law, lens, days)
    for values in product(*(points[name] for name in FIGURES)):
        point = dict(zip(FIGURES, values, strict=True))
        others = {name: exactly(Fraction(1)) for name in ("processing_performance", "io_bandwidth_but_volatile_memory",
                                                          "stack_bandwidth", "stack_area_mm2",
                                                          "aggregated_transistor_count")}  # fmt: skip
        figures = {**others, **{name: exactly(at) for name, at in point.items()}}
        box = Box(figures=figures, facts=facts)
        before, after = (answers(law, lens, day, box) for day in days)
        inside = {(one.before, one.after) for one in found if holds(one, point, named)
                  and all(_meets(one, name) for name in others)}  # fmt: skip
        assert inside == (set() if before == after else {(before, after)}), (point, before, after)


def _meets(region: Region, name: str) -> bool:
    """Whether a region holds the figure 1."""
    if name not in region.figures:
        return True
    span = region.figures[name]
    if span is None:
        return False
    above = Fraction(span.lo) < 1 or (Fraction(span.lo) == 1 and span.lo_closed)
    return above and (span.hi is None or Fraction(span.hi) > 1 or (Fraction(span.hi) == 1 and span.hi_closed))


@pytest.mark.parametrize("pair", spread([(0, 5), (1, 2), (2, 5), (4, 5)], 1))
def test_the_example_of_a_region_is_answered_as_the_region_says_and_states_its_area(pair: tuple[int, int]):
    law = read_law()
    days = (DAYS[pair[0]], DAYS[pair[1]])
    asked = Comparison(old=LawSide(name="a", law=law, day=days[0]), new=LawSide(name="b", law=law, day=days[1]),
                       lenses=LENSES, assumptions=read_assumptions())  # fmt: skip
    facts = facts_given("integrated-circuit", law, read_assumptions(), {})
    found = list(regions(asked, asked.moments(), known()))
    assert found
    for one in found:
        witness = {name: ABSENT if at is None else exactly(Fraction(at)) for name, at in one.witness.items()}
        said = {name: Fact(values=frozenset({value})) for name, value in one.witness_facts.items()}
        whole = {name: exactly(Fraction(10)) for name in ("processing_performance", "io_bandwidth_but_volatile_memory",
                                                          "interconnect_bandwidth", "stack_bandwidth",
                                                          "stack_area_mm2")}  # fmt: skip
        box = Box(figures={**whole, **witness}, facts={**facts, **said})
        before, after = (answers(law, one.lens, day, box) for day in days)
        assert set(one.before) & set(before), one
        assert set(one.after) & set(after), one
        if "tpp" in one.witness and not one.unlike and one.witness.get("applicable_die_area_mm2") is not None:
            area = Fraction(one.witness["applicable_die_area_mm2"])
            assert 20 <= area <= 5000 or one.chips


# --- What is forbidden --------------------------------------------------------------------------------------------


def test_what_no_instrument_claims_is_forbidden_with_a_chip_that_shows_it():
    found = impact("law", "--set", "gate.tpp=22000", "--lens", "review-policy", "--forbid", "laxer", "--chip", "H20",
                   "--on", "2026-08-20", code=1)  # fmt: skip
    (region, *_) = found["forbidden"]
    assert "case-by-case" in region["after"]
    assert Fraction(21000) <= Fraction(region["witness"]["tpp"]) < Fraction(22000)


@pytest.mark.slow
def test_what_an_instrument_claims_is_not_forbidden_nor_what_only_grows_stricter():
    words = ("--lens", "review-policy", "--forbid", "laxer")
    assert "forbidden" not in impact("2026-01-14", "2026-01-15", *words)
    assert "forbidden" not in impact("law", "--set", "gate.tpp=20000", *words)


def test_a_change_is_opened_closed_laxer_stricter_or_mixed():
    assert kind_of(("none",), ("denial",), ORDER) == "stricter"
    assert kind_of(("denial",), ("case-by-case",), ORDER) == "laxer"
    assert kind_of(("denial",), ("none", "denial"), ORDER) == "opened"
    assert kind_of(("none", "denial"), ("denial",), ORDER) == "closed"
    assert kind_of(("none", "denial"), ("case-by-case", "denial"), ORDER) == "stricter"
    assert kind_of(("none", "denial"), ("case-by-case",), ORDER) == "closed"
    assert kind_of(("none", "denial"), ("none", "case-by-case", "denial"), ORDER) == "mixed"
    assert grows_laxer(("denial",), ("none", "denial"), ORDER)
    assert not grows_laxer(("none",), ("none", "denial"), ORDER)


# --- The sides ----------------------------------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not here")
def test_git_revisions_are_read_from_the_repository(tmp_path: Path):
    repository = tmp_path / "repository"
    folder = repository / "anywhere" / "policy"
    shutil.copytree(packaged.INSTRUMENTS.parent, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))

    def git(*words: str) -> None:
        identity = ["-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *identity, *words], cwd=repository, check=True, capture_output=True)

    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "one")
    file = folder / "instruments" / "2026-01-15-us-bis-ac-review.toml"
    text = file.read_text("utf-8")
    lower = text.replace("value = 21000", "value = 15000").replace("TPP less than 21,000", "TPP less than 15,000")
    file.write_text(lower, "utf-8")
    git("commit", "-qam", "two")
    done = command("impact", "HEAD~1", "HEAD", "--chip", "H200", "H20", "--json", cwd=repository)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert moved(found, "review-policy") == {
        "nvidia-h200-sxm5-141gb": ("stricter", ["case-by-case"], ["presumption-of-denial"]),
    }


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nonsense", "law"), "nothing to compare"),
        (("2026-02-30", "law"), "is no day"),
        (("law",), "nothing to compare with"),
        (("law", "--set", "gate.tpp"), "need NAME=VALUE"),
        (("law", "--set", "gate.tpp=NaN"), "need NAME=VALUE"),
        (("law", "--set", "gate.tp=1"), "did you mean gate.tpp"),
        (("law", "--set", "gate.tpp=1", "--set", "gate.tpp=2"), "given twice"),
        (("law", ""), "an empty word"),
        (("law", "HR.8306"), "H.R.8306"),
        (("2026-01-14", "2026-01-15", "--on", "2026-01-01"), "both sides have one"),
        (("law", "absent.toml"), "No such file"),
        (("law", "law", "--lens", "levy"), "no lens levy"),
        (("law", "law", "--chip", "H2000"), "did you mean"),
    ],
)
def test_words_that_make_no_sense_are_refused_with_what_would(words: tuple[str, ...], said: str):
    done = command("impact", *words)
    assert done.returncode == 2
    assert said in done.stderr


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_every_form_says_the_same_chips(form: str, tmp_path: Path):
    out = tmp_path / "out"
    words = ("2026-01-14", "2026-01-15", "--chip", "H200", "H20", "--space", "--format", form, "-o", str(out))
    assert command("impact", *words).returncode == 0
    text = out.read_text("utf-8").replace("\\", "")
    assert "nvidia-h200-sxm5-141gb" in text
    assert "nvidia-h20-96gb" not in text
    assert command("impact", *words).returncode == 2  # The file is there.


def test_the_document_fits_its_schema():
    from jsonschema import Draft202012Validator

    schema = json.loads((packaged.SCHEMAS / "impact.json").read_text("utf-8"))
    found = impact("2026-01-14", "2026-01-15", "--chip", "H200", "--space", "--reports", str(REPORTS / "h200-sxm.json"))
    Draft202012Validator(schema).validate(found)

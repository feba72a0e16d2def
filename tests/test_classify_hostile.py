"""Classification against what could mislead it: misspelt names, places that nothing clears, files of no sense."""

import json
import os
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from commands import command
from placing import CBC, J26, MEMORY, POA, POD, answers, placed, spec_file

import harness
from harness.codec.law_files import known_names, read_assumptions, read_law
from harness.codec.schemas import faults_against_schema
from harness.codec.spec_files import chip_ids, read_spec
from harness.decide.chip_table import chip_row
from harness.model.chip_spec import Die
from harness.model.quantity import ABSENT
from harness.policy.language import Member
from harness.policy.lint import atoms_of
from harness.policy.vocabulary import PLACES

H20 = {
    "tpp": Decimal(2368), "applicable_die_area_mm2": Decimal(814), "total_dram_bandwidth": Decimal(4000),
    "interconnect_bandwidth": Decimal(1028),
}  # fmt: skip


NONSENSE = [
    {"to": "cn"}, {"to": "China"}, {"to": ""}, {"to": None}, {"to": "ZZ"}, {"headquarters": "UK"},
    {"activity": "Export"}, {"item-kind": "chip"}, {"dd-support": True}, {"dd-support": "Yes"},
    {"hts-heading": "847150"}, {"marketing": "yes"}, {"tariff-exemption": "9903"}, {"other-eccn": "5a992"},
    {"to": "US"}, {"to": "DE", "from": "DE"},
]  # fmt: skip


@pytest.mark.parametrize("given", NONSENSE)
def test_a_fact_that_no_rule_could_read_is_refused(given: dict[str, Any]):
    """A misspelt place is on no list of the law, and would pass for one that is not listed."""
    with pytest.raises(harness.WrongUsage):
        harness.classify("H20", as_of=J26, given=given)
    with pytest.raises(harness.WrongUsage):
        harness.classifier(as_of=J26, given=given)


@pytest.mark.parametrize("maker", ["NVIDIA", "nvidia", "NVIDIA Corporation", " NVIDIA ", "nvidia  corp."])
def test_a_maker_is_known_by_each_of_its_names(maker: str):
    table = harness.classifier(as_of=J26, manufacturer=maker, product="nvidia-h20-96gb")
    assert table.answers(H20)["licence-requirement"] == {"letter"}


@pytest.mark.parametrize("maker", ["NVIDIА", "N VIDIA", "Nvidla", "", "Nobody Semiconductor"])
def test_a_maker_that_nobody_knows_is_not_cleared(maker: str):
    """The first has a Cyrillic letter. Whether such a maker was informed by letter is open."""
    table = harness.classifier(as_of=J26, manufacturer=maker, product="something")
    assert table.answers(H20)["licence-requirement"] == {"none", "letter"}
    assert table.answers(H20)["review-policy"] == {"not-required", "unstated"}


def test_a_report_with_a_place_that_does_not_exist_is_undecided(judged):
    def elsewhere(report: dict[str, Any]) -> None:
        for party in report["transaction"]["parties"]:
            if party["role"] == "end-user":
                party["country"] = party["headquarters_country"] = party["ultimate_parent_country"] = "ZZ"

    verdict = judged(elsewhere)
    assert verdict.outcome == "undecided"
    assert len(verdict.lenses["review-policy"].possible) > 1


def test_every_maker_and_place_that_ships_is_known():
    names = known_names()
    assert len(names.places) == 249
    for chip in chip_ids():
        spec = read_spec(chip)
        assert spec is not None
        assert spec[0].manufacturer.casefold() in names.makers
    law = read_law()
    listed = {
        member
        for provision in law.provisions.values()
        for act in provision.acts
        if act.text is not None
        for atom in atoms_of(act.text)
        if isinstance(atom, Member) and atom.fact in PLACES
        for member in (*atom.members, *(one for one, _ in atom.uncertain))
    }
    assert listed <= names.places


def test_rules_name_makers_by_their_ids():
    ids = set(known_names().makers.values())
    law = read_law()
    for provision in law.provisions.values():
        for act in provision.acts:
            for atom in atoms_of(act.text) if act.text is not None else ():
                if isinstance(atom, Member) and atom.fact == "manufacturer":
                    assert atom.members <= ids


@pytest.mark.parametrize("place", ["KP", "IR", "RU", "BY", "CU", "SY", "IQ"])
def test_no_exception_serves_an_embargoed_place(place: str):
    """15 CFR 740.8 bars the exceptions where part 746 asks for a licence."""
    for chip in ("nvidia-rtx-4090", "nvidia-l40"):
        assert answers(placed(chip, to=place), "licence-requirement") == {"ccl"}


@pytest.mark.parametrize("place", ["KP", "IR", "RU", "BY", "CU", "SY"])
def test_an_embargo_reaches_what_3a090_does_not(place: str):
    """Iraq's asks for items that are controlled for regional stability, and 3A991 is not."""
    before_the_letters = date(2025, 4, 1)
    assert answers(placed("nvidia-v100-sxm2-32gb", before_the_letters, to=place), "licence-requirement") == {"ccl"}
    assert answers(placed("nvidia-v100-sxm2-32gb", before_the_letters, to="IQ"), "licence-requirement") == {"none"}


@pytest.mark.parametrize("place", ["KP", "IR", "RU"])
def test_memory_is_not_cleared_in_an_embargoed_place(tmp_path: Path, place: str):
    path = tmp_path / "example-stack.toml"
    for bandwidth in ("199", "400"):
        path.write_text(MEMORY.format(bandwidth=bandwidth), encoding="utf-8")
        verdict = placed(str(path), to=place, headquarters="US")
        assert verdict.outcome != "pass"


def test_the_first_rule_asked_for_a_licence_to_china_and_then_to_macau():
    """742.6(a)(6) until 2023-11-16 named China, from 2023-01-17 Macau too; part 746 asks for one to Russia."""
    before, after = date(2023, 1, 16), date(2023, 1, 17)
    assert answers(placed("amd-mi300x", before, to="MO"), "licence-requirement") == {"none"}
    assert answers(placed("amd-mi300x", after, to="MO"), "licence-requirement") == {"ccl"}
    assert answers(placed("amd-mi300x", after, to="SA", headquarters="CN"), "licence-requirement") == {"none"}
    assert answers(placed("amd-mi300x", after, to="RU"), "licence-requirement") == {"ccl"}
    # The notice of 2023-10-23 names places that were not read.
    assert answers(placed("nvidia-l40s", date(2023, 11, 1), to="SA"), "licence-requirement") == {"none", "letter"}


def test_the_exception_was_one_until_april_2024():
    """89 FR 23876 split License Exception NAC; before, it served every place; transfers within China take the other."""
    before, after = date(2024, 4, 3), date(2024, 4, 4)
    assert answers(placed("nvidia-l40", before, to="VN"), "licence-requirement") == {"exception-nac"}
    assert answers(placed("nvidia-l40", after, to="VN"), "licence-requirement") == {"exception-aca"}
    assert answers(placed("nvidia-rtx-4090", activity="in-country-transfer"), "licence-requirement") == {
        "exception-aca"
    }
    assert answers(placed("nvidia-rtx-4090"), "licence-requirement") == {"exception-nac"}


def test_approved_entities_of_the_uae_need_no_licence():
    """91 FR 43034, from 2026-07-10; for an entity held from China nothing changed."""
    before, after = date(2026, 7, 9), date(2026, 7, 10)
    assert answers(placed("H200", before, to="AE"), "licence-requirement") == {"ccl"}
    assert answers(placed("H200", after, to="AE"), "licence-requirement") == {"none", "ccl"}
    assert answers(placed("H200", after, to="AE", approved_uae="no"), "licence-requirement") == {"ccl"}
    assert answers(placed("L40", after, to="AE"), "licence-requirement") == {"none", "exception-aca"}
    assert answers(placed("L40", after, to="AE", approved_uae="yes"), "licence-requirement") == {"none"}
    assert answers(placed("L40", after, to="AE", approved_uae="yes", headquarters="CN"), "licence-requirement") == {
        "exception-nac"
    }
    assert answers(placed("H200", after, to="AE", headquarters="CN"), "licence-requirement") == {"ccl"}


def test_an_exception_is_named_beside_the_policy():
    notices = placed("nvidia-rtx-4090", dd_support="no").lenses["review-policy"].notices
    assert any("exception-nac may make an application unnecessary" in one for one in notices)


def test_without_a_licence_requirement_no_application_is_needed():
    """742.6(a)(6)(iii)(B) lists the places for .b items; Germany is in none of them."""
    assert answers(placed("L40", to="DE"), "review-policy") == {"not-required"}
    assert answers(placed("L40", to="VN"), "review-policy") == {POA, "unstated"}
    assert answers(placed("L40", date(2026, 1, 14), to="VN"), "review-policy") == {POA}
    assert answers(placed("L40", to="DE", headquarters="CN"), "review-policy") == {CBC, POD}


def test_each_maker_was_informed_on_its_own_day():
    assert "letter" not in answers(placed("amd-mi308x", date(2025, 4, 14)), "licence-requirement")
    assert "letter" in answers(placed("amd-mi308x", date(2025, 4, 15)), "licence-requirement")


def test_an_estimate_that_would_set_tpp_leaves_it_open(tmp_path: Path):
    path = Path(spec_file(tmp_path, tpp="4720", area="800"))
    text = path.read_text(encoding="utf-8")
    assert answers(placed(str(path)), "classification") == {"3A090.b.1"}
    estimated = '}, { format = "fp16", value = 1000, unit = "TFLOP/s", source = "s", grade = "estimate" }]\nsources'
    path.write_text(text.replace("}]\nsources", estimated), encoding="utf-8")
    assert answers(placed(str(path)), "classification") > {"3A090.b.1"}


def test_dies_that_may_not_count_leave_the_density_open(judged, monkeypatch: pytest.MonkeyPatch):
    """The smallest area that counts is then 0, over which nothing is divided: not in a table, not in a verdict."""
    from harness.codec import report_files

    found = read_spec("nvidia-h200-sxm5-141gb")
    assert found is not None
    die = Die(
        name="die", count=1, area_mm2=Decimal(814), logic=True, non_planar=None, source="primary", grade="secondary"
    )
    unsure = found[0].model_copy(update={"applicable_die_area": None, "dies": (die,)})
    assert chip_row(unsure).figures["performance_density"][0].hi is None
    monkeypatch.setattr(report_files, "read_spec", lambda _: (unsure, found[1]))
    verdict = judged(lambda report: report["product"].pop("non_planar_logic_die_area_mm2"))
    assert verdict.figures["performance_density"].used is None
    assert verdict.lenses["classification"].answer == "3A090.a.1"


def test_an_area_beside_no_die_that_counts_is_followed_both_ways(tmp_path: Path):
    path = Path(spec_file(tmp_path, tpp="2000", area="none"))
    text = path.read_text(encoding="utf-8")
    area = 'applicable_die_area = { value = 300, unit = "mm2", source = "s", grade = "datasheet" }\n'
    path.write_text(text + area, encoding="utf-8")
    assert len(answers(placed(str(path)), "classification")) > 1


def test_what_rounds_to_a_threshold_says_on_which_side_it_lies(tmp_path: Path):
    """1,600 / 270.270270270270270271 is below 5.92 by less than anyone prints."""
    item = spec_file(tmp_path, tpp="1600", area="270.270270270270270271")
    reasons = {reason.criterion: reason for reason in placed(item).lenses["classification"].reasons}
    ceiling = reasons["b2.density_ceiling"]
    assert (ceiling.got, ceiling.need, ceiling.outcome) == ("just below 5.92", "below 5.92", "holds")


@pytest.mark.parametrize(
    "text",
    [
        "", "\x00", "[" * 100_000, "a" * 5_000_000, f"value = {'9' * 5000}\n", "\ufeffschema = 1", "= = =",
        'schema = "instrument/1"\n', 'schema = "system-spec/1"\n', "[a" + ".a" * 10_000 + "]\n",
        pytest.param("[a" + ".a" * 50_000 + "]\n", marks=pytest.mark.slow),
    ],
)  # fmt: skip
def test_a_file_of_no_sense_is_refused_and_never_a_bug(tmp_path: Path, text: str):
    path = tmp_path / "odd.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(harness.UnreadableInput):
        harness.classify(str(path), as_of=J26)
    with pytest.raises(harness.UnreadableInput):
        harness.classify(path, as_of=J26)


def test_a_stack_without_area_is_open(tmp_path: Path):
    path = tmp_path / "example-stack.toml"
    path.write_text(MEMORY.format(bandwidth="400").replace("value = 100", "value = 0"), encoding="utf-8")
    assert answers(placed(str(path)), "classification") == {"none", "3A090.c"}


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="there is no /dev/zero here")  # noqa: PTH110
def test_a_file_without_end_is_refused(tmp_path: Path):
    path = tmp_path / "endless.toml"
    path.symlink_to("/dev/zero")
    done = command("classify", str(path))
    assert done.returncode == 2
    assert "4,194,304" in done.stderr


@pytest.mark.parametrize("item", [3, None, b"H20", ["H20"], 1.5])
def test_what_is_no_item_is_wrong_usage(item: Any):
    with pytest.raises(harness.WrongUsage, match="item: got"):
        harness.classify(item, as_of=J26)


@pytest.mark.parametrize("day", ["2026-01-15", None, 20260115, datetime(2026, 1, 15)])  # noqa: DTZ001
def test_what_is_no_day_is_wrong_usage(day: Any):
    with pytest.raises(harness.WrongUsage, match="as_of: got"):
        harness.classify("H20", as_of=day)
    with pytest.raises(harness.WrongUsage, match="as_of: got"):
        harness.classifier(as_of=day)


@pytest.mark.parametrize("report", [None, 3, {}, ["a.json"]])
def test_what_is_no_report_is_wrong_usage(report: Any):
    with pytest.raises(harness.WrongUsage, match="report: got"):
        harness.verify(report)


@pytest.mark.parametrize(
    "figure",
    [Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), Decimal(-5), Fraction(-1, 3), True, 1.5, None, "15832"],
)
def test_what_is_no_exact_figure_is_wrong_usage(figure: Any):
    with pytest.raises(harness.WrongUsage, match="tpp: got"):
        harness.classifier(as_of=J26).answers({**H20, "tpp": figure})


def test_an_absent_figure_is_one():
    found = harness.classifier(as_of=J26).answers({**H20, "applicable_die_area_mm2": ABSENT})
    assert found["classification"] == {"none"}


def test_what_is_open_by_the_text_asks_for_no_figure():
    """Whether the worldwide licence is enforced is no question that a source for a figure would answer."""
    for lens in placed("H200", to="DE").lenses.values():
        assert not any("stack" in name for name in lens.missing)
    (use,) = placed("H200", to="DE").lenses["licence-requirement"].readings
    assert (use.id, use.gives) == ("AMB-20", {"a": ("none",), "b": ("ccl",)})


def test_the_list_of_assumptions_holds_together():
    flags = [one.flag for one in read_assumptions()]
    assert len(flags) == len(set(flags))
    for one in read_assumptions():
        assert one.same_as is None or one.same_as in flags
        assert (one.kind == "pattern") == (one.pattern is not None)
        assert (one.kind == "choice") == bool(one.choices)
        assert (one.kind == "figure") == (one.metric is not None)


def test_what_cannot_be_read_stands_in_its_place_in_a_list():
    done = command("classify", "H200", "nobody", "--json", "--as-of", "2026-01-15")
    assert done.returncode == 2
    listed = json.loads(done.stdout)
    assert [one["schema"] for one in listed] == ["verdict/1", "refusal/1"]
    alone = json.loads(command("classify", "nobody", "--json").stdout)
    assert alone["schema"] == "refusal/1"
    assert faults_against_schema("refusal", json.dumps(alone).encode(), "refusal") == []

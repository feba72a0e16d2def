"""Classification by declared figures: the published chips at several dates, the boundaries, readings, systems."""

import json
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import harness
from harness.codec.law_files import read_assumptions, read_law
from harness.codec.schemas import faults_against_schema
from harness.codec.spec_files import chip_ids
from harness.codec.subjects import read_subject
from harness.decide.classification import LENSES, RESTS_ON, classify
from harness.decide.declared import Declared, declared_chip
from harness.model.chip_spec import ChipSpec
from harness.model.quantity import Absent
from harness.model.subject import Subject
from harness.model.verdict import Lens, Verdict

OCT22, NOV22, LAST22 = date(2022, 10, 21), date(2022, 11, 1), date(2023, 11, 16)
OCT23, LETTERS, J26 = date(2023, 11, 17), date(2025, 4, 9), date(2026, 1, 15)
A1, B1 = "3A090.a.1", "3A090.b.1"


def placed(item: str | Subject, day: date = J26, **given: str) -> Verdict:
    flags = {flag.replace("_", "-"): value for flag, value in given.items()}
    return harness.classify(item, as_of=day, given=flags)


def answers(verdict: Verdict, lens: str) -> set[str]:
    return set(verdict.lenses[lens].possible)


def spec_file(folder: Path, **figures: str | None) -> str:
    """A spec file with one 8-bit rate: TPP = rate x 8."""
    said = {"tpp": "4800", "area": None, "bandwidth": "1000", "data_center": "true", "io": None, **figures}
    rate = Fraction(said["tpp"] or 0) / 8
    digits = f"{float(rate):.12f}".rstrip("0").rstrip(".")
    assert Fraction(digits) == rate
    text = f"""
schema = "chip-spec/1"
id = "example-chip"
manufacturer = "Intel"
name = "Example chip"
generation = "Example"
designed_or_marketed_for_data_centers = {said["data_center"]}
has_non_planar_logic_die = {"false" if said["area"] == "none" else "true"}
links_complete = {"true" if said["io"] else "false"}
tpp_completeness = "complete"
rates = [{{ format = "int8", value = {digits}, unit = "TOP/s", source = "s", grade = "datasheet" }}]
sources = [{{ id = "s", reference = "made for a test" }}]
total_dram_bandwidth = {{ value = {said["bandwidth"]}, unit = "GB/s", source = "s", grade = "datasheet" }}
"""
    if said["area"] not in (None, "none"):
        text += f'applicable_die_area = {{ value = {said["area"]}, unit = "mm2", source = "s", grade = "datasheet" }}\n'
    if said["io"]:
        io = f'{{ value = {said["io"]}, unit = "GB/s", source = "s", grade = "datasheet" }}'
        text += f"link_bandwidth_bidirectional = {io}\n"
    path = folder / "example-chip.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


# --- The computed matrix: chip, the text of October 2022, that of October 2023, case-by-case, tariff ----------------

MATRIX = [
    ("nvidia-a100-sxm4-80gb", "3A090.a", A1, "case-by-case", "none"),
    ("nvidia-a800-sxm4-80gb", "none", A1, "case-by-case", "none"),
    ("nvidia-h100-sxm5-80gb", "3A090.a", A1, "case-by-case", "none"),
    ("nvidia-h800-sxm5-80gb", "none", A1, "case-by-case", "none"),
    ("nvidia-h200-sxm5-141gb", "3A090.a", A1, "case-by-case", "25-percent"),
    ("nvidia-h20-96gb", "none", "none", "unstated", "none"),
    ("nvidia-l40s", "none", A1, "case-by-case", "none"),
    ("nvidia-l40", "none", B1, "case-by-case", "none"),
    ("nvidia-rtx-4090", "none", A1, "case-by-case", "none"),
    ("amd-mi300x", "3A090.a", A1, "case-by-case", "none"),
    ("amd-mi325x", "3A090.a", A1, "case-by-case", "25-percent"),
    ("nvidia-b200-sxm", "3A090.a", A1, "presumption-of-denial", "none"),
    ("nvidia-b300-sxm", None, A1, "presumption-of-denial", "none"),
    ("nvidia-gb200-gpu", None, A1, "presumption-of-denial", "none"),
    ("nvidia-h200-nvl-141gb", "3A090.a", A1, "case-by-case", "none"),
    ("amd-mi355x", "3A090.a", A1, "presumption-of-denial", "none"),
    ("nvidia-l4", "none", "3A090.a.2", "case-by-case", "none"),
]


@pytest.mark.parametrize(("chip", "in_2022", "in_2023", "review", "tariff"), MATRIX, ids=[row[0] for row in MATRIX])
def test_the_published_matrix(chip: str, in_2022: str | None, in_2023: str, review: str, tariff: str):
    for day in (OCT22, NOV22, LAST22):
        if in_2022 is not None:
            assert answers(placed(chip, day), "classification") == {in_2022}
    for day in (OCT23, LETTERS, J26):
        assert answers(placed(chip, day), "classification") == {in_2023}
    now = placed(chip)
    assert answers(now, "review-policy") == {review}
    assert answers(now, "tariff") == {tariff}
    assert answers(placed(chip, date(2026, 1, 14)), "tariff") == {"none"}


def test_the_first_day_of_each_text_is_inclusive():
    assert answers(placed("A800", date(2022, 10, 20)), "classification") == {"none"}
    assert answers(placed("A100 80GB", date(2022, 10, 20)), "classification") == {"none"}
    assert answers(placed("A100 80GB", OCT22), "classification") == {"3A090.a"}
    assert answers(placed("A800", LAST22), "classification") == {"none"}
    assert answers(placed("A800", OCT23), "classification") == {A1}


def test_what_the_filings_say_of_letters():
    """Filings on the notices of 2022-08-26, 2023-10-23 and 2025-04-09; the L40 is not in the list of 2023-10-23."""
    for chip in ("A100 80GB", "H100"):
        assert answers(placed(chip, date(2022, 8, 26)), "licence-requirement") == {"letter"}
    before, notice = date(2023, 10, 22), date(2023, 10, 23)
    for chip in ("nvidia-a800-sxm4-80gb", "nvidia-h800-sxm5-80gb", "nvidia-l40s"):
        assert answers(placed(chip, before), "licence-requirement") == {"none"}
        assert answers(placed(chip, notice), "licence-requirement") == {"letter"}
        assert answers(placed(chip, OCT23), "licence-requirement") == {"ccl"}
    assert answers(placed("L40", notice), "licence-requirement") == {"none"}
    assert answers(placed("L40", OCT23), "licence-requirement") == {"exception-nac"}
    assert answers(placed("H20", date(2025, 4, 8)), "licence-requirement") == {"none"}
    assert answers(placed("H20", date(2025, 4, 9)), "licence-requirement") == {"letter"}
    assert answers(placed("H20", J26), "review-policy") == {"unstated"}
    assert answers(placed("amd-mi308x", date(2025, 4, 16)), "licence-requirement") >= {"letter"}


@pytest.mark.parametrize(
    ("chip", "requirement"),
    [
        # A data-center part that meets .a, one that meets only .b, a part for elsewhere at 4,800 or more, and below.
        ("nvidia-h200-sxm5-141gb", "ccl"),
        ("nvidia-l40", "exception-nac"),
        ("nvidia-rtx-4090", "exception-nac"),
        ("nvidia-l4", "ccl"),
    ],
)
def test_who_may_use_the_exception_on_notice(chip: str, requirement: str):
    assert answers(placed(chip), "licence-requirement") == {requirement}


def test_below_4800_a_part_for_elsewhere_is_outside_3a090(tmp_path: Path):
    for tpp, found in (("4799.992", "none"), ("4800", A1), ("4800.008", A1)):
        item = spec_file(tmp_path, tpp=tpp, area="100", data_center="false")
        assert answers(placed(item), "classification") == {found}
    item = spec_file(tmp_path, tpp="4799.992", area="100", data_center="true")
    assert answers(placed(item), "classification") == {"3A090.a.2"}


# --- Boundaries -----------------------------------------------------------------------------------------------------

CBC, POD = "case-by-case", "presumption-of-denial"


@pytest.mark.parametrize(
    ("tpp", "bandwidth", "review", "tariff"),
    [
        ("20999.992", "6499.99", CBC, "none"),
        ("21000", "5000", POD, "none"),
        ("15000", "6500", POD, "none"),
        ("14000", "4800", CBC, "none"),
        ("14000.008", "4800", CBC, "25-percent"),
        ("17499.992", "4800", CBC, "25-percent"),
        ("17500", "4800", CBC, "none"),
        ("15832", "4500", CBC, "none"),
        ("15832", "4500.01", CBC, "25-percent"),
        ("15832", "4999.99", CBC, "25-percent"),
        ("15832", "5000", CBC, "none"),
        # Tariffed and denied: the second window reaches beyond the gate.
        ("21050.4", "6000", POD, "25-percent"),
        ("20800", "6000", CBC, "none"),
        ("20919.2", "6000", CBC, "25-percent"),
        ("21099.992", "6000", POD, "25-percent"),
        ("21100", "6000", POD, "none"),
        ("20919.2", "5800", CBC, "none"),
        ("20919.2", "6200", CBC, "none"),
    ],
)
def test_gate_and_windows_exclude_their_own_limits(tmp_path: Path, tpp: str, bandwidth: str, review: str, tariff: str):
    verdict = placed(spec_file(tmp_path, tpp=tpp, bandwidth=bandwidth))
    assert answers(verdict, "review-policy") == {review}
    assert answers(verdict, "tariff") == {tariff}


@pytest.mark.parametrize(
    ("tpp", "area", "found"),
    [
        ("4800", "5000", A1),
        # 1600 / 5.92 = 270.27...: at 270.27 mm2 the density is 5.92000592, at 270.28 it is 5.91978689.
        ("1600", "270.27", "3A090.a.2"),
        ("1600", "270.28", "3A090.b.2"),
        ("1599.992", "270.27", "none"),
        # 2368 / 400 is 5.92 exactly.
        ("2368", "400", "3A090.a.2"),
        # 592 / 100.0000001 rounds up to 5.92 at any number of digits that people print; 5.92 x area exceeds it.
        ("2960", "500.000000000000000001", "3A090.b.1"),
        ("2400", "1500", B1),
        ("2399.992", "1499.995", "none"),
        ("2399.992", "1500", "none"),
        ("1600", "500", "3A090.b.2"),
        ("1600", "500.000000000000000001", "none"),
        ("1600", "501.56", "none"),
        ("4799.992", "3000", "none"),
        ("4799.992", "2999.995", B1),
    ],
)  # fmt: skip
def test_densities_are_compared_without_rounding(tmp_path: Path, tpp: str, area: str, found: str):
    assert answers(placed(spec_file(tmp_path, tpp=tpp, area=area)), "classification") == {found}


def test_no_density_is_not_an_unknown_density(tmp_path: Path):
    """No non-planar die: conditions on density fail. An area that nobody states: they may hold or fail."""
    assert answers(placed(spec_file(tmp_path, tpp="2000", area="none")), "classification") == {"none"}
    unknown = placed(spec_file(tmp_path, tpp="2000", area=None))
    assert answers(unknown, "classification") == {"none", "3A090.a.2", "3A090.b.2"}
    assert any("applicable_die_area_mm2" in name for name in unknown.lenses["classification"].missing)


@pytest.mark.parametrize(("io", "found"), [("599.9", "none"), ("600", "3A090.a"), ("600.1", "3A090.a")])
@pytest.mark.parametrize("day", [OCT22, LAST22])
def test_the_transfer_rate_of_2022(tmp_path: Path, io: str, found: str, day: date):
    assert answers(placed(spec_file(tmp_path, tpp="4800", io=io), day), "classification") == {found}
    below = spec_file(tmp_path, tpp="4799.992", io=io)
    assert answers(placed(below, day), "classification") == {"none"}


def test_the_mi325x_lies_80_8_below_the_gate():
    """2,614.9 x 8 = 20,919.2; 21,000 - 20,919.2 = 80.8."""
    reasons = {reason.criterion: reason for reason in placed("MI325X").lenses["review-policy"].reasons}
    assert (reasons["gate.tpp"].got, reasons["gate.tpp"].margin) == ("20919.2", "80.8")
    assert reasons["gate.tpp"].cite == "15 CFR 742.6(b)(10)(iii)(A)(1)"


def test_h20_misses_each_paragraph_by_a_stated_margin():
    """2,368 lies 32 below 2,400; 2,368 / 814 = 2.909... lies below 3.2."""
    reasons = {reason.criterion: reason for reason in placed("H20").lenses["classification"].reasons}
    assert reasons["b1.tpp"].margin == "-32"
    assert reasons["b2.density"].outcome == "fails"
    assert reasons["b2.density"].got.startswith("2.909")


# --- High-bandwidth memory ------------------------------------------------------------------------------------------

MEMORY = """
schema = "memory-spec/1"
id = "example-stack"
manufacturer = "Micron"
name = "Example stack"
bandwidth = {{ value = {bandwidth}, unit = "GB/s", source = "s", grade = "datasheet" }}
area = {{ value = 100, unit = "mm2", source = "s", grade = "datasheet" }}
sources = [{{ id = "s", reference = "made for a test" }}]
"""


@pytest.mark.parametrize(
    ("bandwidth", "paragraph", "requirement"),
    [
        ("200", "none", {"none"}),
        ("200.01", "3A090.c", {"exception-hbm", "ccl"}),
        ("329.99", "3A090.c", {"exception-hbm", "ccl"}),
        ("330", "3A090.c", {"ccl"}),
    ],
)
def test_memory_by_density(tmp_path: Path, bandwidth: str, paragraph: str, requirement: set[str]):
    """Above 2 GB/s per mm2 is 3A090.c; the exception ends at 3.3."""
    path = tmp_path / "example-stack.toml"
    path.write_text(MEMORY.format(bandwidth=bandwidth), encoding="utf-8")
    verdict = placed(str(path))
    assert answers(verdict, "classification") == {paragraph}
    assert answers(verdict, "licence-requirement") == requirement
    assert answers(placed(str(path), date(2024, 12, 1)), "classification") == {"none"}


def test_memory_for_an_entity_that_is_not_held_from_d5_is_presumed_approved(tmp_path: Path):
    path = tmp_path / "example-stack.toml"
    path.write_text(MEMORY.format(bandwidth="400"), encoding="utf-8")
    assert answers(placed(str(path)), "review-policy") == {POD}
    assert answers(placed(str(path), headquarters="US", parent="US"), "review-policy") == {"presumption-of-approval"}


# --- Facts that are assumed, given, or left open --------------------------------------------------------------------


def test_every_assumed_fact_is_listed_and_marked_where_it_counts():
    verdict = placed("H200")
    listed = {one.fact: (one.value, one.origin) for one in verdict.assumed}
    assert listed["to"] == ("CN", "assumed")
    assert listed["dd-support"] == ("yes", "assumed")
    assert listed["marketing"] == ("yes", "spec")
    marked = {reason.criterion for reason in verdict.lenses["review-policy"].reasons if reason.note == "assumed"}
    assert {"activity", "from_country", "item_kind", "end_user_country", "certified:DD-ix"} <= marked
    assert RESTS_ON in verdict.lenses["review-policy"].notices
    given = placed("H200", to="MO")
    assert ("to", "MO", "given") in {(one.fact, one.value, one.origin) for one in given.assumed}


@pytest.mark.parametrize(
    ("given", "review"),
    [
        ({"activity": "reexport"}, {POD}),
        ({"activity": "in-country-transfer"}, {POD}),
        ({"item-kind": "software"}, {POD}),
        ({"dd-support": "no"}, {POD}),
        ({"to": "MO"}, {CBC}),
        ({"to": "RU"}, {POD}),
        ({"to": "DE", "headquarters": "CN"}, {POD}),
        ({"to": "DE"}, {"unstated"}),
        ({"from": "DE"}, {POD}),
        # Hong Kong as China, or not.
        ({"to": "HK"}, {CBC, "unstated"}),
        ({"to": "unknown"}, {CBC, POD, "unstated"}),
        ({"dd-support": "unknown"}, {CBC, POD}),
        # An end user in China that is held from another place of D:5 (AMB-17).
        ({"headquarters": "RU"}, {CBC, POD}),
    ],
)
def test_facts_change_the_review_policy(given: dict[str, str], review: set[str]):
    assert answers(harness.classify("H200", as_of=J26, given=given), "review-policy") == review


def test_an_open_fact_is_asked_for_by_its_flag():
    lens = placed("H200", dd_support="unknown").lenses["review-policy"]
    assert "--dd-support" in lens.missing
    assert "--to" in placed("H200", to="unknown").lenses["review-policy"].missing


def test_a_flag_or_a_reading_that_does_not_exist_is_refused():
    with pytest.raises(harness.WrongUsage, match="no fact colour"):
        harness.classify("H200", as_of=J26, given={"colour": "red"})
    with pytest.raises(harness.WrongUsage, match=r"no reading tf32-64; there are tf32-19, tf32-32"):
        harness.classify("H200", as_of=J26, readings=("tf32-64",))


def test_the_law_is_read_for_every_flag_that_is_assumed():
    """An assumption that settles no fact of the law would be idle."""
    law = read_law()
    read = {fact for lens in LENSES for provision in law.of_lens(lens) for fact in _facts_of(provision)}
    for one in read_assumptions():
        assert set(one.facts) <= read
        assert all(any(fact.startswith(family) for fact in read) for family in one.families)


def _facts_of(provision: object) -> set[str]:
    from harness.render.explanation import facts_of

    return facts_of(provision)  # type: ignore[arg-type]


# --- Readings, partial specs, cards and systems ---------------------------------------------------------------------


def test_tf32_decides_over_trainium_2():
    """667 x 19 = 12,673 and 667 x 32 = 21,344: the gate lies between."""
    open_ = placed("Trn2")
    assert answers(open_, "review-policy") == {CBC, POD}
    assert any("tf32-19: case-by-case; tf32-32: presumption-of-denial" in one for one in _review(open_).notices)
    assert "--reading tf32-19" in _review(open_).missing
    for name, found in (("tf32-19", CBC), ("tf32-32", POD)):
        assert answers(harness.classify("Trn2", as_of=J26, readings=(name,)), "review-policy") == {found}


def test_readings_are_points_and_not_a_span():
    """12,673 and 21,344 lie on both sides of both tariff windows; nothing in between is possible."""
    assert answers(placed("Trn2"), "tariff") == {"none"}


def _review(verdict: Verdict) -> Lens:
    return verdict.lenses["review-policy"]


def test_fp6_at_the_rate_of_fp4_is_followed_both_ways():
    """10,066.3 x 6 = 60,397.8, and 5,033.2 x 8 = 2,516.6 x 16 = 40,265.6 without it."""
    figure = placed("MI355X").figures["tpp"]
    assert (figure.used, figure.used_up_to) == ("40265.6", "60397.8")
    assert "fp6-counted" in (figure.note or "")


@pytest.mark.parametrize("chip", ["nvidia-rtx-pro-6000d", "amd-mi308x", "cerebras-wse3", "nvidia-b30a"])
def test_without_the_rate_that_sets_tpp_nothing_is_below_a_threshold(chip: str):
    verdict = placed(chip)
    assert len(answers(verdict, "classification")) > 1
    assert verdict.outcome == "undecided"
    assert any("a source for tpp" in name for name in verdict.lenses["classification"].missing)


def test_a_partial_rate_is_a_lower_bound(tmp_path: Path):
    """RTX 5090 D: 1,187.5 x 4 = 4,750 is the only rate that is published; 4,800 may be reached."""
    assert answers(placed("RTX 5090 D"), "classification") == {"none", A1}
    # Rubin's lower bound lies above the gate already.
    assert answers(placed("Rubin"), "review-policy") == {POD}


def test_a_card_is_looked_at_chip_by_chip():
    """Four chips of 6,960 / 4 = 1,740 TPP each; the card's total would be 3A090.a."""
    verdict = placed("AI 100 Ultra", other_eccn="none")
    assert verdict.figures["tpp"].used == "1740"
    # 1,740 lies above 1,600, and nobody states the area: .a.2 stays possible, .a.1 does not.
    assert answers(verdict, "classification") == {"none", "4A090.b", "4A090.a"}
    assert any("each of the 4 integrated circuits" in one for one in verdict.lenses["classification"].notices)


SYSTEM = """
schema = "system-spec/1"
id = "example-server"
manufacturer = "Example"
name = "Example server"
kind = "server"
{more}
contains = [{contains}]
sources = [{{ id = "s", reference = "made for a test" }}]
"""


def system(folder: Path, *chips: tuple[str, int], more: str = "") -> str:
    contains = ", ".join(f'{{ chip = "{chip}", count = {count} }}' for chip, count in chips)
    path = folder / "example-server.toml"
    path.write_text(SYSTEM.format(contains=contains, more=more), encoding="utf-8")
    return str(path)


def test_a_server_of_eight_h20_is_outside_4a090_though_the_sum_is_not(tmp_path: Path):
    """8 x 2,368 = 18,944 is no figure of the law: each circuit is looked at by itself (AMB-08)."""
    verdict = placed(system(tmp_path, ("nvidia-h20-96gb", 8)))
    assert answers(verdict, "classification") == {"none"}
    notices = verdict.lenses["classification"].notices
    assert any("18944" in one and "AMB-08" in one for one in notices)


@pytest.mark.parametrize(
    ("chips", "eccn", "found"),
    [
        ([("nvidia-h200-sxm5-141gb", 8)], "none", "4A090.a"),
        ([("nvidia-h200-sxm5-141gb", 8)], "5A992", "z.a-type"),
        ([("nvidia-l40", 4)], "none", "4A090.b"),
        ([("nvidia-l40", 4)], "5A002", "z.b-type"),
        ([("nvidia-h20-96gb", 8), ("nvidia-l40", 1)], "none", "4A090.b"),
        ([("nvidia-l40", 1), ("nvidia-h200-sxm5-141gb", 1)], "none", "4A090.a"),
    ],
)
def test_systems_by_the_strictest_circuit_inside(tmp_path: Path, chips: list[tuple[str, int]], eccn: str, found: str):
    verdict = placed(system(tmp_path, *chips), other_eccn=eccn)
    assert answers(verdict, "classification") == {found}


def test_a_system_is_denied_where_one_circuit_in_it_would_be(tmp_path: Path):
    mixed = system(tmp_path, ("nvidia-h200-sxm5-141gb", 1), ("nvidia-b200-sxm", 1))
    assert answers(placed(mixed), "review-policy") == {POD}
    alone = system(tmp_path, ("nvidia-h200-sxm5-141gb", 8))
    assert answers(placed(alone), "review-policy") == {CBC}


def test_without_the_other_eccn_both_paragraphs_stay_possible(tmp_path: Path):
    verdict = placed(system(tmp_path, ("nvidia-h200-sxm5-141gb", 8)))
    assert answers(verdict, "classification") == {"4A090.a", "z.a-type"}
    assert "--other-eccn" in verdict.lenses["classification"].missing


def test_a_system_of_an_unknown_chip_names_what_looks_alike(tmp_path: Path):
    with pytest.raises(harness.UnreadableInput, match=r"contains\[0\]\.chip: got nvidia-h20-96; .*nvidia-h20-96gb"):
        placed(system(tmp_path, ("nvidia-h20-96", 8)))


def _declared(chip: str) -> Declared:
    spec = read_subject(chip).parts[0].spec
    assert isinstance(spec, ChipSpec)
    return declared_chip(spec)


def _is_exact(declared: Declared) -> bool:
    states = declared.readings[0].figures.values()
    return read_subject(declared.id).kind == "integrated-circuit" and all(
        isinstance(state, Absent) or state.exact for state in states
    )


# --- What goes out --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chip", chip_ids())
def test_every_shipped_chip_is_placed_and_the_verdict_fits_its_schema(chip: str):
    for day in (date(2021, 1, 1), NOV22, OCT23, LETTERS, J26):
        verdict = placed(chip, day)
        data = verdict.model_dump_json(by_alias=True).encode()
        if day == J26:
            assert faults_against_schema("verdict", data, "verdict") == []
            assert Verdict.model_validate_json(data) == verdict
    assert set(verdict.lenses) == set(LENSES)


def test_a_verdict_on_a_report_has_no_assumed_facts(judged):
    assert "assumed" not in json.loads(judged().model_dump_json(by_alias=True))


def test_the_same_inputs_give_the_same_bytes():
    once, again = (placed("H200").model_dump_json(by_alias=True) for _ in range(2))
    assert once == again


def test_aliases_in_any_case_name_the_same_chip():
    assert read_subject("h20").id == read_subject("H20 96GB").id == read_subject("NVIDIA H20").id == "nvidia-h20-96gb"


def test_an_unknown_name_says_what_was_probably_meant():
    with pytest.raises(harness.UnreadableInput, match=r"did you mean .*nvidia-h200-sxm5-141gb"):
        read_subject("H2000")


EXACT = [chip for chip in chip_ids() if len(_declared(chip).readings) == 1 and _is_exact(_declared(chip))]


@pytest.mark.parametrize("day", [date(2021, 1, 1), LAST22, OCT23, LETTERS, date(2025, 6, 1), J26])
def test_the_table_gives_what_one_classification_gives(day: date):
    """Every shipped chip whose figures are exact, under the same facts."""
    assert len(EXACT) > 30
    for chip in EXACT:
        subject = read_subject(chip)
        declared = _declared(chip)
        marketing = {frozenset({True}): "data-center", frozenset({False}): "other"}.get(subject.data_center, "unknown")
        table = harness.classifier(
            as_of=day,
            given={"marketing": marketing},
            manufacturer=subject.manufacturer.casefold(),
            product=subject.id,
        )
        figures = {
            name: state if isinstance(state, Absent) else state.lo
            for name, state in declared.readings[0].figures.items()
        }
        verdict = placed(subject, day)
        assert {name: set(found) for name, found in table.answers(figures).items()} == {
            name: set(lens.possible) for name, lens in verdict.lenses.items()
        }, chip
        traced = table.reasons(figures)
        for name, lens in verdict.lenses.items():
            criteria = {(one.id, one.need, one.outcome, one.margin) for one in traced[name]}
            assert {(one.criterion, one.need, one.outcome, one.margin) for one in lens.reasons} <= criteria


def test_a_figure_that_the_texts_read_must_be_given():
    table = harness.classifier(as_of=J26)
    with pytest.raises(KeyError, match="total_dram_bandwidth"):
        table.answers({"tpp": Fraction(1), "applicable_die_area_mm2": Fraction(1)})


# --- Laws of the domain ---------------------------------------------------------------------------------------------

ORDER = ["not-required", "presumption-of-approval", CBC, "unstated", POD, "policy-of-denial"]
FIGURES = st.integers(1, 3_000_000).map(lambda n: Fraction(n, 100))


@settings(max_examples=60, deadline=None)
@given(FIGURES, FIGURES, st.integers(0, 10**6), st.integers(0, 10**6))
def test_more_performance_never_relaxes_the_review_policy_of_3a090_items(
    tmp_path_factory: pytest.TempPathFactory, tpp: Fraction, bandwidth: Fraction, more_tpp: int, more_bandwidth: int
):
    """Both chips at 4,800 or more, where 3A090.a applies without regard to density."""
    folder = tmp_path_factory.mktemp("spec")

    def rank(performance: Fraction, rate: Fraction) -> int:
        item = spec_file(folder, tpp=str(float(round(performance))), bandwidth=f"{float(rate):.2f}")
        (found,) = answers(_quick(item), "review-policy")
        return ORDER.index(found)

    low = 4800 + 8 * round(tpp)
    assert rank(Fraction(low), bandwidth) <= rank(Fraction(low + 8 * more_tpp), bandwidth + more_bandwidth)


def _quick(item: str) -> Verdict:
    return classify(read_subject(item), read_law(), J26, read_assumptions())

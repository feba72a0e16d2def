"""The law against what could clear too much: software, technology, places that lists forget, days that stand open."""

from datetime import date

import pytest
from conftest import h200_alone
from placing import CBC, PD, POD, answers, placed

import harness
from harness.codec.law_files import read_law
from harness.judge import explained

H200 = h200_alone()
RTX4090, L40, L40S, H20 = "nvidia-rtx-4090", "nvidia-l40", "nvidia-l40s", "H20"
NR = "not-required"
TODAY = date(2026, 9, 24)


@pytest.mark.parametrize("chip", [RTX4090, L40])
def test_no_exception_for_chips_covers_technology(chip: str):
    """15 CFR 740.8 names commodities, and the software of 5D002.z and 5D992.z."""
    for kind, licence in (
        ("commodity", {"exception-nac"}), ("technology", {"ccl"}),
        ("software", {"exception-aca", "exception-nac", "ccl"}),
    ):  # fmt: skip
        assert answers(placed(chip, TODAY, **{"item-kind": kind}), "licence-requirement") == licence


@pytest.mark.parametrize(("kind", "policy"), [("commodity", CBC), ("software", POD), ("technology", POD)])
def test_the_six_weeks_of_case_by_case_were_for_commodities(kind: str, policy: str):
    """15 CFR 742.6(b)(10)(iii)(B)(1) and (2) as of 89 FR 96790."""
    assert answers(placed(L40, date(2024, 12, 20), **{"item-kind": kind}), "review-policy") == {policy}


@pytest.mark.parametrize("day", [date(2023, 11, 17), date(2024, 4, 4), date(2024, 12, 20)])
def test_two_sections_claim_an_entity_held_from_china_elsewhere(day: date):
    found = answers(placed(L40, day, to="SG", headquarters="CN"), "review-policy")
    assert found == {CBC, POD}


@pytest.mark.parametrize(
    ("to", "headquarters", "day", "found"),
    [
        ("KH", "KH", date(2025, 5, 1), {"letter"}), ("SG", "KH", date(2025, 5, 1), {"letter"}),
        ("KH", "KH", date(2025, 11, 6), {"letter"}), ("KH", "KH", date(2025, 11, 7), {"none"}),
        ("ET", "ET", date(2025, 5, 1), {"none", "letter"}), ("SG", "SG", date(2025, 5, 1), {"none"}),
    ],
)  # fmt: skip
def test_the_letters_of_april_2025_reach_whoever_stands_in_country_group_d5(
    to: str, headquarters: str, day: date, found: set[str]
):
    """Cambodia stood in D:5 until 2025-11-06; Ethiopia does by one reading."""
    assert answers(placed(H20, day, to=to, headquarters=headquarters), "licence-requirement") == found


@pytest.mark.parametrize(("to", "policies"), [("IQ", {"unstated"}), ("UA", {NR, PD})])
def test_a_licence_that_is_needed_never_goes_with_no_policy(to: str, policies: set[str]):
    """15 CFR 746.3(b) states none for what is controlled for regional stability; 746.6(c) denies in three regions."""
    verdict = placed("H200", date(2023, 6, 1), to=to, headquarters=to)
    assert answers(verdict, "review-policy") == policies
    assert answers(verdict, "licence-requirement") == ({"ccl"} if to == "IQ" else {"none", "ccl"})


def test_the_letter_of_october_2023_leaves_the_policy_open_where_it_leaves_the_licence_open():
    verdict = placed(L40S, date(2023, 11, 1), to="SG", headquarters="CN")
    assert answers(verdict, "licence-requirement") == {"none", "letter"}
    assert answers(verdict, "review-policy") == {NR, "unstated"}


@pytest.mark.parametrize(("day", "found"), [(date(2026, 9, 30), {"none"}), (date(2026, 10, 1), {"exception-nac"})])
def test_cyprus_counts_as_embargoed_once_its_suspension_has_run_out(day: date, found: set[str]):
    """No renewal after 2026-09-30 was found; who found one asks for the other reading."""
    assert answers(placed(L40, day, to="SG", headquarters="CY"), "licence-requirement") == found


@pytest.mark.parametrize(
    ("day", "classes", "licences"),
    [
        (date(2026, 12, 30), {"none"}, {"none", "letter"}),
        (date(2026, 12, 31), {"none", "presumed-3A090.a"}, {"none", "letter", "ccl"}),
        (date(2027, 1, 1), {"presumed-3A090.a"}, {"ccl"}),
    ],
)
def test_an_open_day_is_no_stricter_than_the_days_beside_it(day: date, classes: set[str], licences: set[str]):
    """Note 1 to 3A090.a: whether an authorized designer must have applied on 2026-12-31 itself is not stated."""
    told = {"exporter-role": "osat", "advanced-logic": "yes", "designer": "authorized", "designer-applied": "no",
            "attested": "yes", "packaging": "other"}  # fmt: skip
    verdict = placed("nvidia-rtx-4070", day, **told)
    assert answers(verdict, "classification") == classes
    assert answers(verdict, "licence-requirement") == licences
    assert (POD in answers(verdict, "review-policy")) == ("ccl" in licences)


@pytest.mark.parametrize("given", [{"to": "GU"}, {"to": "US", "from": "PR"}, {"to": "GU", "from": "PR"}])
def test_what_counts_as_the_united_states_is_no_place_to_export_to(given: dict[str, str]):
    """15 CFR 772.1, "United States"."""
    with pytest.raises(harness.WrongUsage, match="where the goods are"):
        placed("H200", TODAY, **given)


# --- What if --------------------------------------------------------------------------------------------------------


def supposed(*words: str) -> dict[str, tuple[str, ...]]:
    law = read_law()
    found = explained(H200, "report", law, harness.verify(H200, law=law), what_if=words).what_if
    assert found is not None
    return {change.lens: change.after for change in found.changes}


@pytest.mark.parametrize("word", ["export=2026-08-03", "test=2026-08-21"])
def test_a_day_that_is_supposed_is_held_against_the_other_days(word: str):
    """The sample was tested on 2026-08-04 and exported on 2026-08-20; a review comes before the export."""
    found = supposed(word)
    assert found["evidence"] == ("void",)
    assert found["capability"] == ("review-not-qualified",)


@pytest.mark.parametrize(
    ("word", "found"),
    [
        # 14,304 ± 314.7 was measured: 14,618.7 and 13,989.3 are its ends.
        ("tpp=13989", ("above-declared",)), ("tpp=13990", ("at-or-below-declared", "above-declared")),
        # The maker claims 15,832: below it a declaration is not confirmed.
        ("tpp=15831.999", ("at-or-below-declared", "above-declared")), ("tpp=15832.001", None),
    ],
)  # fmt: skip
def test_a_figure_that_is_supposed_is_held_against_what_was_measured(word: str, found: tuple[str, ...] | None):
    assert supposed(word).get("capability") == found


def test_the_nearest_flip_of_a_declaration_is_where_it_meets_what_was_found():
    law = read_law()
    flips = explained(H200, "report", law, harness.verify(H200, law=law), flip=True).flips
    nearest = next(one for one in flips if (one.figure, one.direction) == ("tpp", "down"))
    assert (nearest.lens, nearest.threshold, nearest.at_it) == ("capability", "15832", False)


@pytest.mark.parametrize("words", [["tpp=15,8"], ["tpp=1,5,8"], ["tpp=1,5832"], ["tpp=15000", "tpp=22000"]])
def test_a_figure_that_could_be_misread_is_refused(words: list[str]):
    with pytest.raises(harness.WrongUsage):
        supposed(*words)


def test_a_unit_may_stand_behind_its_number_with_or_without_a_space():
    assert supposed("total_dram_bandwidth=6.5TB/s") == supposed("total_dram_bandwidth=6500") != {}
    assert supposed("tpp=21,000TPP") == supposed("tpp=21000 TPP") != {}

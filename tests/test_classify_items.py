"""Classification: assumed facts, readings of the text, partial specs, cards and systems."""

from pathlib import Path

import pytest
from placing import A1, CBC, J26, PD, POA, POD, answers, placed, system

import harness
from harness.codec.law_files import read_assumptions, read_law
from harness.decide.classification import LENSES, RESTS_ON
from harness.model.verdict import Lens, Verdict

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
        # Part 746 may deny more firmly still; cases that it lists are not examined.
        ({"to": "RU"}, {POD, PD}),
        ({"to": "DE", "headquarters": "CN"}, {POD}),
        # Codified, approval is presumed there; enforced, no licence is asked for (AMB-20).
        ({"to": "DE"}, {"not-required", POA}),
        ({"from": "DE"}, {POD}),
        # Hong Kong as China, or not.
        ({"to": "HK"}, {"not-required", POA, CBC, PD}),
        ({"to": "unknown"}, {"not-required", POA, CBC, "unstated", POD, PD}),
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
    with pytest.raises(harness.WrongUsage, match=r"no reading 'tf32-64'; need ID=OPTION such as AMB-11=b"):
        harness.classify("H200", as_of=J26, readings=("tf32-64",))


def test_the_law_is_read_for_every_flag_that_is_assumed():
    """An assumption that settles no fact of the law would be idle."""
    law = read_law()
    read = {fact for lens in LENSES for provision in law.of_lens(lens) for fact in _facts_of(provision)}
    for one in read_assumptions():
        assert set(one.facts) <= read | READ_BY_BILLS
        assert all(any(fact.startswith(family) for fact in read) for family in one.families)


# No law reads it until a proposal is asked for.
READ_BY_BILLS = {"new_to_market"}


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

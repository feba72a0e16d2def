"""The law through its days: what vendors and the agency said, and each break date minus one, zero and plus one."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from placing import A1, B1, CBC, PD, POA, POD, answers, placed, spec_file

import harness
from harness.codec.law_files import read_law
from harness.judge import law_with
from harness.model.verdict import Verdict
from harness.policy.groups import Groups

NR = "not-required"
ONE = timedelta(days=1)
H200, L40, L40S, RTX4090, L4 = "H200", "nvidia-l40", "nvidia-l40s", "nvidia-rtx-4090", "nvidia-l4"

# --- What vendors and the agency said ------------------------------------------------------------------------------

# VS-03, NVIDIA 8-K of 2023-10-17: covered by the rule that took effect on 2023-11-17. VS-04, 8-K of 2023-10-24: those
# for which it took effect at once; the L40 is not among them.
COVERED = ["A100 80GB", "nvidia-a800-sxm4-80gb", "H100", "nvidia-h800-sxm5-80gb", L40, L40S, RTX4090]
AT_ONCE = ["A100 80GB", "nvidia-a800-sxm4-80gb", "H100", "nvidia-h800-sxm5-80gb", L40S]


@pytest.mark.parametrize("chip", COVERED)
def test_what_nvidia_called_covered_in_october_2023_is(chip: str):
    verdict = placed(chip, date(2023, 11, 17))
    assert answers(verdict, "classification") != {"none"}
    assert answers(verdict, "licence-requirement") <= {"ccl", "exception-nac"}


@pytest.mark.parametrize("chip", COVERED)
def test_for_whom_it_took_effect_at_once(chip: str):
    found = answers(placed(chip, date(2023, 10, 23)), "licence-requirement")
    # Those that the rule of 2022 reached needed a licence anyway.
    assert bool(found & {"letter", "ccl"}) == (chip in AT_ONCE)


def test_l40_and_l40s_are_the_sharp_pair():
    """VS-03 against VS-04: 362 x 8 = 2,896 and 733 x 8 = 5,864 TPP on one die of 609 mm2."""
    for chip, paragraph, licence in ((L40, B1, "exception-nac"), (L40S, A1, "ccl")):
        verdict = placed(chip, date(2023, 11, 17))
        assert answers(verdict, "classification") == {paragraph}
        assert answers(verdict, "licence-requirement") == {licence}


def test_what_amd_said_of_mi100_and_mi250():
    """VS-02: MI250 reached by the letter of 2022, MI100 not; the filing that was read names NVIDIA's chips only."""
    assert answers(placed("amd-mi100", date(2022, 10, 21)), "classification") == {"none"}
    assert "letter" in answers(placed("amd-mi250", date(2022, 9, 1)), "licence-requirement")


@pytest.mark.parametrize(("day", "found"), [(date(2025, 4, 8), "none"), (date(2025, 4, 9), "letter"),
                                            (date(2025, 4, 10), "letter")])  # fmt: skip
def test_the_h20_needs_a_licence_by_letter_and_no_text_states_a_policy(day: date, found: str):
    verdict = placed("H20", day)
    assert answers(verdict, "classification") == {"none"}
    assert answers(verdict, "licence-requirement") == {found}
    assert answers(verdict, "review-policy") == ({NR} if found == "none" else {"unstated"})


def test_the_examples_of_the_preamble_are_eligible_and_blackwell_is_not():
    for chip in (H200, "MI325X"):
        assert answers(placed(chip), "review-policy") == {CBC}
    for chip in ("nvidia-b200-sxm", "nvidia-b300-sxm", "amd-mi355x"):
        assert answers(placed(chip), "review-policy") == {POD}


# --- Review policies for China, by the text of each day -------------------------------------------------------------

# First day -> policy for an H200, an L40S (both for data centers and 3A090.a), an L40 (data centers, 3A090.b) and an
# RTX 4090 (not for data centers, 3A090.a). 742.6(b)(10) as it stood: 88 FR 2821; 88 FR 73458; 89 FR 96790, which for
# six weeks weighed what is not for data centers, and 3A090.b; 90 FR 4544; 91 FR 1684.
CHINA = [
    (date(2023, 1, 17), {POD}, {NR}, {NR}, {NR}),
    (date(2023, 11, 17), {POD}, {POD}, {POD}, {POD}),
    (date(2024, 4, 4), {POD}, {POD}, {POD}, {POD}),
    (date(2024, 12, 2), {POD}, {POD}, {CBC}, {CBC}),
    (date(2025, 1, 13), {POD}, {POD}, {POD}, {POD}),
    (date(2026, 1, 15), {CBC}, {CBC}, {CBC}, {CBC}),
]


@pytest.mark.parametrize(("n", "day"), list(enumerate(row[0] for row in CHINA)))
def test_the_policy_for_china_changes_on_its_day(n: int, day: date):
    for chip, now in zip((H200, L40S, L40, RTX4090), CHINA[n][1:], strict=True):
        for later in (day, day + ONE):
            assert answers(placed(chip, later), "review-policy") == now, (chip, later)
    if n:
        for chip, before in zip((H200, L40S, L40, RTX4090), CHINA[n - 1][1:], strict=True):
            found = answers(placed(chip, day - ONE), "review-policy")
            # A letter of 2023-10-23 reached the L40S before the rule did, and states no policy.
            assert found == (before if (chip, n) != (L40S, 1) else {"unstated"}), chip


@pytest.mark.parametrize(
    ("place", "headquarters", "chip", "found"),
    [
        # 742.6(b)(10)(ii) as of 88 FR 73458: country groups D:1 and D:4, and 744.23(d) elsewhere.
        ("VN", "VN", H200, POA), ("VN", "CN", H200, POD), ("VN", "VN", L40, POA), ("VN", "CN", L40, POD),
        ("SG", "SG", H200, NR), ("CN", "US", H200, POD),
        ("IL", "IL", H200, NR), ("AE", "AE", H200, POA),
    ],
)  # fmt: skip
def test_policies_of_november_2023(place: str, headquarters: str, chip: str, found: str):
    verdict = placed(chip, date(2023, 11, 17), to=place, headquarters=headquarters)
    assert answers(verdict, "review-policy") == {found}


# Both sections claim what is sent to such an entity elsewhere, but for what 744.23(d)(1) itself denies (reading C1).
@pytest.mark.parametrize(("chip", "found"), [(H200, {POD}), (L40, {CBC, POD}), (RTX4090, {CBC, POD})])
def test_744_23_denies_data_center_items_to_entities_held_from_china_since_april_2024(chip: str, found: set[str]):
    before, since = date(2024, 4, 3), date(2024, 4, 4)
    assert answers(placed(chip, before, to="SG", headquarters="CN"), "review-policy") == {CBC, POD}
    assert answers(placed(chip, since, to="SG", headquarters="CN"), "review-policy") == found


def test_what_is_codified_and_what_is_enforced_are_both_told():
    """90 FR 4544 asks for a licence to Germany, and approval is presumed there; it is not enforced."""
    lens = placed(H200, date(2025, 6, 1), to="DE").lenses["licence-requirement"]
    assert lens.layers == {"codified": ("ccl",), "enforced": ("none",)}
    review = placed(H200, date(2025, 6, 1), to="DE").lenses["review-policy"]
    assert review.layers == {"codified": (POA,), "enforced": (NR,)}
    # The headquarters test is enforced everywhere (guidance of 2026-05-31).
    held = placed(H200, date(2026, 6, 1), to="DE", headquarters="CN")
    assert answers(held, "licence-requirement") == {"ccl"}
    assert held.lenses["licence-requirement"].layers == {}
    assert answers(placed(H200, date(2025, 1, 12), to="DE"), "licence-requirement") == {"none"}


# --- Country groups -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("group", "place", "day", "in_before", "in_after"),
    [
        ("d1", "NI", date(2024, 3, 15), False, True), ("d5", "NI", date(2024, 3, 15), False, True),
        ("d5", "KH", date(2026, 2, 3), True, False), ("d5", "CY", date(2024, 5, 30), True, False),
        ("d4", "AE", date(2026, 7, 10), True, False), ("a5", "AE", date(2026, 7, 10), False, True),
    ],
)  # fmt: skip
def test_a_country_group_changes_on_its_day(group: str, place: str, day: date, in_before: bool, in_after: bool):
    groups = Groups(read_law().instruments.values())
    for when, expected in ((day - ONE, in_before), (day, in_after), (day + ONE, in_after)):
        members = groups.on(f"us.ear.740s1.{group}", when)
        assert members is not None
        assert (place in members) is expected


def test_country_groups_are_those_that_were_read_on_2026_07_23():
    """The table of that day has so many members (regulation: 22, 24, 21, 38 and 8); Ethiopia is a question."""
    groups = Groups(read_law().instruments.values())
    sizes = {"d5": 22, "d1": 24, "d4": 21, "a5": 38, "a6": 8}
    for group, size in sizes.items():
        members = groups.on(f"us.ear.740s1.{group}", date(2026, 7, 23)) or {}
        assert len([place for place, reading in members.items() if reading is None]) == size


def test_every_text_follows_a_list_from_the_day_of_its_change():
    """Nicaragua: in D:1 and D:5 since 2024-03-15, so an L40 needs a licence there from that day on."""
    before, since = date(2024, 3, 14), date(2024, 3, 15)
    assert answers(placed(L40, before, to="NI", headquarters="NI"), "licence-requirement") == {"none"}
    assert answers(placed(L40, since, to="NI", headquarters="NI"), "licence-requirement") == {"exception-nac"}
    assert answers(placed(H200, since, to="NI", headquarters="NI"), "review-policy") == {POD}


def test_cambodia_left_with_the_list_of_the_state_department():
    """That list wins over the table (15 CFR 740 Supp. 1); by the other reading it stayed until the table followed."""
    for day, table, listed in ((date(2025, 11, 6), {POD}, {POD}), (date(2025, 11, 7), {POD}, {POA, "unstated"}),
                               (date(2026, 2, 3), {POA, "unstated"}, {POA, "unstated"})):  # fmt: skip

        def asked(option: str, when: date = day) -> set[str]:
            law = law_with(readings=(f"d5-table-or-list={option}", "AMB-20=a"))
            given = {"to": "KH", "headquarters": "KH"}
            return answers(harness.classify(H200, as_of=when, given=given, law=law), "review-policy")

        assert (asked("a"), asked("b")) == (table, listed), day


# --- Note 1 to 3A090.a ----------------------------------------------------------------------------------------------


def foundry(day: date, **given: str) -> set[str]:
    facts = {"exporter_role": "osat", "advanced_logic": "yes", "designer": "other", "packaging": "approved-osat",
             "hbm": "no", "transistors": "29.9", **given}  # fmt: skip
    return answers(placed("H20", day, **facts), "classification")


PRESUMED = {"presumed-3A090.a"}


@pytest.mark.parametrize(
    ("day", "transistors", "hbm", "found"),
    [
        (date(2025, 1, 30), "60", "no", {"none"}), (date(2025, 1, 31), "60", "no", PRESUMED),
        (date(2025, 1, 31), "29.999", "yes", {"none"}), (date(2025, 1, 31), "30", "no", PRESUMED),
        (date(2025, 1, 31), "30.001", "no", PRESUMED),
        # Without high-bandwidth memory, fewer than 35 billion in 2027, and than 40 from 2029 on.
        (date(2026, 12, 30), "34.9", "no", PRESUMED), (date(2027, 1, 1), "34.999", "no", {"none"}),
        (date(2027, 1, 1), "35", "no", PRESUMED), (date(2027, 1, 1), "34.999", "yes", PRESUMED),
        (date(2028, 1, 1), "34.999", "no", PRESUMED), (date(2029, 1, 1), "39.999", "no", {"none"}),
        (date(2029, 1, 1), "40", "no", PRESUMED),
    ],
)  # fmt: skip
def test_the_presumption_of_note_1_by_transistors(day: date, transistors: str, hbm: str, found: set[str]):
    assert foundry(day, transistors=transistors, hbm=hbm) == found


@pytest.mark.parametrize(
    ("day", "applied", "found"),
    [
        (date(2026, 4, 12), "no", {"none"}), (date(2026, 4, 13), "no", {"none"}), (date(2026, 12, 30), "no", {"none"}),
        (date(2026, 12, 31), "no", {"none"} | PRESUMED), (date(2027, 1, 1), "no", PRESUMED),
        (date(2027, 1, 1), "yes", {"none"}),
    ],
)  # fmt: skip
def test_an_authorized_designer_must_have_applied_after_2026(day: date, applied: str, found: set[str]):
    """91 FR 17851 put 2026-12-31 in the place of 2026-04-13; what it withdrew never comes."""
    given = {"designer": "authorized", "attested": "yes", "designer_applied": applied, "transistors": "60"}
    assert foundry(day, **given) == found


def test_before_it_was_withdrawn_the_first_date_stood():
    law = law_with(known_at=date(2026, 4, 6))
    given = {"exporter-role": "osat", "advanced-logic": "yes", "designer": "authorized", "attested": "yes",
             "designer-applied": "no", "packaging": "other"}  # fmt: skip
    for day, found in ((date(2026, 4, 12), {"none"}), (date(2026, 4, 13), PRESUMED)):
        assert answers(harness.classify("H20", as_of=day, given=given, law=law), "classification") == found


def test_note_1_binds_nobody_else():
    assert foundry(date(2026, 1, 15), exporter_role="other", transistors="60") == {"none"}
    verdict = placed("H20", exporter_role="osat", advanced_logic="yes", designer="other", packaging="other", to="DE")
    assert answers(verdict, "licence-requirement") == {"ccl"}


# --- The affiliates rule --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "certain", "options"),
    [
        (date(2025, 9, 28), {"clear", "review"}, None), (date(2025, 9, 29), {"blocked"}, None),
        (date(2025, 11, 9), {"blocked"}, None), (date(2025, 11, 10), {"clear", "review"}, None),
        (date(2026, 1, 15), {"clear"}, None), (date(2026, 11, 9), {"clear"}, None),
        (date(2026, 11, 10), {"clear", "blocked"}, {"a": ("blocked",), "b": ("clear",)}),
    ],
)  # fmt: skip
def test_the_affiliates_rule_in_force_stayed_and_returning(judged, day: date, certain: set[str], options: object):
    def affiliate(report: dict) -> None:
        for one in report["transaction"]["examinations"]:
            one["examined_on"] = day.isoformat()
        known = report["transaction"]["examinations"][0]
        for criterion, result in (("MU-08", "hit"), ("MU-09", "clear")):
            report["transaction"]["examinations"].append({**known, "criterion": criterion, "result": result})

    lens = judged(affiliate, as_of=day).lenses["military-use"]
    # A statement that no text in force reads leaves the matter open besides.
    assert set(lens.possible) - ({"review"} if certain == {"clear"} else set()) == certain
    if options is not None:
        (use,) = lens.readings
        assert (use.id, use.followed, use.gives) == ("AMB-21", "both", options)


# --- Proposals and reports ------------------------------------------------------------------------------------------


def test_a_proposal_decides_nothing_until_it_is_asked_for():
    day = date(2026, 6, 1)
    assert answers(placed(H200, day), "review-policy") == {CBC}
    for bill, found in (("S.3374", {PD}), ("S.4456", {CBC, PD}), ("H.R.8306", {CBC, POD, PD})):
        verdict = harness.classify(H200, as_of=day, law=law_with(proposed=[bill]))
        assert answers(verdict, "review-policy") == found
        assert any("is proposed, not law" in notice for notice in verdict.lenses["review-policy"].notices)
        assert verdict.receipt.proposed


def under(bill: str, item: str, **given: str) -> Verdict:
    return harness.classify(item, as_of=date(2026, 6, 1), given=given, law=law_with(proposed=[bill]))


@pytest.mark.parametrize(
    ("figures", "reached"),
    [
        # S.3374: 4,800; 2,400 and 1.6; 1,600 and 3.2; 4,100 GB/s; 1,100 GB/s; 5,000 GB/s together; all "or more".
        ({"tpp": "4799.992", "area": "100000"}, False), ({"tpp": "4800", "area": "100000"}, True),
        ({"tpp": "2400", "area": "1500"}, True), ({"tpp": "2399.992", "area": "1500"}, False),
        ({"tpp": "2400", "area": "1500.001"}, False), ({"tpp": "1600", "area": "500"}, True),
        ({"tpp": "1600", "area": "500.001"}, False), ({"tpp": "1599.992", "area": "400"}, False),
        ({"tpp": "8", "area": "800", "bandwidth": "4099.999"}, False),
        ({"tpp": "8", "area": "800", "bandwidth": "4100"}, True),
        ({"tpp": "8", "area": "800", "io": "1099.999"}, False), ({"tpp": "8", "area": "800", "io": "1100"}, True),
        ({"tpp": "8", "area": "800", "bandwidth": "3950", "io": "1049.999"}, False),
        ({"tpp": "8", "area": "800", "bandwidth": "3950", "io": "1050"}, True),
        ({"tpp": "8000", "area": "800", "data_center": "false"}, False),
    ],
)  # fmt: skip
def test_the_limits_of_s_3374(tmp_path: Path, figures: dict[str, str], reached: bool):
    item = spec_file(tmp_path, **{"bandwidth": "1000", "io": "64", **figures})
    assert (answers(under("S.3374", item, to="CN"), "review-policy") == {PD}) is reached


@pytest.mark.parametrize(
    ("tpp", "area", "new", "found"),
    [
        ("20999.992", "2000", "no", {CBC, PD}), ("21000", "2000", "no", {PD}), ("21000.008", "2000", "no", {PD}),
        # 1,600 and a density of 21: 16,800 / 800 = 21.
        ("16800", "800", "no", {PD}), ("16800", "800.001", "no", {CBC, PD}), ("16800", "800.001", "yes", {PD}),
        ("16800", "800.001", "unknown", {CBC, PD}),
    ],
)  # fmt: skip
def test_what_s_4456_restricts(tmp_path: Path, tpp: str, area: str, new: str, found: set[str]):
    item = spec_file(tmp_path, tpp=tpp, area=area, io="64", bandwidth="4000")
    assert answers(under("S.4456", item, **{"to": "CN", "new-to-market": new}), "review-policy") == found


@pytest.mark.parametrize(
    ("bandwidth", "io", "reached"),
    [
        ("1399.999", "64", False), ("1400", "64", True), ("600", "1099.999", False), ("600", "1100", True),
        ("600.001", "1099.999", True), ("600", "1099.998", False),
    ],
)  # fmt: skip
def test_what_the_press_reports_of_a_letter_to_intel_never_decides_alone(
    tmp_path: Path, bandwidth: str, io: str, reached: bool
):
    """1,400, 1,100, or 1,700 GB/s together; the maker of the made chip is Intel."""
    item = spec_file(tmp_path, tpp="1000", area="800", bandwidth=bandwidth, io=io)
    before, since = date(2025, 4, 6), date(2025, 4, 7)
    assert answers(placed(item, before), "licence-requirement") == {"none"}
    assert answers(placed(item, since), "licence-requirement") == ({"none", "letter"} if reached else {"none"})
    notices = placed(item, since).lenses["licence-requirement"].notices
    assert any("is reported, not law" in notice for notice in notices)


def test_what_was_known_on_a_day():
    """91 FR 1684 was open to the public from 2026-01-13, two days before it was published."""
    later = date(2026, 2, 1)
    for known, found in ((date(2026, 1, 12), {POD}), (date(2026, 1, 13), {CBC})):
        verdict = harness.classify(H200, as_of=later, law=law_with(known_at=known))
        assert answers(verdict, "review-policy") == found
        assert verdict.receipt.known_at == known


# --- Supercomputers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fp64", "fp32", "volume", "caught"),
    [
        ("99.999", "199.999", "41600", False), ("100", "0", "41600", True), ("100.001", "0", "41600", True),
        ("0", "200", "41600", True), ("0", "199.999", "100", False), ("100", "200", "41600.001", False),
        ("100", "200", "41599", True),
    ],
)  # fmt: skip
def test_a_chip_below_3a090_for_a_supercomputer_in_china(fp64: str, fp32: str, volume: str, caught: bool):
    """15 CFR 772.1: 100 PFLOPS in 64 bits or 200 in 32, within 41,600 cubic feet or less; 744.23(a)(1), (d)(1)."""
    cluster = {"cluster": "yes", "cluster_fp64": fp64, "cluster_fp32": fp32, "cluster_volume": volume}
    day = date(2025, 3, 1)  # Before the letters of April.
    verdict = placed("H20", day, **cluster)
    assert answers(verdict, "licence-requirement") == ({"ccl"} if caught else {"none"})
    assert answers(verdict, "review-policy") == ({POD} if caught else {NR})


@pytest.mark.parametrize(
    ("place", "day", "caught"),
    [
        ("CN", date(2022, 10, 20), False), ("CN", date(2022, 10, 21), True), ("MO", date(2023, 1, 16), False),
        ("MO", date(2023, 1, 17), True), ("VE", date(2023, 11, 16), False), ("VE", date(2023, 11, 17), True),
        ("VN", date(2024, 6, 1), False),
    ],
)  # fmt: skip
def test_where_the_supercomputer_must_be(place: str, day: date, caught: bool):
    cluster = {"cluster": "yes", "cluster_fp64": "150", "cluster_fp32": "300", "cluster_volume": "1000"}
    found = answers(placed("nvidia-v100-sxm2-32gb", day, to=place, headquarters="FR", **cluster), "licence-requirement")
    assert ("ccl" in found) is caught


def test_a_cluster_of_which_too_little_is_known_leaves_it_open():
    found = placed("H20", date(2025, 3, 1), cluster="yes", cluster_fp64="150").lenses["licence-requirement"]
    assert set(found.possible) == {"none", "ccl"}
    assert any("cluster" in name for name in found.missing)

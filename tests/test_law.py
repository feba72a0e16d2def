"""Law is data: every threshold below, at and above; load checks; and answers that change when a law file does."""

import shutil
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from conftest import REPORTS

import harness
from harness.codec import packaged
from harness.codec.law_files import read_law
from harness.errors import LawFault, UnreadableInput
from harness.model.quantity import ABSENT, Interval, exactly
from harness.policy.box import Box, Fact, stated
from harness.policy.cells import NOTHING, Question
from harness.policy.language import BadExpression, Names, parse
from harness.policy.law import Law, Text
from harness.policy.timeline import constants

DAY = date(2026, 8, 20)
YES = stated("yes")


def answers(law: Law, provision: str, box: Box, day: date = DAY) -> set[str]:
    text = law.provisions[provision].on(day)
    assert text is not None
    referred = {name: law.provisions[name].on(day) for name in law.provisions}
    order = tuple(answer.id for answer in law.lenses[text.lens].answers)
    return set(Question([text], referred, order).possible(box))


def chip(tpp: str, area: str | None = None, bandwidth: str | None = None, *, data_center: bool = True) -> Box:
    """Exact figures; area None: no non-planar die."""
    figures = {"tpp": exactly(Decimal(tpp))}
    figures["applicable_die_area_mm2"] = ABSENT if area is None else exactly(Fraction(area))
    if bandwidth is not None:
        figures["total_dram_bandwidth"] = exactly(Decimal(bandwidth))
    return Box(figures=figures, facts={"data_center": stated("yes" if data_center else "no")})


@pytest.mark.parametrize(
    ("tpp", "density", "paragraph"),
    [
        # 3A090.a.1: TPP of 4,800 or more.
        ("4799.999", None, "none"), ("4800", None, "3A090.a.1"), ("4800.001", None, "3A090.a.1"),
        # 3A090.a.2: 1,600 or more and density 5.92 or more.
        ("1599.999", "5.92", "none"), ("1600", "5.92", "3A090.a.2"), ("1600.001", "5.92", "3A090.a.2"),
        ("1600", "5.919999", "3A090.b.2"), ("1600", "5.920001", "3A090.a.2"),
        # 3A090.b.1: 2,400 to below 4,800 and density 1.6 to below 5.92.
        ("2399.99", "1.6", "none"), ("2400", "1.6", "3A090.b.1"), ("2400.01", "1.6", "3A090.b.1"),
        ("2400", "1.599999", "none"), ("2400", "1.600001", "3A090.b.1"),
        ("4799.999", "1.6", "3A090.b.1"), ("2400", "5.919999", "3A090.b.1"), ("2400", "5.92", "3A090.a.2"),
        # 3A090.b.2: 1,600 or more and density 3.2 to below 5.92.
        ("1599.999", "3.2", "none"), ("1600", "3.2", "3A090.b.2"), ("1600", "3.199999", "none"),
        ("1600", "3.200001", "3A090.b.2"), ("1600", "3.19", "none"),
    ],
)  # fmt: skip
def test_every_threshold_of_3a090_below_at_and_above(tpp: str, density: str | None, paragraph: str):
    area = None if density is None else str(Fraction(tpp) / Fraction(density))
    assert answers(read_law(), "us.ear.3a090", chip(tpp, area)) == {paragraph}


def test_a_density_whose_quotient_rounds_up_to_the_threshold_stays_below_it():
    """4736 / 800.0000000001 = 5.91999999999926; float division by 800.0000000000000001 would print 5.92."""
    below = Box(
        figures={"tpp": exactly(4736), "applicable_die_area_mm2": exactly(Fraction("800.0000000000000001"))},
        facts={"data_center": YES},
    )
    assert float(4736 / Decimal("800.0000000000000001")) == 5.92
    assert answers(read_law(), "us.ear.3a090", below) == {"3A090.b.1"}


@pytest.mark.parametrize(
    ("tpp", "data_center", "paragraph"),
    [("4799.999", False, "none"), ("4800", False, "3A090.a.1"), ("4799.999", True, "3A090.a.2")],
)
def test_note_2_leaves_out_what_is_not_for_data_centers_below_4800(tpp: str, data_center: bool, paragraph: str):
    assert answers(read_law(), "us.ear.3a090", chip(tpp, "800", data_center=data_center)) == {paragraph}


# The five specifications of (dd)(1)(i).
FIVE = (
    "tpp", "total_dram_bandwidth", "interconnect_bandwidth", "copackaged_dram_capacity", "peak_power_at_max_tpp",
)  # fmt: skip


def shipment(tpp: str, bandwidth: str, **facts: str | None) -> Box:
    declared = {f"declared:{name}": YES for name in FIVE}
    certified = {f"certified:DD-{n}": YES for n in ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")}
    known = {
        "activity": "export", "from_country": "US", "item_kind": "commodity", "end_user_country": "CN",
        "end_user_headquarters": "CN", "end_user_parent": "CN", "manufacturer": "example", **facts,
    }  # fmt: skip
    stated_facts = {name: stated(value) for name, value in known.items()}
    box = chip(tpp, "814", bandwidth)
    return Box(figures=box.figures, facts={**box.facts, **declared, **certified, **stated_facts})


CBC, POD = {"case-by-case"}, {"presumption-of-denial"}
NR, POA, PD = "not-required", "presumption-of-approval", "policy-of-denial"


@pytest.mark.parametrize(
    ("tpp", "bandwidth", "expected"),
    [
        ("20999.999", "4800", CBC), ("21000", "4800", POD), ("21000.001", "4800", POD),
        ("15832", "6499.999", CBC), ("15832", "6500", POD), ("15832", "6500.001", POD),
        ("20999.99", "6499.99", CBC), ("21000", "5000", POD), ("15000", "6500", POD), ("21050", "6000", POD),
    ],
)  # fmt: skip
def test_the_gate_is_strict_on_both_limits(tpp: str, bandwidth: str, expected: set[str]):
    assert answers(read_law(), "us.ear.742_6.review", shipment(tpp, bandwidth)) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, CBC),
        ({"end_user_country": "MO", "end_user_headquarters": "MO", "end_user_parent": "MO"}, CBC),
        ({"activity": "reexport"}, POD),
        ({"activity": "in-country-transfer"}, POD),
        ({"from_country": "SG"}, POD),
        ({"item_kind": "technology"}, POD),
        ({"item_kind": "software"}, POD),
        ({"certified:DD-vi": "no"}, POD),
        ({"declared:peak_power_at_max_tpp": None}, CBC | POD),
        ({"certified:DD-vi": None}, CBC | POD),
        ({"activity": None}, CBC | POD),
        ({"end_user_country": "RU"}, POD),
        ({"end_user_country": "SG"}, POD),  # Headquartered in China, located elsewhere.
        ({"end_user_country": "SG", "end_user_headquarters": "SG"}, POD),  # Ultimate parent in China.
        ({"end_user_country": "SG", "end_user_headquarters": "SG", "end_user_parent": "SG"}, {NR, POA, PD}),
        ({"end_user_headquarters": "RU", "end_user_parent": "RU"}, CBC | POD),  # AMB-17: both readings.
        ({"end_user_country": "HK"}, CBC | POD),  # Hong Kong: both readings; by the second, held from China.
        (
            {"end_user_country": "HK", "end_user_headquarters": "HK", "end_user_parent": "HK"},
            CBC | {NR, POA, PD},
        ),
    ],
)
def test_the_gate_asks_for_every_fact(facts: dict[str, str | None], expected: set[str]):
    assert answers(read_law(), "us.ear.742_6.review", shipment("15832", "4800", **facts)) == expected


@pytest.mark.parametrize("place", ["VN", "SA", "AE"])
def test_b_items_held_from_china_in_d1_d4_or_the_uae_are_presumed_denied(place: str):
    """0.1 C1: there the licence comes from 742.6 itself."""
    assert answers(read_law(), "us.ear.742_6.review", shipment("2896", "864", end_user_country=place)) == POD


def test_b_items_held_from_macau_or_d5_elsewhere_bear_two_readings():
    """0.1 C1: 744.23(d)(3)(i) against 742.6(b)(10)(iii)."""
    box = shipment("2896", "864", end_user_country="DE")  # L40 figures: 2896 / 814 = 3.56, paragraph .b.1
    assert answers(read_law(), "us.ear.3a090", box) == {"3A090.b.1"}
    assert answers(read_law(), "us.ear.742_6.review", box) == CBC | POD


@pytest.mark.parametrize(
    ("tpp", "bandwidth", "expected"),
    [
        ("14000", "4800", "none"), ("14000.001", "4800", "25-percent"), ("13999.999", "4800", "none"),
        ("17499.999", "4800", "25-percent"), ("17500", "4800", "none"), ("17500.001", "4800", "none"),
        ("15832", "4500", "none"), ("15832", "4500.001", "25-percent"), ("15832", "4499.999", "none"),
        ("15832", "4999.999", "25-percent"), ("15832", "5000", "none"), ("15832", "5000.001", "none"),
        ("20800", "6000", "none"), ("20800.001", "6000", "25-percent"), ("20799.999", "6000", "none"),
        ("21099.999", "6000", "25-percent"), ("21100", "6000", "none"), ("21100.001", "6000", "none"),
        ("20919.2", "5800", "none"), ("20919.2", "5800.001", "25-percent"), ("20919.2", "5799.999", "none"),
        ("20919.2", "6199.999", "25-percent"), ("20919.2", "6200", "none"), ("20919.2", "6200.001", "none"),
        ("21050", "6000", "25-percent"), ("20919.2", "5325", "none"), ("15832", "3350", "none"),
    ],
)  # fmt: skip
def test_every_edge_of_both_tariff_windows(tpp: str, bandwidth: str, expected: str):
    box = chip(tpp, "814", bandwidth)
    facts = {"hts_heading": stated("8471.80"), "tariff_exemption": stated("none")}
    assert answers(read_law(), "us.s232.note39", Box(figures=box.figures, facts=facts)) == {expected}


def test_tariff_exemptions_and_other_headings_are_out():
    box = chip("15832", "814", "4800")
    for facts in ({"hts_heading": "8471.80", "tariff_exemption": "9903.79.05"}, {"hts_heading": "8542.31"}):
        found = answers(
            read_law(), "us.s232.note39", Box(figures=box.figures, facts={k: stated(v) for k, v in facts.items()})
        )
        assert found <= {"none", NOTHING}


def test_a_letter_may_reach_what_3a090_does_not():
    """AMB-15: H20 figures, TPP 2,368 and density 2.909."""
    box = shipment("2368", "4000", manufacturer="nvidia", product_kind="integrated-circuit", product="other")
    assert answers(read_law(), "us.ear.3a090", box) == {"none"}
    assert answers(read_law(), "us.letters.2025_04.nvidia", box) == {"not-required", "unstated"}
    other = shipment("2368", "4000", manufacturer="example", product_kind="integrated-circuit", product="other")
    assert answers(read_law(), "us.letters.2025_04.nvidia", other) == {NOTHING}


def test_an_interval_that_straddles_gives_every_answer_and_no_other():
    box = shipment("15832", "4800")
    wide = Box(figures={**box.figures, "tpp": Interval(lo=Fraction(20000), hi=Fraction(21000))}, facts=box.facts)
    narrow = Box(figures={**box.figures, "tpp": Interval(lo=Fraction(20000), hi=Fraction("20999.9"))}, facts=box.facts)
    assert answers(read_law(), "us.ear.742_6.review", wide) == CBC | POD
    assert answers(read_law(), "us.ear.742_6.review", narrow) == CBC


@pytest.fixture
def law_folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(packaged.INSTRUMENTS, tmp_path / "instruments"))


def edit(folder: Path, stem: str, before: str, after: str) -> None:
    (file,) = folder.glob(f"*{stem}*.toml")
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")


def sample(folder: Path) -> harness.Verdict:
    return harness.verify(REPORTS / "h200-sxm.json", law=read_law(folder))


def test_an_unchanged_copy_of_the_law_answers_the_same(law_folder: Path):
    assert sample(law_folder) == harness.verify(REPORTS / "h200-sxm.json")


def test_changing_a_constant_changes_the_answer(law_folder: Path):
    stands = 'value = {}\npin = "15 CFR 742.6(b)(10)(iii)(A)(1)"\nsays = "TPP less than {:,}"'
    edit(law_folder, "ac-review", stands.format(21000, 21000), stands.format(15832, 15832))
    verdict = sample(law_folder)
    assert verdict.lenses["review-policy"].answer == "presumption-of-denial"
    assert verdict.outcome == "fail"
    assert verdict.receipt.law_sha256 != read_law().sha256


@pytest.mark.parametrize(
    ("stem", "lens", "answer"),
    [
        ("2022-10-13-us-bis-ac", None, None),
        ("ac-review", "capability", "above-declared"),
        ("s232", "tariff", "25-percent"),
        ("744-end-uses", "military-use", "blocked"),
    ],
)
def test_removing_an_instrument_changes_the_answers(law_folder: Path, stem: str, lens: str | None, answer: str | None):
    (file,) = law_folder.glob(f"*{stem}*.toml")
    file.unlink()
    if lens is None:  # Other files refer to its provision; law that does not hold together decides nothing.
        with pytest.raises(LawFault, match=r"us\.ear\.3a090"):
            sample(law_folder)
        return
    verdict = sample(law_folder)
    assert not verdict.lenses[lens].certain or verdict.lenses[lens].answer == answer
    assert verdict.lenses[lens].outcome == "undecided"


def test_an_empty_law_decides_nothing(tmp_path: Path):
    with pytest.raises(LawFault, match="no law files"):
        read_law(tmp_path)


@pytest.mark.parametrize(
    ("stem", "before", "after", "complaint"),
    [
        ("ac-review", "value = 21000", "value = 20000", "the same one number in both"),
        ("ac-review", "tpp < $gate.tpp", "tpp < 21000", "no constant of this file"),
        ("ac-review", "tpp < $gate.tpp", "tpp < $gate.dram_bw", "a constant for total_dram_bandwidth"),
        ("ac-review", "@cn_mo ", "@nowhere ", "no set of this file"),
        ("ac-review", 'then = "case-by-case"', 'then = "waved-through"', "the answer waved-through"),
        ("ac-review", "us.ear.3a090 is 3A090.a.1", "us.ear.9z999 is 3A090.a.1", "us.ear.9z999"),
        ("ac-review", "activity == export", "mood == export", "no metric, fact, definition or provision"),
        ("ac-review", 'reading = "AMB-17"', "", "several answers in one row"),
        ("ac-review", 'unit = "GB/s"', 'unit = "TPP/mm2"', "the unit TPP/mm2"),
        ("744-end-uses", 'then  = "clear"\n', "", "one of when and then"),
        ("s232", 'op    = "enact"', 'op    = "amend"', "amend as its first act"),
        ("s232", 'lens  = "tariff"', 'lens  = "levy"', "the lens levy"),
        ("s232", 'clock = ["entry"]', "clock = []", "no clock"),
        ("s232", 'id = "w1.tpp_floor"', 'id = "w1.tpp_ceiling"', "two of that name"),
    ],
)
def test_law_that_does_not_hold_together_is_refused_at_load(
    law_folder: Path, stem: str, before: str, after: str, complaint: str
):
    edit(law_folder, stem, before, after)
    with pytest.raises(LawFault, match=complaint.replace("/", ".")):
        read_law(law_folder)


def test_an_unknown_field_in_a_law_file_is_refused_with_what_was_meant(law_folder: Path):
    edit(law_folder, "s232", "published ", "publishd ")
    with pytest.raises(UnreadableInput, match="did you mean published"):
        read_law(law_folder)


def test_two_texts_from_one_day_on_are_refused(law_folder: Path):
    (file,) = law_folder.glob("*s232*.toml")
    text = file.read_text(encoding="utf-8").replace('"us-proclamation-2026-01-14-s232"', '"us-twin"')
    (law_folder / "twin.toml").write_text(text, encoding="utf-8")
    with pytest.raises(LawFault, match="two texts"):
        read_law(law_folder)


LIFE = """
schema = "instrument/1"
instrument = "test-life"
title = "A provision through its life"
cite = "test"
status = "codified"
jurisdiction = "US"
published = 2030-01-01
reviewed_through = 2030-01-01
source = ["test"]
"""
ACT = """
[[provision]]
id = "test.life"
lens = "tariff"
op = "{op}"
from = {day}
clock = ["entry"]
pin = "test"
says = "test"
{text}
"""


def test_a_provision_is_enacted_amended_suspended_revived_and_repealed(law_folder: Path):
    acts = [("enact", "2030-01-10", 'else = "none"'), ("suspend", "2030-02-10", ""),
            ("amend", "2030-03-10", 'else = "25-percent"'), ("revive", "2030-04-10", ""),
            ("repeal", "2030-05-10", "")]  # fmt: skip
    life = LIFE + "".join(ACT.format(op=op, day=day, text=text) for op, day, text in acts)
    (law_folder / "life.toml").write_text(life, encoding="utf-8")
    provision = read_law(law_folder).provisions["test.life"]

    def otherwise(day: str) -> tuple[str, ...] | None:
        text: Text | None = provision.on(date.fromisoformat(day))
        return None if text is None else text.otherwise

    assert [otherwise(day) for day in ("2030-01-09", "2030-01-10", "2030-02-09", "2030-02-10", "2030-03-10",
                                       "2030-04-10", "2030-05-09", "2030-05-10")] == [
        None, ("none",), ("none",), None, None, ("25-percent",), ("25-percent",), None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["", "tpp", "tpp <", "tpp < $", "(always", "always)", "not", "activity == in", "activity export", "tpp == $x",
     "always always", "tpp ≥ $x", "(" * 50 + "always"],
)  # fmt: skip
def test_an_expression_outside_the_grammar_is_refused(text: str):
    with pytest.raises(BadExpression):
        parse(text, Names(params={}, sets={}, definitions={}, criteria={}))


# Effective days as regulation and filings state them, by instrument; several where its parts begin apart.
BEGINS = {
    "us-ear-740s1-country-groups": {date(2022, 8, 1)},
    "us-ear-746-embargoes": {date(2022, 8, 1)},
    "us-bis-2022-08-26-letters": {date(2022, 8, 26)},
    "us-bis-2022-10-13-ac": {date(2022, 10, 21)},
    "us-ear-3a991p": {date(2022, 10, 21)},
    "us-ear-supercomputer": {date(2022, 10, 21), date(2023, 1, 17), date(2023, 11, 17)},
    "us-bis-2023-01-18-macau": {date(2023, 1, 17)},
    "us-bis-2023-10-23-letters": {date(2023, 10, 23)},
    "us-bis-2023-10-25-ac-smt": {date(2023, 11, 17)},
    "us-bis-2024-03-15-nicaragua": {date(2024, 3, 15)},
    "us-bis-2024-04-04-nac-aca": {date(2024, 4, 4)},
    "us-bis-2024-05-10-cyprus": {date(2024, 5, 30), date(2026, 10, 1)},
    "us-bis-2024-12-05-hbm": {date(2024, 12, 2), date(2024, 12, 31)},
    "us-bis-2025-01-15-diffusion": {date(2025, 1, 13)},
    "us-bis-2025-01-16-foundry": {
        date(2025, 1, 31),
        date(2027, 1, 1),
        date(2028, 1, 1),
        date(2029, 1, 1),
    },
    "us-bis-2025-04-07-letter-intel": {date(2025, 4, 7)},
    "us-bis-2025-04-09-letters": {date(2025, 4, 9), date(2025, 4, 15)},
    "us-bis-2025-05-13-guidance": {date(2025, 5, 13)},
    "us-bis-2025-09-02-syria": {date(2025, 9, 2)},
    "us-bis-2025-09-30-affiliates": {date(2025, 9, 29)},
    "us-bis-2025-11-12-affiliates-stay": {date(2025, 11, 10), date(2026, 11, 10)},
    "us-bis-2026-02-03-cambodia": {date(2025, 11, 7), date(2026, 2, 3)},
    "us-bis-2026-01-15-ac-review": {date(2026, 1, 15)},
    "us-bis-2026-04-09-designers": {date(2026, 12, 31), date(2027, 1, 1)},
    "us-bis-2026-05-31-guidance": set(),
    "us-bis-2026-07-14-uae": {date(2026, 7, 10)},
    "us-ear-744-end-uses": {date(2026, 1, 15)},
    "us-ear-744-further-end-uses": {date(2026, 1, 15)},
    "us-ear-748s2-certifications": {date(2026, 1, 15)},
    "us-proclamation-2026-01-14-s232": {date(2026, 1, 15)},
}
PROPOSED = {
    "s3374-bill": {date(2025, 12, 4)}, "s4456-bill": {date(2026, 4, 30)}, "hr8306-bill": {date(2026, 4, 15)},
}  # fmt: skip


def test_every_instrument_has_its_effective_days():
    law = read_law()
    assert set(BEGINS) == law.selected
    assert set(PROPOSED) == set(law.instruments) - law.selected


@pytest.mark.parametrize("name", sorted(read_law().provisions))
def test_every_text_begins_on_a_day_that_its_instrument_states(name: str):
    """On the day before the first text there is none; each later text replaces the one before it on its own day."""
    provision = read_law().provisions[name]
    assert provision.on(provision.acts[0].day - timedelta(days=1)) is None
    for act, after in zip(provision.acts, [*provision.acts[1:], None], strict=True):
        assert act.day in BEGINS[act.by.instrument]
        assert after is None or act.day < after.day
        assert provision.on(act.day) is (act.text if act.make is not None else None)


def test_every_constant_carries_its_pin_and_its_words():
    law = read_law()
    assert len(constants(law)) >= 20
    for param in constants(law).values():
        assert param.pin
        assert param.says


def test_the_engine_does_not_confuse_a_fact_that_is_unknown_with_one_that_is_false():
    box = shipment("15832", "4800")
    unknown = Box(figures=box.figures, facts={**box.facts, "item_kind": Fact(values=None)})
    assert answers(read_law(), "us.ear.742_6.review", unknown) == CBC | POD

"""Classification by declared figures: the published chips at several dates, and the boundaries."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from placing import A1, B1, CBC, J26, LAST22, LETTERS, MEMORY, NOV22, OCT22, OCT23, POD, answers, placed, spec_file

from harness.codec.law_files import read_assumptions, read_law
from harness.codec.subjects import read_subject
from harness.decide.classification import classify
from harness.model.verdict import Verdict

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

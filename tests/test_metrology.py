"""Worked cases of metrology and statistics against printed numbers, and every function against an oracle of its own.

The numbers M-01 to M-43 are those of the literature that is named at each; a case without a name is arithmetic.
"""

from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from math import comb, cos, e, exp, inf, pi, sqrt, tan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import UndefinedMetric
from harness.metrics import acceptance_plan, binomial, decision_risk, extremes, lot_risk, normal, student_t, tolerance
from harness.metrics.assurance import largest_accepted
from harness.metrics.grim import nearest_means, possible_mean
from harness.metrics.incomplete import beta_quantile, chi_squared_quantile, incomplete_beta, incomplete_gamma
from harness.metrics.quantised_rate import identified_rate, per_unit_and_clock
from harness.metrics.solving import integral, least, root
from harness.metrics.student_t import coverage_factor, specific_risk
from harness.metrics.uncertainty_budget import Budget, Part, between_sessions, root_up, timer_resolution

ALPHA = Decimal("0.025")


def part(u: str, degrees: str | None) -> Part:
    return Part(name="a part", variance=Fraction(u) ** 2, degrees=None if degrees is None else Fraction(degrees))


# --- Guides to uncertainty and conformity ---------------------------------------------------------------------------


def test_m01_conformance_probability_of_a_zener_diode():
    """JCGM 106, 7: y = -5.47 V, u = 0.05 V, limit -5.40 V: Φ(1.40) = 0.9192."""
    assert specific_risk(-5.40, -5.47, 0.05) == pytest.approx(0.9192, abs=5e-5)


@pytest.mark.parametrize(("p", "z"), [("0.80", 0.84), ("0.90", 1.28), ("0.95", 1.64), ("0.99", 2.33), ("0.999", 3.09)])
def test_m02_normal_quantiles_of_jcgm_106(p: str, z: float):
    assert round(normal.quantile(float(p)), 2) == z
    assert normal.quantile(1 - float(p)) == pytest.approx(-normal.quantile(float(p)), rel=1e-12)


def test_m03_a_guard_band_of_u_leaves_2_28_per_cent():
    """ILAC-G8: at the acceptance limit, w = 0 leaves 50 % and w = U = 2 u leaves Φ(-2)."""
    assert 1 - specific_risk(0, 0, 1) == 0.5
    assert 1 - specific_risk(2, 0, 1) == pytest.approx(0.0228, abs=5e-5)


def test_m04_decision_limit_for_salbutamol():
    """WADA: T = 1000 ng/mL, u = 10 %, k = 1.645: 1000 + 164.5; rounded up to two figures, 1200."""
    limit = 1000 + round(normal.upper_quantile(0.05), 3) * 100
    assert limit == pytest.approx(1164.5)
    assert -(-limit // 100) * 100 == 1200


def test_m05_gum_h1():
    """25, 9.7, 2.9, 16.6 nm with 18, 25.6, 50 and 2 degrees: u = 32 nm, 16.7 degrees, t = 2.92, U = 93 nm."""
    parts = (part("25", "18"), part("9.7", "25.6"), part("2.9", "50"), part("16.6", "2"))
    budget = Budget(parts=parts)
    assert float(budget.standard_uncertainty) == pytest.approx(31.67, abs=0.005)
    # Printed 16.7, cut and not rounded: 31.67^4 / 60,003 = 16.76.
    assert float(budget.degrees) == pytest.approx(16.76, abs=0.005)
    assert round(float(budget.coverage_factor(Decimal("0.005"))), 2) == 2.92
    assert round(2.92 * round(float(budget.standard_uncertainty))) == 93


def test_m06_gum_g41():
    """0.25, 0.57, 0.82 % from 10, 5 and 15 observations: u = 1.03 %, 19.0 degrees, t = 2.09, U = 2.2 %."""
    budget = Budget(parts=(part("0.25", "9"), part("0.57", "4"), part("0.82", "14")))
    assert round(float(budget.standard_uncertainty), 2) == 1.03
    assert round(float(budget.degrees), 1) == 19.0
    # 1.0598^2 / 0.059119 = 18.998: the guide reads 19.0 and takes t = 2.09; the whole part is 18, which is never less.
    assert round(float(coverage_factor(ALPHA, round(budget.degrees))), 2) == 2.09
    assert budget.coverage_factor(ALPHA) == coverage_factor(ALPHA, 18) > coverage_factor(ALPHA, 19)
    assert round(float(budget.expanded_uncertainty(ALPHA)), 1) == 2.2


def test_parts_without_degrees_of_freedom_leave_the_others_more():
    """u1 = 3 with 4 degrees and u2 = 4 with none: 25^2 / (9^2 / 4) = 30.86; all without: the normal factor."""
    assert Budget(parts=(part("3", "4"), part("4", None))).degrees == Fraction(625 * 4, 81)
    lasting = Budget(parts=(part("3", None),))
    assert lasting.degrees is None
    assert float(lasting.coverage_factor(ALPHA)) == pytest.approx(1.959964, abs=1e-6)


@pytest.mark.parametrize(
    ("degrees", "k"),
    [("1", 12.7062), ("2", 4.3027), ("4", 2.7764), ("9", 2.2622), ("19", 2.0930), ("29", 2.0452), ("99", 1.9842)],
)
def test_m32_coverage_factors(degrees: str, k: float):
    assert float(coverage_factor(ALPHA, Fraction(degrees))) == pytest.approx(k, abs=5e-5)


def test_m32_coverage_factor_without_limit_and_of_a_part_of_a_degree():
    assert float(coverage_factor(ALPHA, None)) == pytest.approx(1.9600, abs=5e-5)
    assert coverage_factor(ALPHA, Fraction("9.999")) == coverage_factor(ALPHA, 9)
    for degrees in (0, Fraction(999, 1000), -1):
        with pytest.raises(UndefinedMetric):
            coverage_factor(ALPHA, degrees)
    for risk in (Decimal(0), Decimal("0.5"), Decimal(1)):
        with pytest.raises(UndefinedMetric):
            coverage_factor(risk, 9)


@pytest.mark.parametrize(
    ("k", "largest"), [(None, "20626.71"), (Fraction(2), "20669.29"), (Fraction("1.645"), "20727.23")]
)
def test_m33_largest_accepted_reading(k: Fraction | None, largest: str):
    """u = 0.8 % of the reading, 9 degrees, T = 21,000, floor 1: 21000 / (1 + 0.008 k)."""
    k = coverage_factor(ALPHA, 9) if k is None else k
    found = largest_accepted(Fraction(21000), Fraction(1), Fraction("0.008") * k)
    assert float(found) == pytest.approx(float(largest), abs=0.01)


def test_m34_sessions_are_not_pooled():
    """Means 1450.25, 1442, 1455.5: s = 6.8054, / √3 = 3.9291; the twelve together would give 1.7282."""
    made = [(1448, 1452, 1450, 1451), (1441, 1443, 1444, 1440), (1456, 1455, 1457, 1454)]
    sessions = [[Decimal(sample) for sample in one] for one in made]
    found = between_sessions(sessions)
    assert float(root_up(found.variance)) == pytest.approx(3.9291, abs=5e-5)
    assert found.degrees == 2
    assert float(Budget(parts=(found,)).coverage_factor(ALPHA)) == pytest.approx(4.3027, abs=5e-5)
    pooled = between_sessions([[sample] for one in sessions for sample in one])
    assert float(root_up(pooled.variance)) == pytest.approx(1.7282, abs=5e-5)


@pytest.mark.parametrize("sessions", [[], [[Decimal(1)]], [[Decimal(1)], []]])
def test_one_session_has_no_spread_between_sessions(sessions: list[list[Decimal]]):
    with pytest.raises(UndefinedMetric):
        between_sessions(sessions)


def test_a_timer_has_two_readings():
    """Each is uniform over a step, s^2 / 12, and their difference has twice that."""
    assert timer_resolution(Decimal("0.5")).variance == 2 * Fraction(1, 4) / 12


@given(st.fractions(0, 10**12, max_denominator=10**9))
def test_roots_are_rounded_up_and_no_more(value: Fraction):
    found = root_up(value)
    assert found**2 >= value
    assert (found * (1 - Fraction(1, 10**17))) ** 2 <= value


def test_m43_specific_risk_of_a_reading():
    """y = 20,700, u = 160, T = 21,000: z = 1.875."""
    assert specific_risk(21000, 20700, 160) == pytest.approx(0.96960, abs=5e-6)
    assert specific_risk(21000, 20700, 160, 9) == pytest.approx(0.95323, abs=5e-6)


# --- Tolerance limits -----------------------------------------------------------------------------------------------


def test_m07_tolerance_factors_of_the_handbook():
    assert tolerance.one_sided_approximate(43, 0.90, 0.99) == pytest.approx(1.8752, abs=5e-5)
    assert tolerance.one_sided(43, 0.90, 0.99) == pytest.approx(1.87395, abs=5e-6)
    assert tolerance.two_sided(43, 0.90, 0.99) == pytest.approx(2.2173, abs=5e-5)
    assert chi_squared_quantile(0.01, 42) == pytest.approx(23.650, abs=5e-4)


def test_m08_upper_limit_of_the_handbook_without_its_slip():
    """97.07 + 1.8752 x 0.0268 = 97.1203, not 102.096."""
    assert 97.07 + tolerance.one_sided_approximate(43, 0.90, 0.99) * 0.0268 == pytest.approx(97.1203, abs=5e-5)


@pytest.mark.parametrize(
    ("n", "content", "confidence", "k"),
    [
        (3, 0.95, 0.95, 7.656), (5, 0.95, 0.95, 4.203), (10, 0.95, 0.95, 2.911), (50, 0.95, 0.95, 2.065),
        (100, 0.95, 0.95, 1.927), (10, 0.90, 0.95, 2.355), (10, 0.99, 0.95, 3.981), (10, 0.99, 0.99, 5.074),
    ],
)  # fmt: skip
def test_m09_m10_one_sided_factors_of_the_tables(n: int, content: float, confidence: float, k: float):
    assert tolerance.one_sided(n, content, confidence) == pytest.approx(k, abs=1e-3)


def test_m30_efficiency_floor():
    """n = 10, mean 0.74, s = 0.02, 99/95: 0.74 - 3.981 x 0.02 = 0.6604."""
    factor = tolerance.one_sided_limit_factor(10, Decimal("0.99"), Decimal("0.95"))
    assert float(Fraction("0.74") - factor * Fraction("0.02")) == pytest.approx(0.6604, abs=5e-5)


@pytest.mark.parametrize(("content", "confidence"), [(0.5, 0.9), (0.95, 0.95), (0.99, 0.5), (0.999999, 0.999)])
def test_of_two_devices_the_factor_has_a_closed_form(content: float, confidence: float):
    """n = 2: s = |x1 - x2| / √2, and the noncentral t of one degree is an integral over a half-normal, done here."""
    k = tolerance.one_sided(2, content, confidence)
    shift = normal.quantile(content) * sqrt(2)
    steps = 40_000
    wide = 12.0
    at = ((n + 0.5) * wide / steps for n in range(steps))
    held = sum(2 * normal.density(w) * normal.cumulative(k * sqrt(2) * w - shift) for w in at) * wide / steps
    assert held == pytest.approx(confidence, abs=1e-6)


def test_without_confidence_in_doubt_the_factor_is_that_of_the_median():
    """Half the content and half the confidence: by symmetry the mean itself, so k = 0."""
    for n in (2, 10, 1000):
        assert tolerance.one_sided(n, 0.5, 0.5) == pytest.approx(0, abs=1e-9)
        low, high = tolerance.one_sided(n, 0.9, 0.1), tolerance.one_sided(n, 0.1, 0.9)
        assert low == pytest.approx(-high, rel=1e-9)


def test_two_sided_factors():
    """For very many, k2 is z((1 + P) / 2); Howe's formula comes near the integral."""
    assert tolerance.two_sided_exact(10**6, 0.95, 0.95) == pytest.approx(1.959964, abs=3e-3)
    assert tolerance.two_sided(20, 0.95, 0.95) == pytest.approx(tolerance.two_sided_exact(20, 0.95, 0.95), rel=0.01)


@pytest.mark.parametrize(("n", "content", "confidence"), [(1, 0.9, 0.9), (5, 1, 0.9), (5, 0, 0.9), (5, 0.9, 1)])
def test_factors_of_nothing_are_refused(n: int, content: float, confidence: float):
    for factor in (tolerance.one_sided, tolerance.two_sided, tolerance.two_sided_exact):
        with pytest.raises(UndefinedMetric):
            factor(n, content, confidence)


# --- Counts of bad units --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("order", "n"), [(1, 59), (2, 93), (3, 124)])
def test_m11_wilks(order: int, n: int):
    assert binomial.wilks("0.95", "0.95", order) == n


@pytest.mark.parametrize(
    ("content", "confidence", "n"),
    [
        ("0.90", "0.90", 22), ("0.95", "0.90", 45), ("0.90", "0.95", 29), ("0.99", "0.90", 230),
        ("0.99", "0.95", 299), ("0.99", "0.99", 459),
    ],
)  # fmt: skip
def test_m12_wilks(content: str, confidence: str, n: int):
    assert binomial.wilks(content, confidence) == n
    assert 1 - Fraction(content) ** n >= Fraction(confidence) > 1 - Fraction(content) ** (n - 1)


def test_m13_clopper_pearson():
    """0 of 10: 1 - 0.05^(1/10) = 0.2589; 0 of 300: 0.00994."""
    assert binomial.upper_bound(0, 10, 0.95) == pytest.approx(0.2589, abs=5e-5)
    assert binomial.upper_bound(0, 300, 0.95) == pytest.approx(0.00994, abs=5e-6)


@pytest.mark.parametrize(("x", "n", "confidence"), [(0, 1, 0.5), (1, 3, 0.9), (7, 9, 0.99), (4, 200, 0.999)])
def test_clopper_pearson_bounds_have_their_confidence(x: int, n: int, confidence: float):
    """At the upper bound, at most x are seen with exactly what is left of the confidence; likewise below."""
    upper = Fraction(binomial.upper_bound(x, n, confidence))
    assert float(binomial.at_most(x, n, upper)) == pytest.approx(1 - confidence, rel=1e-9)
    if x:
        lower = Fraction(binomial.lower_bound(x, n, confidence))
        assert 1 - float(binomial.at_most(x - 1, n, lower)) == pytest.approx(1 - confidence, rel=1e-9)
    assert (binomial.upper_bound(n, n, confidence), binomial.lower_bound(0, n, confidence)) == (1, 0)


@pytest.mark.parametrize(
    ("p", "accepted"),
    list(zip(
        range(1, 13), (0.998, 0.980, 0.930, 0.845, 0.739, 0.620, 0.502, 0.394, 0.300, 0.223, 0.162, 0.115), strict=True
    )),
)  # fmt: skip
def test_m14_operating_characteristic(p: int, accepted: float):
    assert float(binomial.at_most(3, 52, Fraction(p, 100))) == pytest.approx(accepted, abs=2e-3)


def test_m15_operating_characteristic():
    assert float(binomial.at_most(3, 10, "0.05")) == pytest.approx(0.9989715, abs=5e-8)
    assert float(binomial.at_most(3, 10, "0.10")) == pytest.approx(0.9872048, abs=5e-8)


def test_m16_m17_plans_through_two_points():
    assert acceptance_plan.attributes_plan("0.05", "0.95", "0.15", "0.075") == (80, 7)
    n, k = acceptance_plan.known_spread_plan(0.05, 0.95, 0.15, 0.075)
    assert (n, round(k, 6)) == (26, 1.322271)


def test_m18_code_letters_of_105e():
    for low, high, expected in ((1201, 3200, ("K", 125)), (3201, 10000, ("L", 200)), (10001, 35000, ("M", 315))):
        assert acceptance_plan.level_ii(low) == acceptance_plan.level_ii(high) == expected
    assert acceptance_plan.level_ii(500_001) == ("Q", 1250)


def test_m19_what_letter_k_accepts():
    """AQL 0.65, Ac = 2, 125 units: 0.654 % with 95 %, and 4.26 % with 10 %."""
    assert 100 * binomial.poisson_mean(2, 0.95) / 125 == pytest.approx(0.654, abs=5e-4)
    assert 100 * binomial.poisson_mean(2, 0.10) / 125 == pytest.approx(4.26, abs=5e-3)


@given(st.integers(0, 40), st.floats(0.01, 60))
def test_poisson_probabilities_are_their_sum(c: int, mean: float):
    term, total = exp(-mean), 0.0
    for x in range(c + 1):
        total += term
        term *= mean / (x + 1)
    assert binomial.poisson_at_most(c, mean) == pytest.approx(total, rel=1e-9, abs=1e-13)


# --- Lots -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "accepted"), [(294, 0.049828), (295, 0.049315), (299, 0.047313)])
def test_m35_hypergeometric(n: int, accepted: float):
    assert float(lot_risk.accepts(10000, 100, n)) == pytest.approx(accepted, abs=5e-7)


@pytest.mark.parametrize(
    ("detection", "n"), [("1", 294), ("0.975", 302), ("0.95", 310), ("0.9", 327), ("0.8", 368), ("0.5", 589)]
)
def test_m36_imperfect_detection(detection: str, n: int):
    assert lot_risk.least_sample(10000, "0.01", "0.05", detection=detection) == n


@pytest.mark.parametrize(
    ("most", "lot", "n"),
    [(1, 1000, 393), (1, 5000, 456), (1, 10000, 464), (2, 1000, 506), (2, 5000, 602), (2, 10000, 615)],
)  # fmt: skip
def test_m37_plans_that_accept_some(most: int, lot: int, n: int):
    assert lot_risk.least_sample(lot, "0.01", "0.05", most) == n


@pytest.mark.parametrize(
    ("lot", "drawn", "found", "left"),
    [(10000, 294, 0, 99), (5000, 200, 0, 72), (1000, 80, 0, 35), (1000, 80, 1, 56), (100, 95, 0, 0)],
)
def test_m38_what_an_accepted_lot_may_still_hold(lot: int, drawn: int, found: int, left: int):
    assert lot_risk.most_bad_left(lot, drawn, found) == left
    assert lot_risk.accepts(lot, left + 1, drawn, found) <= Fraction(1, 20) < lot_risk.accepts(lot, left, drawn, found)


SIZES = {  # β and p, then n for lots of 50, 100, 200, 500, 1,000, 2,000, 5,000, 10,000, 20,000, 50,000 and without end.
    ("0.05", "0.001"): (48, 95, 190, 475, 950, 1553, 2253, 2588, 2781, 2907, 2995),
    ("0.05", "0.005"): (48, 95, 190, 316, 450, 517, 564, 581, 589, 595, 598),
    ("0.05", "0.01"): (48, 95, 155, 225, 258, 277, 290, 294, 296, 298, 299),
    ("0.05", "0.02"): (48, 78, 105, 129, 138, 143, 147, 148, 148, 149, 149),
    ("0.05", "0.05"): (31, 45, 51, 56, 57, 58, 59, 59, 59, 59, 59),
    ("0.10", "0.01"): (45, 90, 137, 184, 205, 217, 224, 227, 228, 229, 230),
    ("0.10", "0.05"): (27, 37, 41, 43, 44, 45, 45, 45, 45, 45, 45),
}


@pytest.mark.parametrize(("risk", "share"), SIZES)
def test_samples_that_accept_none(risk: str, share: str):
    lots = (50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000)
    *finite, endless = SIZES[risk, share]
    assert [lot_risk.least_sample(lot, share, risk) for lot in lots] == finite
    assert lot_risk.sample_for_large_lot(share, risk) == endless


def test_a_risk_that_meets_its_limit_exactly_needs_no_further_unit():
    """One bad of fifty: 40 drawn leave exactly 10 / 50 = 1 / 5."""
    assert lot_risk.accepts(50, 1, 40) == Fraction(1, 5)
    assert lot_risk.least_sample(50, "0.02", "0.2") == 40


@pytest.mark.parametrize("detection", ["1", "0.75", "0"])
def test_lots_small_enough_to_count_are_counted(detection: str):
    """Every draw of every small lot, by listing it."""
    seen = Fraction(detection)
    for lot in (1, 2, 5, 6):
        for bad in range(lot + 1):
            for drawn in range(lot + 1):
                for most in (0, 1, 2):
                    total = Fraction(0)
                    for draw in combinations(range(lot), drawn):
                        x = sum(unit < bad for unit in draw)
                        total += sum(comb(x, k) * seen**k * (1 - seen) ** (x - k) for k in range(min(most, x) + 1))
                    expected = total / comb(lot, drawn)
                    assert lot_risk.accepts(lot, bad, drawn, most, detection) == expected


def test_lots_that_no_sample_decides():
    assert lot_risk.least_sample(100, "0.01", "0.05", detection="0.9") is None  # one bad, missed with 10 %
    assert lot_risk.least_sample(3, "0.5", "0.05", most=2) is None  # two bad units are accepted anyway
    assert lot_risk.least_sample(1, "0.01", "0.05") == 1
    assert lot_risk.most_bad_left(10, 0, 0) == 10
    assert lot_risk.most_bad_left(10, 10, 3) == 3


@pytest.mark.parametrize(("lot", "bad", "risk", "n"), [(100, 10, 0.05, 25), (300, 5, 0.1, 110)])
def test_m28_safeguards_approximation(lot: int, bad: int, risk: float, n: int):
    assert lot_risk.iaea_sample(lot, bad, risk) == n
    assert lot_risk.least_sample(lot, Fraction(bad, lot), Fraction(str(risk))) == n


def test_m28_safeguards_approximation_is_at_most_three_units_too_many():
    for lot in (50, 100, 300):
        for bad in range(1, 21):
            exact = lot_risk.least_sample(lot, Fraction(bad, lot), "0.05")
            assert lot_risk.iaea_sample(lot, bad, 0.05) - exact in {0, 1, 2, 3}


def test_m39_sequential_test():
    h0, h1, slope = acceptance_plan.sequential_lines(0.001, 0.01, 0.05, 0.05)
    assert (h0, h1) == (pytest.approx(1.27375, abs=5e-6), pytest.approx(1.27375, abs=5e-6))
    assert slope == pytest.approx(0.00391491, abs=5e-9)
    assert least(lambda n: slope * n - h0 >= 0, 1) == 326


@pytest.mark.parametrize(("n", "k"), [(5, 5.7411), (10, 3.9811), (20, 3.2952), (30, 3.0639), (50, 2.8624)])
def test_m40_variables_plan(n: int, k: float):
    assert acceptance_plan.variables_factor(n, 0.01, 0.05) == pytest.approx(k, abs=5e-5)


def test_m40_bound_of_a_sample():
    """20 units, mean 17,100, s = 180: 17100 + 3.2952 x 180 = 17693.1."""
    assert 17100 + acceptance_plan.variables_factor(20, 0.01, 0.05) * 180 == pytest.approx(17693.1, abs=0.05)


# --- Risks over a population ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "accepted", "conditional"),
    [
        (0.60, 4.838603, 8.260082), (0.70, 3.922341, None), (0.80, 2.855831, None), (0.90, 1.599953, None),
        (0.95, 0.871010, None), (0.99, 0.199917, 0.202439),
    ],
)  # fmt: skip
def test_m20_false_accepts_of_rp19(share: float, accepted: float, conditional: float | None):
    """The test is four times as precise as the process; conditional on being accepted at the two ends of the table."""
    sigma = decision_risk.in_tolerance_sigma(share)
    wrong, refused = decision_risk.two_limit_risks(sigma, 1.0, sigma / 4, 1.0)
    assert 100 * wrong == pytest.approx(accepted, abs=1e-6)
    if conditional is not None:
        assert 100 * wrong / (share - refused + wrong) == pytest.approx(conditional, abs=1e-6)


@pytest.mark.parametrize(
    ("limit", "ratio", "low", "high"), [(2, 4, 0.0080, 0.0080), (2.5, 4, 0.0024, 0.0025), (2.5, 1, 0.0047, 0.0047)]
)
def test_m21_false_accepts_of_deaver(limit: float, ratio: float, low: float, high: float):
    found = round(decision_risk.two_limit_risks(1.0, limit, 1 / ratio, limit)[0], 4)
    assert low <= found <= high


def test_m22_process_capability():
    assert decision_risk.process_capability(10, 0.4, 9, 11) == pytest.approx((0.8333, 0.01242), abs=5e-5)
    assert decision_risk.process_capability(10.5, 0.4, 9, 11) == pytest.approx((0.4167, 0.10574), abs=5e-5)


@pytest.mark.parametrize(("tur", "factor", "worst"), [(2, 0.8592, 1.92), (3, 0.9482, 1.94), (4, 0.9867, 1.96)])
def test_m23_managed_guard_band(tur: float, factor: float, worst: float):
    assert decision_risk.managed_guard_factor(tur) == pytest.approx(factor, abs=5e-5)
    assert round(100 * decision_risk.worst_false_accept(tur), 2) == worst


@pytest.mark.parametrize(
    ("guard", "consumer", "producer"),
    [(0, 7.116e-3, 9.591e-3), (1.645 * 160, 3.958e-4, 4.458e-2), (320, 1.622e-4, 5.533e-2)],
)
def test_m24_global_risks_with_a_prior(guard: float, consumer: float, producer: float):
    found = decision_risk.upper_limit_risks(19500, 1000, 160, 21000, guard)
    assert found == (pytest.approx(consumer, rel=5e-4), pytest.approx(producer, rel=5e-4))


@given(st.floats(-3, 3), st.floats(0.2, 5), st.floats(0.05, 3), st.floats(0, 2))
def test_global_risks_are_all_that_is_decided_wrongly(mean: float, spread: float, uncertainty: float, guard: float):
    """P(accepted) = P(below) - producer + consumer, and the reading itself is normal with both variances."""
    consumer, producer = decision_risk.upper_limit_risks(mean, spread, uncertainty, 1.0, guard)
    below = normal.cumulative((1 - mean) / spread)
    accepted = normal.cumulative((1 - guard - mean) / sqrt(spread**2 + uncertainty**2))
    assert below - producer + consumer == pytest.approx(accepted, abs=1e-10)


def test_picking_the_best_run_adds_to_the_mean():
    """Of two: 1 / √π; of ten: 1.5388."""
    assert decision_risk.largest_of(2) == pytest.approx(1 / sqrt(pi), abs=1e-9)
    assert decision_risk.largest_of(10) == pytest.approx(1.5388, abs=5e-5)


# --- Largest values and rates ---------------------------------------------------------------------------------------


def test_m25_german_tanks():
    assert extremes.german_tank(60, 4) == 74
    assert [round(extremes.largest_factor(k, 0.05), 2) for k in (2, 5, 10, 20)] == [4.47, 1.82, 1.35, 1.16]


def test_m26_rates_have_a_harmonic_mean():
    """100 Gflop in 10, 100 and 40 s: 300 / 150 = 2 Gflop/s."""
    assert extremes.harmonic_mean([Decimal(10), Decimal(1), Decimal("2.5")]) == 2


def test_m27_ranks_around_the_median():
    assert extremes.median_ranks(100, 1.96) == (40, 61)
    assert extremes.median_ranks(1, 1.96) == (1, 1)


@pytest.mark.parametrize(("mean", "possible"), [("5.18", True), ("5.19", False), ("5.20", False), ("5.21", True)])
def test_m29_grim(mean: str, possible: bool):
    assert possible_mean(mean, 28) is possible
    assert [round(float(one), 2) for one in nearest_means("5.19", 28)] == [5.18, 5.21]


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=60), st.integers(0, 4), st.sampled_from(["1", "0.25", "5"]))
def test_grim_never_refuses_a_mean_that_was_computed(counts: list[int], digits: int, step: str):
    mean = Fraction(sum(counts), len(counts)) * Fraction(step)
    text = f"{Decimal(round(mean * 10**digits)).scaleb(-digits):f}"
    assert possible_mean(text, len(counts), Decimal(step))


@pytest.mark.parametrize(
    ("mean", "n", "step"), [("nan", 3, 1), ("Infinity", 3, 1), ("", 3, 1), ("1", 0, 1), ("1", 3, 0)]
)
def test_grim_refuses_what_is_no_mean(mean: str, n: int, step: int):
    with pytest.raises(UndefinedMetric):
        possible_mean(mean, n, step)


def test_m31_a_quantised_rate_leaves_one_rate_per_clock():
    """1230e12 / (132 x 1.2e9) = 7765.2: 8192 at 0.948; 16384 at 0.474 is excluded; at 1.98 GHz and 8 bit 17,128.49."""
    seen = per_unit_and_clock(Fraction(1230), 132, Fraction(1200))
    assert float(seen) == pytest.approx(7765.2, abs=0.05)
    assert (round(float(seen / 8192), 3), round(float(seen / 16384), 3)) == (0.948, 0.474)
    rate = identified_rate(seen, seen, seen, (4096, 8192, 16384), Fraction(4, 5))
    assert rate == 8192
    assert float(132 * rate * Fraction("1.98") * 8 / 1000) == pytest.approx(17128.49, abs=5e-3)


@pytest.mark.parametrize(
    ("low", "seen", "high", "rate"),
    [
        (4097, 7000, 7100, 8192),  # 7000 / 8192 = 0.854
        (4097, 7000, 13107, 8192),  # 13107 / 16384 = 0.79999
        (4097, 7000, 13108, None),  # 13108 / 16384 = 0.80005: the double rate is possible
        (4096, 7000, 7100, None),  # the lower rate is possible
        (6500, 6553, 6600, None),  # 6553 / 8192 = 0.79993: as it stands, no kernel of this kind
        (6500, 6554, 6600, 8192),
        (8100, 8193, 8200, None),  # more than the silicon issues
    ],
)
def test_a_rate_is_identified_only_where_every_other_is_excluded(low: int, seen: int, high: int, rate: int | None):
    found = identified_rate(Fraction(seen), Fraction(low), Fraction(high), (4096, 8192, 16384), Fraction(4, 5))
    assert found == rate


def test_m41_end_points():
    assert extremes.end_point(1450.0, 1447.5, 0.95) == pytest.approx(1497.5)
    assert extremes.end_point(1450.0, 1447.5, 0.90) == pytest.approx(1472.5)
    # Factor 19 for a uniform end, 38.5 and 58.0 for ends that thin out.
    assert [round(extremes.end_point(1, 0, 0.95, shape) - 1, 1) for shape in (1, 2, 3)] == [19.0, 38.5, 58.0]


def test_m42_two_laboratories():
    assert round(extremes.normalised_error(15832, 60, 15790, 45), 2) == 0.56
    assert round(extremes.normalised_error(15832, 60, 15600, 45), 2) == 3.09


# --- The functions underneath, against closed forms -----------------------------------------------------------------


@given(st.floats(1e-6, 0.499))
def test_t_with_one_and_two_degrees_has_closed_forms(p: float):
    """Cauchy's quantile is cot(π p); with two degrees it is (1 - 2p) √(2 / (4p (1 - p)))."""
    assert student_t.upper_quantile(p, 1.0) == pytest.approx(1 / tan(pi * p), rel=1e-9)
    assert student_t.upper_quantile(p, 2.0) == pytest.approx((1 - 2 * p) * sqrt(2 / (4 * p * (1 - p))), rel=1e-9)


@given(st.floats(1e-12, 0.4), st.sampled_from([3.0, 10.0, 1e3, 9e4, 1.1e5, 1e9, inf]))
def test_t_quantiles_are_where_the_tail_is(p: float, degrees: float):
    t = student_t.upper_quantile(p, degrees)
    assert student_t.upper_tail(t, degrees) == pytest.approx(p, rel=1e-6)
    assert student_t.upper_tail(-t, degrees) == pytest.approx(1 - p, rel=1e-9)


def test_more_degrees_of_freedom_never_widen_the_factor():
    counts = [1, 2, 3, 5, 9, 99, 10**4, 10**5, 10**5 + 1, 10**9]
    factors = [coverage_factor(ALPHA, count) for count in counts] + [coverage_factor(ALPHA, None)]
    assert factors == sorted(factors, reverse=True)


@given(st.integers(1, 12), st.integers(1, 12), st.fractions(0, 1, max_denominator=50))
def test_the_incomplete_beta_is_a_binomial_tail(a: int, b: int, x: Fraction):
    n = a + b - 1
    tail = sum(comb(n, j) * x**j * (1 - x) ** (n - j) for j in range(a, n + 1))
    assert incomplete_beta(a, b, float(x)) == pytest.approx(float(tail), rel=1e-10, abs=1e-14)


@given(st.floats(1e-6, 1 - 1e-6), st.floats(0.5, 200), st.floats(0.5, 200))
def test_beta_quantiles_are_where_the_probability_is(p: float, a: float, b: float):
    assert incomplete_beta(a, b, beta_quantile(p, a, b)) == pytest.approx(p, rel=1e-6)


@given(st.floats(0.01, 50))
def test_the_incomplete_gamma_of_one_is_exponential(x: float):
    assert incomplete_gamma(1, x) == pytest.approx(1 - exp(-x), rel=1e-12)
    assert incomplete_gamma(2, x) == pytest.approx(1 - (1 + x) * exp(-x), rel=1e-9, abs=1e-12)


def test_roots_and_integrals():
    assert root(lambda x: cos(x) - x, 0, 1) == pytest.approx(0.739085133215, abs=1e-12)
    assert integral(exp, [0.0, 1.0], 1) == pytest.approx(e - 1, rel=1e-14)
    with pytest.raises(UndefinedMetric):
        root(lambda x: 1 + x * x, -1, 1)


def test_everything_agrees_with_a_library():
    stats = pytest.importorskip("scipy.stats")
    for p in (1e-9, 0.001, 0.025, 0.2):
        for degrees in (1, 2.5, 9, 300, 1e5, 1e8):
            assert student_t.upper_quantile(p, float(degrees)) == pytest.approx(stats.t.isf(p, degrees), rel=1e-8)
    for n in (2, 5, 43, 1000):
        for content in (0.1, 0.9, 0.999):
            for confidence in (0.05, 0.5, 0.99):
                shift = normal.quantile(content) * sqrt(n)
                expected = stats.nct.ppf(confidence, n - 1, shift) / sqrt(n)
                assert tolerance.one_sided(n, content, confidence) == pytest.approx(expected, rel=1e-6, abs=1e-7)


# --- Corners --------------------------------------------------------------------------------------------------------


def test_a_lot_of_a_million_with_one_bad_unit_is_counted_at_once():
    """One bad of N: it is missed where it is not drawn, (N - n) / N <= 5 %, so n = 95 % of N."""
    assert lot_risk.accepts(10**6, 1, 950_000) == Fraction(1, 20)
    assert lot_risk.least_sample(10**6, "0.000001", "0.05") == 950_000


@given(st.integers(1, 14), st.data())
def test_drawn_and_bad_units_change_places(lot: int, data: st.DataObject):
    """Every draw of n from N, written out: the shares of those with at most c of the first D units."""
    bad, drawn = data.draw(st.integers(0, lot)), data.draw(st.integers(0, lot))
    most = data.draw(st.integers(0, lot))
    draws = [sum(unit < bad for unit in draw) for draw in combinations(range(lot), drawn)]
    expected = Fraction(sum(found <= most for found in draws), len(draws))
    assert lot_risk.accepts(lot, bad, drawn, most) == lot_risk.accepts(lot, drawn, bad, most) == expected


def test_a_negative_acceptance_number_is_none():
    for detection in ("0", "0.5", "1"):
        with pytest.raises(UndefinedMetric):
            lot_risk.accepts(10, 1, 5, -1, detection)


def test_the_sample_for_a_lot_without_end_is_exact_and_comes_at_once_for_rare_units():
    """ln 0.05 / ln(1 - 1e-9) = 2.995732273554 / 1.0000000005e-9 = 2,995,732,272.05..., the next whole number above."""
    assert lot_risk.sample_for_large_lot("0.000000001", "0.05") == 2_995_732_273
    # (1 / 2)^3 is 1 / 8 exactly, and the least bit less needs a fourth.
    assert lot_risk.sample_for_large_lot("0.5", "0.125") == 3
    assert lot_risk.sample_for_large_lot("0.5", Fraction(1, 8) - Fraction(1, 10**60)) == 4
    assert lot_risk.sample_for_large_lot("1", "0.05") == 1


def test_coverage_factors_of_extreme_budgets_are_numbers():
    """Very many degrees of freedom are the normal's factor or a last digit more, and Cauchy's tail is 1 / (pi a)."""
    many = coverage_factor(ALPHA, 10**400)
    assert 0 <= many - coverage_factor(ALPHA, None) <= Fraction(1, 10**9)
    assert float(coverage_factor(Decimal("1E-100"), 1)) == pytest.approx(1e100 / pi, rel=1e-9)
    for risk in ("9E-101", "1E-300", "1E-400"):
        with pytest.raises(UndefinedMetric):
            coverage_factor(Decimal(risk), 1)


def test_the_managed_guard_band_is_none_for_a_fine_test_and_undefined_for_a_coarse_one():
    """1.04 = e^(0.38 ln TUR - 0.54) at TUR = e^(0.57922 / 0.38) = 4.592; from there on all of the tolerance accepts."""
    assert decision_risk.managed_guard_factor(4.58) < 1
    assert [decision_risk.managed_guard_factor(tur) for tur in (4.6, 10, 1e6)] == [1.0, 1.0, 1.0]
    assert decision_risk.worst_false_accept(10) < 0.02
    for tur in (0.5, 0.0, -1.0):
        with pytest.raises(UndefinedMetric):
            decision_risk.managed_guard_factor(tur)


def test_no_reading_has_a_million_digits():
    for text in ("1E9999999", "1E-9999999"):
        with pytest.raises(UndefinedMetric):
            possible_mean(text, 28)


def test_a_normalised_error_needs_uncertainties_that_are_numbers():
    for uncertainty in (float("nan"), inf, 0.0):
        with pytest.raises(UndefinedMetric):
            extremes.normalised_error(1, uncertainty, 2, 0.0)


@pytest.mark.parametrize(
    ("n", "content", "confidence", "k"),
    [(5, 0.90, 0.90, 2.742), (20, 0.90, 0.90, 1.765), (10, 0.95, 0.99, 3.738), (50, 0.95, 0.99, 2.269)],
)
def test_further_one_sided_factors_of_odeh_and_owen(n: int, content: float, confidence: float, k: float):
    assert tolerance.one_sided(n, content, confidence) == pytest.approx(k, abs=0.0011)


@pytest.mark.parametrize(("n", "k"), [(2, 36.519), (5, 5.077), (10, 3.393), (30, 2.555), (50, 2.382), (100, 2.234)])
def test_two_sided_factors_are_the_exact_ones(n: int, k: float):
    """Odeh & Owen, 95/95. Older tables (Bowker 1947: 3.379, 2.549, 2.379 for 10, 30, 50) approximate them."""
    assert tolerance.two_sided_exact(n, 0.95, 0.95) == pytest.approx(k, abs=0.0006)

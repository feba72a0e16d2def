"""The assurance statement: its rule on worked cases, its properties over everything, and what reports come to."""

import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from conftest import REPORTS, add, both, codes, h200_alone, put
from hypothesis import given, seed, settings
from hypothesis import strategies as st

import harness
from harness.checks import all_findings
from harness.cli.__main__ import main
from harness.codec.law_files import read_law
from harness.codec.method_files import read_method
from harness.codec.report_files import read_case
from harness.decide import decide
from harness.decide.assurance_words import risk_sentence
from harness.decide.figures import quantities
from harness.decide.measured_bounds import measured_bounds
from harness.decide.requirements import assurance_is_below
from harness.errors import WrongUsage
from harness.metrics.assurance import Bounds, Measured, Rule, conclude
from harness.metrics.student_t import coverage_factor
from harness.metrics.tolerance import one_sided_limit_factor
from harness.model.assurance_catalogue import ASSURANCE_CATALOGUE
from harness.model.verdict import Assurance, Verdict
from harness.render.explanation import explain

# The decision cases: T = 21,000 TPP; a declared rate x 8; a- and a+ from 132 x 8192 x 1.83 and 1.98 GHz x 8;
# u = 0.8 % with 9 degrees of freedom, so k = 2.2622; efficiency floor 0.60. The expected numbers are the printed ones.
T = Fraction(21000)
A_LO, A_HI = Fraction("15830.876160"), Fraction("17128.488960")
RULE = Rule(contradiction_margin=Fraction("0.005"), largest_relative_uncertainty=Fraction("0.02"))


def measured(value: Fraction, u: Fraction, degrees: int | None, floor: Fraction, **other: Any) -> Measured:
    expanded = u * coverage_factor(Decimal("0.025"), degrees)
    return Measured(value=value, standard_uncertainty=u, expanded_uncertainty=expanded, efficiency_floor=floor, **other)


def case(declared: str | None, step: str, rate: str | None, **other: Fraction) -> Bounds:
    value = None if rate is None else Fraction(rate) * 8
    floor = other.get("floor", Fraction("0.60"))
    return Bounds(
        declared=None if declared is None else Fraction(declared) * 8,
        declared_step=Fraction(step) * 8,
        derived_lo=other.get("lo", A_LO),
        derived_hi=other.get("hi", A_HI),
        measured=() if value is None else (measured(value, value * Fraction("0.008"), 9, floor),),
    )


@pytest.mark.parametrize(
    ("bounds", "code", "binding", "bound"),
    [
        pytest.param(case("1979", "1", "1450"), "DEC-P", "measured", "19683.21", id="D-A"),
        pytest.param(case("1979", "1", "1600"), "DEC-I-GUARD", "measured", "21719.41", id="D-B"),
        pytest.param(case("1979", "1", "2700"), "DEC-F-MEASURED", "measured", "21209.10", id="D-C"),
        pytest.param(case("1979", "1", "2620"), "DEC-I-UNDERSTATED", "measured", "20960", id="D-D"),
        pytest.param(case("2625", "1", "1450"), "DEC-F-DECLARED", "declared", "21000.00", id="D-E"),
        pytest.param(
            case("2620", "10", "1800", lo=Fraction(19900), hi=Fraction(20950), floor=Fraction("0.72")),
            "DEC-I-GUARD", "declared", "21000.00", id="D-F",
        ),
        pytest.param(case("1979", "1", "900"), "DEC-I-UNDERPERFORM", "measured", "12000", id="D-G"),
        pytest.param(case("1979", "1", None), "DEC-I-MISSING", None, None, id="D-I"),
        pytest.param(case(None, "1", "1450"), "DEC-I-MISSING", None, None, id="nothing declared"),
        pytest.param(case("1950", "1", "1450"), "DEC-I-DECLARED-LOW", "declared", "15600", id="15600 < 0.995 a-"),
        pytest.param(case("2200", "1", "1450"), "DEC-I-DECLARED-HIGH", "declared", "17600", id="17600 > 1.005 a+"),
        pytest.param(case("1979", "1", "1450", lo=T, hi=T), "DEC-F-DERIVED", "derived", "21000", id="silicon at T"),
    ],
)  # fmt: skip
def test_the_rule_reaches_the_printed_conclusions(bounds: Bounds, code: str, binding: str | None, bound: str | None):
    found = conclude(bounds, T, RULE)
    assert (found.code, found.binding) == (code, binding)
    assert found.conclusion == ASSURANCE_CATALOGUE[code].conclusion
    if bound is not None:
        assert float(found.bound) == pytest.approx(float(bound), abs=5e-3)


def test_further_numbers_of_the_worked_cases():
    """D-A: margin 1,316.79, d+ 15,836. D-D: m- 20,580.68 < T. D-F: m+ 20,361.95."""
    found = conclude(case("1979", "1", "1450"), T, RULE)
    assert float(T - found.bound) == pytest.approx(1316.79, abs=5e-3)
    assert case("1979", "1", "1450").uppers["declared"] == 15836
    assert float(case("1979", "1", "2620").lowers["measured"]) == pytest.approx(20580.68, abs=5e-3)
    wide = case("2620", "10", "1800", floor=Fraction("0.72"))
    assert float(wide.uppers["measured"]) == pytest.approx(20361.95, abs=5e-3)


def test_d_h_dram_bandwidth_reaches_the_printed_conclusion():
    """4.8 TB/s (0.1), A = 4800, m = 4300, u = 0.4 %, 19 degrees of freedom, floor 0.80, T = 6500: m+ = 5420.00."""
    bounds = Bounds(
        declared=Fraction(4800), declared_step=Fraction(100), derived_lo=Fraction(4800), derived_hi=Fraction(4800),
        measured=(measured(Fraction(4300), Fraction("17.2"), 19, Fraction("0.80")),),
    )  # fmt: skip
    found = conclude(bounds, Fraction(6500), RULE)
    assert bounds.uppers["declared"] == 4850
    assert (found.code, found.binding, round(float(found.bound), 2)) == ("DEC-P", "measured", 5420.00)


def test_a_makers_claim_above_the_declaration_stands_for_it():
    low = case("1979", "1", "1450")
    assert conclude(replace(low, claimed=T), T, RULE).code == "DEC-F-DECLARED"
    assert conclude(replace(low, claimed=T - 1), T, RULE).bound == T - 1
    assert conclude(replace(low, claimed=Fraction(1)), T, RULE) == conclude(low, T, RULE)


VALUE = Fraction(11600)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"standard_uncertainty": VALUE * Fraction("0.02")}, None),
        ({"standard_uncertainty": VALUE * Fraction("0.0200001")}, "DEC-R-UNCERTAINTY"),
        ({"standard_uncertainty": Fraction(0)}, "DEC-R-UNCERTAINTY"),
        ({"expanded_uncertainty": Fraction(0)}, "DEC-R-UNCERTAINTY"),
        ({"standard_uncertainty": Fraction(0), "shows_at_most": False}, None),
        ({"efficiency_floor": Fraction(1)}, None),
        ({"efficiency_floor": Fraction(1000001, 1000000)}, "DEC-R-FLOOR"),
        ({"efficiency_floor": Fraction(0)}, "DEC-R-FLOOR"),
        ({"value": Fraction(0)}, "DEC-R-VALUE"),
        ({"value": Fraction(-1)}, "DEC-R-VALUE"),
    ],
)
def test_step_0_rejects_what_cannot_be_used(change: dict[str, Any], code: str | None):
    bounds = case("1979", "1", "1450")
    found = conclude(replace(bounds, measured=(replace(bounds.measured[0], **change),)), T, RULE)
    assert (found.conclusion == "rejected") == (code is not None)
    assert code is None or found.code == code


@pytest.mark.parametrize("source", ["declared", "derived_lo", "derived_hi", "claimed"])
def test_step_0_comes_before_every_other(source: str):
    adverse = case("2625", "1", "2700")
    assert conclude(replace(adverse, **{source: Fraction(0)}), T, RULE).code == "DEC-R-VALUE"


def test_every_reading_counts_and_none_hides_another():
    """A second reading with less, or with a wider uncertainty, never lowers what the first one says."""
    first = measured(Fraction(11600), Fraction("92.8"), 9, Fraction("0.6"))
    second = measured(Fraction(11700), Fraction("20"), 9, Fraction("0.6"))
    one = replace(case("1979", "1", None), measured=(first,))
    two = replace(one, measured=(first, second))
    assert two.uppers["measured"] == max(first.upper, second.upper)
    assert two.lowers["measured"] == max(first.lower, second.lower)


def test_a_reading_that_shows_at_least_alone_is_no_measurement_but_may_speak_against():
    held_down = replace(measured(Fraction(11600), Fraction("92.8"), 9, Fraction("0.6")), shows_at_most=False)
    bounds = replace(case("1979", "1", None), measured=(held_down,))
    assert conclude(bounds, T, RULE).silent == ("measured",)
    fast = replace(held_down, value=Fraction(21600))
    assert conclude(replace(bounds, measured=(fast,)), T, RULE).code == "DEC-F-MEASURED"


# --- Properties -----------------------------------------------------------------------------------------------------

DEGREES = st.sampled_from([1, 2, 3, 5, 9, 19, 99, None])


def thousandths(low: int, high: int) -> st.SearchStrategy[Fraction]:
    return st.integers(low, high).map(lambda n: Fraction(n, 1000))


POSITIVE = thousandths(1000, 40_000_000)


@st.composite
def agreeing(draw: st.DrawFn) -> Bounds:
    """Sources that agree, or nearly do, so that most come to the last steps."""
    low = draw(thousandths(5_000_000, 20_000_000))
    high = low * draw(thousandths(1000, 1150))
    declared = draw(st.sampled_from([low, high])) * Fraction(
        draw(st.sampled_from([1000, 998, 1005, 1003, 994, 1006])), 1000
    )
    readings = []
    for _ in range(draw(st.integers(1, 3))):
        value, floor = high * draw(thousandths(700, 1000)), draw(thousandths(500, 1000))
        share = Fraction(draw(st.sampled_from([4, 8, 12, 16, 18, 20] * 4 + [21, 0])), 1000)
        quantised = draw(st.sampled_from([None, None, high, high * 2]))
        shows = draw(st.sampled_from([True] * 5 + [False]))
        one = measured(value, value * share, draw(DEGREES), floor, quantised=quantised, shows_at_most=shows)
        readings.append(one)
    return Bounds(
        declared=declared, declared_step=draw(st.sampled_from([Fraction(1, 10), Fraction(8), Fraction(80)])),
        derived_lo=low, derived_hi=high, measured=tuple(readings),
        claimed=draw(st.sampled_from([None, None, declared, declared * 2])),
    )  # fmt: skip


ANY = st.builds(
    Bounds,
    declared=st.none() | POSITIVE, declared_step=thousandths(0, 100_000),
    derived_lo=st.none() | POSITIVE, derived_hi=st.none() | POSITIVE,
    measured=st.lists(
        st.builds(
            measured, POSITIVE, thousandths(0, 500_000), DEGREES, thousandths(500, 1000),
            shows_at_most=st.booleans(), quantised=st.none() | POSITIVE,
        ), max_size=3,
    ).map(tuple),
    claimed=st.none() | POSITIVE,
)  # fmt: skip
BOUNDS = agreeing() | agreeing() | agreeing() | ANY


@st.composite
def limited(draw: st.DrawFn) -> tuple[Bounds, Fraction]:
    """Bounds with a limit near one of them, where answers change, or anywhere."""
    bounds = draw(BOUNDS)
    near = [*bounds.uppers.values(), *bounds.lowers.values()] or [Fraction(1)]
    at = draw(st.sampled_from([max(near)] * 5 + near))
    return bounds, max(Fraction(1), at * Fraction(draw(st.sampled_from([1001, 1050, 1200, 1000, 999, 950])), 1000))


def below(bounds: Bounds, limit: Fraction, rule: Rule = RULE) -> bool:
    return conclude(bounds, limit, rule).conclusion == "below"


def p1(bounds: Bounds, limit: Fraction, more: Fraction) -> None:
    """Raising T never turns "below" into anything else."""
    if below(bounds, limit):
        assert below(bounds, limit + more)


def p2(bounds: Bounds, limit: Fraction, factor: Fraction, more: Fraction) -> None:
    """More u, more U (lower degrees or risk) or a coarser declaration never make "below" of what was not."""
    if not bounds.measured:
        return
    first, *rest = bounds.measured
    wider = replace(first, standard_uncertainty=first.standard_uncertainty * factor,
                    expanded_uncertainty=first.expanded_uncertainty * factor)  # fmt: skip
    less_sure = replace(first, expanded_uncertainty=first.expanded_uncertainty * factor)
    for other in (
        replace(bounds, measured=(wider, *rest)),
        replace(bounds, measured=(less_sure, *rest)),
        replace(bounds, declared_step=bounds.declared_step + more),
    ):
        # What can be rejected for an uncertainty of nothing was no measurement before.
        if first.expanded_uncertainty > 0 and not below(bounds, limit):
            assert not below(other, limit)


def p3(bounds: Bounds, limit: Fraction) -> None:
    """Removing a source never yields "below"."""
    for source in ("declared", "derived_lo", "derived_hi"):
        assert not below(replace(bounds, **{source: None}), limit)
    assert not below(replace(bounds, measured=()), limit)


@given(limited(), thousandths(0, 20_000_000), thousandths(1000, 5000))
@settings(max_examples=200, deadline=None)
def test_p1_p2_p3(drawn: tuple[Bounds, Fraction], more: Fraction, factor: Fraction):
    bounds, limit = drawn
    p1(bounds, limit, more)
    p2(bounds, limit, factor, more)
    p3(bounds, limit)


@pytest.mark.slow
@given(limited(), thousandths(0, 20_000_000), thousandths(1000, 5000))
@settings(max_examples=10_000, deadline=None)
def test_p1_p2_p3_at_length(drawn: tuple[Bounds, Fraction], more: Fraction, factor: Fraction):
    bounds, limit = drawn
    p1(bounds, limit, more)
    p2(bounds, limit, factor, more)
    p3(bounds, limit)


@given(BOUNDS)
@settings(max_examples=50, deadline=None)
def test_p4_a_bound_at_the_limit_is_never_below_it(bounds: Bounds):
    for limit in {*bounds.uppers.values(), *bounds.lowers.values()}:
        assert not below(bounds, limit)


@given(limited(), thousandths(1, 1_000_000))
@settings(max_examples=50, deadline=None)
def test_p5_the_unit_does_not_matter(drawn: tuple[Bounds, Fraction], unit: Fraction):
    bounds, limit = drawn

    def scaled(value: Fraction | None) -> Fraction | None:
        return None if value is None else value * unit

    fields = ("declared", "declared_step", "derived_lo", "derived_hi", "claimed")
    readings = tuple(
        replace(
            one, value=one.value * unit, standard_uncertainty=one.standard_uncertainty * unit,
            expanded_uncertainty=one.expanded_uncertainty * unit, quantised=scaled(one.quantised),
        )
        for one in bounds.measured
    )  # fmt: skip
    other = replace(bounds, measured=readings, **{name: scaled(getattr(bounds, name)) for name in fields})
    here, there = conclude(bounds, limit, RULE), conclude(other, limit * unit, RULE)
    assert (here.conclusion, here.code, here.binding) == (there.conclusion, there.code, there.binding)


def agree(bounds: Bounds) -> bool:
    """Whether the drawn sources agree within 0.5 %, each reading may show "at most", and none is rejected."""
    declared, low, high = bounds.declared, bounds.derived_lo, bounds.derived_hi
    assert declared is not None
    assert low is not None
    assert high is not None
    return (
        bounds.claimed is None
        and low * 995 <= declared * 1000 <= high * 1005
        and all(
            one.shows_at_most
            and one.quantised is None
            and 0 < one.standard_uncertainty <= one.value / 50
            and one.value * 1000 <= min(declared, high) * 1005
            and one.value / one.efficiency_floor >= low
            for one in bounds.measured
        )
    )


def test_agreeing_sources_are_drawn_often():
    """Else what is said of them would be said of nothing."""
    drawn: list[Bounds] = []

    @seed(1)
    @settings(max_examples=200, database=None)
    @given(agreeing())
    def draw(bounds: Bounds) -> None:
        drawn.append(bounds)

    draw()
    assert len([bounds for bounds in drawn if agree(bounds)]) >= 5


@given(agreeing())
@settings(max_examples=150, deadline=None)
def test_just_above_every_upper_bound_agreeing_sources_say_below(bounds: Bounds):
    """So that the properties are not held by a rule that never says it."""
    limit = max(bounds.uppers.values())
    found = conclude(bounds, limit + Fraction(1, 1000), RULE)
    if agree(bounds):
        assert found.conclusion == "below"
    elif found.conclusion != "below":
        assert found.code.startswith(("DEC-I-", "DEC-R-UNCERTAINTY"))
        assert found.code != "DEC-I-GUARD"
    assert conclude(bounds, limit, RULE).conclusion != "below"


@pytest.mark.parametrize(
    ("change", "u", "k"),
    [
        # U = 157.344 at k = 1 is u = 157.344, and the method's factor is 1.96.
        (both(put("measurements.1.expanded_uncertainty", "9.834"), put("measurements.1.coverage_factor", "1")),
         "157.344", "1.959963985"),
        # U = 314.688 at k = 2 is u = 157.344, and two degrees of freedom bring k = 4.30.
        (put("measurements.1.degrees_of_freedom", 2), "157.344", "4.302652730"),
        (put("measurements.1.degrees_of_freedom", 1000000), "157.344", "2"),
    ],
)  # fmt: skip
def test_p6_the_coverage_factor_is_the_methods_or_a_larger_one(judged, change, u: str, k: str):
    expected = (Fraction(14304) + Fraction(k) * Fraction(u)) / Fraction("0.6")
    assert float(Fraction(statement(judged(change), "tpp").bound)) == pytest.approx(float(expected), abs=1e-6)


def test_p2_holds_of_reports_with_two_measurements(judged):
    """However wide the faster of two is stated, the slower one does not stand in for it."""
    narrow = {"value": "4.4", "raw": {"unit": "TB/s", "samples": ["4.4"]}, "expanded_uncertainty": "0.1"}
    found = []
    for wide in ("0.1", "0.17", "0.175", "0.2", "0.4", "1", "4.3", "9"):
        verdict = judged(both(put("declared.total_dram_bandwidth.value", "4916.736"),
                              add({**narrow, "expanded_uncertainty": wide})))  # fmt: skip
        found.append(statement(verdict, "total_dram_bandwidth").conclusion)
    # 0.17 / 2 / 4.4 = 1.93 % and 0.175 / 2 / 4.4 = 1.99 % are accepted of a measurement, 2.27 % is not.
    assert found == ["below"] * 3 + ["rejected"] * 5


# --- Reports --------------------------------------------------------------------------------------------------------


def statement(verdict: Verdict, quantity: str) -> Assurance:
    (found,) = [one for one in verdict.assurance if one.quantity == quantity]
    return found


def test_the_sample_report_by_hand(judged):
    """TPP: 894 x 16 = 14304, U = 19.668 x 16 = 314.688, over 0.60: 24364.48, which is 3364.48 above 21,000.

    A reading m with the same U / m = 0.022 would pass below 21000 x 0.60 / 1.022 = 12328.767, or with a floor above
    14618.688 / 21000 = 0.69613. DRAM: (4300 + 94.6) / 0.80 = 5493.25, which is 1006.75 below 6,500.
    """
    verdict = judged()
    tpp, dram = statement(verdict, "tpp"), statement(verdict, "total_dram_bandwidth")
    assert (tpp.conclusion, tpp.code, tpp.binding) == ("inconclusive", "DEC-I-GUARD", "measured")
    assert (tpp.bound, tpp.margin, tpp.false_accept_risk) == ("24364.48", "-3364.48", None)
    assert tpp.sufficient == (
        "a reading below 12328.76 TPP at the same relative uncertainty and floor",
        "an efficiency floor above 0.6962 for this kernel, from reference devices",
    )
    assert (dram.conclusion, dram.code, dram.binding) == ("below", "DEC-P", "measured")
    assert (dram.bound, dram.margin, dram.false_accept_risk, dram.sufficient) == ("5493.25", "1006.75", "0.085", ())
    assert "at most 8.5 % = 2.5 % (measurement) + 5 %" in dram.statement
    assert verdict.outcome == "pass"


def sessions(samples: list[list[str]], value: str, **other: object):
    """Give the DRAM measurement samples by session, in TB/s."""

    def change(report: dict[str, Any]) -> None:
        one = report["measurements"][2]
        one["raw"] = {
            "unit": "TB/s", "samples": [sample for part in samples for sample in part],
            "sessions": [len(part) for part in samples],
        }  # fmt: skip
        one |= {"value": value, "statistic": "mean", **other}

    return change


SPREAD = [["4.281", "4.279", "4.283"], ["4.205", "4.203", "4.207"], ["4.262", "4.260", "4.264"]]


def test_an_uncertainty_below_that_of_the_sessions_is_found_and_raised(judged):
    """Means 4281, 4205, 4262: s² / 3 = 521.444, u = 22.8352, k = 4.302652730, U = 98.2515; over 0.80 from 4283 (the
    highest sample): 5476.56."""
    verdict = judged(sessions(SPREAD, "4.2493", expanded_uncertainty="0.0259", coverage_factor="2.306"))
    assert codes(verdict) == {"uncertainty-understated"}
    found = statement(verdict, "total_dram_bandwidth")
    assert float(Fraction(found.bound)) == pytest.approx((4283 + 4.302652730 * 521.4444444**0.5) / 0.8, abs=1e-5)
    assert "recomputed" in found.statement
    assert verdict.outcome == "undecided"


@pytest.mark.parametrize(
    ("stated", "understated"), [("0.0935", True), ("0.0936", False), ("0.0983", False), ("0.2", False)]
)
def test_a_stated_uncertainty_may_be_rounded_and_no_more(judged, stated: str, understated: bool):
    """U = 98.2515 GB/s; 98.2515 / 1.05 = 93.573."""
    verdict = judged(sessions(SPREAD, "4.2493", expanded_uncertainty=stated, coverage_factor="4.3027"))
    assert codes(verdict) == ({"uncertainty-understated"} if understated else set())


def test_what_is_stated_is_never_made_smaller(judged):
    """Sessions that agree to 0.01 % leave the stated 94.6 GB/s as they are."""
    quiet = [["4.3", "4.3001"], ["4.3001", "4.3002"], ["4.2999", "4.3"]]
    verdict = judged(sessions(quiet, "4.30005"))
    found = statement(verdict, "total_dram_bandwidth")
    assert Fraction(found.bound) == (Fraction("4300.2") + Fraction("94.6")) / Fraction("0.8")
    assert "recomputed" not in found.statement


@pytest.mark.parametrize("lengths", [[9], [3, 3], [9, 0], [4, 4, 4], []])
def test_sessions_that_tell_nothing_apart_leave_what_is_stated(judged, lengths: list[int]):
    change = sessions(SPREAD, "4.2493", expanded_uncertainty="0.0259", coverage_factor="2.306")
    verdict = judged(both(change, put("measurements.2.raw.sessions", lengths)))
    assert "uncertainty-understated" not in codes(verdict)
    assert "recomputed" not in statement(verdict, "total_dram_bandwidth").statement


def test_the_resolution_adds_to_the_spread(judged):
    """A step of 0.1 TB/s: 100² / 6 beside 521.444, with (2188.11)² / (521.444² / 2) = 35.2 degrees: k = 2.0301."""
    change = sessions(SPREAD, "4.2493", expanded_uncertainty="0.09", coverage_factor="2")
    verdict = judged(both(change, put("measurements.2.raw.resolution", "0.1")))
    (found,) = [one for one in verdict.findings if one.code == "uncertainty-understated"]
    assert found.need.startswith("at least 94.963 GB/s: u = 46.777 with 35.217 degrees of freedom")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (put("measurements.2.expanded_uncertainty", None), "DEC-I-MISSING"),
        (put("measurements.2.expanded_uncertainty", "0.4"), "DEC-R-UNCERTAINTY"),
        (put("measurements.2.degrees_of_freedom", 0), "DEC-R-UNCERTAINTY"),
        (put("measurements.2.source.kind", "published"), "DEC-I-MISSING"),
        (put("measurements.2.source.kind", "fictional"), "DEC-I-MISSING"),
        (put("lot.units.0.state.thermal_slowdown", True), "DEC-I-MISSING"),
        (put("custody.1.from_party", "Somebody Else"), "DEC-R-VOID"),
        (put("declared.total_dram_bandwidth.value", "6500"), "DEC-F-DECLARED"),
        (put("declared.total_dram_bandwidth", None), "DEC-I-MISSING"),
        (put("declared.total_dram_bandwidth.value", "6499.999"), "DEC-I-DECLARED-HIGH"),
        (put("declared.total_dram_bandwidth.value", "4890"), "DEC-I-DECLARED-LOW"),
    ],
)
def test_reports_come_to_their_conclusions(judged, change, code: str):
    found = statement(judged(change), "total_dram_bandwidth")
    assert found.code == code
    assert found.conclusion == ASSURANCE_CATALOGUE[code].conclusion


def quantised(**other: object):
    """1,230 TFLOP/s in fp8 at 1,200 MHz: 7765.2 of 8192 per unit and clock, whose double is out of reach."""

    def change(report: dict[str, Any]) -> None:
        for one in report["measurements"][:2]:
            one |= {
                "number_format": "fp8_e4m3", "value": "1230", "expanded_uncertainty": "20",
                "sampled_sm_clock_mhz": "1200", **other,
            }  # fmt: skip
            one["raw"] = {"unit": "TFLOP/s", "samples": [one["value"]]}

    return change


def test_a_sampled_clock_can_leave_one_rate(judged):
    """At 1,980 MHz and 8 bit: 132 x 8192 x 1.98 x 8 = 17128.48896; the floor would give (9840 + 160) / 0.6 = 16666.67.

    So the floor binds here; at 1,600 TFLOP/s and 1,600 MHz it would give 21,600 and the rate per clock 17,128.49.
    """
    assert statement(judged(quantised()), "tpp").bound == "17128.48896"  # the derivation, which is the same
    found = statement(judged(quantised(value="1600", sampled_sm_clock_mhz="1600")), "tpp")
    assert (found.code, found.bound) == ("DEC-P", "17128.48896")
    without = statement(judged(quantised(value="1600", sampled_sm_clock_mhz=None)), "tpp")
    # (12800 + 160) / 0.6 = 21600.
    assert (without.code, without.bound) == ("DEC-I-GUARD", "21600")


def with_clocks(*clocks: str):
    """The clocks that were seen during two samples."""
    samples = put("measurements.1.raw.samples", ["1600", "1599"])
    return both(samples, put("measurements.1.raw.clocks_mhz", list(clocks)))


@pytest.mark.parametrize(
    ("change", "bound"),
    [
        (with_clocks("1601", "1599"), "17128.48896"),
        (with_clocks("1600", "2000"), "21600"),  # more than 0.5 % above 1,980 MHz
        (with_clocks("1600", "700"), "21600"),  # 1600e12 / (132 x 0.7e9) = 17316, which is 0.8 of more than 16384
        (put("measurements.1.sampled_sm_clock_mhz", "0"), "21600"),
        (put("measurements.1.number_format", "int8"), "17128.48896"),
        (put("measurements.1.expanded_uncertainty", "700"), None),
        (put("lot.units.0.state.thermal_slowdown", True), None),
    ],
)
def test_a_rate_counts_only_with_every_clock_that_was_seen(judged, change, bound: str | None):
    slower = both(put("measurements.0.value", "1500"), put("measurements.0.raw.samples", ["1500"]))
    report = both(quantised(value="1600", sampled_sm_clock_mhz="1600"), slower, change)
    assert statement(judged(report), "tpp").bound == bound


def test_a_slow_kernel_leaves_the_floor_to_bind(judged):
    """1600 at 1,980 MHz: 6121.8 of 8192 is 0.747, below the 0.80 of such a kernel."""
    found = statement(judged(quantised(value="1600", sampled_sm_clock_mhz="1980")), "tpp")
    assert (found.code, found.bound) == ("DEC-I-GUARD", "21600")


# --- What is required beyond the law --------------------------------------------------------------------------------


def required(report: dict[str, Any], *wanted: str) -> Verdict:
    return harness.verify(json.dumps(report).encode(), require=wanted)


def test_a_required_assurance_decides(h200: dict[str, Any]):
    assert required(h200).outcome == "pass"
    verdict = required(h200, "assurance=below")
    assert verdict.outcome == "undecided"
    assert verdict.receipt.required == ("assurance=below",)
    quantised(value="1600", sampled_sm_clock_mhz="1600")(h200)
    assert required(h200, "assurance=below", "assurance=below").outcome == "pass"


def as_statement(conclusion: str) -> Assurance:
    return Assurance.model_construct(quantity="q", conclusion=conclusion, code="DEC")


@pytest.mark.parametrize(
    ("conclusions", "outcome"),
    [
        ((), "undecided"), (("below",), "pass"), (("below", "inconclusive"), "undecided"),
        (("below", "rejected"), "undecided"), (("inconclusive", "not-below"), "fail"), (("below", "not-below"), "fail"),
    ],
)  # fmt: skip
def test_a_missing_assurance_is_undecided_and_a_proven_one_fails(conclusions: tuple[str, ...], outcome: str):
    assert assurance_is_below([as_statement(one) for one in conclusions])[0] == outcome


@pytest.mark.parametrize("wanted", ["assurance", "assurance=", "assurance=above", "custom=1", "", "=", "=below"])
def test_what_cannot_be_required_is_refused_with_what_can(h200: dict[str, Any], wanted: str, capsys):
    with pytest.raises(WrongUsage, match="there is assurance=below"):
        required(h200, wanted)
    assert main(["verify", str(REPORTS / "h200-sxm.json"), "--require", wanted]) == 2
    assert "there is assurance=below" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("h200-sxm", 3, "UNDECIDED  SAMPLE-H200-2026-0001: assurance=below undecided; 83 of 83 criteria hold"),
        ("b200-above-gate", 1, "assurance=below fails"),
    ],
)
def test_the_command_says_what_was_required(name: str, code: int, said: str, capsys):
    assert main(["verify", str(REPORTS / f"{name}.json"), "--require", "assurance=below"]) == code
    assert said in capsys.readouterr().out


def test_questions_about_the_law_do_not_go_with_it(capsys):
    report = str(REPORTS / "h200-sxm.json")
    for question in (["--flip"], ["--why-not", "pass"], ["--what-if", "tpp=1"]):
        assert main(["verify", report, "--require", "assurance=below", *question]) == 2
    capsys.readouterr()


@pytest.mark.parametrize("form", ["json", "markdown", "junit", "sarif"])
def test_every_format_shows_what_was_required(form: str, capsys):
    assert main(["verify", str(REPORTS / "h200-sxm.json"), "--require", "assurance=below", "--format", form]) == 3
    out = capsys.readouterr().out
    assert "assurance=below" in out
    if form == "json":
        assert json.loads(out)["required"][0]["outcome"] == "undecided"


def test_a_verdict_with_what_was_required_is_replayed(tmp_path, capsys):
    assert main(["verify", str(REPORTS / "h200-sxm.json"), "--require", "assurance=below", "--format", "json"]) == 3
    (tmp_path / "verdict.json").write_text(capsys.readouterr().out, encoding="utf-8")
    assert main(["replay", str(tmp_path / "verdict.json"), "--reports", str(REPORTS)]) == 0
    assert "reproduced" in capsys.readouterr().out


def test_a_verdict_without_it_has_no_such_field(h200: dict[str, Any]):
    written = json.loads(required(h200).model_dump_json(by_alias=True))
    assert "required" not in written
    assert "required" not in written["receipt"]


# --- The method -----------------------------------------------------------------------------------------------------


def test_floors_follow_from_their_devices():
    """η_lo = mean - k1 s, k1 for the method's content and confidence; where it is lower, the agreed floor stands."""
    method, _ = read_method()
    assert method.assurance is not None
    agreed = {floor.quantity: floor.floor for floor in method.efficiency_floors}
    for floor in method.assurance.floors:
        of = floor.reference
        factor = one_sided_limit_factor(of.devices, method.floor_content, method.floor_confidence)
        assert 0 <= Fraction(of.tolerance_factor) - factor < Fraction(1, 10**6)
        assert 0 <= of.mean - of.tolerance_factor * of.spread - of.limit < Decimal("0.0001")
        if floor.basis == "derived":
            assert floor.floor == of.limit >= agreed[floor.quantity]
        else:
            assert floor.floor == agreed[floor.quantity] > of.limit
    assert {floor.quantity for floor in method.assurance.floors if floor.basis == "agreed"} == set(agreed)


def test_the_risk_sentence_takes_its_numbers_from_the_method(h200_text: str):
    """0.01, 0.98 and 0.98 give 1 + 2 + 2 = 5 %."""
    case = read_case(h200_text.encode(), "the report", None, None)
    changed = case.method.model_copy(
        update={
            "false_accept_risk": Decimal("0.01"),
            "floor_confidence": Decimal("0.98"),
            "floor_content": Decimal("0.98"),
        }
    )
    assert "at most 5 % = 1 % (measurement) + 2 % (confidence" in risk_sentence(replace(case, method=changed))


def test_a_method_of_before_gives_the_statement_and_no_finding(h200: dict[str, Any]):
    sessions(SPREAD, "4.2493", expanded_uncertainty="0.0259", coverage_factor="2.306")(h200)
    case = read_case(json.dumps(h200).encode(), "the report", None, None)
    old = case.method.model_copy(update={"assurance": None})
    verdict = decide(replace(case, method=old), read_law())
    assert codes(verdict) == set()
    assert len(verdict.assurance) == 2


def test_every_code_is_explained_and_reached_by_the_rule():
    law = read_law()
    for code, entry in ASSURANCE_CATALOGUE.items():
        assert entry.meaning in (explain(code, law) or "")
        assert entry.meaning in (explain(code.lower(), law) or "")
    docs = (REPORTS.parent / "docs" / "assurance.md").read_text(encoding="utf-8")
    assert all(f"`{code}`" in docs for code in ASSURANCE_CATALOGUE)


def test_a_conclusion_names_what_was_held_against_what():
    found = conclude(case("1979", "1", "1600"), T, RULE)
    assert (found.against, found.reached) == (T, ("measured",))


def test_without_a_coverage_factor_the_stated_uncertainty_still_counts_at_the_lower_end():
    """1,000 - 40 TFLOP/s by 16 bits are 15,360: what is shown at least, though nothing is shown "at most"."""

    def change(report: dict[str, Any]) -> None:
        one = report["measurements"][1]
        samples = {"unit": one["raw"]["unit"], "samples": ["1000"]}
        one.update(value="1000", statistic="max", expanded_uncertainty="40", coverage_factor=None, raw=samples)
        report["measurements"] = [other for other in report["measurements"] if other is one or
                                  other["measurand"] != "compute_rate"]  # fmt: skip

    report = json.loads(h200_alone())
    change(report)
    case = read_case(json.dumps(report).encode(), "the report", None, None)
    findings = all_findings(case)
    found = measured_bounds(case, quantities(case, findings)["tpp"], findings)
    assert [one.measured.lower for one in found] == [Fraction(960 * 16)]

"""Formulas against their sources and against arithmetic shown here."""

import doctest
import importlib
import pkgutil
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import harness.metrics
from harness.errors import UndefinedMetric
from harness.metrics.assurance import Bounds, conclude
from harness.metrics.dram_bandwidth import dram_bandwidth_gb_s
from harness.metrics.guard_band import at_or_below
from harness.metrics.interconnect import interconnect_bandwidth_gb_s
from harness.metrics.peak import peak_rate_tops
from harness.metrics.performance_density import performance_density
from harness.metrics.statistic import summary
from harness.metrics.tpp import highest_tpp, tpp
from harness.model.device_state import Link

MODULES = [name for _, name, _ in pkgutil.iter_modules(harness.metrics.__path__, "harness.metrics.")]


@pytest.mark.parametrize("name", [*MODULES, "harness.model.quantity", "harness.codec.documents"])
def test_examples_in_docstrings_are_true(name: str):
    result = doctest.testmod(importlib.import_module(name))
    assert result.failed == 0


@pytest.mark.parametrize(("rate", "number_format"), [("600", "int8"), ("300", "fp16")])
def test_official_examples_give_4800(rate: str, number_format: str):
    """Technical note 2 to 3A090: 600 TOPS at 8 bits and 300 TFLOPS at 16 bits are both 4800."""
    assert tpp(Decimal(rate), number_format) == 4800


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        ({"fp8_e4m3": "1979", "bf16": "989.4"}, "15832"),  # 1979 x 8 = 15832 > 989.4 x 16 = 15830.4
        ({"fp8_e4m3": "2614.9", "fp16": "1307.4"}, "20919.2"),  # 2614.9 x 8 > 1307.4 x 16 = 20918.4
        ({"fp16": "148"}, "2368"),
        ({"fp4": "9000", "fp8_e4m3": "4500", "bf16": "2250"}, "36000"),
        ({}, None),
    ],
)
def test_tpp_is_the_largest_over_formats(rates: dict[str, str], expected: str | None):
    found = highest_tpp({name: Decimal(rate) for name, rate in rates.items()})
    assert found == (None if expected is None else Decimal(expected))


def test_density_is_exact_and_undefined_without_area():
    assert performance_density(Decimal(15832), Decimal(814)) == Fraction(15832, 814)
    with pytest.raises(UndefinedMetric):
        performance_density(Decimal(15832), Decimal(0))


@pytest.mark.parametrize(
    ("bus", "clock", "expected"),
    [(5120, "2619", "3352.32"), (6144, "3201", "4916.736"), (7680, "3996", "7672.32"), (5120, "1215", "1555.2")],
)
def test_dram_bandwidth_follows_from_bus_and_rate(bus: int, clock: str, expected: str):
    """Bus x clock x 2 / 8: the driver figures of H100, H200, B200 and A100 40 GB."""
    assert dram_bandwidth_gb_s(bus, Decimal(clock), 2) == Decimal(expected)


def test_peak_follows_from_units_clock_and_operations():
    """132 x 4096 x 1830 MHz = 989.43 T; 108 x 4096 x 1410 MHz = 623.7 T."""
    assert peak_rate_tops(132, 4096, Decimal(1830)) == Decimal("989.42976")
    assert peak_rate_tops(108, 4096, Decimal(1410)) == Decimal("623.73888")


def test_interconnect_counts_both_directions_and_the_system_bus_and_leaves_out_the_package():
    links = [
        Link(name="NVLink 3", count=12, rate=Decimal(25), unit="GB/s"),
        Link(name="PCIe 4.0 lane", count=16, rate=Decimal(16), unit="Gbit/s"),
        Link(name="die to die", count=1, rate=Decimal(10000), unit="GB/s", same_package=True),
    ]
    assert interconnect_bandwidth_gb_s(links) == 12 * 25 * 2 + 16 * 2 * 2


FIGURE = st.decimals(min_value=0, max_value=10**6, places=3, allow_nan=False)


@given(FIGURE, FIGURE, FIGURE, FIGURE)
def test_wider_uncertainty_never_decides_what_was_undecided(m: Decimal, u: Decimal, more: Decimal, declared: Decimal):
    if at_or_below(m, u, declared) == "undecided":
        assert at_or_below(m, u + more, declared) == "undecided"


@given(FIGURE, FIGURE, FIGURE, FIGURE)
def test_a_higher_value_never_helps(m: Decimal, more: Decimal, u: Decimal, declared: Decimal):
    order = ["holds", "undecided", "fails"]
    assert order.index(at_or_below(m, u, declared)) <= order.index(at_or_below(m + more, u, declared))


@given(FIGURE, FIGURE)
def test_without_uncertainty_the_rule_is_at_or_below(m: Decimal, declared: Decimal):
    assert at_or_below(m, Decimal(0), declared) == ("holds" if m <= declared else "fails")


def test_summaries_are_exact():
    samples = [Decimal("0.1"), Decimal("0.2"), Decimal("0.4")]
    assert summary(samples, "mean") == Fraction(7, 30)
    assert summary(samples, "median") == Fraction(1, 5)
    assert (summary(samples, "max"), summary(samples, "min")) == (Fraction(2, 5), Fraction(1, 10))
    assert summary(samples, "count") == Fraction(7, 10)
    with pytest.raises(UndefinedMetric):
        summary([], "mean")
    with pytest.raises(UndefinedMetric):
        summary(samples, "mode")


# Decision cases of the assurance rule: T = 21,000 TPP; declared rate x 8; a- and a+ from 132 x 8192 x clock x 8;
# u = 0.8 %, 9 degrees of freedom, k = 2.2622; efficiency floor 0.60. The expected numbers are the published ones.
T = Fraction(21000)
A_LO, A_HI = Fraction("15830.876160"), Fraction("17128.488960")
K = Fraction("2.262157")


def case(declared: str | None, step: str, measured: str | None, **other: Fraction) -> Bounds:
    value = None if measured is None else Fraction(measured) * 8
    return Bounds(
        declared=None if declared is None else Fraction(declared) * 8,
        declared_step=Fraction(step) * 8,
        derived_lo=other.get("lo", A_LO),
        derived_hi=other.get("hi", A_HI),
        measured=value,
        expanded_uncertainty=Fraction(0) if value is None else value * Fraction("0.008") * K,
        efficiency_floor=other.get("floor", Fraction("0.60")),
    )


@pytest.mark.parametrize(
    ("bounds", "code", "binding", "bound"),
    [
        pytest.param(case("1979", "1", "1450"), "DEC-P", "measured", "19683.21", id="D-A"),
        pytest.param(case("1979", "1", "1600"), "DEC-I-GUARD", "measured", "21719.41", id="D-B"),
        pytest.param(case("1979", "1", "2700"), "DEC-F-MEASURED", "measured", "21209.10", id="D-C"),
        pytest.param(case("1979", "1", "2620"), "DEC-I-UNDERSTATED", None, None, id="D-D"),
        pytest.param(case("2625", "1", "1450"), "DEC-F-DECLARED", "declared", "21000.00", id="D-E"),
        pytest.param(
            case("2620", "10", "1800", lo=Fraction(19900), hi=Fraction(20950), floor=Fraction("0.72")),
            "DEC-I-GUARD", "declared", "21000.00", id="D-F",
        ),
        pytest.param(case("1979", "1", "900"), "DEC-I-UNDERPERFORM", None, None, id="D-G"),
        pytest.param(case("1979", "1", None), "DEC-I-MISSING", None, None, id="D-I"),
        pytest.param(case(None, "1", "1450"), "DEC-I-MISSING", None, None, id="nothing declared"),
    ],
)  # fmt: skip
def test_assurance_reaches_the_published_conclusions(bounds: Bounds, code: str, binding: str | None, bound: str | None):
    found = conclude(bounds, T, Fraction("0.005"))
    assert (found.code, found.binding) == (code, binding)
    if bound is not None:
        assert round(float(found.bound), 2) == float(bound)


def test_assurance_on_dram_bandwidth_reaches_the_published_conclusion():
    """D-H: 4.8 TB/s (0.1), A = 4800, m = 4300, u = 0.4 %, 19 degrees of freedom, floor 0.80, T = 6500."""
    bounds = Bounds(
        declared=Fraction(4800), declared_step=Fraction(100), derived_lo=Fraction(4800), derived_hi=Fraction(4800),
        measured=Fraction(4300), expanded_uncertainty=Fraction(4300) * Fraction("0.004") * Fraction("2.093024"),
        efficiency_floor=Fraction("0.80"),
    )  # fmt: skip
    found = conclude(bounds, Fraction(6500), Fraction("0.005"))
    assert (found.code, found.binding, round(float(found.bound), 2)) == ("DEC-P", "measured", 5420.00)


BOUND = st.fractions(min_value=1, max_value=40000, max_denominator=10)
ANY_BOUNDS = st.builds(
    Bounds,
    declared=st.none() | BOUND, declared_step=st.fractions(0, 100, max_denominator=10), derived_lo=st.none() | BOUND,
    derived_hi=st.none() | BOUND, measured=st.none() | BOUND,
    expanded_uncertainty=st.fractions(0, 500, max_denominator=10),
    efficiency_floor=st.fractions("1/10", 1, max_denominator=10),
)  # fmt: skip


@given(ANY_BOUNDS, BOUND, BOUND)
def test_a_higher_limit_never_takes_assurance_away(bounds: Bounds, limit: Fraction, more: Fraction):
    if conclude(bounds, limit, Fraction("0.005")).conclusion == "below":
        assert conclude(bounds, limit + more, Fraction("0.005")).conclusion == "below"


@given(ANY_BOUNDS)
def test_a_bound_equal_to_the_limit_is_never_below_it(bounds: Bounds):
    for limit in (bounds.declared, bounds.derived_lo, bounds.derived_hi, bounds.measured):
        if limit is not None:
            assert conclude(bounds, limit, Fraction("0.005")).conclusion != "below"

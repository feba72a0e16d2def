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

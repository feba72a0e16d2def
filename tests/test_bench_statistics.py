"""What the bench states of its samples: when they are enough, how uncertain they are, which format an error shows."""

import math
import statistics
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.bench.figures import rate, rates, seconds, step_of
from harness.bench.pattern import words
from harness.bench.plan import Seed, seed_from_challenge
from harness.bench.proofs import is_no_product
from harness.bench.stopping import Stopping, steadiness
from harness.bench.uncertainty import uncertainty_of

MADE = {"resolution_s": Decimal("1E-9"), "duration_s": Decimal("0.1")}


def test_repeats_inside_a_session_are_not_pooled():
    """Sessions of 4: medians 1450.5, 1442, 1455.5; mean 1449.333, squares 1.361 + 53.778 + 38.028 = 93.167;
    s = sqrt(93.167 / 2) = 6.8252, u = s / sqrt(3) = 3.9406 (of their means it is 3.9291, the smaller), k = 4.3027."""
    sessions = [[1448, 1452, 1450, 1451], [1441, 1443, 1444, 1440], [1456, 1455, 1457, 1454]]
    samples = [[Decimal(one) for one in session] for session in sessions]
    found = uncertainty_of(samples, "median", **MADE)
    assert found.degrees_of_freedom == 2
    assert found.coverage_factor == Decimal("4.3027")
    # 4.3027 x 3.9406 = 16.955, and never rounded down.
    assert found.expanded == 17
    highest = uncertainty_of(samples, "max", **MADE)
    # Of maxima 1452, 1444, 1457: s = sqrt((1 + 49 + 36) / 2) = 6.5574 about 1451; not divided, for it is no mean.
    assert float(highest.expanded) == pytest.approx(4.3027 * 6.5574, rel=0.005)


def test_one_session_states_no_uncertainty():
    found = uncertainty_of([[Decimal(1), Decimal(2)]], "max", **MADE)
    assert (found.expanded, found.coverage_factor, found.degrees_of_freedom) == (None, None, None)


def test_the_step_of_the_timer_remains_where_sessions_agree():
    """A start and a stop, each within a step of 1 ms: u = 0.001 / sqrt(6) of 0.1 s, 0.408 %."""
    found = uncertainty_of(
        [[Decimal(100)], [Decimal(100)]], "max", resolution_s=Decimal("0.001"), duration_s=Decimal("0.1")
    )
    assert float(found.expanded) == pytest.approx(1.96 * 0.408, rel=0.01)


def taking(durations: list[float], longest_s: float = 100) -> Stopping:
    rule = Stopping(longest_s)
    for duration in durations:
        rule.take(duration)
    return rule


@pytest.mark.parametrize(("count", "enough"), [(9, False), (10, True), (11, True)])
def test_ten_samples_are_needed(count: int, enough: bool):
    assert (taking([0.1] * count).reason(0) is not None) is enough


@pytest.mark.parametrize(("duration", "enough"), [(0.03124, False), (0.03125, True), (0.03126, True)])
def test_half_a_second_of_work_is_needed(duration: float, enough: bool):
    """Sixteen samples of 1/32 s are half a second, exactly."""
    assert (taking([duration] * 16).reason(0) is not None) is enough


@pytest.mark.parametrize(("noise", "enough"), [(0.00499, True), (0.00501, False)])
def test_the_relative_standard_deviation_must_be_below_half_a_percent(noise: float, enough: bool):
    """Ten samples at 1 ± d have a standard deviation of d sqrt(10 / 9)."""
    spread = noise / math.sqrt(10 / 9)
    assert (taking([1 + spread, 1 - spread] * 5).reason(0) is not None) is enough


def test_noise_that_is_itself_stable_is_enough_and_said():
    assert taking([1.0, 1.2] * 20).reason(0) is None
    assert "the noise itself is stable" in str(taking([1.0, 1.2] * 80).reason(0))


def test_the_time_limit_names_every_condition_that_is_not_met():
    said = taking([0.01, 0.02], longest_s=1).reason(1.0)
    assert said is not None
    assert "2 samples of at least 10" in said
    assert "0.03 s of at least 0.5 s" in said
    assert "relative standard deviation 47.14%" in said
    assert taking([0.01, 0.02], longest_s=1).reason(0.99) is None
    # One sample at least, however late it is.
    assert taking([], longest_s=1).reason(5) is None


@given(st.lists(st.floats(1e-6, 10), min_size=2, max_size=50))
def test_noise_that_is_carried_on_is_the_noise_of_all_samples(durations: list[float]):
    need = statistics.stdev(durations) / statistics.fmean(durations)
    assert taking(durations).noise() == pytest.approx(need, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(("slower", "steady"), [(1.009, True), (1.011, False)])
def test_steady_is_at_most_one_percent_slower_in_the_last_half(slower: float, steady: bool):
    assert steadiness([1.0] * 4 + [slower] * 4).startswith("steady") is steady


@pytest.mark.parametrize(("high", "steady"), [(1.099, True), (1.13, False)])
def test_steady_is_a_spread_of_at_most_ten_percent(high: float, steady: bool):
    """Both halves alike, so that only the spread can tell: one sample of four above the others."""
    half = [1.0, 1.0, 1.0, high]
    assert steadiness(half * 2).startswith("steady") is steady


def test_fewer_windows_show_nothing():
    assert steadiness([1.0] * 7) == "not shown to be steady: 7 windows of 8"


@given(st.integers(1, 10**15), st.integers(1, 10**12))
def test_a_rate_is_its_work_over_its_time_to_nine_digits(work: int, nanoseconds: int):
    duration = Decimal(nanoseconds).scaleb(-9)
    need = work / (nanoseconds * 1e-9) / 1e9
    found = rate(work, duration, "GB/s")
    assert float(found) == pytest.approx(need, rel=1e-8)
    (stepped,) = rates(work, (duration,), "GB/s", step_of(found))
    assert abs(stepped - found) <= step_of(found)


@pytest.mark.parametrize(("value", "text"), [(0.0, "1E-9"), (1e-12, "1E-9"), (1.0, "1.000000000")])
def test_no_duration_is_0(value: float, text: str):
    assert str(seconds(value)) == text


@pytest.mark.parametrize(
    ("error", "wrong"), [(0.259, False), (0.26, False), (0.261, True), (math.inf, True), (math.nan, True)]
)
def test_twice_the_error_of_the_coarsest_format_is_no_product(error: float, wrong: bool):
    assert is_no_product(error) is wrong


@given(st.integers(0, 2**63 - 1), st.integers(0, 2**40))
def test_no_two_addresses_share_a_word(seed: int, first: int):
    """splitmix64 is a bijection of the counter: words of one seed differ, wherever they are."""
    found = words(seed, first, 4096)
    assert len({int(word) for word in found}) == 4096
    assert (found == words(seed, first + 2**18, 4096)).sum() == 0


def test_a_challenge_gives_one_seed_and_does_not_show_itself():
    seed = seed_from_challenge(b"\x01" * 32)
    assert seed == seed_from_challenge(b"\x01" * 32) != seed_from_challenge(b"\x02" * 32)
    assert seed.nonce_sha256 not in (seed.hex, None)
    assert seed.number("a") != seed.number("b")


def test_an_unknown_shape_is_of_about_the_same_work():
    from harness.bench.device import Shape

    for n in range(50):
        shape = Seed(hex="00").shape_near(Shape(2048, 8192, 100), str(n))
        assert 1536 <= shape.m <= 2560
        assert shape.m % 64 == 0
        assert 6144 <= shape.n <= 10240
        assert shape.n % 256 == 0
        assert shape.k in (80, 96, 112, 128)

"""The chances behind the forensics: bounds that exact counts never exceed, and honest samples that raise no alarm."""

import random
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from itertools import permutations, product
from math import comb, pi, tan

import pytest
from conftest import spread
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import UndefinedMetric
from harness.metrics.coincidence import (
    chance_of_block,
    chance_of_progression,
    chance_of_shape,
    found_by_chance,
    in_steps,
    printed_step,
    repeated_block,
    rescaled,
    scatters_less,
    tail,
)
from harness.metrics.grim import possible_mean

# What the method file allows: once in a million reports.
FALSE_ALARM = 1e-6
CHANCE_OF_EQUAL_VALUE = 0.25


def exact_tail(n: int, least: int, chance: Fraction) -> Fraction:
    """The binomial sum itself."""
    return sum((comb(n, k) * chance**k * (1 - chance) ** (n - k) for k in range(least, n + 1)), Fraction(0))


@given(n=st.integers(1, 40), least=st.integers(1, 40), chance=st.fractions(Fraction(1, 100), Fraction(99, 100)))
def test_the_bound_on_a_tail_lies_above_the_sum_and_near_it(n: int, least: int, chance: Fraction):
    if least > n:
        return
    bound, exact = tail(n, least, float(chance)), float(exact_tail(n, least, Fraction(float(chance))))
    assert bound >= exact * (1 - 1e-9)
    # The geometric series is at most the mean's distance off.
    assert least <= n * chance or bound <= exact * (n + 1) * 2


def test_the_chance_of_even_distances_is_the_greatest_over_all_grids():
    """Three samples on 3 to 6 steps: counted out."""
    for steps in range(3, 7):
        every = list(product(range(steps), repeat=3))
        # Neighbouring steps: any other even distance is a grid of its own, as far as the samples show.
        even = [one for one in every if sorted(one) == list(range(min(one), min(one) + 3))]
        bound = chance_of_progression([Decimal(1), Decimal(2), Decimal(3)])
        assert len(even) / len(every) <= bound + 1e-12


def test_the_chance_of_a_block_is_that_of_the_orders_that_repeat_one():
    """Of the 6!/(2!)^3 = 90 orders of aabbcc, 3! repeat a block; of the 6!/(4! 2!) = 15 of aaaabb, 3!/2!."""
    for letters, block, every, some in (("aabbcc", (1, 2, 3), 90, 6), ("aaaabb", (1, 1, 2), 15, 3)):
        orders = set(permutations(letters))
        repeating = [one for one in orders if one[:3] == one[3:]]
        assert (len(orders), len(repeating)) == (every, some)
        assert chance_of_block([Decimal(one) for one in block], 2) == pytest.approx(some / every)


@pytest.mark.parametrize("k", range(2, 60))
def test_no_density_of_samples_makes_a_distance_likelier_than_the_bound(k: int):
    """Ticks between neighbours are k - 1 to k + 1 with q^(k-1) (1 - q^3): tried at a thousand q."""
    likeliest = max((q / 1000) ** (k - 1) * (1 - (q / 1000) ** 3) for q in range(1, 1000))
    assert likeliest <= chance_of_shape([Fraction(n) for n in (0, 1, 1 + k, 901 + k, 2901 + k)], Fraction(1))


@given(block=st.lists(st.integers(0, 9), min_size=1, max_size=6), times=st.integers(1, 4))
def test_a_repeated_block_is_found_with_its_shortest_length(block: list[int], times: int):
    series = [Decimal(one) for one in block * times]
    length = repeated_block(series)
    shortest = next(n for n in range(1, len(series) + 1) if series[:n] * (len(series) // n) == series)
    assert length == (shortest if shortest < len(series) else None)


@given(
    samples=st.lists(st.integers(1, 10**6), min_size=2, max_size=12),
    share=st.fractions(Fraction(1, 10**6), Fraction(1, 2)),
)
def test_scatter_is_compared_exactly(samples: list[int], share: Fraction):
    n, mean = len(samples), Fraction(sum(samples), len(samples))
    variance = sum(((one - mean) ** 2 for one in samples), Fraction(0)) / (n - 1)
    assert scatters_less(samples, share) == (variance < (share * mean) ** 2)


@given(st.lists(st.decimals(0, 10**6, places=4), min_size=1, max_size=10))
def test_steps_are_the_samples_in_their_last_digit(samples: list[Decimal]):
    step = printed_step(samples)
    assert [one * step for one in in_steps(samples)] == [Fraction(one) for one in samples]


@given(
    ticks=st.lists(st.integers(10_000, 99_999), min_size=4, max_size=30, unique=True),
    factor=st.fractions(Fraction(1, 10), Fraction(10)),
)
def test_a_rounded_copy_is_recognised_at_any_scale(ticks: list[int], factor: Fraction):
    one = sorted(Fraction(tick) for tick in ticks)
    other = sorted(Fraction(round(tick * factor)) for tick in one)
    how = rescaled(one, other, Fraction(1), Fraction(1))
    assert how is not None
    if how[0] == "times":
        assert abs(how[1] - factor) <= Fraction(1, 2_000)


def test_what_is_no_copy_is_not_recognised():
    one = [Fraction(n) for n in (100, 110, 130, 140)]
    assert rescaled(one, [Fraction(n) for n in (200, 220, 255, 280)], Fraction(1), Fraction(1)) is None


# Series as honest benches give them, each by the number of samples; two units of one kind.
Model = Callable[[random.Random, int], list[Decimal]]


def printed(value: float, places: int) -> Decimal:
    return Decimal(f"{value:.{places}f}")


def chance_of_sharing(one: list[Decimal], other: list[Decimal]) -> float:
    """As harness.checks.copies reckons it: twice what is expected to agree, and less than half is never told."""
    chance = max(CHANCE_OF_EQUAL_VALUE, found_by_chance(one) + found_by_chance(other))
    shared = len(set(one) & set(other))
    return tail(len(one), shared, min(1.0, chance)) if 2 * shared >= len(one) else 1.0


def normal(rng: random.Random, n: int) -> list[Decimal]:
    return [printed(rng.gauss(788, 1.5), 2) for _ in range(n)]


def heavy_tails(rng: random.Random, n: int) -> list[Decimal]:
    return [printed(abs(788 + 0.3 * tan(pi * (rng.random() - 0.5))) + 1, 3) for _ in range(n)]


def coarse_timer(rng: random.Random, n: int) -> list[Decimal]:
    """2,000 ticks of half a millisecond, with a jitter of four ticks, printed to four digits behind the point."""
    return [printed(788 / (round(rng.gauss(2000, 4)) / 2000), 4) for _ in range(n)]


def two_states(rng: random.Random, n: int) -> list[Decimal]:
    """A clock that jumps between two states, four steps wide each."""
    return [printed(rng.choice((740, 788)) + 0.01 * rng.randrange(4), 3) for _ in range(n)]


def drift(rng: random.Random, n: int) -> list[Decimal]:
    return [printed(788 - 0.02 * k + rng.gauss(0, 0.01), 2) for k in range(n)]


def few_steps(rng: random.Random, n: int) -> list[Decimal]:
    """A grid of few more steps than there are samples, on which series repeat little: the hardest case."""
    grid = n + rng.randrange(3 * n)
    return [printed(788 + 0.0037 * rng.randrange(grid), 4) for _ in range(n)]


def smooth_drift(rng: random.Random, n: int) -> list[Decimal]:
    """Two units that start alike and cool alike, with less noise than the last digit shows."""
    return [printed(788 - 0.02 * k + rng.gauss(0, 0.003), 2) for k in range(n)]


def steep_drift(rng: random.Random, n: int) -> list[Decimal]:
    """Distances of about 20 steps, none of them far from it."""
    return [printed(788 - 0.2 * k + rng.gauss(0, 0.03), 2) for k in range(n)]


MODELS: list[Model] = [steep_drift, normal, heavy_tails, coarse_timer, two_states, drift, smooth_drift, few_steps]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
@pytest.mark.parametrize("n", spread([5, 10, 24, 60], 2))
def test_honest_samples_raise_no_alarm(model: Model, n: int):
    """200 pairs of units each; thousands more stand under `slow`."""
    rng = random.Random(f"{model.__name__} {n}")
    for _ in range(200):
        one, other = model(rng, n), model(rng, n)
        assert chance_of_sharing(one, other) > FALSE_ALARM * 100
        first, second = (sorted(Fraction(sample) for sample in series) for series in (one, other))
        if rescaled(first, second, printed_step(one), printed_step(other)) is not None:
            assert chance_of_shape(first, printed_step(one)) > FALSE_ALARM * 100
        # A ramp without noise stands at even distances: that finding leaves "at least", for no device does it.
        assert model is smooth_drift or chance_of_progression(one) > FALSE_ALARM * 100
        assert repeated_block(one) is None or len(set(one)) == 1 or n <= 5


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_no_alarm_in_thousands_of_pairs_of_honest_series(model: Model):
    rng = random.Random(f"{model.__name__} at length")
    for n in (10, 16, 24, 40):
        for _ in range(1_000):
            one, other = model(rng, n), model(rng, n)
            assert chance_of_sharing(one, other) > FALSE_ALARM
            first, second = (sorted(Fraction(sample) for sample in series) for series in (one, other))
            if rescaled(first, second, printed_step(one), printed_step(other)) is not None:
                assert chance_of_shape(first, printed_step(one)) > FALSE_ALARM


@pytest.mark.parametrize("n", [24, 40, 60])
def test_copies_of_normal_samples_raise_the_alarm(n: int):
    """The same bounds are of use: nine in ten rescaled copies of two dozen samples or more lie beyond them."""
    rng = random.Random(f"copies of {n}")
    told = looked_at = 0
    while looked_at < 40:
        one = normal(rng, n)
        first = sorted(Fraction(sample) for sample in one)
        other = sorted(Fraction(printed(float(sample) * 0.9931, 2)) for sample in one)
        # Samples on some 600 steps stand on the same one now and then, and tell as much less.
        if rescaled(first, other, Fraction(1, 100), Fraction(1, 100)) is not None and len(set(one)) == n:
            looked_at += 1
            told += chance_of_shape(first, Fraction(1, 100)) < FALSE_ALARM
    assert told >= 36


class TestGrim:
    @pytest.mark.parametrize(("mean", "possible"), [("5.18", True), ("5.19", False), ("5.20", False), ("5.21", True)])
    def test_the_published_example(self, mean: str, possible: bool):
        """28 whole numbers: 145/28 = 5.1786, 146/28 = 5.2143."""
        assert possible_mean(mean, 28) is possible

    @given(st.lists(st.integers(0, 10_000), min_size=1, max_size=40), st.integers(0, 4), st.sampled_from(["1", "0.5"]))
    def test_every_mean_of_real_samples_is_possible(self, counts: list[int], places: int, step: str):
        mean = Fraction(sum(counts), len(counts)) * Fraction(step)
        text = str(Decimal(round(mean * 10**places)).scaleb(-places))
        assert possible_mean(text, len(counts), Decimal(step))

    @given(n=st.integers(1, 60), k=st.integers(0, 10_000))
    def test_the_middle_between_two_means_is_impossible_where_digits_tell_them_apart(self, n: int, k: int):
        between = Fraction(2 * k + 1, 2 * n)
        text = f"{float(between):.6f}"
        # 60 samples have means 1/60 apart, and half of that is far more than half a millionth
        assert not possible_mean(text, n)

    @pytest.mark.parametrize(("n", "step"), [(0, "1"), (-1, "1"), (5, "0")])
    def test_without_samples_or_a_step_there_is_no_mean(self, n: int, step: str):
        with pytest.raises(UndefinedMetric):
            possible_mean("5.19", n, Decimal(step))

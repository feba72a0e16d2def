"""Columns: every row gets the answers that its chip gets by itself, however close it lies to a threshold."""

from decimal import Decimal
from fractions import Fraction
from random import Random

import numpy as np
import pytest
from random_law import (
    AREA,
    LENSES,
    ORDER,
    Figures,
    compare,
    decimals,
    marks_of,
    named_values,
    point_box,
    provision,
    random_facts,
    random_figures,
    random_question,
    shipped,
)

from harness.codec.law_files import read_law
from harness.errors import UndefinedMetric
from harness.model.quantity import ABSENT
from harness.policy.cells import Question
from harness.policy.columns import over_columns
from harness.policy.table import Table


def rows_of(rng: Random, questions: list[Question], count: int) -> list[Figures]:
    marks = marks_of(questions)
    return [random_figures(rng, marks) for _ in range(count)]


def check(questions: dict[str, Question], rng: Random, count: int) -> None:
    asked = list(questions.values())
    table = Table(questions, point_box({}, random_facts(rng, named_values(asked))).facts)
    rows = [decimals(row) for row in rows_of(rng, asked, count)]
    numbers, held = over_columns(table, {name: [row[name] for row in rows] for name in rows[0]})
    assert [held[number] for number in numbers] == [table.at(row) for row in rows]
    # The same figures as floats: a column of floats means their exact binary values.
    some = [row for row in rows if ABSENT not in row.values()]
    floats = {name: np.array([float(row[name]) for row in some]) for name in rows[0]}
    for step in (-np.inf, 0, np.inf):
        near = {name: np.nextafter(column, step) if step else column for name, column in floats.items()}
        near = {name: np.abs(column) for name, column in near.items()}
        numbers, held = over_columns(table, near)
        exact = [{name: Decimal(float(near[name][n])) for name in rows[0]} for n in range(len(some))]
        assert [held[number] for number in numbers] == [table.at(row) for row in exact]


@pytest.mark.parametrize("seed", range(15))
def test_a_row_gets_the_answers_of_its_chip_under_random_law(seed: int):
    rng = Random(seed)
    check({"one": random_question(rng), "other": random_question(rng)}, rng, 200)


@pytest.mark.parametrize("seed", range(3))
def test_a_row_gets_the_answers_of_its_chip_under_the_shipped_law(seed: int):
    law = read_law()
    check({lens: shipped(law, lens) for lens in LENSES}, Random(seed), 1000)


def test_a_decimal_that_rounds_to_the_threshold_is_still_below_it():
    table = Table({"one": Question([provision("one", [(compare("tpp", ">=", 4800), ("b",))], "a")], {}, ORDER)}, {})
    tpp = [Decimal("4799.9999999999999999"), Decimal(4800), Decimal("4800.0000000000000001"), ABSENT]
    numbers, held = over_columns(table, {"tpp": tpp})
    assert [held[number]["one"] for number in numbers] == [{"a"}, {"b"}, {"b"}, {"a"}]


def test_a_float_means_its_exact_binary_value():
    """The double nearest to 5.92 lies a hair below or above it, and is not 5.92."""
    at = compare("total_dram_bandwidth", ">=", Decimal("5.92"))
    table = Table({"one": Question([provision("one", [(at, ("b",))], "a")], {}, ORDER)}, {})
    numbers, held = over_columns(table, {"total_dram_bandwidth": np.array([5.92])})
    assert held[numbers[0]]["one"] == ({"b"} if Fraction(5.92) >= Fraction("5.92") else {"a"})


def density_table() -> Table:
    at = compare("performance_density", ">=", Decimal("5.92"))
    return Table({"one": Question([provision("one", [(at, ("b",))], "a")], {}, ORDER)}, {})


def test_a_product_beyond_any_float_is_compared_exactly():
    numbers, held = over_columns(density_table(), {"tpp": np.array([1.7e308, 1.0]), AREA: np.array([1e308, 1e-320])})
    assert [held[number]["one"] for number in numbers] == [{"a"}, {"b"}]


def test_what_is_no_figure_is_refused():
    for wrong in (np.array([np.nan]), np.array([np.inf]), [Decimal("1E+400")]):
        with pytest.raises(ValueError, match="no number"):
            over_columns(density_table(), {"tpp": wrong, AREA: np.array([1.0])})
    with pytest.raises(UndefinedMetric):
        over_columns(density_table(), {"tpp": np.array([1.0]), AREA: np.array([0.0])})
    with pytest.raises(KeyError, match=AREA):
        over_columns(density_table(), {"tpp": np.array([1.0])})


def test_columns_of_several_lengths_are_refused():
    with pytest.raises(ValueError, match="one length"):
        over_columns(density_table(), {"tpp": np.array([1.0, 2.0]), AREA: np.array([1.0])})


def test_no_rows_are_no_answers():
    numbers, held = over_columns(density_table(), {"tpp": np.array([]), AREA: np.array([])})
    assert (len(numbers), held) == (0, [])

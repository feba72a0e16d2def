"""The table: the answers of the slow evaluator for exact figures, and of the engine for intervals, at any speed."""

import multiprocessing
import os
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from conftest import spread
from random_law import (
    AREA,
    LENSES,
    ORDER,
    Marks,
    compare,
    decimals,
    marks_of,
    named_values,
    point_box,
    provision,
    random_box,
    random_facts,
    random_figures,
    random_question,
    shipped,
    slow_answers,
)

from harness.codec.law_files import read_law
from harness.errors import UndefinedMetric
from harness.model.quantity import ABSENT, UNKNOWN, exactly
from harness.policy.box import Box, Fact
from harness.policy.cells import Question
from harness.policy.table import Table
from harness.policy.vocabulary import DERIVED, METRICS, SUMS

POINTS_PER_LAW = 5


def hold(questions: dict[str, Question], rng: Random, values: dict[str, list[str]], marks: Marks) -> None:
    """Hold engine and table against the slow evaluator at points under random facts."""
    facts = random_facts(rng, values)
    table = Table(questions, point_box({}, facts).facts)
    for _ in range(POINTS_PER_LAW):
        figures = random_figures(rng, marks)
        slow = {lens: slow_answers(question, figures, facts) for lens, question in questions.items()}
        point = point_box(figures, facts)
        assert {lens: question.possible(point) for lens, question in questions.items()} == slow, (figures, facts)
        assert table.at(decimals(figures)) == slow, (figures, facts)
        assert table.at(figures) == slow, (figures, facts)


def shipped_law_cases(seed: int, cases: int) -> None:
    law, rng = read_law(), Random(seed)
    questions = {lens: shipped(law, lens) for lens in LENSES}
    values, marks = named_values(questions.values()), marks_of(questions.values())
    for _ in range(cases // POINTS_PER_LAW):
        hold(questions, rng, values, marks)


def random_law_cases(seed: int, cases: int) -> None:
    rng = Random(seed)
    for _ in range(cases // POINTS_PER_LAW):
        questions = {"one": random_question(rng), "other": random_question(rng)}
        hold(questions, rng, named_values(questions.values()), marks_of(questions.values()))


@pytest.mark.parametrize("cases", [shipped_law_cases, random_law_cases])
def test_engine_and_table_give_exactly_what_the_slow_evaluator_gives(cases: Callable[[int, int], None]):
    """500 random chips and facts for each kind of law."""
    seed = int(os.environ.get("HARNESS_SEED", "20260115"))
    print(f"HARNESS_SEED={seed}")
    cases(seed, 500)


@pytest.mark.slow
def test_engine_table_and_slow_evaluator_agree_on_half_a_million_cases():
    seed = int(os.environ.get("HARNESS_SEED", str(Random().randrange(10**9))))
    print(f"HARNESS_SEED={seed}")
    # A case of the shipped law takes far longer than one of random law, which has stranger texts.
    kinds = [shipped_law_cases, *9 * [random_law_cases]]
    batches = [(cases, seed + n, 5_000) for n, cases in enumerate(10 * kinds)]
    with multiprocessing.get_context("spawn").Pool(min(4, os.cpu_count() or 1)) as pool:
        for _ in pool.imap_unordered(_batch, batches):
            pass


def _batch(batch: tuple[Callable[[int, int], None], int, int]) -> None:
    cases, seed, count = batch
    try:
        cases(seed, count)
    except AssertionError as error:
        raise AssertionError(f"{cases.__name__}({seed}, {count}): {error}") from error


@pytest.mark.parametrize("seed", range(300))
def test_the_table_gives_the_engine_s_answers_for_any_box(seed: int):
    """Intervals, absent and unknown figures; facts known, partly known and open."""
    rng = Random(seed)
    question = random_question(rng)
    box = random_box(rng, [question])
    table = Table({"one": question}, box.facts)
    assert table.over(box.figures)["one"] == question.possible(box)


@pytest.mark.parametrize("seed", spread(range(10), 5))
def test_the_table_gives_the_engine_s_answers_for_any_box_under_the_shipped_law(seed: int):
    rng, law = Random(seed), read_law()
    questions = {lens: shipped(law, lens) for lens in LENSES}
    box = random_box(rng, list(questions.values()))
    table = Table(questions, box.facts)
    assert table.over(box.figures) == {lens: question.possible(box) for lens, question in questions.items()}


def density_law() -> Question:
    rows = [(compare("performance_density", ">=", Decimal("5.92")), ("b",))]
    return Question([provision("one", rows, "a")], {}, ORDER)


@pytest.mark.parametrize(
    ("tpp", "area", "answer"),
    [
        # 5.92 × 700.000000000000001 = 4144.00000000000000592, exactly; a quotient in floats would round the hair away.
        ("4144.00000000000000591", "700.000000000000001", "a"),
        ("4144.00000000000000592", "700.000000000000001", "b"),
        ("4144.00000000000000593", "700.000000000000001", "b"),
        ("0", "700", "a"),
    ],
)
def test_a_density_is_never_rounded_before_it_meets_a_threshold(tpp: str, area: str, answer: str):
    table = Table({"one": density_law()}, {})
    for number in (Decimal, Fraction):
        assert table.at({"tpp": number(tpp), AREA: number(area)}) == {"one": {answer}}


def test_a_float_is_compared_as_its_exact_binary_value():
    """1.1 as a float lies a hair above 11/10: its product with 5.92 does not round onto the threshold."""
    table = Table({"one": density_law()}, {})
    for area in (1.1, 700.1, 0.1):
        least = Fraction("5.92") * Fraction(area)
        assert table.at({"tpp": least, AREA: area}) == {"one": {"b"}}
        assert table.at({"tpp": least - Fraction(1, 10**40), AREA: area}) == {"one": {"a"}}


def test_a_figure_of_hundreds_of_digits_is_compared_exactly_too():
    area = Decimal.from_float(5e-324)
    at = Fraction("5.92") * Fraction(area)
    table = Table({"one": density_law()}, {})
    assert table.at({"tpp": at, AREA: area}) == {"one": {"b"}}
    assert table.at({"tpp": at - Fraction(1, 10**2000), AREA: area}) == {"one": {"a"}}


def test_an_absent_figure_meets_no_condition_and_an_unknown_one_leaves_it_open():
    table = Table({"one": density_law()}, {})
    assert table.at({"tpp": 5000, AREA: ABSENT}) == {"one": {"a"}}
    assert table.at({"tpp": ABSENT, AREA: 500}) == {"one": {"a"}}
    assert table.over({"tpp": exactly(5000)}) == {"one": {"a", "b"}}
    assert table.over({"tpp": exactly(0), AREA: UNKNOWN}) == {"one": {"a"}}


def test_no_ratio_is_asked_of_a_denominator_of_zero():
    with pytest.raises(UndefinedMetric):
        Table({"one": density_law()}, {}).at({"tpp": 5000, AREA: 0})


def test_a_figure_that_is_not_given_is_named():
    with pytest.raises(KeyError, match=AREA):
        Table({"one": density_law()}, {}).at({"tpp": 5000})


def test_a_cell_is_asked_of_the_engine_once(monkeypatch: pytest.MonkeyPatch):
    """What makes it fast: a million chips cost as many look-ups, and as many evaluations as there are cells."""
    asked = []
    over = Question.over
    monkeypatch.setattr(Question, "over", lambda one, pieces, facts: asked.append(pieces) or over(one, pieces, facts))
    table = Table({"one": density_law()}, {"activity": Fact(values=frozenset({"x"}))})
    for tpp in range(1, 2000):
        table.at({"tpp": tpp, AREA: 100})
    # Below, at (592) and above 5.92.
    assert len(asked) == 3


def test_a_text_that_does_not_apply_under_the_facts_asks_for_no_figure():
    """A chip is no memory stack: nobody needs to say its stack's bandwidth."""
    question = shipped(read_law(), "classification")
    stacks = {"memory_bandwidth_density"}
    kinds = {"integrated-circuit": set(), "memory-stack": stacks, "system": set()}
    for kind, expected in kinds.items():
        facts = {"product_kind": Fact(values=frozenset({kind}))}
        assert {axis.metric for axis in Table({"one": question}, facts).axes} & stacks == expected
    assert {axis.metric for axis in Table({"one": question}, {}).axes} & stacks == stacks


def test_several_lenses_share_one_look_up():
    law = read_law()
    questions = {lens: shipped(law, lens) for lens in LENSES}
    given = {"product_kind": "integrated-circuit", "exporter_role": "other", "manufacturer": "nvidia",
             "for_a_cluster": "no"}  # fmt: skip
    facts = {name: Fact(values=frozenset({value})) for name, value in given.items()}
    table = Table(questions, facts)
    chip = {"tpp": Decimal(15832), AREA: Decimal(814), "total_dram_bandwidth": Decimal(4800)}
    box = Box(figures={name: exactly(value) for name, value in chip.items()}, facts=facts)
    assert table.at(chip) == {lens: question.possible(box) for lens, question in questions.items()}


def test_derived_metrics_share_no_source_and_no_denominator_is_compared():
    """What engine, table and difference rest on: once its sources are cut no further, every part of a derived metric is
    reached from every part of them. A metric that breaks this needs more than a line in the vocabulary."""
    sources = [source for pair in DERIVED.values() for source in pair]
    assert len(sources) == len(set(sources))
    assert not {bottom for metric, (_, bottom) in DERIVED.items() if metric not in SUMS} & set(METRICS)
    assert not set(sources) & set(DERIVED)

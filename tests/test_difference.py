"""The difference of two laws: complete, disjoint, no larger than it is, and every witness really differs."""

from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from random import Random

import pytest
from conftest import spread
from random_law import (
    AREA,
    FLIPPED,
    METRICS,
    OPERATORS,
    ORDER,
    READINGS,
    Figures,
    amended,
    answers_under,
    compare,
    marks_of,
    member,
    named_values,
    point_box,
    provision,
    random_box,
    random_facts,
    random_figures,
    random_question,
)

from harness.model.quantity import ABSENT, Absent, Interval, exactly
from harness.policy.box import Box, Fact, Piece
from harness.policy.cells import NOTHING, Question
from harness.policy.difference import Change, difference, first_change, kinds_of_change
from harness.policy.language import AllOf, AnyOf, Expression, Is, Not
from harness.policy.truth import OTHER
from harness.policy.vocabulary import DERIVED, SUMS
from harness.policy.witness import roundest

ANYTHING = Box()


def law_of(*rows: tuple[Expression, str], otherwise: str = "a") -> Question:
    return Question([provision("one", [(when, (then,)) for when, then in rows], otherwise)], {}, ORDER)


def holds(piece: Piece | None, at: Fraction | Absent) -> bool:
    if piece is None or isinstance(at, Absent):
        return piece is None and at is ABSENT
    point = Piece(at, at)
    return piece.meet(point) == point


def derived_at(metric: str, figures: Figures) -> Fraction | Absent:
    one, other = (figures[source] for source in DERIVED[metric])
    if metric in SUMS:
        terms = [term for term in (one, other) if not isinstance(term, Absent)]
        return sum(terms, Fraction(0)) if terms else ABSENT
    return ABSENT if isinstance(one, Absent) or isinstance(other, Absent) else one / other


def lies_in(
    change: Change, figures: Figures, facts: dict[str, str], readings: dict[str, bool], named: set[str]
) -> bool:
    for metric, piece in change.pieces.items():
        if metric in DERIVED:
            if not holds(piece, derived_at(metric, figures)):
                return False
        elif not holds(piece, figures[metric]):
            return False
    if any(readings[reading] is not followed for reading, followed in change.readings.items()):
        return False
    return all(facts[fact] in values or (OTHER in values and facts[fact] not in named)
               for fact, values in change.facts.items())  # fmt: skip


def disjoint(one: Change, other: Change) -> bool:
    """Whether some axis keeps two boxes apart; of a ratio, the axis is what its sources leave of it."""
    for name in one.pieces.keys() & other.pieces.keys():
        left, right = one.pieces[name], other.pieces[name]
        if (left is None) != (right is None) or (left and right and left.meet(right) is None):
            return True
    if any(not one.facts[fact] & other.facts[fact] for fact in one.facts):
        return True
    return any(one.readings[name] is not other.readings[name] for name in one.readings.keys() & other.readings.keys())


def check_witness(change: Change, old: Question, new: Question, assumed: Box) -> None:
    """The slow evaluator, asked at the witness under the readings that it follows."""
    witness = change.witness
    readings = {**dict.fromkeys(READINGS, True), **witness.readings}
    point = Box(figures=witness.box().figures, facts=witness.box().facts)
    assert answers_under(old, point, readings) == change.old != change.new == answers_under(new, point, readings)
    assert lies_in(change, dict(witness.figures), dict(witness.facts), readings, set())
    for metric, at in witness.figures.items():
        state = assumed.figure(metric)
        assert (at is ABSENT) if not isinstance(state, Interval) else holds(Piece(state.lo, state.hi), at)


def check(old: Question, new: Question, assumed: Box, rng: Random, points: int) -> tuple[Change, ...]:
    found = difference(old, new, assumed)
    assert all(disjoint(one, other) for one, other in combinations(found, 2))
    for change in found:
        check_witness(change, old, new, assumed)
    kinds = kinds_of_change(old, new, assumed)
    assert len(kinds) == len({(change.old, change.new) for change in kinds})
    assert {(change.old, change.new) for change in kinds} == {(change.old, change.new) for change in found}
    for change in kinds:
        check_witness(change, old, new, assumed)
    assert (first_change(old, new, assumed) is None) is (found == ())
    values, marks = named_values([old, new]), marks_of([old, new])
    for _ in range(points):
        figures, facts = random_figures(rng, marks), random_facts(rng, values)
        if not inside(assumed, figures, facts):
            continue
        readings = {reading: rng.random() < 0.5 for reading in READINGS}
        before, after = (answers_under(law, point_box(figures, facts), readings) for law in (old, new))
        named = {value for some in values.values() for value in some if value != "w"}
        boxes = [change for change in found if lies_in(change, figures, facts, readings, named)]
        assert [(change.old, change.new) for change in boxes] == ([(before, after)] if before != after else [])
    return found


def inside(assumed: Box, figures: Figures, facts: dict[str, str]) -> bool:
    figures_fit = all(
        holds(Piece(state.lo, state.hi) if isinstance(state, Interval) else None, at)
        for name, at in figures.items()
        for state in [assumed.figure(name)]
    )
    return figures_fit and all(
        assumed.fact(fact).values is None or value in assumed.fact(fact).values for fact, value in facts.items()
    )


# --- Promises, on random law --------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", spread(range(150), 75))
def test_answers_differ_at_a_point_exactly_where_the_difference_says_so(seed: int):
    """Complete, disjoint, and every witness differs, for a law and a small amendment of it."""
    rng = Random(seed)
    old = random_question(rng)
    check(old, amended(rng, old), ANYTHING, rng, 30)


@pytest.mark.parametrize("seed", spread(range(60), 30))
def test_the_same_holds_for_two_laws_that_have_nothing_in_common(seed: int):
    rng = Random(seed)
    check(random_question(rng), random_question(rng), ANYTHING, rng, 30)


@pytest.mark.parametrize("seed", range(100))
def test_the_same_holds_within_what_is_assumed(seed: int):
    rng = Random(seed)
    old = random_question(rng)
    new = amended(rng, old)
    check(old, new, random_box(rng, [old, new]), rng, 30)


@pytest.mark.slow
@pytest.mark.parametrize("block", range(20))
def test_the_difference_is_right_on_many_more_laws(block: int):
    for seed in range(10_000 + 300 * block, 10_000 + 300 * (block + 1)):
        rng = Random(seed)
        old = random_question(rng)
        new = amended(rng, old) if seed % 3 else random_question(rng)
        check(old, new, ANYTHING if seed % 2 else random_box(rng, [old, new]), rng, 40)


@pytest.mark.parametrize("seed", range(100))
def test_a_law_does_not_differ_from_itself(seed: int):
    question = random_question(Random(seed))
    assert difference(question, random_question(Random(seed)), ANYTHING) == ()


# --- Promises, on law that can be read -----------------------------------------------------------------------------


def test_a_shifted_threshold_changes_exactly_the_band():
    old, new = law_of((compare("tpp", ">=", 4800), "b")), law_of((compare("tpp", ">=", 4000), "b"))
    (change,) = difference(old, new, ANYTHING)
    assert change.pieces == {"tpp": Piece(Fraction(4000), Fraction(4800), True, False)}
    assert (change.old, change.new) == ({"a"}, {"b"})


def test_a_shifted_density_threshold_changes_exactly_the_band_and_its_witness_can_be_built():
    old = law_of((compare("performance_density", ">=", Decimal("5.92")), "b"))
    new = law_of((compare("performance_density", ">=", 6), "b"))
    (change,) = difference(old, new, Box(figures={AREA: Interval(lo=Fraction(100), hi=Fraction(858))}))
    assert change.pieces["performance_density"] == Piece(Fraction("5.92"), Fraction(6), True, False)
    figures = change.witness.figures
    assert Fraction("5.92") <= figures["tpp"] / figures[AREA] < 6
    assert 100 <= figures[AREA] <= 858


def test_only_densities_that_can_be_reached_are_changes():
    """Dies of 100 to 858 mm² at a TPP of 500 at most have no density above 5."""
    old, new = law_of((compare("performance_density", ">", 5), "b")), law_of()
    figures = {"tpp": Interval(lo=Fraction(0), hi=Fraction(500)), AREA: Interval(lo=Fraction(100), hi=Fraction(858))}
    assert difference(old, new, Box(figures=figures)) == ()
    (change,) = difference(law_of((compare("performance_density", ">=", 5), "b")), new, Box(figures=figures))
    assert change.witness.figures == {"tpp": 500, AREA: 100}


def test_the_end_of_what_can_be_reached_is_left_out_where_the_law_leaves_it_out():
    """A TPP of 500 or more on dies of 100 mm² at most has a density of 5 or more; above 5 is not at 5."""
    figures = {"tpp": Interval(lo=Fraction(500), hi=None), AREA: Interval(lo=Fraction(50), hi=Fraction(100))}
    (change,) = difference(law_of((compare("performance_density", ">", 5), "b")), law_of(), Box(figures=figures))
    assert change.pieces["performance_density"] == Piece(Fraction(5), None, False, True)
    assert change.witness.figures["tpp"] / change.witness.figures[AREA] > 5


def test_two_bands_with_a_threshold_between_them_that_does_not_change_stay_two():
    old = law_of((compare("tpp", "<", 3), "b"), (compare("tpp", ">", 3), "b"))
    below, above = sorted(difference(old, law_of(), ANYTHING), key=lambda change: change.pieces["tpp"].lo)
    assert below.pieces["tpp"] == Piece(Fraction(0), Fraction(3), True, False)
    assert above.pieces["tpp"] == Piece(Fraction(3), None, False, True)


@pytest.mark.parametrize(("join", "other"), [(AnyOf, AllOf), (AllOf, AnyOf)])
def test_or_in_place_of_and_is_a_change_where_one_condition_holds_alone(join: type, other: type):
    parts = (compare("tpp", "<", 3), member("activity", "x"))
    found = difference(law_of((join(parts), "b")), law_of((other(parts), "b")), ANYTHING)
    assert {(change.pieces["tpp"].lo == 0, "x" in change.facts["activity"]) for change in found} == {
        (True, False), (False, True),
    }  # fmt: skip


def test_a_condition_denied_is_a_change_everywhere():
    part = compare("tpp", "<", 3)
    old, new = law_of((part, "b")), law_of((Not(part), "b"))
    assert [(change.old, change.new) for change in difference(old, new, Box(figures={"tpp": exactly(1)}))] == [
        ({"b"}, {"a"})
    ]
    assert len(difference(old, new, ANYTHING)) == 2


def test_a_density_is_not_a_change_where_there_is_no_die_that_counts():
    old, new = law_of((compare("performance_density", ">", 5), "b")), law_of()
    assert difference(old, new, Box(figures={AREA: ABSENT})) == ()


def test_a_conjunction_of_facts_makes_one_box_and_not_two_to_the_number_of_facts():
    """A conjunct that is dropped shows where all the others hold; nothing is split into 2^14 parts."""
    facts = [member(f"certified:c{n}", "yes") for n in range(14)]
    old, new = law_of((AllOf(tuple(facts)), "b")), law_of((AllOf(tuple(facts[1:])), "b"))
    (change,) = difference(old, new, ANYTHING)
    assert change.facts["certified:c0"] == {OTHER, "no"}
    assert all(change.facts[f"certified:c{n}"] == {"yes"} for n in range(1, 14))
    assert change.witness.facts["certified:c0"] == "no"


def test_a_whole_conjunction_that_is_dropped_makes_one_box_per_fact():
    facts = [member(f"certified:c{n}", "yes") for n in range(14)]
    assert len(difference(law_of((AllOf(tuple(facts)), "b")), law_of(), ANYTHING)) == 1
    assert len(difference(law_of((AllOf(tuple(facts)), "b")), law_of(otherwise="b"), ANYTHING)) == 14


def test_what_did_not_change_hides_a_change_where_it_is_stricter():
    other = provision("other", [(member("activity", "x"), ("d",))], "a")
    old, new = (Question([*law_of((compare("tpp", ">", limit), "b")).texts, other], {}, ORDER) for limit in (1, 2))
    (change,) = difference(old, new, ANYTHING)
    assert "x" not in change.facts["activity"]
    assert (change.old, change.new) == ({"b"}, {"a"})


def test_a_change_shows_through_a_provision_that_refers_to_it():
    one = provision("one", [(Is("base", "a"), ("c",))], None)
    old, new = (
        Question([one], {"base": provision("base", [(compare("tpp", "<", limit), ("a",))], "b")}, ORDER)
        for limit in (3, 2)
    )
    (change,) = difference(old, new, ANYTHING)
    assert change.pieces["tpp"] == Piece(Fraction(2), Fraction(3), True, False)
    assert (change.old, change.new) == ({"c"}, {NOTHING})


def test_a_reading_that_is_settled_differs_under_the_other_reading_only():
    old = law_of((member("activity", "x", y="r"), "b"))
    new = law_of((member("activity", "x", "y"), "b"))
    (change,) = difference(old, new, ANYTHING)
    assert (change.readings, change.facts["activity"]) == ({"r": False}, {"y"})
    assert (change.old, change.new) == ({"a"}, {"b"})


def test_a_provision_that_comes_or_goes_is_a_change():
    without = Question([], {}, ORDER)
    (change,) = difference(
        without, law_of((compare("tpp", "<", 3), "b"), otherwise="c"), Box(figures={"tpp": exactly(1)})
    )
    assert (change.old, change.new) == ({NOTHING}, {"b"})
    assert difference(without, without, ANYTHING) == ()


def test_laws_whose_answers_stand_in_another_order_are_not_compared():
    with pytest.raises(ValueError, match="order"):
        difference(Question([], {}, ("a", "b")), Question([], {}, ("b", "a")), ANYTHING)


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("metric", METRICS)
def test_a_flip_of_strictness_differs_exactly_on_the_threshold(metric: str, operator: str):
    """The mutation that a careless transcription makes: < for <=."""
    old, new = law_of((compare(metric, operator, 3), "b")), law_of((compare(metric, FLIPPED[operator], 3), "b"))
    (change,) = difference(old, new, ANYTHING)
    assert change.pieces[metric] == Piece(Fraction(3), Fraction(3))
    figures = dict(change.witness.figures)
    assert (derived_at(metric, figures) if metric in DERIVED else figures[metric]) == 3


def test_a_condition_that_always_answers_as_the_next_one_is_no_change():
    old = law_of((compare("tpp", "<", 3), "a"))
    new = law_of((Not(compare("tpp", ">=", 7)), "a"))
    assert difference(old, new, ANYTHING) == ()


@pytest.mark.parametrize(
    ("piece", "value"),
    [
        (Piece(Fraction(0), Fraction(1600), True, False), "1000"), (Piece(Fraction(0), None), "10"),
        (Piece(Fraction(21000), Fraction(21100), False, False), "21010"), (Piece(Fraction(0), Fraction(0)), "0"),
        (Piece(Fraction(16, 5), Fraction("5.92"), False, False), "4"), (Piece(Fraction("1.6"), Fraction("1.6")), "1.6"),
        (Piece(Fraction("2.5"), Fraction("2.51"), False, True), "2.51"), (Piece(Fraction(4800), None, False), "10000"),
    ],
)  # fmt: skip
def test_a_witness_has_round_figures(piece: Piece, value: str):
    assert roundest(piece) == Fraction(value)


def test_facts_that_are_assumed_stay_assumed():
    old, new = law_of((compare("tpp", "<", 3), "b")), law_of((member("activity", "x"), "b"))
    box = Box(figures={"tpp": exactly(5)}, facts={"activity": Fact(values=frozenset({"x", "y"}))})
    (change,) = difference(old, new, box)
    assert change.facts == {"activity": {"x"}}
    assert change.witness.figures == {"tpp": 5}

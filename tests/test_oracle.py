"""A solver as second oracle, over the reals: what it calls reachable is what the engine calls possible."""

from collections.abc import Iterable
from dataclasses import replace
from random import Random

import pytest
from random_law import ORDER, READINGS, VALUES, amended, random_box, random_question

from harness.model.quantity import Interval
from harness.policy.box import Box
from harness.policy.cells import NOTHING, Question
from harness.policy.difference import difference
from harness.policy.language import AllOf, AnyOf, Compare, Expression, Is, Member, Not
from harness.policy.law import Text
from harness.policy.vocabulary import DERIVED, SUMS

z3 = pytest.importorskip("z3")

RANK = {answer: n for n, answer in enumerate((NOTHING, *ORDER))}


class Formulas:
    """The law as formulas: a real per metric, a number per value of a fact, a truth per reading."""

    def __init__(self, box: Box, facts: Iterable[str]) -> None:
        self.box = box
        self.readings = {reading: z3.Bool(f"reading_{reading}") for reading in READINGS}
        self.facts = {fact: z3.Int(fact) for fact in facts}

    def evidence(self) -> list[object]:
        """What the box says; a density times its area is its TPP."""
        said: list[object] = []
        for metric in ("tpp", "total_dram_bandwidth", "interconnect_bandwidth", "applicable_die_area_mm2"):
            state = self.box.figure(metric)
            if isinstance(state, Interval):
                said.append(z3.Real(metric) >= z3.Q(state.lo.numerator, state.lo.denominator))
                if state.hi is not None:
                    said.append(z3.Real(metric) <= z3.Q(state.hi.numerator, state.hi.denominator))
        for metric, (one, other) in DERIVED.items():
            if metric in SUMS:
                terms = [z3.Real(name) for name in (one, other) if isinstance(self.box.figure(name), Interval)]
                said += [z3.Real(metric) == z3.Sum(*terms)] if terms else []
                said += [z3.Real(name) >= 0 for name in (one, other)]
            else:
                said += [z3.Real(metric) * z3.Real(other) == z3.Real(one), z3.Real(other) > 0]
        for fact, number in self.facts.items():
            values = self.box.fact(fact).values or VALUES
            said.append(z3.Or(*(number == VALUES.index(value) for value in values)))
        return said

    def holds(self, expression: Expression, referred: dict[str, Text | None]) -> object:
        match expression:
            case Compare():
                return self.compared(expression)
            case Member():
                number = self.facts[expression.fact]
                sure = [number == VALUES.index(value) for value in expression.members]
                unsure = [z3.And(number == VALUES.index(value), self.readings[reading])
                          for value, reading in expression.uncertain]  # fmt: skip
                return z3.Or(*sure, *unsure)
            case Is():
                return self.gives(referred[expression.provision], expression.answer, referred)
            case Not():
                return z3.Not(self.holds(expression.part, referred))
            case AllOf():
                return z3.And(*(self.holds(part, referred) for part in expression.parts))
            case AnyOf():
                return z3.Or(*(self.holds(part, referred) for part in expression.parts))
        raise AssertionError(expression)

    def compared(self, atom: Compare) -> object:
        sources = DERIVED.get(atom.metric, (atom.metric,))
        enough = any if atom.metric in SUMS else all
        if not enough(isinstance(self.box.figure(source), Interval) for source in sources):
            return z3.BoolVal(False)
        metric, value = z3.Real(atom.metric), z3.Q(atom.param.exact.numerator, atom.param.exact.denominator)
        return {"<": metric < value, "<=": metric <= value, ">": metric > value, ">=": metric >= value}[atom.operator]

    def gives(self, text: Text | None, answer: str, referred: dict[str, Text | None]) -> object:
        """That a text gives an answer, perhaps among others."""
        if text is None:
            return z3.BoolVal(answer == NOTHING)
        scope = self.holds(text.scope, referred)
        otherwise = text.otherwise or (NOTHING,)
        formula = z3.BoolVal(answer in otherwise)
        for row in reversed(text.rows):
            formula = z3.If(self.holds(row.when, referred), z3.BoolVal(answer in row.then), formula)
        return z3.If(scope, formula, z3.BoolVal(answer == NOTHING))

    def answers(self, question: Question, answer: str) -> object:
        """That the strictest answer of the texts may be this one."""
        no_stricter = [lesser for lesser in RANK if RANK[lesser] <= RANK[answer]]
        ways = []
        for n, text in enumerate(question.texts):
            others = [
                z3.Or(*(self.gives(other, lesser, question.referred) for lesser in no_stricter))
                for m, other in enumerate(question.texts)
                if m != n
            ]
            ways.append(z3.And(self.gives(text, answer, question.referred), *others))
        return z3.Or(*ways)


def reachable(formulas: Formulas, claim: object) -> bool:
    solver = z3.Solver()
    solver.add(*formulas.evidence(), claim)
    found = solver.check()
    assert found != z3.unknown
    return found == z3.sat


def facts_of(*questions: Question) -> set[str]:
    return {fact for question in questions for fact in question.facts()}


def check_possible(seed: int) -> None:
    rng = Random(seed)
    question = random_question(rng)
    box = random_box(rng, [question])
    formulas = Formulas(box, facts_of(question))
    found = {answer for answer in RANK if reachable(formulas, formulas.answers(question, answer))}
    assert found == question.possible(box), seed


def check_difference(seed: int) -> None:
    """Laws that differ a little, or only in how they are written, which the engine must see through."""
    rng = Random(seed)
    old = random_question(rng)
    new = amended(rng, old) if seed % 3 else rewritten(old)
    box = random_box(rng, [old, new])
    formulas = Formulas(box, facts_of(old, new))
    differs = z3.Or(*(formulas.answers(old, answer) != formulas.answers(new, answer) for answer in RANK))
    assert reachable(formulas, differs) == bool(difference(old, new, box)), seed


def rewritten(question: Question) -> Question:
    """The same law in other words: every expression denied twice, by De Morgan."""

    def other_words(expression: Expression) -> Expression:
        match expression:
            case AllOf():
                return Not(AnyOf(tuple(Not(other_words(part)) for part in reversed(expression.parts))))
            case AnyOf():
                return Not(AllOf(tuple(Not(other_words(part)) for part in reversed(expression.parts))))
            case Not():
                return Not(other_words(expression.part))
        return Not(Not(expression))

    def text_in_other_words(text: Text | None) -> Text | None:
        if text is None:
            return None
        rows = tuple(replace(row, when=other_words(row.when)) for row in text.rows)
        return replace(text, scope=other_words(text.scope), rows=rows)

    referred = {name: text_in_other_words(text) for name, text in question.referred.items()}
    return Question([text_in_other_words(text) for text in question.texts], referred, ORDER)


@pytest.mark.parametrize("seed", range(20))
def test_an_answer_is_possible_where_the_solver_reaches_it(seed: int):
    check_possible(seed)


@pytest.mark.parametrize("seed", range(20))
def test_two_laws_differ_where_the_solver_finds_a_point_at_which_they_do(seed: int):
    check_difference(seed)


@pytest.mark.slow
@pytest.mark.parametrize("block", range(10))
def test_engine_and_solver_agree_on_many_more_laws(block: int):
    for seed in range(1000 + 100 * block, 1000 + 100 * (block + 1)):
        check_possible(seed)
        check_difference(seed)

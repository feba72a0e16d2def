"""Random law and random evidence from a seed, and the slow evaluator asked at one point: what the engine is held to."""

import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random

from harness.decide.clocks import clock_readings
from harness.model.policy import InstrumentText
from harness.model.quantity import ABSENT, Absent, FigureState, Interval, exactly
from harness.policy.box import Box, Fact
from harness.policy.cells import NOTHING, Question
from harness.policy.language import AllOf, AnyOf, Compare, Expression, Is, Member, Not, Param
from harness.policy.law import Law, Row, Text
from harness.policy.splitting import thresholds
from harness.policy.trace import _Walker
from harness.policy.vocabulary import DERIVED, SUMS

ORDER = ("a", "b", "c", "d")
OPERATORS = ("<", "<=", ">", ">=")
FLIPPED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
METRICS = (
    "tpp", "performance_density", "total_dram_bandwidth", "interconnect_bandwidth", "dram_and_interconnect_bandwidth",
)  # fmt: skip
ALWAYS = AllOf(())
FACTS = ("activity", "item_kind")
AREA = "applicable_die_area_mm2"
VALUES = ("x", "y", "z", "w")  # No random law names the last one.
READINGS = ("r", "s")
TINY = Fraction(1, 10**9)
DAY = date(2026, 8, 20)
LENSES = ("classification", "licence-requirement", "review-policy", "tariff")

INSTRUMENT = InstrumentText.model_validate(
    {
        "schema": "instrument/1", "instrument": "t", "title": "t", "cite": "t", "status": "codified",
        "published": "2026-01-01", "reviewed_through": "2026-01-01", "source": ("t",), "jurisdiction": "US",
    }
)  # fmt: skip

Figures = dict[str, Fraction | Absent]
Marks = dict[str, list[Fraction]]


def compare(metric: str, operator: str, value: int | Fraction | Decimal) -> Compare:
    number = Decimal(value) if not isinstance(value, Fraction) else Decimal(value.numerator) / value.denominator
    return Compare(metric, operator, Param(
        id=f"{metric}{operator}{number}", metric=metric, value=number, unit=None, pin="p", says="s",
    ))  # fmt: skip


def member(fact: str, *members: str, **uncertain: str) -> Member:
    return Member(fact, frozenset(members), tuple(sorted(uncertain.items())), "n")


def provision(
    name: str, rows: Iterable[tuple[Expression, tuple[str, ...]]], otherwise: str | None, scope: Expression = ALWAYS
) -> Text:
    return Text(
        provision=name, lens="l", instrument=INSTRUMENT, clock=("export",), pin="p", says="s", scope=scope,
        rows=tuple(Row(when=when, then=then, pin="p", reading="r", says=None) for when, then in rows),
        otherwise=() if otherwise is None else (otherwise,),
    )  # fmt: skip


# --- Random law ---------------------------------------------------------------------------------------------------


def random_atom(rng: Random, *, may_refer: bool) -> Expression:
    kind = rng.random()
    if may_refer and kind < 0.2:
        return Is("base", rng.choice(ORDER))
    if kind < 0.65:
        return compare(rng.choice(METRICS), rng.choice(OPERATORS), rng.randint(1, 4))
    members = frozenset(rng.sample(VALUES[:3], rng.randint(0, 2)))
    unsure = rng.choice(VALUES[:3]) if rng.random() < 0.3 else None
    return Member(rng.choice(FACTS), members - {unsure}, ((unsure, rng.choice(READINGS)),) if unsure else (), "n")


def random_expression(rng: Random, *, may_refer: bool, depth: int = 2) -> Expression:
    kind = rng.random()
    if depth == 0 or kind < 0.4:
        return random_atom(rng, may_refer=may_refer)
    if kind < 0.55:
        return Not(random_expression(rng, may_refer=may_refer, depth=depth - 1))
    join = AllOf if rng.random() < 0.5 else AnyOf
    return join(tuple(random_expression(rng, may_refer=may_refer, depth=depth - 1) for _ in range(rng.randint(0, 3))))


def random_text(rng: Random, name: str, *, may_refer: bool = True) -> Text:
    rows = [
        (random_expression(rng, may_refer=may_refer), tuple(rng.sample(ORDER, rng.choice((1, 1, 2)))))
        for _ in range(rng.randint(0, 2))
    ]
    scope = random_expression(rng, may_refer=may_refer) if rng.random() < 0.4 else ALWAYS
    return provision(name, rows, rng.choice((None, *ORDER)), scope)


def random_question(rng: Random) -> Question:
    texts = [random_text(rng, name) for name in ("one", "two")[: rng.randint(1, 2)]]
    return Question(texts, {"base": random_text(rng, "base", may_refer=False)}, ORDER)


def mapped(expression: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """The expression with every atom changed."""
    match expression:
        case Not():
            return Not(mapped(expression.part, change))
        case AllOf() | AnyOf():
            return type(expression)(tuple(mapped(part, change) for part in expression.parts))
    return change(expression)


def with_atoms(text: Text | None, change: Callable[[Expression], Expression]) -> Text | None:
    if text is None:
        return None
    rows = tuple(replace(row, when=mapped(row.when, change)) for row in text.rows)
    return replace(text, scope=mapped(text.scope, change), rows=rows)


def amended(rng: Random, question: Question) -> Question:
    """The law with about one atom in four changed a little: a threshold, a strictness, a list."""

    def change(atom: Expression) -> Expression:
        if rng.random() < 0.75:
            return atom
        if isinstance(atom, Compare):
            flipped = FLIPPED[atom.operator] if rng.random() < 0.5 else atom.operator
            return compare(atom.metric, flipped, atom.param.value + rng.choice((0, 0, 1)))
        if isinstance(atom, Member):
            return replace(
                atom, members=frozenset(rng.sample(VALUES[:3], rng.randint(0, 2))) - frozenset(dict(atom.uncertain))
            )
        return atom

    texts = [with_atoms(text, change) for text in question.texts]
    return Question(texts, {name: with_atoms(text, change) for name, text in question.referred.items()}, ORDER)


def shipped(law: Law, lens: str, day: date = DAY) -> Question:
    """What the law of a day asks by one lens."""
    readings = clock_readings(law, lens, dict.fromkeys(("test", "application", "export", "entry"), day))
    return Question(readings[0].texts, readings[0].referred, tuple(answer.id for answer in law.lenses[lens].answers))


# --- Random evidence ----------------------------------------------------------------------------------------------


def marks_of(questions: Iterable[Question]) -> Marks:
    """Every threshold of each metric."""
    return thresholds(atom for question in questions for atom in question.atoms())


def random_figures(rng: Random, marks: Marks) -> Figures:
    """Figures at thresholds, a hair to either side, and anywhere; all of them decimals that end."""
    bases = dict.fromkeys(metric for metric in (*METRICS, *marks) if metric not in DERIVED)
    figures: Figures = {metric: _figure(rng, marks.get(metric, [])) for metric in bases}
    for metric in dict.fromkeys(metric for metric in (*METRICS, *marks) if metric in DERIVED):
        top, bottom = DERIVED[metric]
        figures.setdefault(top, _figure(rng, []))
        if metric in SUMS:
            _near_a_sum(rng, figures, (top, bottom), marks.get(metric, []))
            continue
        figures[bottom] = ABSENT if rng.random() < 0.05 else Fraction(rng.randint(1, 9000), rng.choice((1, 10, 1000)))
        if marks.get(metric) and rng.random() < 0.6 and figures[bottom] is not ABSENT:
            at = rng.choice(marks[metric]) * figures[bottom]
            figures[top] = max(Fraction(0), at + rng.choice((-TINY, 0, TINY)))
    return figures


def _near_a_sum(rng: Random, figures: Figures, terms: tuple[str, str], marks: list[Fraction]) -> None:
    """Often the two terms add up to a threshold, or to a hair beside it."""
    one, other = figures[terms[0]], figures.setdefault(terms[1], _figure(rng, []))
    if marks and rng.random() < 0.6 and other is not ABSENT:
        rest = rng.choice(marks) - (Fraction(0) if isinstance(one, Absent) else one)
        if rest > TINY:
            figures[terms[1]] = rest + rng.choice((-TINY, 0, TINY))


def _figure(rng: Random, marks: list[Fraction]) -> Fraction | Absent:
    kind = rng.random()
    if kind < 0.05:
        return ABSENT
    if kind < 0.65 and marks:
        return max(Fraction(0), rng.choice(marks) + rng.choice((-TINY, 0, TINY)))
    return Fraction(rng.randint(0, int(1300 * max(marks, default=Fraction(1)))), 1000)


def named_values(questions: Iterable[Question]) -> dict[str, list[str]]:
    """Every value that the law names for each fact, and one that it does not."""
    found: dict[str, set[str]] = {}
    for question in questions:
        for atom in question.atoms():
            if isinstance(atom, Member):
                found.setdefault(atom.fact, {"w"}).update(atom.members, (value for value, _ in atom.uncertain))
    return {fact: sorted(values) for fact, values in sorted(found.items())}


def random_facts(rng: Random, values: Mapping[str, list[str]]) -> dict[str, str]:
    # Conditions that nearly always fail are seldom looked behind, so a fact is often what its law asks for.
    return {fact: rng.choice(some[:2] if rng.random() < 0.5 else some) for fact, some in values.items()}


def random_box(rng: Random, questions: list[Question]) -> Box:
    """Intervals, absent figures, facts that are known, partly known or open."""
    marks = marks_of(questions)
    one, other = random_figures(rng, marks), random_figures(rng, marks)
    figures = {name: _state(rng, one[name], other[name]) for name in one if rng.random() < 0.9}
    facts = {}
    for fact, values in named_values(questions).items():
        count = rng.choice((1, 1, 2, 0))
        facts[fact] = Fact(values=frozenset(rng.sample(values, min(count, len(values)))) if count else None)
    return Box(figures=figures, facts=facts)


def _state(rng: Random, one: Fraction | Absent, other: Fraction | Absent) -> FigureState:
    if isinstance(one, Absent) or isinstance(other, Absent):
        return ABSENT if isinstance(one, Absent) else exactly(one)
    ends = sorted((one, other))
    return Interval(lo=ends[0], hi=None if rng.random() < 0.1 else ends[1])


def point_box(figures: Figures, facts: Mapping[str, str]) -> Box:
    return Box(
        figures={name: at if isinstance(at, Absent) else exactly(at) for name, at in figures.items()},
        facts={name: Fact(values=frozenset({value})) for name, value in facts.items()},
    )


def decimals(figures: Figures) -> dict[str, Decimal | Absent]:
    return {
        name: at if isinstance(at, Absent) else Decimal(at.numerator) / Decimal(at.denominator)
        for name, at in figures.items()
    }


# --- The slow evaluator -------------------------------------------------------------------------------------------


def settled(text: Text | None, readings: Mapping[str, bool]) -> Text | None:
    """The text with its uncertain members read one way; where no reading matters, as it stands."""

    def read(atom: Expression) -> Expression:
        if not isinstance(atom, Member):
            return atom
        more = {value for value, reading in atom.uncertain if readings.get(reading)}
        return Member(atom.fact, atom.members | more, (), atom.need)

    return with_atoms(text, read) if readings else text


def readings_that_matter(question: Question, facts: Mapping[str, str]) -> list[str]:
    """Every reading on which a value of the facts depends."""
    return sorted({
        reading for atom in question.atoms() if isinstance(atom, Member)
        for value, reading in atom.uncertain if facts[atom.fact] == value
    })  # fmt: skip


def answers_under(question: Question, point: Box, readings: Mapping[str, bool]) -> frozenset[str]:
    """The slow evaluator's answers at a point, every reading being chosen."""
    walker = _Walker(point, {name: settled(text, readings) for name, text in question.referred.items()})
    combined = {NOTHING}
    for text in question.texts:
        answers = walker.answers(settled(text, readings))
        assert answers is not None, "a point leaves nothing open"
        pairs = itertools.product(combined, answers or (NOTHING,))
        combined = {max(pair, key=question.rank.__getitem__) for pair in pairs}
    return frozenset(combined)


def slow_answers(question: Question, figures: Figures, facts: Mapping[str, str]) -> frozenset[str]:
    """The slow evaluator's answers at a point, whatever the readings."""
    point = point_box(figures, facts)
    names = readings_that_matter(question, facts)
    ways = itertools.product((True, False), repeat=len(names))
    chosen = (dict(zip(names, way, strict=True)) for way in ways)
    return frozenset().union(*(answers_under(question, point, readings) for readings in chosen))

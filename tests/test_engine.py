"""The engine against the slow evaluator and against brute force: the exact set of answers, no more and no fewer."""

import itertools
import os
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.model.policy import InstrumentText
from harness.model.quantity import ABSENT, UNKNOWN, FigureState, Interval, exactly
from harness.policy.box import Box, Fact, Piece, ratio
from harness.policy.cells import NOTHING, Question
from harness.policy.language import AllOf, AnyOf, Compare, Expression, Is, Member, Not, Param
from harness.policy.law import Row, Text
from harness.policy.lint import atoms_of
from harness.policy.trace import _Walker

ORDER = ("a", "b", "c", "d")
LOOK = Fraction(1, 10**6)
SETTINGS = settings(
    max_examples=int(os.environ.get("HARNESS_ENGINE_CASES", "60")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def compare(metric: str, operator: str, value: int) -> Compare:
    return Compare(metric, operator, Param(
        id=f"{metric}{operator}{value}", metric=metric, value=Decimal(value), unit=None, pin="p", says="s",
    ))  # fmt: skip


ATOMS = st.one_of(
    st.builds(
        compare,
        st.sampled_from(["tpp", "performance_density", "total_dram_bandwidth"]),
        st.sampled_from(["<", "<=", ">", ">="]),
        st.integers(1, 4),
    ),
    st.builds(
        lambda fact, members, unsure: Member(
            fact, frozenset(members) - {unsure}, ((unsure, "r"),) if unsure else (), "n"
        ),
        st.sampled_from(["activity", "item_kind"]),
        st.sets(st.sampled_from(["x", "y", "z"])),
        st.sampled_from([None, None, "z"]),
    ),
)


def expressions(atoms: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    return st.recursive(
        atoms,
        lambda inner: st.one_of(
            st.builds(Not, inner),
            st.builds(lambda parts: AllOf(tuple(parts)), st.lists(inner, max_size=3)),
            st.builds(lambda parts: AnyOf(tuple(parts)), st.lists(inner, max_size=3)),
        ),
        max_leaves=4,
    )


INSTRUMENT = InstrumentText.model_validate(
    {
        "schema": "instrument/1", "instrument": "t", "title": "t", "cite": "t", "status": "codified",
        "published": "2026-01-01", "reviewed_through": "2026-01-01", "source": ("t",), "jurisdiction": "US",
    }
)  # fmt: skip


@st.composite
def texts(draw: st.DrawFn, name: str, *, may_refer: bool) -> Text:
    atoms: st.SearchStrategy[Expression] = ATOMS
    if may_refer:
        atoms = st.one_of(ATOMS, st.builds(Is, st.just("base"), st.sampled_from(ORDER)))
    rows = draw(st.lists(st.tuples(expressions(atoms), st.lists(st.sampled_from(ORDER), min_size=1, max_size=2)),
                         max_size=2))  # fmt: skip
    return Text(
        provision=name, lens="l", instrument=INSTRUMENT, clock=("export",), pin="p", says="s",
        scope=draw(st.one_of(st.just(AllOf(())), expressions(atoms))),
        rows=tuple(Row(when=when, then=tuple(then), pin="p", reading="r", says=None) for when, then in rows),
        otherwise=tuple(draw(st.lists(st.sampled_from(ORDER), max_size=1))),
    )  # fmt: skip


def intervals(low: int, high: int) -> st.SearchStrategy[FigureState]:
    return st.tuples(st.integers(low, high), st.integers(low, high)).map(
        lambda ends: Interval(lo=Fraction(min(ends)), hi=Fraction(max(ends)))
    )


BOXES = st.builds(
    lambda tpp, area, bandwidth, facts: Box(
        figures={"tpp": tpp, "applicable_die_area_mm2": area, "total_dram_bandwidth": bandwidth},
        facts={name: Fact(values=None if values is None else frozenset(values)) for name, values in facts.items()},
    ),
    intervals(0, 8),
    st.one_of(st.just(ABSENT), intervals(1, 3)),
    st.one_of(st.just(ABSENT), intervals(0, 8)),
    st.fixed_dictionaries(
        {
            name: st.one_of(st.none(), st.sets(st.sampled_from(["x", "y", "z", "w"]), min_size=1))
            for name in ("activity", "item_kind")
        }
    ),
)


def points(state: FigureState, marks: set[Fraction]) -> list[FigureState]:
    """Ends, marks, and points close to each on both sides: every part that a threshold can cut is met."""
    if not isinstance(state, Interval):
        return [ABSENT]
    assert state.hi is not None
    near = {at + step for at in {state.lo, state.hi, *marks} for step in (-LOOK, 0, LOOK)}
    return [exactly(at) for at in sorted(near) if state.lo <= at <= state.hi]


def brute_force(question: list[Text], referred: dict[str, Text | None], box: Box) -> set[str]:
    """Ask every point of a grid that is fine enough; an axis that no text reads needs one point."""
    rank = {answer: n for n, answer in enumerate((NOTHING, *ORDER))}
    found: set[str] = set()
    texts = (*question, *(text for text in referred.values() if text))
    read = [atom for text in texts for atom in atoms_of(text)]
    thresholds: dict[str, set[Fraction]] = {}
    for atom in read:
        if isinstance(atom, Compare):
            thresholds.setdefault(atom.metric, set()).add(Fraction(atom.param.value))
    densities = thresholds.get("performance_density", set())
    members = [atom for atom in read if isinstance(atom, Member)]
    ways = (True, False) if any(atom.uncertain for atom in members) else (True,)
    values = [
        sorted(box.fact(name).values or {"x", "y", "z", "w"}) if name in {atom.fact for atom in members} else ["w"]
        for name in ("activity", "item_kind")
    ]
    bandwidths = points(box.figure("total_dram_bandwidth"), thresholds.get("total_dram_bandwidth", set()))
    bandwidths = bandwidths if "total_dram_bandwidth" in thresholds else bandwidths[:1]
    for way in ways:
        asked = [settled(text, way) for text in question]
        known = {name: settled(text, way) for name, text in referred.items()}
        # Where the area can go no further, the TPP at which the density meets a threshold there.
        area = box.figure("applicable_die_area_mm2")
        ends = {end for end in (area.lo, area.hi) if end is not None} if isinstance(area, Interval) else set()
        met = {t * end for t in densities for end in ends}
        for tpp in points(box.figure("tpp"), thresholds.get("tpp", set()) | met):
            # An area at which the density meets a threshold, for this very TPP.
            marks = {tpp.lo / t for t in densities} if isinstance(tpp, Interval) else set()
            areas = points(area, marks)
            for one_area in areas if densities else areas[:1]:
                for bandwidth, one, other in itertools.product(bandwidths, *values):
                    point = Box(
                        figures={"tpp": tpp, "applicable_die_area_mm2": one_area, "total_dram_bandwidth": bandwidth},
                        facts={"activity": Fact(values=frozenset({one})), "item_kind": Fact(values=frozenset({other}))},
                    )
                    found |= at_a_point(asked, _Walker(point, known), rank)
    return found


def at_a_point(question: list[Text | None], walker: _Walker, rank: dict[str, int]) -> set[str]:
    combined = {NOTHING}
    for text in question:
        answers = walker.answers(text)
        assert answers is not None
        combined = {max(pair, key=rank.__getitem__) for pair in itertools.product(combined, answers or (NOTHING,))}
    return combined


def settled(text: Text | None, as_listed: bool) -> Text | None:
    """The text with its uncertain members read one way."""
    if text is None:
        return None

    def read(expression: Expression) -> Expression:
        match expression:
            case Member():
                more = {member for member, _ in expression.uncertain} if as_listed else set()
                return Member(expression.fact, expression.members | more, (), expression.need)
            case Not():
                return Not(read(expression.part))
            case AllOf():
                return AllOf(tuple(read(part) for part in expression.parts))
            case AnyOf():
                return AnyOf(tuple(read(part) for part in expression.parts))
        return expression

    rows = tuple(
        Row(when=read(row.when), then=row.then, pin=row.pin, reading=row.reading, says=row.says) for row in text.rows
    )
    return Text(
        provision=text.provision, lens=text.lens, instrument=text.instrument, clock=text.clock, pin=text.pin,
        says=text.says, scope=read(text.scope), rows=rows, otherwise=text.otherwise,
    )  # fmt: skip


@SETTINGS
@given(texts("one", may_refer=True), texts("two", may_refer=True), texts("base", may_refer=False), BOXES)
def test_the_engine_gives_exactly_the_answers_that_brute_force_finds(one: Text, two: Text, base: Text, box: Box):
    referred: dict[str, Text | None] = {"base": base}
    found = Question([one, two], referred, ORDER).possible(box)
    assert set(found) == brute_force([one, two], referred, box)


@SETTINGS
@given(texts("one", may_refer=True), texts("base", may_refer=False), BOXES)
def test_what_the_slow_evaluator_calls_certain_is_what_the_engine_finds(one: Text, base: Text, box: Box):
    """Three-valued evaluation may leave open what the exact set decides, never the other way round."""
    referred: dict[str, Text | None] = {"base": base}
    slow = _Walker(box, referred).answers(one)
    if slow is not None:
        assert Question([one], referred, ORDER).possible(box) == frozenset(slow or (NOTHING,))


@SETTINGS
@given(texts("one", may_refer=False), BOXES, BOXES)
def test_more_evidence_never_adds_an_answer(one: Text, wide: Box, other: Box):
    figures = dict(wide.figures)
    for name, state in other.figures.items():
        outer = figures[name]
        if isinstance(state, Interval) and isinstance(outer, Interval):
            lo, hi = max(state.lo, outer.lo), min(state.hi, outer.hi)
            figures[name] = Interval(lo=lo, hi=hi) if lo <= hi else outer
    narrow = Box(figures=figures, facts=wide.facts)
    question = Question([one], {}, ORDER)
    assert question.possible(narrow) <= question.possible(wide)


@SETTINGS
@given(texts("one", may_refer=False), BOXES)
def test_what_matters_names_only_what_is_open_and_nothing_where_the_answer_is_certain(one: Text, box: Box):
    question = Question([one], {}, ORDER)
    named = question.what_matters(box)
    if len(question.possible(box)) == 1:
        assert named == ()
    for name in named:
        state = box.figures.get(name)
        is_open = (isinstance(state, Interval) and not state.exact) or name in box.facts
        assert is_open


def test_a_tautology_is_certain_though_its_figure_is_unknown():
    """Kleene logic alone would leave `x < 5 or x >= 5` open."""
    text = Text(
        provision="t", lens="l", instrument=INSTRUMENT, clock=("export",), pin="p", says="s", scope=AllOf(()),
        rows=(Row(when=AnyOf((compare("tpp", "<", 5), compare("tpp", ">=", 5))), then=("a",), pin="p", reading=None,
                  says=None),),
        otherwise=("b",),
    )  # fmt: skip
    box = Box(figures={"tpp": UNKNOWN})
    assert _Walker(box, {}).answers(text) is None
    assert Question([text], {}, ORDER).possible(box) == {"a"}


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [
        (Piece(Fraction(2), Fraction(4)), Piece(Fraction(1), Fraction(2)), Piece(Fraction(1), Fraction(4))),
        (Piece(Fraction(2), Fraction(4), False, True), Piece(Fraction(1), Fraction(2)),
         Piece(Fraction(1), Fraction(4), False, True)),
        (Piece(Fraction(2), None), Piece(Fraction(1), Fraction(2)), Piece(Fraction(1), None)),
        (Piece(Fraction(2), Fraction(4)), Piece(Fraction(0), None), Piece(Fraction(0), None, False, True)),
        (Piece(Fraction(0), Fraction(0)), Piece(Fraction(0), None), Piece(Fraction(0), Fraction(0))),
    ],
)  # fmt: skip
def test_a_ratio_reaches_what_its_parts_reach(numerator: Piece, denominator: Piece, expected: Piece):
    assert ratio(numerator, denominator) == expected


@pytest.mark.slow
def test_the_engine_agrees_on_many_more_cases():
    """The same promises on many times as many cases, in a process of its own: the number is read when it starts."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__],
        env={**os.environ, "HARNESS_ENGINE_CASES": "1500"}, capture_output=True, text=True, check=False,
        cwd=Path(__file__).parent.parent,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout

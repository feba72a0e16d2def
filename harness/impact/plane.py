"""The plane of two figures on which a picture of the law is drawn: what spans it, and what is held of the rest."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from harness.decide.assumed import assumed_facts, facts_given
from harness.decide.clocks import clock_readings
from harness.decide.lenses import question_of
from harness.errors import WrongUsage
from harness.model.assumption import AssumedFact
from harness.model.document import FIGURE
from harness.model.policy import CLOCKS, LensText
from harness.model.quantity import FigureState, exactly
from harness.model.subject import Subject
from harness.model.verdict import Assumption
from harness.policy.box import Box, Fact, Piece, stated
from harness.policy.cells import Question
from harness.policy.law import Law
from harness.policy.splitting import Flat, base_metrics, thresholds
from harness.policy.truth import OTHER
from harness.policy.vocabulary import DERIVED, METRICS, SUMS

UP = "tpp"
# A maker and a name that no text singles out: a letter to one company draws no line for all.
_UNNAMED = Fact(values=frozenset({OTHER}), got="one that no text names")
_ANYTHING = Piece(Fraction(0), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Plane:
    """TPP upward against another figure; every figure that is not held may have any value."""

    across: str
    facts: Mapping[str, Fact]
    held: Mapping[str, Fraction] = field(default_factory=dict)

    def pieces(self, across: Piece, up: Piece, metrics: Iterable[str]) -> dict[str, Piece | None]:
        """Return what is open for every figure that the texts read where these two lie in these pieces."""
        held: dict[str, Piece | None] = {name: Piece(at, at) for name, at in self.held.items()}
        return {**dict.fromkeys(metrics, _ANYTHING), **held, self.across: across, UP: up}

    def point(self, across: Fraction, up: Fraction) -> Box:
        """Return everything that is open at one point, both of its figures above 0."""
        figures: dict[str, FigureState] = {}
        for name, at in {**self.held, self.across: across, UP: up}.items():
            if name in DERIVED:
                # A ratio over a given numerator is a given denominator.
                figures[DERIVED[name][1]] = exactly(up / at)
            else:
                figures[name] = exactly(at)
        return Box(figures=figures, facts=self.facts)


def facts_of_regions(
    law: Law, assumptions: tuple[AssumedFact, ...], given: Mapping[str, str]
) -> tuple[dict[str, Fact], list[Assumption]]:
    """Return the facts for which regions are drawn, and the record of what is assumed of them.

    They are those of one integrated circuit that no text singles out by its maker or its name.

    Args:
        law: The law; readings that it follows settle facts of their own.
        assumptions: What is assumed where nothing is given.
        given: Values by flag.

    Raises:
        WrongUsage: A flag that does not exist.
    """
    facts = facts_given("integrated-circuit", law, assumptions, given)
    settled = {fact: stated(value, note="by the reading that is followed") for fact, value in law.given.items()}
    _, records = assumed_facts(_ANY_CIRCUIT, law, assumptions, given)
    return {**facts, **settled, "manufacturer": _UNNAMED, "product": _UNNAMED}, records


_ANY_CIRCUIT = Subject(
    id="any", name="any", manufacturer="any", kind="integrated-circuit", data_center=frozenset(), other_eccn=None,
    parts=(), sha256="",
)  # fmt: skip


def held_figures(words: Iterable[str]) -> dict[str, Fraction]:
    """Return the figures that words such as performance_density=10 hold.

    Raises:
        WrongUsage: A word is no figure of the law with a value above 0; sums are held by their terms.
    """
    may = [name for name in METRICS if name != UP and name not in SUMS and DERIVED.get(name, (UP,))[0] == UP]
    held = {}
    for word in words:
        name, _, digits = word.partition("=")
        if name not in may or not re.fullmatch(FIGURE, digits) or not Fraction(digits):
            raise WrongUsage(f"{word!r} holds no figure; need NAME=VALUE above 0, of {', '.join(may)}")
        held[name] = Fraction(digits)
    return held


def questions_on(law: Law, lens: LensText, day: date, facts: Mapping[str, Fact]) -> list[Question]:
    """Return what a lens asks on a day under these facts, once for every clock by which it asks something else.

    A day before what the lens asks about asks nothing, and then no provision applies.

    Raises:
        WrongUsage: No text is encoded for the day.
    """
    by_clock = [question_by(law, lens, clock, day, facts) for clock in clocks_of(law, lens)]
    if not by_clock:
        raise WrongUsage(f"no text of the law that is read is encoded on {lens.id}")
    return list(dict.fromkeys(by_clock))


def clocks_of(law: Law, lens: LensText) -> list[str]:
    """Return the clocks that the provisions of a lens follow."""
    return sorted({clock for provision in law.of_lens(lens.id) for act in provision.acts for clock in act.clock})


def question_by(law: Law, lens: LensText, clock: str, day: date, facts: Mapping[str, Fact]) -> Question:
    """Return what a lens asks by one clock on a day; for arguments and errors see `questions_on`."""
    found = next(one for one in clock_readings(law, lens.id, {**_NO_DAY, clock: day}) if one.clock == clock)
    if not found.texts and not (lens.begins and lens.before and day < lens.begins):
        raise WrongUsage(f"no text of the law is encoded on {lens.id} for {day}")
    return _narrowed(law, question_of(law, lens, found), facts)


_NO_DAY: dict[str, date | None] = dict.fromkeys(CLOCKS)


def _narrowed(law: Law, question: Question, facts: Mapping[str, Fact]) -> Question:
    """Return the question as far as the facts leave it open; the same one for the same texts."""
    key = (
        "on a plane",
        id(question),
        tuple(sorted((name, fact.values) for name, fact in facts.items() if fact.values)),
    )
    if key not in law.prepared:
        law.prepared[key] = (question, question.within(Box(facts=facts)))
    found: tuple[Question, Question] = law.prepared[key]
    return found[1]


def marks_of(atoms: list[Flat], metric: str, plane: Plane) -> list[Fraction]:
    """Return every value of an axis, above 0, at which the answers, or the set of them, may change.

    These are the thresholds of the metric itself. Where a sum takes it up, also the values at which what is left for
    the other term meets a threshold of that term; and where a ratio over it is held, nothing more: a denominator that
    is free gives every ratio to every numerator.
    """
    marks = thresholds(atoms)
    found = set(marks.get(metric, ()))
    for name in SUMS & marks.keys():
        found |= set(_left_of_sum(name, metric, marks, plane))
    return sorted(one for one in found if one > 0)


def _left_of_sum(
    name: str, metric: str, marks: Mapping[str, list[Fraction]], plane: Plane
) -> Iterator[Fraction]:  # fmt: skip
    terms = DERIVED[name]
    if metric not in terms:
        return
    other = terms[1 - terms.index(metric)]
    ends = [plane.held[other]] if other in plane.held else [Fraction(0), *marks.get(other, ())]
    yield from (total - end for total in marks[name] for end in ends if total > end)


def metrics_read(questions: Iterable[Question]) -> list[str]:
    """Return the base figures that questions read."""
    return base_metrics(atom for question in questions for atom in question.atoms())

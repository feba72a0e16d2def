"""Checks of the whole law that look at every point of it: gaps, overlaps, idle parts, shapes, and claimed effects."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import combinations, pairwise

from harness.errors import Fault
from harness.model.policy import LensText
from harness.policy.box import Box
from harness.policy.cells import NOTHING, Question
from harness.policy.difference import Change, difference, first_change, kinds_of_change
from harness.policy.effects import faults_of_effects
from harness.policy.language import AllOf, AnyOf, Atom, Compare, Expression
from harness.policy.law import Law, Text
from harness.policy.lint import atoms_of
from harness.policy.region import described, mapped, order_of, referred_on
from harness.policy.timeline import constants

ANYTHING = Box()
TRUE, FALSE = AllOf(()), AnyOf(())
ONE_DAY = timedelta(days=1)


def faults_of_whole(law: Law) -> Iterator[Fault]:
    """Name every gap, overlap, idle row or constant, wrong shape and wrong claim, each with a point that shows it."""
    for lens, text, day in wordings(law):
        yield from other_strictness(text)
        yield from gaps(law, lens, text, day)
        yield from idle_rows(law, lens, text, (day, _last_day(law, text)))
        yield from shapes(law, lens, text, day)
    yield from idle_constants(law)
    yield from overlaps(law)
    yield from faults_of_effects(law)


def wordings(law: Law) -> Iterator[tuple[LensText, Text, date]]:
    """Yield every wording of every provision, with a day on which it stands; what only follows a list is one."""
    for provision in law.provisions.values():
        for act in provision.acts:
            if act.text is not None and act.op != "follow":
                yield law.lenses[provision.lens], act.text, act.day


# Where a clause cuts: so that the number itself lies on the upper side, or on the lower.
_UPPER = re.compile(r"less than|below|under|or more|or greater|at least|at or above|not less|no less", re.IGNORECASE)
_LOWER = re.compile(r"more than|greater than|above|exceed|over|at most|or less|not more|no more|up to", re.IGNORECASE)


def other_strictness(text: Text) -> Iterator[Fault]:
    """Name comparisons that cut elsewhere than the words of their constant: "less than" asks for < or >=."""
    for atom in dict.fromkeys(one for one in atoms_of(text) if isinstance(one, Compare)):
        says = atom.param.says
        upper = bool(_UPPER.search(says))
        # "at or above" and "or more" hold words of the other kind.
        lower = not upper and bool(_LOWER.search(says))
        if atom.operator in (("<=", ">") if upper else ("<", ">=") if lower else ()):
            got = f"{atom.metric} {atom.operator} ${atom.param.id} beside the words {says!r}"
            yield Fault(where=_where(text), got=got, need="the strictness of the words")


def gaps(law: Law, lens: LensText, text: Text, day: date) -> Iterator[Fault]:
    """Name the part of what a text applies to that no row and no `else` answers."""
    if text.otherwise or text.silent:
        return
    answer = (lens.default,)
    rows = tuple(replace(row, then=answer) for row in text.rows)
    covered = Question([replace(text, rows=rows)], referred_on(law, [text], day), order_of(lens))
    whole = Question([replace(text, rows=(), otherwise=answer)], referred_on(law, [text], day), order_of(lens))
    if first_change(covered, whole, ANYTHING) is not None:
        got = f"no answer at {described(difference(covered, whole, ANYTHING)[0])}"
        yield Fault(where=_where(text), got=got, need="a row, an else, or silent = why the text says nothing there")


def idle_rows(law: Law, lens: LensText, text: Text, days: Iterable[date]) -> Iterator[Fault]:
    """Name rows without which the text would answer the same everywhere: masked by earlier ones, or never met.

    On each of the days: what a row refers to may come later than the row.
    """
    if len(text.rows) < 2:
        return
    for n, row in enumerate(text.rows):
        without = replace(text, rows=(*text.rows[:n], *text.rows[n + 1 :]))
        if not any(_differ(law, lens, text, without, day) for day in days):
            said = " or ".join(row.then)
            got = f"row {n + 1} ({said}, {row.pin}) changes nothing"
            yield Fault(where=_where(text), got=got, need="rows that answer")


def _differ(law: Law, lens: LensText, one: Text, other: Text, day: date) -> bool:
    referred, order = referred_on(law, [one], day), order_of(lens)
    changed = first_change(Question([one], referred, order), Question([other], referred, order), ANYTHING)
    return changed is not None


def _last_day(law: Law, text: Text) -> date:
    """Return the last day of a wording."""
    later = [act.day for act in law.provisions[text.provision].acts if act.op != "follow" and act.day > text.since]
    return min(later) - ONE_DAY if later else date.max


def idle_constants(law: Law) -> Iterator[Fault]:
    """Name constants that decide nothing anywhere, unless they say why; and those that say so and do decide."""
    pivotal: set[tuple[str, str]] = set()
    for lens, text, day in wordings(law):
        referred, order = referred_on(law, [text], day), order_of(lens)
        now = Question([text], referred, order)
        for atom in {atom for atom in atoms_of(text) if isinstance(atom, Compare)}:
            key = (text.instrument.instrument, atom.param.id)
            if key not in pivotal and all(
                first_change(now, Question([_with(text, atom, truth)], referred, order), ANYTHING) is not None
                for truth in (TRUE, FALSE)
            ):
                pivotal.add(key)
    idle = {(text.instrument, param.id): param.idle for text in law.instruments.values() for param in text.params}
    for name in constants(law):
        instrument, _, short = name.partition("#")
        if instrument not in law.selected:
            continue
        said, decides = idle[instrument, short], (instrument, short) in pivotal
        if decides and said:
            yield Fault(where=name, got="a constant that is called idle and decides", need="no `idle`")
        elif not decides and not said:
            yield Fault(
                where=name, got="a constant that decides nothing", need="a use, or idle = why it decides nothing"
            )


def shapes(law: Law, lens: LensText, text: Text, day: date) -> Iterator[Fault]:
    """Hold the answers of a text against how it says that they go with each figure."""
    read = {atom.metric for atom in atoms_of(text) if isinstance(atom, Compare)}
    for metric in sorted(read ^ set(text.shape)):
        got = f"{metric}, " + ("without a shape" if metric in read else "which it does not read, with a shape")
        yield Fault(
            where=_where(text), got=got, need="one of stricter-up, laxer-up, window for each figure that it reads"
        )
    rank = {answer: n for n, answer in enumerate((NOTHING, *order_of(lens)))}
    rank[NOTHING] = rank[lens.default]
    for metric in sorted(read & set(text.shape)):
        ways = {_way(change, rank): change for change in _steps(law, lens, text, day, metric)}
        shape = text.shape[metric]
        allowed = {"stricter-up": {"up"}, "laxer-up": {"down"}, "window": {"up", "down", "both"}}[shape]
        for way in sorted(ways.keys() - allowed - {"same"}):
            got = f"{metric} called {shape}, and an answer goes {way} with it at {described(ways[way])}"
            yield Fault(where=_where(text), got=got, need="the shape that the text has")
        if shape == "window" and not {"up", "down"} <= ways.keys():
            yield Fault(where=_where(text), got=f"{metric} called a window, and it goes one way", need="its shape")


def _steps(law: Law, lens: LensText, text: Text, day: date, metric: str) -> Iterator[Change]:
    """Yield what differs between each cell of a figure and the next higher one, all else being the same."""
    referred, order = referred_on(law, [text], day), order_of(lens)
    marks = sorted({atom.param.exact for atom in atoms_of(text) if isinstance(atom, Compare) and atom.metric == metric})
    for below, above in pairwise(_cells(marks)):
        lower, higher = (Question([_at(text, metric, point)], referred, order) for point in (below, above))
        yield from kinds_of_change(lower, higher, ANYTHING)


def _cells(marks: list[Fraction]) -> list[Fraction]:
    """Return a point of every cell: below the first threshold, at it, above it, and so on."""
    edges = [Fraction(0), *marks, (marks[-1] if marks else Fraction(0)) + 2]
    between = [(one + other) / 2 for one, other in pairwise(edges)]
    return sorted({*between, *marks})


def _at(text: Text, metric: str, point: Fraction) -> Text:
    def settled(atom: Atom) -> Expression:
        if not isinstance(atom, Compare) or atom.metric != metric:
            return atom
        limit = atom.param.exact
        holds = {"<": point < limit, "<=": point <= limit, ">": point > limit, ">=": point >= limit}[atom.operator]
        return TRUE if holds else FALSE

    return mapped(text, settled)


def _with(text: Text, gone: Compare, truth: Expression) -> Text:
    return mapped(text, lambda atom: truth if atom == gone else atom)


def _way(change: Change, rank: dict[str, int]) -> str:
    """Return whether the answers grow stricter (up), laxer (down), or both."""
    old, new = ([rank[answer] for answer in answers] for answers in (change.old, change.new))
    low, high = min(new) - min(old), max(new) - max(old)
    if low == high == 0:
        return "same"
    return "up" if low >= 0 and high >= 0 else "down" if low <= 0 and high <= 0 else "both"


def overlaps(law: Law) -> Iterator[Fault]:
    """Name two provisions of one lens that answer otherwise for one case, where neither says that it may."""
    seen: set[tuple[object, ...]] = set()
    for lens in law.lenses.values():
        if lens.together == "every":
            continue  # Each of them must be met, so each may answer for itself.
        for day in sorted({act.day for provision in law.of_lens(lens.id) for act in provision.acts}):
            texts = [text for one in law.of_lens(lens.id) if (text := one.on(day)) is not None and not text.aside]
            for one, other in combinations(texts, 2):
                key = (one.provision, one.since, other.provision, other.since)
                if key not in seen and not _declared(one, other):
                    seen.add(key)
                    yield from _overlap(law, lens, one, other, day)


def _declared(one: Text, other: Text) -> bool:
    return one.provision in other.beside or other.provision in one.beside


def _overlap(law: Law, lens: LensText, one: Text, other: Text, day: date) -> Iterator[Fault]:
    both = AllOf((one.scope, other.scope))
    referred, order = referred_on(law, [one, other], day), order_of(lens)
    # As one provision each, so that their answers are compared.
    said = (replace(text, scope=both, provision=one.provision) for text in (one, other))
    before, after = (Question([text], referred, order) for text in said)
    silent = frozenset({NOTHING, lens.default, lens.answers[0].id})

    def clash(change: Change) -> bool:
        return not (change.old <= silent or change.new <= silent)

    # All of a box is worth naming, and making it only where there is something to name.
    if any(map(clash, kinds_of_change(before, after, ANYTHING))):
        for change in filter(clash, difference(before, after, ANYTHING)):
            got = f"{_said(change.old)} beside {_said(change.new)} of {other.provision} at {described(change)}"
            need = f"one answer, or beside = [{other.provision!r}] where the stricter is meant to count"
            yield Fault(where=f"{_where(one)}, on {day}", got=got, need=need)
            return


def _said(answers: Iterable[str]) -> str:
    return " or ".join(sorted(answers))


def _where(text: Text) -> str:
    return f"{text.instrument.instrument}, {text.provision} from {text.since}"

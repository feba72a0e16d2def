"""Where on a plane the answers of two days differ, and which way they moved."""

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from itertools import product

from harness.impact.plane import Plane, clocks_of, question_by
from harness.impact.regions import Cells, axes_of, label_of, piece_of
from harness.model.policy import LensText
from harness.policy.cells import Question
from harness.policy.difference import kinds_of_change
from harness.policy.law import Law
from harness.policy.table import Axis

STRICTER, LAXER, MIXED = "stricter", "laxer", "mixed"


def shift(law: Law, lens: LensText, days: tuple[date, date], plane: Plane) -> Cells:
    """Return how the answers moved between two days, in every cell of both laws together.

    Args:
        law: The law.
        lens: The lens.
        days: The old day and the new one.
        plane: The plane; what is open on it is open here.

    Returns:
        Cells labelled with stricter, laxer or mixed where some point that is open there has other answers, or with
        nothing. Mixed is where some answers grow stricter and others laxer, or more open at both ends.

    Raises:
        WrongUsage: No text is encoded for one of the days.
    """
    pairs = _pairs(law, lens, days, plane)
    atoms = [atom for pair in pairs for question in pair for atom in question.atoms()]
    across, up = axes_of(atoms, plane)
    rank = {answer.id: n for n, answer in enumerate(lens.answers)}
    labels = {}
    for one, other in product(range(across.absent), range(up.absent)):
        # What differs is the same all over a cell, so one point of it tells.
        box = plane.point(_inside(across, one), _inside(up, other))
        moved = {
            _way(label_of(lens, change.old), label_of(lens, change.new), rank)
            for old, new in pairs
            for change in kinds_of_change(old, new, box)
        } - {""}
        labels[one, other] = () if not moved else (moved.pop(),) if len(moved) == 1 else (MIXED,)
    return Cells(across=across, up=up, labels=labels)


def _pairs(law: Law, lens: LensText, days: tuple[date, date], plane: Plane) -> list[tuple[Question, Question]]:
    """Return the old and the new question by every clock, each pair once."""
    found = [
        (question_by(law, lens, clock, days[0], plane.facts), question_by(law, lens, clock, days[1], plane.facts))
        for clock in clocks_of(law, lens)
    ]
    return list(dict.fromkeys(found))


def _inside(axis: Axis, rank: int) -> Fraction:
    """Return a point of a cell that is above 0."""
    piece = piece_of(axis, rank)
    return piece.lo + 1 if piece.hi is None else (piece.lo + piece.hi) / 2


def _way(old: Iterable[str], new: Iterable[str], rank: Mapping[str, int]) -> str:
    before, after = ([rank[answer] for answer in answers] for answers in (old, new))
    steps = {(a > b) - (a < b) for a, b in zip(_ends(after), _ends(before), strict=True)} - {0}
    if not steps:
        return "" if before == after else MIXED
    return MIXED if len(steps) > 1 else STRICTER if steps == {1} else LAXER


def _ends(ranks: list[int]) -> tuple[int, int]:
    return min(ranks), max(ranks)

"""Applicable die area, from the dies of a package."""

from collections.abc import Iterable
from fractions import Fraction

from harness.model.chip_spec import Die
from harness.model.quantity import ABSENT, FigureState, Interval


def applicable_die_area(dies: Iterable[Die]) -> FigureState:
    """Return the summed area in mm2 of the logic dies that are made with non-planar transistors.

    Args:
        dies: Every die of the package; areas of one die each, in mm2.

    Returns:
        An exact interval where every area that counts is known; open upward where one is not, or where a die's process
        is not known and it may count; ABSENT where there is no such die, so that no density is stated.

    Source:
        ECCN 3A090, technical note 4 to 3A090.a and .b: dies on a process with non-planar transistors count.
    """
    logic = [die for die in dies if die.logic]
    counting = [die for die in logic if die.non_planar]
    perhaps = [die for die in logic if die.non_planar is None]
    if not counting and not perhaps:
        return ABSENT
    least = sum((_area(die) for die in counting), Fraction(0))
    known = all(die.area_mm2 is not None for die in (*counting, *perhaps))
    most = least + sum((_area(die) for die in perhaps), Fraction(0)) if known else None
    return Interval(lo=least, hi=most)


def _area(die: Die) -> Fraction:
    return Fraction(0) if die.area_mm2 is None else die.count * Fraction(die.area_mm2)

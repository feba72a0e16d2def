"""Can the dies be made, and is their area stated once?"""

from collections.abc import Iterator
from fractions import Fraction

from harness.checks.specs.figures import logic_area_mm2, rounded
from harness.model.chip_spec import ChipSpec
from harness.model.quantity import as_text
from harness.model.spec_finding import SpecCase, SpecFinding

# A processor that is the whole wafer is exposed field by field; the field does not bound it.
_WAFER = "wafer"


def area_is_stated_once(case: SpecCase[ChipSpec]) -> Iterator[SpecFinding]:
    """Is the area given as a sum or by dies, and not as both?"""
    if case.spec.applicable_die_area is not None and case.spec.dies:
        got = f"applicable_die_area and {len(case.spec.dies)} kinds of die"
        yield SpecFinding(code="spec-both-areas", where="applicable_die_area", got=got, need="one of the two")


def area_goes_with_a_die(case: SpecCase[ChipSpec]) -> Iterator[SpecFinding]:
    """Is an area stated only where a die counts?"""
    if case.spec.has_non_planar_logic_die is False and logic_area_mm2(case.spec) is not None:
        got = "an applicable die area, and has_non_planar_logic_die = false"
        yield SpecFinding(
            code="spec-area-contradicts", where="has_non_planar_logic_die", got=got, need="one of the two"
        )


def dies_are_possible(case: SpecCase[ChipSpec]) -> Iterator[SpecFinding]:
    """Does each die fit one exposure field, and is the whole neither tiny nor huge?"""
    if (case.spec.form_factor or "").casefold() == _WAFER:
        return
    reticle = case.limits.reticle_mm2
    for n, die in enumerate(case.spec.dies):
        if die.area_mm2 is not None and die.area_mm2 > reticle:
            got, need = f"{as_text(die.area_mm2)} mm2 of one die", f"at most {as_text(reticle)} mm2, one exposure field"
            yield SpecFinding(code="spec-die-above-reticle", where=f"dies[{n}].area_mm2", got=got, need=need)
    area = logic_area_mm2(case.spec)
    if area is not None:
        yield from _whole(case, area)


def _whole(case: SpecCase[ChipSpec], area: Fraction) -> Iterator[SpecFinding]:
    limits, where = case.limits, "dies" if case.spec.dies else "applicable_die_area.value"
    smallest, largest = limits.smallest_logic_area_mm2, limits.largest_logic_area_mm2
    if not Fraction(smallest) <= area <= Fraction(largest):
        need = f"{as_text(smallest)} to {as_text(largest)} mm2 of logic in one package"
        yield SpecFinding(code="spec-area-impossible", where=where, got=f"{rounded(area)} mm2", need=need)
    elif not case.spec.dies and area > Fraction(limits.reticle_mm2):
        need = f"dies, for one die has at most {as_text(limits.reticle_mm2)} mm2"
        yield SpecFinding(code="spec-dies-unstated", where=where, got=f"{rounded(area)} mm2 without dies", need=need)

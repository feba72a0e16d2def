"""Does a chip spec say each thing once, in its unit, and as completely as it claims?"""

from collections.abc import Iterator
from fractions import Fraction

from harness.checks.specs.figures import StatedFigure, stated_figures
from harness.metrics.tpp import BIT_LENGTH
from harness.model.chip_spec import ChipSpec
from harness.model.quantity import as_text
from harness.model.spec_finding import SpecCase, SpecFinding

_INTEGERS = ("int8", "int4")
# Formats in which matrix units run at their highest product of rate and bit length.
_SETTING_TPP = tuple(name for name, bits in BIT_LENGTH.items() if bits < 32)
_MAY_BE_ZERO = (
    "total_dram_bandwidth",
    "copackaged_dram_capacity",
    "board_dram_capacity",
    "link_bandwidth_bidirectional",
)


def figures_lie_within_what_is_built(case: SpecCase[ChipSpec]) -> Iterator[SpecFinding]:
    """Is no figure 0 that cannot be, and none a thousand times outside of what is built?"""
    ranges = {one.figure: one for one in case.limits.ranges}
    for figure in stated_figures(case.spec):
        within = ranges.get(figure.kind)
        if not figure.value:
            yield from _zero(case.spec, figure)
        elif within and not Fraction(within.lowest) <= figure.value <= Fraction(within.highest):
            need = f"{as_text(within.lowest)} to {as_text(within.highest)} {within.unit} at the widest"
            yield SpecFinding(code="spec-value-out-of-range", where=figure.place, got=str(figure), need=need)
    yield from _zero_facts(case.spec)


def _zero(spec: ChipSpec, figure: StatedFigure) -> Iterator[SpecFinding]:
    """No DRAM and no links are written as 0; bandwidth without DRAM is 0, and with it is not."""
    dram = (spec.copackaged_dram_capacity, spec.board_dram_capacity)
    has_dram = any(one is not None and one.value for one in dram)
    if figure.key not in _MAY_BE_ZERO or (figure.key == "total_dram_bandwidth" and has_dram):
        yield SpecFinding(code="spec-value-zero", where=figure.place, got="0", need="the figure, or no such field")


def _zero_facts(spec: ChipSpec) -> Iterator[SpecFinding]:
    facts = {
        "architecture.nominal_clock_mhz": spec.architecture and spec.architecture.nominal_clock_mhz,
        "architecture.maximum_clock_mhz": spec.architecture and spec.architecture.maximum_clock_mhz,
        "memory.reported_clock_mhz": spec.memory and spec.memory.reported_clock_mhz,
        "system_bus.rate_per_lane": spec.system_bus and spec.system_bus.rate_per_lane,
        **{f"dies[{n}].area_mm2": die.area_mm2 for n, die in enumerate(spec.dies)},
    }
    for where, value in facts.items():
        if value is not None and not value:
            yield SpecFinding(code="spec-value-zero", where=where, got="0", need="the figure, or no such field")


def rates_are_stated_once(case: SpecCase[ChipSpec]) -> Iterator[SpecFinding]:
    """Is there one rate for each format and kind of unit, and one number of operations for each format?"""
    stated = [(rate.format, rate.units) for rate in case.spec.rates]
    for n, one in enumerate(stated):
        if one in stated[:n]:
            got = f"{one[0]}{f' on {one[1]} units' if one[1] else ''} again"
            yield SpecFinding(
                code="spec-rate-twice", where=f"rates[{n}].format", got=got, need="one rate, the highest dense one"
            )
    operations = [one.format for one in case.spec.architecture.ops_per_clock] if case.spec.architecture else []
    for n, name in enumerate(operations):
        if name in operations[:n]:
            where = f"architecture.ops_per_clock[{n}].format"
            yield SpecFinding(code="spec-rate-twice", where=where, got=f"{name} again", need="one number of operations")


def rates_carry_the_unit_of_their_format(case: SpecCase[ChipSpec]) -> Iterator[SpecFinding]:
    """Are integer rates in OP/s and the others in FLOP/s?"""
    for n, rate in enumerate(case.spec.rates):
        floating = rate.unit.endswith("FLOP/s")
        if floating == (rate.format in _INTEGERS):
            need = f"{rate.unit[0]}{'OP/s' if floating else 'FLOP/s'}"
            yield SpecFinding(
                code="spec-rate-unit", where=f"rates[{n}].unit", got=f"{rate.unit} for {rate.format}", need=need
            )


def completeness_fits_the_rates(case: SpecCase[ChipSpec]) -> Iterator[SpecFinding]:
    """Does `tpp_completeness` say what the rates show?"""
    given = {rate.format for rate in case.spec.rates if rate.units != "vector"} & set(_SETTING_TPP)
    said, where = case.spec.tpp_completeness, "tpp_completeness"
    if said == "none" and given:
        got, need = f"none, with rates in {', '.join(sorted(given))}", "partial at least"
        yield SpecFinding(code="spec-completeness", where=where, got=got, need=need)
    elif said != "none" and not case.spec.rates:
        yield SpecFinding(
            code="spec-completeness", where=where, got=f"{said}, without a rate", need="none, or the rates"
        )
    elif said == "complete" and not given:
        need = "a rate in a format that can set TPP, or partial"
        yield SpecFinding(
            code="spec-completeness", where=where, got="complete, with no rate of matrix units", need=need
        )
    elif said == "complete" and not any(BIT_LENGTH[name] == 16 for name in given):
        got, need = (
            f"complete, with {', '.join(sorted(given))}",
            "a 16-bit rate, or a source that says that there is none",
        )
        yield SpecFinding(code="spec-format-missing", where="rates", got=got, need=need)


def capacity_lies_where_its_kind_lies(case: SpecCase[ChipSpec]) -> Iterator[SpecFinding]:
    """Is stacked memory in the package, and other memory on the board?"""
    memory, package = case.spec.memory, case.spec.copackaged_dram_capacity
    if memory is None or package is None or "+" in memory.kind:
        return
    if ("HBM" in memory.kind) != bool(package.value):
        need = "the capacity in the package" if "HBM" in memory.kind else "0 in the package, the capacity on the board"
        got = f"{as_text(package.value)} {package.unit} in the package, of {memory.kind}"
        yield SpecFinding(code="spec-capacity-place", where="copackaged_dram_capacity.value", got=got, need=need)


def interconnect_is_complete_where_it_says_so(case: SpecCase[ChipSpec]) -> Iterator[SpecFinding]:
    """Where links and bus are said to be all, is the bus there?"""
    if case.spec.links_complete and case.spec.system_bus is None:
        got, need = "links_complete without a system_bus", "the bus, or links_complete = false"
        yield SpecFinding(code="spec-links-without-bus", where="links_complete", got=got, need=need)

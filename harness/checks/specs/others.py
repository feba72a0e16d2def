"""Specs that are no chips: systems and memory stacks."""

from collections.abc import Iterator
from fractions import Fraction

from harness.checks.specs.figures import rounded
from harness.metrics.hbm_density import memory_bandwidth_density
from harness.model.memory_spec import MemorySpec
from harness.model.quantity import as_text, in_base_unit
from harness.model.spec_finding import SpecCase, SpecFinding
from harness.model.system_spec import SystemSpec


def chips_of_a_system_exist(case: SpecCase[SystemSpec]) -> Iterator[SpecFinding]:
    """Is there a spec for each chip of a system, listed once?"""
    known = {chip.id for chip in case.chips}
    listed = [part.chip for part in case.spec.contains]
    for n, chip in enumerate(listed):
        where = f"contains[{n}].chip"
        if chip not in known:
            yield SpecFinding(code="spec-chip-unknown", where=where, got=chip, need="the id of a chip spec")
        if chip in listed[:n]:
            yield SpecFinding(code="spec-chip-twice", where=where, got=f"{chip} again", need="one line with the count")


def stack_density_is_possible(case: SpecCase[MemorySpec]) -> Iterator[SpecFinding]:
    """Is the bandwidth per area one that a memory stack has?"""
    spec, limits = case.spec, case.limits
    area = in_base_unit(spec.area.value, spec.area.unit)
    bandwidth = in_base_unit(spec.bandwidth.value, spec.bandwidth.unit)
    for field, value in (("area", area), ("bandwidth", bandwidth)):
        if not value:
            yield SpecFinding(
                code="spec-value-zero", where=f"{field}.value", got="0", need="the figure, or no such field"
            )
    if not area or not bandwidth:
        return
    lowest, highest = limits.memory_density_lowest, limits.memory_density_highest
    density = memory_bandwidth_density(bandwidth, area)
    if not Fraction(lowest) <= density <= Fraction(highest):
        got = f"{rounded(Fraction(bandwidth))} GB/s on {rounded(Fraction(area))} mm2, {rounded(density)} GB/s per mm2"
        need = f"{as_text(lowest)} to {as_text(highest)} GB/s per mm2, as stacks are built"
        yield SpecFinding(code="spec-memory-density", where="bandwidth.value", got=got, need=need)

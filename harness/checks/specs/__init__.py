"""One question about a spec file per function, answered in findings. No check touches a file or knows the law."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from harness.checks.specs.areas import area_goes_with_a_die, area_is_stated_once, dies_are_possible
from harness.checks.specs.form import (
    capacity_lies_where_its_kind_lies,
    completeness_fits_the_rates,
    figures_lie_within_what_is_built,
    interconnect_is_complete_where_it_says_so,
    rates_are_stated_once,
    rates_carry_the_unit_of_their_format,
)
from harness.checks.specs.memory import (
    bandwidth_fits_the_capacity,
    bandwidth_follows_from_the_bus,
    bus_has_lanes_that_are_built,
    bus_runs_at_its_line_rate,
    capacity_is_whole_stacks,
    pins_run_at_a_rate_of_their_kind,
)
from harness.checks.specs.names import file_is_named_by_its_id, names_are_its_own
from harness.checks.specs.others import chips_of_a_system_exist, stack_density_is_possible
from harness.checks.specs.rates import (
    clocks_stand_in_order,
    rates_follow_from_the_architecture,
    rates_keep_plain_ratios,
    six_bits_run_like_eight_or_four,
)
from harness.checks.specs.siblings import figures_agree_with_siblings
from harness.checks.specs.sources import (
    datasheet_figures_have_a_datasheet,
    sources_are_listed_once,
    sources_are_there,
    sources_were_read,
)
from harness.checks.specs.wide_rates import wide_rates_follow_from_units_as_built
from harness.model.chip_spec import ChipSpec
from harness.model.memory_spec import MemorySpec
from harness.model.spec_finding import AnySpec, SpecCase, SpecFinding
from harness.model.system_spec import SystemSpec

ALL_CHIP_CHECKS: tuple[Callable[[SpecCase[ChipSpec]], Iterator[SpecFinding]], ...] = (
    file_is_named_by_its_id,
    names_are_its_own,
    sources_are_there,
    sources_are_listed_once,
    sources_were_read,
    datasheet_figures_have_a_datasheet,
    figures_lie_within_what_is_built,
    rates_are_stated_once,
    rates_carry_the_unit_of_their_format,
    rates_follow_from_the_architecture,
    clocks_stand_in_order,
    wide_rates_follow_from_units_as_built,
    rates_keep_plain_ratios,
    six_bits_run_like_eight_or_four,
    bandwidth_follows_from_the_bus,
    bandwidth_fits_the_capacity,
    pins_run_at_a_rate_of_their_kind,
    capacity_is_whole_stacks,
    capacity_lies_where_its_kind_lies,
    bus_has_lanes_that_are_built,
    bus_runs_at_its_line_rate,
    interconnect_is_complete_where_it_says_so,
    area_is_stated_once,
    area_goes_with_a_die,
    dies_are_possible,
    figures_agree_with_siblings,
    completeness_fits_the_rates,
)
ALL_SYSTEM_CHECKS: tuple[Callable[[SpecCase[SystemSpec]], Iterator[SpecFinding]], ...] = (
    file_is_named_by_its_id,
    names_are_its_own,
    sources_are_listed_once,
    sources_were_read,
    chips_of_a_system_exist,
)
ALL_MEMORY_CHECKS: tuple[Callable[[SpecCase[MemorySpec]], Iterator[SpecFinding]], ...] = (
    file_is_named_by_its_id,
    names_are_its_own,
    sources_are_there,
    sources_are_listed_once,
    sources_were_read,
    datasheet_figures_have_a_datasheet,
    stack_density_is_possible,
)

_OF_KIND: Mapping[str, tuple[Callable[[Any], Iterator[SpecFinding]], ...]] = {
    "chip-spec/1": ALL_CHIP_CHECKS,
    "system-spec/1": ALL_SYSTEM_CHECKS,
    "memory-spec/1": ALL_MEMORY_CHECKS,
}


def spec_findings(case: SpecCase[AnySpec]) -> list[SpecFinding]:
    """Return what every check of this kind of spec finds, in the order of the checks."""
    return [finding for check in _OF_KIND[case.spec.format] for finding in check(case)]

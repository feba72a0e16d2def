"""One question about the evidence per function, asked of the case, answered in findings. No check knows the law."""

from collections.abc import Callable, Iterator

from harness.checks.attachments import attachments_are_the_ones_named
from harness.checks.clocks import clocks_are_true, clocks_were_not_locked
from harness.checks.custody import custody_is_unbroken, measurements_lie_within_custody, times_are_in_order
from harness.checks.device import device_is_what_the_report_calls_it, device_was_not_held_down
from harness.checks.device_name import device_names_itself_alike
from harness.checks.fingerprint import formats_fit_the_architecture
from harness.checks.limiters import nothing_limited_the_device
from harness.checks.lot import shipment_lies_within_the_lot, units_are_listed_once
from harness.checks.plausibility import (
    values_are_credible,
    values_are_physically_possible,
    values_lie_where_published_ones_do,
)
from harness.checks.same_work import (
    data_make_a_difference_at_the_power_cap,
    driver_is_of_its_day,
    libraries_do_what_the_units_can,
    same_work_runs_alike,
)
from harness.checks.series import long_runs_keep_the_rate, rates_last
from harness.checks.statements import (
    capacity_unit_is_plain,
    declaration_meets_the_makers_claim,
    statements_have_evidence,
)
from harness.checks.summaries import raw_series_are_not_copied, summaries_follow_from_raw
from harness.checks.values import values_are_usable
from harness.checks.whole_device import the_whole_device_was_there
from harness.model.case import Case
from harness.model.finding import Finding

ALL_CHECKS: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    attachments_are_the_ones_named,
    units_are_listed_once,
    shipment_lies_within_the_lot,
    times_are_in_order,
    custody_is_unbroken,
    measurements_lie_within_custody,
    values_are_usable,
    summaries_follow_from_raw,
    raw_series_are_not_copied,
    device_was_not_held_down,
    device_is_what_the_report_calls_it,
    nothing_limited_the_device,
    clocks_were_not_locked,
    clocks_are_true,
    rates_last,
    long_runs_keep_the_rate,
    same_work_runs_alike,
    libraries_do_what_the_units_can,
    data_make_a_difference_at_the_power_cap,
    driver_is_of_its_day,
    the_whole_device_was_there,
    device_names_itself_alike,
    formats_fit_the_architecture,
    values_are_physically_possible,
    values_are_credible,
    values_lie_where_published_ones_do,
    capacity_unit_is_plain,
    declaration_meets_the_makers_claim,
    statements_have_evidence,
)


def all_findings(case: Case) -> list[Finding]:
    """Return what every check finds, in the order of the checks."""
    return [finding for check in ALL_CHECKS for finding in check(case)]

"""One question about the evidence per function, asked of the case, answered in findings. No check knows the law."""

from collections.abc import Callable, Iterator

from harness.checks.alike import figures_are_a_units_own
from harness.checks.attachments import attachments_are_the_ones_named
from harness.checks.authenticity import evidence_is_authentic
from harness.checks.capacity import capacities_are_shown, capacities_hold_what_is_counted
from harness.checks.clocks import clocks_are_true, clocks_were_not_locked
from harness.checks.copies import samples_are_a_units_own, samples_are_not_rescaled
from harness.checks.custody import custody_is_unbroken, measurements_lie_within_custody, times_are_in_order
from harness.checks.device import device_is_what_the_report_calls_it, device_was_not_held_down
from harness.checks.device_name import device_names_itself_alike
from harness.checks.dossier import dossier_has_evidence, dossier_is_of_the_transaction, dossier_is_the_one_named
from harness.checks.durations import samples_fit_their_times, sessions_are_long_enough
from harness.checks.fingerprint import formats_fit_the_architecture
from harness.checks.freshness import challenge_came_first, driver_was_released, report_is_of_its_day
from harness.checks.laboratory import laboratory_was_accredited
from harness.checks.limiters import nothing_limited_the_device
from harness.checks.lot import shipment_lies_within_the_lot, units_are_listed_once
from harness.checks.noise import samples_are_all_there, samples_look_measured, statistics_hide_no_better_sample
from harness.checks.plausibility import (
    values_are_credible,
    values_are_physically_possible,
    values_lie_where_published_ones_do,
)
from harness.checks.proofs import bandwidth_is_of_dram, formats_keep_their_ratio, results_are_products
from harness.checks.recording import bench_is_unmodified, recorders_are_independent, waivers_change_nothing
from harness.checks.redaction import parties_are_named
from harness.checks.same_work import (
    data_make_a_difference_at_the_power_cap,
    driver_is_of_its_day,
    libraries_do_what_the_units_can,
    same_work_runs_alike,
)
from harness.checks.selection import (
    hardest_format_was_measured,
    units_are_drawn_by_the_laboratory,
    units_perform_alike,
)
from harness.checks.series import long_runs_keep_the_rate, rates_last
from harness.checks.statements import (
    capacity_unit_is_plain,
    declaration_meets_the_makers_claim,
    statements_have_evidence,
)
from harness.checks.summaries import raw_series_are_not_copied, summaries_follow_from_raw
from harness.checks.uncertainty import uncertainties_are_borne_out
from harness.checks.values import values_are_usable
from harness.checks.whole_device import the_whole_device_was_there
from harness.model.case import Case
from harness.model.finding import Finding

ALL_CHECKS: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    evidence_is_authentic,
    laboratory_was_accredited,
    attachments_are_the_ones_named,
    units_are_listed_once,
    shipment_lies_within_the_lot,
    times_are_in_order,
    custody_is_unbroken,
    measurements_lie_within_custody,
    values_are_usable,
    summaries_follow_from_raw,
    uncertainties_are_borne_out,
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
    dossier_is_the_one_named,
    dossier_is_of_the_transaction,
    dossier_has_evidence,
    # Tampering and over-stating: whether what is stated was measured at all.
    samples_are_a_units_own,
    samples_are_not_rescaled,
    figures_are_a_units_own,
    samples_look_measured,
    samples_are_all_there,
    statistics_hide_no_better_sample,
    results_are_products,
    formats_keep_their_ratio,
    bandwidth_is_of_dram,
    capacities_are_shown,
    capacities_hold_what_is_counted,
    samples_fit_their_times,
    sessions_are_long_enough,
    report_is_of_its_day,
    driver_was_released,
    challenge_came_first,
    units_are_drawn_by_the_laboratory,
    units_perform_alike,
    hardest_format_was_measured,
    recorders_are_independent,
    bench_is_unmodified,
    waivers_change_nothing,
    parties_are_named,
)


def all_findings(case: Case) -> list[Finding]:
    """Return what every check finds, in the order of the checks."""
    return [finding for check in ALL_CHECKS for finding in check(case)]

"""A device that shows less than it can: each parameter below, at and above, and no honest report refused."""

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from conftest import REPORTS, Change, both, codes, put, spread
from hypothesis import given
from hypothesis import strategies as st

import harness
from harness.checks import ALL_CHECKS
from harness.codec import packaged
from harness.codec.documents import from_json
from harness.codec.method_files import method_from
from harness.codec.report_files import beside, case_of
from harness.metrics.windows import fall_of, finest_means, step_of, window_means
from harness.model.finding import Effect
from harness.model.lab_report import LabReport
from harness.model.underperformance_catalogue import UNDERPERFORMANCE_CATALOGUE

STATE = "lot.units.0.state"
TEXT = (REPORTS / "h200-sxm-telemetry.json").read_text(encoding="utf-8")
TWIN = json.loads(TEXT)
LIMITERS = {one["name"]: n for n, one in enumerate(TWIN["lot"]["units"][0]["state"]["limiters"])}
SUSTAINED = next(n for n, one in enumerate(TWIN["measurements"]) if one["value"] == "722")
LOOP = next(n for n, one in enumerate(TWIN["measurements"]) if (one["method"].get("path")) == "register-loop")


def verdict(change: Change = lambda report: None) -> harness.Verdict:
    """Judge the report with telemetry after one change to it."""
    report = json.loads(TEXT)
    change(report)
    return harness.verify(json.dumps(report).encode())


def found(change: Change = lambda report: None) -> set[str]:
    """What of this page is found after a change."""
    return codes(verdict(change)) & {*UNDERPERFORMANCE_CATALOGUE, "thermal-slowdown"}


def limiter(name: str, **values: Any) -> Change:
    return lambda report: report["lot"]["units"][0]["state"]["limiters"][LIMITERS[name]].update(values)


def capped_within(microseconds: int, within: int) -> Change:
    return limiter("software-power-cap", before_us=5_000, after_us=5_000 + microseconds, within_energy_time_us=within)


def held_for(name: str, microseconds: int) -> Change:
    return limiter(name, before_us=5_000, after_us=5_000 + microseconds)


def rate(value: str, **fields: Any) -> Change:
    """Add a bf16 run of the library on random data, or one that differs from it."""

    def change(report: dict[str, Any]) -> None:
        one = copy.deepcopy(report["measurements"][0])
        method = {**one["method"], **fields.pop("method", {})}
        raw = {"unit": "TFLOP/s", "samples": [value], **fields.pop("raw", {})}
        del one["in_kernel_sm_clock_mhz"]
        report["measurements"].append(
            {**one, "value": value, "sampled_sm_clock_mhz": "1755", "method": method, "raw": raw, **fields}
        )

    return change


def alone(*kept: int) -> Change:
    """Leave of the measurements only these."""

    def change(report: dict[str, Any]) -> None:
        report["measurements"] = [report["measurements"][n] for n in kept]

    return change


def units_of_the_die(enabled: int) -> Change:
    """Leave rates that so few units may reach at the highest clock."""
    clocks = (put(f"measurements.{n}.sampled_sm_clock_mhz", "1980") for n in (0, 1, 2))
    return both(
        alone(1, 9, 10),
        put(f"{STATE}.processing_units_enabled", enabled),
        put("measurements.0.in_kernel_sm_clock_mhz", None),
        *clocks,
    )


NO_LIMITERS = put(f"{STATE}.limiters", [])


def test_the_report_with_telemetry_has_no_finding_and_passes():
    one = verdict()
    assert (one.outcome, one.findings) == ("pass", ())


def test_no_trick_voids_a_report():
    """A throttled chip that still measures above a limit has exceeded it."""
    assert {entry.effect for entry in UNDERPERFORMANCE_CATALOGUE.values()} == {Effect.LOWER_BOUND_ONLY, Effect.NOTES}


# Each parameter below, at and above. What of the method file a row rests on stands beside it.
THRESHOLDS = [
    # limiter_seconds = 0.01: 10,000 microseconds.
    (held_for("power-brake", 9_999), set()),
    (held_for("power-brake", 10_000), {"limiter-active"}),
    (held_for("power-brake", 10_001), {"limiter-active"}),
    (held_for("sync-boost", 10_000), {"limiter-active"}),
    (held_for("hardware-slowdown", 10_000), {"limiter-active"}),
    (held_for("board-limit", 10_000), {"limiter-active"}),
    (held_for("reliability", 10_000), {"limiter-active"}),
    (held_for("software-thermal", 9_999), set()),
    (held_for("software-thermal", 10_000), {"thermal-slowdown"}),
    (held_for("hardware-thermal", 10_000), {"thermal-slowdown"}),
    (limiter("hardware-thermal", active=True), {"thermal-slowdown"}),
    (limiter("hardware-thermal", active=False), set()),
    (limiter("power-brake", before_us=5, after_us=4), {"limiter-active"}),
    (limiter("power-brake", before_us=None, after_us=10**9), set()),
    # The enforced limit against the default of 700 W.
    (put(f"{STATE}.enforced_power_limit_w", "699.999"), {"enforced-power-limit-lowered"}),
    (put(f"{STATE}.enforced_power_limit_w", "700"), set()),
    (put(f"{STATE}.enforced_power_limit_w", "700.001"), set()),
    # energy_tolerance = 0.10 of the larger: 560.3 W x 1,200 s = 672,360 J, so from 605,124 to 747,066.66 J.
    (put(f"{STATE}.energy_counted_j", "605123"), {"energy-contradicts-power"}),
    (put(f"{STATE}.energy_counted_j", "605124"), set()),
    (put(f"{STATE}.energy_counted_j", "747066"), set()),
    (put(f"{STATE}.energy_counted_j", "747067"), {"energy-contradicts-power"}),
    (put(f"{STATE}.energy_counted_j", "0"), set()),
    # power_tolerance = 0.10: 0.9 x 700 W x t / 1,200 s is 560.3 W where t = 1,067.238... s.
    (held_for("software-power-cap", 1_067_238_095), set()),
    (held_for("software-power-cap", 1_067_238_096), {"power-cap-contradicts-power"}),
    # Of a longer time under the cap only what lies within the time of the energy counts.
    (capped_within(1_100_000_000, 1_067_238_095), set()),
    (capped_within(1_100_000_000, 1_067_238_096), {"power-cap-contradicts-power"}),
    # The other processes and the profile.
    (put(f"{STATE}.other_processes", 0), set()),
    (put(f"{STATE}.other_processes", 1), {"other-processes"}),
    (put(f"{STATE}.power_profile", "Default"), set()),
    (put(f"{STATE}.power_profile", "Max-P"), {"power-profile-set"}),
    # clock_tolerance = 0.02 of 1,605 MHz: from 1,572.9 to 1,637.1 MHz.
    (put("measurements.0.in_kernel_sm_clock_mhz", "1572.8"), {"clock-false"}),
    (put("measurements.0.in_kernel_sm_clock_mhz", "1572.9"), set()),
    (put("measurements.0.in_kernel_sm_clock_mhz", "1637.1"), set()),
    (put("measurements.0.in_kernel_sm_clock_mhz", "1637.2"), {"clock-false"}),
    # clock_share = 0.97 of 1,980 MHz is 1,920.6 MHz; of 3,201 MHz of the memory 3,104.97 MHz.
    (both(held_for("software-power-cap", 0), put("measurements.5.sampled_sm_clock_mhz", "1920.5")),
     {"clock-below-maximum"}),
    (both(held_for("software-power-cap", 0), put("measurements.5.sampled_sm_clock_mhz", "1920.6")), set()),
    (put("measurements.2.sampled_memory_clock_mhz", "3104.96"), {"clock-below-maximum"}),
    (put("measurements.2.sampled_memory_clock_mhz", "3104.97"), set()),
    (limiter("application-clocks", active=True), {"clock-set"}),
    (held_for("application-clocks", 10_000), {"clock-set"}),
    (held_for("application-clocks", 9_999), set()),
    (both(limiter("application-clocks", active=True), put("measurements.5.sampled_sm_clock_mhz", "1920.6")), set()),
    # same_work = 0.05: 1.05 x 788 = 827.4 TFLOP/s; and 1.05 x 784 = 823.2 TFLOP/s, the slower of two drivers.
    (rate("827.4", method={"path": "other-kernel"}), set()),
    (rate("827.5", method={"path": "other-kernel"}), {"rate-depends-on-path"}),
    (rate("827.4", method={"challenged": True}), set()),
    (rate("827.5", method={"challenged": True}), {"rate-depends-on-shape"}),
    (rate("823.2", method={"driver": "driver-3"}), set()),
    (rate("823.3", method={"driver": "driver-3"}), {"rate-depends-on-driver"}),
    # The library faster than a loop in registers that does the same work: 905 x 1.05 = 950.25.
    (both(put("measurements.3.value", "143771"), rate("950", number_format="fp16"),
          rate("905", number_format="fp16", method={"path": "register-loop"})), set()),
    (both(rate("951", number_format="fp16"),
          rate("905", number_format="fp16", method={"path": "register-loop"})), {"rate-depends-on-path"}),
    # register_loop_above = 0.35: 1.35 x 1,447 = 1,953.45 TFLOP/s in fp8.
    (rate("1953.45", number_format="fp8_e4m3", expanded_uncertainty="10", sampled_sm_clock_mhz="1860",
          method={"path": "register-loop"}), set()),
    (rate("1953.46", number_format="fp8_e4m3", expanded_uncertainty="10", sampled_sm_clock_mhz="1860",
          method={"path": "register-loop"}), {"library-below-register-loop"}),
    # data_gain = 0.03 at the power cap: 1.03 x 1,447 = 1,490.41 TFLOP/s on zeros.
    (rate("1490.40", number_format="fp8_e4m3", method={"data_pattern": "all zeros"}), {"data-makes-no-difference"}),
    (rate("1490.41", number_format="fp8_e4m3", method={"data_pattern": "all zeros"}), set()),
    # driver_age_days = 365: 2025-08-04 is 365 days before the test of 2026-08-04.
    (put("configuration.driver_released_on", "2025-08-04"), set()),
    (put("configuration.driver_released_on", "2025-08-03"), {"driver-outdated"}),
    # sustained_below = 0.25 and sustained_above = 0.05 against 894 TFLOP/s in 0.246 s: 670.5 and 938.7 TFLOP/s.
    (rate("670.5", method={"data_pattern": "zeros"}, raw={"durations_s": ["40"]}), set()),
    (rate("670.4", method={"data_pattern": "zeros"}, raw={"durations_s": ["40"]}), {"sustained-unlike-burst"}),
    (rate("938.7", method={"data_pattern": "zeros"}, raw={"durations_s": ["40"]}), set()),
    (rate("938.8", method={"data_pattern": "zeros"}, raw={"durations_s": ["40"]}), {"sustained-unlike-burst"}),
    # longer_by = 4: 4 x 0.246 s = 0.984 s.
    (rate("670.4", method={"data_pattern": "zeros"}, raw={"durations_s": ["0.983"]}), set()),
    (rate("670.4", method={"data_pattern": "zeros"}, raw={"durations_s": ["0.984"]}), {"sustained-unlike-burst"}),
    # Links: 18 in use of those that are there; link_tolerance = 0.001 of 32 Gbit/s is 0.032.
    (put(f"{STATE}.links.0.physical_count", 17), set()),
    (put(f"{STATE}.links.0.physical_count", 18), set()),
    (put(f"{STATE}.links.0.physical_count", 19), {"links-trained-down"}),
    (put(f"{STATE}.links.1.maximum_rate", "32.032"), set()),
    (put(f"{STATE}.links.1.maximum_rate", "32.033"), {"links-trained-down"}),
    # Memory: stack_below = 0.035 of the 141 GiB that the chip has leaves 136.065 GiB = 139,330.56 MiB.
    (put(f"{STATE}.memory_total", "139330"), {"memory-hidden"}),
    (put(f"{STATE}.memory_total", "139331"), set()),
    # part_of_device = 0.55 of the 141 GB that the maker prints is 77.55 GB; of 132 units 72.6.
    (both(put(f"{STATE}.memory_total", "77.55"), put(f"{STATE}.memory_total_unit", "GB")), {"part-of-the-device"}),
    (both(put(f"{STATE}.memory_total", "77.56"), put(f"{STATE}.memory_total_unit", "GB")), {"memory-hidden"}),
    (both(alone(2, 3, 4), put(f"{STATE}.processing_units_enabled", 72)), {"part-of-the-device"}),
    (both(alone(2, 3, 4), put(f"{STATE}.processing_units_enabled", 73)), set()),
    (both(alone(2, 3, 4), put(f"{STATE}.processing_units_enabled", 66), put(f"{STATE}.partitioned", True)), set()),
    (put(f"{STATE}.remapped_memory_rows", 1), {"memory-retired"}),
    # bandwidth_floor = 0.70 of 6,144 bit x 3,201 MHz x 2 / 8 = 4,916.736 GB/s is 3,441.7152 GB/s.
    (both(put("measurements.2.value", "3.4418"), put("measurements.2.raw", {"unit": "TB/s", "samples": ["3.4418"]})),
     set()),
    (both(put("measurements.2.value", "3.4417"), put("measurements.2.raw", {"unit": "TB/s", "samples": ["3.4417"]})),
     {"bandwidth-below-bus"}),
    # die_share = 0.75 of the 144 units of a GH100 is 108.
    (units_of_the_die(108), set()),
    (units_of_the_die(107), {"units-disabled"}),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), spread(THRESHOLDS, 40, several=True))
def test_each_parameter_below_at_and_above(change: Change, expected: set[str]):
    assert found(change) == expected


NAMES = [
    ("NVIDIA H200", set()),
    ("NVIDIA H200 141GB HBM3e", set()),
    ("nvidia h200-sxm", set()),
    ("NVIDIA H200 NVL", {"device-name-contradicts"}),
    ("NVIDIA H2000", {"device-name-contradicts"}),
    ("NVIDIA A100-SXM4-80GB", {"device-name-contradicts"}),
    ("Graphics Device", {"device-name-contradicts"}),
]


@pytest.mark.parametrize(("name", "expected"), NAMES)
def test_the_device_calls_itself_what_the_report_does(name: str, expected: set[str]):
    assert found(put(f"{STATE}.device_name", name)) == expected


def test_part_numbers_agree_but_for_how_they_are_written():
    def numbers(stated: str, shown: str) -> Change:
        return both(put("product.part_number", stated), put(f"{STATE}.device_part_number", shown))

    assert found(numbers("699-2G520-0200", "699 2g520 0200")) == set()
    assert found(numbers("699-2G520-0200", "699-2G520-0201")) == {"device-name-contradicts"}


def test_a_power_cap_is_only_noted_where_no_run_shows_what_lies_above_it():
    no_zeros = lambda report: report["measurements"].pop(1)  # noqa: E731
    assert found(no_zeros) == {"power-capped"}
    assert found(both(no_zeros, held_for("software-power-cap", 9_999), alone(1, 2, 3))) == set()
    # power_at_cap = 0.97 of 700 W is 679 W, without any counter.
    power = both(no_zeros, NO_LIMITERS, put(f"{STATE}.energy_time_s", None))
    assert found(both(power, put(f"{STATE}.mean_power_w", "678.9"))) == set()
    assert found(both(power, put(f"{STATE}.mean_power_w", "679"))) == {"power-capped"}


def test_without_limiters_only_a_clock_that_never_moved_was_locked():
    """An honest clock under power moves; one that stays within one step of 15 MHz over eight samples was set."""

    def clocks(*values: int) -> Change:
        series = {"clocks_mhz": [str(value) for value in values]}
        return both(NO_LIMITERS, alone(0, 2, 3, 4), lambda report: report["measurements"][0]["raw"].update(series))

    assert found(clocks(*[1605] * 7, 1621)) == {"power-capped"} - {"power-capped"}
    assert found(clocks(*[1605] * 7, 1620)) == {"clock-below-maximum"}
    assert found(clocks(*[1605] * 8)) == {"clock-below-maximum"}
    assert found(clocks(*[1605] * 7)) == set()


def test_a_report_without_telemetry_is_asked_for_none():
    """What the format had no room for is not missed: the same report without it is found as it was."""

    def bare(report: dict[str, Any]) -> None:
        state = report["lot"]["units"][0]["state"]
        known = json.loads((REPORTS / "h200-sxm.json").read_text(encoding="utf-8"))["lot"]["units"][0]["state"]
        for field in set(state) - set(known):
            del state[field]
        for one in report["measurements"]:
            one["raw"].pop("durations_s", None)
            one["raw"].pop("clocks_mhz", None)
            for field in ("sampled_sm_clock_mhz", "in_kernel_sm_clock_mhz", "sampled_memory_clock_mhz"):
                one.pop(field, None)

    one = verdict(bare)
    assert (one.outcome, one.findings, one.fingerprints) == ("pass", (), ())


# --- Series -------------------------------------------------------------------------------------------------------


def dram(samples: list[str]) -> Change:
    """A series of copies of a second each, in GB/s."""
    raw = {"unit": "GB/s", "samples": samples, "durations_s": ["1"] * len(samples)}
    value = {"value": max(samples, key=float), "unit": "GB/s", "expanded_uncertainty": "90", "raw": raw}
    return lambda report: report["measurements"][2].update(value)


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        # The later four of eight windows 1 % below the first four, and a little more; each half even.
        (["4300", "4301"] * 4, set()),
        (["4300", "4290", "4280", "4270", "4260", "4250", "4240", "4230"], set()),  # 4245 / 4285 = 0.9907
        (["4300", "4285", "4270", "4255", "4240", "4225", "4210", "4195"], {"rate-falls"}),  # 4217.5 / 4277.5 = 0.986
        (["4195", "4210", "4225", "4240", "4255", "4270", "4285", "4300"], set()),
        # From 4,000 down by 5 % to 3,800, and by more; up likewise.
        (["4000"] * 4 + ["3800"] * 4, set()),
        (["4000"] * 4 + ["3799"] * 4, {"rate-steps"}),
        (["4000"] * 6 + ["3799"] * 2, {"rate-steps"}),
        (["4000"] * 4 + ["4201"] * 4, {"rate-steps"}),
        (["4000"] * 7 + ["3700"], set()),  # one sample is no level
        (["4000", "3700"] * 4, set()),  # noise
        (["4300", "4200", "4100", "4000"], set()),  # fewer samples than windows
    ],
)
def test_a_series_falls_or_steps_beyond_the_threshold_and_the_noise(samples: list[str], expected: set[str]):
    assert found(dram(samples)) == expected


@pytest.mark.parametrize(
    ("later", "expected"),
    # sustained_below = 0.25: 0.75 x 720 = 540. At the power cap a product of matrices may fall so far.
    [("540", set()), ("539", {"rate-steps"})],
)
def test_what_the_power_limit_takes_is_excused_and_no_more(later: str, expected: set[str]):
    samples = ["720"] * 8 + [later] * 8
    change = both(put(f"measurements.{SUSTAINED}.raw.samples", samples), put(f"measurements.{SUSTAINED}.value", "720"))
    assert found(change) == expected
    # Without the cap the same fall has no excuse.
    assert "rate-steps" in found(both(change, held_for("software-power-cap", 0)))


SERIES = st.lists(st.integers(min_value=1, max_value=10**6), min_size=8, max_size=80)
NOISE = Fraction(3)


def judged_series(rates: list[Decimal], seconds: Decimal) -> tuple[Fraction | None, Fraction | None]:
    """By which share a series steps, and by which it falls."""
    means, whole = finest_means(rates, [seconds] * len(rates))
    step, fall = step_of(means, NOISE, whole=whole), fall_of(window_means(rates, [seconds] * len(rates), 8), NOISE)
    return step and step.fall, fall and fall.fall


@given(SERIES, st.integers(min_value=1, max_value=50))
def test_a_series_is_judged_whatever_its_unit(rates: list[int], factor: int):
    one = judged_series([Decimal(rate) for rate in rates], Decimal(1))
    assert judged_series([Decimal(rate * factor) for rate in rates], Decimal("0.125")) == one


@given(st.integers(min_value=1, max_value=10**6), st.integers(min_value=8, max_value=200))
def test_an_even_series_neither_falls_nor_steps(rate: int, length: int):
    assert judged_series([Decimal(rate)] * length, Decimal("0.3")) == (None, None)


@given(SERIES)
def test_one_window_is_the_mean(rates: list[int]):
    series = [Decimal(rate) for rate in rates]
    assert window_means(series, [Decimal(1)] * len(rates), 1) == [Fraction(sum(rates), len(rates))]


# --- What a finding does ------------------------------------------------------------------------------------------


def test_a_device_that_was_held_down_and_lies_above_a_declaration_has_exceeded_it():
    held = held_for("power-brake", 10**6)
    assert verdict(held).outcome == "undecided"
    # 894 TFLOP/s in bf16 are 14,304 TPP, and 14,304 - 315 lie above a declaration of 12,000.
    assert verdict(both(held, put("declared.tpp.value", "12000"))).outcome == "fail"


def test_a_method_of_before_runs_none_of_these_checks():
    name = next(path for path in packaged.METHODS.iterdir() if path.name.startswith("2026-11-23"))
    method, digest = method_from(name.read_bytes(), name.name)
    assert method.device is None
    change = both(held_for("power-brake", 10**6), put(f"{STATE}.other_processes", 3))
    report = json.loads(TEXT)
    change(report)
    case = replace(_case(report), method=method, method_sha256=digest)
    seen = {finding.code for check in ALL_CHECKS for finding in check(case)}
    assert not seen & set(UNDERPERFORMANCE_CATALOGUE)


def _case(report: dict[str, Any]) -> Any:
    data = json.dumps(report).encode()
    return case_of(data, "report.json", None, beside(None))


HOSTILE: list[Callable[[dict[str, Any]], object]] = [
    put("measurements.0.sampled_sm_clock_mhz", "0"),
    put("measurements.0.in_kernel_sm_clock_mhz", "0"),
    put("measurements.0.in_kernel_sm_clock_mhz", "99999999999999999999"),
    put("measurements.0.raw.durations_s", []),
    put("measurements.0.raw.durations_s", ["0"] * 10),
    put("measurements.0.raw.clocks_mhz", ["0"] * 10),
    put("measurements.0.raw.samples", ["0"] * 10),
    put("measurements.0.value", "0"),
    put("measurements.0.unit", "GB/s"),
    put("measurements.0.expanded_uncertainty", "99999999999999999999"),
    put("measurements.2.sampled_memory_clock_mhz", "0.000000000000000001"),
    put("measurements.2.raw.unit", "TFLOP/s"),
    put(f"{STATE}.processing_units_enabled", 0),
    put(f"{STATE}.memory_bus_width_bits", 0),
    put(f"{STATE}.memory_bus_width_bits", 1_000_000_000),
    put(f"{STATE}.memory_bus_width_bits", 1),
    put(f"{STATE}.memory_total", "0"),
    put(f"{STATE}.memory_total", "99999999999999999999"),
    put(f"{STATE}.mean_power_w", "0"),
    put(f"{STATE}.energy_time_s", "0.000000000000000001"),
    put(f"{STATE}.enforced_power_limit_w", "0"),
    put(f"{STATE}.links", [{"name": "x", "count": 0, "physical_count": 0, "rate": "0", "maximum_rate": "0"}]),
    put(f"{STATE}.limiters", [{"name": "power-brake"}] * 50),
    put(f"{STATE}.device_name", "\u202e"),
    put(STATE, None),
    put("lot", None),
    put("product", None),
    put("configuration", None),
    put("dates", None),
    put("measurements", []),
    lambda report: report["lot"]["units"].append(copy.deepcopy(report["lot"]["units"][0])),
    lambda report: [one.update(unit_id="unit-9") for one in report["measurements"]],
    lambda report: [one.update(number_format="fp4") for one in report["measurements"]],
    lambda report: [one.update(method=None, raw=None) for one in report["measurements"]],
]


@pytest.mark.parametrize("change", HOSTILE)
def test_nothing_that_a_report_may_say_stops_the_checks(change: Change):
    one = verdict(change)
    assert one.model_dump_json()
    assert from_json(LabReport, json.dumps(TWIN).encode(), "twin") is not None
    assert Decimal(one.score.applies) >= 0

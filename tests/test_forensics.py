"""Tampering and over-stating: each parameter below, at and above; and what a proof shows, by its own arithmetic."""

import copy
import dataclasses
import json
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

import pytest
from conftest import REPORTS, Change, both, put, spread

import harness
from harness.checks import all_findings
from harness.checks.proofs import bandwidth_is_of_dram
from harness.checks.selection import hardest_format_was_measured
from harness.codec.report_files import read_case
from harness.model.catalogue import CATALOGUE
from harness.model.finding import Finding

TWIN = json.loads((REPORTS / "h200-sxm-proofs.json").read_text(encoding="utf-8"))
NOON = "2026-08-04T15:10:00"


def found(change: Change) -> list[Finding]:
    """What the checks find in the report with proofs after one change to it."""
    report = copy.deepcopy(TWIN)
    change(report)
    return all_findings(read_case(json.dumps(report).encode(), "the report", None, None))


def codes(change: Change) -> set[str]:
    return {finding.code for finding in found(change)}


def further(base: int, samples: list[str], statistic: str = "max", **stated: Any) -> Change:
    """A further measurement beside one that is there, with a short series of its own."""

    def change(report: dict[str, Any]) -> None:
        one = copy.deepcopy(report["measurements"][base])
        one["method"]["name"] = "another kernel"
        value = stated.pop("value", max(samples, key=float) if samples else None)
        raw = {"unit": one["unit"], **({"samples": samples} if samples else {})}
        one.update({"value": value, "statistic": statistic, "proof": None, "raw": raw, **stated})
        report["measurements"].append(one)

    return change


def raw(n: int, samples: list[str], **stated: Any) -> Change:
    """Another raw series behind a measurement, whose value is then its highest sample."""

    def change(report: dict[str, Any]) -> None:
        one = report["measurements"][n]
        one.update(value=max(samples, key=float), raw={"unit": one["unit"], "samples": samples, **stated})

    return change


def samples_of(n: int) -> list[str]:
    return list(TWIN["measurements"][n]["raw"]["samples"])


def observations(count: int, digits: int = 6) -> Change:
    """Figures beside the measurements, the same for two units."""
    figures = [(f"figure-{n}", f"{10 ** (digits - 1) + 7 * n + 1}") for n in range(count)]
    return put(
        "observations",
        [
            {"unit_id": f"unit-{u}", "name": name, "value": value, "unit": "us"}
            for u in (1, 2)
            for name, value in figures
        ],
    )


def stepped(start: float, step: float, count: int) -> list[str]:
    return [f"{start + step * n:.2f}" for n in range(count)]


STATED = 143771 * 2**20  # bytes of the capacity that the report states
PROOF = "measurements.3.capacity_proof"
TEST_DAY = date(2026, 8, 4)
# claims: fp8 1,979 and bf16 989.4 TFLOP/s; the highest bf16 sample of unit-1 is 788.25
RATIO = Fraction("788.25") * Fraction("1979") / Fraction("989.4") * Fraction("1.25") * 100
QUIET = {"quiet": f"{floor(RATIO) / 100:.2f}", "loud": f"{ceil(RATIO + Fraction(1, 100)) / 100:.2f}"}

THRESHOLDS: list[tuple[str, Change, Change]] = [
    # best 879, 880 and 881 over a mean of 800: 1.1 times is allowed
    ("average-of-unlike", further(0, ["720", "880"], "mean", value="800"),
     further(0, ["719", "881"], "mean", value="800")),
    ("average-of-unlike", further(0, ["721", "879"], "mean", value="800"),
     further(0, ["400", "881"], "min", value="400")),
    ("cache-not-dram", put("measurements.2.method.footprint_bytes", 2**32),
     put("measurements.2.method.footprint_bytes", 2**32 - 1)),
    ("cache-not-dram",
     both(put("lot.units.0.state.last_level_cache_bytes", 2**30), put("measurements.2.method.footprint_bytes", 2**33)),
     both(put("lot.units.0.state.last_level_cache_bytes", 2**30),
          put("measurements.2.method.footprint_bytes", 2**33 - 1))),
    ("capacity-above-stated", put(f"{PROOF}.bytes_verified", STATED * 1001 // 1000),
     put(f"{PROOF}.bytes_verified", STATED * 1001 // 1000 + 1)),
    ("capacity-proof-weak", put(f"{PROOF}.bytes_verified", ceil(STATED * Fraction("0.95"))),
     put(f"{PROOF}.bytes_verified", ceil(STATED * Fraction("0.95")) - 1)),
    ("capacity-proof-weak", put(f"{PROOF}.pattern_period_bytes", 149788590080),
     put(f"{PROOF}.pattern_period_bytes", 149788590079)),
    ("capacity-proof-weak", put(f"{PROOF}.seeds", 2), put(f"{PROOF}.seeds", 1)),
    ("capacity-proof-weak", put(f"{PROOF}.written_before_read", None), put(f"{PROOF}.written_before_read", False)),
    ("capacity-contradicted", put(f"{PROOF}.slowest_chunk", "2052.5"), put(f"{PROOF}.slowest_chunk", "2052.499")),
    ("capacity-contradicted", put(f"{PROOF}.bytes_wrong", 0), put(f"{PROOF}.bytes_wrong", 1)),
    # two minutes, a second for instants without a fraction, and 1 %: 122.21 s
    ("duration-impossible", put("measurements.0.raw.durations_s", ["1"] * 23 + ["99.21"]),
     put("measurements.0.raw.durations_s", ["1"] * 23 + ["99.22"])),
    # 4,296.6 GB/s for 10 ms, and 1 %: 43,395,660,000 bytes
    ("duration-impossible",
     both(raw(2, ["4296.6"], durations_s=["0.01"]), put("measurements.2.method.footprint_bytes", 43_395_660_000)),
     both(raw(2, ["4296.6"], durations_s=["0.01"]), put("measurements.2.method.footprint_bytes", 43_395_660_001))),
    ("duration-too-short", put("measurements.0.raw.durations_s", ["0.0000011"] * 24),
     put("measurements.0.raw.durations_s", ["0.000001"] + ["0.1"] * 23)),
    ("duration-too-short", put("session.ended_at", "2026-08-04T14:55:00.999Z"),
     put("session.ended_at", "2026-08-04T14:55:00.998Z")),
    ("duration-too-short", both(raw(0, samples_of(0)), put("measurements.0.ended_at", f"{NOON}.009Z")),
     both(raw(0, samples_of(0)), put("measurements.0.ended_at", f"{NOON}.008Z"))),
    ("driver-unreleased", put("configuration.driver_released_on", "2026-08-05"),
     put("configuration.driver_released_on", "2026-08-06")),
    ("report-stale", put("session.report_issued_at", f"{TEST_DAY + timedelta(days=180)}T09:00:00Z"),
     put("session.report_issued_at", f"{TEST_DAY + timedelta(days=181)}T09:00:00Z")),
    ("report-stale", put("dates.export", str(date(2026, 8, 5) + timedelta(days=180))),
     put("dates.export", str(date(2026, 8, 5) + timedelta(days=181)))),
    # sqrt(0.0023 x 0.014) = 0.0056745: nearer to int8 than to bf16 from there
    ("format-contradicted", put("measurements.0.proof.relative_error", "0.00567450"),
     put("measurements.0.proof.relative_error", "0.00567451")),
    ("format-ratio-unlikely", further(1, [QUIET["quiet"]]), further(1, [QUIET["loud"]])),
    ("mean-impossible",
     further(0, [], "mean", value="785.18", raw={"unit": "TFLOP/s", "count": 28, "resolution": "1"}),
     further(0, [], "mean", value="785.19", raw={"unit": "TFLOP/s", "count": 28, "resolution": "1"})),
    ("mean-impossible",
     further(0, [], "mean", value="785.21", raw={"unit": "TFLOP/s", "count": 28, "resolution": "1"}),
     further(0, [], "mean", value="785.2", raw={"unit": "TFLOP/s", "count": 3, "resolution": "1"})),
    ("result-wrong", put("measurements.0.proof.result_wrong", 0), put("measurements.0.proof.result_wrong", 1)),
    ("result-wrong", put("measurements.0.proof.result_checked", None),
     put("measurements.0.proof.result_checked", False)),
    ("result-wrong", put("measurements.1.proof.relative_error", "0.05"),
     put("measurements.1.proof.relative_error", "1")),
    ("recorder-clocks-apart", put("recorders.1.clock_offset_ms", "800"), put("recorders.1.clock_offset_ms", "800.001")),
    ("recorder-clocks-apart", put("recorders.1.clock_offset_ms", "-800"),
     put("recorders.1.clock_offset_ms", "-800.001")),
    ("recorder-not-independent", put("recorders.1.controlled_by", "Another Institute"),
     put("recorders.1.controlled_by", "example exports llc")),
    # Nobody named is nobody outside.
    ("recorder-not-independent", put("recorders.1.controlled_by", "Another Institute"),
     put("recorders.1.controlled_by", None)),
    ("recorder-not-independent", put("recorders", []), lambda report: report["recorders"].pop(1)),
    ("samples-left-out", put("measurements.0.raw.count", None), put("measurements.0.raw.count", 25)),
    ("samples-left-out", put("measurements.0.raw.sessions", [20, 4]), put("measurements.0.raw.sessions", [20, 3])),
    ("samples-left-out", put("measurements.0.raw.clocks_mhz", ["1700"] * 24),
     put("measurements.0.raw.clocks_mhz", ["1700"] * 23)),
    ("samples-off-grid", raw(0, ["786.4", "786.8", "788"], resolution="0.4"),
     raw(0, ["786.4", "786.9", "788"], resolution="0.4")),
    # 16!/16^16 is 1.1 in a million, 17!/17^17 is 0.4
    ("samples-patterned", raw(0, stepped(785.01, 0.13, 16)), raw(0, stepped(785.01, 0.13, 17))),
    # a block of 9, twice: 4^-9 is 3.8 in a million; of 10: 0.95
    ("samples-patterned", raw(0, samples_of(0)[:9] * 2), raw(0, samples_of(5)[:8] * 3)),
    ("samples-too-even", raw(0, ["788.31"] * 9), raw(0, ["788.31"] * 10)),
    ("samples-too-even", raw(0, ["788.3"] * 10), raw(0, stepped(785.01, 0.13, 16))),
    ("units-handpicked", put("lot.drawn_by", "other"), put("lot.drawn_by", "manufacturer")),
    ("units-handpicked", put("lot.drawn_by", None), put("lot.drawn_by", "applicant")),
    ("units-spread-wide", both(further(0, ["800"]), further(5, ["760"])),
     both(further(0, ["800"]), further(5, ["759.99"]))),
    # 4^-4 is 3.9 in a thousand, 4^-5 is 0.98
    ("figures-shared", observations(4), observations(5)),
    ("figures-shared", observations(9, digits=4), observations(9, digits=5)),
    ("waiver-ignored", put("waivers", []), put("waivers", [{"check": "raw-absent"}])),
    ("bench-modified", put("configuration.bench_sha256", None), put("configuration.bench_sha256", "0a" * 32)),
    ("bench-modified", both(put("configuration.bench_sha256", "0a" * 32), put("configuration.bench", "our own")),
     both(put("configuration.bench_sha256", "0a" * 32), put("configuration.bench", "MAMF Finder"))),
    ("easier-test", lambda report: report["measurements"].pop(11), lambda report: report["measurements"].pop(10)),
    ("time-out-of-order", both(put("session.started_at", None), put("challenge.issued_at", "2026-08-04T15:00:00Z")),
     both(put("session.started_at", None), put("challenge.issued_at", "2026-08-04T15:00:01Z"))),
]  # fmt: skip

# What is made by copying has its own tests below, and its chances in test_coincidence.py.
COPIES = {"raw-shared", "raw-rescaled"}


@pytest.mark.parametrize(("code", "quiet", "loud"), spread(THRESHOLDS, 25, several=True))
def test_each_parameter_parts_what_is_quiet_from_what_is_told(code: str, quiet: Change, loud: Change):
    assert code not in codes(quiet)
    assert code in codes(loud)


def test_the_honest_twin_is_quiet():
    assert found(lambda report: None) == []


def test_a_format_just_below_the_share_of_the_hardest_is_the_easier_test():
    """15,832 TPP x 0.9 / 16 bits = 890.55 TFLOP/s."""
    case = read_case(json.dumps(TWIN).encode(), "the report", None, None)
    assert case.spec is not None
    rates = {"quiet": "890.55", "loud": "890.54"}
    for word, claim in rates.items():
        claimed = tuple(
            rate.model_copy(update={"value": type(rate.value)(claim)}) if rate.format == "bf16" else rate
            for rate in case.spec.rates
        )
        spec = case.spec.model_copy(update={"rates": claimed})
        told = [one.got for one in hardest_format_was_measured(dataclasses.replace(case, spec=spec))]
        # unit-3 was measured in bf16 and tf32 alone
        assert len(told) == (word == "loud"), told


@pytest.mark.parametrize(
    ("claimed", "output", "error", "named"),
    [
        # the errors of the table, each with the format that the units really worked in
        ("fp32", "fp32", "0.00029", "tf32-or-fp16"),
        # 2.1e-4 of the output and 2.9e-4 of the operands are 3.6e-4 together
        ("fp32", "fp16", "0.00036", "tf32-or-fp16"),
        ("fp32", "fp32", "0.0023", "bf16"),
        ("tf32", "fp32", "0.0023", "bf16"),
        ("fp16", "fp16", "0.0023", "bf16"),
        ("bf16", "fp32", "0.037", "fp8_e4m3"),
        ("bf16", "bf16", "0.016", "int8"),
        ("int8", "int32", "0.13", "fp4"),
        ("fp8_e4m3", "bf16", "0.074", "fp8_e5m2"),
        ("fp8_e5m2", "bf16", "0.13", "fp4"),
        ("fp64", "fp64", "0.0000003", "fp32"),
    ],
)
def test_the_format_that_an_error_looks_like_is_named(claimed: str, output: str, error: str, named: str):
    proof = {"relative_error": error, "output_format": output, "result_checked": True}
    told = found(both(put("measurements.11.number_format", claimed), put("measurements.11.proof", proof)))
    (finding,) = (one for one in told if one.code == "format-contradicted")
    assert f"nearest to {named} " in finding.got
    assert finding.where == "measurements[11].proof.relative_error"


@pytest.mark.parametrize(
    ("claimed", "output", "error"),
    [
        ("fp32", "fp32", "0.0000004"), ("fp32", "fp32", "0.000004"), ("tf32", "fp32", "0.00029"),
        ("bf16", "bf16", "0.0017"), ("bf16", "bf16", "0.0029"), ("fp8_e4m3", "bf16", "0.0017"), ("bf16", "fp32", "0"),
        ("fp8_e4m3", "bf16", "0.037"), ("int8", "int32", "0"), ("int8", None, "0.017"), ("fp4", "bf16", "0.13"),
    ],
)  # fmt: skip
def test_an_honest_error_is_not_taken_for_another_formats(claimed: str, output: str | None, error: str):
    proof = {"relative_error": error, "output_format": output, "result_checked": True, "result_wrong": 0}
    told = codes(both(put("measurements.11.number_format", claimed), put("measurements.11.proof", proof)))
    assert not told & {"format-contradicted", "result-wrong"}


class TestCopies:
    """unit-1 and unit-3 have 24 bf16 samples each, in measurements 0 and 10."""

    def test_a_copy_with_a_few_edits_is_told(self):
        edited = [*samples_of(0)[3:], "786.21", "787.13", "787.44"]
        (finding,) = found(raw(10, edited))
        assert (finding.code, finding.where) == ("raw-shared", "measurements[10].raw")
        assert "unit-1" in finding.got

    def test_half_a_copy_is_not_told(self):
        """Of 24 long values 11 agree: less than half, which coarse timers do."""
        assert found(raw(10, samples_of(0)[:11] + samples_of(10)[:13])) == []

    def test_a_coarse_timer_beside_fine_ones_is_no_copy(self):
        """Both units stand on the same 24 ticks in bf16; their other series have some hundred steps to stand on."""
        ticks = [f"{788 / (1 + n / 2000):.4f}" for n in range(24)]
        assert "raw-shared" not in codes(both(raw(0, ticks), raw(10, [*ticks[::-1][:-1], "788.1234"])))

    def test_one_log_many_times_with_an_edit_each_is_told(self):
        def change(report: dict[str, Any]) -> None:
            for unit in (5, 10):
                report["measurements"][unit]["raw"] = {
                    "unit": "TFLOP/s",
                    "samples": [*samples_of(0)[:23], f"78{unit}.77"],
                }
                report["measurements"][unit]["value"] = max(report["measurements"][unit]["raw"]["samples"], key=float)

        assert [one.where for one in found(change) if one.code == "raw-shared"] == [
            "measurements[5].raw",
            "measurements[10].raw",
        ]

    @pytest.mark.parametrize("factor", ["0.991", "1.0137", "0.5"])
    def test_a_copy_times_a_factor_is_told(self, factor: str):
        scaled = [f"{float(Fraction(one) * Fraction(factor)):.2f}" for one in samples_of(0)]
        assert "raw-rescaled" in codes(raw(10, scaled[::-1]))

    @pytest.mark.parametrize("shift", ["0.37", "-1.2"])
    def test_a_copy_plus_a_shift_is_told(self, shift: str):
        shifted = [f"{float(Fraction(one) + Fraction(shift)):.2f}" for one in samples_of(0)]
        assert "raw-rescaled" in codes(raw(10, shifted))

    def test_the_series_of_one_format_given_as_twice_that_of_another_is_told(self):
        """fp8 made from bf16 on the same unit."""
        doubled = [f"{2 * float(one):.2f}" for one in samples_of(0)]
        (finding,) = (one for one in found(raw(1, doubled)) if one.code == "raw-rescaled")
        assert finding.where == "measurements[1].raw"
        assert "times 2," in finding.got

    def test_a_short_series_tells_nothing_but_where_it_is_equal(self):
        """Three samples of another unit times a factor: three points always have a shape."""
        assert codes(both(raw(0, ["786.31", "787.02", "788"]), raw(10, ["784.34", "785.05", "786.03"]))) == set()

    def test_one_series_under_two_statistics_is_one_units_own(self):
        assert found(further(0, samples_of(0), "max")) == []


def test_a_waiver_changes_no_outcome_whatever_it_asks_for():
    """The report with a copied series fails, with a waiver of every check there is as without one."""
    report = copy.deepcopy(TWIN)
    raw(10, [*samples_of(0)[:23], "788.77"])(report)
    without = harness.verify(json.dumps(report).encode())
    report["waivers"] = [{"check": code, "signed_by": "The Director", "reason": "none"} for code in CATALOGUE]
    waived = harness.verify(json.dumps(report).encode())
    assert (without.outcome, waived.outcome) == ("fail", "fail")
    kept = [one for one in waived.findings if one.code != "waiver-ignored"]
    assert kept == list(without.findings)
    assert len(waived.findings) - len(kept) == len(CATALOGUE)


SLIPS = [
    # the copy rate of 4,296.6 GB/s and the bf16 rate of 788.25 TFLOP/s, each in a unit that it is not in
    (2, "TB/s", "4296.6", "MB/s given as GB/s"),
    (2, "MB/s", "4296.6", "TB/s given as GB/s"),
    (2, "GB/s", "34372.8", "Gbit/s given as GB/s"),
    (2, "GB/s", "8593.2", "counted twice"),
    (0, "PFLOP/s", "788.25", "GFLOPS given as TFLOPS"),
    (0, "GFLOP/s", "788.25", "PFLOPS given as TFLOPS, or TFLOPS as GFLOPS"),
    (0, "TFLOP/s", "1576.5", "sparse given as dense"),
    # a duration in microseconds read as milliseconds, and in milliseconds read as microseconds
    (0, "TFLOP/s", "788250", "GFLOPS given as TFLOPS"),
    (0, "TFLOP/s", "788250000", "MFLOPS given as TFLOPS"),
]  # fmt: skip


@pytest.mark.parametrize(("n", "unit", "value", "named"), SLIPS)
def test_a_slip_of_the_unit_is_named(n: int, unit: str, value: str, named: str):
    def change(report: dict[str, Any]) -> None:
        report["measurements"][n].update(value=value, unit=unit, raw={"unit": unit, "samples": [value]})

    told = [one for one in found(change) if one.code in ("above-physical-peak", "implausibly-low")]
    assert [one.where for one in told] == [f"measurements[{n}].value"]
    assert named in told[0].got


@pytest.mark.parametrize(
    ("declared", "code"),
    [
        # 143,771 MiB are 150.75 GB: declared as 140.4 GB they are too many, as 140.4 GiB (150.753) too many by a hair
        ({"value": "140.4", "unit": "GB"}, None),
        ({"value": "140.5", "unit": "GB"}, "capacity-unit-ambiguous"),
        ({"value": "143771", "unit": "MB"}, "capacity-unit-ambiguous"),
        ({"value": "140.5", "unit": "GiB"}, None),
    ],
)
def test_decimal_gigabytes_for_binary_ones_are_named(declared: dict[str, str], code: str | None):
    told = codes(put("declared.copackaged_dram_capacity", declared))
    assert ("capacity-unit-ambiguous" in told) == (code is not None)


def test_both_directions_for_one_exceed_what_was_counted():
    """18 links x 26.562 GB/s x 2 and 16 lanes x 32 Gbit/s x 2 are 1,084.232 GB/s; twice that was never counted."""
    change = both(
        put("measurements.4.value", "2168.464"), put("measurements.4.raw.samples", ["1912.464", "256"]),
    )  # fmt: skip
    assert "inventory-contradicts" in codes(change)


def test_a_method_of_before_judges_nothing_of_this():
    """Older methods have no section, and a report judged by one of them is judged as it was."""
    report = copy.deepcopy(TWIN)
    both(put("lot.drawn_by", "applicant"), put("configuration.driver_released_on", "2026-08-06"))(report)
    put("waivers", [{"check": "raw-absent"}])(report)
    case = read_case(json.dumps(report).encode(), "the report", None, None)
    before = dataclasses.replace(case, method=case.method.model_copy(update={"forensics": None}))
    assert {one.code for one in all_findings(case)} == {"units-handpicked", "driver-unreleased", "waiver-ignored"}
    assert all_findings(before) == []


HOSTILE: list[Change] = [
    put("measurements.0.raw.resolution", "0"),
    put("measurements.0.raw.resolution", "0.000000000000000001"),
    put("measurements.0.raw.count", 0),
    put("measurements.0.raw.sessions", []),
    put("measurements.0.raw.durations_s", []),
    put("measurements.0.raw.durations_s", ["0"] * 24),
    put("measurements.0.proof.relative_error", "0"),
    put("measurements.0.proof.relative_error", "99999999999999999999.999999999999999999"),
    put("measurements.0.proof", {}),
    put(f"{PROOF}.median_chunk", "0"),
    put(f"{PROOF}.bytes_verified", 0),
    put(f"{PROOF}.bytes_verified", 9 * 10**15),
    put("measurements.3.capacity_proof", {}),
    put("measurements.2.method.footprint_bytes", 0),
    put("measurements.2.method.footprint_bytes", 9 * 10**15),
    put("measurements.3.value", "0"),
    raw(0, ["0"] * 24),
    raw(0, ["0", "0", "0", "0", "1"]),
    raw(0, ["99999999999999999999.999999999999999999"] * 12),
    raw(0, [f"{n}.000000000000000001" for n in range(1, 30)]),
    raw(0, ["788"]),
    put("measurements.0.raw.samples", []),
    put("recorders", [{"name": "r", "controlled_by": None, "clock_offset_ms": "-0"}]),
    put("configuration.driver_released_on", "0001-01-01"),
    put("session.report_issued_at", "9999-12-31T23:59:59Z"),
    put("challenge.issued_at", "0001-01-02T00:00:00Z"),
    put("lot.units", []),
    put("measurements", []),
    put("observations", [{"name": "x", "unit": "us"}, {"unit_id": "unit-9", "name": "x", "value": "0", "unit": "us"}]),
]


@pytest.mark.parametrize("change", HOSTILE)
def test_hostile_figures_are_judged_and_break_nothing(change: Change):
    report = copy.deepcopy(TWIN)
    change(report)
    assert harness.verify(json.dumps(report).encode()).outcome in ("pass", "fail", "undecided")


@pytest.mark.parametrize(("touched", "of_cache"), [(2 * 10**9, False), (2 * 10**9 - 1, True)])
def test_a_small_card_is_asked_for_half_of_its_memory(touched: int, of_cache: bool):
    """Half of 4 GB is 2 x 10^9 bytes, and more than eight times its cache."""
    report = copy.deepcopy(TWIN)
    put("measurements.2.method.footprint_bytes", touched)(report)
    case = read_case(json.dumps(report).encode(), "the report", None, None)
    assert case.spec is not None
    assert case.spec.copackaged_dram_capacity is not None
    small = case.spec.copackaged_dram_capacity.model_copy(update={"value": Decimal(4), "unit": "GB"})
    units = tuple(
        unit.model_copy(update={"state": unit.state.model_copy(update={"memory_total": None})})
        for unit in case.report.lot.units
    )
    lot = case.report.lot.model_copy(update={"units": units})
    case = dataclasses.replace(
        case,
        spec=case.spec.model_copy(update={"copackaged_dram_capacity": small}),
        report=case.report.model_copy(update={"lot": lot}),
    )
    told = {finding.where for finding in bandwidth_is_of_dram(case)}
    assert ("measurements[2].method.footprint_bytes" in told) is of_cache


def test_a_statistic_of_0_beside_a_better_sample_is_told_and_divides_by_nothing():
    assert "average-of-unlike" in codes(further(0, ["0", "700", "788"], "min", value="0"))
    assert "average-of-unlike" in codes(further(0, ["0", "0", "788"], "median", value="0"))


@pytest.mark.parametrize(("counted", "told"), [("read", False), ("write", False), ("read+write", True)])
def test_a_copy_counted_one_way_touches_twice_what_it_moves(counted: str, told: bool):
    """4,300 GB/s for 0.00099883 s are 4.29 x 10^9 bytes: half of the 2^33 that a copy of 4 GiB to 4 GiB touches."""

    def change(report: dict[str, Any]) -> None:
        one = report["measurements"][2]
        one["method"].update(
            name="device-to-device copy", description=None, bytes_counted=counted, footprint_bytes=2**33
        )
        one["raw"] = {"unit": "GB/s", "samples": ["4300"] * 5, "durations_s": ["0.00099883"] * 5}
        one.update(value="4300", unit="GB/s", statistic="median")

    assert ("duration-impossible" in codes(change)) is told


def test_a_recorder_without_a_controller_makes_no_other_independent():
    maker = {"name": "a", "controlled_by": "NVIDIA Corporation"}
    assert "recorder-not-independent" in codes(put("recorders", [maker, {"name": "b"}]))
    outsider = {"name": "b", "controlled_by": "Another Institute"}
    assert "recorder-not-independent" not in codes(put("recorders", [maker, outsider]))
    assert "recorder-not-independent" not in codes(put("recorders", [{"name": "a"}, {"name": "b"}]))

"""Operations per clock and unit: values that silicon is built for, cuts that are uniform or not, and what is shown."""

import copy
import json
import re
from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from conftest import REPORTS, codes
from hypothesis import given
from hypothesis import strategies as st

import harness
from harness.checks.device_name import names_the_chip
from harness.codec.measured_files import measured_rows
from harness.codec.method_files import read_method
from harness.codec.spec_files import chip_ids, read_spec
from harness.codec.verdict_files import verdicts_in, written
from harness.metrics.fingerprint import cut_of, nearest_value, operations_per_clock
from harness.metrics.peaks import architectural_operations
from harness.metrics.plausibility import band_for
from harness.metrics.tpp import BIT_LENGTH
from harness.model.verdict import Verdict
from harness.plausible import judged_rows
from harness.render.text import as_markdown, as_text

TWIN = json.loads((REPORTS / "h200-sxm-telemetry.json").read_text(encoding="utf-8"))
LOWEST, EXCESS, FLOOR, SPREAD = Fraction("0.51"), Fraction("0.02"), Fraction("0.45"), Fraction("1.5")


def floors(shares: Mapping[str, Fraction]) -> dict[str, Fraction]:
    return dict.fromkeys(shares, FLOOR)


def fractions(**shares: str) -> dict[str, Fraction]:
    return {name: Fraction(share) for name, share in shares.items()}


def report(chip: str, units: int, *runs: tuple[str, str, str], **state: Any) -> dict[str, Any]:
    """The report with telemetry as one of another chip: number format, TFLOP/s and MHz of each run."""
    made = copy.deepcopy(TWIN)
    made["product"].update(chip=chip, manufacturer=read_spec(chip)[0].manufacturer)
    shown = made["lot"]["units"][0]["state"]
    shown.update(processing_units_enabled=units, device_name=None, **state)
    base = made["measurements"][5]
    rates = [
        {**base, "number_format": name, "value": value, "sampled_sm_clock_mhz": clock, "expanded_uncertainty": "0.001",
         "raw": {"unit": "TFLOP/s", "samples": [value]}}
        for name, value, clock in runs
    ]  # fmt: skip
    made["measurements"] = [*rates, *made["measurements"][2:5]]
    return made


def judged(made: dict[str, Any]) -> Verdict:
    return harness.verify(json.dumps(made).encode())


# --- Values that silicon is built for -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rate", "units", "clock", "value"),
    [
        # Full silicon: units x clock x value, in the words of the reference.
        ("312", 108, "1410", 2048),  # A100: 108 x 1.41 GHz x 2,048 = 312 T
        ("989", 132, "1830", 4096),  # H100: 132 x 1.83 GHz x 4,096 = 989 T
        ("1307.4", 304, "2100", 2048),  # MI300X: 304 x 2.1 GHz x 2,048
        # H20: 148 TFLOP/s on 78 units at 1,980 MHz: 148e6 / (78 x 1,980) = 958.3, of 1,024.
        ("148", 78, "1980", 1024),
    ],
)
def test_rates_land_on_the_value_that_a_unit_is_built_for(rate: str, units: int, clock: str, value: int):
    operations = operations_per_clock(Fraction(rate), units, Fraction(clock))
    match = nearest_value(operations, None, LOWEST, EXCESS)
    assert match is not None
    assert match.value == value
    assert Fraction("0.9") < match.efficiency < 1 + EXCESS


@pytest.mark.parametrize(
    ("operations", "value"),
    [
        ("2088.959", 2048),  # 0.51 x 4,096 = 2,088.96: below it the architecture's own value is out of reach,
        ("2088.96", 4096),  # and at it within reach.
        ("4177.92", 4096),  # 1.02 x 4,096
        ("4177.921", 8192),
        ("0.5", 1),
    ],
)
def test_the_value_of_the_architecture_is_taken_within_its_reach(operations: str, value: int):
    match = nearest_value(Fraction(operations), 4096, LOWEST, EXCESS)
    assert match is not None
    assert match.value == value


def test_no_value_explains_what_is_no_rate_of_a_unit():
    assert nearest_value(Fraction(0), 4096, LOWEST, EXCESS) is None
    assert nearest_value(Fraction(10) ** 20, None, LOWEST, EXCESS) is None


POSITIVE = st.fractions(min_value=Fraction(1, 100), max_value=10**5)


@given(POSITIVE, st.integers(1, 10**4), POSITIVE, POSITIVE)
def test_neither_units_nor_clock_move_the_fingerprint(rate: Fraction, units: int, clock: Fraction, factor: Fraction):
    one = operations_per_clock(rate, units, clock)
    assert operations_per_clock(rate * factor, units, clock * factor) == one
    assert operations_per_clock(rate * 3, units * 3, clock) == one


@given(st.fractions(min_value=1, max_value=10**6))
def test_the_nearest_power_of_two_explains_between_half_and_all_of_a_rate(operations: Fraction):
    match = nearest_value(operations, None, LOWEST, EXCESS)
    assert match is not None
    assert (1 + EXCESS) / 2 < match.efficiency <= 1 + EXCESS


def test_formats_that_a_spec_file_does_not_list_follow_from_its_claim():
    """66.9 TFLOP/s in fp32 over 132 units at 1,980 MHz are 255.97 operations per clock: 256."""
    spec, _ = read_spec("nvidia-h200-sxm5-141gb")
    assert architectural_operations(spec, "fp32") == 256
    assert architectural_operations(spec, "bf16") == 4096
    assert architectural_operations(spec, "int4") is None


# --- Cuts ---------------------------------------------------------------------------------------------------------


def test_a_chip_with_fewer_units_is_cut_uniformly():
    """Targets of RVS for MI308X over those for MI300X; 80 of 304 units are 0.263."""
    cut = cut_of(shares := fractions(fp32="0.26", fp16="0.276", bf16="0.300", fp8_e4m3="0.283"), floors(shares), SPREAD)
    assert cut is not None
    assert (cut.kind, cut.spread) == ("uniform", Fraction("0.300") / Fraction("0.26"))


def test_a_chip_with_a_limit_on_matrix_units_is_cut_non_uniformly():
    """H20B against H100: 27.8 of 39.0 TFLOP/s in fp32 (DCGM's limits over 0.75), and 148 of 989 in bf16."""
    shares = {"fp32": Fraction("27.8") / 39, "bf16": Fraction(148, 989)}
    cut = cut_of(shares, floors(shares), SPREAD)
    assert cut is not None
    assert (cut.kind, cut.fallen) == ("non-uniform", ("bf16",))


def test_a_whole_chip_is_not_cut():
    """An A100-class part by SuperBench, over 156, 312, 312, 624 and 1,248: shares of 0.76 to 0.90."""
    measured = {"tf32": "127.9", "bf16": "265.0", "fp16": "279.5", "int8": "475.2", "int4": "970.3"}
    peaks = {"tf32": 156, "bf16": 312, "fp16": 312, "int8": 624, "int4": 1248}
    shares = {name: Fraction(value) / peaks[name] for name, value in measured.items()}
    cut = cut_of(shares, floors(shares), SPREAD)
    assert cut is not None
    assert cut.kind == "none"


@pytest.mark.parametrize(
    ("low", "high", "kind"),
    [
        ("0.449", "0.4495", "uniform"),  # both below cut_below = 0.45
        ("0.449", "0.45", "none"),  # alike, and one of them is not cut
        ("0.45", "0.9", "none"),  # at the floor: the ratio is told by itself
        ("0.449", "0.6735", "none"),  # 1.5 x 0.449: still alike
        ("0.449", "0.6736", "non-uniform"),
        ("0.1", "0.15", "uniform"),
        ("0.1", "0.1501", "non-uniform"),
    ],
)
def test_a_cut_below_at_and_above_its_thresholds(low: str, high: str, kind: str):
    cut = cut_of(shares := fractions(bf16=low, fp32=high), floors(shares), SPREAD)
    assert cut is not None
    assert cut.kind == kind


def test_one_format_tells_of_no_cut():
    assert cut_of(fractions(bf16="0.1"), fractions(bf16="0.45"), SPREAD) is None


SHARES = st.dictionaries(
    st.sampled_from(sorted(BIT_LENGTH)), st.fractions(min_value=Fraction(1, 100), max_value=1), min_size=2
)


@given(SHARES, st.fractions(min_value=Fraction(1, 50), max_value=1))
def test_to_lower_all_formats_alike_never_makes_a_cut_less_uniform(shares: dict[str, Fraction], factor: Fraction):
    one = cut_of(shares, floors(shares), SPREAD)
    lower = cut_of({name: share * factor for name, share in shares.items()}, floors(shares), SPREAD)
    assert one is not None
    assert lower is not None
    assert lower.spread == one.spread
    assert set(one.fallen) <= set(lower.fallen)
    assert (one.kind, lower.kind) not in {("uniform", "none"), ("uniform", "non-uniform"), ("non-uniform", "none")}


# --- In a verdict -------------------------------------------------------------------------------------------------


def test_a_chip_that_does_a_quarter_per_clock_is_told_that_a_limit_was_set():
    """An H20 as it is sold: bf16 148 and fp8 296 TFLOP/s on 78 units, beside the 27.8 of DCGM's table in fp32."""
    one = judged(
        report("nvidia-h20-96gb", 78, ("bf16", "148", "1980"), ("fp8_e4m3", "296", "1980"), ("fp32", "27.8", "1980"))
    )
    (shown,) = one.fingerprints
    assert "cut-not-uniform" in codes(one)
    assert shown.cut == "non-uniform"
    assert "can it be unset?" in shown.says
    assert "about 1,024 per clock and unit, a quarter of 4,096" in shown.says
    assert {row.number_format: (row.nearest, row.architecture) for row in shown.formats} == {
        "fp32": (256, None), "bf16": (1024, 4096), "fp8_e4m3": (2048, 8192),
    }  # fmt: skip


def test_eighty_units_under_the_name_of_three_hundred_are_cut_uniformly_by_their_units():
    """Nine tenths of the claims of MI300X, times the published ratios of MI308X: 0.26, 0.276, 0.300 and 0.283."""
    rates = (("fp32", "38.2", "2100"), ("fp16", "324.7", "2100"), ("bf16", "353", "2100"), ("fp8_e4m3", "666", "2100"))
    one = judged(report("amd-mi300x", 80, *rates))
    (shown,) = one.fingerprints
    assert "cut-uniform" in codes(one)
    assert shown.cut == "uniform"
    assert "80 of 304 units x a clock of 2100 of 2100 MHz" in shown.says
    # What a unit does is whole: 666e6 / (80 x 2,100) = 3,964 of 4,096.
    assert {row.nearest for row in shown.formats if row.number_format == "fp8_e4m3"} == {4096}


def test_one_path_at_a_sixteenth_of_another_is_found():
    """CMP 170HX: 0.395 TFLOP/s in fp32 with fused multiply-adds, 6.285 without, under a limit in firmware."""
    made = report(
        "nvidia-a100-sxm4-80gb", 108, ("fp32", "0.395", "1410"), ("fp32", "6.285", "1410"), ("int8", "475.2", "1410")
    )
    made["measurements"][0]["method"] = {**made["measurements"][0]["method"], "path": "library"}
    one = judged(made)
    assert codes(one) >= {"rate-depends-on-path", "cut-not-uniform"}
    (finding,) = [finding for finding in one.findings if finding.code == "rate-depends-on-path"]
    assert "15.911 times" in finding.got  # 6.285 / 0.395 = 15.911...


@pytest.mark.parametrize(
    ("clock", "found"),
    # 905 TFLOP/s less 9.05 on 132 units: 4,177.92 per clock and unit at 1,624.66... MHz.
    [("1624.6", {"above-architecture"}), ("1624.7", set())],
)
def test_more_than_the_architecture_does_is_a_clock_shown_too_low(clock: str, found: set[str]):
    made = copy.deepcopy(TWIN)
    loop = next(one for one in made["measurements"] if one["method"].get("path") == "register-loop")
    loop.update(sampled_sm_clock_mhz=clock, in_kernel_sm_clock_mhz=None)
    assert codes(judged(made)) == found


@pytest.mark.parametrize(
    ("rate", "found"),
    # uniform_spread = 1.5 against a loop at 905 of 989.4 in bf16: 905 / 989.4 / 1.5 x 1,979 = 1,206.8 TOP/s in int8.
    [("1206.7", {"format-ratios-odd"}), ("1206.8", set())],
)
def test_formats_of_one_kind_keep_the_ratios_of_the_architecture(rate: str, found: set[str]):
    made = copy.deepcopy(TWIN)
    made["measurements"].append({**made["measurements"][10], "number_format": "int8", "value": rate, "unit": "TOP/s",
                                 "raw": {"unit": "TOP/s", "samples": [rate]}})  # fmt: skip
    assert codes(judged(made)) & {"format-ratios-odd"} == found


def test_what_a_fingerprint_rests_on_is_named():
    (shown,) = judged(TWIN).fingerprints
    assert [line.partition(";")[0].partition(":")[0] for line in shown.rests_on] == [
        "the unit count that the device shows"
    ]
    bare = copy.deepcopy(TWIN)
    for one in bare["measurements"]:
        one["method"].update(driver=None, path=None)
        one["in_kernel_sm_clock_mhz"] = None
    (shown,) = judged(bare).fingerprints
    assert [line.partition(";")[0].partition(":")[0] for line in shown.rests_on] == [
        "the unit count that the device shows", "the clock that the driver shows", "one driver",
        "one path to the units",
    ]  # fmt: skip


@pytest.mark.parametrize("absent", ["clock", "units"])
def test_without_a_clock_or_a_unit_count_there_is_no_fingerprint(absent: str):
    made = copy.deepcopy(TWIN)
    if absent == "units":
        made["lot"]["units"][0]["state"]["processing_units_enabled"] = None
    for one in made["measurements"] if absent == "clock" else ():
        one["raw"].pop("clocks_mhz", None)
        one.update(sampled_sm_clock_mhz=None, in_kernel_sm_clock_mhz=None)
    one = judged(made)
    assert one.fingerprints == ()
    assert "fingerprints" not in json.loads(written(one))
    assert "Fingerprint" not in as_text(one)


def test_a_verdict_with_a_fingerprint_is_read_back_and_one_of_before_still_is():
    one = judged(TWIN)
    assert verdicts_in(written(one), "verdict.json") == [one]
    old = json.loads(written(one))
    del old["fingerprints"]
    (read,) = verdicts_in(json.dumps(old).encode(), "verdict.json")
    assert isinstance(read, Verdict)
    assert read.fingerprints == ()


def test_the_table_shows_rate_clock_value_and_efficiency():
    text, page = as_text(judged(TWIN)), as_markdown(judged(TWIN))
    # 905e6 / (132 x 1,706.2) = 4,018.3, of 4,096: 0.981.
    assert "bf16      905 TFLOP/s   1706.2 MHz  4018.3                4096       0.981         4096" in text
    assert re.search(r"\| bf16 +\| 905 TFLOP/s +\| 1706\.2 MHz +\| 4018\.3 ", page)


# --- Parts of a chip under the name of the whole ------------------------------------------------------------------


def test_one_of_two_devices_of_a_package_is_not_the_chip():
    """MI250X shows as two devices, each with half of 220 units and of 128 GB."""
    made = report("amd-mi250x", 110, memory_total="65520", memory_bus_width_bits=4096)
    (finding,) = [one for one in judged(made).findings if one.code == "part-of-the-device"]
    assert finding.got == "110 of 220 units: one of the 2 devices of the package"


def test_slices_that_show_all_the_memory_are_not_the_chip():
    """An A100 as four slices of 14 units with 19,968 MiB each, as nvidia-smi shows it: 56 of 108 units."""
    made = report("nvidia-a100-sxm4-80gb", 56, memory_total="79872")
    (finding,) = [one for one in judged(made).findings if one.code == "part-of-the-device"]
    assert finding.got.startswith("56 of 108 units")


def test_a_few_gib_below_the_stacks_on_the_bus_are_hidden():
    """Five stacks of 16 GiB hold 80 GiB, of which an H100 shows 81,559 MiB; less 3.5 % are 79,052.8 MiB."""
    for shown, found in (("81559", 0), ("79053", 0), ("79052", 1)):
        made = report("nvidia-h100-sxm5-80gb", 132, memory_total=shown, memory_bus_width_bits=5120)
        told = [one for one in judged(made).findings if one.code == "memory-hidden"]
        assert len(told) == found
        assert all("the stacks on its bus hold 80 GiB" in one.need for one in told)


def test_error_correction_within_the_memory_takes_a_sixteenth_and_no_more():
    """An L4 of 24 GiB leaves 22.5 GiB = 23,040 MiB with ECC; less 3.5 % are 22,233.6 MiB. Without, 23,715.84 MiB."""
    for ecc, shown, found in ((True, "22234", 0), (True, "22233", 1), (False, "23716", 0), (False, "23715", 1)):
        made = report("nvidia-l4", 58, memory_total=shown, memory_bus_width_bits=192, ecc_enabled=ecc)
        assert len([one for one in judged(made).findings if one.code == "memory-hidden"]) == found


@pytest.mark.parametrize("chip", chip_ids())
def test_every_chip_is_called_by_each_of_its_names(chip: str):
    spec, method = read_spec(chip)[0], read_method()[0].device
    assert method is not None
    for name in (spec.name, f"{spec.manufacturer} {spec.name}", *spec.aliases):
        assert names_the_chip(name, spec, method)


DEVICES = [
    ("NVIDIA H100 80GB HBM3", "nvidia-h100-sxm5-80gb", True),
    ("NVIDIA A100-SXM4-80GB", "nvidia-a100-sxm4-80gb", True),
    ("NVIDIA A100 80GB PCIe", "nvidia-a100-sxm4-80gb", False),
    ("AMD Instinct MI250X/MI250", "amd-mi250x", True),
    ("NVIDIA H100 80GB HBM3", "intel-gaudi3-oam", False),
    ("NVIDIA H20", "nvidia-h200-sxm5-141gb", False),
    ("NVIDIA H200", "nvidia-h20-141gb", False),
]


@pytest.mark.parametrize(("name", "chip", "called"), DEVICES)
def test_names_that_devices_give_themselves(name: str, chip: str, called: bool):
    method = read_method()[0].device
    assert method is not None
    assert names_the_chip(name, read_spec(chip)[0], method) is called


# --- Published figures --------------------------------------------------------------------------------------------


def test_published_measurements_of_whole_chips_are_not_called_cut(shared: Path):
    """Best rate per chip and format, on matrix units where there are such. The one that is called cut ran its int8
    product on vector units, as its source says."""
    method, _ = read_method()
    assert method.plausibility is not None
    best: dict[str, dict[str, Fraction]] = defaultdict(dict)
    with (shared / "data" / "measured_train.csv").open("rb") as file:
        for one in judged_rows(measured_rows(file, "measured_train.csv")):
            named = f"{one.row.metric} {one.row.method}".casefold()
            if one.what is None or one.what.kind != "compute" or one.what.sparse or one.judgement.ratio is None:
                continue
            name = one.what.number_format or ""
            on_vector = any(word in named for word in ("vector", "dp4a", "clpeak", "fma", "shader"))
            if one.peak is None or one.peak.only_above or (on_vector and BIT_LENGTH[name] <= 19):
                continue
            best[one.row.chip][name] = max(best[one.row.chip].get(name, Fraction(0)), one.judgement.ratio)
    several = {chip: shares for chip, shares in best.items() if len(shares) > 1}
    assert len(several) >= 25
    cut = set()
    for chip, shares in several.items():
        bands = {name: band_for(method.plausibility.bands, "compute", name, None, None) for name in shares}
        lowest = {name: min(FLOOR, Fraction(band.low)) if band else FLOOR for name, band in bands.items()}
        found = cut_of(shares, lowest, SPREAD)
        cut |= {chip} if found is not None and found.kind != "none" else set()
    assert cut == {"A100 SXM4 40GB"}


def test_the_method_file_holds_the_parameters_that_these_tests_name():
    method, _ = read_method()
    assert method.device is not None
    named = method.device.fingerprint
    assert (named.lowest_efficiency, named.excess, named.cut_below, named.uniform_spread) == (
        LOWEST,
        EXCESS,
        FLOOR,
        SPREAD,
    )

"""A measured figure is held against the chip's peak, published measurements, and physics; each slip is named."""

import contextlib
import json
import subprocess
import sys
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.cli.__main__ import main
from harness.codec.chip_names import named_chip
from harness.codec.measured_files import measured_rows
from harness.codec.method_files import method_from, read_method
from harness.codec.packaged import METHODS
from harness.codec.schemas import faults_against_schema
from harness.codec.spec_files import chip_ids, read_spec
from harness.errors import UnreadableInput, WrongUsage
from harness.metrics.measurable import measurable, plain_value, unit_factor
from harness.metrics.peaks import peak_of
from harness.metrics.plausibility import band_for
from harness.metrics.tpp import BIT_LENGTH
from harness.model.catalogue import CATALOGUE
from harness.model.measured_catalogue import MEASURED_CATALOGUE
from harness.model.plausibility import Measurable
from harness.model.plausible_table import JudgedRow
from harness.plausible import judged_rows

HEAD = "chip,metric,value,unit,method\n"


def judged(*rows: str) -> list[JudgedRow]:
    table = (HEAD + "\n".join(rows)).encode()
    return list(judged_rows(measured_rows(BytesIO(table), "a table")))


def one(row: str) -> JudgedRow:
    return judged(row)[0]


def rules():
    found = read_method()[0].plausibility
    assert found is not None
    return found


# --- What the columns say -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("tflops_bf16_dense", Measurable(kind="compute", number_format="bf16", units="matrix")),
        ("tflops_fp32", Measurable(kind="compute", number_format="fp32")),
        ("tflops_fp16_vector", Measurable(kind="compute", number_format="fp16", units="vector")),
        ("tflops_fp64_matrix", Measurable(kind="compute", number_format="fp64", units="matrix")),
        ("tops_int8_dense", Measurable(kind="compute", number_format="int8", units="matrix")),
        ("tflops_fp8_sparse", Measurable(kind="compute", number_format="fp8_e4m3", units="matrix", sparse=True)),
        ("tflops_blockfp4_lofi_dense", Measurable(kind="compute", number_format="fp4", units="matrix")),
        ("dram_bw_gb_s", Measurable(kind="dram")),
        ("hbm_bandwidth", Measurable(kind="dram")),
        ("capacity_gb", Measurable(kind="capacity")),
        ("h2d_bw_gb_s", Measurable(kind="host")),
        ("p2p_bw_gb_s", Measurable(kind="link")),
        ("p2p_bw_bidir_gb_s", Measurable(kind="link", both_directions=True)),
        ("allreduce_busbw_gb_s", Measurable(kind="collective")),
        ("BF16 TFLOPS (dense)", Measurable(kind="compute", number_format="bf16", units="matrix")),
        ("bf16tflops", Measurable(kind="compute", number_format="bf16")),
        ("nvfp4 gemm", Measurable(kind="compute", number_format="fp4")),
        ("dgemm_gflops", Measurable(kind="compute", number_format="fp64")),
        ("Memory Bandwidth (GB/s)", Measurable(kind="dram")),
        ("stream_triad", Measurable(kind="dram")),
        ("All Reduce busbw", Measurable(kind="collective")),
        ("all_gather_busbw_gb_s", Measurable(kind="collective")),
        ("all-to-all bandwidth", Measurable(kind="collective")),
        ("fp16_latency", None),
        ("shared memory bandwidth", None),
        ("l2_bw_gb_s", None),
        ("latency_us", None),
        ("tflops", None),
        ("", None),
    ],
)
def test_a_metric_is_read_by_its_words(metric: str, expected: Measurable | None):
    assert measurable(metric) == expected


@pytest.mark.parametrize(
    ("unit", "base", "factor"),
    [
        ("TFLOPS", "TFLOP/s", Fraction(1)),
        ("GFLOP/s", "TFLOP/s", Fraction(1, 1000)),
        ("PFLOPS", "TFLOP/s", Fraction(1000)),
        ("TOPS", "TFLOP/s", Fraction(1)),
        ("GB/s", "GB/s", Fraction(1)),
        ("Gb/s", "GB/s", Fraction(1, 8)),
        ("Gbit/s", "GB/s", Fraction(1, 8)),
        ("GBps", "GB/s", Fraction(1)),
        ("Gbps", "GB/s", Fraction(1, 8)),
        ("MB/s", "GB/s", Fraction(1, 1000)),
        ("TB/s", "GB/s", Fraction(1000)),
        ("GiB/s", "GB/s", Fraction(2**30, 10**9)),
        ("GiB", "GB", Fraction(2**30, 10**9)),
        ("MiB", "GB", Fraction(2**20, 10**9)),
        ("GB", "GB", Fraction(1)),
        ("TIOPs/s", "TFLOP/s", Fraction(1)),
        ("TeraFLOPS", "TFLOP/s", Fraction(1)),
        ("GB/sec", "GB/s", Fraction(1)),
        ("GBPS", "GB/s", Fraction(1)),
        ("gigabytes/s", "GB/s", Fraction(1)),
    ],
)
def test_a_unit_is_read_as_it_is_written(unit: str, base: str, factor: Fraction):
    assert unit_factor(unit) == (base, factor)


@pytest.mark.parametrize("unit", ["", "ns", "GT/s", "MT/s", "W", "%", "gb/s", "GB / s", "tokens/s", "GB/s/s", "B/s/Hz"])
def test_what_is_no_unit_of_these_is_no_unit(unit: str):
    assert unit_factor(unit) is None


@pytest.mark.parametrize(
    "text", ["NaN", "inf", "-1", "0", "0.0", "", "1e999", "1_000", "٣", "1.2.3", "1,00", "1e3000000000"]
)
def test_what_is_no_value_above_zero_is_none(text: str):
    assert plain_value(text) is None


@pytest.mark.parametrize(
    ("name", "chip", "share", "stated"),
    [
        ("H200 SXM 141GB", "nvidia-h200-sxm5-141gb", 1, None),
        ("NVIDIA H100 80GB HBM3", "nvidia-h100-sxm5-80gb", 1, None),
        ("H100 PCIe 80GB HBM2e", "nvidia-h100-pcie-80gb", 1, None),
        ("AMD Instinct MI300X", "amd-mi300x", 1, None),
        ("MI250X (1 GCD)", "amd-mi250x", Fraction(1, 2), None),
        ("TPU v7 (1 chiplet / JAX device)", "google-tpu-v7", Fraction(1, 2), None),
        ("K80 (1 of 2 GPUs)", "nvidia-k80", Fraction(1, 2), None),
        ("8x H100 SXM", "nvidia-h100-sxm5-80gb", 8, None),
        ("RTX 4090 48GB (modified)", "nvidia-rtx-4090", 1, 48),
        ("RTX4090", "nvidia-rtx-4090", 1, None),
        ("Nvidia 4090 (WSL2)", "nvidia-rtx-4090", 1, None),
        ("NVIDIA\u00ae GeForce\u2122 RTX 4090", "nvidia-rtx-4090", 1, None),
        ("NVIDIA GeForce RTX 4090D 48GB", "nvidia-rtx-4090-d", 1, 48),
        ("RTX 2080 Ti 22GB", "nvidia-rtx-2080-ti", 1, 22),
        ("2070S", "nvidia-rtx-2070-super", 1, None),
        ("7900xtx", "amd-rx-7900-xtx", 1, None),
        ("Tesla V100-PCIE-32GB", "nvidia-v100-pcie-32gb", 1, None),
        ("Tesla T4 15GB", "nvidia-t4", 1, None),
        ("Intel(R) Arc(TM) A770 Graphics", "intel-arc-a770-16gb", 1, None),
        ("Intel(R) Data Center GPU Max 1550", "intel-max-1550", 1, None),
        ("Cerebras WSE-3", "cerebras-wse3", 1, None),
        ("GH200 94GB GPU", "nvidia-gh200-96gb", 1, None),
        ("MI250 1 GCD", "amd-mi250", Fraction(1, 2), None),
        ("HGX H100 8-GPU", "nvidia-h100-sxm5-80gb", 8, None),
        ("H100 x8", "nvidia-h100-sxm5-80gb", 8, None),
        ("MLU370 X8", "cambricon-mlu370-x8", 1, None),
    ],
)
def test_a_chip_is_found_by_the_name_people_write(name: str, chip: str, share: Fraction, stated: int | None):
    found = named_chip(name)
    assert found is not None
    assert (found.spec.id, found.share, found.stated_gb) == (chip, share, stated)


@pytest.mark.parametrize(
    "name",
    [
        "RTX 4070 Laptop",
        "GTX 4090",
        "AMD RTX 4090",
        "A10G",
        "RTX 6000",
        "TITAN X (Pascal)",
        "H300",
        "",
        " ",
        "GPU",
        "AMD",
        "A" * 500,
        "()",
        "8x",
        "x8",
    ],
)
def test_a_chip_that_is_not_known_is_no_near_one(name: str):
    assert named_chip(name) is None


def test_a_family_is_compared_with_the_one_of_the_highest_figures_and_the_others_are_named():
    found = named_chip("Ascend 910B")
    assert found is not None
    assert found.spec.id == "huawei-ascend-910b1"
    assert set(found.others) == {"Ascend 910B2", "Ascend 910B3", "Ascend 910B4"}


def test_a_name_that_several_chips_bear_is_compared_with_the_one_of_the_highest_figures():
    found = named_chip("A100")
    assert found is not None
    assert found.spec.id.startswith("nvidia-a100")
    assert len(found.others) >= 1
    # 2,039 GB/s of the larger memory: 1,950 is no more than that, though the smaller one has 1,555.
    assert one("A100,dram_bw_gb_s,1950,GB/s,stream_copy").judgement.status == "accept"


# --- Peaks ----------------------------------------------------------------------------------------------------------


def peak(chip: str, what: Measurable, share: Fraction = Fraction(1)) -> Fraction:
    read = read_spec(chip)
    assert read is not None
    found = peak_of(read[0], what, share=share)
    assert found is not None
    return found.claim


def test_the_peak_is_that_of_the_format_and_of_the_units_that_ran():
    matrix = Measurable(kind="compute", number_format="fp64", units="matrix")
    vector = Measurable(kind="compute", number_format="fp64", units="vector")
    assert peak("nvidia-a100-sxm4-40gb", matrix) == Fraction("19.5")
    assert peak("nvidia-a100-sxm4-40gb", vector) == Fraction("9.7")
    assert peak("nvidia-h100-sxm5-80gb", Measurable(kind="compute", number_format="fp8_e5m2")) == 1979


def test_of_one_of_two_devices_the_peak_is_half_but_that_of_its_bus():
    assert peak("amd-mi250x", Measurable(kind="dram"), Fraction(1, 2)) == Fraction(3277, 2)
    whole = peak("nvidia-k80", Measurable(kind="host"))
    assert peak("nvidia-k80", Measurable(kind="host"), Fraction(1, 2)) == whole


def test_a_link_counts_one_way_or_both_ways():
    assert peak("nvidia-h100-sxm5-80gb", Measurable(kind="link")) == 450
    assert peak("nvidia-h100-sxm5-80gb", Measurable(kind="link", both_directions=True)) == 900


def test_a_superchip_reaches_its_host_over_more_than_the_bus():
    assert peak("nvidia-gh200-144gb", Measurable(kind="host")) == 450


def test_every_ceiling_lies_above_every_shipped_claim():
    """A ceiling that a spec file exceeds would refuse an honest measurement of a chip like it."""
    kinds = {ceiling.kind for ceiling in rules().ceilings}
    assert kinds == {"compute", "dram", "host", "link", "collective", "capacity"}
    for chip in chip_ids():
        read = read_spec(chip)
        assert read is not None
        for ceiling in rules().ceilings:
            what = Measurable(
                kind=ceiling.kind,
                number_format=ceiling.number_format or ("int4" if ceiling.kind == "compute" else None),
            )
            found = peak_of(read[0], what)
            if found is not None and not found.only_above:
                assert found.claim < Fraction(ceiling.most), (chip, ceiling.kind)


FORMATS = ("fp64", "fp32", "tf32", "bf16", "fp16", "fp8_e4m3", "fp8_e5m2", "fp6", "fp4", "int8", "int4")


def test_a_format_is_bounded_by_none_that_is_wider():
    """A wider format is the slower one; a bound by it would refuse what is true."""
    bounded = 0
    for chip in chip_ids():
        read = read_spec(chip)
        assert read is not None
        for number_format in FORMATS:
            found = peak_of(read[0], Measurable(kind="compute", number_format=number_format))
            if found is not None and found.basis.startswith("no "):
                by = found.basis.split("; ")[1].split()[0]
                assert BIT_LENGTH[by] <= BIT_LENGTH[number_format], (chip, number_format)
                bounded += 1
    assert bounded > 100


# --- Each threshold below, at and above -----------------------------------------------------------------------------


def at_share(share: Fraction) -> JudgedRow:
    """A bf16 rate of an H100 at a share of the 989.4 that its maker claims."""
    value = Fraction("989.4") * share
    return one(f"H100 SXM5 80GB,tflops_bf16_dense,{float(value):.9f},TFLOPS,gemm_library")


def h100_band():
    band = band_for(rules().bands, "compute", "bf16", "gemm", "data-center")
    assert band is not None
    assert (band.number_format, band.method, band.market) == ("bf16", "gemm", "data-center")
    return band


@pytest.mark.parametrize(("step", "status"), [(-1, "warn"), (1, "accept")])
def test_below_the_band_a_person_looks(step: int, status: str):
    row = at_share(Fraction(h100_band().low) + Fraction(step, 10**6))
    assert row.judgement.status == status
    assert row.judgement.codes == (("below-band",) if status == "warn" else ())


@pytest.mark.parametrize(("step", "status"), [(-1, "refuse"), (1, "warn")])
def test_below_the_least_share_nothing_is_honest(step: int, status: str):
    assert at_share(Fraction(h100_band().least) + Fraction(step, 10**6)).judgement.status == status


@pytest.mark.parametrize(
    ("value", "status", "code"),
    [
        ("990", "accept", "above-datasheet-peak"),  # 0.06 % above 989.4: the claim is rounded
        ("1070", "accept", "above-datasheet-peak"),  # 132 x 4096 x 1.98 GHz = 1,070.5 at the highest clock
        ("1085", "warn", "above-datasheet-peak"),
        ("1500", "refuse", "above-physical-peak"),
    ],
)
def test_above_the_claim_it_is_excused_explained_or_refused(value: str, status: str, code: str):
    answer = one(f"H100 SXM5 80GB,tflops_bf16_dense,{value},TFLOPS,gemm_library").judgement
    assert (answer.status, answer.codes) == (status, (code,))
    assert answer.cause or answer.said


def test_a_card_for_desks_boosts_and_a_data_centre_part_does_not():
    """254 of 209.5 TFLOP/s were published for an RTX 5090 (1.21); the same share of an A100 is impossible."""
    assert one("RTX 5090,tflops_bf16_dense,254.0271,TFLOPS,gemm_library").judgement.status == "accept"
    assert one("A100 SXM4 40GB,tflops_bf16_dense,377.5,TFLOPS,gemm_library").judgement.status == "refuse"


@pytest.mark.parametrize(("step", "status"), [(-1, "warn"), (0, "warn"), (1, "refuse")])
def test_how_far_above_is_the_markets_though_the_format_has_one_band_for_all(step: int, status: str):
    """FP8 has no band of data-centre parts alone; their 1.1 of 2,614.9 holds for an MI300X, and not a card's 1.45."""
    fp8 = band_for(rules().bands, "compute", "fp8_e4m3", "gemm", "data-center")
    wide = band_for(rules().bands, "compute", None, None, "data-center")
    assert fp8 is not None
    assert wide is not None
    assert (fp8.market, wide.market) == (None, "data-center")
    of_all = next(one for one in rules().bands if one.number_format == "fp8_e4m3" and one.method == "gemm")
    assert of_all.most > wide.most == fp8.most
    value = Fraction("2614.9") * Fraction(wide.most) + Fraction(step, 1000)
    answer = one(f"MI300X,tflops_fp8_dense,{float(value):.6f},TFLOPS,gemm").judgement
    assert answer.status == status


def test_a_median_over_shapes_has_a_floor_of_its_own():
    """738 of 989.4 and 1,920.9 of 4,500 were published as medians, where the best shapes give 0.80 and 0.73."""
    for number_format in ("bf16", "fp8_e4m3"):
        median = band_for(rules().bands, "compute", number_format, "median-over-shapes", "data-center")
        best = band_for(rules().bands, "compute", number_format, "gemm", "data-center")
        assert median is not None
        assert best is not None
        assert median.method == "median-over-shapes"
        assert median.low < best.low


def test_fp4_has_a_floor_of_its_own():
    four = band_for(rules().bands, "compute", "fp4", "gemm", "data-center")
    eight = band_for(rules().bands, "compute", "fp8_e4m3", "gemm", "data-center")
    assert four is not None
    assert eight is not None
    assert four.number_format == "fp4"
    assert four.low < eight.low
    # 4,562.6 of 9,000 were published for a B200: 0.507.
    assert one("B200 SXM 180GB,tflops_fp4_dense,4562.629,TFLOPS,gemm_library").judgement.status == "accept"


def test_a_bus_bandwidth_of_an_all_reduce_may_exceed_the_link_rate():
    """480 GB/s over links of 450 were published: the switches reduce on the way, up to 2 (n - 1) / n."""
    assert one("H100 SXM5 80GB,allreduce_busbw_gb_s,480.318,GB/s,allreduce").judgement.status == "accept"
    assert one("H100 SXM5 80GB,p2p_bw_gb_s,540,GB/s,p2p_memcpy").judgement.status == "refuse"


@pytest.mark.parametrize(
    ("value", "unit", "status"),
    [
        ("79.2041", "GiB", "accept"),  # as an H100 reports itself
        ("80", "GB", "accept"),
        ("80", "GiB", "warn"),  # 1.07 x: exactly as many GiB as the maker prints GB
        ("81", "GiB", "refuse"),
        ("79.2041", "GB", "accept"),
        ("40", "GB", "warn"),
        ("80000", "GB", "refuse"),
    ],
)
def test_capacity_is_counted_in_gib_and_printed_in_gb(value: str, unit: str, status: str):
    assert one(f"H100 SXM5 80GB,capacity_gb,{value},{unit},device_query").judgement.status == status


# --- Slips: the right cause -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "status", "word"),
    [
        ("H200,tflops_fp8_dense,3958,TFLOPS,gemm", "refuse", "sparse"),
        ("H200,tflops_fp8_dense,3940,TFLOPS,gemm", "refuse", "sparse"),
        ("L4,tflops_fp8_dense,485,TFLOPS,gemm", "refuse", "sparse"),
        ("H100 SXM5 80GB,tflops_bf16_dense,794500,TFLOPS,gemm", "refuse", "GFLOPS given as TFLOPS"),
        ("H100 SXM5 80GB,tflops_bf16_dense,0.7945,TFLOPS,gemm", "refuse", "PFLOPS given as TFLOPS"),
        ("H100 SXM5 80GB,tflops_bf16_dense,6356,TFLOPS,gemm", "refuse", "eight devices"),
        ("A100 SXM4 40GB,tflops_fp32,124,TFLOPS,gemm", "refuse", "tf32"),
        ("A100 SXM4 40GB,tflops_fp32,156,TFLOPS,gemm", "refuse", "tf32"),
        ("B300 SXM,tops_int8_dense,4500,TOPS,gemm", "refuse", "fp8"),
        ("GB200,tflops_bf16_dense,5000,TFLOPS,gemm", "refuse", "two devices"),
        ("H100 SXM5 80GB,dram_bw_gb_s,2900000,GB/s,stream_copy", "refuse", "MB/s given as GB/s"),
        ("H100 SXM5 80GB,dram_bw_gb_s,2.9,GB/s,stream_copy", "refuse", "TB/s given as GB/s"),
        ("H100 SXM5 80GB,dram_bw_gb_s,23200,GB/s,stream_copy", "refuse", "Gbit/s given as GB/s"),
        ("A100 SXM4 40GB,dram_bw_gb_s,5700,GB/s,stream_copy", "refuse", "cache"),
        ("H100 NVL 94GB,dram_bw_gb_s,7800,GB/s,stream_copy", "refuse", "two devices"),
        ("L40,dram_bw_gb_s,49.05,GB/s,memcpy", "warn", "digit lost"),
        ("H100 SXM5 80GB,p2p_bw_gb_s,900,GB/s,p2p", "refuse", "both directions"),
        ("H100 SXM5 80GB,h2d_bw_gb_s,128,GB/s,h2d", "refuse", "both directions"),
        ("A100 SXM4 40GB,p2p_bw_gb_s,4800,GB/s,p2p", "refuse", "Gbit/s"),
        ("A100 SXM4 40GB,h2d_bw_gb_s,649.9,GB/s,host_device_latency_sm", "refuse", "latency"),
        ("H100 NVL 94GB,capacity_gb,188,GB,device_query", "refuse", "two devices"),
        ("H100 SXM5 80GB,tflops_bf16_dense,989.4,TFLOPS,gemm", "warn", "claim given as a measurement"),
        ("H100 SXM5 80GB,tflops_bf16_dense,800,TFLOPS,theoretical peak of the datasheet", "warn", "claim"),
        ("H100 SXM5 80GB,tflops_bf16_dense,1250,TFLOPS,gemm with 2:4 sparsity", "refuse", "sparse"),
        ("H100 PCIe,tflops_bf16_dense,989.4,TFLOPS,gemm", "refuse", "H100"),
        ("MI308X,tflops_fp16_dense,1307.4,TFLOPS,gemm", "warn", "MI300X"),
        ("A100 SXM4 80GB,tflops_fp8_dense,624,TFLOPS,gemm", "warn", "int8"),
        ("H100 SXM5 80GB,tflops_fp64,60,TFLOPS,vector_fma", "warn", "matrix units given as vector"),
        ("Rubin,tflops_fp4_dense,30000,TFLOPS,gemm", "warn", "announced"),
        ("H100 SXM5 80GB,dram_bw_gb_s,2900,ns,stream_copy", "refuse", "ns"),
        ("H100 SXM5 80GB,dram_bw_gb_s,2900,TFLOPS,stream_copy", "refuse", "TFLOPS"),
        ("H100 SXM5 80GB,dram_bw_gb_s,NaN,GB/s,stream_copy", "refuse", "NaN"),
        ("H100 SXM5 80GB,dram_bw_gb_s,-5,GB/s,stream_copy", "refuse", "-5"),
        (",dram_bw_gb_s,5,GB/s,stream_copy", "refuse", "chip"),
        # Of one of two devices, the figure of both.
        ("MI250X (1 GCD),dram_bw_gb_s,3276.8,GB/s,x", "refuse", "the whole"),
        ("K80 (1 of 2 GPUs),dram_bw_gb_s,480,GB/s,x", "refuse", "the whole"),
        ("TPU v7 (1 chiplet / JAX device),tflops_bf16_dense,2307,TFLOPS,gemm", "refuse", "the whole"),
        # Another chip's figure, which no slip of the chip's own gives.
        ("MI300A,tflops_fp16_dense,1307.4,TFLOPS,x", "refuse", "MI300X"),
        ("A10,tflops_bf16_dense,312,TFLOPS,x", "refuse", "A100"),
        ("H20,tflops_bf16_dense,756,TFLOPS,x", "refuse", "H100 PCIe"),
        ("H100 SXM5 80GB,dram_bw_gb_s,4000,GB/s,x", "refuse", "GH200"),
        ("B300 SXM,tflops_fp64,40,TFLOPS,x", "refuse", "B200"),
        ("MI300X,tflops_fp16_dense,312,TFLOPS,x", "warn", "A100"),
        ("RTX 5090 D,tops_int8_dense,838,TOPS,x", "warn", "RTX 5090,"),
        # Systems.
        ("DGX B200,tflops_fp8_dense,72000,TFLOPS,x", "refuse", "eight devices"),
        ("GB200 NVL72,tflops_fp4_dense,1440,PFLOPS,x", "refuse", "rack of 72"),
        ("GB200 NVL72,dram_bw_gb_s,576,TB/s,x", "refuse", "rack of 72"),
        # Memory on the die; a name's maker is no part of the name.
        ("Groq LPU,dram_bw_gb_s,80000,GB/s,x", "refuse", "no DRAM"),
        ("Graphcore GC200,dram_bw_gb_s,47500,GB/s,x", "refuse", "memory on the die"),
        # A chip that nobody has is told before the slip beside it.
        ("MI455X,tflops_fp8_dense,15000,TFLOPS,gemm", "refuse", "announced"),
        # A claim of another clock: a data-centre part does not boost.
        ("Gaudi 3,tflops_fp8_dense,1835,TFLOPS,white paper", "warn", "clock above the datasheet's"),
        ("GB10,tflops_fp4_dense,1000,TFLOPS,x", "refuse", "sparse"),
        ("RTX 3080,tflops_fp16_dense,238,TFLOPS,x", "refuse", "sparse"),
        ("GTX 1660 Ti,tflops_fp32,5437,TFLOPS,clpeak", "refuse", "GFLOPS given as TFLOPS"),
        ("H200 NVL,dram_bw_gb_s,2333,MB/s,limit table", "refuse", "GB/s as MB/s"),
        ("H100,dram_bw_gb_s,1e99,GB/s,x", "refuse", "e+95 times"),
    ],
)
def test_a_wrong_figure_is_told_with_its_likeliest_cause(row: str, status: str, word: str):
    """Sparse, prefix, node, format and direction slips as they stand in published tables and limit files."""
    answer = one(row).judgement
    assert answer.status == status
    assert word in (answer.cause or "")


@pytest.mark.parametrize(
    ("row", "code"),
    [
        # Chips without units for a format convert it: 10.02 is 0.85 of the FP32 rate, and 54 times the FP16 one.
        ("Tesla P40,tflops_fp16_dense,10.02,TFLOPS,gemm_library", "peak-of-format-unknown"),
        ("Tesla P40,tflops_bf16_dense,5.26,TFLOPS,gemm_library", "peak-of-format-unknown"),
        ("Tesla T4,tflops_bf16_dense,2.46,TFLOPS,gemm_library", "peak-of-format-unknown"),
        # Of this board only FP32 is published, 117: TF32 is bounded by FP16 on matrix units, 467.8.
        ("RTX PRO 6000 Blackwell Server,tflops_tf32_dense,224.704,TFLOPS,gemm_library", "peak-of-format-unknown"),
        # Matrix units of TPUs multiply in BF16 what is stored in FP32.
        ("TPU v6e,tflops_fp32,583,TFLOPS,gemm_library", "peak-of-format-unknown"),
        ("RTX 2080 Ti,tflops_fp32,16.90953,TFLOPS,vector_fma; clpeak mad", "above-datasheet-peak"),
        ("TITAN Xp,tflops_fp64,0.440,TFLOPS,vector_fma; OpenCL FMA kernel", "above-datasheet-peak"),
        ("RTX 3080 Ti,tflops_bf16_dense,78.34,TFLOPS,gemm_library", "above-datasheet-peak"),
        ("H200 NVL,tflops_bf16_dense,853.292,TFLOPS,gemm_library; cuBLASLt", "above-datasheet-peak"),
        ("NVIDIA GH200 480GB,capacity_gb,95,GiB,device_query", "capacity-unit-ambiguous"),
    ],
)
def test_a_published_measurement_of_other_chips_is_accepted_and_explained(row: str, code: str):
    """Crowd-sourced products, device reports, clpeak and cuBLASLt logs of chips that no band was derived from."""
    answer = one(row).judgement
    assert (answer.status, answer.codes) == ("accept", (code,))
    assert answer.said


def test_a_real_mix_up_of_a_published_table_is_refused():
    """chsasank/device-benchmarks lists 831 GB/s for an RTX 2070 SUPER of 448: the figure of its RTX 3090 row."""
    assert one("Nvidia 2070S,dram_bw_gb_s,831,GB/s,stream_copy").judgement.status == "refuse"
    assert one("Nvidia 3090,dram_bw_gb_s,831,GB/s,stream_copy").judgement.status == "accept"


@pytest.mark.parametrize("value", ["989", "989.4", "989.41"])
def test_a_print_of_another_chips_claim_is_found_by_its_own_digits(value: str):
    """989 is 989.4 to three digits, and far above the 756.5 of the PCIe board."""
    answer = one(f"H100 PCIe,tflops_bf16_dense,{value},TFLOPS,gemm").judgement
    assert "to the last digit" in (answer.cause or "")


def test_below_the_peak_only_the_very_same_figure_is_a_copy():
    """660.6 is claimed for an RTX 4090; 660.663 was measured on another card and is its own."""
    assert "value-copied" not in one("RTX 5090 D v2,tflops_fp8_dense,660.663,TFLOPS,gemm").judgement.codes
    assert "value-copied" in one("RTX 5090 D v2,tflops_fp8_dense,660.6,TFLOPS,gemm").judgement.codes


@given(
    share=st.sampled_from([Fraction(6, 10), Fraction(7, 10), Fraction(8, 10), Fraction(9, 10)]),
    factor=st.sampled_from([1000, 1024, 8, 100, 10, 4]),
)
def test_every_large_slip_of_an_honest_figure_is_refused_upward(share: Fraction, factor: int):
    """8, 1000 and 1024 times any share of 0.6 to 0.9 lie above what any part does: at least 2.4 times the peak."""
    value = float(Fraction(3350) * share * factor)
    answer = one(f"H100 SXM5 80GB,dram_bw_gb_s,{value},GB/s,stream_copy").judgement
    assert answer.status == "refuse"
    assert answer.cause


@given(st.decimals(min_value="0.01", max_value="100000", places=3))
def test_the_unit_alone_decides_nothing(value):
    """The same quantity in another unit is judged alike: GB/s and MB/s, exactly."""
    first = one(f"H100 SXM5 80GB,dram_bw_gb_s,{value},GB/s,stream_copy").judgement
    second = one(f"H100 SXM5 80GB,dram_bw_gb_s,{value * 1000},MB/s,stream_copy").judgement
    assert (first.status, first.ratio, first.codes) == (second.status, second.ratio, second.codes)


@given(st.lists(st.decimals(min_value="0.001", max_value="1000000", places=3), min_size=2, max_size=2))
def test_nearer_to_the_band_from_above_is_never_judged_harder(values):
    """Of two figures above the peak, the larger one is never accepted where the smaller one is refused."""
    low, high = sorted(values)
    order = {"accept": 0, "warn": 1, "refuse": 2}
    # Figures that are the datasheet's to the last digit are looked at for that.
    answers = [one(f"A40,dram_bw_gb_s,{value + 700},GB/s,stream_copy").judgement.status for value in (low, high)]
    assert order[answers[0]] <= order[answers[1]]


# --- A chip that is not known ---------------------------------------------------------------------------------------


def test_a_chip_without_a_spec_is_judged_on_units_and_physics_alone():
    plain = one("Some New Chip,dram_bw_gb_s,1000,GB/s,stream_copy").judgement
    assert (plain.status, plain.codes, plain.ratio) == ("accept", ("peak-unknown",), None)
    absurd = one("Some New Chip,dram_bw_gb_s,1000000,GB/s,stream_copy").judgement
    assert absurd.status == "refuse"
    assert absurd.codes == ("peak-unknown", "above-every-chip")
    assert one("Some New Chip,dram_bw_gb_s,1000,GiB,stream_copy").judgement.codes == ("unit-wrong",)


@pytest.mark.parametrize(("value", "status"), [("27999", "accept"), ("28000", "accept"), ("28001", "refuse")])
def test_the_ceiling_itself_is_not_above_it(value: str, status: str):
    assert one(f"Some New Chip,dram_bw_gb_s,{value},GB/s,x").judgement.status == status


def test_an_unknown_metric_is_looked_at_and_never_accepted_in_silence():
    assert one("H100,latency_us,5,us,x").judgement.codes == ("metric-unknown",)
    assert one("H100,latency_us,5,us,x").judgement.status == "warn"


def test_seven_digits_of_another_chip_are_looked_at():
    rows = judged("H100,dram_bw_gb_s,2693.106,GB/s,lbm", "H200,dram_bw_gb_s,2693.106,GB/s,lbm")
    assert rows[0].judgement.codes == ()
    assert "value-copied" in rows[1].judgement.codes


# --- The published measurements -------------------------------------------------------------------------------------


def test_no_published_measurement_is_refused_and_every_one_above_its_peak_is_explained(shared: Path):
    with (shared / "data" / "measured_train.csv").open("rb") as file:
        rows = list(judged_rows(measured_rows(file, "measured_train.csv")))
    assert len(rows) == 375
    assert [row for row in rows if row.judgement.status == "refuse"] == []
    above = [row for row in rows if row.judgement.ratio is not None and row.judgement.ratio > 1]
    assert len(above) > 40
    assert [row for row in above if not row.judgement.said and not row.judgement.cause] == []


def test_the_bands_are_those_that_the_script_derives(shared: Path, capsys: pytest.CaptureFixture[str]):
    """Data that a program wrote: running it again gives the same, and leaving one chip out refuses at most 1 %."""
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run(
        [sys.executable, str(root / "benchmarks" / "derive_bands.py"), str(shared / "data" / "measured_train.csv")],
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line for line in done.stdout.splitlines() if "n=" in line and "chips=" in line]
    assert len(lines) == len(rules().bands)
    for line, band in zip(lines, rules().bands, strict=True):
        assert line.split()[4] == str(band.least)
        assert line.endswith(
            f"{band.least} {band.low} .. {band.middle} .. {band.high} {band.most}  n={band.rows} chips={band.chips}"
        )
    refused = done.stdout.splitlines()[-1]
    assert float(refused.split("refused ")[1].split("(")[1].split("%")[0]) <= 1.0


def test_every_band_says_how_much_stands_behind_it():
    for band in rules().bands:
        assert band.rows >= 3
        assert band.chips >= 1
        assert band.least < band.low < band.middle
        assert band.high <= band.most
        assert band.high >= 1 or band.kind == "capacity"


def test_every_code_has_a_place_in_a_catalogue():
    said = {hint.finding for hint in rules().hints} | {"peak-unknown", "above-every-chip", "band-unknown"}
    said |= {"above-datasheet-peak", "above-physical-peak", "below-band", "implausibly-low", "claim-as-measurement"}
    said |= {"peak-of-format-unknown", "capacity-unit-ambiguous", "value-copied", "chip-not-shipped"}
    said |= {"unit-wrong", "value-absent", "sparse-rate", "metric-unknown", "chip-absent"}
    assert said <= set(CATALOGUE) | set(MEASURED_CATALOGUE)
    assert set(MEASURED_CATALOGUE) <= said
    assert not set(CATALOGUE) & set(MEASURED_CATALOGUE)


def test_a_method_of_before_has_no_bands_and_says_so():
    old, _ = method_from((METHODS / "2026-11-23.toml").read_bytes(), "2026-11-23.toml")
    assert old.plausibility is None
    with pytest.raises(WrongUsage, match="plausibility"):
        list(judged_rows([], old))


# --- The command ----------------------------------------------------------------------------------------------------


def written(tmp_path: Path, text: str | bytes) -> str:
    path = tmp_path / "t.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def test_the_command_prints_every_row_and_exits_by_what_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    fine = written(tmp_path, HEAD + "H100,dram_bw_gb_s,2900,GB/s,stream_copy\nA10,tflops_bf16_dense,56,TFLOPS,gemm\n")
    assert main(["plausible", fine]) == 0
    out = capsys.readouterr().out
    assert "0.8657 of 3350 GB/s" in out
    assert out.splitlines()[-1] == "2 rows: 1 accepted, 1 to look at, 0 refused"
    bad = written(tmp_path, HEAD + "H100,dram_bw_gb_s,2900000,GB/s,stream_copy\n")
    assert main(["plausible", bad]) == 1
    assert "MB/s given as GB/s" in capsys.readouterr().out


def test_json_fits_its_schema_and_carries_exact_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    table = written(tmp_path, HEAD + 'H100,dram_bw_gb_s,"2,900.5",GB/s,stream_copy\nX,tflops_fp32,1,ns,y\n')
    assert main(["plausible", table, "--json"]) == 1
    text = capsys.readouterr().out
    assert faults_against_schema("plausible", text.encode(), "out") == []
    document = json.loads(text)
    assert document["rows"][0]["value_in_base_unit"] == "2900.5"
    assert document["counts"] == {"accept": 1, "warn": 0, "refuse": 1}


def test_only_prints_what_is_asked_and_counts_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    table = written(tmp_path, HEAD + "H100,dram_bw_gb_s,2900,GB/s,c\nH100,dram_bw_gb_s,0,GB/s,c\n")
    assert main(["plausible", table, "--only", "refuse"]) == 1
    out = capsys.readouterr().out
    assert "2900" not in out
    assert "1 accepted" in out


@pytest.mark.parametrize(
    ("content", "need"),
    [
        (b"", "header"),
        (b"chip,metric,value\n", "unit"),
        (b"chip,chip,metric,value,unit\n", "once"),
        (b"\xff\xfe\x00", "UTF-8"),
        (HEAD.encode() + b"H100,dram_bw_gb_s\n", "as many as the header"),
        (HEAD.encode() + b'"H100,dram_bw_gb_s,1,GB/s\n', "quotes that close"),
        (HEAD.encode() + b"H100\0,dram_bw_gb_s,1,GB/s,x\n", "text"),
        (b"x" * 200_000, "shorter line"),
        (b"chip;metric;value;unit\n", "semicolons"),
        (b"chip\tmetric\tvalue\tunit\n", "tabs"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, need: str
):
    assert main(["plausible", written(tmp_path, content)]) == 2
    error = capsys.readouterr().err
    assert need in error
    assert "Traceback" not in error


def test_a_file_that_is_not_there_and_a_folder_are_refused(tmp_path: Path):
    assert main(["plausible", str(tmp_path / "none.csv")]) == 2
    assert main(["plausible", str(tmp_path)]) == 2


def test_other_columns_order_marks_and_line_ends_do_not_matter():
    text = "\ufeffnotes,unit,Value,METRIC,chip,x\r\n,GB/s,2900,dram_bw_gb_s,H100,1\r\n\r\n"
    rows = list(judged_rows(measured_rows(BytesIO(text.encode()), "t")))
    assert len(rows) == 1
    assert rows[0].judgement.ratio == Fraction(2900, 3350)


@given(st.binary(max_size=300))
def test_no_bytes_end_in_anything_but_rows_or_a_refusal(data: bytes):
    with contextlib.suppress(UnreadableInput):
        list(judged_rows(measured_rows(BytesIO(HEAD.encode() + data), "t")))


def test_a_table_of_machine_made_names_does_not_fill_the_memory():
    """What is remembered of names, metrics and units is bounded; the name that comes after many is still read right."""
    rows = judged(*(f"Chip {n},metric {n},{n + 1},unit {n},x" for n in range(500)), "H100,dram_bw_gb_s,2900,GB/s,x")
    assert rows[-1].judgement.ratio == Fraction(2900, 3350)
    for remembered in (named_chip, measurable, unit_factor):
        assert (remembered.cache_info().maxsize or 10**9) <= 50_000


def test_a_long_table_is_judged_as_it_comes():
    """Rows are yielded one at a time: the first is there before the last has been read."""

    class Endless(BytesIO):
        def __init__(self) -> None:
            super().__init__(HEAD.encode() + b"H100,dram_bw_gb_s,2900,GB/s,c\n" * 20_000)

    stream = judged_rows(measured_rows(Endless(), "t"))
    assert next(stream).judgement.status == "accept"


# --- Metrics and units as people write them -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("metric", "value", "unit", "ratio"),
    [
        ("bf16", "750", "TFLOPS", Fraction(7500, 9894)),
        ("FP8 E4M3", "1 400", "TFLOP/s (dense)", Fraction(1400, 1979)),
        ("bf16", "0.75", "PF/s", Fraction(7500, 9894)),
        ("bf16", "750", "dense TFLOPS", Fraction(7500, 9894)),
        ("fp32 cuda cores", "60", "TF/s", Fraction(600, 669)),
        ("FP32 (non-tensor)", "60", "TFLOPS", Fraction(600, 669)),
        ("HBM3 bandwidth", "3.1", "TB/s", Fraction(3100, 3350)),
        ("HBM", "3,100", "GB per second", Fraction(3100, 3350)),
        ("HBM3", "3'100", "GB·s⁻¹", Fraction(3100, 3350)),
        ("nvlink", "380", "GB/s", Fraction(380, 450)),
        ("nvlink", "760", "GB/s (bidirectional)", Fraction(760, 900)),
        ("VRAM", "79.2", "GiB", Fraction("79.2") * 2**30 / (80 * 10**9)),
    ],
)
def test_a_unit_says_what_the_metric_leaves_out(metric: str, value: str, unit: str, ratio: Fraction):
    """H100 SXM by its datasheet: BF16 989.4, FP8 1979, FP32 66.9 TFLOP/s, 3.35 TB/s, 900 GB/s both ways, 80 GB."""
    quoted = ",".join(f'"{cell}"' for cell in ("H100 SXM5 80GB", metric, value, unit, ""))
    found = one(quoted)
    assert found.judgement.ratio == ratio
    assert found.judgement.status == "accept"


@pytest.mark.parametrize("unit", ["TFLOPS (with sparsity)", "sparse TFLOPS", "TFLOPS sparse"])
def test_a_unit_that_speaks_of_sparsity_is_heard(unit: str):
    assert one(f"H100,bf16,750,{unit},x").judgement.codes == ("sparse-rate",)


@pytest.mark.parametrize(
    "metric", ["tflops_bf16_non_sparse", "BF16 TFLOPS without sparsity", "bf16 tflops no sparsity"]
)
def test_what_is_said_not_to_be_sparse_is_dense(metric: str):
    assert one(f"H100,{metric},750,TFLOPS,x").judgement.codes == ()


@pytest.mark.parametrize(
    ("metric", "unit"),
    [("L2", "TB/s"), ("size", "GB"), ("d2d_bw", "GB/s"), ("bf16", "ns"), ("", "TFLOPS"), ("fp16 power", "TFLOPS")],
)
def test_a_unit_makes_no_quantity_of_a_name_that_says_none(metric: str, unit: str):
    """A copy within a device and one between two are both called d2d: 1,150 GB/s of an A100 are honest for one."""
    assert one(f"A100,{metric},1150,{unit},x").judgement.codes == ("metric-unknown",)


@pytest.mark.parametrize("unit", ["TFLOPS per watt", "GB per watt", "gb/s", "GB/s/GPU", "TFLOPS/W"])
def test_a_unit_of_something_else_is_wrong(unit: str):
    assert one(f"H100,tflops_bf16,750,{unit},x").judgement.codes == ("unit-wrong",)


@pytest.mark.parametrize("cell", ["x a" + "-" * 90_000 + "!", "TFLOPS " + "a-" * 40_000, "(" * 90_000, "1 " * 40_000])
def test_a_long_cell_takes_no_longer_than_it_is_long(cell: str):
    """A pattern with two ways to read each hyphen would not come back within a lifetime."""
    for row in (f"H100,tflops_bf16,750,{cell},x", f"H100,{cell},750,TFLOPS,x", f"H100,tflops_bf16,{cell},TFLOPS,x"):
        assert one(row).judgement.status in ("refuse", "warn")


@pytest.mark.parametrize("value", ["1.979,5", "12,34", "1 97", "1 979 5", "1' 979", "~750", ">700", "750±5", "1,,979"])
def test_a_number_that_can_be_read_in_two_ways_is_none(value: str):
    assert one(f'H100,tflops_bf16,"{value}",TFLOPS,x').judgement.codes == ("value-absent",)

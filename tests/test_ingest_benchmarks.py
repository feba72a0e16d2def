"""What benchmark tools print comes in with its unit, as what it is, and never as a traceback."""

import doctest
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from conftest import spread
from foreign_benchmarks import (
    BABELSTREAM_CSV,
    BABELSTREAM_ISOLATED,
    BABELSTREAM_TEXT,
    GPU_BURN_DOUBLE,
    GPU_STREAM,
    LOADGEN_DETAIL,
    LOADGEN_SUMMARY,
    MAMF_NEW,
    NVBENCH,
    PYPERF,
    SNIPPETS,
    STREAM,
    SUPERBENCH,
    SYSTEM,
    TRAINING,
    event,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import UnreadableInput
from harness.ingest.figures import figure
from harness.ingest.superbench_units import meaning_of
from harness.model.foreign import ForeignFile, ForeignReading, Ingested
from harness.model.lab_report import IngestedFile
from harness.model.measurement import Measurement, Observation, RawSamples

MODULES = sorted({module for module, _ in SNIPPETS.values()})
JSON_MODULES = ("nvbench", "pyperf", "superbench", "mlperf")


def reader(module: str) -> ModuleType:
    return import_module(f"harness.ingest.{module}")


def a_file(text: str | bytes) -> ForeignFile:
    return ForeignFile(name="output.txt", data=text if isinstance(text, bytes) else text.encode())


def read(name: str, text: str | bytes | None = None) -> Ingested:
    module, snippet = SNIPPETS[name]
    found = reader(module).read(a_file(snippet if text is None else text))
    assert isinstance(found, Ingested)
    return found


def rates(found: Ingested) -> list[ForeignReading]:
    return [reading for reading in found.readings if reading.measurand is not None]


def observed(found: Ingested) -> dict[str, tuple[Decimal | None, str]]:
    return {reading.name: (reading.value, reading.unit) for reading in found.readings if reading.measurand is None}


def says(found: Ingested, *words: str) -> bool:
    return any(all(word in remark for word in words) for remark in found.remarks)


def fits_a_lab_report(found: Ingested) -> bool:
    """Build the parts of a lab report from all that was read; each refuses what a report cannot hold."""
    for reading in found.readings:
        if reading.measurand is None:
            Observation(
                name=reading.name,
                value=reading.value,
                unit=reading.unit,
                number_format=reading.number_format,
                description=reading.description,
            )
            continue
        Measurement.model_validate(
            {
                "unit_id": "unit-1",
                "measurand": reading.measurand,
                "number_format": reading.number_format,
                "sparsity": reading.sparsity,
                "method": reading.method,
                "value": reading.value,
                "unit": reading.unit,
                "statistic": reading.statistic,
                "raw": RawSamples(unit=reading.unit, samples=reading.samples) if reading.samples else None,
            }
        )
    IngestedFile(
        tool=found.tool,
        tool_version=found.tool_version,
        name="output.txt",
        sha256="0" * 64,
        size_bytes=1,
        remarks=found.remarks,
        not_mapped=found.not_mapped,
    )
    keys = [device.key for device in found.devices]
    assert len(keys) == len(set(keys))
    return {reading.device for reading in found.readings} <= {*keys, None}


# --- every reader -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("module", MODULES)
def test_a_reader_names_its_tool_and_its_source(module: str):
    found = reader(module)
    assert re.fullmatch(r"[a-z0-9-]+", found.TOOL)
    assert "\n" not in found.ABOUT
    assert found.BASIS in ("sample", "source")
    assert "Source:" in (found.__doc__ or "")


@pytest.mark.parametrize("module", ["figures", "lines", "foreign_json"])
def test_examples_in_the_shared_parts_run(module: str):
    result = doctest.testmod(reader(module))
    assert result.attempted
    assert not result.failed


@pytest.mark.parametrize("name", SNIPPETS)
def test_one_reader_recognises_a_file_and_no_other_does(name: str):
    module, text = SNIPPETS[name]
    assert [other for other in MODULES if reader(other).recognises(a_file(text))] == [module]


@pytest.mark.parametrize("name", SNIPPETS)
def test_what_is_read_fits_a_lab_report(name: str):
    found = read(name)
    assert found.tool == reader(SNIPPETS[name][0]).TOOL
    assert found.readings
    assert fits_a_lab_report(found)


@pytest.mark.parametrize("module", JSON_MODULES)
@pytest.mark.parametrize(
    "data",
    [
        b"[" * 10**6,
        b'{"a":' * 10**6,
        b'{"node": "n", "node": "m", "a/b": 1}',
        b'{"submitter": 1, "submitter": 2, "system_name": "", "accelerators_per_node": ""}',
        b'{"benchmarks": [' + b"9" * 10_000 + b"]}",
        b'{"benchmarks": ',
    ],
    ids=["deep-array", "deep-object", "key-twice", "another-key-twice", "long-number", "cut"],
)
def test_hostile_json_is_refused_with_its_place(module: str, data: bytes):
    with pytest.raises(UnreadableInput):
        reader(module).read(a_file(data))


# --- the fuzz: only what was read, or a refusal -----------------------------------------------------------------------

HOSTILE = (
    "NaN",
    "-5",
    "1e999",
    "Infinity",
    "",
    "x",
    "null",
    "0",
    "9" * 60,
    '"1"',
    "[1]",
    "{}",
    "\ud83d",
    "\x00",
    "1.2.3",
)


def comes_in_or_is_refused(module: str, found: ForeignFile) -> bool:
    try:
        ingested = reader(module).read(found)
    except UnreadableInput as refused:
        return bool(refused.faults)
    return fits_a_lab_report(ingested)


def mutants(text: str) -> Iterator[str]:
    lines = text.split("\n")
    for n in range(len(lines)):
        yield "\n".join(lines[:n] + lines[n + 1 :])
        yield "\n".join(lines[: n + 1] + lines[n:])
    fields = list(re.finditer(r"[^\s:,()\[\]{}]+", text))
    for n, part in enumerate(fields):
        for step in range(3):
            hostile = HOSTILE[(n * 3 + step) % len(HOSTILE)]
            yield text[: part.start()] + hostile + text[part.end() :]
    yield from (text[:end] for end in range(0, len(text), max(1, len(text) // 80)))


@pytest.mark.parametrize("name", spread(SNIPPETS, 8))
def test_damaged_output_is_read_or_refused(name: str):
    """Lines deleted and doubled, fields retyped, the file cut at many places: nothing else ever comes out."""
    module, text = SNIPPETS[name]
    for mutant in mutants(text):
        found = a_file(mutant.encode("utf-8", errors="surrogatepass"))
        assert reader(module).recognises(found) in (True, False)
        assert comes_in_or_is_refused(module, found)


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_bytes_put_anywhere_are_read_or_refused(data: st.DataObject):
    name = data.draw(st.sampled_from(sorted(SNIPPETS)))
    module, text = SNIPPETS[name]
    raw = text.encode()
    at = data.draw(st.integers(0, len(raw)))
    over = data.draw(st.integers(0, 30))
    mutant = raw[:at] + data.draw(st.binary(max_size=12)) + raw[at + over :]
    assert comes_in_or_is_refused(module, a_file(mutant))


def test_a_long_figure_is_rounded_to_what_a_report_holds_and_never_fails():
    """Thirteen digits before the point and twenty behind it are more than the usual decimal context holds."""
    assert figure("1234567890123.12345678901234567890") == Decimal("1234567890123.123456789012345679")


def test_a_long_list_of_what_found_no_place_is_counted():
    found = read("gpu-stream", GPU_STREAM + "what is this\n" * 5000)
    assert len(found.not_mapped) == 201
    # three settings and one size in no exact unit before them, the count of percentages behind: 5,000 + 5 - 200
    assert found.not_mapped[-1].startswith("4,805 ")


def test_entries_are_never_longer_than_a_report_holds():
    """Ten thousand idle GPUs in one remark, a scenario said a thousand times, a unit of a thousand letters."""
    idle = "".join(f"\tGPU {number}: OK\n" for number in range(10_000))
    assert fits_a_lab_report(read("gpu-burn-double", f"{GPU_BURN_DOUBLE}{idle}"))
    said = LOADGEN_SUMMARY.replace("Scenario : Offline\n", "Scenario : Offline\n" * 1000)
    assert fits_a_lab_report(read("mlperf-summary", said))
    assert fits_a_lab_report(read("mlperf-system", SYSTEM.replace("81559 MiB", "81559 " + "M" * 1000)))


# --- stream rates -----------------------------------------------------------------------------------------------------


def test_babelstream_rates_are_those_of_the_shortest_run_in_the_unit_of_the_header():
    copy, *_, dot = rates(read("babelstream-text"))
    assert (copy.value, copy.unit, copy.statistic) == (Decimal("1700000.500"), "MB/s", "max")
    assert copy.method is not None
    assert (copy.method.name, copy.method.bytes_counted) == ("babelstream-copy", "read+write")
    assert dot.method is not None
    assert (dot.method.name, dot.method.bytes_counted) == ("babelstream-dot", "read")
    assert observed(read("babelstream-text"))["babelstream-copy-runtime-mean"] == (Decimal("0.00032"), "s")


def test_babelstream_in_isolated_order_gives_means_and_says_so():
    found = read("babelstream-isolated")
    copy = rates(found)[0]
    # 300,000 MiB/s x 1.048576 MB/MiB
    assert (copy.value, copy.unit, copy.statistic) == (Decimal("314572.8"), "MB/s", "mean")
    assert says(found, "order Isolated", "mean")
    assert says(found, "MiB/s", "exactly converted")
    assert found.devices[0].name == "Example Accelerator X"


def test_babelstream_table_gives_footprint_and_precision():
    copy, triad, nstream = rates(read("babelstream-csv"))
    assert copy.value == Decimal(1_500_000)
    assert [one.method.footprint_bytes for one in (copy, triad, nstream) if one.method] == [
        2 * 33554432 * 8,
        3 * 33554432 * 8,
        4 * 33554432 * 8,
    ]


@pytest.mark.parametrize(
    ("column", "value", "unit"),
    [
        ("max_mbytes_per_sec", "1500000", "MB/s"),
        ("max_mibytes_per_sec", "1572864", "MB/s"),
        ("max_MB_per_sec", "1500000", "MB/s"),
        ("max_GB_per_sec", "1500000", "GB/s"),
        ("max_GiB_per_sec", "1500000", "GiB/s"),
        ("max_TB_per_sec", "1500000", "TB/s"),
        ("max_TiB_per_sec", "1536000000", "GiB/s"),
    ],
)
def test_babelstream_unit_is_that_of_the_column(column: str, value: str, unit: str):
    # 1,500,000 x 1.048576 = 1,572,864; 1,500,000 x 1,024 = 1,536,000,000
    copy = rates(read("babelstream-csv", BABELSTREAM_CSV.replace("max_mbytes_per_sec", column)))[0]
    assert (copy.value, copy.unit) == (Decimal(value), unit)


def test_babelstream_without_a_header_has_no_unit_and_is_refused():
    with pytest.raises(UnreadableInput):
        read("babelstream-text", re.sub("Function.*\n", "", BABELSTREAM_TEXT))


def test_babelstream_that_failed_its_check_says_so():
    assert says(
        read("babelstream-text", BABELSTREAM_ISOLATED + "Validation failed on a[]. Average error 0.1\n"), "failed"
    )


def test_stream_is_of_the_processor_that_runs_it():
    found = read("stream")
    copy = rates(found)[0]
    assert (copy.value, copy.unit, copy.statistic, copy.device) == (Decimal("400000.5"), "MB/s", "max", None)
    assert copy.method is not None
    assert copy.method.footprint_bytes == 2 * 100_000_000 * 8
    assert says(found, "the host unless the chip itself runs it")
    assert not says(found, "nothing shows")
    assert says(read("stream", STREAM.replace("Solution Validates", "Failed Validation on array")), "nothing shows")


def test_gpu_stream_keeps_devices_apart_and_the_computed_peak_out_of_the_measurements():
    found = read("gpu-stream")
    assert [(one.device, one.value, one.unit) for one in rates(found)] == [
        ("gpu-0", Decimal("2700.50"), "GB/s"),
        ("gpu-0", Decimal("2800.25"), "GB/s"),
        ("gpu-0", Decimal("2600.00"), "GB/s"),
        ("gpu-1", Decimal("2750.00"), "GB/s"),
    ]
    first, second = (device.state for device in found.devices)
    assert first is not None
    assert second is not None
    assert (first.processing_units_enabled, first.memory_bus_width_bits, first.ecc_enabled) == (100, 4096, True)
    assert (second.memory_bus_width_bits, second.ecc_enabled) == (4096, False)
    assert observed(found)["theoretical-dram-bandwidth"] == (Decimal(3072), "GB/s")
    assert says(found, "no measurement")
    assert says(found, "2 devices", "says nothing of the model")
    assert says(found, "did not check")


# --- GEMM rates -------------------------------------------------------------------------------------------------------


def test_gpu_burn_rates_are_one_sample_per_window():
    found = read("gpu-burn-double")
    first, second = rates(found)
    # the line that repeats 7150 is the same window
    assert first.samples == (Decimal(7150), Decimal(17000), Decimal(16900))
    assert (first.value, first.unit, first.number_format, first.sparsity) == (
        Decimal(16900),
        "GFLOP/s",
        "fp64",
        "dense",
    )
    # the middle of 6,000 and 17,100
    assert second.value == Decimal(11550)
    assert found.devices[1].uuid == "GPU-bbbb"


def test_gpu_burn_errors_are_counted_across_summaries():
    errors = {one.device: one.value for one in read("gpu-burn-double").readings if one.name == "gpu-burn-errors"}
    # 3 before the summary, which sets the count back, and 2 after it
    assert errors == {"gpu-0": Decimal(0), "gpu-1": Decimal(5)}
    assert says(read("gpu-burn-double"), "GPU 1 FAULTY")


def test_gpu_burn_that_did_nothing_is_no_rate_of_zero():
    found = read("gpu-burn-double")
    assert "gpu-2" not in {reading.device for reading in found.readings}
    assert says(found, "zero work done on GPU 2", "called OK")
    idle = GPU_BURN_DOUBLE.replace("proc'd: ", "proc'd: 0 (0 Gflop/s) - 0 (0 Gflop/s) - 0 (0 Gflop/s) ;")
    idle = re.sub(r";[^e]*", "", idle)
    assert not rates(read("gpu-burn-double", idle))
    assert says(read("gpu-burn-double", idle), "zero work done on GPU 0, 1, 2")


def test_gpu_burn_on_tensor_cores_has_no_known_format():
    found = read("gpu-burn-tensor")
    assert rates(found)[0].number_format is None
    assert says(found, "format", "-tc")
    # with -i only one GPU burns, in the first column
    assert [device.key for device in found.devices] == ["gpu-2"]
    plain = read("gpu-burn-tensor", SNIPPETS["gpu-burn-tensor"][1].replace(", using Tensor Cores", ""))
    assert rates(plain)[0].number_format == "fp32"


def test_mamf_finder_gives_burst_and_sustained_apart():
    found = read("mamf-new")
    burst, sustained = rates(found)
    assert burst.method is not None
    assert sustained.method is not None
    # the row has a digit more than the headline of whole TFLOPS
    assert (burst.method.name, burst.value, burst.statistic) == ("matmul-burst", Decimal("842.3"), "median")
    assert burst.samples == tuple(map(Decimal, ("842.8", "842.3", "842.3", "841.9", "841.2")))
    assert (sustained.method.name, sustained.value) == ("matmul-sustained", Decimal("722.5"))
    assert {burst.number_format, sustained.number_format} == {"fp8_e4m3"}
    assert {burst.unit, burst.method.path, burst.sparsity} == {"TFLOP/s", "library", "dense"}
    assert found.tool_version == "8"


def test_mamf_finder_power_beside_a_burst_is_lag_and_no_reading():
    found = read("mamf-new")
    assert says(found, "842 TFLOPS", "172 W", "lags")
    assert {name for name in observed(found) if name.startswith("power")} == {"power-sustained-gemm"}
    assert observed(found)["power-sustained-gemm"] == (Decimal(681), "W")
    assert says(found, "sibling GPU(s) sat idle", "GPU1 100%")
    assert says(found, "not a true boost burst") or says(found, "throttled-clock")


def test_mamf_finder_of_before_gives_three_statistics_and_no_mean_over_shapes():
    found = read("mamf-old")
    assert [(one.statistic, one.value) for one in rates(found)] == [
        ("mean", Decimal("700.1")),
        ("median", Decimal("701.2")),
        ("max", Decimal("720.3")),
    ]
    assert {one.number_format for one in rates(found)} == {"bf16"}
    assert found.devices[0].state is not None
    assert found.devices[0].state.processing_units_enabled == 132
    assert any("2 means over all shapes" in entry for entry in found.not_mapped)


def test_mamf_finder_without_its_header_has_no_number_format():
    found = read("mamf-new", re.sub(r"\*\* Dtype.*\n", "", MAMF_NEW))
    assert {one.number_format for one in rates(found)} == {None}
    assert says(found, "format", "not known")


# --- NVBench, pyperf --------------------------------------------------------------------------------------------------


def test_nvbench_units_follow_from_the_hint():
    found = read("nvbench")
    assert not rates(found)
    seen = observed(found)
    assert seen["copy-cold-time-gpu-mean"] == (Decimal("0.0010034"), "s")
    assert seen["copy-cold-bw-global-bytes_per_second"] == (Decimal("669000000000.5"), "B/s")
    assert seen["copy-cold-time-gpu-stdev-relative"] == (Decimal("0.0005"), "1")
    assert seen["theoretical-dram-bandwidth"] == (Decimal(870400000000), "B/s")
    assert any("nv/element_count/Items" in entry and "no hint" in entry for entry in found.not_mapped)
    assert any("sm_clock_rate" in entry and "no figure" in entry for entry in found.not_mapped)
    assert says(found, "1 state was skipped")


def test_nvbench_device_shows_its_units_and_clock():
    device = read("nvbench").devices[0]
    assert device.state is not None
    # 850,000,000 Hz are 850 MHz
    assert device.state.max_memory_clock_mhz == Decimal(850)
    assert (device.state.processing_units_enabled, device.state.memory_total) == (80, Decimal(34086060032))


def test_pyperf_keeps_the_raw_values():
    found = read("pyperf")
    only = found.readings[0]
    assert only.samples == tuple(map(Decimal, ("0.25", "0.5", "0.75", "0.125", "0.375", "1.0")))
    # 0.125 0.25 0.375 | 0.5 0.75 1.0: the middle of 0.375 and 0.5
    assert (only.value, only.unit, only.measurand) == (Decimal("0.4375"), "s", None)
    assert says(found, "1 run has no values")


@pytest.mark.parametrize(("unit", "read_as"), [("byte", "B"), ("integer", "1"), ("second", "s")])
def test_pyperf_unit_is_that_of_the_metadata(unit: str, read_as: str):
    assert read("pyperf", PYPERF.replace('"second"', f'"{unit}"')).readings[0].unit == read_as


def test_pyperf_in_an_unknown_unit_is_no_figure():
    with pytest.raises(UnreadableInput):
        read("pyperf", PYPERF.replace('"second"', '"parsec"'))


# --- SuperBench -------------------------------------------------------------------------------------------------------


def test_superbench_figures_have_the_units_of_its_documentation():
    found = read("superbench")
    first = {one.description: one for one in rates(found) if one.place.startswith("line 1:")}
    assert {(one.unit, one.number_format) for one in first.values()} == {
        ("GFLOP/s", "fp64"),
        ("GFLOP/s", "fp32"),
        ("GFLOP/s", "fp16"),
        ("GFLOP/s", "tf32"),
        ("GOP/s", "int8"),
        ("TFLOP/s", "fp8_e4m3"),
        ("TFLOP/s", "tf32"),  # cublasLt computes fp32 inputs so
        ("GB/s", None),
    }
    seen = observed(found)
    assert seen["mem-bw-h2d_mem_bw"] == (Decimal("25.6"), "GB/s")
    assert seen["nccl-bw-allreduce_8_time"] == (Decimal("37.84"), "us")
    assert seen["kernel-launch-event_overhead"] == (Decimal("0.1"), "ms")
    assert seen["resnet_models-pytorch-resnet50-throughput_train_float32"] == (Decimal("761.5"), "samples/s")
    assert any(entry.startswith("ib-loopback/IB_write_#_Avg_#: 3 figures") for entry in found.not_mapped)


@pytest.mark.parametrize(
    ("benchmark", "metric", "unit", "number_format"),
    [
        ("gemm-flops", "fp16_tc_flops", "GFLOP/s", "fp16"),
        ("gemm-flops", "fp32_xdlops_flops", "GFLOP/s", "tf32"),  # "tensor-float32 with AMD XDLOPS"
        ("gemm-flops", "int8_tc_iops", "GOP/s", "int8"),
        ("cublaslt-gemm", "bf16_1_128_128_128_flops", "TFLOP/s", "bf16"),
        ("hipblaslt-gemm", "fp32_1_128_128_128_flops", "TFLOP/s", "fp32"),
        ("model-benchmarks", "pytorch-gpt2-large/fp32_train_step_time", "ms", None),
        ("model-benchmarks", "pytorch-bert-large/fp16_train_throughput", "samples/s", None),
        ("ort-inference", "fp16_resnet50_time_99", "ms", None),
        ("cpu-stream", "triad_throughput", "MB/s", None),
        ("ib-loopback", "ib_write_bw_8388608", "GB/s", None),
        ("nvbandwidth", "host_device_latency_sm_sum_lat", "us", None),
        ("disk-benchmark", "nvme0n1_rand_read_write_read_lat_ns_99.9", "ns", None),
        ("gpu-copy-bw:correctness", "cpu_to_gpu0_by_gpu0_using_sm_under_numa0_bw", "GB/s", None),
    ],
)
def test_superbench_documentation_gives_each_metric_its_unit(
    benchmark: str, metric: str, unit: str, number_format: str | None
):
    """The rows are those of micro-benchmarks.md and model-benchmarks.md."""
    meaning = meaning_of(benchmark.partition(":")[0], metric)
    assert meaning is not None
    assert (meaning.unit, meaning.number_format) == (unit, number_format)


@pytest.mark.parametrize(
    "key", ["ib-loopback/IB_write_512_Avg_0", "monitor/gpu_power", "gemm-flops/fp128_flops", "x/y"]
)
def test_superbench_key_without_documentation_has_no_unit(key: str):
    assert meaning_of(*key.split("/")) is None


def test_superbench_rates_without_tensor_cores_are_observations_beside_those_with_them():
    found = read("superbench")
    fp16 = [one.value for one in rates(found) if one.number_format == "fp16" and one.place.startswith("line 1:")]
    assert fp16 == [Decimal("279510.5"), Decimal("279600.25")]
    assert observed(found)["gemm-flops-fp16"] == (Decimal("33878.0"), "GFLOP/s")
    assert says(found, "FP16: 3 figures without tensor cores")
    assert Decimal("18362.1") in [one.value for one in rates(found) if one.number_format == "fp32"]


def test_superbench_gpus_of_several_nodes_are_several_devices():
    keys = [device.key for device in read("superbench").devices]
    assert keys == [f"n-0{node}-gpu-{gpu}" for node in (1, 2, 3) for gpu in (0, 1, 3)]


def test_superbench_nodes_that_share_their_figures_are_named_with_the_count():
    """The first two nodes differ in one figure; zeros and whole numbers, such as return codes, do not count."""
    found = read("superbench")
    keys = [key for key, value in json.loads(SUPERBENCH.split("\n")[0]).items() if isinstance(value, float) and value]
    assert says(found, f"n-01 and n-02 share {len(keys) - 1} of {len(keys)} non-zero values")
    assert says(found, "n-03 lacks 1 of the 19 keys", "resnet_models 1")


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-25.6", '"25.6"', "null", "1e999"])
def test_superbench_value_that_is_no_figure_is_left_out_and_said(value: str):
    found = read("superbench", SUPERBENCH.replace('"mem-bw/H2D_Mem_BW:0": 25.6', f'"mem-bw/H2D_Mem_BW:0": {value}', 1))
    assert sum(one.name == "mem-bw-h2d_mem_bw" for one in found.readings) == 2
    assert says(found, "n-01: 1 value is no figure")
    assert any("line 1: mem-bw/H2D_Mem_BW:0: no figure" in entry for entry in found.not_mapped)


def test_superbench_benchmark_that_failed_is_named():
    failed = SUPERBENCH.replace('"kernel-launch/return_code": 0', '"kernel-launch/return_code": 33', 1)
    assert says(read("superbench", failed), "n-01: kernel-launch/return_code is 33")


def test_superbench_node_listed_twice_stays_apart():
    found = read("superbench", SUPERBENCH.replace("n-02", "n-01"))
    assert says(found, "line 2: the node n-01 again")
    assert {device.key for device in found.devices} >= {"n-01-gpu-0", "n-01-line-2-gpu-0"}


# --- MLPerf -----------------------------------------------------------------------------------------------------------


def test_a_training_run_lasts_from_run_start_to_run_stop():
    found = read("mlperf-training")
    # 7,250 ms - 2,000 ms
    assert observed(found)["mlperf-training-duration"] == (Decimal("5.25"), "s")
    assert observed(found)["mlperf-eval-accuracy"] == (Decimal("0.94"), "1")
    assert observed(found)["mlperf-seed"] == (Decimal(8368), "1")
    assert not rates(found)
    assert len(found.remarks) == 1


def test_a_run_that_stops_before_it_starts_has_no_duration():
    found = read("mlperf-training", TRAINING.replace('"time_ms": 7250', '"time_ms": 1500'))
    assert "mlperf-training-duration" not in observed(found)
    assert says(found, "run_stop is 500 ms before run_start")


def test_a_run_cut_short_on_paper_is_found_by_the_events_within_it():
    found = read("mlperf-training", TRAINING.replace('"time_ms": 7250', '"time_ms": 2001'))
    assert observed(found)["mlperf-training-duration"] == (Decimal("0.001"), "s")
    assert says(found, "2 events logged within the run carry times outside it")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("success", "aborted"), "run_stop says aborted"),
        (("run_stop", "run_pause"), "run_stop 0 times"),
        (('"key": "seed"', '"key": "sead"'), "no seed is logged"),
        (('"value": 0.94, "metadata": {"samples_count', '"value": NaN, "metadata": {"samples_count'), "no figure"),
    ],
)
def test_a_training_log_that_lacks_something_says_so(change: tuple[str, str], words: str):
    assert says(read("mlperf-training", TRAINING.replace(*change)), words)


def test_an_event_that_is_no_json_is_listed_and_the_rest_is_read():
    found = read("mlperf-training", f"{TRAINING}\n:::MLLOG {'[' * 10**6}\n{event('eval_accuracy', 1, 1)[:-9]}")
    assert observed(found)["mlperf-training-duration"] == (Decimal("5.25"), "s")
    assert sum("no JSON" in entry for entry in found.not_mapped) == 2


def test_an_inference_log_gives_its_results_with_the_units_of_their_names():
    seen = observed(read("mlperf-detail"))
    assert seen["mlperf-result_samples_per_second"] == (Decimal("94.5"), "samples/s")
    assert seen["mlperf-result_tokens_per_second"] == (Decimal("27803.9"), "tokens/s")
    assert seen["mlperf-result_mean_latency_ns"] == (Decimal(350000123456), "ns")
    # 700,000.5 ms - 0.5 ms
    assert seen["mlperf-log-span"] == (Decimal(700), "s")
    # "ms" is the multi-stream scenario, and its estimate is in nanoseconds
    assert seen["mlperf-early_stopping_latency_ms"] == (Decimal(5), "ns")
    assert not says(read("mlperf-detail"), "VALID")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('"VALID"', '"INVALID"'), "calls its own result INVALID"),
        (("result_validity", "result_vanished"), "does not say whether its result is valid"),
        (('"is_error": false', '"is_error": true'), "9 events are marked is_error"),
        (("94.5", "NaN"), "no figure"),
        (("94.5", "-5"), "no figure"),
        (('_met", "value": true', '_met", "value": false'), "result_min_duration_met is False"),
        (("700000.5", "700.0005"), "cover 0.6995005 s, and the shortest duration was set to 600 s"),
    ],
)
def test_an_inference_log_that_contradicts_itself_says_so(change: tuple[str, str], words: str):
    """The rows that a checker of such logs lets through: each is a remark here."""
    assert says(read("mlperf-detail", LOADGEN_DETAIL.replace(*change)), words)


def test_an_inference_summary_gives_results_and_not_its_settings():
    found = read("mlperf-summary")
    assert observed(found) == {
        "mlperf-samples-per-second": (Decimal("94.5"), "samples/s"),
        "mlperf-tokens-per-second": (Decimal("27803.9"), "tokens/s"),
        "mlperf-min-latency": (Decimal(1000123), "ns"),
        "mlperf-99.00-percentile-latency": (Decimal(699000000000), "ns"),
    }
    assert len(found.remarks) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("Result is : VALID", "Result is : INVALID"), "INVALID"),
        (("Result is : VALID", ""), "does not say whether"),
        (("duration satisfied : Yes", "duration satisfied : NO"), "Min duration satisfied : NO"),
        (("No errors encountered", "1 ERROR encountered"), "1 ERROR encountered"),
        (("94.5", "nan"), "no figure"),
    ],
)
def test_an_inference_summary_that_is_not_valid_says_so(change: tuple[str, str], words: str):
    assert says(read("mlperf-summary", LOADGEN_SUMMARY.replace(*change)), words)


def test_a_system_description_is_words_of_its_submitter():
    found = read("mlperf-system")
    assert observed(found)["mlperf-accelerator_memory_capacity"] == (Decimal(81559), "MiB")
    assert observed(found)["mlperf-accelerators_per_node"] == (Decimal(8), "1")
    assert not found.devices
    assert found.driver is None
    assert says(found, "nothing in it was measured")
    assert says(found, "several driver versions", "550.54.15", "535.129.03")
    lots = read("mlperf-system", SYSTEM.replace('"accelerators_per_node": "8"', '"accelerators_per_node": "lots"'))
    assert says(lots, "accelerators_per_node 'lots' is no number")


# --- real files -------------------------------------------------------------------------------------------------------


def from_sample(shared: Path, module: str, name: str) -> Ingested:
    found = ForeignFile(name=Path(name).name, data=(shared / "samples" / name).read_bytes())
    assert [other for other in MODULES if reader(other).recognises(found)] == [module]
    ingested = reader(module).read(found)
    assert fits_a_lab_report(ingested)
    return ingested


def test_real_babelstream_text(shared: Path):
    found = from_sample(shared, "babelstream", "babelstream/rtx2060_alpaka_text.txt")
    triad = next(one for one in rates(found) if one.method and one.method.name == "babelstream-triad")
    assert (triad.value, triad.unit) == (Decimal("304093.569"), "MB/s")
    assert found.devices[0].name == "NVIDIA GeForce RTX 2060"


def test_real_stream_text(shared: Path):
    found = from_sample(shared, "stream", "superbench/streamResultNeo.log")
    assert [one.value for one in rates(found)] == list(map(Decimal, ("108180.5", "108572.8", "104571.7", "105256.0")))


def test_real_gpu_stream_log(shared: Path):
    found = from_sample(shared, "gpu_stream", "superbench/gpu_stream.log")
    assert len(rates(found)) == 32
    assert [device.state.processing_units_enabled for device in found.devices if device.state] == [152, 152]
    assert max(one.value for one in rates(found) if one.value) == Decimal("7414.04")


def test_real_superbench_results(shared: Path):
    """The counts are those of an independent count over the file: 450 of 451 floats, 24 keys."""
    found = from_sample(shared, "superbench", "superbench/test_results.jsonl")
    assert says(found, "sb-validation-01 and sb-validation-02 share 450 of 451")
    assert says(found, "sb-validation-03 lacks 24 of")
    assert len(found.devices) == 3 * 8
    tensor = [one.value for one in rates(found) if one.number_format == "fp16"]
    assert len(tensor) == 24
    assert min(value for value in tensor if value) > 200_000
    assert says(found, "FP16: 24 figures without tensor cores")


def test_real_pyperf_file(shared: Path):
    found = from_sample(shared, "pyperf", "pyperf/py3.json")
    assert len(found.readings[0].samples) == 60
    assert found.readings[0].unit == "s"


def test_real_training_log(shared: Path):
    found = from_sample(shared, "mlperf", "mlperf_training/result_2.txt")
    # 1714861681000 - 1714861415226 ms
    assert observed(found)["mlperf-training-duration"] == (Decimal("265.774"), "s")
    assert len(found.remarks) == 1


def test_real_system_description(shared: Path):
    found = from_sample(shared, "mlperf", "mlperf_training/eos_n8_ngc24.04_nemo.json")
    assert observed(found)["mlperf-accelerator_memory_capacity"] == (Decimal(81559), "MiB")


@pytest.mark.parametrize("folder", ["nvidia_smi", "nvbandwidth", "dcgm", "rocm_smi", "rvs", "nvtrust", "azure_nhc"])
def test_files_of_other_tools_are_recognised_by_none(shared: Path, folder: str):
    for path in sorted((shared / "samples" / folder).iterdir()):
        found = ForeignFile(name=path.name, data=path.read_bytes())
        assert not [module for module in MODULES if reader(module).recognises(found)], path.name


def test_snippets_do_not_share_a_reader_by_accident():
    assert {NVBENCH, PYPERF} == {text for name, (_, text) in SNIPPETS.items() if name in ("nvbench", "pyperf")}


# --- Several runs in one file ---------------------------------------------------------------------------------------


def babelstream(device: str | None, triad: str, runtimes: str = "0.00047     0.00049     0.00048") -> str:
    named = f"Using CUDA device {device}\n" if device else ""
    return (
        f"BabelStream\nVersion: 5.0\nImplementation: CUDA\nRunning kernels 100 times\nPrecision: double\n{named}"
        f"Function    MBytes/sec  Min (sec)   Max         Average\nTriad       {triad} {runtimes}\n"
    )


@pytest.mark.parametrize("devices", [("A100", None), (None, "A100"), ("A100", "V100"), ("A100", None, "V100", "A100")])
def test_runs_of_several_devices_in_one_file_are_not_mixed(devices: tuple[str | None, ...]):
    """A page that shows a run on a card and one on its host holds two devices, whether or not the second is named."""
    text = "".join(babelstream(device, f"{n}000.5") for n, device in enumerate(devices, start=1))
    found = read("babelstream-text", text)
    names = {device.key: device.name for device in found.devices}

    assert [names[reading.device or ""] for reading in rates(found)] == list(devices)
    assert len(names) == len(set(devices))
    assert says(found, "no device") is (None in devices)
    assert fits_a_lab_report(found)


def test_a_run_without_a_header_of_its_own_gives_no_rate():
    headless = babelstream("V100", "2000.5").replace("Function    MBytes/sec", "Function")
    found = read("babelstream-text", babelstream("A100", "1000.5") + headless)
    assert [reading.value for reading in rates(found)] == [Decimal("1000.5")]


@pytest.mark.parametrize(
    ("runtime", "statistic"), [("0.00047", "max"), ("0.0475", "max"), ("0.04753", "mean"), ("0.47531", "mean")]
)
def test_three_runtimes_alike_to_few_digits_are_no_isolated_run(runtime: str, statistic: str):
    """On a fast device 0.00047 is all that five decimals show; with four digits alike all runs were timed as one."""
    (rate,) = rates(read("babelstream-text", babelstream("A100", "1000.5", "     ".join([runtime] * 3))))
    assert rate.statistic == statistic


def test_pyperf_of_before_its_first_version_called_values_samples():
    runs = '[{"samples": [0.5, 0.25, 0.75], "warmups": []}]'
    old = f'{{"benchmarks": [{{"common_metadata": {{"name": "telco"}}, "runs": {runs}}}], "version": 5}}'
    (reading,) = read("pyperf", old).readings
    assert (reading.value, reading.unit, len(reading.samples)) == (Decimal("0.5"), "s", 3)

"""What system and communication tools print comes in as what it is: state, link, observation or remark."""

import doctest
import io
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from importlib import import_module
from pathlib import Path

import pytest
from conftest import ROOT, spread
from foreign_benchmarks import SNIPPETS as OF_BENCHMARKS
from foreign_systems import (
    AMD,
    BOMB,
    DCGM_3,
    NCCL,
    NVBANDWIDTH,
    NVBANDWIDTH_TEXT,
    NVLINK,
    OUTSIDE,
    ROCM,
    RVS_CONF,
    SMI,
    SNIPPETS,
    smi_gpu,
    smi_log,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from test_ingest_benchmarks import MODULES as MODULES_OF_BENCHMARKS
from test_ingest_benchmarks import (
    a_file,
    comes_in_or_is_refused,
    fits_a_lab_report,
    mutants,
    observed,
    rates,
    reader,
    says,
)

import harness
from harness.cli.__main__ import main
from harness.errors import UnreadableInput
from harness.ingest import reader_of, readers
from harness.ingest.plain import plain
from harness.ingest.units import _merged
from harness.model.device_state import Link, UnitState
from harness.model.foreign import ForeignFile, ForeignReading, Ingested

MODULES = sorted({module for module, _ in SNIPPETS.values()})


def read(name: str, text: str | bytes | None = None) -> Ingested:
    module, snippet = SNIPPETS[name]
    found = reader(module).read(a_file(snippet if text is None else text))
    assert isinstance(found, Ingested)
    return found


def state(found: Ingested, key: str = "gpu-0") -> UnitState:
    known = next(device.state for device in found.devices if device.key == key)
    assert known is not None
    return known


def limits(found: Ingested, key: str = "gpu-0") -> dict[str, bool | None]:
    return {limiter.name: limiter.active for limiter in state(found, key).limiters}


def named(found: Ingested, name: str) -> list[ForeignReading]:
    return [reading for reading in found.readings if reading.name == name]


# --- every reader -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("module", MODULES)
def test_a_reader_names_its_tool_and_its_source(module: str):
    found = reader(module)
    assert re.fullmatch(r"[a-z0-9-]+", found.TOOL)
    assert "\n" not in found.ABOUT
    assert found.BASIS in ("sample", "source")
    assert "Source:" in (found.__doc__ or "")


@pytest.mark.parametrize("module", ["bus_links", "units"])
def test_examples_in_the_shared_parts_run(module: str):
    result = doctest.testmod(import_module(f"harness.ingest.{module}"))
    assert result.attempted
    assert not result.failed


@pytest.mark.parametrize("name", {**OF_BENCHMARKS, **SNIPPETS})
def test_of_all_readers_one_recognises_a_file(name: str):
    module, text = {**OF_BENCHMARKS, **SNIPPETS}[name]
    assert reader_of(plain(a_file(text))).TOOL == reader(module).TOOL


@pytest.mark.parametrize("name", SNIPPETS)
def test_what_is_read_fits_a_lab_report(name: str):
    found = read(name)
    assert found.tool == reader(SNIPPETS[name][0]).TOOL
    assert found.readings or found.devices or found.remarks
    assert fits_a_lab_report(found)


@pytest.mark.parametrize("module", [*MODULES, *MODULES_OF_BENCHMARKS])
@pytest.mark.parametrize("data", [b"", b" \n", b"\xff\xfe", b"{}", b"[]", b"null", b"hello\n", b"\x00" * 50, b"<a/>"])
def test_nothing_of_another_form_is_recognised_or_read(module: str, data: bytes):
    assert reader(module).recognises(a_file(data)) is False
    with pytest.raises(UnreadableInput) as refused:
        reader(module).read(a_file(data))
    assert all(fault.where and fault.got and fault.need for fault in refused.value.faults)


@pytest.mark.parametrize("name", spread(SNIPPETS, 8))
def test_damaged_output_is_read_or_refused(name: str):
    """Lines deleted and doubled, fields retyped, the file cut at many places: nothing else ever comes out."""
    module, text = SNIPPETS[name]
    for mutant in every_third(mutants(text)):
        found = a_file(mutant.encode("utf-8", errors="surrogatepass"))
        assert reader(module).recognises(found) in (True, False)
        assert comes_in_or_is_refused(module, found)


def every_third(texts: Iterator[str]) -> Iterator[str]:
    yield from (text for n, text in enumerate(texts) if n % 3 == 0)


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_bytes_put_anywhere_are_read_or_refused(data: st.DataObject):
    module, text = SNIPPETS[data.draw(st.sampled_from(sorted(SNIPPETS)))]
    raw = text.encode()
    at, over = data.draw(st.integers(0, len(raw))), data.draw(st.integers(0, 30))
    mutant = raw[:at] + data.draw(st.binary(max_size=12)) + raw[at + over :]
    assert comes_in_or_is_refused(module, a_file(mutant))


@pytest.mark.parametrize(
    "written",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: ("\r\n" + text.replace("\n", "\r\n")).encode("utf-16"),
        lambda text: text.encode("utf-16-le"),
        lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
        lambda text: b"\x1b[1;32m" + text.replace("\n", "\x1b[0m\n").encode() + b"\x1b]0;title\x07",
        lambda text: re.sub("^", "[1,0]<stdout>:", text, flags=re.MULTILINE).encode(),
        lambda text: re.sub("^", "[prterun-host-1@1,12]<stdout>: ", text, flags=re.MULTILINE).encode(),
        lambda text: re.sub("^", "0: ", text, flags=re.MULTILINE).encode(),
    ],
    ids=["mark", "crlf", "utf-16", "utf-16-no-mark", "utf-16-be", "colours", "mpi-4", "mpi-5", "slurm"],
)
@pytest.mark.parametrize("name", ["smi-old", "nvbandwidth", "nvbandwidth-text", "dcgm-4", "nccl", "rocm", "rvs-log"])
def test_a_file_is_the_same_in_every_form_that_consoles_and_launchers_write(name: str, written):  # type: ignore[no-untyped-def]
    text = SNIPPETS[name][1].lstrip()
    found = plain(ForeignFile(name="output", data=written(text)))
    once = reader_of(found).read(found)
    plainly = read(name, text)
    assert [one.value for one in once.readings] == [one.value for one in plainly.readings]
    assert once.devices == plainly.devices


@pytest.mark.parametrize("module", ["nccl_tests", "nvbandwidth", "nvlink_status", "rvs", "nvidia_smi"])
def test_more_lines_than_any_tool_prints_are_refused(module: str):
    """A million lines are read; one more is not."""
    begins = {"rvs": "[RESULT] [1.1] [a] b\n", "nvidia_smi": "==============NVSMI LOG==============\n"}.get(
        module, "x\n"
    )
    with pytest.raises(UnreadableInput) as refused:
        reader(module).read(a_file(begins + "\n" * 1_000_000))
    assert refused.value.faults[0].need == "at most 1,000,000 lines"
    with pytest.raises(UnreadableInput) as refused:
        reader(module).read(a_file(begins + "\n" * 999_999))
    assert "1,000,000" not in refused.value.faults[0].need


def test_more_devices_than_a_report_holds_units_are_refused(tmp_path: Path):
    path = tmp_path / "links.txt"
    path.write_text("".join(f"GPU {n}: N (UUID: GPU-{n})\n\t Link 0: 1 GB/s\n" for n in range(4_097)), encoding="utf-8")
    assert main(["ingest", str(path)]) == 2


@pytest.mark.parametrize("data", [b"", b" \r\n", b"\xef\xbb\xbf", b"\xff\xfe", b"\x1b[0m\n"])
def test_an_empty_file_is_called_empty(data: bytes):
    with pytest.raises(UnreadableInput) as refused:
        plain(ForeignFile(name="output", data=data))
    assert refused.value.faults[0].got == "nothing"


def test_bytes_that_are_not_in_the_encoding_that_they_announce_are_refused():
    with pytest.raises(UnreadableInput):
        plain(ForeignFile(name="output", data=b"\xff\xfe\x00\xd8\x41"))


# --- nvidia-smi -------------------------------------------------------------------------------------------------------


def test_nvidia_smi_tells_limits_clocks_and_what_holds_the_device():
    found = read("smi")
    shown = state(found)
    assert (shown.power_limit_w, shown.enforced_power_limit_w, shown.default_power_limit_w) == (650, 600, 700)
    assert (shown.application_sm_clock_mhz, shown.max_sm_clock_mhz) == (1500, 1980)
    assert (shown.memory_total, shown.memory_total_unit) == (143771, "MiB")
    assert (shown.partitioned, shown.virtualized, shown.ecc_enabled, shown.thermal_slowdown) == (
        False,
        False,
        True,
        False,
    )
    # 3 + 1 rows; one of the two counts of pages is N/A, so that there is no sum.
    assert (shown.remapped_memory_rows, shown.retired_memory_pages) == (4, None)
    assert shown.other_processes == 1
    assert limits(found)["software-power-cap"] is True
    assert next(one.before_us for one in shown.limiters if one.name == "software-power-cap") == 2_500_000
    assert says(found, "gpu-0: held down when it was read: software-power-cap")
    assert says(found, "gpu-0: 2.5 s under software-power-cap")
    assert says(found, "gpu-0: 2 uncorrectable memory errors counted (volatile)")
    assert says(found, "rows wait to be remapped")
    assert (found.driver, found.firmware) == ("570.10", "96.00.A1.00.01")
    assert says(found, "different firmware")


def test_nvidia_smi_names_of_before_driver_535_are_read():
    found = read("smi-old")
    shown = state(found)
    assert (shown.power_limit_w, shown.enforced_power_limit_w, shown.default_power_limit_w) == (250, 240, 300)
    assert shown.retired_memory_pages == 3
    assert limits(found)["application-clocks"] is True
    assert found.devices[0].serial is None
    assert named(found, "ecc-uncorrected-volatile")[0].value == 5


def test_nvidia_smi_as_text_says_the_same_as_its_xml_would():
    found = read("smi-text")
    shown = state(found)
    assert (found.driver, found.devices[0].uuid, found.devices[0].bus_id) == (
        "610.57.04",
        "GPU-dddd",
        "00000000:00:09.0",
    )
    assert (shown.enforced_power_limit_w, shown.default_power_limit_w, shown.max_sm_clock_mhz) == (600, 700, 1980)
    assert (shown.partitioned, shown.virtualized, shown.thermal_slowdown) == (True, False, True)
    assert (shown.memory_total, shown.other_processes) == (143771, 0)
    assert (shown.links[0].count, shown.links[0].rate) == (16, 32)
    assert limits(found)["hardware-thermal"] is True
    assert [one.value for one in named(found, "mig-multiprocessors")] == [60, 32]
    assert [one.value for one in named(found, "mig-memory")] == [40448]
    assert named(found, "ecc-dram-uncorrectable-volatile")[0].value == 4
    assert says(found, "Requested functionality has been deprecated")


def test_of_several_logs_the_first_is_read():
    assert read("smi", f"$ nvidia-smi -q -x -l\n{SMI}\n{SMI}").devices == read("smi").devices
    assert says(read("smi", SMI + SMI), "2 logs stand in the file")


def test_words_where_numbers_were_are_no_numbers():
    found = read("smi-old")
    assert state(found).application_sm_clock_mhz is None
    assert not named(found, "power-draw")
    assert not named(found, "sm-clock")
    assert says(found, "Requested functionality has been deprecated", "no figure")
    assert says(found, "[Unknown Error]")


def test_an_idle_device_shows_nothing_of_what_heat_would_do():
    assert state(read("smi-old")).thermal_slowdown is None
    assert says(read("smi-old"), "idle")
    hot = smi_gpu(changes=(("hw_thermal_slowdown>Not Active", "hw_thermal_slowdown>Active"),))
    assert state(read("smi", smi_log(hot))).thermal_slowdown is True


@pytest.mark.parametrize(
    ("words", "virtualized"),
    [("None", False), ("Pass-Through", False), ("VGPU", True), ("Host VGPU", True), ("VSGA", True), ("N/A", None)],
)
def test_a_share_of_a_device_is_told_from_a_whole_one(words: str, virtualized: bool | None):
    gpu = smi_gpu(changes=(("<virtualization_mode>None", f"<virtualization_mode>{words}"),))
    assert state(read("smi", smi_log(gpu))).virtualized is virtualized


@pytest.mark.parametrize(
    ("words", "partitioned"), [("Enabled", True), ("Disabled", False), ("N/A", False), ("?", None)]
)
def test_mig_is_a_partition(words: str, partitioned: bool | None):
    gpu = smi_gpu(changes=(("<current_mig>Disabled", f"<current_mig>{words}"),))
    assert state(read("smi", smi_log(gpu))).partitioned is partitioned


def test_slices_are_listed_with_their_units_and_memory():
    slice_ = (
        "<mig_device><device_attributes><shared><multiprocessor_count>16</multiprocessor_count></shared>"
        "</device_attributes><fb_memory_usage><total>18000 MiB</total></fb_memory_usage></mig_device>"
    )
    changes = (
        ("<current_mig>Disabled", "<current_mig>Enabled"),
        (">None</mig_devices>", f">{slice_ * 2}</mig_devices>"),
    )
    found = read("smi", smi_log(smi_gpu(changes=changes)))
    assert [one.value for one in named(found, "mig-multiprocessors")] == [16, 16]
    assert [one.value for one in named(found, "mig-memory")] == [18000, 18000]
    assert says(found, "MIG is on, with 2 slices: 16 + 16 multiprocessors")


def test_the_bus_is_counted_as_it_runs_and_nvlink_is_a_gap_and_no_zero():
    pcie, nvlink = state(read("smi")).links
    # Generation 4 runs at 16 GT/s, generation 5 at 32.
    assert (pcie.count, pcie.physical_count, pcie.rate, pcie.maximum_rate) == (8, 16, 16, 32)
    assert (nvlink.name, nvlink.count, nvlink.rate) == ("NVLink", None, None)


def test_an_idle_device_lets_its_bus_slow_down_and_that_is_not_its_rate():
    idle = smi_gpu(changes=(("gpu_idle>Not Active", "gpu_idle>Active"),))
    slow = state(read("smi", smi_log(idle))).links[0]
    assert (slow.rate, slow.maximum_rate) == (None, 32)
    full = idle.replace("<current_link_gen>4", "<current_link_gen>5")
    assert state(read("smi", smi_log(full))).links[0].rate == 32


def test_of_a_selection_of_gpus_the_numbers_are_not_known():
    found = read("smi", smi_log(smi_gpu(), attached=8))
    assert found.devices[0].key == "00000000:01:00.0"
    assert says(found, "1 GPU of 8 attached")


@pytest.mark.parametrize("text", [BOMB, OUTSIDE, BOMB.replace("[", " SYSTEM 'x' [")])
def test_xml_with_entities_is_refused_and_nothing_is_expanded_or_fetched(text: str):
    with pytest.raises(UnreadableInput) as refused:
        read("smi", text)
    assert "declarations" in refused.value.faults[0].got


@pytest.mark.parametrize(
    ("text", "got"),
    [
        ("<nvidia_smi_log>" + "<a>" * 100, "nesting deeper than 64"),
        ("<nvidia_smi_log>" + "<a/>" * 400_001 + "</nvidia_smi_log>", "more than 400,000 elements"),
        (SMI[:-30], "unclosed token"),
        (SMI.replace("</pci>", "</pcj>", 1), "mismatched tag"),
        ("<nvidia_smi_log/>", "nvidia_smi_log with 0 gpus"),
        ("<nvidia_smi_log>&undefined;</nvidia_smi_log>", "undefined entity"),
    ],
    ids=["deep", "many", "cut", "tags", "empty", "entity"],
)
def test_xml_that_nobody_could_use_is_refused_with_its_place(text: str, got: str):
    with pytest.raises(UnreadableInput) as refused:
        read("smi", text)
    assert refused.value.faults[0].got == got
    assert refused.value.faults[0].where


# --- nvbandwidth ------------------------------------------------------------------------------------------------------


def test_nvbandwidth_unit_is_that_of_the_description():
    found = read("nvbandwidth")
    assert {one.unit for one in named(found, "host_to_device_memcpy_ce")} == {"GB/s"}
    assert [(one.value, one.unit) for one in named(found, "host_device_latency_sm")] == [
        (Decimal("650.5"), "ns"),
        (Decimal(651), "ns"),
    ]
    assert any("memcpy in parsecs: no unit" in entry for entry in found.not_mapped)
    assert not rates(found)


def test_three_matrices_in_one_are_taken_apart():
    found = read("nvbandwidth")
    name = "device_to_device_bidirectional_memcpy_read_ce"
    assert [one.value for one in named(found, f"{name}-one-way")] == [Decimal("370.5"), Decimal("370.1")]
    assert [one.value for one in named(found, f"{name}-total")] == [Decimal("741.5"), Decimal("742.1")]
    assert named(found, f"{name}-total")[0].device == "gpu-0"
    assert says(found, "three matrices")


def test_cases_that_did_not_run_and_what_a_copy_counts_are_said():
    found = read("nvbandwidth")
    assert says(found, "1 case waived: all_to_one_write_ce")
    assert says(found, "device_to_device_latency_sm: status Error: CUDA_ERROR_UNKNOWN")
    assert says(found, "device_local_copy counts each byte once")
    assert found.devices[1].bus_id == "00000000:02:00"


def test_nvbandwidth_text_says_the_same_as_its_json():
    found = read("nvbandwidth-text")
    assert [one.value for one in named(found, "host_to_device_memcpy_ce")] == [Decimal("55.10"), Decimal("55.20")]
    assert [one.unit for one in named(found, "host_device_latency_sm")] == ["ns", "ns"]
    pair = named(found, "device_to_device_memcpy_write_ce")
    assert [(one.device, one.value) for one in pair] == [("gpu-0", Decimal("276.07")), ("gpu-1", Decimal("276.19"))]
    assert says(found, "1 case waived")
    assert (found.tool_version, found.driver) == ("v0.6", "550.54.15")


def test_json_among_lines_of_a_console_is_found():
    noise = "WARNING: file lock { busy }\nWARNING: {{{}}}}}\n"
    assert read("nvbandwidth", noise + NVBANDWIDTH + "\ntrailing }\n").readings == read("nvbandwidth").readings
    assert read("dcgm-3", noise + DCGM_3).readings == read("dcgm-3").readings


@pytest.mark.parametrize("cell", ["nan", "-5", "inf", "1e999", ""])
def test_a_cell_that_is_no_figure_is_left_out(cell: str):
    found = read("nvbandwidth", NVBANDWIDTH.replace('"55.1"', f'"{cell}"'))
    assert [one.value for one in named(found, "host_to_device_memcpy_ce")] == [Decimal(55)]


def test_of_a_large_matrix_the_highest_and_lowest_of_each_row_are_kept():
    """17 devices: each row has 16 cells beside its diagonal, of which 14 lie between."""
    matrix = [[str(100 + 17 * n + m) for m in range(17)] for n in range(17)]
    case = {"name": "d2d", "status": "Passed", "bandwidth_matrix": matrix}
    case["bandwidth_description"] = "memcpy CE GPU(row) -> GPU(column) bandwidth (GB/s)"
    found = read("nvbandwidth", json.dumps({"nvbandwidth": {"testcases": [case]}}))
    assert [one.value for one in found.readings[:2]] == [101, 116]
    assert any("238 cells between" in entry for entry in found.not_mapped)  # 17 x 14


# --- DCGM -------------------------------------------------------------------------------------------------------------


def test_dcgm_statuses_are_claims_and_its_warnings_remarks():
    found = read("dcgm-3")
    assert says(found, "1 FAIL, 3 PASS, 1 SKIP", "claim and no evidence")
    assert says(found, "Diagnostic on GPU 0: FAIL")
    assert says(found, "thermal violations totaling 2.5 seconds")
    assert (found.tool_version, found.driver) == ("3.3.5", "535.1")


def test_dcgm_tells_which_device_was_slowed_by_heat_or_power():
    found = read("dcgm-3")
    assert state(found).thermal_slowdown is True
    assert state(found, "gpu-1").thermal_slowdown is None
    assert limits(found, "gpu-1") == {"software-power-cap": True}
    assert state(read("dcgm-4"), "gpu-1").ecc_enabled is False


def test_dcgm_figures_in_sentences_have_their_units():
    seen = observed(read("dcgm-3"))
    assert seen["dcgm-pcie-gpu-to-host-bandwidth"] == (Decimal("13.08"), "GB/s")
    assert seen["dcgm-diagnostic-figure"] == (Decimal("16900.50"), "GFLOP/s")
    power = observed(read("dcgm-4"))
    assert power["dcgm-targeted_power-max-power"] == (Decimal("698.5"), "W")
    assert power["dcgm-targeted_power-average-power-usage"] == (Decimal("690.1"), "W")
    assert not rates(read("dcgm-3"))


def test_dcgm_identities_are_serials_where_they_are_any():
    assert [device.serial for device in read("dcgm-3").devices] == ["1650000001", None]
    assert [device.serial for device in read("dcgm-4").devices] == ["1650000001", "1650000002"]


# --- links and collectives --------------------------------------------------------------------------------------------


def test_nvlinks_are_counted_active_and_there():
    found = read("nvlink")
    nvlink, pcie = state(found).links
    assert (nvlink.count, nvlink.physical_count, nvlink.rate, nvlink.unit) == (16, 18, Decimal("26.562"), "GB/s")
    assert pcie.count is None
    assert state(found, "gpu-1").links[0].count is None
    assert says(found, "gpu-1: NVML: Unable to retrieve")


def test_nccl_figures_are_the_collectives_and_no_devices():
    found = read("nccl")
    busbw = named(found, "all_reduce-busbw")
    assert [one.value for one in busbw] == [Decimal(text) for text in ("135.50", "135.41", "135.67", "135.18")]
    assert {one.device for one in found.readings} == {None}
    assert not rates(found)
    assert says(found, "the highest bus bandwidth is 135.67 GB/s, at 2,147,483,648 B")
    assert says(found, "67.7", "no capability")
    assert says(found, "1 pass has wrong results")
    assert says(found, "the results of 1 pass were not checked")
    assert (found.tool_version, found.compute_library) == ("2.19.6", "NCCL 22907")
    assert [device.bus_id for device in found.devices] == ["0000:01:00", "0000:02:00"]


def test_nccl_of_2019_and_of_several_machines_is_read():
    found = read("nccl-old")
    assert [one.value for one in named(found, "collective-busbw")] == [Decimal("223.39"), Decimal("230.07")]
    assert [device.key for device in found.devices] == ["host-1-gpu-0", "host-2-gpu-0"]
    assert says(found, "which collective it was is not printed")


def test_rccl_tests_are_read_alike():
    text = NCCL.replace(
        "# nccl-tests version 2.19.6 nccl-headers=22907 nccl-library=22907", "rccl-tests: Version develop:83d38d9"
    )
    text = text.replace("[0000:02:00] NVIDIA H200", "[0000:02:00] ").replace("      3\n", "     3*\n")
    found = read("nccl", text.replace("# Avg", "# Errors with asterisks indicate errors beyond the threshold.\n# Avg"))
    assert found.tool_version == "develop:83d38d9"
    assert [device.name for device in found.devices] == ["NVIDIA H200", None]
    assert says(found, "1 pass has wrong results")
    assert not says(found, "asterisks")


def test_nccl_without_a_line_of_units_has_none_and_is_refused():
    with pytest.raises(UnreadableInput):
        read("nccl", re.sub(r"#        \(B\).*\n", "", NCCL))


def test_nccl_json_keeps_single_times_and_no_environment():
    found = read("nccl-json")
    first = named(found, "all_gather-time")[0]
    assert (first.value, first.unit, first.samples) == (Decimal("12.5"), "us", (Decimal("12.0"), Decimal("12.5"), 13))
    assert len(named(found, "all_gather-time")) == 1
    assert "hunter2" not in repr(found)


# --- AMD --------------------------------------------------------------------------------------------------------------


def test_rocm_smi_tells_a_part_of_a_package_from_a_whole():
    found = read("rocm")
    assert state(found, "card0").partitioned is True
    assert state(found, "card1").partitioned is False
    assert says(found, "card0: partition CPX")
    assert says(found, "card0: memory partition NPS4")
    assert limits(found, "card0") == {"application-clocks": False}
    assert limits(found, "card1") == {"application-clocks": True}
    assert [device.name for device in found.devices] == ["Instinct MI300X", "Instinct MI300X"]


def test_rocm_smi_keys_without_a_name_are_not_taken():
    found = read("rocm")
    assert any("states of a clock or a bus that is not named" in entry for entry in found.not_mapped)
    assert {one.name for one in found.readings} == {"junction-temperature", "sm-clock", "memory-clock"}
    assert state(found, "card0").memory_total == 206141652992
    assert state(found, "card0").links[0].rate == 32


def test_amd_smi_megabytes_are_of_2_to_the_20():
    shown = state(read("amd"))
    assert (shown.memory_total, shown.memory_total_unit) == (196592, "MiB")
    assert says(read("amd"), "2^20")
    assert (shown.processing_units_enabled, shown.memory_bus_width_bits, shown.max_sm_clock_mhz) == (304, 8192, 2100)
    assert (shown.power_limit_w, shown.partitioned, shown.ecc_enabled) == (700, False, True)
    assert limits(read("amd")) == {"software-power-cap": True, "hardware-thermal": False, "application-clocks": False}
    assert shown.thermal_slowdown is False
    assert says(read("amd"), "1 uncorrectable memory error")


def test_amd_smi_of_newer_versions_says_the_same_under_gpu_data():
    newer = json.dumps({"gpu_data": json.loads(AMD)})
    assert read("amd", newer).devices == read("amd").devices


@pytest.mark.parametrize(("mode", "partitioned"), [("SPX", False), ("DPX", True), ("CPX", True), ("N/A", None)])
def test_amd_smi_partition(mode: str, partitioned: bool | None):
    assert state(read("amd", AMD.replace('"SPX"', f'"{mode}"'))).partitioned is partitioned


def test_rvs_rates_have_the_format_of_their_type():
    found = read("rvs-json")
    compute = [one for one in rates(found) if one.name == "compute_rate"]
    assert [(one.device, one.value, one.unit, one.number_format, one.statistic) for one in compute] == [
        ("gpu-0", 1215000, "GFLOP/s", "fp8_e4m3", "max"),
        ("gpu-1", 90000, "GFLOP/s", "fp32", "max"),
        ("gpu-1", 90000, "GFLOP/s", None, "max"),
    ]
    copy = next(one for one in rates(found) if one.measurand == "total_dram_bandwidth")
    assert (copy.value, copy.unit) == (Decimal("4100000.5"), "MB/s")
    assert observed(found)["rvs-pbqt-throughput"] == (Decimal("61.370"), "GB/s")
    assert observed(found)["rvs-iet-power"] == (Decimal("749.5"), "W")
    assert says(found, "the highest that was seen")
    assert says(found, "1 target is 0")
    assert says(found, "1 result not passed")


def test_rvs_log_keeps_the_intervals_behind_the_ramp_up():
    found = read("rvs-log")
    compute = next(one for one in rates(found) if one.measurand == "compute_rate")
    assert (compute.value, compute.samples) == (1063560, (1059931, 1063560))
    assert compute.number_format is None
    assert says(found, "the log names none; the action is called gst-8K-trig-fp4")
    assert named(found, "rvs-iet-power")[0].value == 750
    assert named(found, "rvs-p2p-bandwidth-bidirectional")[0].value == Decimal("61.370")
    assert [(one.key, one.bus_id, one.name) for one in found.devices] == [
        ("id-42583", "0000:e5:00.0", "AMD Instinct MI355X"),
        ("id-51771", "0000:95:00.0", "AMD Instinct MI355X"),
    ]
    assert says(found, "something went wrong")
    assert says(found, "1 result not passed")
    assert rates(found)[0].measurand == "total_dram_bandwidth"


def test_a_configuration_is_no_measurement():
    assert reader("rvs").recognises(a_file(RVS_CONF))
    with pytest.raises(UnreadableInput) as refused:
        read("rvs-log", RVS_CONF)
    assert "list of actions with their targets" in refused.value.faults[0].got


def test_claims_of_an_attestation_are_remarks():
    found = read("claims")
    assert says(found, "signature was not verified")
    assert says(found, "expires on 2124-09-03")
    assert says(found, "secure boot: False")
    assert says(found, "debugging: enabled")
    assert says(found, "claims that are false: x-nvidia-gpu-arch-check")
    assert (found.driver, found.firmware) == ("570.00", "96.00.9F.00.01")
    assert not found.devices


# --- the command ------------------------------------------------------------------------------------------------------


def ingested(tmp_path: Path, *texts: str | bytes, more: tuple[str, ...] = ()) -> dict:  # type: ignore[type-arg]
    paths = []
    for n, text in enumerate(texts):
        path = tmp_path / f"file-{n}.txt"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        paths.append(str(path))
    report = tmp_path / "report.json"
    assert main(["ingest", *paths, "-o", str(report), "--force", *more]) == 0
    return json.loads(report.read_text(encoding="utf-8"))


def test_files_of_one_machine_make_one_report_with_units_matched(tmp_path: Path):
    """By UUID (NVLink status), by bus id (nvbandwidth, NCCL), by serial or number (DCGM): still two units."""
    report = ingested(tmp_path, SMI, NVLINK, NVBANDWIDTH, NCCL, DCGM_3)
    first, second = report["lot"]["units"]
    assert (first["unit_id"], first["device_uuid"]) == ("unit-0", "GPU-aaaa")
    assert second["unit_id"] == "unit-1"
    links = {link["name"]: link for link in first["state"]["links"]}
    assert (links["NVLink"]["count"], links["PCIe"]["count"]) == (16, 8)
    assert report["product"]["chip"] == "nvidia-h200-sxm5-141gb"
    assert [one["tool"] for one in report["ingested"]] == [
        "nvidia-smi", "nvlink-status", "nvbandwidth", "nccl-tests", "dcgm-diag",
    ]  # fmt: skip


def test_an_order_of_its_own_is_matched_by_bus_and_not_by_number(tmp_path: Path):
    """CUDA numbers devices otherwise than the driver does."""
    swapped = (
        NVBANDWIDTH_TEXT.replace("(00000000:01:00)", "(x)")
        .replace("02:00)", "01:00)")
        .replace("(x)", "(00000000:02:00)")
    )
    report = ingested(tmp_path, SMI, swapped)
    assert len(report["lot"]["units"]) == 2
    first = next(one for one in report["observations"] if one["name"] == "host_to_device_memcpy_ce")
    assert (first["value"], first["unit_id"]) == ("55.1", "unit-1")


def test_a_serial_that_all_share_identifies_none(tmp_path: Path):
    report = ingested(tmp_path, ROCM)
    assert [unit["device_uuid"] for unit in report["lot"]["units"]] == ["0x79ccd55167a2124a", "0x4edfb117a17a07d"]
    assert any("serial 0" in line and "no identity" in line for line in report["ingested"][0]["remarks"])


def test_state_before_and_after_gives_both_counters(tmp_path: Path):
    later = SMI.replace("2500000 us", "4500000 us")
    report = ingested(tmp_path, SMI, later)
    capped = next(one for one in report["lot"]["units"][0]["state"]["limiters"] if one["name"] == "software-power-cap")
    assert (capped["before_us"], capped["after_us"]) == (2_500_000, 4_500_000)


@pytest.mark.parametrize(
    "name", ["smi", "smi-old", "nvbandwidth", "dcgm-3", "nvlink", "nccl", "rocm", "amd", "rvs-log"]
)
def test_a_verdict_on_such_a_report_names_what_is_missing(tmp_path: Path, name: str):
    report = ingested(tmp_path, SNIPPETS[name][1])
    verdict = harness.verify(json.dumps(report).encode())
    assert verdict.outcome in ("fail", "undecided")
    assert verdict.lenses["capability"].outcome != "pass"


def test_what_held_the_device_down_is_a_finding_of_the_verdict(tmp_path: Path):
    report = ingested(tmp_path, SMI)
    found = {finding.code for finding in harness.verify(json.dumps(report).encode()).findings}
    assert {"power-limit-lowered", "clock-held-down"} <= found


def test_the_digest_is_that_of_the_file_as_it_was(tmp_path: Path):
    from hashlib import sha256

    data = SMI.encode("utf-16")
    report = ingested(tmp_path, data)
    assert report["ingested"][0]["sha256"] == sha256(data).hexdigest()
    assert report["ingested"][0]["size_bytes"] == len(data)


@pytest.mark.parametrize("text", ["", "hello", "{", RVS_CONF, BOMB])
def test_a_file_that_cannot_be_read_leaves_no_report(tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]):
    good, bad, report = tmp_path / "good.xml", tmp_path / "bad.txt", tmp_path / "report.json"
    good.write_text(SMI, encoding="utf-8")
    bad.write_text(text, encoding="utf-8")
    assert main(["ingest", str(good), str(bad), "-o", str(report)]) == 2
    assert not report.exists()
    assert "bad.txt" in capsys.readouterr().err


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "large.xml"
    with path.open("wb") as file:
        file.truncate(64 * 1024 * 1024 + 1)
    assert main(["ingest", str(path)]) == 2
    assert "67,108,865" in capsys.readouterr().err


def test_a_report_that_is_there_is_not_written_over(tmp_path: Path):
    source, report = tmp_path / "smi.xml", tmp_path / "report.json"
    source.write_text(SMI, encoding="utf-8")
    report.write_text("kept", encoding="utf-8")
    assert main(["ingest", str(source), "-o", str(report)]) == 2
    assert report.read_text(encoding="utf-8") == "kept"


def test_the_report_of_the_page_is_what_its_files_give(capsys: pytest.CaptureFixture[str]):
    folder = ROOT / "docs" / "samples" / "ingest"
    assert main(["ingest", str(folder / "nvidia-smi.xml"), str(folder / "nvlink.txt")]) == 0
    assert capsys.readouterr().out == (folder / "report.json").read_text(encoding="utf-8")


def test_of_a_long_table_the_first_rows_are_kept_and_the_others_counted():
    row = "  2147483648  536870912  float  sum  -1  27700  77.53  135.67  0  27800  77.25  135.18  0\n"
    found = read("nccl", NCCL.partition("           0 ")[0] + row * 3_002)
    # six figures of each of 3,000 rows
    assert len(found.readings) == 18_000
    assert "2 rows behind the first 3,000" in found.not_mapped


def test_the_tools_are_listed(capsys: pytest.CaptureFixture[str]):
    assert main(["ingest", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(readers())
    assert {"nvidia-smi", "dcgm-diag", "nccl-tests", "rocm-smi", "amd-smi", "rvs", "nvbandwidth"} <= set(readers())


# --- real files -------------------------------------------------------------------------------------------------------


def from_sample(shared: Path, name: str) -> Ingested:
    found = plain(ForeignFile(name=Path(name).name, data=(shared / "samples" / name).read_bytes()))
    ingested = reader_of(found).read(found)
    assert fits_a_lab_report(ingested)
    return ingested


def test_real_nvidia_smi(shared: Path):
    found = from_sample(shared, "nvidia_smi/a100-sxm4-v12.xml")
    shown = found.devices[0].state
    assert shown is not None
    assert (shown.partitioned, shown.application_sm_clock_mhz, shown.max_sm_clock_mhz) == (True, 1275, 1410)
    assert (shown.power_limit_w, shown.default_power_limit_w) == (500, 500)
    assert [one.value for one in named(found, "mig-multiprocessors")] == [14] * 4
    assert [one.value for one in named(found, "mig-memory")] == [19968] * 4


def test_real_nvbandwidth(shared: Path):
    found = from_sample(shared, "nvbandwidth/nvbandwidth_0.txt")
    latency = named(found, "host_device_latency_sm")[0]
    assert (latency.value, latency.unit) == (Decimal("649.879"), "ns")
    # 32 cases, of which 15 have a matrix of one cell
    assert len(found.readings) == 15
    assert says(found, "17 cases waived")


def test_real_dcgm_diagnostic(shared: Path):
    found = from_sample(shared, "dcgm/diag_v3_per_gpu.json")
    assert len(found.devices) == 4
    assert state(found).ecc_enabled is False
    assert observed(found)["dcgm-pcie-gpu-to-host-bandwidth"][1] == "GB/s"
    assert says(found, "3 FAIL")


def test_real_nccl(shared: Path):
    found = from_sample(shared, "superbench/nccl_allreduce.log")
    assert len(found.devices) == 8
    assert says(found, "the highest bus bandwidth is 235.26 GB/s")
    assert says(found, "68.4048", "no capability")


def test_real_rocm_smi(shared: Path):
    found = from_sample(shared, "rocm_smi/mi100_rocm602.json")
    assert [device.name for device in found.devices] == ["Instinct MI100"] * 4
    assert state(found, "card0").power_limit_w == 290
    assert state(found, "card0").memory_total == 34342961152


def test_real_links_claims_and_configurations(shared: Path):
    good = from_sample(shared, "azure_nhc/good_nvlink_status.txt")
    assert (state(good, "gpu-7").links[0].count, state(good, "gpu-7").links[0].rate) == (12, 25)
    assert state(from_sample(shared, "azure_nhc/bad_nvlink_status.txt"), "gpu-6").links[0].count is None
    assert says(from_sample(shared, "nvtrust/detached_claims_remote.json"), "expires on 2124")
    with pytest.raises(UnreadableInput):
        from_sample(shared, "rvs/MI308X_gst_single.conf")


# --- Several collectives in one file --------------------------------------------------------------------------------


def collective(name: str, busbw: str, *, told: str = "starting") -> str:
    """Return one run; its name stands before its rows, behind them ("concluded"), or nowhere."""
    first = f"# Collective test starting: {name}_perf\n" if told == "starting" else ""
    last = f"# Collective test concluded: {name}_perf\n" if told != "nowhere" else ""
    return (
        f"{first}#       size         count      type   redop    root     time   algbw   busbw #wrong\n"
        "#        (B)    (elements)                               (us)  (GB/s)  (GB/s)\n"
        f"  1073741824     268435456     float     sum      -1    13867   77.43  {busbw}      0\n"
        f"# Out of bounds values : 0 OK\n# Avg bus bandwidth    : {busbw}\n#\n{last}"
    )


def busbws(text: str) -> list[tuple[str, str]]:
    return [(one.name, str(one.value)) for one in read("nccl", text).readings if one.name.endswith("busbw")]


def test_each_of_several_collectives_keeps_its_name():
    runs = (("all_reduce", "322.36"), ("alltoall", "268.26"), ("all_reduce", "320.01"))
    text = "".join(collective(name, busbw) for name, busbw in runs)

    assert busbws(text) == [(f"{name}-busbw", busbw) for name, busbw in runs]
    assert all(says(read("nccl", text), f"average bus bandwidth of {busbw}") for _, busbw in runs)


def test_a_name_told_before_one_run_is_not_the_next_ones():
    text = collective("all_reduce", "322.36") + collective("alltoall", "268.26", told="concluded")
    assert busbws(text) == [("all_reduce-busbw", "322.36"), ("collective-busbw", "268.26")]


@pytest.mark.parametrize(
    ("told", "name"), [("starting", "alltoall"), ("concluded", "alltoall"), ("nowhere", "collective")]
)
def test_one_collective_has_the_name_that_is_told_anywhere(told: str, name: str):
    assert busbws(collective("alltoall", "268.26", told=told)) == [(f"{name}-busbw", "268.26")]


BURN = """GPU 0: NVIDIA RTX A6000 (UUID: GPU-aaaa)
Initialized device 0 with 48682 MB of memory (47940 MB available, using 43146 MB of it), using FLOATS
100.0%  proc'd: 8082 (15247 Gflop/s)   errors: 0   temps: 45 C
Tested 1 GPUs:
\tGPU 0: OK
"""


@pytest.mark.parametrize(
    ("name", "text", "old", "new", "place"),
    [
        ("nvbandwidth-text", SNIPPETS["nvbandwidth-text"][1], "NVIDIA H", "NVIDIA B", "device 0"),
        ("gpu-burn", BURN, "GPU-aaaa", "GPU-bbbb", "GPU 0"),
        ("gpu-burn", BURN, "A6000", "A5000", "GPU 0"),
    ],
)
def test_a_number_that_stands_for_two_devices_gives_no_figure_to_either(
    name: str, text: str, old: str, new: str, place: str
):
    """Two runs of one machine may be read together; those of two machines would give one's figures to the other."""
    module = {"nvbandwidth-text": "nvbandwidth", "gpu-burn": "gpu_burn"}[name]
    assert old in text
    again = reader(module).read(a_file(text + text))
    assert len(again.devices) == len(reader(module).read(a_file(text)).devices)

    with pytest.raises(UnreadableInput) as refused:
        reader(module).read(a_file(text + text.replace(old, new)))
    assert f"another {place} than before" in str(refused.value)


@pytest.mark.parametrize("command", ["ingest", "plausible"])
def test_a_closed_standard_input_is_told(command: str, monkeypatch: pytest.MonkeyPatch, capsys):  # type: ignore[no-untyped-def]
    monkeypatch.setattr("sys.stdin", None)
    assert main([command, "-"]) == 2
    assert "standard input: got closed" in capsys.readouterr().err


def test_a_file_may_come_from_standard_input(monkeypatch: pytest.MonkeyPatch, capsys):  # type: ignore[no-untyped-def]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(SNIPPETS["nccl"][1].encode())))
    assert main(["ingest", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["ingested"][0]["name"] == "standard-input"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["smi", "smi.xml"], "smi is neither a tool nor a file"),
        (["smi.xml", "smi.xml"], "a file is named twice"),
        (["nvidia-smi"], "no file named"),
    ],
)
def test_words_that_name_no_file_say_what_would(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(tmp_path)
    Path("smi.xml").write_bytes(SMI.encode() if isinstance(SMI, str) else SMI)
    assert main(["ingest", *words]) == 2
    assert said in capsys.readouterr().err


def test_a_unit_of_memory_belongs_to_its_figure():
    """196,592 MiB of the first file stay MiB beside bytes; a first file without memory brings no unit."""
    mebibytes = UnitState(memory_total=Decimal(196592))
    as_bytes = UnitState(memory_total=Decimal(206141652992), memory_total_unit="B")
    merged, _ = _merged(mebibytes, as_bytes)
    assert (merged.memory_total, merged.memory_total_unit) == (196592, "MiB")
    merged, _ = _merged(UnitState(memory_total_unit="MiB"), as_bytes)
    assert (merged.memory_total, merged.memory_total_unit) == (206141652992, "B")


def test_a_bus_under_load_fills_what_an_idle_one_does_not_say_and_a_difference_is_told():
    idle = UnitState(links=(Link(name="PCIe", count=16, physical_count=16),))
    loaded = UnitState(links=(Link(name="PCIe", count=8, rate=Decimal(8), maximum_rate=Decimal(32)),))
    merged, told = _merged(idle, loaded)
    (link,) = merged.links
    assert (link.count, link.physical_count, link.rate, link.maximum_rate) == (16, 16, 8, 32)
    assert told == ["links PCIe count 8, 16 before"]

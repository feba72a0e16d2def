"""What a device shows of itself through NVML and AMD SMI: what is refused is null and never 0, and is said once."""

import collections
import ctypes
import os
import types
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harness.bench.device import DeviceLost
from harness.bench.gpu import amd_smi, nvml, telemetry
from harness.bench.gpu.nvml import NvmlShown
from harness.model.device_state import UnitState

# ---- NVML ----------------------------------------------------------------------------------------------------------


class NVMLError(Exception):
    def __init__(self, value: int) -> None:
        super().__init__({3: "Not Supported", 4: "Insufficient Permissions", 15: "GPU is lost"}.get(value, "?"))
        self.value = value


class Value(ctypes.Union):
    _fields_ = [("dVal", ctypes.c_double), ("uiVal", ctypes.c_uint), ("ullVal", ctypes.c_ulonglong)]


FIELDS = {
    "NVML_FI_DEV_POWER_INSTANT": 186,
    "NVML_FI_DEV_MEMORY_TEMP": 82,
    "NVML_FI_DEV_NVLINK_LINK_COUNT": 91,
    "NVML_FI_DEV_NVLINK_SPEED_MBPS_COMMON": 90,
    "NVML_FI_DEV_CLOCKS_EVENT_REASON_SW_POWER_CAP": 74,
    "NVML_FI_DEV_CLOCKS_EVENT_REASON_HW_THERM_SLOWDOWN": 270,
}
ANSWERS = {74: 2_500_000_999, 82: 61, 90: 26_562, 91: 18, 186: 693_250, 270: 0}


def field_values(handle: object, wanted: list[Any]) -> list[Any]:
    found = []
    for one in wanted:
        value = Value()
        known = ANSWERS.get(one)
        value.ullVal = known or 0
        # Type 3 is unsigned long long; 3 as an answer of the device is "not supported".
        found.append(types.SimpleNamespace(nvmlReturn=0 if known is not None else 3, valueType=3, value=value))
    return found


def pynvml(**changed: Any) -> types.SimpleNamespace:
    """A module with what an H200-like device answers; `changed` replaces calls, None takes them away."""
    answers = {
        "Name": b"Fake H",
        "BoardPartNumber": "900-0000",
        "MaxClockInfo": lambda handle, kind: {1: 1980, 2: 3201}[kind],
        "ApplicationsClock": lambda handle, kind: 1980,
        "ClockInfo": lambda handle, kind: {1: 1755, 2: 3201}[kind],
        "MemoryBusWidth": 6144,
        "MemoryInfo": types.SimpleNamespace(total=150_754_820_096),
        "PowerManagementLimit": 700_000,
        "PowerManagementDefaultLimit": 700_000,
        "EnforcedPowerLimit": 699_500,
        "CurrentClocksEventReasons": 0x4 | 0x40,
        "MigMode": [0, 1],
        "VirtualizationMode": 1,
        "EccMode": [1, 1],
        "RetiredPages": lambda handle, cause: [1, 2] if cause == 0 else [3],
        "RemappedRows": (4, 1, 0, 0),
        "ComputeRunningProcesses": [types.SimpleNamespace(pid=os.getpid()), types.SimpleNamespace(pid=1)],
        "GraphicsRunningProcesses": [],
        "TotalEnergyConsumption": 1_234_567,
        "TotalEccErrors": lambda handle, kind, counter: 2,
        "PcieReplayCounter": 5,
        "Temperature": 48,
        "UtilizationRates": types.SimpleNamespace(gpu=99),
        "PowerUsage": 172_000,
        "FieldValues": field_values,
        "NvLinkState": lambda handle, link: int(link < 18) if link < 18 else refuse(1),
        "NvLinkVersion": 4,
        "GpuMaxPcieLinkGeneration": 5,
        "CurrPcieLinkGeneration": 4,
        "CurrPcieLinkWidth": 8,
        "MaxPcieLinkWidth": 16,
        "MaxPcieLinkGeneration": 5,
    } | changed
    module = types.SimpleNamespace(
        NVMLError=NVMLError, NVML_ERROR_GPU_IS_LOST=15, NVML_CLOCK_SM=1, NVML_CLOCK_MEM=2, NVML_TEMPERATURE_GPU=0,
        NVML_VOLATILE_ECC=0, NVML_MEMORY_ERROR_TYPE_UNCORRECTED=1, NVML_MEMORY_ERROR_TYPE_CORRECTED=0,
        NVML_PAGE_RETIREMENT_CAUSE_MULTIPLE_SINGLE_BIT_ECC_ERRORS=0,
        NVML_PAGE_RETIREMENT_CAUSE_DOUBLE_BIT_ECC_ERROR=1, NVML_GPU_VIRTUALIZATION_MODE_NONE=0,
        NVML_GPU_VIRTUALIZATION_MODE_PASSTHROUGH=1, NVML_NVLINK_MAX_LINKS=36, **FIELDS,
    )  # fmt: skip
    for name, answer in answers.items():
        if answer is not None:
            given = answer if callable(answer) else lambda handle, *rest, known=answer: known
            setattr(module, f"nvmlDeviceGet{name}", given)
    return module


def refuse(code: int) -> Any:
    raise NVMLError(code)


def shown(**changed: Any) -> NvmlShown:
    return NvmlShown(nvml=nvml.library(pynvml(**changed)), handle=object(), units=132, cache_bytes=60 * 2**20)


def test_everything_that_a_device_answers_is_in_its_state():
    state = shown().state()
    assert (state.max_sm_clock_mhz, state.application_sm_clock_mhz, state.max_memory_clock_mhz) == (1980, 1980, 3201)
    assert (state.power_limit_w, state.default_power_limit_w) == (700, 700)
    assert state.enforced_power_limit_w == Decimal("699.5")
    assert (state.memory_total, state.memory_total_unit, state.memory_bus_width_bits) == (150_754_820_096, "B", 6144)
    assert (state.processing_units_enabled, state.last_level_cache_bytes) == (132, 60 * 2**20)
    # MIG is off now and on after the next start; passed through whole is not virtual.
    assert (state.partitioned, state.virtualized, state.ecc_enabled) == (False, False, True)
    assert (state.retired_memory_pages, state.remapped_memory_rows, state.other_processes) == (3, 5, 1)
    assert state.thermal_slowdown is True
    assert {one.name for one in state.limiters if one.active} == {"software-power-cap", "hardware-thermal"}
    assert (state.device_name, state.device_part_number) == ("Fake H", "900-0000")


def test_counters_are_in_the_units_of_the_report():
    counters = shown().counters()
    # Nanoseconds become microseconds, millijoules joules; both kinds of memory errors are added.
    assert counters.limiters_us == {"software-power-cap": 2_500_000, "hardware-thermal": 0}
    assert counters.energy_j == Decimal("1234.567")
    assert (counters.memory_errors, counters.bus_replays) == (4, 5)


def test_a_sample_has_the_power_of_this_moment_and_not_the_mean_that_lags():
    reading = shown().reading(1.5)
    assert reading.power_w == Decimal("693.25")
    assert (reading.sm_clock_mhz, reading.memory_clock_mhz, reading.utilization) == (1755, 3201, Decimal("0.99"))
    assert (reading.temperature_celsius, reading.memory_temperature_celsius) == (48, 61)
    assert reading.active_limiters == ("software-power-cap", "hardware-thermal")
    assert shown(FieldValues=lambda handle, wanted: refuse(3)).reading(0).power_w == 172


def test_links_are_counted_active_and_there_with_the_rate_of_one():
    nvlink, bus = shown().links() or ()
    assert (nvlink.name, nvlink.count, nvlink.physical_count) == ("NVLink 4", 18, 18)
    assert (nvlink.rate, nvlink.unit, nvlink.directions) == (26_562, "MB/s", 2)
    assert (bus.name, bus.count, bus.physical_count) == ("PCIe 4.0 lane", 8, 16)
    assert (bus.rate, bus.maximum_rate, bus.unit) == (16, 32, "Gbit/s")


def test_a_link_that_is_off_is_there_and_not_counted():
    nvlink, _ = shown(NvLinkState=lambda handle, link: int(link != 7) if link < 18 else refuse(1)).links() or ()
    assert (nvlink.count, nvlink.physical_count) == (17, 18)


def test_links_that_are_refused_leave_the_count_open_and_no_sum():
    """The device says that it has links, and not whether they are in use: unknown, and not none."""
    nvlink, _ = shown(NvLinkState=lambda handle, link: refuse(4)).links() or ()
    assert (nvlink.count, nvlink.physical_count) == (None, 18)


@pytest.mark.parametrize("code", [3, 4])
def test_what_is_refused_is_null_and_never_zero(code):
    names = [name.removeprefix("nvmlDeviceGet") for name in vars(pynvml()) if name.startswith("nvmlDeviceGet")]
    denied = shown(**{name: lambda *arguments: refuse(code) for name in names})
    only_known = UnitState(processing_units_enabled=132, last_level_cache_bytes=60 * 2**20, memory_total_unit="B")
    assert denied.state() == only_known
    counters = denied.counters()
    assert (counters.energy_j, counters.limiters_us, counters.memory_errors, counters.bus_replays) == (
        None,
        {},
        None,
        None,
    )
    reading = denied.reading(0)
    assert reading.model_dump(exclude_none=True).keys() == {"at_s"}
    assert denied.links() is None
    said = denied.nvml.remarks("telemetry")
    assert any("Not Supported" in one or "Insufficient Permissions" in one for one in said)
    # Each call is named once, however often it was made.
    denied.reading(1), denied.state()
    assert denied.nvml.remarks("telemetry") == said


def test_calls_and_constants_that_a_version_does_not_have_are_null():
    old = shown(TotalEnergyConsumption=None, CurrentClocksEventReasons=None, CurrentClocksThrottleReasons=0x200)
    assert old.counters().energy_j is None
    # The older name of the reasons, with the bits that were dropped with the newer one.
    assert {one.name for one in old.state().limiters if one.active} == {"board-limit"}
    bare = NvmlShown(nvml=nvml.library(types.SimpleNamespace(NVMLError=NVMLError)), handle=object())
    assert bare.state() == UnitState(memory_total_unit="B")
    assert bare.links() is None
    assert bare.sm_clock_mhz() is None
    assert any("not in this version of the library" in one for one in bare.nvml.remarks("telemetry"))


@pytest.mark.parametrize(
    "words", ["N/A", "Requested functionality has been deprecated", b"\xff\xfe", "", None, -1, 2**32 - 1]
)
def test_words_where_a_number_belongs_are_no_number(words):
    def says(*arguments: Any) -> Any:
        return words

    state = shown(PowerManagementLimit=says, ApplicationsClock=says, MemoryBusWidth=says).state()
    assert (state.power_limit_w, state.application_sm_clock_mhz, state.memory_bus_width_bits) == (None, None, None)


@example(number=500_000_001)
@example(number=6 * 10**17)
@given(number=st.integers(-(2**65), 2**65))
@settings(max_examples=60, deadline=None)
def test_no_number_that_a_driver_makes_up_breaks_the_report(number):
    def says(*arguments: Any) -> int:
        return number

    names = [name.removeprefix("nvmlDeviceGet") for name in vars(pynvml()) if name.startswith("nvmlDeviceGet")]
    lists = {"MigMode", "EccMode", "RemappedRows", "RetiredPages", "FieldValues", "MemoryInfo", "UtilizationRates"}
    lists |= {"ComputeRunningProcesses", "GraphicsRunningProcesses"}
    of_nvml = shown(RemappedRows=lambda handle: (number, number), **{name: says for name in names if name not in lists})
    of_nvml.state(), of_nvml.counters(), of_nvml.reading(0), of_nvml.links()
    tables = [name.removeprefix("amdsmi_get_") for name in vars(amdsmi()) if name.startswith("amdsmi_get_")]
    whole = collections.defaultdict(lambda: number)
    for answer in (number, whole):
        of_amd = amd(**{name: lambda *arguments, known=answer: known for name in tables})
        of_amd.state(), of_amd.counters(), of_amd.reading(0), of_amd.links()


@pytest.mark.parametrize(
    "error", [TypeError, UnicodeDecodeError("utf-8", b"\xff", 0, 1, "-"), KeyError, ctypes.ArgumentError]
)
def test_a_call_that_takes_something_else_in_this_version_is_null_and_said(error):
    """Until its version 12.570, nvidia-ml-py wanted a buffer for the version of the firmware, and gave a TypeError."""

    def other(*arguments: Any) -> Any:
        raise error

    device = shown(ClockInfo=other, PowerUsage=other, FieldValues=other)
    reading = device.reading(0)
    assert (reading.sm_clock_mhz, reading.power_w, reading.temperature_celsius) == (None, None, 48)
    (said,) = [one for one in device.nvml.remarks("telemetry") if "nvmlDeviceGetClockInfo" in one]
    assert said.startswith("telemetry: null, for another call of that name in this version of the library: ")


def test_a_field_that_the_driver_does_not_know_yet_is_read_by_its_older_name():
    """The library is newer than the driver: 269 is the new number of the time under the thermal limiter, 75 the old."""
    device = shown(FieldValues=lambda handle, wanted: field_values(handle, [82 if wanted == [75] else 300]))
    device.nvml.module.NVML_FI_DEV_CLOCKS_EVENT_REASON_SW_THERM_SLOWDOWN = 269
    device.nvml.module.NVML_FI_DEV_PERF_POLICY_THERMAL = 75
    # 61 ns are no whole microsecond; that it is there is what counts.
    assert device.counters().limiters_us == {"software-thermal": 0}


def test_a_lost_device_is_lost_and_not_null():
    with pytest.raises(DeviceLost, match="GPU is lost"):
        shown(ClockInfo=lambda handle, kind: refuse(15)).reading(0)


class Profiles(ctypes.Structure):
    class Mask(ctypes.Structure):
        _fields_ = [("mask", ctypes.c_uint * 8)]

    _fields_ = [("version", ctypes.c_uint), ("enforcedProfilesMask", Mask)]


def test_a_profile_that_is_enforced_is_named_and_its_structure_goes_by_its_address():
    """nvidia-ml-py hands on what it is given: by value, the driver would take the contents for an address."""

    def answered(handle: object, place: Any) -> int:
        place._obj.enforcedProfilesMask.mask[1] = 2
        return 0

    device = shown()
    device.nvml.module.c_nvmlWorkloadPowerProfileCurrentProfiles_v1_t = Profiles
    device.nvml.module.nvmlDeviceWorkloadPowerProfileGetCurrentProfiles = answered
    assert device.state().power_profile == "workload power profile 33"


def test_no_link_is_asked_for_beyond_those_that_there_are():
    asked: list[int] = []

    def state(handle: object, link: int) -> int:
        asked.append(link)
        return 1

    shown(NvLinkState=state).links()
    assert asked == list(range(18))


@pytest.mark.parametrize(("mode", "virtual"), [(0, False), (1, False), (2, True), (3, True), (None, None)])
def test_a_share_of_a_device_is_virtual_and_a_whole_one_is_not(mode, virtual):
    assert shown(VirtualizationMode=mode).state().virtualized is virtual


@pytest.mark.parametrize(("mode", "partitioned"), [([1, 1], True), ([0, 1], False), (None, None)])
def test_a_device_in_slices_is_partitioned(mode, partitioned):
    assert shown(MigMode=mode).state().partitioned is partitioned


def test_processes_of_another_namespace_are_not_counted():
    """This process is not in the list, so that its ids are others': nobody can tell who is who."""
    others = [types.SimpleNamespace(pid=2**22 + 1)]
    assert shown(ComputeRunningProcesses=others).state().other_processes is None
    assert shown(ComputeRunningProcesses=[]).state().other_processes == 0


def test_settings_are_never_changed():
    """Not one call that sets anything is made, whatever is asked for."""
    module = pynvml()
    asked: set[str] = set()

    class Watched:
        def __getattr__(self, name: str) -> Any:
            asked.add(name)
            return getattr(module, name)

    watched = NvmlShown(nvml=nvml.library(Watched()), handle=object())
    watched.state(), watched.counters(), watched.reading(0), watched.links()
    calls = {name for name in asked if name.startswith("nvml")}
    assert len(calls) > 20
    assert not [name for name in calls if "Set" in name or "Reset" in name or "Clear" in name]


def test_the_library_in_use_has_every_call_by_the_name_that_is_asked_for():
    """A slip in a name would be null for ever; the real module knows better, where it is installed."""
    real = pytest.importorskip("pynvml")
    asked: set[str] = set()
    library = nvml.library(types.SimpleNamespace(NVMLError=NVMLError))

    class Names:
        NVMLError = NVMLError

        def __getattr__(self, name: str) -> Any:
            asked.add(name)
            return getattr(pynvml(), name, None)

    library.module = Names()
    watched = NvmlShown(nvml=library, handle=None)
    watched.state(), watched.counters(), watched.reading(0), watched.links()
    assert [name for name in asked if not hasattr(real, name) and "VIRTUALIZATION" not in name] == []


# ---- AMD SMI -------------------------------------------------------------------------------------------------------


class AmdSmiException(Exception):
    err_code = 2


def amdsmi(**changed: Any) -> types.SimpleNamespace:
    clocks = {"GFX": {"clk": 2094, "max_clk": 2100, "clk_locked": False}, "MEM": {"clk": 1300, "max_clk": 1300}}
    answers = {
        "clock_info": lambda handle, kind: clocks[kind],
        "power_cap_info": {"power_cap": 600_000_000, "default_power_cap": 750_000_000},
        "gpu_asic_info": {"market_name": "Fake MI", "num_compute_units": 304, "asic_serial": "0x1"},
        "gpu_board_info": {"model_number": "102-G", "product_serial": "S1"},
        "gpu_vram_info": {"vram_bit_width": 8192},
        "gpu_compute_partition": "SPX",
        "gpu_memory_partition": "NPS1",
        "violation_status": {"active_ppt_pwr": True, "active_socket_thrm": "N/A", "active_prochot_thrm": False},
        "gpu_bad_page_info": [],
        "gpu_perf_level": "AMDSMI_DEV_PERF_LEVEL_AUTO",
        "gpu_process_list": [],
        "energy_count": {"energy_accumulator": 1_000_000, "counter_resolution": 15.3},
        "gpu_total_ecc_count": {"correctable_count": 1, "uncorrectable_count": 2},
        "power_info": {"current_socket_power": "N/A", "average_socket_power": 512},
        "temp_metric": lambda handle, kind, metric: {"HOTSPOT": 71, "VRAM": 55}[kind],
        "gpu_activity": {"gfx_activity": 97},
        "pcie_info": {
            "pcie_static": {"max_pcie_width": 16, "max_pcie_speed": 32_000},
            "pcie_metric": {"pcie_width": 16, "pcie_speed": 16_000, "pcie_replay_count": 3},
        },
        "gpu_xgmi_link_status": {"status": ["U", "U", "D", "X"], "total_links": 4},
        "link_metrics": {"links": [{"max_bandwidth": 512}, {"max_bandwidth": 512}, {"max_bandwidth": 0}]},
    } | changed
    module = types.SimpleNamespace(
        AmdSmiException=AmdSmiException,
        AmdSmiClkType=types.SimpleNamespace(GFX="GFX", MEM="MEM"),
        AmdSmiTemperatureType=types.SimpleNamespace(HOTSPOT="HOTSPOT", VRAM="VRAM"),
        AmdSmiTemperatureMetric=types.SimpleNamespace(CURRENT=0),
    )
    for name, answer in answers.items():
        if answer is not None:
            given = answer if callable(answer) else lambda handle, *rest, known=answer: known
            setattr(module, f"amdsmi_get_{name}", given)
    return module


def amd(**changed: Any) -> amd_smi.AmdShown:
    return amd_smi.AmdShown(smi=amd_smi.library(amdsmi(**changed)), handle="one", memory_bytes=206_141_652_992)


def test_an_amd_device_shows_the_same_things():
    state = amd().state()
    assert (state.processing_units_enabled, state.memory_bus_width_bits) == (304, 8192)
    assert (state.max_sm_clock_mhz, state.application_sm_clock_mhz, state.max_memory_clock_mhz) == (2100, 2100, 1300)
    # Microwatts; a limit below the default is shown as it is.
    assert (state.power_limit_w, state.default_power_limit_w) == (600, 750)
    assert (state.partitioned, state.thermal_slowdown, state.retired_memory_pages) == (False, False, 0)
    assert {one.name for one in state.limiters if one.active} == {"software-power-cap"}
    assert state.power_profile is None
    counters = amd().counters()
    # 10^6 steps of 15.3 microjoules.
    assert (counters.energy_j, counters.memory_errors, counters.bus_replays) == (Decimal("15.3"), 3, 3)
    reading = amd().reading(0)
    assert (reading.power_w, reading.temperature_celsius, reading.memory_temperature_celsius) == (512, 71, 55)
    assert (reading.sm_clock_mhz, reading.utilization) == (2094, Decimal("0.97"))


def test_amd_links_that_are_up_are_counted_of_those_that_there_are():
    xgmi, bus = amd().links() or ()
    assert (xgmi.count, xgmi.physical_count, xgmi.rate, xgmi.unit) == (2, 4, 512, "Gbit/s")
    assert (bus.count, bus.rate, bus.maximum_rate) == (16, 16, 32)


@pytest.mark.parametrize(("mode", "partitioned"), [("SPX", False), ("CPX", True), ("DPX", True), ("N/A", None)])
def test_a_package_in_parts_is_partitioned(mode, partitioned):
    assert amd(gpu_compute_partition=mode).state().partitioned is partitioned


def test_older_versions_gave_watts_and_held_clocks_show():
    assert amd(power_cap_info={"power_cap": 750, "default_power_cap": 750}).state().power_limit_w == 750
    locked = {"clk": 900, "max_clk": 2100, "clk_locked": True}
    assert amd(clock_info=lambda handle, kind: locked).state().application_sm_clock_mhz == 900
    assert amd(gpu_perf_level="AMDSMI_DEV_PERF_LEVEL_LOW").state().power_profile == "AMDSMI_DEV_PERF_LEVEL_LOW"


def test_an_amd_device_that_refuses_everything_shows_nothing():
    def refuses(*arguments: Any) -> Any:
        raise AmdSmiException("no permission")

    names = [name.removeprefix("amdsmi_get_") for name in vars(amdsmi()) if name.startswith("amdsmi_get_")]
    denied = amd(**dict.fromkeys(names, refuses))
    assert denied.state() == UnitState(memory_total=Decimal(206_141_652_992), memory_total_unit="B")
    assert denied.links() is None
    assert denied.counters().model_dump(exclude_defaults=True) == {}
    strange = amd(**dict.fromkeys(names, "N/A"))
    assert strange.reading(0).model_dump(exclude_none=True).keys() == {"at_s"}
    assert strange.links() is None
    strange.state(), strange.counters()


def test_two_devices_of_one_package_say_so():
    library = amd_smi.library(amdsmi(processor_handles=None))
    library.module.amdsmi_get_processor_handles = lambda: ["one", "other"]
    (said,) = telemetry._parts(library, "one")
    assert said == "one of 2 devices on board S1: every figure is of this part of the package"


# ---- which library -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["pynvml", "amdsmi"])
def test_without_its_library_a_device_is_measured_and_it_is_said(monkeypatch, missing):
    monkeypatch.setitem(telemetry.importlib.sys.modules, missing, None)
    opened = telemetry.nvidia_shows if missing == "pynvml" else telemetry.amd_shows
    properties = types.SimpleNamespace(uuid="abc", total_memory=1)
    found = opened(properties, 1, None, lambda: None)
    assert isinstance(found, str)
    assert "not installed" in found


def test_a_driver_that_does_not_fit_the_library_is_said(monkeypatch):
    module = pynvml()
    module.nvmlInit = lambda: refuse(18)
    monkeypatch.setitem(telemetry.importlib.sys.modules, "pynvml", module)
    found = telemetry.nvidia_shows(types.SimpleNamespace(uuid="abc"), 1, None, lambda: None)
    assert found == "NVML does not start: ?"


def test_a_device_is_found_by_its_uuid_and_else_by_its_place_on_the_bus(monkeypatch):
    module = pynvml(Serial="123", UUID="GPU-abc", VbiosVersion="96.00")
    module.nvmlInit = lambda: None
    module.nvmlSystemGetDriverVersion = lambda: "580.1"
    module.nvmlDeviceGetHandleByUUID = lambda uuid: "by uuid" if uuid == b"GPU-abc" else refuse(3)
    module.nvmlDeviceGetHandleByPciBusId = lambda place: "by place" if place == b"00000000:1B:00.0" else refuse(3)
    monkeypatch.setitem(telemetry.importlib.sys.modules, "pynvml", module)
    place = {"pci_domain_id": 0, "pci_bus_id": 0x1B, "pci_device_id": 0}
    for uuid, where in (("abc", "by uuid"), ("other", "by place")):
        found = telemetry.nvidia_shows(types.SimpleNamespace(uuid=uuid, **place), 132, None, lambda: None)
        assert not isinstance(found, str)
        assert found.shown.handle == where
        assert found.identity["serial"] == "123"
        assert (found.identity["driver"], found.identity["firmware"]) == ("NVIDIA driver 580.1", "VBIOS 96.00")
    neither = telemetry.nvidia_shows(types.SimpleNamespace(uuid="other"), 132, None, lambda: None)
    assert isinstance(neither, str)

"""NVML through the real nvidia-ml-py, on a small driver library of the tests' own: what it takes and gives is C.

A stand-in in Python cannot show that a structure is handed over by value where the driver wants its address. Skipped,
with the reason, where nvidia-ml-py or a C compiler is not installed.
"""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

# What a device answers, by the public header nvml.h; everything else is a function that the library does not have.
DRIVER = r"""
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
typedef unsigned int u32;
typedef unsigned long long u64;
typedef struct { u64 total, free, used; } memory_t;
typedef struct { u32 gpu, memory; } utilization_t;
typedef union { double d; u32 ui; unsigned long ul; u64 ull; long long sll; int si; unsigned short us; } value_t;
typedef struct { u32 field, scope; long long at, latency; u32 type, code; value_t value; } field_t;
typedef struct { u32 pid; u64 used; u32 instance, compute; } process_t;
typedef struct { u32 version; u32 known[8], requested[8], enforced[8]; } profiles_t;
enum { OK = 0, INVALID = 2, NOT_SUPPORTED = 3, NOT_FOUND = 6, TOO_SMALL = 7, LOST = 15 };
#define D void *device
#define SAYS(name, type, answer) int nvmlDeviceGet##name(D, type *out) { *out = (answer); return OK; }
#define TEXT(name, text) int nvmlDeviceGet##name(D, char *out, u32 size) { return strncpy(out, text, size), OK; }
int nvmlInitWithFlags(u32 flags) { return OK; }
int nvmlInit_v2(void) { return OK; }
const char *nvmlErrorString(int code) { return code == LOST ? "GPU is lost" : "Not Supported"; }
int nvmlSystemGetDriverVersion(char *out, u32 size) { return strncpy(out, "580.95.05", size), OK; }
int nvmlDeviceGetHandleByUUID(const char *uuid, void **out) {
    *out = (void *)7;
    return strcmp(uuid, "GPU-0123") ? NOT_FOUND : OK;
}
TEXT(Name, "Stub H200") TEXT(UUID, "GPU-0123") TEXT(Serial, "1650") TEXT(BoardPartNumber, "692-2G520")
TEXT(VbiosVersion, "96.00.BC") TEXT(InforomImageVersion, "G520.02")
int nvmlDeviceGetGspFirmwareVersion(D, char *out) { return strcpy(out, "580.95.05"), OK; }
int nvmlDeviceGetMaxClockInfo(D, u32 kind, u32 *out) { return *out = kind == 1 ? 1980 : 3201, OK; }
int nvmlDeviceGetClockInfo(D, u32 kind, u32 *out) {
    *out = kind == 1 ? 1755 : 3201;
    return getenv("STUB_LOST") ? LOST : OK;
}
int nvmlDeviceGetApplicationsClock(D, u32 kind, u32 *out) { return NOT_SUPPORTED; }
SAYS(MemoryBusWidth, u32, 6144) SAYS(PowerManagementLimit, u32, 700000)
SAYS(PowerManagementDefaultLimit, u32, 700000) SAYS(EnforcedPowerLimit, u32, 650500) SAYS(PowerUsage, u32, 120000)
SAYS(CurrentClocksEventReasons, u64, 0x4) SAYS(VirtualizationMode, u32, 1) SAYS(TotalEnergyConsumption, u64, 1234567)
SAYS(PcieReplayCounter, u32, 3) SAYS(CurrPcieLinkGeneration, u32, 5) SAYS(CurrPcieLinkWidth, u32, 16)
SAYS(MaxPcieLinkGeneration, u32, 5) SAYS(MaxPcieLinkWidth, u32, 16) SAYS(GpuMaxPcieLinkGeneration, u32, 5)
int nvmlDeviceGetMemoryInfo(D, memory_t *out) { return out->total = 150754820096ULL, OK; }
int nvmlDeviceGetMigMode(D, u32 *now, u32 *later) { return *now = *later = 0, OK; }
int nvmlDeviceGetEccMode(D, u32 *now, u32 *later) { return *now = *later = 1, OK; }
int nvmlDeviceGetTotalEccErrors(D, u32 kind, u32 counter, u64 *out) { return *out = kind == 1 ? 5 : 2, OK; }
int nvmlDeviceGetTemperature(D, u32 sensor, u32 *out) { return *out = 41, OK; }
int nvmlDeviceGetUtilizationRates(D, utilization_t *out) { return out->gpu = 98, out->memory = 1, OK; }
int nvmlDeviceGetRemappedRows(D, u32 *one, u32 *two, u32 *pending, u32 *failed) {
    return *one = 4, *two = 1, *pending = *failed = 0, OK;
}
int nvmlDeviceGetRetiredPages(D, u32 cause, u32 *count, u64 *pages) {
    if (!pages) return *count = 2, TOO_SMALL;
    return *count = 2, pages[0] = pages[1] = 9, OK;
}
int nvmlDeviceGetComputeRunningProcesses_v3(D, u32 *count, process_t *out) {
    if (!out) return *count = 2, TOO_SMALL;
    return *count = 2, out[0].pid = getpid(), out[1].pid = 1, OK;
}
int nvmlDeviceGetGraphicsRunningProcesses_v3(D, u32 *count, process_t *out) { return *count = 0, OK; }
int nvmlDeviceGetFieldValues(D, int count, field_t *out) {
    for (int n = 0; n < count; n++) {
        out[n].type = 3, out[n].code = OK;
        switch (out[n].field) {
        case 74: out[n].value.ull = 2500000999ULL; break;                 /* time under the power cap, in ns */
        case 82: out[n].type = 1, out[n].value.ui = 52; break;            /* temperature of the memory */
        case 90: out[n].type = 1, out[n].value.ui = 26562; break;         /* MB/s of a link */
        case 91: out[n].type = 1, out[n].value.ui = 18; break;            /* links */
        case 186: out[n].type = 1, out[n].value.ui = 118250; break;       /* power of this moment, in mW */
        default: out[n].code = NOT_SUPPORTED;
        }
    }
    return OK;
}
int nvmlDeviceGetNvLinkState(D, u32 link, u32 *out) { return *out = link != 3, link < 18 ? OK : INVALID; }
int nvmlDeviceGetNvLinkVersion(D, u32 link, u32 *out) { return *out = 4, OK; }
int nvmlDeviceWorkloadPowerProfileGetCurrentProfiles(D, profiles_t *out) {
    if (out->version != 0x1000064) return INVALID;
    return memset(out->enforced, 0, sizeof out->enforced), out->enforced[1] = 2, OK;
}
"""

ASKED = """
import json, sys, types
from harness.bench.device import DeviceLost
from harness.bench.gpu import telemetry

found = telemetry.nvidia_shows(types.SimpleNamespace(uuid="0123"), 132, 2**20, lambda: None)
shown = found.shown
try:
    reading, clock = shown.reading(1.5).model_dump(mode="json"), found.clock()
except DeviceLost as error:
    sys.exit(f"lost: {error}")
told = {
    "identity": found.identity, "remarks": found.remarks, "reading": reading, "clock": clock,
    "state": shown.state().model_dump(mode="json"), "counters": shown.counters().model_dump(mode="json"),
    "links": [link.model_dump(mode="json") for link in shown.links()],
}
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = shutil.which("cc")
    if compiler is None or importlib.util.find_spec("pynvml") is None:
        pytest.skip("no C compiler here" if compiler is None else "nvidia-ml-py is not installed")
    folder = tmp_path_factory.mktemp("nvml")
    (folder / "driver.c").write_text(DRIVER, encoding="utf-8")
    built = [compiler, "-shared", "-fPIC", "-o", str(folder / "libnvidia-ml.so.1"), str(folder / "driver.c")]
    subprocess.run(built, check=True, capture_output=True)
    return folder


def asked(place: Path, **more: str) -> "subprocess.CompletedProcess[str]":
    own = os.environ | {"LD_LIBRARY_PATH": str(place), "PYTHONPATH": str(ROOT)} | more
    return subprocess.run([sys.executable, "-c", ASKED], env=own, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def told(place: Path) -> Any:
    done = asked(place)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def test_the_identity_comes_from_the_driver(told):
    assert told["identity"] == {
        "name": "Stub H200",
        "serial": "1650",
        "device_uuid": "GPU-0123",
        "part_number": "692-2G520",
        "driver": "NVIDIA driver 580.95.05",
        "firmware": "VBIOS 96.00.BC, InfoROM G520.02, GSP 580.95.05",
    }


def test_structures_of_the_driver_are_read_as_they_are_written(told):
    state = told["state"]
    assert (state["memory_total"], state["memory_bus_width_bits"]) == ("150754820096", 6144)
    assert (state["power_limit_w"], state["enforced_power_limit_w"]) == ("700", "650.5")
    assert (state["partitioned"], state["virtualized"], state["ecc_enabled"]) == (False, False, True)
    assert (state["retired_memory_pages"], state["remapped_memory_rows"], state["other_processes"]) == (4, 5, 1)
    assert [one["name"] for one in state["limiters"] if one["active"]] == ["software-power-cap"]
    # The 33rd profile is the second bit of the second word.
    assert state["power_profile"] == "workload power profile 33"
    assert told["counters"]["limiters_us"] == {"software-power-cap": 2_500_000}
    assert (told["counters"]["memory_errors"], told["counters"]["bus_replays"]) == (7, 3)
    assert told["counters"]["energy_j"] == "1234.567"


def test_a_sample_is_of_this_moment(told):
    reading = told["reading"]
    assert (reading["sm_clock_mhz"], reading["memory_clock_mhz"], told["clock"]) == ("1755", "3201", 1755)
    assert (reading["power_w"], reading["utilization"]) == ("118.25", "0.98")
    assert (reading["temperature_celsius"], reading["memory_temperature_celsius"]) == ("41", "52")


def test_links_are_counted_and_none_is_asked_for_that_is_not_there(told):
    nvlink, bus = told["links"]
    assert (nvlink["name"], nvlink["count"], nvlink["physical_count"], nvlink["rate"]) == ("NVLink 4", 17, 18, "26562")
    assert (bus["name"], bus["count"]) == ("PCIe 5.0 lane", 16)
    assert not [remark for remark in told["remarks"] if "NvLink" in remark]


def test_what_is_refused_is_said_once_with_the_reason(told):
    (refused,) = [remark for remark in told["remarks"] if "ApplicationsClock" in remark]
    assert refused == "telemetry: null, for Not Supported: nvmlDeviceGetApplicationsClock"


def test_a_lost_device_is_lost(place):
    done = asked(place, STUB_LOST="1")
    assert done.returncode != 0
    assert "GPU is lost" in done.stderr

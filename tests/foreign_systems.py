"""Short outputs of system and communication tools, written for the tests in the form that each tool gives them."""

import json


def smi_gpu(number: int = 1, *, uuid: str = "GPU-aaaa", changes: tuple[tuple[str, str], ...] = ()) -> str:
    """Return one GPU of an nvidia-smi log, at work, with some words replaced."""
    text = f"""<gpu id="00000000:0{number}:00.0">
  <product_name>NVIDIA H200</product_name>
  <mig_mode><current_mig>Disabled</current_mig></mig_mode>
  <mig_devices>None</mig_devices>
  <serial>165000000{number}</serial>
  <uuid>{uuid}</uuid>
  <vbios_version>96.00.A1.00.0{number}</vbios_version>
  <gpu_part_number>2335-885-A1</gpu_part_number>
  <gpu_virtualization_mode><virtualization_mode>None</virtualization_mode></gpu_virtualization_mode>
  <pci><pci_bus_id>00000000:0{number}:00.0</pci_bus_id><pci_gpu_link_info>
   <pcie_gen><max_link_gen>5</max_link_gen><current_link_gen>4</current_link_gen>
    <max_device_link_gen>5</max_device_link_gen></pcie_gen>
   <link_widths><max_link_width>16x</max_link_width><current_link_width>8x</current_link_width></link_widths>
  </pci_gpu_link_info></pci>
  <clocks_event_reasons>
   <clocks_event_reason_gpu_idle>Not Active</clocks_event_reason_gpu_idle>
   <clocks_event_reason_applications_clocks_setting>Not Active</clocks_event_reason_applications_clocks_setting>
   <clocks_event_reason_sw_power_cap>Active</clocks_event_reason_sw_power_cap>
   <clocks_event_reason_hw_slowdown>Not Active</clocks_event_reason_hw_slowdown>
   <clocks_event_reason_hw_thermal_slowdown>Not Active</clocks_event_reason_hw_thermal_slowdown>
   <clocks_event_reason_sw_thermal_slowdown>Not Active</clocks_event_reason_sw_thermal_slowdown>
  </clocks_event_reasons>
  <clocks_event_reasons_counters>
   <clocks_event_reasons_counters_sw_power_cap>2500000 us</clocks_event_reasons_counters_sw_power_cap>
   <clocks_event_reasons_counters_hw_therm_slowdown>0 us</clocks_event_reasons_counters_hw_therm_slowdown>
  </clocks_event_reasons_counters>
  <fb_memory_usage><total>143771 MiB</total><used>512 MiB</used></fb_memory_usage>
  <ecc_mode><current_ecc>Enabled</current_ecc></ecc_mode>
  <ecc_errors><volatile><sram_uncorrectable_parity>0</sram_uncorrectable_parity>
   <dram_uncorrectable>2</dram_uncorrectable></volatile></ecc_errors>
  <retired_pages><multiple_single_bit_retirement><retired_count>N/A</retired_count></multiple_single_bit_retirement>
  </retired_pages>
  <remapped_rows><remapped_row_corr>3</remapped_row_corr><remapped_row_unc>1</remapped_row_unc>
   <remapped_row_pending>Yes</remapped_row_pending></remapped_rows>
  <temperature><gpu_temp>61 C</gpu_temp><gpu_temp_tlimit>-2 C</gpu_temp_tlimit></temperature>
  <gpu_power_readings><average_power_draw>650.10 W</average_power_draw>
   <instant_power_draw>698.75 W</instant_power_draw><current_power_limit>600.00 W</current_power_limit>
   <requested_power_limit>650.00 W</requested_power_limit><default_power_limit>700.00 W</default_power_limit>
   <min_power_limit>200.00 W</min_power_limit><max_power_limit>700.00 W</max_power_limit></gpu_power_readings>
  <clocks><sm_clock>1710 MHz</sm_clock><mem_clock>3201 MHz</mem_clock></clocks>
  <applications_clocks><graphics_clock>1500 MHz</graphics_clock></applications_clocks>
  <max_clocks><sm_clock>1980 MHz</sm_clock><mem_clock>3201 MHz</mem_clock></max_clocks>
  <supported_clocks><supported_mem_clock><value>3201 MHz</value><supported_graphics_clock>1980 MHz
   </supported_graphics_clock></supported_mem_clock></supported_clocks>
  <processes><process_info><pid>7</pid><type>C</type></process_info>
   <process_info><pid>8</pid><type>G</type></process_info></processes>
</gpu>"""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def smi_log(*gpus: str, attached: int | None = None) -> str:
    """Return a whole log of nvidia-smi -q -x."""
    head = '<?xml version="1.0" ?>\n<!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v12.dtd">\n<nvidia_smi_log>\n'
    said = "<timestamp>Mon Aug  3 10:00:00 2026</timestamp><driver_version>570.10</driver_version>\n"
    count = f"<attached_gpus>{attached or len(gpus)}</attached_gpus>\n"
    return f"{head}{said}{count}{''.join(gpus)}</nvidia_smi_log>\n"


SMI = smi_log(smi_gpu(), smi_gpu(2, uuid="GPU-bbbb"))

# The names of before driver 535: one section of power, throttle reasons, no counters.
SMI_OLD = """<?xml version="1.0" ?>
<!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v8.dtd">
<nvidia_smi_log><driver_version>418.43</driver_version><attached_gpus>1</attached_gpus>
<gpu id="00000000:43:00.0"><product_name>Tesla V100-SXM2-32GB</product_name><uuid>GPU-cccc</uuid><serial>0</serial>
<clocks_throttle_reasons><clocks_throttle_reason_gpu_idle>Active</clocks_throttle_reason_gpu_idle>
<clocks_throttle_reason_hw_thermal_slowdown>Not Active</clocks_throttle_reason_hw_thermal_slowdown>
<clocks_throttle_reason_sw_thermal_slowdown>Not Active</clocks_throttle_reason_sw_thermal_slowdown>
<clocks_throttle_reason_applications_clocks_setting>Active</clocks_throttle_reason_applications_clocks_setting>
</clocks_throttle_reasons>
<power_readings><power_draw>[Unknown Error]</power_draw><power_limit>250.00 W</power_limit>
<default_power_limit>300.00 W</default_power_limit><enforced_power_limit>240.00 W</enforced_power_limit>
</power_readings><fb_memory_usage><total>32480 MiB</total></fb_memory_usage>
<retired_pages><multiple_single_bit_retirement><retired_count>2</retired_count></multiple_single_bit_retirement>
<double_bit_retirement><retired_count>1</retired_count></double_bit_retirement></retired_pages>
<clocks><sm_clock>ERR!</sm_clock></clocks>
<applications_clocks><graphics_clock>Requested functionality has been deprecated</graphics_clock></applications_clocks>
<ecc_errors><volatile><double_bit><total>5</total></double_bit></volatile></ecc_errors>
<processes>N/A</processes></gpu></nvidia_smi_log>
"""

SMI_TEXT = """
==============NVSMI LOG==============

Timestamp                                              : Tue Jul 14 09:00:27 2026
Driver Version                                         : 610.57.04 [Deprecated; will be removed in CUDA 14.0.]
KMD Version                                            : 610.57.04

Attached GPUs                                          : 1
GPU 00000000:00:09.0
    Product Name                                       : NVIDIA H200
    MIG Mode
        Current                                        : Enabled
        Pending                                        : Enabled
    MIG Device
        Index                                          : 0
        Device Attributes
            Shared
                Multiprocessor count                   : 60
        Shared FB Memory Usage
            Total                                      : 40448 MiB
    MIG Device
        Index                                          : 1
        Device Attributes
            Shared
                Multiprocessor count                   : 32
    GPU UUID                                           : GPU-dddd
    GPU Virtualization Mode
        Virtualization Mode                            : Pass-Through
    PCI
        Bus                                            : 0x00
        GPU Link Info
            PCIe Generation
                Max                                    : 5
                Current                                : 5
                Device Max                             : 5
            Link Width
                Max                                    : 16x
                Current                                : 16x
    Clocks Event Reasons
        Idle                                           : Not Active
        HW Slowdown                                    : Active
            HW Thermal Slowdown                        : Active
        SW Thermal Slowdown                            : Not Active
    Clocks Event Reasons Counters
        SW Power Capping                               : 1500000 us
    FB Memory Usage
        Total                                          : 143771 MiB
    ECC Errors
        Volatile
            DRAM Uncorrectable                         : 4
    GPU Power Readings
        Instantaneous Power Draw                       : 38.89 W
        GPU Ceiling Power Limit
            Current Power Limit                        : 600.00 W
            Default Power Limit                        : 700.00 W
    Applications Clocks
        Graphics                                       : Requested functionality has been deprecated
    Max Clocks
        SM                                             : 1980 MHz
    Processes                                          : None
"""

BOMB = (
    '<?xml version="1.0"?>\n<!DOCTYPE nvidia_smi_log [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>\n<nvidia_smi_log><gpu><uuid>&c;</uuid></gpu></nvidia_smi_log>'
)
OUTSIDE = (
    '<?xml version="1.0"?>\n<!DOCTYPE nvidia_smi_log [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n'
    "<nvidia_smi_log><gpu><uuid>&x;</uuid></gpu></nvidia_smi_log>"
)


def _case(name: str, description: str, matrix: list[list[str]]) -> dict[str, object]:
    total = sum(float(cell) for row in matrix for cell in row if cell != "N/A")
    matrices = {"bandwidth_description": description, "bandwidth_matrix": matrix}
    return {"name": name, "status": "Passed", **matrices, "sum": total, "min": 0.0}


NVBANDWIDTH = json.dumps(
    {
        "nvbandwidth": {
            "CUDA Runtime Version": 12080,
            "Driver Version": "570.10",
            "GPU Device list": [
                "0: NVIDIA H200 (00000000:01:00): (host-1)",
                "1: NVIDIA H200 (00000000:02:00): (host-1)",
            ],
            "version": "v0.8",
            "testcases": [
                _case(
                    "host_to_device_memcpy_ce", "memcpy CE CPU(row) -> GPU(column) bandwidth (GB/s)", [["55.1", "55"]]
                ),
                _case(
                    "device_to_device_bidirectional_memcpy_read_ce",
                    "memcpy CE GPU(row) <-> GPU(column) Total bandwidth (GB/s)",
                    [
                        ["N/A", "370.5"],
                        ["370.1", "N/A"],
                        ["N/A", "371"],
                        ["372", "N/A"],
                        ["N/A", "741.5"],
                        ["742.1", "N/A"],
                    ],
                ),
                {"name": "all_to_one_write_ce", "status": "Waived"},
                _case("device_local_copy", "memcpy local GPU(column) bandwidth (GB/s)", [["1900.25", "1901.5"]]),
                _case("host_device_latency_sm", "memory latency SM CPU(row) <-> GPU(column) (ns)", [["650.5", "651"]]),
                _case("strange", "memcpy in parsecs", [["1"]]),
                {"name": "device_to_device_latency_sm", "status": "Error", "error": "CUDA_ERROR_UNKNOWN"},
            ],
        }
    },
    indent=1,
)

NVBANDWIDTH_TEXT = """nvbandwidth Version: v0.6
Built from Git version: v0.6

CUDA Runtime Version: 12040
CUDA Driver Version: 12040
Driver Version: 550.54.15

Device 0: NVIDIA H200 (00000000:01:00)
Device 1: NVIDIA H200 (00000000:02:00)

Running host_to_device_memcpy_ce.
memcpy CE CPU(row) -> GPU(column) bandwidth (GB/s)
           0         1
 0     55.10     55.20

SUM host_to_device_memcpy_ce 110.30

Waived:
Running device_to_device_memcpy_write_ce.
memcpy CE GPU(row) <- GPU(column) bandwidth (GB/s)
           0         1
 0       N/A    276.07
 1    276.19       N/A

SUM device_to_device_memcpy_write_ce 552.26

Running host_device_latency_sm.
memory latency SM CPU(row) <-> GPU(column) (ns)
           0         1
 0    650.50    651.00

NOTE: The reported results may not reflect the full capabilities of the platform.
"""

DCGM_3 = json.dumps(
    {
        "DCGM GPU Diagnostic": {
            "Driver Version Detected": "535.1",
            "GPU Device Serials": {"0": "1650000001", "1": "0"},
            "test_categories": [
                {
                    "category": "Deployment",
                    "tests": [{"name": "Denylist", "results": [{"gpu_ids": "0,1", "status": "PASS"}]}, None],
                },
                {
                    "category": "Stress",
                    "tests": [
                        {
                            "name": "PCIe",
                            "results": [
                                {
                                    "gpu_ids": "0",
                                    "status": "PASS",
                                    "info": ["GPU 0 GPU to Host bandwidth:\t\t13.08 GB/s"],
                                },
                                {"gpu_ids": 1, "status": "SKIP"},
                                None,
                            ],
                        },
                        {
                            "name": "Diagnostic",
                            "results": [
                                {
                                    "gpu_ids": "0",
                                    "status": "FAIL",
                                    "info": ["GPU 0 calculated at approximately 16900.50 gigaflops during this test"],
                                    "warnings": ["There were thermal violations totaling 2.5 seconds for GPU 0"],
                                },
                                {
                                    "gpu_ids": "1",
                                    "status": "PASS",
                                    "warnings": [{"warning": "Detected clocks event due to power", "error_id": 12}],
                                },
                            ],
                        },
                    ],
                },
            ],
            "version": "3.3.5",
        }
    },
    indent=1,
)

DCGM_4 = json.dumps(
    {
        "DCGM Diagnostic": {
            "test_categories": [
                {
                    "category": "Hardware",
                    "tests": [
                        {
                            "name": "memory",
                            "results": [
                                {"entity_group": "GPU", "entity_group_id": 1, "entity_id": 0, "status": "Pass"},
                                {
                                    "entity_group": "GPU",
                                    "entity_group_id": 1,
                                    "entity_id": 1,
                                    "status": "Skip",
                                    "warnings": [
                                        {
                                            "warning": "ECC memory on GPU 1 is not currently active.",
                                            "error_id": 55,
                                            "error_category": 3,
                                            "error_severity": 2,
                                        }
                                    ],
                                },
                                {"entity_group": "CPU", "entity_group_id": 7, "entity_id": 5, "status": "Pass"},
                            ],
                            "test_summary": {"status": "Pass"},
                        },
                        {
                            "name": "targeted_power",
                            "results": [
                                {
                                    "entity_group": "GPU",
                                    "entity_group_id": 1,
                                    "entity_id": 0,
                                    "status": "Pass",
                                    "info": ["GPU 0 max power: 698.5 W average power usage: 690.1 W"],
                                }
                            ],
                        },
                    ],
                }
            ]
        },
        "entity_groups": [
            {
                "entities": [
                    {"device_id": "2335", "entity_id": 0, "serial_num": "1650000001"},
                    {"device_id": "2335", "entity_id": 1, "serial_num": "1650000002"},
                ],
                "entity_group": "GPU",
                "entity_group_id": 1,
            }
        ],
        "metadata": {"Driver Version Detected": "570.10", "version": "4.2.3"},
    },
    indent=1,
)

NVLINK = (
    "GPU 0: NVIDIA H200 (UUID: GPU-aaaa)\n"
    + "".join(f"\t Link {link}: 26.562 GB/s\n" for link in range(16))
    + "\t Link 16: <inactive>\n\t Link 17: <inactive>\n"
    + "GPU 1: NVIDIA H200 (UUID: GPU-bbbb)\n"
    + "NVML: Unable to retrieve NVLink information as all links are inactive\n"
)

NCCL = """# nccl-tests version 2.19.6 nccl-headers=22907 nccl-library=22907
# Collective test starting: all_reduce_perf
# nThread 1 nGpus 2 minBytes 8 maxBytes 1024 step: 2(factor) warmup iters: 1 iters: 20 validation: 1
#
# Using devices
#  Rank  0 Group  0 Pid   1728 on     host-1 device  0 [0000:01:00] NVIDIA H200
#  Rank  1 Group  0 Pid   1728 on     host-1 device  1 [0000:02:00] NVIDIA H200
#
#                                                              out-of-place                       in-place
#       size         count      type   redop    root     time   algbw   busbw #wrong     time   algbw   busbw #wrong
#        (B)    (elements)                               (us)  (GB/s)  (GB/s)            (us)  (GB/s)  (GB/s)
host-1:1728:1728 [0] NCCL INFO Launch mode Parallel
           0             0     float     sum      -1    11.00    0.00    0.00      0    11.00    0.00    0.00      0
          16             4     float     sum      -1    12.00    0.00    0.00      0    12.00    0.00    0.00      0
  1073741824     268435456     float     sum      -1    13867   77.43  135.50      0    13877   77.38  135.41      3
  2147483648     536870912     float     sum      -1    27700   77.53  135.67      0    27800   77.25  135.18    N/A
# Out of bounds values : 3 FAILED
# Avg bus bandwidth    : 67.7
#
# Collective test concluded: all_reduce_perf
"""

# Of 2019: no group, no root, "error" instead of "#wrong", and each line led by its rank.
NCCL_OLD = """ 0: # nThread 1 nGpus 1 minBytes 8 maxBytes 1024 step: 2(factor) warmup iters: 5 iters: 20 validation: 0
 0: #   Rank  0 Pid    100 on host-1 device  0 [0x07] A100-SXM4-40GB
 0: #   Rank  1 Pid    200 on host-2 device  0 [0x07] A100-SXM4-40GB
 0: #       size         count    type    time   algbw   busbw  error     time   algbw   busbw  error
 0: #        (B)    (elements)            (us)  (GB/s)  (GB/s)            (us)  (GB/s)  (GB/s)
 0:   8589934592     268435456   float    33646  255.31  223.39    N/A    32669  262.94  230.07    N/A
 0: # Out of bounds values : 0 OK
"""

NCCL_JSON = json.dumps(
    {
        "version": 3,
        "start_time": "2026-08-03 10:00:00",
        "args": ["./build/all_gather_perf", "-J", "out.json"],
        "env": ["TOKEN=hunter2"],
        "nccl_version": 22907,
        "config": {
            "ngpus": 2,
            "devices": [
                {
                    "rank": 0,
                    "hostname": "host-1",
                    "device": 0,
                    "device_hex": "0000:01:00",
                    "device_info": "NVIDIA H200",
                },
            ],
        },
        "results": [
            {
                "size": 1024,
                "count": 256,
                "type": "float",
                "redop": "none",
                "root": "    -1",
                "out_of_place": {"time": 12.5, "alg_bw": 0.08192, "bus_bw": 0.04096, "nwrong": 0.0},
                "out_of_place_per_iter": {"min_us": 12.0, "times_us": [12.0, 12.5, 13.0]},
                "in_place": {"cpu_time": "nan", "alg_bw": 0.09, "bus_bw": 0.045, "nwrong": None},
                "actual_iterations": 20,
            }
        ],
        "out_of_bounds": {"count": 0, "okay": "true"},
        "average_bus_bandwidth": {"bandwidth": 0.043, "okay": "unchecked"},
        "errors": [],
    }
)

ROCM = json.dumps(
    {
        "card0": {
            "Unique ID": "0x79ccd55167a2124a",
            "Serial Number": "0",
            "PCI Bus": "0000:05:00.0",
            "VBIOS version": "113-D1",
            "Card series": "Aqua Vanjaram [Instinct MI300X]",
            "Max Graphics Package Power (W)": "750.0",
            "Average Graphics Package Power (W)": "N/A (Secondary die)",
            "Temperature (Sensor junction) (C)": "58.0",
            "sclk clock speed:": "(2100Mhz)",
            "mclk clock speed:": "(1300Mhz)",
            "pcie clock level": "1 (32.0GT/s x16)",
            "0": "500Mhz",
            "VRAM Total Memory (B)": "206141652992",
            "Performance Level": "auto",
            "Compute Partition": "CPX",
            "Memory Partition": "NPS4",
        },
        "card1": {
            "Unique ID": "0x4edfb117a17a07d",
            "Serial Number": "0",
            "PCI Bus": "0000:15:00.0",
            "Card series": "Aqua Vanjaram [Instinct MI300X]",
            "Performance Level": "low",
            "Compute Partition": "SPX",
        },
        "system": {"Driver version": "6.7.0", "PID123": "python, 1, 0, 0, 0"},
    },
    indent=1,
)


def _amd(value: object, unit: str) -> dict[str, object]:
    return {"value": value, "unit": unit}


AMD = json.dumps(
    [
        {
            "gpu": 0,
            "asic": {"market_name": "AMD Instinct MI300X", "asic_serial": "0x79CC", "num_compute_units": 304},
            "bus": {"bdf": "0000:05:00.0", "max_pcie_width": 16, "max_pcie_speed": _amd(32, "GT/s")},
            "vbios": {"version": "022.040"},
            "limit": {"max_power": _amd(750, "W"), "min_power": _amd(0, "W"), "socket_power": _amd(700, "W")},
            "driver": {"name": "amdgpu", "version": "6.10.5"},
            "ras": {"ecc_block_state": [{"block": "UMC", "status": "ENABLED"}]},
            "partition": {"compute_partition": "SPX", "memory_partition": "NPS1", "partition_id": 0},
            "vram": {"type": "HBM", "size": _amd(196592, "MB"), "bit_width": 8192},
            "usage": {"gfx_activity": _amd(99, "%")},
            "power": {"socket_power": _amd(690, "W"), "gfx_voltage": "N/A"},
            "clock": {
                "gfx_0": {"clk": _amd(2100, "MHz"), "max_clk": _amd(2100, "MHz"), "clk_locked": "DISABLED"},
                "gfx_1": {"clk": _amd(2090, "MHz"), "max_clk": _amd(2100, "MHz"), "clk_locked": "DISABLED"},
                "mem_0": {"clk": _amd(1300, "MHz"), "max_clk": _amd(1300, "MHz"), "clk_locked": "N/A"},
            },
            "ecc": {"total_correctable_count": 3, "total_uncorrectable_count": 1, "cache_correctable_count": "N/A"},
            "throttle": {"ppt_violation_status": "ACTIVE", "socket_thermal_violation_status": "NOT ACTIVE"},
            "numa": {"node": 0},
        }
    ],
    indent=4,
)

RVS_JSON = """{
"version" : "1.0",
"gst" : {
  "gst-8K-fp8":[
    {"gpu_id": "42583", "gpu_index": "0", "target": "0", "dtype": "fp8_r", "gflops": "1215000", "pass": "true"},
    {"gpu_id": "27226", "gpu_index": "1", "target": "1300000", "dtype": "sgemm", "gflops": "90000", "pass": "false"},
    {"gpu_id": "27226", "gpu_index": "1", "target": "1", "dtype": "fp99_r", "gflops": "90000", "pass": "true"}
  ]
}
}
{
"version" : "1.0",
"babel" : {
  "babel-double":[
    {"gpu_id": "42583", "gpu_index": "0", "array_size": "1", "total_size": "3", "results": [
      {"subtest": "Copy", "mbytes_per_sec": "4000000.5", "max_mbytes_per_sec": "4100000.5", "pass": "true"},
      {"subtest": "Read", "mbytes_per_sec": "nan", "max_mbytes_per_sec": "nan", "pass": "true"}]}
  ]
},
"iet" : {"iet-750W": [
  {"gpu_id": "42583", "gpu_index": "0", "target_power": "750", "average power": "749.5", "pass": "true"}]},
"pbqt" : {"p2p": [{"srcgpu": "42583", "dstgpu": "27226", "intf": "XGMI", "throughput": "61.370 GBps", "pass": "true"}]}
}
"""

RVS_LOG = """[RESULT] [301995.91241 ] Action name :gst-8K-trig-fp4
[RESULT] [301995.175394] Module name :gst
[RESULT] [301995.794012] [gst-8K-trig-fp4] [GPU:: 42583] Start of GPU ramp up
[RESULT] [302001.161732] [gst-8K-trig-fp4] [GPU:: 42583] GFLOPS 536870
[RESULT] [302002.161726] [gst-8K-trig-fp4] [GPU:: 42583] End of GPU ramp up
[RESULT] [302005.176647] [gst-8K-trig-fp4] [GPU:: 42583] GFLOPS 1059931
[RESULT] [302008.187367] [gst-8K-trig-fp4] [GPU:: 42583] GFLOPS 1063560
[RESULT] [302017.167195] [gst-8K-trig-fp4] [GPU:: 42583] GFLOPS 1063560 Target GFLOPS: 1100000 met: FALSE
[RESULT] [302410.443673] [xgmi] p2p-bandwidth[48/56] [GPU:: 8 - 42583 - 0000:e5:00.0] [GPU:: 7 - 51771 - 0000:95:00.0] \
bidirectional: true 61.370 GBps duration: 0.227452 secs
[RESULT] [302172.687845] [iet-750W] [GPU:: 42583] Power(W) 740.000000
[RESULT] [302173.687845] [iet-750W] [GPU:: 42583] Power(W) 750.000000
[ERROR ] [302174.687845] something went wrong

    GPU Id      Function    MBytes/sec     Max MB/s       Min MB/s       Avg MB/s
    42583       Copy        6224488.986    6300000.5      6037686.546    6150313.849

+=====================================================================+
| RVS version                      | 1.6.75                           |
| amdgpu version                   | 6.16.13                          |
| AMD Instinct MI355X - 42583      | AMD Instinct MI355X - 51771      |
| 0 - 8 - 0000:e5:00.0             | 5 - 7 - 0000:95:00.0             |
"""

RVS_CONF = "actions:\n- name: gst-1\n  device: all\n  module: gst\n  target_stress: 1215000\n"

CLAIMS = json.dumps(
    {
        "eat_nonce": "931d8dd0",
        "iat": 1727387975,
        "exp": 4880995383,
        "ueid": "4818",
        "hwmodel": "GH100 A01 GSP BROM",
        "x-nvidia-gpu-driver-version": "570.00",
        "x-nvidia-gpu-vbios-version": "96.00.9F.00.01",
        "x-nvidia-gpu-arch-check": False,
        "measres": "fail",
        "secboot": False,
        "dbgstat": "enabled",
    },
    indent=1,
)

# Module of each reader, and what it reads.
SNIPPETS = {
    "smi": ("nvidia_smi", SMI),
    "smi-old": ("nvidia_smi", SMI_OLD),
    "smi-text": ("nvidia_smi", SMI_TEXT),
    "nvbandwidth": ("nvbandwidth", NVBANDWIDTH),
    "nvbandwidth-text": ("nvbandwidth", NVBANDWIDTH_TEXT),
    "dcgm-3": ("dcgm", DCGM_3),
    "dcgm-4": ("dcgm", DCGM_4),
    "nvlink": ("nvlink_status", NVLINK),
    "nccl": ("nccl_tests", NCCL),
    "nccl-old": ("nccl_tests", NCCL_OLD),
    "nccl-json": ("nccl_tests", NCCL_JSON),
    "rocm": ("rocm_smi", ROCM),
    "amd": ("amd_smi", AMD),
    "rvs-json": ("rvs", RVS_JSON),
    "rvs-log": ("rvs", RVS_LOG),
    "claims": ("nvtrust", CLAIMS),
}

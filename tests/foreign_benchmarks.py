"""Short outputs of benchmark tools, written for the tests in the form that each tool's source gives them."""

import json

BABELSTREAM_TEXT = """BabelStream
Version: 4.0
Implementation: CUDA
Running kernels 100 times
Precision: double
Array size: 268.4 MB (=0.3 GB)
Total size: 805.3 MB (=0.8 GB)
Using CUDA device Example Accelerator 80GB
Driver: 12040
Function    MBytes/sec  Min (sec)   Max         Average
Copy        1700000.500 0.00031     0.00035     0.00032
Mul         1690000.250 0.00031     0.00036     0.00032
Add         1750000.125 0.00046     0.00050     0.00047
Triad       1751000.000 0.00046     0.00050     0.00047
Dot         1600000.000 0.00033     0.00037     0.00034
"""

# The table of the newest version, in MiB/s; each kernel was timed as a whole.
BABELSTREAM_ISOLATED = """BabelStream
Version: 5.0
Implementation: HIP
Running  Classic kernels 100 times in  Isolated order
Number of elements: 33554432
Precision: double
Array size: 256.0 MiB
Total size: 768.0 MiB
Using HIP device Example Accelerator X
Function    MiB/s       Min (sec)   Max         Average
Copy        300000.000  0.00179     0.00179     0.00179
Dot         310000.000  0.00173     0.00173     0.00173
"""

BABELSTREAM_CSV = """function,num_times,n_elements,sizeof,max_mbytes_per_sec,min_runtime,max_runtime,avg_runtime
Copy,100,33554432,8,1.5e+06,0.000357914,0.000401,0.000361
Triad,100,33554432,8,1600000,0.000503316,0.000551,0.00051
Nstream,100,33554432,8,1650000,0.00065,0.0007,0.00066
"""

BABELSTREAM_CSV_GIB = """function,num_times,n_elements,sizeof,max_GiB_per_sec,min_runtime,max_runtime,avg_runtime
Copy,100,33554432,4,1400.5,0.000178,0.000178,0.000178
"""

STREAM = """-------------------------------------------------------------
STREAM version $Revision: 5.10 $
-------------------------------------------------------------
This system uses 8 bytes per array element.
Array size = 100000000 (elements), Offset = 0 (elements)
Memory per array = 762.9 MiB (= 0.7 GiB).
Each kernel will be executed 10 times.
Number of Threads counted = 64
-------------------------------------------------------------
Function    Best Rate MB/s  Avg time     Min time     Max time
Copy:          400000.5     0.004011     0.004000     0.004050
Scale:         390000.0     0.004111     0.004102     0.004150
Add:           410000.0     0.005900     0.005853     0.006000
Triad:         411000.0     0.005890     0.005839     0.005990
-------------------------------------------------------------
Solution Validates: avg error less than 1.000000e-13 on all three arrays
-------------------------------------------------------------
"""

GPU_STREAM = """STREAM Benchmark
Buffer size(bytes): 4294967296
Number of warm up runs: 10
Number of loops: 40
Check data: No

Device 0: "NVIDIA Graphics Device"  100 SMs(10.0)  Memory: 3000MHz x 4096-bit = 3072 GB/s PEAK   ECC is ON
STREAM_COPY_double_gpu_0_buffer_4294967296_block_128\t2700.50\t87.91
STREAM_TRIAD_double_gpu_0_buffer_4294967296_block_128\t2800.25\t91.15
STREAM_TRIAD_double_gpu_0_buffer_4294967296_block_1024\t2600.00\t84.64

Device 1: "NVIDIA Graphics Device"  100 SMs(10.0)  Memory: 4096-bit bus, 79 GB total (peak BW unavailable)  ECC is OFF
STREAM_ADD_float_gpu_1_buffer_1048576_block_256\t2750.00\t-1
"""

GPU_BURN_DOUBLE = (
    "GPU 0: Example A (UUID: GPU-aaaa)\nGPU 1: Example A (UUID: GPU-bbbb)\nGPU 2: Example A (UUID: GPU-cccc)\n"
    "Burning for 20 seconds.\n"
    "\r10.0%  proc'd: 100 (7150 Gflop/s) - 0 (0 Gflop/s) - 0 (0 Gflop/s)   errors: 0 - 0 - 0   temps: 38 C - 36 C - -- "
    "\r10.0%  proc'd: 100 (7150 Gflop/s) - 0 (0 Gflop/s) - 0 (0 Gflop/s)   errors: 0 - 0 - 0   temps: 59 C - 36 C - -- "
    "\r50.0%  proc'd: 200 (17000 Gflop/s) - 100 (6000 Gflop/s) - 0 (0 Gflop/s)   errors: 0 - 3  (WARNING!)- 0   "
    "temps: 61 C - 60 C - -- \n\tSummary at:   Thu Mar 10 19:21:17 UTC 2022\n\n"
    "\r90.0%  proc'd: 300 (16900 Gflop/s) - 200 (17100 Gflop/s) - 0 (0 Gflop/s)   errors: 0 - 2  (WARNING!)- 0   "
    "temps: 60 C - 62 C - -- "
    "\nKilling processes with SIGTERM (soft kill)\n"
    "Initialized device 0 with 81251 MB of memory (80493 MB available, using 72443 MB of it), using DOUBLES\n"
    "Initialized device 1 with 81251 MB of memory (80493 MB available, using 72443 MB of it), using DOUBLES\n"
    "done\n\nTested 3 GPUs:\n\tGPU 0: OK\n\tGPU 1: FAULTY\n\tGPU 2: OK\n"
)

GPU_BURN_TENSOR = (
    "Burning for 10 seconds.\n"
    "Initialized device 2 with 81251 MB of memory (80493 MB available, using 72443 MB of it), "
    "using FLOATS, using Tensor Cores\n"
    "\r100.0%  proc'd: 500 (61000 Gflop/s)   errors: 0   temps: 70 C "
    "\nKilling processes with SIGTERM (soft kill)\ndone\n\nTested 1 GPUs:\n\tGPU 0: OK\n"
)

MAMF_OLD = """
Benchmark started on 2025-01-01 00:00:00

** Command line:
python mamf-finder.py --m_range 0 20480 256

** Dtype: torch.bfloat16

** Platform/Device info:
- Linux host 6.1 x86_64
- _CudaDeviceProperties(name='Example Accelerator', major=9, minor=0, total_memory=81079MB, multi_processor_count=132)

** Critical software versions:
- torch=2.6.0
- cuda=12.4

** Additional notes:
- benchmark version: 2

--------------------------------------------------------------------------------
Warming up the accelerator for 30 secs ... accelerator warmup finished
     1 |  700.1(mean)  701.2(median)  720.3(max) @ 256x4096x4096 | best:  700.1(mean) 701.2(median) 720.3(max) TFLOPS
Tried 1 shapes => the best outcomes were:
mean:   700.1 TFLOPS @ 256x4096x4096 (MxNxK)
median: 701.2 TFLOPS @ 256x4096x4096 (MxNxK)
max:    720.3 TFLOPS @ 256x4096x4096 (MxNxK)

Across 1 shapes in range: m=[256] in this run:
arithmetic mean: 700.1 TFLOPS
geometric mean:  700.1 TFLOPS

Legend: TFLOPS = 10**12 FLOPS
Elapsed time: 0:01:00
"""

MAMF_NEW = """
** Dtype: float8_e4m3fn

** Platform/Device info:
- _CudaDeviceProperties(name='Example H', major=9, multi_processor_count=132, uuid=1234-abcd, L2_cache_size=5MB)

** Critical software versions:
- torch=2.14.0+cu130

** Additional notes:
- benchmark version: 8

MSMF (sustainable) confirm: 10 shapes ...
  MxNxK              TFLOPS     W   MHz   C
  3072x2816x8192      722.5   681  1612  70 drop   0.7% spread  4.2%  locked in  <- MSMF

MAMF (achievable) confirm: 10 shapes ...
  MxNxK              TFLOPS     W   MHz  top peaks
  3072x2816x20480     842.3   172  1980  842.8 842.3 842.3 841.9 841.2  <- MAMF
WARNING: no MAMF candidate reached the boost clock (~1980MHz); headline 842 TFLOPS is a base/throttled-clock reading

** Results:

Tried 24 shapes => the best outcomes were:
MAMF (max achievable,  boost burst): 842 TFLOPS @ 3072x2816x20480 (MxNxK)  172W 1980MHz
MSMF (max sustainable, saturated):   722 TFLOPS @ 3072x2816x8192 (MxNxK)  681W 1612MHz 70C
note: 7 same-board sibling GPU(s) sat idle during the MSMF measurement, so MSMF reads high.
      Share of the time each was idle: GPU1 100%

Legend: TFLOPS = 10**12 FLOPS
"""


def _summary(tag: str, hint: str | None, value: str) -> dict[str, object]:
    summary: dict[str, object] = {"tag": tag, "name": tag, "description": f"What {tag} is"}
    if hint:
        summary["hint"] = hint
    return {**summary, "data": [{"name": "value", "type": "float64", "value": value}]}


NVBENCH = json.dumps(
    {
        "meta": {"argv": ["bench"], "version": {"json": {"string": "1.0.0"}, "nvbench": {"string": "0.1.0"}}},
        "devices": [
            {
                "id": 0,
                "name": "Example GPU",
                "sm_default_clock_rate": 1627000000,
                "number_of_sms": 80,
                "global_memory_size": 34086060032,
                "global_memory_bus_peak_clock_rate": 850000000,
                "global_memory_bus_width": 4096,
                "global_memory_bus_bandwidth": 870400000000,
                "l2_cache_size": 6291456,
                "ptx_version": 700,
                "ecc_state": False,
            }
        ],
        "benchmarks": [
            {
                "name": "copy",
                "states": [
                    {
                        "name": "Device=0 T=I32",
                        "device": 0,
                        "summaries": [
                            _summary("nv/cold/sample_size", "sample_size", "499"),
                            _summary("nv/cold/time/gpu/mean", "duration", "0.0010034"),
                            _summary("nv/cold/time/gpu/stdev/relative", "percentage", "0.0005"),
                            _summary("nv/cold/bw/global/bytes_per_second", "byte_rate", "669000000000.5"),
                            _summary("nv/cold/sm_clock_rate/mean", "frequency", "nan"),
                            _summary("nv/element_count/Items", None, "1024"),
                        ],
                        "is_skipped": False,
                    },
                    {"name": "Device=0 T=I64", "device": 0, "summaries": None, "is_skipped": True, "skip_reason": "No"},
                ],
            }
        ],
    },
    indent=1,
)


def _node(name: str, shift: str = "") -> dict[str, object]:
    return {
        "node": name,
        "gemm-flops/FP64:0": 9031.23,
        "gemm-flops/FP64_TC:0": 18963.6,
        "gemm-flops/FP32:0": 18362.1,
        "gemm-flops/FP16:0": 33878.0,
        "gemm-flops/FP16_TC:0": 279510.5,
        "gemm-flops/TF32_TC:0": 127900.5,
        "gemm-flops/INT8_TC:0": 475160.25,
        "gemm-flops/FP16_TC:1": 279600.25,
        "cublaslt-gemm:fp8/fp8e4m3_0_8192_8192_8192_flops:0": 1200.75,
        "cublaslt-gemm/fp32_0_4096_4096_4096_flops:0": 300.5,
        "gpu-stream/STREAM_TRIAD_double_gpu_3_buffer_4294967296_block_128_bw": 1500.25,
        "mem-bw/H2D_Mem_BW:0": 25.6,
        "nccl-bw/allreduce_8_busbw:0": 0.0,
        "nccl-bw/allreduce_8_time:0": 37.84,
        "kernel-launch/event_overhead:0": 0.1,
        "kernel-launch/return_code": 0,
        "ib-loopback/IB_write_512_Avg_0:0": 1492.89,
        "resnet_models/pytorch-resnet50/steptime_train_float32": 253.95522732287645,
        **({} if not shift else {"resnet_models/pytorch-resnet50/throughput_train_float32": float(shift)}),
    }


SUPERBENCH = "\n".join(
    json.dumps(_node(name, shift)) for name, shift in (("n-01", "760.5"), ("n-02", "761.5"), ("n-03", ""))
)

PYPERF = json.dumps(
    {
        "benchmarks": [
            {
                "metadata": {"name": "example"},
                "runs": [
                    {"metadata": {"load_avg_1min": 0.3}, "warmups": [[1, 0.5]]},
                    {"metadata": {"load_avg_1min": 0.3}, "values": [0.25, 0.5, 0.75], "warmups": [[1, 0.5]]},
                    {"metadata": {"load_avg_1min": 0.3}, "values": [0.125, 0.375, 1.0], "warmups": [[1, 0.5]]},
                ],
            }
        ],
        "metadata": {"hostname": "host", "perf_version": "2.6", "unit": "second"},
        "version": "1.0",
    },
    indent=1,
)


def event(key: str, value: object, time: object, **metadata: object) -> str:
    """Return a line as MLPerf's logger of training writes it."""
    fields = {"namespace": "", "time_ms": time, "event_type": "POINT_IN_TIME", "key": key, "value": value}
    return f":::MLLOG {json.dumps({**fields, 'metadata': metadata})}"


TRAINING = "\n".join(
    (
        ':::SYSJSON {"submitter":"Example"}',
        event("submission_benchmark", "example_bench", 1000),
        event("seed", 8368, 1000),
        event("run_start", None, 2000),
        event("tracked_stats", {"throughput": 11.9}, 3000, step=1),
        event("eval_accuracy", 0.94, 4000, samples_count=1536),
        event("run_stop", 0.94, 7250, status="success"),
    )
)


def loadgen(key: str, value: object, time: float, *, error: bool = False) -> str:
    """Return a line as loadgen writes it."""
    fields = {
        "key": key,
        "value": value,
        "time_ms": time,
        "namespace": "mlperf::logging",
        "event_type": "POINT_IN_TIME",
    }
    return f":::MLLOG {json.dumps({**fields, 'metadata': {'is_error': error, 'is_warning': False, 'pid': 1}})}"


LOADGEN_DETAIL = "\n".join(
    (
        loadgen("loadgen_version", "5.0.1 @ abc", 0.5),
        loadgen("effective_scenario", "Offline", 0.5),
        loadgen("effective_min_duration_ms", 600000, 0.5),
        loadgen("result_validity", "VALID", 700000.5),
        loadgen("result_min_duration_met", True, 700000.5),
        loadgen("result_samples_per_second", 94.5, 700000.5),
        loadgen("result_tokens_per_second", 27803.9, 700000.5),
        loadgen("result_mean_latency_ns", 350000123456, 700000.5),
        loadgen("early_stopping_latency_ms", 5, 700000.5),
    )
)

LOADGEN_SUMMARY = """================================================
MLPerf Results Summary
================================================
SUT name : PySUT
Scenario : Offline
Mode     : PerformanceOnly
Samples per second: 94.5
Tokens per second: 27803.9
Result is : VALID
  Min duration satisfied : Yes
  Min queries satisfied : Yes
  Early stopping satisfied: Yes

================================================
Additional Stats
================================================
Min latency (ns)                : 1000123
99.00 percentile latency (ns)   : 699000000000

================================================
Test Parameters Used
================================================
samples_per_query : 24576
target_latency (ns): 0
min_duration (ms): 600000

No warnings encountered during test.

No errors encountered during test.
"""

SYSTEM = json.dumps(
    {
        "submitter": "Example",
        "system_name": "Example_n8",
        "number_of_nodes": "8",
        "accelerators_per_node": "8",
        "accelerator_model_name": "Example H",
        "accelerator_memory_capacity": "81559 MiB",
        "host_memory_capacity": "2.0 TB",
        "host_processor_frequency": "",
        "other_software_stack": {"cuda_driver_version": "550.54.15", "nvidia_kernel_driver": "535.129.03"},
    },
    indent=1,
)

# Module of each reader, and what it reads.
SNIPPETS = {
    "babelstream-text": ("babelstream", BABELSTREAM_TEXT),
    "babelstream-isolated": ("babelstream", BABELSTREAM_ISOLATED),
    "babelstream-csv": ("babelstream", BABELSTREAM_CSV),
    "babelstream-csv-gib": ("babelstream", BABELSTREAM_CSV_GIB),
    "stream": ("stream", STREAM),
    "gpu-stream": ("gpu_stream", GPU_STREAM),
    "gpu-burn-double": ("gpu_burn", GPU_BURN_DOUBLE),
    "gpu-burn-tensor": ("gpu_burn", GPU_BURN_TENSOR),
    "mamf-old": ("mamf_finder", MAMF_OLD),
    "mamf-new": ("mamf_finder", MAMF_NEW),
    "nvbench": ("nvbench", NVBENCH),
    "superbench": ("superbench", SUPERBENCH),
    "pyperf": ("pyperf", PYPERF),
    "mlperf-training": ("mlperf", TRAINING),
    "mlperf-detail": ("mlperf", LOADGEN_DETAIL),
    "mlperf-summary": ("mlperf", LOADGEN_SUMMARY),
    "mlperf-system": ("mlperf", SYSTEM),
}

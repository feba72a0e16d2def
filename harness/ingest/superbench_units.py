"""What SuperBench's metrics mean: the unit that its documentation gives each of them, and which are measurands.

Source:
    microsoft/superbenchmark `docs/user-tutorial/benchmarks/micro-benchmarks.md` and `model-benchmarks.md` at 700d650
    and v0.4.0. The documentation begins with v0.4.0; for the names of the versions before it, the same sources at
    v0.3.0: `kernel_launch_overhead/cuda_kernel_launch.cu` and `computation_communication_overlap.py` print ms. The
    loopback metrics of those versions (`IB_write_512_Avg_0`) have no documented unit, and get none here.
    cublasLt computes fp32 inputs in TF32 (`cublaslt_gemm/cublaslt_utils.cc`).
"""

import re
from dataclasses import dataclass, replace

from harness.ingest.gpu_stream import TAG, stream_method
from harness.model.measurement import Measurand, Method, NumberFormat


@dataclass(frozen=True, kw_only=True, slots=True)
class Meaning:
    """The unit of a metric, and what it is."""

    unit: str
    per_gpu: bool = False
    gpu: str | None = None
    measurand: Measurand | None = None
    number_format: NumberFormat | None = None
    method: Method | None = None
    # The metrics that use tensor cores where this one does not.
    plain_beside: tuple[str, ...] = ()

    def as_observation(self) -> "Meaning":
        """Return the same figure as one that says nothing of the chip's rate."""
        return replace(self, measurand=None, number_format=None, method=None)


_GEMM = re.compile(
    r"(?P<type>fp64|fp32|tf32|fp16|bf16|int8|int4)(?:_(?P<unit>tc|xdlops))?(?:_(?:flops|iops))?", re.IGNORECASE
)
_LT = re.compile(r"(?P<type>[a-z0-9]+)_\d+_\d+_\d+_\d+_flops")
_LT_FORMATS: dict[str, NumberFormat] = {
    "fp64": "fp64",
    "fp16": "fp16",
    "bf16": "bf16",
    "fp8e4m3": "fp8_e4m3",
    "fp8e5m2": "fp8_e5m2",
    "fp4e2m1": "fp4",
    "int8": "int8",
}
_FORMATS: dict[str, NumberFormat] = {
    "fp64": "fp64",
    "fp32": "fp32",
    "tf32": "tf32",
    "fp16": "fp16",
    "bf16": "bf16",
    "int8": "int8",
    "int4": "int4",
}

# Benchmark, metric, unit, and whether a rank of it is one GPU. The first that fits a key counts.
_TABLE: tuple[tuple[str, str, str, bool], ...] = (
    ("kernel-launch", r"(event|wall)_(time|overhead)", "ms", True),
    ("pytorch-matmul|matmul", r"nosharding(_time)?", "ms", True),
    ("cublas-function|cudnn-function", r"name_.*_time", "us", True),
    ("tensorrt-inference", r".*_time_(mean|\d+(\.\d+)?)", "ms", True),
    ("ort-inference", r".*_time(_\d+(\.\d+)?)?", "ms", True),
    ("gpu-burn", r"time", "s", False),
    ("cpu-hpl", r"throughput", "GFLOP/s", False),
    ("cpu-hpl", r"time", "s", False),
    ("cpu-stream", r"(copy|scale|add|triad)_throughput", "MB/s", False),
    ("cpu-stream", r"(copy|scale|add|triad)_time_(avg|min|max)", "s", False),
    ("mem-bw", r"(h2d|d2h|d2d)_(mem_)?bw", "GB/s", True),
    ("gpu-copy-bw.*|gpu-sm-copy-bw", r".*_bw|dtoh|htod", "GB/s", False),
    ("ib-loopback", r"ib_(write|read|send)_(bw_\d+|\d+_ib\d+_bw)", "GB/s", False),
    ("nccl-bw|rccl-bw", r".*_time", "us", False),
    ("nccl-bw|rccl-bw", r".*_(algbw|busbw)", "GB/s", False),
    ("tcp-connectivity", r".*_time_(min|max|avg)", "ms", False),
    ("ib-traffic", r".*_bw(_.*)?", "GB/s", False),
    ("ib-traffic", r".*_lat(_.*)?", "us", False),
    ("nvbandwidth", r".*_bw", "GB/s", False),
    ("nvbandwidth", r".*_lat", "us", False),
    ("(pytorch-)?computation-communication-overlap", r"(mul|matmul)_(time|cost)", "ms", True),
    ("(pytorch-)?sharding-matmul", r"(allreduce|allgather)(_time)?", "ms", False),
    ("(pytorch-)?dist-inference", r"step_times(_.*)?", "ms", False),
    ("disk-benchmark", r".*_iops", "IOPS", False),
    ("disk-benchmark", r".*_lat_ns_[\d.]+", "ns", False),
    ("disk-benchmark", r".*_bs", "B", False),
    (
        r"(model-benchmarks|[a-z0-9]+_models)",
        r".+/(.*_)?(step_?time|train_step_time|inference_step_time)(_.*)?",
        "ms",
        False,
    ),
    (r"(model-benchmarks|[a-z0-9]+_models)", r".+/(.*_)?throughput(_.*)?", "samples/s", False),
    ("megatron-gpt", r".*_step_time", "ms", False),
    ("megatron-gpt", r".*_throughput", "samples/s", False),
    ("megatron-gpt", r".*_tflops", "TFLOP/s", False),
    ("megatron-gpt", r".*_mem_allocated", "GB", False),
    ("gpu-stream", r"STREAM_.*_ratio", "%", False),
)
_COMPILED = tuple(
    (re.compile(benchmark), re.compile(metric, re.IGNORECASE), unit, per_gpu)
    for benchmark, metric, unit, per_gpu in _TABLE
)


def meaning_of(benchmark: str, metric: str) -> Meaning | None:
    """Return what a metric means, or None where the documentation gives its key no unit."""
    if benchmark == "gemm-flops" and (gemm := _GEMM.fullmatch(metric)):
        return _gemm(gemm)
    if benchmark in ("cublaslt-gemm", "hipblaslt-gemm") and (gemm := _LT.fullmatch(metric)):
        return _lt_gemm(benchmark, gemm.group("type"))
    if benchmark == "gpu-stream" and (tag := TAG.fullmatch(metric.removesuffix("_bw"))) and metric.endswith("_bw"):
        return Meaning(unit="GB/s", gpu=tag.group("gpu"), measurand="total_dram_bandwidth", method=stream_method(tag))
    for of, form, unit, per_gpu in _COMPILED:
        if of.fullmatch(benchmark) and form.fullmatch(metric):
            return Meaning(unit=unit, per_gpu=per_gpu)
    return None


def _gemm(gemm: re.Match[str]) -> Meaning:
    kind, unit = gemm.group("type").lower(), (gemm.group("unit") or "").lower()
    number_format = _FORMATS[kind]
    if kind == "fp32" and unit == "xdlops":
        # AMD's matrix units take fp32 here as tensor-float32, as the documentation says of this metric.
        number_format = "tf32"
    twins = () if unit or kind == "tf32" else tuple(_twins(kind))
    how = {"tc": "tensor cores", "xdlops": "matrix units"}.get(unit, "without tensor cores")
    return Meaning(
        unit="GOP/s" if kind.startswith("int") else "GFLOP/s",
        per_gpu=True,
        measurand="compute_rate",
        number_format=number_format,
        method=Method(name="superbench-gemm-flops", description=how, path="library"),
        plain_beside=twins,
    )


def _twins(kind: str) -> list[str]:
    names = [f"{kind}_tc", f"{kind}_tc_flops"] + ([f"{kind}_xdlops_flops"] if kind != "fp32" else [])
    return names + [name.upper() for name in names]


def _lt_gemm(benchmark: str, kind: str) -> Meaning | None:
    number_format = _LT_FORMATS.get(kind)
    if kind == "fp32":
        number_format = "tf32" if benchmark == "cublaslt-gemm" else "fp32"
    return Meaning(
        unit="TOP/s" if kind == "int8" else "TFLOP/s",
        per_gpu=True,
        measurand="compute_rate",
        number_format=number_format,
        method=Method(name=f"superbench-{benchmark}", description=f"inputs of type {kind[:40]}", path="library"),
    )

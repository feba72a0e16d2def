"""A whole run over PyTorch's own kernels: the real library on the processor, and the calls of torch.cuda made up.

Skipped, with the reason, where PyTorch is not installed.
"""

import contextlib
import json
import time
import types
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import harness
from harness.bench.device import Shape
from harness.bench.found import Found, Listed
from harness.bench.gpu import arithmetic, beside_one, chunks, cuda_source, pattern, source, streams
from harness.bench.plan import PLANS, QUICK
from harness.cli import bench_run
from harness.cli.__main__ import main

torch = pytest.importorskip("torch")

MEMORY = 96 * 2**20


class HostEvent:
    """An event by the host's clock: what is queued on the processor is done when the call returns."""

    def __init__(self, enable_timing: bool) -> None:
        self.at_s = 0.0

    def record(self) -> None:
        self.at_s = time.perf_counter()

    def query(self) -> bool:
        return True

    def synchronize(self) -> None:
        pass

    def elapsed_time(self, other: "HostEvent") -> float:
        return 1e3 * (other.at_s - self.at_s)


class OnProcessor:
    """PyTorch, whose device "cuda" is the processor."""

    def __init__(self) -> None:
        self.place = torch.device("cpu", 0)
        self.taken = 0
        properties = types.SimpleNamespace(
            name="Processor as accelerator", multi_processor_count=2, L2_cache_size=2**20, total_memory=MEMORY,
            major=9, minor=0, uuid=torch.randn(1),
        )  # fmt: skip
        self.version = types.SimpleNamespace(cuda="13.0", hip=None)
        self.cuda = types.SimpleNamespace(
            get_device_properties=lambda index: properties,
            set_device=lambda device: None,
            synchronize=lambda device=None: None,
            empty_cache=lambda: None,
            mem_get_info=lambda device: (MEMORY, MEMORY),
            Event=HostEvent,
            Stream=lambda device: None,
            stream=lambda queue: contextlib.nullcontext(),
            _sleep=lambda cycles: time.sleep(1e-3),
        )

    def __getattr__(self, name: str) -> Any:
        return getattr(torch, name)

    def device(self, kind: str, index: int) -> Any:
        assert (kind, index) == ("cuda", 0)
        return self.place

    def empty(self, *shape: Any, **more: Any) -> Any:
        """Chunks come from a memory that ends; everything else has room."""
        if shape == (chunks._LARGEST // 8,) and more["dtype"] == torch.int64:
            self.taken += 1
            if self.taken > 3:
                raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 1024 KiB")
        return torch.empty(*shape, **more)


@pytest.fixture
def on_processor(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # Threads that wait for each other on a busy machine take longer than the work.
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    for module, name, value in (
        (arithmetic, "_SMALL", Shape(64, 64, 64)),
        (arithmetic, "shapes_for", lambda units: (Shape(128, 64, 256), Shape(256, 128, 64))),
        (source, "_FLUSH_BYTES", 2**20),
        (source, "_WAKING_BYTES", 2**16),
        (source, "_triton", tuple),
        (cuda_source, "_compiler", lambda: None),
        (streams, "_LEAST_MOVED", 2**22),
        (beside_one, "_SIDE", 32),
        (chunks, "_LARGEST", 2**20),
        (chunks, "_SMALLEST", 2**20),
        (chunks, "_ROOM", 2**20),
        (pattern, "BLOCK_WORDS", 2**16),
        # Whether there is time for all of the memory must not hang on how busy the machine is.
        (chunks.DeviceChunks, "_seconds_per_chunk", lambda self: 1e-9),
    ):
        monkeypatch.setattr(module, name, value)
    plan = replace(
        QUICK, limit_s=30, sessions=1, rest_between_sessions_s=0, longest_step_s=0.02, sustained_s=0.02,
        longest_burst_s=0.01, most_shapes=2, most_sweep_points=2, sweep_step_s=0.02, least_footprint_bytes=2**22,
        least_caches=0, most_ways=None,
    )  # fmt: skip
    monkeypatch.setitem(PLANS, "quick", plan)
    device = Listed(word="0", name="Processor", opened=lambda: source.accelerator(OnProcessor(), 0))
    monkeypatch.setattr(bench_run, "accelerators", lambda: Found(devices=(device,)))
    yield
    torch.set_num_threads(threads)


def test_a_whole_run_over_real_kernels_is_derived_replayed_and_judged(on_processor: None, tmp_path: Path):
    report = tmp_path / "report.json"
    assert main(["bench", "--quick", "-o", str(report)]) == 0
    stated = json.loads(report.read_text(encoding="utf-8"))
    rates = [one for one in stated["measurements"] if one["measurand"] == "compute_rate"]
    assert {one["number_format"] for one in rates} >= {"fp64", "fp32", "bf16", "fp16", "int8"}
    # Every product is one, whatever data it was made of, and its error is no larger than its results' rounding.
    largest = {"fp64": 1e-14, "fp32": 1e-6, "bf16": 2.0**-8, "fp16": 2.0**-10, "int32": 0}
    for one in rates:
        assert not one["proof"].get("result_wrong"), one
        assert float(one["proof"]["relative_error"]) <= largest[one["proof"]["output_format"]], one
    (capacity,) = [one for one in stated["measurements"] if one["measurand"] == "copackaged_dram_capacity"]
    assert capacity["capacity_proof"]["bytes_verified"] == 3 * 2**20
    assert {one["measurand"] for one in stated["measurements"]} >= {"total_dram_bandwidth"}
    assert main(["bench", "--replay", str(report)]) == 0
    assert harness.verify(report).outcome == "undecided"

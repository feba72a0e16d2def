"""A whole run over the stand-in for PyTorch: from opening a device to its report, and the side by side measurement."""

import importlib.util
import sys
import types
from dataclasses import replace
from decimal import Decimal

import pytest
from conftest import ROOT
from torch_fake import AcceleratorError, FakeTorch

from harness.bench.clock import HostClock
from harness.bench.compose import composed
from harness.bench.device import Shape, Way
from harness.bench.events import Recorded
from harness.bench.gpu import arithmetic, beside_one, chunks, products, streams
from harness.bench.gpu.source import accelerator
from harness.bench.journal import journal_of
from harness.bench.plan import QUICK
from harness.bench.runner import Run
from harness.bench.start import header_for, seed_for
from harness.bench.watch import ThreadWatch


class Ticks(HostClock):
    """A clock that goes on by a millisecond whenever it is asked: a run is as long on every machine."""

    passed = 0.0

    def now(self) -> float:
        self.passed += 1e-3
        return self.passed

    def sleep(self, seconds: float) -> None:
        self.passed += seconds


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch):
    """A device from the source itself, without telemetry and without a compiler, with shapes that numpy can do."""
    from harness.bench.gpu import cuda_source, source

    for size, words in (("_LARGEST", 2**16), ("_SMALLEST", 2**12), ("_ROOM", 2**12)):
        monkeypatch.setattr(chunks, size, words)
    monkeypatch.setattr(arithmetic, "_SMALL", Shape(32, 32, 64))
    monkeypatch.setattr(cuda_source, "_compiler", lambda: None)
    monkeypatch.setattr(source, "_triton", lambda: ())
    monkeypatch.setattr(source, "_FLUSH_BYTES", 2**12)
    monkeypatch.setattr(arithmetic, "shapes_for", lambda units: (Shape(64, 64, 64), Shape(128, 128, 64)))
    monkeypatch.setattr(streams, "_LEAST_MOVED", 2**16)
    monkeypatch.setattr(beside_one, "_SIDE", 4)
    monkeypatch.setattr(products, "_PAUSE_S", 0)
    monkeypatch.setitem(sys.modules, "pynvml", None)
    return lambda torch, index=0: accelerator(torch, index)


def lines_of(device: object, **more: object):
    plan = QUICK.__class__(**{
        **{name: getattr(QUICK, name) for name in QUICK.__dataclass_fields__},
        "limit_s": 1000, "sessions": 1, "least_footprint_bytes": 2**16, "longest_step_s": 0.02, "sustained_s": 0.01,
        "most_confirmed": 1, "most_ways": 1, "patterns": ("random",), "most_sweep_points": 2,
        **more,
    })  # fmt: skip
    clock, seed = Ticks(), seed_for(None)
    header = header_for([device], plan, seed, clock)  # type: ignore[list-item]
    run = Run(header=header, devices=[device], plan=plan, seed=seed, clock=clock, watch=ThreadWatch(clock, 0.1))  # type: ignore[list-item]
    return [event.line for event in run.events() if isinstance(event, Recorded)]


def test_the_step_of_the_timer_is_that_of_the_device_s_events(opened):
    device = opened(FakeTorch())
    header = header_for([device], QUICK, seed_for(None), Ticks())
    assert header.timer_resolution_s == Decimal("5E-7")


@pytest.mark.parametrize(("slower", "kept_as"), [(2, "observation"), (0.5, "measurement")])
def test_a_lesser_kernel_counts_only_where_it_does_more_than_the_library(opened, slower, kept_as):
    torch = FakeTorch(rate=1e6)

    device = opened(torch)
    (plain,) = [one for (name, way), one in device.arithmetic.recipes.items() if (name, way) == ("bf16", "cublas")]
    way = Way(name="own", path="other-kernel", description="-", partial=True)

    def lesser(fake, a, b, c):
        before = fake.now_s
        done = plain.call(fake, a, b, c)
        fake.now_s = before + slower * (fake.now_s - before)
        return done

    device.arithmetic.recipes = {
        ("bf16", "cublas"): plain,
        ("bf16", "own"): replace(plain, way=way, call=lesser),
    }
    lines = [line for line in lines_of(device, most_ways=2) if line.kind == "series" and line.way == "own"]
    assert {line.role for line in lines if "/random/burst" in line.series} == {kept_as}


@pytest.mark.parametrize(
    "words", ["CUDA driver version is insufficient for CUDA runtime version", "the provided PTX was compiled with an "
              "unsupported toolchain."],
)  # fmt: skip
def test_kernels_of_a_compiler_newer_than_the_driver_are_left_out(opened, monkeypatch, words):
    from harness.bench.gpu import cuda_source, source

    library = types.SimpleNamespace(bench_clock=lambda *arguments: 35, bench_error=lambda code: words.encode())
    monkeypatch.setattr(source, "built", lambda capability: cuda_source.CudaBuilt(library=library, said="nvcc"))
    device = opened(FakeTorch())
    assert any(f"not used: bench_clock: {words}" in remark for remark in device.remarks)
    assert [way.name for one in device.memory.kernels() for way in one.ways] == ["torch"] * 4


def test_a_run_on_a_device_gives_a_report_with_every_format_that_it_has(opened):
    lines = lines_of(opened(FakeTorch(rate=1e6)))
    assert lines[-1].why == "complete"
    report = composed(journal_of(lines), "r").report
    formats = {one.number_format for one in report.measurements if one.measurand == "compute_rate"}
    assert formats >= {"fp64", "fp32", "bf16"}
    assert all(one.sparsity == "dense" for one in report.measurements if one.measurand == "compute_rate")
    assert any("fp4: not applicable" in note for note in report.notes)
    assert any("no telemetry: nvidia-ml-py is not installed" in note for note in report.notes)
    assert report.lot is not None
    state = report.lot.units[0].state
    assert state is not None
    assert state.power_limit_w is None


def test_the_side_by_side_measurement_gives_a_line_for_every_figure_to_reach(opened, monkeypatch):
    """A device does every product at one rate, whoever asks; so does its memory: each ratio is 1."""
    spec = importlib.util.spec_from_file_location("bench_gpu", ROOT / "benchmarks" / "bench_gpu.py")
    assert spec is not None
    assert spec.loader is not None
    side_by_side = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(side_by_side)
    monkeypatch.setattr(side_by_side, "_SEARCHED", (Shape(64, 64, 64),))
    monkeypatch.setattr(side_by_side, "_FOOTPRINT", 2**16)
    torch = FakeTorch(rate=1e6)
    device, place = opened(torch), torch.device("cuda", 0)
    lines = [*side_by_side.product_lines(torch, device, place, 2), *side_by_side.memory_lines(torch, device, place, 2)]
    held = {(line[0], line[2]): line[4] for line in lines}
    for number_format in ("bf16", "fp16"):
        for library in ("cublas", "cublaslt"):
            assert held[f"{number_format} burst", f"plain loop, {library}, search"] == "1.000"
    assert held["fp8_e4m3 burst", "plain loop, cublaslt, search"] == "1.000"
    assert held["read", "plain loop"] == held["copy", "plain loop"] == "1.000"
    assert {line[-1] for line in lines} <= {"yes", "-"}


def test_a_device_that_dies_leaves_what_was_measured_before(opened):
    torch = FakeTorch(rate=1e6)
    device = opened(torch)
    alive = torch.products + 200
    torch.fault = lambda n: AcceleratorError("CUDA error: unspecified launch failure") if n > alive else None
    lines = lines_of(device)
    assert lines[-1].why == "device-lost"
    assert any(line.kind == "series" for line in lines)
    assert composed(journal_of(lines), "r").report.measurements

"""Accelerators through PyTorch: proof of the format, memory that is not there, devices that die, clocks that lie.

A stand-in for PyTorch (torch_fake) works in numpy and makes up time, so that every branch runs without a device.
"""

import importlib.util
import re
import shutil
import subprocess
import sys
import types
from dataclasses import replace
from decimal import Decimal
from math import isnan, nan
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from torch_fake import AcceleratorError, FakeTorch, OutOfMemoryError, Tensor

from harness.bench import accelerators
from harness.bench.clock import HostClock
from harness.bench.compose import composed
from harness.bench.device import DeviceLost, NotApplicable, ProductTask, Shape, StreamTask, Way
from harness.bench.events import Recorded
from harness.bench.gpu import arithmetic, beside_one, chunks, pattern, peers, products, streams, sums
from harness.bench.gpu.answers import told
from harness.bench.gpu.arithmetic import TorchArithmetic
from harness.bench.gpu.chunks import DeviceChunks
from harness.bench.gpu.clocks import SpinCounter
from harness.bench.gpu.memory import DeviceMemory
from harness.bench.gpu.products import clock_between
from harness.bench.gpu.recipes import fp8_recipes, plain_recipes
from harness.bench.gpu.register_loop import LOOPS, CudaLoops
from harness.bench.gpu.shapes import shapes_for
from harness.bench.gpu.source import accelerator
from harness.bench.journal import journal_of
from harness.bench.pattern import words
from harness.bench.plan import QUICK
from harness.bench.proofs import format_shown
from harness.bench.runner import Run
from harness.bench.start import header_for, seed_for
from harness.bench.watch import ThreadWatch
from harness.errors import WrongUsage
from harness.model.measurement import NumberFormat

SMALL = Shape(128, 256, 512)


@pytest.fixture(autouse=True)
def small_probes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a way works is tried on a product that numpy does at once."""
    monkeypatch.setattr(arithmetic, "_SMALL", Shape(32, 32, 64))


class Ticks(HostClock):
    """A clock that goes on by a millisecond whenever it is asked: a run is as long on every machine."""

    passed = 0.0

    def now(self) -> float:
        self.passed += 1e-3
        return self.passed

    def sleep(self, seconds: float) -> None:
        self.passed += seconds


def made(torch: FakeTorch, **more: object) -> TorchArithmetic:
    recipes = (*plain_recipes(rocm=False), *fp8_recipes(fnuz=False))
    return TorchArithmetic(
        torch,
        torch.cuda_device,
        units=4,
        recipes=recipes,
        flush_bytes=2**12,
        clock=lambda: 1500.0,
        **more,  # type: ignore[arg-type]
    )


def product(torch: FakeTorch, number_format: NumberFormat, way: str = "cublas", pattern: str = "random"):
    source = made(torch)
    chosen = source.recipes[number_format, way].way
    task = ProductTask(number_format=number_format, way=chosen, shape=SMALL, pattern=pattern, seed=3)  # type: ignore[arg-type]
    return source.product(task)


# ---- products ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number_format", "way", "largest"),
    [
        # fp64 is held against itself: 512 sums, each rounded at the 53rd digit.
        ("fp64", "cublas", 512 * 2.0**-53),
        # Rounding of the results alone: half a unit in the last place of 24, 11 and 8 digits.
        ("fp32", "cublas", 2.0**-24),
        ("fp16", "cublas", 2.0**-11),
        ("bf16", "cublaslt", 2.0**-8),
        # With results in fp32 nothing of the format's own rounding is left: the operands are exact as they are stored.
        ("bf16", "cublas-fp32-out", 2.0**-24),
        ("int8", "int-mm", 0.0),
        ("fp8_e4m3", "scaled-mm-full", 2.0**-8),
        ("fp8_e5m2", "scaled-mm-fast", 2.0**-8),
    ],
)
def test_an_honest_product_shows_only_the_rounding_of_its_results(number_format, way, largest):
    found = product(FakeTorch(), number_format, way)
    found.burst(2)
    check = found.check(5)
    assert check.relative_error <= largest
    assert not check.wrong


@pytest.mark.parametrize(
    ("number_format", "way"), [("fp32", "cublas"), ("bf16", "cublaslt"), ("fp8_e4m3", "scaled-mm-fast")]
)
def test_small_products_beside_a_one_are_counted_or_lost(monkeypatch, number_format, way):
    """1,023 products of 2^-10 beside a 1 come to 2 - 2^-10; a unit that keeps 10 digits of a sum keeps none of them."""
    monkeypatch.setattr(beside_one, "_SIDE", 8)
    torch = FakeTorch()
    source = made(torch)
    chosen = source.recipes[number_format, way].way
    assert source.sum_beside_one(number_format, chosen, 10) == pytest.approx(2 - 2.0**-10, rel=2.0**-8)
    monkeypatch.setattr(torch, "_product", lambda a, b, out, digits=None: out.fill_(1.0))
    assert source.sum_beside_one(number_format, chosen, 10) == 1


def test_what_a_format_cannot_hold_is_not_asked_of_it(monkeypatch):
    monkeypatch.setattr(beside_one, "_SIDE", 8)
    source = made(FakeTorch())
    with pytest.raises(NotApplicable, match="no 2\\^-5 beside a 1"):
        source.sum_beside_one("int8", source.recipes["int8", "int-mm"].way, 10)
    with pytest.raises(NotApplicable, match="half of the numbers"):
        source.sum_beside_one("bf16", source.recipes["bf16", "sparse-2-4"].way, 10)
    with pytest.raises(NotApplicable, match="operands of its own"):
        source.sum_beside_one("bf16", Way(name="registers-mma", path="register-loop", description="-"), 10)


def test_tf32_that_was_left_on_shows_in_the_error_of_fp32():
    torch = FakeTorch(always_tf32=True)
    found = product(torch, "fp32")
    found.burst(1)
    # Operands of 11 digits: 2.9e-4 by the source's table, a thousand times the rounding of fp32.
    assert found.check(1).relative_error == pytest.approx(2.9e-4, rel=0.25)
    assert format_shown(found.check(1).relative_error) == "tf32 or fp16"


def test_fp32_is_multiplied_with_tf32_off_and_the_flag_is_put_back():
    torch = FakeTorch()
    assert torch.matmul_flags.allow_tf32
    found = product(torch, "fp32")
    found.burst(1)
    assert found.check(1).relative_error < 1e-7
    assert torch.matmul_flags.allow_tf32
    assert torch.library == "default"


def test_tf32_that_is_fp32_in_truth_is_not_applicable():
    class NoTf32(FakeTorch):
        def mm(self, a: Tensor, b: Tensor, out: Tensor) -> Tensor:
            return self._product(a, b, out)

    supports = {one.number_format: one for one in made(NoTf32()).formats()}
    assert not supports["tf32"].ways
    assert "is that of fp32" in (supports["tf32"].why_not or "")


@pytest.mark.parametrize("number_format", ["fp64", "bf16", "int8"])
def test_work_that_was_skipped_is_wrong(number_format):
    torch = FakeTorch()
    found = product(torch, number_format, "int-mm" if number_format == "int8" else "cublas")
    found.burst(1)
    assert not found.check(1).wrong
    torch.skips_work = True
    found.burst(3)
    check = found.check(1)
    assert check.wrong
    # What is not a number is equal to nothing: it is not said of all three that they are the same.
    assert check.results == (3 if number_format == "int8" else 1)


def test_one_check_speaks_for_every_result_that_is_the_same():
    torch = FakeTorch()
    found = product(torch, "bf16")
    found.burst(4)
    assert found.check(1).results == 4
    torch.fault = lambda n: setattr(torch, "skips_work", n % 2 == 0)
    found.burst(4)
    assert found.check(1).results == 1


@pytest.mark.parametrize("data", ["zeros", "low-toggle"])
def test_other_data_is_checked_too(data):
    found = product(FakeTorch(), "fp16", pattern=data)
    found.burst(2)
    assert (found.check(1).relative_error, found.check(1).wrong) == (0, False)
    expected = 0 if data == "zeros" else SMALL.k
    assert (found.c.array == expected).all()


def test_times_are_the_device_s_and_leave_out_the_flush():
    torch = FakeTorch(rate=1e12, bandwidth=1e6)
    (one, other) = product(torch, "fp64").burst(2)
    # 2 · 128 · 256 · 512 operations at 1e12 a second, and what the stand-in takes to write C of 128 · 256 · 8 bytes.
    need = 2 * 128 * 256 * 512 / 1e12 + 128 * 256 * 8 / 1e6
    assert one.duration_s == pytest.approx(need)
    assert other.clock_mhz == 1500.0


def test_times_are_those_of_the_device_that_works_and_not_of_the_one_that_pytorch_is_set_to(memory):
    """Events are recorded on the device that PyTorch is set to: here the first one, while the second one works."""
    torch = FakeTorch(rate=1e12)
    torch.device("cuda", 1)
    (one,) = product(torch, "fp64").burst(1)
    assert one.duration_s > 0
    memory.torch.device("cuda", 1)
    stream = memory.stream(StreamTask(kernel="write", way=memory.kernels()[1].ways[0], footprint_bytes=2**17, seed=1))
    (one,) = stream.burst(1)
    assert one.duration_s > 0
    source = loops()
    source.torch.device("cuda", 1)
    (way,) = source.ways("bf16")
    task = ProductTask(number_format="bf16", way=way, shape=source.shapes("bf16", way)[0], pattern="random", seed=1)
    (one,) = source.product(task, lambda: None).burst(1)
    assert one.duration_s > 0


def test_without_rest_there_is_nothing_between_two_products():
    """50 products at 1e12 operations a second, each with its results written, and no flush and no sum in the time."""
    torch = FakeTorch(rate=1e12)
    found = product(torch, "fp32")
    timing = found.steady(50)
    assert timing.duration_s == pytest.approx(50 * (SMALL.operations + 4 * SMALL.m * SMALL.n) / 1e12)
    assert timing.clock_mhz == 1500
    check = found.check(1)
    assert (check.wrong, check.results) == (False, 1)


def test_the_step_of_the_timer_is_that_of_the_device_s_events(opened):
    device = opened(FakeTorch())
    header = header_for([device], QUICK, seed_for(None), Ticks())
    assert header.timer_resolution_s == Decimal("5E-7")


def test_every_format_has_ways_or_a_reason():
    supports = made(FakeTorch()).formats()
    named = {one.number_format for one in supports}
    assert named >= {"fp64", "fp32", "tf32", "bf16", "fp16", "int8", "fp8_e4m3", "fp8_e5m2", "fp4", "fp6", "int4"}
    assert all(one.ways or one.why_not for one in supports)
    with_ways = {one.number_format for one in supports if one.ways}
    assert with_ways == {"fp64", "fp32", "tf32", "bf16", "fp16", "int8", "fp8_e4m3", "fp8_e5m2"}


def test_a_format_that_the_library_refuses_says_so_in_its_words():
    class Old(FakeTorch):
        def _scaled_mm(self, *arguments, **more):
            raise RuntimeError(
                "torch._scaled_mm is only supported on CUDA devices with compute capability >= 8.9\nmore"
            )

    support = next(one for one in made(Old()).formats() if one.number_format == "fp8_e4m3")
    assert not support.ways
    assert "compute capability >= 8.9" in (support.why_not or "")
    assert "more" not in (support.why_not or "")


def test_no_memory_is_not_applicable_and_a_lost_device_ends_the_run():
    torch = FakeTorch()
    found = product(torch, "fp64")
    torch.fault = lambda n: OutOfMemoryError("CUDA out of memory")
    with pytest.raises(NotApplicable, match="no memory"):
        found.burst(1)
    torch.fault = lambda n: AcceleratorError("CUDA error: unspecified launch failure\nCUDA kernel errors might be ...")
    with pytest.raises(DeviceLost, match="unspecified launch failure"):
        found.burst(1)


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (RuntimeError("CUDA error: an illegal memory access was encountered"), DeviceLost),
        (RuntimeError("CUDA error: uncorrectable ECC error encountered"), DeviceLost),
        (AcceleratorError("HIP error: device lost"), DeviceLost),
        (AcceleratorError("CUDA error: no kernel image is available for execution on the device"), NotApplicable),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"), NotApplicable),
        (RuntimeError("CUDA error: CUBLAS_STATUS_NOT_SUPPORTED when calling `cublasLtMatmul`"), NotApplicable),
        (ValueError("trailing dimension must be divisible by 16"), NotApplicable),
        (MemoryError(), NotApplicable),
    ],
)
def test_what_an_error_means(error, raised):
    with pytest.raises(raised), told(FakeTorch(), "a product"):
        raise error


def test_other_faults_of_the_program_are_not_hidden():
    with pytest.raises(ZeroDivisionError), told(FakeTorch(), "a product"):
        raise ZeroDivisionError


def test_a_clock_counts_for_a_sample_only_when_it_was_read_near_it():
    seen = [(1.0, 1980.0), (1.001, 1755.0)]
    assert clock_between(seen, 0.9995, 1.0015) == (1980 + 1755) / 2
    assert clock_between(seen, 1.0005, 1.0006) == 1755.0
    # Two milliseconds away it counts still; beyond, nothing is known.
    assert clock_between(seen, 1.002, 1.0025) == 1755.0
    assert clock_between(seen, 1.0031, 1.004) is None
    assert clock_between([], 0.0, 1.0) is None


def test_the_clock_is_counted_in_a_kernel_whatever_the_driver_shows():
    torch = FakeTorch(rate=1e9, clock_hz=1.2e9)
    source = made(torch, counter=SpinCounter(torch, torch.cuda_device))
    assert source.clock_in_kernel() is None
    source.product(ProductTask(number_format="bf16", way=Way(name="cublas", path="library", description="-"),
                               shape=SMALL, pattern="random", seed=1)).burst(1)  # fmt: skip
    # The driver's clock of this device is always 1500 MHz.
    found = source.clock_in_kernel()
    assert found is not None
    assert found.counted_mhz == pytest.approx(1200)
    assert found.shown_mhz == 1500
    del torch.cuda._sleep
    assert source.clock_in_kernel() is None


@given(units=st.integers(1, 400))
@settings(max_examples=30, deadline=None)
def test_shapes_fill_their_waves_and_start_with_what_every_plan_can_try(units):
    shapes = shapes_for(units)
    assert 20 <= len(shapes) <= 30
    assert len(set(shapes)) == len(shapes)
    assert shapes[0] == Shape(4096, 4096, 4096)
    assert all(side % 256 == 0 for shape in shapes for side in (shape.m, shape.n))
    assert {shape.k for shape in shapes} >= {1024, 20480, 65536}
    rest = [shape.operations for shape in shapes[4:]]
    assert rest == sorted(rest)


# ---- memory --------------------------------------------------------------------------------------------------------


@given(seed=st.integers(0, 2**64 - 1), first=st.integers(0, 2**40))
@settings(max_examples=50, deadline=None)
def test_signed_integers_give_the_same_pattern_as_unsigned_ones(seed, first):
    found = pattern.words(FakeTorch(), seed, first, 64, None)
    assert (found.array.view(np.uint64) == words(seed, first, 64)).all()


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "_LARGEST", 2**16)
    monkeypatch.setattr(chunks, "_SMALLEST", 2**12)
    monkeypatch.setattr(chunks, "_ROOM", 2**12)


def verified(torch: FakeTorch) -> tuple[int, int | None, DeviceChunks]:
    had = DeviceChunks(torch, torch.cuda_device, None, 4, longest_s=1e9)
    for chunk in range(len(had.sizes())):
        had.write(chunk, 7)
    found = [had.verify(chunk, 7)[:2] for chunk in reversed(range(len(had.sizes())))]
    wrong = [first for count, first in found if count]
    return sum(count for count, _ in found), min((one for one in wrong if one is not None), default=None), had


def test_all_of_the_memory_is_taken_written_and_verified(small_chunks):
    size = 5 * 2**16 + 3 * 2**12
    torch = FakeTorch(memory_bytes=size, memory=np.zeros(size // 8, dtype=np.int64))
    wrong, first, had = verified(torch)
    assert (wrong, first, had.whole) == (0, None, True)
    # Five large chunks, then 2^13 and 2^12 of what is left.
    assert had.sizes() == (2**16,) * 5 + (2**13, 2**12)


def test_memory_that_is_the_same_memory_twice_is_found(small_chunks):
    """The device gives 4 chunks, and has room for 2: the pattern has no period, so that no copy passes."""
    torch = FakeTorch(memory_bytes=4 * 2**16, memory=np.zeros(2 * 2**13 + 2**12, dtype=np.int64))
    wrong, first, _ = verified(torch)
    assert wrong > 0
    assert first is not None


def test_one_wrong_word_is_found_with_its_address(small_chunks):
    size = 2 * 2**16
    torch = FakeTorch(memory_bytes=size, memory=np.zeros(size // 8, dtype=np.int64))
    had = DeviceChunks(torch, torch.cuda_device, None, 4, longest_s=1e9)
    for chunk in range(2):
        had.write(chunk, 7)
    assert torch.memory is not None
    torch.memory[2**13 + 100] ^= 1 << 62
    assert had.verify(0, 7)[:2] == (0, None)
    assert had.verify(1, 7)[:2] == (8, 2**16 + 800)


def test_little_time_takes_less_memory_and_says_so(small_chunks):
    size = 64 * 2**16
    torch = FakeTorch(memory_bytes=size, memory=np.zeros(size // 8, dtype=np.int64))
    had = DeviceChunks(torch, torch.cuda_device, None, 4, longest_s=0)
    assert len(had.sizes()) == 1
    assert not had.whole
    assert "as many as the plan has time for" in had.description


def test_no_chunk_at_all_is_not_applicable(small_chunks):
    with pytest.raises(NotApplicable):
        DeviceChunks(FakeTorch(memory_bytes=2**11), None, None, 4, longest_s=1)


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> DeviceMemory:
    monkeypatch.setattr(streams, "_LEAST_MOVED", 2**16)
    torch = FakeTorch(bandwidth=1e9)
    return DeviceMemory(torch, torch.cuda_device, units=4, cache=2**14, clock=lambda: None, kernels=None)


@pytest.mark.parametrize(("kernel", "arrays"), [("read", 1), ("write", 1), ("copy", 2), ("triad", 3)])
def test_streams_count_each_array_once(memory, kernel, arrays):
    way = next(one.ways[0] for one in memory.kernels() if one.kernel == kernel)
    stream = memory.stream(StreamTask(kernel=kernel, way=way, footprint_bytes=arrays * 2**17, seed=1))
    assert stream.bytes_moved == stream.footprint_bytes == arrays * 2**17
    (timing,) = stream.burst(1)
    assert stream.bytes_moved / timing.duration_s == pytest.approx(1e9)
    assert stream.agrees() is (None if kernel == "read" else True)
    if kernel != "read":
        stream.arrays[0].fill_(7)
        assert stream.agrees() is False


def test_what_a_kernel_reads_is_random_whatever_the_one_before_it_wrote(memory):
    for kernel in ("write", "copy", "triad", "read"):
        way = next(one for one in memory.kernels() if one.kernel == kernel).ways[-1]
        stream = memory.stream(StreamTask(kernel=kernel, way=way, footprint_bytes=2**17, seed=1))
        stream.burst(1)
        sources = stream.arrays[0 if kernel == "read" else 1 :]
        assert all(len(np.unique(source.array)) > 0.9 * source.array.size for source in sources)
        if kernel != "read":
            stream.run = lambda: None
            stream.burst(1)
            assert stream.agrees() is False


def test_a_small_footprint_is_passed_over_often_enough_to_be_timed(memory):
    way = memory.kernels()[0].ways[0]
    stream = memory.stream(StreamTask(kernel="read", way=way, footprint_bytes=2**13, seed=1))
    # 2^16 bytes are moved at least: eight passes.
    assert stream.bytes_moved == 8 * stream.footprint_bytes == 2**16


def test_streams_that_do_not_fit_are_not_applicable(memory):
    way = memory.kernels()[0].ways[0]
    with pytest.raises(NotApplicable):
        memory.stream(StreamTask(kernel="read", way=way, footprint_bytes=2**40, seed=1))
    with pytest.raises(NotApplicable):
        memory.stream(StreamTask(kernel="triad", way=way, footprint_bytes=8, seed=1))


@pytest.mark.parametrize(("both_ways", "copies"), [(False, 1), (True, 2)])
def test_a_copy_between_devices_counts_every_byte_and_sees_what_did_not_arrive(monkeypatch, both_ways, copies):
    monkeypatch.setattr(peers, "_BYTES", 2**12)
    monkeypatch.setattr(peers, "_WORDS", 2**9)
    torch = FakeTorch(bandwidth=1e9)
    one, other = (types.SimpleNamespace(type="cuda", index=n) for n in range(2))
    copy = peers.DevicePeerCopy(torch, one, other, both_ways=both_ways, seed=5)
    # 16 copies in a sample, in each direction.
    assert copy.bytes_moved == 16 * 2**12 * copies
    assert copy.agrees()
    copy.copies[-1][1].array[7] ^= 1
    assert not copy.agrees()
    copy.burst(1)
    assert copy.agrees()
    with pytest.raises(NotApplicable, match="the same device"):
        peers.DevicePeerCopy(torch, one, one, both_ways=False, seed=5)


def test_a_sum_over_devices_counts_the_bus_and_sees_a_wrong_sum(monkeypatch):
    """Of an array of 4 x 2^10 bytes over 4 devices 2 x 3 / 4 pass the bus."""
    monkeypatch.setattr(sums, "_NUMBERS", 2**10)
    torch = FakeTorch(bandwidth=1e9)
    devices = [types.SimpleNamespace(type="cuda", index=n) for n in range(4)]
    found = sums.DeviceSum(torch, devices, seed=5)
    assert found.bytes_moved == 4 * 2**10 * 2 * 3 // 4
    assert len({term.array.tobytes() for term in found.terms}) == 4
    assert found.burst(2)[1].duration_s > 0
    assert found.agrees()
    found.sums[2].array[7] += 1
    assert not found.agrees()
    torch.cuda.nccl.is_available = lambda tensors: False
    with pytest.raises(NotApplicable, match="no NCCL"):
        sums.DeviceSum(torch, devices, seed=5)


def test_of_the_compiled_forms_the_quickest_is_kept(monkeypatch):
    """A form of 512 threads and 8 loads takes half of the time of any other."""
    monkeypatch.setattr(products, "_PAUSE_S", 0)
    torch = FakeTorch()

    class Built:
        tried = 0

        def call(self, name, kernel, a, b, c, scale, size, threads, loads, blocks, passes, sink):
            self.tried += 1
            torch.now_s += size * passes / (2e9 if (threads, loads) == (512, 8) else 1e9)

    built = Built()
    memory = DeviceMemory(torch, torch.cuda_device, units=4, cache=None, clock=lambda: None, kernels=built)  # type: ignore[arg-type]
    way = next(one.ways[0] for one in memory.kernels() if one.kernel == "read")
    assert (way.name, way.path) == ("cuda", "other-kernel")
    stream = memory.stream(StreamTask(kernel="read", way=way, footprint_bytes=2**20, seed=1))
    (timing,) = stream.burst(1)
    assert stream.bytes_moved / timing.duration_s == pytest.approx(2e9)
    assert built.tried > 27 * 3


def test_a_form_that_the_device_refuses_leaves_the_others(monkeypatch):
    """1024 threads of 76 registers are more than the 65,536 of a unit: the launch of such a form is refused."""
    monkeypatch.setattr(products, "_PAUSE_S", 0)
    torch = FakeTorch()

    class Built:
        most_threads = 512

        def call(self, name, kernel, a, b, c, scale, size, threads, loads, blocks, passes, sink):
            if threads > self.most_threads:
                raise NotApplicable("bench_stream: too many resources requested for launch")
            torch.now_s += size * passes / (2e9 if (threads, loads) == (512, 16) else 1e9)

    built = Built()
    memory = DeviceMemory(torch, torch.cuda_device, units=4, cache=None, clock=lambda: None, kernels=built)  # type: ignore[arg-type]
    task = StreamTask(kernel="triad", way=memory.kernels()[3].ways[0], footprint_bytes=3 * 2**20, seed=1)
    (timing,) = memory.stream(task).burst(1)
    assert 2**20 * (2**28 // (3 * 2**20)) / timing.duration_s == pytest.approx(2e9)
    built.most_threads = 0
    with pytest.raises(NotApplicable, match="too many resources"):
        memory.stream(task)


@pytest.mark.parametrize(("recipe", "largest"), [("mxfp8", 0.04), ("mxfp4", 0.15), ("nvfp4", 0.12)])
def test_blocks_with_a_scale_read_back_as_they_are_stored(recipe, largest):
    """Rounding to e4m3 costs about 3 %, to e2m1 about 10 % (Frobenius); what is stored reads back without any loss."""
    torch = pytest.importorskip("torch")
    from harness.bench.gpu.microscaled import unpacked
    from harness.bench.gpu.operands import micro_scaled

    matrix = torch.randn(64, 128, generator=torch.Generator().manual_seed(1))
    operand = micro_scaled(torch, recipe, matrix)
    exact = operand.exact(torch, slice(0, 64))
    assert 0.01 < float((exact - matrix).norm() / matrix.norm()) < largest
    again = micro_scaled(torch, recipe, exact.to(torch.float32)).exact(torch, slice(0, 64))
    assert float((again - exact).norm() / exact.norm()) < 0.03
    if recipe != "mxfp8":
        assert operand.stored.shape == (64, 64)
        magnitudes = {0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0}
        assert set(unpacked(torch, operand.stored).abs().flatten().tolist()) <= magnitudes


# ---- loops over registers ------------------------------------------------------------------------------------------


class Kernels:
    """The compiled kernels: a loop adds the squares of what must be, and of what is wrong, as its check does."""

    def __init__(self, torch: FakeTorch, capability: tuple[int, int], share: float = 1.0) -> None:
        self.torch, self.capability, self.share = torch, capability, share
        self.calls: list[tuple] = []

    def call(self, name: str, *arguments: int) -> None:
        self.calls.append((name, *arguments))
        self.torch.now_s += 1e-3
        found = self.torch.found
        found.array += np.array([(1 - self.share) ** 2, 1.0])


def loops(share: float = 1.0, capability: tuple[int, int] = (9, 0)) -> CudaLoops:
    class Torch(FakeTorch):
        def zeros(self, shape, dtype=None, device=None):
            self.found = super().zeros(shape, dtype)
            return self.found

    torch = Torch()
    return CudaLoops(torch, torch.cuda_device, Kernels(torch, capability, share), units=132)  # type: ignore[arg-type]


def test_operations_of_a_loop_are_those_of_its_instructions():
    """mma.m16n8k16: 2 · 16 · 8 · 16 operations; 8 accumulators, two steps a pair, 8 warps a block."""
    source = loops()
    (way,) = source.ways("bf16")
    shape = source.shapes("bf16", way)[0]
    blocks, pairs = 132, 1024
    assert shape.operations == blocks * 8 * pairs * 2 * 8 * (2 * 16 * 8 * 16)
    made_of = source.product(ProductTask(number_format="bf16", way=way, shape=shape, pattern="random", seed=2**70 + 5),
                             lambda: None)  # fmt: skip
    name, kind, launched, threads, steps, seed, _ = source.kernels.calls[0]
    assert (name, launched, threads, steps, seed) == ("bench_loop", blocks, 256, pairs, 5)
    assert kind == LOOPS["bf16"][0].kind
    made_of.burst(3)
    check = made_of.check(0)
    assert (check.relative_error, check.wrong, check.results) == (0, False, 3)


@pytest.mark.parametrize(("capability", "partial"), [((8, 9), False), ((9, 0), True), ((12, 0), False)])
def test_a_loop_of_one_warp_is_no_measure_of_units_that_are_fed_by_groups(capability, partial):
    """mma.sync does not fill the units of compute capability 9.0: its rate is kept, and says nothing against them."""
    source = loops(capability=capability)
    assert [way.partial for way in source.ways("bf16")] == [partial]
    assert [way.partial for way in source.ways("fp32")] == [False]


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


def test_an_fma_loop_counts_two_operations_a_step():
    source = loops()
    (way,) = source.ways("fp32")
    shape = source.shapes("fp32", way)[0]
    assert shape.operations == 132 * 256 * 8 * 2 * 1024 * 2


@pytest.mark.parametrize(("share", "wrong"), [(1.0, False), (0.999, True), (0.7, True), (0.0, True), (nan, True)])
def test_a_loop_that_was_cut_short_is_wrong(share, wrong):
    """The sums are whole numbers that every format holds: there is no rounding to excuse it."""
    source = loops(share, capability=(12, 0))
    (way,) = source.ways("fp8_e4m3")
    task = ProductTask(
        number_format="fp8_e4m3", way=way, shape=source.shapes("fp8_e4m3", way)[0], pattern="random", seed=1
    )
    found = source.product(task, lambda: None)
    found.burst(2)
    assert found.check(0).wrong is wrong
    assert found.check(0).relative_error == pytest.approx(1e6 if isnan(share) else 1 - share)


def test_a_loop_has_shapes_and_data_of_its_own():
    source = loops()
    (way,) = source.ways("bf16")
    shape = source.shapes("bf16", way)[0]
    for other in (Shape(shape.m + 16, shape.n, shape.k), Shape(shape.m, 80, shape.k), Shape(shape.m, shape.n, 2**30)):
        with pytest.raises(NotApplicable):
            source.product(
                ProductTask(number_format="bf16", way=way, shape=other, pattern="random", seed=1), lambda: None
            )
    with pytest.raises(NotApplicable):
        source.product(ProductTask(number_format="bf16", way=way, shape=shape, pattern="zeros", seed=1), lambda: None)


@pytest.mark.parametrize(
    ("capability", "names"),
    [((8, 6), 0), ((8, 9), 1), ((9, 0), 0), ((10, 0), 0), ((10, 3), 0), ((11, 0), 0), ((12, 0), 1), ((12, 1), 1)],
)
def test_a_device_without_the_instruction_has_no_loop(capability, names):
    """From 9.0 to 11.x the compiler makes fp16 products of fp8 ones, and each of them only once for all steps."""
    assert len(loops(capability=capability).ways("fp8_e4m3")) == names


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


@pytest.mark.slow
@pytest.mark.parametrize("arch", ["sm_75", "sm_80", "sm_89", "sm_90", "sm_100", "sm_120"])
def test_the_kernels_build(tmp_path: Path, arch: str):
    from harness.bench.gpu import cuda_source

    compiler = cuda_source._compiler()
    if compiler is None:
        pytest.skip("no nvcc here")
    source = Path(cuda_source.__file__).with_name("kernels.cu")
    command = [compiler, "-O3", f"-arch={arch}", "-shared", "-Xcompiler", "-fPIC", "-Xptxas", "-v"]
    done = subprocess.run(
        [*command, "-o", str(tmp_path / "k.so"), str(source)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    # A loop over registers whose registers lie in memory would measure memory.
    for place in ("stack frame", "spill stores", "spill loads"):
        assert set(re.findall(rf"(\d+) bytes {place}", done.stderr)) == {"0"}, place


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arch", "fp8"), [("sm_89", {"QMMA.16832"}), ("sm_90", set()), ("sm_100", set()), ("sm_120", {"QMMA.16832"})]
)
def test_the_machine_code_of_a_loop_is_its_instruction_and_no_other_in_its_place(tmp_path: Path, arch: str, fp8):
    """tensor_loop of tf32, bf16, fp16, int8, e4m3 and e5m2, by the number of each in kernels.cu."""
    from harness.bench.gpu import cuda_source

    compiler = cuda_source._compiler()
    if compiler is None or shutil.which("cuobjdump") is None or shutil.which("nvdisasm") is None:
        pytest.skip("no nvcc, cuobjdump and nvdisasm here")
    source = Path(cuda_source.__file__).with_name("kernels.cu")
    made = tmp_path / "k.cubin"
    subprocess.run([compiler, "-O3", f"-arch={arch}", "-cubin", "-o", str(made), str(source)], check=True)
    code = subprocess.run(["cuobjdump", "-sass", str(made)], capture_output=True, text=True, check=True).stdout
    found = {
        int(one[1]): {f"{name}MMA.{shape}" for name, shape in re.findall(r"\b([A-Z])MMA\.(\d+)", one[2])}
        for one in re.finditer(r"Function : _Z11tensor_loopILi(\d)(.*?)(?=Function :|\Z)", code, re.DOTALL)
    }
    half, whole = {"HMMA.16816"}, {"IMMA.16832"}
    assert found == {3: {"HMMA.1688"}, 4: half, 5: half, 6: whole, 7: fp8, 8: fp8}


# ---- found ---------------------------------------------------------------------------------------------------------


def found_with(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, torch: object | None, version: str | None):
    spec = None
    if version is not None:
        (tmp_path / "version.py").write_text(version, encoding="utf-8")
        spec = types.SimpleNamespace(origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    monkeypatch.setitem(sys.modules, "torch", torch)
    return accelerators.found(tmp_path)


BUILT_FOR_CUDA = "cuda: Optional[str] = '13.0'\nhip: Optional[str] = None\n"


def test_without_pytorch_it_says_so(monkeypatch, tmp_path):
    found = found_with(monkeypatch, tmp_path, None, None)
    assert not found.devices
    assert "PyTorch is not installed" in found.why_not[0]


def test_a_build_for_the_processor_is_told_without_importing_it(monkeypatch, tmp_path):
    """The module is one that cannot be imported: it is not tried."""
    found = found_with(
        monkeypatch, tmp_path, None, "cuda: Optional[str] = None\nhip: Optional[str] = None\nxpu = None\n"
    )
    assert "a build for the processor alone" in found.why_not[0]


def test_a_driver_that_is_too_old_is_said_in_its_words(monkeypatch, tmp_path):
    def init() -> None:
        raise RuntimeError("The NVIDIA driver on your system is too old (found version 11040).\nPlease update")

    torch = types.SimpleNamespace(cuda=types.SimpleNamespace(is_available=lambda: False, init=init))
    found = found_with(monkeypatch, tmp_path, torch, BUILT_FOR_CUDA)
    assert found.why_not[-1] == (
        "PyTorch does not reach a device: The NVIDIA driver on your system is too old (found version 11040)."
    )


def test_a_device_file_without_permission_is_named(monkeypatch, tmp_path):
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev/nvidia0").touch()
    monkeypatch.setattr(accelerators.os, "access", lambda place, mode: False)
    found = found_with(monkeypatch, tmp_path, None, None)
    assert found.why_not[-1] == f"no permission to use {tmp_path}/dev/nvidia0"


def test_mig_without_an_instance_and_hidden_devices_are_said(monkeypatch, tmp_path):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    torch = types.SimpleNamespace(cuda=types.SimpleNamespace(is_available=lambda: False, init=lambda: None))
    found = found_with(monkeypatch, tmp_path, torch, BUILT_FOR_CUDA)
    assert any("CUDA_VISIBLE_DEVICES" in why for why in found.why_not)
    assert any("MIG" in why for why in found.why_not)


def test_a_device_is_listed_by_its_number_and_opened_only_when_asked(monkeypatch, tmp_path):
    torch = FakeTorch()
    (one,) = found_with(monkeypatch, tmp_path, torch, BUILT_FOR_CUDA).devices
    assert (one.word, one.name, torch.products) == ("0", "Fake Accelerator", 0)


def test_a_device_that_cannot_be_opened_says_why_and_is_no_crash(monkeypatch, tmp_path, small_chunks):
    torch = FakeTorch()
    (one,) = found_with(monkeypatch, tmp_path, torch, BUILT_FOR_CUDA).devices

    def gone(n: int) -> None:
        raise AcceleratorError("CUDA error: no kernel image is available for execution on the device")

    torch.cuda.get_device_properties = gone
    with pytest.raises(WrongUsage, match=r"--devices 0: it cannot be opened: .*no kernel image"):
        one.opened()


# ---- a whole run ---------------------------------------------------------------------------------------------------


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, small_chunks: None):
    """A device from the source itself, without telemetry and without a compiler, with shapes that numpy can do."""
    from harness.bench.gpu import cuda_source, source

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

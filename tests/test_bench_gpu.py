"""Accelerators through PyTorch: proof of the format, memory that is not there, devices that die, clocks that lie.

A stand-in for PyTorch (torch_fake) works in numpy and makes up time, so that every branch runs without a device.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from torch_fake import AcceleratorError, FakeTorch, OutOfMemoryError, Tensor

from harness.bench.device import DeviceLost, NotApplicable, ProductTask, Shape, Way
from harness.bench.gpu import arithmetic, beside_one
from harness.bench.gpu.answers import told
from harness.bench.gpu.arithmetic import TorchArithmetic
from harness.bench.gpu.clocks import SpinCounter
from harness.bench.gpu.products import clock_between
from harness.bench.gpu.recipes import fp8_recipes, plain_recipes
from harness.bench.gpu.shapes import shapes_for
from harness.bench.proofs import format_shown
from harness.model.measurement import NumberFormat

SMALL = Shape(128, 256, 512)


@pytest.fixture(autouse=True)
def small_probes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a way works is tried on a product that numpy does at once."""
    monkeypatch.setattr(arithmetic, "_SMALL", Shape(32, 32, 64))


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


def test_products_are_timed_on_the_device_that_works_and_not_on_the_one_that_pytorch_is_set_to():
    """Events are recorded on the device that PyTorch is set to: here the first one, while the second one works."""
    torch = FakeTorch(rate=1e12)
    torch.device("cuda", 1)
    made = product(torch, "fp64")
    assert made.burst(1)[0].duration_s > 0
    torch.set_to = 0
    assert made.steady(3).duration_s > 0


def test_without_rest_there_is_nothing_between_two_products():
    """50 products at 1e12 operations a second, each with its results written, and no flush and no sum in the time."""
    torch = FakeTorch(rate=1e12)
    found = product(torch, "fp32")
    timing = found.steady(50)
    assert timing.duration_s == pytest.approx(50 * (SMALL.operations + 4 * SMALL.m * SMALL.n) / 1e12)
    assert timing.clock_mhz == 1500
    check = found.check(1)
    assert (check.wrong, check.results) == (False, 1)


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

"""Loops over registers: what they count, what they prove, and the machine code that is made of them."""

import re
import shutil
import subprocess
from math import isnan, nan
from pathlib import Path

import numpy as np
import pytest
from torch_fake import FakeTorch

from harness.bench.device import NotApplicable, ProductTask, Shape
from harness.bench.gpu.register_loop import LOOPS, CudaLoops


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


def test_loops_are_timed_on_the_device_that_works_and_not_on_the_one_that_pytorch_is_set_to():
    """Events are recorded on the device that PyTorch is set to: here the first one, while the second one works."""
    source = loops()
    source.torch.device("cuda", 1)
    (way,) = source.ways("bf16")
    task = ProductTask(number_format="bf16", way=way, shape=source.shapes("bf16", way)[0], pattern="random", seed=1)
    made = source.product(task, lambda: None)
    assert made.burst(1)[0].duration_s > 0
    assert made.steady(3).duration_s > 0


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

"""Which ways are offered, and what is made of one that fails: wrong results, refusals, switches, the chosen device."""

import subprocess
import types
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from torch_fake import FakeTorch, Tensor

from harness.bench.device import Check, DeviceLost, NotApplicable, ProductTask, Shape, Way
from harness.bench.gpu import arithmetic
from harness.bench.gpu.answers import told
from harness.bench.gpu.arithmetic import TorchArithmetic
from harness.bench.gpu.recipes import Recipe, as_set, fp8_recipes, output_type, plain_recipes

SMALL = Shape(128, 256, 512)
LIBRARY = Way(name="library", path="library", description="-")
SPARSE = replace(LIBRARY, name="sparse", sparsity="2:4")
OWN = Way(name="own", path="other-kernel", description="-", partial=True)


@pytest.fixture(autouse=True)
def small_probes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arithmetic, "_SMALL", Shape(32, 32, 64))


def recipe(name: str = "bf16", **changed: Any) -> Recipe:
    plain = next(one for one in plain_recipes(rocm=False) if one.number_format == name)
    return replace(plain, **changed)


def source(torch: FakeTorch, *recipes: Recipe, **more: Any) -> TorchArithmetic:
    return TorchArithmetic(
        torch, torch.cuda_device, units=4, recipes=recipes, flush_bytes=2**12, clock=lambda: None, **more
    )


def task(way: Way, number_format: Any = "bf16", shape: Shape = SMALL, pattern: Any = "random") -> ProductTask:
    return ProductTask(number_format=number_format, way=way, shape=shape, pattern=pattern, seed=3)


def other_product(torch: Any, a: Any, b: Any, c: Any) -> Any:
    """Half of the depth is left out."""
    half = a.stored.shape[1] // 2
    return torch.mm(a.stored[:, :half], b.stored[:, :half].t(), out=c)


# ---- a way whose small product is wrong ------------------------------------------------------------------------------


@pytest.mark.parametrize(("capability", "tried"), [((9, 0), False), ((10, 0), True), ((12, 0), True), (None, True)])
def test_products_of_blocks_are_not_even_tried_where_a_device_has_none(capability, tried):
    """A kernel for a newer device may stop an older one for good: nothing after it would be measured."""

    def called(*arguments: Any) -> Any:
        raise RuntimeError("it was called")

    found = [replace(one, a=called) for one in fp8_recipes(fnuz=False, capability=capability) if one.makes_c]
    assert [one.way.name for one in found] == ["mxfp8", "nvfp4", "mxfp4"]
    (support,) = [one for one in source(FakeTorch(), *found).formats() if one.number_format == "fp4"]
    need = "it was called" if tried else "nvfp4: compute capability 9.0 has none; it begins with 10.0"
    assert need in (support.why_not or "")


def test_a_wrong_product_of_the_maker_s_library_is_evidence_and_stays():
    ways = source(FakeTorch(), recipe(way=LIBRARY, call=other_product)).formats()
    assert [way.name for one in ways for way in one.ways] == ["library"]


def test_a_sparse_way_that_does_not_come_out_is_left_out_and_said():
    """It may be wrong for how it is called, as int8 without a wider result is: no word against the device."""
    made = source(FakeTorch(), recipe(way=LIBRARY), recipe(way=SPARSE, call=other_product))
    (support,) = [one for one in made.formats() if one.ways]
    assert [way.name for way in support.ways] == ["library"]
    assert "bf16 by sparse: not applicable: a small product does not come out: relative error 7" in " ".join(
        made.refused()
    )


def test_a_sparse_way_that_comes_out_is_offered():
    (support,) = [one for one in source(FakeTorch(), recipe(way=LIBRARY), recipe(way=SPARSE)).formats() if one.ways]
    assert [way.name for way in support.ways] == ["library", "sparse"]


def test_a_kernel_of_our_own_is_tried_when_it_is_first_used_and_not_before():
    torch = FakeTorch()
    made = source(torch, recipe(way=OWN, call=other_product, tried=False))
    assert [way.name for one in made.formats() for way in one.ways] == ["own"]
    assert torch.products == 0
    for _ in range(2):
        with pytest.raises(NotApplicable, match="a small product does not come out"):
            made.product(task(OWN))
    # Two to be warm, one that is checked; the second time it is known.
    assert torch.products == 3


def test_a_kernel_of_our_own_that_comes_out_is_used():
    found = source(FakeTorch(), recipe(way=OWN, tried=False)).product(task(OWN))
    found.burst(1)
    assert not found.check(1).wrong


class Loops:
    """Loops over registers, one of which gives something else."""

    def ways(self, name: str) -> tuple[Way, ...]:
        both = (Way(name=one, path="register-loop", description="-") for one in ("good", "bad"))
        return tuple(both) if name == "bf16" else ()

    def shapes(self, name: str, way: Way) -> tuple[Shape, ...]:
        return (SMALL,)

    def product(self, task: ProductTask, clock: Any) -> Any:
        check = Check(relative_error=1.0, output_format="fp32", wrong=task.way.name == "bad")
        return types.SimpleNamespace(burst=lambda count: (), check=lambda seed: check, close=lambda: None)


def test_a_loop_over_registers_that_does_not_come_out_is_left_out_and_said():
    made = source(FakeTorch(), loops=Loops())
    assert [way.name for one in made.formats() for way in one.ways] == ["good"]
    assert [said for said in made.refused() if said.startswith("bf16 by bad: ")]


# ---- operands, results -----------------------------------------------------------------------------------------------


def test_sparse_products_of_int8_ask_for_whole_numbers_of_32_bits():
    """Without a type of its own the result is int8, and holds the lowest bits of the product only."""
    (sparse,) = [one for one in plain_recipes(rocm=False) if one.number_format == "int8" and one.makes_c]
    asked = []
    torch = types.SimpleNamespace(
        int8="int8", int32="int32", _cslt_sparse_mm=lambda *_, out_dtype: asked.append(out_dtype)
    )
    for kind in ("int8", "bfloat16"):
        stored = types.SimpleNamespace(dtype=kind, t=lambda: None)
        sparse.call(torch, types.SimpleNamespace(scale=None), types.SimpleNamespace(stored=stored), None)
    assert asked == ["int32", None]


def test_a_pytorch_without_the_newer_call_multiplies_blocks_by_the_older_one():
    (mxfp8, *_) = [one for one in fp8_recipes(fnuz=False) if one.makes_c]
    asked: list[Any] = []
    torch = types.SimpleNamespace(
        nn=types.SimpleNamespace(functional=types.SimpleNamespace()),
        bfloat16="bfloat16",
        _scaled_mm=lambda a, b, **more: asked.append((a, b, more)),
    )
    a = types.SimpleNamespace(stored="a", scale="scale of a")
    b = types.SimpleNamespace(stored=types.SimpleNamespace(t=lambda: "b"), scale="scale of b")
    mxfp8.call(torch, a, b, None)
    assert asked == [("a", "b", {"scale_a": "scale of a", "scale_b": "scale of b", "out_dtype": "bfloat16"})]


@pytest.mark.parametrize(("depth", "sums"), [(2**15, 2**15), (2**16, 2**15), (81920, 40960)])
def test_sums_of_ones_stay_numbers_of_fp16(depth, sums):
    """65504 is the largest of them; 65536 ones would add up to infinity, which passes for a wrong result."""
    found = source(FakeTorch(), recipe("fp16", way=LIBRARY)).product(
        task(LIBRARY, "fp16", Shape(16, 16, depth), "low-toggle")
    )
    found.burst(1)
    assert not found.check(1).wrong
    assert (found.c.array == sums).all()


def test_a_result_that_a_call_makes_itself_does_not_lie_where_the_last_one_lay():
    """What it is written over must be given back before, or two results take turns in two places."""
    seen: list[Any] = []

    def making(torch: FakeTorch, a: Any, b: Any, c: Any) -> Tensor:
        seen.append(c)
        return torch.mm(a.stored, b.stored.t(), out=torch.zeros((SMALL.m, SMALL.n), dtype=torch.bfloat16))

    found = source(FakeTorch(), recipe(way=LIBRARY, call=making, makes_c=True)).product(task(LIBRARY))
    found.burst(2)
    assert seen == [None] * 4
    assert not found.check(1).wrong


# ---- switches, the device, memory ------------------------------------------------------------------------------------


def test_a_switch_that_cannot_be_read_is_read_by_its_newer_name_and_put_back():
    """Where somebody has set the newer switch of PyTorch 2.9, reading the older one is an error; setting it is not."""

    class Mixed:
        fp32_precision = "tf32"
        was: list[bool] = []  # noqa: RUF012 - one object.

        @property
        def allow_tf32(self) -> bool:
            raise RuntimeError("you have used mix of the legacy and new APIs")

        @allow_tf32.setter
        def allow_tf32(self, value: bool) -> None:
            self.was.append(value)

    torch = FakeTorch()
    torch.backends.cuda.matmul = mixed = Mixed()
    with as_set(torch, recipe("fp32")):
        assert mixed.was == [False]
    assert mixed.was == [False, True]


def test_what_is_kept_between_products_is_given_back_for_the_memory_test():
    torch = FakeTorch()
    cleared: list[int] = []
    torch._C = types.SimpleNamespace(_cuda_clearCublasWorkspaces=lambda: cleared.append(1))
    made = source(torch, recipe(way=LIBRARY))
    made.formats()
    assert made.flush is not None
    made.release()
    assert made.flush is None
    assert cleared == [1]
    # It is taken again when it is needed.
    made.product(task(LIBRARY)).burst(1)


def test_no_memory_to_empty_the_caches_is_not_applicable():
    made = TorchArithmetic(
        FakeTorch(),
        FakeTorch().cuda_device,
        units=4,
        recipes=[recipe(way=LIBRARY)],
        flush_bytes=2**40,
        clock=lambda: None,
    )
    with pytest.raises(NotApplicable, match="no memory"):
        made.product(task(LIBRARY))


# ---- errors ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error",
    [
        subprocess.CalledProcessError(1, ["gcc"]),
        FileNotFoundError("ptxas"),
        ImportError("no module"),
        KeyError("torch.int8"),
        AssertionError("expected SparseSemiStructuredTensor"),
    ],
)
def test_a_library_without_its_compiler_or_its_parts_refuses_and_ends_nothing(error):
    with pytest.raises(NotApplicable, match="the library refuses"), told(FakeTorch(), "a kernel"):
        raise error


@pytest.mark.parametrize(("answers", "raised"), [(True, NotApplicable), (False, DeviceLost)])
def test_an_error_of_a_library_s_call_is_no_lost_device_where_the_device_still_answers(answers, raised):
    """cuSPARSELt says "internal error" of a call that it does not know; the device is well."""
    torch = FakeTorch()

    def synchronize() -> None:
        if not answers:
            raise RuntimeError("CUDA error: an illegal memory access was encountered")

    torch.cuda.synchronize = synchronize
    with pytest.raises(raised), told(torch, "a product"):
        raise RuntimeError("CUDA error: internal error when calling `cusparseLtMatmulPlanInit(&handle, &plan)`")


def test_a_pytorch_that_does_not_know_the_name_of_an_error_is_understood():
    torch = FakeTorch()
    del torch.OutOfMemoryError, torch.AcceleratorError
    with pytest.raises(NotApplicable, match="no memory"), told(torch, "a product"):
        raise RuntimeError("CUDA out of memory. Tried to allocate 2 GiB")
    with pytest.raises(DeviceLost), told(torch, "a product"):
        raise RuntimeError("CUDA error: unspecified launch failure")


def test_the_two_largest_of_each_four_are_kept_and_no_third():
    torch = pytest.importorskip("torch")
    from harness.bench.gpu.operands import largest_two

    fours = torch.randn(64, 32, 4, generator=torch.Generator().manual_seed(2**63 - 1))
    kept = largest_two(torch, fours)
    expected = np.zeros(kept.shape, dtype=bool)
    np.put_along_axis(expected, np.argsort(-np.abs(fours.numpy()), axis=2)[:, :, :2], True, axis=2)
    assert (kept.numpy() == expected).all()
    # Where all are equal, as zeros and ones are, two are kept all the same.
    assert (largest_two(torch, torch.ones(2, 2, 4)).sum(dim=2) == 2).all()


@pytest.mark.parametrize(("rows", "columns"), [(128, 4), (200, 6), (256, 16)])
def test_scales_lie_in_tiles_as_the_library_reads_them(rows, columns):
    """cuBLAS, "1D block scaling factors layout": tiles of 128 x 4, and (r % 32) · 16 + r // 32 · 4 + c within one."""
    torch = pytest.importorskip("torch")
    from harness.bench.gpu.microscaled import swizzled

    table = torch.randint(1, 255, (rows, columns), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))
    flat = swizzled(torch, table.view(torch.float8_e4m3fn)).view(torch.uint8)
    tall, wide = -(-rows // 128), -(-columns // 4)
    assert flat.numel() == tall * wide * 512
    seen = 0
    for r in range(rows):
        for c in range(columns):
            tile, inside = r // 128 * wide + c // 4, r % 128
            value = flat[tile * 512 + inside % 32 * 16 + inside // 32 * 4 + c % 4]
            assert value == table[r, c]
            seen += int(value)
    # What lies beyond the table is zero.
    assert int(flat.to(torch.int64).sum()) == seen


def test_pytorch_s_own_rules_take_every_call_without_a_device():
    """On its device "meta" PyTorch looks at shapes, types and scales, and does no work."""
    torch = pytest.importorskip("torch")
    tried = []
    for one in (*plain_recipes(rocm=False), *fp8_recipes(fnuz=False)):
        # Those have no rules there. That for mxfp4 takes the bytes of two elements for elements; its kernel does not.
        if one.way.name.startswith(("scaled-mm", "sparse")) or one.way.name == "mxfp4":
            continue
        a, b = (made(torch, torch.randn(side, 512, device="meta")) for made, side in ((one.a, 384), (one.b, 256)))
        c = torch.zeros((384, 256), dtype=output_type(torch, one.output), device="meta")
        found = one.call(torch, a, b, c)
        assert (found.shape, found.dtype) == (c.shape, c.dtype), one.way.name
        tried.append(one.way.name)
    assert {"cublas", "cublaslt", "cublas-fp32-out", "int-mm", "mxfp8", "nvfp4"} <= set(tried)

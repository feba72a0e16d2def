"""How each number format is multiplied through PyTorch: what is stored, which call, which setting, which output."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from harness.bench.device import OutputFormat, Way
from harness.bench.gpu.operands import Operand, micro_scaled, sparse_half, stored_as
from harness.model.measurement import NumberFormat

# The first compute capability that multiplies blocks with a scale each. On an older one a library's kernel may stop the
# device itself, and with it the whole run.
_BLOCK_SCALES = (10, 0)

# torch, A, B transposed (its rows are the columns of B), C -> C; some calls make a C of their own.
Call = Callable[[Any, Operand, Operand, Any], Any]
Stored = Callable[[Any, Any], Operand]


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """One format on one way."""

    number_format: NumberFormat
    way: Way
    a: Stored
    b: Stored
    output: OutputFormat
    call: Call
    tf32: bool = False
    library: str | None = None
    # Whether it is tried on a small product before it is offered; where that means to compile, only before it is used.
    tried: bool = True
    # Whether the call makes a C of its own: the one before is given back first, and with it what it was overwritten by.
    makes_c: bool = False
    # Why it is not even tried on this device.
    unfit: str | None = None


@contextlib.contextmanager
def as_set(torch: Any, recipe: Recipe) -> Iterator[None]:
    """Set PyTorch's own switches as the recipe needs them, and put them back: one left on would make tf32 of fp32."""
    matmul, choose = torch.backends.cuda.matmul, torch.backends.cuda.preferred_blas_library
    before, chosen = _allows_tf32(matmul), choose()
    try:
        matmul.allow_tf32 = recipe.tf32
        if recipe.library is not None:
            choose(recipe.library)
        yield
    finally:
        matmul.allow_tf32 = before
        if recipe.library is not None:
            choose(chosen)


def _allows_tf32(matmul: Any) -> bool:
    """Return whether products of fp32 may be made in tf32.

    The older switch sets the newer one as well, and so is the one to set; but where somebody has set the newer one, the
    older cannot be read.
    """
    try:
        return bool(matmul.allow_tf32)
    except RuntimeError:
        return bool(matmul.fp32_precision == "tf32")


def output_type(torch: Any, output: OutputFormat) -> Any:
    """Return PyTorch's type for the results."""
    names = {"fp64": "float64", "fp32": "float32", "bf16": "bfloat16", "fp16": "float16", "int32": "int32"}
    return getattr(torch, names[output])


def plain_recipes(*, rocm: bool) -> Iterator[Recipe]:
    """fp64 to int8: the same call through each library that PyTorch can be told to prefer."""
    names = {"fp64": "float64", "fp32": "float32", "tf32": "float32", "bf16": "bfloat16", "fp16": "float16"}
    first, second = ("hipblas", "hipblaslt") if rocm else ("cublas", "cublaslt")
    outputs: dict[str, OutputFormat] = {"fp64": "fp64", "fp32": "fp32", "tf32": "fp32", "bf16": "bf16", "fp16": "fp16"}
    formats: tuple[NumberFormat, ...] = ("fp64", "fp32", "tf32", "bf16", "fp16")
    for name in formats:
        stored = _plain(names[name])
        for library, preferred in ((first, "cublas"), (second, "cublaslt")):
            yield Recipe(
                number_format=name,
                way=_way(library, f"torch.mm, {library} preferred, {outputs[name]} results"),
                a=stored,
                b=stored,
                output=outputs[name],
                call=_mm,
                tf32=name == "tf32",
                library=preferred,
            )
        if name in ("bf16", "fp16"):
            yield Recipe(
                number_format=name,
                way=_way(f"{first}-fp32-out", "torch.mm with fp32 results: only the sums are rounded"),
                a=stored,
                b=stored,
                output="fp32",
                call=_mm_wide,
            )
            yield _sparse(name, names[name], outputs[name])
    int8 = _plain("int8")
    yield Recipe(
        number_format="int8",
        way=_way("int-mm", "torch._int_mm, int32 results; operations, not floating-point ones"),
        a=int8,
        b=int8,
        output="int32",
        call=_int_mm,
    )
    yield _sparse("int8", "int8", "int32")


def fp8_recipes(*, fnuz: bool, capability: tuple[int, int] | None = None) -> Iterator[Recipe]:
    """fp8 with one scale per tensor, sums in full and fast ones apart; e5m2 only ever meets e4m3.

    Args:
        fnuz: Whether the device's fp8 is the one with a zero of its own.
        capability: Compute capability, where it is a CUDA device.
    """
    e4m3, e5m2 = ("float8_e4m3fnuz", "float8_e5m2fnuz") if fnuz else ("float8_e4m3fn", "float8_e5m2")
    formats: tuple[tuple[NumberFormat, str], ...] = (("fp8_e4m3", e4m3), ("fp8_e5m2", e5m2))
    for name, kind in formats:
        for fast in (True, False):
            sums = "fast accumulation" if fast else "full accumulation"
            mixed = "" if kind == e4m3 else f" times {e4m3}, for no library multiplies two of them"
            yield Recipe(
                number_format=name,
                way=_way(
                    "scaled-mm-fast" if fast else "scaled-mm-full",
                    f"torch._scaled_mm, {kind}{mixed}, one scale per tensor, {sums}, bf16 results",
                ),
                a=_plain(kind),
                b=_plain(e4m3),
                output="bf16",
                call=_scaled_mm(fast=fast),
            )
    recipes: tuple[tuple[NumberFormat, str], ...] = (("fp8_e4m3", "mxfp8"), ("fp4", "nvfp4"), ("fp4", "mxfp4"))
    for name, recipe in recipes:
        stored, unfit = _micro(recipe), None
        if capability is not None and capability < _BLOCK_SCALES:
            unfit = f"{recipe}: compute capability {capability[0]}.{capability[1]} has none; it begins with 10.0"
        yield Recipe(
            number_format=name,
            way=_way(recipe, f"PyTorch's scaled_mm, {recipe}: a scale per block, bf16 results"),
            a=stored,
            b=stored,
            output="bf16",
            call=_block_scaled_mm(recipe),
            makes_c=True,
            unfit=unfit,
        )


def _way(name: str, description: str) -> Way:
    return Way(name=name, path="library", description=description)


def _sparse(name: NumberFormat, kind: str, output: OutputFormat) -> Recipe:
    return Recipe(
        number_format=name,
        way=Way(
            name="sparse-2-4",
            path="library",
            description=f"torch._cslt_sparse_mm (cuSPARSELt): two of four of A are zero, {output} results; operations "
            "as if dense",
            sparsity="2:4",
        ),
        a=lambda torch, matrix: sparse_half(torch, getattr(torch, kind), matrix),
        b=_plain(kind),
        output=output,
        call=_sparse_mm,
        makes_c=True,
    )


def _plain(kind: str) -> Stored:
    return lambda torch, matrix: stored_as(torch, getattr(torch, kind), matrix)


def _micro(recipe: str) -> Stored:
    return lambda torch, matrix: micro_scaled(torch, recipe, matrix)


def _mm(torch: Any, a: Operand, b: Operand, c: Any) -> Any:
    return torch.mm(a.stored, b.stored.t(), out=c)


def _mm_wide(torch: Any, a: Operand, b: Operand, c: Any) -> Any:
    return torch.ops.aten.mm.dtype_out(a.stored, b.stored.t(), torch.float32, out=c)


def _int_mm(torch: Any, a: Operand, b: Operand, c: Any) -> Any:
    return torch._int_mm(a.stored, b.stored.t(), out=c)


def _sparse_mm(torch: Any, a: Operand, b: Operand, c: Any) -> Any:  # noqa: ARG001 - it makes a C of its own.
    # Without a type of its own, a result of int8 is int8, and no product.
    wide = torch.int32 if b.stored.dtype == torch.int8 else None
    return torch._cslt_sparse_mm(a.scale, b.stored.t(), out_dtype=wide)


def _scaled_mm(*, fast: bool) -> Call:
    def call(torch: Any, a: Operand, b: Operand, c: Any) -> Any:
        return torch._scaled_mm(
            a.stored,
            b.stored.t(),
            scale_a=a.scale,
            scale_b=b.scale,
            out_dtype=torch.bfloat16,
            use_fast_accum=fast,
            out=c,
        )

    return call


def _block_scaled_mm(recipe: str) -> Call:
    scaling = "BlockWise1x16" if recipe == "nvfp4" else "BlockWise1x32"

    def call(torch: Any, a: Operand, b: Operand, c: Any) -> Any:  # noqa: ARG001 - it makes a C of its own.
        functional = torch.nn.functional
        if not hasattr(functional, "scaled_mm"):
            # An older PyTorch tells the kind of the scales by their type and number.
            return torch._scaled_mm(a.stored, b.stored.t(), scale_a=a.scale, scale_b=b.scale, out_dtype=torch.bfloat16)
        kind, swizzle = getattr(functional.ScalingType, scaling), functional.SwizzleType.SWIZZLE_32_4_4
        return functional.scaled_mm(
            a.stored,
            b.stored.t(),
            a.scale,
            kind,
            b.scale,
            kind,
            swizzle_a=swizzle,
            swizzle_b=swizzle,
            output_dtype=torch.bfloat16,
        )

    return call

"""Products by a kernel of our own in Triton: another path than the maker's library, whose kernels a driver may know."""

from collections.abc import Iterator
from typing import Any

import triton
import triton.language as tl

from harness.bench.device import OutputFormat, Way
from harness.bench.gpu.operands import Operand, stored_as
from harness.bench.gpu.recipes import Call, Recipe
from harness.model.measurement import NumberFormat

# Rows and columns of a tile, its depth in bytes, warps, stages; the first one that the device has room for is used.
_FORMS = ((128, 256, 128, 8, 3), (128, 128, 128, 8, 3), (64, 64, 64, 4, 2))
# Tiles that share rows run one after another, so that they find them in the cache.
_GROUP = 8


@triton.jit
def _product(
    a_at,
    b_at,
    c_at,
    m,
    n,
    k,
    a_row,
    b_row,
    c_row,
    rows: tl.constexpr,
    columns: tl.constexpr,
    depth: tl.constexpr,
    group: tl.constexpr,
    sums: tl.constexpr,
    precision: tl.constexpr,
):
    """C (m x n) = A (m x k) B, B given by its columns (n x k); each program makes one tile."""
    place = tl.program_id(0)
    tall, wide = tl.cdiv(m, rows), tl.cdiv(n, columns)
    first = place // (group * wide) * group
    height = min(tall - first, group)
    row = first + place % (group * wide) % height
    column = place % (group * wide) // height
    of_row = (row * rows + tl.arange(0, rows)).to(tl.int64)
    of_column = (column * columns + tl.arange(0, columns)).to(tl.int64)
    of_depth = tl.arange(0, depth)
    # Beyond the edge it reads what lies at the start again, and does not write it.
    a_from = a_at + (of_row % m)[:, None] * a_row + of_depth[None, :]
    b_from = b_at + (of_column % n)[:, None] * b_row + of_depth[None, :]
    total = tl.zeros((rows, columns), dtype=sums)
    for begin in range(0, k, depth):
        inside = of_depth[None, :] < k - begin
        a = tl.load(a_from, mask=inside, other=0.0)
        b = tl.load(b_from, mask=inside, other=0.0)
        total = tl.dot(a, tl.trans(b), total, input_precision=precision, out_dtype=sums)
        a_from += depth
        b_from += depth
    c_to = c_at + of_row[:, None] * c_row + of_column[None, :]
    tl.store(c_to, total.to(c_at.dtype.element_ty), mask=(of_row[:, None] < m) & (of_column[None, :] < n))


def triton_recipes() -> Iterator[Recipe]:
    """Return the formats that the kernel multiplies in."""
    table: tuple[tuple[NumberFormat, str, OutputFormat], ...] = (
        ("tf32", "float32", "fp32"),
        ("bf16", "bfloat16", "bf16"),
        ("fp16", "float16", "fp16"),
        ("int8", "int8", "int32"),
        ("fp8_e4m3", "float8_e4m3fn", "bf16"),
        ("fp8_e5m2", "float8_e5m2", "bf16"),
    )
    for name, kind, output in table:
        yield Recipe(
            number_format=name,
            way=Way(
                name="triton",
                path="other-kernel",
                description=f"a kernel of the bench's own in Triton {triton.__version__}, {kind}, {output} results",
                partial=True,
            ),
            a=_stored(kind),
            b=_stored(kind),
            output=output,
            call=_call(),
            tried=False,
        )


def _stored(kind: str) -> Any:
    return lambda torch, matrix: stored_as(torch, getattr(torch, kind), matrix)


def _call() -> Call:
    """Return a call that stays with the first form for which the device has room."""
    left = list(_FORMS)

    def call(torch: Any, a: Operand, b: Operand, c: Any) -> Any:
        while True:
            try:
                return launched(torch, a.stored, b.stored, c, left[0])
            except triton.TritonError as error:
                if len(left) == 1:
                    raise RuntimeError(f"Triton: {error}") from None
                left.pop(0)

    return call


def launched(torch: Any, a: Any, b: Any, c: Any, form: tuple[int, int, int, int, int]) -> Any:
    """Run the kernel in one form; return C."""
    rows, columns, bytes_deep, warps, stages = form
    (m, k), n = a.shape, b.shape[0]
    grid = (triton.cdiv(m, rows) * triton.cdiv(n, columns),)
    _product[grid](
        a,
        b,
        c,
        m,
        n,
        k,
        a.stride(0),
        b.stride(0),
        c.stride(0),
        rows,
        columns,
        bytes_deep // a.element_size(),
        _GROUP,
        tl.int32 if c.dtype == torch.int32 else tl.float32,
        "tf32",
        num_warps=warps,
        num_stages=stages,
    )
    return c

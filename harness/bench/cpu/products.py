"""Matrix products by numpy's BLAS, each result checked; on all threads, and on one where threads can be told."""

import contextlib
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from harness.bench.device import (
    Check,
    ClockCount,
    FormatSupport,
    NotApplicable,
    OutputFormat,
    ProductTask,
    Shape,
    Timing,
    Way,
)
from harness.bench.proofs import is_no_product
from harness.model.bench_raw import DataPattern
from harness.model.measurement import NumberFormat

_TYPES: dict[str, tuple[type[np.floating[Any]], OutputFormat]] = {
    "fp64": (np.float64, "fp64"),
    "fp32": (np.float32, "fp32"),
}
_NO_UNITS = "numpy has no matrix product for it: a loop of one processor would be timed, not the units"
_SIDES = (512, 1024, 1536, 2048, 3072, 4096, 6144, 8192)
_VECTORS = 2
# Results whose sums are looked at; a processor has no sums of other lengths for more of them.
_FEW = 32
_ONE_THREAD = "blas-one-thread"


class CpuArithmetic:
    """The host's arithmetic through numpy."""

    def __init__(self) -> None:
        self.threads = _thread_control()
        self.blas = blas_name(self.threads)

    def formats(self) -> tuple[FormatSupport, ...]:
        every = Way(name="blas", path="library", description=f"numpy.matmul by {self.blas}, all threads")
        one = Way(name=_ONE_THREAD, path="library", description=f"numpy.matmul by {self.blas}, one thread")
        ways = (every, one) if self.threads is not None else (every,)
        known = [FormatSupport(number_format=name, ways=ways) for name in ("fp64", "fp32")]
        return (
            *known,
            FormatSupport(number_format="tf32", why_not="no such format on this processor through numpy"),
            FormatSupport(number_format="bf16", why_not="numpy has no such format"),
            FormatSupport(number_format="fp16", why_not=_NO_UNITS),
            FormatSupport(
                number_format="int8", why_not=f"{_NO_UNITS}; and its sums wrap around silently", integer=True
            ),
        )

    def shapes(self, number_format: NumberFormat, way: Way) -> tuple[Shape, ...]:  # noqa: ARG002 - the same for all.
        return tuple(Shape(side, side, side) for side in _SIDES)

    def product(self, task: ProductTask) -> "CpuProduct":
        try:
            return CpuProduct(task, self.threads)
        except MemoryError:
            raise NotApplicable(f"no memory for {task.shape}") from None

    def sum_beside_one(self, number_format: NumberFormat, way: Way, k: int) -> float:  # noqa: ARG002 - one library.
        kind = _TYPES[number_format][0]
        operands = []
        for share in (k // 2, k - k // 2):
            matrix = np.full((_FEW, 2**k), 2.0**-share, dtype=kind)
            matrix[:, 0] = 1
            operands.append(matrix)
        return float((operands[0] @ operands[1].T).max())

    def clock_in_kernel(self) -> ClockCount | None:
        """No counter of cycles can be read by a program of the user's."""
        return None


class CpuProduct:
    """One product; synchronous, so that each run is timed and checked by itself."""

    iterations = 1

    def __init__(self, task: ProductTask, threads: Any) -> None:
        kind, self.output = _TYPES[task.number_format]
        random = np.random.default_rng(task.seed)
        self.pattern, self.threads = task.pattern, threads if task.way.name == _ONE_THREAD else None
        self.a = _filled(random, (task.shape.m, task.shape.k), kind, task.pattern)
        self.b = _filled(random, (task.shape.k, task.shape.n), kind, task.pattern)
        # Written, so that no page of it is touched for the first time while the clock runs.
        self.c = np.full((task.shape.m, task.shape.n), np.nan, dtype=kind)
        # The first product starts the threads.
        self.burst(1)

    def burst(self, count: int) -> tuple[Timing, ...]:
        with _one_thread(self.threads):
            return tuple(self._once() for _ in range(count))

    def steady(self, count: int) -> Timing:
        with _one_thread(self.threads):
            self.c.fill(np.nan)
            start = time.perf_counter()
            for _ in range(count):
                np.matmul(self.a, self.b, out=self.c)
            return Timing(duration_s=time.perf_counter() - start)

    def _once(self) -> Timing:
        # A result that is there already would pass for one that was computed now.
        self.c[:: max(1, len(self.c) // 64)] = np.nan
        start = time.perf_counter()
        np.matmul(self.a, self.b, out=self.c)
        return Timing(duration_s=time.perf_counter() - start)

    def check(self, seed: int) -> Check:
        error = freivalds(self.a, self.b, self.c, seed)
        return Check(relative_error=error, output_format=self.output, wrong=is_no_product(error))

    def close(self) -> None:
        del self.a, self.b, self.c


def _filled(
    random: np.random.Generator, shape: tuple[int, int], kind: type[np.floating[Any]], pattern: DataPattern
) -> np.ndarray[Any, Any]:
    if pattern == "zeros":
        return np.full(shape, 0, dtype=kind)
    if pattern == "low-toggle":
        return np.full(shape, 1, dtype=kind)
    return random.standard_normal(shape, dtype=kind)


def freivalds(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any], c: np.ndarray[Any, Any], seed: int) -> float:
    """Return the relative error (Frobenius) of C against A B, by random vectors in double precision.

    Args:
        a, b, c: The matrices exactly as they were given to the product.
        seed: Of the random signs.

    Returns:
        ‖C R − A (B R)‖ / ‖A (B R)‖ for a few vectors R of random signs; where that product is 0, 0 if C is 0 as well
        and 1 if not. What is no number in C gives infinity.

    Source:
        R. Freivalds, "Probabilistic machines can use less running time", IFIP 1977.
    """
    signs = np.random.default_rng(seed).choice((-1.0, 1.0), (b.shape[1], _VECTORS))
    need = _times(a, _times(b, signs))
    got = _times(c, signs)
    if not np.isfinite(got).all():
        return float("inf")
    size = float(np.linalg.norm(need))
    error = float(np.linalg.norm(got - need))
    return error / size if size else float(error > 0)


def _times(matrix: np.ndarray[Any, Any], vectors: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the product in double precision, row block by row block, so that no second copy of a matrix is made."""
    blocks = [matrix[n : n + 256].astype(np.float64) @ vectors for n in range(0, len(matrix), 256)]
    return np.concatenate(blocks)


def _thread_control() -> Any:
    try:
        import threadpoolctl
    except ImportError:
        return None
    return threadpoolctl.ThreadpoolController()


@contextlib.contextmanager
def _one_thread(threads: Any) -> Iterator[None]:
    if threads is None:
        yield
        return
    with threads.limit(limits=1, user_api="blas"):
        yield


def blas_name(threads: Any) -> str:
    """Return name, version and threads of the BLAS behind numpy, as far as they are told."""
    known = [one for one in (threads.info() if threads is not None else []) if one.get("user_api") == "blas"]
    if known:
        first = known[0]
        return (
            f"{first['internal_api']} {first['version']} ({first['num_threads']} threads, {first.get('architecture')})"
        )
    built = np.show_config(mode="dicts")
    blas = built.get("Build Dependencies", {}).get("blas", {}) if isinstance(built, dict) else {}
    return f"{blas.get('name', 'a BLAS')} {blas.get('version', '')}".strip()

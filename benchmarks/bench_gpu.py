"""The bench against other public methods on the same accelerator, side by side in one run.

    python3 benchmarks/bench_gpu.py                  device 0, about three minutes
    python3 benchmarks/bench_gpu.py --device 1 --rounds 3

Rates are of random data, dense, in bursts; each line says against which peak or method its ratio is:
- products: the bench's best shape and way, against plain torch.matmul in a loop over the shapes that a search in the
  manner of mamf-finder tries (synchronised once per shape, 5 warm and 20 timed runs, the mean time of each), with
  cuBLAS and with cuBLASLt preferred, and against the bench's own kernel in Triton;
- memory: the bench's kernels against torch's copy_ and sum, and against bus width x memory clock x 2 as the driver
  shows them;
- repeatability: the bench's figures of two rounds.
It needs an accelerator, and has not been run on one yet.
"""

import argparse
import sys
from collections.abc import Iterator
from typing import Any

from tabulate import tabulate

from harness.bench.accelerators import found
from harness.bench.device import Device, NotApplicable, ProductTask, Shape, StreamKernel, StreamTask, Way

# Figures to reach: of the best other method, of bus times rate, and between two rounds.
NEED_PRODUCT, NEED_READ, NEED_COPY, NEED_AGREEMENT = 0.97, 0.92, 0.88, 0.01
_SEARCHED = tuple(
    Shape(side, side, depth) for side in (4096, 6144, 8192, 10240, 16384) for depth in (4096, 8192, 16384)
)
_WARM, _RUNS = 5, 20
_FOOTPRINT = 8 * 2**30


def bench_product(device: Device, name: Any, way: Way, rounds: int) -> list[float]:
    """Return TFLOP/s of the bench's best shape on a way, one for each round: the fastest sample of each."""
    shapes = device.arithmetic.shapes(name, way)
    best = max(shapes, key=lambda shape: _fastest(device, name, way, shape, 3))
    return [_fastest(device, name, way, best, 60) for _ in range(rounds)]


def _fastest(device: Device, name: Any, way: Way, shape: Shape, count: int) -> float:
    task = ProductTask(number_format=name, way=way, shape=shape, pattern="random", seed=1)
    try:
        product = device.arithmetic.product(task)
    except NotApplicable:
        return 0.0
    try:
        timings = product.burst(count)
        wrong = product.check(1).wrong
    finally:
        product.close()
    return 0.0 if wrong else shape.operations / min(timing.duration_s for timing in timings) / 1e12


def plain_search(torch: Any, device: Any, kind: Any, library: str) -> float:
    """Return the best TFLOP/s of torch.matmul over the searched shapes, by the mean of each."""
    before = torch.backends.cuda.preferred_blas_library()
    torch.backends.cuda.preferred_blas_library(library)
    try:
        return max(_plain(torch, device, kind, shape) for shape in _SEARCHED)
    finally:
        torch.backends.cuda.preferred_blas_library(before)


def _plain(torch: Any, device: Any, kind: Any, shape: Shape) -> float:
    a = torch.randn(shape.m, shape.k, device=device).to(kind)
    b = torch.randn(shape.n, shape.k, device=device).to(kind).t()
    for _ in range(_WARM):
        torch.matmul(a, b)
    start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    start.record()
    for _ in range(_RUNS):
        torch.matmul(a, b)
    end.record()
    torch.cuda.synchronize(device)
    return shape.operations * _RUNS / start.elapsed_time(end) / 1e9


def stream_rate(device: Device, kernel: StreamKernel, way: Way, rounds: int) -> list[float]:
    """Return GB/s of a kernel beyond the caches, the fastest sample of each round."""
    task = StreamTask(kernel=kernel, way=way, footprint_bytes=_FOOTPRINT, seed=1)
    stream = device.memory.stream(task)
    try:
        return [stream.bytes_moved / min(one.duration_s for one in stream.burst(40)) / 1e9 for _ in range(rounds)]
    finally:
        stream.close()


def bus_rate(device: Device) -> float | None:
    """Return bus width x memory clock x 2 in GB/s, as the driver shows them; None where it does not."""
    state = device.shown.state()
    if state.memory_bus_width_bits is None or state.max_memory_clock_mhz is None:
        return None
    return state.memory_bus_width_bits / 8 * float(state.max_memory_clock_mhz) * 2 / 1e3


def product_lines(torch: Any, device: Device, place: Any, rounds: int) -> Iterator[list[object]]:
    """One line for each format and method that it is held against."""
    for name, kind in (("bf16", torch.bfloat16), ("fp16", torch.float16)):
        support = next(one for one in device.arithmetic.formats() if one.number_format == name)
        ours = [
            bench_product(device, name, way, rounds)
            for way in support.ways
            if way.path == "library" and way.sparsity == "dense"
        ]
        best = max(ours, key=max)
        yield _agreement(f"{name}, two rounds", best)
        for library in ("cublas", "cublaslt"):
            other = plain_search(torch, place, kind, library)
            yield _line(f"{name} burst", max(best), f"torch.matmul, {library}, search", other, NEED_PRODUCT)
    for name in ("bf16", "fp8_e4m3"):
        support = next(one for one in device.arithmetic.formats() if one.number_format == name)
        rates = {way.name: max(bench_product(device, name, way, 1)) for way in support.ways if way.sparsity == "dense"}
        for way, other in rates.items():
            yield _line(f"{name}, best way", max(rates.values(), default=0.0), way, other, None)


def memory_lines(device: Device, rounds: int) -> Iterator[list[object]]:
    """One line for each kernel against torch's own, and against the bus."""
    bus = bus_rate(device)
    needs: dict[StreamKernel, float] = {"read": NEED_READ, "copy": NEED_COPY}
    for support in device.memory.kernels():
        rates = [stream_rate(device, support.kernel, way, rounds) for way in support.ways]
        yield _agreement(f"{support.kernel}, two rounds", rates[0])
        if len(rates) > 1:
            yield _line(support.kernel, max(rates[0]), "the bench's own way by torch", max(rates[-1]), None)
        if bus is not None:
            yield _line(support.kernel, max(rates[0]), "bus x clock x 2", bus, needs.get(support.kernel))


def _line(what: str, ours: float, against: str, other: float, need: float | None) -> list[object]:
    ratio = ours / other if other else None
    said = "-" if need is None or ratio is None else ("yes" if ratio >= need else f"no, {need} is needed")
    return [what, f"{ours:,.1f}", against, f"{other:,.1f}", "-" if ratio is None else f"{ratio:.3f}", said]


def _agreement(what: str, rates: list[float]) -> list[object]:
    apart = 1 - min(rates) / max(rates) if max(rates) else 1.0
    said = "yes" if apart <= NEED_AGREEMENT else f"no, {NEED_AGREEMENT:.0%} is needed"
    return [what, f"{max(rates):,.1f}", "the slowest round", f"{min(rates):,.1f}", f"{1 - apart:.3f}", said]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="0")
    parser.add_argument("--rounds", type=int, default=2)
    arguments = parser.parse_args()
    there = found()
    listed = next((one for one in there.devices if one.word == arguments.device), None)
    if listed is None:
        sys.exit(f"no accelerator {arguments.device}: {'; '.join(there.why_not) or 'only others are there'}")
    import torch

    device, place = listed.opened(), torch.device("cuda", int(arguments.device))
    print(f"{device.identity.name}; {device.identity.driver}; {device.identity.compute_library}")
    lines = [*product_lines(torch, device, place, arguments.rounds), *memory_lines(device, arguments.rounds)]
    print(tabulate(lines, headers=["what", "bench", "against", "rate", "ratio", "reached"], disable_numparse=True))
    print("TFLOP/s for products, GB/s for memory; random data, dense; every product of the bench was checked.")


if __name__ == "__main__":
    main()

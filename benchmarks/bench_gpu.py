"""The bench against other public methods on the same accelerator, side by side in one run.

    python3 benchmarks/bench_gpu.py                  device 0, about three minutes
    python3 benchmarks/bench_gpu.py --device 1 --rounds 3

Rates are of random data, dense, in bursts; each line says against which peak or method its ratio is:
- products: the bench's best shape and way, against a plain loop over the shapes that a search in the manner of
  mamf-finder tries (synchronised once per shape, 5 warm and 20 timed runs, the fastest of each): torch.matmul with
  cuBLAS and with cuBLASLt preferred, torch._scaled_mm for fp8; and against the bench's own kernels;
- memory: the bench's kernels against torch's copy_ and sum in a plain loop, and against bus width x memory clock x 2 as
  the driver shows them;
- repeatability: the bench's figures of two rounds.
It needs an accelerator, and has not been run on one yet.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from tabulate import tabulate

from harness.bench.accelerators import found
from harness.bench.device import Device, NotApplicable, ProductTask, Shape, StreamKernel, StreamTask, Way

# Figures to reach: of the best other method, of bus times rate, and between two rounds.
NEED_PRODUCT, NEED_READ, NEED_COPY, NEED_AGREEMENT = 0.97, 0.92, 0.88, 0.01
_SEARCHED = tuple(
    Shape(side, side, depth) for side in (4096, 6144, 8192, 10240, 16384) for depth in (4096, 8192, 16384)
)
# Formats, and the libraries that a plain loop is told to prefer.
_COMPARED: dict[str, tuple[str, ...]] = {
    "bf16": ("cublas", "cublaslt"),
    "fp16": ("cublas", "cublaslt"),
    "fp8_e4m3": ("cublaslt",),
}
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


def plain_search(torch: Any, place: Any, name: str, library: str) -> float:
    """Return the best TFLOP/s of a plain loop over the searched shapes, by the fastest run of each.

    bf16 and fp16 by torch.matmul; fp8 by torch._scaled_mm with fast accumulation, which PyTorch gives to cuBLASLt.
    """
    before = torch.backends.cuda.preferred_blas_library()
    torch.backends.cuda.preferred_blas_library(library)
    try:
        return max(_plain(torch, place, name, shape) for shape in _SEARCHED)
    finally:
        torch.backends.cuda.preferred_blas_library(before)


def _plain(torch: Any, place: Any, name: str, shape: Shape) -> float:
    kind = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp8_e4m3": torch.float8_e4m3fn}[name]
    a = torch.randn((shape.m, shape.k), device=place).to(kind)
    b = torch.randn((shape.n, shape.k), device=place).to(kind).t()
    if name == "fp8_e4m3":
        one = torch.ones((), device=place)

        def product() -> object:
            return torch._scaled_mm(a, b, scale_a=one, scale_b=one, out_dtype=torch.bfloat16, use_fast_accum=True)
    else:

        def product() -> object:
            return torch.matmul(a, b)

    return shape.operations / _fastest_s(torch, place, product) / 1e12


def plain_stream(torch: Any, place: Any, kernel: StreamKernel) -> float:
    """Return GB/s of PyTorch's own sum or copy over as much memory, by the fastest run of a plain loop."""
    source = torch.randn((_FOOTPRINT // 8,), device=place)
    if kernel == "read":
        return source.numel() * 4 / _fastest_s(torch, place, source.sum) / 1e9
    target = torch.empty_like(source)
    return source.numel() * 8 / _fastest_s(torch, place, lambda: target.copy_(source)) / 1e9


def _fastest_s(torch: Any, place: Any, call: Callable[[], object]) -> float:
    """Seconds of the fastest call of many that are queued back to back and synchronised once, as the bench's are."""
    for _ in range(_WARM):
        call()
    pairs = [[torch.cuda.Event(enable_timing=True) for _ in range(2)] for _ in range(_RUNS)]
    for start, end in pairs:
        start.record()
        call()
        end.record()
    torch.cuda.synchronize(place)
    return min(float(start.elapsed_time(end)) for start, end in pairs) / 1e3


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
    for support in device.arithmetic.formats():
        name = support.number_format
        if name not in _COMPARED or not support.ways:
            continue
        dense = [way for way in support.ways if way.sparsity == "dense"]
        libraries = [bench_product(device, name, way, rounds) for way in dense if way.path == "library"]
        if not libraries:
            continue
        best = max(libraries, key=max)
        yield _agreement(f"{name}, {rounds} rounds", best)
        for library in _COMPARED[name]:
            other = plain_search(torch, place, name, library)
            yield _line(f"{name} burst", max(best), f"plain loop, {library}, search", other, NEED_PRODUCT)
        for way in dense:
            if way.path != "library":
                yield _line(f"{name} burst", max(best), way.name, max(bench_product(device, name, way, 1)), None)


def memory_lines(torch: Any, device: Device, place: Any, rounds: int) -> Iterator[list[object]]:
    """One line for each kernel against a plain loop of PyTorch, and against the bus."""
    bus = bus_rate(device)
    needs: dict[StreamKernel, float] = {"read": NEED_READ, "copy": NEED_COPY}
    for support in device.memory.kernels():
        best = max((stream_rate(device, support.kernel, way, rounds) for way in support.ways), key=max)
        yield _agreement(f"{support.kernel}, {rounds} rounds", best)
        if support.kernel in needs:
            yield _line(support.kernel, max(best), "plain loop", plain_stream(torch, place, support.kernel), None)
        if bus is not None:
            yield _line(support.kernel, max(best), "bus x clock x 2", bus, needs.get(support.kernel))


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
    lines = []
    measured = product_lines(torch, device, place, arguments.rounds)
    for line in chain(measured, memory_lines(torch, device, place, arguments.rounds)):
        # What was measured is there also where somebody ends it.
        print("  ".join(map(str, line)), flush=True)
        lines.append(line)
    print(tabulate(lines, headers=["what", "bench", "against", "rate", "ratio", "reached"], disable_numparse=True))
    print("TFLOP/s for products, GB/s for memory; random data, dense; every product of the bench was checked.")


if __name__ == "__main__":
    main()

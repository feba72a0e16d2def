"""The bench against plain code on the same processor, side by side in one run; medians of interleaved rounds.

    python3 benchmarks/bench_cpu.py            a minute
    python3 benchmarks/bench_cpu.py --quick    fewer rounds

Products: the bench's timed product against numpy.matmul called in a plain loop, by the same BLAS.
Triad: the bench's kernel against a STREAM-like program in C, compiled here with OpenMP, which prints its own rate.
"""

import argparse
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
from tabulate import tabulate

from harness.bench.cpu.compiled import compiled
from harness.bench.cpu.memory import CpuMemory
from harness.bench.cpu.products import CpuArithmetic
from harness.bench.device import ProductTask, Shape, StreamTask

WORDS = 2**25
STREAM = f"""
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#define N ((size_t){WORDS})
int main(void) {{
  double *a = malloc(8 * N), *b = malloc(8 * N), *c = malloc(8 * N), best = 1e9;
#pragma omp parallel for
  for (size_t i = 0; i < N; i++) {{ a[i] = 1.0; b[i] = 2.0; c[i] = 0.5; }}
  for (int n = 0; n < 6; n++) {{
    double start = omp_get_wtime();
#pragma omp parallel for
    for (size_t i = 0; i < N; i++) a[i] = b[i] + 3.0 * c[i];
    double took = omp_get_wtime() - start;
    if (n && took < best) best = took;
  }}
  printf("%.6f %f\\n", 24.0 * N / best / 1e9, a[N / 2]);
  return 0;
}}
"""


def product_rates(name: str, side: int, rounds: int) -> tuple[list[float], list[float]]:
    """Return GFLOP/s of the bench's product and of numpy.matmul in a plain loop, round by round."""
    arithmetic = CpuArithmetic()
    way = next(one for one in arithmetic.formats() if one.number_format == name).ways[0]
    shape = Shape(side, side, side)
    task = ProductTask(number_format=name, way=way, shape=shape, pattern="random", seed=1)
    product = arithmetic.product(task)
    kind = product.a.dtype
    a, b, c = (np.random.default_rng(n).standard_normal((side, side)).astype(kind) for n in range(3))
    ours, plain = [], []
    for _ in range(rounds):
        ours.append(shape.operations / product.burst(1)[0].duration_s / 1e9)
        start = time.perf_counter()
        np.matmul(a, b, out=c)
        plain.append(shape.operations / (time.perf_counter() - start) / 1e9)
    return ours, plain


def triad_rates(rounds: int) -> tuple[list[float], list[float]] | None:
    """Return GB/s of the bench's triad and of the STREAM-like program, round by round; None without a compiler."""
    compiler, kernels = shutil.which("cc"), compiled()
    if compiler is None or kernels.library is None:
        return None
    ours, plain = [], []
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "stream"
        command = [compiler, "-O3", "-march=native", "-fopenmp", "-xc", "-", "-o", str(program)]
        subprocess.run(command, input=STREAM.encode(), check=True)
        memory = CpuMemory(kernels)
        way = next(one for one in memory.kernels() if one.kernel == "triad").ways[0]
        stream = memory.stream(StreamTask(kernel="triad", way=way, footprint_bytes=24 * WORDS, seed=1))
        for _ in range(rounds):
            ours.append(max(stream.bytes_moved / timing.duration_s for timing in stream.burst(5)) / 1e9)
            printed = subprocess.run([program], capture_output=True, text=True, check=True).stdout
            plain.append(float(printed.split()[0]))
    return ours, plain


def main() -> None:
    """Print the table of ratios."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--quick", action="store_true", help="fewer rounds")
    rounds = 5 if options.parse_args().quick else 15
    products = 4 * rounds
    found = {
        f"{name} product, N = {side}": product_rates(name, side, products)
        for name, side in (("fp64", 1024), ("fp64", 2048), ("fp32", 2048))
    }
    triad = triad_rates(rounds)
    if triad is not None:
        found["triad, 768 MiB"] = triad
    rows = [
        (
            what,
            statistics.median(ours),
            statistics.median(plain),
            statistics.median(one / other for one, other in zip(ours, plain, strict=True)),
            max(ours) / max(plain),
        )
        for what, (ours, plain) in found.items()
    ]
    print(tabulate(rows, ("what", "bench", "plain", "median ratio", "best ratio"), floatfmt=".3f"))


if __name__ == "__main__":
    main()

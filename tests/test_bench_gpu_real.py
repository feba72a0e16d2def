"""The bench on a real accelerator (`pytest -m gpu -n 0`); skipped, with the reason, where there is none."""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT

from harness.bench.accelerators import found
from harness.bench.device import Device, ProductTask, Shape, StreamTask

pytestmark = pytest.mark.gpu


@pytest.fixture(scope="module")
def device() -> Device:
    there = found()
    if not there.devices:
        pytest.skip("; ".join(there.why_not))
    return there.devices[0].opened()


@pytest.fixture(scope="module")
def side_by_side() -> Iterator[object]:
    """benchmarks/bench_gpu.py as a module: the figures to reach are measured there, once."""
    place = ROOT / "benchmarks" / "bench_gpu.py"
    spec = importlib.util.spec_from_file_location("bench_gpu", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["bench_gpu"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["bench_gpu"]


@pytest.mark.parametrize("number_format", ["bf16", "fp8_e4m3"])
def test_a_product_reaches_the_best_that_torch_does_in_the_same_run(device, side_by_side, number_format):
    torch = pytest.importorskip("torch")
    support = next(one for one in device.arithmetic.formats() if one.number_format == number_format)
    ways = [way for way in support.ways if way.path == "library" and way.sparsity == "dense"]
    if not ways:
        pytest.skip(support.why_not)
    ours = max(max(side_by_side.bench_product(device, number_format, way, 1)) for way in ways)
    place, libraries = torch.device("cuda", 0), side_by_side._COMPARED[number_format]
    other = max(side_by_side.plain_search(torch, place, number_format, library) for library in libraries)
    assert ours >= side_by_side.NEED_PRODUCT * other


@pytest.mark.parametrize(("kernel", "share"), [("read", 0.92), ("copy", 0.88)])
def test_dram_reaches_its_share_of_the_bus(device, side_by_side, kernel, share):
    bus = side_by_side.bus_rate(device)
    if bus is None:
        pytest.skip("the driver does not show bus width and memory clock")
    way = next(one.ways[0] for one in device.memory.kernels() if one.kernel == kernel)
    (rate,) = side_by_side.stream_rate(device, kernel, way, 1)
    assert share * bus <= rate <= 1.0 * bus


def test_two_runs_agree_within_one_per_cent(device, side_by_side):
    support = next(one for one in device.arithmetic.formats() if one.number_format == "bf16")
    first, second = side_by_side.bench_product(device, "bf16", support.ways[0], 2)
    assert abs(first / second - 1) <= 0.01


def test_every_way_of_every_format_is_the_product_that_it_says(device):
    for support in device.arithmetic.formats():
        for way in support.ways:
            loop = way.path == "register-loop"
            shape = device.arithmetic.shapes(support.number_format, way)[0] if loop else Shape(1024, 512, 2048)
            task = ProductTask(number_format=support.number_format, way=way, shape=shape, pattern="random", seed=1)
            product = device.arithmetic.product(task)
            product.burst(3)
            check = product.check(1)
            product.close()
            assert not check.wrong, (support.number_format, way.name, check)
            # Operands are read as they are stored: what is left is the rounding of sums and results.
            assert check.relative_error <= {"bf16": 4e-3, "fp16": 5e-4, "int32": 0}.get(check.output_format, 2e-3)


def test_the_clock_that_a_kernel_counts_is_the_one_that_the_driver_shows(device):
    support = next(one for one in device.arithmetic.formats() if one.number_format == "bf16")
    task = ProductTask(
        number_format="bf16", way=support.ways[0], shape=Shape(8192, 8192, 8192), pattern="random", seed=1
    )
    product = device.arithmetic.product(task)
    product.burst(20)
    found = device.arithmetic.clock_in_kernel()
    product.close()
    if found is None or found.shown_mhz is None:
        pytest.skip("no clock is counted or shown here")
    assert found.counted_mhz == pytest.approx(found.shown_mhz, rel=0.02)


def test_one_chunk_is_written_and_verified_and_a_changed_word_is_found(device):
    chunks = device.memory.chunks(0.0)
    try:
        chunks.write(0, 7)
        assert chunks.verify(0, 7)[:2] == (0, None)
        chunks.arrays[0][12345] ^= 1
        assert chunks.verify(0, 7)[:2] == (8, 8 * 12345)
    finally:
        chunks.close()


def test_a_quick_run_finishes_within_its_minute(tmp_path: Path, device):
    import subprocess
    import time

    start = time.monotonic()
    command = [sys.executable, "-m", "harness", "bench", "--quick", "--devices", "0", "-o", str(tmp_path / "r.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert time.monotonic() - start < 60


def test_streams_beyond_the_caches_are_slower_than_within(device):
    support = next(one for one in device.memory.kernels() if one.kernel == "read")
    if support.ways[0].name != "cuda":
        pytest.skip("only the compiled kernel is quick enough to show the caches")
    rates = []
    for size in (16 * 2**20, 4 * 2**30):
        task = StreamTask(kernel="read", way=support.ways[0], footprint_bytes=size, seed=1)
        stream = device.memory.stream(task)
        rates.append(stream.bytes_moved / min(one.duration_s for one in stream.burst(20)))
        stream.close()
    assert rates[0] > rates[1]

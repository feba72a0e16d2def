"""The processor as a device of the bench: work that is checked, a pattern that is right, memory that is not taken."""

import numpy as np
import pytest

from harness.bench.cpu import host
from harness.bench.cpu.compiled import Compiled, compiled
from harness.bench.cpu.memory import CpuChunks, CpuMemory
from harness.bench.cpu.products import CpuArithmetic, freivalds
from harness.bench.device import NotApplicable, ProductTask, Shape, StreamTask
from harness.bench.pattern import words
from harness.bench.proofs import format_shown


def test_freivalds_finds_a_single_wrong_element():
    random = np.random.default_rng(1)
    a, b = random.standard_normal((64, 48)), random.standard_normal((48, 32))
    c = a @ b
    assert freivalds(a, b, c, 7) < 1e-14
    c[5, 9] += 1
    # ‖difference‖ is 1 and ‖A B‖ about sqrt(64 · 32 · 48) = 313.5: an error of about 1/313.
    assert freivalds(a, b, c, 7) == pytest.approx(1 / 313.5, rel=0.2)


@pytest.mark.parametrize(("kind", "name"), [(np.float16, "tf32 or fp16"), (np.float32, "fp32")])
def test_the_error_of_rounded_operands_names_their_format(kind: type, name: str):
    random = np.random.default_rng(2)
    a, b = (random.standard_normal((512, 512)) for _ in range(2))
    c = a.astype(kind).astype(np.float64) @ b.astype(kind).astype(np.float64)
    assert format_shown(freivalds(a, b, c.astype(np.float32), 3)) == name


def memory(*, kernels: bool) -> CpuMemory:
    found = compiled() if kernels else Compiled(library=None, said="none")
    if kernels and found.library is None:
        pytest.skip("no C compiler")
    return CpuMemory(found)


@pytest.mark.parametrize("kernels", [True, False])
@pytest.mark.parametrize("kernel", ["read", "write", "copy", "triad"])
def test_a_kernel_does_what_it_is_timed_for(kernel: str, kernels: bool):
    found = memory(kernels=kernels)
    way = next(one for one in found.kernels() if one.kernel == kernel).ways[0]
    stream = found.stream(StreamTask(kernel=kernel, way=way, footprint_bytes=3 * 2**20, seed=1))  # type: ignore[arg-type]
    assert stream.footprint_bytes == pytest.approx(3 * 2**20, abs=16)
    assert all(timing.duration_s > 0 for timing in stream.burst(2))
    assert stream.agrees() is (None if kernel == "read" else True)
    if kernel != "read":
        stream.arrays[0][::7] = 99
        assert stream.agrees() is False


@pytest.mark.parametrize("kernels", [True, False])
def test_what_a_kernel_reads_is_random_whatever_the_one_before_it_wrote(kernels: bool):
    found = memory(kernels=kernels)
    for kernel in ("write", "copy", "triad", "read"):
        way = next(one for one in found.kernels() if one.kernel == kernel).ways[0]
        stream = found.stream(StreamTask(kernel=kernel, way=way, footprint_bytes=2**20, seed=1))  # type: ignore[arg-type]
        stream.burst(1)
        sources = stream.arrays[0 if kernel == "read" else 1 :]
        assert all(len(np.unique(source)) > 0.99 * len(source) for source in sources)
        if kernel != "read":
            # A kernel that does nothing leaves what the last run left, and that is not taken for work.
            stream.run = lambda: None
            stream.burst(1)
            assert stream.agrees() is False


@pytest.mark.parametrize("kernels", [True, False])
def test_the_pattern_in_memory_is_verified_word_by_word(kernels: bool):
    found = CpuChunks(1, memory(kernels=kernels).compiled.library)
    found.write(0, 5)
    assert found.verify(0, 5)[:2] == (0, None)
    found.arrays[0][1000] ^= 1
    found.arrays[0][5000] ^= 1
    assert found.verify(0, 5)[:2] == (16, 8000)
    # Another seed shares no word but by chance.
    assert found.verify(0, 6)[0] == found.sizes()[0]


def test_the_library_leaves_the_arithmetic_of_the_process_alone():
    """Code that was built with -ffast-math rounds subnormal numbers to zero everywhere once it is loaded."""
    compiled()
    assert float(np.finfo(np.float64).tiny) / 2 > 0


def test_compiled_and_numpy_write_the_same_pattern():
    found = CpuChunks(1, memory(kernels=True).compiled.library)
    found.write(0, 7)
    assert (found.arrays[0][-100:] == words(7, found.sizes()[0] // 8 - 100, 100)).all()


def test_at_most_a_quarter_of_what_is_available_is_taken(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(host, "memory_bytes", lambda field: 400 * 2**20)
    found = memory(kernels=False)
    assert found.most_stream_bytes() <= 100 * 2**20
    assert sum(found.chunks(1e9).sizes()) == 64 * 2**20
    monkeypatch.setattr(host, "memory_bytes", lambda field: 100 * 2**20)
    with pytest.raises(NotApplicable, match="too little for one chunk"):
        found.chunks(1e9)


def test_what_the_system_does_not_tell_is_null_and_never_0(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(host, "_text", lambda path: "")
    shown = host.HostShown()
    assert shown.counters().stolen_s is None
    assert shown.counters().load is None
    assert shown.reading(1.0).sm_clock_mhz is None
    state = shown.state()
    assert (state.virtualized, state.last_level_cache_bytes, state.max_sm_clock_mhz) == (None, None, None)
    assert host.model_name()


def test_skipped_work_does_not_pass_for_work():
    arithmetic = CpuArithmetic()
    support = arithmetic.formats()[0]
    task = ProductTask(number_format="fp64", way=support.ways[0], shape=Shape(128, 128, 128), pattern="random", seed=3)
    product = arithmetic.product(task)
    product.burst(1)
    assert product.check(1).wrong is False
    assert product.check(1).relative_error < 1e-14
    product.c[:] = 0
    assert product.check(1).wrong is True


@pytest.mark.parametrize("pattern", ["zeros", "low-toggle"])
def test_patterns_of_little_toggling_have_exact_results(pattern: str):
    arithmetic = CpuArithmetic()
    way = arithmetic.formats()[0].ways[0]
    shape = Shape(64, 64, 64)
    product = arithmetic.product(
        ProductTask(number_format="fp32", way=way, shape=shape, pattern=pattern, seed=3)  # type: ignore[arg-type]
    )
    product.burst(1)
    assert product.check(1).relative_error == 0
    assert set(product.c.ravel()) == {0.0 if pattern == "zeros" else 64.0}


@pytest.mark.parametrize("number_format", ["fp64", "fp32"])
def test_small_products_count_beside_a_large_one(number_format):
    arithmetic = CpuArithmetic()
    way = arithmetic.formats()[0].ways[0]
    for k in (10, 16):
        assert arithmetic.sum_beside_one(number_format, way, k) == pytest.approx(2 - 2.0**-k, abs=2.0**-20)

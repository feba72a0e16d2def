"""The kernels in CUDA, run on the processor (cuda_on_host): what they write, read, count and prove.

What is left to a device is speed, and that its units do what the PTX ISA says.
"""

import fcntl
from collections.abc import Callable
from pathlib import Path

import cuda_on_host
import numpy as np
import pytest
from cuda_on_host import OnHost
from torch_fake import FakeTorch

from harness.bench.device import DeviceLost, NotApplicable, ProductTask, Shape, StreamTask, Timing
from harness.bench.gpu import chunks, pattern, products, streams
from harness.bench.gpu.chunks import DeviceChunks
from harness.bench.gpu.clocks import BuiltCounter
from harness.bench.gpu.memory import DeviceMemory
from harness.bench.gpu.register_loop import LOOPS, CudaLoops, Loop
from harness.bench.pattern import words

READ, WRITE, COPY, TRIAD = range(4)
FMA32, FMA64, MMA64, TF32, BF16, FP16, INT8, E4M3, E5M2 = range(9)
# Rows, columns and depth of each instruction, by its name in the PTX ISA; fma is one multiplication and one addition.
SHAPES = {
    MMA64: (8, 8, 4),
    TF32: (16, 8, 8),
    BF16: (16, 8, 16),
    FP16: (16, 8, 16),
    INT8: (16, 8, 32),
    E4M3: (16, 8, 32),
    E5M2: (16, 8, 32),
}
KINDS = [FMA32, FMA64, *SHAPES]
FP8 = (E4M3, E5M2)
GUARD = 0x5A


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory):
    """The kernels, built once: workers that run beside each other wait for the one that builds."""
    folder = tmp_path_factory.getbasetemp().parent / f"cuda-on-host-{cuda_on_host.digest()}"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return cuda_on_host.built(folder)


@pytest.fixture
def device(library) -> OnHost:
    return OnHost(library)


def guarded(size: int, content: bytes | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return so many bytes, and the memory in whose middle they lie."""
    whole = np.full(size + 128, GUARD, dtype=np.uint8)
    inner = whole[64 : 64 + size]
    if content is not None:
        inner[:] = np.frombuffer(content, dtype=np.uint8)
    return inner, whole


def guards_stand(*wholes: np.ndarray) -> bool:
    return all((one[:64] == GUARD).all() and (one[-64:] == GUARD).all() for one in wholes)


# ---- the source as it is read ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["f<<<1, 2>>>(((((a)))));", "f<<<1, 2>>>(a)", 'asm("bar.sync 0;");', 'asm volatile("x" : "=r"(a + (b(c))));'],
)
def test_what_is_not_understood_is_not_compiled(text):
    with pytest.raises(ValueError, match=r"understood|no operands"):
        cuda_on_host.on_host(text)


# ---- the pattern -----------------------------------------------------------------------------------------------------


def splitmix64(seed: int, first: int, count: int) -> list[int]:
    """The published generator, step by step: its state goes on by a constant, the output is mixed from the state."""
    most = 2**64 - 1
    state, found = (seed + first * 0x9E3779B97F4A7C15) & most, []
    for _ in range(count):
        state = (state + 0x9E3779B97F4A7C15) & most
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & most
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & most
        found.append(z ^ (z >> 31))
    return found


def written(device: OnHost, seed: int, first: int, count: int, blocks: int) -> np.ndarray:
    inner, whole = guarded(8 * count)
    device.kernels.call("bench_pattern_write", inner.ctypes.data, seed, first, count, blocks)
    assert guards_stand(whole)
    return inner.view(np.uint64)


def verified(device: OnHost, array: np.ndarray, seed: int, first: int, blocks: int) -> tuple[int, int]:
    found = np.array([0, -1], dtype=np.int64)
    with device.watched(array, element=8) as ((loads, stores),):
        device.kernels.call(
            "bench_pattern_verify", array.ctypes.data, seed, first, array.size, blocks, found.ctypes.data
        )
    assert (loads == 1).all()
    assert not stores.any()
    return int(found[0]), int(found[1])


PATTERNS = [
    (0, 0, 1, 1),
    (7, 3, 1001, 1),
    (2**64 - 1, 2**40 + 5, 513, 2),
    (2**63, 2**32 - 2, 4097, 3),
    (1234567, 2**61, 255, 16),
]


@pytest.mark.parametrize(("seed", "first", "count", "blocks"), PATTERNS)
def test_the_kernel_writes_the_words_of_splitmix64_and_no_others(device, seed, first, count, blocks):
    """`first` goes on from chunk to chunk: no two chunks hold the same words."""
    found = written(device, seed, first, count, blocks)
    assert found.tolist() == splitmix64(seed, first, count)
    assert (found == words(seed, first, count)).all()
    assert (found == pattern.words(FakeTorch(), seed, first, count, None).array.view(np.uint64)).all()


@pytest.mark.parametrize(("seed", "first", "count", "blocks"), PATTERNS)
def test_wrong_words_are_counted_and_the_first_of_them_is_told(device, seed, first, count, blocks):
    array = words(seed, first, count)
    assert verified(device, array, seed, first, blocks) == (0, -1)
    assert verified(device, array, seed ^ 1, first, blocks) == (count, 0)
    assert verified(device, array, seed, first + 1, blocks) == (count, 0)
    places = sorted({count - 1, count // 2, count * 2 // 3})
    for bit, place in enumerate(places):
        array[place] ^= np.uint64(1 << (31 * bit))
    assert verified(device, array, seed, first, blocks) == (len(places), places[0])


# ---- streams ---------------------------------------------------------------------------------------------------------


def streamed(device: OnHost, kernel: int, vectors: int, form: tuple[int, int, int], passes: int) -> None:
    """Run a stream over three arrays and hold all of it against the arithmetic of numpy."""
    threads, loads, blocks = form
    random = np.random.default_rng(vectors)
    before = [random.standard_normal(4 * vectors).astype(np.float32) for _ in range(3)]
    arrays, wholes = zip(*(guarded(16 * vectors, one.tobytes()) for one in before), strict=True)
    sink, sink_whole = guarded(4)
    with device.watched(*arrays) as counts:
        places = [one.ctypes.data for one in arrays]
        device.kernels.call(
            "bench_stream", kernel, *places, 0.5, 16 * vectors, threads, loads, blocks, passes, sink.ctypes.data
        )
    a, b, c = before
    need = {READ: a, WRITE: np.full_like(a, 0.5), COPY: b, TRIAD: b + np.float32(0.5) * c}[kernel]
    assert (arrays[0].view(np.float32) == need).all()
    assert (arrays[1].view(np.float32) == b).all()
    assert (arrays[2].view(np.float32) == c).all()
    assert guards_stand(*wholes, sink_whole)
    assert (sink == GUARD).all()
    # By the rule of STREAM: each array once a pass, and no more.
    reads = {READ: (1, 0, 0), WRITE: (0, 0, 0), COPY: (0, 1, 0), TRIAD: (0, 1, 1)}[kernel]
    writes = (0 if kernel == READ else 1, 0, 0)
    for (loaded, stored), once_read, once_written in zip(counts, reads, writes, strict=True):
        assert (loaded == once_read * passes).all()
        assert (stored == once_written * passes).all()


# Threads, loads on their way, blocks; and vectors that are a multiple of neither, one, and none.
FORMS = [(32, 2, 1), (64, 4, 3), (96, 8, 1), (256, 16, 2), (33, 16, 1), (1, 8, 1)]
SIZES = [0, 1, 31, 63, 257, 1024, 2051]


@pytest.mark.parametrize("kernel", [READ, WRITE, COPY, TRIAD])
@pytest.mark.parametrize("form", FORMS)
def test_streams_touch_every_vector_once_a_pass_and_leave_the_rest(device, kernel, form):
    for n, vectors in enumerate(SIZES):
        streamed(device, kernel, vectors, form, 1 + n % 3)


@pytest.mark.slow
@pytest.mark.parametrize("kernel", [READ, WRITE, COPY, TRIAD])
@pytest.mark.parametrize("loads", [2, 4, 8, 16])
def test_streams_touch_every_vector_whatever_the_size(device, kernel, loads):
    for vectors in range(0, 2400, 7):
        streamed(device, kernel, vectors, (32, loads, 2), 2)


@pytest.mark.parametrize("loads", [2, 4, 8, 16])
def test_every_number_that_is_read_enters_the_sum(device, loads):
    """The sum that the kernel tells of is -1e30, wherever in the array the only number besides 0 lies."""
    for place in range(4 * 37):
        array, sink = np.zeros(4 * 37, dtype=np.float32), np.full(1, 7, dtype=np.float32)
        array[place] = -1e30
        device.kernels.call(
            "bench_stream", READ, array.ctypes.data, 0, 0, 0.5, array.nbytes, 2, loads, 1, 1, sink.ctypes.data
        )
        assert sink[0] != 7


# ---- loops over registers --------------------------------------------------------------------------------------------


def looped(device: OnHost, kind: int, pairs: int, seed: int, warps: int = 2, blocks: int = 1) -> tuple[float, float]:
    """Return the squares of what was wrong, and of what must be."""
    found = np.zeros(2)
    device.kernels.call("bench_loop", kind, blocks, 32 * warps, pairs, seed, found.ctypes.data)
    return float(found[0]), float(found[1])


def mixed(x: int) -> int:
    """The hash in kernels.cu, in whole numbers without end."""
    x ^= x >> 16
    x = x * 0x7FEB352D % 2**32
    x ^= x >> 15
    x = x * 0x846CA68B % 2**32
    return x ^ (x >> 16)


def row(seed: int, number: int, most: int) -> int:
    hashed = mixed((seed + 0x100 + number) % 2**32)
    return (1 if hashed & 1 else -1) * (1 + (hashed >> 1) % most)


def needed(kind: int, pairs: int, seed: int, warps: int) -> int:
    """D(i, j) = pairs · K · X(i) in every one of 8 accumulators; the sum of its squares over all of them."""
    if kind in (FMA32, FMA64):
        return 8 * sum((pairs * row(seed, thread % 256, 4)) ** 2 for thread in range(32 * warps))
    rows, columns, depth = SHAPES[kind]
    most = {E4M3: 8, E5M2: 4}.get(kind, 50)
    return warps * 8 * columns * sum((pairs * depth * row(seed, i, most)) ** 2 for i in range(rows))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("pairs", "seed"), [(1, 0), (3, 7), (33, 2**32 - 1), (70, 123456789)])
def test_an_honest_loop_is_exact_and_what_must_be_is_by_arithmetic(device, kind, pairs, seed):
    assert looped(device, kind, pairs, seed) == (0, needed(kind, pairs, seed, 2))


@pytest.mark.slow
@pytest.mark.parametrize("kind", [FMA32, BF16, INT8, E4M3])
def test_the_longest_loop_is_exact_in_units_as_they_are(device, kind):
    """Units keep 24 bits of a sum or more, 32 of whole numbers, and 14 of fp8 (SageAttention2, arXiv 2411.10958).

    The largest sums of each width: they stay below 2^24 = 16,777,216: 8,192 · 32 · 50 = 13,107,200.
    """
    device.host.sum_digits = {INT8: 32, E4M3: 14}.get(kind, 24)
    assert looped(device, kind, 8192, 5, warps=1) == (0, needed(kind, 8192, 5, 1))


@pytest.mark.parametrize("kind", FP8)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_fp8_is_exact_in_units_that_keep_14_bits_of_a_sum(device, kind, seed):
    device.host.sum_digits = 14
    assert looped(device, kind, 200, seed, warps=1)[0] == 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("step", [0, 5, 16 * 2, 16 * 40 - 12])
def test_a_step_left_out_is_caught(device, kind, step):
    """Steps of the first kind, so that none is a product with 0; of 40 pairs, one warp."""
    device.host.left_out = step
    wrong, need = looped(device, kind, 40, 3, warps=1)
    assert wrong > 0
    assert need == needed(kind, 40, 3, 1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("step", [0, 16 * 39 + 7])
def test_a_bit_turned_in_one_operand_is_caught(device, kind, step):
    device.host.turned = step
    assert looped(device, kind, 40, 3, warps=1)[0] > 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("digits", [11, 8])
def test_sums_of_as_few_digits_as_fp16_and_bf16_have_are_caught(device, kind, digits):
    device.host.sum_digits = device.host.result_digits = digits
    assert looped(device, kind, 1000 if kind in (FMA32, FMA64) else 40, 3, warps=1)[0] > 0


# ---- through Python --------------------------------------------------------------------------------------------------


def loops_of(device: OnHost) -> CudaLoops:
    torch = FakeTorch()
    return CudaLoops(torch, torch.cuda_device, device.kernels, units=1)


def task_of(source: CudaLoops, name: str, loop: Loop, pairs: int) -> ProductTask:
    way = next(one for one in source.ways(name) if one.name == loop.name)  # type: ignore[arg-type]
    # 256 threads of a block, as the loop says how many share an instruction.
    shape = Shape(256 // loop.threads * loop.rows, loop.columns, 2 * loop.depth * pairs)
    return ProductTask(number_format=name, way=way, shape=shape, pattern="random", seed=2**40 + 9)  # type: ignore[arg-type]


EVERY = [(name, loop) for name, loops in LOOPS.items() for loop in loops]


@pytest.mark.parametrize(("name", "loop"), EVERY, ids=lambda one: getattr(one, "instruction", None))
def test_a_loop_counts_the_operations_of_the_instructions_that_it_ran(device, name, loop):
    source = loops_of(device)
    task = task_of(source, name, loop, 2)
    found = source.product(task, lambda: None)
    device.reset()
    found.burst(2)
    m, n, k = SHAPES.get(loop.kind, (1, 1, 1))
    assert 2 * task.shape.operations == (device.host.mma + device.host.fma) * 2 * m * n * k
    assert (device.host.launches, bool(device.host.mma)) == (2, loop.kind in SHAPES)
    check = found.check(0)
    assert (check.relative_error, check.wrong, check.results) == (0, False, 2)


@pytest.mark.parametrize(("name", "loop"), EVERY, ids=lambda one: getattr(one, "instruction", None))
def test_a_loop_that_leaves_out_one_step_of_one_warp_is_wrong(device, name, loop):
    source = loops_of(device)
    found = source.product(task_of(source, name, loop, 6), lambda: None)
    device.reset()
    device.host.left_out = 3
    found.burst(1)
    assert found.check(0).wrong


def test_the_shapes_that_are_offered_are_those_that_are_run(device):
    """Blocks and pairs come out of a shape as they went in."""
    source = loops_of(device)
    launched = []
    kernels = type("Kernels", (), {"capability": (8, 9), "call": lambda self, *all_of: launched.append(all_of)})()
    source.kernels = kernels
    for name, loop in EVERY:
        way = next(one for one in source.ways(name) if one.name == loop.name)
        for shape in source.shapes(name, way):
            launched.clear()
            source.product(
                ProductTask(number_format=name, way=way, shape=shape, pattern="random", seed=1), lambda: None
            )
            (_, kind, blocks, threads, pairs, _, _) = launched[0]
            m, n, k = SHAPES.get(kind, (1, 1, 1))
            instructions = blocks * threads // loop.threads * pairs * 2 * 8
            assert shape.operations == instructions * 2 * m * n * k


@pytest.fixture
def memory(device, monkeypatch: pytest.MonkeyPatch) -> DeviceMemory:
    monkeypatch.setattr(streams, "_LEAST_MOVED", 6 * 2**16)
    monkeypatch.setattr(streams, "_FORMS", ((1024, 8, 1), (32, 4, 2), (64, 16, 1)))
    monkeypatch.setattr(products, "_PAUSE_S", 0)
    torch = FakeTorch()
    return DeviceMemory(torch, torch.cuda_device, units=1, cache=None, clock=lambda: None, kernels=device.kernels)


def stream_of(memory: DeviceMemory, kernel, arrays: int):
    way = next(one.ways[0] for one in memory.kernels() if one.kernel == kernel)
    return memory.stream(StreamTask(kernel=kernel, way=way, footprint_bytes=arrays * 2**16, seed=1))


@pytest.mark.parametrize(("kernel", "arrays"), [("read", 1), ("write", 1), ("copy", 2), ("triad", 3)])
def test_the_bytes_that_a_stream_counts_are_those_that_it_moves(device, memory, kernel, arrays):
    stream = stream_of(memory, kernel, arrays)
    with device.watched(*(one.array for one in stream.arrays)) as counts:
        stream.burst(1)
    moved = 16 * sum(int(loads.sum()) + int(stores.sum()) for loads, stores in counts)
    assert stream.bytes_moved == moved == 6 * 2**16
    assert stream.agrees() is (None if kernel == "read" else True)
    if kernel != "read":
        stream.arrays[0].array[-1] += 1
        stream.arrays[0].array[0] += 1
        assert stream.agrees() is False


def test_a_form_that_needs_more_than_there_is_leaves_the_others(device, memory):
    """1024 threads of 76 registers are more than the 65,536 of a unit: triad with 8 loads is refused there."""
    device.host.most_threads = 512
    stream = stream_of(memory, "triad", 3)
    stream.burst(2)
    assert stream.agrees() is True
    device.host.most_threads = 16
    with pytest.raises(NotApplicable, match="too many resources requested"):
        stream_of(memory, "triad", 3)


def test_a_device_that_is_lost_is_no_form_that_is_refused(device, memory):
    """An address beside the arrays is what no launch comes back from."""
    elsewhere = np.zeros(4, dtype=np.float32)
    with device.watched(elsewhere), pytest.raises(DeviceLost, match="an address beside the arrays"):
        stream_of(memory, "copy", 2)


def test_chunks_are_written_and_verified_by_the_kernels(device, monkeypatch):
    monkeypatch.setattr(chunks, "_LARGEST", 2**14)
    monkeypatch.setattr(chunks, "_SMALLEST", 2**12)
    monkeypatch.setattr(chunks, "_ROOM", 2**12)
    torch = FakeTorch(memory_bytes=3 * 2**14, memory=np.zeros(3 * 2**11, dtype=np.int64))
    had = DeviceChunks(torch, torch.cuda_device, device.kernels, 1, longest_s=1e9)
    assert had.sizes() == (2**14,) * 3
    for chunk in range(3):
        had.write(chunk, 2**63 + 5)
    assert torch.memory is not None
    assert (torch.memory.view(np.uint64) == words(2**63 + 5, 0, 3 * 2**11)).all()
    assert [had.verify(chunk, 2**63 + 5)[:2] for chunk in range(3)] == [(0, None)] * 3
    torch.memory[2**11 + 100] ^= 1 << 62
    torch.memory[2**11 + 900] ^= 1
    assert [had.verify(chunk, 2**63 + 5)[:2] for chunk in range(3)] == [(0, None), (16, 2**14 + 800), (0, None)]


def test_the_clock_is_cycles_over_the_timer_s_nanoseconds(device):
    """750 cycles and 500 ns pass whenever either is asked for: 1,500 MHz."""

    class Load:
        def queue(self, count: int) -> None:
            pass

        def burst(self, count: int) -> tuple[Timing, ...]:
            return (Timing(duration_s=1.0),)

    torch = FakeTorch()
    counter = BuiltCounter(torch, torch.cuda_device, device.kernels)
    counter.tried()
    assert counter.told.tolist()[0] >= 1
    found = counter.counted(Load(), lambda: 1485.0)
    assert found is not None
    assert found.counted_mhz == pytest.approx(1500, rel=1e-3)
    assert found.shown_mhz == 1485
    assert counter.told.tolist()[0] >= 40_000_000


def test_refusals_come_back_in_words(device):
    place = np.zeros(64).ctypes.data
    with pytest.raises(NotApplicable, match="invalid argument"):
        device.kernels.call("bench_loop", 9, 1, 32, 1, 1, place)
    with pytest.raises(NotApplicable, match="invalid configuration argument"):
        device.kernels.call("bench_loop", TF32, 1, 2048, 1, 1, place)
    with pytest.raises(NotApplicable, match="invalid argument"):
        device.kernels.call("bench_stream", 4, place, 0, 0, 0.5, 64, 32, 2, 1, 1, place)
    with pytest.raises(NotApplicable, match="invalid configuration argument"):
        device.kernels.call("bench_stream", WRITE, place, 0, 0, 0.5, 64, 32, 2, 0, 1, place)
    # What was refused leaves nothing behind.
    assert looped(device, TF32, 1, 1)[0] == 0


# ---- other builds ----------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arch", "absent"),
    [(750, set(SHAPES)), (860, set(FP8)), (900, set(FP8)), (1000, set(FP8)), (1200, set())],
)
def test_a_device_without_the_instruction_does_nothing_and_the_check_says_so(tmp_path: Path, arch, absent):
    """Nothing done is an error of 1: what is wrong is all that must be."""
    device = OnHost(cuda_on_host.built(tmp_path, arch))
    for kind in KINDS:
        wrong, need = looped(device, kind, 33, 4)
        assert wrong == (need if kind in absent else 0), kind


def loops_are_right(device: OnHost) -> None:
    for kind in KINDS:
        for pairs, seed in ((3, 7), (40, 8)):
            assert looped(device, kind, pairs, seed, blocks=1) == (0, needed(kind, pairs, seed, 2))
    before = device.host.mma + device.host.fma
    looped(device, BF16, 2, 1)
    looped(device, FMA32, 2, 1)
    assert device.host.mma + device.host.fma - before == 2 * 2 * 16 + 64 * 2 * 16


def streams_are_right(device: OnHost) -> None:
    for kernel in (READ, WRITE, COPY, TRIAD):
        for form in FORMS:
            for vectors in SIZES:
                streamed(device, kernel, vectors, form, 2)


def pattern_is_right(device: OnHost) -> None:
    for seed, first, count, blocks in PATTERNS:
        assert written(device, seed, first, count, blocks).tolist() == splitmix64(seed, first, count)
        array = words(seed, first, count)
        array[count // 3 :] ^= np.uint64(1)
        assert verified(device, array, seed, first, blocks) == (count - count // 3, count // 3)


CHANGES: list[tuple[Callable[[OnHost], None], str, str]] = [
    # The last vectors, one too many, and a step between passes that are all.
    (streams_are_right, "for (; i < n; i += step) {\n", "for (; i + 1 < n; i += step) {\n"),
    (streams_are_right, "i + (UNROLL - 1) * step < n", "i + (UNROLL - 1) * step <= n"),
    (streams_are_right, "i += UNROLL * step", "i += (UNROLL - 1) * step"),
    (streams_are_right, "pass < passes", "pass < 1"),
    (streams_are_right, "b.w + s * c.w", "b.w + c.w"),
    (streams_are_right, "if (KERNEL == COPY) store(a + i, load(b + i));", ""),
    (pattern_is_right, "seed + (index + 1)", "seed + index"),
    (pattern_is_right, "a[i] = word_of(seed, first + i)", "a[i] = word_of(seed, i)"),
    (pattern_is_right, "z >> 27", "z >> 28"),
    (pattern_is_right, "if (i < lowest) lowest = i;", "lowest = i;"),
    (pattern_is_right, "wrong++;", "wrong = 1;"),
    # Other registers, other formats, other sums.
    (loops_are_right, "group + 8 * (r & 1), most));", "group + 8 * (r >> 1), most));"),
    (loops_are_right, "(e * (32 / Format<KIND>::PER))", "(e * (16 / Format<KIND>::PER))"),
    (loops_are_right, "packed<KIND>(seed, t, h, 1 - y)", "packed<KIND>(seed, t, h, -y)"),
    (loops_are_right, "small_float(v, 15, 10, 16)", "small_float(v, 15, 9, 16)"),
    (loops_are_right, "small_float(v, 7, 3, 8)", "small_float(v, 8, 3, 8)"),
    (loops_are_right, "small_float(v, 15, 2, 8)", "small_float(v, 7, 3, 8)"),
    (loops_are_right, "__float_as_uint((float)v) >> 16", "__float_as_uint((float)v) >> 15"),
    (loops_are_right, "{%4,%5,%6,%7}, {%8,%9}", "{%4,%6,%5,%7}, {%8,%9}"),
    (loops_are_right, '"f32.e4m3.e4m3.f32"', '"f32.e5m2.e5m2.f32"'),
    (loops_are_right, "d[c][r] -= ROUND * of_pair[r >> 1]", "d[c][r] -= ROUND * of_pair[r & 1]"),
    (loops_are_right, "const double a = of_row(seed, group, 50)", "const double a = of_row(seed, t, 50)"),
    (loops_are_right, "offset; offset >>= 1", "offset > 1; offset >>= 1"),
    (loops_are_right, "minus[c] = 1 - plus[c]", "minus[c] = -plus[c]"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("is_right", "before", "after"), CHANGES)
def test_a_change_of_the_source_is_noticed(tmp_path: Path, is_right, before, after):
    """The same checks as above, on sources that are wrong in one place each."""

    def change(text: str) -> str:
        assert before in text
        return text.replace(before, after)

    device = OnHost(cuda_on_host.built(tmp_path, change=change))
    with pytest.raises((AssertionError, DeviceLost)):
        is_right(device)


@pytest.mark.slow
@pytest.mark.parametrize("is_right", [loops_are_right, streams_are_right, pattern_is_right])
def test_the_source_as_it_is_passes_the_same_checks(device, is_right):
    is_right(device)

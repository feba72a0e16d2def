"""The memory of accelerators through PyTorch: the pattern, streams, copies and sums; each sees what did not happen."""

import types

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from torch_fake import FakeTorch, Tensor

from harness.bench.device import NotApplicable, StreamTask
from harness.bench.gpu import chunks, pattern, peers, products, streams, sums
from harness.bench.gpu.chunks import DeviceChunks
from harness.bench.gpu.memory import DeviceMemory
from harness.bench.pattern import words


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "_LARGEST", 2**16)
    monkeypatch.setattr(chunks, "_SMALLEST", 2**12)
    monkeypatch.setattr(chunks, "_ROOM", 2**12)


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> DeviceMemory:
    monkeypatch.setattr(streams, "_LEAST_MOVED", 2**16)
    torch = FakeTorch(bandwidth=1e9)
    return DeviceMemory(torch, torch.cuda_device, units=4, cache=2**14, clock=lambda: None, kernels=None)


def test_streams_are_timed_on_the_device_that_works_and_not_on_the_one_that_pytorch_is_set_to(memory):
    """Events are recorded on the device that PyTorch is set to: here the first one, while the second one works."""
    memory.torch.device("cuda", 1)
    stream = memory.stream(StreamTask(kernel="write", way=memory.kernels()[1].ways[0], footprint_bytes=2**17, seed=1))
    (one,) = stream.burst(1)
    assert one.duration_s > 0


@given(seed=st.integers(0, 2**64 - 1), first=st.integers(0, 2**40))
@settings(max_examples=50, deadline=None)
def test_signed_integers_give_the_same_pattern_as_unsigned_ones(seed, first):
    found = pattern.words(FakeTorch(), seed, first, 64, None)
    assert (found.array.view(np.uint64) == words(seed, first, 64)).all()


def verified(torch: FakeTorch) -> tuple[int, int | None, DeviceChunks]:
    had = DeviceChunks(torch, torch.cuda_device, None, 4, longest_s=1e9)
    for chunk in range(len(had.sizes())):
        had.write(chunk, 7)
    found = [had.verify(chunk, 7)[:2] for chunk in reversed(range(len(had.sizes())))]
    wrong = [first for count, first in found if count]
    return sum(count for count, _ in found), min((one for one in wrong if one is not None), default=None), had


def test_all_of_the_memory_is_taken_written_and_verified(small_chunks):
    size = 5 * 2**16 + 3 * 2**12
    torch = FakeTorch(memory_bytes=size, memory=np.zeros(size // 8, dtype=np.int64))
    wrong, first, had = verified(torch)
    assert (wrong, first, had.whole) == (0, None, True)
    # Five large chunks, then 2^13 and 2^12 of what is left.
    assert had.sizes() == (2**16,) * 5 + (2**13, 2**12)


def test_memory_that_is_the_same_memory_twice_is_found(small_chunks):
    """The device gives 4 chunks, and has room for 2: the pattern has no period, so that no copy passes."""
    torch = FakeTorch(memory_bytes=4 * 2**16, memory=np.zeros(2 * 2**13 + 2**12, dtype=np.int64))
    wrong, first, _ = verified(torch)
    assert wrong > 0
    assert first is not None


def test_one_wrong_word_is_found_with_its_address(small_chunks):
    size = 2 * 2**16
    torch = FakeTorch(memory_bytes=size, memory=np.zeros(size // 8, dtype=np.int64))
    had = DeviceChunks(torch, torch.cuda_device, None, 4, longest_s=1e9)
    for chunk in range(2):
        had.write(chunk, 7)
    assert torch.memory is not None
    torch.memory[2**13 + 100] ^= 1 << 62
    assert had.verify(0, 7)[:2] == (0, None)
    assert had.verify(1, 7)[:2] == (8, 2**16 + 800)


def test_little_time_takes_less_memory_and_says_so(small_chunks):
    size = 64 * 2**16
    torch = FakeTorch(memory_bytes=size, memory=np.zeros(size // 8, dtype=np.int64))
    had = DeviceChunks(torch, torch.cuda_device, None, 4, longest_s=0)
    assert len(had.sizes()) == 1
    assert not had.whole
    assert "as many as the plan has time for" in had.description


def test_no_chunk_at_all_is_not_applicable(small_chunks):
    with pytest.raises(NotApplicable):
        DeviceChunks(FakeTorch(memory_bytes=2**11), None, None, 4, longest_s=1)


@pytest.mark.parametrize(("kernel", "arrays"), [("read", 1), ("write", 1), ("copy", 2), ("triad", 3)])
def test_streams_count_each_array_once(memory, kernel, arrays):
    way = next(one.ways[0] for one in memory.kernels() if one.kernel == kernel)
    stream = memory.stream(StreamTask(kernel=kernel, way=way, footprint_bytes=arrays * 2**17, seed=1))
    assert stream.bytes_moved == stream.footprint_bytes == arrays * 2**17
    (timing,) = stream.burst(1)
    assert stream.bytes_moved / timing.duration_s == pytest.approx(1e9)
    assert stream.agrees() is (None if kernel == "read" else True)
    if kernel != "read":
        stream.arrays[0].fill_(7)
        assert stream.agrees() is False


def test_what_a_kernel_reads_is_random_whatever_the_one_before_it_wrote(memory):
    for kernel in ("write", "copy", "triad", "read"):
        way = next(one for one in memory.kernels() if one.kernel == kernel).ways[-1]
        stream = memory.stream(StreamTask(kernel=kernel, way=way, footprint_bytes=2**17, seed=1))
        stream.burst(1)
        sources = stream.arrays[0 if kernel == "read" else 1 :]
        assert all(len(np.unique(source.array)) > 0.9 * source.array.size for source in sources)
        if kernel != "read":
            stream.run = lambda: None
            stream.burst(1)
            assert stream.agrees() is False


def test_a_small_footprint_is_passed_over_often_enough_to_be_timed(memory):
    way = memory.kernels()[0].ways[0]
    stream = memory.stream(StreamTask(kernel="read", way=way, footprint_bytes=2**13, seed=1))
    # 2^16 bytes are moved at least: eight passes.
    assert stream.bytes_moved == 8 * stream.footprint_bytes == 2**16


def test_streams_that_do_not_fit_are_not_applicable(memory):
    way = memory.kernels()[0].ways[0]
    with pytest.raises(NotApplicable):
        memory.stream(StreamTask(kernel="read", way=way, footprint_bytes=2**40, seed=1))
    with pytest.raises(NotApplicable):
        memory.stream(StreamTask(kernel="triad", way=way, footprint_bytes=8, seed=1))


@pytest.mark.parametrize(("both_ways", "copies"), [(False, 1), (True, 2)])
def test_a_copy_between_devices_counts_every_byte_and_sees_what_did_not_arrive(monkeypatch, both_ways, copies):
    monkeypatch.setattr(peers, "_BYTES", 2**12)
    monkeypatch.setattr(peers, "_WORDS", 2**9)
    torch = FakeTorch(bandwidth=1e9)
    one, other = (types.SimpleNamespace(type="cuda", index=n) for n in range(2))
    copy = peers.DevicePeerCopy(torch, one, other, both_ways=both_ways, seed=5)
    # 16 copies in a sample, in each direction.
    assert copy.bytes_moved == 16 * 2**12 * copies
    assert copy.agrees()
    copy.copies[-1][1].array[7] ^= 1
    assert not copy.agrees()
    copy.burst(1)
    assert copy.agrees()
    monkeypatch.setattr(Tensor, "copy_", lambda self, other, non_blocking=False: self)
    copy.burst(1)
    assert not copy.agrees()
    with pytest.raises(NotApplicable, match="the same device"):
        peers.DevicePeerCopy(torch, one, one, both_ways=False, seed=5)


def test_a_sum_over_devices_counts_the_bus_and_sees_a_wrong_sum(monkeypatch):
    """Of an array of 4 x 2^10 bytes over 4 devices 2 x 3 / 4 pass the bus."""
    monkeypatch.setattr(sums, "_NUMBERS", 2**10)
    torch = FakeTorch(bandwidth=1e9)
    devices = [types.SimpleNamespace(type="cuda", index=n) for n in range(4)]
    found = sums.DeviceSum(torch, devices, seed=5)
    assert found.bytes_moved == 4 * 2**10 * 2 * 3 // 4
    assert len({term.array.tobytes() for term in found.terms}) == 4
    assert found.burst(2)[1].duration_s > 0
    assert found.agrees()
    found.sums[2].array[7] += 1
    assert not found.agrees()
    torch.cuda.nccl.all_reduce = lambda inputs, outputs: None
    found.burst(1)
    assert not found.agrees()
    torch.cuda.nccl.is_available = lambda tensors: False
    with pytest.raises(NotApplicable, match="no NCCL"):
        sums.DeviceSum(torch, devices, seed=5)


def test_of_the_compiled_forms_the_quickest_is_kept(monkeypatch):
    """A form of 512 threads and 8 loads takes half of the time of any other."""
    monkeypatch.setattr(products, "_PAUSE_S", 0)
    torch = FakeTorch()

    class Built:
        tried = 0

        def call(self, name, kernel, a, b, c, scale, size, threads, loads, blocks, passes, sink):
            self.tried += 1
            torch.now_s += size * passes / (2e9 if (threads, loads) == (512, 8) else 1e9)

    built = Built()
    memory = DeviceMemory(torch, torch.cuda_device, units=4, cache=None, clock=lambda: None, kernels=built)  # type: ignore[arg-type]
    way = next(one.ways[0] for one in memory.kernels() if one.kernel == "read")
    assert (way.name, way.path) == ("cuda", "other-kernel")
    stream = memory.stream(StreamTask(kernel="read", way=way, footprint_bytes=2**20, seed=1))
    (timing,) = stream.burst(1)
    assert stream.bytes_moved / timing.duration_s == pytest.approx(2e9)
    assert built.tried > 27 * 3


def test_a_form_that_the_device_refuses_leaves_the_others(monkeypatch):
    """1024 threads of 76 registers are more than the 65,536 of a unit: the launch of such a form is refused."""
    monkeypatch.setattr(products, "_PAUSE_S", 0)
    torch = FakeTorch()

    class Built:
        most_threads = 512

        def call(self, name, kernel, a, b, c, scale, size, threads, loads, blocks, passes, sink):
            if threads > self.most_threads:
                raise NotApplicable("bench_stream: too many resources requested for launch")
            torch.now_s += size * passes / (2e9 if (threads, loads) == (512, 16) else 1e9)

    built = Built()
    memory = DeviceMemory(torch, torch.cuda_device, units=4, cache=None, clock=lambda: None, kernels=built)  # type: ignore[arg-type]
    task = StreamTask(kernel="triad", way=memory.kernels()[3].ways[0], footprint_bytes=3 * 2**20, seed=1)
    (timing,) = memory.stream(task).burst(1)
    assert 2**20 * (2**28 // (3 * 2**20)) / timing.duration_s == pytest.approx(2e9)
    built.most_threads = 0
    with pytest.raises(NotApplicable, match="too many resources"):
        memory.stream(task)

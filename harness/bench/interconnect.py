"""Interconnect between devices: copies between every ordered pair, and a sum over all of them at once.

The inventory of links is read with the state, of one device too. All that is timed here is an observation: the
quantity that is declared is counted from the links.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import permutations

from harness.bench.device import Device, NotApplicable, PeerCopy
from harness.bench.events import Event
from harness.bench.workbench import Workbench
from harness.model.bench_raw import RawSeries
from harness.model.measurement import Proof


@dataclass(frozen=True, kw_only=True, slots=True)
class _Test:
    """One test between devices; its series and what a report calls it."""

    device: Device
    prepared: Callable[[], PeerCopy]
    series: str
    observation: str
    method: str
    description: str
    way: str
    # Said where it is not applicable; nothing where another test of the same pair says so.
    refused: str | None


def copied(bench: Workbench, devices: Sequence[Device], session: int, longest_s: float) -> Iterator[Event]:
    """Time copies between every ordered pair, one way and both ways, and the sum over all devices."""
    if len(devices) < 2:
        if session == 1:
            yield bench.remark(None, "copies between devices: not applicable with one device; the links are counted")
        return
    tests = [
        _pair(bench, one, other, both_ways, session)
        for one, other in permutations(devices, 2)
        for both_ways in (False, True)
    ]
    tests.append(_sum_over_all(bench, devices, session))
    for test in bench.seed.shuffled(tests, f"pairs/{session}"):
        yield from _timed(bench, test, session, longest_s / len(tests))


def _pair(bench: Workbench, one: Device, other: Device, both_ways: bool, session: int) -> _Test:
    ends = f"{one.identity.unit_id}/to-{other.identity.unit_id}"
    seed = bench.seed.number(f"pair/{ends}/{session}")
    kind, ways = ("both", "both ways at once") if both_ways else ("one", "one way")
    return _Test(
        device=one,
        prepared=partial(one.memory.peer_copy, other.memory, both_ways=both_ways, seed=seed),
        series=f"interconnect/{ends}/{kind}",
        observation=f"peer-copy-{ends.replace('/', '-')}-{kind}-way",
        method=f"peer copy, {ways}",
        description=f"copy of random data from device memory to device memory, {ways}, bytes over the link",
        way="copy",
        refused=None if both_ways else f"copies to {other.identity.unit_id}",
    )


def _sum_over_all(bench: Workbench, devices: Sequence[Device], session: int) -> _Test:
    first, *others = devices
    memories = tuple(device.memory for device in others)
    return _Test(
        device=first,
        prepared=partial(first.memory.sum_over_all, memories, seed=bench.seed.number(f"sum-over-all/{session}")),
        series=f"interconnect/all-{len(devices)}/all-reduce",
        observation=f"all-reduce-{len(devices)}-devices",
        method="all-reduce, bus bandwidth",
        description=f"sum over {len(devices)} devices that each keeps, fp32; over the bus go 2 (n - 1) / n of an array",
        way="all-reduce",
        refused="a sum over all devices",
    )


def _timed(bench: Workbench, test: _Test, session: int, longest_s: float) -> Iterator[Event]:
    started = bench.clock.utc()
    try:
        copy = test.prepared()
    except NotApplicable as error:
        if session == 1 and test.refused is not None:
            yield bench.remark(test.device, f"{test.refused}: not applicable: {error}")
        return
    bench.watch.start(test.device.shown, bench.origin)
    try:
        samples = yield from bench.sampled(copy, 4, longest_s)
        agrees = copy.agrees() if samples.broken is None else None
    finally:
        watched = bench.watch.stop()
        copy.close()
    yield from bench.seen(test.device, f"{session}/{test.series}", watched)
    if samples.durations_s:
        line = RawSeries(
            unit_id=test.device.identity.unit_id,
            series=test.series,
            session=session,
            role="observation",
            measurand="interconnect_bandwidth",
            observation=test.observation,
            method=test.method,
            description=test.description,
            way=test.way,
            unit="GB/s",
            work=copy.bytes_moved,
            started_at=started,
            ended_at=bench.clock.utc(),
            starts_s=samples.starts,
            durations_s=samples.durations,
            clocks_mhz=tuple(None for _ in samples.starts),
            proof=None if agrees is None else Proof(result_checked=agrees),
            stopped=samples.stopped,
        )
        yield bench.keep(line)
    if agrees is False:
        yield bench.remark(test.device, f"{test.series}: what arrived is not what was sent")
    if samples.broken is not None:
        raise samples.broken

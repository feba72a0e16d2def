"""Interconnect: the inventory of links always; copies between every ordered pair where there are two devices."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import permutations

from harness.bench.device import Device, NotApplicable, PeerCopy
from harness.bench.events import Event
from harness.bench.workbench import Samples, Workbench
from harness.model.bench_raw import RawSeries
from harness.model.measurement import Proof


def copied(bench: Workbench, devices: Sequence[Device], session: int, longest_s: float) -> Iterator[Event]:
    """Time copies between every ordered pair, one way and both ways."""
    if len(devices) < 2:
        if session == 1:
            yield bench.remark(None, "copies between devices: not applicable with one device; the links are counted")
        return
    pairs = [(one, other, both) for one, other in permutations(devices, 2) for both in (False, True)]
    for one, other, both in bench.seed.shuffled(pairs, f"pairs/{session}"):
        yield from _pair(bench, one, other, both, session, longest_s / len(pairs))


def _pair(
    bench: Workbench, one: Device, other: Device, both_ways: bool, session: int, longest_s: float
) -> Iterator[Event]:
    ends = f"{one.identity.unit_id}/to-{other.identity.unit_id}"
    seed, started = bench.seed.number(f"pair/{ends}/{session}"), bench.clock.utc()
    try:
        copy = one.memory.peer_copy(other.memory, both_ways=both_ways, seed=seed)
    except NotApplicable as error:
        if session == 1 and not both_ways:
            yield bench.remark(one, f"copies to {other.identity.unit_id}: not applicable: {error}")
        return
    try:
        samples = yield from bench.sampled(copy, 4, longest_s)
        agrees = copy.agrees() if samples.broken is None else None
    finally:
        copy.close()
    if samples.durations_s:
        times = (started, bench.clock.utc())
        yield bench.keep(_series(copy, samples, agrees, both_ways=both_ways, ends=ends, session=session, times=times))
    if samples.broken is not None:
        raise samples.broken


def _series(
    copy: PeerCopy,
    samples: Samples,
    agrees: bool | None,
    *,
    both_ways: bool,
    ends: str,
    session: int,
    times: tuple[datetime, datetime],
) -> RawSeries:
    ways = "both ways at once" if both_ways else "one way"
    return RawSeries(
        unit_id=ends.split("/", maxsplit=1)[0],
        series=f"interconnect/{ends}/{'both' if both_ways else 'one'}",
        session=session,
        role="observation",
        measurand="interconnect_bandwidth",
        observation=f"peer-copy-{ends.replace('/', '-')}-{'both' if both_ways else 'one'}-way",
        method=f"peer copy, {ways}",
        description=f"copy of random data from device memory to device memory, {ways}, bytes over the link",
        way="copy",
        unit="GB/s",
        work=copy.bytes_moved,
        started_at=times[0],
        ended_at=times[1],
        starts_s=samples.starts,
        durations_s=samples.durations,
        clocks_mhz=tuple(None for _ in samples.starts),
        proof=None if agrees is None else Proof(result_checked=agrees),
        stopped=samples.stopped,
    )

"""The steps of a run, in order: capacity, then session by session DRAM, compute, interconnect, the first test again.

The order within a part and every shape follow from the seed; the list follows from the plan and the devices alone, so
that a run which is taken up again finds its place.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import count

from harness.bench.bandwidth import StreamTest, streamed
from harness.bench.capacity import verified
from harness.bench.compute import ComputeTest, scout, timed_rate
from harness.bench.device import Device
from harness.bench.events import Event
from harness.bench.interconnect import copied
from harness.bench.workbench import Workbench


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One step: its key (the same whenever the run is taken up), its share of the time, and what it does in it."""

    key: str
    weight: float
    session: int
    run: Callable[[float], Iterator[Event]]


def sessions(bench: Workbench, devices: Sequence[Device]) -> Iterator[tuple[Step, ...]]:
    """Return the steps of each session in turn; without end where the plan has no number of sessions."""
    numbers = count(1) if bench.plan.sessions is None else range(1, bench.plan.sessions + 1)
    for session in numbers:
        steps: list[Step] = []
        for device in devices:
            steps += _of_device(bench, device, session)
        steps.append(
            Step(
                key=f"{session}/interconnect",
                weight=1 if len(devices) > 1 else 0.01,
                session=session,
                run=partial(copied, bench, devices, session),
            )
        )
        for device in devices:
            steps += _again(bench, device, session)
        yield tuple(steps)


def _of_device(bench: Workbench, device: Device, session: int) -> Iterator[Step]:
    unit = device.identity.unit_id
    if session == 1:
        yield Step(key=f"{unit}/capacity", weight=3, session=1, run=partial(verified, bench, device))
    for stream in bench.seed.shuffled(_streams(device, session), f"{unit}/dram/{session}"):
        yield Step(
            key=f"{session}/{unit}/{stream.key}", weight=0.7, session=session, run=partial(streamed, bench, stream)
        )
    if session == 1:
        for stream in _sweeps(device):
            yield Step(key=f"{unit}/{stream.key}", weight=2, session=1, run=partial(streamed, bench, stream))
        for test in _scouted(bench, device):
            yield Step(key=f"{unit}/scout/{test.key}", weight=2, session=1, run=partial(scout, bench, test))
    for test in bench.seed.shuffled(_rates(bench, device, session), f"{unit}/compute/{session}"):
        yield Step(
            key=f"{session}/{unit}/{test.key}",
            weight=3 if test.kind == "sustained" else 1,
            session=session,
            run=partial(timed_rate, bench, test),
        )


def _streams(device: Device, session: int) -> list[StreamTest]:
    return [
        StreamTest(device=device, kernel=support.kernel, way=way, session=session)
        for support in device.memory.kernels()
        for way in support.ways
    ]


def _sweeps(device: Device) -> list[StreamTest]:
    """The kernel that reads tells the plateaus of the caches; where there is none, the first."""
    kernels = [support for support in device.memory.kernels() if support.ways]
    chosen = [one for one in kernels if one.kernel == "read"] or kernels
    return [StreamTest(device=device, kernel=one.kernel, way=one.ways[0], session=1, sweep=True) for one in chosen[:1]]


def _scouted(bench: Workbench, device: Device) -> list[ComputeTest]:
    return [
        ComputeTest(device=device, support=support, way=way, session=1)
        for support in device.arithmetic.formats()
        for way in support.ways[: bench.plan.most_ways]
    ]


def _rates(bench: Workbench, device: Device, session: int) -> list[ComputeTest]:
    """Every way in bursts of random data; of the best one also other data, an unknown shape, and without rest."""
    tests = []
    for support in device.arithmetic.formats():
        for number, way in enumerate(support.ways[: bench.plan.most_ways]):
            plain = ComputeTest(device=device, support=support, way=way, session=session)
            tests.append(plain)
            if number == 0:
                tests += [replace(plain, pattern=pattern) for pattern in bench.plan.patterns if pattern != "random"]
                tests += [replace(plain, kind="challenged"), replace(plain, kind="sustained")]
    return tests


def first_rate(bench: Workbench, device: Device, session: int) -> ComputeTest | None:
    """Return the first compute test of a session in bursts of random data: the one that is run again at its end."""
    order = bench.seed.shuffled(_rates(bench, device, session), f"{device.identity.unit_id}/compute/{session}")
    return next((test for test in order if test.kind == "burst" and test.pattern == "random"), None)


def _again(bench: Workbench, device: Device, session: int) -> Iterator[Step]:
    first = first_rate(bench, device, session)
    if first is not None:
        test = replace(first, kind="again")
        key = f"{session}/{device.identity.unit_id}/{test.key}"
        yield Step(key=key, weight=1, session=session, run=partial(timed_rate, bench, test))

"""Compute tests: scouting of shapes, burst and sustained rates per format, way and data, each with its proof."""

import statistics
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from harness.bench.device import Check, Device, FormatSupport, NotApplicable, Product, ProductTask, Shape, Timing, Way
from harness.bench.events import Event, Seen
from harness.bench.figures import figure, rate, rate_unit
from harness.bench.stopping import WINDOWS, steadiness
from harness.bench.workbench import Samples, Workbench
from harness.errors import HarnessError
from harness.model.bench_raw import DataPattern, RawSeries
from harness.model.measurement import Proof

Role = Literal["measurement", "observation", "again"]
_SCOUTED_SAMPLES = 3
# An in-kernel clock that differs by more from the one that the driver shows is said.
_CLOCK_TOLERANCE = 0.02


@dataclass(frozen=True, kw_only=True, slots=True)
class ComputeTest:
    """One test: a format on one way with one data pattern, in bursts or without rest."""

    device: Device
    support: FormatSupport
    way: Way
    pattern: DataPattern = "random"
    session: int
    kind: Literal["burst", "sustained", "challenged", "again"] = "burst"

    @property
    def key(self) -> str:
        """A name that is the same in every session."""
        return f"compute/{self.support.number_format}/{self.way.name}/{self.pattern}/{self.kind}"


@dataclass(slots=True)
class _Checks:
    """Takes the check of every result that is looked at."""

    product: Product
    seed: int
    found: list[Check] = field(default_factory=list)

    def take(self) -> None:
        self.found.append(self.product.check(self.seed + len(self.found)))

    def proof(self, samples: int) -> Proof | None:
        """Return the proof: checked is what every sample's result was, and nothing less."""
        if not self.found:
            return None
        wrong = sum(check.wrong for check in self.found)
        every = len(self.found) >= samples
        return Proof(
            relative_error=_small(max(check.relative_error for check in self.found)),
            output_format=self.found[-1].output_format,
            result_checked=False if wrong else (True if every else None),
            result_wrong=wrong,
        )


def _small(error: float) -> Decimal:
    return figure(error, 18) or Decimal(0)


def scout(bench: Workbench, test: ComputeTest, longest_s: float) -> Iterator[Event]:
    """Try shapes, the quickest first, and keep each as an observation; the best one is used from then on."""
    began, tried = bench.clock.now(), 0
    expected = 0.0
    last: Shape | None = None
    for shape in test.device.arithmetic.shapes(test.support.number_format, test.way):
        if last is not None:
            expected *= shape.operations / last.operations
        out_of_time = bench.clock.now() - began >= longest_s
        if tried >= bench.plan.most_shapes or (tried and (expected > bench.plan.longest_sample_s or out_of_time)):
            break
        line = yield from _scouted(bench, test, shape)
        tried += line is not None
        if line is not None:
            expected, last = float(min(line.durations_s)), shape


def _scouted(bench: Workbench, test: ComputeTest, shape: Shape) -> Generator[Event, None, RawSeries | None]:
    task = _task(bench, test, shape)
    started = bench.clock.utc()
    try:
        product = test.device.arithmetic.product(task)
    except NotApplicable as error:
        yield bench.remark(test.device, f"{test.support.number_format} {shape} by {test.way.name}: {error}")
        return None
    try:
        samples, checks = Samples(), _Checks(product, task.seed)
        for _ in range(_SCOUTED_SAMPLES):
            bench.check()
            start = bench.elapsed()
            samples.add(start, product.burst(1))
            checks.take()
    finally:
        product.close()
    samples.stopped = f"{_SCOUTED_SAMPLES} samples to rank shapes"
    line = _series(bench, test, shape, samples, started, role="observation", checks=checks)
    yield bench.keep(line)
    return line


def best_shape(bench: Workbench, test: ComputeTest) -> Shape | None:
    """Return the shape that scouting found the best, of this format on this way."""
    prefix = f"compute/{test.support.number_format}/{test.way.name}/shape-"
    found = [
        (rate(line.work, min(line.durations_s), "GFLOP/s"), line)
        for name, lines in bench.series.items()
        if name.startswith(prefix)
        for line in lines
        if line.unit_id == test.device.identity.unit_id
    ]
    if not found:
        return None
    best = max(found, key=lambda one: one[0])[1]
    return Shape(*(int(side) for side in best.series.removeprefix(prefix).split("x")))


def timed_rate(bench: Workbench, test: ComputeTest, longest_s: float) -> Iterator[Event]:
    """Run one test at its shape: in bursts until the stopping rule is content, or without rest in equal windows."""
    shape = best_shape(bench, test)
    if shape is None:
        return
    if test.kind == "challenged":
        shape = bench.seed.shape_near(shape, f"{test.key}/{test.session}")
    task, started, began = _task(bench, test, shape), bench.clock.utc(), bench.clock.now()
    try:
        product = test.device.arithmetic.product(task)
    except NotApplicable as error:
        yield bench.remark(test.device, f"{test.key}: {error}")
        return
    checks = _Checks(product, task.seed)
    left = max(0.0, longest_s - (bench.clock.now() - began))
    bench.watch.start(test.device.shown, bench.origin)
    try:
        if test.kind == "sustained":
            samples = yield from _sustained(bench, product, min(left, bench.plan.sustained_s))
            if samples.broken is None:
                checks.take()
        else:
            samples = yield from bench.sampled(product, product.iterations, left, checks.take, _told(shape))
        in_kernel = test.device.arithmetic.clock_in_kernel_mhz() if samples.broken is None else None
    finally:
        readings = bench.watch.stop()
        product.close()
    yield from bench.telemetry(test.device, f"{test.session}/{test.key}", readings)
    if samples.durations_s:
        role: Role = "again" if test.kind == "again" else "measurement"
        line = _series(bench, test, shape, samples, started, role=role, checks=checks)
        clocks = bench.certified(samples, readings)
        line = line.model_copy(update={"clocks_mhz": clocks, "in_kernel_clock_mhz": figure(in_kernel)})
        yield bench.keep(line)
        yield from _clock_told(bench, test, line)
    if samples.broken is not None:
        raise samples.broken


def _told(shape: Shape) -> Callable[[Samples], str]:
    return lambda samples: f"{shape.operations / samples.fastest_s / 1e9:,.1f} G/s"


def _sustained(bench: Workbench, product: Product, length_s: float) -> Generator[Event, None, Samples]:
    """Run without rest in eight equal windows; each is one sample: the mean of its products."""
    samples, began = Samples(), bench.clock.now()
    first = product.burst(1)
    count = max(1, round(length_s / WINDOWS / first[0].duration_s))
    for number in range(WINDOWS):
        try:
            bench.check()
            start, timings = bench.elapsed(), _window(product, count)
        except HarnessError as error:
            samples.broken, samples.stopped = error, str(error)
            break
        clocks = [timing.clock_mhz for timing in timings if timing.clock_mhz is not None]
        mean = Timing(
            duration_s=statistics.fmean(timing.duration_s for timing in timings),
            clock_mhz=min(clocks, default=None),
        )
        samples.add(start, (mean,))
        if bench.clock.now() - began > 2 * length_s:
            break
        yield Seen(text=f"window {number + 1} of {WINDOWS}")
    if samples.broken is None:
        done = len(samples.durations_s)
        samples.stopped = f"{done} windows of {count} products without rest; {steadiness(samples.durations_s)}"
    return samples


def _window(product: Product, count: int) -> list[Timing]:
    timings: list[Timing] = []
    while len(timings) < count:
        timings += product.burst(min(product.iterations, count - len(timings)))
    return timings


def _task(bench: Workbench, test: ComputeTest, shape: Shape) -> ProductTask:
    seed = bench.seed.number(f"{test.device.identity.unit_id}/{test.key}/{shape}/{test.session}")
    return ProductTask(
        number_format=test.support.number_format, way=test.way, shape=shape, pattern=test.pattern, seed=seed
    )


def _series(
    bench: Workbench,
    test: ComputeTest,
    shape: Shape,
    samples: Samples,
    started: datetime,
    *,
    role: Role,
    checks: _Checks,
) -> RawSeries:
    scouted = role == "observation"
    name = f"compute/{test.support.number_format}/{test.way.name}/shape-{shape}" if scouted else test.key
    return RawSeries(
        unit_id=test.device.identity.unit_id,
        series=name,
        session=test.session,
        role=role,
        measurand="compute_rate",
        observation=f"gemm-{test.support.number_format}-{test.way.name}-{shape}" if scouted else None,
        number_format=test.support.number_format,
        method=f"gemm {shape} by {test.way.name}, {'scouted' if scouted else test.kind}",
        description=test.way.description,
        way=test.way.name,
        path=test.way.path,
        data_pattern=test.pattern,
        challenged=test.kind == "challenged" and bench.seed.challenged,
        sustained=test.kind == "sustained",
        unit=rate_unit(shape.operations, min(samples.durations_s), integer=test.support.integer),
        work=shape.operations,
        started_at=started,
        ended_at=bench.clock.utc(),
        clocks_mhz=tuple(figure(clock) for clock in samples.clocks_mhz),
        proof=checks.proof(len(samples.durations_s)),
        results_checked=len(checks.found),
        stopped=samples.stopped,
        starts_s=samples.starts,
        durations_s=samples.durations,
    )


def _clock_told(bench: Workbench, test: ComputeTest, line: RawSeries) -> Iterator[Event]:
    """Say where the device's own count of its clock and the one that its driver shows do not agree."""
    clocks = [float(clock) for clock in line.clocks_mhz if clock]
    counted = float(line.in_kernel_clock_mhz or 0)
    if clocks and counted and abs(statistics.median(clocks) / counted - 1) > _CLOCK_TOLERANCE:
        said = f"{line.series}: the driver shows {statistics.median(clocks):.0f} MHz, a kernel counted {counted:.0f}"
        yield bench.remark(test.device, said)

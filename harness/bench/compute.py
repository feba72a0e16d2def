"""Compute tests: scouting of shapes, burst and sustained rates per format, way and data, each with its proof."""

import math
import statistics
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from harness.bench.absorption import absorbed
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
_LISTENS_S = 1.0
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

    @property
    def results(self) -> int:
        """How many results the checks speak for."""
        return sum(check.results for check in self.found)

    def take(self) -> None:
        self.found.append(self.product.check(self.seed + len(self.found)))

    def proof(self, samples: int) -> Proof | None:
        """Return the proof: checked is what every sample's result was, and nothing less."""
        if not self.found:
            return None
        wrong = sum(check.wrong for check in self.found)
        every = self.results >= samples
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
    began, tried, burst_s = bench.clock.now(), 0, 0.0
    for shape in test.device.arithmetic.shapes(test.support.number_format, test.way):
        out_of_time = bench.clock.now() - began >= longest_s
        if tried >= bench.plan.most_shapes or (tried and out_of_time):
            break
        if tried and burst_s * shape.operations > bench.plan.longest_burst_s:
            continue
        found = yield from _scouted(bench, test, shape)
        if found is not None:
            tried += 1
            burst_s = found / shape.operations
    for shape in ranked_shapes(bench, test, "shape")[: bench.plan.most_confirmed]:
        if bench.clock.now() - began >= longest_s:
            break
        yield from _scouted(bench, test, shape, confirmed=True)
    if tried:
        unit, arithmetic = test.device.identity.unit_id, test.device.arithmetic
        yield from absorbed(bench, unit, arithmetic, test.support.number_format, test.way)


def _scouted(
    bench: Workbench, test: ComputeTest, shape: Shape, *, confirmed: bool = False
) -> Generator[Event, None, float | None]:
    """Time a shape a few times, one by one; or in a burst, which ranks better what is quick.

    Returns:
        How long the products of one burst take, in seconds; None where it is not applicable.
    """
    task = _task(bench, test, shape)
    started = bench.clock.utc()
    try:
        product = test.device.arithmetic.product(task)
    except NotApplicable as error:
        yield bench.remark(test.device, f"{test.support.number_format} {shape} by {test.way.name}: {error}")
        return None
    try:
        samples, checks = Samples(), _Checks(product, task.seed)
        for count in [product.iterations] if confirmed else [1] * _SCOUTED_SAMPLES:
            bench.check()
            start = bench.elapsed()
            samples.add(start, product.burst(count))
            checks.take()
    finally:
        product.close()
    samples.stopped = f"{len(samples.durations_s)} samples to rank shapes"
    line = _series(bench, test, shape, samples, started, role="observation", checks=checks)
    if confirmed:
        again = {
            "series": line.series.replace("/shape-", "/confirmed-"),
            "observation": f"confirmed-{line.observation}",
        }
        line = line.model_copy(update=again)
    yield bench.keep(line)
    return product.iterations * samples.fastest_s


def best_shape(bench: Workbench, test: ComputeTest) -> Shape | None:
    """Return the shape that scouting found the best, of this format on this way; a confirmed one where there is one."""
    found = ranked_shapes(bench, test, "confirmed") or ranked_shapes(bench, test, "shape")
    return found[0] if found else None


def ranked_shapes(bench: Workbench, test: ComputeTest, kind: Literal["shape", "confirmed"]) -> tuple[Shape, ...]:
    """Return the shapes that were tried, the best first."""
    prefix = f"compute/{test.support.number_format}/{test.way.name}/{kind}-"
    found = [
        (rate(line.work, min(line.durations_s), "GFLOP/s"), line.series.removeprefix(prefix))
        for name, lines in bench.series.items()
        if name.startswith(prefix)
        for line in lines
        if line.unit_id == test.device.identity.unit_id
    ]
    ranked = sorted(found, key=lambda one: one[0], reverse=True)
    return tuple(Shape(*(int(side) for side in sides.split("x"))) for _, sides in ranked)


def timed_rate(bench: Workbench, test: ComputeTest, longest_s: float) -> Iterator[Event]:
    """Run one test at its shape: in bursts until the stopping rule is content, or without rest in equal windows."""
    shape = best_shape(bench, test)
    if shape is None:
        return
    if test.kind == "challenged":
        # The same one in every session: with another, the rate would change with how its tiles fill the units.
        shape = bench.seed.shape_near(shape, test.key)
    task, started, began = _task(bench, test, shape), bench.clock.utc(), bench.clock.now()
    try:
        product = test.device.arithmetic.product(task)
    except NotApplicable as error:
        yield bench.remark(test.device, f"{test.key}: {error}")
        return
    checks, products = _Checks(product, task.seed), 1
    left = max(0.0, longest_s - (bench.clock.now() - began))
    bench.watch.start(test.device.shown, bench.origin)
    try:
        if test.kind == "sustained":
            samples, products = yield from _sustained(bench, product, min(left, bench.plan.sustained_s))
            if samples.broken is None:
                checks.take()
        else:
            # What is run one by one is no burst, and has no clock to recover.
            rest_s = bench.plan.rest_before_burst_s if product.iterations > 1 else 0
            samples = yield from bench.sampled(
                product, product.iterations, left, checks.take, _told(shape), rest_s=rest_s
            )
        in_kernel = None
        if test.kind == "sustained" and samples.broken is None:
            # After a rest the clock still falls, and a driver that shows it late would pass for one that lies.
            in_kernel = test.device.arithmetic.clock_in_kernel()
    finally:
        watched = bench.watch.stop()
        product.close()
    yield from bench.seen(test.device, f"{test.session}/{test.key}", watched)
    if samples.durations_s:
        role: Role = "again" if test.kind == "again" else "measurement"
        line = _series(bench, test, shape, samples, started, role=role, checks=checks, products=products)
        clocks = bench.certified(samples, watched.readings)
        fresh: dict[str, object] = {"clocks_mhz": clocks}
        if in_kernel is not None:
            fresh |= {
                "in_kernel_clock_mhz": figure(in_kernel.counted_mhz),
                "in_kernel_shown_mhz": figure(in_kernel.shown_mhz),
            }
        lesser = test.way.sparsity != "dense" or (test.way.partial and _library_does_more(bench, test))
        if lesser and role == "measurement":
            # Neither a sparse rate nor that of a lesser kernel is the measurand: kept, and merged with nothing.
            name = f"other-gemm-{test.support.number_format}-{test.way.name}-{test.kind}"
            fresh |= {"role": "observation", "observation": name}
        line = line.model_copy(update=fresh)
        yield bench.keep(line)
        yield from _clock_told(bench, test, line)
    if samples.broken is not None:
        raise samples.broken


def _library_does_more(bench: Workbench, test: ComputeTest) -> bool:
    """Whether a library did more in the same format when every way was scouted: the same for all sessions."""
    libraries = {way.name for way in test.support.ways if way.path == "library" and way.sparsity == "dense"}
    seen: dict[bool, Decimal] = {}
    scouted = (lines for name, lines in bench.series.items() if "/shape-" in name or "/confirmed-" in name)
    for one in (line for lines in scouted for line in lines):
        of_format = one.unit_id == test.device.identity.unit_id and one.number_format == test.support.number_format
        if of_format and (one.way in libraries or one.way == test.way.name):
            of_library = one.way in libraries
            best = rate(one.work, min(one.durations_s), "GFLOP/s")
            seen[of_library] = max(seen.get(of_library, best), best)
    return seen.get(True, Decimal(0)) > seen.get(False, Decimal(0))


def _told(shape: Shape) -> Callable[[Samples], str]:
    return lambda samples: f"{shape.operations / samples.fastest_s / 1e9:,.1f} G/s"


def _sustained(bench: Workbench, product: Product, length_s: float) -> Generator[Event, None, tuple[Samples, int]]:
    """Run without rest in eight equal windows; each is one sample, of so many products together.

    Returns:
        The samples, and how many products each of them is.
    """
    samples, began = Samples(), bench.clock.now()
    each_s = product.burst(1)[0].duration_s
    count = max(1, round(length_s / WINDOWS / each_s))
    for number in range(WINDOWS):
        try:
            start, window = bench.elapsed(), _window(bench, product, count, each_s)
        except HarnessError as error:
            samples.broken, samples.stopped = error, str(error)
            break
        samples.add(start, (window,))
        if bench.clock.now() - began > 2 * length_s:
            break
        yield Seen(text=f"window {number + 1} of {WINDOWS}")
    if samples.broken is None:
        done = len(samples.durations_s)
        samples.stopped = f"{done} windows of {count} products without rest; {steadiness(samples.durations_s)}"
    return samples, count


def _window(bench: Workbench, product: Product, count: int, each_s: float) -> Timing:
    """Run so many products, and listen about once in a second."""
    timings, left, most = [], count, max(1, round(_LISTENS_S / each_s))
    while left:
        bench.check()
        timings.append(product.steady(min(most, left)))
        left -= min(most, left)
    clocks = [timing.clock_mhz for timing in timings if timing.clock_mhz is not None]
    return Timing(
        duration_s=math.fsum(timing.duration_s for timing in timings),
        clock_mhz=statistics.fmean(clocks) if clocks else None,
    )


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
    products: int = 1,
) -> RawSeries:
    """Return the line of a test whose samples are so many products each."""
    work = products * shape.operations
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
        unit=rate_unit(work, min(samples.durations_s), integer=test.support.integer),
        work=work,
        started_at=started,
        ended_at=bench.clock.utc(),
        clocks_mhz=tuple(figure(clock) for clock in samples.clocks_mhz),
        proof=checks.proof(products * len(samples.durations_s)),
        results_checked=checks.results,
        stopped=samples.stopped,
        starts_s=samples.starts,
        durations_s=samples.durations,
    )


def _clock_told(bench: Workbench, test: ComputeTest, line: RawSeries) -> Iterator[Event]:
    """Say where the device's own count of its clock and the one that its driver shows do not agree."""
    counted, shown = line.in_kernel_clock_mhz, line.in_kernel_shown_mhz
    if counted and shown and abs(float(shown / counted) - 1) > _CLOCK_TOLERANCE:
        said = f"{line.series}: the driver shows {shown:.0f} MHz, a kernel counted {counted:.0f} in the same time"
        yield bench.remark(test.device, said)

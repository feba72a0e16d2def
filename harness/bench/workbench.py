"""What every test works with: time, plan, seed, telemetry, and a way to be stopped."""

import math
import statistics
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from harness.bench.clock import Clock
from harness.bench.device import Device, DeviceLost, NotApplicable, Timing
from harness.bench.events import Event, Recorded, Seen
from harness.bench.figures import figure, seconds
from harness.bench.plan import Plan, Seed
from harness.bench.stopping import Stopping
from harness.bench.watch import Watch, Watched
from harness.errors import HarnessError
from harness.model.bench_raw import BenchReading, RawCounted, RawRemark, RawSeries, RawTelemetry

_SLICE_S, _NEAR_S = 0.2, 1.0
# What one line of the raw file holds without being slow to read.
_MOST_SAMPLES, _READINGS_PER_LINE = 2_000, 4_096


class Stopped(HarnessError):
    """Somebody asked for the run to end."""


class Timed(Protocol):
    """Anything that runs in bursts."""

    def burst(self, count: int) -> tuple[Timing, ...]:
        """Run `count` times and time each."""


@dataclass(slots=True)
class Samples:
    """What was timed: when each began, how long it took, its clock where the source told it."""

    starts_s: list[float] = field(default_factory=list)
    durations_s: list[float] = field(default_factory=list)
    clocks_mhz: list[float | None] = field(default_factory=list)
    fastest_s: float = math.inf
    stopped: str = ""
    # What ended it before its time: it is raised again when the samples are kept.
    broken: HarnessError | None = None

    @property
    def starts(self) -> tuple[Decimal, ...]:
        """When each began, as the raw file holds it."""
        return tuple(seconds(start) for start in self.starts_s)

    @property
    def durations(self) -> tuple[Decimal, ...]:
        """How long each took, as the raw file holds it."""
        return tuple(seconds(duration) for duration in self.durations_s)

    def add(self, start_s: float, timings: tuple[Timing, ...]) -> None:
        """Add a burst; its runs follow each other, so each begins when the last one ended."""
        for timing in timings:
            self.starts_s.append(start_s)
            self.durations_s.append(timing.duration_s)
            self.fastest_s = min(self.fastest_s, timing.duration_s)
            self.clocks_mhz.append(timing.clock_mhz)
            start_s += timing.duration_s


@dataclass(slots=True)
class Workbench:
    """A run's surroundings."""

    plan: Plan
    seed: Seed
    clock: Clock
    watch: Watch
    interrupted: Callable[[], bool]
    # The moment that counts as 0 in all that is kept; on a run that is taken up, as far back as was measured.
    origin: float = 0.0
    series: dict[str, list[RawSeries]] = field(default_factory=dict)
    # Steps for which no time was left.
    left_out: int = 0
    # How many devices share the time.
    devices: int = 1

    def elapsed(self) -> float:
        """Return the seconds since the run began."""
        return self.clock.now() - self.origin

    def check(self) -> None:
        """Raise where somebody asked for the end.

        Raises:
            Stopped: They did.
        """
        if self.interrupted():
            raise Stopped("interrupted")

    def rest(self, length_s: float) -> None:
        """Leave the devices alone, and listen."""
        until = self.clock.now() + length_s
        while (left := until - self.clock.now()) > 0:
            self.check()
            self.clock.sleep(min(_SLICE_S, left))

    def keep(self, line: RawSeries) -> Recorded:
        """Return the event that keeps a series, and remember it for what comes after."""
        self.series.setdefault(line.series, []).append(line)
        return Recorded(line=line)

    def seen(self, device: Device, step: str, watched: Watched) -> Iterator[Recorded]:
        """Return the events that keep what was read while a test ran, and what was counted over it."""
        unit, readings = device.identity.unit_id, watched.readings
        for n in range(0, len(readings), _READINGS_PER_LINE):
            part = readings[n : n + _READINGS_PER_LINE]
            yield Recorded(line=RawTelemetry(unit_id=unit, step=step, readings=part))
        if watched.after is not None:
            yield Recorded(
                line=RawCounted(
                    unit_id=unit,
                    step=step,
                    began_s=seconds(watched.began_s),
                    ended_s=seconds(watched.ended_s),
                    before=watched.before,
                    after=watched.after,
                )
            )

    def remark(self, device: Device | None, text: str) -> Recorded:
        """Return the event that keeps a remark."""
        return Recorded(line=RawRemark(unit_id=device.identity.unit_id if device else None, text=text))

    def sampled(
        self,
        timed: Timed,
        iterations: int,
        longest_s: float,
        after_burst: Callable[[], None] | None = None,
        said: Callable[[Samples], str] = lambda samples: f"{len(samples.durations_s)} samples",
        rest_s: float = 0,
    ) -> Generator[Event, None, Samples]:
        """Run bursts until the stopping rule is content, and return every sample: none is thrown away."""
        samples, rule, began = Samples(), Stopping(longest_s), self.clock.now()
        while True:
            try:
                self.check()
                self.rest(rest_s)
                start = self.elapsed()
                # A burst that would go on beyond its time is as short as it must be.
                left = (longest_s - (self.clock.now() - began)) / samples.fastest_s
                timings = timed.burst(max(1, min(iterations, int(left))) if samples.durations_s else iterations)
                samples.add(start, timings)
                if after_burst is not None:
                    after_burst()
            except (DeviceLost, NotApplicable, Stopped) as error:
                samples.broken, samples.stopped = error, str(error)
                return samples
            for timing in timings:
                rule.take(timing.duration_s)
            reason = rule.reason(self.clock.now() - began)
            if reason is None and len(samples.durations_s) >= _MOST_SAMPLES:
                reason = f"{_MOST_SAMPLES} samples; not met: {'; '.join(rule.wanting())}"
            if reason is not None:
                samples.stopped = reason
                return samples
            yield Seen(text=said(samples))

    def certified(self, samples: Samples, readings: tuple[BenchReading, ...]) -> tuple[Decimal | None, ...]:
        """Return the clock of every sample: the source's own, or the telemetry's while it ran; None where unknown."""
        seen = [(float(one.at_s), one.sm_clock_mhz) for one in readings if one.sm_clock_mhz is not None]
        times, shown = [at for at, _ in seen], [clock for _, clock in seen]
        return tuple(
            figure(clock) if clock is not None else _clock_during(times, shown, start, start + duration)
            for start, duration, clock in zip(samples.starts_s, samples.durations_s, samples.clocks_mhz, strict=True)
        )


def _clock_during(times: list[float], shown: list[Decimal], start_s: float, end_s: float) -> Decimal | None:
    """Return the mean of the clocks seen while a sample ran, or the one seen nearest to it within a second."""
    first, last = bisect_left(times, start_s), bisect_right(times, end_s)
    if first < last:
        return figure(statistics.fmean(map(float, shown[first:last])))
    near = min(
        (n for n in (first - 1, first) if 0 <= n < len(times)), key=lambda n: abs(times[n] - start_s), default=None
    )
    return shown[near] if near is not None and abs(times[near] - start_s) <= _NEAR_S else None

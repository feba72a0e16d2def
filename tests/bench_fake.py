"""A device that is a script: rates, clocks, limiters and memory as told, in a time that costs none. For tests alone."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
from bench_fake_memory import MIB, FakeMemory

from harness.bench.device import (
    Check,
    ClockCount,
    Device,
    DeviceLost,
    FormatSupport,
    NotApplicable,
    ProductTask,
    Shape,
    Shown,
    Timing,
    Way,
)
from harness.bench.plan import Plan, Seed
from harness.bench.runner import Run
from harness.bench.watch import Watched, counters_if_there
from harness.model.bench_raw import BenchCounters, BenchIdentity, BenchReading, RawHeader, RawLine
from harness.model.device_state import Limiter, Link, UnitState

_PERIOD_S = 0.1
LIBRARY = Way(name="library", path="library", description="the maker's library")
LOOP = Way(name="loop", path="register-loop", description="a loop in registers")


class FakeClock:
    """Time that passes only when somebody works or sleeps."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.slept = 0.0
        self.passed: list[Callable[[], None]] = []

    def now(self) -> float:
        return self.seconds

    def utc(self) -> datetime:
        return datetime(2026, 11, 29, 12, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def sleep(self, seconds: float) -> None:
        self.slept += seconds
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        self.seconds += seconds
        for call in self.passed:
            call()


class FakeWatch:
    """Reads the device whenever time passes."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock, self.readings, self.last = clock, [], 0.0
        clock.passed.append(self._read)
        self.shown: Shown | None = None

    def start(self, shown: Shown, since: float) -> None:
        self.before, self.began = shown.counters(), self.clock.now() - since
        self.shown, self.since, self.readings, self.last = shown, since, [], 0.0
        self._read()

    def _read(self) -> None:
        if self.shown is not None and self.clock.now() - self.last >= _PERIOD_S:
            self.last = self.clock.now()
            self.readings.append(self.shown.reading(self.clock.now() - self.since))

    def stop(self) -> Watched:
        shown, self.shown = self.shown, None
        assert shown is not None
        return Watched(
            readings=tuple(self.readings),
            began_s=self.began,
            ended_s=self.clock.now() - self.since,
            before=self.before,
            after=counters_if_there(shown),
        )


@dataclass
class Script:
    """What the device is and does. Rates in operations or bytes per second at the highest clock."""

    unit_id: str = "gpu-0"
    name: str = "Fake accelerator"
    kind: str = "fake"
    rates: dict[str, float] = field(default_factory=lambda: {"fp64": 2e12, "bf16": 8e12})
    loop_rates: dict[str, float] = field(default_factory=lambda: {"bf16": 9e12})
    zeros_gain: float = 1.1
    errors: dict[str, float] = field(default_factory=lambda: {"fp64": 1e-15, "bf16": 1.7e-3})
    wrong: bool = False
    # From which k on a format loses products of 2^-k beside a 1.
    absorbs: dict[str, int] = field(default_factory=dict)
    max_clock: float = 2000
    application_clock: float | None = 2000
    # The clock at a moment of virtual time; what the driver says of it, and what a kernel counts.
    clock_at: Callable[[float], float] = lambda at: 2000.0
    driver_says: Callable[[float], float | None] = lambda clock: clock
    limiter_us: int | None = 0
    active: tuple[str, ...] | None = ()
    energy_known: bool = True
    # What it draws at work and at rest; its counter of energy adds up the same, times a share.
    power_w: float | None = 700
    idle_w: float = 100
    energy_share: float = 1.0
    jitter: float = 0.001
    bandwidth: float = 40e9
    cache_bytes: int = 50 * MIB
    cache_bandwidth: float = 100e9
    memory_bytes: int = 512 * MIB
    chunk_bytes: int = 64 * MIB
    # The byte that an address really reaches; and chunks on a slower tier.
    aliased: Callable[[int], int] = lambda address: address
    slow_chunks: frozenset[int] = frozenset()
    dies_at: float | None = None
    links: tuple[Link, ...] | None = (Link(name="FakeLink", count=18, rate=Decimal(25), directions=2),)
    peer_rate: float | None = 300e9
    states: dict[str, object] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


class FakeDevice:
    """All three sides of a scripted device."""

    def __init__(self, script: Script, clock: FakeClock) -> None:
        self.script, self.clock = script, clock
        self.random = np.random.default_rng(5)
        self.work_s, self.at_work, self.began = 0.0, False, clock.now()

    def device(self) -> Device:
        identity = BenchIdentity(
            unit_id=self.script.unit_id,
            kind=self.script.kind,
            name=self.script.name,
            manufacturer="Fake",
            driver="1.0",
            compute_library="fake library 1",
        )
        return Device(
            identity=identity, shown=self, arithmetic=self, memory=FakeMemory(self), remarks=self.script.remarks
        )

    def alive(self) -> None:
        if self.script.dies_at is not None and self.clock.now() >= self.script.dies_at:
            raise DeviceLost("the bus does not answer")

    def work(self, ideal_s: float) -> Timing:
        self.alive()
        slowed = self.script.max_clock / self.script.clock_at(self.clock.now())
        duration = ideal_s * slowed * (1 + abs(float(self.random.normal(0, self.script.jitter))))
        self.work_s += duration
        self.at_work = True
        self.clock.advance(duration)
        self.at_work = False
        return Timing(duration_s=duration)

    # What it shows.
    def state(self) -> UnitState:
        self.alive()
        names = () if self.script.active is None else (Limiter(name="software-power-cap", active=False),)
        known = {
            "processing_units_enabled": 100,
            "max_sm_clock_mhz": Decimal(str(self.script.max_clock)),
            "application_sm_clock_mhz": _decimal(self.script.application_clock),
            "power_limit_w": Decimal(700),
            "default_power_limit_w": Decimal(700),
            "thermal_slowdown": False,
            "partitioned": False,
            "virtualized": False,
            "limiters": names,
        }
        return UnitState.model_validate({**known, **self.script.states})

    def counters(self) -> BenchCounters:
        self.alive()
        us = self.script.limiter_us
        idle_s = self.clock.now() - self.began - self.work_s
        energy = self.script.energy_share * (self.work_s * (self.script.power_w or 0) + idle_s * self.script.idle_w)
        return BenchCounters(
            energy_j=Decimal(round(energy)) if self.script.energy_known else None,
            limiters_us={} if us is None else {"software-power-cap": us + round(self.work_s * 1e6)},
        )

    def reading(self, at_s: float) -> BenchReading:
        clock = self.script.driver_says(self.script.clock_at(self.clock.now()))
        return BenchReading(
            at_s=_decimal(at_s),
            sm_clock_mhz=_decimal(clock),
            power_w=_decimal(self.script.power_w and (self.script.power_w if self.at_work else self.script.idle_w)),
            active_limiters=self.script.active,  # type: ignore[arg-type]
        )

    def links(self) -> tuple[Link, ...] | None:
        return self.script.links

    # Its arithmetic.
    def formats(self) -> tuple[FormatSupport, ...]:
        known = tuple(
            FormatSupport(
                number_format=name,  # type: ignore[arg-type]
                ways=(LIBRARY, LOOP) if name in self.script.loop_rates else (LIBRARY,),
                integer=name.startswith("int"),
            )
            for name in self.script.rates
        )
        return (*known, FormatSupport(number_format="fp4", why_not="the units have no such format"))

    def shapes(self, number_format: str, way: Way) -> tuple[Shape, ...]:
        return tuple(Shape(side, side, side) for side in (1024, 4096, 8192))

    def product(self, task: ProductTask) -> "FakeProduct":
        self.alive()
        return FakeProduct(self, task)

    def sum_beside_one(self, number_format: str, way: Way, k: int) -> float:
        self.alive()
        if way is LOOP:
            raise NotApplicable("operands of its own")
        return 1.0 if k >= self.script.absorbs.get(number_format, 99) else 2 - 2.0**-k

    def clock_in_kernel(self) -> ClockCount | None:
        self.alive()
        clock = self.script.clock_at(self.clock.now())
        return ClockCount(counted_mhz=clock, shown_mhz=self.script.driver_says(clock))


class FakeProduct:
    iterations = 4

    def __init__(self, fake: FakeDevice, task: ProductTask) -> None:
        self.fake, self.task = fake, task
        script = fake.script
        rates = script.loop_rates if task.way is LOOP else script.rates
        # Small shapes do not fill the units.
        filled = min(1.0, task.shape.m / 4096)
        gain = script.zeros_gain if task.pattern != "random" else 1.0
        self.rate = rates[task.number_format] * filled * gain

    def burst(self, count: int) -> tuple[Timing, ...]:
        return tuple(self.fake.work(self.task.shape.operations / self.rate) for _ in range(count))

    def steady(self, count: int) -> Timing:
        timings = self.burst(count)
        return Timing(duration_s=sum(timing.duration_s for timing in timings))

    def check(self, seed: int) -> Check:
        error = self.fake.script.errors[self.task.number_format]
        output = "bf16" if self.task.number_format == "bf16" else "fp64"
        return Check(relative_error=error, output_format=output, wrong=self.fake.script.wrong)  # type: ignore[arg-type]

    def close(self) -> None:
        pass


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(round(value, 6)))


def header(devices: tuple[Device, ...], plan: Plan, seed: Seed, clock: FakeClock) -> RawHeader:
    return RawHeader(
        schema="bench-raw/1",
        run_id="BENCH-FAKE",
        plan=plan.name,
        limit_s=Decimal(str(plan.limit_s)),
        bench="harness bench 0",
        bench_sha256="0" * 64,
        seed=seed.hex,
        nonce_sha256=seed.nonce_sha256,
        started_at=clock.utc(),
        timer_resolution_s=Decimal("1E-9"),
        units=tuple(device.identity for device in devices),
    )


def run_of(
    *scripts: Script,
    plan: Plan,
    seed: Seed | None = None,
    clock: FakeClock | None = None,
    interrupted: Callable[[FakeClock], bool] = lambda clock: False,
    done: tuple[RawLine, ...] = (),
) -> Run:
    """Return a run over scripted devices in virtual time."""
    clock, seed = clock or FakeClock(), seed or Seed(hex="ab" * 32)
    devices = tuple(FakeDevice(script, clock).device() for script in scripts)
    return Run(
        header=header(devices, plan, seed, clock),
        devices=devices,
        plan=plan,
        seed=seed,
        clock=clock,
        watch=FakeWatch(clock),
        interrupted=lambda: interrupted(clock),
        done=done,
    )

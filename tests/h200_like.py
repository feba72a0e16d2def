"""A scripted accelerator that behaves as an honest H200 does under its power cap: for tests of the whole chain.

Under load the clock falls towards one that depends on format and data, and recovers at rest, within some hundredths of
a second; the driver shows it in steps of 15 MHz; time under the cap, power and energy follow. What it is: 132 units,
1,980 MHz at most, HBM on 6,144 bits at 3,201 MHz, 18 links of NVLink 4 (figures of lab_reports/h200-sxm.json).
"""

import math
from dataclasses import dataclass
from decimal import Decimal

from bench_fake import MIB, FakeClock, FakeDevice, FakeProduct, FakeWatch, Script, header

from harness.bench.device import Check, ClockCount, FormatSupport, ProductTask, Shape, Timing, Way
from harness.bench.plan import Plan, Seed
from harness.bench.runner import Run
from harness.model.bench_raw import BenchCounters, BenchIdentity, BenchReading
from harness.model.device_state import Limiter, Link, UnitState

UNITS, HIGHEST_MHZ, IDLE_W, CAP_W = 132, 1980.0, 115.0, 700.0
GIB = 2**30
# How fast the clock follows the load, and the step in which a driver shows it.
_FOLLOWS_S, _STEP_MHZ = 0.03, 15
_LIBRARY = Way(name="cublas", path="library", description="torch.mm, cublas preferred")
_OTHER = Way(name="cublaslt", path="library", description="torch.mm, cublaslt preferred")
LINKS = (
    Link(name="NVLink 4", count=18, physical_count=18, rate=Decimal(26562), unit="MB/s"),
    Link(name="PCIe 5.0 lane", count=16, physical_count=16, rate=Decimal(32), maximum_rate=Decimal(32), unit="Gbit/s"),
)


@dataclass(frozen=True)
class Does:
    """Of one format: operations per clock and unit, the share that a library reaches, and the clock under load."""

    per_clock: int
    share: float
    loaded_mhz: float
    error: float
    output: str


# Shares and clocks so that bf16 comes out near the 788 and 894 TFLOP/s seen on random data and on zeros.
FORMATS = {
    "fp64": Does(256, 0.97, 1700, 1e-15, "fp64"),
    "fp32": Does(256, 0.93, 1800, 3e-7, "fp32"),
    "tf32": Does(2048, 0.86, 1650, 2.9e-4, "fp32"),
    "bf16": Does(4096, 0.88, 1660, 1.7e-3, "bf16"),
    "fp16": Does(4096, 0.88, 1640, 2.1e-4, "fp16"),
    "int8": Does(8192, 0.80, 1700, 0.0, "int32"),
    "fp8_e4m3": Does(8192, 0.85, 1680, 1.7e-3, "bf16"),
    "fp8_e5m2": Does(8192, 0.84, 1680, 1.7e-3, "bf16"),
}


class H200Like(FakeDevice):
    """A device whose units are held at a share of what they do (`cut`), whose clock is set, or is shown falsely."""

    def __init__(
        self,
        clock: FakeClock,
        *,
        cut: dict[str, float] | None = None,
        locked_mhz: float | None = None,
        shown_share: float = 1.0,
        lag_s: float = 0.01,
    ) -> None:
        script = Script(kind="cuda", name="NVIDIA H200", memory_bytes=139 * GIB, chunk_bytes=GIB, cache_bytes=60 * MIB,
                        bandwidth=4.55e12, cache_bandwidth=9e12, links=LINKS, jitter=0.0015)  # fmt: skip
        super().__init__(script, clock)
        self.cut, self.highest = cut or {}, locked_mhz or HIGHEST_MHZ
        self.locked, self.shown_share, self.lag_s = locked_mhz is not None, shown_share, lag_s
        self.mhz = self.mean_mhz = self.late_mhz = self.highest
        self.joules, self.capped_s, self.loaded = 0.0, 0.0, HIGHEST_MHZ
        self.last = clock.now()
        clock.passed.append(self._passed)

    def device(self):
        device = super().device()
        identity = BenchIdentity(
            unit_id="gpu-0",
            kind="cuda",
            name="NVIDIA H200",
            manufacturer="NVIDIA",
            serial="1650000000001",
            device_uuid="GPU-00000000-0000-0000-0000-0000000000c3",
            driver="NVIDIA driver 580.95.05",
            firmware="VBIOS 96.00.D3.00.01",
            compute_library="PyTorch 2.11.0, CUDA 13.0",
        )
        return type(device)(identity=identity, shown=self, arithmetic=self, memory=device.memory)

    def _passed(self) -> None:
        """Let clock, power and energy follow what went on since."""
        took = self.clock.now() - self.last
        self.last = self.clock.now()
        towards = min(self.highest, self.loaded) if self.at_work else self.highest
        gap, left = self.mhz - towards, math.exp(-took / _FOLLOWS_S)
        self.mhz = towards + gap * left
        # Of the time that passed, as whoever reads often sees it; and what a driver shows, which comes to it late.
        self.mean_mhz = towards + gap * (1 - left) * _FOLLOWS_S / took if took else self.mhz
        self.late_mhz = self.mean_mhz + (self.late_mhz - self.mean_mhz) * math.exp(-took / self.lag_s)
        capped = self.at_work and self.mhz < self.highest - 1
        self.capped_s += took if capped else 0.0
        self.watts = (CAP_W - 8 if capped else 560.0) if self.at_work else IDLE_W
        self.joules += took * self.watts

    def work(self, ideal_s: float) -> Timing:
        """Work that takes `ideal_s` whatever the clock is."""
        self.alive()
        duration = ideal_s * (1 + abs(float(self.random.normal(0, self.script.jitter))))
        self.at_work = True
        self.clock.advance(duration)
        self.at_work = False
        return Timing(duration_s=duration, clock_mhz=self.driver_shows(self.late_mhz))

    def state(self) -> UnitState:
        shown = super().state().model_dump(exclude_none=True)
        return UnitState.model_validate({
            **shown, "processing_units_enabled": UNITS, "max_sm_clock_mhz": Decimal(1980),
            "application_sm_clock_mhz": Decimal(str(self.highest)), "max_memory_clock_mhz": Decimal(3201),
            "memory_bus_width_bits": 6144, "memory_total": Decimal(150754820096), "memory_total_unit": "B",
            "last_level_cache_bytes": 60 * MIB, "enforced_power_limit_w": Decimal(700), "ecc_enabled": True,
            "retired_memory_pages": 0, "remapped_memory_rows": 0, "other_processes": 0, "device_name": "NVIDIA H200",
            "limiters": (Limiter(name="application-clocks", active=self.locked),
                         Limiter(name="software-power-cap", active=False)),
        })  # fmt: skip

    def counters(self) -> BenchCounters:
        self._passed()
        return BenchCounters(
            energy_j=Decimal(round(self.joules, 3)).quantize(Decimal("0.001")),
            limiters_us={"software-power-cap": round(self.capped_s * 1e6)},
            memory_errors=0,
        )

    def reading(self, at_s: float) -> BenchReading:
        capped = self.at_work and self.mhz < self.highest - 1
        active = (*(("application-clocks",) if self.locked else ()), *(("software-power-cap",) if capped else ()))
        return BenchReading(
            at_s=Decimal(str(round(at_s, 6))),
            sm_clock_mhz=Decimal(self.driver_shows(self.late_mhz)),
            memory_clock_mhz=Decimal(3201),
            power_w=Decimal(str(round(CAP_W - 8 if capped else (560.0 if self.at_work else IDLE_W), 1))),
            temperature_celsius=Decimal(61),
            active_limiters=active,  # type: ignore[arg-type]
        )

    def formats(self) -> tuple[FormatSupport, ...]:
        ways = (_LIBRARY, _OTHER)
        known = (
            FormatSupport(number_format=name, ways=ways, integer=name == "int8")  # type: ignore[arg-type]
            for name in FORMATS
        )
        return (*known, FormatSupport(number_format="fp4", why_not="the units have no such format"))

    def shapes(self, number_format: str, way: Way) -> tuple[Shape, ...]:
        return tuple(Shape(side, side, side) for side in (4096, 8192, 12288))

    def product(self, task: ProductTask) -> "H200Product":
        return H200Product(self, task)

    def clock_in_kernel(self) -> ClockCount | None:
        """A count over 20 ms of load, after a time in which it runs alone: the mean of the clock, as both see it."""
        for _ in range(150):
            self.work(0.001)
        seen = [(self.mean_mhz, self.driver_shows(self.late_mhz)) for _ in range(20) if self.work(0.001)]
        return ClockCount(counted_mhz=sum(one for one, _ in seen) / 20, shown_mhz=sum(one for _, one in seen) / 20)

    def driver_shows(self, mhz: float) -> int:
        """A clock as the driver shows it."""
        return round(mhz * self.shown_share / _STEP_MHZ) * _STEP_MHZ


class H200Product(FakeProduct):
    iterations = 20

    def __init__(self, fake: H200Like, task: ProductTask) -> None:
        self.fake, self.task = fake, task
        does = FORMATS[task.number_format]
        filled = {4096: 0.93, 8192: 1.0}.get(task.shape.m, 0.995)
        cut = fake.cut.get(task.number_format, 1.0)
        self.per_mhz = UNITS * does.per_clock * does.share * filled * cut * 1e6
        # Data that hardly toggle, and units that are held back, draw less: the clock falls by less.
        relief = (0.65 if task.pattern != "random" else 0.0) + (1 - cut) * 0.9
        self.loaded = does.loaded_mhz + (HIGHEST_MHZ - does.loaded_mhz) * min(1.0, relief)

    def burst(self, count: int) -> tuple[Timing, ...]:
        self.fake.loaded = self.loaded
        return tuple(self._once() for _ in range(count))

    def steady(self, count: int) -> Timing:
        timings = self.burst(count)
        clocks = [timing.clock_mhz or 0.0 for timing in timings]
        return Timing(duration_s=sum(timing.duration_s for timing in timings), clock_mhz=sum(clocks) / count)

    def _once(self) -> Timing:
        """What a falling clock makes of a product, to first order: its rate is that of the mean clock."""
        fake = self.fake
        quick_s = self.task.shape.operations / (self.per_mhz * fake.mhz)
        towards = min(fake.highest, self.loaded)
        share = (1 - math.exp(-quick_s / _FOLLOWS_S)) * _FOLLOWS_S / quick_s
        return fake.work(quick_s * fake.mhz / (towards + (fake.mhz - towards) * share))

    def check(self, seed: int) -> Check:
        does = FORMATS[self.task.number_format]
        return Check(relative_error=does.error, output_format=does.output, wrong=False, results=20)  # type: ignore[arg-type]


def h200_run(plan: Plan, seed: str = "cd" * 32, **behaves: object) -> Run:
    """Return a run over one such device, in virtual time."""
    clock, chosen = FakeClock(), Seed(hex=seed)
    device = H200Like(clock, **behaves).device()  # type: ignore[arg-type]
    return Run(
        header=header((device,), plan, chosen, clock),
        devices=(device,),
        plan=plan,
        seed=chosen,
        clock=clock,
        watch=FakeWatch(clock),
    )

"""How much is measured in how much time, and what a challenge decides: data, order, shapes."""

import hashlib
import random
from dataclasses import dataclass, replace
from typing import TypeVar

from harness.bench.device import Shape
from harness.model.bench_raw import DataPattern, PlanName

T = TypeVar("T")
_MIB = 2**20


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """A plan; times in seconds. A step gets its share of the time that is left, and at most `longest_step_s`."""

    name: PlanName
    limit_s: float
    # None: sessions follow each other until the time is up.
    sessions: int | None
    rest_between_sessions_s: float
    rest_before_burst_s: float
    longest_step_s: float
    sustained_s: float
    # Shapes are tried, the quickest first, as long as the products of one burst take no longer than this.
    longest_burst_s: float
    most_shapes: int
    # So many of the best are run again in bursts.
    most_confirmed: int = 0
    # Ways of one format, the best first; a plan of a minute has no time for all.
    most_ways: int | None = None
    most_sweep_points: int
    sweep_step_s: float
    # Streams run over at least so much, and at least so many times the last-level cache.
    least_footprint_bytes: int
    least_caches: int
    patterns: tuple[DataPattern, ...] = ("random", "zeros", "low-toggle")
    capacity_seeds: int = 2
    retention_s: float
    telemetry_period_s: float


QUICK = Plan(
    name="quick",
    limit_s=50,
    sessions=3,
    rest_between_sessions_s=0.3,
    # Long enough for a clock that fell under load to recover: else the best sample is one of chance.
    rest_before_burst_s=0.1,
    longest_step_s=2,
    sustained_s=1.5,
    longest_burst_s=0.3,
    most_shapes=4,
    most_confirmed=0,
    most_ways=2,
    most_sweep_points=7,
    sweep_step_s=0.15,
    least_footprint_bytes=4096 * _MIB,
    least_caches=8,
    retention_s=0,
    telemetry_period_s=0.1,
)
STANDARD = Plan(
    name="standard",
    limit_s=15 * 60,
    sessions=4,
    rest_between_sessions_s=5,
    rest_before_burst_s=0.25,
    longest_step_s=15,
    sustained_s=10,
    longest_burst_s=3,
    most_shapes=24,
    most_confirmed=10,
    most_ways=None,
    most_sweep_points=16,
    sweep_step_s=0.5,
    least_footprint_bytes=4096 * _MIB,
    least_caches=8,
    retention_s=60,
    telemetry_period_s=0.1,
)
SOAK = replace(
    STANDARD,
    name="soak",
    limit_s=4 * 60 * 60,
    sessions=None,
    rest_between_sessions_s=60,
    longest_step_s=45,
    sustained_s=120,
    telemetry_period_s=1,
)
# Within its minute a quick run is also prepared and written down.
_WRITTEN_S, _LEAST_QUICK_S = 4, 15


def shortened(plan: Plan, prepared_s: float) -> Plan:
    """Return the plan after so long a preparation: a minute is a minute, whatever a library takes to be loaded.

    >>> shortened(QUICK, 20).limit_s, shortened(QUICK, 3).limit_s, shortened(STANDARD, 20).limit_s
    (36, 50, 900)
    """
    if plan.name != "quick":
        return plan
    left_s = round(60 - _WRITTEN_S - prepared_s, 1)
    return replace(plan, limit_s=max(_LEAST_QUICK_S, min(plan.limit_s, left_s)))


PLANS = {plan.name: plan for plan in (QUICK, STANDARD, SOAK)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Seed:
    """The 32 bytes from which data, order and shapes follow; from the verifier's challenge where there is one."""

    hex: str
    nonce_sha256: str | None = None

    @property
    def challenged(self) -> bool:
        """Whether a verifier chose it."""
        return self.nonce_sha256 is not None

    def number(self, what: str) -> int:
        """Return a seed of 63 bits for one thing."""
        return int.from_bytes(hashlib.sha256(f"{self.hex}/{what}".encode()).digest()[:8], "big") >> 1

    def shuffled(self, things: list[T], what: str) -> list[T]:
        """Return the things in an order that follows from the seed."""
        shuffled = list(things)
        random.Random(self.number(what)).shuffle(shuffled)
        return shuffled

    def shape_near(self, shape: Shape, what: str) -> Shape:
        """Return a shape of about the same work that nobody knew before: each side 3/4 to 5/4 of what it was.

        Sides are whole multiples of the power of two that is a 32nd of them, so that tiles stay filled as they were.
        """
        chosen = random.Random(self.number(what))

        def near(side: int) -> int:
            step = max(16, 1 << max(0, side // 32).bit_length() >> 1)
            return max(1, round(side * chosen.uniform(0.75, 1.25) / step)) * step

        return Shape(near(shape.m), near(shape.n), near(shape.k))


def seed_from_challenge(nonce: bytes) -> Seed:
    """Return the seed that a challenge gives."""
    seed = hashlib.sha256(b"harness bench challenge\n" + nonce).hexdigest()
    return Seed(hex=seed, nonce_sha256=hashlib.sha256(nonce).hexdigest())

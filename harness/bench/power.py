"""Energy as a device counts it, and power as it reports it, over the very same time: what one says of the other.

Only tests without rest are compared: between tests, and before each burst, a device draws little, and a reading of its
power shows one or the other by chance; over a whole run the two would contradict each other on an honest device.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from harness.bench.figures import figure
from harness.bench.sittings import sittings
from harness.model.bench_raw import BenchReading, RawCounted, RawLine, RawTelemetry
from harness.model.device_state import LimiterName

# Counters and readings of power lag by up to a tenth of a second: a shorter test shows what was before it.
_SHORTEST_S, _FEWEST_READINGS = 1, 10
_WITHOUT_REST = "/sustained"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Test:
    """Readings of power over one test, and its counters where they are known."""

    readings: tuple[BenchReading, ...]
    counted: RawCounted | None = None

    @property
    def span_s(self) -> float:
        """From the first reading to the last one."""
        return float(self.readings[-1].at_s - self.readings[0].at_s)

    @property
    def mean_w(self) -> float:
        """The mean over time (trapezoids), for a thread that waits for a call reads less often."""
        read = [(float(one.at_s), float(one.power_w or 0)) for one in self.readings]
        area = sum((later - at) * (power + after) / 2 for (at, power), (later, after) in pairwise(read))
        return area / self.span_s if self.span_s > 0 else read[0][1]

    @property
    def energy_j(self) -> Decimal | None:
        """The energy that was counted, of a test without rest and long enough to hold the readings against it."""
        if self.counted is None or not self.counted.step.endswith(_WITHOUT_REST):
            return None
        if self.time_s < _SHORTEST_S or len(self.readings) < _FEWEST_READINGS:
            return None
        before, after = self.counted.before.energy_j, self.counted.after.energy_j
        return None if before is None or after is None or after < before else after - before

    @property
    def time_s(self) -> Decimal:
        """The time between the counters."""
        return self.counted.ended_s - self.counted.began_s if self.counted is not None else Decimal(0)


def limited_us(unit_id: str, lines: Sequence[RawLine]) -> dict[LimiterName, int]:
    """Return the time under each limiter within the tests whose energy is compared; nothing where none is."""
    found: dict[LimiterName, int] = {}
    for test in _tests(unit_id, lines):
        if test.counted is None or test.energy_j is None:
            continue
        before, after = test.counted.before.limiters_us, test.counted.after.limiters_us
        for name in before.keys() & after.keys():
            found[name] = found.get(name, 0) + max(0, after[name] - before[name])
    return found


def power_and_energy(unit_id: str, lines: Sequence[RawLine]) -> dict[str, Decimal | None]:
    """Return mean power, counted energy and its time as a state holds them, over the tests without rest.

    Where no energy was counted, mean power is that of every test.
    """
    tests = list(_tests(unit_id, lines))
    compared = [(test, energy) for test in tests if (energy := test.energy_j) is not None]
    if not compared:
        return {"mean_power_w": _over_time([(max(test.span_s, 1e-9), test.mean_w) for test in tests])}
    return {
        "mean_power_w": _over_time([(float(test.time_s), test.mean_w) for test, _ in compared]),
        "energy_counted_j": sum((energy for _, energy in compared), Decimal(0)),
        "energy_time_s": sum((test.time_s for test, _ in compared), Decimal(0)),
    }


def _over_time(spans: Sequence[tuple[float, float]]) -> Decimal | None:
    return figure(sum(span * power for span, power in spans) / sum(span for span, _ in spans)) if spans else None


def _tests(unit_id: str, lines: Sequence[RawLine]) -> Iterator[_Test]:
    """A test's readings come before its counters; one whose device was lost, or that was cut off, has none."""
    for sitting in sittings(lines):
        yield from _tests_of_sitting(unit_id, sitting)


def _tests_of_sitting(unit_id: str, lines: Sequence[RawLine]) -> Iterator[_Test]:
    open_steps: dict[str, list[BenchReading]] = {}
    for line in lines:
        if isinstance(line, RawTelemetry) and line.unit_id == unit_id:
            readings = open_steps.setdefault(line.step, [])
            readings += [one for one in line.readings if one.power_w is not None]
        elif isinstance(line, RawCounted) and line.unit_id == unit_id:
            readings = open_steps.pop(line.step, [])
            if readings:
                yield _Test(readings=tuple(readings), counted=line)
    yield from (_Test(readings=tuple(readings)) for readings in open_steps.values() if readings)

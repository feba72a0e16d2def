"""Telemetry as columns: what each unit showed of itself over time. Figures for a picture, which judges nothing."""

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

# Column of the file -> its unit; the order in which a picture shows them.
COLUMNS: Mapping[str, str] = {
    "sm_clock_mhz": "MHz",
    "memory_clock_mhz": "MHz",
    "power_w": "W",
    "temperature_celsius": "°C",
    "memory_temperature_celsius": "°C",
    "utilization": "",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """A name that holds from one reading to another, both included; seconds of the run."""

    name: str
    first_s: float
    last_s: float


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitTelemetry:
    """The readings of one unit in order of time.

    Args:
        unit_id: The unit.
        at_s: Seconds since the run began, one for each reading, never falling.
        readings: Column -> one figure for each reading, in the unit of `COLUMNS`; NaN where it is not known.
        step_names: The step of a reading by its number in `steps`.
        steps: Number of the step of each reading.
        limiter_names: Names of the limiters that are active together, by their number in `limiters`; None: not known.
        limiters: Number of the set of limiters of each reading.
    """

    unit_id: str
    at_s: "array[float]"
    readings: "Mapping[str, array[float]]"
    step_names: tuple[str, ...]
    steps: "array[int]"
    limiter_names: tuple[tuple[str, ...] | None, ...]
    limiters: "array[int]"

    def step_stretches(self) -> Iterator[Stretch]:
        """Yield the steps in order; one that is taken up again is another stretch."""
        for first, last, number in _runs(self.steps):
            yield Stretch(name=self.step_names[number], first_s=self.at_s[first], last_s=self.at_s[last])

    def limiter_stretches(self) -> Iterator[Stretch]:
        """Yield every time for which a limiter was seen active, up to the reading that no longer shows it."""
        begun: dict[str, float] = {}
        for first, _, number in _runs(self.limiters):
            active = self.limiter_names[number] or ()
            for name in [one for one in begun if one not in active]:
                yield Stretch(name=name, first_s=begun.pop(name), last_s=self.at_s[first])
            for name in active:
                begun.setdefault(name, self.at_s[first])
        for name, since in begun.items():
            yield Stretch(name=name, first_s=since, last_s=self.at_s[-1])


def _runs(numbers: "array[int]") -> Iterator[tuple[int, int, int]]:
    """Yield the first and the last place of each run of one number, and the number."""
    first = 0
    for number, run in groupby(numbers):
        length = len(list(run))
        yield first, first + length - 1, number
        first += length


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadTelemetry:
    """An attached table of telemetry, or why it is left out."""

    name: str
    units: tuple[UnitTelemetry, ...] = ()
    fault: str | None = None

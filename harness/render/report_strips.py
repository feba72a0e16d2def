"""What telemetry shows over time, ready to be drawn: strips of readings, limiters and steps, of one unit or of many."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import isfinite

from harness.model.telemetry import COLUMNS, ReadTelemetry, Stretch, UnitTelemetry
from harness.render.thinning import Reading, thinned

# As many units have a panel each; of more, one panel shows the least and the most of all.
_EACH = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Strip:
    """One kind of reading over time."""

    column: str
    # How many readings there are in all, before they were thinned.
    count: int
    runs: tuple[tuple[Reading, ...], ...]

    @property
    def name(self) -> str:
        """The kind in words."""
        words = self.column.removesuffix("_mhz").removesuffix("_w").removesuffix("_celsius").replace("_", " ")
        return words.replace("sm clock", "SM clock")

    @property
    def unit(self) -> str:
        """Its unit; empty for a share."""
        return COLUMNS[self.column]

    @property
    def ends(self) -> tuple[float, float]:
        """The least and the most of all readings."""
        values = [value for run in self.runs for _, value in run]
        return min(values), max(values)


@dataclass(frozen=True, kw_only=True, slots=True)
class OverTime:
    """Everything that one panel shows over time; seconds of the run."""

    whose: str
    source: str
    first_s: float
    last_s: float
    strips: tuple[Strip, ...]
    limiters: dict[str, tuple[Stretch, ...]]
    # Whether the device said of any reading which limiters were active.
    limiters_known: bool
    steps: tuple[Stretch, ...]
    readings: int


def over_time(read: ReadTelemetry, columns: int) -> Iterator[OverTime]:
    """Yield what each panel shows of a table, thinned for so many pixel columns."""
    units = [unit for unit in read.units if unit.at_s]
    groups = [[unit] for unit in units] if len(units) <= _EACH else [units]
    for group in groups:
        yield _together(read.name, group, columns)


def _together(source: str, units: list[UnitTelemetry], columns: int) -> OverTime:
    first, last = min(unit.at_s[0] for unit in units), max(unit.at_s[-1] for unit in units)
    limiters: dict[str, list[Stretch]] = {}
    for stretch in (stretch for unit in units for stretch in unit.limiter_stretches()):
        limiters.setdefault(stretch.name, []).append(stretch)
    strips = (_strip(name, units, first, last, columns) for name in COLUMNS)
    known = any(unit.limiter_names[number] is not None for unit in units for number in set(unit.limiters))
    return OverTime(
        whose=units[0].unit_id if len(units) == 1 else f"all {len(units):,} units together, least and most",
        source=source,
        first_s=first,
        last_s=last,
        strips=tuple(one for one in strips if one is not None),
        limiters={name: tuple(joined(found)) for name, found in sorted(limiters.items())},
        limiters_known=known,
        steps=tuple(_steps(units)),
        readings=sum(len(unit.at_s) for unit in units),
    )


def _strip(name: str, units: list[UnitTelemetry], first: float, last: float, columns: int) -> Strip | None:
    found = [unit for unit in units if name in unit.readings]
    count = sum(sum(map(isfinite, unit.readings[name])) for unit in found)
    runs = [run for unit in found for run in thinned(unit.at_s, unit.readings[name], first, last, columns)]
    if len(found) > 1:
        merged = sorted(reading for run in runs for reading in run)
        runs = thinned([at for at, _ in merged], [value for _, value in merged], first, last, columns)
    return Strip(column=name, count=count, runs=tuple(map(tuple, runs))) if count else None


def _steps(units: Iterable[UnitTelemetry]) -> Iterator[Stretch]:
    """Yield the steps in order of their beginning; the same step on several units once."""
    found: dict[str, Stretch] = {}
    again: list[Stretch] = []
    for n, unit in enumerate(units):
        for one in unit.step_stretches():
            before = found.get(one.name)
            if before is None:
                found[one.name] = one
            elif n == 0:
                again.append(one)
            else:
                first, last = min(before.first_s, one.first_s), max(before.last_s, one.last_s)
                found[one.name] = Stretch(name=one.name, first_s=first, last_s=last)
    yield from sorted((*found.values(), *again), key=lambda one: one.first_s)


def joined(stretches: Iterable[Stretch], apart: float = 0.0) -> Iterator[Stretch]:
    """Yield stretches of one name as few: those that touch, or lie no further apart than this, are one."""
    current: Stretch | None = None
    for one in sorted(stretches, key=lambda one: one.first_s):
        if current is not None and one.first_s <= current.last_s + apart:
            last = max(current.last_s, one.last_s)
            current = Stretch(name=current.name, first_s=current.first_s, last_s=last)
        else:
            if current is not None:
                yield current
            current = one
    if current is not None:
        yield current


def part_of(step: str) -> str:
    """Return the part of a run that a step belongs to: its session and what it tests.

    >>> part_of("1/dram/write/c"), part_of("capacity/gpu-0"), part_of("")
    ('1/dram', 'capacity', 'no step named')
    """
    first, *rest = step.split("/")
    return f"{first}/{rest[0]}" if first.isdigit() and rest else first or "no step named"


def parts_of(steps: Iterable[Stretch]) -> list[Stretch]:
    """Return neighbouring steps of the same part as one stretch, in order."""
    parts: list[Stretch] = []
    for one in steps:
        name = part_of(one.name)
        if parts and parts[-1].name == name:
            last = max(parts[-1].last_s, one.last_s)
            parts[-1] = Stretch(name=name, first_s=parts[-1].first_s, last_s=last)
        else:
            parts.append(Stretch(name=name, first_s=one.first_s, last_s=one.last_s))
    return parts

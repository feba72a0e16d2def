"""Bandwidth by footprint as a report has it: series over sizes, the plateaus in them, and the caches that are named."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain

from harness.metrics.references import Reference, other_references
from harness.model.illustrated import Illustrated
from harness.model.quantity import as_text, base_unit, in_base_unit
from harness.render.figure_text import byte_count, few_digits, prefixed

_SWEPT = re.compile(r"([a-z0-9]+)-bandwidth-(.+)-at-([0-9]{1,18})-bytes")
# Neighbouring sizes whose rates lie within this factor stand on one plateau.
_LEVEL = Fraction(115, 100)


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """A bandwidth at a footprint, in GB/s."""

    size: int
    value: Fraction
    stated: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """One way of moving bytes on one unit, by size."""

    unit_id: str
    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Plateau:
    """Neighbouring sizes of one series at about the same bandwidth."""

    first: int
    last: int
    value: Fraction
    # Where it lies as to the last-level cache, and about how high.
    where: str
    height: str

    @property
    def says(self) -> str:
        """The whole in words."""
        return f"{self.where}: {self.height}, {byte_count(self.first)} to {byte_count(self.last)}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sweep:
    """Every series over sizes, on one pair of axes."""

    series: tuple[Series, ...]
    # Size of a last-level cache -> the units that show it.
    caches: dict[int, tuple[str, ...]]
    references: tuple[Reference, ...]

    @property
    def curves(self) -> tuple[Series, ...]:
        """The series that run over several sizes."""
        return tuple(one for one in self.series if len(one.points) > 1)

    @property
    def single(self) -> tuple[Series, ...]:
        """Those of one size alone."""
        return tuple(one for one in self.series if len(one.points) == 1)

    @property
    def most(self) -> Fraction:
        """The end of the upward axis."""
        values = [point.value for one in self.series for point in one.points]
        return max([*values, *(one.value for one in self.references)], default=Fraction(0)) or Fraction(1)

    @property
    def ends(self) -> tuple[int, int]:
        """The smallest and the largest size, of footprints and caches."""
        sizes = [max(point.size, 1) for one in self.series for point in one.points] + [
            one for one in self.caches if one
        ]
        return min(sizes), max(sizes)

    def said(self, value: Fraction) -> str:
        """Return a bandwidth with its unit."""
        unit, times = prefixed("GB/s", self.most)
        return f"{few_digits(value * times)} {unit}"

    def plateaus(self, one: Series) -> Iterator[Plateau]:
        """Yield the plateaus of a series, each named by the last-level cache where that is known."""
        cache = next((size for size, units in self.caches.items() if one.unit_id in units), None)
        for run in _level_runs(one.points):
            mean = sum((point.value for point in run), Fraction(0)) / len(run)
            where = "plateau"
            if cache is not None:
                beyond, within = run[0].size > cache, run[-1].size <= cache
                where = (
                    "beyond the last-level cache" if beyond else "in a cache" if within else "across the cache's size"
                )
            height = f"about {self.said(mean)}"
            yield Plateau(first=run[0].size, last=run[-1].size, value=mean, where=where, height=height)


def _level_runs(points: tuple[Point, ...]) -> Iterator[list[Point]]:
    """Yield the longest runs of two points or more that lie within one factor of each other."""
    run: list[Point] = []
    for point in points:
        values = [one.value for one in (*run, point)]
        if run and max(values) > min(values) * _LEVEL:
            if len(run) > 1:
                yield run
            run = []
        run.append(point)
    if len(run) > 1:
        yield run


def sweep_of(of: Illustrated) -> Sweep | None:
    """Return the bandwidths by footprint; None where no series has more than one size."""
    found: dict[tuple[str, str], dict[int, Point]] = {}
    for unit, name, point in chain(_observed(of), _measured(of)):
        found.setdefault((unit, name), {})[point.size] = point
    series = tuple(
        Series(unit_id=unit, name=name, points=tuple(points[size] for size in sorted(points)))
        for (unit, name), points in found.items()
    )
    swept = {one.unit_id for one in series if len(one.points) > 1}
    if not swept:
        return None
    shown = tuple(one for one in series if one.unit_id in swept)
    caches: dict[int, tuple[str, ...]] = {}
    for unit, state in of.states.items():
        if unit in swept and state.last_level_cache_bytes:
            caches[state.last_level_cache_bytes] = (*caches.get(state.last_level_cache_bytes, ()), unit)
    references = [
        other_references(of.report.declared, of.spec(unit), of.states.get(unit), "total_dram_bandwidth")
        for unit in sorted(swept)
    ]
    return Sweep(series=shown, caches=caches, references=tuple(dict.fromkeys(chain.from_iterable(references))))


def _observed(of: Illustrated) -> Iterator[tuple[str, str, Point]]:
    for one in of.report.observations:
        named = _SWEPT.fullmatch(one.name)
        unit = {"MB/s", "GB/s", "TB/s", "GiB/s", "Gbit/s"} & {one.unit}
        if named and unit and one.value is not None:
            value = Fraction(in_base_unit(one.value, one.unit))
            point = Point(size=int(named[3]), value=value, stated=f"{as_text(one.value)} {one.unit}")
            yield one.unit_id or "", f"{named[1]}, {named[2]}", point


def _measured(of: Illustrated) -> Iterator[tuple[str, str, Point]]:
    for one in of.report.measurements:
        size = one.method.footprint_bytes if one.method else None
        if one.measurand == "total_dram_bandwidth" and size and one.value is not None and base_unit(one.unit) == "GB/s":
            assert one.method is not None
            value = Fraction(in_base_unit(one.value, one.unit))
            name = ", ".join(filter(None, ("measured", one.method.name, one.method.path)))
            yield one.unit_id, name, Point(size=size, value=value, stated=f"{as_text(one.value)} {one.unit}")

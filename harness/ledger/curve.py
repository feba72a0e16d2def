"""What stayed and what went of one product, summed up by the day on which it happened."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from harness.model.volume_cap import Cap


@dataclass(frozen=True, kw_only=True, slots=True)
class Crossing:
    """A moment at which more had gone than may.

    Attributes:
        day: Its day.
        stayed: Units that had stayed.
        gone: Units that had gone.
        certain: Whether it is so by every reading.
    """

    day: date
    stayed: int
    gone: int
    certain: bool


@dataclass(kw_only=True, slots=True)
class Curve:
    """Cumulative units of one product under one cap.

    Attributes:
        cap: The cap that says what counts.
        tpp: Of one unit.
        days: Days on which something happened, in order.
        home: Units that stayed, up to and with each day.
        out: Units that went where exports count.
        open_out: Units that went where it depends on a reading whether they count.
        room: What may still go after each day by the strictest reading, times the denominator of the share.
    """

    cap: Cap
    tpp: Decimal
    days: list[date] = field(default_factory=list)
    home: list[int] = field(default_factory=list)
    out: list[int] = field(default_factory=list)
    open_out: list[int] = field(default_factory=list)
    room: list[int] = field(default_factory=list)

    def add(self, day: date, *, home: int = 0, out: int = 0, open_out: int = 0) -> None:
        """Count units; where they happened earlier than others, those days count them too."""
        at = bisect_left(self.days, day)
        if at == len(self.days) or self.days[at] != day:
            self.days.insert(at, day)
            for series in (self.home, self.out, self.open_out, self.room):
                series.insert(at, series[at - 1] if at else 0)
        share = self.cap.share_of_units
        for series, more in (
            (self.home, home),
            (self.out, out),
            (self.open_out, open_out),
            (self.room, share.numerator * home - share.denominator * (out + open_out)),
        ):
            if more:
                series[at:] = [before + more for before in series[at:]]

    def place(self, country: str) -> str | None:
        """Return which of the sums an export to a place is part of; None where it is of neither."""
        return "out" if country in self.cap.places else "open_out" if country in self.cap.unsettled else None

    def total(self) -> tuple[int, int, int]:
        """Return what stayed, what went, and what went where that is a question, in units."""
        return self._sums(-1) if self.days else (0, 0, 0)

    def crossed_from(self, day: date, more_out: int = 0, more_open: int = 0) -> Iterator[Crossing]:
        """Yield each day from one on at whose end too many units had gone, were so many more to go on that day.

        Shipments of a day count as before the exports of the same day, for of hours nothing is recorded.
        """
        at = bisect_left(self.days, day)
        if at == len(self.days) or self.days[at] != day:
            yield from self.crossed_by(day, self._sums(at - 1) if at else (0, 0, 0), more_out, more_open)
        # Nearly always there is room on every day, which one look at the least of it shows.
        needed = self.cap.share_of_units.denominator * (more_out + more_open)
        if min(self.room[at:], default=needed + 1) > needed:
            return
        for n in range(at, len(self.days)):
            yield from self.crossed_by(self.days[n], self._sums(n), more_out, more_open)

    def first_crossing(self, since: date, more_out: int = 0, more_open: int = 0) -> Crossing | None:
        """Return the first day on which something went and too much had gone, from the first day of the cap on.

        Args:
            since: The first day of the cap.
            more_out: Units that went before it besides.
            more_open: The same, to places of which it is a question whether they count.
        """
        for n in range(bisect_left(self.days, since), len(self.days)):
            before = self._sums(n - 1) if n else (0, 0, 0)
            if (self.out[n], self.open_out[n]) != before[1:]:
                for crossing in self.crossed_by(self.days[n], self._sums(n), more_out, more_open):
                    return crossing
        return None

    def excess(self, day: date, more_out: int = 0, more_open: int = 0) -> tuple[int, int]:
        """Return by how much too much had gone at worst, from a day on: without and with the places in question.

        In units times the denominator of the share; below zero where there was room on every day.
        """
        share, at = self.cap.share_of_units, bisect_left(self.days, day)
        every = [self._sums(n) for n in range(at, len(self.days))]
        if at == len(self.days) or self.days[at] != day:
            every.append(self._sums(at - 1) if at else (0, 0, 0))

        def worst(open_too: int) -> int:
            return max(
                share.denominator * (out + more_out + open_too * (open_out + more_open)) - share.numerator * home
                for home, out, open_out in every
            )

        return worst(0), worst(1)

    def left_from(self, day: date) -> tuple[int, int]:
        """Return how many more units may go on a day: as many as on that day and each later one; as `excess`."""
        at = bisect_left(self.days, day)
        every = [self._sums(n) for n in range(at, len(self.days))]
        if at == len(self.days) or self.days[at] != day:
            every.append(self._sums(at - 1) if at else (0, 0, 0))
        return (
            min(self.cap.units_left(out, home) for home, out, _ in every),
            min(self.cap.units_left(out + open_out, home) for home, out, open_out in every),
        )

    def all_left_from(self) -> date | None:
        """Return the first day on which all that is left may go: on each day before, fewer."""
        if not self.days:
            return None
        home, out, open_out = self.total()
        last = (self.cap.units_left(out, home), self.cap.units_left(out + open_out, home))
        found = self.days[-1]
        for n in range(len(self.days) - 1, -1, -1):
            home, out, open_out = self._sums(n)
            if self.cap.units_left(out, home) < last[0] or self.cap.units_left(out + open_out, home) < last[1]:
                break
            found = self.days[n]
        return max(found, self.cap.since)

    def crossed_by(self, day: date, sums: tuple[int, int, int], more_out: int, more_open: int) -> Iterator[Crossing]:
        """Yield the crossing where so many more units on top of what stayed and went are too many."""
        home, out, open_out = sums[0], sums[1] + more_out, sums[2] + more_open
        if not self.cap.allows(out, home):
            yield Crossing(day=day, stayed=home, gone=out, certain=True)
        elif not self.cap.allows(out + open_out, home):
            yield Crossing(day=day, stayed=home, gone=out + open_out, certain=False)

    def _sums(self, n: int) -> tuple[int, int, int]:
        return self.home[n], self.out[n], self.open_out[n]

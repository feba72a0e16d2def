"""A run in its sittings: where each ended, what was counted in it, and what was cut off in it and measured again."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from harness.model.bench_raw import (
    BenchCounters,
    RawAbsorption,
    RawCapacity,
    RawCounted,
    RawEnd,
    RawHeader,
    RawLine,
    RawRemark,
    RawSeries,
    RawState,
    RawStep,
    RawTelemetry,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """What a device counted over one sitting: between two, counters ran on and nothing was measured."""

    before: BenchCounters
    after: BenchCounters
    time_s: Decimal

    def grown(self, counter: Callable[[BenchCounters], int | Decimal | None]) -> Decimal | None:
        """Return by how much a counter grew; None where it is not known at both ends."""
        before, after = counter(self.before), counter(self.after)
        return None if before is None or after is None else Decimal(after) - Decimal(before)


def sittings(lines: Iterable[RawLine]) -> list[list[RawLine]]:
    """Return the lines of each sitting; one that was cut off without a word ends where the next reads its devices."""
    found: list[list[RawLine]] = [[]]
    for line in lines:
        if found[-1] and (isinstance(found[-1][-1], RawEnd) or (_begins(line) and _has_begun(found[-1], line))):
            found.append([])
        found[-1].append(line)
    return found


def _begins(line: RawLine) -> bool:
    return isinstance(line, RawState) and line.when == "before"


def _has_begun(sitting: Iterable[RawLine], line: RawLine) -> bool:
    """Whether a sitting has more than its beginning, to which the states of all devices belong once each."""
    return any(
        one.unit_id == getattr(line, "unit_id", None)
        if isinstance(one, RawState) and one.when == "before"
        else not isinstance(one, RawHeader | RawRemark)
        for one in sitting
    )


def counted(unit_id: str, lines: Iterable[RawLine]) -> Iterator[Counted]:
    """Return what a unit counted in each sitting; where one was cut off, as far as its last test was counted."""
    for sitting in sittings(lines):
        before: RawState | None = None
        after: tuple[BenchCounters, Decimal] | None = None
        for line in sitting:
            if isinstance(line, RawState) and line.unit_id == unit_id:
                if line.when == "before":
                    before = line
                else:
                    after = line.counters, line.at_s
            elif isinstance(line, RawCounted) and line.unit_id == unit_id:
                after = line.after, line.ended_s
        if before is not None and after is not None and after[1] > before.at_s:
            yield Counted(before=before.counters, after=after[0], time_s=after[1] - before.at_s)


def superseded(lines: Sequence[RawLine]) -> list[RawSeries | RawCapacity | RawAbsorption]:
    """Return what a step kept that was cut off before it ended, where the very same was measured again later."""
    found: list[RawSeries | RawCapacity | RawAbsorption] = []
    later: set[tuple[object, ...]] = set()
    for sitting in reversed(sittings(lines)):
        ended = max((n for n, line in enumerate(sitting) if isinstance(line, RawStep)), default=-1)
        results = [
            (n, line) for n, line in enumerate(sitting) if isinstance(line, RawSeries | RawCapacity | RawAbsorption)
        ]
        found += [line for n, line in results if n > ended and _what(line) in later]
        later |= {_what(line) for _, line in results}
    return found


def standing(lines: Sequence[RawLine]) -> tuple[RawLine, ...]:
    """Return the lines from which a report is derived: all but what was cut off and measured again."""
    gone = {id(line) for line in superseded(lines)}
    return tuple(line for line in lines if id(line) not in gone)


def _what(line: RawSeries | RawCapacity | RawAbsorption) -> tuple[object, ...]:
    if isinstance(line, RawSeries):
        return line.kind, line.unit_id, line.series, line.session
    if isinstance(line, RawAbsorption):
        return line.kind, line.unit_id, line.number_format, line.way
    return line.kind, line.unit_id


def in_words(line: RawSeries | RawCapacity | RawAbsorption) -> str:
    """Return what was measured again, for the notes: also what the first try found wrong."""
    if isinstance(line, RawSeries):
        wrong = f" ({line.proof.result_wrong} results wrong)" if line.proof and line.proof.result_wrong else ""
        return f"{line.unit_id} {line.series} in session {line.session}{wrong}"
    if isinstance(line, RawAbsorption):
        return f"{line.unit_id} absorption of {line.number_format} by {line.way}"
    wrong = f" ({line.proof.bytes_wrong:,} bytes wrong)" if line.proof.bytes_wrong else ""
    return f"{line.unit_id} capacity{wrong}"


def last_moment_s(lines: Iterable[RawLine]) -> float:
    """Return the latest moment of a run that its lines know of; one that is taken up goes on from there."""
    latest = step_began = 0.0
    for line in lines:
        if isinstance(line, RawStep):
            step_began = latest = max(latest, step_began + float(line.seconds))
        else:
            latest = max(latest, *map(float, _moments(line)), 0.0)
    return latest


def _moments(line: RawLine) -> Iterator[Decimal]:
    if isinstance(line, RawState):
        yield line.at_s
    elif isinstance(line, RawTelemetry):
        yield from (reading.at_s for reading in line.readings)
    elif isinstance(line, RawCounted):
        yield line.ended_s
    elif isinstance(line, RawSeries):
        yield from (start + took for start, took in zip(line.starts_s, line.durations_s, strict=True))

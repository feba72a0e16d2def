"""What a run tells while it runs: what has begun, what was seen so far, and what is kept."""

from dataclasses import dataclass

from harness.model.bench_raw import RawLine


@dataclass(frozen=True, kw_only=True, slots=True)
class Began:
    """A step has begun: the `number`-th `of` so many (None where sessions follow until the time is up)."""

    step: str
    number: int
    of: int | None
    left_s: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What the running test shows so far, in words."""

    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorded:
    """A line to be kept. Whoever runs the bench appends it before asking for the next event."""

    line: RawLine


Event = Began | Seen | Recorded

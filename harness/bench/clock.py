"""Time, as the runner asks for it; in tests it costs none."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """A clock that never goes back, and the time of day beside it."""

    def now(self) -> float:
        """Return seconds since some moment."""

    def utc(self) -> datetime:
        """Return the time of day."""

    def sleep(self, seconds: float) -> None:
        """Let time pass."""


class HostClock:
    """The clock of the host."""

    def now(self) -> float:
        return time.perf_counter()

    def utc(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


def timer_resolution_s() -> float:
    """Return the step of the host's timer."""
    return time.get_clock_info("perf_counter").resolution

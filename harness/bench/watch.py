"""Telemetry while work runs: counters at both ends, and a thread that reads the device at a steady pace between."""

import threading
from dataclasses import dataclass
from typing import Protocol

from harness.bench.clock import Clock
from harness.bench.device import DeviceLost, Shown
from harness.model.bench_raw import BenchCounters, BenchReading


@dataclass(frozen=True, kw_only=True, slots=True)
class Watched:
    """What was seen of a device from `began_s` to `ended_s`; `after` is None where the device was lost meanwhile."""

    readings: tuple[BenchReading, ...]
    began_s: float
    ended_s: float
    before: BenchCounters
    after: BenchCounters | None


class Watch(Protocol):
    """Reads a device from `start` to `stop`."""

    def start(self, shown: Shown, since: float) -> None:
        """Begin; `since` is the moment of the clock that counts as 0.

        Raises:
            DeviceLost: The device does not answer.
        """

    def stop(self) -> Watched:
        """End, and return what was read."""


class ThreadWatch:
    """Reads from a thread of its own; a device that is lost ends the reading, and the work finds it out by itself."""

    def __init__(self, clock: Clock, period_s: float) -> None:
        self.clock, self.period_s = clock, period_s
        self.readings: list[BenchReading] = []
        self.ended = threading.Event()
        self.thread: threading.Thread | None = None

    def start(self, shown: Shown, since: float) -> None:
        self.readings, self.ended = [], threading.Event()
        self.shown, self.since = shown, since
        self.began_s, self.before = self.clock.now() - since, shown.counters()
        self.thread = threading.Thread(target=self._read, args=(shown, since, self.ended), daemon=True)
        self.thread.start()

    def _read(self, shown: Shown, since: float, ended: threading.Event) -> None:
        while not ended.is_set():
            try:
                self.readings.append(shown.reading(self.clock.now() - since))
            except DeviceLost:
                return
            ended.wait(self.period_s)

    def stop(self) -> Watched:
        self.ended.set()
        if self.thread is not None:
            self.thread.join()
        self.thread = None
        return Watched(
            readings=tuple(self.readings),
            began_s=self.began_s,
            ended_s=self.clock.now() - self.since,
            before=self.before,
            after=counters_if_there(self.shown),
        )


def counters_if_there(shown: Shown) -> BenchCounters | None:
    """Return the counters of this moment; None where the device does not answer any more."""
    try:
        return shown.counters()
    except DeviceLost:
        return None

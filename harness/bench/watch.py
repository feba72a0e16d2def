"""Telemetry while work runs: a thread that reads the device at a steady pace."""

import threading
from typing import Protocol

from harness.bench.clock import Clock
from harness.bench.device import DeviceLost, Shown
from harness.model.bench_raw import BenchReading


class Watch(Protocol):
    """Reads a device from `start` to `stop`."""

    def start(self, shown: Shown, since: float) -> None:
        """Begin; `since` is the moment of the clock that counts as 0."""

    def stop(self) -> tuple[BenchReading, ...]:
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
        self.thread = threading.Thread(target=self._read, args=(shown, since, self.ended), daemon=True)
        self.thread.start()

    def _read(self, shown: Shown, since: float, ended: threading.Event) -> None:
        while not ended.is_set():
            try:
                self.readings.append(shown.reading(self.clock.now() - since))
            except DeviceLost:
                return
            ended.wait(self.period_s)

    def stop(self) -> tuple[BenchReading, ...]:
        self.ended.set()
        if self.thread is not None:
            self.thread.join()
        self.thread = None
        return tuple(self.readings)

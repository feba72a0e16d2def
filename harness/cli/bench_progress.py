"""What a run shows while it runs: on a terminal one line that is written over, elsewhere a line per result."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from harness.bench.events import Began, Event, Recorded, Seen
from harness.bench.journal import as_line
from harness.bench.words import told
from harness.cli.output import printable, say
from harness.model.bench_raw import RawLine

_SHORTEST_PAUSE_S = 0.1


class BenchProgress:
    """Takes every event, and shows what a person wants to know of it."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.live = sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self.step, self.drawn_at = "", 0.0
        # Why standard output takes no more lines: the run goes on, and whoever started it is told at its end.
        self.unread: OSError | None = None

    def show(self, event: Event) -> None:
        """Show one event."""
        if isinstance(event, Began):
            of = f"/{event.of}" if event.of else ""
            self.step = f"[{event.number}{of}] {event.step}, {clock_time(event.left_s)} left"
            self._draw(self.step)
        elif isinstance(event, Seen) and time.monotonic() - self.drawn_at > _SHORTEST_PAUSE_S:
            self._draw(f"{self.step}: {event.text}")
        elif isinstance(event, Recorded):
            self._kept(event.line)

    def _draw(self, text: str) -> None:
        if self.live:
            with self._terminal():
                columns = os.get_terminal_size(sys.stderr.fileno()).columns
                print(f"\r\x1b[K{printable(text)[: columns - 1]}", end="", file=sys.stderr, flush=True)
            self.drawn_at = time.monotonic()

    def _kept(self, line: RawLine) -> None:
        if self.as_json and self.unread is None:
            try:
                print(as_line(line).decode(), end="", flush=True)
            except OSError as error:
                self.unread = error
        text = told(line)
        if text is not None:
            self.clear()
            say(text)

    def clear(self) -> None:
        """Take the line away."""
        if self.live:
            with self._terminal():
                print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    @contextmanager
    def _terminal(self) -> Iterator[None]:
        """A terminal may go away; what it showed goes with it, and the run does not."""
        try:
            yield
        except (OSError, ValueError):
            self.live = False


def clock_time(seconds: float) -> str:
    """Return a time as people read it on a clock.

    >>> clock_time(59.9), clock_time(3661)
    ('0:59', '1:01:01')
    """
    hours, minutes = divmod(int(seconds) // 60, 60)
    second = int(seconds) % 60
    return f"{hours}:{minutes:02}:{second:02}" if hours else f"{minutes}:{second:02}"

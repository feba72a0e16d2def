"""A training run of MLPerf: how long it took, what accuracy its evaluations gave, and whether it says it succeeded.

The result of such a run is the time between run_start and run_stop; the logger's times are milliseconds.
"""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from harness.ingest.figures import figure
from harness.ingest.lines import count_of, listed, printable, slug
from harness.ingest.lines import refusal as refused
from harness.ingest.mlperf_lines import Event
from harness.model.foreign import ForeignFile, ForeignReading, Ingested
from harness.model.quantity import EXACT

_NAMES = ("submission_benchmark", "submission_org", "submission_platform", "submission_division", "submission_status")
_COUNTS = ("seed", "global_batch_size", "train_samples", "eval_samples", "gradient_accumulation_steps")


def of_log(tool: str, file: ForeignFile, events: list[Event], unread: list[str]) -> Ingested:
    """Return the duration of the run, its accuracies and its counts.

    Raises:
        UnreadableInput: There is neither a run nor an accuracy in the log.
    """
    readings = (*_durations(events), *_accuracies(events), *_counts(events))
    if not any(event.key in ("run_start", "run_stop", "eval_accuracy") for event in events):
        raise refused(file, "the log", "no run and no evaluation", "events such as run_start and run_stop")
    return Ingested(
        tool=tool,
        readings=readings,
        remarks=listed(tuple(_remarks(events))),
        not_mapped=listed((*_rest(events), *unread)),
    )


def _runs(events: list[Event]) -> Iterator[list[Event]]:
    """Yield each run: its events from run_start to run_stop in the order of the lines, whatever their times say."""
    run: list[Event] = []
    for event in events:
        if event.key == "run_start":
            run = [event]
        elif run:
            run.append(event)
            if event.key == "run_stop":
                yield run
                run = []


def _durations(events: list[Event]) -> Iterator[ForeignReading]:
    described = _described(events)
    for start, *_, stop in _runs(events):
        if start.time_ms is None or stop.time_ms is None or stop.time_ms <= start.time_ms:
            continue
        seconds = EXACT.scaleb(EXACT.subtract(stop.time_ms, start.time_ms), -3)
        yield ForeignReading(
            place=f"lines {start.line} and {stop.line}",
            device=None,
            name="mlperf-training-duration",
            value=figure(f"{seconds:f}"),
            unit="s",
            description=described,
        )


def _described(events: list[Event]) -> str:
    said = {event.key: event.value for event in events if event.key in _NAMES and isinstance(event.value, str)}
    names = ", ".join(printable(said[key], 120) for key in _NAMES if key in said)
    return f"from run_start to run_stop{': ' if names else ''}{names}"


def _accuracies(events: list[Event]) -> Iterator[ForeignReading]:
    for event in events:
        if event.key == "eval_accuracy" and event.number is not None:
            at = event.metadata.get("samples_count", event.metadata.get("epoch_num"))
            yield ForeignReading(
                place=f"line {event.line}",
                device=None,
                name="mlperf-eval-accuracy",
                value=event.number,
                unit="1",
                description=None
                if at is None
                else f"after {printable(at, 40)}; what it measures is the benchmark's to say",
            )


def _counts(events: list[Event]) -> Iterator[ForeignReading]:
    for event in events:
        if event.key in _COUNTS and event.number is not None:
            name = slug("mlperf", event.key)
            yield ForeignReading(place=f"line {event.line}", device=None, name=name, value=event.number, unit="1")


def _remarks(events: list[Event]) -> Iterator[str]:
    yield "a training run of MLPerf: an application's result, and no claim about the chip"
    runs = list(_runs(events))
    starts, stops = (sum(event.key == key for event in events) for key in ("run_start", "run_stop"))
    if starts != 1 or stops != 1:
        yield f"run_start stands {count_of(starts, 'time')}, run_stop {count_of(stops, 'time')}; a run has one of each"
    for run in runs:
        yield from _of_run(run)
    for event in events:
        if event.key == "eval_accuracy" and event.number is None:
            yield f"line {event.line}: eval_accuracy {printable(event.value, 40)!r} is no figure"
    if not any(event.key == "seed" for event in events):
        yield "no seed is logged: runs cannot be told from copies of each other"


def _of_run(run: list[Event]) -> Iterator[str]:
    start, *within, stop = run
    where = f"lines {start.line} and {stop.line}"
    if start.time_ms is None or stop.time_ms is None:
        yield f"{where}: run_start or run_stop has no time"
        return
    if stop.time_ms <= start.time_ms:
        yield f"{where}: run_stop is {start.time_ms - stop.time_ms:f} ms before run_start: the run has no duration"
    outside = sum(_outside(event, start.time_ms, stop.time_ms) for event in within)
    if outside:
        what = count_of(outside, "event", "events")
        yield f"{where}: {what} logged within the run carry times outside it"
    status = stop.metadata.get("status")
    if status != "success":
        said = printable(status, 40) if isinstance(status, str) else "nothing"
        yield f"line {stop.line}: run_stop says {said} where a finished run says success"


def _outside(event: Event, start: Decimal, stop: Decimal) -> bool:
    return event.time_ms is not None and not start <= event.time_ms <= stop


def _rest(events: list[Event]) -> Iterator[str]:
    used = {"run_start", "run_stop", "eval_accuracy", *_NAMES, *_COUNTS}
    for key, number in Counter(event.key for event in events if event.key not in used).items():
        why = "no unit is documented for it" if key == "tracked_stats" else "a setting or a step of the run"
        yield f"events: {count_of(number, 'time')} {key}: {why}"

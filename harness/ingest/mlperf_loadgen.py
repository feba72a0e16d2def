"""An inference run of MLPerf, as its load generator logs it: a summary for people, and a detail log of events.

The unit of a result is in its name or words: `_ns`, "(ns)", "per second". Two names mislead: early_stopping_latency_ms
is the estimate for the multi-stream scenario and early_stopping_latency_ss that for the single stream, both in ns.
"""

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from harness.ingest.figures import figure
from harness.ingest.foreign_json import Printed
from harness.ingest.lines import count_of, listed, numbered, printable, refusal, slug
from harness.ingest.mlperf_lines import Event
from harness.model.foreign import ForeignFile, ForeignReading, Ingested
from harness.model.quantity import EXACT

# Form of a result's key in the detail log, and its unit.
_UNITS = (
    (re.compile(r"result_.*_ns|early_stopping_.*_(?:ms|ss)|early_stopping_(?:ttft|tpot)"), "ns"),
    (re.compile(r"result_.*(?:samples_per_sec(?:ond)?)"), "samples/s"),
    (re.compile(r"result_.*tokens_per_sec(?:ond)?"), "tokens/s"),
    (re.compile(r"result_qps_.*"), "queries/s"),
    (re.compile(r"result_token_throughput.*"), "tokens/s"),
    (re.compile(r"result_.*_count"), "1"),
)
_ROW = re.compile(r"(?P<words>[A-Za-z0-9][^:]{0,80}?)\s*:\s*(?P<value>\S.*)")
_WORDS = (
    (re.compile(r".*\(ns\)"), "ns"),
    (re.compile(r".*[Ss]amples per second"), "samples/s"),
    (re.compile(r".*[Tt]okens per second|TPS .*"), "tokens/s"),
    (re.compile(r"QPS .*"), "queries/s"),
)
_CONSTRAINTS = (
    "satisfied",
    "result_min_duration_met",
    "result_min_queries_met",
    "result_perf_constraints_met",
    "early_stopping_met",
)
_FRAME = re.compile(r"[=\-]+")


def of_detail(tool: str, file: ForeignFile, events: list[Event], unread: list[str]) -> Ingested:
    """Return the results of a detail log.

    Raises:
        UnreadableInput: There is no result in the log.
    """
    scenario = _said(events, "effective_scenario") or _said(events, "requested_scenario")
    readings = [
        ForeignReading(
            place=f"line {event.line}",
            device=None,
            name=slug("mlperf", event.key),
            value=event.number,
            unit=unit,
            description=scenario,
        )
        for event in events
        if (unit := _unit(_UNITS, event.key)) is not None and event.number is not None
    ]
    span = _span(events)
    if span is not None:
        readings.append(
            ForeignReading(place="times of all events", device=None, name="mlperf-log-span", value=span, unit="s")
        )
    if not any(event.key.startswith(("result_", "loadgen_")) for event in events):
        raise refusal(file, "the log", "no result", "events such as result_validity")
    return Ingested(
        tool=tool,
        tool_version=_said(events, "loadgen_version"),
        readings=tuple(readings),
        remarks=listed(tuple(_remarks(events, span))),
        not_mapped=listed((*_rest(events), *unread)),
    )


def of_summary(tool: str, file: ForeignFile, text: str) -> Ingested:
    """Return the results of a summary.

    Raises:
        UnreadableInput: There is no result in it.
    """
    readings: list[ForeignReading] = []
    remarks = ["an inference run of MLPerf: an application's result, and no claim about the chip"]
    validity, scenario, rest, settings = None, "", 0, False
    for number, line in numbered(text):
        words, row = line.strip(), _ROW.fullmatch(line.strip())
        what, value = (row.group("words"), row.group("value")) if row else ("", "")
        # What stands below this title was asked for, not found, though some of it looks like a result.
        settings |= words == "Test Parameters Used"
        unit = None if settings else _unit(_WORDS, what)
        if what == "Result is":
            validity = value
        elif what in ("Scenario", "SUT name", "Mode"):
            scenario = printable(f"{scenario}{', ' if scenario else ''}{printable(value, 80)}", 300)
        elif what.endswith("satisfied") and value.upper() == "NO":
            remarks.append(f"line {number}: {printable(words, 120)}")
        elif "ERROR" in words or (("error" in words or "warning" in words.lower()) and not words.startswith("No ")):
            remarks.append(f"line {number}: {printable(words, 200)}")
        elif unit is not None:
            figure_of = figure(value)
            if figure_of is None:
                remarks.append(f"line {number}: {printable(words, 120)}: no figure")
            else:
                place, name = f"line {number}", slug("mlperf", what.replace("(ns)", ""))
                readings.append(
                    ForeignReading(
                        place=place, device=None, name=name, value=figure_of, unit=unit, description=scenario or None
                    )
                )
        else:
            rest += not _FRAME.fullmatch(words)
    if not readings and validity is None:
        raise refusal(file, "the file", "no result", "lines of loadgen such as Result is : VALID")
    remarks += _validity(validity)
    not_mapped = (f"other lines: {count_of(rest, 'line')}: titles, settings of the test and advice",) if rest else ()
    return Ingested(tool=tool, readings=tuple(readings), remarks=listed(remarks), not_mapped=not_mapped)


def _unit(forms: tuple[tuple[re.Pattern[str], str], ...], name: str) -> str | None:
    return next((unit for form, unit in forms if form.fullmatch(name)), None)


def _said(events: list[Event], key: str) -> str | None:
    values = [event.value for event in events if event.key == key]
    return printable(values[-1]) or None if values and isinstance(values[-1], str) else None


def _span(events: list[Event]) -> Decimal | None:
    times = [event.time_ms for event in events if event.time_ms is not None]
    return figure(f"{EXACT.scaleb(EXACT.subtract(max(times), min(times)), -3):f}") if len(times) > 1 else None


def _validity(said: Any) -> Iterator[str]:
    if said is None:
        yield "the log does not say whether its result is valid"
    elif said != "VALID":
        yield f"the log calls its own result {printable(said, 60)}"


def _remarks(events: list[Event], span: Decimal | None) -> Iterator[str]:
    yield "an inference run of MLPerf: an application's result, and no claim about the chip"
    validities = [event.value for event in events if event.key == "result_validity"]
    yield from _validity(validities[-1] if validities else None)
    if len(validities) > 1:
        yield f"result_validity stands {len(validities):,} times"
    for event in events:
        if event.key == "result_invalid_reason":
            yield f"line {event.line}: {event.key}: {printable(event.value, 300)}"
        if event.key in _CONSTRAINTS and event.value is not True:
            yield f"line {event.line}: {event.key} is {printable(event.value, 40)}"
        if _unit(_UNITS, event.key) and event.number is None:
            yield f"line {event.line}: {event.key} {printable(event.value, 40)!r} is no figure"
    for kind in ("is_error", "is_warning"):
        marked = [event for event in events if event.metadata.get(kind) is True]
        if marked:
            first = f"{marked[0].key} on line {marked[0].line}"
            yield f"{count_of(len(marked), 'event is', 'events are')} marked {kind}, the first of them {first}"
    yield from _short(events, span)
    if any(event.key.startswith("early_stopping_latency") for event in events):
        yield "early_stopping_latency_ms and _ss are nanoseconds: the letters name the scenario, not a unit"


def _short(events: list[Event], span: Decimal | None) -> Iterator[str]:
    """Compare the time that the log covers with the shortest duration that was set: a setting is no duration."""
    least = [event.value for event in events if event.key == "effective_min_duration_ms"]
    set_to = figure(least[-1]) if least and isinstance(least[-1], Printed) else None
    if set_to is not None and span is not None and span * 1000 < set_to:
        yield f"the events of the log cover {span:f} s, and the shortest duration was set to {set_to / 1000:f} s"


def _rest(events: list[Event]) -> Iterator[str]:
    other = [
        event
        for event in events
        if _unit(_UNITS, event.key) is None and event.key not in (*_CONSTRAINTS, "result_validity")
    ]
    kinds = Counter(event.key.partition("_")[0] for event in other)
    for kind, number in kinds.items():
        yield f"events: {count_of(number, 'event')} of {printable(kind, 60)}: settings and steps of the test"

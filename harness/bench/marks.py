"""What makes the rates of a unit a lower bound only, from what it showed of itself: measured all the same, and said."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from harness.bench.proofs import ERROR_OF, format_shown
from harness.bench.sittings import counted
from harness.bench.states import untold_links
from harness.model.bench_raw import RawLine, RawSeries, RawState, RawTelemetry
from harness.model.device_state import UnitState
from harness.model.quantity import as_text

# A clock under load that stays below this share of the highest was held, whatever the device says.
_LEAST_CLOCK = Decimal("0.97")
_OUTPUT_ERROR = {"fp64": "fp64", "fp32": "fp32", "fp16": "tf32 or fp16", "bf16": "bf16"}
# Sums of many products of 16 bits, cut off rather than rounded as tensor units do, err by more than one rounding.
_OF_16_BITS, _LONG_SUMS = frozenset({"bf16", "fp16"}), Decimal("1e-4")
_CHANGING = frozenset({"limiters", "thermal_slowdown", "links"})


def marks(unit_id: str, lines: Sequence[RawLine]) -> Iterator[str]:
    """Return, in words for the notes, what a reader must know of every rate of a unit."""
    states = [line for line in lines if isinstance(line, RawState) and line.unit_id == unit_id]
    if not states:
        yield "its state was not recorded"
        return
    yield from (f"lower bound only: {reason}" for reason in (*_held_down(states[0].state), *_busy(states)))
    yield from _changes([line.state for line in states])
    yield from _clocks(unit_id, states[0].state, lines)
    yield from _errors(unit_id, lines)
    yield from _formats(unit_id, lines)
    if untold := untold_links(states[0].state):
        yield f"interconnect bandwidth is not counted: {', '.join(untold)}: how many or how fast is not told"


def _held_down(state: UnitState) -> Iterator[str]:
    if state.partitioned:
        yield "the device is partitioned"
    if state.virtualized:
        yield "the device is virtual"
    if state.other_processes:
        yield f"{state.other_processes} other processes use the device"
    limit, default = state.power_limit_w, state.default_power_limit_w
    if limit is not None and default is not None and limit < default:
        yield f"power limit of {as_text(limit)} W, below the default of {as_text(default)} W"
    clock, highest = state.application_sm_clock_mhz, state.max_sm_clock_mhz
    if clock is not None and highest is not None and clock < highest:
        yield f"clock set to {as_text(clock)} MHz, below the highest of {as_text(highest)} MHz"


def _busy(states: Sequence[RawState]) -> Iterator[str]:
    """A host on which others were at work before the bench began."""
    load, processors = states[0].counters.load, states[0].state.processing_units_enabled
    if load is not None and processors and load > processors / 2:
        yield f"a load of {as_text(load)} on {processors} processors before the tests: others were at work"


def _changes(states: Sequence[UnitState]) -> Iterator[str]:
    """Settings that were not the same before and after: the bench changes none, so somebody else did."""
    first = states[0].model_dump(mode="json")
    for state in states[1:]:
        for name, value in state.model_dump(mode="json").items():
            if name not in _CHANGING and value != first[name]:
                yield f"{name} changed during the run, from {first[name]} to {value}"
                first[name] = value


def _clocks(unit_id: str, state: UnitState, lines: Sequence[RawLine]) -> Iterator[str]:
    seen = [
        reading.sm_clock_mhz
        for line in lines
        if isinstance(line, RawTelemetry) and line.unit_id == unit_id
        for reading in line.readings
        if reading.sm_clock_mhz is not None
    ]
    if not seen:
        yield "lower bound only: no telemetry: no clock was seen while it was measured"
    elif state.max_sm_clock_mhz and max(seen) < state.max_sm_clock_mhz * _LEAST_CLOCK:
        yield (
            f"lower bound only: no clock above {as_text(max(seen))} MHz was seen, "
            f"of at most {as_text(state.max_sm_clock_mhz)} MHz"
        )


def _errors(unit_id: str, lines: Sequence[RawLine]) -> Iterator[str]:
    """Errors that the device itself counted while it was measured: no rate shows them."""
    memory, bus = Decimal(0), Decimal(0)
    for sitting in counted(unit_id, lines):
        memory += max(0, sitting.grown(lambda counters: counters.memory_errors) or 0)
        bus += max(0, sitting.grown(lambda counters: counters.bus_replays) or 0)
    if memory:
        yield f"{memory:,} memory errors were counted during the tests"
    if bus:
        yield f"{bus:,} transfers over the bus had to be repeated during the tests"


def _formats(unit_id: str, lines: Sequence[RawLine]) -> Iterator[str]:
    """Series whose error is larger than their results' rounding makes: some narrower format did the work."""
    order = list(ERROR_OF)
    told: set[str] = set()
    for line in lines:
        if not isinstance(line, RawSeries) or line.unit_id != unit_id or line.proof is None or line.series in told:
            continue
        error, output = line.proof.relative_error, _rounded_to(line)
        if line.proof.result_wrong:
            told.add(line.series)
            yield f"{line.series}: {line.proof.result_wrong} results are not the product"
        elif (
            error is not None
            and output is not None
            and not (output == "fp32" and line.number_format in _OF_16_BITS and error < _LONG_SUMS)
            and order.index(shown := format_shown(float(error))) > order.index(output)
        ):
            told.add(line.series)
            yield f"{line.series}: a relative error of {float(error):.1e} is that of {shown}, not of {output} results"


def _rounded_to(line: RawSeries) -> str | None:
    """Return the format to whose digits an honest product is rounded: that of its results, or tf32."""
    if line.number_format == "tf32":
        return _OUTPUT_ERROR["fp16"]
    return _OUTPUT_ERROR.get(line.proof.output_format or "") if line.proof is not None else None

"""What devices showed of themselves before and after: one state with both counts; links, drift, lost time."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from harness.bench.power import limited_us, power_and_energy
from harness.bench.series import Merged
from harness.bench.sittings import counted
from harness.metrics.statistic import summary
from harness.model.bench_raw import BenchIdentity, RawLine, RawState, RawTelemetry
from harness.model.device_state import Limiter, LimiterName, UnitState
from harness.model.lab_report import TestedUnit
from harness.model.measurement import Measurement, Method, Observation, RawSamples, ValueSource
from harness.model.quantity import exact_sum, in_base_unit

# Beyond this the first compute test, run again at the end, does not confirm itself.
LARGEST_DRIFT = Decimal("0.03")


def states_of(unit_id: str, lines: Iterable[RawLine]) -> tuple[RawState | None, RawState | None]:
    """Return the first state before the tests and the last one after."""
    found = [line for line in lines if isinstance(line, RawState) and line.unit_id == unit_id]
    before = next((line for line in found if line.when == "before"), None)
    after = next((line for line in reversed(found) if line.when == "after"), None)
    return before, after


def tested_unit(identity: BenchIdentity, lines: Sequence[RawLine]) -> TestedUnit:
    """Return a unit with its state: settings as they were before, counters before and after."""
    return TestedUnit(
        unit_id=identity.unit_id,
        serial=identity.serial,
        device_uuid=identity.device_uuid,
        state=_state(identity, lines),
    )


def _state(identity: BenchIdentity, lines: Sequence[RawLine]) -> UnitState | None:
    states = [line for line in lines if isinstance(line, RawState) and line.unit_id == identity.unit_id]
    before, _ = states_of(identity.unit_id, states)
    if before is None:
        return None
    told: dict[str, object] = {
        "limiters": _limiters(before, lines),
        "device_name": before.state.device_name or identity.name,
        "device_part_number": before.state.device_part_number or identity.part_number,
    }
    told |= power_and_energy(identity.unit_id, lines)
    if True in (line.state.thermal_slowdown for line in states):
        told["thermal_slowdown"] = True
    return before.state.model_copy(update=told)


def _limiters(before: RawState, lines: Sequence[RawLine]) -> tuple[Limiter, ...]:
    """Return every limiter that the device names: seen active in any sample, and its counter at both ends."""
    seen = _active_ever(before.unit_id, lines)
    shown = {one.name: one for one in before.state.limiters}
    told = _counted_of_tests(before, lines)
    names = dict.fromkeys([*shown, *told, *(seen or ())])
    within = limited_us(before.unit_id, lines)
    return tuple(
        Limiter(
            name=name,
            active=name in seen if seen is not None else (shown[name].active if name in shown else None),
            before_us=told.get(name, (None, None))[0],
            after_us=told.get(name, (None, None))[1],
            within_energy_time_us=within.get(name),
        )
        for name in names
    )


def _counted_of_tests(before: RawState, lines: Sequence[RawLine]) -> dict[LimiterName, tuple[int | None, int | None]]:
    """Return the counter of each limiter before and after the tests, without what it counted between two sittings.

    Of one that was set back within a sitting, what it showed then: whoever judges must see that.
    """
    told: dict[LimiterName, tuple[int | None, int | None]] = {
        name: (us, None) for name, us in before.counters.limiters_us.items()
    }
    for sitting in counted(before.unit_id, lines):
        for name, ended in sitting.after.limiters_us.items():
            began = sitting.before.limiters_us.get(name)
            first, latest = told.get(name, (None, None))
            if began is None or first is None:
                told[name] = first, ended if first is None else latest
            elif ended < began:
                told[name] = began, ended
            elif latest is None or latest >= first:
                told[name] = first, (first if latest is None else latest) + ended - began
    return told


def _active_ever(unit_id: str, lines: Iterable[RawLine]) -> set[LimiterName] | None:
    """Return the limiters that any telemetry sample showed active; None where no sample could tell."""
    told = [
        reading.active_limiters
        for line in lines
        if isinstance(line, RawTelemetry) and line.unit_id == unit_id
        for reading in line.readings
        if reading.active_limiters is not None
    ]
    return {name for active in told for name in active} if told else None


def link_inventory(unit_id: str, lines: Iterable[RawLine]) -> Measurement | None:
    """Return interconnect bandwidth as counted: links times rate times directions; None where a link is not told."""
    before, _ = states_of(unit_id, lines)
    links = [one for one in before.state.links if one.count != 0] if before else []
    if before is None or not links or untold_links(before.state):
        return None
    parts = tuple(in_base_unit((one.count or 0) * (one.rate or Decimal(0)) * one.directions, one.unit) for one in links)
    counted = ", ".join(f"{one.count} x {one.name} of {one.rate} {one.unit} x {one.directions}" for one in links)
    return Measurement(
        unit_id=unit_id,
        measurand="interconnect_bandwidth",
        method=Method(name="inventory of links", description=f"{counted}; bytes each way, as the device reports them"),
        value=exact_sum(parts),
        unit="GB/s",
        statistic="count",
        expanded_uncertainty=Decimal(0),
        coverage_factor=Decimal(2),
        uncertainty_basis="a count",
        raw=RawSamples(unit="GB/s", samples=parts),
        source=ValueSource(kind="inventory"),
    )


def untold_links(state: UnitState) -> tuple[str, ...]:
    """Return the links whose number or rate is not told: a sum without them would pass for all there is."""
    return tuple(one.name for one in state.links if one.count is None or (one.count and not one.rate))


def derived_observations(series: Sequence[Merged], lines: Sequence[RawLine]) -> Iterator[Observation]:
    """Return what follows from several series or counters: burst rates, drift, time that others took."""
    for one in series:
        burst = one.burst_rate() if one.first.role == "measurement" and one.first.number_format else None
        if burst is not None:
            yield _observation(
                one.first.unit_id,
                f"burst-rate-{one.first.number_format}-{one.first.way}-{one.first.data_pattern}-{_kind(one)}",
                burst[0],
                one.unit,
                f"median of the five fastest of {burst[1]} samples (of {len(one.samples)}) whose clock was certified",
            )
    yield from _drifts(series)
    for unit_id in dict.fromkeys(line.unit_id for line in lines if isinstance(line, RawState)):
        yield from _stolen(unit_id, lines)


def _kind(series: Merged) -> str:
    return str(series.first.series).rsplit("/", maxsplit=1)[-1]


def _observation(unit_id: str, name: str, value: Decimal, unit: str, description: str) -> Observation:
    return Observation(
        unit_id=unit_id,
        name=name,
        value=value,
        unit=unit,
        description=description,
        source=ValueSource(kind="measured"),
    )


def _drifts(series: Sequence[Merged]) -> Iterator[Observation]:
    """The first compute test of each session and the same at its end: within 3 %, or the run drifted and says so."""
    known = {(line.unit_id, line.series, line.session): one for one in series for line in one.lines}
    for one in series:
        for line, rates in zip(one.lines, one.sessions, strict=True):
            first = known.get((line.unit_id, line.series.removesuffix("again") + "burst", line.session))
            if line.role != "again" or first is None:
                continue
            index = next(n for n, other in enumerate(first.lines) if other.session == line.session)
            ratio = summary(rates, "max") / summary(first.sessions[index], "max")
            drift = Decimal(round(ratio * 10**6)).scaleb(-6)
            held = abs(drift - 1) <= LARGEST_DRIFT
            said = "within 3 %" if held else "the run drifted by more than 3 %: heat, power, or a busy neighbour"
            yield _observation(
                line.unit_id,
                f"drift-session-{line.session}",
                drift,
                "1",
                f"{line.series.removesuffix('/again')} at the end of the session over its beginning; {said}",
            )


def _stolen(unit_id: str, lines: Sequence[RawLine]) -> Iterator[Observation]:
    stolen_s, time_s = Decimal(0), Decimal(0)
    for sitting in counted(unit_id, lines):
        grown = sitting.grown(lambda counters: counters.stolen_s)
        if grown is not None:
            stolen_s, time_s = stolen_s + grown, time_s + sitting.time_s
    if time_s:
        said = "processor seconds that the hypervisor gave to others, per second of the run"
        yield _observation(unit_id, "stolen-time", Decimal(round(stolen_s / time_s * 10**6)).scaleb(-6), "1", said)
    first, _ = states_of(unit_id, lines)
    if first is not None and first.counters.load is not None:
        yield _observation(unit_id, "load-before", first.counters.load, "1", "load of one minute before the tests")

"""A run in several sittings: one time, one group of samples a session, and nothing of what lay between them."""

from decimal import Decimal
from itertools import pairwise

import pytest
from bench_fake import FakeDevice, Script, run_of
from bench_runs import lines_of, report_of, said

from harness.bench.device import NotApplicable
from harness.bench.journal import as_bytes, read_journal
from harness.bench.plan import QUICK
from harness.bench.power import power_and_energy
from harness.bench.sittings import counted, sittings, superseded
from harness.model.bench_raw import (
    BenchReading,
    RawCapacity,
    RawCounted,
    RawEnd,
    RawLine,
    RawSeries,
    RawState,
    RawStep,
    RawTelemetry,
)


def taken_up(lines: list[RawLine], **script: object) -> list[RawLine]:
    """The lines of a run, as they are read back, and of the sitting that takes it up on a device that began anew."""
    done = read_journal(as_bytes(lines), "raw").lines
    return [*lines, *lines_of(run_of(Script(**script), plan=QUICK, done=done))]  # type: ignore[arg-type]


def cut_off(lines: list[RawLine]) -> list[RawSeries]:
    """The series of the step that a sitting did not end."""
    ended = max(n for n, line in enumerate(lines) if isinstance(line, RawStep))
    return [line for line in lines[ended:] if isinstance(line, RawSeries)]


@pytest.fixture(scope="module")
def whole() -> list[RawLine]:
    return lines_of(run_of(Script(), plan=QUICK))


@pytest.fixture(scope="module")
def interrupted() -> list[RawLine]:
    """A first sitting that ends in the middle of a burst of its first session, after some of its samples."""
    for moment in range(10_080, 10_200):
        lines = lines_of(run_of(Script(), plan=QUICK, interrupted=lambda clock, at=moment / 10: clock.now() >= at))
        if any(line.series.endswith("/burst") for line in cut_off(lines)):
            return lines
    raise AssertionError("no moment within a burst")


def test_a_session_that_was_cut_off_and_run_again_is_one_session(interrupted: list[RawLine], whole: list[RawLine]):
    """Three sessions were planned: the samples before the cut are no fourth one, which would narrow U by its k."""
    (fragment,) = cut_off(interrupted)
    lines = taken_up(interrupted)
    again = [line for line in lines if isinstance(line, RawSeries) and line.series == fragment.series]
    assert [line.session for line in again] == [1, 1, 2, 3]
    report = report_of(lines)
    for one in report.measurements:
        assert one.raw.sessions is None or len(one.raw.sessions) == 3
        assert one.degrees_of_freedom in (None, 2)
    named = f"what was cut off is in the raw file alone: gpu-0 {fragment.series} in session 1"
    assert said(report, named)
    assert not said(report_of(whole), "cut off")


def test_what_was_cut_off_stands_where_there_is_nothing_else(interrupted: list[RawLine]):
    (fragment,) = cut_off(interrupted)
    found = [m for m in report_of(interrupted).measurements if m.started_at == fragment.started_at]
    assert [m.raw.sessions for m in found] == [(len(fragment.durations_s),)]
    assert superseded(interrupted) == []


def test_memory_verified_before_a_cut_and_again_is_one_capacity_and_its_first_errors_are_said(whole: list[RawLine]):
    """The power went between what was found and the word that the step is done."""
    place = next(n for n, line in enumerate(whole) if isinstance(line, RawCapacity))
    lines = whole[: place + 1]
    wrong = lines[-1].proof.model_copy(update={"bytes_wrong": 8192})
    lines[-1] = lines[-1].model_copy(update={"proof": wrong})
    report = report_of(taken_up(lines))
    assert len([m for m in report.measurements if m.measurand == "copackaged_dram_capacity"]) == 1
    assert said(report, "gpu-0 capacity (8,192 bytes wrong)")


def moments(lines: list[RawLine]) -> list[Decimal]:
    found: list[Decimal] = []
    for line in lines:
        if isinstance(line, RawState):
            found.append(line.at_s)
        elif isinstance(line, RawTelemetry):
            found += [one.at_s for one in line.readings]
        elif isinstance(line, RawCounted):
            found.append(line.ended_s)
    return found


def test_the_time_of_a_run_never_goes_back(interrupted: list[RawLine], whole: list[RawLine]):
    """After an interruption, and after a power cut at any line."""
    for lines in (interrupted, *(whole[:n] for n in range(1, len(whole), 41))):
        # A reading is kept to the microsecond, a state to the nanosecond.
        again = moments(taken_up(lines))
        assert all(later >= at - Decimal("0.000001") for at, later in pairwise(again))


def test_each_sitting_begins_where_the_last_one_ended(interrupted: list[RawLine]):
    lines = taken_up(interrupted)
    first, second = sittings(lines)
    assert isinstance(first[-1], RawEnd)
    assert second[0].at_s == first[-2].at_s
    assert said(report_of(lines), "The run had 2 sittings; by the time of the run each began where the last one ended.")


def test_a_power_cut_ends_a_sitting_too(whole: list[RawLine]):
    lines = taken_up(whole[: len(whole) // 2])
    assert len(sittings(lines)) == 2
    assert said(report_of(lines), "The run had 2 sittings")


def test_what_a_limiter_counted_between_two_sittings_is_not_of_the_tests(interrupted: list[RawLine]):
    """A quarter of an hour under its power cap, while somebody else used the device."""
    lines = taken_up(interrupted, limiter_us=900_000_000)
    (limiter,) = report_of(lines).lot.units[0].state.limiters
    worked_s = sum(float(sum(line.durations_s)) for line in lines if isinstance(line, RawSeries))
    assert limiter.before_us == 0
    # All work is under this limiter: that of the series, of scouting and of writing memory; 50 s at most.
    assert worked_s * 0.5 < limiter.after_us / 1e6 < 50


def test_of_a_sitting_that_was_cut_off_its_last_count_is_what_it_counted(whole: list[RawLine]):
    lines = whole[: len(whole) // 2]
    last = [line for line in lines if isinstance(line, RawCounted)][-1]
    again = taken_up(lines, limiter_us=900_000_000)
    first, second = counted("gpu-0", again)
    assert first.after == last.after
    (limiter,) = report_of(again).lot.units[0].state.limiters
    of_each = (one.grown(lambda counters: counters.limiters_us["software-power-cap"]) for one in (first, second))
    assert limiter.after_us == sum(of_each)


@pytest.mark.parametrize("place", [0, 1])
def test_a_counter_that_was_set_back_within_a_sitting_shows_it(interrupted: list[RawLine], place: int):
    """The other sitting counted more: a sum would cover it."""
    lines = taken_up(interrupted, limiter_us=900_000_000)
    states = [n for n, line in enumerate(lines) if isinstance(line, RawState)]
    at = states[2 * place]
    counters = lines[at].counters.model_copy(update={"limiters_us": {"software-power-cap": 10**12}})
    lines[at] = lines[at].model_copy(update={"counters": counters})
    (limiter,) = report_of(lines).lot.units[0].state.limiters
    assert limiter.before_us == 10**12
    assert limiter.after_us < 10**12


def test_readings_of_a_step_that_was_cut_off_are_not_mixed_with_those_of_its_second_try(whole: list[RawLine]):
    """100 W for a second, and in the next sitting 700 W for three: 550 W over four seconds, and nothing between."""

    def read(*pairs: tuple[int, int]) -> RawTelemetry:
        readings = tuple(BenchReading(at_s=Decimal(at), power_w=Decimal(power)) for at, power in pairs)
        return RawTelemetry(unit_id="gpu-0", step="1/compute/bf16/library/random/sustained", readings=readings)

    before = next(line for line in whole if isinstance(line, RawState))
    lines = [whole[0], before, read((1, 100), (2, 100)), before, read((100, 700), (103, 700))]
    assert power_and_energy("gpu-0", lines)["mean_power_w"] == 550


def test_links_that_cannot_be_read_after_the_tests_end_no_run():
    run = run_of(Script(), plan=QUICK)
    device, known = run.devices[0].shown, []
    assert isinstance(device, FakeDevice)

    def links() -> None:
        known.append(True)
        if len(known) > 1:
            raise NotApplicable("the bus: no memory for it on the device")

    device.links = links  # type: ignore[method-assign]
    lines = lines_of(run)
    assert isinstance(lines[-1], RawEnd)
    assert lines[-1].why == "complete"
    assert [line.when for line in lines if isinstance(line, RawState)] == ["before", "after"]
    assert said(report_of(lines), "gpu-0: links after the tests: not applicable: the bus: no memory for it")


@pytest.mark.parametrize(("before", "after", "told"), [(4, 7, True), (4, 4, False), (7, 4, False), (None, 4, False)])
def test_errors_that_a_device_counted_during_the_tests_are_said(
    whole: list[RawLine], before: int | None, after: int, told: bool
):
    def changed(line: RawState) -> RawState:
        count = before if line.when == "before" else after
        counters = line.counters.model_copy(update={"memory_errors": count, "bus_replays": count})
        return line.model_copy(update={"counters": counters})

    report = report_of([changed(line) if isinstance(line, RawState) else line for line in whole])
    found = [*said(report, "memory errors were counted"), *said(report, "had to be repeated")]
    need = [
        "gpu-0: 3 memory errors were counted during the tests",
        "gpu-0: 3 transfers over the bus had to be repeated during the tests",
    ]
    assert found == (need if told else [])

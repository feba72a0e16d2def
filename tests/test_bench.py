"""The runner of the bench, on scripted devices in virtual time: every branch, and what the report says of it."""

import json
from dataclasses import replace
from decimal import Decimal

import bench_fake
import pytest
from bench_fake import MIB, FakeClock, FakeDevice, Script, run_of
from bench_runs import composed_of, lines_of, report_of, said
from conftest import codes

import harness
from harness.bench.compose import composed
from harness.bench.events import Began, Recorded
from harness.bench.journal import as_bytes, read_journal
from harness.bench.plan import QUICK, SOAK, STANDARD, Plan, seed_from_challenge
from harness.errors import UnreadableInput
from harness.model.bench_raw import RawAbsorption, RawCounted, RawEnd, RawLine, RawSeries, RawStep


@pytest.fixture(scope="module")
def honest() -> list[RawLine]:
    return lines_of(run_of(Script(), plan=QUICK))


def test_the_order_is_state_capacity_dram_compute_interconnect_and_the_first_test_again(honest: list[RawLine]):
    steps = [line.step for line in honest if isinstance(line, RawStep)]
    parts = ["capacity" if "capacity" in step else step.split("/")[2] for step in steps if step.count("/") > 1]
    assert steps[0] == "gpu-0/capacity"
    first = [step for step in steps if step.startswith("1/")]
    kinds = [step.split("/")[2] if "gpu-0" in step else "interconnect" for step in first]
    assert kinds == ["dram"] * 4 + ["compute"] * (len(kinds) - 6) + ["interconnect", "compute"]
    assert first[-1].endswith("/again")
    assert parts


def test_the_report_holds_what_the_script_does(honest: list[RawLine]):
    """8e12 operations a second, 1.1 times as many on zeros, 9e12 in a loop; jitter only slows down."""
    report = report_of(honest)
    rates = {
        (m.number_format, m.method.path, m.method.data_pattern, m.method.name.split(", ")[1]): m
        for m in report.measurements
        if m.measurand == "compute_rate"
    }
    burst = rates["bf16", "library", "random", "burst"]
    assert burst.unit == "TFLOP/s"
    assert Decimal("7.99") < burst.value <= Decimal(8)
    assert Decimal("8.79") < rates["bf16", "library", "zeros", "burst"].value <= Decimal("8.8")
    assert Decimal("8.99") < rates["bf16", "register-loop", "random", "burst"].value <= Decimal(9)
    assert rates["bf16", "library", "random", "sustained"].statistic == "median"
    assert burst.raw.sessions is not None
    assert len(burst.raw.sessions) == 3
    assert burst.degrees_of_freedom == 2
    assert burst.coverage_factor == Decimal("4.3027")
    assert burst.proof.relative_error == Decimal("0.0017")
    assert {m.method.name for m in report.measurements if m.measurand == "total_dram_bandwidth"} == {
        f"stream {kernel} by library" for kernel in ("read", "write", "copy", "triad")
    }  # fmt: skip


def test_every_link_and_every_verified_byte_is_counted(honest: list[RawLine]):
    counted = {m.measurand: m for m in report_of(honest).measurements if m.statistic == "count"}
    assert counted["interconnect_bandwidth"].value == 18 * 25 * 2
    assert counted["copackaged_dram_capacity"].value == 512 * MIB
    assert counted["copackaged_dram_capacity"].capacity_proof.seeds == 2


def test_a_format_without_units_is_a_result(honest: list[RawLine]):
    assert said(report_of(honest), "fp4: not applicable: the units have no such format")


def test_the_sweep_shows_the_cache_and_the_memory_apart(honest: list[RawLine]):
    """Below 50 MiB the script gives 100 GB/s, above it 40 GB/s."""
    found = {o.name: float(o.value) for o in report_of(honest).observations if "bandwidth" in o.name}
    by_size = {int(name.split("-")[-2]): value for name, value in found.items()}
    assert min(value for size, value in by_size.items() if size <= 50 * MIB) > 99
    assert max(value for size, value in by_size.items() if size > 50 * MIB) <= 40


def test_a_run_keeps_to_its_time():
    for plan in (QUICK, STANDARD):
        clock = FakeClock()
        lines_of(run_of(Script(jitter=0.05), plan=plan, clock=clock))
        assert clock.now() - 1000 <= plan.limit_s + plan.longest_step_s


def test_a_slow_device_is_told_what_was_not_measured():
    """A device so slow that a shape takes ten seconds measures some, and says of the rest that no time was left."""
    slow = {"fp64": 1e8, "bf16": 1e8}
    lines = lines_of(run_of(Script(rates=slow, loop_rates={}, bandwidth=1e8), plan=QUICK))
    report = report_of(lines)
    left_out = sum(note.count(", ") for note in said(report, "not measured, for no time of the plan was left: "))
    assert left_out
    assert report.measurements
    assert lines[-1].text == f"the time of the plan quick is up; {left_out} steps were left out for want of it"


def test_a_run_with_time_for_all_says_so(honest: list[RawLine]):
    assert honest[-1].text == "every step of the plan quick was run"


def test_whether_a_lesser_kernel_is_a_measurement_is_the_same_in_all_sessions(monkeypatch):
    """It is about as fast as the library: session by session, chance would decide."""
    lesser = replace(bench_fake.LOOP, partial=True)
    monkeypatch.setattr(bench_fake, "LOOP", lesser)
    lines = lines_of(run_of(Script(loop_rates={"bf16": 7.69e12}, jitter=0.05), plan=QUICK))
    bursts = [line for line in lines if isinstance(line, RawSeries) and line.series == "compute/bf16/loop/random/burst"]
    assert [line.session for line in bursts] == [1, 2, 3]
    assert len({line.role for line in bursts}) == 1


def test_a_challenge_decides_data_order_and_shapes():
    one, same, other = (
        lines_of(run_of(Script(), plan=QUICK, seed=seed_from_challenge(nonce)))
        for nonce in (b"a" * 16, b"a" * 16, b"b" * 16)
    )
    order = [[line.step for line in lines if isinstance(line, RawStep)] for lines in (one, same, other)]
    shapes = [
        [line.method for line in lines if isinstance(line, RawSeries) and "challenged" in line.series]
        for lines in (one, same, other)
    ]
    assert order[0] == order[1] != order[2]
    assert shapes[0] == shapes[1] != shapes[2]
    report = report_of(one)
    assert report.challenge.nonce_sha256 is not None
    assert {m.method.challenged for m in report.measurements if "challenged" in m.method.name} == {True}
    assert {m.method.challenged for m in report.measurements if "burst" in m.method.name} == {False}


def test_without_a_challenge_no_shape_is_called_challenged(honest: list[RawLine]):
    report = report_of(honest)
    assert report.challenge is None
    assert not any(m.method.challenged for m in report.measurements if m.method.name.startswith("gemm"))


def test_a_locked_clock_is_a_lower_bound():
    script = Script(application_clock=1200, clock_at=lambda at: 1200.0)
    report = report_of(lines_of(run_of(script, plan=QUICK)))
    assert said(report, "lower bound only: clock set to 1200")
    assert said(report, "no clock above 1200 MHz was seen, of at most 2000 MHz")
    burst = next(m for m in report.measurements if m.number_format == "bf16" and "burst" in m.method.name)
    # 1200 of 2000 MHz: at most 0.6 of 9 TFLOP/s.
    assert burst.value <= Decimal("5.4")
    assert set(burst.raw.clocks_mhz) == {Decimal("1200")}


@pytest.mark.parametrize(("share", "told"), [(1.019, False), (1.021, True)])
def test_a_device_that_lies_about_its_clock_is_found_by_the_count_in_a_kernel(share: float, told: bool):
    script = Script(driver_says=lambda clock: clock * share)
    report = report_of(lines_of(run_of(script, plan=QUICK)))
    assert bool(said(report, "a kernel counted 2000")) is told
    bf16 = next(m for m in report.measurements if m.number_format == "bf16" and "sustained" in m.method.name)
    assert bf16.in_kernel_sm_clock_mhz == 2000
    assert bf16.sampled_sm_clock_mhz == Decimal(round(2000 * share))


def test_a_device_that_dies_leaves_what_it_measured():
    lines = lines_of(run_of(Script(dies_at=1010), plan=QUICK))
    assert isinstance(lines[-1], RawEnd)
    assert lines[-1].why == "device-lost"
    report = report_of(lines)
    assert report.measurements
    assert report.notes[1].startswith("PARTIAL: a device was lost after")
    assert said(report, "the state after the tests could not be read")


def test_samples_of_the_test_in_which_a_device_died_stay():
    whole = lines_of(run_of(Script(dies_at=1010), plan=QUICK))
    last = [line for line in whole if isinstance(line, RawSeries)][-1]
    assert last.stopped == "the bus does not answer"
    assert last.durations_s


def test_a_device_that_is_dead_from_the_start_gives_a_report_without_measurements():
    lines = lines_of(run_of(Script(dies_at=0), plan=QUICK))
    report = report_of(lines)
    assert report.measurements == ()
    assert report.lot.units[0].state is None


@pytest.mark.parametrize("moment", [1000.0, 1003.0, 1015.0, 1030.0])
def test_an_interruption_at_any_moment_leaves_a_report_that_says_so(moment: float):
    lines = lines_of(run_of(Script(), plan=QUICK, interrupted=lambda clock: clock.now() >= moment))
    assert isinstance(lines[-1], RawEnd)
    assert lines[-1].why == "interrupted"
    assert report_of(lines).notes[1].startswith("PARTIAL: interrupted after")


def test_counters_that_cannot_be_read_are_null_and_never_0():
    script = Script(limiter_us=None, active=None, energy_known=False, power_w=None, driver_says=lambda clock: None)
    report = report_of(lines_of(run_of(script, plan=QUICK)))
    state = report.lot.units[0].state
    assert state.limiters == ()
    assert state.energy_counted_j is None
    assert state.mean_power_w is None
    assert said(report, "no telemetry: no clock was seen")
    assert all(m.raw.clocks_mhz is None for m in report.measurements)


def test_limiters_carry_their_counters_and_energy_its_time(honest: list[RawLine]):
    state = report_of(honest).lot.units[0].state
    (limiter,) = state.limiters
    assert limiter.name == "software-power-cap"
    assert limiter.before_us == 0
    # The script counts the time of work under this limiter.
    assert limiter.after_us > 0
    assert state.energy_time_s > 0
    assert limiter.active is False


@pytest.mark.parametrize("plan", [QUICK, STANDARD], ids=["quick", "standard"])
@pytest.mark.parametrize(("share", "told"), [(1.0, False), (1.25, True), (0.8, True)])
def test_energy_is_held_against_power_over_the_very_same_time(plan: Plan, share: float, told: bool):
    """700 W at work, 100 W at rest: over a whole run the mean is another than in the tests, and contradicts nothing."""
    made = composed_of(lines_of(run_of(Script(energy_share=share), plan=plan)))
    state = made.report.lot.units[0].state
    # The first reading of a test still shows the rest before it.
    assert 650 < state.mean_power_w <= 700
    assert float(state.energy_counted_j) == pytest.approx(700 * float(state.energy_time_s) * share, rel=0.02)
    assert ("energy-contradicts-power" in codes(harness.verify(made.as_json()))) is told


def test_every_test_keeps_what_the_device_counted_over_it(honest: list[RawLine]):
    counted = {line.step: line for line in honest if isinstance(line, RawCounted)}
    tested = {
        f"{line.session}/{line.series}"
        for line in honest
        if isinstance(line, RawSeries) and "shape-" not in line.series
    }
    assert {step for step in tested if "/dram/" not in step} <= set(counted)
    assert "1/capacity" in counted
    for line in counted.values():
        worked = line.after.limiters_us["software-power-cap"] - line.before.limiters_us["software-power-cap"]
        assert 0 < worked / 1e6 <= float(line.ended_s - line.began_s) + 1e-6


def test_a_limiter_that_any_sample_showed_is_active():
    report = report_of(lines_of(run_of(Script(active=("hardware-thermal",)), plan=QUICK)))
    active = {one.name: one.active for one in report.lot.units[0].state.limiters}
    assert active == {"software-power-cap": False, "hardware-thermal": True}


@pytest.mark.parametrize(("end", "held"), [(0.975, True), (0.965, False)])
def test_drift_between_first_and_last_compute_test_is_held_to_three_percent(end: float, held: bool):
    """The clock falls while the run lasts; the last test of the session is slower by as much."""
    clock = FakeClock()
    run = run_of(Script(jitter=0), plan=replace(QUICK, sessions=1), clock=clock)
    again: list[bool] = []
    device = run.devices[0].shown
    assert isinstance(device, FakeDevice)
    device.script.clock_at = lambda at: 2000.0 * (end if again else 1.0)
    lines = []
    for event in run.events():
        if isinstance(event, Began) and event.step.endswith("/again"):
            again.append(True)
        if isinstance(event, Recorded):
            lines.append(event.line)
    drift = next(o for o in report_of(lines).observations if o.name == "drift-session-1")
    assert float(drift.value) == pytest.approx(end, abs=1e-4)
    assert ("within 3 %" in drift.description) is held


def test_a_format_that_a_narrower_one_did_is_named():
    """fp64 results with the error of tf32 operands were not done in fp64."""
    script = Script(errors={"fp64": 2.9e-4, "bf16": 1.7e-3})
    report = report_of(lines_of(run_of(script, plan=QUICK)))
    assert said(report, "compute/fp64/library/random/burst: a relative error of 2.9e-04 is that of tf32 or fp16")
    assert not said(report, "compute/bf16/library/random/burst: a relative error")


def test_a_device_that_is_too_slow_to_tell_states_nothing_of_its_accumulators(monkeypatch):
    clock = FakeClock()
    run = run_of(Script(loop_rates={}), plan=QUICK, clock=clock)
    device = run.devices[0].arithmetic

    def slow(number_format: str, way: object, k: int) -> float:
        clock.advance(0.1 * 2 ** (k - 10))
        return 2.0

    monkeypatch.setattr(device, "sum_beside_one", slow)
    lines = [event.line for event in run.events() if isinstance(event, Recorded)]
    # After 2^-12 the next one would take 0.8 s.
    assert {line.tried_to for line in lines if isinstance(line, RawAbsorption)} == {12}
    assert not [o for o in report_of(lines).observations if o.name.startswith("absorption")]


def test_long_sums_of_16_bits_are_no_narrower_format():
    """Tensor units cut off rather than round: 2e-5 over a deep product with fp32 results is their own doing."""
    lines = lines_of(run_of(Script(errors={"fp64": 1e-15, "bf16": 2e-5}), plan=QUICK))
    wide = [
        line.model_copy(update={"proof": line.proof.model_copy(update={"output_format": "fp32"})})
        if isinstance(line, RawSeries) and line.number_format == "bf16" and line.proof
        else line
        for line in lines
    ]
    assert not said(report_of(wide), "a relative error of")
    # What is wrong is wrong, however small the error.
    wrong = [
        line.model_copy(update={"proof": line.proof.model_copy(update={"result_wrong": 3})})
        if getattr(line, "number_format", "") == "bf16" and isinstance(line, RawSeries) and line.proof
        else line
        for line in wide
    ]
    assert said(report_of(wrong), "compute/bf16/library/random/burst: 3 results are not the product")
    # Of operands in fp32 it would be.
    fp32 = [
        line.model_copy(update={"number_format": "fp32"}) if getattr(line, "number_format", "") == "bf16" else line
        for line in wide
    ]
    assert said(report_of(fp32), "a relative error of 2.0e-05 is that of tf32 or fp16")


@pytest.mark.parametrize(("lost_from", "kept"), [(None, 16), (16, 15), (14, 13), (10, 9)])
def test_an_accumulator_that_is_shorter_shows_what_it_loses(lost_from: int | None, kept: int):
    """Of products of 2^-14 beside a 1 nothing is left: the smallest that counts is 2^-13."""
    script = Script(absorbs={} if lost_from is None else {"bf16": lost_from})
    report = report_of(lines_of(run_of(script, plan=QUICK)))
    found = {o.name: o.value for o in report.observations if o.name.startswith("absorption")}
    assert found == {"absorption-fp64-library": 16, "absorption-bf16-library": kept}
    (bf16,) = [o for o in report.observations if o.name == "absorption-bf16-library"]
    # 2^-9 was not tried: where 2^-10 is lost, it is no more than a bound.
    assert ("at most" in bf16.description) is (lost_from == 10)


def test_work_that_was_not_done_is_said():
    report = report_of(lines_of(run_of(Script(wrong=True), plan=QUICK)))
    assert said(report, "results are not the product")
    assert {m.proof.result_checked for m in report.measurements if m.measurand == "compute_rate"} == {False}


def test_settings_that_changed_meanwhile_are_said():
    run = run_of(Script(), plan=QUICK)
    lines = []
    for event in run.events():
        if isinstance(event, Began) and event.number == 5:
            run.devices[0].shown.script.states["power_limit_w"] = Decimal(500)  # type: ignore[attr-defined]
        if isinstance(event, Recorded):
            lines.append(event.line)
    assert said(report_of(lines), "power_limit_w changed during the run, from 700 to 500")


def test_a_soak_goes_on_session_after_session_until_its_time_is_up():
    plan = replace(SOAK, limit_s=1800.0)
    clock = FakeClock()
    lines = lines_of(run_of(Script(loop_rates={}, rates={"bf16": 8e12}), plan=plan, clock=clock))
    sessions = {line.session for line in lines if isinstance(line, RawSeries)}
    assert len(sessions) > 4
    assert 1800 <= clock.now() - 1000 <= 1800 + 60 + plan.sustained_s


def test_a_short_soak_is_a_session_too():
    report = report_of(lines_of(run_of(Script(loop_rates={}), plan=replace(SOAK, limit_s=30.0))))
    kinds = {(m.number_format, m.method.name.split(", ")[1]) for m in report.measurements if m.number_format}
    assert kinds >= {(name, kind) for name in ("fp64", "bf16") for kind in ("burst", "sustained")}
    assert {m.measurand for m in report.measurements} >= {"total_dram_bandwidth", "copackaged_dram_capacity"}


def test_a_run_that_is_taken_up_does_what_is_left_and_nothing_twice():
    whole = lines_of(run_of(Script(), plan=QUICK))
    first = lines_of(run_of(Script(), plan=QUICK, interrupted=lambda clock: clock.now() >= 1015))
    read = read_journal(as_bytes(first), "raw")
    second = lines_of(run_of(Script(), plan=QUICK, done=read.lines))
    steps = [line.step for line in (*first, *second) if isinstance(line, RawStep)]
    assert sorted(steps) == sorted(line.step for line in whole if isinstance(line, RawStep))
    report = report_of([*first, *second])
    assert not said(report, "PARTIAL")
    assert said(report, "The run had 2 sittings")


def test_a_torn_last_line_is_left_out_and_said(honest: list[RawLine]):
    data = as_bytes(honest)
    torn = read_journal(data[:-20], "raw")
    assert torn.torn
    assert torn.lines == tuple(honest[:-1])
    notes = composed(torn, "run").report.notes
    assert "PARTIAL: the run was cut off without a word; what is here was measured before." in notes


VALUES = (
    None,
    0,
    -1,
    1,
    10**15,
    "0",
    "1e9",
    "NaN",
    "99999999999999999999",
    "0.000000000000000001",
    "",
    "x",
    [],
    {},
    True,
)


def test_a_raw_file_that_was_tampered_with_is_derived_or_refused_and_never_a_crash(honest: list[RawLine]):
    """Every field of a line of each kind, taken away or put to what it must not be: an answer, or a named fault."""
    texts = [json.loads(line) for line in as_bytes(honest).splitlines()]
    kinds = {text["kind"]: n for n, text in enumerate(texts)}
    tried = refused = 0
    for n in kinds.values():
        for field in texts[n]:
            for value in VALUES:
                changed = [dict(text) for text in (texts[0], texts[1], *(texts[k] for k in kinds.values() if k > 1))]
                place = next(k for k, text in enumerate(changed) if text == texts[n])
                changed[place][field] = value
                data = "".join(json.dumps(line) + "\n" for line in changed).encode()
                tried += 1
                try:
                    composed(read_journal(data, "raw"), "run").as_json()
                except UnreadableInput:
                    refused += 1
    assert tried > 500
    assert refused > tried / 2


@pytest.mark.parametrize(
    "change", [{"durations_s": ["0"]}, {"work": 0}, {"work": 10**18, "durations_s": ["0.000000001"]}]
)
def test_a_sample_that_no_run_can_have_is_refused(honest: list[RawLine], change: dict[str, object]):
    first = next(line for line in honest if isinstance(line, RawSeries))
    text = json.loads(as_bytes([first]))
    text |= {"starts_s": ["1"], "durations_s": ["1"], "clocks_mhz": [None]} | change
    data = as_bytes(honest[:1]) + json.dumps(text).encode() + b"\n"
    with pytest.raises(UnreadableInput, match="line 2"):
        read_journal(data, "raw")

"""Memory, links and several devices in a run of the bench, on scripted devices in virtual time."""

from dataclasses import replace
from decimal import Decimal

import pytest
from bench_fake import MIB, FakeClock, Script, run_of
from bench_runs import lines_of, report_of, said

from harness.bench.events import Began, Recorded
from harness.bench.plan import QUICK, STANDARD
from harness.model.bench_raw import RawCapacity
from harness.model.device_state import Link

NVLINK = Link(name="NVLink 4", count=18, rate=Decimal(26562), unit="MB/s")
LANES = Link(name="PCIe 5.0 lane", count=16, rate=Decimal(32), unit="Gbit/s")


def test_links_in_different_units_are_added_exactly():
    """18 x 26.562 GB/s and 16 x 32 Gbit/s, each way and both ways: 956.232 + 128 GB/s."""
    report = report_of(lines_of(run_of(Script(links=(NVLINK, LANES)), plan=QUICK)))
    (counted,) = [m for m in report.measurements if m.measurand == "interconnect_bandwidth"]
    assert (counted.value, counted.unit) == (Decimal("1084.232"), "GB/s")
    assert counted.raw.samples == (Decimal("956.232"), Decimal(128))


@pytest.mark.parametrize("gap", [{"rate": None}, {"count": None}])
def test_an_inventory_with_a_gap_is_none(gap: dict[str, None]):
    """A link whose rate or number is not told would be missing from the sum, and the sum pass for all there is."""
    links = (NVLINK.model_copy(update=gap), LANES)
    report = report_of(lines_of(run_of(Script(links=links), plan=QUICK)))
    assert not [m for m in report.measurements if m.measurand == "interconnect_bandwidth"]
    assert said(report, "interconnect bandwidth is not counted: NVLink 4")


def test_links_of_which_none_is_in_use_add_nothing():
    report = report_of(lines_of(run_of(Script(links=(NVLINK.model_copy(update={"count": 0}), LANES)), plan=QUICK)))
    assert next(m.value for m in report.measurements if m.measurand == "interconnect_bandwidth") == 128


@pytest.mark.parametrize("period", [2 * MIB, 256 * MIB])
def test_aliased_memory_does_not_pass(period: int):
    """Half of 512 MiB, or all but 2 MiB of it, is another name for the rest: a periodic pattern would not see it."""
    lines = lines_of(run_of(Script(aliased=lambda address: address % period), plan=QUICK))
    capacity = next(line for line in lines if isinstance(line, RawCapacity))
    assert capacity.proof.bytes_verified == period
    assert capacity.proof.bytes_wrong == 512 * MIB - period
    assert capacity.first_wrong_bytes == 0


def test_memory_that_repeats_after_16_gib_does_not_pass():
    gib = 2**30
    script = Script(memory_bytes=32 * gib, chunk_bytes=gib, aliased=lambda address: address % (16 * gib))
    report = report_of(lines_of(run_of(script, plan=QUICK)))
    capacity = next(m for m in report.measurements if m.measurand == "copackaged_dram_capacity")
    assert capacity.value == 16 * gib


def test_a_slower_tier_shows_in_the_speed_of_its_chunks():
    report = report_of(lines_of(run_of(Script(slow_chunks=frozenset({3})), plan=QUICK)))
    proof = next(m.capacity_proof for m in report.measurements if m.capacity_proof)
    assert proof.bytes_wrong == 0
    # 40 GB/s, and one chunk fifty times as slow.
    assert float(proof.median_chunk) == pytest.approx(40, rel=0.01)
    assert float(proof.slowest_chunk) == pytest.approx(0.8, rel=0.01)


def test_memory_that_cannot_be_had_is_said():
    report = report_of(lines_of(run_of(Script(memory_bytes=0), plan=QUICK)))
    assert said(report, "capacity: nothing could be had")
    assert not any(m.measurand == "copackaged_dram_capacity" for m in report.measurements)


def test_two_devices_of_different_kinds_are_two_units_and_said_so():
    other = Script(unit_id="gpu-1", name="Another accelerator", kind="other")
    report = report_of(lines_of(run_of(Script(), other, plan=QUICK)))
    assert [unit.unit_id for unit in report.lot.units] == ["gpu-0", "gpu-1"]
    assert said(report, "Devices of different kinds")
    assert report.product.name is None
    assert said(report, "copies to gpu-1: not applicable: another kind of device")
    assert {m.unit_id for m in report.measurements} == {"gpu-0", "gpu-1"}


def test_two_devices_of_one_kind_copy_to_each_other_both_ways():
    report = report_of(lines_of(run_of(Script(), Script(unit_id="gpu-1"), plan=QUICK)))
    copies = {o.name: float(o.value) for o in report.observations if o.name.startswith("peer-copy")}
    assert len(copies) == 4
    assert copies["peer-copy-gpu-0-to-gpu-1-one-way"] == pytest.approx(300, rel=0.01)
    assert copies["peer-copy-gpu-1-to-gpu-0-both-way"] == pytest.approx(600, rel=0.01)


def test_several_devices_sum_together_and_those_of_another_kind_do_not():
    scripts = (Script(), Script(unit_id="gpu-1"), Script(unit_id="gpu-2"))
    report = report_of(lines_of(run_of(*scripts, plan=QUICK)))
    (found,) = [o for o in report.observations if o.name.startswith("all-reduce")]
    assert found.name == "all-reduce-3-devices"
    assert float(found.value) == pytest.approx(300, rel=0.01)
    other = report_of(lines_of(run_of(Script(), Script(unit_id="gpu-1", kind="other"), plan=QUICK)))
    assert said(other, "a sum over all devices: not applicable: another kind of device")


def test_the_time_of_many_devices_is_not_spent_on_holding_memory():
    """A tenth of the plan for all of them together, of 900 s 90: of four devices each holds its memory for 22.5 s."""
    clock = FakeClock()
    scripts = [Script(unit_id=f"gpu-{n}", rates={"bf16": 8e12}, loop_rates={}) for n in range(4)]
    held, began = [], 0.0
    for event in run_of(*scripts, plan=replace(STANDARD, sessions=1), clock=clock).events():
        if isinstance(event, Began):
            began = clock.slept
        if isinstance(event, Recorded) and isinstance(event.line, RawCapacity):
            held.append(clock.slept - began)
    assert held == pytest.approx([22.5] * 4)

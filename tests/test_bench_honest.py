"""From a device to a verdict: an honest one at its power cap is not suspected, and one that is held down is found."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import codes
from h200_like import h200_run

import harness
from harness.bench.compose import composed
from harness.bench.events import Recorded
from harness.bench.journal import journal_of
from harness.bench.plan import QUICK, STANDARD, Plan
from harness.model.lab_report import LabReport
from harness.model.verdict import Verdict

# What no bench can know: whose the lot is. Everything else that is found would be found against an honest device.
UNKNOWN = {"lot-size-absent", "custody-absent"}
# A note: products of fp64 last so long that the clock falls within one, and toggle little or much alike.
UNFAIR_NOTES = {"data-makes-no-difference"}


@pytest.fixture
def judged(tmp_path: Path) -> Callable[..., tuple[LabReport, Verdict]]:
    """Measure a device, write its report with its files, and judge it."""

    def judge(plan: Plan, **behaves: Any) -> tuple[LabReport, Verdict]:
        lines = [event.line for event in h200_run(plan, **behaves).events() if isinstance(event, Recorded)]
        made = composed(journal_of(lines), "r", chip="nvidia-h200-sxm5-141gb")
        for name, data in (*made.files, ("r.json", made.as_json())):
            (tmp_path / name).write_bytes(data)
        return made.report, harness.verify(tmp_path / "r.json")

    return judge


@pytest.mark.parametrize(
    ("plan", "behaves"),
    [
        pytest.param(QUICK, {}, id="quick"),
        pytest.param(QUICK, {"seed": "01" * 32}, id="another-order", marks=pytest.mark.slow),
        pytest.param(QUICK, {"lag_s": 0.1}, id="clock-shown-late", marks=pytest.mark.slow),
        pytest.param(STANDARD, {}, id="standard", marks=pytest.mark.slow),
        pytest.param(STANDARD, {"lag_s": 0.05}, id="standard-clock-shown-late", marks=pytest.mark.slow),
    ],
)
def test_nothing_is_found_against_an_honest_device_at_its_power_cap(judged, plan: Plan, behaves: dict[str, Any]):
    report, verdict = judged(plan, **behaves)
    assert codes(verdict) - UNFAIR_NOTES == UNKNOWN
    found = {(m.number_format, m.method.name.split(", ")[1]): m for m in report.measurements if m.number_format}
    # About 788 TFLOP/s were seen without rest, about 850 in bursts; the counted links are 18 x 26.562 x 2 + 128 GB/s.
    assert 750 < found["bf16", "sustained"].value < 810
    assert 850 < max(m.value for m in report.measurements if m.number_format == "bf16") < 950
    assert next(m.value for m in report.measurements if m.measurand == "interconnect_bandwidth") == Decimal("1084.232")
    # No note says of any format that a narrower one did its work.
    assert not [note for note in report.notes if "a relative error of" in note]
    # A window of many products is one sample of all their work and all their time: what lasted longer says so.
    for (number_format, kind), one in found.items():
        if kind == "sustained":
            assert sum(one.raw.durations_s or ()) > sum(found[number_format, "burst"].raw.durations_s or ())


def test_a_clock_that_was_set_is_found(judged):
    assert codes(judged(QUICK, locked_mhz=1500.0)[1]) >= {"clock-held-down", "clock-set", "clock-below-maximum"}


def test_units_that_are_held_at_a_quarter_are_found(judged):
    formats = ("tf32", "bf16", "fp16", "int8", "fp8_e4m3", "fp8_e5m2")
    assert "cut-not-uniform" in codes(judged(QUICK, cut=dict.fromkeys(formats, 0.25))[1])


@pytest.mark.parametrize("share", [pytest.param(0.95, marks=pytest.mark.slow), 1.05])
def test_a_clock_that_is_shown_falsely_is_found(judged, share: float):
    assert "clock-false" in codes(judged(QUICK, shown_share=share)[1])

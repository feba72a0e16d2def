"""What honest reports hold is not held against them: slow kernels, formats that claim little, coarse timers."""

import json
import random
from decimal import Decimal
from typing import Any

import pytest
from conftest import REPORTS, Change, both, codes, put

import harness

TELEMETRY = (REPORTS / "h200-sxm-telemetry.json").read_text(encoding="utf-8")
PROOFS = (REPORTS / "h200-sxm-proofs.json").read_text(encoding="utf-8")


def found(text: str, change: Change) -> set[str]:
    report = json.loads(text)
    change(report)
    return codes(harness.verify(json.dumps(report).encode()))


def value(n: int, figure: str) -> Change:
    """State a value, and it alone as its sample."""
    raw = {"unit": "TFLOP/s", "samples": [figure]}
    return both(put(f"measurements.{n}.value", figure), put(f"measurements.{n}.raw", raw))


@pytest.mark.parametrize(
    ("n", "figure", "told"),
    [
        # other_kernel_least = 0.5 of the library's 788 TFLOP/s; other_shape_least = 0.75 of the standard shape's.
        (5, "394", False),
        (5, "393.9", True),
        (6, "591", False),
        (6, "590.9", True),
    ],
)
def test_a_kernel_by_hand_and_an_awkward_shape_may_be_slower(n: int, figure: str, told: bool):
    code = {5: "rate-depends-on-path", 6: "rate-depends-on-shape"}[n]
    assert (code in found(TELEMETRY, value(n, figure))) is told


def added(number_format: str, figure: str) -> Change:
    def change(report: dict[str, Any]) -> None:
        one = {**report["measurements"][0], "number_format": number_format, "value": figure}
        one |= {"expanded_uncertainty": "0.5", "raw": {"unit": "TFLOP/s", "samples": [figure]}}
        one["method"] = dict(one["method"])
        del one["in_kernel_sm_clock_mhz"]
        report["measurements"].append(one)

    return change


@pytest.mark.parametrize(("figure", "told"), [("55", False), ("30.2", False), ("30.1", True), ("5.5", True)])
def test_a_format_that_claims_little_is_held_against_its_own_claim(figure: str, told: bool):
    """66.9 TFLOP/s are claimed in fp64, a quarter of the declared TPP; 0.45 of it are 30.105 TFLOP/s."""
    assert ("implausibly-low" in found(TELEMETRY, added("fp64", figure))) is told


@pytest.mark.parametrize(
    ("tf32", "told"),
    # The band of tf32 begins at 0.4125 of 494.7 TFLOP/s, 204.06. 894 / 204.1 = 4.38, and 2 x 1.25 are allowed.
    [("300", True), ("204.1", True), ("204.0", False)],
)
def test_a_slow_format_makes_no_other_one_sparse(tf32: str, told: bool):
    """Beside a tf32 that lags by itself, bf16 need not be sparse: that is told once, as a cut or an odd ratio."""
    got = found(TELEMETRY, value(11, tf32))
    assert ("format-ratio-unlikely" in got) is told
    assert len(got & {"format-ratio-unlikely", "format-ratios-odd", "cut-not-uniform"}) == 1


def bandwidth(samples: list[Decimal]) -> Change:
    texts = [str(sample) for sample in samples]
    raw = {"unit": "GB/s", "samples": texts}
    return both(put("measurements.2.raw", raw), put("measurements.2.value", str(max(samples))))


def test_ticks_of_a_timer_that_favour_a_digit_are_no_oddity():
    """2 GB in about 470 ticks of a microsecond: 4,255 GB/s on steps of 9, so that some last digits come often."""
    rng = random.Random(7)
    samples = [Decimal(f"{2e9 / round(rng.gauss(470, 4)) / 1e3:.1f}") for _ in range(2_000)]
    assert "samples-too-even" not in found(PROOFS, bandwidth(samples))


def test_samples_that_are_all_rounded_to_tens_are_an_oddity():
    rng = random.Random(7)
    samples = [Decimal(f"{round(rng.gauss(4255, 120), -1):.1f}") for _ in range(60)]
    assert "samples-too-even" in found(PROOFS, bandwidth(samples))


@pytest.mark.parametrize(
    ("block", "told"),
    [
        (["4266.7", "4286.9", "4266.7", "4258.8", "4271.5"], True),
        # A steady rate between two ticks of a timer.
        (["4266.7", "4266.9"], False),
    ],
)
def test_a_block_is_one_whether_or_not_a_value_comes_twice_in_it(block: list[str], told: bool):
    assert ("samples-patterned" in found(PROOFS, bandwidth([Decimal(one) for one in block * 8]))) is told


@pytest.mark.parametrize(("path", "told"), [("other-kernel", False), ("library", True)])
def test_a_slow_kernel_beside_a_library_is_held_against_the_library_alone(path: str, told: bool):
    """400 TFLOP/s are 0.404 of 989.4 in bf16, and more than half of the library's 788."""
    change = both(value(5, "400"), put("measurements.5.method.path", path))
    assert bool(found(TELEMETRY, change) & {"implausibly-low", "below-band"}) is told


def on_vector_units(report: dict[str, Any]) -> None:
    """120 TOP/s in int8 by dp4a, of 1,979 that the matrix units claim."""
    added("int8", "120")(report)
    report["measurements"][-1]["method"] |= {"name": "dp4a loop on the vector units", "path": "other-kernel"}


def test_a_rate_of_vector_units_is_no_cut_of_the_matrix_units():
    assert found(TELEMETRY, on_vector_units) == set()
    slow = both(added("int8", "120"), put("measurements.12.method.name", "matrix product"))
    assert "cut-not-uniform" in found(TELEMETRY, slow)


def test_vector_units_alone_leave_out_the_hard_test():
    """Who names every rate one of vector units has measured nothing that sets TPP."""

    def change(report: dict[str, Any]) -> None:
        on_vector_units(report)
        report["measurements"] = [
            one
            for one in report["measurements"]
            if one["measurand"] != "compute_rate" or one["number_format"] == "int8"
        ]

    assert "easier-test" in found(TELEMETRY, change)

"""A supercomputer: peaks in two formats within a volume, each threshold below, at and above."""

from datetime import date
from decimal import Decimal

import pytest

from harness.codec.law_files import read_law
from harness.codec.spec_files import read_spec
from harness.decide.supercomputer import Cluster, cluster_of, stated_cluster, supercomputer
from harness.errors import WrongUsage

DAY = date(2026, 8, 20)


def outcome(fp64: str | None, fp32: str | None, volume: str | None) -> str:
    figures = (None if one is None else Decimal(one) for one in (fp64, fp32, volume))
    return supercomputer(stated_cluster(*figures), read_law(), DAY).outcome


@pytest.mark.parametrize(
    ("fp64", "fp32", "volume", "expected"),
    [
        ("99.999", "199.999", "41600", "fails"),
        ("100", "0", "41600", "holds"),
        ("100.001", "0", "41600", "holds"),
        ("0", "200", "41600", "holds"),
        ("0", "199.999", "41600", "fails"),
        ("0", "200.001", "41600", "holds"),
        ("100", "200", "41599.999", "holds"),
        ("100", "200", "41600.001", "fails"),
        ("100", None, None, "undecided"),
        ("99", "199", None, "fails"),  # below both, whatever the volume
        (None, None, "41601", "fails"),  # larger than the envelope, whatever it computes
        (None, "0", "41600", "undecided"),
        (None, "200", "41600", "holds"),
        (None, None, None, "undecided"),
    ],
)
def test_each_threshold_is_met_at_the_number_itself(fp64, fp32, volume, expected: str):
    """15 CFR 772.1: 100 petaflops or more in 64 bits or 200 or more in 32, in 41,600 cubic feet or less."""
    assert outcome(fp64, fp32, volume) == expected


def test_what_would_decide_is_named():
    found = supercomputer(stated_cluster(Decimal(100), None, None), read_law(), DAY)

    assert found.pin == "15 CFR 772.1, supercomputer"
    assert any("41,600 cubic feet" in one and "not stated" in one for one in found.decides)


@pytest.mark.parametrize(("count", "expected"), [(1494, "fails"), (1495, "holds")])
def test_devices_of_a_spec_add_up(count: int, expected: str):
    """H200: 66.9 TFLOP/s in 64 bits on matrix units; 1,494 make 99.9486 petaflops, 1,495 make 100.0155."""
    spec, _ = read_spec("nvidia-h200-sxm5-141gb")

    cluster = cluster_of([(spec, count)], Decimal(5000))

    assert cluster.fp64.lo == Decimal("0.0669") * count
    assert supercomputer(cluster, read_law(), DAY).outcome == expected


def test_devices_that_are_not_all_there_are_leave_it_open_below():
    spec, _ = read_spec("nvidia-h200-sxm5-141gb")

    below = supercomputer(cluster_of([(spec, 8)], Decimal(100), whole=False), read_law(), DAY)
    above = supercomputer(cluster_of([(spec, 1495)], Decimal(100), whole=False), read_law(), DAY)

    assert (below.outcome, above.outcome) == ("undecided", "holds")


def test_a_rate_that_nobody_claims_is_not_zero():
    spec, _ = read_spec("nvidia-h200-sxm5-141gb")
    silent = spec.model_copy(update={"rates": tuple(rate for rate in spec.rates if rate.format != "fp64")})

    assert cluster_of([(silent, 2)]).fp64.hi is None
    assert cluster_of([(silent, 2)]).fp32.hi == Decimal("0.1338")


def test_before_the_definition_there_is_no_answer():
    with pytest.raises(WrongUsage, match="2022-10-20"):
        supercomputer(Cluster(), read_law(), date(2022, 10, 20))
    assert supercomputer(Cluster(), read_law(), date(2022, 10, 21)).outcome == "undecided"

"""Inputs and outputs other than volatile memory: the transfer rate that ECCN 3A090 asked for until 2023-11-16."""

from harness.metrics.claims import interconnect_interval_gb_s
from harness.model.chip_spec import ChipSpec
from harness.model.quantity import Interval


def io_bandwidth_gb_s(spec: ChipSpec) -> Interval:
    """Return the aggregate bidirectional transfer rate over all inputs and outputs other than volatile memory, in GB/s.

    It differs from the interconnect bandwidth of 15 CFR 748 Supp. 2 in that links to other circuits in the same package
    are not left out; no spec file states them, so a package of several logic dies has at least what links and bus give.

    Args:
        spec: Links and bus as the maker claims them. Their sum is a lower bound, too, where some may be missing; of a
            card of several circuits, which share its bus, nothing follows for one of them.

    Source:
        ECCN 3A090.a as of 87 FR 62186 (2022-10-21 to 2023-11-16).
    """
    whole = interconnect_interval_gb_s(spec)
    several = sum(die.count for die in spec.dies if die.logic) > 1
    return Interval(lo=whole.lo, hi=None if several else whole.hi)

"""Is a computing system a supercomputer in the words of the law: its peaks in two formats, and its volume?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from harness.errors import WrongUsage
from harness.metrics.cluster import cluster_compute_pflops
from harness.model.chip_spec import ChipSpec
from harness.model.quantity import UNKNOWN, Interval, exactly
from harness.policy.box import Box
from harness.policy.law import Law
from harness.policy.timeline import names_on
from harness.policy.trace import Criterion, Outcome, judged

INSTRUMENT = "us-ear-supercomputer"
DEFINITION = "supercomputer"
_FORMATS = {"cluster_fp64_compute": "fp64", "cluster_fp32_compute": "fp32"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Cluster:
    """One computing system as far as it is known: petaflops at the peak, and cubic feet."""

    fp64: Interval = UNKNOWN
    fp32: Interval = UNKNOWN
    volume: Interval = UNKNOWN


@dataclass(frozen=True, kw_only=True, slots=True)
class Supercomputer:
    """Whether the definition is met, by which criteria, and which of them would decide where that is open."""

    outcome: Outcome
    criteria: tuple[Criterion, ...]
    decides: tuple[str, ...]
    pin: str


def cluster_of(
    devices: Iterable[tuple[ChipSpec, int]],
    volume_ft3: Decimal | None = None,
    *,
    whole: bool = True,
) -> Cluster:
    """Return the system that these devices make.

    Args:
        devices: Each kind with how many there are of it.
        volume_ft3: The envelope, in cubic feet; None where nobody states it.
        whole: Whether these are all devices that compute in it; else the sums are lower bounds.
    """
    kinds = tuple(devices)
    sums = {one: cluster_compute_pflops(kinds, one) for one in _FORMATS.values()}
    if not whole:
        sums = {one: Interval(lo=found.lo, hi=None) for one, found in sums.items()}
    return Cluster(fp64=sums["fp64"], fp32=sums["fp32"], volume=_stated(volume_ft3))


def stated_cluster(fp64_pflops: Decimal | None, fp32_pflops: Decimal | None, volume_ft3: Decimal | None) -> Cluster:
    """Return the system that these figures state; None where one is not stated."""
    return Cluster(fp64=_stated(fp64_pflops), fp32=_stated(fp32_pflops), volume=_stated(volume_ft3))


def supercomputer(cluster: Cluster, law: Law, day: date) -> Supercomputer:
    """Return whether a system is a supercomputer by the definition of a day.

    Source:
        15 CFR 772.1, supercomputer.

    Raises:
        WrongUsage: The law that is read has no such definition on this day.
    """
    text = law.instruments.get(INSTRUMENT)
    first = min((one.from_day for one in text.provisions), default=None) if text else None
    if text is None or INSTRUMENT not in law.selected or first is None or day < first:
        raise WrongUsage(f"the law that is read has no definition of a supercomputer on {day}")
    words = next(one for one in text.definitions if one.id == DEFINITION)
    figures = {"cluster_fp64_compute": cluster.fp64, "cluster_fp32_compute": cluster.fp32}
    box = Box(figures={**figures, "cluster_volume": cluster.volume})
    outcome, criteria = judged(names_on(law, text, day).definitions[DEFINITION], box, words.pin, words.says)
    open_ones = [one for one in criteria if one.outcome == "undecided"] if outcome == "undecided" else []
    return Supercomputer(
        outcome=outcome,
        criteria=tuple(criteria),
        decides=tuple(f"{one.says}: got {one.got} {one.unit}" for one in open_ones),
        pin=words.pin,
    )


def _stated(value: Decimal | None) -> Interval:
    return UNKNOWN if value is None else exactly(Fraction(value))

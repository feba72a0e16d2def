"""The expanded uncertainty of a rate: type A between sessions, and the step of the timer.

Repeats inside a session share its temperature, its clock and its neighbours, so they are not pooled: what counts is
how far the sessions' own values lie apart. With one session nothing is known of that, and nothing is stated.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from harness.bench.figures import rounded_up
from harness.bench.students_t import coverage_factor, effective_degrees


@dataclass(frozen=True, kw_only=True, slots=True)
class Uncertainty:
    """An expanded uncertainty U = k · u, in the unit of the value."""

    expanded: Decimal | None
    coverage_factor: Decimal | None
    degrees_of_freedom: int | None
    basis: str


def between_sessions(
    sessions: Sequence[Sequence[Decimal]], statistic: str, *, resolution_s: float, duration_s: float
) -> Uncertainty:
    """Return the uncertainty of a rate.

    Args:
        sessions: The samples of each session, none empty, all in one unit.
        statistic: What the value is over the samples: max or median.
        resolution_s: The step of the timer.
        duration_s: How long a sample took, as a rule.

    Source:
        JCGM 100:2008, 4.2 and G.4; a start and a stop, each known to a step: u = step / sqrt(6) of the duration.
    """
    if len(sessions) < 2:
        return Uncertainty(
            expanded=None,
            coverage_factor=None,
            degrees_of_freedom=None,
            basis="one session: how far sessions lie apart is not known",
        )
    own = [float(max(samples) if statistic == "max" else statistics.median(samples)) for samples in sessions]
    means = [statistics.fmean(map(float, samples)) for samples in sessions]
    # The highest of all is no mean: it is as uncertain as one session's highest is.
    spread = statistics.stdev(own) / (1 if statistic == "max" else math.sqrt(len(own)))
    type_a = max(spread, statistics.stdev(means) / math.sqrt(len(means)))
    timer = statistics.fmean(own) * resolution_s / math.sqrt(6) / duration_s
    degrees = effective_degrees(((type_a, len(own) - 1), (timer, None)))
    factor = Decimal(repr(round(coverage_factor(degrees), 4)))
    expanded = rounded_up(float(factor) * math.hypot(type_a, timer))
    return Uncertainty(
        expanded=expanded,
        coverage_factor=factor,
        degrees_of_freedom=degrees,
        basis=(
            f"type A between {len(own)} sessions ({'spread' if statistic == 'max' else 'mean'} of their {statistic}), "
            f"and the timer's step of {resolution_s:.3g} s; k for 95 % of Student's t"
        ),
    )

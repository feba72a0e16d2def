"""The expanded uncertainty of a rate: type A between sessions, and the step of the timer.

Repeats inside a session share its temperature, its clock and its neighbours, so they are not pooled: what counts is
how far the sessions' own values lie apart. With one session nothing is known of that, and nothing is stated.
"""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from harness.bench.figures import rounded_up
from harness.metrics.uncertainty_budget import Budget, Part, between_sessions, timer_resolution

# One-sided, as a bound is asked for; two-sided it is the usual 95 %.
_RISK = Decimal("0.025")
_MOST_DEGREES = 10**6


@dataclass(frozen=True, kw_only=True, slots=True)
class Uncertainty:
    """An expanded uncertainty U = k · u, in the unit of the value."""

    basis: str
    expanded: Decimal | None = None
    coverage_factor: Decimal | None = None
    degrees_of_freedom: int | None = None


def uncertainty_of(
    sessions: Sequence[Sequence[Decimal]], statistic: str, *, resolution_s: Decimal, duration_s: Decimal
) -> Uncertainty:
    """Return the uncertainty of a rate.

    Args:
        sessions: The samples of each session, none empty, all in one unit.
        statistic: What the value is over the samples: max or median.
        resolution_s: The step of the timer.
        duration_s: How long a sample took, as a rule, > 0.

    Source:
        JCGM 100:2008, 4.2, F.2.2.1 and G.4.
    """
    if len(sessions) < 2:
        return Uncertainty(basis="one session: how far sessions lie apart is not known")
    own = [Fraction(max(samples) if statistic == "max" else statistics.median(samples)) for samples in sessions]
    # Never less than what a reader finds who takes the sessions' means.
    type_a = max(_spread(own, statistic), between_sessions(sessions), key=lambda part: part.variance)
    timer = timer_resolution(max(own) * Fraction(resolution_s) / Fraction(duration_s))
    # A second part raises the degrees of freedom, and can lower U by more than it adds: no part makes it smaller.
    budgets = (Budget(parts=(type_a,)), Budget(parts=(type_a, timer)))
    budget = max(budgets, key=lambda one: one.expanded_uncertainty(_RISK))
    degrees = budget.degrees
    return Uncertainty(
        expanded=rounded_up(float(budget.expanded_uncertainty(_RISK))),
        coverage_factor=Decimal(round(budget.coverage_factor(_RISK) * 10**4)).scaleb(-4),
        degrees_of_freedom=_MOST_DEGREES if degrees is None else min(_MOST_DEGREES, int(degrees)),
        basis=(
            f"type A between {len(own)} sessions ({'spread' if statistic == 'max' else 'mean'} of their {statistic}), "
            f"and the timer's step of {float(resolution_s):.3g} s; k for 95 % of Student's t"
        ),
    )


def _spread(own: Sequence[Fraction], statistic: str) -> Part:
    """Return the part of the sessions' own values; the highest of all is no mean, but as uncertain as one of them."""
    variance = statistics.variance(own) / (1 if statistic == "max" else len(own))
    return Part(name="between sessions", variance=variance, degrees=Fraction(len(own) - 1))

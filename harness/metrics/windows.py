"""A series of rates over time: whether it falls, and whether it steps from one level to another."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate, pairwise
from math import lcm

from harness.model.quantity import EXACT, exact_sum

# A step is looked for among at most so many windows: finer than any limit of time is set, and quick.
_MOST_WINDOWS = 64
# A level is one only where more than one window shows it.
_FEWEST = 2


def window_means(rates: Sequence[Decimal], seconds: Sequence[Decimal], windows: int) -> list[Fraction]:
    """Return the mean rate of each of so many windows of a series, weighted by time; fewer where samples are fewer.

    Args:
        rates: The samples, in order.
        seconds: How long each took, all > 0.
        windows: How many windows to make.

    >>> window_means([Decimal(1), Decimal(3), Decimal(5)], [Decimal(1)] * 3, 2)
    [Fraction(1, 1), Fraction(4, 1)]
    """
    count = min(windows, len(rates))
    edges = [n * len(rates) // count for n in range(count + 1)]
    return [_mean(rates[a:b], seconds[a:b]) for a, b in pairwise(edges)]


def _mean(rates: Sequence[Decimal], seconds: Sequence[Decimal]) -> Fraction:
    return Fraction(exact_sum(map(EXACT.multiply, rates, seconds))) / Fraction(exact_sum(seconds))


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A change of level: the mean before and after, and the share of the windows that lie before it."""

    before: Fraction
    after: Fraction
    at: Fraction

    @property
    def fall(self) -> Fraction:
        """Return by which share the rate fell; negative where it rose."""
        return 1 - self.after / self.before


def fall_of(means: Sequence[Fraction], noise: Fraction) -> Change | None:
    """Return how the later half of the windows lies against the earlier, where it stands out of the noise.

    Source:
        mamf-finder calls a rate steady where the last four of eight windows are at most 1 % slower than the first four.
    """
    half = len(means) // 2
    return next((change for _, change in _changes(means, [half], noise)), None) if half >= _FEWEST else None


def step_of(means: Sequence[Fraction], noise: Fraction, *, whole: bool) -> Change | None:
    """Return the largest change from one level to another, where it stands out of the noise and is no slope.

    Args:
        means: Means of windows, in order.
        noise: How many standard deviations of a difference of means a change must be.
        whole: Whether every window is one sample, so that no window lies across the change.

    >>> step = step_of([Fraction(n) for n in (9, 9, 9, 9, 6, 6, 6, 6)], Fraction(3), whole=True)
    >>> step.before, step.after, step.at
    (Fraction(9, 1), Fraction(6, 1), Fraction(1, 2))
    >>> step_of([Fraction(n) for n in (9, 8, 7, 6, 5, 4, 3, 2)], Fraction(3), whole=True) is None
    True
    """
    splits = range(_FEWEST, len(means) - _FEWEST + 1)
    found = list(_changes(means, splits, noise))
    if not found:
        return None
    k, largest = max(found, key=lambda pair: abs(pair[1].after - pair[1].before))
    reach = 1 if whole else 2
    jump = abs(means[min(k + reach - 1, len(means) - 1)] - means[max(k - reach, 0)])
    return largest if 2 * jump >= abs(largest.after - largest.before) else None


def finest_means(rates: Sequence[Decimal], seconds: Sequence[Decimal]) -> tuple[list[Fraction], bool]:
    """Return the means of the finest windows in which a step is looked for, and whether each is one sample."""
    return window_means(rates, seconds, _MOST_WINDOWS), len(rates) <= _MOST_WINDOWS


def _changes(means: Sequence[Fraction], splits: Iterable[int], noise: Fraction) -> Iterator[tuple[int, Change]]:
    """Yield each split with its change where that stands out of the noise.

    It is counted in whole numbers of one denominator, from running sums: fractions would be reduced at every window.
    """
    scale = lcm(*(mean.denominator for mean in means))
    values = [mean.numerator * (scale // mean.denominator) for mean in means]
    totals = [0, *accumulate(values)]
    squares = [0, *accumulate(value * value for value in values)]
    for k in splits:
        m = len(means) - k
        first, last = totals[k], totals[-1] - totals[k]
        # The variance of k values is (k · Σv² - (Σv)²) / (k · (k - 1)). Both sides of the comparison are multiplied by
        # the square of the denominator and by k² · m² · (k - 1) · (m - 1).
        scatter = (k * squares[k] - first**2) * m**2 * (m - 1)
        scatter += (m * (squares[-1] - squares[k]) - last**2) * k**2 * (k - 1)
        jump = k * last - m * first
        if 0 not in (first, jump) and jump**2 * (k - 1) * (m - 1) >= noise**2 * scatter:
            before, after = Fraction(first, k * scale), Fraction(last, m * scale)
            yield k, Change(before=before, after=after, at=Fraction(k, len(means)))

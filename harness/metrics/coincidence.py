"""How likely honest samples agree, repeat or line up as much as these do: upper bounds on the chance of it.

A chance is a statistic and a float; what it is a chance of is decided exactly.
"""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import e, exp, lgamma, log, prod

from harness.model.quantity import EXACT


def digits(value: Decimal) -> int:
    """Return how many significant digits a figure has, without the zeros at its end.

    >>> digits(Decimal("788.310")), digits(Decimal(4000))
    (5, 1)
    """
    return len(value.normalize().as_tuple().digits)


def printed_step(samples: Sequence[Decimal]) -> Fraction:
    """Return the step of the last digit that any of the samples has: a writer may drop zeros at the end."""
    return Fraction(1, 10 ** _places(samples))


def _places(samples: Sequence[Decimal]) -> int:
    """Return how many digits behind the point the longest sample has."""
    exponents = (sample.as_tuple().exponent for sample in samples)
    return max((-exponent for exponent in exponents if isinstance(exponent, int)), default=0)


def tail(n: int, least: int, chance: float) -> float:
    """Return a bound on the chance that of n independent events, each with this chance, at least so many happen.

    Source:
        The binomial distribution: its first term, times the geometric series that each further term lies below. The
        bound is 1 up to the mean, and exact where all n must happen.

    >>> tail(10, 10, 0.25) == 0.25**10, tail(10, 2, 0.25)
    (True, 1.0)
    """
    if least <= n * chance:
        return 1.0
    if least == n:
        return chance**n
    ways = lgamma(n + 1) - lgamma(least + 1) - lgamma(n - least + 1)
    first = exp(ways + least * log(chance) + (n - least) * log(1 - chance))
    share = (n - least) / (least + 1) * chance / (1 - chance)
    return min(1.0, first / (1 - share))


def repeats(samples: Sequence[object]) -> int:
    """Return how many samples have an equal among the others of their series.

    >>> repeats([1, 2, 2, 3])
    2
    """
    return sum(count for count in Counter(samples).values() if count > 1)


def chance_of_progression(samples: Sequence[Decimal]) -> float:
    """Return a bound on the chance that samples stand at even distances: 1 where they do not.

    Source:
        n samples on K neighbouring steps take n neighbouring ones, each once, with a chance of (K - n + 1) n! / K^n,
        which is greatest at K = n.

    >>> round(chance_of_progression([Decimal(3), Decimal(1), Decimal(2)]), 9)  # 3! / 3^3
    0.222222222
    """
    n = len(samples)
    gaps = (Fraction(after) - Fraction(before) for before, after in pairwise(sorted(samples)))
    step = next(gaps, Fraction(0))
    return exp(lgamma(n + 1) - n * log(n)) if step and all(gap == step for gap in gaps) else 1.0


def repeated_block(samples: Sequence[Decimal]) -> int | None:
    """Return the length of the block that the series is made of by repeating it; None where there is none.

    >>> repeated_block([Decimal(1), Decimal(2), Decimal(1), Decimal(2)]), repeated_block([Decimal(1), Decimal(2)])
    (2, None)
    """
    n = len(samples)
    # By the failure function of Knuth, Morris and Pratt: a series of many thousand samples costs one pass.
    borders = [0] * n
    for i in range(1, n):
        k = borders[i - 1]
        while k and samples[i] != samples[k]:
            k = borders[k - 1]
        borders[i] = k + (samples[i] == samples[k])
    length = n - borders[-1] if n else 0
    return length if n and length < n and n % length == 0 else None


def chance_of_block(block: Sequence[Decimal], times: int) -> float:
    """Return the chance that samples in random order repeat a block so many times.

    Source:
        With c of each value in the block of L: of (times L)! / prod (times c)! orders of the samples, L! / prod c!
        repeat a block.

    >>> round(chance_of_block([Decimal(1), Decimal(2)], 2), 9)  # 2! (2!)^2 / 4!
    0.333333333
    """
    counts = Counter(block).values()
    orders = lgamma(times * len(block) + 1) - sum(lgamma(times * count + 1) for count in counts)
    return exp(lgamma(len(block) + 1) - sum(lgamma(count + 1) for count in counts) - orders)


def in_steps(samples: Sequence[Decimal]) -> list[int]:
    """Return the samples as whole numbers of their printed step.

    >>> in_steps([Decimal("1.5"), Decimal(2)])
    [15, 20]
    """
    places = _places(samples)
    return [int(EXACT.scaleb(one, places)) for one in samples]


def scatters_less(steps: Sequence[int], share: Fraction) -> bool:
    """Return whether the standard deviation of at least two samples is less than this share of their mean, exactly.

    >>> scatters_less([99, 100, 101], Fraction(1, 100)), scatters_less([99, 100, 101], Fraction(11, 1000))
    (False, True)
    """
    n, total = len(steps), sum(steps)
    return n * (n * sum(one * one for one in steps) - total * total) < share**2 * total * total * (n - 1)


def shape(ordered: Sequence[Fraction]) -> Fraction:
    """Return where the middle of an ordered series lies between its ends, 0 to 1: the same for a rescaled copy."""
    width = ordered[-1] - ordered[0]
    return (ordered[len(ordered) // 2] - ordered[0]) / width if width else Fraction(0)


def rescaled(
    one: Sequence[Fraction], other: Sequence[Fraction], one_step: Fraction, other_step: Fraction
) -> tuple[str, Fraction] | None:
    """Return by which factor or shift one ordered series is the other one but for rounding; None where by none.

    Args:
        one: Samples in order of size, > 0.
        other: As many samples, in order of size, > 0.
        one_step: The step in which the first ones are printed.
        other_step: The step in which the other ones are printed.

    Returns:
        "times" and the factor, or "plus" and the shift, from the first series to the other.
    """
    pairs = list(zip(one, other, strict=True))
    # Two series that are not each other's copy differ in their ends and their middle already.
    few = [pairs[0], pairs[len(pairs) // 2], pairs[-1]]
    return _fit(pairs, one_step / 2, other_step / 2) if _fit(few, one_step / 2, other_step / 2) else None


def _fit(pairs: Sequence[tuple[Fraction, Fraction]], near: Fraction, far: Fraction) -> tuple[str, Fraction] | None:
    if all(a > near for a, _ in pairs):
        least, most = max((b - far) / (a + near) for a, b in pairs), min((b + far) / (a - near) for a, b in pairs)
        if least <= most:
            return "times", (least + most) / 2
    least, most = max(b - a for a, b in pairs) - near - far, min(b - a for a, b in pairs) + near + far
    return ("plus", (least + most) / 2) if least <= most else None


def chance_of_shape(ordered: Sequence[Fraction], step: Fraction) -> float:
    """Return a bound on the chance that another honest series has the same distances between its ordered samples.

    Args:
        ordered: At least four samples in order of size.
        step: The step in which they are printed, in the same unit.

    Source:
        Factor and shift take two of the samples, so the two widest distances count for nothing. Of the others, the
        larger of two chances: where samples come at any density, a distance of k ticks is likeliest at a density of
        1 / k, and then lies within one tick of k by 3 / (e (k - 1/2)) at most; where they come at about even distances,
        as in a drift, each lies there by the inverse of their median deviation in ticks (twice what entropy gives for
        normal ones). Simulated in tests/test_coincidence.py.
    """
    gaps = sorted(after - before for before, after in pairwise(ordered))
    if not gaps[-1]:
        return 1.0
    # What looks like the tick is no finer than the smallest distance: timers tick more coarsely than rates are printed.
    tick = max(step, next(gap for gap in gaps if gap))
    middle = gaps[len(gaps) // 2]
    deviation = float(sorted(abs(gap - middle) for gap in gaps)[len(gaps) // 2] / tick)
    even = max(1.0, deviation) ** (2 - len(ordered))
    return max(even, prod(min(1.0, 3 / (e * (float(gap / tick) - 0.5))) for gap in gaps[:-2] if gap > tick))


def found_by_chance(samples: Sequence[Decimal]) -> float:
    """Return the share of these samples that another honest series of their kind is expected to hold as well.

    The larger of the share that repeats within the series, and of the share of the grid's points that it takes: one
    that drifts takes each point once.

    >>> found_by_chance([Decimal(one) for one in (1, 2, 3, 4)]), found_by_chance([Decimal(1), Decimal(100)])
    (1.0, 0.0)
    """
    if len(samples) < 3:
        return repeats(samples) / max(1, len(samples))
    ordered = [Fraction(sample) for sample in sorted(samples)]
    return max(repeats(samples) / len(samples), _crowding(ordered, printed_step(samples)))


def _crowding(ordered: Sequence[Fraction], step: Fraction) -> float:
    """Return the finest distance over the median one: 1 where samples take every point of their grid.

    What looks like the step is no finer than the smallest distance: timers tick more coarsely than rates are printed.
    """
    gaps = sorted(after - before for before, after in pairwise(ordered))
    middle = gaps[len(gaps) // 2]
    return min(1.0, float(max(step, next(gap for gap in gaps if gap)) / middle)) if middle else 1.0

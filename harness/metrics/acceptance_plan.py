"""Sampling plans through two points: what the producer and what the consumer are promised."""

from decimal import Decimal
from fractions import Fraction
from math import ceil, log, sqrt

from harness.errors import UndefinedMetric
from harness.metrics import normal
from harness.metrics.binomial import at_most
from harness.metrics.tolerance import one_sided

Share = Decimal | Fraction | str
_LARGEST_SAMPLE = 100_000

# MIL-STD-105E, tables I and II-A, general inspection level II: largest lot, code letter, sample.
_LEVEL_II = (
    (8, "A", 2), (15, "B", 3), (25, "C", 5), (50, "D", 8), (90, "E", 13), (150, "F", 20), (280, "G", 32),
    (500, "H", 50), (1_200, "J", 80), (3_200, "K", 125), (10_000, "L", 200), (35_000, "M", 315),
    (150_000, "N", 500), (500_000, "P", 800),
)  # fmt: skip

# The same, table II-A, AQL 0.65 %: sample and acceptance number, the arrows followed.
_AQL_065 = {
    **dict.fromkeys("ABCDEFG", (20, 0)), "H": (80, 1), "J": (80, 1), "K": (125, 2), "L": (200, 3), "M": (315, 5),
    "N": (500, 7), "P": (800, 10), "Q": (1_250, 14),
}  # fmt: skip


def level_ii(lot: int) -> tuple[str, int]:
    """Return code letter and sample of normal inspection, level II; shown because it is the wrong tool for a limit.

    Source:
        MIL-STD-105E, tables I and II-A.

    >>> level_ii(3200), level_ii(3201), level_ii(35000)
    (('K', 125), ('L', 200), ('M', 315))
    """
    if lot < 2:
        raise UndefinedMetric("a code letter", f"a lot of {lot}")
    return next(((letter, n) for largest, letter, n in _LEVEL_II if lot <= largest), ("Q", 1_250))


def standard_plan(lot: int) -> tuple[str, int, int]:
    """Return code letter, sample and acceptance number at AQL 0.65 %; of a lot that is smaller, all of it is drawn.

    Source:
        MIL-STD-105E, tables I and II-A, level II, normal inspection.

    >>> standard_plan(3200), standard_plan(10_000), standard_plan(10)
    (('K', 125, 2), ('L', 200, 3), ('B', 10, 0))
    """
    letter, _ = level_ii(lot)
    n, c = _AQL_065[letter]
    return letter, min(n, lot), c


def attributes_plan(good: Share, accepted: Share, bad: Share, passed: Share) -> tuple[int, int]:
    """Return the smallest n and its c: a share `good` is accepted with at least `accepted`, `bad` at most `passed`.

    Source:
        R package AcceptanceSampling, its manual: (.05, .95), (.15, .075) gives n = 80, c = 7.

    >>> attributes_plan("0.05", "0.95", "0.15", "0.075")
    (80, 7)
    """
    if not 0 <= Fraction(good) < Fraction(bad) <= 1 or not 0 < Fraction(passed) < Fraction(accepted) < 1:
        raise UndefinedMetric("a sampling plan", f"({good}, {accepted}), ({bad}, {passed})")
    n, c = 1, 0
    while n <= _LARGEST_SAMPLE:
        if at_most(c, n, bad) > Fraction(passed):
            n += 1
        elif at_most(c, n, good) >= Fraction(accepted):
            return n, c
        else:
            c += 1
    raise UndefinedMetric("a sampling plan", f"none has at most {_LARGEST_SAMPLE} units")


def known_spread_plan(good: float, accepted: float, bad: float, passed: float) -> tuple[int, float]:
    """Return n and k of a variables plan, σ known: accept where the mean lies k σ within the limit.

    Source:
        R package AcceptanceSampling, its manual: (.05, .95), (.15, .075) gives n = 26, k = 1.322271.

    >>> n, k = known_spread_plan(0.05, 0.95, 0.15, 0.075)
    >>> n, round(k, 6)
    (26, 1.322271)
    """
    if not 0 < good < bad < 1 or not 0 < passed < accepted < 1:
        raise UndefinedMetric("a sampling plan", f"({good}, {accepted}), ({bad}, {passed})")
    z_good, z_bad = normal.upper_quantile(good), normal.upper_quantile(bad)
    z_producer, z_consumer = normal.quantile(accepted), normal.upper_quantile(passed)
    n = ((z_producer + z_consumer) / (z_good - z_bad)) ** 2
    # The producer's point is kept as it is, and what rounding n up gives goes to the consumer.
    return ceil(n), z_good - z_producer / sqrt(ceil(n))


def variables_factor(n: int, share: float, risk: float) -> float:
    """Return k, σ unknown: a lot with a share above its limit passes mean + k s < limit with at most `risk`.

    Source:
        t'(n − 1; 1 − β; √n z(1 − p)) / √n, which is the one-sided tolerance factor.

    >>> [round(variables_factor(n, 0.01, 0.05), 4) for n in (5, 10, 20, 30, 50)]
    [5.7411, 3.9811, 3.2952, 3.0639, 2.8624]
    """
    return one_sided(n, 1 - share, 1 - risk)


def sequential_lines(good: float, bad: float, producer: float, consumer: float) -> tuple[float, float, float]:
    """Return h0, h1 and s of Wald's test: accept where d <= s n − h0, reject where d >= s n + h1.

    Source:
        Wald (1947), Sequential Analysis, chapter 5.

    >>> [round(x, 6) for x in sequential_lines(0.001, 0.01, 0.05, 0.05)]
    [1.273747, 1.273747, 0.003915]
    """
    if not 0 < good < bad < 1 or not (producer > 0 and consumer > 0 and producer + consumer < 1):
        raise UndefinedMetric("a sequential test", f"shares {good}, {bad}; risks {producer}, {consumer}")
    per_bad = log(bad * (1 - good) / (good * (1 - bad)))
    h0, h1 = log((1 - producer) / consumer) / per_bad, log((1 - consumer) / producer) / per_bad
    return h0, h1, log((1 - good) / (1 - bad)) / per_bad

"""The assurance statement: would the evidence alone, without trust, suffice to say "below the threshold"?

A measurement can only understate a peak, so its upper bound is divided by the share of the peak that an honest
measurement reaches at the least. All arithmetic is exact.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

Answer = Literal["below", "not-below", "inconclusive", "rejected"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """One measured value m of the quantity, in its unit, with what is known of its uncertainty."""

    value: Fraction
    standard_uncertainty: Fraction  # u
    expanded_uncertainty: Fraction  # U = k u, k by the method's risk and the degrees of freedom
    efficiency_floor: Fraction  # Lowest share of the true peak that an honest measurement reaches, in (0, 1].
    # Whether it may show "at most": a device that was held down shows "at least" and nothing more.
    shows_at_most: bool = True
    # The highest that the quantity can be where the measurement leaves only one rate per clock; else None.
    quantised: Fraction | None = None

    @property
    def lower(self) -> Fraction:
        """m − U."""
        return self.value - self.expanded_uncertainty

    @property
    def upper(self) -> Fraction:
        """(m + U) / η_lo, or the highest clock at the one rate per clock that is possible, where that is less."""
        by_floor = (self.value + self.expanded_uncertainty) / self.efficiency_floor
        return by_floor if self.quantised is None else min(by_floor, self.quantised)


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """What each source says of one quantity, all in one unit. None, or no measured value: the source is silent."""

    declared: Fraction | None
    declared_step: Fraction  # Last printed digit of the declaration; half of it is its resolution.
    derived_lo: Fraction | None  # At nominal clock, enabled units proven.
    derived_hi: Fraction | None  # At the highest clock the device can be set to.
    measured: tuple[Measured, ...]
    # The maker's highest claim, where it is known; where it is more than the declaration, it stands for it.
    claimed: Fraction | None = None

    @property
    def silent(self) -> tuple[str, ...]:
        """The sources without which nobody can say "below"."""
        absent = {
            "declared": self.declared is None,
            "derived": self.derived_lo is None or self.derived_hi is None,
            "measured": not any(one.shows_at_most for one in self.measured),
        }
        return tuple(source for source, missing in absent.items() if missing)

    @property
    def lowers(self) -> dict[str, Fraction]:
        """What each source says the quantity is at least."""
        claims = [claim for claim in (self.declared, self.claimed) if claim is not None]
        found = {"declared": max(claims, default=None), "derived": self.derived_lo}
        found["measured"] = max((one.lower for one in self.measured), default=None)
        return {source: bound for source, bound in found.items() if bound is not None}

    @property
    def uppers(self) -> dict[str, Fraction]:
        """What each source says the quantity is at most."""
        claims = [] if self.claimed is None else [self.claimed]
        if self.declared is not None:
            claims.append(self.declared + self.declared_step / 2)
        found = {"declared": max(claims, default=None), "derived": self.derived_hi}
        found["measured"] = max((one.upper for one in self.measured), default=None)
        return {source: bound for source, bound in found.items() if bound is not None}


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """The parameters of the rule, from the dated method file and never from a report."""

    contradiction_margin: Fraction  # c: a relative disagreement of two sources beyond it is a contradiction.
    largest_relative_uncertainty: Fraction  # u/m beyond it is no measurement.


@dataclass(frozen=True, kw_only=True, slots=True)
class Conclusion:
    """The answer, its code, and the bound that made it with its source."""

    conclusion: Answer
    code: str
    binding: str | None = None
    bound: Fraction | None = None
    # What the bound, or the value, was held against: the threshold, or what another source says.
    against: Fraction | None = None
    # Every source whose upper bound reaches the threshold.
    reached: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()


def conclude(bounds: Bounds, threshold: Fraction, rule: Rule) -> Conclusion:
    """Return what the three sources together say of "below the threshold". The order of the steps matters.

    An intersection-union test: "below" needs every source to say so, "not below" needs one lower bound at or above. So
    a confident lie in one source cannot drown what another shows, and no weights are needed.

    Args:
        bounds: Declared, derived and measured bounds of one quantity.
        threshold: The legal limit T; T itself is not below T.
        rule: The parameters.

    Source:
        The rule of JCGM 106 and ILAC-G8 for a one-sided limit, with a measured rate read as a lower bound of the peak;
        Berger (1982), Technometrics 24, for the test.
    """
    # 0. Is every number one that can be used?
    rejected = next(_unusable(bounds, rule), None)
    if rejected is not None:
        return rejected
    # 1. One lower bound at or above the limit suffices to say that it is not below.
    for source, lower in bounds.lowers.items():
        if lower >= threshold:
            code = f"DEC-F-{source.upper()}"
            return Conclusion(conclusion="not-below", code=code, binding=source, bound=lower, against=threshold)
    # 2. Every source must speak.
    if bounds.silent:
        return Conclusion(conclusion="inconclusive", code="DEC-I-MISSING", silent=bounds.silent)
    # 3. The sources must not contradict each other.
    contradiction = next(_contradictions(bounds, rule.contradiction_margin), None)
    if contradiction is not None:
        return contradiction
    # 4. and 5. Every upper bound must lie below the limit.
    uppers = bounds.uppers
    binding = max(uppers, key=lambda source: uppers[source])
    reached = tuple(source for source, upper in uppers.items() if upper >= threshold)
    return Conclusion(
        conclusion="inconclusive" if reached else "below",
        code="DEC-I-GUARD" if reached else "DEC-P",
        binding=binding,
        bound=uppers[binding],
        against=threshold,
        reached=reached,
    )


def _unusable(bounds: Bounds, rule: Rule) -> Iterator[Conclusion]:
    stated = {"declared": (bounds.declared, bounds.claimed), "derived": (bounds.derived_lo, bounds.derived_hi)}
    for source, values in {**stated, "measured": tuple(one.value for one in bounds.measured)}.items():
        for value in values:
            if value is not None and value <= 0:
                yield _rejected("DEC-R-VALUE", source, value, Fraction(0))
    for one in bounds.measured:
        if not 0 < one.efficiency_floor <= 1:
            yield _rejected("DEC-R-FLOOR", "measured", one.efficiency_floor, Fraction(1))
        share, most = one.standard_uncertainty / one.value, rule.largest_relative_uncertainty
        # What only shows "at least" may come without an uncertainty, as a published value does.
        unstated = one.shows_at_most and not (share > 0 and one.expanded_uncertainty > 0)
        if share > most or unstated:
            yield _rejected("DEC-R-UNCERTAINTY", "measured", share, most)


def _rejected(code: str, source: str, bound: Fraction, against: Fraction) -> Conclusion:
    return Conclusion(conclusion="rejected", code=code, binding=source, bound=bound, against=against)


def _contradictions(bounds: Bounds, margin: Fraction) -> Iterator[Conclusion]:
    """Compare the values as they stand: a wider uncertainty or fewer digits must not hide a contradiction."""
    declared, low, high = bounds.declared, bounds.derived_lo, bounds.derived_hi
    assert declared is not None
    assert low is not None
    assert high is not None
    more, less = 1 + margin, 1 - margin
    measured = max(one.value for one in bounds.measured)
    # The most that an honest measurement of the highest value can stand for.
    reachable = max(one.value / one.efficiency_floor for one in bounds.measured)
    for found, code, source, value, against in (
        (measured > more * min(declared, high), "UNDERSTATED", "measured", measured, more * min(declared, high)),
        (declared < less * low, "DECLARED-LOW", "declared", declared, less * low),
        (declared > more * high, "DECLARED-HIGH", "declared", declared, more * high),
        (reachable < low, "UNDERPERFORM", "measured", reachable, low),
    ):
        if found:
            yield Conclusion(
                conclusion="inconclusive", code=f"DEC-I-{code}", binding=source, bound=value, against=against
            )


def largest_accepted(threshold: Fraction, floor: Fraction, relative_expanded: Fraction) -> Fraction:
    """Return the reading from which on, and no less, the measured upper bound reaches the threshold.

    Args:
        threshold: T.
        floor: η_lo, in (0, 1].
        relative_expanded: U / m of such a reading.

    Source:
        (m + U) / η_lo = T, solved for m.

    >>> share = Fraction(8, 1000) * Fraction("2.262157163")
    >>> round(float(largest_accepted(Fraction(1000), Fraction(1), share)), 2)
    982.22
    """
    return threshold * floor / (1 + relative_expanded)


def false_accept_risk(risk: Decimal, confidence: Decimal, content: Decimal) -> Decimal:
    """Return the most at which a quantity at or above the limit is passed where only the measurement is right.

    Source:
        α + (1 − γ) + (1 − P), the union bound.

    >>> false_accept_risk(Decimal("0.025"), Decimal("0.95"), Decimal("0.99"))
    Decimal('0.085')
    """
    return risk + (1 - confidence) + (1 - content)


def printed_step(value: Decimal) -> Decimal:
    """Return the last-digit step with which a figure is printed.

    >>> printed_step(Decimal("2.62")), printed_step(Decimal("1979"))
    (Decimal('0.01'), Decimal('1'))
    """
    exponent = value.as_tuple().exponent
    return Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)

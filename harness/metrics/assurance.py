"""The assurance statement: would the evidence alone, without trust, suffice to say "below the threshold"?"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """What each source says of one quantity, all in one unit. None: the source is silent."""

    declared: Fraction | None
    declared_step: Fraction  # Last printed digit of the declaration; half of it is its resolution.
    derived_lo: Fraction | None  # At nominal clock, enabled units proven.
    derived_hi: Fraction | None  # At the highest clock the device can be set to.
    measured: Fraction | None
    expanded_uncertainty: Fraction
    efficiency_floor: Fraction  # Lowest share of the true peak that an honest measurement reaches, in (0, 1].


@dataclass(frozen=True, kw_only=True, slots=True)
class Conclusion:
    """The conclusion, its code, and the bound that decided with its source."""

    conclusion: str
    code: str
    binding: str | None = None
    bound: Fraction | None = None


def conclude(bounds: Bounds, threshold: Fraction, contradiction_margin: Fraction) -> Conclusion:
    """Return what the three sources together say of "below the threshold".

    An intersection-union test: "below" needs every source to say so, "not below" needs one lower bound at or above.

    Args:
        bounds: Declared, derived and measured bounds of one quantity.
        threshold: The legal limit T; T itself is not below T.
        contradiction_margin: Relative disagreement beyond which two sources contradict each other.

    Source:
        The rule of JCGM 106 and ILAC-G8 for a one-sided limit, with a measured rate read as a lower bound of the peak.
    """
    adverse = _adverse(bounds, threshold)
    if adverse is not None:
        return adverse
    contradiction = _contradiction(bounds, 1 + contradiction_margin, 1 - contradiction_margin)
    if contradiction is not None:
        return Conclusion(conclusion="inconclusive", code=contradiction)
    uppers = _uppers(bounds)
    binding = max(uppers, key=lambda source: uppers[source])
    below = uppers[binding] < threshold
    return Conclusion(
        conclusion="below" if below else "inconclusive",
        code="DEC-P" if below else "DEC-I-GUARD",
        binding=binding,
        bound=uppers[binding],
    )


def _adverse(bounds: Bounds, threshold: Fraction) -> Conclusion | None:
    measured_lo = None if bounds.measured is None else bounds.measured - bounds.expanded_uncertainty
    for source, lower in (("declared", bounds.declared), ("derived", bounds.derived_lo), ("measured", measured_lo)):
        if lower is not None and lower >= threshold:
            return Conclusion(conclusion="not-below", code=f"DEC-F-{source.upper()}", binding=source, bound=lower)
    return None


def _uppers(bounds: Bounds) -> dict[str, Fraction]:
    uppers = {}
    if bounds.declared is not None:
        uppers["declared"] = bounds.declared + bounds.declared_step / 2
    if bounds.derived_hi is not None:
        uppers["derived"] = bounds.derived_hi
    if bounds.measured is not None:
        # A rate lies below the peak by an unknown share; the floor is the most that it can lie below.
        uppers["measured"] = (bounds.measured + bounds.expanded_uncertainty) / bounds.efficiency_floor
    return uppers


def _contradiction(bounds: Bounds, more: Fraction, less: Fraction) -> str | None:
    declared, derived_lo, derived_hi, measured = (
        bounds.declared,
        bounds.derived_lo,
        bounds.derived_hi,
        bounds.measured,
    )
    if declared is None or derived_lo is None or derived_hi is None or measured is None:
        return "DEC-I-MISSING"
    if measured > more * min(declared, derived_hi):
        return "DEC-I-UNDERSTATED"
    if declared < derived_lo * less:
        return "DEC-I-DECLARED-LOW"
    if declared > more * derived_hi:
        return "DEC-I-DECLARED-HIGH"
    if measured / bounds.efficiency_floor < derived_lo:
        return "DEC-I-UNDERPERFORM"
    return None


def printed_step(value: Decimal) -> Decimal:
    """Return the last-digit step with which a figure is printed.

    >>> printed_step(Decimal("2.62")), printed_step(Decimal("1979"))
    (Decimal('0.01'), Decimal('1'))
    """
    exponent = value.as_tuple().exponent
    return Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)

"""What has probably happened to a figure that is too high or too low: the likeliest slip, in words."""

from fractions import Fraction
from math import log

from harness.metrics.peaks import claims_by_format
from harness.metrics.slip import distance
from harness.model.chip_spec import ChipSpec
from harness.model.plausibility import Band, Measurable, PlausibilityMethod, Slip
from harness.model.quantity import as_text

# From here on a slip is one of the prefix, which no other slip is near to.
_PREFIX = 1000
# Nearer than this to a factor of the claim itself, a figure was made from the datasheet.
_EXACTLY = Fraction(1, 100)


def likeliest_cause(
    ratio: Fraction,
    value: Fraction | None,
    what: Measurable,
    spec: ChipSpec | None,
    band: Band,
    rules: PlausibilityMethod,
) -> str | None:
    """Return the slip that brings a figure nearest to the middle of its band, in words; None where none does.

    A figure that stands in the datasheet for another format, or for sparse matrices, is named before any slip.

    Args:
        ratio: The figure over the claim.
        value: The figure itself where the datasheet is searched for it; None where it is not.
        what: What was measured.
        spec: The chip's spec file; None where there is none.
        band: The band of honest measurements.
        rules: The slips of the method file, and how far they reach.
    """
    if value is not None and spec is not None and what.kind == "compute":
        same = figure_of_another(value, what, spec, Fraction(rules.same_figure))
        if same is not None:
            return same
    direction = "high" if ratio > 1 else "low"
    slips = [slip for slip in rules.slips if what.kind in slip.kinds and slip.direction == direction]
    found = _exact(ratio, slips) or _nearest(ratio, slips, band, rules)
    if direction == "high" and spec is not None and what.kind == "compute":
        # A faster unit and a slip may give the same figure; which it was only the laboratory can say.
        found = ", or ".join(one for one in (_rate_of_another(ratio, what, spec, band, rules), found) if one) or None
    return None if found is None else f"{as_times(ratio)} the peak: {found}?"


def _exact(ratio: Fraction, slips: list[Slip]) -> str | None:
    """Name the slip by whose factor alone a figure differs from the claim."""
    exact = [slip for slip in slips if abs(_undone(ratio, slip) - 1) <= _EXACTLY]
    return min(exact, key=lambda slip: slip.rank).says if exact else None


def _nearest(ratio: Fraction, slips: list[Slip], band: Band, rules: PlausibilityMethod) -> str | None:
    undone = [(_undone(ratio, slip), slip) for slip in slips]
    near = [
        (distance(left, Fraction(band.middle)), slip) for left, slip in undone if _explains(left, slip, band, rules)
    ]
    # Of two that explain a figure about alike, the commoner one.
    best = min(near, key=lambda one: log(one[0]) + one[1].rank * float(rules.rank_weight), default=None)
    return None if best is None else best[1].says


def _undone(ratio: Fraction, slip: Slip) -> Fraction:
    return ratio / Fraction(slip.factor) if slip.direction == "high" else ratio * Fraction(slip.factor)


def _explains(left: Fraction, slip: Slip, band: Band, rules: PlausibilityMethod) -> bool:
    """Whether a figure without the slip lies in its band, or near its middle."""
    reach = Fraction(rules.slip_reach)
    inside = Fraction(band.low) <= left <= max(Fraction(1), Fraction(band.high))
    return inside or distance(left, Fraction(band.middle)) <= (reach * reach if slip.factor >= _PREFIX else reach)


def figure_of_another(value: Fraction, what: Measurable, spec: ChipSpec, same: Fraction) -> str | None:
    """Say that a value is a figure of the datasheet: twice its own, as sparse rates are, or one of another format.

    Args:
        value: The figure, in TFLOP/s or TOP/s.
        what: What was measured.
        spec: The chip's spec file.
        same: The relative difference within which two figures are one.
    """
    found = [
        (factor, number_format, units)
        for factor in (1, 2)
        for number_format, units, claim in claims_by_format(spec)
        if abs(value / (claim * factor) - 1) <= same and (factor, number_format) != (1, what.number_format)
    ]
    if not found:
        return None
    others = dict.fromkeys(
        f"the {'dense' if factor == 1 else 'sparse'} {number_format} figure of {units} units"
        for factor, number_format, units in found
        if number_format != what.number_format
    )
    said = ", or ".join(list(others)[:3])
    own = [claim for name, _, claim in claims_by_format(spec) if name == what.number_format]
    if any(abs(value / (claim * 2) - 1) <= _EXACTLY for claim in own):
        also = f", or {said}" if said else ""
        return f"twice the peak: the datasheet's sparse figure given as dense, two devices as one{also}?"
    return f"{as_text(value)} stands in the datasheet as {said}: given as {what.number_format}?"


def _rate_of_another(
    ratio: Fraction, what: Measurable, spec: ChipSpec, band: Band, rules: PlausibilityMethod
) -> str | None:
    """Whether a rate fits a faster unit of the same chip: TF32 for FP32, matrix for vector, a narrower format."""
    other = {"fp32": ("tf32", "bf16", "fp16"), "fp64": ("fp64", "fp32")}.get(what.number_format or "", ())
    own = [(units, claim) for name, units, claim in claims_by_format(spec) if name == what.number_format]
    if not own:
        return None
    base = min(claim for _, claim in own)
    for name in other:
        for number_format, units, claim in claims_by_format(spec):
            factor = claim / base
            near = distance(ratio / factor, Fraction(band.middle)) <= Fraction(rules.slip_reach)
            if number_format == name and factor > Fraction(3, 2) and near:
                return f"{name} on {units} units given as {what.number_format}"
    return None


def as_times(ratio: Fraction) -> str:
    """Return a ratio for people: "twice", "about 8.03 times", "about 1/1,245 of"."""
    if ratio == 2:
        return "twice"
    return f"about {as_factor(ratio)} times" if ratio >= 1 else f"about 1/{as_factor(1 / ratio)} of"


def as_factor(value: Fraction) -> str:
    """Return a factor for people: three significant digits, and large ones in full up to a thousand million."""
    text = f"{float(value):.3g}"
    return text if "e" not in text or value >= 10**9 else f"{float(value):,.0f}"

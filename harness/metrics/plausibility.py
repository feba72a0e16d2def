"""Is a measured figure plausible: against the chip's peak, the band of published measurements, and physics?"""

from collections.abc import Iterable
from fractions import Fraction
from math import log

from harness.metrics.peaks import claims_by_format
from harness.metrics.slip import distance
from harness.model.chip_spec import ChipSpec
from harness.model.plausibility import (
    Band,
    Hint,
    Judgement,
    Kind,
    Market,
    Measurable,
    Method,
    Peak,
    PlausibilityMethod,
    Slip,
    Status,
)
from harness.model.quantity import as_text

_ORDER: tuple[Status, ...] = ("accept", "warn", "refuse")


def market_of(spec: ChipSpec | None) -> Market:
    """Return whether a chip is a data-centre part: those keep to their datasheet's clocks, others boost above."""
    return "data-center" if spec is not None and spec.designed_or_marketed_for_data_centers else "other"


def method_named(methods: Iterable[Method], kind: Kind, text: str | None) -> str | None:
    """Return the way of measuring that a description means: by the first word, in its order, that stands in it."""
    said = (text or "").casefold()
    named = (one.name for one in methods if kind in one.kinds and any(word.casefold() in said for word in one.words))
    return next(named, None)


def band_for(
    bands: Iterable[Band], kind: Kind, number_format: str | None, method: str | None, market: Market
) -> Band | None:
    """Return the most narrowly told band that covers a measurement; the order of the file breaks no tie."""
    asked = {"number_format": number_format, "method": method, "market": market}
    fitting = [
        band
        for band in bands
        if band.kind == kind and all(getattr(band, name) in (None, value) for name, value in asked.items())
    ]
    # The format tells most, then the method, then the market.
    return max(
        fitting,
        key=lambda band: (band.number_format is not None, band.method is not None, band.market is not None),
        default=None,
    )


def judge(
    value: Fraction,
    what: Measurable,
    peak: Peak | None,
    spec: ChipSpec | None,
    described: str | None,
    rules: PlausibilityMethod,
) -> Judgement:
    """Return whether a figure is accepted, looked at, or refused, and what has probably happened.

    Args:
        value: The figure, in the base unit of its kind, > 0.
        what: What was measured.
        peak: The peak of the chip for it; None where it is not known.
        spec: The chip's spec file; None where there is none.
        described: How it was measured, in words.
        rules: Bands, slips and ceilings of the method file.

    Returns:
        The judgement; its ratio is that of the value to the claim.
    """
    hint = _hinted(what, described, rules)
    if hint is not None:
        ratio = None if peak is None else value / peak.claim
        return Judgement(status=hint.status, ratio=ratio, band=None, codes=(hint.finding,), cause=hint.says)
    if peak is None:
        return _without_peak(value, what, rules)
    ratio = value / peak.claim
    method = method_named(rules.methods, what.kind, described)
    band = band_for(rules.bands, what.kind, what.number_format, method, market_of(spec))
    if band is None:
        return Judgement(status="warn", ratio=ratio, band=None, codes=("band-unknown",), said=(peak.basis,))
    if value > peak.claim:
        return _above(value, what, peak, spec, band, rules)
    if peak.only_above:
        said = f"bounded from above only: {peak.basis}"
        return Judgement(status="accept", ratio=ratio, band=band, codes=("peak-of-format-unknown",), said=(said,))
    return _below(ratio, what, spec, band, rules)


def _hinted(what: Measurable, described: str | None, rules: PlausibilityMethod) -> Hint | None:
    """Return what the description itself says against the figure."""
    said = (described or "").casefold()
    for hint in rules.hints:
        spoken = any(word.casefold() in said for word in hint.words)
        if what.kind in hint.kinds and spoken and not any(word.casefold() in said for word in hint.unless):
            return hint
    return None


def _without_peak(value: Fraction, what: Measurable, rules: PlausibilityMethod) -> Judgement:
    """Units and physics alone: no chip of today reaches the ceiling of its kind."""
    code = "peak-unknown"
    ceilings = [
        one for one in rules.ceilings if one.kind == what.kind and one.number_format in (None, what.number_format)
    ]
    # The one of the format where there is one.
    ceiling = max(ceilings, key=lambda one: one.number_format is not None, default=None)
    if ceiling is None or value <= Fraction(ceiling.most):
        return Judgement(status="accept", ratio=None, band=None, codes=(code,))
    over = value / Fraction(ceiling.most)
    cause = f"{_times(over)} more than any chip reaches ({ceiling.says}): a prefix, or many devices as one?"
    return Judgement(status="refuse", ratio=None, band=None, codes=(code, "above-every-chip"), cause=cause)


def _above(
    value: Fraction, what: Measurable, peak: Peak, spec: ChipSpec | None, band: Band, rules: PlausibilityMethod
) -> Judgement:
    ratio = value / peak.claim
    rounding = 1 + Fraction(rules.rounding)
    if what.kind == "capacity" and value <= peak.most * rounding:
        return _binary_capacity(value, peak, ratio, band, rules)
    if ratio <= rounding:
        said = "at the printed claim, which is rounded"
        return Judgement(status="accept", ratio=ratio, band=band, codes=("above-datasheet-peak",), said=(said,))
    built = peak.most / peak.claim
    if value <= peak.most * rounding:
        said = f"above the datasheet's figure and within {as_text(built * peak.claim)}, what the highest clock gives"
        return Judgement(status="accept", ratio=ratio, band=band, codes=("above-datasheet-peak",), said=(said,))
    usual, most = max(Fraction(band.high), built), max(Fraction(band.most), built * rounding)
    if 1 < ratio <= usual:
        said = f"above the datasheet's figure, as {band.chips} chips of this kind are: {_why_above(band)}"
        return Judgement(status="accept", ratio=ratio, band=band, codes=("above-datasheet-peak",), said=(said,))
    cause = likeliest_cause(ratio, value, what, spec, band, rules)
    if ratio <= most:
        told = cause if cause and ratio >= Fraction(band.middle) * 2 * Fraction(4, 5) else None
        said = f"further above the datasheet's figure than is usual; within what boost or caches do: {_why_above(band)}"
        return Judgement(
            status="warn", ratio=ratio, band=band, codes=("above-datasheet-peak",), said=(said,), cause=told
        )
    codes = ("above-physical-peak",)
    return Judgement(status="refuse", ratio=ratio, band=band, codes=codes, cause=cause or _unexplained(ratio))


def _why_above(band: Band) -> str:
    return band.note or "their clocks go above the datasheet's"


def _unexplained(ratio: Fraction) -> str:
    return f"{_times(ratio)} the peak, and no slip that is known explains it"


def _binary_capacity(value: Fraction, peak: Peak, ratio: Fraction, band: Band, rules: PlausibilityMethod) -> Judgement:
    """Above the printed GB and not above as many GiB: what devices count, for makers print GB and mean GiB."""
    codes = ("capacity-unit-ambiguous",)
    said = f"{_number(ratio)} x capacity: the datasheet's GB are counted in GiB"
    # All of it is rarely left; a figure that is exactly so many GiB was perhaps printed, and not measured.
    whole = abs(value / peak.most - 1) <= Fraction(rules.rounding) / 10
    if not whole:
        return Judgement(status="accept", ratio=ratio, band=band, codes=codes, said=(said,))
    return Judgement(
        status="warn", ratio=ratio, band=band, codes=codes, said=(said,), cause="1.07 x capacity: GiB against GB?"
    )


def _below(
    ratio: Fraction, what: Measurable, spec: ChipSpec | None, band: Band, rules: PlausibilityMethod
) -> Judgement:
    if abs(ratio - 1) <= Fraction(rules.same_figure) and what.kind != "capacity":
        said = "the datasheet's figure to the last digit: a claim given as a measurement?"
        return Judgement(status="warn", ratio=ratio, band=band, codes=("claim-as-measurement",), cause=said)
    if ratio >= Fraction(band.low):
        return Judgement(status="accept", ratio=ratio, band=band)
    slip = likeliest_cause(ratio, None, what, spec, band, rules)
    if ratio < Fraction(band.least):
        codes = ("implausibly-low",)
        return Judgement(status="refuse", ratio=ratio, band=band, codes=codes, cause=slip or _too_low(ratio))
    cause = f"{slip.rstrip('?')}, or only a slow kernel or a limited device?" if slip else None
    said = (
        f"{_number(ratio)} of the peak; {band.rows} measurements of {band.chips} chips lie from {as_text(band.low)} on"
    )
    return Judgement(status="warn", ratio=ratio, band=band, codes=("below-band",), said=(said,), cause=cause)


def _too_low(ratio: Fraction) -> str:
    return f"about {_number(1 / ratio)} times too low: a prefix, or a figure of something else?"


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
    """
    if value is not None and spec is not None and what.kind == "compute":
        same = _figure_of_another(value, what, spec, Fraction(rules.same_figure))
        if same is not None:
            return same
    direction = "high" if ratio > Fraction(band.high) else "low"
    middle, reach = Fraction(band.middle), Fraction(rules.slip_reach)
    slips = [slip for slip in rules.slips if what.kind in slip.kinds and slip.direction == direction]
    undone = [(distance(_undone(ratio, slip), middle), slip) for slip in slips]
    near = [(far, slip) for far, slip in undone if far <= reach]
    # Of two that explain a figure about alike, the commoner one.
    best = min(near, key=lambda one: log(one[0]) + one[1].rank * float(rules.rank_weight), default=None)
    found = None if best is None else best[1].says
    if direction == "high" and spec is not None and what.kind == "compute":
        found = _rate_of_another(ratio, what, spec, middle, reach) or found
    return None if found is None else f"{_times(ratio)} the peak: {found}?"


def _undone(ratio: Fraction, slip: Slip) -> Fraction:
    return ratio / Fraction(slip.factor) if slip.direction == "high" else ratio * Fraction(slip.factor)


def _figure_of_another(value: Fraction, what: Measurable, spec: ChipSpec, same: Fraction) -> str | None:
    """Whether a value is a figure of the datasheet: of another format, or twice one, as sparse rates are."""
    for factor, kind in ((1, "dense"), (2, "sparse")):
        for number_format, units, claim in claims_by_format(spec):
            if (number_format == what.number_format and factor == 1) or abs(value / (claim * factor) - 1) > same:
                continue
            if factor == 2 and number_format == what.number_format:
                return f"twice the peak, {as_text(value)}: the datasheet's sparse figure given as dense?"
            return (
                f"{as_text(value)} is the datasheet's {kind} figure for {number_format} ({units} units), not for this?"
            )
    return None


def _rate_of_another(
    ratio: Fraction, what: Measurable, spec: ChipSpec, middle: Fraction, reach: Fraction
) -> str | None:
    """Whether a rate fits a faster unit of the same chip: TF32 for FP32, matrix for vector, a narrower format."""
    own = [claim for name, units, claim in claims_by_format(spec) if name == what.number_format]
    if not own or what.number_format not in ("fp32", "fp64"):
        return None
    base = min(own) if what.units == "vector" else max(own)
    other = {"fp32": ("tf32", "bf16", "fp16"), "fp64": ("fp64", "fp32")}[what.number_format]
    for name in other:
        for number_format, units, claim in claims_by_format(spec):
            factor = claim / base
            if number_format == name and factor > Fraction(3, 2) and distance(ratio / factor, middle) <= reach:
                return f"{name} on {units} units given as {what.number_format}"
    return None


def _times(ratio: Fraction) -> str:
    if ratio == 2:
        return "twice"
    return f"about {_number(ratio)} times" if ratio >= 1 else f"about 1/{_number(1 / ratio)} of"


def _number(value: Fraction) -> str:
    """A factor for people: three significant digits."""
    text = f"{float(value):.3g}"
    return text if "e" not in text else f"{float(value):,.0f}"


def gravest(judgements: Iterable[Judgement]) -> Status:
    """Return the gravest status of several judgements."""
    return max((one.status for one in judgements), key=_ORDER.index, default="accept")

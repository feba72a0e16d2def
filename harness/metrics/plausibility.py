"""Is a measured figure plausible: against the chip's peak, the band of published measurements, and physics?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from harness.metrics.likeliest import as_factor, as_times, figure_of_another, likeliest_cause
from harness.metrics.peaks import uncapped
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
    Status,
)
from harness.model.quantity import as_text


def market_of(spec: ChipSpec | None) -> Market:
    """Return whether a chip is a data-centre part: those keep to their datasheet's clocks, others boost above."""
    return "data-center" if spec is not None and spec.designed_or_marketed_for_data_centers else "other"


def method_named(methods: Iterable[Method], kind: Kind, text: str | None) -> str | None:
    """Return the way of measuring that a description means: by the first word, in its order, that stands in it."""
    said = (text or "").casefold()
    named = (one.name for one in methods if kind in one.kinds and any(word.casefold() in said for word in one.words))
    return next(named, None)


def band_for(
    bands: Sequence[Band], kind: Kind, number_format: str | None, method: str | None, market: Market
) -> Band | None:
    """Return the most narrowly told band that covers a measurement: the format tells most, then method, then market.

    A band of every market is given the upper ends of the chip's own: how far clocks go is no matter of formats.
    """
    band = _narrowest(bands, kind, number_format, method, market)
    if band is None or band.market is not None:
        return band
    own = _narrowest(bands, kind, None, method if kind == "dram" else None, market)
    if own is None or own.market is None:
        return band
    return band.model_copy(update={"high": own.high, "most": own.most, "note": own.note})


def _narrowest(
    bands: Sequence[Band], kind: Kind, number_format: str | None, method: str | None, market: Market
) -> Band | None:
    fitting = [
        band
        for band in bands
        if band.kind == kind
        and band.number_format in (None, number_format)
        and band.method in (None, method)
        and band.market in (None, market)
    ]
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
        return _without_dram(spec, what) or _without_peak(value, what, rules)
    method = method_named(rules.methods, what.kind, described)
    band = band_for(rules.bands, what.kind, what.number_format, method, market_of(spec))
    if band is None:
        ratio = value / peak.claim
        return Judgement(status="warn", ratio=ratio, band=None, codes=("band-unknown",), said=(peak.basis,))
    return _Against(value=value, what=what, peak=peak, spec=spec, band=band, rules=rules).judgement()


def _hinted(what: Measurable, described: str | None, rules: PlausibilityMethod) -> Hint | None:
    """Return what the description itself says against the figure."""
    said = (described or "").casefold()
    for hint in rules.hints:
        spoken = any(word.casefold() in said for word in hint.words)
        if what.kind in hint.kinds and spoken and not any(word.casefold() in said for word in hint.unless):
            return hint
    return None


def _without_dram(spec: ChipSpec | None, what: Measurable) -> Judgement | None:
    """A chip of which the spec file says that it has no DRAM has no DRAM bandwidth."""
    dram = None if spec is None or what.kind != "dram" else spec.total_dram_bandwidth
    if spec is None or dram is None or dram.value != 0 or dram.grade == "estimate":
        return None
    cause = f"{spec.name} has no DRAM: memory on the die given as DRAM?"
    return Judgement(status="refuse", ratio=None, band=None, codes=("cache-as-dram",), cause=cause)


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
    also = ", or memory on the die" if what.kind == "dram" else ""
    cause = f"{as_times(over)} the most that any chip reaches ({ceiling.says}): a prefix, or many devices as one{also}?"
    return Judgement(status="refuse", ratio=None, band=None, codes=(code, "above-every-chip"), cause=cause)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Against:
    """A figure against a known peak."""

    value: Fraction
    what: Measurable
    peak: Peak
    spec: ChipSpec | None
    band: Band
    rules: PlausibilityMethod

    @property
    def ratio(self) -> Fraction:
        return self.value / self.peak.claim

    @property
    def rounding(self) -> Fraction:
        return 1 + Fraction(self.rules.rounding)

    def judgement(self) -> Judgement:
        if self.peak.packed:
            cause = "above the vector units' peak: packed instructions, or the matrix units given as vector?"
            return self._answer("warn", "above-datasheet-peak", self.peak.basis, cause=cause)
        if self.value > self.peak.claim:
            return self._excused() or self._freed() or self._too_high()
        return self._bounded() if self.peak.only_above else self._below()

    def _answer(self, status: Status, code: str, *said: str, cause: str | None = None) -> Judgement:
        return Judgement(status=status, ratio=self.ratio, band=self.band, codes=(code,), said=said, cause=cause)

    def _excused(self) -> Judgement | None:
        """Above the claim as honest figures are: rounded, at a higher clock, counted in GiB, or boosted as usual."""
        clock = self.peak.most * self.rounding
        if self.what.kind == "capacity" and self.value <= clock:
            return self._counted_in_binary()
        code, above = "above-datasheet-peak", "above the datasheet's figure"
        if self.ratio <= self.rounding:
            return self._answer("accept", code, "at the printed claim, which is rounded")
        if self.value <= clock:
            return self._answer("accept", code, f"{above} and within {as_text(self.peak.most)}, at the highest clock")
        if self.ratio <= Fraction(self.band.high):
            why = f"{above}, as chips of this kind are: {self._why_above()}"
            return self._answer("accept", code, why)
        return None

    def _why_above(self) -> str:
        return self.band.note or "their clocks go above the datasheet's"

    def _counted_in_binary(self) -> Judgement:
        """Above the printed GB and not above as many GiB: what devices count, for makers print GB and mean GiB."""
        code = "capacity-unit-ambiguous"
        said = f"{as_factor(self.ratio)} x capacity: the datasheet's GB are counted in GiB"
        # All of it is rarely left; a figure that is exactly so many GiB was perhaps printed, and not measured.
        if abs(self.value / self.peak.most - 1) > Fraction(self.rules.same_figure):
            return self._answer("accept", code, said)
        return self._answer("warn", code, said, cause="1.07 x capacity: GiB against GB?")

    def _freed(self) -> Judgement | None:
        """Above a cap that the maker set, and within what the units give without it."""
        formatted = self.what.number_format if self.what.kind == "compute" else None
        freed = None if self.spec is None or formatted is None else uncapped(self.spec, formatted)
        if freed is None or self.value > freed * self.rounding:
            return None
        cause = f"above the maker's cap; without it the units give {as_text(freed)}: was a limit lifted?"
        return self._answer("warn", "above-datasheet-peak", cause=cause)

    def _too_high(self) -> Judgement:
        cause = self._whole_for_part() or likeliest_cause(
            self.ratio, self.value, self.what, self.spec, self.band, self.rules
        )
        most = max(Fraction(self.band.most), self.peak.most / self.peak.claim * self.rounding)
        if self.ratio <= most:
            said = "further above the datasheet's figure than is usual; within what boost or caches do"
            slip = cause.removeprefix(f"{as_times(self.ratio)} the peak: ") if cause else ""
            mild = f"{self._usual_excess()}, or {slip}" if slip else f"{self._usual_excess()}?"
            return self._answer("warn", "above-datasheet-peak", f"{said}: {self._why_above()}", cause=mild)
        unexplained = f"{as_times(self.ratio)} the peak, and no slip that is known explains it: "
        unexplained += "many devices as one, another chip, or invented?"
        return self._answer("refuse", "above-physical-peak", cause=cause or unexplained)

    def _usual_excess(self) -> str:
        """What lifts an honest figure a little above the datasheet's."""
        why = {"compute": "a clock above the datasheet's", "dram": "caches or a faster memory clock"}
        return f"{as_times(self.ratio)} the peak: {why.get(self.what.kind, 'another count of the same links')}"

    def _whole_for_part(self) -> str | None:
        """Whether the figure fits the whole chip, where a part of it is named."""
        whole = self.ratio * self.peak.share
        if self.peak.share >= 1 or not Fraction(self.band.low) <= whole <= self.rounding:
            return None
        part = f"{as_times(self.ratio)} the peak of {as_text(self.peak.share)} of the chip"
        return f"{part}: the whole, several devices as one, given for its part?"

    def _bounded(self) -> Judgement:
        """Where the format's own peak is not known: below that of another, and no figure of the datasheet."""
        asked = None if self.what.units == "vector" else self.spec
        same = Fraction(self.rules.same_figure)
        another = None if asked is None else figure_of_another(self.value, self.what, asked, same)
        said = f"bounded from above only: {self.peak.basis}"
        return self._answer("accept" if another is None else "warn", "peak-of-format-unknown", said, cause=another)

    def _or_only_slow(self, slip: str) -> str:
        """Put the plain reason first where a figure is not so low that only a slip explains it."""
        times, _, what = slip.partition(": ")
        plain = "memory in use" if self.what.kind == "capacity" else "a slow kernel or a limited device"
        if not what or self.ratio * 4 < Fraction(self.band.low):
            return f"{slip.rstrip('?')}, or only {plain}?"
        return f"{times}: {plain}, or {what}"

    def _below(self) -> Judgement:
        if abs(self.ratio - 1) <= Fraction(self.rules.same_figure) and self.what.kind != "capacity":
            said = "the datasheet's figure to the last digit: a claim given as a measurement?"
            return self._answer("warn", "claim-as-measurement", cause=said)
        if self.ratio >= Fraction(self.band.low):
            return Judgement(status="accept", ratio=self.ratio, band=self.band)
        far = f"about {as_factor(1 / self.ratio)} times too low: a prefix, or a figure of something else?"
        slip = likeliest_cause(self.ratio, None, self.what, self.spec, self.band, self.rules)
        if self.ratio < Fraction(self.band.least):
            return self._answer("refuse", "implausibly-low", cause=slip or far)
        if slip is None and self.ratio < Fraction(self.band.low) / 2:
            slip = far
        cause = None if slip is None else self._or_only_slow(slip)
        stands = f"{self.band.rows} measurements of {self.band.chips} chips lie from {as_text(self.band.low)} on"
        return self._answer("warn", "below-band", f"{as_factor(self.ratio)} of the peak; {stands}", cause=cause)

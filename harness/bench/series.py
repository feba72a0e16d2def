"""Series that are the same measurement in several sessions, as one: value, uncertainty, raw samples, proof."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Literal

from harness.bench.figures import figure, rate, rates, step_of
from harness.bench.uncertainty import Uncertainty, uncertainty_of
from harness.model.bench_raw import RawSeries
from harness.model.measurement import Measurement, Method, Observation, Proof, RawSamples, ValueSource
from harness.model.quantity import Unit

# More samples than these are attached as a file of their own, so that the report stays small.
MOST_INLINE = 200
# A burst sample counts for the burst rate where its clock is at least this share of the highest seen.
CERTIFIED_SHARE = Decimal("0.97")
FASTEST_COUNTED = 5
LARGEST_IQR = 0.10


@dataclass(frozen=True, kw_only=True)
class Merged:
    """The lines of one series of one unit, session by session."""

    lines: tuple[RawSeries, ...]
    resolution_s: Decimal

    @property
    def first(self) -> RawSeries:
        return self.lines[0]

    @property
    def unit(self) -> Unit:
        """One unit for all sessions."""
        return self.first.unit

    @cached_property
    def sessions(self) -> list[tuple[Decimal, ...]]:
        """The rates of each session, in order."""
        return [rates(line.work, line.durations_s, self.unit, self.step) for line in self.lines]

    @cached_property
    def step(self) -> Decimal:
        """The step in which all its rates are written."""
        return step_of(max(rate(line.work, min(line.durations_s), self.unit) for line in self.lines))

    @cached_property
    def samples(self) -> tuple[Decimal, ...]:
        """All rates, in order."""
        return tuple(sample for session in self.sessions for sample in session)

    @property
    def statistic(self) -> Literal["max", "median"]:
        """A burst shows what a device can do: the highest. Without rest, what it keeps up: the median."""
        return "median" if self.first.sustained else "max"

    @cached_property
    def value(self) -> Decimal:
        """The value, exactly: rates have nine digits, and the middle of two of them at most one more."""
        return max(self.samples) if self.statistic == "max" else statistics.median(self.samples)

    @cached_property
    def uncertainty(self) -> Uncertainty:
        """Its expanded uncertainty."""
        durations = [duration for line in self.lines for duration in line.durations_s]
        return uncertainty_of(
            self.sessions,
            self.statistic,
            resolution_s=self.resolution_s,
            duration_s=statistics.median(durations),
        )

    @property
    def clocks(self) -> tuple[Decimal, ...] | None:
        """The clock of every sample; None where that of any is not known."""
        found = [clock for line in self.lines for clock in line.clocks_mhz]
        return tuple(clock for clock in found if clock is not None) if found and None not in found else None

    @property
    def clock(self) -> Decimal | None:
        """The clock of the value: that of the fastest sample; of a sustained rate, the median of all.

        Where power is the limit the clock falls within a burst: a value held against another sample's clock would do
        more in a cycle than the units can.
        """
        if self.clocks is None:
            return None
        if self.statistic == "median":
            return statistics.median(self.clocks)
        return self.clocks[self.samples.index(max(self.samples))]

    @property
    def counted_clock(self) -> Decimal | None:
        """The clock of the samples by the device's own count.

        A kernel counts at another moment than the samples are taken, and the clock is another then: what the count says
        of the clock that the driver shows is carried over.
        """
        ratios = [
            line.in_kernel_clock_mhz / line.in_kernel_shown_mhz
            for line in self.lines
            if line.in_kernel_clock_mhz and line.in_kernel_shown_mhz
        ]
        if self.clock is not None and ratios:
            return figure(float(self.clock * statistics.median(ratios)))
        return _median(line.in_kernel_clock_mhz for line in self.lines)

    def burst_rate(self) -> tuple[Decimal, int] | None:
        """Return the median of the five fastest samples with a certified clock, and how many had one."""
        clocks = self.clocks
        if clocks is None or self.first.sustained:
            return None
        highest = max(clocks)
        pairs = zip(self.samples, clocks, strict=True)
        counted = sorted((sample for sample, clock in pairs if clock >= highest * CERTIFIED_SHARE), reverse=True)
        return statistics.median(counted[:FASTEST_COUNTED]), len(counted)


def merged(lines: Iterable[RawSeries], resolution_s: Decimal) -> tuple[Merged, ...]:
    """Return series put together over sessions, in the order in which they began."""
    found: dict[tuple[str, str, str], list[RawSeries]] = {}
    for line in lines:
        found.setdefault((line.unit_id, line.series, line.role), []).append(line)
    return tuple(Merged(lines=tuple(series), resolution_s=resolution_s) for series in found.values())


def as_measurement(series: Merged, attachment: str | None) -> Measurement:
    """Return a series as a lab report holds it; its samples inline, or in the attached file of that name."""
    first, last, uncertainty = series.first, series.lines[-1], series.uncertainty
    inline = attachment is None
    return Measurement(
        unit_id=first.unit_id,
        measurand=first.measurand or "compute_rate",
        number_format=first.number_format,
        sparsity="dense" if first.measurand == "compute_rate" else None,
        method=_method(series),
        value=series.value,
        unit=series.unit,
        statistic=series.statistic,
        expanded_uncertainty=uncertainty.expanded,
        coverage_factor=uncertainty.coverage_factor,
        degrees_of_freedom=uncertainty.degrees_of_freedom,
        uncertainty_basis=uncertainty.basis,
        sampled_sm_clock_mhz=series.clock,
        in_kernel_sm_clock_mhz=series.counted_clock,
        sampled_memory_clock_mhz=_median(line.memory_clock_mhz for line in series.lines),
        proof=_proof(series.lines),
        started_at=first.started_at,
        ended_at=last.ended_at,
        raw=RawSamples(
            unit=series.unit,
            samples=series.samples if inline else None,
            attachment=attachment,
            sessions=tuple(len(line.durations_s) for line in series.lines),
            resolution=series.step,
            count=len(series.samples),
            durations_s=tuple(d for line in series.lines for d in line.durations_s) if inline else None,
            clocks_mhz=series.clocks if inline else None,
        ),
        source=ValueSource(kind="measured"),
    )


def _method(series: Merged) -> Method:
    first = series.first
    shapes = dict.fromkeys(line.method for line in series.lines)
    return Method(
        name=" / ".join(shapes)[:300],
        description="; ".join((first.description, _spread(series.samples), *_stops(series.lines)))[:8_000],
        data_pattern=first.data_pattern,
        bytes_counted=first.bytes_counted,
        path=first.path,
        challenged=any(line.challenged for line in series.lines),
        footprint_bytes=first.footprint_bytes,
    )


def _stops(lines: Sequence[RawSeries]) -> Iterable[str]:
    return (f"session {line.session}: {line.stopped}" for line in lines[:20])


def _spread(samples: Sequence[Decimal]) -> str:
    if len(samples) < 4:
        return f"{len(samples)} samples"
    low, middle, high = (float(one) for one in statistics.quantiles(samples, n=4))
    share = (high - low) / middle
    noisy = "; noisy: the interquartile range is above 10 %" if share > LARGEST_IQR else ""
    return f"{len(samples)} samples, quartiles {low:.6g}, {middle:.6g}, {high:.6g} (IQR {share:.1%}){noisy}"


def _median(values: Iterable[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def _proof(lines: Sequence[RawSeries]) -> Proof | None:
    """Return the proofs of all sessions as one: the largest error, and checked only where every session was."""
    proofs = [line.proof for line in lines if line.proof is not None]
    if not proofs:
        return None
    checks = [proof.result_checked for proof in proofs]
    every = len(proofs) == len(lines) and all(checks)
    errors = [proof.relative_error for proof in proofs if proof.relative_error is not None]
    wrong = [proof.result_wrong for proof in proofs if proof.result_wrong is not None]
    return Proof(
        relative_error=max(errors, default=None),
        output_format=proofs[-1].output_format,
        result_checked=False if False in checks else (True if every else None),
        result_wrong=sum(wrong) if wrong else None,
    )


def as_observation(series: Merged) -> Observation:
    """Return a series that is no measurand's peak, such as one footprint of a sweep."""
    first = series.first
    said = (first.description, f"{series.statistic} of {_spread(series.samples)}", first.stopped)
    return Observation(
        unit_id=first.unit_id,
        name=first.observation or "series",
        value=series.value,
        unit=series.unit,
        number_format=first.number_format,
        description="; ".join(said)[:8_000],
        source=ValueSource(kind="measured"),
    )

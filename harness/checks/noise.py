"""Do raw samples look as measured ones do, and are they all there?"""

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from harness.checks.raw import raw_samples
from harness.checks.values import INVENTORY
from harness.metrics.coincidence import (
    chance_of_block,
    chance_of_progression,
    digits,
    in_steps,
    repeated_block,
    scatters_less,
    tail,
)
from harness.metrics.grim import possible_mean
from harness.metrics.statistic import summary
from harness.model.case import Case
from harness.model.finding import Finding
from harness.model.measurement import Measurement
from harness.model.method_forensics import ForensicsMethod
from harness.model.quantity import as_text

# What devices are timed at; power and inventories hold still honestly.
_TIMED = ("compute_rate", "total_dram_bandwidth")
_FEWEST_VALUES = 3


def samples_look_measured(case: Case) -> Iterator[Finding]:
    """Are the samples of every timed rate free of patterns, and do they scatter as measured ones do?"""
    rules = case.method.forensics
    for n, measurement in enumerate(case.report.measurements):
        samples = raw_samples(case, measurement)
        if rules is None or samples is None or measurement.measurand not in _TIMED:
            continue
        looked_at = samples[: rules.most_samples]
        told = _pattern(looked_at, rules)
        code = "samples-patterned" if told else "samples-too-even"
        told = told or _evenness(looked_at, rules)
        if told:
            where, need = f"measurements[{n}].raw", "samples as they were measured"
            yield Finding(code=code, where=where, got=told, need=need, measurements=(n,))


def _pattern(samples: Sequence[Decimal], rules: ForensicsMethod) -> str | None:
    """Name the pattern that honest samples show by a chance below the one that the method allows."""
    if chance_of_progression(samples) <= float(rules.false_alarm):
        return f"{len(samples)} samples at even distances"
    length = repeated_block(samples)
    # A steady rate between two ticks of a timer comes as one, the other, and one again.
    if length is None or len(set(samples[:length])) < _FEWEST_VALUES:
        return None
    times = len(samples) // length
    # Steps of a sweep come back in the same order; then it is the equal long values that chance does not explain.
    long_values = sum(digits(sample) >= rules.long_value_digits for sample in samples[:length]) * (times - 1)
    chance = max(chance_of_block(samples[:length], times), float(rules.chance_of_equal_value) ** long_values)
    return f"a block of {length} samples, {times} times over" if chance <= float(rules.false_alarm) else None


def _evenness(samples: Sequence[Decimal], rules: ForensicsMethod) -> str | None:
    """Name what is too even for a device, though a coarse timer may explain it."""
    n, steps, least = len(samples), in_steps(samples), Fraction(rules.least_relative_scatter)
    if n >= rules.fewest_even_samples and chance_of_progression(samples) <= float(rules.false_note):
        return f"{n} samples at even distances"
    # Figures that are printed short agree as a rule.
    if n < rules.fewest_even_samples or len(str(max(steps))) < rules.long_value_digits:
        return None
    if scatters_less(steps, least):
        return (
            f"{n} samples that scatter by less than {float(least):.4%}" if len(set(steps)) > 1 else f"{n} equal samples"
        )
    return _last_digit(steps, float(rules.false_alarm))


def _last_digit(steps: Sequence[int], false_alarm: float) -> str | None:
    """Name a last digit that comes too often, in samples that spread over many times ten steps.

    Equal samples count once: ticks of a timer come again and again, and end in whichever digit they do.
    """
    values = set(steps)
    if max(values) - min(values) < 100:
        return None
    digit, times = Counter(step % 10 for step in values).most_common(1)[0]
    if 10 * tail(len(values), times, 0.1) > false_alarm:
        return None
    return f"{times} of {len(values)} different samples that end in {digit}"


def samples_are_all_there(case: Case) -> Iterator[Finding]:
    """Are there as many samples as the report counts, on the grid that it states, and can their mean be?"""
    for n, measurement in enumerate(case.report.measurements):
        raw = measurement.raw
        if case.method.forensics is None or raw is None:
            continue
        samples = raw_samples(case, measurement)
        for field, got, need in _left_out(measurement, samples):
            where = f"measurements[{n}].raw.{field}"
            yield Finding(code="samples-left-out", where=where, got=got, need=need, measurements=(n,))
        yield from _off_grid(n, measurement, (samples or ())[: case.method.forensics.most_samples])
        yield from _impossible_mean(n, measurement, samples)


def _off_grid(n: int, measurement: Measurement, samples: Sequence[Decimal]) -> Iterator[Finding]:
    step = measurement.raw.resolution if measurement.raw else None
    off = next((one for one in samples if Fraction(one) % Fraction(step)), None) if step else None
    if measurement.raw is not None and step and off is not None:
        where, need = f"measurements[{n}].raw.resolution", f"multiples of {as_text(step)} {measurement.raw.unit}"
        got = f"a sample of {as_text(off)}"
        yield Finding(code="samples-off-grid", where=where, got=got, need=need, measurements=(n,))


def _left_out(measurement: Measurement, samples: Sequence[Decimal] | None) -> Iterator[tuple[str, str, str]]:
    """Return each list of the raw series that is of another length than the series."""
    raw = measurement.raw
    if raw is None or samples is None:
        return
    there = f"{len(samples)}, as samples are there"
    if raw.count is not None and raw.count != len(samples):
        yield "count", f"{raw.count} samples counted, {len(samples)} given", "every sample that was taken"
    if raw.sessions is not None and sum(raw.sessions) != len(samples):
        yield "sessions", f"{sum(raw.sessions)} samples in {len(raw.sessions)} sessions", there
    for field in ("durations_s", "clocks_mhz"):
        stated = getattr(raw, field)
        if stated is not None and len(stated) != len(samples):
            yield field, f"{len(stated)} figures", there


def _impossible_mean(n: int, measurement: Measurement, samples: Sequence[Decimal] | None) -> Iterator[Finding]:
    """Tell a mean that no samples on the stated grid can have; where the samples are there, it is recomputed."""
    raw, value = measurement.raw, measurement.value
    if raw is None or value is None or samples is not None or measurement.statistic != "mean":
        return
    if not raw.count or not raw.resolution or raw.unit != measurement.unit:
        return
    if not possible_mean(str(value), raw.count, raw.resolution):
        got = f"{value} {measurement.unit}, the mean of {raw.count} samples"
        need = f"a sum of multiples of {as_text(raw.resolution)} {raw.unit} over {raw.count}"
        yield Finding(code="mean-impossible", where=f"measurements[{n}].value", got=got, need=need)


def statistics_hide_no_better_sample(case: Case) -> Iterator[Finding]:
    """Does the best sample lie near the mean, so that good and bad iterations are not averaged?"""
    rules = case.method.forensics
    for n, measurement in enumerate(case.report.measurements):
        samples = raw_samples(case, measurement)
        if rules is None or samples is None or measurement.measurand in INVENTORY:
            continue
        if measurement.statistic not in ("mean", "median", "min"):
            continue
        best, middle = summary(samples, "max"), summary(samples, measurement.statistic)
        if best > middle * (1 + Fraction(rules.largest_best_over_mean)):
            unit = measurement.raw.unit if measurement.raw else measurement.unit
            times = f"{float(best / middle):.3f} times" if middle else "beside 0 as"
            got = f"a sample of {as_text(best)} {unit}, {times} the {measurement.statistic}"
            need = f"at most {1 + rules.largest_best_over_mean} times; the best sample counts"
            where = f"measurements[{n}].statistic"
            yield Finding(code="average-of-unlike", where=where, got=got, need=need, measurements=(n,))

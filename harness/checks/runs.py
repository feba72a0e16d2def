"""The runs of a report: every dense compute rate that was measured here, with what it was measured under."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from harness.checks.raw import highest_shown, raw_samples
from harness.metrics.peaks import claims_by_format
from harness.model.case import Case
from harness.model.device_state import UnitState
from harness.model.measurement import Measurement
from harness.model.quantity import base_unit, exact_sum


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """One measured compute rate, in TFLOP/s."""

    n: int
    unit_id: str
    number_format: str
    rate: Fraction
    # The highest clock that was seen meanwhile, in MHz: as a kernel counted it, else as the driver showed it.
    clock_mhz: Fraction | None
    path: str | None
    challenged: bool
    driver: str | None
    pattern: str | None
    # How long all samples took together; None where not every one says it.
    seconds: Fraction | None


def runs_of(case: Case) -> list[Run]:
    """Return the runs of a case, in the order of the measurements; what was not measured here is none."""
    candidates = ((n, one) for n, one in enumerate(case.report.measurements) if _is_run(one))
    return [_run(n, one, rate, case) for n, one in candidates if (rate := highest_shown(case, one))]


def _is_run(measurement: Measurement) -> bool:
    measured = measurement.source is None or measurement.source.kind == "measured"
    rate = measurement.measurand == "compute_rate" and base_unit(measurement.unit) == "TFLOP/s"
    told = measurement.number_format is not None and measurement.sparsity == "dense"
    return measured and rate and told


def _run(n: int, measurement: Measurement, rate: Fraction, case: Case) -> Run:
    method = measurement.method
    return Run(
        n=n,
        unit_id=measurement.unit_id,
        number_format=measurement.number_format or "",
        rate=rate,
        clock_mhz=clock_of(measurement),
        path=method.path if method else None,
        challenged=bool(method and method.challenged),
        driver=method.driver if method else None,
        pattern=_pattern(case, method.data_pattern if method else None),
        seconds=seconds_of(case, measurement),
    )


def clock_of(measurement: Measurement) -> Fraction | None:
    """Return the clock of a measurement in MHz, the kernel's own before the driver's; None where none was read."""
    seen = [*seen_clocks(measurement), measurement.in_kernel_sm_clock_mhz]
    clock = seen[-1] or max((one for one in seen if one), default=None)
    return Fraction(clock) if clock else None


def seen_clocks(measurement: Measurement) -> list[Fraction]:
    """Return the clocks that the driver showed during a measurement, in MHz, in order; a clock of 0 was not read."""
    series = (measurement.raw.clocks_mhz if measurement.raw else None) or ()
    clocks = series or ((measurement.sampled_sm_clock_mhz,) if measurement.sampled_sm_clock_mhz else ())
    return [Fraction(clock) for clock in clocks if clock]


def seconds_of(case: Case, measurement: Measurement) -> Fraction | None:
    """Return how long the samples took together, inline or attached; None where not every one says it."""
    samples, durations = raw_samples(case, measurement), measurement.raw.durations_s if measurement.raw else None
    if samples is None or durations is None or len(samples) != len(durations):
        return None
    return Fraction(exact_sum(durations)) or None


def _pattern(case: Case, text: str | None) -> str | None:
    """Return "low-toggle" for data on which little switches, else the words that name it."""
    if text is None or case.method.device is None:
        return text
    words = text.casefold().split()
    low = any(one in words for one in case.method.device.low_toggle_words)
    return "low-toggle" if low else " ".join(words)


def on_vector_units_alone(case: Case, measurement: Measurement) -> bool:
    """Whether a rate says of itself that vector units did it, in a format that only matrix units claim."""
    rules, method, name = case.method.device, measurement.method, measurement.number_format
    if rules is None or method is None or case.spec is None:
        return False
    said = re.split(r"[^a-z0-9]+", f"{method.name} {method.description or ''}".casefold())
    if set(said).isdisjoint(rules.vector_words):
        return False
    return all(units != "vector" for of_format, units, _ in claims_by_format(case.spec) if of_format == name)


def rates_by_unit(case: Case, measurand: str = "compute_rate") -> dict[str, tuple[int, ...]]:
    """Return the measurements of one measurand on each unit, by index."""
    found: dict[str, list[int]] = {}
    for n, measurement in enumerate(case.report.measurements):
        if measurement.measurand == measurand:
            found.setdefault(measurement.unit_id, []).append(n)
    return {unit_id: tuple(indices) for unit_id, indices in found.items()}


def states_of(case: Case) -> Iterator[tuple[str, str, UnitState]]:
    """Return the place, the unit and the state of every unit that shows one."""
    for n, unit in enumerate(case.report.lot.units if case.report.lot else ()):
        if unit.state is not None:
            yield f"lot.units[{n}].state", unit.unit_id, unit.state

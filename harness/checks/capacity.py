"""Does the proof of a capacity show it, and does it show no more and no less?"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from harness.model.case import Case
from harness.model.device_state import NOTHING_SHOWN
from harness.model.finding import Finding
from harness.model.measurement import CapacityProof, Measurement
from harness.model.method_forensics import ForensicsMethod
from harness.model.quantity import as_text, base_unit, in_base_unit


def capacities_are_shown(case: Case) -> Iterator[Finding]:
    """Was every byte that is stated written and read, by a pattern that memory folded upon itself would fail?"""
    rules = case.method.forensics
    for n, measurement in enumerate(case.report.measurements):
        proof = measurement.capacity_proof
        if rules is None or proof is None or measurement.measurand != "copackaged_dram_capacity":
            continue
        faults = [*_contrary(proof, rules), *_weak(proof, rules), *_coverage(case, measurement, proof, rules)]
        for code, field, got, need in faults:
            where = f"measurements[{n}].capacity_proof.{field}"
            yield Finding(code=code, where=where, got=got, need=need, measurements=(n,))


def capacities_hold_what_is_counted(case: Case) -> Iterator[Finding]:
    """Does no device count more memory than its value holds? Drivers keep a little; more is a slip of the unit."""
    rules = case.method.forensics
    states = {unit.unit_id: unit.state or NOTHING_SHOWN for unit in (case.report.lot.units if case.report.lot else ())}
    for n, measurement in enumerate(case.report.measurements):
        state, value = states.get(measurement.unit_id, NOTHING_SHOWN), measurement.value
        fits = measurement.measurand == "copackaged_dram_capacity" and base_unit(measurement.unit) == "GB"
        if rules is None or not fits or not value or not state.memory_total:
            continue
        held, counted = (
            in_base_unit(figure, unit)
            for figure, unit in ((value, measurement.unit), (state.memory_total, state.memory_total_unit))
        )
        if held < counted * rules.least_counted_share:
            got = f"{as_text(held)} GB, {float(held / counted):.1%} of the memory that the device counts"
            need = f"at least {float(rules.least_counted_share):.1%} of {as_text(counted)} GB"
            where = f"measurements[{n}].value"
            yield Finding(code="capacity-above-stated", where=where, got=got, need=need, measurements=(n,))


def _contrary(proof: CapacityProof, rules: ForensicsMethod) -> Iterator[tuple[str, str, str, str]]:
    """Return what the proof shows against the capacity."""
    if proof.bytes_wrong:
        yield "capacity-contradicted", "bytes_wrong", f"{proof.bytes_wrong} bytes that read otherwise", "0"
    slowest, median = proof.slowest_chunk, proof.median_chunk
    if slowest is not None and median and slowest < median * rules.slowest_chunk_share:
        got = f"{as_text(slowest)} {proof.chunk_unit}, {float(slowest / median):.1%} of the median chunk"
        need = f"at least {rules.slowest_chunk_share:.0%}; host memory, or a slower tier, serves a part"
        yield "capacity-contradicted", "slowest_chunk", got, need


def _weak(proof: CapacityProof, rules: ForensicsMethod) -> Iterator[tuple[str, str, str, str]]:
    """Return why the proof shows nothing; the value stands as one without a proof does."""
    period, verified = proof.pattern_period_bytes, proof.bytes_verified
    # A pattern that is longer than what it is written to never comes back.
    if period is not None and (verified is None or period < verified):
        need = "a pattern that repeats nowhere"
        yield "capacity-proof-weak", "pattern_period_bytes", f"a pattern that repeats every {period} bytes", need
    if proof.written_before_read is False:
        yield "capacity-proof-weak", "written_before_read", "no", "all of it written before any of it is read"
    if proof.seeds is not None and proof.seeds < rules.fewest_seeds:
        yield "capacity-proof-weak", "seeds", f"{proof.seeds}", f"{rules.fewest_seeds} or more"


def _coverage(
    case: Case, measurement: Measurement, proof: CapacityProof, rules: ForensicsMethod
) -> Iterator[tuple[str, str, str, str]]:
    """Return how far what was verified lies beside what is stated."""
    if proof.bytes_verified is None or not measurement.value or base_unit(measurement.unit) != "GB":
        return
    stated = Fraction(in_base_unit(measurement.value, measurement.unit))
    shown = Fraction(in_base_unit(Decimal(proof.bytes_verified), "B"))
    got = f"{proof.bytes_verified} bytes verified, {float(shown / stated):.1%} of the value"
    if shown < stated * Fraction(rules.least_verified_share):
        need = f"at least {rules.least_verified_share:.0%}"
        yield "capacity-proof-weak", "bytes_verified", got, need
    elif shown > stated * (1 + Fraction(case.method.inventory_tolerance)):
        need = f"at most {as_text(stated)} GB, the value"
        yield "capacity-above-stated", "bytes_verified", got, need

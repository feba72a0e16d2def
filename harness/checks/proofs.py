"""Was the work done, in the format that is named, on dense matrices, and out of DRAM?"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from harness.checks.raw import highest_shown
from harness.checks.values import BASE_UNIT_OF
from harness.metrics.error_signature import apart, nearest, next_coarser
from harness.metrics.peaks import claims_by_format, peak_of
from harness.metrics.plausibility import band_for, market_of
from harness.model.case import Case
from harness.model.device_state import NOTHING_SHOWN, UnitState
from harness.model.finding import Finding
from harness.model.measurement import Measurement
from harness.model.method_forensics import ForensicsMethod
from harness.model.plausibility import Measurable
from harness.model.quantity import as_text, base_unit, in_base_unit


def results_are_products(case: Case) -> Iterator[Finding]:
    """Did every result that was checked agree, and is its error that of the format that is named?"""
    rules = case.method.forensics
    for n, measurement in enumerate(case.report.measurements):
        if rules is None or measurement.proof is None:
            continue
        for code, field, got, need in _proof_faults(measurement, rules):
            where = f"measurements[{n}].proof.{field}"
            yield Finding(code=code, where=where, got=got, need=need, measurements=(n,))


def _proof_faults(measurement: Measurement, rules: ForensicsMethod) -> Iterator[tuple[str, str, str, str]]:
    proof = measurement.proof
    assert proof is not None
    if proof.result_wrong:
        yield "result-wrong", "result_wrong", f"{proof.result_wrong} wrong results", "0"
    elif proof.result_checked is False:
        yield "result-wrong", "result_checked", "no", "every sample's result in agreement"
    error, name = proof.relative_error, measurement.number_format
    if error is None or name is None:
        return
    own = next((one for one in rules.error_signatures if name in one.formats), None)
    rounding = next((one.error for one in rules.output_roundings if one.name == proof.output_format), Decimal(0))
    # A product against operands as they are stored shows the rounding of the result alone, which is less.
    allowed = max(own.highest if own else Decimal(0), rounding)
    coarser = next_coarser(rules.error_signatures, allowed)
    if own is None or coarser is None or not apart(error, allowed, coarser.lowest):
        return
    like = nearest(rules.error_signatures, error)
    if not like.formats:
        yield "result-wrong", "relative_error", f"{as_text(error)}, as of a result that is no product", _least(allowed)
        return
    got = f"{as_text(error)}, nearest to {like.name} ({as_text(like.lowest)})"
    yield "format-contradicted", "relative_error", got, f"{_least(allowed)} in {name}"


def _least(allowed: Decimal) -> str:
    return f"about {as_text(allowed)} or less"


def formats_keep_their_ratio(case: Case) -> Iterator[Finding]:
    """Is no rate further above that of another format on the same unit than dense rates are?"""
    rules = case.method.forensics
    if rules is None:
        return
    claims: dict[str, Fraction] = {}
    for name, units, claim in claims_by_format(case.spec) if case.spec else ():
        if units != "vector":
            claims[name] = max(claim, claims.get(name, Fraction(0)))
    for best in _best_by_unit(case).values():
        for row in rules.format_ratios:
            if row.faster not in best or row.slower not in best:
                continue
            told = row.faster in claims and row.slower in claims
            usual = claims[row.faster] / claims[row.slower] if told else Fraction(row.ratio)
            (fast, n), (slow, m) = best[row.faster], best[row.slower]
            if fast > slow * usual * Fraction(rules.format_ratio_excess) and not _lags(case, row.slower, slow):
                got = f"{float(fast / slow):.2f} times the {row.slower} rate of measurements[{m}]"
                need = f"about {float(usual):.2f} times, as dense rates are; {float(2 * usual):.2f} is a sparse one"
                where = f"measurements[{n}].value"
                yield Finding(code="format-ratio-unlikely", where=where, got=got, need=need, measurements=(n,))


def _lags(case: Case, name: str, rate: Fraction) -> bool:
    """Whether the slower rate lies below what is published of its format: then the faster one need not be sparse."""
    what = Measurable(kind="compute", number_format=name)
    peak, published = peak_of(case.spec, what) if case.spec else None, case.method.plausibility
    band = band_for(published.bands, "compute", name, None, market_of(case.spec)) if published else None
    return peak is not None and band is not None and rate < peak.claim * Fraction(band.low)


def _best_by_unit(case: Case) -> Mapping[str, dict[str, tuple[Fraction, int]]]:
    """Return the highest rate of each unit in each format, with its measurement: of what is said to be dense."""
    found: dict[str, dict[str, tuple[Fraction, int]]] = {}
    for n, measurement in enumerate(case.report.measurements):
        value = highest_shown(case, measurement)
        dense = measurement.measurand == "compute_rate" and measurement.sparsity == "dense"
        name = measurement.number_format
        fits = base_unit(measurement.unit) == BASE_UNIT_OF[measurement.measurand]
        if not dense or name is None or not value or not fits:
            continue
        best = found.setdefault(measurement.unit_id, {})
        if name not in best or value > best[name][0]:
            best[name] = (value, n)
    return found


def bandwidth_is_of_dram(case: Case) -> Iterator[Finding]:
    """Did every bandwidth sample touch more than caches hold?"""
    rules = case.method.forensics
    states = {unit.unit_id: unit.state or NOTHING_SHOWN for unit in (case.report.lot.units if case.report.lot else ())}
    for n, measurement in enumerate(case.report.measurements):
        touched = measurement.method.footprint_bytes if measurement.method else None
        if rules is None or touched is None or measurement.measurand != "total_dram_bandwidth":
            continue
        state = states.get(measurement.unit_id, NOTHING_SHOWN)
        cache = state.last_level_cache_bytes or 0
        least = max(_smallest_footprint(case, state, rules), rules.footprint_over_cache * cache)
        if touched < least:
            got = f"{touched} bytes" + (f", {touched / cache:.1f} times the last-level cache" if cache else "")
            where = f"measurements[{n}].method.footprint_bytes"
            yield Finding(code="cache-not-dram", where=where, got=got, need=f"{least} or more", measurements=(n,))


def _smallest_footprint(case: Case, state: UnitState, rules: ForensicsMethod) -> int:
    """Return the bytes that a test touches at least: of a small card no more than a share of its memory."""
    spec = case.spec
    stated = (spec.copackaged_dram_capacity, spec.board_dram_capacity) if spec is not None else ()
    known = [in_base_unit(one.value, one.unit) for one in stated if one is not None]
    if state.memory_total is not None:
        known.append(in_base_unit(state.memory_total, state.memory_total_unit))
    if not known:
        return rules.smallest_footprint_bytes
    # Whoever names a memory smaller than the chip's own lowers nothing.
    share = int(Fraction(max(known)) * 10**9 * Fraction(rules.footprint_share_of_memory))
    return min(rules.smallest_footprint_bytes, share)

"""Is a lot accepted? A drawn unit that is bad, void, replaced or missing has failed; an open one leaves it open."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from harness.lots.draw import what_differs
from harness.lots.identity import is_listed_unit
from harness.lots.plan import percent_up
from harness.metrics.lot_risk import most_bad_left
from harness.model.catalogue import CATALOGUE
from harness.model.finding import Effect, Finding
from harness.model.lot_acceptance import (
    FAILED,
    OPEN,
    DrawnUnit,
    JudgedUnit,
    LotAcceptance,
    LotOutcome,
    Result,
    UnitReport,
)
from harness.model.lot_draw import LotDraw
from harness.model.lot_manifest import LotManifest, ManifestProduct, ManifestUnit
from harness.model.quantity import in_base_unit
from harness.model.verdict import FindingRecord

_QUANTITIES = (
    *("tpp", "total_dram_bandwidth", "interconnect_bandwidth", "copackaged_dram_capacity"),
    "peak_power_at_max_tpp",
)
# Of several reports on one unit the gravest counts.
_GRAVITY: Mapping[Result, int] = {
    **{"substituted": 0, "void": 1, "above": 2, "not-tested": 3, "unidentified": 4, "undecided": 5, "at-or-below": 6}
}


def accepted(manifest: LotManifest, draw: LotDraw, judged: Iterable[JudgedUnit], beta: Decimal) -> LotAcceptance:
    """Return whether a lot is accepted by what the reports show of the units that were drawn from it.

    Args:
        manifest: Every unit of the lot.
        draw: The units to test, and the plan that was fixed with them.
        judged: Every unit of every report.
        beta: The risk at which is told how many bad units may be left.
    """
    findings = list(what_differs(draw, manifest))
    by_unit, foreign = _by_unit(judged, manifest, findings)
    drawn = set(draw.units)
    for unit_id in [one for one in by_unit if one not in drawn]:
        where = by_unit[unit_id][0].source
        findings.append(Finding(code="lot-unit-not-drawn", where=where, got=unit_id, need="a unit of the draw"))
    listed = {unit.unit_id: unit for unit in manifest.units}
    retests = _Retests(draw.plan.retests)
    units = [
        _drawn_unit(unit_id, listed.get(unit_id), by_unit.get(unit_id, []), foreign, retests, findings)
        for unit_id in dict.fromkeys(draw.units)
    ]
    return _answer(manifest, draw, units, findings, beta)


def _answer(
    manifest: LotManifest, draw: LotDraw, units: list[DrawnUnit], findings: list[Finding], beta: Decimal
) -> LotAcceptance:
    failed = sum(unit.result in FAILED for unit in units)
    left_open = sum(unit.result in OPEN for unit in units)
    size, chosen = len(manifest.units), any(one.code in _CHOSEN for one in findings)
    outcome: LotOutcome
    if chosen or failed > draw.plan.accept:
        outcome = "refused"
    elif draw.plan.accept and draw.plan.ltpd is None:
        # A plan that lets failed units pass says for which share of them, or it accepts whatever it likes.
        outcome = "undecided"
    elif failed + left_open > draw.plan.accept or any(one.code == "lot-sample-too-small" for one in findings):
        outcome = "undecided"
    else:
        outcome = "accepted"
    good = len(units) - failed - left_open
    # Units that somebody chose say nothing about those that were not.
    left = size if chosen else most_bad_left(size, len(units), failed + left_open, beta, draw.plan.detection)
    return LotAcceptance(
        format="lot-acceptance/1",
        lot_id=manifest.lot_id,
        manifest_root=draw.manifest_root,
        units_in_lot=size,
        plan=draw.plan,
        outcome=outcome,
        good=good,
        failed=failed,
        undecided=left_open,
        most_bad_left=left,
        most_bad_left_percent=percent_up(Fraction(left, size)),
        beta=beta,
        units=tuple(units),
        findings=tuple(_record(finding) for finding in findings),
    )


_CHOSEN = frozenset({"lot-draw-wrong", "lot-manifest-altered"})


def _record(finding: Finding) -> FindingRecord:
    effect = CATALOGUE[finding.code].effect
    return FindingRecord(
        code=finding.code, effect=effect.value, where=finding.where, got=finding.got, need=finding.need
    )


def _by_unit(
    judged: Iterable[JudgedUnit], manifest: LotManifest, findings: list[Finding]
) -> tuple[dict[str, list[JudgedUnit]], set[str]]:
    """Return the results by unit, and the reports that are about something else, which are told once each."""
    by_unit: dict[str, list[JudgedUnit]] = {}
    declared = declared_of(manifest.product)
    foreign: set[str] = set()
    for one in judged:
        by_unit.setdefault(one.unit.unit_id, []).append(one)
        difference = _difference(one, manifest, declared)
        # What the manifest does not state, the first report does for all.
        declared = {**one.declared, **declared}
        if difference is not None and one.source not in foreign:
            foreign.add(one.source)
            got, need = difference
            findings.append(Finding(code="lot-report-foreign", where=one.source, got=got, need=need))
    return by_unit, foreign


def declared_of(product: ManifestProduct | None) -> dict[str, Fraction]:
    """Return what a manifest declares, by quantity, each in its base unit."""
    stated = {quantity: getattr(product, quantity, None) for quantity in _QUANTITIES}
    return {
        quantity: Fraction(in_base_unit(one.value, one.unit))
        for quantity, one in stated.items()
        if one is not None and one.value is not None
    }


def _difference(one: JudgedUnit, manifest: LotManifest, declared: Mapping[str, Fraction]) -> tuple[str, str] | None:
    chip = manifest.product.chip if manifest.product else None
    if one.lot_id != manifest.lot_id:
        return f"the lot {one.lot_id or 'of no name'}", f"the lot {manifest.lot_id}"
    if chip is not None and chip not in one.chips:
        return f"a report on {min(one.chips, default='no chip that is named')}", f"one on {chip}"
    other = [quantity for quantity, value in one.declared.items() if declared.get(quantity, value) != value]
    return (f"another declared {other[0]}", "the declaration of the lot") if other else None


class _Retests:
    """How many units may still be measured again."""

    def __init__(self, left: int) -> None:
        self.left = left

    def allowed(self, reports: list[JudgedUnit]) -> bool:
        """Return whether a second session of its own mends what one measurement found; that uses up the allowance."""
        if self.left == 0 or not _is_second_session(reports):
            return False
        self.left -= 1
        return True


def _is_second_session(reports: list[JudgedUnit]) -> bool:
    if len(reports) != 2:
        return False
    times = [(one.started_at, one.ended_at) for one in reports]
    if any(at is None for pair in times for at in pair):
        return False
    first, second = sorted(reports, key=lambda one: (one.started_at, one.source))
    sessions = (first.session_id, second.session_id)
    apart = first.ended_at is not None and second.started_at is not None and first.ended_at <= second.started_at
    told_apart = None not in sessions and sessions[0] != sessions[1]
    return apart and told_apart and first.by_measurement and second.shown == "at-or-below"


def _drawn_unit(
    unit_id: str,
    listed: ManifestUnit | None,
    reports: list[JudgedUnit],
    foreign: set[str],
    retests: _Retests,
    findings: list[Finding],
) -> DrawnUnit:
    """Return what comes of one drawn unit, and tell what is wrong with it."""
    results = [_result(one, listed, foreign, findings) for one in reports]
    if not reports:
        findings.append(
            Finding(code="lot-unit-not-tested", where=unit_id, got="no report on it", need="a test of every drawn unit")
        )
    if len(reports) > 1:
        findings.append(_several(unit_id, reports, "lot-unit-reported-twice"))
    result: Result = min(results, key=_GRAVITY.__getitem__, default="not-tested")
    if set(results) == {"above", "at-or-below"} and retests.allowed(reports):
        findings.append(_several(unit_id, reports, "lot-unit-retested"))
        result = "at-or-below"
    return DrawnUnit(
        unit_id=unit_id,
        result=result,
        reports=tuple(
            UnitReport(source=one.source, report_sha256=one.report_sha256, shown=one.shown, says=one.says)
            for one in reports
        ),
    )


def _several(unit_id: str, reports: list[JudgedUnit], code: str) -> Finding:
    got = ", ".join(f"{one.shown} in {one.source}" for one in reports[:5])
    return Finding(code=code, where=unit_id, got=got, need="one report on each unit")


def _result(one: JudgedUnit, listed: ManifestUnit | None, foreign: set[str], findings: list[Finding]) -> Result:
    same = None if listed is None else is_listed_unit(one.unit, listed)
    if same is not True:
        findings.append(other_unit(one.source, one.unit.unit_id, same))
        # A unit above its declaration has failed, whichever it is.
        return "substituted" if same is False else "above" if one.shown == "above" else "unidentified"
    if one.source in foreign and one.shown == "at-or-below":
        return "undecided"
    return one.shown


def other_unit(where: str, unit_id: str, same: bool | None) -> Finding:
    """Return the finding about a tested unit that is not, or is not shown to be, the one that the manifest lists."""
    code = "lot-unit-substituted" if same is False else "lot-unit-unidentified"
    got = f"{unit_id} of another identity" if same is False else f"{unit_id} without an identity to compare"
    return Finding(code=code, where=where, got=got, need="serial or device_uuid of the manifest")


def is_void(findings: Iterable[Finding]) -> bool:
    """Return whether one of these findings voids the evidence."""
    return any(CATALOGUE[one.code].effect is Effect.VOIDS for one in findings)

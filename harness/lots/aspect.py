"""How far a lab report shows that its units were drawn from the lot, and not chosen."""

from collections.abc import Iterator

from harness.codec.lot_files import read_draw, read_manifest
from harness.errors import UnreadableInput
from harness.lots.acceptance import declared_of, is_void, other_unit
from harness.lots.draw import what_differs
from harness.lots.identity import is_listed_unit
from harness.lots.plan import percent_up
from harness.model.aspects import BROKEN, AspectFacts
from harness.model.finding import Finding
from harness.model.lab_report import LabReport, Lot
from harness.model.lot_draw import LotDraw
from harness.model.lot_manifest import LotManifest
from harness.model.quantity import in_base_unit


def lot_facts(report: LabReport, manifest: bytes | None, draw: bytes | None) -> AspectFacts:
    """Return how far the lot is assured: none, stated, drawn, or broken.

    Args:
        report: The lab report.
        manifest: The bytes of the attachment that `lot.manifest` names; None where there are none.
        draw: The bytes of the attachment that `lot.draw` names; None where there are none.

    Returns:
        `drawn` where the draw comes out the same and each of its units is among those tested, by an identity that the
        manifest has too. That these units pass is not looked at here.
    """
    lot = report.lot
    if lot is None or lot.units_in_lot is None:
        return AspectFacts(aspect="lot", level="none", says="the size of the lot is not stated")
    if manifest is None or draw is None:
        return _without(lot, [name for name, found in (("manifest", manifest), ("draw", draw)) if found is None])
    try:
        listed, drawn = read_manifest(manifest, lot.manifest or "manifest"), read_draw(draw, lot.draw or "draw")
    except UnreadableInput as error:
        fault = error.faults[0]
        where = "lot.manifest" if error.source == (lot.manifest or "manifest") else "lot.draw"
        finding = Finding(
            code="lot-document-unreadable", where=where, got=f"{fault.where}: {fault.got}", need=fault.need
        )
        return AspectFacts(aspect="lot", level="none", says="manifest or draw cannot be read", findings=(finding,))
    return _drawn(report, lot, listed, drawn)


def _without(lot: Lot, lacking: list[str]) -> AspectFacts:
    """A document that is named and not at hand is worth less than none: what it would have shown is not known."""
    named = [name for name in lacking if getattr(lot, name) is not None]
    if named:
        return AspectFacts(aspect="lot", level="none", says=f"no {' and no '.join(named)} at hand, though it is named")
    by = lot.drawn_by or "nobody named"
    says = f"chosen by {by}, as the report states it; no {' and no '.join(lacking)} named"
    return AspectFacts(aspect="lot", level="stated", says=says)


def _drawn(report: LabReport, lot: Lot, manifest: LotManifest, draw: LotDraw) -> AspectFacts:
    findings = list(_of_documents(draw, manifest))
    # Against documents that contradict each other nothing is held.
    if not is_void(findings):
        findings += [*_of_report(report, lot, manifest), *_of_units(lot, manifest, draw)]
    told = f"{len(draw.units):,} of {len(manifest.units):,} units"
    if is_void(findings):
        level, says = BROKEN, f"{told}, and not those that were drawn"
    elif any(one.code != "lot-unit-not-drawn" for one in findings):
        level, says = "stated", f"{told} were drawn, and not all is as the draw asks"
    else:
        level, says = "drawn", f"{told}, drawn by manifest and challenge"
        if weak := _weak(draw):
            says = f"{says}; {weak}"
        elif draw.plan.ltpd is not None and draw.plan.beta is not None:
            says += f"; {percent_up(draw.plan.ltpd)} bad units would pass with at most {percent_up(draw.plan.beta)}"
    return AspectFacts(aspect="lot", level=level, says=says, findings=tuple(findings), final=_weak(draw) is not None)


def _weak(draw: LotDraw) -> str | None:
    """Return why a draw that comes out the same accepts no lot; None: it may."""
    if draw.commitment is None:
        return "nobody had committed to the challenge, so it can have been chosen for the units that it draws"
    if draw.plan.ltpd is None and draw.plan.accept:
        return "its plan lets failed units pass and promises nothing"
    return None


def _of_documents(draw: LotDraw, manifest: LotManifest) -> Iterator[Finding]:
    for one in what_differs(draw, manifest):
        where = "lot.manifest" if one.code == "lot-manifest-altered" else f"lot.draw, {one.where}"
        yield Finding(code=one.code, where=where, got=one.got, need=one.need)


def _of_report(report: LabReport, lot: Lot, manifest: LotManifest) -> Iterator[Finding]:
    """Is the report about the lot that the manifest lists, under the declaration that it has?"""
    for where, got, need in (
        ("lot.lot_id", lot.lot_id, manifest.lot_id),
        ("lot.units_in_lot", lot.units_in_lot, len(manifest.units)),
    ):
        if got != need:
            got_text, need_text = str(got or "nothing"), f"{need}, as the manifest has"
            yield Finding(code="lot-report-foreign", where=where, got=got_text, need=need_text)
    for quantity, value in declared_of(manifest.product).items():
        stated = getattr(report.declared, quantity, None)
        if stated is None or stated.value is None or in_base_unit(stated.value, stated.unit) != value:
            where = f"declared.{quantity}.value"
            got_text = "nothing" if stated is None or stated.value is None else f"{stated.value} {stated.unit}"
            yield Finding(
                code="lot-report-foreign", where=where, got=got_text, need=f"what the manifest declares as {quantity}"
            )


def _of_units(lot: Lot, manifest: LotManifest, draw: LotDraw) -> Iterator[Finding]:
    listed = {unit.unit_id: unit for unit in manifest.units}
    drawn, tested = set(draw.units), {unit.unit_id for unit in lot.units}
    for unit_id in draw.units:
        if unit_id not in tested:
            need = f"every unit drawn; {unit_id} is not there"
            yield Finding(code="lot-unit-not-tested", where="lot.units", got=f"{len(tested):,} units", need=need)
    for n, unit in enumerate(lot.units):
        where = f"lot.units[{n}]"
        same = is_listed_unit(unit, listed[unit.unit_id]) if unit.unit_id in listed else None
        if unit.unit_id not in drawn:
            yield Finding(code="lot-unit-not-drawn", where=where, got=unit.unit_id, need="a unit of the draw")
        elif same is not True:
            yield other_unit(where, unit.unit_id, same)

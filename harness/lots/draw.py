"""Which units are tested: a draw that neither side can steer and anyone can make again."""

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from decimal import Decimal
from heapq import nsmallest

from harness.errors import WrongUsage
from harness.lots.identity import manifest_root
from harness.metrics.lot_risk import least_sample
from harness.model.finding import Finding
from harness.model.lot_draw import LotDraw, SamplingPlan
from harness.model.lot_manifest import LotManifest

_PURPOSE = b"harness/draw/1\0"


def seed_of(root: bytes, challenge: bytes) -> bytes:
    """Return the seed of a draw: SHA-256 over its purpose, the manifest's root and the challenge, 32 bytes each."""
    return hashlib.sha256(_PURPOSE + root + challenge).digest()


def drawn_units(seed: bytes, unit_ids: Iterable[str], n: int) -> tuple[str, ...]:
    """Return the n units with the smallest HMAC-SHA-256 of their id under the seed, the smallest first.

    Two ids with one HMAC nobody has ever seen; they would be ordered by themselves.

    Source:
        RFC 2104; the unit_id in UTF-8 is the message.
    """
    ranked = ((hmac.digest(seed, unit_id.encode(), "sha256"), unit_id) for unit_id in unit_ids)
    return tuple(unit_id for _, unit_id in nsmallest(n, ranked))


def planned_sample(units: int, ltpd: Decimal, beta: Decimal, accept: int, detection: Decimal) -> int:
    """Return how many units a plan draws.

    Raises:
        WrongUsage: Not even all of them are enough.
    """
    n = least_sample(units, ltpd, beta, accept, detection)
    if n is None:
        raise WrongUsage(f"not even all {units:,} units are enough for this promise; next: harness lot plan says why")
    return n


def draw(manifest: LotManifest, challenge: bytes, plan: SamplingPlan, commitment: str | None = None) -> LotDraw:
    """Return the draw of a plan from a manifest.

    Args:
        manifest: Every unit of the lot.
        challenge: 32 bytes that were revealed after the manifest was fixed.
        plan: How many are drawn, and what for.
        commitment: SHA-256 of the challenge as it was given out before, if it was.

    Raises:
        WrongUsage: More units are to be drawn than there are.
    """
    if plan.drawn > len(manifest.units):
        raise WrongUsage(f"{plan.drawn:,} units are to be drawn; the lot has {len(manifest.units):,}")
    root = manifest_root(manifest)
    return LotDraw(
        schema="lot-draw/1",
        lot_id=manifest.lot_id,
        units_in_lot=len(manifest.units),
        manifest_root=root.hex(),
        challenge=challenge.hex(),
        commitment=commitment,
        plan=plan,
        units=drawn_units(seed_of(root, challenge), (unit.unit_id for unit in manifest.units), plan.drawn),
    )


def what_differs(stated: LotDraw, manifest: LotManifest) -> Iterator[Finding]:
    """Yield where a draw is not the one that manifest, challenge and plan give; the gravest first."""
    root, challenge = manifest_root(manifest), bytes.fromhex(stated.challenge)
    if root.hex() != stated.manifest_root:
        yield Finding(code="lot-manifest-altered", where="manifest_root", got=root.hex(), need=stated.manifest_root)
        return
    committed = hashlib.sha256(challenge).hexdigest()
    if stated.commitment is not None and stated.commitment != committed:
        need = f"{stated.commitment}, which was committed to"
        yield _wrong("challenge", f"one of digest {committed}", need)
    if stated.lot_id != manifest.lot_id:
        yield _wrong("lot_id", stated.lot_id, f"{manifest.lot_id}, as the manifest has")
    if stated.units_in_lot != len(manifest.units):
        yield _wrong("units_in_lot", f"{stated.units_in_lot:,}", f"{len(manifest.units):,}, as the manifest has")
    if stated.plan.drawn > len(manifest.units):
        yield _wrong("plan.drawn", f"{stated.plan.drawn:,}", f"at most the {len(manifest.units):,} of the lot")
        return
    units = drawn_units(seed_of(root, challenge), (unit.unit_id for unit in manifest.units), stated.plan.drawn)
    if units != stated.units:
        yield _other_units(stated.units, units)
    yield from _too_small(stated.plan, len(manifest.units))


def _other_units(stated: tuple[str, ...], units: tuple[str, ...]) -> Finding:
    n = next((n for n, pair in enumerate(zip(stated, units, strict=False)) if pair[0] != pair[1]), None)
    if n is None:
        return _wrong("units", f"{len(stated):,} units", f"the {len(units):,} of the plan")
    return _wrong(f"units[{n}]", stated[n], units[n])


def _too_small(plan: SamplingPlan, units: int) -> Iterator[Finding]:
    if plan.ltpd is None or plan.beta is None:
        return
    need = least_sample(units, plan.ltpd, plan.beta, plan.accept, plan.detection)
    if need is None or plan.drawn < need:
        wanted = "a promise that a sample can keep" if need is None else f"{need:,} or more"
        yield Finding(code="lot-sample-too-small", where="plan.drawn", got=f"{plan.drawn:,} units", need=wanted)


def _wrong(where: str, got: str, need: str) -> Finding:
    return Finding(code="lot-draw-wrong", where=where, got=got, need=need)

"""An old verdict beside the one that is made again: what of it would be another today, and which way."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Literal

from harness.model.policy import LensText
from harness.model.replay import Changed, Direction, LensDifference, Rerun, Status
from harness.model.verdict import Lens, Verdict
from harness.policy.law import Law

_MOST_PLACES = 20
_OUTCOMES = ("pass", "undecided", "fail")


def compared(
    then: Verdict, now: Verdict, law: Law, *, same_bytes: bool, under: Literal["archived", "today"], notes: list[str]
) -> Rerun:
    """Return what differs between a verdict and the same made again.

    Args:
        then: The old verdict.
        now: The new one, by the engine at hand.
        law: The law that the new one was made under.
        same_bytes: Whether both are the same but for the version of the engine.
        under: Whether that is the law of an archive or that of today.
        notes: What else is to be told.
    """
    changed = tuple(_changed(then, now, under))
    lenses = tuple(_differences(then, now, law))
    decided = bool(lenses) or then.outcome != now.outcome
    return Rerun.model_construct(
        law=under,
        law_sha256=law.sha256,
        engine_version=now.receipt.engine_version,
        status=_status(same_bytes=same_bytes, changed=bool(changed), decided=decided),
        changed=changed,
        outcome_then=then.outcome,
        outcome_now=now.outcome,
        lenses=lenses,
        places=() if same_bytes else _places(then, now),
        notes=tuple(notes),
    )


def _status(*, same_bytes: bool, changed: bool, decided: bool) -> Status:
    if same_bytes:
        return "reproduced"
    if not changed:
        return "not-reproduced"
    return "differs" if decided else "unchanged"


def _changed(then: Verdict, now: Verdict, under: str) -> Iterator[Changed]:
    """Yield what the two were not both made from; the report and its attachments were found by their digests."""
    old, new = then.receipt.inputs, now.receipt.inputs
    placed = old.report_sha256 is None
    if then.receipt.law_sha256 != now.receipt.law_sha256:
        yield "law"
    if old.spec_sha256 != new.spec_sha256 or (placed and old.attachments_sha256 != new.attachments_sha256):
        yield "spec"
    if old.method_sha256 != new.method_sha256:
        yield "method"
    # The list of what is assumed stands in no receipt; where it is another today, the verdicts themselves say so.
    if placed and then.assumed != now.assumed and under == "today":
        yield "assumptions"


def _differences(then: Verdict, now: Verdict, law: Law) -> Iterator[LensDifference]:
    for name in dict.fromkeys((*then.lenses, *now.lenses)):
        before, after = then.lenses.get(name), now.lenses.get(name)
        if _answered(before) == _answered(after):
            continue
        yield LensDifference.model_construct(
            lens=name,
            informs=bool((after or before).informs),  # type: ignore[union-attr]
            then=before.possible if before else (),
            now=after.possible if after else (),
            outcome_then=before.outcome if before else None,
            outcome_now=after.outcome if after else None,
            direction=_direction(before, after, law.lenses.get(name)),
            decisions=after.decisions if after else (),
        )


def _answered(lens: Lens | None) -> object:
    return None if lens is None else (frozenset(lens.possible), lens.outcome)


def _direction(before: Lens | None, after: Lens | None, text: LensText | None) -> Direction:
    """Return which way the answers moved, in the order in which those of the lens grow stricter."""
    if after is None:
        return "not-asked"
    if before is None:
        return "newly-asked"
    rank = {answer.id: n for n, answer in enumerate(text.answers)} if text else {}
    if not {*before.possible, *after.possible} <= rank.keys():
        return "mixed"
    old, new = (sorted(rank[answer] for answer in lens.possible) for lens in (before, after))
    low, high = new[0] - old[0], new[-1] - old[-1]
    if (low, high) == (0, 0):
        low = high = _OUTCOMES.index(after.outcome) - _OUTCOMES.index(before.outcome)
    if low >= 0 and high >= 0 and (low or high):
        return "stricter"
    return "laxer" if low <= 0 and high <= 0 and (low or high) else "mixed"


def _places(then: Verdict, now: Verdict) -> tuple[str, ...]:
    """Return where two verdicts differ, the first of the places; the version of the engine is told elsewhere."""
    old, new = (one.model_dump(mode="json", by_alias=True) for one in (then, now))
    found = _unequal(old, new, "")
    kept = (place for place in found if place != "receipt.engine_version")
    return tuple(islice(kept, _MOST_PLACES)) or ("the order of the fields",)


def _unequal(then: Any, now: Any, at: str) -> Iterator[str]:
    if isinstance(then, Mapping) and isinstance(now, Mapping):
        for name in dict.fromkeys((*then, *now)):
            place = f"{at}.{name}" if at else str(name)
            if name in then and name in now:
                yield from _unequal(then[name], now[name], place)
            else:
                yield place
    elif isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        for n, (one, other) in enumerate(zip(then, now, strict=True)):
            yield from _unequal(one, other, f"{at}[{n}]")
    elif then != now:
        yield at

"""Notices under License Exception NAC: read, placed under the law of the day, and checked."""

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from harness.codec.documents import from_json
from harness.codec.screening_law_files import nac_rule
from harness.model.nac_notice import NacCheck, NacNotice, NoticedItem
from harness.policy.law import Law
from harness.screening.nac import Placed, checked_notice

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.model.chip_spec import ChipSpec

_LENS = "licence-requirement"


def check_notice(data: bytes, source: str, law: Law, on: date | None = None) -> NacCheck:
    """Return how far a notice is complete, in scope, and early enough.

    Args:
        data: The bytes of the notice.
        source: What messages call it.
        law: The law that says which items may go on notice.
        on: The day of the export; None for the day that the notice plans.

    Raises:
        UnreadableInput: It does not fit its schema; carries every fault with its place.
    """
    notice = from_json(NacNotice, data, source)
    day = on or notice.export_on
    placed = [_placed(notice, item, law, day) for item in notice.items]
    return checked_notice(notice, placed, nac_rule(), on)


def _placed(notice: NacNotice, item: NoticedItem, law: Law, day: date | None) -> Placed:
    from harness.codec.spec_files import read_spec
    from harness.judge import classify

    found = read_spec(item.chip) if item.chip else None
    if found is None:
        return Placed()
    spec = found[0]
    claims = _claims(spec)
    if day is None:
        return Placed(known=True, claims=claims)
    answers: set[str] = set()
    for marketed in _marketing(item, spec.designed_or_marketed_for_data_centers):
        given = {**_given(notice), **({} if marketed is None else {"marketing": marketed})}
        answers.update(classify(spec.id, as_of=day, given=given, law=law).lenses[_LENS].possible)
    order = [answer.id for answer in law.lenses[_LENS].answers]
    return Placed(answers=tuple(sorted(answers, key=order.index)), known=True, claims=claims)


def _claims(spec: "ChipSpec") -> "dict[str, Fraction]":
    from harness.checks.statements import makers_claims
    from harness.metrics.claims import claimed

    claims = makers_claims(spec)
    area = claimed(spec.applicable_die_area)
    # Of a card with several circuits the file does not say the area of each.
    if area and "tpp" in claims and spec.integrated_circuits == 1:
        claims["performance_density"] = claims["tpp"] / Fraction(area)
    return claims


def _given(notice: NacNotice) -> dict[str, str]:
    return {
        "to": notice.destination or "unknown",
        "headquarters": notice.headquarters_country or "unknown",
        "parent": notice.ultimate_parent_country or "unknown",
        "activity": notice.activity or "unknown",
    }


def _marketing(item: NoticedItem, by_spec: bool | None) -> "Iterable[str | None]":
    """Return what is said of the item's marketing: by the notice, by its spec file, or both where they differ."""
    said = (item.designed_or_marketed_for_data_centers, by_spec)
    return sorted({"data-center" if one else "other" for one in said if one is not None}) or [None]

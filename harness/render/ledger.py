"""What a ledger comes to, for people."""

from collections.abc import Callable

from harness.model.ledger_cap import Aggregate, AskedUnits, FirstCrossing, LedgerCap
from harness.model.quantity import as_text

_HEADS = {
    "holds": "holds at every moment",
    "crossed": "crossed",
    "undecided": "undecided: it depends on a reading of the law",
}


def cap_text(one: LedgerCap, shown: Callable[[str], str]) -> str:
    """Return the cap of a product as lines."""
    until = f", as of {one.on}" if one.on else ""
    bound = "at most" if one.bound == "at-most" else "below"
    lines = [
        f"{shown(one.model)}, product {one.product[:12]}, TPP {as_text(one.tpp)}{until}",
        f"volume cap: {_HEADS[one.standing]}",
        f"  {one.pin}: {one.says}",
        f"  stayed      {_sum(one.stayed)}; {bound} {as_text(one.share)} of it may go: TPP {_digits(one.limit_tpp)}",
    ]
    if one.stayed_uncounted.units:
        lines.append(f"  not counted {_sum(one.stayed_uncounted)}: without evidence, or not for US end use there")
    lines.append(f"  gone        {_sum(one.gone)}")
    for place in one.by_place:
        counts = {"yes": "counts", "no": "does not count", "by-reading": f"a question: {place.reading}"}[place.counts]
        lines.append(f"    {place.country}        {place.units:,} units ({counts})")
    lines.append(_left(one))
    lines += _answer(one.asked)
    lines += _first("by the log", one.first_crossed_as_recorded) + _first("by the days", one.first_crossed_as_dated)
    if one.applications_beyond:
        numbers = ", ".join(f"{seq}" for seq in one.applications_beyond)
        lines.append(f"  applications for more than was left: entry {numbers}")
    lines += [f"  read so: {reading}" for reading in one.readings]
    lines.append(f"  log         {one.entries:,} entries, root {one.root[:16]}")
    return "\n".join(lines) + "\n"


def _left(one: LedgerCap) -> str:
    left = f"  may go      {one.units_left:,} more" if one.units_left >= 0 else f"  too many    {-one.units_left:,}"
    if one.units_left_strictest != one.units_left:
        left += f"; {one.units_left_strictest:,} should the places that are a question count"
    if one.units_left > 0 and one.units_left_from is not None:
        left += f"; on {one.units_left_from} or later"
    return left


def _answer(asked: AskedUnits | None) -> list[str]:
    if asked is None:
        return []
    says = {"yes": "may go", "no": "may not go", "by-reading": "may go by one reading, and not by another"}
    return [f"  asked       {asked.units:,} more {says[asked.may_go]}"]


def _first(order: str, crossing: FirstCrossing | None) -> list[str]:
    if crossing is None:
        return []
    entry = "" if crossing.seq is None else f", entry {crossing.seq}"
    sure = "" if crossing.certain else " (by one reading)"
    return [
        f"  crossed {order}: {crossing.day}{entry}: {crossing.gone.units:,} units gone against "
        f"{crossing.stayed.units:,} that stayed{sure}"
    ]


def _sum(one: Aggregate) -> str:
    return f"{one.units:,} units, TPP {_digits(one.tpp)}"


def _digits(text: str) -> str:
    whole, point, part = text.partition(".")
    return f"{int(whole):,}{point}{part}"

"""What a file of lists lost: lists that are not in it, that kept too few entries, or that nobody knows."""

from collections.abc import Iterator, Mapping, Sequence

from harness.model.csl_snapshot import UNKNOWN_LIST, CslSnapshot, Loss
from harness.model.screening_list import ScreeningList


def losses(
    lists: Sequence[ScreeningList],
    head: CslSnapshot,
    before: CslSnapshot | None,
    nameless: Mapping[str, int],
    accepted: Sequence[str],
) -> tuple[Loss, ...]:
    """Return what is missing, each with whether it was accepted by its name.

    Args:
        lists: Every list that a file must hold.
        head: What this one holds.
        before: What the one before held, where there is one.
        nameless: Rows that name nobody, by list.
        accepted: Names of losses that are accepted.
    """
    now = {one.list: one.entries for one in head.lists if one.list != UNKNOWN_LIST}
    then = {one.list: one.entries for one in before.lists} if before else {}
    found = [
        (one.id, one.id, said)
        for one in lists
        for said in _of_list(one, now.get(one.id, 0), then.get(one.id), nameless)
    ]
    for one in head.lists:
        if one.list == UNKNOWN_LIST and one.source:
            found.append((UNKNOWN_LIST, one.source, f"{one.entries:,} rows of a list that is not known: {one.source}"))
    return tuple(Loss(list=list_id, name=name, said=said, accepted=name in accepted) for list_id, name, said in found)


def _of_list(one: ScreeningList, now: int, then: int | None, nameless: Mapping[str, int]) -> Iterator[str]:
    if now == 0:
        unnamed = f"; {nameless[one.id]:,} rows of it name nobody" if nameless.get(one.id) else ""
        yield f"{one.title}: no entry{unnamed}"
    elif then is not None and now < one.least_share_kept * then:
        share = one.least_share_kept * 100
        yield f"{one.title}: {now:,} entries, where there were {then:,}; fewer than {share.normalize():f} % of them"
    if now and one.bound is not None and not one.bound.least <= now <= one.bound.most:
        yield (
            f"{one.title}: {now:,} entries; {one.bound.least:,} to {one.bound.most:,} were plausible on "
            f"{one.bound.counted_on} ({one.bound.source})"
        )

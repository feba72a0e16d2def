"""How answers change: laxer, stricter, opened, closed, or otherwise."""

from collections.abc import Sequence

from harness.model.impact import Kind

KINDS: tuple[Kind, ...] = ("laxer", "stricter", "opened", "closed", "mixed")


def kind_of(before: Sequence[str], after: Sequence[str], order: Sequence[str]) -> Kind:
    """Return how a change of answers counts.

    Args:
        before: The answers that were possible.
        after: Those that are possible; not the same.
        order: The answers of the lens, from the least to the most strict.
    """
    was, now = (sorted(map(order.index, answers)) for answers in (before, after))
    if len(was) == 1 and len(now) > 1:
        return "opened"
    if len(was) > 1 and len(now) == 1:
        return "closed"
    low, high = now[0] - was[0], now[-1] - was[-1]
    if low >= 0 and high >= 0 and (low or high):
        return "stricter"
    return "laxer" if low <= 0 and high <= 0 and (low or high) else "mixed"


def grows_laxer(before: Sequence[str], after: Sequence[str], order: Sequence[str]) -> bool:
    """Return whether the least or the most strict answer that is possible has become less strict."""
    was, now = (sorted(map(order.index, answers)) for answers in (before, after))
    return now[0] < was[0] or now[-1] < was[-1]


def grows_stricter(before: Sequence[str], after: Sequence[str], order: Sequence[str]) -> bool:
    """Return whether the least or the most strict answer that is possible has become more strict."""
    return grows_laxer(after, before, order)

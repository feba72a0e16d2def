"""The other way to count a chain: shares multiplied along it, as economic interest. Shown, and decides nothing."""

from collections.abc import Mapping
from fractions import Fraction

from harness.screening.ownership import WHOLE, Ownership

# Solving grows with the cube of the parties above the one asked about.
MOST_ABOVE = 60


def multiplied(ownership: Ownership, party: str) -> tuple[Fraction, Fraction] | None:
    """Return between which percentages of a party belong to listed parties if shares are multiplied along chains.

    Args:
        ownership: The graph, worked out.
        party: The party asked about.

    Returns:
        None where too many parties stand above it, or shares add up to more than the whole.
    """
    above = _above(ownership, party)
    if len(above) > MOST_ABOVE or any(_known(ownership, one) > WHOLE for one in above):
        return None
    return _solved(ownership, above, party, most=False), _solved(ownership, above, party, most=True)


def _above(ownership: Ownership, party: str) -> list[str]:
    found, waiting = [party], [party]
    while waiting:
        one = waiting.pop()
        if ownership.listed.get(one):
            continue
        for holder in ownership.graph.holders.get(one, {}):
            if holder not in found:
                found.append(holder)
                waiting.append(holder)
    return found


def _known(ownership: Ownership, party: str) -> Fraction:
    held = ownership.graph.holders.get(party, {})
    return sum((share for share in held.values() if share is not None), Fraction(0))


def _solved(ownership: Ownership, above: list[str], party: str, *, most: bool) -> Fraction:
    """Solve x = Ax + b, one equation for each party above, by elimination in exact fractions."""
    rows = {one: _equation(ownership, one, most=most) for one in above}
    for one in reversed(above):
        own, constant = rows.pop(one)
        loop = own.pop(one, Fraction(0))
        if loop == 1:  # It holds all of itself through others: nobody beyond is named.
            own, constant, loop = {}, Fraction(int(most)), Fraction(0)
        own, constant = {name: share / (1 - loop) for name, share in own.items()}, constant / (1 - loop)
        if one == party:
            return constant * WHOLE
        rows = {name: _with(row, one, own, constant) for name, row in rows.items()}
    raise AssertionError(party)


_Row = tuple[dict[str, Fraction], Fraction]


def _with(row: _Row, one: str, own: Mapping[str, Fraction], constant: Fraction) -> _Row:
    """Put what a party's equation says of it into another's."""
    factors, total = row
    share = factors.get(one)
    if share is None:
        return row
    joined = {name: factor for name, factor in factors.items() if name != one}
    for name, factor in own.items():
        joined[name] = joined.get(name, Fraction(0)) + share * factor
    return joined, total + share * constant


def _equation(ownership: Ownership, party: str, *, most: bool) -> _Row:
    listed = ownership.listed.get(party)
    if listed or (listed is None and most):
        return {}, Fraction(1)
    if party in ownership.graph.ends:
        return {}, Fraction(0)
    held = ownership.graph.holders.get(party, {})
    factors = {holder: share / WHOLE for holder, share in held.items() if share}
    unnamed = 1 - _known(ownership, party) / WHOLE
    return factors, unnamed if most else Fraction(0)

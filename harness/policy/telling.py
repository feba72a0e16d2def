"""Where two laws are cut first: at the values of a fact that one list of members holds and the other does not.

Cut there, all but the part in which they may differ falls away at once, and the rest of the texts is never looked at.
"""

from collections.abc import Iterator, Mapping
from itertools import groupby, product
from typing import cast

from harness.policy.residual import Residual, Rest
from harness.policy.truth import Domain

Leaf = tuple[object, ...]
Sides = Mapping[str, object]  # Of each open value of a fact, whether it is a member, or the reading that says so.


def telling_parts(old: Residual, new: Residual, domain: Domain) -> list[Domain]:
    """Return the parts of a domain that tell two residuals apart soonest; none where no list tells them apart."""
    before, after = frozenset(_of(old)), frozenset(_of(new))
    gone, come = (sorted(one - other, key=repr) for one, other in ((before, after), (after, before)))
    for leaf, other in product(gone, come):
        if leaf[0] == other[0] and len(leaf) == len(other) == 2:
            unlike = _unlike(_sides(leaf), _sides(other))
            # Where most values tell the two apart, nothing falls away: another cut does as well.
            if 2 * sum(unlike.values()) < len(unlike):
                return _by(domain, str(leaf[0]), unlike)
    return []


def _of(residual: Residual) -> Iterator[Leaf]:
    for when, _ in residual.ladder:
        yield from _leaves(when)


def _leaves(rest: Rest) -> Iterator[Leaf]:
    match rest:
        case bool():
            return
        case ("not", part):
            yield from _leaves(cast(Rest, part))
        case ("and" | "or", frozenset() as parts):
            for part in parts:
                yield from _leaves(part)
        case ("is", _, Residual() as text):
            yield from _of(text)
        case _:
            yield rest


def _sides(leaf: Leaf) -> Sides:
    return dict(cast(frozenset[tuple[str, object]], leaf[1]))


def _unlike(one: Sides, other: Sides) -> dict[str, bool]:
    return {value: one[value] != other[value] for value in one}


def _by(domain: Domain, fact: str, sides: Mapping[str, bool]) -> list[Domain]:
    """Cut a fact into the values of each side."""
    values = sorted(sides, key=lambda value: (sides[value], value))
    return [domain.with_fact(fact, frozenset(found)) for _, found in groupby(values, key=sides.__getitem__)]

"""Where the evidence is cut, and into what: at the atom that leaves an answer open, and nowhere else."""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import groupby

from harness.policy.box import Fact, Piece
from harness.policy.language import Atom, Compare, Is, Member
from harness.policy.law import Text
from harness.policy.lint import atoms_of
from harness.policy.truth import OTHER, Domain, membership
from harness.policy.vocabulary import DERIVED

Flat = Compare | Member
Referred = Mapping[str, Text | None]


def flat_atoms(texts: Iterable[Text | None], referred: Referred) -> Iterator[Flat]:
    """Return every comparison and membership that the texts read, also through other provisions."""
    for text in texts:
        for atom in atoms_of(text) if text is not None else ():
            if isinstance(atom, Is):
                yield from flat_atoms([referred.get(atom.provision)], referred)
            else:
                yield atom


def axes(atoms: Iterable[Flat]) -> Iterator[str]:
    """Return the name of everything by which two atoms may hang together."""
    for atom in atoms:
        if isinstance(atom, Compare):
            yield atom.metric
            yield from DERIVED.get(atom.metric, ())
        else:
            yield atom.fact
            yield from (reading for _, reading in atom.uncertain)


def base_metrics(atoms: Iterable[Flat]) -> list[str]:
    """Return the figures that the atoms read: a derived metric stands for its sources."""
    compared = {atom.metric for atom in atoms if isinstance(atom, Compare)}
    return sorted({source for metric in compared for source in DERIVED.get(metric, (metric,))})


def thresholds(atoms: Iterable[Flat]) -> dict[str, list[Fraction]]:
    """Return the distinct thresholds of every metric that the atoms compare, in order of size."""
    found: dict[str, set[Fraction]] = {}
    for atom in atoms:
        if isinstance(atom, Compare):
            found.setdefault(atom.metric, set()).add(atom.param.exact)
    return {metric: sorted(found[metric]) for metric in sorted(found)}


def alike(about: list[Member], values: frozenset[str] | None) -> dict[str, frozenset[str]]:
    """Return the values of a fact that are open, by one of each class that no atom about it tells apart.

    Args:
        about: Every atom about the fact.
        values: What is open; None opens every value, of which OTHER stands for those that no atom names.
    """
    if values is None:
        named = {value for atom in about for value in (*atom.members, *(member for member, _ in atom.uncertain))}
        values = frozenset(named | {OTHER})
    classes: dict[tuple[tuple[bool, str | None], ...], list[str]] = {}
    for value in sorted(values):
        classes.setdefault(signature(about, value), []).append(value)
    return {found[-1]: frozenset(found) for found in classes.values()}


def by_fact(atoms: Iterable[Flat]) -> dict[str, list[Member]]:
    """Return the memberships that the atoms test, fact by fact."""
    found: dict[str, list[Member]] = {}
    for atom in atoms:
        if isinstance(atom, Member):
            found.setdefault(atom.fact, []).append(atom)
    return found


def signature(about: list[Member], value: str) -> tuple[tuple[bool, str | None], ...]:
    """Return how every atom about a fact takes one value of it."""
    return tuple((value in atom.members, dict(atom.uncertain).get(value)) for atom in about)


def domain_of(
    atoms: Iterable[Flat], pieces: Mapping[str, Piece | None], facts: Mapping[str, Fact], referred: Referred
) -> Domain:
    """Return what is open for these atoms; a fact that is not there is open in full."""
    return Domain(
        metrics=pieces,
        facts={
            name: frozenset(alike(about, facts[name].values if name in facts else None))
            for name, about in by_fact(atoms).items()
        },
        readings={},
        texts=referred,
    )


def parts_of(domain: Domain, atom: Atom, atoms: Iterable[Flat]) -> list[Domain]:
    """Return the disjoint parts into which an atom that is open over a domain cuts it."""
    assert not isinstance(atom, Is)
    return _metric_parts(domain, atom, atoms) if isinstance(atom, Compare) else _fact_parts(domain, atom)


def _fact_parts(domain: Domain, atom: Member) -> list[Domain]:
    """Cut a fact into what lies inside, outside and, by reading, perhaps inside; then follow the reading both ways."""

    def side(value: str) -> str:
        inside = membership(atom, value, domain)
        return f"?{dict(atom.uncertain)[value]}" if inside is None else str(inside)

    values = sorted(domain.facts[atom.fact], key=side)
    sides = {key: frozenset(found) for key, found in groupby(values, key=side)}
    if len(sides) > 1:
        return [domain.with_fact(atom.fact, found) for found in sides.values()]
    reading = next(iter(sides)).removeprefix("?")
    return [domain.with_reading(reading, followed) for followed in (True, False)]


def _metric_parts(domain: Domain, atom: Compare, atoms: Iterable[Flat]) -> list[Domain]:
    """Cut a metric; a derived one only once its sources are cut no further: then all of its parts are reachable."""
    for source in DERIVED.get(atom.metric, ()):
        for other in atoms:
            if isinstance(other, Compare) and other.metric == source:
                parts = _cut(domain, source, other.param.exact)
                if len(parts) > 1:
                    return parts
    return _cut(domain, atom.metric, atom.param.exact)


def _cut(domain: Domain, metric: str, threshold: Fraction) -> list[Domain]:
    piece = domain.piece(metric)
    return [] if piece is None else [domain.with_metric(metric, part) for part in piece.cut(threshold)]
